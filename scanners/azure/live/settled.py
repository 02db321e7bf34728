"""Items on their way to the sink: places that children have from their parents, partition, regions not asked."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from scanners.azure.childplaces import ChildPlaces, through_of
from scanners.model import Asset, Item, Location, LocationKind

_ABOVE: Final = frozenset({"account", "governance.policy", "log.trail"})
"""Kinds that lie in no region: never left out for the region that a connection asks."""


class Settled:
    """Shared by all tasks of a connection. Safe for several threads.

    `saw` is told of each asset that counts: account, service and kind. `left_out` counts, by account and region, what
    lies in regions that the connection does not ask.
    """

    def __init__(self, partition: str, regions: tuple[str, ...], saw: Callable[[str, str, str], None]) -> None:
        self._partition, self._saw = partition, saw
        self._regions = None if "*" in regions else tuple(region.lower().replace(" ", "") for region in regions)
        self._places = ChildPlaces({})
        self._names: set[str] = set()
        self._lock = threading.Lock()
        self.left_out: Counter[tuple[str, str]] = Counter()

    def pass_on(self, items: Iterable[Item], uid: str | None, service: str) -> Iterator[Item]:
        """The items of one document (of this uid) that can go now; assets without a place may come later, in `rest`."""
        found = list(items)
        through = through_of(found)
        for item in found:
            if not isinstance(item, Asset):
                yield item
                continue
            facet = uid is not None and item.uid != uid and uid.startswith(item.uid)
            if self._admit(item, facet, through, service):
                yield item

    def _admit(self, item: Asset, facet: bool, through: Mapping[str, str], service: str) -> bool:
        if item.provider == "azure":
            item.partition = self._partition
        with self._lock:
            if item.uid in through:
                if item.uid in self._names:
                    return False  # another version of the same data
                self._names.add(item.uid)
            if item.kind not in _ABOVE and not self.asks(item.location):
                self.left_out[item.account, item.location.region or "*"] += 1
                return False
            if not facet or item.uid in through:  # a facet is no asset more
                self._saw(item.account, service, item.kind)
            return self._places.settled(item, facet, through.get(item.uid))

    def asks(self, location: Location) -> bool:
        """Whether the connection asks a place; what has no place of its own counts as asked."""
        if self._regions is None:
            return True
        if location.kind in (LocationKind.UNKNOWN, LocationKind.GLOBAL) or location.evidence != "native":
            return True
        names = location.members or ((location.region,) if location.region else ())
        return not names or any(fnmatchcase(name, pattern) for name in names for pattern in self._regions)

    def rest(self) -> list[Item]:
        """The assets that waited for a place; where none came, it stays unknown."""
        with self._lock:
            return list(self._places.rest())
