"""Cloud Logging: where logs are kept and where sinks send them. Log lines are never read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed
from scanners.members import text
from scanners.model import Item

_HOST: Final = "logging.googleapis.com"
BUCKETS: Final = listing(
    "logging.buckets.list", _HOST, "/v2/projects/{project}/locations/-/buckets", "buckets", size=("pageSize", 1000)
)
SINKS: Final = listing("logging.sinks.list", _HOST, "/v2/projects/{project}/sinks", "sinks", size=("pageSize", 1000))


ABOVE: Final = listing("logging.sinks.list above", _HOST, "/v2/{+holder}/sinks", "sinks", "logging.sinks.list")


def above(reach: GcpReach) -> Iterator[Item]:
    """Sinks of an organisation and its folders, which may take the logs of every project below them."""
    holders = [reach.account, *(f for f, chain in reach.known.folders.items() if reach.account in chain)]
    for holder in holders:
        try:
            sinks = list(reach.each(ABOVE, holder=holder))
        except MissedError:
            continue
        reach.known.sinks[holder] = sinks
        for body in sinks:
            name = (text(body, "name") or "").rpartition("/")[2]
            yield from reach.see(f"{_HOST}/LogSink", body, ABOVE, f"//{_HOST}/{holder}/sinks/{name}" if name else None)


def own(reach: GcpReach) -> Iterator[Item]:
    """Sinks of a project."""
    sinks = list(reach.each(SINKS))
    reach.known.sinks[f"projects/{reach.account}"] = sinks
    for body in sinks:
        yield from reach.see(f"{_HOST}/LogSink", body, SINKS, _sink(reach, body))


def exported(reach: GcpReach) -> Iterator[Item]:
    """Whether a sink can take the records of accesses by Google's staff: known to be false where none does.

    Whether Google writes such records (Access Transparency) no interface tells, so that they are exported is not said.
    """
    project = reach.site.project
    levels = [f"projects/{project.id}", *(a for a in project.ancestors or () if not a.startswith("projects/"))]
    if not levels[-1].startswith("organizations/") or any(level not in reach.known.sinks for level in levels):
        return
    chain = [{"holder": level, "sinks": reach.known.sinks[level]} for level in levels]
    name = f"//{_HOST}/projects/{project.id}/operatorAccessExport"
    yield from reach.see(f"{_HOST}/OperatorAccessExport", {"chain": chain}, SINKS, name)


def _sink(reach: GcpReach, body: Mapping[str, Any]) -> str | None:
    """Sinks of a list have the last part of their name only."""
    name = text(body, "name")
    return f"//{_HOST}/projects/{reach.account}/sinks/{name.rpartition('/')[2]}" if name else None


COLLECTORS: Final[tuple[Collector, ...]] = (
    listed(f"{_HOST}/LogBucket", BUCKETS, silent=True),
    Collector(
        "logging", ("log.trail",), (SINKS,), own, _HOST, silent=True, types=(document_types()[f"{_HOST}/LogSink"],),
    ),
    Collector(
        "logging", (), (), exported, silent=True, late=True, types=(document_types()[f"{_HOST}/OperatorAccessExport"],),
    ),
    Collector(
        "logging", ("log.trail",), (ABOVE,), above, "", "organization", True,
        types=(document_types()[f"{_HOST}/LogSink"],),
    ),
)  # fmt: skip

WAITING: Final = ()
