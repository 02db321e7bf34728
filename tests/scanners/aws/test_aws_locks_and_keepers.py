"""Locks that hold, keepers of snapshots, and what stands between the ends of a transfer."""

from typing import Any

import pytest
from simulated_aws import play

from scanners.aws.live import backup, ec2, transfers

KEY = "arn:aws:kms:eu-central-1:111122223333:key/k"
VAULT = "arn:aws:backup:eu-central-1:111122223333:backup-vault:v"


@pytest.mark.parametrize(
    ("lock", "fixed"),
    [
        ({"Locked": False}, False),
        ({"Locked": True}, False),
        ({"Locked": True, "LockDate": "2026-01-01"}, True),
        ({}, None),
    ],
    ids=["none", "governance", "compliance", "not told"],
)
def test_only_a_lock_with_a_date_cannot_be_lifted(lock: dict[str, Any], fixed: bool | None) -> None:
    point = {"RecoveryPointArn": "arn:aws:backup:eu-central-1:111122223333:recovery-point:p", "ResourceArn": "arn:x"}
    answers: dict[str, Any] = {
        "backup.ListBackupVaults": {
            "BackupVaultList": [{"BackupVaultName": "v", "BackupVaultArn": VAULT, "EncryptionKeyArn": KEY, **lock}]
        },
        "backup.ListRecoveryPointsByBackupVault": {"RecoveryPoints": [point]},
    }
    run = play(backup.COLLECTORS, answers)
    assert run.assets[VAULT].attributes.get("immutable") is fixed
    assert run.assets[point["RecoveryPointArn"]].attributes.get("immutable") is fixed


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ([], False),
        ([{"Key": "a", "Value": "b"}], False),
        ([{"Key": "aws:dlm:lifecycle-policy-id", "Value": "p"}], True),
    ],
)
def test_tags_tell_who_keeps_a_snapshot(tags: list[Any], kept: bool) -> None:
    shot = {"SnapshotId": "snap-1", "OwnerId": "111122223333", "Tags": tags}

    def snapshots(parameters: dict[str, Any]) -> dict[str, Any]:
        return {"Snapshots": [] if "RestorableByUserIds" in parameters else [shot]}

    run = play(ec2.COLLECTORS, {"ec2.DescribeSnapshots": snapshots})
    assert run.only("storage.snapshot").attributes["managed_by_backup"] is kept


@pytest.mark.parametrize(
    ("source", "hops"), [("s3://a/", []), ("efs://eu-central-1.fs-1/", []), ("nfs://files.example/x", None)]
)
def test_between_stores_of_aws_no_agent_stands(source: str, hops: list[Any] | None) -> None:
    here = "arn:aws:datasync:eu-central-1:111122223333"
    answers: dict[str, Any] = {
        "datasync.ListTasks": {"Tasks": [{"TaskArn": f"{here}:task/t"}]},
        "datasync.DescribeTask": {
            "TaskArn": f"{here}:task/t",
            "SourceLocationArn": f"{here}:location/a",
            "DestinationLocationArn": f"{here}:location/b",
        },
        "datasync.ListLocations": {
            "Locations": [
                {"LocationArn": f"{here}:location/a", "LocationUri": source},
                {"LocationArn": f"{here}:location/b", "LocationUri": "s3://b/"},
            ]
        },
    }
    run = play(transfers.COLLECTORS, answers)
    (job,) = [a for a in run.assets.values() if a.native_type == "AWS::DataSync::Task"]
    assert job.attributes.get("hops") == hops
