"""Reading what is known of scans."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.history import Detail
from app.store.records import FINISHED, ScanInfo
from scanners.model import Coverage, CoverageStatus

_COLUMNS: Final = "id, state, started, ended, program, connections, counts, warnings, manifest"


def _info(row: Sequence[Any]) -> ScanInfo:
    number, state, started, ended, program, connections, counts, warnings, manifest = row
    return ScanInfo(
        id=number,
        state=state,
        started=datetime.fromisoformat(started),
        ended=None if ended is None else datetime.fromisoformat(ended),
        program=program,
        connections=msgspec.json.decode(connections, type=tuple[str, ...]),
        warnings=msgspec.json.decode(warnings, type=tuple[str, ...]),
        manifest=manifest,
        **msgspec.json.decode(counts, type=dict[str, int]),
    )


def scan_info(db: Database, scan: int) -> ScanInfo:
    """One scan. Raises KnownStoreError where there is none of this number."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM scan WHERE id = ?", (scan,))
    if not rows:
        raise KnownStoreError(f"The store {db.where.label} has no scan {scan}.")
    return _info(rows[0])


def scan_infos(db: Database) -> list[ScanInfo]:
    """All scans, oldest first."""
    return [_info(row) for row in db.rows(f"SELECT {_COLUMNS} FROM scan ORDER BY id")]


def latest_scan(db: Database) -> ScanInfo | None:
    """The newest scan that was finished, or None."""
    return next((info for info in reversed(scan_infos(db)) if info.state in FINISHED), None)


def coverage_of(db: Database, scan: int) -> list[Coverage]:
    """Every coverage cell of a scan, in a steady order."""
    connections = scan_info(db, scan).connections
    sql = (
        "SELECT c.text, a.provider, a.account, r.text, s.text, k.text, v.status, v.count, v.detail FROM coverage v "
        "JOIN word c ON c.id = v.connection JOIN account a ON a.id = v.account JOIN word r ON r.id = v.region "
        "JOIN word s ON s.id = v.service JOIN word k ON k.id = v.kind "
        "WHERE v.first <= ? AND v.until > ? AND c.text IN ({})"
    )
    cells: list[Coverage] = []
    for connection, provider, account, region, service, kind, status, count, told in db.among(
        sql, connections, (scan, scan)
    ):
        detail = msgspec.json.decode(told, type=Detail)
        cells.append(
            Coverage(
                connection,
                provider,
                account,
                region,
                service,
                kind,
                CoverageStatus(status),
                count,
                detail.missing_permission,
                detail.denied_by,
                detail.detail,
            )
        )
    cells.sort(key=lambda c: (c.connection, c.provider, c.account, c.region, c.service, c.kind))
    return cells
