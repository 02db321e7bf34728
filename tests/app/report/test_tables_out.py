"""JSON and CSV: the contract's keys, the schema, and cells that no spreadsheet runs."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from report_estate import FRANKFURT, InventedSource, head, telling

from app.report import UnknownFormError, write_reports
from app.report.csvform import guarded, write_assets, write_findings, write_transfers
from app.report.jsonform import SCHEMA_FILE, write_json

CONTRACT = {
    "": "schema as_of versions scan summary assets findings flows transfers coverage decisions acceptances",
    "versions": "program pack catalogue policy",
    "scan": "id started ended connections complete",
    "assets": "uid aliases provider account kind native_type name location countries gdpr_status data_class tags"
    " attributes evidence",
    "findings": "rule severity verdict kind provider account location country law why missing evidence",
    "flows": "id kind source target source_countries target_countries data_class via",
    "transfers": "flow importer country mechanism status register_entry",
    "coverage": "connection provider account region service kind status missing_permission",
    "decisions": "decision waiting",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The telling estate as JSON, read back."""
    path = tmp_path_factory.mktemp("json") / "report.json"
    write_json(telling(), path)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", CONTRACT)
def test_the_keys_of_the_contract_are_there(report: dict[str, object], part: str) -> None:
    records = report[part] if part else report
    for record in records if isinstance(records, list) else [records]:
        assert set(CONTRACT[part].split()) <= set(record)


def test_it_fits_its_schema(report: dict[str, object]) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(report)


def test_the_schema_refuses_a_wrong_word(report: dict[str, object]) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    wrong = json.loads(json.dumps(report))
    wrong["assets"][0]["gdpr_status"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(wrong)


def test_every_verdict_and_severity_is_counted_even_at_nought(report: dict[str, object]) -> None:
    summary = report["summary"]
    assert isinstance(summary, dict)
    assert set(summary["verdicts"]) == {"pass", "fail", "not_checked", "not_applicable", "accepted"}
    assert summary["by_severity"]["info"] == 0


def test_a_finding_is_about_an_asset_or_a_flow(report: dict[str, object]) -> None:
    findings = report["findings"]
    assert isinstance(findings, list)
    assert {("asset" in f, "flow" in f) for f in findings} == {(True, False), (False, True)}


def test_tags_not_read_are_absent_and_null_stays_null(tmp_path: Path) -> None:
    source = InventedSource(head())
    source.add("a", "storage.bucket", FRANKFURT, attributes={"expire_days": None}).asset.tags = UNSET
    path = tmp_path / "r.json"
    write_json(source, path)
    asset = json.loads(path.read_bytes())["assets"][0]
    assert "tags" not in asset
    assert asset["attributes"] == {"expire_days": None}


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_a_formula_is_guarded(cell: str) -> None:
    assert guarded(cell).startswith("'")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_name_comes_back_from_csv(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    source = InventedSource(head())
    source.add(name, "storage.bucket", FRANKFURT)
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_assets(source, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1
    assert rows[0]["name"] == guarded(name)


def test_every_finding_and_transfer_is_a_line(tmp_path: Path) -> None:
    source = telling()
    write_findings(source, tmp_path / "f.csv")
    write_transfers(source, tmp_path / "t.csv")
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(source.found)
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [r["status"] for r in csv.DictReader(file)] == [t.status for t in source.leaving]


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormError, match=r"report\.doc.*\.pdf, \.html, \.json, \.csv"):
        write_reports(telling(), [tmp_path / "a.json", tmp_path / "report.doc"])
    assert list(tmp_path.iterdir()) == []


def test_all_forms_at_once(tmp_path: Path) -> None:
    paths = [tmp_path / "deep" / name for name in ("r.pdf", "r.json", "r.CSV")]
    assert write_reports(telling(), paths) == paths
    assert all(path.stat().st_size > 1000 for path in paths)
