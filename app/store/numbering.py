"""The nodes of an estate: which number of the store is which of its assets, and which are external ends."""

from array import array
from collections.abc import Sequence
from itertools import filterfalse
from typing import Any, Final

from app.store.driver import Database
from app.store.intervals import SCANS

_MANY: Final = 0.2
"""From this share of all numbers on, going through all relations costs less than asking for each number."""


def numbered(
    keys: "array[int]", top: int, named: Sequence[tuple[int, int]], views: dict[int, tuple[int, ...]] | None = None
) -> tuple["array[int]", dict[int, set[int]]]:
    """(number of the store → node + 1, 0: none; number of a name → numbers of the assets that share it).

    `named`: pairs of asset and alias. `views`: key → keys of further views, which get the same node.
    """
    dense: array[int] = array("i")
    dense.frombytes(bytes(dense.itemsize * (top + 1)))
    for node, key in enumerate(keys, 1):
        dense[key // SCANS] = node
    for first, others in (views or {}).items():
        for key in others:
            dense[key // SCANS] = dense[first // SCANS]
    shared: dict[int, set[int]] = {}
    for source, target in named:
        if not dense[source]:
            continue
        if not dense[target]:
            dense[target] = dense[source]
        elif dense[target] != dense[source]:
            shared.setdefault(target, {target} if keys[dense[target] - 1] // SCANS == target else set()).add(source)
    if shared:
        for source, target in named:
            if target in shared and dense[source]:
                shared[target].add(source)
    return dense, shared


def ends_without(db: Database, dense: "array[int]", held: str, values: Sequence[Any], alias: int) -> list[int]:
    """Numbers that relations name and that have no node in `dense`, in the order in which relations name them.

    `held`: SQL condition, with its `values`, for the relations that count; those of the type `alias` do not.
    """
    bare = list(filterfalse(dense.__getitem__, range(1, len(dense))))
    told = "FROM relation_version WHERE"
    first: list[tuple[int, int, int]] = []
    for side, end in enumerate(("source", "target")):
        if len(bare) < _MANY * len(dense):
            sql = f"SELECT {end}, min(id) {told} {held} AND type <> ? AND {end} IN ({{}}) GROUP BY {end}"
            first += [(at, side, number) for number, at in db.among(sql, bare, (*values, alias))]
            continue
        sql = f"SELECT {end}, min(id) {told} {held} AND type <> ? GROUP BY {end}"
        for rows in db.stream(sql, (*values, alias), 20_000):
            first += [(at, side, number) for number, at in rows if not dense[number]]
    return list(dict.fromkeys(number for _, _, number in sorted(first)))


def in_order_of_uid(db: Database, keys: "array[int]", dense: "array[int]") -> "array[int]":
    """The nodes of assets (`keys` are theirs), sorted by uid as Python sorts texts."""
    bytewise = ' COLLATE "C"' if db.where.server else ""
    nodes: array[int] = array("i")
    count, top = len(keys), len(dense)
    for rows in db.stream(f"SELECT id FROM node ORDER BY uid{bytewise}", (), 20_000):
        for row in rows:
            number: int = row[0]
            node = dense[number] - 1 if number < top else -1
            if 0 <= node < count and keys[node] // SCANS == number:  # other names of an asset lead to its node as well
                nodes.append(node)
    return nodes
