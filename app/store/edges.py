"""The relations of one scan as columns of whole numbers, for what is worked out about a whole estate."""

import sys
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, compress, count
from typing import Any, Final

import msgspec

from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.relations import ALIAS, Edge
from rules.estate import NO_EVIDENCE, Edges

_BATCH: Final = 10_000
_HIGH: Final = int(sys.byteorder == "little")
"""Which half of a number of 64 bits is the upper one."""
_MOST: Final = (1 << 31) - 1
_edge: Final = msgspec.json.Decoder(Edge)


class _Met(dict[int, int]):
    """Numbers from 0 for whatever is asked about, in the order it is met."""

    def __missing__(self, key: int) -> int:
        self[key] = number = len(self)
        return number


def edges_of(
    db: Database,
    scan: int,
    accounts: Sequence[int],
    types: Mapping[int, str],
    dense: Sequence[int],
    views: Collection[int],
    loose: list[str],
) -> Iterator[Edges]:
    """The relations of a scan in batches, in the order they were stored.

    `accounts` are those that count, `types` numbers the types of relations, `dense` tells node + 1 by the
    number of the store, `views` are nodes of which there are several views. Digests of documents that the store does
    not have are added to `loose`, and numbered from `NO_EVIDENCE` - 1 down. Raises KnownStoreError where the store has
    more documents than can be numbered.
    """
    if db.rows("SELECT coalesce(max(id), 0) FROM evidence")[0][0] > _MOST:
        raise KnownStoreError(f"The store {db.where.label} has more documents than this program can tell apart.")
    alias = next((number for number, text in types.items() if text == ALIAS), 0)
    place = array("i", map((-1).__add__, dense)).__getitem__
    met = _Met()
    others = db.rows(f"SELECT count(*) FROM scope WHERE NOT ({asked_of(accounts, 'id')})")[0][0]
    counts = f" AND (scope = 0 OR {asked_of(accounts)})" if others else ""
    # Two numbers in one: handing a value over takes longer than finding it.
    sql = (
        f"SELECT (source << 32) | target, (coalesce(evidence, {NO_EVIDENCE}) << 32) | type, body FROM relation_version "
        f"WHERE first <= ? AND until > ? AND type <> ?{counts} ORDER BY id"
    )
    for rows in db.stream(sql, (scan, scan, alias), _BATCH):
        flat = list(chain.from_iterable(rows))
        bodies = flat[2::3]
        sources, targets = _halves(flat[::3])
        numbers, kinds = _halves(flat[1::3])
        starts, ends = array("i", map(place, sources)), array("i", map(place, targets))
        told = bytes(map(met.__getitem__, kinds))
        if views:  # nothing between two views of one thing
            keep = [
                start != end or source == target or start not in views
                for start, end, source, target in zip(starts, ends, sources, targets, strict=True)
            ]
            starts, ends, numbers = (array("i", compress(column, keep)) for column in (starts, ends, numbers))
            told, bodies = bytes(compress(told, keep)), list(compress(bodies, keep))
        attributes: dict[int, dict[str, Any]] = {}
        for at in compress(count(), bodies):
            edge = _edge.decode(bodies[at] or b"")
            if edge.evidence is not None and numbers[at] == NO_EVIDENCE:
                numbers[at] = NO_EVIDENCE - 1 - len(loose)
                loose.append(edge.evidence)
            if edge.attributes:
                attributes[at] = edge.attributes
        yield Edges(starts, told, ends, numbers, attributes, [types[number] for number in met])


def asked_of(accounts: Sequence[int], scope: str = "scope") -> str:
    """SQL condition for the scopes of these accounts; `scope`: the column that tells the scope."""
    return f"{scope} IN (SELECT id FROM scope WHERE account IN ({','.join(map(str, accounts)) or '0'}))"


def _halves(numbers: Sequence[int]) -> "tuple[array[int], array[int]]":
    """The upper and the lower 32 bits of numbers of 64 bits."""
    both = array("i")
    both.frombytes(array("q", numbers).tobytes())
    return both[_HIGH::2], both[1 - _HIGH :: 2]
