"""The evidence pack is checked with public tools alone, as its own instructions say."""

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import audit as job
from app import sample
from app.report.choice import Choice
from app.report.pack import write_pack
from app.report.produce import Sealing
from app.signing.keys import load_own_key, make_own_key
from app.store import Store

PHRASE = "correct horse"
tools = pytest.mark.skipif(
    not all(map(shutil.which, ("sha256sum", "openssl", "pdfsig", "pdfdetach"))),
    reason="sha256sum, openssl and poppler-utils are not all installed",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    by = job.yardstick(sample.POLICY, sample.AS_OF)
    with Store.open(tmp_path_factory.mktemp("pack") / "situs.db") as opened:
        scan = job.import_files(opened, [sample.SCANS[1][1]], started=sample.SCANS[1][0]).scan
        job.judge_scan(opened, scan.id, by)
        yield opened


def unpacked(store: Store, folder: Path, sealing: Sealing, **more: bool) -> Path:
    judged = store.judgement()
    assert judged is not None
    path = write_pack(store, judged.id, folder / "pack.zip", Choice(**more), sealing=sealing)
    with zipfile.ZipFile(path) as pack:
        pack.extractall(folder / "out")
    return folder / "out"


@tools
def test_its_own_instructions_hold(store: Store, tmp_path: Path) -> None:
    make_own_key(tmp_path / "data", "Jana Müller", PHRASE)
    folder = unpacked(store, tmp_path, Sealing(load_own_key(tmp_path / "data", PHRASE)))
    text = (folder / "VERIFY.txt").read_text(encoding="utf-8")
    commands = [line.strip() for line in text.splitlines() if line.startswith("       ")]
    commands = [c for c in commands if not c.startswith("Get-FileHash") and not re.fullmatch("[0-9a-f]{64}", c)]
    assert len(commands) == 5
    for command in commands:
        done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
    for document in (folder / "evidence").iterdir():
        assert hashlib.sha256(document.read_bytes()).hexdigest() == document.stem
    (folder / "SHA256SUMS").write_bytes((folder / "SHA256SUMS").read_bytes().replace(b"a", b"b", 1))
    openssl = next(c for c in commands if c.startswith("openssl"))
    assert subprocess.run(["bash", "-c", openssl], cwd=folder, capture_output=True, check=False).returncode != 0
    summed = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert summed.returncode != 0


def test_every_file_is_listed_and_the_same_again(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    folder = unpacked(store, tmp_path / "a", Sealing())
    listed = dict(reversed(line.split("  ", 1)) for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    assert set(listed) == there
    assert {"report.pdf", "report.html", "report.ocsf.json", "report.oscal.json", "report.sarif"} <= there
    assert any(name.startswith("evidence/") for name in there)
    again = unpacked(store, tmp_path / "b", Sealing())
    for name in sorted(there):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    assert (tmp_path / "a" / "pack.zip").read_bytes() == (tmp_path / "b" / "pack.zip").read_bytes()


def test_a_redacted_pack_holds_no_document(store: Store, tmp_path: Path) -> None:
    folder = unpacked(store, tmp_path, Sealing(), redact=True)
    assert not (folder / "evidence").exists()
    assert "lumenar-reader-demo" not in (folder / "report.json").read_text(encoding="utf-8")
