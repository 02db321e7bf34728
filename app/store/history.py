"""What a finished scan changes in the history: what is replaced, gone, or stale.

An asset that a scan did not see is *gone* only when everyone who ever showed assets of its scope (account × region ×
kind) has read that scope again in this scan, completely. Who that is, is kept per scope as witnesses: pairs of an
origin (a connection; all imported files together are one) and a service. Otherwise the asset is *stale* where the scan
looked into its account, and untouched where it did not. So a denied or throttled call, a service left out, a scan of
other connections or an interruption can never make an asset look deleted.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from app.store.assets import AssetBook
from app.store.driver import Database
from app.store.intern import Names
from app.store.intervals import FIRST, OPEN, SCANS
from app.store.relations import RelationBook
from scanners.model import Coverage, CoverageStatus

_IMPORT: Final = "import:"
_CLUSTERS: Final = "kubernetes"
_SHOWED: Final = frozenset({"collected", "partial", "throttled", "timeout", "expired", "error"})
_SILENT: Final = frozenset({"not_exported", "not_asked"})

_GLOBAL: Final = frozenset({"global", "", "-"})
Witnesses: TypeAlias = frozenset[tuple[int, int]]


class Detail(Struct, omit_defaults=True):
    """The words of a coverage cell."""

    missing_permission: str | None = None
    denied_by: str | None = None
    detail: str | None = None


class Closing(Struct):
    """What finishing did."""

    gone: int = 0
    stale: int = 0


def together(first: Coverage, second: Coverage) -> Coverage:
    """Two cells for the same place as one: counts add up, and what was read in part only is `partial`."""
    status = first.status
    if first.status is not second.status:
        both = (first.status, second.status)
        if all(s.read for s in both):
            status = CoverageStatus.COLLECTED
        elif CoverageStatus.NOT_ASKED in both:
            status = both[1] if both[0] is CoverageStatus.NOT_ASKED else both[0]
        elif any(s.read for s in both):
            status = CoverageStatus.PARTIAL
    details = dict.fromkeys(d for d in (first.detail, second.detail) if d)
    return msgspec.structs.replace(
        first,
        status=status,
        count=first.count + second.count,
        detail=" ".join(details) or None,
        missing_permission=first.missing_permission or second.missing_permission,
        denied_by=first.denied_by or second.denied_by,
    )


class Horizon:
    """What one scan could see: its coverage, arranged so as to ask about scopes."""

    def __init__(self, names: Names, cells: Iterable[Coverage]) -> None:
        self._names = names
        self._by_kind: dict[tuple[int, str], list[Coverage]] = {}
        for cell in cells:
            accounts = {names.account(cell.provider, cell.account)}
            if cell.provider == _CLUSTERS:  # machines in a cluster have the provider that owns them
                accounts |= names.namesakes(cell.account)
            for account in accounts:
                self._by_kind.setdefault((account, cell.kind), []).append(cell)

    def origin(self, connection: str) -> int:
        """All imported files are one origin, since a file's name says nothing about what it shows."""
        return self._names.word(_IMPORT if connection.startswith(_IMPORT) else connection)

    def of(self, scope: int) -> tuple[Witnesses, Witnesses]:
        """(who read this scope completely, who may have shown assets of it) in this scan."""
        account, region, kind = self._names.scope_facts[scope]
        whole = self._names.accounts.get((self._names.account_names[account][0], "*"))
        read: set[tuple[int, int]] = set()
        failed: set[tuple[int, int]] = set()
        showed: set[tuple[int, int]] = set()
        for key in ((a, k) for a in (account, whole) if a is not None for k in (kind, "*")):
            for cell in self._by_kind.get(key, ()):
                if cell.region not in ("*", region) and not (region == "global" and cell.region in _GLOBAL):
                    continue
                who = (self.origin(cell.connection), self._names.word(cell.service))
                if cell.status.read:
                    read.add(who)
                elif cell.status not in _SILENT:
                    failed.add(who)
                if cell.status in _SHOWED:
                    showed.add(who)
        return frozenset(read - failed), frozenset(showed)


def store_coverage(db: Database, names: Names, scan: int, connections: Iterable[str], cells: list[Coverage]) -> None:
    """Keep the coverage of a scan: a cell that says what it said in the last scan of its connection adds no row."""
    now: dict[tuple[int, ...], tuple[str, int, str]] = {}
    for cell in cells:
        key = (
            names.word(cell.connection),
            names.account(cell.provider, cell.account),
            names.word(cell.region),
            names.word(cell.service),
            names.word(cell.kind),
        )
        detail = msgspec.json.encode(Detail(cell.missing_permission, cell.denied_by, cell.detail)).decode()
        now[key] = (str(cell.status), cell.count, detail)
    asked = {names.word(c) for c in connections} | {key[0] for key in now}
    sql = (
        "SELECT id, connection, account, region, service, kind, status, count, detail FROM coverage "
        f"WHERE until = {OPEN} AND connection IN ({{}})"
    )
    closed: list[tuple[int, int]] = []
    for row in db.among(sql, asked):
        if now.get(row[1:6]) == row[6:]:
            del now[row[1:6]]
        else:
            closed.append((scan, row[0]))
    following = int(db.rows("SELECT coalesce(max(id), 0) FROM coverage")[0][0]) + 1
    db.many("UPDATE coverage SET until = ? WHERE id = ?", closed)
    db.many(
        "INSERT INTO coverage (id, connection, account, region, service, kind, status, count, detail, first, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(n, *key, *told, scan, OPEN) for n, (key, told) in enumerate(now.items(), following)],
    )


class History:
    """Closes intervals at the end of one scan. Everything happens in the caller's transaction."""

    def __init__(self, db: Database, names: Names, scan: int, horizon: Horizon, trusted: bool) -> None:
        self._db = db
        self._names = names
        self._scan = scan
        self._horizon = horizon
        self._trusted = trusted  # a cancelled or failed scan closes nothing
        found: dict[int, set[tuple[int, int]]] = {}
        for scope, origin, service in db.rows("SELECT scope, origin, service FROM witness"):
            found.setdefault(scope, set()).add((origin, service))
        self._witnesses: dict[int, Witnesses] = {scope: frozenset(who) for scope, who in found.items()}
        self._closable: dict[int, bool] = {}

    def closable(self, scope: int) -> bool:
        """Whether what was not seen in this scope is gone."""
        answer = self._closable.get(scope)
        if answer is None:
            before = self._witnesses.get(scope, frozenset())
            answer = bool(self._trusted and before) and before <= self._horizon.of(scope)[0]
            self._closable[scope] = answer
        return answer

    def accounts(self, connections: Iterable[str], cells: Iterable[Coverage], scopes: Iterable[int]) -> set[int]:
        """The accounts that this scan looked into, or would have if its connections had worked."""
        found = {self._names.account(cell.provider, cell.account) for cell in cells}
        found |= {self._names.scope_facts[scope][0] for scope in scopes}
        steady = [self._names.word(c) for c in connections if not c.startswith(_IMPORT)]
        sql = "SELECT DISTINCT account FROM coverage WHERE connection IN ({})"
        return found | {row[0] for row in self._db.among(sql, steady)}

    def close(self, accounts: set[int], assets: AssetBook, relations: RelationBook, first_new: int) -> Closing:
        """Close what was replaced or is gone, note what is stale, and remember who showed what.

        Nodes from `first_new` on did not exist before this scan.
        """
        db, scan = self._db, self._scan
        gone: list[int] = []
        unseen: list[int] = []
        open_before = dict(
            db.rows(
                f"SELECT scope, count(*) FROM asset_version WHERE until = {OPEN} AND {FIRST} < ? GROUP BY scope",
                (scan,),
            )
        )
        incomplete: set[int] = set()
        for scope, count in open_before.items():
            if self._names.scope_facts[scope][0] not in accounts or count == assets.kept_in.get(scope, 0):
                continue
            sql = f"SELECT id FROM asset_version WHERE scope = ? AND until = {OPEN} AND {FIRST} < ?"
            missing = [i for (i,) in db.rows(sql, (scope, scan)) if not _marked(assets.seen, i // SCANS)]
            if self.closable(scope):
                gone.extend(missing)
            elif missing:
                incomplete.add(scope)
                unseen.extend(missing)
        sql = f"SELECT id FROM asset_version WHERE until = {OPEN} AND {FIRST} = ? AND id < ?"
        drafts = [i // SCANS for batch in db.stream(sql, (scan, first_new * SCANS)) for (i,) in batch]
        db.many(
            f"UPDATE asset_version SET until = ? WHERE id >= ? AND id < ? AND until = {OPEN}",
            [(scan, node * SCANS, node * SCANS + scan) for node in drafts],
        )
        db.many("UPDATE asset_version SET until = ? WHERE id = ?", [(scan, key) for key in gone])
        lost = {key // SCANS for key in gone}
        self._note_stale([key // SCANS for key in unseen], assets.seen, lost)
        self._close_relations(accounts, relations, lost)
        shown = {scope for scope in open_before if self._names.scope_facts[scope][0] in accounts} | assets.scopes
        self._note_witnesses(shown, incomplete)
        return Closing(len(gone), len(unseen))

    def _note_stale(self, unseen: list[int], seen: bytearray, gone: set[int]) -> None:
        db, scan = self._db, self._scan
        already = {node for (node,) in db.rows(f"SELECT node FROM stale WHERE until = {OPEN}")}
        over = [(scan, node) for node in already if node in gone or _marked(seen, node)]
        db.many(f"UPDATE stale SET until = ? WHERE node = ? AND until = {OPEN}", over)
        fresh = [(node, scan, OPEN) for node in unseen if node not in already]
        db.many("INSERT INTO stale (node, first, until) VALUES (?, ?, ?)", fresh)

    def _close_relations(self, accounts: set[int], relations: RelationBook, gone: set[int]) -> None:
        db, scan = self._db, self._scan
        closed = [(scan, number) for number in relations.replaced]
        sql = f"SELECT id, scope, source FROM relation_version WHERE until = {OPEN} AND first < ?"
        for batch in db.stream(sql, (scan,)):
            for number, scope, source in batch:
                if _marked(relations.seen, number):
                    continue
                asked = scope != 0 and self._names.scope_facts[scope][0] in accounts
                if source in gone or (asked and self.closable(scope)):
                    closed.append((scan, number))
        db.many("UPDATE relation_version SET until = ? WHERE id = ?", closed)

    def _note_witnesses(self, scopes: Iterable[int], incomplete: set[int]) -> None:
        fresh: list[tuple[int, int, int]] = []
        over: list[tuple[int, int, int]] = []
        for scope in scopes:
            before = self._witnesses.get(scope, frozenset())
            showed = self._horizon.of(scope)[1]
            after = before | showed if scope in incomplete or not showed else showed
            fresh += [(scope, *who) for who in after - before]
            over += [(scope, *who) for who in before - after]
        self._db.many("DELETE FROM witness WHERE scope = ? AND origin = ? AND service = ?", over)
        self._db.many("INSERT INTO witness (scope, origin, service) VALUES (?, ?, ?)", fresh)


def _marked(marks: bytearray, number: int) -> bool:
    return number < len(marks) and bool(marks[number])
