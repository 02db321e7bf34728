"""What makes the class of an asset without working anything out: where all this is the same, it is one class."""

from collections.abc import Callable
from typing import Any

from rules.alike import Alike
from rules.columns import ENCRYPTED, told_apart
from rules.derive import Plan
from rules.functions import Functions
from rules.graph import BACKWARD, FORWARD
from rules.reading import UNTAGGED
from rules.world import World
from scanners.model import Asset

Key = tuple[Any, ...]

NearOf = Callable[[int, Asset, int], Key | None]
"""Of a node, its asset and the number of what its group tells; None for one of which more would have to be known."""


class Near:
    """The keys of assets of one world; `accounts`: for each account a number, equal where provider and coverage are."""

    def __init__(self, world: World, functions: Functions, accounts: list[int]) -> None:
        self._world = world
        self._out, self._into = world.graph.types()
        self._accounts = accounts
        self._keyless, self._entries = functions.walks.keyless, bool(functions.register.entries)
        self._partitions: list[str | None] = []
        self._stated: dict[str, int] = {}

    def of(self, alike: Alike, plan: Plan) -> NearOf:
        """What tells the keys of assets for the same checks, whose records are made by this plan."""
        # Called for nearly every asset: what does not change is looked up here.
        world, outs, intos = self._world, self._out, self._into
        plan_out, plan_into = plan.out, plan.into
        parts, account_of, said = world.tables.parts, world.account_of, world.said
        reads, present, heads = alike.reads, alike.present, bool(alike.columns.heads)
        bits_out, bits_into, origin = alike.columns.out, alike.columns.into, alike.columns.origin
        marks, more, marked = bool(alike.marks), alike.more, dict[int, int]()
        accounts = range(len(self._accounts)) if alike.owned else self._same(alike)

        def near(node: int, asset: Asset, code: int) -> Key | None:
            out, into = outs[node], intos[node]
            if out & plan_out or into & plan_into or node in parts:
                return None
            document = asset.attributes
            read: Any = document
            if not document.keys() <= reads:
                read = []
                for told in document.items():
                    if told[0] in reads:
                        read += told
            if present or heads:
                read = read, *map(document.__contains__, present), *alike.columns.starts(asset)
            attributes = told_apart(read)
            if attributes is None:
                return None
            mark = -1
            if marks:
                at = said[node]
                found = marked.get(at)
                mark = marked.setdefault(at, self._number(alike, at)) if found is None else found
            follows = origin and bool(out & BACKWARD or into & FORWARD)
            key = (attributes, code, accounts[account_of[node]], out & bits_out, into & bits_into, follows, mark)
            return (*key, *self._more(alike, node, asset, out)) if more else key

        return near

    def _same(self, alike: Alike) -> list[int]:
        """For each account a number: equal where nothing that matters to the checks tells two of them apart."""
        covered, keyless = self._entries and alike.columns.covered, alike.columns.keyless
        same: dict[tuple[int, int, bool], int] = {}
        return [
            same.setdefault((like, account if covered else -1, keyless and account in self._keyless), len(same))
            for account, like in enumerate(self._accounts)
        ]

    def _number(self, alike: Alike, said: int) -> int:
        """A number for what the organisation states of an asset, as far as it matters to the checks."""
        stated = repr([getattr(self._world.classifications[said], name) for name in alike.marks])
        return self._stated.setdefault(stated, len(self._stated))

    def _more(self, alike: Alike, node: int, asset: Asset, out: int) -> Key:
        """What matters to some checks."""
        world = self._world
        partition = custody = None
        if alike.partition:
            partition = asset.partition or self._partition(node)
        if alike.custody and out & ENCRYPTED:
            custody = min([world.custody[key] for key in world.graph.targets(node, "encrypted_by")])
        untagged = world.flags[node] & UNTAGGED if alike.source else 0
        return partition, custody, untagged, asset.native_type if alike.native else None

    def _partition(self, node: int) -> str | None:
        world = self._world
        place = world.place_of[node]
        if place >= len(self._partitions):
            self._partitions = [place["@partition"] for place in world.places.places]
        return self._partitions[place] or world.partition(node)
