"""Files of AWS Config in its three dialects."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanners.exports import ImportedFile, State, read_exports
from scanners.exports.awsshapes import unwrapped
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Item, LocationKind, Relation, problems

ACCOUNT = "123456789012"
REGION = "eu-central-1"


def item(native: str, identity: str, configuration: Any, supplement: Any = None, **changes: Any) -> dict[str, Any]:
    """An item as a delivered file holds it."""
    return {
        "relatedEvents": [],
        "relationships": [],
        "configuration": configuration,
        "supplementaryConfiguration": supplement or {},
        "tags": {"b": "2", "a": "1"},
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": "2026-10-01T10:00:00.000Z",
        "awsAccountId": ACCOUNT,
        "configurationItemStatus": "OK",
        "resourceType": native,
        "resourceId": identity,
        "awsRegion": REGION,
        **changes,
    }


BUCKET = item(
    "AWS::S3::Bucket",
    "scans",
    {"name": "scans", "owner": {"id": "0"}, "creationDate": "2025-01-02T03:04:05.000Z"},
    {
        "AccessControlList": json.dumps(
            json.dumps({"grantList": [{"grantee": "AllUsers", "permission": "Read"}], "owner": {"id": "0"}})
        ),
        "BucketPolicy": {"policyText": None},
        "BucketVersioningConfiguration": {"status": "Enabled", "isMfaDeleteEnabled": None},
        "BucketLoggingConfiguration": {"destinationBucketName": "logs", "logFilePrefix": ""},
        "ServerSideEncryptionConfiguration": {
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {
                        "sseAlgorithm": "aws:kms",
                        "kmsMasterKeyID": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
                    }
                }
            ]
        },
        "PublicAccessBlockConfiguration": {
            "blockPublicAcls": False,
            "ignorePublicAcls": False,
            "blockPublicPolicy": False,
            "restrictPublicBuckets": False,
        },
        "BucketLifecycleConfiguration": {
            "rules": [
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"predicate": {"type": "LifecyclePrefixPredicate", "prefix": ""}},
                    "expirationInDays": 400,
                    "noncurrentVersionExpirationInDays": -1,
                }
            ]
        },
        "BucketReplicationConfiguration": {
            "roleARN": "arn:aws:iam::1:role/r",
            "rules": {
                "copy": {
                    "status": "Enabled",
                    "destinationConfig": {"bucketARN": "arn:aws:s3:::scans-us", "Account": "999988887777"},
                    "deleteMarkerReplication": {"status": "DISABLED"},
                }
            },
        },
    },
    ARN="arn:aws:s3:::scans",
)
GUARD_OFF = item(
    "AWS::S3::AccountPublicAccessBlock",
    ACCOUNT,
    {
        "blockPublicAcls": True,
        "ignorePublicAcls": False,
        "blockPublicPolicy": True,
        "restrictPublicBuckets": False,
    },
)


def read(folder: Path, document: Any, name: str = "export.json") -> tuple[ImportedFile, list[Item]]:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    items: list[Item] = []
    [file] = read_exports([path], items.extend)
    for one in items:
        if isinstance(one, Asset):
            assert problems(one.kind, one.attributes) == []
    return file, items


def snapshot(*items: dict[str, Any]) -> dict[str, Any]:
    return {"fileVersion": "1.0", "configSnapshotId": "id", "configurationItems": list(items)}


def assets(items: list[Item], kind: str) -> list[Asset]:
    return [one for one in items if isinstance(one, Asset) and one.kind == kind]


def api(one: dict[str, Any]) -> dict[str, Any]:
    """The same item as the API answers it: other names, configuration as text, supplements encoded twice."""
    changed = {k: v for k, v in one.items() if k not in ("awsAccountId", "ARN")}
    changed["accountId"] = one["awsAccountId"]
    if "ARN" in one:
        changed["arn"] = one["ARN"]
    changed["configuration"] = json.dumps(one["configuration"])
    changed["supplementaryConfiguration"] = {
        k: v if isinstance(v, str) else json.dumps(v) for k, v in one["supplementaryConfiguration"].items()
    }
    return changed


def columns(one: dict[str, Any]) -> dict[str, Any]:
    """The same item as a query gives it."""
    kept = {
        k: one[k] for k in ("configuration", "supplementaryConfiguration", "resourceType", "resourceId", "awsRegion")
    }
    tags = [{"key": k, "tag": f"{k}={v}", "value": v} for k, v in one["tags"].items()]
    if "ARN" in one:
        kept["arn"] = one["ARN"]
    return {**kept, "accountId": one["awsAccountId"], "tags": tags, "configurationItemStatus": "OK"}


def test_a_bucket_with_everything(tmp_path: Path) -> None:
    file, items = read(tmp_path, snapshot(BUCKET, GUARD_OFF))
    assert (file.state, file.warnings) == (State.COMPLETE, [])
    [bucket] = assets(items, "storage.bucket")
    assert (bucket.uid, bucket.account, bucket.name) == ("arn:aws:s3:::scans", ACCOUNT, "scans")
    assert (bucket.location.kind, bucket.location.region) == (LocationKind.REGION, REGION)
    assert bucket.tags == {"a": "1", "b": "2"}
    assert bucket.created_at is not None
    assert bucket.attributes == {
        "tls_min_below_12": False,
        "encrypted": True,
        "encryption": "aws:kms",
        "versioning": True,
        "expire_days": 400,
        "noncurrent_expire_days": None,
        "soft_delete_days": 0,
        "https_only": False,
        "public_access": "public",
        "read_logging": True,
        "relations_read": [],  # AWS Config does not tell whether objects may have access lists of their own
    }
    relations = {(r.type, r.target): r.attributes for r in items if isinstance(r, Relation)}
    assert relations == {
        ("encrypted_by", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"): {},
        ("logs_to", "arn:aws:s3:::logs"): {},
        ("shared_with", "public"): {},
        ("replicates_to", "arn:aws:s3:::scans-us"): {
            "continuous": True,
            "enabled": True,
            "delete_propagation": False,
            "account": "999988887777",
        },
    }
    [account] = assets(items, "account")
    assert (account.uid, account.attributes) == (f"arn:aws:iam::{ACCOUNT}:root", {"id": ACCOUNT})
    [guard] = assets(items, "governance.policy")
    assert guard.attributes["enforced"] is False


@pytest.mark.parametrize("form", [lambda one: one, api, columns])
def test_a_list_that_names_another_canonical_user_shares_the_bucket(
    tmp_path: Path, form: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    own, other = ({"grantee": {"id": who, "displayName": None}, "permission": "FullControl"} for who in ("0", "9"))
    found: list[list[str]] = []
    for grants in ([own], [own, other]):
        held = json.dumps({"grantSet": None, "grantList": grants, "owner": {"id": "0"}})
        supplement = {**BUCKET["supplementaryConfiguration"], "AccessControlList": held}
        one = form({**BUCKET, "supplementaryConfiguration": supplement})
        said = {"Results": [json.dumps(one)], "QueryInfo": {}} if form is columns else snapshot(one)
        _, items = read(tmp_path, said)
        found.append([r.target for r in items if isinstance(r, Relation) and r.type == "shared_with"])
    assert found == [[], ["account:9"]]


def test_without_the_guard_of_the_account_nobody_knows_whether_an_open_bucket_is_public(tmp_path: Path) -> None:
    _, items = read(tmp_path, snapshot(BUCKET))
    [bucket] = assets(items, "storage.bucket")
    assert "public_access" not in bucket.attributes


@pytest.mark.parametrize("form", [None, {}, "", [], "Unheard-of", {"status": None}, {"status": "Unheard-of"}])
def test_a_form_that_says_nothing_is_not_read(tmp_path: Path, form: Any) -> None:
    parts = ("BucketVersioningConfiguration", "BucketPolicy", "BucketLoggingConfiguration")
    supplement = {**BUCKET["supplementaryConfiguration"], **dict.fromkeys(parts, json.dumps(form))}
    _, items = read(tmp_path, snapshot({**BUCKET, "supplementaryConfiguration": supplement}, GUARD_OFF))
    [bucket] = assets(items, "storage.bucket")
    assert not {"versioning", "https_only", "soft_delete_days"} & bucket.attributes.keys()
    assert bucket.attributes.get("public_access") != "none"


def test_three_dialects_give_the_same_asset_and_evidence(tmp_path: Path) -> None:
    forms = {
        "file": snapshot(BUCKET, GUARD_OFF),
        "history": {"configurationItems": [api(BUCKET), api(GUARD_OFF)], "nextToken": None},
        "batch": {"baseConfigurationItems": [api(GUARD_OFF), api(BUCKET)], "unprocessedResourceKeys": []},
        "query": {"Results": [json.dumps(columns(BUCKET)), json.dumps(columns(GUARD_OFF))], "QueryInfo": {}},
        "query as objects": {"QueryInfo": {"SelectFields": []}, "Results": [columns(GUARD_OFF), columns(BUCKET)]},
    }
    seen: list[Any] = []
    for name, form in forms.items():
        file, items = read(tmp_path, form, name)
        assert (file.state, file.warnings) == (State.COMPLETE, []), name
        [bucket] = assets(items, "storage.bucket")
        bodies = sorted(e.body for e in items if isinstance(e, Evidence))
        seen.append((bucket.uid, bucket.account, bucket.attributes, bucket.tags, bucket.evidence, bodies))
    assert all(one == seen[0] for one in seen)


def test_an_unchanged_resource_gives_unchanged_evidence_when_tags_come_in_another_order(tmp_path: Path) -> None:
    _, first = read(tmp_path, snapshot(BUCKET))
    _, second = read(tmp_path, snapshot({**BUCKET, "tags": {"a": "1", "b": "2"}, "configurationStateId": 9}))
    assert [e.digest for e in first if isinstance(e, Evidence)] == [e.digest for e in second if isinstance(e, Evidence)]


def volume(encrypted: bool, at: str, status: str = "OK", identity: str = "vol-1") -> dict[str, Any]:
    configuration = None if "Deleted" in status else {"volumeId": identity, "encrypted": encrypted}
    return item(
        "AWS::EC2::Volume",
        identity,
        configuration,
        configurationItemCaptureTime=f"2026-10-{at}T00:00:00.000Z",
        configurationItemStatus=status,
    )


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_of_a_history_the_newest_capture_counts(tmp_path: Path, order: list[int]) -> None:
    captures = [volume(False, "01"), volume(True, "03"), volume(False, "02")]
    file, items = read(tmp_path, {"fileVersion": "1.0", "configurationItems": [captures[n] for n in order]})
    [found] = assets(items, "storage.volume")
    assert found.attributes["encrypted"] is True
    assert file.warnings == []
    [evidence] = [e for e in items if isinstance(e, Evidence)]
    assert evidence.seen_at is not None
    assert evidence.seen_at.isoformat() == "2026-10-03T00:00:00+00:00"


def test_what_was_deleted_is_no_asset(tmp_path: Path) -> None:
    deleted = volume(False, "05", "ResourceDeleted")
    file, items = read(
        tmp_path, {"configurationItems": [volume(True, "01"), deleted, volume(True, "01", "OK", "vol-2")]}
    )
    assert [a.name for a in assets(items, "storage.volume")] == ["vol-2"]
    assert "1 resources had been deleted" in file.warnings[0]


def test_what_is_not_recorded_is_said_to_be_so(tmp_path: Path) -> None:
    unrecorded = item("AWS::KMS::Key", "k", None, configurationItemStatus="ResourceNotRecorded")
    file, items = read(tmp_path, snapshot(volume(True, "01"), unrecorded))
    assert assets(items, "key") == []
    assert "not recorded" in file.warnings[0]
    [cell] = [c for c in items if isinstance(c, Coverage) and (c.service, c.kind) == ("kms", "key")]
    assert cell.status is CoverageStatus.NOT_EXPORTED


def test_coverage_says_what_was_seen_and_what_config_cannot_show(tmp_path: Path) -> None:
    _, items = read(tmp_path, snapshot(volume(True, "01"), volume(True, "01", "OK", "vol-2"), BUCKET))
    cells = {(c.account, c.region, c.service, c.kind): c for c in items if isinstance(c, Coverage)}
    disks = cells[ACCOUNT, REGION, "ec2", "storage.volume"]
    assert (disks.status, disks.count, disks.connection) == (CoverageStatus.COLLECTED, 2, "import:export.json")
    jobs = cells[ACCOUNT, REGION, "sagemaker", "training.job"]
    assert jobs.status is CoverageStatus.NOT_EXPORTED
    assert "AWS Config does not record training" in (jobs.detail or "")
    assert (ACCOUNT, REGION, "rds", "database.instance") not in cells
    left_out = cells[ACCOUNT, "*", "config.types", "database.instance"]
    assert (left_out.status, "recorder" in (left_out.detail or "")) == (CoverageStatus.NOT_EXPORTED, True)
    assert (ACCOUNT, "*", "config.types", "storage.volume") not in cells
    reads = cells[ACCOUNT, REGION, "cloudtrail.dataevents", "log.trail"]
    assert reads.status is CoverageStatus.NOT_EXPORTED
    assert "which reads" in (reads.detail or "")


def test_items_without_a_region_are_kept_and_told(tmp_path: Path) -> None:
    nowhere = volume(True, "01")
    del nowhere["awsRegion"]
    file, items = read(tmp_path, snapshot(nowhere))
    [found] = assets(items, "storage.volume")
    assert found.location.kind is LocationKind.UNKNOWN
    assert "1 items name no region" in file.warnings[0]


def test_a_transfer_task_reaches_the_stores_at_its_ends(tmp_path: Path) -> None:
    base = f"arn:aws:datasync:{REGION}:{ACCOUNT}"
    task = item(
        "AWS::DataSync::Task",
        f"{base}:task/t",
        {
            "TaskArn": f"{base}:task/t",
            "Name": "night",
            "SourceLocationArn": f"{base}:location/a",
            "DestinationLocationArn": f"{base}:location/b",
            "Schedule": {"ScheduleExpression": "rate(1 day)"},
        },
    )
    ends = [
        item("AWS::DataSync::LocationS3", "a", {"LocationArn": f"{base}:location/a", "LocationUri": "s3://scans/x/"},
             ARN=f"{base}:location/a"),
    ]  # fmt: skip
    _, items = read(tmp_path, snapshot(task, *ends))
    assert {(r.type, r.target) for r in items if isinstance(r, Relation)} == {
        ("reads", "arn:aws:s3:::scans"),
        ("writes", f"{base}:location/b"),
    }
    [job] = assets(items, "transfer.job")
    assert job.attributes == {"schedule": "rate(1 day)", "continuous": True}


def test_a_query_without_the_type_takes_it_from_the_arn(tmp_path: Path) -> None:
    row = {"resourceId": "k", "configuration": {"arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k", "keyManager": "AWS"}}
    nameless = {"resourceId": "x", "configuration": {"a": 1}}
    file, items = read(tmp_path, {"Results": [json.dumps(row), json.dumps(nameless)], "QueryInfo": {}})
    [key] = assets(items, "key")
    assert (key.account, key.location.region, key.attributes["custody"]) == (ACCOUNT, REGION, "provider")
    assert file.state is State.PARTIAL
    assert "select resourceType, arn" in file.warnings[0]


def test_a_configuration_that_is_no_object_is_left_out(tmp_path: Path) -> None:
    file, items = read(tmp_path, snapshot(volume(True, "01"), item("AWS::EC2::Volume", "vol-2", [1, 2])))
    assert len(assets(items, "storage.volume")) == 1
    assert file.state is State.PARTIAL
    assert "the configuration of item 2 (byte" in file.warnings[0]


def test_secrets_of_undeclared_members_are_not_kept(tmp_path: Path) -> None:
    machine = item(
        "AWS::EC2::Instance",
        "i-1",
        {"instanceId": "i-1", "userData": "PASSWORD-1", "networkInterfaces": [{"description": "PASSWORD-2"}]},
        {"Environment": {"x": "PASSWORD-3"}},
    )
    _, items = read(tmp_path, snapshot(machine))
    assert len(assets(items, "compute.instance")) == 1
    assert all(b"PASSWORD" not in e.body for e in items if isinstance(e, Evidence))


def test_recorded_answers_of_the_api(recordings: Path, tmp_path: Path) -> None:
    for recording in sorted((recordings / "aws" / "config").glob("*ResourceConfig*.json")):
        body = json.loads(recording.read_text(encoding="utf-8"))["body"]
        file, items = read(tmp_path, body, recording.name)
        assert file.provider == "aws"
        assert file.state in (State.COMPLETE, State.PARTIAL)
        assert all("\n" not in warning for warning in file.warnings)
        assert assets(items, "identity") == []  # users and security groups are none of the kinds


def test_unwrapping_is_bounded() -> None:
    value: Any = {"a": 1}
    for _ in range(3):
        value = json.dumps(value)
    assert unwrapped(value) == {"a": 1}
    for _ in range(10):
        value = json.dumps(value)
    assert isinstance(unwrapped(value), str)
    assert unwrapped("[" * 100_000) == "[" * 100_000
    assert unwrapped("plain") == "plain"
    assert unwrapped("null") is None
