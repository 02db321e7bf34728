"""Where children are: many documents of Azure have no location, because a child lies where its parent does."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from scanners.azure import document_types
from scanners.azure.arm import native_type_of, parent_of
from scanners.model import Asset, Item, Location, LocationKind, Relation

_NAMES: Final = frozenset(
    {
        "microsoft.machinelearningservices/workspaces/data",
        "microsoft.machinelearningservices/workspaces/datastores",
    }
)
"""Types that name data elsewhere: they do not lie where their workspace does."""
_RUNNING: Final = frozenset(
    {
        "microsoft.machinelearningservices/workspaces/jobs",
        "microsoft.machinelearningservices/workspaces/batchendpoints/deployments",
    }
)
"""Types that compute where the compute does that they name, which may be another region than their workspace's."""
_COMPUTES: Final = "microsoft.machinelearningservices/workspaces/computes"
_MOST_WAITING: Final = 100_000


def through_of(items: Iterable[Item]) -> dict[str, str]:
    """What lies where something else does → that: the store that a name stands for, the compute that a job runs on."""
    return {
        r.source: r.target
        for r in items
        if isinstance(r, Relation)
        and (r.attributes.get("use") == "files" or (r.type == "runs_on" and native_type_of(r.source) in _RUNNING))
    }


def elsewhere(asset: Asset) -> bool:
    """Whether an asset stands for data, or runs on machines, that need not lie where its workspace does."""
    return asset.native_type in _NAMES or asset.native_type in _RUNNING


@cache
def _parents() -> frozenset[str]:
    """The types of which some known type is a child."""
    found: set[str] = set()
    for native_type in document_types():
        steps = native_type.split("/")
        found.update("/".join(steps[:length]) for length in range(2, len(steps)))
    return frozenset(found)


class ChildPlaces:
    """Gives children the place of their parent, whichever of the two is read first.

    What is learnt is kept in the `places` that all files of one import share, under `azure:UID`. Sites that were
    declared say there where an Arc machine stands (`arc:NAME`), which counts before the place of its record.
    """

    def __init__(self, places: dict[str, Location]) -> None:
        self._places = places
        self._waiting: list[Asset] = []
        self._through: dict[str, str] = {}

    def settled(self, asset: Asset, facet: bool, through: str | None = None) -> bool:
        """Whether the asset can be passed on now, with the best place there is; else it waits until the end.

        `facet`: the asset is what a child says of its parent, whose own document has the place. `through`: the asset
        is a name for data of that uid or alias, and lies where they do.
        """
        if asset.attributes.get("managed_by") == "azure-arc":
            declared = self._places.get(f"arc:{asset.name}") or self._places.get(f"arc:{asset.uid}")
            asset.location = asset.location if declared is None else declared
        if asset.location.kind is not LocationKind.UNKNOWN:
            if asset.native_type in _parents() or asset.native_type == _COMPUTES:
                for uid in (asset.uid, *asset.aliases):
                    self._places[f"azure:{uid}"] = asset.location
            return True
        if through is not None:
            self._through[asset.uid] = through
            facet = False
        if (
            facet
            or (asset.native_type in _NAMES and through is None)
            or asset.kind == "replication"
            or asset.native_type.count("/") < 2
        ):
            return True
        if self._found(asset) or len(self._waiting) >= _MOST_WAITING:
            return True
        self._waiting.append(asset)
        return False

    def rest(self) -> Iterator[Asset]:
        """The assets that waited; the place of those whose parent never came stays unknown."""
        for asset in sorted(self._waiting, key=lambda one: one.native_type != _COMPUTES):  # jobs lie where these do
            self._found(asset)
            yield asset

    def _found(self, asset: Asset) -> bool:
        if elsewhere(asset) and asset.uid in self._through:
            return self._behind(asset)
        uid = asset.uid
        for _ in range(asset.native_type.count("/") - 1):
            uid = parent_of(uid)
            place = self._places.get(f"azure:{uid}")
            if place is not None:
                asset.location = place
                if asset.native_type == _COMPUTES:
                    self._places[f"azure:{asset.uid}"] = place
                return True
        return False

    def _behind(self, asset: Asset) -> bool:
        """The place of what a name stands for: a store, or a datastore that stands for one in turn."""
        uid = self._through.get(asset.uid)
        for _ in range(3):
            place = None if uid is None else self._places.get(f"azure:{uid}")
            if place is not None:
                asset.location = place
                return True
            uid = None if uid is None else self._through.get(uid)
        return False
