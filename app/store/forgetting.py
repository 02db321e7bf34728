"""Deleting for good: old scans, or everything of a connection. What is deleted is recorded, and nothing else changes.

A scan that was deleted stays as a number with its times, its manifest and its link in the chain, so that the chain
still holds; nothing of what it saw is left, nor evidence that only it rested on. Bytes are overwritten (SQLite) or left
to the server's VACUUM.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.store.chain import FORGOTTEN
from app.store.chain import NAME as LINK
from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.intervals import PER_JUDGEMENT, SCANS
from app.store.records import FINISHED
from scanners.model import Asset

_asset: Final = msgspec.json.Decoder(Asset).decode


class Forgotten(Struct, frozen=True):
    """What was deleted, in numbers. `scans`: numbers of scans of which nothing is left; `thinned`: of those that lost
    what they saw through the connection."""

    scans: tuple[int, ...]
    thinned: tuple[int, ...]
    judgements: int
    findings: int
    assets: int
    documents: int


def forget_before(db: Database, first_kept: int) -> Forgotten:
    """Delete every scan before this one, with its judgements. Raises KnownStoreError where that is no finished scan."""
    finished = _finished(db)
    if first_kept not in finished:
        raise KnownStoreError(f"The store {db.where.label} has no finished scan {first_kept} to begin with.")
    scans = [row[0] for row in db.rows("SELECT id FROM scan WHERE id < ? AND state <> ?", (first_kept, FORGOTTEN))]

    def delete() -> tuple[int, tuple[int, int]]:
        judged = _judgements(db, scans)
        kept = int(db.rows("SELECT count(*) FROM asset_version")[0][0])
        for table in ("asset_version", "relation_version", "coverage", "stale"):
            db.run(f"DELETE FROM {table} WHERE until <= ?", (first_kept,))
        _empty(db, scans)
        return kept - int(db.rows("SELECT count(*) FROM asset_version")[0][0]), judged

    return _all_or_nothing(db, delete, scans, ())


def forget_connection(db: Database, connection: str) -> Forgotten:
    """Delete everything of the accounts that only this connection ever looked into, and its coverage, in every scan."""
    accounts = _only_of(db, connection)
    number = _number_of(db, connection)
    touched, emptied = _touched(db, connection)
    chosen = ",".join(map(str, sorted(accounts))) or "0"
    scopes = f"SELECT id FROM scope WHERE account IN ({chosen})"

    def delete() -> tuple[int, tuple[int, int]]:
        judged = _judgements(db, [*touched, *emptied])
        nodes = f"SELECT id / {SCANS} FROM asset_version WHERE scope IN ({scopes})"
        db.run(f"DELETE FROM relation_version WHERE scope IN ({scopes}) OR source IN ({nodes})")
        db.run(f"DELETE FROM stale WHERE node IN ({nodes})")
        gone = db.run(f"DELETE FROM asset_version WHERE scope IN ({scopes})")
        db.run(f"DELETE FROM witness WHERE origin = ? OR scope IN ({scopes})", (number,))
        db.run("DELETE FROM coverage WHERE connection = ?", (number,))
        for account in accounts:  # the numbers stay; what they stood for does not
            db.run("UPDATE account SET account = ? WHERE id = ?", (f"{FORGOTTEN}:{account}", account))
        db.run("UPDATE word SET text = ? WHERE id = ?", (f"{FORGOTTEN}:{number}", number))
        _empty(db, emptied)
        _thin(db, touched, connection, accounts)
        return gone, judged

    return _all_or_nothing(db, delete, emptied, touched)


def _number_of(db: Database, connection: str) -> int:
    """The number of a connection's name. Raises KnownStoreError where no scan was over it."""
    number = dict(db.rows("SELECT text, id FROM word")).get(connection)
    if number is None or not db.rows("SELECT 1 FROM coverage WHERE connection = ? LIMIT 1", (number,)):
        raise KnownStoreError(f"The store {db.where.label} knows no connection {connection!r}.")
    return int(number)


def _only_of(db: Database, connection: str) -> set[int]:
    """Numbers of the accounts that only this connection ever looked into."""
    number = _number_of(db, connection)
    ours = {row[0] for row in db.rows("SELECT DISTINCT account FROM coverage WHERE connection = ?", (number,))}
    others = {row[0] for row in db.rows("SELECT DISTINCT account FROM coverage WHERE connection <> ?", (number,))}
    whole = dict(db.rows("SELECT id, account FROM account"))
    return {a for a in ours - others if whole[a] != "*"}


def foreseen_before(db: Database, first_kept: int) -> Forgotten:
    """What `forget_before` would delete; nothing is changed. `documents` is not counted: that takes a whole reading."""
    if first_kept not in _finished(db):
        raise KnownStoreError(f"The store {db.where.label} has no finished scan {first_kept} to begin with.")
    scans = [row[0] for row in db.rows("SELECT id FROM scan WHERE id < ? AND state <> ?", (first_kept, FORGOTTEN))]
    gone = int(db.rows("SELECT count(*) FROM asset_version WHERE until <= ?", (first_kept,))[0][0])
    return Forgotten(tuple(scans), (), *_judged(db, scans), gone, 0)


def foreseen_connection(db: Database, connection: str) -> Forgotten:
    """What `forget_connection` would delete; nothing is changed. `documents` is not counted."""
    accounts = _only_of(db, connection)
    touched, emptied = _touched(db, connection)
    chosen = ",".join(map(str, sorted(accounts))) or "0"
    scopes = f"SELECT id FROM scope WHERE account IN ({chosen})"
    gone = int(db.rows(f"SELECT count(*) FROM asset_version WHERE scope IN ({scopes})")[0][0])
    return Forgotten(tuple(emptied), tuple(touched), *_judged(db, [*touched, *emptied]), gone, 0)


def _judged(db: Database, scans: Iterable[int]) -> tuple[int, int]:
    """How many judgements of these scans there are, and how many findings."""
    chosen = ",".join(map(str, scans)) or "0"
    numbers = [row[0] for row in db.rows(f"SELECT id FROM judgement WHERE scan IN ({chosen})")]
    bounds = [(n * PER_JUDGEMENT, (n + 1) * PER_JUDGEMENT) for n in numbers]
    counts = (db.rows("SELECT count(*) FROM finding WHERE id >= ? AND id < ?", two)[0][0] for two in bounds)
    return len(numbers), sum(map(int, counts))


def _all_or_nothing(
    db: Database,
    delete: "Callable[[], tuple[int, tuple[int, int]]]",
    scans: Iterable[int],
    thinned: Iterable[int],
) -> Forgotten:
    if not db.where.server:
        db.run("PRAGMA secure_delete=ON")
    with db.transaction():
        assets, judged = delete()
        documents = _sweep_evidence(db)
        _sweep_nodes(db)
    db.run("VACUUM")
    if not db.where.server:
        db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return Forgotten(tuple(scans), tuple(thinned), judged[0], judged[1], assets, documents)


def _finished(db: Database) -> list[int]:
    marks = ",".join("?" * len(FINISHED))
    return [row[0] for row in db.rows(f"SELECT id FROM scan WHERE state IN ({marks}) ORDER BY id", FINISHED)]


def _judgements(db: Database, scans: Iterable[int]) -> tuple[int, int]:
    """Delete the judgements of these scans; how many, and how many findings."""
    chosen = ",".join(map(str, scans)) or "0"
    numbers = [row[0] for row in db.rows(f"SELECT id FROM judgement WHERE scan IN ({chosen})")]
    findings = 0
    for number in numbers:
        begin = number * PER_JUDGEMENT
        findings += db.run("DELETE FROM finding WHERE id >= ? AND id < ?", (begin, begin + PER_JUDGEMENT))
        for table in ("flow", "transfer"):
            db.run(f"DELETE FROM {table} WHERE id >= ? AND id < ?", (begin, begin + PER_JUDGEMENT))
        db.run("DELETE FROM outcome WHERE judgement = ?", (number,))
        db.run("DELETE FROM attachment WHERE owner = ?", (f"judgement:{number}",))
        db.run("DELETE FROM judgement WHERE id = ?", (number,))
    if numbers:
        db.run("DELETE FROM why WHERE id NOT IN (SELECT why FROM finding)")
    return len(numbers), findings


def _empty(db: Database, scans: Iterable[int]) -> None:
    for scan in scans:
        db.run("DELETE FROM attachment WHERE owner = ? AND name <> ?", (f"scan:{scan}", LINK))
        db.run(
            "UPDATE scan SET state = ?, connections = '[]', accounts = '[]', counts = '{}', warnings = '[]', "
            "marks = '{}' WHERE id = ?",
            (FORGOTTEN, scan),
        )


def _touched(db: Database, connection: str) -> tuple[list[int], list[int]]:
    """(scans over this connection and others, scans over this one alone)."""
    mixed: list[int] = []
    alone: list[int] = []
    for number, text in db.rows("SELECT id, connections FROM scan WHERE state <> ?", (FORGOTTEN,)):
        names = set(msgspec.json.decode(text, type=list[str]))
        if names == {connection}:
            alone.append(number)
        elif connection in names:
            mixed.append(number)
    return mixed, alone


def _thin(db: Database, scans: Iterable[int], connection: str, accounts: set[int]) -> None:
    for scan in scans:
        names, looked = db.rows("SELECT connections, accounts FROM scan WHERE id = ?", (scan,))[0]
        kept = [n for n in msgspec.json.decode(names, type=list[str]) if n != connection]
        still = [a for a in msgspec.json.decode(looked, type=list[int]) if a not in accounts]
        db.run(
            "UPDATE scan SET connections = ?, accounts = ?, warnings = '[]' WHERE id = ?",
            (msgspec.json.encode(kept).decode(), msgspec.json.encode(still).decode(), scan),
        )
        db.run("DELETE FROM attachment WHERE owner = ? AND name <> ?", (f"scan:{scan}", LINK))
        db.run(
            "INSERT INTO attachment (owner, name, size, body) VALUES (?, ?, 0, ?)",
            (f"scan:{scan}", FORGOTTEN, zlib.compress(b"")),
        )


def _sweep_evidence(db: Database) -> int:
    """Delete documents that nothing rests on any more, and pack what is left of their blocks again; how many."""
    wanted: set[bytes] = set()
    for batch in db.stream("SELECT body FROM asset_version"):
        for (body,) in batch:
            wanted.update(bytes.fromhex(digest) for digest in _asset(bytes(body)).evidence)
    for batch in db.stream("SELECT evidence FROM finding WHERE evidence IS NOT NULL"):
        for (packed,) in batch:
            raw = bytes(packed)
            wanted.update(raw[n : n + 32] for n in range(0, len(raw), 32))
    numbers = {r[0] for b in db.stream("SELECT DISTINCT evidence FROM relation_version WHERE evidence > 0") for r in b}
    left: dict[int, list[tuple[int, int, int]]] = {}
    gone: list[tuple[int, int]] = []
    for batch in db.stream("SELECT id, digest, block, start, size FROM evidence"):
        for number, digest, block, start, size in batch:
            if bytes(digest) in wanted or number in numbers:
                left.setdefault(block, []).append((number, start, size))
            else:
                gone.append((number, block))
    for block in {block for _, block in gone}:
        _repack(db, block, left.get(block, []))
    db.many("DELETE FROM evidence WHERE id = ?", [(number,) for number, _ in gone])
    return len(gone)


def _repack(db: Database, block: int, kept: list[tuple[int, int, int]]) -> None:
    if not kept:
        db.run("DELETE FROM evidence_block WHERE id = ?", (block,))
        return
    size, body = db.rows("SELECT size, body FROM evidence_block WHERE id = ?", (block,))[0]
    whole = zlib.decompressobj().decompress(bytes(body), size)
    parts: list[bytes] = []
    rows: list[tuple[Any, ...]] = []
    at = 0
    for number, start, length in sorted(kept, key=lambda k: k[1]):
        parts.append(whole[start : start + length])
        rows.append((at, number))
        at += length
    db.many("UPDATE evidence SET start = ? WHERE id = ?", rows)
    packed = zlib.compress(b"".join(parts), 3)
    db.run("UPDATE evidence_block SET size = ?, body = ? WHERE id = ?", (at, packed, block))


def _sweep_nodes(db: Database) -> None:
    """Delete uids that nothing names any more. Numbers that stay are as they were."""
    used = (
        f"SELECT id / {SCANS} FROM asset_version UNION SELECT source FROM relation_version "
        "UNION SELECT target FROM relation_version UNION SELECT node FROM stale "
        "UNION SELECT node FROM finding WHERE node IS NOT NULL UNION SELECT source FROM flow WHERE source IS NOT NULL "
        "UNION SELECT target FROM flow WHERE target IS NOT NULL"
    )
    db.run(f"DELETE FROM node WHERE id NOT IN ({used})")


def digest_of(text: str) -> str:
    """What stands for a deleted name in the record of the deletion: enough to recognise it, not to read it."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
