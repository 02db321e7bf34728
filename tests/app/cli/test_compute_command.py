"""`situs compute` on the sample estate."""

import csv
import json
from pathlib import Path

import pytest

from app import audit, sample
from app.cli.main import main
from app.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compute") / "situs.db"
    with Store.open(path) as opened:
        started, folder = sample.SCANS[-1]
        scan = audit.import_files(opened, [folder], started=started).scan
        audit.judge_scan(opened, scan.id, audit.yardstick(sample.POLICY, sample.AS_OF))
    return path


def test_every_job_is_there_with_its_range_and_the_assumption_is_stated(store: Path, capsys):
    assert main(["compute", "--store", str(store), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["low"], found["high"], found["presumption"]) == (0.25, 0.55, 1e25)
    jobs = [j for m in found["models"] for j in m["jobs"]]
    assert len(jobs) == len({j["uid"] for j in jobs}) > 10
    for model in found["models"]:
        known = sum(j["hours"] * 3600 * j["peak"] * 1e12 for j in model["jobs"] if j["operations"])
        assert model["high"] == pytest.approx(known * 0.55)
        assert model["complete"] is all(not j.get("missing") for j in model["jobs"])
    assert {m["state"] for m in found["models"]} >= {"below", "notice", "incomplete"}


def test_the_text_says_what_is_assumed_and_what_is_missing(store: Path, tmp_path: Path, capsys):
    assert main(["compute", "--store", str(store)]) == 0
    out = capsys.readouterr().out
    assert "25% to 55%" in out
    assert "accelerator hours: not known" in out
    assert "operations: not known" in out
    assert "0.00e+00 to 0.00e+00" not in out  # not known is no nought: one job ended before it began
    assert "still running" in out
    assert main(["compute", "--store", str(store), "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.lstrip("\ufeff").splitlines()))
    assert rows[0]["state"] == "notice"
    blind = [row for row in rows if row["complete"] == "no"]
    assert blind
    assert {row["operations_high"] for row in blind} == {""}
    policy = tmp_path / "p.toml"
    policy.write_text("gpai_flop_notice = 1e25\n", encoding="utf-8")
    assert main(["compute", "--store", str(store), "--policy", str(policy), "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.lstrip("\ufeff").splitlines()))
    assert rows[0]["state"] == "below"
