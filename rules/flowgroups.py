"""What is known of all flows from one kind, class and place to one place: worked out once for each such group."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rules.derive import Record
from rules.flowcolumns import Columns, key_of
from rules.flows import Path, Shape, shape_of
from rules.functions import Functions
from rules.gates import Entry, Gates, Settled
from rules.graph import CLASS_NAMES, EXTERNAL
from rules.places import Place
from rules.register import may_be_transfer
from rules.world import World

_FACTS: Final = ("kind", "level", "source", "place", "target")


class Group:
    """What is known of the flows of one group, and how many were met."""

    __slots__ = ("entries", "moves", "place", "settled", "shape", "times")

    def __init__(self, shape: Shape, settled: Settled | None, entries: list[Entry], moves: bool, place: Place) -> None:
        self.shape = shape
        self.settled = settled
        self.entries = entries  # checks that are not settled
        self.moves = moves  # whether they may be transfers
        self.place = place  # kept, so that no other place gets its address
        self.times = 0


class Groups:
    """The groups of the flows of one estate; `each`: every check is left to be asked of every flow."""

    def __init__(self, world: World, functions: Functions, loops: Mapping[str, list[Entry]], each: bool) -> None:
        self._world = world
        self._functions = functions
        self._loops = loops
        self._gates = {} if each else {kind: Gates(kind, entries) for kind, entries in loops.items()}
        self._settled: dict[tuple[Any, ...], Settled] = {}
        self._groups: dict[tuple[Any, ...], Group] = {}

    def of_paths(self, batch: list[Path]) -> list[Group]:
        """The group of each of these flows."""
        return self._of([key_of(self._world, path) for path in batch], batch.__getitem__)

    def of_columns(self, columns: Columns) -> list[Group]:
        """The same of flows that are columns."""
        return self._of(list(columns.keys(self._world)), columns.path)

    def _of(self, keys: list[tuple[Any, ...]], path: Callable[[int], Path]) -> list[Group]:
        groups = self._groups
        found = list(map(groups.get, keys))
        if None in found:
            for at, group in enumerate(found):
                if group is None:
                    group = groups.get(keys[at])
                    found[at] = groups[keys[at]] = self._made(path(at)) if group is None else group
        return [group for group in found if group is not None]

    def _made(self, path: Path) -> Group:
        world = self._world
        level = world.classes[path.source]
        found = self._alike(path)
        entries = self._loops.get(path.kind, []) if found is None else found.rest
        moves = may_be_transfer(world.place(path.source), path.target_place, level)
        return Group(shape_of(world, path), found, entries, moves, path.target_place)

    def left(self, path: Path) -> list[Entry]:
        """The checks of which kind, class and places leave open what they say of a flow."""
        found = self._alike(path)
        return self._loops.get(path.kind, []) if found is None else found.rest

    def flush(self) -> None:
        """Add to the counts of the rules what was settled for the flows that were met."""
        for group in self._groups.values():
            if group.settled is not None:
                group.settled.times += group.times
                group.settled.flush()
            group.times = 0

    def _alike(self, path: Path) -> Settled | None:
        """The checks that flows of the same kind, class and places settle alike; None without gates."""
        found = self._gates.get(path.kind)
        if found is None:
            return None
        world = self._world
        level = world.classes[path.source]
        key = (path.kind, level, world.kinds[path.source], world.place_of[path.source], id(path.target_place))
        group = self._settled.get(key)
        if group is None:
            alike = self._functions.register.says_alike(level)
            facts: dict[str, Any] = dict(zip(_FACTS, key, strict=True))
            facts["ancestors"] = -1  # no gate of flows looks at them
            # Of what nobody collected no class is told, whatever reached it.
            facts["level"] = level, world.kinds[path.source] != EXTERNAL
            group = self._settled[key] = found.settled(alike_of(world, path), facts, alike)
        return group


def alike_of(world: World, path: Path) -> dict[str, Any]:
    """What all flows of the kind, class and places of this one have alike, as conditions see it."""
    known = world.kinds[path.source] != EXTERNAL
    flow: Record = {
        "kind": path.kind,
        "src": {"@n": path.source, "kind": world.kind(path.source)} if known else {"@n": path.source},
        "src_loc": world.place(path.source),
        "dst_loc": path.target_place,
        "@n": path.source,
    }
    name = CLASS_NAMES[world.classes[path.source]] if known else None
    if name is not None:
        flow["dc"] = name
    return {"flow": flow, "policy": world.variables}
