"""Storage Transfer: jobs that copy data between buckets and clouds. The list takes a filter in JSON."""

import json
from collections.abc import Mapping
from typing import Any, Final

from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed
from scanners.members import text

JOBS: Final = listing(
    "storagetransfer.jobs.list",
    "storagetransfer.googleapis.com",
    "/v1/transferJobs",
    "transferJobs",
    size=("pageSize", 256),
    free=("filter",),
)


def _filter(reach: GcpReach) -> Mapping[str, Any]:
    return {"filter": json.dumps({"projectId": reach.account}, separators=(",", ":"))}


def _name(reach: GcpReach, body: Mapping[str, Any]) -> str | None:
    """Jobs are named without their project."""
    name = text(body, "name")
    return f"//storagetransfer.googleapis.com/projects/{reach.account}/{name}" if name else None


COLLECTORS: Final[tuple[Collector, ...]] = (
    listed("storagetransfer.googleapis.com/TransferJob", JOBS, query=_filter, named=_name, silent=True),
)

WAITING: Final = ()
