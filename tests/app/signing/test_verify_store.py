"""A signed report against the store behind it, and the commands that sign and verify."""

import json
import sqlite3
from pathlib import Path

import pytest
from signing_world import PASSPHRASE

from app import audit as job
from app import sample
from app.cli.main import main
from app.report.choice import Choice
from app.report.produce import Sealing, produce
from app.signing.keys import load_own_key, make_own_key
from app.store import Store
from app.verification import Outcome, verify


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store with two scans, and a signed report of the second."""
    folder = tmp_path_factory.mktemp("verified")
    make_own_key(folder, "Jana", PASSPHRASE)
    by = job.yardstick(sample.POLICY, sample.AS_OF)
    with Store.open(folder / "situs.db") as store:
        for started, files in sample.SCANS:
            scan = job.import_files(store, [files], started=started).scan
            judged = job.judge_scan(store, scan.id, by)
        key = load_own_key(folder, PASSPHRASE)
        produce(store, judged.id, folder / "report.pdf", Choice("evidence"), sealing=Sealing(key))
    return folder / "situs.db", folder / "report.pdf"


@pytest.fixture
def changed(made: tuple[Path, Path], tmp_path: Path) -> tuple[sqlite3.Connection, Path]:
    """A copy of the store to tamper with."""
    path = tmp_path / "situs.db"
    source, target = sqlite3.connect(made[0]), sqlite3.connect(path)
    source.backup(target)
    source.close()
    return target, path


def wrong(report: Path, store: Path) -> list[tuple[str, str]]:
    with Store.open(store, read_only=True, create=False) as opened:
        found = verify(report, store=opened)
    return [(c.what, c.text) for c in found.checks if c.outcome is Outcome.WRONG]


def test_a_report_fits_its_store(made: tuple[Path, Path]) -> None:
    store, report = made
    assert wrong(report, store) == []
    with Store.open(store, read_only=True, create=False) as opened:
        found = verify(report, store=opened)
    assert {c.what for c in found.checks if c.outcome is Outcome.OK} >= {"signature", "chain", "findings", "evidence"}
    assert found.answer == "The file is as it was signed, and the store still holds what it rests on."


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE scan SET program = '9.9' WHERE id = 1", "chain"),
        ("UPDATE asset_version SET body = x'7b7d' WHERE id = (SELECT min(id) FROM asset_version)", "chain"),
        ("UPDATE outcome SET severity = 'low' WHERE verdict = 'fail' AND severity = 'critical'", "findings"),
        ("DELETE FROM finding WHERE outcome IN (SELECT id FROM outcome WHERE verdict = 'fail')", "findings"),
        ("UPDATE evidence SET start = start + 1 WHERE id % 7 = 0", "evidence"),
        ("DELETE FROM evidence WHERE id % 7 = 0", "evidence"),
    ],
)  # fmt: skip
def test_a_store_that_was_changed_is_told(
    made: tuple[Path, Path], changed: tuple[sqlite3.Connection, Path], sql: str, what: str
) -> None:
    raw, path = changed
    assert raw.execute(sql).rowcount > 0
    raw.commit()
    raw.close()
    assert what in {kind for kind, _ in wrong(made[1], path)}


def test_another_store_is_not_called_wrong(made: tuple[Path, Path], tmp_path: Path) -> None:
    with Store.open(tmp_path / "other.db") as other:
        job.import_files(other, [sample.SCANS[0][1]], started=sample.SCANS[1][0])
    assert wrong(made[1], tmp_path / "other.db") == []


def test_the_commands(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store, report = made
    monkeypatch.setenv("SITUS_SIGN_PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr("app.cli.signatures.data_folder", lambda: tmp_path / "data")
    out = tmp_path / "board.pdf"
    words = ["report", "--store", str(store), "--kind", "summary", "--out", str(out), "--sign"]
    assert main(words) == 1  # there is no key yet
    assert not out.exists()
    assert main(["signing-key", "make", "--name", "Jana"]) == 0
    assert main(words) == 0
    assert main(["verify", "--store", str(store), "--format", "json", str(out), str(report)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["good"] for one in told] == [True, True]
    body = bytearray(out.read_bytes())
    body[len(body) // 2] ^= 1
    out.write_bytes(body)
    assert main(["verify", "--store", str(store), str(out)]) == 1
    assert "Do not rely on this file" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "absent.pdf")]) == 1
    assert main(["sign", str(report), str(out), "--out", "x.pdf"]) == 2
