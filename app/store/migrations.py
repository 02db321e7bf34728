"""Bringing a store up to the schema of this program.

To change the schema: raise `SCHEMA` in `intervals.py`, change `tables.py`, and add to `STEPS` under the new number a
function that turns the schema before into it by SQL. The file is copied first; each step and its number are one
transaction, so a step that fails leaves the store as it was.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from app.store.documents import moment
from app.store.driver import Database
from app.store.errors import KnownStoreError, NoStoreError, OldSchemaError
from app.store.intervals import SCHEMA
from app.texts import tr


def _log_of_decisions(db: Database) -> None:
    number = "BIGINT" if db.where.server else "INTEGER"
    db.run(
        f"CREATE TABLE decision (id {number} NOT NULL, body VARCHAR NOT NULL, "
        "digest VARCHAR NOT NULL, PRIMARY KEY (id))"
    )


STEPS: Final[Mapping[int, Callable[[Database], None]]] = {2: _log_of_decisions}
"""Schema number → what turns the one before into it."""
_LOCKED: Final = "SELECT pg_advisory_xact_lock(90650487 # hashtext(current_schema())::bigint)"


def bring_up_to_date(
    db: Database, steps: Mapping[int, Callable[[Database], None]] = STEPS, newest: int = SCHEMA
) -> Path | None:
    """Make the tables of a new store, or migrate an old one; the copy made before migrating, if any.

    Raises KnownStoreError for a store of a newer program, a database of another program, and an old store that was
    opened for reading only.
    """
    version = _version(db)
    if version is None:
        if db.where.server and not db.create:
            raise NoStoreError(
                f"There is no store at {db.where.label}; import or scan something first, or name another database."
            )
        _make(db, newest)
        return None
    if version > newest:
        raise KnownStoreError(
            tr(
                "The store {store} was written by a newer Situs (schema {version}; this one knows up to {newest});"
                " install that version, or name another store. Nothing was changed."
            ).format(store=db.where.label, version=version, newest=newest)
        )
    if version == newest:
        return None
    if db.read_only:
        raise OldSchemaError(
            f"The store {db.where.label} has an older schema ({version}); open it once with a command that may write."
        )
    copy = _copy(db, version)
    for number in range(version + 1, newest + 1):
        with db.transaction():
            _alone(db)
            if (_version(db) or 0) >= number:  # another Situs was quicker
                continue
            steps[number](db)
            db.run("UPDATE meta SET value = ? WHERE key = 'schema'", (str(number),))
    return copy


def _version(db: Database) -> int | None:
    if db.where.server:
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    else:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = {row[0] for row in db.rows(sql)}
    if not tables:
        return None
    if {"meta", "asset_version"} <= tables:
        rows = db.rows("SELECT value FROM meta WHERE key = 'schema'")
        if rows and str(rows[0][0]).isdecimal():
            return int(rows[0][0])
    raise KnownStoreError(
        f"The database {db.where.label} belongs to another program; name another place for the store."
    )


def _make(db: Database, version: int) -> None:
    if db.read_only:
        raise KnownStoreError(f"The file {db.where.label} is empty: there is no store in it.")
    facts = (("schema", str(version)), ("created", moment(datetime.now(UTC))))
    if not db.where.server:
        from app.store.schema import SQLITE

        with db.transaction():
            if _version(db) is not None:  # another Situs was quicker
                return
            for statement in SQLITE.split(";\n"):
                db.run(statement)
            db.many("INSERT INTO meta (key, value) VALUES (?, ?)", facts)
        return
    from sqlalchemy import insert, inspect

    from app.store import tables
    from app.store.orm import engine

    with db.sentences():
        made = engine(db)
        try:
            with made.begin() as connection:
                connection.exec_driver_sql(_LOCKED)
                if inspect(connection).has_table("meta"):  # another Situs was quicker
                    return
                tables.Table.metadata.create_all(connection)
                for key, value in facts:
                    connection.execute(insert(tables.Meta).values(key=key, value=value))
        finally:
            made.dispose()


def _alone(db: Database) -> None:
    """Within a transaction: no other Situs makes or changes tables until it ends. A file's transaction is like that."""
    if db.where.server:
        db.rows(_LOCKED)


def _copy(db: Database, version: int) -> Path | None:
    if db.where.server:
        return None  # a server's administrator keeps backups; each step is still one transaction
    path = db.where.path
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = path.with_name(f"{path.stem}.schema{version}-{stamp}{path.suffix}")
    db.run("VACUUM INTO ?", (str(copy),))
    return copy
