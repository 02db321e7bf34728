"""Opening: locks, killed processes, migrations, and files that are not what they should be."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from store_world import NOON, bucket, cell, document, held, scan

from app.store import KnownStoreError, Store, driver, errors, migrations
from app.store.driver import Database, Where
from app.store.intervals import SCHEMA

ROOT = Path(__file__).parents[3]


def child(code: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)])}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )


WRITES_AND_WAITS = """
import sys, time
from store_world import NOON, bucket, cell, document
from app.store import Store
store = Store.open(sys.argv[1])
writer = store.begin_scan(["prod"], started=NOON, program="child")
writer.write([document({"b": 1}), bucket("b"), bucket("a", encrypted=True), cell()])
writer._flush()
print("written", flush=True)
time.sleep(60)
"""


def test_a_killed_scan_is_marked_interrupted_and_changes_nothing(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [document({"a": 1}), bucket("a"), cell()])
    process = child(WRITES_AND_WAITS, str(path))
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        with Store.open(path) as store:  # readers and the clearing up leave a living writer alone
            assert [s.state for s in store.scans()] == ["complete", "running"]
            assert held(store, 1) == {"a": False}
            with pytest.raises(
                KnownStoreError, match=r"Another Situs is writing to this store since 2026-05-01 12:00 UTC"
            ):
                store.begin_scan(["prod"], started=NOON, program="test")
            store.accept("SIT-RES-001", asset="a", why="w", owner="o", until=NOON.date())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    with Store.open(path) as store:
        assert [s.state for s in store.scans()] == ["complete", "interrupted"]
        assert store._db.rows("SELECT count(*) FROM asset_version") == [(1,)]
        assert store._db.rows("SELECT count(*) FROM evidence") == [(1,)]
        assert held(store, 1) == {"a": False}
        info = scan(store, [bucket("a"), cell()])
        assert (info.id, info.changed, info.gone) == (3, 0, 0)


def test_one_program_cannot_write_twice_at_once(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store, Store.open(path) as second:
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        with pytest.raises(KnownStoreError, match="by this very program"):
            store.begin_scan(["prod"], started=NOON, program="test")
        with pytest.raises(KnownStoreError, match="Another Situs"):
            second.begin_scan(["prod"], started=NOON, program="test")
        writer.finish("complete", NOON)
        second.begin_scan(["prod"], started=NOON, program="test").abandon()


def test_reading_only(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [bucket("a")])
    with Store.open(path, read_only=True) as store:
        assert held(store, 1) == {"a": False}
        with pytest.raises(KnownStoreError, match="reading only"):
            store.begin_scan(["prod"], started=NOON, program="test")
        with pytest.raises(KnownStoreError, match="cannot be written"):
            store.accept("R", asset="a", why="w", owner="o", until=NOON.date())


def test_no_store_there(tmp_path: Path):
    for read_only in (False, True):
        with pytest.raises(KnownStoreError, match="There is no store at"):
            Store.open(tmp_path / "none.db", create=False, read_only=read_only)
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(KnownStoreError, match="is a folder"):
        Store.open(tmp_path)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(KnownStoreError, match="cannot be made"):
        Store.open(tmp_path / "file" / "below" / "situs.db")
    with pytest.raises(KnownStoreError, match="neither"):
        Store.open("mysql://host/situs")


def test_folders_are_made(tmp_path: Path):
    with Store.open(tmp_path / "one" / "two" / "situs.db") as store:
        assert store.scans() == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"this is a letter, not a database" * 100, "is not a Situs store"),
        (b"SQLite format 3\0" + b"\xff" * 4096, "is not a Situs store|is damaged"),
    ],
)
def test_not_a_database(tmp_path: Path, content: bytes, sentence: str):
    path = tmp_path / "situs.db"
    path.write_bytes(content)
    for read_only in (False, True):
        with pytest.raises(KnownStoreError, match=sentence):
            Store.open(path, read_only=read_only)
    assert path.read_bytes() == content


def test_database_of_another_program(tmp_path: Path):
    path = tmp_path / "other.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE bookmarks (id)")
    raw.close()
    with pytest.raises(KnownStoreError, match="belongs to another program"):
        Store.open(path)


def test_damaged_file(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [item for n in range(3000) for item in (document({"n": n}), bucket(f"b{n}"))])
    content = bytearray(path.read_bytes())
    content[len(content) // 4 : len(content) * 3 // 4] = b"\xa5" * (len(content) * 3 // 4 - len(content) // 4)
    path.write_bytes(content)
    with pytest.raises(KnownStoreError, match="is damaged"), Store.open(path) as store:
        held(store, 1)


def test_full_disk(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [bucket("a"), cell()])
        pages = store._db.rows("PRAGMA page_count")[0][0]
        store._db.run(f"PRAGMA max_page_count={pages + 8}")
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        with pytest.raises(KnownStoreError, match="is full"):
            writer.write([bucket(f"b{n}") for n in range(20_000)])
        writer.abandon()
    with Store.open(path) as store:
        assert held(store, 1) == {"a": False}
        assert [s.state for s in store.scans()] == ["complete", "abandoned"]


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all"
)
def test_no_permission(tmp_path: Path):
    path = tmp_path / "situs.db"
    Store.open(path).close()
    path.chmod(0o000)
    with pytest.raises(KnownStoreError, match="cannot be opened"):
        Store.open(path)


def test_locked_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "situs.db"
    Store.open(path).close()
    monkeypatch.setattr(driver, "_BUSY_SECONDS", 0.05)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with Store.open(path) as store, pytest.raises(KnownStoreError, match="locked by another program"):
        store.begin_scan(["prod"], started=NOON, program="test")
    raw.close()


def test_sqlite_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(driver, "FLOOR", (99, 0, 0))
    with pytest.raises(KnownStoreError, match=r"needs 99\.0 or newer"):
        Store.open(tmp_path / "situs.db")


def test_network_drive_hint(tmp_path: Path):
    class Raw:
        def execute(self, sql: str):
            return self

        def fetchone(self):
            return ("delete",)

    with pytest.raises(KnownStoreError, match="network drive"):
        driver._prepare(Raw(), Where(str(tmp_path / "x")), read_only=False)  # type: ignore[arg-type]


def test_shares_of_other_computers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(type(tmp_path), "as_uri", lambda self: "file://server/share/situs.db")
    with pytest.raises(KnownStoreError, match="network drive"):
        Store.open(tmp_path / "situs.db")


@pytest.mark.parametrize("name", [*errors._SENTENCES, "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN_ISDIR"])
def test_every_known_trouble_has_a_sentence_with_the_place(name: str):
    trouble = sqlite3.OperationalError("x")
    trouble.sqlite_errorname = name
    sentence = errors.known(trouble, "PLACE")
    assert sentence is not None
    assert "PLACE" in str(sentence)


def test_faults_of_ours_are_not_dressed_up():
    assert errors.known(sqlite3.OperationalError("no such table"), "PLACE") is None


def test_newer_schema_is_refused_and_untouched(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [bucket("a")])
        store._db.run("UPDATE meta SET value = ? WHERE key = 'schema'", (str(SCHEMA + 1),))
    before = path.read_bytes()
    with pytest.raises(KnownStoreError, match=r"written by a newer Situs \(schema 3; this one knows up to 2\)"):
        Store.open(path)
    assert path.read_bytes() == before


def steps(fail: bool = False):
    def second(db: Database) -> None:
        db.run("CREATE TABLE colour (name TEXT)")
        db.run("INSERT INTO colour VALUES ('red')")

    def third(db: Database) -> None:
        db.run("ALTER TABLE colour ADD COLUMN shade TEXT")
        if fail:
            db.run("INSERT INTO nowhere VALUES (1)")

    return {SCHEMA + 1: second, SCHEMA + 2: third}


def test_migration_copies_the_file_first(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [bucket("a")])
        copy = migrations.bring_up_to_date(store._db, steps(), SCHEMA + 2)
        assert store._db.rows("SELECT name, shade FROM colour") == [("red", None)]
        assert migrations._version(store._db) == SCHEMA + 2
        assert held(store, 1) == {"a": False}
    assert copy is not None
    assert copy.parent == tmp_path
    with Store.open(copy, read_only=True) as store:
        assert held(store, 1) == {"a": False}
        assert migrations._version(store._db) == SCHEMA


def test_migration_that_fails_stops_after_the_last_good_step(tmp_path: Path):
    with Store.open(tmp_path / "situs.db") as store:
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            migrations.bring_up_to_date(store._db, steps(fail=True), SCHEMA + 2)
        assert migrations._version(store._db) == SCHEMA + 1
        assert store._db.rows("SELECT * FROM colour") == [("red",)]


def test_migration_is_not_done_for_readers(tmp_path: Path):
    path = tmp_path / "situs.db"
    Store.open(path).close()
    with Store.open(path, read_only=True) as store, pytest.raises(KnownStoreError, match="older schema"):
        migrations.bring_up_to_date(store._db, steps(), SCHEMA + 2)


def test_importing_the_store_loads_no_database_package():
    heavy = "'sqlmodel', 'sqlalchemy', 'sqlite3', 'psycopg'"
    code = f"import sys, app.store; print(sorted(m for m in sys.modules if m in ({heavy})))"
    process = child(code)
    out, _ = process.communicate()
    assert process.returncode == 0
    assert out.strip() in ("[]", "['sqlite3']")


def test_reading_a_store_needs_no_sqlalchemy(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store:
        scan(store, [bucket("a")])
    code = (
        "import sys; from app.store import Store; s = Store.open(sys.argv[1]); "
        "print(s.estate(1).size, 'sqlalchemy' in sys.modules)"
    )
    process = child(code, str(path))
    out, _ = process.communicate()
    assert out.split() == ["1", "False"]


def test_readers_do_not_wait_for_a_writer(tmp_path: Path):
    path = tmp_path / "situs.db"
    with Store.open(path) as store, Store.open(path) as reader:
        scan(store, [bucket("a"), cell()])
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        with store._db.transaction():
            writer.write([bucket("b")])
            writer._flush()
            begin = time.perf_counter()
            assert held(reader, 1) == {"a": False}
            assert time.perf_counter() - begin < 2
        writer.abandon()
