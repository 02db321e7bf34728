"""Reading findings, flows, transfers and assets for people and reports."""

from collections.abc import Collection, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.store.driver import BATCH, Database
from app.store.intervals import FIRST, PER_JUDGEMENT, SCANS
from app.store.judgements import Profile, judgement_info
from app.store.records import AssetRow, FindingRow
from rules.judgement import Finding, Flow, Severity, Transfer, Verdict
from scanners.model import Asset, Location

_asset: Final = msgspec.json.Decoder(Asset)
_flow: Final = msgspec.json.Decoder(Flow)
_VERDICTS: Final = {str(verdict): verdict for verdict in Verdict}
_SEVERITIES: Final = {str(severity): severity for severity in Severity}
_RANK: Final = (
    "CASE o.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END"
)


class _About(Struct, gc=False):
    """What a finding tells of its asset."""

    native_type: str
    name: str
    location: Location
    evidence: tuple[str, ...] = ()


_about: Final = msgspec.json.Decoder(_About)
_profile: Final = msgspec.json.Decoder(Profile)


def _page(judgement: int) -> tuple[int, int]:
    return judgement * PER_JUDGEMENT, (judgement + 1) * PER_JUDGEMENT


def findings(
    db: Database,
    judgement: int,
    *,
    severity: str | None = None,
    verdict: str | None = None,
    rule: str | None = None,
    family: str | None = None,
    provider: str | None = None,
    account: str | None = None,
    kind: str | None = None,
    asset: str | None = None,
    flow: str | None = None,
    gravest_first: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[FindingRow]:
    """Findings of a judgement that fit every filter given, streamed in the order judged, or gravest first.

    Filters on provider, account, kind and asset regard the asset of the finding; for one about a flow, its source.
    """
    scan = judgement_info(db, judgement).scan
    begin, end = _page(judgement)
    conditions = ["f.id >= ?", "f.id < ?"]
    values: list[Any] = [begin, scan, scan, scan, scan, begin, end]
    wanted = {
        "o.severity = ?": severity,
        "o.verdict = ?": verdict,
        "o.rule = ?": rule,
        "a.provider = ?": provider,
        "a.account = ?": account,
        "s.kind = ?": kind,
        "n.uid = ?": asset,
        "l.key = ?": flow,
        "o.rule LIKE ?": None if family is None else f"SIT-{family}-%",
    }
    for condition, value in wanted.items():
        if value is not None:
            conditions.append(condition)
            values.append(value)
    bytewise = ' COLLATE "C"' if db.where.server else ""
    order = f"{_RANK}, o.rule{bytewise}, f.id" if gravest_first else "f.id"
    about = "coalesce(f.node, l.source)"
    tables = (
        "finding f JOIN outcome o ON o.id = f.outcome JOIN why w ON w.id = f.why "
        "LEFT JOIN flow l ON l.id = ? + f.flow LEFT JOIN node n ON n.id = f.node "
        f"LEFT JOIN asset_version v ON {db.versions(about)} AND v.id <= {about} * {SCANS} + ? AND v.until > ? "
        "LEFT JOIN scope s ON s.id = v.scope LEFT JOIN account a ON a.id = s.account "
        f"LEFT JOIN stale t ON t.node = v.id / {SCANS} AND t.first <= ? AND t.until > ?"
    )
    fits = " AND ".join(conditions)
    if limit is not None or offset:
        most = int(limit) if limit is not None else 1 << 40
        # Which they are is settled by numbers alone: what is sorted is then small.
        fits = f"f.id IN (SELECT f.id FROM {tables} WHERE {fits} ORDER BY {order} LIMIT {most} OFFSET {int(offset)})"
        values = [*values[:5], *values]
    sql = (
        "SELECT f.id, o.rule, o.verdict, o.severity, n.uid, l.key, w.text, o.profile, f.evidence, o.potential, "
        "f.acceptance, a.provider, a.account, s.kind, v.body, t.node, f.node "
        f"FROM {tables} WHERE {fits} ORDER BY {order}"
    )
    profiles: dict[str, Profile] = {}
    for batch in db.stream(sql, values):
        for row in batch:
            profile = profiles.get(row[7])
            if profile is None:
                profile = profiles[row[7]] = _profile.decode(row[7])
            yield _finding(row, profile)


def _finding(row: tuple[Any, ...], profile: Profile) -> FindingRow:
    (number, rule, verdict, severity, uid, flow, why, _, evidence, potential, acceptance) = row[:11]
    provider, account, kind, body, stale, node = row[11:]
    asset = None if body is None else _about.decode(body)
    if evidence is None:
        digests = asset.evidence if asset is not None and node is not None else ()
    else:
        text = bytes(evidence).hex()
        digests = tuple([text[i : i + 64] for i in range(0, len(text), 64)])
    finding = Finding(
        rule,
        _VERDICTS[verdict],
        _SEVERITIES[severity],
        uid,
        flow,
        why,
        profile.missing,
        profile.reads,
        digests,
        profile.related,
        bool(potential),
        acceptance,
    )
    if asset is None:
        return FindingRow(number, finding)
    place = (provider, account, kind, asset.native_type, asset.name, asset.location, stale is not None)
    return FindingRow(number, finding, *place)


def flows(db: Database, judgement: int, some: Collection[str] | None = None) -> Iterator[Flow]:
    """Flows of a judgement: all in order, or those of some ids."""
    sql = "SELECT body FROM flow WHERE id >= ? AND id < ? AND body IS NOT NULL"
    if some is not None and len(some) <= BATCH:  # with more, each portion would go through all of them once more
        yield from (_flow.decode(body) for (body,) in db.among(f"{sql} AND key IN ({{}})", some, _page(judgement)))
        return
    for batch in db.stream(f"{sql} ORDER BY id", _page(judgement)):
        found = (_flow.decode(body) for (body,) in batch)
        yield from found if some is None else (flow for flow in found if flow.id in some)


def transfers(db: Database, judgement: int) -> Iterator[Transfer]:
    """Transfers of a judgement."""
    for batch in db.stream("SELECT body FROM transfer WHERE id >= ? AND id < ? ORDER BY id", _page(judgement)):
        yield from (msgspec.json.decode(body, type=Transfer) for (body,) in batch)


def asset_at(db: Database, uid: str, scan: int) -> AssetRow | None:
    """An asset (by uid or alias) as it was at a scan, or None where it was not known then."""
    rows = db.rows("SELECT id FROM node WHERE uid = ?", (uid,))
    if not rows:
        return None
    found = _version(db, rows[0][0], scan)
    if found is None:
        sql = (
            "SELECT v.source FROM relation_version v JOIN word w ON w.id = v.type "
            "WHERE v.target = ? AND w.text = '~alias' AND v.first <= ? AND v.until > ? ORDER BY v.id"
        )
        for (node,) in db.rows(sql, (rows[0][0], scan, scan)):
            found = found or _version(db, node, scan)
    return found


def _version(db: Database, node: int, scan: int) -> AssetRow | None:
    begin = node * SCANS
    rows = db.rows(
        "SELECT id, body FROM asset_version WHERE id >= ? AND id <= ? AND until > ?", (begin, begin + scan, scan)
    )
    if not rows:
        return None
    stale = db.rows("SELECT 1 FROM stale WHERE node = ? AND first <= ? AND until > ?", (node, scan, scan))
    return AssetRow(_asset.decode(rows[0][1]), rows[0][0] % SCANS, bool(stale))


def assets_page(
    db: Database,
    scan: int,
    *,
    provider: str | None = None,
    account: str | None = None,
    kind: str | None = None,
    region: str | None = None,
    text: str | None = None,
    after: int = 0,
    limit: int = 200,
) -> tuple[list[AssetRow], int | None]:
    """Assets at a scan that fit every filter given, and the `after` of the next page (None: that was all).

    `text` is looked for in names and uids, letters of either case. All accounts known at that time are shown, also
    those that the scan did not look into.
    """
    conditions = ["v.id > ?", "v.until > ?", f"{FIRST.replace('id', 'v.id')} <= ?"]
    values: list[Any] = [scan, scan, after, scan, scan]
    for condition, value in {
        "a.provider = ?": provider,
        "a.account = ?": account,
        "s.kind = ?": kind,
        "s.region = ?": region,
    }.items():
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if text:
        lowered = db.lowered
        conditions.append(f"({lowered('v.name')} LIKE ? ESCAPE '!' OR {lowered('n.uid')} LIKE ? ESCAPE '!')")
        pattern = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
        values += [f"%{pattern}%"] * 2
    sql = (
        "SELECT v.id, v.body, t.node FROM asset_version v JOIN scope s ON s.id = v.scope "
        f"JOIN account a ON a.id = s.account JOIN node n ON n.id = v.id / {SCANS} "
        f"LEFT JOIN stale t ON t.node = v.id / {SCANS} AND t.first <= ? AND t.until > ? "
        f"WHERE {' AND '.join(conditions)} ORDER BY v.id LIMIT {int(limit) + 1}"
    )
    rows = db.rows(sql, values)
    page = [AssetRow(_asset.decode(body), key % SCANS, stale is not None) for key, body, stale in rows[:limit]]
    return page, rows[limit - 1][0] if len(rows) > limit else None
