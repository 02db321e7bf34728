"""More assets than fit into memory well: kept in a private SQLite file while the window is open. Imports no Qt.

The table shows any row by its place in an array of numbers, which a worker has SQLite sort and filter; rows are read
256 at a time and the last pages kept.
"""

import shutil
import sqlite3
import tempfile
import weakref
from array import array
from collections import OrderedDict
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import Final

from app.desktop.snapshot import AssetRow

COLUMNS: Final = ("uid", "name", "kind", "provider", "account", "place", "data_class", "encryption")
PAGE: Final = 256
_PAGES: Final = 64
_BATCH: Final = 5_000
_values = attrgetter(*COLUMNS)


class AssetCache:
    """Rows in a file of their own, removed with this object. `add` in one thread, then `ids` in any, `row` in one."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="situs-")  # readable by this user only
        self._path = Path(folder) / "assets.db"
        self._db: sqlite3.Connection | None = None
        self._pages: OrderedDict[tuple[int, int], list[AssetRow]] = OrderedDict()
        self.count = 0
        self._end = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        db = self._opened()
        db.execute(f"CREATE TABLE asset (id INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
        db.close()

    def add(self, rows: Iterable[AssetRow]) -> None:
        """Keep these rows behind those that are there."""
        db = self._opened()
        holes = ", ".join("?" * len(COLUMNS))
        try:
            batch: list[tuple[str, ...]] = []
            for row in rows:
                batch.append(_values(row))
                self.count += 1
                if len(batch) >= _BATCH:
                    db.executemany(f"INSERT INTO asset ({', '.join(COLUMNS)}) VALUES ({holes})", batch)  # noqa: S608
                    batch.clear()
            db.executemany(f"INSERT INTO asset ({', '.join(COLUMNS)}) VALUES ({holes})", batch)  # noqa: S608
            db.commit()
        finally:
            db.close()

    def ids(self, needle: str = "", order: str = "", descending: bool = False) -> "array[int]":
        """Numbers of the rows that hold this text, sorted by this column; about a second for a million."""
        if order not in ("", *COLUMNS):
            raise ValueError(order)
        sql, values = "SELECT id FROM asset", []
        if needle:
            pattern = "%" + needle.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
            sql += " WHERE " + " OR ".join(f"{c} LIKE ? ESCAPE '!'" for c in COLUMNS)
            values = [pattern] * len(COLUMNS)
        direction = " DESC" if descending else ""
        sql += f" ORDER BY {order} COLLATE NOCASE{direction}, id" if order else " ORDER BY id"
        db = self._opened()
        try:
            found = array("I")
            cursor = db.execute(sql, values)
            while rows := cursor.fetchmany(_BATCH):
                found.extend([row[0] for row in rows])
            return found
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
        """Remove the file."""
        if self._db is not None:
            self._db.close()
            self._db = None
        self._pages.clear()
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
