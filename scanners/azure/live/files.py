"""Volumes of NetApp accounts, and replicas of container registries."""

from collections.abc import Iterator
from typing import Final

from scanners.azure import document_types
from scanners.azure.live.declare import Collector, Parent, listing
from scanners.azure.live.reach import Reach
from scanners.azure.live.recipes import children, parent_from
from scanners.members import word
from scanners.model import Item

_VERSION: Final = "2026-08-01"
_POOL: Final = "Microsoft.NetApp/netAppAccounts/{a}/capacityPools"
_T: Final = "microsoft.netapp/netappaccounts"
POOLS: Final = listing(_POOL, _VERSION)
VOLUMES: Final = listing(f"{_POOL}/{{b}}/volumes", _VERSION)
SNAPSHOTS: Final = listing(f"{_POOL}/{{b}}/volumes/{{c}}/snapshots", _VERSION)
REPLICAS: Final = listing("Microsoft.ContainerRegistry/registries/{a}/replications", "2025-11-01")
_VOLUME: Final = f"{_T}/capacitypools/volumes"
_SNAPSHOTS: Final = children(f"{_VOLUME}/snapshots", SNAPSHOTS)
_VOLUMES: Final = children(_VOLUME, VOLUMES, _SNAPSHOTS)


def volumes(reach: Reach, account: Parent) -> Iterator[Item]:
    """Volumes by the pools of an account; a pool by itself holds nothing."""
    for entry in reach.documents(POOLS, **account.slots):
        pool = parent_from(entry, f"{_T}/capacitypools", account)
        if pool is not None:
            reach.spawn(lambda r, p=pool: _VOLUMES.run(r, p))
    yield from ()


COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "netapp",
        ("storage.filesystem", "storage.snapshot"),
        _T,
        (POOLS, *_VOLUMES.operations),
        volumes,
        types=(document_types()[_VOLUME], document_types()[f"{_VOLUME}/snapshots"]),
        shown_by=_VOLUME,
    ),
    _SNAPSHOTS,
    children(
        "microsoft.containerregistry/registries/replications",
        REPLICAS,
        shown_by="microsoft.containerregistry/registries/replications",
        wanted=lambda document: word(document, "sku.name") in ("premium", None),
    ),
)
