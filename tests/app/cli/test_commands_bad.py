"""What a new user does wrong: one clear sentence for each, an exit status, and nothing lost of what was stored."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.cli.main import main

BUCKET: dict[str, Any] = {
    "name": "//storage.googleapis.com/scans",
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/123"],
    "resource": {
        "data": {
            "name": "scans",
            "location": "EUROPE-WEST3",
            "locationType": "region",
            "storageClass": "STANDARD",
            "metageneration": "1",
        }
    },
}
LINE = (json.dumps(BUCKET) + "\n").encode()
POLICY = 'allowed_countries = ["EEA"]\ntransfer_register = []\n[tag_map.data-class]\npersonal = "personal"\n'


@pytest.fixture
def store(tmp_path: Path) -> list[str]:
    return ["--store", str(tmp_path / "kept.db")]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.ndjson"
    path.write_bytes(LINE)
    return path


def with_place(**place: str | None) -> bytes:
    data = {k: v for k, v in {**BUCKET["resource"]["data"], **place}.items() if v is not None}
    return json.dumps({**BUCKET, "resource": {"data": data}}).encode()


def workbook() -> bytes:
    book, body = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (["Name", "Amount"], ["paper", 3], ["ink", 4]):
        sheet.append(row)
    book.save(body)
    return body.getvalue()


def archive() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        made.writestr("letter.docx", b"PK\x03\x04")
    return body.getvalue()


REFUSED = {
    "terraform.tfstate": (b'{"version": 4, "terraform_version": "1.9.0", "resources": []}', "Terraform state"),
    "trail.json": (b'{"Records": [{"eventVersion": "1.08", "eventName": "GetObject"}]}', "CloudTrail"),
    "deploy.yaml": (b"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n", "Kubernetes manifest"),
    "budget.xlsx": (workbook(), "no column 'site'"),
    "paper.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" * 20, "PDF document"),
    "random.bin": (bytes(range(256)) * 40, "binary file"),
    "deep.json": (b"[" * 200 + b"]" * 200, "none of the exports"),
    "letters.zip": (archive(), "letter.docx"),
    "numbers.json": (b"[1, 2, 3]", "none of the exports"),
    "people.csv": (b"name,age\nx,3\n", "none of the exports"),
    "nothing.json": (b"", "is empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_export_gets_one_sentence(
    name: str, store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(good), *store]) == 0
    capsys.readouterr()
    body, word = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(body)
    assert main(["audit", "--import", str(path), *store]) == 1
    out, said = capsys.readouterr()
    assert out == ""
    [line] = said.splitlines()
    assert line.startswith(f"situs: {name}")
    assert word in line
    assert any(words in line for words in ("nothing was read", "cannot be read", "is not read"))
    assert main(["scans", "--format", "json", *store]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert [scan["assets"] for scan in kept if scan["state"] == "complete"] == [1]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (LINE * 3, "is in the file twice; the later one counts"),
        (with_place(location=None, locationType=None), "without a place; the rules cannot say where they are"),
        (LINE + b'{"name": "//stor', "The one item before that was kept"),
    ],
)
def test_a_file_with_a_fault_is_read_and_the_fault_is_told(
    body: bytes, sentence: str, store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "faulty.ndjson"
    path.write_bytes(body)
    assert main(["import", str(path), *store]) == 0
    out, said = capsys.readouterr()
    [line] = said.splitlines()
    assert line.strip().startswith("faulty.ndjson")
    assert sentence in line
    assert out.startswith("Scan 1: 1 assets")


def test_an_unknown_region_is_unknown_and_named(
    store: list[str], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path, policy = tmp_path / "moon.ndjson", tmp_path / "policy.toml"
    path.write_bytes(with_place(location="MOON-WEST1", labels=None))
    policy.write_text(POLICY, encoding="utf-8")
    assert main(["audit", "--import", str(path), "--policy", str(policy), *store, "--format", "json"]) == 0
    found = json.loads(capsysbinary.readouterr().out)
    [asset] = [a for a in found["assets"] if a["uid"] == BUCKET["name"]]
    assert (asset["countries"], asset["gdpr_status"]) == ([], "unknown")
    residency = [f for f in found["findings"] if f["rule"].startswith("SIT-RES") and f["asset"] == BUCKET["name"]]
    assert residency
    assert "moon-west1" in json.dumps(found).lower()


def test_a_file_named_twice_is_read_and_told_once(
    store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "paper.pdf"
    bad.write_bytes(REFUSED["paper.pdf"][0])
    assert main(["import", str(good), str(bad), str(bad), *store]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_empty_folder_is_named(store: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "exports"
    empty.mkdir()
    assert main(["import", str(empty), *store]) == 1
    assert f"The folder {empty} holds no files" in capsys.readouterr().err


def test_a_policy_with_an_unknown_country(
    store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('allowed_countries = ["DE",\n "Germny"]\n', encoding="utf-8")
    assert main(["audit", "--import", str(good), "--policy", str(policy), *store]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "policy.toml" in line
    assert "Did you mean DE (Germany)?" in line


@pytest.mark.parametrize("name", ["missing.toml", "folder"])
def test_a_policy_that_cannot_be_read(
    name: str, store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    assert main(["audit", "--import", str(good), "--policy", str(tmp_path / name), *store]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "the policy cannot be read" in line


@pytest.mark.parametrize(
    ("where", "word"),
    [
        ("folder", "is a folder; name a file"),
        ("letter.txt", "is not a Situs store"),
        ("letter.txt/deeper/situs.db", "cannot be made"),
    ],
)
def test_a_store_that_is_none(
    where: str, word: str, good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear colleague\n" * 50, encoding="utf-8")
    assert main(["audit", "--import", str(good), "--store", str(tmp_path / where)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert word in line
    assert letter.read_text(encoding="utf-8") == "Dear colleague\n" * 50


@pytest.mark.skipif(os.name == "nt" or getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write anywhere")
def test_a_store_in_a_folder_that_may_only_be_read(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    assert main(["audit", "--import", str(good), "--store", str(locked / "situs.db")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "situs.db" in line


def test_a_report_in_a_new_folder_is_written(store: list[str], good: Path, tmp_path: Path) -> None:
    path = tmp_path / "neu" / "für 数据" / "report.json"
    assert main(["audit", "--import", str(good), "--report", str(path), *store]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["assets"]


@pytest.mark.parametrize("name", ["folder.pdf", "letter.txt/report.pdf"])
def test_a_report_where_none_can_be_is_told_before_any_work(
    name: str, store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    assert main(["audit", "--import", str(good), "--report", str(tmp_path / name), *store]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert str(tmp_path / name) in line
    assert "Nothing was done." in line
    assert not Path(store[1]).exists()


def test_a_report_that_another_program_holds_is_told_and_the_findings_are_kept(
    store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.csv"
    path.write_text("last month's", encoding="utf-8")
    replace = Path.replace

    def held(self: Path, target: Path) -> Path:
        if Path(target) == path:  # as Windows says of a file that a viewer has open
            raise PermissionError(13, "Access is denied", str(self), 5, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    assert main(["audit", "--import", str(good), "--report", str(path), *store]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "it may be open in another program" in line
    assert "What was found is stored" in line
    assert path.read_text(encoding="utf-8") == "last month's"
    assert sorted(p.name for p in tmp_path.glob(".*")) == []
    monkeypatch.undo()
    assert main(["report", "--out", str(path), "--format", "csv", *store]) == 0
    assert path.read_text(encoding="utf-8-sig") != "last month's"


@pytest.mark.skipif(os.name != "nt", reason="only Windows keeps others from replacing an open file")
def test_a_report_that_is_open_on_windows(
    store: list[str], good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "Bericht für 数据 2026.pdf"
    path.write_bytes(b"%PDF-1.4 last month's")
    with path.open("rb"):
        assert main(["audit", "--import", str(good), "--report", str(path), *store]) == 1
        [line] = capsys.readouterr().err.splitlines()
        assert "it may be open in another program" in line
        assert path.name in line
    assert path.read_bytes() == b"%PDF-1.4 last month's"


def test_the_demo_into_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("x", encoding="utf-8")
    assert main(["demo", "--out", str(letter)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "name a folder" in line
