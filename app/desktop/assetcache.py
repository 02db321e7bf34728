"""More assets than fit into memory well: kept in private files while the window is open. Imports no Qt.

The table shows any row by its place in an array of numbers; rows are read from SQLite 256 at a time and the last pages
kept. The text that a filter looks in lies in a second file, mapped into memory and searched in portions, so that no
other thread waits. What an order begins with is known when the last row was added (`assetorder`), and so is which rows
have which value in a column with few of them: only what is different in each row is searched as text.
"""

import mmap
import shutil
import sqlite3
import tempfile
import threading
import weakref
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import accumulate, compress, islice, repeat
from json import dumps
from operator import attrgetter, contains
from pathlib import Path
from typing import Final

from app.desktop.assetorder import FIRST, SLICE, Ends, Values, chosen, keys, numbers, reversed_copy
from app.desktop.snapshot import AssetRow

COLUMNS: Final = ("uid", "name", "kind", "provider", "account", "place", "data_class", "encryption")
PAGE: Final = 256
_PAGES: Final = 64
_BATCH: Final = 5_000
_ROWS: Final = 4_096
_FEW: Final = 64
_TRIED: Final = 30_000
_SORTED: Final = 50_000
_values = attrgetter(*COLUMNS)


class AssetCache:
    """Rows in files of their own, removed with this object. `add` in one thread, then `find` in any, `row` in one."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="situs-")  # readable by this user only
        self._path = Path(folder) / "assets.db"
        self._hay_path = Path(folder) / "assets.txt"
        self._db: sqlite3.Connection | None = None
        self._pages: OrderedDict[tuple[int, int], list[AssetRow]] = OrderedDict()
        self._begins = array("Q", [0])
        self._hay: mmap.mmap | None = None
        self._orders: dict[str, array[int]] = {}
        self._ends = {"name": Ends()}
        self._few = {column: Values() for column in COLUMNS if column not in ("uid", "name")}
        self._many: list[Values] = []
        """Of columns that turned out to have many values: those of the rows before."""
        self._lock = threading.Lock()
        self._sorting = threading.Lock()
        self._users = 0
        self.closed = False
        self.count = 0
        self._end = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        db = self._opened()
        db.execute(f"CREATE TABLE asset (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
        db.close()

    def add(self, rows: Iterable[AssetRow]) -> None:
        """Keep these rows behind those that are there."""
        db = self._opened()
        holes = ", ".join("?" * len(COLUMNS))
        sql = f"INSERT INTO asset ({', '.join(COLUMNS)}) VALUES ({holes})"  # noqa: S608
        waiting = iter(rows)
        end = self._begins[-1]
        try:
            with self._hay_path.open("ab") as hay:
                while batch := [_values(row) for row in islice(waiting, _BATCH)]:
                    db.executemany(sql, batch)
                    self._rank(batch)
                    differing = [n for n, column in enumerate(COLUMNS) if column not in self._few]
                    for values in batch:
                        text = "\n".join([values[n] for n in differing]).replace("\0", " ").casefold()
                        end += hay.write(text.encode("utf-8", "replace") + b"\0")
                        self._begins.append(end)
                    self.count += len(batch)
            db.commit()
        finally:
            db.close()
        self._orders.clear()

    def _rank(self, batch: list[tuple[str, ...]]) -> None:
        first = self.count + 1
        for place, column in enumerate(COLUMNS):
            if column not in self._few and column not in self._ends:
                continue
            found = keys([values[place] for values in batch])
            if column in self._ends:
                self._ends[column].add(list(zip(found, range(first, first + len(found)), strict=True)))
            elif not self._few[column].add(found, first):
                ends = self._ends[column] = Ends()
                self._many.append(self._few.pop(column))
                for pairs in self._many[-1].pairs():
                    ends.add(pairs)

    def prepare(self) -> None:
        """Work out every order that is not known yet; for a worker with nothing else to do."""
        for column in tuple(self._ends):
            with self._used():
                if not self.closed:
                    self._order(column)

    def find(
        self, needle: str = "", order: str = "", descending: bool = False, going: Callable[[], bool] = lambda: True
    ) -> "Iterator[array[int]]":
        """Numbers of the rows that hold this text, in the order of this column.

        First at most `FIRST` of them as soon as they are known, then all of them in one array. Ends without an answer
        once nobody waits for it any more, which `going` tells.
        """
        if order not in ("", *COLUMNS):
            raise ValueError(order)
        wanted = needle.casefold()
        with self._used():
            if order and not wanted:
                yield from self._in_order(order, descending)
            elif order:
                yield from self._found_in_order(wanted, order, descending, going)
            elif wanted:
                yield from self._found(wanted, going)
            else:
                yield numbers(self.count)

    @contextmanager
    def _used(self) -> Generator[None]:
        """While a worker is at it, the files stay: Windows removes none that is open."""
        with self._lock:
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                last = self.closed and not self._users
            if last:
                self._remove()

    def ids(self, needle: str = "", order: str = "", descending: bool = False) -> "array[int]":
        """All numbers of the rows that hold this text, in the order of this column."""
        found = array("I")
        for found in self.find(needle, order, descending):  # noqa: B007 - the last one holds them all
            pass
        return found

    def _found(self, wanted: str, going: Callable[[], bool]) -> "Iterator[array[int]]":
        found, told, holds = array("I"), False, self._by_value(wanted)
        for begin in self._matches(wanted, holds):
            if not going():
                return
            found.extend(_set(holds, begin, begin + _ROWS))
            if not told and len(found) >= FIRST:
                told = True
                yield found[:FIRST]
        yield found

    def _by_value(self, wanted: str) -> bytearray:
        """For each row whether a value that it shares with others holds this text."""
        holds = bytearray(self.count + 1)
        for values in (*self._few.values(), *self._many):
            for rows in values.holding(wanted):
                for number in rows:
                    holds[number] = 1
        return holds

    def _in_order(self, order: str, descending: bool) -> "Iterator[array[int]]":
        if order in self._few:
            yield self._few[order].ids(descending=descending)
            return
        if order in self._ends and order not in self._orders:
            yield self._ends[order].ids(descending=descending)
        ranked = self._order(order)
        yield reversed_copy(ranked) if descending else ranked

    def _found_in_order(
        self, wanted: str, order: str, descending: bool, going: Callable[[], bool]
    ) -> "Iterator[array[int]]":
        holds = self._by_value(wanted)
        early = self._early(wanted, holds, order, descending)
        if early:
            yield early
        for _ in self._matches(wanted, holds):
            if not going():
                return
        if order not in self._few and order not in self._orders and holds.count(1) <= _SORTED:
            yield self._sorted(holds, order, descending)
            return
        ranked = self._few[order].ids(descending=False) if order in self._few else self._order(order)
        for found in chosen(reversed_copy(ranked) if descending else ranked, holds):
            if not early or found != early:
                yield found

    def _early(self, wanted: str, holds: bytearray, order: str, descending: bool) -> "array[int]":
        """The first rows, where they are among the first that can be tried; else none."""
        if order in self._few:
            rows = self._few[order].ids(descending=False)
        elif order in self._orders:
            rows = self._orders[order]
        else:
            return array("I")
        text, begins, found = wanted.encode("utf-8", "replace"), self._begins, array("I")
        hay = self._mapped()
        for number in reversed_copy(rows[-_TRIED:]) if descending else rows[:_TRIED]:
            if holds[number] or hay.find(text, begins[number - 1], begins[number]) >= 0:
                found.append(number)
                if len(found) >= FIRST:
                    return found
        return array("I")

    def _sorted(self, holds: bytearray, order: str, descending: bool) -> "array[int]":
        """Few rows, by a column whose whole order is not known yet."""
        some = [number for begin in range(0, len(holds), SLICE) for number in _set(holds, begin, begin + SLICE)]
        way = "DESC" if descending else "ASC"
        sql = (
            "SELECT id FROM asset WHERE id IN (SELECT value FROM json_each(?)) "  # noqa: S608
            f"ORDER BY {order} COLLATE NOCASE {way}, id {way}"
        )
        db = self._opened()
        try:
            return array("I", [row[0] for row in db.execute(sql, [dumps(some)])])
        finally:
            db.close()

    def _matches(self, wanted: str, holds: bytearray) -> Iterator[int]:
        """Notes which rows hold this text, `_ROWS` at a time, so that other threads go on; says where each began."""
        hay, begins = self._mapped(), self._begins
        text = wanted.encode("utf-8", "replace")
        for first in range(0, self.count, _ROWS):
            after = min(first + _ROWS, self.count)
            part = hay[begins[first] : begins[after]]
            count = 0 if b"\0" in text else part.count(text)
            if count > 2 * _ROWS:  # telling rows apart all at once is faster than going from one place to the next
                held = map(contains, part.split(b"\0"), repeat(text))
                found: Iterable[int] = [number for number, yes in enumerate(held, first + 1) if yes]
            elif count > _FEW:
                ends = accumulate(map(bytes.count, part.split(text), repeat(b"\0")), initial=first + 1)
                found = islice(ends, 1, count + 1)
            else:
                found = _one_by_one(part, text, begins, first, after) if count else ()
            for number in found:
                holds[number] = 1
            yield first + 1

    def _mapped(self) -> mmap.mmap | bytes:
        if not self.count:
            return b""  # nothing can be mapped
        with self._lock:
            if self._hay is None:
                with self._hay_path.open("rb") as file:
                    self._hay = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return self._hay

    def _order(self, column: str) -> "array[int]":
        with self._sorting:  # whoever comes second takes what the first has worked out
            known = self._orders.get(column)
            if known is None:
                known = array("I")
                db = self._opened()
                try:
                    cursor = db.execute(f"SELECT id FROM asset ORDER BY {column} COLLATE NOCASE, id")  # noqa: S608
                    while not self.closed and (rows := cursor.fetchmany(_BATCH)):
                        known.extend([row[0] for row in rows])
                finally:
                    db.close()
                self._orders[column] = known
            return known

    def row(self, ids: "array[int]", number: int) -> AssetRow:
        """The row at this place of the array; reads a page of them."""
        key = (id(ids), number // PAGE)
        page = self._pages.get(key)
        if page is None:
            page = self._read(ids[key[1] * PAGE : (key[1] + 1) * PAGE])
            self._pages[key] = page
            if len(self._pages) > _PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(key)
        return page[number % PAGE]

    def rows(self, ids: "array[int]") -> list[AssetRow]:
        """These rows, read anew; for few of them."""
        return self._read(ids)

    def forget_pages(self) -> None:
        """Another array is used from now on."""
        self._pages.clear()

    def close(self) -> None:
        """Remove the files, or let the last worker that uses them do so."""
        with self._lock:
            self.closed = True
            free = not self._users
        if self._db is not None:
            self._db.close()
            self._db = None
        self._pages.clear()
        self._orders.clear()
        if free:
            self._remove()

    def _remove(self) -> None:
        if self._hay is not None:
            self._hay.close()
            self._hay = None
        self._end()

    def _read(self, ids: "array[int]") -> list[AssetRow]:
        if self._db is None:
            self._db = self._opened()
        holes = ",".join("?" * len(ids))
        sql = f"SELECT id, {', '.join(COLUMNS)} FROM asset WHERE id IN ({holes})"  # noqa: S608
        found = {row[0]: AssetRow(*row[1:]) for row in self._db.execute(sql, list(ids))}
        return [found[i] for i in ids]

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path)
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("PRAGMA cache_size = -32768")
        db.execute("PRAGMA synchronous = OFF")  # nothing is lost with this file: the store has everything
        return db


def _set(holds: bytearray, begin: int, end: int) -> Iterator[int]:
    return compress(range(begin, min(end, len(holds))), holds[begin:end])


def _one_by_one(part: bytes, text: bytes, begins: "array[int]", first: int, after: int) -> Iterator[int]:
    at = part.find(text)
    while at >= 0:
        number = bisect_right(begins, begins[first] + at, first, after + 1)
        yield number
        at = part.find(text, begins[number] - begins[first])
