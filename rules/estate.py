"""What is judged: assets, relations and coverage of one scan, however they are kept."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, runtime_checkable

from rules.outlines import Outline, outline
from scanners.model import Asset, Coverage, Relation, one_of, same
from scanners.model.merging import both_told

NO_EVIDENCE: Final = -1
"""In place of the number of a document: none shows it."""


class Edges(NamedTuple):
    """Some relations as columns: source node, type, target node, and number of the document that shows it.

    `types` are places in `names`. `attributes`: place in these columns → attributes, of those that have any.
    """

    sources: Sequence[int]
    types: bytes
    targets: Sequence[int]
    documents: Sequence[int]
    attributes: dict[int, dict[str, Any]]
    names: Sequence[str]


Known: TypeAlias = "dict[str, tuple[int, tuple[str, ...]]]"
"""uid → the store's number, digests of the documents."""


class Estate(Protocol):
    """Assets and relations of one scan, addressed by small whole numbers (nodes) so that a million fit in memory.

    A node is an asset, or an external end: something that a relation names and no connected account holds. Nodes run
    from 0 to `size` - 1; `uid` tells which. Numbers hold for the life of the object only.
    """

    @property
    def size(self) -> int:
        """How many nodes there are, external ends included."""
        ...

    def uid(self, node: int) -> str:
        """The uid of a node."""
        ...

    def node(self, uid: str) -> int | None:
        """The node of a uid or of an alias, or None."""
        ...

    def nodes(self, uids: Collection[str]) -> dict[str, int]:
        """The nodes of these uids or aliases; those that have none are left out."""
        ...

    def assets(
        self, kinds: Collection[str] | None = None, start: int = 0, stop: int | None = None
    ) -> Iterator[list[tuple[int, Asset]]]:
        """Batches of (node, asset) in ascending order of node, from `start` up to but not including `stop`."""
        ...

    def outlines(self, start: int, stop: int) -> Iterator[list[tuple[int, Outline]]]:
        """The same of every asset from `start` up to but not including `stop`, without what the first pass does not
        look at."""
        ...

    def some(self, nodes: Sequence[int]) -> dict[int, Asset]:
        """The assets of these nodes; external ends are left out."""
        ...

    def chosen(self, nodes: Sequence[int]) -> Iterator[list[tuple[int, Asset]]]:
        """Batches of (node, asset) of these nodes, which ascend and are assets all."""
        ...

    def uids(self, nodes: Collection[int]) -> dict[int, str]:
        """The uids of these nodes."""
        ...

    def relations(self) -> Iterator[list[tuple[int, str, int, Relation]]]:
        """Batches of (source node, type, target node, relation)."""
        ...

    def edges(self) -> Iterator[Edges]:
        """The same relations, in the same order, without the names of their ends."""
        ...

    def digests(self, numbers: Collection[int]) -> dict[int, str]:
        """The digests of documents by the numbers that `edges` gives them."""
        ...

    def coverage(self) -> Sequence[Coverage]:
        """Every coverage cell of the scan."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """An estate that knows for a while which assets it gave out: who stores findings on them need not look them up."""

    def recent(self) -> Known:
        """What it knows of assets given out last, those of the last batch certainly."""
        ...

    def learn(self, known: Known) -> None:
        """Take over what the same estate in another process knows; it counts as given out just now."""
        ...


class MemoryEstate:
    """An estate held in lists, for rule cases, what-if and tests."""

    def __init__(
        self, assets: Iterable[Asset], relations: Iterable[Relation] = (), coverage: Iterable[Coverage] = ()
    ) -> None:
        self._assets = _joined(list(assets))
        self._coverage = list(coverage)
        self._uids = [a.uid for a in self._assets]
        self._nodes = {uid: n for n, uid in enumerate(self._uids)}
        for _, number in sorted(zip(self._uids, range(len(self._uids)), strict=True)):
            for alias in self._assets[number].aliases:
                self._nodes.setdefault(alias, number)
        told = list(relations)
        for relation in told:
            for uid in (relation.source, relation.target):
                if uid not in self._nodes:
                    self._nodes[uid] = len(self._uids)
                    self._uids.append(uid)
        self._relations = _each_once(told, self._nodes)

    @property
    def size(self) -> int:
        """How many nodes there are."""
        return len(self._uids)

    def uid(self, node: int) -> str:
        """The uid of a node."""
        return self._uids[node]

    def node(self, uid: str) -> int | None:
        """The node of a uid or of an alias."""
        return self._nodes.get(uid)

    def nodes(self, uids: Collection[str]) -> dict[str, int]:
        """The nodes of these uids or aliases."""
        return {uid: self._nodes[uid] for uid in uids if uid in self._nodes}

    def assets(
        self, kinds: Collection[str] | None = None, start: int = 0, stop: int | None = None
    ) -> Iterator[list[tuple[int, Asset]]]:
        """One batch with everything asked for."""
        last = len(self._assets) if stop is None else min(stop, len(self._assets))
        batch = [(n, self._assets[n]) for n in range(start, last) if kinds is None or self._assets[n].kind in kinds]
        if batch:
            yield batch

    def outlines(self, start: int, stop: int) -> Iterator[list[tuple[int, Outline]]]:
        """One batch with all of them."""
        for batch in self.assets(None, start, stop):
            yield [(node, outline(asset)) for node, asset in batch]

    def some(self, nodes: Sequence[int]) -> dict[int, Asset]:
        """The assets of these nodes."""
        return {n: self._assets[n] for n in nodes if n < len(self._assets)}

    def chosen(self, nodes: Sequence[int]) -> Iterator[list[tuple[int, Asset]]]:
        """One batch with these assets."""
        if nodes:
            yield [(node, self._assets[node]) for node in nodes]

    def uids(self, nodes: Collection[int]) -> dict[int, str]:
        """The uids of these nodes."""
        return {node: self._uids[node] for node in nodes}

    def relations(self) -> Iterator[list[tuple[int, str, int, Relation]]]:
        """One batch with all relations."""
        yield [(self._nodes[r.source], r.type, self._nodes[r.target], r) for r in self._relations]

    def edges(self) -> Iterator[Edges]:
        """One batch with all relations; the number of a document is that of the relation."""
        nodes, told = self._nodes, self._relations
        names = list(dict.fromkeys(r.type for r in told))
        yield Edges(
            [nodes[r.source] for r in told],
            bytes(names.index(r.type) for r in told),
            [nodes[r.target] for r in told],
            [NO_EVIDENCE if r.evidence is None else number for number, r in enumerate(told)],
            {number: r.attributes for number, r in enumerate(told) if r.attributes},
            names,
        )

    def digests(self, numbers: Collection[int]) -> dict[int, str]:
        """The digests of documents."""
        return {number: self._relations[number].evidence or "" for number in numbers}

    def coverage(self) -> Sequence[Coverage]:
        """All cells."""
        return self._coverage


def _each_once(relations: list[Relation], nodes: dict[str, int]) -> list[Relation]:
    """The relations, those between the same two nodes as one, whoever states them and under which of their names."""
    found: dict[tuple[int, str, int], Relation] = {}
    for relation in relations:
        key = (nodes[relation.source], relation.type, nodes[relation.target])
        known = found.get(key)
        if known is not None:
            shown = [r.evidence for r in (known, relation) if r.evidence is not None]
            source, target = min((r.source, r.target) for r in (known, relation))
            attributes = both_told(known.attributes, relation.attributes)
            relation = Relation(source, key[1], target, attributes, min(shown, default=None))
        found[key] = relation
    return list(found.values())


def _joined(assets: list[Asset]) -> list[Asset]:
    """The assets, views of one thing as one."""
    if not any(asset.aliases for asset in assets):
        return assets
    claims: dict[str, list[int]] = {}
    for number, asset in enumerate(assets):
        for name in asset.aliases:
            claims.setdefault(name, []).append(number)
    for number, asset in enumerate(assets):
        if asset.uid in claims:
            claims[asset.uid].append(number)
    shared = {name: numbers for name, numbers in claims.items() if len(numbers) > 1}
    groups = {g[0]: g for g in same(shared, lambda n: assets[n].uid, lambda n: assets[n].kind)}
    hidden = {number for group in groups.values() for number in group[1:]}
    return [
        one_of([assets[other] for other in groups[number]]) if number in groups else asset
        for number, asset in enumerate(assets)
        if number not in hidden
    ]
