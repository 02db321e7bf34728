"""More assets than fit into memory well: kept in private files while the window is open. Imports no Qt.

The table shows any row by its place in an array of numbers; rows are read from SQLite 256 at a time and the last pages
kept. The text that a filter looks in lies in a second file, mapped into memory and searched in portions, so that no
other thread waits; the order by each column is worked out once, while nobody asks, and kept (4 bytes a row).
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
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Final

from app.desktop.snapshot import AssetRow

COLUMNS: Final = ("uid", "name", "kind", "provider", "account", "place", "data_class", "encryption")
PAGE: Final = 256
FIRST: Final = 512
"""Rows that are told before the rest is known."""
_PAGES: Final = 64
_BATCH: Final = 5_000
_ROWS: Final = 4_096
_FEW: Final = 200
_TRIED: Final = 30_000
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
        self._lock = threading.Lock()
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
                    for values in batch:
                        end += hay.write("\n".join(values).casefold().encode("utf-8", "replace") + b"\0")
                        self._begins.append(end)
                    self.count += len(batch)
            db.commit()
        finally:
            db.close()
        self._orders.clear()

    def prepare(self) -> None:
        """Work out the order by every column; for a worker with nothing else to do."""
        for column in COLUMNS[1:]:
            if self.closed:
                return
            self._order(column)

    def find(self, needle: str = "", order: str = "", descending: bool = False) -> "Iterator[array[int]]":
        """Numbers of the rows that hold this text, in the order of this column.

        First at most `FIRST` of them as soon as they are known, then all of them in one array.
        """
        if order not in ("", *COLUMNS):
            raise ValueError(order)
        wanted = needle.casefold().encode("utf-8", "replace")
        if not order:
            yield from self._in_file(wanted)
            return
        if order not in self._orders and not wanted:
            yield self._top(order, descending)
        ranked = self._order(order)
        if not wanted:
            yield array("I", reversed(ranked)) if descending else ranked
            return
        yield from self._in_order(wanted, ranked, descending)

    def ids(self, needle: str = "", order: str = "", descending: bool = False) -> "array[int]":
        """All numbers of the rows that hold this text, in the order of this column."""
        found = array("I")
        for found in self.find(needle, order, descending):  # noqa: B007 - the last one holds them all
            pass
        return found

    def _in_file(self, wanted: bytes) -> "Iterator[array[int]]":
        if not wanted:
            yield array("I", range(1, self.count + 1))
            return
        found, told = array("I"), False
        for number in self._matches(wanted):
            found.append(number)
            if not told and len(found) >= FIRST:
                told = True
                yield array("I", found)
        yield found

    def _in_order(self, wanted: bytes, ranked: "array[int]", descending: bool) -> "Iterator[array[int]]":
        hay, begins = self._mapped(), self._begins
        some = array("I")
        for number in islice(reversed(ranked) if descending else iter(ranked), _TRIED):
            if hay.find(wanted, begins[number - 1], begins[number]) >= 0:
                some.append(number)
                if len(some) >= FIRST:
                    yield some
                    break
        holds = bytearray(self.count + 1)
        for number in self._matches(wanted):
            holds[number] = 1
        yield array("I", [n for n in (reversed(ranked) if descending else ranked) if holds[n]])

    def _matches(self, wanted: bytes) -> Iterator[int]:
        """Numbers of the rows that hold this text, ascending; looked for in portions, so that other threads go on."""
        hay, begins = self._mapped(), self._begins
        for first in range(0, self.count, _ROWS):
            begin, end = begins[first], begins[min(first + _ROWS, self.count)]
            few: list[int] = []
            at = hay.find(wanted, begin, end)
            while at >= 0 and len(few) < _FEW:
                number = bisect_right(begins, at, first, min(first + _ROWS, self.count) + 1)
                few.append(number)
                at = hay.find(wanted, begins[number], end)
            if at < 0:
                yield from few
            else:  # there are many: telling rows apart all at once is faster than one by one
                rows = hay[begin:end].split(b"\0")
                yield from [n for n, row in enumerate(rows, first + 1) if wanted in row]

    def _mapped(self) -> mmap.mmap:
        with self._lock:
            if self._hay is None:
                with self._hay_path.open("rb") as file:
                    self._hay = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return self._hay

    def _order(self, column: str) -> "array[int]":
        known = self._orders.get(column)
        if known is None:
            db = self._opened()
            try:
                known = array("I")
                cursor = db.execute(f"SELECT id FROM asset ORDER BY {column} COLLATE NOCASE, id")  # noqa: S608
                while rows := cursor.fetchmany(_BATCH):
                    known.extend([row[0] for row in rows])
            finally:
                db.close()
            self._orders[column] = known
        return known

    def _top(self, column: str, descending: bool) -> "array[int]":
        """The first rows by a column whose order is not known yet."""
        db = self._opened()
        direction = " DESC" if descending else ""
        tied = " DESC" if descending else ""
        sql = f"SELECT id FROM asset ORDER BY {column} COLLATE NOCASE{direction}, id{tied} LIMIT {FIRST}"  # noqa: S608
        try:
            return array("I", [row[0] for row in db.execute(sql)])
        finally:
            db.close()

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

    def forget_pages(self) -> None:
        """Another array is used from now on."""
        self._pages.clear()

    def close(self) -> None:
        """Remove the files."""
        self.closed = True
        if self._db is not None:
            self._db.close()
            self._db = None
        self._pages.clear()
        self._orders.clear()
        with self._lock:
            self._hay = None  # the map itself goes with the last search that uses it
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
