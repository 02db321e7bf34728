"""Records of the assets that relations and flows lead to."""

from collections.abc import Collection

from rules.derive import EVERYTHING, Record, record_of
from rules.world import World
from scanners.model import Asset


class Records:
    """Records of assets that relations lead to, fetched in batches and kept for a while."""

    def __init__(self, world: World, most: int = 50_000) -> None:
        self._world = world
        self._kept: dict[int, Record] = {}
        self._most = most

    def fetch(self, nodes: Collection[int]) -> None:
        """Make the records of these nodes ready, with one question to the estate."""
        kept = self._kept
        if len(kept) > self._most:
            kept.clear()
        wanted = [node for node in dict.fromkeys(nodes) if node not in kept]
        if not wanted:
            return
        found = self._world.estate.some(wanted)
        for node in wanted:
            asset = found.get(node)
            kept[node] = self._external(node) if asset is None else self.full(asset, node)

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
        """The record of an asset with everything worked out."""
        return record_of(self._world, asset, node, EVERYTHING[asset.kind])

    def _external(self, node: int) -> Record:
        """An end that no connected account holds: its uid is all there is, or a party and what policy says of it."""
        world = self._world
        uid = world.estate.uid(node)
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
