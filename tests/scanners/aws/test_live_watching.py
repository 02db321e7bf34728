"""Secrets, GuardDuty, Macie and log groups, live."""

from pathlib import Path
from typing import Any

from simulated_aws import ACCOUNT, DENIED, denied, play, recorded

from scanners.aws.live.watching import COLLECTORS

SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:db-AbCdEf"


def test_secrets_with_their_copies_in_other_regions() -> None:
    answers: dict[str, Any] = {
        "secretsmanager.ListSecrets": [
            {"SecretList": [{"ARN": SECRET, "Name": "db", "PrimaryRegion": "eu-central-1"}]},
            {"SecretList": [{"ARN": SECRET + "2", "Name": "db2", "Tags": [{"Key": "a", "Value": "b"}]}]},
        ],
        "secretsmanager.DescribeSecret": lambda p: (
            {"ReplicationStatus": [{"Region": "us-east-1", "Status": "InSync"}]} if p["SecretId"] == SECRET else {}
        ),
    }
    run = play(COLLECTORS, answers)
    assert run.assets[SECRET].attributes["secondary_loc"] == {"kind": "region", "region": "us-east-1"}
    assert run.assets[SECRET].attributes["custody"] == "provider"
    assert run.assets[SECRET].attributes["state"] == "enabled"
    assert run.assets[SECRET + "2"].attributes["secondary_loc"] is None
    assert run.calls["secretsmanager.DescribeSecret"] == 2
    unread = play(COLLECTORS, {**answers, "secretsmanager.DescribeSecret": DENIED}).assets[SECRET]
    assert "secondary_loc" not in unread.attributes


def test_a_region_without_detector_is_known_to_have_none() -> None:
    answers: dict[str, Any] = {
        "guardduty.ListDetectors": {"DetectorIds": ["d1"]},
        "guardduty.GetDetector": {
            "Status": "ENABLED",
            "Features": [
                {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
                {"Name": "EKS_AUDIT_LOGS", "Status": "DISABLED"},
            ],
        },
    }
    region = play(COLLECTORS, answers).only("account.region")
    assert region.attributes["detectors"] == [{"enabled": True, "covers": ["storage"]}]
    old = {"Status": "ENABLED", "DataSources": {"S3Logs": {"Status": "ENABLED"}}}
    region = play(COLLECTORS, {**answers, "guardduty.GetDetector": old}).only("account.region")
    assert region.attributes["detectors"] == [{"enabled": True, "covers": ["storage"]}]
    assert play(COLLECTORS, {}).only("account.region").attributes["detectors"] == []
    assert not [
        a for a in play(COLLECTORS, {"guardduty.ListDetectors": DENIED}).assets.values() if a.kind == "account.region"
    ]


def test_buckets_in_which_macie_found_personal_data() -> None:
    def finding(bucket: str, category: str) -> dict[str, Any]:
        return {
            "resourcesAffected": {"s3Bucket": {"arn": f"arn:aws:s3:::{bucket}"}, "s3Object": {"key": "anna-meier.pdf"}},
            "classificationDetails": {"result": {"sensitiveData": [{"category": category, "totalCount": 3}]}},
        }

    answers: dict[str, Any] = {
        "macie2.GetMacieSession": {"status": "ENABLED"},
        "macie2.ListFindings": [{"findingIds": ["1", "2"]}, {"findingIds": ["3"]}],
        "macie2.DescribeBuckets": {
            "buckets": [
                {"bucketArn": "arn:aws:s3:::quiet", "sensitivityScore": 1},
                {"bucketArn": "arn:aws:s3:::never", "sensitivityScore": 50},
                {"bucketArn": "arn:aws:s3:::odd", "sensitivityScore": 80},
                {"bucketArn": "arn:aws:s3:::hr", "sensitivityScore": 1},
            ]
        },
        "macie2.GetFindings": {"findings": [finding("hr", "PERSONAL_INFORMATION"), finding("code", "CREDENTIALS")]},
    }
    run = play(COLLECTORS, answers)
    bucket = run.assets["arn:aws:s3:::hr"]
    assert bucket.attributes == {"discovery_hits": 1}
    assert bucket.location.kind.value == "unknown"
    assert "arn:aws:s3:::code" not in run.assets
    assert run.assets["arn:aws:s3:::quiet"].attributes == {"discovery_hits": 0}
    assert not {"arn:aws:s3:::never", "arn:aws:s3:::odd"} & set(run.assets), "not looked into, or not sure"
    assert "anna-meier" not in run.kept
    assert len(run.parameters["macie2.GetFindings"][0]["findingIds"]) == 3


def test_macie_that_is_not_switched_on_is_no_gap() -> None:
    off = ("AccessDeniedException", "Macie is not enabled.")
    run = play(COLLECTORS, {"macie2.GetMacieSession": off})
    assert run.status("macie2", "governance.policy") == "empty"
    (cell,) = [c for c in run.cells if c.service == "macie2"]
    assert cell.detail == "macie2.GetMacieSession in eu-central-1: the service is not switched on in this account."


def test_log_groups_without_end() -> None:
    arn = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/aws/sagemaker/x"
    groups = [{"logGroupName": "/aws/sagemaker/x", "arn": f"{arn}:*"}, {"logGroupName": "short", "retentionInDays": 30}]
    run = play(COLLECTORS, {"logs.DescribeLogGroups": {"logGroups": groups}})
    assert run.assets[arn].attributes == {
        "encrypted": True,
        "custody": "provider",
        "retention_days": None,
        "unlimited": True,
    }
    (short,) = [a for a in run.assets.values() if a.name == "short"]
    assert short.attributes["retention_days"] == 30


def test_what_is_denied_is_never_empty() -> None:
    run = play(COLLECTORS, denied(COLLECTORS))
    assert not run.assets
    assert set(run.statuses().values()) == {"denied"}


def test_recorded_answers(recordings: Path) -> None:
    answers: dict[str, Any] = {
        "secretsmanager.ListSecrets": recorded(recordings, "secretsmanager/ListSecrets.1"),
        "guardduty.ListDetectors": recorded(recordings, "guardduty/ListDetectors.1"),
        "guardduty.GetDetector": recorded(recordings, "guardduty/GetDetector.1"),
        "macie2.GetMacieSession": recorded(recordings, "macie2/GetMacieSession.1"),
        "logs.DescribeLogGroups": recorded(recordings, "logs/DescribeLogGroups.1"),
    }
    run = play(COLLECTORS, answers, region="us-east-1")
    detector = {"enabled": True}  # the answer names neither features nor sources of data: what it covers is not known
    assert run.only("account.region").attributes["detectors"] == [detector]
    assert run.only("governance.policy").name == "Amazon Macie (enabled)"
    secret = next(a for a in run.assets.values() if a.name == "app/gitter/prod/secret")
    assert secret.tags == {"Env": "Prod"}
    assert [a for a in run.assets.values() if a.kind == "log.group"]
