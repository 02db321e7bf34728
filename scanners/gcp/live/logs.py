"""Cloud Logging: where logs are kept and where sinks send them. Log lines are never read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

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
    """Sinks of an organisation, which may take the logs of every project in it."""
    for body in reach.each(ABOVE, holder=reach.account):
        name = (text(body, "name") or "").rpartition("/")[2]
        yield from reach.see(
            f"{_HOST}/LogSink", body, ABOVE, f"//{_HOST}/{reach.account}/sinks/{name}" if name else None
        )


def _sink(reach: GcpReach, body: Mapping[str, Any]) -> str | None:
    """Sinks of a list have the last part of their name only."""
    name = text(body, "name")
    return f"//{_HOST}/projects/{reach.account}/sinks/{name.rpartition('/')[2]}" if name else None


COLLECTORS: Final[tuple[Collector, ...]] = (
    listed(f"{_HOST}/LogBucket", BUCKETS, silent=True),
    listed(f"{_HOST}/LogSink", SINKS, named=_sink, silent=True),
    Collector(
        "logging", ("log.trail",), (ABOVE,), above, "", "organization", True,
        types=(document_types()[f"{_HOST}/LogSink"],),
    ),
)  # fmt: skip

WAITING: Final = ()
