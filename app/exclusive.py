"""One process at a time: a lock beside a file, that the system takes back when its process ends."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PAUSE_SECONDS: Final = 0.05


class TakenError(Exception):
    """Another process holds the lock."""


@contextmanager
def held(path: Path, *, wait_seconds: float = 0.0) -> Generator[None]:
    """Hold the lock `path` (an empty file is left there). Raises TakenError after waiting, OSError where none can be.

    It is an exclusive transaction on an empty SQLite file: the same on every platform, gone with its process, also
    when that is killed. A second thread of the same process is kept out too.
    """
    until = time.monotonic() + wait_seconds
    while True:
        raw = None
        try:
            raw = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            raw.execute("BEGIN EXCLUSIVE")
            break
        except sqlite3.Error as error:
            if raw is not None:
                raw.close()
            if not str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise OSError(f"{path}: {error}") from error
            if time.monotonic() >= until:
                raise TakenError(str(path)) from error
            time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        raw.close()
