"""The part of an estate that is judged again: some assets, with flows to and from them."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from typing import Final, NamedTuple

from rules.flows import Path

_WHOLE: Final = ("transfer_job", "inference")
"""Kinds of flows of which all that are looked at are judged: these are found without their ends."""


class Near(NamedTuple):
    """Flows to some nodes, and from some `ends`: of these, those of which this is told.

    `alone`: of flows to these nodes, beside those that are told, only those matter that may stand for what is said of
    the nodes.
    """

    nodes: Set[int] = frozenset()
    ends: Set[int] = frozenset()
    told: Callable[[Path], bool] = lambda path: False
    alone: Set[int] = frozenset()


class Some(NamedTuple):
    """The part of an estate that is to be judged: these assets with all flows to them, and the flows from `ends`.

    `near`: further flows.
    """

    nodes: Collection[int]
    ends: Collection[int]
    near: Near | None = None

    def wanted(self, source: int, target: int) -> bool:
        """Whether a flow may be one of them."""
        near = self.near
        return (
            target in self.nodes
            or source in self.ends
            or (near is not None and (target in near.nodes or source in near.ends))
        )

    def judged(self, path: Path, standing: Mapping[str, Set[int]], kinds: Sequence[int]) -> bool:
        """Whether a flow is one of them. `standing`: by kind of flow the kinds of assets of which flows to them may
        stand for what is said; `kinds`: that of each node."""
        near, ends, target = self.near, self.ends, path.target
        return (
            near is None
            or path.kind in _WHOLE
            or path.source in ends
            or target in ends
            or (target in self.nodes and (target not in near.alone or kinds[target] in standing.get(path.kind, ())))
            or near.told(path)
        )

    @property
    def around(self) -> set[int]:
        """All nodes whose flows may be among them."""
        near = self.near
        return {*self.nodes, *self.ends, *(() if near is None else (*near.nodes, *near.ends))}
