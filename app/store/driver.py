"""One connection to the database file or server, with one SQL for both: `?` for values, nothing that SQLite 3.40 lacks.

The standard library's driver is used directly in bulk work: worker processes then need not load SQLAlchemy (about one
second each), and reading a row costs a third.
"""

import contextlib
import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, TypeAlias

from msgspec import Struct

from app.store.errors import KnownStoreError, known
from app.store.intervals import SCANS

Row: TypeAlias = tuple[Any, ...]
FLOOR: Final = (3, 40, 0)
BATCH: Final = 2000
_TOGETHER: Final = 50
_MUCH: Final = 65_536
"""KiB of pages of a file that a connection keeps in memory."""
_LITTLE: Final = 16_384
_BUSY_SECONDS: Final = 10.0
_DECIDING: Final = 0x53495455534C  # any number that others do not use
_NETWORK: Final = (
    "The store {where} lies where SQLite cannot share it safely (a network drive?); keep it on a disk of this computer."
)


class Where(Struct, frozen=True):
    """Where a store is: a file, or a database server by URL. Picklable; `label` is safe to show (no password)."""

    target: str
    server: bool = False

    @classmethod
    def of(cls, where: str | Path) -> "Where":
        """From a path or a URL (`postgresql://…`, `sqlite:///…`). Raises KnownStoreError for other schemes."""
        text = str(where)
        if isinstance(where, Path) or "://" not in text:
            return cls(str(Path(text).expanduser().absolute()))
        scheme, rest = text.split("://", 1)
        if scheme == "sqlite":
            return cls(str(Path(rest.removeprefix("/")).expanduser().absolute()))
        if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
            return cls("postgresql://" + rest, server=True)
        raise KnownStoreError(f"A store is a file or a postgresql:// address; {scheme}:// is neither.")

    @property
    def label(self) -> str:
        """The place as people may see it: passwords left out."""
        if not self.server:
            return self.target
        rest = self.target.split("://", 1)[1]
        return "postgresql://" + rest.rpartition("@")[2].partition("?")[0]

    @property
    def path(self) -> Path:
        """The file. Meaningless for a server."""
        return Path(self.target)


class Database:
    """One connection. Not shared between threads that work at the same time."""

    def __init__(self, where: Where, *, read_only: bool = False, create: bool = False) -> None:
        self.where = where
        self.read_only, self.create = read_only, create
        self._in_transaction = False
        self._unicode: str | None = None
        with self.sentences():
            self.raw: Any = connect(where, read_only=read_only, create=create)

    def close(self) -> None:
        """Give the connection back."""
        self.raw.close()

    def keep(self, *, little: bool) -> None:
        """Keep few pages of a file in memory, enough for whoever reads it from one end to the other or appends; or as
        many as usual."""
        if not self.where.server:
            self.raw.execute(f"PRAGMA cache_size=-{_LITTLE if little else _MUCH}")

    @contextlib.contextmanager
    def sentences(self) -> Generator[None, None, None]:
        """Known troubles of the driver become KnownStoreError."""
        try:
            yield
        except KnownStoreError:
            raise
        except Exception as error:
            sentence = known(error, self.where.label)
            if sentence is None:
                raise
            raise sentence from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self.sentences():
            return list(self.raw.execute(self._dialect(sql), values).fetchall())

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; the number of rows it touched."""
        with self.sentences():
            return int(self.raw.execute(self._dialect(sql), values).rowcount)

    def many(self, sql: str, rows: Iterable[Row]) -> None:
        """Run one statement for each row."""
        if rows:
            with self.sentences():
                cursor = self.raw.cursor()
                cursor.executemany(self._dialect(sql), rows)
                cursor.close()

    def append(self, table: str, columns: str, rows: Sequence[Row]) -> None:
        """Insert rows that come behind all others of a table without further indexes: in a file many at a time.

        Elsewhere it does not pay: what a statement of many rows changes, SQLite copies first, in case it fails halfway.
        """
        width = columns.count(",") + 1
        one = "(" + ",".join("?" * width) + ")"
        sql = f"INSERT INTO {table} ({columns}) VALUES "
        whole = 0 if self.where.server else len(rows) // _TOGETHER * _TOGETHER
        if whole:
            values = chain.from_iterable(islice(rows, whole))
            self.many(sql + ",".join([one] * _TOGETHER), zip(*[values] * (width * _TOGETHER), strict=True))
            rows = rows[whole:]
        self.many(sql + one, rows)

    def among(self, sql: str, keys: Iterable[Any], values: Sequence[Any] = ()) -> Iterator[Row]:
        """Rows of a query with `{}` where a list of keys goes (after all of `values`), asked in portions."""
        pending = list(keys)
        for start in range(0, len(pending), BATCH):
            portion = pending[start : start + BATCH]
            yield from self.rows(sql.format(",".join("?" * len(portion))), [*values, *portion])

    def stream(self, sql: str, values: Sequence[Any] = (), size: int = BATCH) -> Iterator[list[Row]]:
        """Rows of a query in batches; on a server the rows stay there until they are asked for."""
        with self.sentences():
            if self.where.server:
                # WITH HOLD: several may be read side by side, outside of a transaction.
                with self.raw.cursor(name=f"situs_{os.urandom(8).hex()}", withhold=True) as cursor:
                    cursor.execute(self._dialect(sql), values)
                    while batch := cursor.fetchmany(size):
                        yield batch
                return
            cursor = self.raw.cursor()
            try:
                cursor.execute(sql, values)
                while batch := cursor.fetchmany(size):
                    yield batch
            finally:
                cursor.close()

    @contextlib.contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """All or nothing; inside another one, part of it."""
        if self._in_transaction:
            yield
            return
        with self.sentences():
            self.raw.execute("BEGIN" if self.where.server else "BEGIN IMMEDIATE")
            self._in_transaction = True
            try:
                yield
                self.raw.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(Exception):  # after a full disk SQLite has rolled back by itself
                    self.raw.execute("ROLLBACK")
                raise
            finally:
                self._in_transaction = False

    @contextlib.contextmanager
    def deciding(self) -> Generator[None, None, None]:
        """A transaction that no other person's is beside: what was just read still holds when it is written upon.

        In a file every transaction is like that. On a server it waits for the other; a lock on a table would need
        more rights than whoever decides has.
        """
        with self.transaction():
            if self.where.server:
                self.rows("SELECT pg_advisory_xact_lock(? # hashtext(current_schema())::bigint)", (_DECIDING,))
            yield

    def lowered(self, column: str) -> str:
        """SQL expression for a text in small letters, in every alphabet."""
        if not self.where.server:
            return f"lower({column})"
        if self._unicode is None:
            found = self.rows("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'")
            self._unicode = ' COLLATE "und-x-icu"' if found else ""
        return f"lower({column}{self._unicode})"

    def versions(self, node: str) -> str:
        """SQL condition for the versions `v` of a node (an SQL expression).

        SQLite walks the range of numbers; a server cannot estimate that and has an index for the quotient instead.
        """
        if self.where.server:
            return f"v.id / {SCANS} = {node}"
        return f"v.id >= ({node}) * {SCANS} AND v.id < ({node}) * {SCANS} + {SCANS}"

    def _dialect(self, sql: str) -> str:
        return sql.replace("%", "%%").replace("?", "%s") if self.where.server else sql


def connect(where: Where, *, read_only: bool = False, create: bool = False) -> Any:
    """A connection of the driver in autocommit mode, ready for reading and writing beside others."""
    if where.server:
        return _connect_server(where, read_only)
    if sqlite3.sqlite_version_info < FLOOR:
        wanted = ".".join(map(str, FLOOR[:2]))
        raise KnownStoreError(
            f"This Python brings SQLite {sqlite3.sqlite_version}, but the store needs {wanted} or newer; "
            "install a newer Python (the ones from python.org bring it)."
        )
    path = where.path
    if path.is_dir():
        raise KnownStoreError(f"{where.label} is a folder; name a file for the store.")
    if not create and not path.exists():
        raise KnownStoreError(
            f"There is no store at {where.label}; import or scan something first, or name another file."
        )
    if not path.as_uri().startswith("file:///"):
        raise KnownStoreError(_NETWORK.format(where=where.label))
    mode = "ro" if read_only else ("rwc" if create else "rw")
    raw = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        _prepare(raw, where, read_only)
        raw.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows the letters a to z
    except BaseException:
        raw.close()
        raise
    return raw


def _prepare(raw: sqlite3.Connection, where: Where, read_only: bool) -> None:
    raw.execute(f"PRAGMA cache_size=-{_MUCH}")
    if read_only:
        raw.execute("PRAGMA query_only=1")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a file that is no database shows here
        return
    mode = raw.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise KnownStoreError(_NETWORK.format(where=where.label))
    raw.execute("PRAGMA synchronous=NORMAL")
    raw.execute("PRAGMA journal_size_limit=67108864")
    raw.execute("PRAGMA wal_autocheckpoint=16000")  # pages: 64 MB; the usual 4 MB costs a tenth of a scan


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _connect_server(where: Where, read_only: bool) -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise KnownStoreError(
            "A store on a PostgreSQL server needs the extra parts: install situs[postgresql]."
        ) from error
    target, password = _password(where.target)
    more: dict[str, Any] = {} if password is None else {"password": password}
    raw = psycopg.connect(target, autocommit=True, **more)
    if read_only:
        raw.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    return raw


def _password(target: str) -> tuple[str, str | None]:
    """The address without a password that is named (`USER:vault:NAME@`), and the password from the vault."""
    scheme, rest = target.split("://", 1)
    login, at, place = rest.rpartition("@")
    user, _, named = login.partition(":")
    if not at or not named.startswith("vault:"):
        return target, None
    from app.vault import VaultError, fetch

    try:
        return f"{scheme}://{user}@{place}", fetch(named)
    except VaultError as error:
        raise KnownStoreError(str(error)) from None
