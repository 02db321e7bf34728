"""Write-once locks of buckets: AWS Config spells the whole of `ObjectLockConfiguration` in camelCase."""

import json
from pathlib import Path
from typing import Any

import pytest

from scanners.exports.read import read_exports
from scanners.model import Asset, Item


def bucket(folder: Path, lock: dict[str, Any] | None) -> dict[str, Any]:
    supplement = {} if lock is None else {"ObjectLockConfiguration": lock}
    item = {
        "resourceType": "AWS::S3::Bucket",
        "resourceId": "b",
        "resourceName": "b",
        "awsRegion": "eu-west-1",
        "awsAccountId": "111122223333",
        "configurationItemStatus": "OK",
        "configuration": {"name": "b"},
        "supplementaryConfiguration": supplement,
    }
    (folder / "s.json").write_text(
        json.dumps({"configSnapshotId": "x", "configurationItems": [item]}), encoding="utf-8"
    )
    items: list[Item] = []
    read_exports([folder], items.extend)
    [found] = [i for i in items if isinstance(i, Asset) and i.kind == "storage.bucket"]
    return found.attributes


@pytest.mark.parametrize(
    ("retention", "days", "immutable"),
    [
        ({"mode": "COMPLIANCE", "days": 400, "years": None}, 400, True),
        ({"mode": "COMPLIANCE", "days": None, "years": 2}, 730, True),
        ({"mode": "GOVERNANCE", "days": 30, "years": None}, 30, False),
    ],
)
def test_a_lock_is_read(tmp_path: Path, retention: dict[str, Any], days: int, immutable: bool) -> None:
    found = bucket(tmp_path, {"objectLockEnabled": "Enabled", "rule": {"defaultRetention": retention}})
    assert (found["lock_days"], found["immutable"]) == (days, immutable)


def test_a_lock_that_was_not_read_is_not_none(tmp_path: Path) -> None:
    assert "lock_days" not in bucket(tmp_path, None)
