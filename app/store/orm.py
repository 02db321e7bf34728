"""SQLModel over the same connections that the rest of the store uses."""

import contextlib
from collections.abc import Generator
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool
from sqlmodel import Session, create_engine

from app.store.driver import Database, connect


def engine(db: Database) -> Engine:
    """An engine whose connections are made as those of the store are."""
    where, read_only = db.where, db.read_only
    url = "postgresql+psycopg://" if where.server else "sqlite://"

    def opened() -> Any:
        raw = connect(where, read_only=read_only)
        if where.server:
            raw.autocommit = False  # the driver begins, SQLAlchemy ends: else nothing would be one transaction
        return raw

    made = create_engine(url, creator=opened, poolclass=NullPool)
    if not where.server:
        # The driver is in autocommit mode; SQLAlchemy has to be told to begin.
        event.listen(made, "begin", _begin_reading if read_only else _begin)
    return made


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@contextlib.contextmanager
def session(db: Database) -> Generator[Session, None, None]:
    """A session in one transaction, committed at its end; known troubles become KnownStoreError."""
    with db.sentences():
        made = engine(db)
        try:
            with Session(made, expire_on_commit=False) as opened, opened.begin():
                yield opened
        finally:
            made.dispose()
