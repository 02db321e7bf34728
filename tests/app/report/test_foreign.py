"""Findings of other scanners: evidence beside the assets they name, and nothing that any rule could see."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app import audit as job
from app import sample
from app.report.choice import Choice, Scope
from app.report.fromhistory import chosen
from app.report.produce import produce
from app.store import Store
from scanners.exports.otherscanners import told_of

PROWLER: dict[str, Any] = {
    "message": "S3 Bucket is public",
    "metadata": {
        "event_code": "s3_bucket_public_access",
        "product": {"name": "Prowler", "vendor_name": "Prowler", "version": "5.13.0"},
        "version": "1.4.0",
    },
    "severity_id": 4,
    "severity": "High",
    "status": "New",
    "status_code": "FAIL",
    "finding_info": {"title": "Buckets are not public", "uid": "prowler-aws-s3-1", "created_time": 1_763_000_000},
    "resources": [{"uid": "arn:aws:s3:::lumenar-reader-demo", "name": "lumenar-reader-demo", "type": "AwsS3Bucket"}],
    "category_uid": 2,
    "class_uid": 2004,
    "class_name": "Detection Finding",
    "cloud": {"account": {"uid": "111122223333"}, "provider": "aws", "region": "eu-central-1"},
    "time": 1_763_000_000,
    "unmapped": {"password": "must never be kept"},
}
HUB: dict[str, Any] = {
    "SchemaVersion": "2018-10-08",
    "Id": "arn:aws:securityhub:eu-central-1:111122223333:finding/1",
    "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/securityhub",
    "ProductName": "Security Hub",
    "GeneratorId": "security-control/S3.1",
    "AwsAccountId": "111122223333",
    "Title": "S3.1 Block public access",
    "Severity": {"Label": "MEDIUM"},
    "Compliance": {"Status": "FAILED"},
    "Workflow": {"Status": "NEW"},
    "RecordState": "ACTIVE",
    "UpdatedAt": "2026-11-01T00:00:00Z",
    "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::lumenar-reader-demo"}],
}


def imported(tmp_path: Path, *files: tuple[str, str]) -> tuple[Store, int]:
    folder = tmp_path / "findings"
    folder.mkdir()
    for name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
    store = Store.open(tmp_path / "situs.db")
    by = job.yardstick(sample.POLICY, sample.AS_OF)
    scan = job.import_files(store, [sample.SCANS[1][1], *([folder] if files else [])], started=sample.SCANS[1][0]).scan
    return store, job.judge_scan(store, scan.id, by).id


def test_they_stand_beside_the_asset_and_change_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    one, other = json.dumps([PROWLER]), json.dumps({"Findings": [HUB]})
    store, judged = imported(tmp_path / "with", ("prowler.ocsf.json", one), ("hub.json", other))
    bare, judged_bare = imported(tmp_path / "without")
    try:
        _, extras = chosen(store, judged, Choice())
        told = [(r.product, r.title, r.status, r.subject.name) for r in extras.foreign]
        assert told == [
            ("Prowler", "Buckets are not public", "FAIL", "lumenar-reader-demo"),
            ("Security Hub", "S3.1 Block public access", "FAILED, NEW, ACTIVE", "lumenar-reader-demo"),
        ]
        assert list(store.verdicts(judged)) == list(bare.verdicts(judged_bare))
        scan, scan_bare = store.latest_scan(), bare.latest_scan()
        assert scan is not None
        assert scan_bare is not None
        assert (scan.assets, scan.manifest) == (scan_bare.assets, scan_bare.manifest)
        assert chosen(bare, judged_bare, Choice())[1].foreign == []
        bodies = [store.evidence(d).body for d in store.foreign(scan.id)]
        assert all(told_of(body) is not None for body in bodies)
        assert b"must never be kept" not in b"".join(bodies)
    finally:
        store.close()
        bare.close()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PROWLER) + "\n" + json.dumps({**PROWLER, "severity": "Low"}) + "\n",
        json.dumps([PROWLER, {"class_uid": 2004}, {**PROWLER, "resources": []}, {**PROWLER, "severity": "Low"}, 7]),
        json.dumps([{**PROWLER, "class_uid": 2003}, {**PROWLER, "time": "x", "resources": PROWLER["resources"] * 2}]),
    ],
)
def test_lines_gaps_and_odd_values(tmp_path: Path, text: str) -> None:
    store, judged = imported(tmp_path, ("prowler.json", text))
    with store:
        _, extras = chosen(store, judged, Choice())
        assert len(extras.foreign) == 2
        assert {r.subject.name for r in extras.foreign} == {"lumenar-reader-demo"}


def test_a_name_that_two_assets_have_is_given_to_neither(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    bare, judged = imported(tmp_path / "before")
    with bare:
        named = Counter((p.asset.account, p.asset.name) for p in chosen(bare, judged, Choice())[0].assets())
    (account, name), times = named.most_common(1)[0]
    assert times > 1
    alone = next(key for key, n in named.items() if n == 1 and key[0] == account)
    findings = [
        {
            **PROWLER,
            "resources": [{"uid": "nothing-by-this-address", "name": one}],
            "cloud": {"account": {"uid": account}, "provider": "aws"},
        }
        for one in (name, alone[1])
    ]
    store, judged = imported(tmp_path, ("prowler.json", json.dumps(findings)))
    with store:
        source, extras = chosen(store, judged, Choice())
        assert [r.subject.name for r in extras.foreign] == [alone[1]]
        assert extras.foreign_apart == 1
        kinds_of = {p.asset.kind for p in source.assets()} - {extras.foreign[0].subject.kind}
        elsewhere = Choice(scope=Scope(kinds=(sorted(kinds_of)[0],)))
        assert chosen(store, judged, elsewhere)[1].foreign == []
        assert chosen(store, judged, elsewhere)[1].foreign_apart == 1
        produce(store, judged, tmp_path / "report.html", Choice())
        assert "1 more finding is not listed" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_redacted_copy_leaves_them_out(tmp_path: Path) -> None:
    store, judged = imported(tmp_path, ("prowler.json", json.dumps([PROWLER])))
    with store:
        extras = chosen(store, judged, Choice(redact=True))[1]
        assert extras.foreign == []
        assert (extras.foreign_hidden, extras.foreign_apart) == (1, 0)
        produce(store, judged, tmp_path / "report.html", Choice(redact=True))
        assert "1 finding of another scanner is left out of this copy" in (tmp_path / "report.html").read_text("utf-8")
