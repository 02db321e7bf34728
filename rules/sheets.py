"""Findings on assets as columns: what many of them say is there once, and an asset is a number.

Ten thousand assets give about as many findings, of a few hundred sorts. Whoever stores them takes the columns; to all
others they are handed as objects.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Final, NamedTuple, Protocol, runtime_checkable

import msgspec

from rules.estate import Estate
from rules.judgement import Finding
from scanners.model import Asset

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Finding]).decode


class Sheet:
    """Findings on assets of one estate, in order.

    `sorts`: for each finding one that says the same, of whatever asset. `nodes`: which asset it is about. `shown`:
    whether that asset's documents are its evidence (1), or it has none (0).
    """

    __slots__ = ("_assets", "estate", "nodes", "shown", "sorts")

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        self.sorts: list[Finding] = []
        self.nodes: list[int] = []
        self.shown = bytearray()
        self._assets: dict[int, Asset] | None = {}

    def __len__(self) -> int:
        return len(self.sorts)

    def add(self, node: int, asset: Asset, sorts: Sequence[Finding], shown: bytes | bytearray) -> None:
        """More about one asset; `shown` as the columns have it, where the asset has documents."""
        count = len(sorts)
        self.sorts += sorts
        self.nodes += (node,) * count
        self.shown += shown if asset.evidence else b"\1" * count
        if self._assets is not None:
            self._assets[node] = asset

    def join(self, other: "Sheet") -> None:
        """What another sheet of the same estate says, after this."""
        self.sorts += other.sorts
        self.nodes += other.nodes
        self.shown += other.shown
        self._assets = None  # looked up where anybody asks: a large sheet would keep all assets in memory

    def findings(self) -> list[Finding]:
        """The same as objects."""
        assets = self.assets()
        return [
            told(sort, assets[node], bool(shown))
            for sort, node, shown in zip(self.sorts, self.nodes, self.shown, strict=True)
        ]

    def assets(self) -> Mapping[int, Asset]:
        """What the findings are about, by node."""
        if self._assets is None:
            return self.estate.some(sorted(set(self.nodes)))
        return self._assets

    def without(self, nodes: frozenset[int], gone: Callable[[Finding], bool]) -> "tuple[Sheet, list[Finding]]":
        """What is left without those that are gone, and these; only findings on these nodes can be."""
        if nodes.isdisjoint(self.nodes):
            return self, []
        at = [number for number, node in enumerate(self.nodes) if node in nodes]
        assets = self.estate.some(sorted({self.nodes[number] for number in at}))
        taken: list[Finding] = []
        kept = bytearray(b"\1") * len(self)
        for number in at:
            finding = told(self.sorts[number], assets[self.nodes[number]], bool(self.shown[number]))
            if gone(finding):
                kept[number] = 0
                taken.append(finding)
        if not taken:
            return self, []
        left = Sheet(self.estate)
        left.sorts = list(compress(self.sorts, kept))
        left.nodes = list(compress(self.nodes, kept))
        left.shown = bytearray(compress(self.shown, kept))
        left._assets = self._assets
        return left, taken


class Sent(NamedTuple):
    """A sheet on its way to another process that has opened the same estate."""

    sorts: bytes
    of_sort: "array[int]"
    nodes: "array[int]"
    shown: bytes


def sent(sheet: Sheet) -> Sent:
    """A sheet, fit to be sent."""
    numbers: dict[int, int] = {}
    of_sort = array("i", [numbers.setdefault(id(sort), len(numbers)) for sort in sheet.sorts])
    first = dict(zip(map(id, sheet.sorts), sheet.sorts, strict=True))
    bare = [msgspec.structs.replace(first[one], asset=None, evidence=()) for one in numbers]
    return Sent(_encode(bare), of_sort, array("i", sheet.nodes), bytes(sheet.shown))


def received(found: Sent, estate: Estate) -> Sheet:
    """The sheet again."""
    sheet = Sheet(estate)
    sheet.sorts = list(map(_decode(found.sorts).__getitem__, found.of_sort))
    sheet.nodes = found.nodes.tolist()
    sheet.shown = bytearray(found.shown)
    sheet._assets = None
    return sheet


@runtime_checkable
class Columns(Protocol):
    """A sink that takes findings on assets as columns."""

    def sheet(self, sheet: Sheet) -> None:
        """Findings on assets."""
        ...


def told(one: Finding, asset: Asset, shown: bool) -> Finding:
    """A finding on an asset, by one that says the same of another."""
    return Finding(
        one.rule,
        one.verdict,
        one.severity,
        asset.uid,
        None,
        one.why,
        one.missing,
        one.reads,
        asset.evidence if shown else (),
        one.related,
        one.potential,
        one.acceptance,
    )
