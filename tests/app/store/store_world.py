"""Small invented worlds for the tests of the store."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from app.store import Store
from app.store.records import ScanInfo
from scanners.model import (
    Asset,
    Coverage,
    CoverageStatus,
    Evidence,
    Item,
    Location,
    LocationKind,
    Relation,
    canonical,
    digest,
)

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
COLLECTED, EMPTY, PARTIAL, DENIED = (
    CoverageStatus.COLLECTED,
    CoverageStatus.EMPTY,
    CoverageStatus.PARTIAL,
    CoverageStatus.DENIED,
)


def region(name: str) -> Location:
    """A region."""
    return Location(LocationKind.REGION, name)


def bucket(
    name: str, *, account: str = "111", at: str = "eu-west-1", kind: str = "storage.bucket", **more: Any
) -> Asset:
    """A bucket, or an asset of another kind, with these attributes."""
    return Asset(f"arn:aws:s3:::{name}", "aws", account, kind, "AWS::S3::Bucket", name, region(at), more)


def cell(
    status: CoverageStatus = COLLECTED,
    *,
    connection: str = "prod",
    account: str = "111",
    at: str = "eu-west-1",
    service: str = "s3",
    kind: str = "storage.bucket",
) -> Coverage:
    """A cell of coverage."""
    return Coverage(connection, "aws", account, at, service, kind, status)


def document(content: dict[str, Any], seen_at: datetime | None = None, source: str = "export.json:1") -> Evidence:
    """Evidence of this content."""
    body = canonical(content)
    return Evidence(digest(body), body, "config:snapshot", source, seen_at)


def scan(
    store: Store, items: Iterable[Item], connections: Iterable[str] = ("prod",), state: Any = "complete"
) -> ScanInfo:
    """One whole scan."""
    writer = store.begin_scan(list(connections), started=NOON, program="test")
    writer.write(items)
    return writer.finish(state, NOON)


def held(store: Store, number: int) -> dict[str, bool]:
    """Names of the assets that a scan stands for → whether they are stale."""
    estate = store.estate(number)
    return {asset.name: estate.stale(node) for batch in estate.assets() for node, asset in batch}


def told(store: Store, number: int) -> set[tuple[str, str, str]]:
    """Relations that a scan stands for."""
    return {(r.source, kind, r.target) for batch in store.estate(number).relations() for _, kind, _, r in batch}


__all__ = [
    "COLLECTED",
    "DENIED",
    "EMPTY",
    "NOON",
    "PARTIAL",
    "Relation",
    "bucket",
    "cell",
    "document",
    "held",
    "region",
    "scan",
    "told",
]
