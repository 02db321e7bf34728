"""Documents that belong to a scan or a judgement as a whole: the files read, the policy judged by."""

import zlib
from typing import Final

from app.store.driver import Database

_MOST: Final = 64 << 20


def attach(db: Database, owner: str, name: str, body: bytes) -> None:
    """Keep a document under a name; one of the same owner and name is replaced.

    The same document again changes nothing, so that whoever may only add (a reviewer, a policy) can keep it twice.
    """
    packed = zlib.compress(body, 6)
    with db.deciding():  # two people may keep the same policy at once
        kept = db.rows("SELECT body FROM attachment WHERE owner = ? AND name = ?", (owner, name))
        if kept and bytes(kept[0][0]) == packed:
            return
        if kept:
            db.run("DELETE FROM attachment WHERE owner = ? AND name = ?", (owner, name))
        db.run("INSERT INTO attachment (owner, name, size, body) VALUES (?, ?, ?, ?)", (owner, name, len(body), packed))


def attachment(db: Database, owner: str, name: str) -> bytes | None:
    """The document, or None where there is none. At most 64 MB are unpacked."""
    rows = db.rows("SELECT body FROM attachment WHERE owner = ? AND name = ?", (owner, name))
    if not rows:
        return None
    return unpacked(bytes(rows[0][0]))


def unpacked(body: bytes) -> bytes:
    """What was kept, at most 64 MB. Raises ValueError where it is damaged."""
    try:
        return zlib.decompressobj().decompress(body, _MOST)
    except zlib.error as error:
        raise ValueError(str(error)) from error
