"""Records of the assets that relations and flows lead to."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from rules.derive import Plan, Record, record_of
from rules.rule import Rule, Source
from rules.world import World
from scanners.model import KINDS, Asset

_NAMES: Final = re.compile(r"\.\s*([a-z_0-9]+)")
_ALWAYS: Final = frozenset(
    {"custody", "id", "owner_entity", "owner_country", "processing_countries", "ropa_id", "partition", "name", "hops"}
    | {"enabled", "instance_type", "accelerator_hours", "gpu_count", "allowed_regions", "model", "tags"}
)
"""What functions of conditions and flows read of a record."""


_OF_HOPS: Final = re.compile(r"\.\s*(?:src|dst|custody|key_loc)\b")


def sources_of(rules: Iterable[Rule]) -> Iterator[Source]:
    """Every condition of some rules."""
    return (source for rule in rules for check in rule.checks for source in check.sources)


class Records:
    """Records of assets that relations lead to, fetched in batches and kept for a while."""

    def __init__(
        self,
        world: World,
        rules: Iterable[Rule] | None = None,
        most: int = 16_000,
        names: Collection[str] | None = None,
    ) -> None:
        """What `rules` read is worked out, or what is in `names`; without both, everything."""
        self._world = world
        self._kept: dict[int, Record] = {}
        self._most = most
        every = () if rules is None else tuple(sources_of(rules))
        # Whether a condition that walks along a chain may look at the documents of the ends of its flows.
        self.ends_of_hops = rules is None or any("chain" in s.text and _OF_HOPS.search(s.text) for s in every)
        wanted = names if rules is None else _ALWAYS.union(*(_NAMES.findall(s.text) for s in every))
        self._plans = {kind: Plan(kind, wanted) for kind in KINDS}

    def fetch(self, nodes: Collection[int]) -> None:
        """Make the records of these nodes ready, with one question to the estate."""
        kept = self._kept
        if len(kept) > self._most:
            kept.clear()
        wanted = [node for node in dict.fromkeys(nodes) if node not in kept]
        if not wanted:
            return
        found = self._world.estate.some(wanted)
        names = self._world.estate.uids([node for node in wanted if node not in found])
        for node in wanted:
            asset = found.get(node)
            kept[node] = self._external(node, names[node]) if asset is None else self.full(asset, node)

    def get(self, node: int) -> Record:
        """The record of a node."""
        record = self._kept.get(node)
        if record is None:
            self.fetch((node,))
            record = self._kept[node]
        return record

    def many(self, nodes: Collection[int]) -> list[Record]:
        """The records of several nodes."""
        kept = self._kept
        if any(node not in kept for node in nodes):
            self.fetch(nodes)
        return [kept[node] for node in nodes]

    def full(self, asset: Asset, node: int) -> Record:
        """The record of an asset with everything worked out that a rule or function may ask for."""
        return record_of(self._world, asset, node, self._plans[asset.kind])

    def _external(self, node: int, uid: str) -> Record:
        """An end that no connected account holds: its uid is all there is, or a party and what policy says of it."""
        world = self._world
        record: Record = {"uid": uid, "loc": world.place(node), "@n": node}
        word, _, name = uid.partition(":")
        if uid == "public":
            record.update(kind="public", id="public", owner_entity=None, owner_country=None)
        elif word in ("account", "organization", "tenant", "domain") and name:
            record.update(kind=word, id=name, name=name)
            owner = world.owners.get(name.casefold())
            if owner is not None:
                record.update(owner_entity=owner.entity, owner_country=owner.country, account=name)
        return record
