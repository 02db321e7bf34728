"""One audit as one intent: what is compared, where reports go, and what a share that is not there costs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.job import Job, Outcome, perform, prepare
from app.store import Store

BUCKET = {
    "name": "//storage.googleapis.com/scans",
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/123", "organizations/9"],
    "resource": {"data": {"name": "scans", "location": "EUROPE-WEST3", "locationType": "region"}},
}
POLICY = 'allowed_countries = ["EEA"]\ntransfer_register = []\n'


pytestmark = pytest.mark.every_store


@pytest.fixture
def store(store_place):
    with Store.open(store_place()) as opened:
        yield opened


def export(path: Path, *locations: str) -> str:
    """A file of one bucket for each location."""
    lines = []
    for n, location in enumerate(locations):
        data = {"name": f"b{n}", "location": location, "locationType": "region"}
        lines.append(json.dumps({**BUCKET, "name": f"//storage.googleapis.com/b{n}", "resource": {"data": data}}))
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def job(tmp_path: Path, file: str, **more: object) -> Job:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, "utf-8")
    return Job(files=(file,), policy=str(policy), as_of="2026-11-22", **more)


def run(store: Store, wanted: Job) -> Outcome:
    return perform(store, prepare(wanted)).outcome


def test_the_second_audit_tells_what_is_new_by_title_and_count(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "assets.ndjson"
    first = run(store, job(tmp_path, export(file, "EUROPE-WEST3", "EUROPE-WEST3")))
    assert first.compared_with is None
    assert first.new == {}
    second = run(store, job(tmp_path, export(file, "EUROPE-WEST3", "US-EAST1")))
    assert second.compared_with == first.judgement
    assert sum(second.new.values()) == sum(t.count for t in second.titles) > 0
    moved = next(t for t in second.titles if t.rule.startswith("SIT-RES"))
    assert moved.count == 1
    assert moved.title != moved.rule
    third = run(store, job(tmp_path, export(file, "EUROPE-WEST3", "US-EAST1")))
    assert third.new == {}
    fourth = run(store, job(tmp_path, export(file, "EUROPE-WEST3", "EUROPE-WEST3")))
    assert fourth.better + fourth.gone > 0


def test_only_new_counts_for_the_exit_status(store: Store, tmp_path: Path) -> None:
    file = export(tmp_path / "assets.ndjson", "US-EAST1")
    assert run(store, job(tmp_path, file, fail_on="low", only_new=True)).status == 3
    assert run(store, job(tmp_path, file, fail_on="low", only_new=True)).status == 0
    assert run(store, job(tmp_path, file, fail_on="low")).status == 3


def test_what_is_compared_is_the_last_audit_of_the_same_connections(store: Store, tmp_path: Path) -> None:
    from app import audit
    from app.job import before_of

    by = audit.yardstick(None, None)
    numbers = []
    for names in (["a"], ["b"], ["a"]):
        writer = store.begin_scan(names, started=datetime.now(UTC), program="test")
        numbers.append(audit.judge_scan(store, writer.finish("complete", datetime.now(UTC)).id, by))
    assert before_of(store, numbers[2]).id == numbers[0].id
    assert before_of(store, numbers[1]).id == numbers[0].id
    assert before_of(store, numbers[0]) is None


def test_reports_of_a_folder_bear_day_and_scan(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "Prüfberichte 报告"
    file = export(tmp_path / "assets.ndjson", "US-EAST1")
    outcome = run(store, job(tmp_path, file, folder=str(folder), forms=("pdf", "json", "csv")))
    stem = f"situs-{store.scan(outcome.scan).started:%Y-%m-%dT%H%MZ}-scan{outcome.scan}"
    assert {Path(p).name for p in outcome.reports} >= {f"{stem}.pdf", f"{stem}.json"}
    assert json.loads((folder / f"{stem}.json").read_text("utf-8"))["scan"]["id"] == str(outcome.scan)
    assert outcome.warnings == ()


def test_a_share_that_is_not_there_costs_no_report(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.settings.data_folder", lambda: tmp_path / "data")
    (tmp_path / "share").write_text("a file, not a folder", "utf-8")
    file = export(tmp_path / "assets.ndjson", "US-EAST1")
    outcome = run(store, job(tmp_path, file, folder=str(tmp_path / "share" / "audit"), forms=("json",)))
    (path,) = outcome.reports
    assert Path(path).parent == tmp_path / "data" / "reports"
    assert Path(path).is_file()
    (warning,) = outcome.warnings
    assert "share" in warning
    assert "instead" in warning


def test_a_wrong_form_is_told_before_anything_is_read(tmp_path: Path) -> None:
    from app.report import UnknownFormError

    with pytest.raises(UnknownFormError):
        prepare(job(tmp_path, "none", folder=str(tmp_path), forms=("docx",)))
