"""Evidence in the store: documents packed together into blocks, addressed by the SHA-256 of exactly their bytes.

Measured on recorded answers of three clouds (700 bytes each): one by one, zlib gives 2.0 times at 20 µs a document,
zstandard 1.9 times at 7 µs, zstandard with a trained 16 kB dictionary 3.8 times at 4 µs, zlib with the same dictionary
4.2 times at 46 µs; 32 documents to a block, zlib level 1 gives 3.4 times at 6 µs and level 6 3.9 times at 12 µs. Blocks
need no package and no dictionary to keep. Level 3 is 1 % larger than level 6 and a tenth faster in a whole scan.
"""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.intern import Names, plain
from scanners.model import Evidence

_LEVEL: Final = 3
_BLOCK_DOCUMENTS: Final = 64
_BLOCK_BYTES: Final = 65536


def moment(time: datetime) -> str:
    """ISO 8601 in UTC; a time without a zone is taken as UTC."""
    return (time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)).isoformat()


class EvidenceShelf:
    """Writes documents that the store does not have yet."""

    def __init__(self, db: Database, names: Names) -> None:
        self._db = db
        self._names = names
        self._next = int(db.rows("SELECT coalesce(max(id), 0) FROM evidence")[0][0]) + 1
        self._next_block = int(db.rows("SELECT coalesce(max(id), 0) FROM evidence_block")[0][0]) + 1
        self._empty = self._next == 1
        self.numbers: dict[str, int] = {}
        self._before: dict[str, int] = {}

    @property
    def marks(self) -> tuple[int, int]:
        """The numbers that the next document and block will get."""
        return self._next, self._next_block

    def number(self, digest: str) -> int | None:
        """The number of a document that is in the store."""
        found = self.numbers.get(digest) or self._before.get(digest)
        if found is None:
            try:
                key = bytes.fromhex(digest)
            except ValueError:
                return None
            rows = self._db.rows("SELECT id FROM evidence WHERE digest = ?", (key,))
            found = rows[0][0] if rows else None
        return found

    def put(self, documents: dict[str, Evidence]) -> None:
        """Keep the documents that are new. Raises ValueError where a digest is not that of the bytes."""
        self._before, self.numbers = self.numbers, {}
        known = self.numbers
        keys = {bytes.fromhex(digest): digest for digest in documents}
        for key, number in self._db.among("SELECT digest, id FROM evidence WHERE digest IN ({})", keys):
            known[keys[bytes(key)]] = number
        fresh = [(key, documents[digest]) for key, digest in keys.items() if digest not in known]
        if not fresh:
            return
        rows: list[tuple[object, ...]] = []
        blocks: list[tuple[int, int, bytes]] = []
        waiting: list[bytes] = []
        size = 0
        for key, item in fresh:
            if hashlib.sha256(item.body).digest() != key:
                raise ValueError(f"evidence {item.digest} from {item.source} is not the digest of its bytes")
            if waiting and (len(waiting) >= _BLOCK_DOCUMENTS or size + len(item.body) > _BLOCK_BYTES):
                blocks.append(self._block(waiting, size))
                waiting, size = [], 0
            seen = None if item.seen_at is None else moment(item.seen_at)
            operation = self._names.word(item.operation)
            rows.append((self._next, key, self._next_block, size, len(item.body), operation, plain(item.source), seen))
            known[item.digest] = self._next
            self._next += 1
            waiting.append(item.body)
            size += len(item.body)
        blocks.append(self._block(waiting, size))
        self._db.many("INSERT INTO evidence_block (id, size, body) VALUES (?, ?, ?)", blocks)
        self._db.many(
            "INSERT INTO evidence (id, digest, block, start, size, operation, source, seen_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def _block(self, bodies: Sequence[bytes], size: int) -> tuple[int, int, bytes]:
        number = self._next_block
        self._next_block += 1
        return number, size, zlib.compress(b"".join(bodies), _LEVEL)


def evidence_of(db: Database, digest: str) -> Evidence:
    """The document of this digest, its bytes checked against it.

    Raises KeyError where the store has no such document, KnownStoreError where the bytes kept are damaged.
    """
    sql = (
        "SELECT b.body, b.size, e.start, e.size, w.text, e.source, e.seen_at FROM evidence e "
        "JOIN evidence_block b ON b.id = e.block JOIN word w ON w.id = e.operation WHERE e.digest = ?"
    )
    try:
        rows = db.rows(sql, (bytes.fromhex(digest),))
    except ValueError:
        rows = []
    if not rows:
        raise KeyError(digest)
    packed, whole, start, size, operation, source, seen = rows[0]
    try:
        body = zlib.decompressobj().decompress(bytes(packed), whole)[start : start + size]
    except zlib.error:
        body = b""
    if hashlib.sha256(body).hexdigest() != digest:
        raise KnownStoreError(
            f"The evidence {digest[:16]}… in the store {db.where.label} is damaged: its bytes no longer have that "
            "digest; restore the store from a backup."
        )
    return Evidence(digest, body, operation, source, None if seen is None else datetime.fromisoformat(seen))


def packed_with(db: Database, digest: str) -> dict[str, Evidence]:
    """The document of this digest and those in the same block, by digest; those whose bytes are damaged are left out.

    Empty where the store has no such document.
    """
    key = _bytes_of(digest)
    rows = db.rows("SELECT id, block FROM evidence WHERE digest = ?", (key,)) if key else []
    if not rows:
        return {}
    number, block = rows[0]
    packed, whole = db.rows("SELECT body, size FROM evidence_block WHERE id = ?", (block,))[0]
    try:
        bodies = zlib.decompressobj().decompress(bytes(packed), whole)
    except zlib.error:
        return {}
    found: dict[str, Evidence] = {}
    sql = (
        "SELECT e.digest, e.start, e.size, w.text, e.source, e.seen_at FROM evidence e "
        "JOIN word w ON w.id = e.operation WHERE e.id > ? AND e.id < ? AND e.block = ?"
    )
    # The documents of a block follow each other.
    values = (number - _BLOCK_DOCUMENTS, number + _BLOCK_DOCUMENTS, block)
    for own, start, size, operation, source, seen in db.rows(sql, values):
        body, name = bodies[start : start + size], bytes(own).hex()
        if hashlib.sha256(body).hexdigest() == name:
            found[name] = Evidence(
                name, body, operation, source, None if seen is None else datetime.fromisoformat(seen)
            )
    return found


def check_evidence(db: Database, digests: Iterable[str]) -> tuple[list[str], list[str]]:
    """Of these digests: those that the store does not hold, and those whose bytes are damaged; both sorted.

    Every document is unpacked and digested again; one block is in memory at a time.
    """
    asked = set(digests)
    wanted = {key for digest in asked if (key := _bytes_of(digest))}
    where: list[tuple[int, int, int, bytes]] = []
    sql = "SELECT block, start, size, digest FROM evidence WHERE digest IN ({})"
    for block, start, size, key in db.among(sql, sorted(wanted)):
        where.append((block, start, size, bytes(key)))
    missing = wanted - {key for *_, key in where}
    damaged: list[str] = []
    where.sort()
    held, body = -1, b""
    for block, start, size, key in where:
        if block != held:
            rows = db.rows("SELECT body, size FROM evidence_block WHERE id = ?", (block,))
            held = block
            try:
                body = zlib.decompressobj().decompress(bytes(rows[0][0]), rows[0][1]) if rows else b""
            except zlib.error:
                body = b""
        if hashlib.sha256(body[start : start + size]).digest() != key:
            damaged.append(key.hex())
    nonsense = {digest for digest in asked if not _bytes_of(digest)}
    return sorted({key.hex() for key in missing} | nonsense), sorted(damaged)


def _bytes_of(digest: str) -> bytes | None:
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return None
