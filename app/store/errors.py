"""Troubles with the store that people can do something about, each as one sentence."""

import sqlite3
from typing import Final


class KnownStoreError(Exception):
    """Something outside the program is wrong with the store; the text is one sentence for people."""


class OldSchemaError(KnownStoreError):
    """The store was written by an older program and was opened for reading only."""


class NoStoreError(KnownStoreError):
    """There is no store at this place yet."""


class StoreBusyError(KnownStoreError):
    """Another process writes to the store."""


_FULL: Final = "The disk that holds the store {where} is full; what was stored before is kept. Free some space."
_LOCKED: Final = "The store {where} is locked by another program; close it or wait, then run again."
_NO_STORE: Final = "The file {where} is not a Situs store (no SQLite database, or an encrypted one); name another file."
_DAMAGED: Final = "The store {where} is damaged; keep the file and restore it from a backup."
_READ_ONLY: Final = "The store {where} cannot be written: the file or its folder is read-only for this user."
_DENIED: Final = "The store {where} cannot be read or written: this user has no permission."
_NOT_OPENED: Final = "The store {where} cannot be opened: the folder does not exist, or this user may not use it."
_DISK: Final = (
    "The store {where} cannot be read or written: the disk or network drive reports an error; "
    "keep the store on a disk of this computer."
)
_NETWORK: Final = "The store {where} cannot be locked; keep it on a disk of this computer, not on a network drive."
_TOO_BIG: Final = "An entry is larger than the store {where} can hold; what was stored before is kept."
_SENTENCES: Final = {
    "SQLITE_FULL": _FULL,
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_NOTADB": _NO_STORE,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _DENIED,
    "SQLITE_AUTH": _DENIED,
    "SQLITE_CANTOPEN": _NOT_OPENED,
    "SQLITE_IOERR": _DISK,
    "SQLITE_PROTOCOL": _NETWORK,
    "SQLITE_TOOBIG": _TOO_BIG,
}


def known(error: BaseException, where: str) -> KnownStoreError | None:
    """The sentence for an error of the database driver, or None where it is no known trouble but a fault of ours."""
    original = getattr(error, "orig", None)  # SQLAlchemy wraps what the driver raised
    error = original if isinstance(original, BaseException) else error
    if isinstance(error, sqlite3.Error):
        name = str(getattr(error, "sqlite_errorname", ""))
        for prefix, sentence in _SENTENCES.items():
            if name.startswith(prefix):
                return KnownStoreError(sentence.format(where=where))
        return None
    module = type(error).__module__
    if module.startswith("psycopg") and type(error).__name__ in ("OperationalError", "ConnectionTimeout"):
        lines = str(error).strip().splitlines()
        return KnownStoreError(
            f"The database server of the store {where} does not answer: {lines[0] if lines else '?'}."
        )
    state = str(getattr(error, "sqlstate", "") or "")
    if state.startswith(("40001", "40P01")):  # two transactions that waited for each other
        return KnownStoreError(
            f"Another Situs was writing to the store {where} at the same moment; nothing was changed. Try again."
        )
    # No space, no permission, reading only, locked, shut down, connection lost.
    if state.startswith(("53", "42501", "25006", "55P03", "57P", "08")):
        return KnownStoreError(
            f"The database server refuses to work on the store {where}: {str(error).splitlines()[0]}."
        )
    return None
