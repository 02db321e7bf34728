"""Cloud Logging: where logs are kept and where sinks send them. Log lines are never read."""

from collections.abc import Mapping
from typing import Any, Final

from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed
from scanners.members import text

_HOST: Final = "logging.googleapis.com"
BUCKETS: Final = listing(
    "logging.buckets.list", _HOST, "/v2/projects/{project}/locations/-/buckets", "buckets", size=("pageSize", 1000)
)
SINKS: Final = listing("logging.sinks.list", _HOST, "/v2/projects/{project}/sinks", "sinks", size=("pageSize", 1000))


def _sink(reach: GcpReach, body: Mapping[str, Any]) -> str | None:
    """Sinks of a list have the last part of their name only."""
    name = text(body, "name")
    return f"//{_HOST}/projects/{reach.account}/sinks/{name.rpartition('/')[2]}" if name else None


COLLECTORS: Final[tuple[Collector, ...]] = (
    listed(f"{_HOST}/LogBucket", BUCKETS, silent=True),
    listed(f"{_HOST}/LogSink", SINKS, named=_sink, silent=True),
)

WAITING: Final = ()
