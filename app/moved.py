"""An estate some of whose assets lie elsewhere, for questions of what would be."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.outlines import Outline
from scanners.model import Asset, Coverage, Location, Relation

if TYPE_CHECKING:
    from rules.estate import Edges, Estate


class MovedEstate:
    """An estate in which some assets lie elsewhere; everything else is that of the estate beneath."""

    def __init__(self, estate: "Estate", moved: dict[int, Location]) -> None:
        self._estate = estate
        self._moved = moved

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return self._estate.size

    def uid(self, node: int) -> str:
        """The uid of a node."""
        return self._estate.uid(node)

    def node(self, uid: str) -> int | None:
        """The node of a uid or of an alias."""
        return self._estate.node(uid)

    def nodes(self, uids: Collection[str]) -> dict[str, int]:
        """The nodes of these uids or aliases."""
        return self._estate.nodes(uids)

    def assets(
        self, kinds: Collection[str] | None = None, start: int = 0, stop: int | None = None
    ) -> Iterator[list[tuple[int, Asset]]]:
        """Batches of (node, asset), moved ones in their new place."""
        for batch in self._estate.assets(kinds, start, stop):
            yield [(node, self._placed(node, asset)) for node, asset in batch]

    def outlines(self, start: int, stop: int) -> Iterator[list[tuple[int, Outline]]]:
        """Batches of outlines, moved ones in their new place."""
        for batch in self._estate.outlines(start, stop):
            yield [
                (node, one if (place := self._moved.get(node)) is None else replace(one, location=place))
                for node, one in batch
            ]

    def chosen(self, nodes: Sequence[int]) -> Iterator[list[tuple[int, Asset]]]:
        """Batches of these nodes, moved ones in their new place."""
        for batch in self._estate.chosen(nodes):
            yield [(node, self._placed(node, asset)) for node, asset in batch]

    def uids(self, nodes: Collection[int]) -> dict[int, str]:
        """The uids of these nodes."""
        return self._estate.uids(nodes)

    def some(self, nodes: Sequence[int]) -> dict[int, Asset]:
        """The assets of these nodes, moved ones in their new place."""
        return {node: self._placed(node, asset) for node, asset in self._estate.some(nodes).items()}

    def _placed(self, node: int, asset: Asset) -> Asset:
        place = self._moved.get(node)
        return asset if place is None else replace(asset, location=place)

    def relations(self) -> Iterator[list[tuple[int, str, int, Relation]]]:
        """Batches of relations."""
        return self._estate.relations()

    def edges(self) -> "Iterator[Edges]":
        """Batches of relations without the names of their ends."""
        return self._estate.edges()

    def digests(self, numbers: Collection[int]) -> dict[int, str]:
        """The digests of documents."""
        return self._estate.digests(numbers)

    def coverage(self) -> Sequence[Coverage]:
        """Every cell."""
        return self._estate.coverage()
