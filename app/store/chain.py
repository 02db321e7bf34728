"""The chain of scans: each finished scan has a link with the digests of what it stands for and of the link before.

A link can be worked out again from the history at any time. A scan that was changed after the fact, or taken out, then
no longer fits its link or the next one. The digest of the last link, in a signed report, ties down all before it.
"""

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.store.driver import Database
from app.store.intervals import FIRST
from app.store.records import FINISHED

NAME: Final = "link"
FORGOTTEN: Final = "forgotten"
"""State of a scan that was deleted, and the mark of one that lost what a deleted connection had shown."""
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Link(Struct, frozen=True, omit_defaults=True):
    """One scan in the chain. Digests are SHA-256 in hexadecimal.

    `assets` is over the digests of all asset records that the scan stands for (which name their evidence), `coverage`
    over its coverage cells. `previous` is the digest of the link before; None: this is the first. `later`: the link was
    made when a later scan was, because the scan is older than the chain.
    """

    scan: int
    started: str
    ended: str | None
    state: str
    program: str
    connections: tuple[str, ...]
    assets: str
    coverage: str
    previous: str | None
    later: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 over the link as canonical JSON: members in alphabetical order, no white space, UTF-8."""
        return hashlib.sha256(_encode(self)).hexdigest()


class Fault(Struct, frozen=True):
    """One place where the chain and the store differ. `what`: missing, broken, assets, coverage or scan."""

    scan: int
    what: str


def extend(db: Database, scan: int) -> Link:
    """Makes the link of a scan that has just been finished, and those of older scans that have none yet."""
    known = {link.scan: link for link in links(db)}
    last: Link | None = None
    for number in sorted({*_finished(db), *(known.keys() & set(_in_state(db, (FORGOTTEN,))))}):
        if number > scan:
            break
        link = known.get(number)
        if link is None:
            link = _worked_out(db, number, None if last is None else last.digest, later=number != scan)
            body = _encode(link)
            with db.transaction():
                db.run("DELETE FROM attachment WHERE owner = ? AND name = ?", (f"scan:{number}", NAME))
                db.run(
                    "INSERT INTO attachment (owner, name, size, body) VALUES (?, ?, ?, ?)",
                    (f"scan:{number}", NAME, len(body), zlib.compress(body, 6)),
                )
        last = link
    assert last is not None  # noqa: S101 - the scan itself is finished
    return last


def links(db: Database) -> list[Link]:
    """Every link that is kept, in the order of scans."""
    from app.store.attachments import unpacked

    sql = "SELECT owner, body FROM attachment WHERE name = ?"
    found: list[Link] = []
    for _, body in db.rows(sql, (NAME,)):
        try:
            found.append(msgspec.json.decode(unpacked(bytes(body)), type=Link))
        except (msgspec.MsgspecError, ValueError):
            continue  # a link that cannot be read counts as missing
    return sorted(found, key=lambda link: link.scan)


def check(db: Database) -> list[Fault]:
    """What of the chain no longer fits the store; an empty list where all fits. Works every scan out again."""
    kept = {link.scan: link for link in links(db)}
    faults: list[Fault] = []
    finished = _finished(db)
    if not kept:
        return faults
    deleted, thinned = set(_in_state(db, (FORGOTTEN,))), _thinned(db)
    faults += [Fault(number, "scan") for number in kept if number not in finished and number not in deleted]
    last: str | None = None
    for number in sorted({*finished, *(deleted & kept.keys())}):
        link = kept.get(number)
        if link is None:
            if number <= max(kept):
                faults.append(Fault(number, "missing"))
            continue
        if link.previous != last:
            faults.append(Fault(number, "broken"))
        last = link.digest
        if number in deleted or number in thinned:
            continue  # what it stood for was deleted, on record; its place in the chain is still checked
        try:
            again = _worked_out(db, number, link.previous, later=link.later)
        except (msgspec.MsgspecError, ValueError, TypeError):
            faults.append(Fault(number, "scan"))
            continue
        if again.assets != link.assets:
            faults.append(Fault(number, "assets"))
        elif again.coverage != link.coverage:
            faults.append(Fault(number, "coverage"))
        elif again != link:
            faults.append(Fault(number, "scan"))
    return faults


def assets_digest(db: Database, scan: int, accounts: Iterable[int]) -> str:
    """SHA-256 over the sorted SHA-256 of every asset that a scan stands for (asset bodies name their evidence)."""
    chosen = ",".join(map(str, sorted(accounts))) or "0"
    sql = (
        f"SELECT body FROM asset_version WHERE {FIRST} <= ? AND until > ? "
        f"AND scope IN (SELECT id FROM scope WHERE account IN ({chosen}))"
    )
    digests = [hashlib.sha256(_bytes(body)).digest() for batch in db.stream(sql, (scan, scan)) for (body,) in batch]
    whole = hashlib.sha256()
    for one in sorted(digests):
        whole.update(one)
    return whole.hexdigest()


def _bytes(body: object) -> bytes:
    """What was put into a column of bytes by somebody else may come back as text."""
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)  # type: ignore[call-overload]


def _worked_out(db: Database, scan: int, previous: str | None, *, later: bool) -> Link:
    from app.store.scans import coverage_of

    sql = "SELECT started, ended, state, program, connections, accounts FROM scan WHERE id = ?"
    started, ended, state, program, connections, accounts = db.rows(sql, (scan,))[0]
    covered = hashlib.sha256()
    for cell in coverage_of(db, scan):
        covered.update(_encode(cell))
    return Link(
        scan,
        started,
        ended,
        state,
        program,
        msgspec.json.decode(connections, type=tuple[str, ...]),
        assets_digest(db, scan, msgspec.json.decode(accounts, type=list[int])),
        covered.hexdigest(),
        previous,
        later,
    )


def _finished(db: Database) -> list[int]:
    return _in_state(db, FINISHED)


def _in_state(db: Database, states: tuple[str, ...]) -> list[int]:
    marks = ",".join("?" * len(states))
    rows: list[Any] = db.rows(f"SELECT id FROM scan WHERE state IN ({marks}) ORDER BY id", states)
    return [row[0] for row in rows]


def _thinned(db: Database) -> set[int]:
    """Scans that lost what a deleted connection had shown."""
    rows = db.rows("SELECT owner FROM attachment WHERE name = ?", (FORGOTTEN,))
    return {int(str(row[0]).partition(":")[2]) for row in rows}
