"""`situs store`, as typed."""

import json
from pathlib import Path

import pytest

from app.cli.main import main

OLD, NEW = "resources/sample_estate/scan-2026-10-20", "resources/sample_estate/scan-2026-11-20"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in ("app.settings", "app.cli.storecare"):
        monkeypatch.setattr(f"{module}.data_folder", lambda: tmp_path / "data")
    return tmp_path


@pytest.fixture
def store(folder: Path) -> list[str]:
    """A store with two scans of the sample estate."""
    words = ["--store", str(folder / "situs.db")]
    for part in (OLD, NEW):
        assert main(["import", f"{part}/sites.yaml", *words]) == 0
    return words


def test_backup_restore_status_forget(folder: Path, store: list[str], monkeypatch, capsys) -> None:
    (folder / "words").write_text("correct horse battery staple\n", "utf-8")
    monkeypatch.setenv("SITUS_BACKUP_PASSPHRASE_FILE", str(folder / "words"))
    file = folder / "b.backup"
    assert main(["store", "backup", "--out", str(file), *store]) == 0
    assert main(["store", "backup", "--out", str(file), *store]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["store", "restore", str(file), *store]) == 1
    assert main(["store", "restore", str(file), *store, "--replace"]) == 0
    assert "The store that was there is now" in capsys.readouterr().err
    assert main(["store", "status", "--keep", "1", "--format", "json", *store]) == 0
    assert json.loads(capsys.readouterr().out)["scans"] == 2
    assert main(["store", "restore", str(file), "--look", *store]) == 0
    assert "2 scans" in capsys.readouterr().out
    assert main(["store", "restore", str(file), "--look", "--format", "json", *store]) == 0
    assert json.loads(capsys.readouterr().out)["scans"] == 2
    monkeypatch.setenv("SITUS_BACKUP_PASSPHRASE", "not the right words")
    assert main(["store", "restore", str(file), "--look", *store]) == 1
    assert "passphrase is wrong" in capsys.readouterr().err
    monkeypatch.delenv("SITUS_BACKUP_PASSPHRASE")
    assert main(["store", "forget", "--dry-run", "--before", "2999-01-01", *store]) == 0
    assert "Would be deleted: 1 scans" in capsys.readouterr().out
    assert main(["store", "forget", "--dry-run", "--connection", "none", *store]) == 1
    assert "knows no connection" in capsys.readouterr().err
    why = ["--why", "kept long enough", "--by", "Ann", *store]
    assert main(["store", "forget", "--older-than", "9", *why]) == 2
    assert "--yes" in capsys.readouterr().err
    assert main(["store", "forget", "--before", "2999-01-01", "--yes", *why]) == 0
    assert "Deleted: 1 scans" in capsys.readouterr().out
    assert main(["store", "status", *store]) == 0
    assert "Deleted on record: 1 scans" in capsys.readouterr().out
    assert main(["log", "list", *store]) in (0, 2)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["backup", "--out", "OUT"], 2, "--in-the-clear"),
        (["forget", "--why", "x", "--by", "Ann", "--yes"], 2, "name one of"),
        (["forget", "--why", "x", "--yes", "--older-than", "9"], 2, "needs the name"),
        (["forget", "--why", "x", "--by", "Ann", "--yes", "--older-than", "0"], 2, "--older-than 0"),
        (["forget", "--why", " ", "--by", "Ann", "--yes", "--before", "2999-01-01"], 1, "needs a reason"),
        (["forget", "--why", "x", "--by", "Ann", "--yes", "--connection", "none"], 1, "knows no connection"),
        (["status", "--keep", "0"], 2, "--keep 0"),
        (["restore", "none.backup"], 1, "none.backup"),
    ],
)
def test_wrong_words(folder: Path, store: list[str], words: list[str], status: int, told: str, capsys) -> None:
    assert main(["store", *[str(folder / "out") if w == "OUT" else w for w in words], *store]) == status
    assert told in capsys.readouterr().err


def test_a_report_of_what_stays_is_still_verified_and_what_was_deleted_is_told(
    folder: Path, monkeypatch, capsys
) -> None:
    assert main(["demo", "--out", str(folder / "demo")]) == 0
    words = ["--store", str(folder / "demo" / "situs.db")]
    why = ["--why", "kept long enough", "--by", "Ann", "--yes"]
    assert main(["store", "forget", "--before", "2026-11-01", *why, *words]) == 0
    capsys.readouterr()
    main(["verify", str(folder / "demo" / "report.pdf"), *words])
    told = capsys.readouterr().out
    assert "nothing of them was changed. Of one of them only its place in the chain is left" in told
    assert "documents of evidence are in the store, and each has its digest" in told
    assert told.count("WRONG") == 1  # it is not signed
