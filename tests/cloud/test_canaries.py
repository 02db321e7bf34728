"""Every secret that a run uses is looked for wherever a run leaves something: and found nowhere.

Looked through are the store (blobs unpacked), reports (streams unpacked), logs, settings, schedules, backups (members
unpacked), what was printed, temporary files while they exist, and the command lines of all processes. Each secret is
looked for as it is, in UTF-16, base64, hexadecimal, and as URLs and JSON would write it.
"""

import io
import json
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pikepdf
import pytest
from azure_cloud import TOKEN
from azure_fixtures import Tenant, tenant
from loopback import Asked, Reply, loopback

__all__ = ["tenant"]
ROOT = Path(__file__).resolve().parents[2]
VAULT = "canary passphrase of the vault 5f21"
HOOK = "canary-hook-secret-77aa"
WRONG = "canary-wrong-token-0b3e"
BACKUP = "canary passphrase of the backup 91cd"


def spellings(secret: str) -> list[bytes]:
    """The ways in which a secret may be written."""
    raw = secret.encode()
    told = {raw, secret.encode("utf-16-le"), raw.hex().encode(), quote(secret, safe="").encode()}
    told.add(json.dumps(secret)[1:-1].encode())
    for shift in range(3):  # base64 depends on what stands before
        whole = b64encode(b"\0" * shift + raw)
        told.add(whole[(4 if shift else 0) : len(whole) - 4])
    return sorted(told)


def unpacked(path: Path, body: bytes) -> Iterator[bytes]:
    """What a file holds: its bytes, and what is compressed in it."""
    yield body
    if body.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - a name from the file itself
                    for value in row:
                        if isinstance(value, bytes):
                            yield value
                            yield _inflated(value)
                        elif isinstance(value, str):
                            yield value.encode("utf-8", "surrogatepass")
    elif body.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(body)) as pdf:
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Stream):
                    yield thing.read_bytes() if thing.get("/Subtype") != "/Image" else thing.read_raw_bytes()
    elif zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                member = path.with_name(f"unpacked-{Path(name).name}")
                member.write_bytes(archive.read(name))
                yield from unpacked(member, member.read_bytes())
                member.unlink()


def _inflated(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return b""


def found(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    """(file, secret) for every secret that a file of this folder holds."""
    told: list[tuple[str, str]] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for part in unpacked(path, path.read_bytes()):
            told += [(path.name, s) for s in secrets if any(w in part for w in spellings(s))]
    return told


class Watcher(threading.Thread):
    """Looks at command lines and temporary files again and again while a run lasts."""

    def __init__(self, folder: Path, secrets: list[str]) -> None:
        super().__init__(daemon=True)
        self._folder, self._words = folder, [w for s in secrets for w in spellings(s)]
        self._over = threading.Event()
        self.seen: set[str] = set()
        self.looks = self.lines = self.files = 0

    def run(self) -> None:
        while not self._over.wait(0.05):
            self.looks += 1
            for place in [*Path("/proc").glob("[0-9]*/cmdline"), *self._folder.rglob("*")]:
                try:
                    body = place.read_bytes() if place.is_file() else b""
                except OSError:
                    continue
                self.lines += place.name == "cmdline" and b"app.cli.main" in body
                self.files += place.name != "cmdline" and bool(body)
                if any(w in body for w in self._words):
                    self.seen.add(str(place))

    def stop(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def rooms(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A user's home, a folder for temporary files, and one for secrets that is not looked through."""
    rooms = tmp_path / "home", tmp_path / "temporary", tmp_path / "secrets"
    for room in rooms:
        room.mkdir()
    (rooms[2] / "vault").write_text(VAULT, "utf-8")
    (rooms[2] / "backup").write_text(BACKUP, "utf-8")
    return rooms


def test_the_search_finds_what_is_hidden(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as db:
        db.execute("CREATE TABLE t (body BLOB)")
        db.execute("INSERT INTO t VALUES (?)", (zlib.compress(b"x" + TOKEN.encode()),))
        db.commit()
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in.txt", "y" * 99 + b64encode(b"??" + WRONG.encode() + b"?").decode())
    (tmp_path / "c.txt").write_bytes(VAULT.encode("utf-16-le"))
    pdf = pikepdf.new()
    pdf.make_stream(HOOK.encode())
    pdf.add_blank_page()
    pdf.Root.Canary = pdf.make_stream(HOOK.encode())
    pdf.save(tmp_path / "d.pdf", compress_streams=True)
    secrets = [TOKEN, WRONG, VAULT, HOOK, BACKUP]
    assert {s for _, s in found(tmp_path, secrets)} == {TOKEN, WRONG, VAULT, HOOK}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="command lines of other processes are read from /proc")
def test_no_secret_is_left_anywhere(tenant: Tenant, rooms: tuple[Path, Path, Path]) -> None:
    home, temporary, secret = rooms
    secrets = [TOKEN, WRONG, VAULT, HOOK, BACKUP]
    printed: list[bytes] = []
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("SITUS", "XDG"))},
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "SITUS_VAULT_PASSPHRASE_FILE": str(secret / "vault"),
        "SITUS_BACKUP_PASSPHRASE_FILE": str(secret / "backup"),
        "SITUS_DEBUG": "1",
    }

    def situs(*words: str, typed: str = "", program: str = "") -> int:
        command = [sys.executable, "-m", "app.cli.main"] if not program else [sys.executable, "-c", program]
        done = subprocess.run(
            [*command, *words], input=typed.encode(), capture_output=True, env=env, cwd=home, check=False, timeout=300
        )
        printed.append(done.stdout + done.stderr)
        return done.returncode

    received: list[bytes] = []

    def hears(asked: Asked) -> Reply:
        received.append(json.dumps([asked.path, asked.headers, asked.body]).encode())
        return Reply({})

    with loopback(hears) as hook:
        data = home / ".local" / "share" / "Situs"
        data.mkdir(parents=True)
        (data / "notify.toml").write_text(
            f'severity = "info"\n[[webhook]]\nname = "team"\nurl = "{hook.endpoint}"\nsecret = "vault:hook"\n', "utf-8"
        )
        connections = home / "connections.toml"
        entry = (
            '[[connection]]\nname = "{}"\nprovider = "azure"\nauth = "token"\nsecret = "vault:{}"\nendpoint = "{}"\n'
        )
        connections.write_text(entry.format("good", "token", tenant.server.endpoint), "utf-8")
        (home / "wrong.toml").write_text(entry.format("bad", "wrong", tenant.server.endpoint), "utf-8")
        watcher = Watcher(temporary, secrets)
        watcher.start()
        try:
            for name, value in (("token", TOKEN), ("hook", HOOK), ("wrong", WRONG)):
                assert situs("vault", "set", name, "--protect", "passphrase", typed=value) == 0, printed[-1].decode()
            whole = ["audit", "--connections", str(connections), "--report-folder", "reports", "--notify"]
            logged = ["--log", "log.jsonl", "--forms", "pdf", "json", "csv"]
            assert situs(*whole, *logged) == 0, printed[-1].decode()
            assert situs("connect", "--connections", str(connections)) in (0, 1)
            assert situs("audit", "--connections", "wrong.toml", "--log", "log.jsonl", "--notify") == 1
            crash = (
                "import sys\nimport app.job\nfrom app.cli.main import main\n"
                "def broken(*a, **k):\n    from app.vault import fetch\n    secret = fetch('token')\n"
                "    raise ZeroDivisionError(len(secret))\n"
                "app.job.audit.judge_scan = broken\nsys.exit(main(sys.argv[1:]))\n"
            )
            assert situs(*whole, *logged, program=crash) == 1
            assert b"ZeroDivisionError" in printed[-1]
            assert situs("schedule", "add", "weekly", "--connections", str(connections), "--external") == 0
            assert situs("schedule", "run", "weekly") == 0, printed[-1].decode()
            assert situs("schedule", "history", "--format", "json") == 0
            assert situs("store", "backup", "--out", "sealed.backup") == 0, printed[-1].decode()
            assert situs("store", "backup", "--out", "plain.zip", "--in-the-clear") == 0
            assert situs("vault", "rotate", "--protect", "keyring") in (0, 1)
            assert situs("vault", "status", "--format", "json") in (0, 1)
        finally:
            watcher.stop()
    assert received, "the receiver of messages was not told anything"
    assert watcher.looks > 20
    assert watcher.lines > 20, "no command line of the program was seen"
    assert watcher.seen == set()
    kinds = {p.suffix for p in home.rglob("*") if p.is_file()}
    assert {".pdf", ".json", ".csv", ".db", ".jsonl", ".zip", ".toml"} <= kinds
    assert found(home, secrets) == []
    assert found(temporary, secrets) == []
    (home / "printed").write_bytes(b"\n".join([*printed, *received]))
    assert found(home, secrets) == []
