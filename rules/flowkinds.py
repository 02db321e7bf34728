"""Which relations are flows of data, and of which kind each flow is."""

from collections.abc import Callable, Sequence
from operator import getitem
from typing import Final

from rules.graph import KIND_NAMES, TYPE_NUMBER, TYPES
from rules.parts import STORES
from rules.world import World

READS: Final = TYPE_NUMBER["reads"]
_WRITES: Final = TYPE_NUMBER["writes"]
_NOT_DATA: Final = ("key", "secret", "identity", "governance.policy", "network.vpc", "network.peering")
_STORE_NAMES: Final = ("arn:aws:s3:::", "//storage.googleapis.com/", "azure-storage:")
_ALLOWED: Final = "allowed"
"""In place of a kind: somebody may read, which another relation may tell as well."""


def _reading(kind: str | None) -> str | None:
    if kind is None or kind in ("identity", "account", "account.region"):
        return _ALLOWED
    if kind == "transfer.job":
        return None
    return "inference" if kind.startswith("ai.") and kind != "ai.customization" else "training_read"


def _writing(kind: str | None) -> str | None:
    return None if kind == "transfer.job" else "training_write"


def _data(name: str) -> Callable[[str | None], str | None]:
    return lambda kind: None if kind in _NOT_DATA else name


_BY_RELATION: Final[dict[str, Callable[[str | None], str | None]]] = {
    "reads": _reading,
    "writes": _writing,
    "replicates_to": _data("replication"),
    "backs_up_to": _data("backup"),
    "deployed_as": _data("deploy"),
    "overflows_to": _data("inference"),
    "shared_with": _data("share"),
    "logs_to": _data("log"),
}
FLOWING: Final = frozenset(TYPE_NUMBER[name] for name in _BY_RELATION)
"""Numbers of the types of relations that may be flows."""

STARTS: Final = sum(1 << number for number in FLOWING if number != READS)
"""Bits of the types of relations that a flow from their source may come from."""

_KINDS: Final = [
    [told(KIND_NAMES[number] if number < len(KIND_NAMES) else None) for number in range(256)] if told else [None] * 256
    for told in map(_BY_RELATION.get, TYPES)
]
"""By type of relation and kind of its source (a number beyond all names: nobody knows it): the kind of flow."""


def kind_of(world: World, edge: int) -> str | None:
    """The kind of the flow that a relation is; None for one that is none, that is off or that another one tells of."""
    graph = world.graph
    type_ = graph.type[edge]
    if type_ < 0:
        return None
    source = graph.source[edge]
    kind = _KINDS[type_][world.kinds[source]]
    if kind is not None and edge in graph.attributes:
        attributes = graph.attributes[edge]
        if attributes.get("enabled") is False:
            return None
        if type_ == READS and attributes.get("use") == "files":
            return None  # a name for the data: they are where they are
        if type_ == _WRITES and "connection" in (attributes.get("use"), attributes.get("role")):
            return _connection(world, source, graph.target[edge])
    if kind == _ALLOWED:
        return _first_told(world, graph.target[edge], source, "shared_with", "share")
    return kind


def kinds_of(world: World, edges: Sequence[int]) -> list[str | None]:
    """The same of many relations, all of types that may be flows."""
    graph = world.graph
    sources = map(graph.source.__getitem__, edges)
    rows = map(_KINDS.__getitem__, map(graph.type.__getitem__, edges))
    found = list(map(getitem, rows, map(world.kinds.__getitem__, sources)))
    attributes = graph.attributes
    for at, edge in enumerate(edges):
        if found[at] == _ALLOWED or edge in attributes:
            found[at] = kind_of(world, edge)
    return found


def _first_told(world: World, source: int, target: int, by: str, kind: str) -> str | None:
    """The kind of a flow, or None where another relation between the same ends tells of that flow."""
    graph = world.graph
    told = (edge for edge in graph.out(source, TYPE_NUMBER[by]) if graph.target[edge] == target)
    return None if any(graph.attributes.get(e, {}).get("enabled") is not False for e in told) else kind


def _connection(world: World, source: int, target: int) -> str | None:
    """A connection of an AI service sends prompts to whatever answers them: inference, wherever that is.

    To a store it only opens the way, as a share does: which data go there, and whether any do, nothing tells.
    """
    store = world.kinds[target] in STORES or world.estate.uid(target).startswith(_STORE_NAMES)
    by, kind = ("shared_with", "share") if store else ("overflows_to", "inference")
    return _first_told(world, source, target, by, kind)
