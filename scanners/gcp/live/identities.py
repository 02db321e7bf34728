"""Service accounts and pools of foreign identities, by their own interface. Keys are neither listed nor made."""

from collections.abc import Iterator
from typing import Final

from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed
from scanners.members import text
from scanners.model import Item

_HOST: Final = "iam.googleapis.com"
ACCOUNTS: Final = listing(
    "iam.serviceAccounts.list", _HOST, "/v1/projects/{project}/serviceAccounts", "accounts", size=("pageSize", 100)
)
POOLS: Final = listing(
    "iam.workloadIdentityPools.list",
    _HOST,
    "/v1/projects/{project}/locations/global/workloadIdentityPools",
    "workloadIdentityPools",
    "iam.googleapis.com/workloadIdentityPools.list",
    size=("pageSize", 100),
)
PROVIDERS: Final = listing(
    "iam.workloadIdentityPoolProviders.list", _HOST, "/v1/{+pool}/providers", "workloadIdentityPoolProviders",
    "iam.googleapis.com/workloadIdentityPoolProviders.list", size=("pageSize", 100),
)  # fmt: skip
_TYPES: Final = document_types()


def pools(reach: GcpReach) -> Iterator[Item]:
    """Whom the project lets act in it from outside Google."""
    for pool in reach.each(POOLS):
        name = text(pool, "name")
        if name:
            for body in reach.each(PROVIDERS, pool=name):
                yield from reach.see(f"{_HOST}/WorkloadIdentityPoolProvider", body, PROVIDERS)


COLLECTORS: Final[tuple[Collector, ...]] = (
    listed(f"{_HOST}/ServiceAccount", ACCOUNTS),
    Collector(
        "iam.workloadIdentityPools", ("identity",), (POOLS, PROVIDERS), pools, _HOST, silent=True,
        types=(_TYPES[f"{_HOST}/WorkloadIdentityPool"], _TYPES[f"{_HOST}/WorkloadIdentityPoolProvider"]),
    ),
)  # fmt: skip

WAITING: Final = ()
