"""What changed from one scan to a later one, and from one judgement to another."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from app.store.driver import Database
from app.store.intervals import FIRST, PER_JUDGEMENT, SCANS
from app.store.judgements import judgement_info
from app.store.records import AssetChange, FindingChange
from app.store.scans import scan_info
from rules.judgement import Severity
from scanners.model import Asset

_asset: Final = msgspec.json.Decoder(Asset)
_FIELDS: Final = (
    "provider",
    "account",
    "kind",
    "native_type",
    "name",
    "location",
    "tags",
    "partition",
    "created_at",
    "aliases",
)
_WORST: Final = {"pass": 0, "not_applicable": 0, "accepted": 1, "not_checked": 2, "fail": 3}
_GRAVEST: Final = {str(severity): rank for rank, severity in enumerate(reversed(Severity), 1)}


def asset_changes(db: Database, scan_a: int, scan_b: int) -> Iterator[AssetChange]:
    """Assets added, removed, changed, and stale at the later scan though seen at the earlier one.

    Assets of accounts that the later scan did not look into are not told: nothing is known of them. A change of the
    evidence alone is no change.
    """
    scan_info(db, scan_a)
    scan_info(db, scan_b)
    asked = msgspec.json.decode(db.rows("SELECT accounts FROM scan WHERE id = ?", (scan_b,))[0][0], type=list[int])
    chosen = ",".join(map(str, asked)) or "0"
    sql = (
        f"SELECT id FROM asset_version WHERE (({FIRST} > ? AND {FIRST} <= ?) OR (until > ? AND until <= ?)) "
        f"AND scope IN (SELECT id FROM scope WHERE account IN ({chosen})) ORDER BY id"
    )
    last = -1
    for batch in db.stream(sql, (scan_a, scan_b, scan_a, scan_b)):
        nodes = [node for (key,) in batch if (node := key // SCANS) != last]
        nodes = list(dict.fromkeys(nodes))
        if nodes:
            last = nodes[-1]
            yield from _changes(db, nodes, scan_a, scan_b)
    newly = (
        "SELECT t.node FROM stale t WHERE t.first > ? AND t.first <= ? AND t.until > ? AND NOT EXISTS "
        "(SELECT 1 FROM stale u WHERE u.node = t.node AND u.first <= ? AND u.until > ?) ORDER BY t.node"
    )
    for (node,) in db.rows(newly, (scan_a, scan_b, scan_b, scan_a, scan_a)):
        asset = _at(db, node, scan_b)
        if asset is not None:
            yield _change(asset, "stale")


def _at(db: Database, node: int, scan: int) -> Asset | None:
    begin = node * SCANS
    sql = "SELECT body FROM asset_version WHERE id >= ? AND id <= ? AND until > ?"
    rows = db.rows(sql, (begin, begin + scan, scan))
    return _asset.decode(rows[0][0]) if rows else None


def _changes(db: Database, nodes: list[int], scan_a: int, scan_b: int) -> Iterator[AssetChange]:
    for node in nodes:
        before, after = _at(db, node, scan_a), _at(db, node, scan_b)
        if before is None and after is not None:
            yield _change(after, "added")
        elif before is not None and after is None:
            yield _change(before, "removed")
        elif before is not None and after is not None and (names := changed_names(before, after)):
            yield _change(after, "changed", names)


def _change(asset: Asset, what: str, names: tuple[str, ...] = ()) -> AssetChange:
    return AssetChange(asset.uid, asset.kind, asset.account, asset.name, what, names)


def changed_names(before: Asset, after: Asset) -> tuple[str, ...]:
    """Names of the fields and attributes that differ; one that is no longer read differs from one that is."""
    found = [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
    old, new = before.attributes, after.attributes
    found += sorted(name for name in {*old, *new} if (name in old) != (name in new) or old.get(name) != new.get(name))
    return tuple(found)


def finding_changes(db: Database, judgement_a: int, judgement_b: int) -> Iterator[FindingChange]:
    """Findings that are new, worse, better or gone. `before` and `after` are (verdict, severity)."""
    scan_b = judgement_info(db, judgement_b).scan
    judgement_info(db, judgement_a)
    left, right = verdicts(db, judgement_a), verdicts(db, judgement_b)
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a[0] < b[0]):
            assert a is not None  # noqa: S101 - the loop's own condition
            yield _told(a[0], "gone", a[1], None, _because(db, a[0], scan_b))
            a = next(left, None)
        elif a is None or b[0] < a[0]:
            yield _told(b[0], "new", None, b[1], None)
            b = next(right, None)
        else:
            if a[1] != b[1]:
                yield _told(b[0], "worse" if _weight(b[1]) > _weight(a[1]) else "better", a[1], b[1], None)
            a, b = next(left, None), next(right, None)


def verdicts(db: Database, judgement: int) -> Iterator[tuple[tuple[str, str, str], tuple[str, str]]]:
    """(rule, uid or empty, flow or empty) and (verdict, severity) of every finding, in that order."""
    sql = (
        "SELECT o.rule, coalesce(n.uid, ''), coalesce(l.key, ''), o.verdict, o.severity FROM finding f "
        "JOIN outcome o ON o.id = f.outcome LEFT JOIN node n ON n.id = f.node LEFT JOIN flow l ON l.id = ? + f.flow "
        "WHERE f.id >= ? AND f.id < ? AND o.verdict <> 'pass' ORDER BY 1, 2, 3"
    )
    begin = judgement * PER_JUDGEMENT
    if db.where.server:  # a server sorts by its own collation; what is merged here must be in code point order
        sql = sql.replace(
            "ORDER BY 1, 2, 3",
            'ORDER BY o.rule COLLATE "C", coalesce(n.uid, \'\') COLLATE "C", coalesce(l.key, \'\') COLLATE "C"',
        )
    for batch in db.stream(sql, (begin, begin, begin + PER_JUDGEMENT)):
        yield from (((r, u, f), (v, s)) for r, u, f, v, s in batch)


def told(db: Database, judgement: int) -> Iterator[tuple[tuple[str, str, str], tuple[str, str]]]:
    """The same in no order, in less than half the time: for who takes them all."""
    sql = "SELECT id, rule, verdict, severity FROM outcome WHERE judgement = ? AND verdict <> 'pass'"
    outcomes = {number: (rule, (verdict, severity)) for number, rule, verdict, severity in db.rows(sql, (judgement,))}
    sql = (
        "SELECT f.outcome, coalesce(n.uid, ''), coalesce(l.key, '') FROM finding f "
        "LEFT JOIN node n ON n.id = f.node LEFT JOIN flow l ON l.id = ? + f.flow WHERE f.id >= ? AND f.id < ?"
    )
    begin = judgement * PER_JUDGEMENT
    for batch in db.stream(sql, (begin, begin, begin + PER_JUDGEMENT)):
        for outcome, uid, flow in batch:
            found = outcomes.get(outcome)
            if found is not None:
                yield (found[0], uid, flow), found[1]


def _weight(told: tuple[str, str]) -> tuple[int, int]:
    return _WORST[told[0]], _GRAVEST[told[1]]


def _because(db: Database, key: tuple[str, str, str], scan: int) -> str:
    if not key[1]:
        return "resolved"
    accounts = msgspec.json.decode(db.rows("SELECT accounts FROM scan WHERE id = ?", (scan,))[0][0], type=list[int])
    rows = db.rows("SELECT id FROM node WHERE uid = ?", (key[1],))
    begin = rows[0][0] * SCANS
    sql = (
        "SELECT s.account FROM asset_version v JOIN scope s ON s.id = v.scope "
        "WHERE v.id >= ? AND v.id <= ? AND v.until > ?"
    )
    held: list[Any] = [row[0] for row in db.rows(sql, (begin, begin + scan, scan))]
    if not held:
        return "asset_gone"
    return "resolved" if held[0] in accounts else "not_asked"


def _told(
    key: tuple[str, str, str],
    change: str,
    before: tuple[str, str] | None,
    after: tuple[str, str] | None,
    because: str | None,
) -> FindingChange:
    return FindingChange(key[0], change, key[1] or None, key[2] or None, before, after, because)
