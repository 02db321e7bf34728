"""Where children are: many documents of Azure have no location, because a child lies where its parent does."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from scanners.azure import document_types
from scanners.azure.arm import parent_of
from scanners.model import Asset, Location, LocationKind

_MOST_WAITING: Final = 100_000


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

    def settled(self, asset: Asset, facet: bool) -> bool:
        """Whether the asset can be passed on now, with the best place there is; else it waits until the end.

        `facet`: the asset is what a child says of its parent, whose own document has the place.
        """
        if asset.attributes.get("managed_by") == "azure-arc":
            declared = self._places.get(f"arc:{asset.name}") or self._places.get(f"arc:{asset.uid}")
            asset.location = asset.location if declared is None else declared
        if asset.location.kind is not LocationKind.UNKNOWN:
            if asset.native_type in _parents():
                self._places[f"azure:{asset.uid}"] = asset.location
            return True
        if facet or asset.kind == "replication" or asset.native_type.count("/") < 2:
            return True
        if self._found(asset) or len(self._waiting) >= _MOST_WAITING:
            return True
        self._waiting.append(asset)
        return False

    def rest(self) -> Iterator[Asset]:
        """The assets that waited; the place of those whose parent never came stays unknown."""
        for asset in self._waiting:
            self._found(asset)
            yield asset

    def _found(self, asset: Asset) -> bool:
        uid = asset.uid
        for _ in range(asset.native_type.count("/") - 1):
            uid = parent_of(uid)
            place = self._places.get(f"azure:{uid}")
            if place is not None:
                asset.location = place
                return True
        return False
