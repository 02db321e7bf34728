"""Writing one scan: buffered, in bulk, visible to readers only when it is finished."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Literal

import msgspec

from app.store.assets import AssetBook, NodeBook
from app.store.attachments import attach
from app.store.chain import assets_digest, extend
from app.store.documents import EvidenceShelf, moment
from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.history import History, Horizon, store_coverage, together
from app.store.intern import Names, plain
from app.store.intervals import FIRST
from app.store.records import ScanInfo
from app.store.relations import RelationBook
from app.store.scans import scan_info
from scanners.exports.otherscanners import OPERATION
from scanners.model import Asset, Coverage, Evidence, Item, Relation

FOREIGN: Final = "foreign"
"""Document of a scan: digests of the findings of other scanners that it brought."""
_MOST_ITEMS: Final = 4000
_MOST_BYTES: Final = 16 << 20


class ScanWriter:
    """Takes what one scan yields. Not for several threads at once.

    What was written is kept only by `finish`. After `abandon`, or when the process dies, the store is as before; the
    scan stays on record as abandoned or interrupted.
    """

    def __init__(
        self, db: Database, connections: Iterable[str], started: datetime, program: str, release: Callable[[], None]
    ) -> None:
        self._db = db
        self._release = release
        self._connections = tuple(dict.fromkeys(map(plain, connections)))
        self.scan_id = int(db.rows("SELECT coalesce(max(id), 0) FROM scan")[0][0]) + 1
        self._names = Names(db)
        self._nodes = NodeBook(db)
        self._shelf = EvidenceShelf(db, self._names)
        self._assets = AssetBook(db, self._names, self.scan_id, self._seen_at)
        self._relations = RelationBook(db, self._names, self._shelf, self.scan_id)
        self._first_new = self._nodes.next
        self._cells: dict[tuple[str, str, str, str, str, str], Coverage] = {}
        self._buffer_assets: list[Asset] = []
        self._buffer_relations: list[Relation] = []
        self._buffer_evidence: dict[str, Evidence] = {}
        self._buffer_bytes = 0
        self._stated_by: dict[str, int] = {}
        self._foreign: dict[str, None] = {}
        self._open = True
        marks = {"evidence": self._shelf.marks[0], "block": self._shelf.marks[1]}
        with db.transaction():
            db.run(
                "INSERT INTO scan (id, started, state, program, connections, accounts, counts, warnings, marks) "
                "VALUES (?, ?, 'running', ?, ?, '[]', '{}', '[]', ?)",
                (self.scan_id, moment(started), plain(program), _json(self._connections), _json(marks)),
            )

    @property
    def duplicates(self) -> int:
        """How many assets were given again with nothing new in them, so far."""
        return self._assets.duplicates

    @property
    def assets(self) -> int:
        """How many different assets were written so far (what is still buffered not counted)."""
        return self._assets.count

    @property
    def warnings(self) -> list[str]:
        """Sentences about what did not fit together, at most 100."""
        return list(self._assets.warnings)

    def write(self, items: Iterable[Item]) -> None:
        """Take items. Raises KnownStoreError when the disk is full or the file cannot be written any more."""
        for item in items:
            if isinstance(item, Asset):
                self._buffer_assets.append(item)
            elif isinstance(item, Relation):
                self._buffer_relations.append(item)
            elif isinstance(item, Evidence):
                if item.operation.startswith(OPERATION):
                    self._foreign[item.digest] = None
                if item.digest not in self._buffer_evidence:
                    self._buffer_evidence[item.digest] = item
                    self._buffer_bytes += len(item.body)
            else:
                self._cover(item)
            if (
                len(self._buffer_assets) + len(self._buffer_relations) >= _MOST_ITEMS
                or self._buffer_bytes >= _MOST_BYTES
            ):
                self._flush()

    def finish(self, state: Literal["complete", "partial", "cancelled", "failed"], ended: datetime) -> ScanInfo:
        """Make the scan part of the history; what became of it.

        `cancelled` and `failed` keep what was seen and call nothing gone.
        """
        self._flush()
        db, names = self._db, self._names
        cells = list(self._cells.values())
        connections = tuple(dict.fromkeys((*self._connections, *(plain(cell.connection) for cell in cells))))
        with db.transaction():
            history = History(db, names, self.scan_id, Horizon(names, cells), state in ("complete", "partial"))
            accounts = history.accounts(connections, cells, self._assets.scopes)
            self._relations.settle()
            store_coverage(db, names, self.scan_id, connections, cells)
            closing = history.close(accounts, self._assets, self._relations, self._first_new)
            counts = {
                "assets": self._assets.count,
                "relations": self._relations.count,
                "added": self._assets.added,
                "changed": self._assets.changed,
                "gone": closing.gone,
                "stale": closing.stale,
                "duplicates": self._assets.duplicates,
                "merged": self._assets.parts,
            }
            db.run(
                "UPDATE scan SET state = ?, ended = ?, connections = ?, accounts = ?, counts = ?, warnings = ?, "
                "manifest = ? WHERE id = ?",
                (
                    state,
                    moment(ended),
                    _json(connections),
                    _json(sorted(accounts)),
                    _json(counts),
                    _json(self._assets.warnings),
                    assets_digest(db, self.scan_id, accounts),
                    self.scan_id,
                ),
            )
            if self._foreign:
                attach(db, f"scan:{self.scan_id}", FOREIGN, msgspec.json.encode(list(self._foreign)))
            extend(db, self.scan_id)
        self._done()
        return scan_info(db, self.scan_id)

    def abandon(self) -> None:
        """Forget what was written; the scan stays on record as abandoned."""
        if self._open:
            try:
                discard_scan(self._db, self.scan_id, "abandoned")
            finally:
                self._done()  # what could not be undone now is, when the store is opened next

    def __enter__(self) -> "ScanWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    def _done(self) -> None:
        self._open = False
        self._release()

    def _cover(self, cell: Coverage) -> None:
        key = (cell.connection, cell.provider, cell.account, cell.region, cell.service, cell.kind)
        before = self._cells.get(key)
        self._cells[key] = cell if before is None else together(before, cell)

    def _seen_at(self, digest: str) -> str | None:
        number = self._shelf.number(digest)
        rows = self._db.rows("SELECT seen_at FROM evidence WHERE id = ?", (number,)) if number else []
        return rows[0][0] if rows else None

    def _flush(self) -> None:
        if not self._open:
            raise KnownStoreError("This scan is over: nothing more can be written to it.")
        assets, relations, documents = self._buffer_assets, self._buffer_relations, self._buffer_evidence
        self._buffer_assets, self._buffer_relations, self._buffer_evidence = [], [], {}
        self._buffer_bytes = 0
        with self._db.transaction():
            if documents:
                self._shelf.put(documents)
            first_new = self._nodes.next
            nodes = self._nodes.numbers(_uids(assets, relations))
            scopes = self._assets.put(assets, nodes, first_new) if assets else {}
            stated = {digest: scopes[asset.uid] for asset in assets for digest in asset.evidence}
            if relations or any(asset.aliases for asset in assets):
                aliases = [(nodes[a.uid], nodes[alias], scopes[a.uid]) for a in assets for alias in a.aliases]
                by_evidence = {**self._stated_by, **stated}
                self._relations.put(relations, aliases, nodes, scopes, by_evidence, first_new)
            self._stated_by = stated


def _uids(assets: list[Asset], relations: list[Relation]) -> Iterable[str]:
    for asset in assets:
        yield asset.uid
        yield from asset.aliases
    for relation in relations:
        yield relation.source
        yield relation.target


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def discard_scan(db: Database, scan: int, state: str) -> None:
    """Undo everything that an unfinished scan wrote; it stays on record in this state."""
    with db.transaction():
        rows = db.rows("SELECT marks FROM scan WHERE id = ?", (scan,))
        marks = msgspec.json.decode(rows[0][0], type=dict[str, int])
        db.run(f"DELETE FROM asset_version WHERE {FIRST} = ?", (scan,))
        db.run("DELETE FROM relation_version WHERE first = ?", (scan,))
        db.run("DELETE FROM evidence WHERE id >= ?", (marks["evidence"],))
        db.run("DELETE FROM evidence_block WHERE id >= ?", (marks["block"],))
        db.run("UPDATE scan SET state = ? WHERE id = ?", (state, scan))
