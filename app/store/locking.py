"""One writer at a time, across processes; the lock goes with the process that holds it."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from app.store.driver import Database, connect
from app.store.errors import StoreBusyError, known

_SERVER_LOCK: Final = 0x5349545553  # any number that others do not use

JUDGING: Final = 60.0
"""Seconds that a judgement waits for another laptop that writes to a shared store; its scan would else be in vain."""
SCANNING: Final = 900.0
"""Seconds that a scan waits for another laptop that writes to a shared store."""
_PAUSE: Final = 0.2


class WriterLock:
    """Held while a scan or a judgement is written.

    For a file, an exclusive transaction on an empty database beside it: the system ends it when the process ends, on
    every platform, and readers of the store itself never notice.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    @classmethod
    def take(cls, db: Database, what: str) -> "WriterLock":
        """The lock, or KnownStoreError that says since when another one writes; `what` is to be written."""
        where = db.where
        if where.server:
            raw = connect(where)
            sql = "SELECT pg_try_advisory_lock(%s # hashtext(current_schema())::bigint)"  # one for each store
            if not raw.execute(sql, (_SERVER_LOCK,)).fetchone()[0]:
                raw.close()
                raise StoreBusyError(_busy(db, what))
            return cls(raw)
        path = where.path.with_name(where.path.name + ".lock")
        raw = None
        try:
            raw = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            raw.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if raw is not None:
                raw.close()
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise StoreBusyError(_busy(db, what)) from error
            raise known(error, str(path)) or error from error
        return cls(raw)

    def release(self) -> None:
        """Let others write."""
        with contextlib.suppress(sqlite3.Error):
            self._raw.close()


def patiently(
    db: Database, what: str, seconds: float, waiting: Callable[[], None] | None = None
) -> tuple[WriterLock, bool]:
    """The lock, and whether it had to be waited for; `waiting` is called meanwhile. Raises StoreBusyError at last."""
    until, waited = time.monotonic() + seconds, False
    while True:
        try:
            return WriterLock.take(db, what), waited
        except StoreBusyError:
            if time.monotonic() >= until:
                raise
        waited = True
        if waiting is not None:
            waiting()
        time.sleep(_PAUSE)


def _busy(db: Database, what: str) -> str:
    rows = db.rows(
        "SELECT started FROM scan WHERE state = 'running' UNION ALL SELECT made FROM judgement WHERE state = 'running'"
    )
    times = sorted(datetime.fromisoformat(row[0]) for row in rows)
    since = f" since {times[-1]:%Y-%m-%d %H:%M} UTC" if times else ""
    return (
        f"Another Situs is writing to this store{since} ({db.where.label}), so {what} cannot begin; "
        "wait until it is done, or close it."
    )
