"""Recording decisions in the store; runs in a worker thread, imports no Qt."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.desktop.snapshot import FindingRow


def accept_all(where: str | Path, rows: Sequence[FindingRow], why: str, owner: str, until: date) -> int:
    """Record one acceptance for each finding; returns how many. Raises KnownStoreError."""
    from app.store import Store

    with Store.open(where, create=False) as store:
        for row in rows:
            store.accept(row.rule, asset=row.asset, flow=row.flow, why=why, owner=owner, until=until)
    return len(rows)


def revoke_all(where: str | Path, acceptances: Sequence[str], by: str, why: str) -> int:
    """Take acceptances back; returns how many. Raises KnownStoreError."""
    from app.store import Store

    with Store.open(where, create=False) as store:
        for number in acceptances:
            store.revoke(number, by=by, why=why)
    return len(acceptances)


def digests(paths: Sequence[Path]) -> list[tuple[Path, int, str]]:
    """Each file with its size in bytes and its SHA-256. Raises OSError."""
    found: list[tuple[Path, int, str]] = []
    for path in paths:
        with path.open("rb") as file:
            found.append((path, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()))
    return found
