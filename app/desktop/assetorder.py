"""The order of very many rows by a column, known as far as possible before anybody asks. Imports no Qt.

Columns with few values keep the numbers of their rows value by value: their order is these lists one after the other.
Of the others the first and the last rows are known at once, and the whole order when a worker has sorted them. Values
compare as SQLite's NOCASE does: bytes, with the letters of ASCII in lower case; rows of one value by their number.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import compress
from operator import itemgetter
from typing import Final

FIRST: Final = 512
"""Rows that are told before the rest is known."""
SLICE: Final = 16_384
"""So many numbers are gone through at a time: one step in C that takes longer would hold up every other thread."""
_MOST_VALUES: Final = 20_000


class Ends:
    """The `FIRST` smallest and largest values of a column with very many, with the numbers of their rows."""

    def __init__(self) -> None:
        self._low: list[tuple[bytes, int]] = []
        self._high: list[tuple[bytes, int]] = []

    def add(self, found: Sequence[tuple[bytes, int]]) -> None:
        """Values with the numbers of their rows."""
        low, high = self._low, self._high
        if len(low) >= FIRST:
            most, least = low[-1], high[0]
            self._low = sorted(low + [pair for pair in found if pair < most])[:FIRST]
            self._high = sorted(high + [pair for pair in found if pair > least])[-FIRST:]
        else:
            every = sorted([*low, *found])  # so few were there that the smallest are the largest too
            self._low, self._high = every[:FIRST], every[-FIRST:]

    def ids(self, *, descending: bool) -> "array[int]":
        """The first rows of the order."""
        pairs = reversed(self._high) if descending else iter(self._low)
        return array("I", map(itemgetter(1), pairs))


class Values:
    """The rows of each value of a column that has few."""

    def __init__(self) -> None:
        self._rows: dict[bytes, array[int]] = {}

    def add(self, values: Sequence[bytes], first: int) -> bool:
        """Rows `first`, `first` + 1 … have these values. False where there are too many values by now."""
        rows = self._rows
        for number, value in enumerate(values, first):
            known = rows.get(value)
            if known is None:
                known = rows[value] = array("I")
            known.append(number)
        return len(rows) <= _MOST_VALUES

    def groups(self, *, descending: bool) -> "Iterator[tuple[bytes, array[int]]]":
        """Each value with its rows, in order."""
        for value in sorted(self._rows, reverse=descending):
            yield value, reversed_copy(self._rows[value]) if descending else self._rows[value]

    def ids(self, *, descending: bool) -> "array[int]":
        """All rows in order."""
        found = array("I")
        for value in sorted(self._rows):
            found += self._rows[value]
        if descending:
            found.reverse()
        return found

    def holding(self, needle: str) -> "Iterator[array[int]]":
        """The rows of each value that holds this text, which was casefolded."""
        for value, rows in self._rows.items():
            if needle in value.decode("utf-8", "replace").casefold():
                yield rows

    def pairs(self) -> "Iterator[list[tuple[bytes, int]]]":
        """Each value with the number of its row, value by value."""
        for value, rows in self._rows.items():
            yield [(value, number) for number in rows]


def keys(values: Sequence[str]) -> list[bytes]:
    """What these values are compared by."""
    joined = "\0".join([value.replace("\0", " ") for value in values])
    return joined.encode("utf-8", "replace").lower().split(b"\0")


def reversed_copy(ids: "array[int]") -> "array[int]":
    """The same numbers from the last to the first."""
    copy = ids[:]
    copy.reverse()
    return copy


def numbers(count: int) -> "array[int]":
    """1, 2, … `count`."""
    found = array("I")
    for first in range(1, count + 1, SLICE):
        found.extend(range(first, min(first + SLICE, count + 1)))
    return found


def chosen(ranked: "array[int]", holds: "bytearray") -> "Iterator[array[int]]":
    """Those of these numbers whose byte is set, in the same order: the first `FIRST` of them, then all."""
    found, told = array("I"), False
    for begin in range(0, len(ranked), SLICE):
        part = ranked[begin : begin + SLICE]
        found.extend(compress(part, map(holds.__getitem__, part)))
        if not told and len(found) >= FIRST:
            told = True
            yield found[:FIRST]
    yield found
