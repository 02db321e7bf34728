"""EFS, FSx, ECR, AWS Backup and lifecycle policies of snapshots, live."""

import json
from pathlib import Path
from typing import Any

import pytest
from simulated_aws import DENIED, denied, play, recorded

from scanners.aws.live import backup, filesystems

ACCOUNT = "111122223333"
FILES = filesystems.COLLECTORS
KEPT = backup.COLLECTORS
S3 = "arn:aws:s3:::"


def efs(name: str) -> dict[str, Any]:
    arn = f"arn:aws:elasticfilesystem:eu-central-1:{ACCOUNT}:file-system/{name}"
    return {"FileSystemId": name, "FileSystemArn": arn, "Encrypted": True, "Tags": [], "NumberOfMountTargets": 1}


def test_a_file_system_of_efs_with_its_copy_in_another_region_and_account() -> None:
    copy = {"FileSystemId": "fs-9", "Region": "us-east-1", "OwnerId": "999988887777", "Status": "ENABLED"}
    answers: dict[str, Any] = {
        "efs.DescribeFileSystems": [{"FileSystems": [efs("fs-1")]}, {"FileSystems": [efs("fs-2")]}],
        "efs.DescribeReplicationConfigurations": {
            "Replications": [
                {"SourceFileSystemId": "fs-1", "SourceFileSystemRegion": "eu-central-1", "Destinations": [copy]}
            ]
        },
        "efs.DescribeFileSystemPolicy": ("PolicyNotFound", "There is none."),
        "efs.DescribeBackupPolicy": ("PolicyNotFound", "There is none."),
    }
    run = play(FILES, answers)
    first, second = (run.assets[efs(name)["FileSystemArn"]] for name in ("fs-1", "fs-2"))
    assert first.attributes["secondary_loc"] == {"kind": "region", "region": "us-east-1"}
    assert second.attributes["secondary_loc"] is None
    assert first.attributes["https_only"] is False
    assert first.attributes["backup_retention_days"] == 0
    assert first.attributes["cross_zone"] is True
    target = "arn:aws:elasticfilesystem:us-east-1:999988887777:file-system/fs-9"
    assert ("replicates_to", target) in run.relations(first.uid)
    assert run.calls["efs.DescribeReplicationConfigurations"] == 1
    assert run.status("efs", "storage.filesystem") == "collected"
    unread = play(FILES, {**answers, "efs.DescribeReplicationConfigurations": DENIED})
    assert "secondary_loc" not in unread.assets[first.uid].attributes
    assert unread.status("efs", "storage.filesystem") == "partial"


def test_a_lustre_file_system_with_the_bucket_behind_it_and_its_zone() -> None:
    arn = f"arn:aws:fsx:eu-central-1:{ACCOUNT}:file-system/fs-7"
    answers: dict[str, Any] = {
        "fsx.DescribeFileSystems": {
            "FileSystems": [
                {
                    "FileSystemId": "fs-7",
                    "ResourceARN": arn,
                    "FileSystemType": "LUSTRE",
                    "DNSName": "fs-7.fsx.eu-central-1.amazonaws.com",
                    "SubnetIds": ["subnet-1"],
                    "VpcId": "vpc-1",
                    "LustreConfiguration": {
                        "DeploymentType": "SCRATCH_2",
                        "DataRepositoryConfiguration": {"ImportPath": "s3://old/x"},
                    },
                    "Tags": [],
                }
            ]
        },
        "fsx.DescribeDataRepositoryAssociations": [
            {
                "Associations": [
                    {
                        "FileSystemId": "fs-7",
                        "DataRepositoryPath": "s3://train/x",
                        "S3": {"AutoExportPolicy": {"Events": ["NEW", "DELETED"]}},
                    }
                ]
            },
            {"Associations": [{"FileSystemId": "fs-7", "DataRepositoryPath": "s3://second/x"}]},
        ],
        "ec2.DescribeSubnets": {
            "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "eu-central-1-ham-1a"}]
        },
    }
    run = play(FILES, answers)
    system = run.assets[arn]
    assert run.relations(arn) >= {
        ("reads", S3 + "old"),
        ("reads", S3 + "train"),
        ("writes", S3 + "train"),
        ("reads", S3 + "second"),
    }
    assert run.edge(arn, "writes", S3 + "train") == {"continuous": True, "delete_propagation": True}
    assert system.attributes["custody"] == "provider"
    assert system.location.kind.value == "edge"
    assert system.location.zone == "eu-central-1-ham-1a"
    part = play(FILES, {**answers, "fsx.DescribeDataRepositoryAssociations": DENIED})
    assert part.status("fsx", "storage.filesystem") == "partial"


def test_a_copied_backup_names_the_region_that_it_came_from() -> None:
    backup_here = {
        "BackupId": "backup-2",
        "ResourceARN": f"arn:aws:fsx:eu-central-1:{ACCOUNT}:backup/backup-2",
        "Type": "AWS_BACKUP",
        "SourceBackupRegion": "us-east-1",
        "SourceBackupId": "backup-1",
        "FileSystem": {"FileSystemId": "fs-7"},
    }
    run = play(FILES, {"fsx.DescribeBackups": {"Backups": [backup_here]}})
    copy = run.only("storage.snapshot")
    assert copy.attributes["source_region"] == "us-east-1"
    assert copy.attributes["managed_by_backup"] is True
    assert ("replicates_to", copy.uid) in run.relations(f"arn:aws:fsx:us-east-1:{ACCOUNT}:backup/backup-1")


def test_vaults_plans_and_points_of_aws_backup() -> None:
    here = f"arn:aws:backup:eu-central-1:{ACCOUNT}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
                "Action": "backup:CopyIntoBackupVault",
                "Resource": "*",
            }
        ],
    }
    answers: dict[str, Any] = {
        "backup.ListBackupVaults": {
            "BackupVaultList": [
                {
                    "BackupVaultName": "v",
                    "BackupVaultArn": f"{here}:backup-vault:v",
                    "Locked": True,
                    "MinRetentionDays": 30,
                    "NumberOfRecoveryPoints": 1,
                },
                {
                    "BackupVaultName": "none",
                    "BackupVaultArn": f"{here}:backup-vault:none",
                    "Locked": False,
                    "NumberOfRecoveryPoints": 0,
                },
            ]
        },
        "backup.GetBackupVaultAccessPolicy": {"Policy": json.dumps(policy)},
        "backup.ListBackupPlans": {
            "BackupPlansList": [{"BackupPlanId": "p", "BackupPlanArn": f"{here}:backup-plan:p"}]
        },
        "backup.GetBackupPlan": {
            "BackupPlanId": "p",
            "BackupPlanArn": f"{here}:backup-plan:p",
            "BackupPlan": {
                "BackupPlanName": "p",
                "Rules": [
                    {
                        "RuleName": "r",
                        "TargetBackupVaultName": "v",
                        "CopyActions": [
                            {"DestinationBackupVaultArn": f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:far"}
                        ],
                    }
                ],
            },
        },
        "backup.ListRecoveryPointsByBackupVault": [
            {"RecoveryPoints": [{"RecoveryPointArn": f"{here}:recovery-point:1", "IsEncrypted": True}]},
            {"RecoveryPoints": [{"RecoveryPointArn": f"{here}:recovery-point:2", "IsEncrypted": True}]},
        ],
    }
    run = play(KEPT, answers)
    assert run.assets[f"{here}:backup-vault:v"].attributes["lock_days"] == 30
    assert ("shared_with", "account:999988887777") in run.relations(f"{here}:backup-vault:v")
    far = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:far"
    assert ("replicates_to", far) in run.relations(f"{here}:backup-vault:v")
    assert len([a for a in run.assets.values() if a.kind == "storage.snapshot"]) == 2
    assert run.calls["backup.ListRecoveryPointsByBackupVault"] == 2


def test_lifecycle_policies_copy_snapshots_to_other_regions_and_share_them() -> None:
    policy = {
        "PolicyId": "policy-1",
        "State": "ENABLED",
        "PolicyDetails": {
            "Schedules": [
                {
                    "CrossRegionCopyRules": [{"Target": "us-west-2", "Encrypted": True}],
                    "ShareRules": [{"TargetAccounts": ["999988887777"]}],
                }
            ]
        },
    }
    run = play(
        KEPT,
        {
            "dlm.GetLifecyclePolicies": {"Policies": [{"PolicyId": "policy-1"}]},
            "dlm.GetLifecyclePolicy": {"Policy": policy},
        },
    )
    rule = run.only("replication")
    assert rule.attributes["enabled"] is True
    assert run.relations(rule.uid) == {
        ("replicates_to", f"arn:aws:ec2:us-west-2:{ACCOUNT}:snapshot/*"),
        ("shared_with", "account:999988887777"),
    }


def test_registries_their_policy_and_their_copies() -> None:
    arn = f"arn:aws:ecr:eu-central-1:{ACCOUNT}:repository/repo"
    answers: dict[str, Any] = {
        "ecr.DescribeRepositories": {"repositories": [{"repositoryName": "repo", "repositoryArn": arn}]},
        "ecr.GetRepositoryPolicy": ("RepositoryPolicyNotFoundException", "none"),
        "ecr.DescribeRegistry": {
            "replicationConfiguration": {
                "rules": [{"destinations": [{"region": "us-east-1", "registryId": "999988887777"}]}]
            }
        },
    }
    run = play(KEPT, answers)
    assert run.assets[arn].attributes["public_access"] == "none"
    rule = run.only("replication")
    assert ("replicates_to", "arn:aws:ecr:us-east-1:999988887777:repository/*") in run.relations(rule.uid)
    unread = play(KEPT, {**answers, "ecr.GetRepositoryPolicy": DENIED})
    assert "public_access" not in unread.assets[arn].attributes


@pytest.mark.parametrize("collectors", [FILES, KEPT])
def test_what_is_denied_is_never_empty(collectors: Any) -> None:
    run = play(collectors, denied(collectors))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "fsx.DescribeFileSystems": recorded(recordings, "fsx/DescribeFileSystems.3"),
        "fsx.DescribeBackups": recorded(recordings, "fsx/DescribeBackups.1"),
        "efs.DescribeFileSystems": recorded(recordings, "efs/DescribeFileSystems.1"),
    }
    run = play(FILES, answers, region="us-west-2")
    ontap = run.assets["arn:aws:fsx:us-west-2:644160558196:file-system/fs-0eb84c6b1b1984695"]
    assert ontap.name == "example-ontap"
    assert ontap.attributes["cross_zone"] is False
    copied = run.only("storage.snapshot")
    assert copied.attributes["source_uid"].endswith("file-system/fs-002ccbccdcf032728")
    answers = {
        "backup.ListBackupPlans": recorded(recordings, "backup/ListBackupPlans.1"),
        "backup.GetBackupPlan": recorded(recordings, "backup/GetBackupPlan.1"),
        "ecr.DescribeRepositories": recorded(recordings, "ecr/DescribeRepositories.1"),
        "dlm.GetLifecyclePolicies": {"Policies": [{"PolicyId": "policy-0e23a047d0fdb7761"}]},
        "dlm.GetLifecyclePolicy": recorded(recordings, "dlm/GetLifecyclePolicy.1"),
    }
    run = play(KEPT, answers, region="us-east-1")
    vault = "arn:aws:backup:us-east-1:644160558196:backup-vault:Default"
    plan = next(a for a in run.assets.values() if a.native_type == "AWS::Backup::BackupPlan")
    assert ("backs_up_to", vault) in run.relations(plan.uid)
    assert "cron(0 5 ? * * *)" in plan.attributes["schedule"]
