"""Backup and restore: everything but the vault comes back, and nothing that was changed is believed."""

import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.store import KnownStoreError, Store
from app.storecare import BackupError, backup, restore
from app.storecare.sealed import seal, unseal
from scanners.model import Asset, Coverage, CoverageStatus, Location, LocationKind

WORDS = "correct horse battery staple"
HERE = Location(LocationKind.REGION, "eu-west-1")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fill(where: Path, *names: str) -> None:
    with Store.open(where) as store:
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        assets = [Asset(f"uid:{n}", "aws", "1", "storage.bucket", "AWS::S3::Bucket", n, HERE) for n in names]
        writer.write(
            [*assets, Coverage("prod", "aws", "1", "eu-west-1", "s3", "storage.bucket", CoverageStatus.COLLECTED)]
        )
        writer.finish("complete", NOON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's data folder with a store, settings, a schedule and a vault."""
    folder = tmp_path / "Daten von Zoë"
    (folder / "schedules").mkdir(parents=True)
    fill(folder / "situs.db", "alpha", "beta")
    (folder / "settings.toml").write_text('name = "Zoë"\n', "utf-8")
    (folder / "schedules" / "weekly.json").write_text("{}", "utf-8")
    (folder / "vault.json").write_text("a vault", "utf-8")
    return folder


@pytest.mark.parametrize("passphrase", [None, WORDS], ids=["in the clear", "encrypted"])
def test_a_backup_comes_back_on_another_laptop(folder: Path, tmp_path: Path, passphrase: str | None) -> None:
    file = tmp_path / "b.situs-backup"
    made = backup(folder / "situs.db", folder, file, passphrase)
    assert made.scans == 1
    assert set(made.members) == {"situs.db", "settings.toml", "schedules/weekly.json"}
    other = tmp_path / "other"
    done = restore(file, other / "situs.db", other, passphrase, settings=True)
    assert (done.kept, done.settings) == (None, ("schedules/weekly.json", "settings.toml"))
    with Store.open(other / "situs.db", create=False) as store:
        assert store.asset("uid:alpha", 1).asset.name == "alpha"
        assert store.check_chain() == []
    assert not (other / "vault.json").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("situs-backup-")]


def test_an_encrypted_backup_tells_nothing_and_needs_its_passphrase(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "b"
    backup(folder / "situs.db", folder, file, WORDS)
    body = file.read_bytes()
    for canary in (b"alpha", b"SQLite", b"PK\x03\x04", "Zoë".encode(), WORDS.encode()):
        assert canary not in body
    with pytest.raises(BackupError, match="its passphrase is needed"):
        restore(file, tmp_path / "x.db", tmp_path, None)
    with pytest.raises(BackupError, match="passphrase is wrong"):
        restore(file, tmp_path / "x.db", tmp_path, WORDS + "x")
    assert not (tmp_path / "x.db").exists()


def test_a_store_that_is_there_is_kept_beside(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "b"
    backup(folder / "situs.db", folder, file, None)
    fill(folder / "situs.db", "gamma")
    with pytest.raises(BackupError, match="--replace"):
        restore(file, folder / "situs.db", folder, None)
    done = restore(file, folder / "situs.db", folder, None, replace=True)
    with Store.open(folder / "situs.db") as store, Store.open(done.kept) as before:
        assert (len(store.scans()), len(before.scans())) == (1, 2)
    with Store.open(folder / "situs.db") as store:
        writer = store.begin_scan(["a"], started=NOON, program="test")
        writer.abandon()


def test_a_store_is_backed_up_while_another_writes(folder: Path, tmp_path: Path) -> None:
    with Store.open(folder / "situs.db") as store:
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        made = backup(folder / "situs.db", folder, tmp_path / "b", None)
        writer.abandon()
    assert made.scans == 2
    restore(tmp_path / "b", tmp_path / "x.db", tmp_path, None)
    with Store.open(tmp_path / "x.db") as copy:
        assert [s.state for s in copy.scans()] == ["complete", "interrupted"]


def changed(file: Path, target: Path, name: str, body: bytes | None) -> None:
    """The archive with one member changed, or left out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        if body is not None:
            new.writestr(name, body)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("settings.toml", b"name = 'Eve'"),
        ("situs.db", None),
        ("situs.db", b"not a store"),
        ("../escape.txt", b"x"),
        ("manifest.json", None),
        ("manifest.json", b"{}"),
        (
            "manifest.json",
            b'{"format": "situs-backup-9", "made": "", "program": "", "schema": 1, "scans": 0, "members": {}}',
        ),
    ],
)
def test_a_changed_backup_changes_nothing(folder: Path, tmp_path: Path, name: str, body: bytes | None) -> None:
    backup(folder / "situs.db", folder, tmp_path / "b", None)
    changed(tmp_path / "b", tmp_path / "c", name, body)
    before = (folder / "situs.db").read_bytes()
    with pytest.raises(BackupError):
        restore(tmp_path / "c", folder / "situs.db", folder, None, replace=True, settings=True)
    assert (folder / "situs.db").read_bytes() == before
    assert not (tmp_path / "escape.txt").exists()


def test_names_that_lead_elsewhere_are_not_followed_even_where_the_manifest_names_them(
    folder: Path, tmp_path: Path
) -> None:
    import hashlib

    backup(folder / "situs.db", folder, tmp_path / "b", None)
    evil = "../../escape.txt"
    with zipfile.ZipFile(tmp_path / "b") as old:
        manifest = json.loads(old.read("manifest.json"))
        manifest["members"][evil] = hashlib.sha256(b"x").hexdigest()
    changed(tmp_path / "b", tmp_path / "c", "manifest.json", json.dumps(manifest).encode())
    changed(tmp_path / "c", tmp_path / "d", evil, b"x")
    home = tmp_path / "deep" / "deeper"
    restore(tmp_path / "d", home / "situs.db", home, None, settings=True)
    assert not list(tmp_path.rglob("escape.txt"))


def test_a_damaged_store_inside_is_noticed(folder: Path, tmp_path: Path) -> None:
    backup(folder / "situs.db", folder, tmp_path / "b", None)
    with zipfile.ZipFile(tmp_path / "b") as old:
        body = bytearray(old.read("situs.db"))
        manifest = json.loads(old.read("manifest.json"))
    import hashlib

    body[4096:8192] = b"\xff" * 4096
    manifest["members"]["situs.db"] = hashlib.sha256(body).hexdigest()
    changed(tmp_path / "b", tmp_path / "c", "manifest.json", json.dumps(manifest).encode())
    changed(tmp_path / "c", tmp_path / "d", "situs.db", bytes(body))
    with pytest.raises((BackupError, sqlite3.DatabaseError)):
        restore(tmp_path / "d", tmp_path / "x.db", tmp_path, None)
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04", b"{}", b'{"format":"situs-sealed-1"}\n', bytes(5000)])
def test_files_that_are_no_backup(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "b").write_bytes(body)
    with pytest.raises(BackupError):
        restore(tmp_path / "b", tmp_path / "x.db", tmp_path, WORDS)
    with pytest.raises(BackupError, match="cannot be read"):
        restore(tmp_path / "none", tmp_path / "x.db", tmp_path, WORDS)


def test_places_that_cannot_be(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no folder"):
        backup(folder / "situs.db", folder, tmp_path / "none" / "b", None)
    with pytest.raises(KnownStoreError, match="no store"):
        backup(folder / "none.db", folder, tmp_path / "b", None)
    assert not (tmp_path / "b").exists()
    with pytest.raises(BackupError, match="on a server"):
        restore(tmp_path / "b", "postgresql://h/d", folder, None)


# The encrypted form


@settings(max_examples=25, deadline=None)
@given(text=st.binary(max_size=200), more=st.integers(0, 3))
def test_what_is_sealed_comes_back(text: bytes, more: int) -> None:
    whole = text * (1 + more * 6000)
    sealed, plain = io.BytesIO(), io.BytesIO()
    seal(io.BytesIO(whole), sealed, WORDS)
    sealed.seek(0)
    unseal(sealed, plain, WORDS)
    assert plain.getvalue() == whole


@pytest.mark.parametrize("change", ["flip", "cut", "drop", "swap", "append"])
def test_chunks_cannot_be_changed_cut_left_out_or_exchanged(change: str) -> None:
    sealed = io.BytesIO()
    seal(io.BytesIO(bytes(range(256)) * 16_384), sealed, WORDS)  # four chunks
    raw = sealed.getvalue()
    head = raw.index(b"\n") + 1
    size = 4 + (1 << 20) + 16
    first, second = raw[head : head + size], raw[head + size : head + 2 * size]
    wrong = {
        "flip": raw[:-1] + bytes([raw[-1] ^ 1]),
        "cut": raw[: head + 2 * size],
        "drop": raw[:head] + raw[head + size :],
        "swap": raw[:head] + second + first + raw[head + 2 * size :],
        "append": raw + first,
    }[change]
    with pytest.raises(BackupError, match="Nothing was changed"):
        unseal(io.BytesIO(wrong), io.BytesIO(), WORDS)


def test_the_copy_is_a_whole_database(folder: Path, tmp_path: Path) -> None:
    with Store.open(folder / "situs.db") as store:
        store.copy_to(tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
