"""The log of decisions: entries are added behind the last one and never changed.

Each digest is taken over the number of the entry, the digest before it and its text: whoever changes, removes or puts
in an entry has to make every later digest anew, which shows against any digest that was noted elsewhere.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from app.store.driver import Database
from app.store.intern import plain
from app.store.records import LogRow

BEGIN: Final = "0" * 64
"""What stands for the digest before the first entry."""


def chained(number: int, before: str, body: str) -> str:
    """The digest of an entry, in hexadecimal."""
    return hashlib.sha256(f"{number}\n{before}\n{body}".encode()).hexdigest()


def append(db: Database, bodies: Sequence[str]) -> list[LogRow]:
    """Add entries; all of them or none."""
    done: list[LogRow] = []
    with db.deciding():
        last = db.rows("SELECT id, digest FROM decision ORDER BY id DESC LIMIT 1")
        number, before = (int(last[0][0]), str(last[0][1])) if last else (0, BEGIN)
        for text in bodies:
            number += 1
            body = plain(text)
            before = chained(number, before, body)
            done.append(LogRow(number, body, before))
        db.many(
            "INSERT INTO decision (id, body, digest) VALUES (?, ?, ?)", [(r.number, r.body, r.digest) for r in done]
        )
    return done


def entries(db: Database, after: int) -> Iterator[LogRow]:
    """Entries behind this number, oldest first."""
    for batch in db.stream("SELECT id, body, digest FROM decision WHERE id > ? ORDER BY id", (after,)):
        for number, body, digest in batch:
            yield LogRow(int(number), str(body), str(digest))
