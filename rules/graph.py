"""Relations of a whole estate as arrays: which node leads to which, and how data classes travel along them.

A million assets with as many relations take about forty megabytes here, against gigabytes as objects.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, count
from typing import Any, Final, NamedTuple

from rules.estate import NO_EVIDENCE
from scanners.model import KINDS, RELATIONS

TYPES: Final = tuple(sorted(RELATIONS))
NO_TYPE: Final = -1
"""Type number of an edge that another one stands for."""
TYPE_NUMBER: Final = {name: number for number, name in enumerate(TYPES)}
KIND_NAMES: Final = tuple(sorted(KINDS))
KIND_NUMBER: Final = {name: number for number, name in enumerate(KIND_NAMES)}
EXTERNAL: Final = 255
"""Kind number of an end that no connected account holds."""

# Data classes as numbers that can be compared. "Presumed" is unclassified data that counts as personal.
UNREAD, PUBLIC, ANONYMOUS, UNCLASSIFIED, UNDECIDED, PRESUMED, PSEUDONYMISED, PERSONAL, SPECIAL = range(9)
CLASS_NAMES: Final = (
    None,
    "public",
    "anonymous",
    "unclassified",
    "unclassified",
    "unclassified",
    "pseudonymised",
    "personal",
    "special_category",
)
CLASS_NUMBER: Final = {
    "public": PUBLIC,
    "anonymous": ANONYMOUS,
    "unclassified": UNCLASSIFIED,
    "pseudonymised": PSEUDONYMISED,
    "personal": PERSONAL,
    "special_category": SPECIAL,
}
# The strictest source decides. An unread class may be anything, so it stands right below what is known to be personal.
_STRICTNESS: Final = (SPECIAL, PERSONAL, PSEUDONYMISED, PRESUMED, UNREAD, UNDECIDED, UNCLASSIFIED, ANONYMOUS, PUBLIC)

# Relation → whether data move from its source to its target (True) or the other way (False).
_DATA: Final = {
    "reads": False,
    "trained_from": False,
    "writes": True,
    "replicates_to": True,
    "backs_up_to": True,
    "deployed_as": True,
    "runs_on": True,
    "overflows_to": True,
}
_DATA_FORWARD: Final = {TYPE_NUMBER[name]: forward for name, forward in _DATA.items()}
FORWARD: Final = sum(1 << type_ for type_, forward in _DATA_FORWARD.items() if forward)
BACKWARD: Final = sum(1 << type_ for type_, forward in _DATA_FORWARD.items() if not forward)
"""Bits of the types of relations by which data move to their target, and to their source."""

_NONE: Final = -1


def mask(numbers: Iterable[int]) -> bytes:
    """A table for `translate` that makes these bytes 1 and all others 0."""
    wanted = {number & 255 for number in numbers}
    return bytes(number in wanted for number in range(256))


def differing(one: bytes | bytearray, other: bytes | bytearray) -> Iterator[int]:
    """Where two runs of bytes of the same length differ, in ascending order."""
    both = int.from_bytes(one, "little") ^ int.from_bytes(other, "little")
    return compress(count(), both.to_bytes(len(one), "little"))


def either(one: bytes | bytearray, other: bytes | bytearray) -> bytes:
    """Two runs of bytes of the same length as one that has the bits of both."""
    return (int.from_bytes(one, "little") | int.from_bytes(other, "little")).to_bytes(len(one), "little")


_AHEAD: Final = mask(type_ for type_, forward in _DATA_FORWARD.items() if forward)
_BACK: Final = mask(type_ for type_, forward in _DATA_FORWARD.items() if not forward)


class Moves(NamedTuple):
    """Where data move directly, in linked lists: `first` has one element for each node, the others for each move."""

    first: "array[int]"
    following: "array[int]"
    ends: "array[int]"
    begins: bytearray  # for each node 1 if its data move to another one
    reached: bytearray  # for each node 1 if data of another one move to it


class Graph:
    """Edges in linked lists over arrays: for each node its first edge, for each edge the next one of the same node."""

    __slots__ = (
        "_first_in",
        "_first_out",
        "_next_in",
        "_next_out",
        "_types",
        "attributes",
        "evidence",
        "source",
        "target",
        "type",
    )

    def __init__(self, size: int) -> None:
        self.source = array("i")
        self.target = array("i")
        self.type = array("b")
        self.attributes: dict[int, dict[str, Any]] = {}
        self.evidence = array("i")  # for each edge the estate's number of the document that shows it
        self._first_out = array("i", [_NONE]) * size
        self._first_in = array("i", [_NONE]) * size
        self._next_out = array("i")
        self._next_in = array("i")
        self._types: tuple[int, array[int], array[int]] | None = None

    def __len__(self) -> int:
        return len(self.source)

    def add(self, source: int, type_: int, target: int, evidence: int = NO_EVIDENCE) -> int:
        """A new edge; its number."""
        edge = len(self.source)
        self.source.append(source)
        self.type.append(type_)
        self.target.append(target)
        self.evidence.append(evidence)
        self._next_out.append(self._first_out[source])
        self._first_out[source] = edge
        self._next_in.append(self._first_in[target])
        self._first_in[target] = edge
        return edge

    def extend(self, sources: Sequence[int], types: bytes, targets: Sequence[int], evidence: Iterable[int]) -> int:
        """Many new edges; the number of the first, the others follow it in this order."""
        edge = len(self.source)
        self.source.extend(sources)
        self.type.frombytes(types)
        self.target.extend(targets)
        self.evidence.extend(evidence)
        for ends, first, following in (
            (sources, self._first_out, self._next_out.append),
            (targets, self._first_in, self._next_in.append),
        ):
            for number, node in enumerate(ends, edge):
                following(first[node])
                first[node] = number
        return edge

    def of_types(self, types: Iterable[int]) -> Iterator[int]:
        """Edges of some types, in the order they were added."""
        return compress(count(), self.type.tobytes().translate(mask(types)))

    def out(self, node: int, type_: int) -> list[int]:
        """Edges of a type that leave a node, in the order they were added."""
        found: list[int] = []
        edge = self._first_out[node]
        while edge >= 0:
            if self.type[edge] == type_:
                found.append(edge)
            edge = self._next_out[edge]
        found.reverse()
        return found

    def into(self, node: int, type_: int) -> list[int]:
        """Edges of a type that lead to a node, in the order they were added."""
        found: list[int] = []
        edge = self._first_in[node]
        while edge >= 0:
            if self.type[edge] == type_:
                found.append(edge)
            edge = self._next_in[edge]
        found.reverse()
        return found

    def targets(self, node: int, name: str) -> list[int]:
        """Nodes that relations of this type lead to."""
        edge = self._first_out[node]
        if edge < 0:
            return []
        type_, types, following, target = TYPE_NUMBER[name], self.type, self._next_out, self.target
        found: list[int] = []
        while edge >= 0:
            if types[edge] == type_:
                found.append(target[edge])
            edge = following[edge]
        if len(found) > 1:
            found.reverse()
        return found

    def sources(self, node: int, name: str) -> list[int]:
        """Nodes that have such a relation to this one."""
        if self._first_in[node] < 0:
            return []
        return [self.source[edge] for edge in self.into(node, TYPE_NUMBER[name])]

    def isolated(self, node: int) -> bool:
        """Whether no relation leaves a node."""
        return self._first_out[node] < 0

    def alone(self, node: int) -> bool:
        """Whether a node has no relation at all."""
        return self._first_out[node] < 0 and self._first_in[node] < 0

    def touching(self, nodes: Iterable[int]) -> list[int]:
        """Edges that leave any of these nodes or lead to them, in the order they were added."""
        found: set[int] = set()
        for node in nodes:
            edge = self._first_out[node]
            while edge >= 0:
                found.add(edge)
                edge = self._next_out[edge]
            edge = self._first_in[node]
            while edge >= 0:
                found.add(edge)
                edge = self._next_in[edge]
        return sorted(found)

    def types(self) -> tuple["array[int]", "array[int]"]:
        """For each node the types of relations that leave it, and that lead to it, as bit sets; kept."""
        if self._types is not None and self._types[0] == len(self.source):
            return self._types[1:]
        out = array("i", bytes(len(self._first_out) * array("i").itemsize))
        into = array("i", out)
        bits = [*(1 << number for number in range(len(TYPES))), 0]  # the last one is that of NO_TYPE
        for bit, source, target in zip(map(bits.__getitem__, self.type), self.source, self.target, strict=True):
            out[source] |= bit
            into[target] |= bit
        self._types = len(self.source), out, into
        return out, into

    def downstream(self, node: int) -> Iterator[int]:
        """Nodes that data of this one move to, directly."""
        edge = self._first_out[node]
        while edge >= 0:
            if _DATA_FORWARD.get(self.type[edge], False):
                yield self.target[edge]
            edge = self._next_out[edge]
        edge = self._first_in[node]
        while edge >= 0:
            if not _DATA_FORWARD.get(self.type[edge], True):
                yield self.source[edge]
            edge = self._next_in[edge]

    def upstream(self, node: int) -> Iterator[int]:
        """Nodes whose data move to this one, directly."""
        edge = self._first_in[node]
        while edge >= 0:
            if _DATA_FORWARD.get(self.type[edge], False):
                yield self.source[edge]
            edge = self._next_in[edge]
        edge = self._first_out[node]
        while edge >= 0:
            if not _DATA_FORWARD.get(self.type[edge], True):
                yield self.target[edge]
            edge = self._next_out[edge]

    def moves(self) -> Moves:
        """Which nodes the data of each node move to, directly."""
        size = len(self._first_out)
        types = self.type.tobytes()
        ahead, back = types.translate(_AHEAD), types.translate(_BACK)
        starts, ends = array("i", compress(self.source, ahead)), array("i", compress(self.target, ahead))
        starts.extend(compress(self.target, back))
        ends.extend(compress(self.source, back))
        first, following = array("i", [_NONE]) * size, array("i")
        begins, reached = bytearray(size), bytearray(size)
        for move, start in enumerate(starts):
            following.append(first[start])
            first[start] = move
            end = ends[move]
            if start != end:
                begins[start] = reached[end] = 1
        return Moves(first, following, ends, begins, reached)


_OTHER: Final = bytes.maketrans(b"\0\1", b"\1\0")


def inherit(
    moves: Moves,
    own: bytes | bytearray,
    base: bytes | bytearray,
    stated: bytearray,
    unproven: bytearray,
    parts: Mapping[int, int] | None = None,
) -> bytearray:
    """The effective class of every node: its own where one is `stated`, else that of its strictest source, else `base`.

    `own` and `base` hold class numbers. `parts`: part → whole, whose class its parts have as well. A node that is
    `unproven` (called anonymous without an assessment) keeps its own class, but hands on what it took in, or its
    `base`. Each node is visited once: the strictest class goes first.
    """
    upstream, begins = bytearray(moves.reached), bytearray(moves.begins)
    inside: dict[int, list[int]] = {}
    for part, whole in (parts or {}).items():
        inside.setdefault(whole, []).append(part)
        upstream[part] = begins[whole] = 1
    result = bytearray(base)
    done = upstream.translate(_OTHER)
    for node in compress(count(), stated):
        result[node] = own[node]
        if not unproven[node]:
            done[node] = 1
    starts: list[list[int]] = [[] for _ in range(9)]
    for node in compress(count(), begins):
        if done[node]:
            starts[own[node] if stated[node] and not unproven[node] else base[node]].append(node)
    _spread(starts, moves, inside, done, base, stated, result)
    # Nothing has reached those that hand data round in a circle, those whose tags were not read and what comes after
    # them: what they hold themselves is all that is known, and reaches the others.
    starts = [[] for _ in range(9)]
    for node in compress(count(), done.translate(_UNREACHED)):
        starts[base[node]].append(node)
    if any(starts):
        _spread(starts, moves, inside, done, base, stated, result)
    return result


_UNREACHED: Final = mask((0,))


def _spread(
    starts: list[list[int]],
    moves: Moves,
    inside: Mapping[int, list[int]],
    done: bytearray,
    base: bytes | bytearray,
    stated: bytearray,
    result: bytearray,
) -> None:
    """Hand classes on along relations, the strictest first, to each node that is not yet `done`."""
    first, following, ends = moves.first, moves.following, moves.ends
    for level in _STRICTNESS:
        stack = [node for node in starts[level] if done[node] < 2]
        for node in stack:
            done[node] = 2
        while stack:
            node = stack.pop()
            reached = inside.get(node)
            below = list(reached) if reached else []
            move = first[node]
            while move >= 0:
                below.append(ends[move])
                move = following[move]
            for end in below:
                # Tags that could not be read may say anything: only a personal source settles the class of such a node.
                if done[end] or (base[end] == UNREAD and level < PRESUMED and not stated[end]):
                    continue
                done[end] = 2
                if not stated[end]:
                    result[end] = level
                stack.append(end)


def ancestry(moves: Moves, classes: bytes | bytearray, stops: Iterable[int]) -> bytearray:
    """For every node the strictest class among itself and everything upstream, whatever it is labelled itself.

    Nothing passes through the nodes in `stops` (those with a recorded assessment of anonymity).
    """
    first, following, ends = moves.first, moves.following, moves.ends
    result = bytearray(classes)
    blocked = frozenset(stops)
    starts: list[list[int]] = [[] for _ in range(9)]
    for node in compress(count(), moves.begins):
        starts[classes[node]].append(node)
    handed_on = (SPECIAL, PERSONAL, PSEUDONYMISED, PRESUMED, UNREAD)
    for rank, level in enumerate(handed_on):
        less = mask({*range(9)}.difference(handed_on[: rank + 1]))
        stack = [node for node in starts[level] if result[node] == level]  # others have a stricter class upstream
        while stack:
            node = stack.pop()
            if node in blocked:
                continue
            move = first[node]
            while move >= 0:
                below = ends[move]
                if less[result[below]]:
                    result[below] = level
                    stack.append(below)
                move = following[move]
    return result
