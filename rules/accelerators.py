"""Which accelerators count: those of a cluster, of its node pools and of their machines are the same ones."""

from typing import Any, Final

from rules.related import Records
from rules.world import World

_KINDS: Final = ("compute.cluster", "compute.nodegroup", "compute.instance")
_RANK: Final = {kind: rank for rank, kind in enumerate(_KINDS)}
_MOST_STEPS: Final = 8
_INSIDE: Final = ("member_of", "runs_on")


class Accelerators:
    """Accelerators of an estate, each counted once.

    `counted`: node → number (None: not known) of what counts. `within`: node → the whole whose number holds its own
    already. `by_parts`: nodes whose accelerators are counted part by part. What surely has none is in neither.
    """

    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._numbers: dict[int, int | None] = {}
        kinds: dict[int, str] = {}
        for batch in world.estate.assets(_KINDS):
            world.stop_if_cancelled()
            for node, asset in batch:
                record = records.full(asset, node)
                number: Any = record.get("gpu_count")
                if number and asset.kind == "compute.nodegroup" and "instance_type" in record:
                    number = number if "node_count" in record else None  # of one machine, of nobody knows how many
                self._numbers[node] = number if isinstance(number, int) else None
                kinds[node] = asset.kind
        self._parts: dict[int, list[int]] = {}
        self._wholes: set[int] = set()
        inner: set[int] = set()
        for node in self._numbers:
            whole = self._whole(node, kinds)
            if whole is not None:
                self._parts.setdefault(whole, []).append(node)
                inner.add(node)
        self._kinds = kinds
        self.counted: dict[int, int | None] = {}
        self.within: dict[int, int] = {}
        self.by_parts: set[int] = set()
        for node in self._numbers:
            if node not in inner:
                self._settle(node)
        for node in self._numbers:  # what is inside itself, by relations that contradict one another
            if node not in self.counted and node not in self.within and node not in self.by_parts:
                self._count(node)

    def _whole(self, node: int, kinds: dict[int, str]) -> int | None:
        """The smallest group of machines that a node is a part of."""
        targets = self._world.graph.targets
        rank = _RANK[kinds[node]]
        above = {t for name in _INSIDE for t in targets(node, name) if t in kinds and _RANK[kinds[t]] < rank}
        if kinds[node] == "compute.nodegroup":  # a scale set that stands behind a pool
            above |= {t for t in targets(node, "member_of") if kinds.get(t) == "compute.nodegroup" and t != node}
        self._wholes |= above
        if len(above) < 2:
            return next(iter(above), None)
        most = max(_RANK[kinds[t]] for t in above)
        return min((t for t in above if _RANK[kinds[t]] == most), key=self._world.estate.uid)

    def _best(self, node: int, steps: int = 0) -> tuple[int, bool]:
        """(accelerators known of a node by itself or by its parts, whether all are known)."""
        own = self._numbers[node]
        if steps > _MOST_STEPS:
            return own or 0, own is not None
        chosen = self._chosen(node, steps)
        if not chosen:
            return own or 0, own is not None
        found = [self._best(part, steps + 1) for part in chosen]
        number, whole = sum(n for n, _ in found), all(known for _, known in found)
        return (own, True) if own is not None and own >= number else (number, whole)

    def _chosen(self, node: int, steps: int = 0) -> list[int]:
        """The parts that make up a whole: its pools, or machines that no pool is known of, whichever show more."""
        parts = self._parts.get(node, [])
        pools = [p for p in parts if self._kinds[p] != "compute.instance"]
        machines = [p for p in parts if self._kinds[p] == "compute.instance"]
        if not pools or not machines:
            return parts
        in_pools = sum(self._best(p, steps + 1)[0] for p in pools)
        return machines if sum(self._numbers[m] or 0 for m in machines) >= in_pools else pools

    def _settle(self, node: int) -> None:
        """Count a whole, or its parts, and note for the others where they are counted."""
        pending = [(node, 0)]
        while pending:
            at, steps = pending.pop()
            own, parts = self._numbers[at], self._parts.get(at, [])
            chosen = self._chosen(at) if steps <= _MOST_STEPS else []
            in_parts = sum(self._best(p, steps + 1)[0] for p in chosen)
            if not chosen or (own is not None and own >= in_parts):
                if own is None and not chosen and at in self._wholes:
                    self.by_parts.add(at)  # all its machines are parts of something smaller
                else:
                    self._count(at)
                self._hold(at, parts, steps)
                continue
            self.by_parts.add(at)
            pending += [(part, steps + 1) for part in chosen]
            self._hold(at, [p for p in parts if p not in set(chosen)], steps)

    def _count(self, node: int) -> None:
        if self._numbers[node] != 0:
            self.counted[node] = self._numbers[node]

    def _hold(self, whole: int, parts: list[int], steps: int) -> None:
        """Everything under these parts is counted elsewhere in the whole."""
        pending = [(part, steps) for part in parts]
        while pending:
            part, deep = pending.pop()
            if part in self.within or part == whole:
                continue
            self.within[part] = whole
            if deep <= _MOST_STEPS:
                pending += [(p, deep + 1) for p in self._parts.get(part, [])]
