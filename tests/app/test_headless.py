"""An audit needs no display, no Qt, no rights and no file system that it may write to, but its store's folder."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITES = "sites:\n  - id: s1\n    name: Hall\n    country: DE\n    operator: Us\n"
PROGRAM = """
import sys
sys.modules["PySide6"] = sys.modules["pypdfium2"] = None  # as if they were not installed
from app.cli.main import main
status = main(sys.argv[1:])
assert not [m for m in sys.modules if m.startswith("PySide6.") or m.startswith("shiboken")]
sys.exit(status)
"""


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, *words]


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(home), "XDG_DATA_HOME": str(home), "PYTHONUTF8": "1"}


def test_an_audit_with_every_report_needs_neither_qt_nor_a_display(tmp_path: Path) -> None:
    sites = tmp_path / "sites.yaml"
    sites.write_text(SITES, "utf-8")
    words = [
        "audit",
        "--import",
        str(sites),
        "--report-folder",
        str(tmp_path / "reports"),
        "--forms",
        "pdf",
        "json",
        "csv",
    ]
    done = subprocess.run(
        command(*words, "--store", str(tmp_path / "s.db"), "--log", "-", "--format", "json"),
        capture_output=True,
        env=environment(tmp_path),
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["scan"]["id"] == "1"
    assert {p.suffix for p in (tmp_path / "reports").iterdir()} == {".pdf", ".json", ".csv"}


def test_an_audit_without_rights_on_a_file_system_that_is_read_only(tmp_path: Path) -> None:
    """The nearest thing to a container where none can be built: a mount namespace, read-only but for the data."""
    tools = [shutil.which(t) for t in ("unshare", "setpriv", "mount")]
    if getattr(os, "geteuid", lambda: 1)() != 0 or None in tools:
        pytest.skip("making a read-only file system needs root, unshare and setpriv")
    data = tmp_path / "data"
    data.mkdir()
    (data / "sites.yaml").write_text(SITES, "utf-8")
    script = """
    set -eu
    mount --make-rprivate /
    mount --bind "$DATA" "$DATA"
    mount -o remount,ro,bind /
    chown -R 10001:10001 "$DATA"
    exec setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
    """
    probe = """
import os, sys
try:
    open(os.path.join(sys.argv[1], "x"), "w")
except OSError as error:
    print(error.errno)
"""
    env = {**environment(data), "DATA": str(data)}

    def inside(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["unshare", "-m", "bash", "-c", script, "bash", *words],
            capture_output=True,
            env=env,
            check=False,
            timeout=120,
        )

    chmod = [p for p in [tmp_path, *tmp_path.parents] if p.stat().st_uid == 0 and not p.stat().st_mode & 0o001]
    for folder in chmod:
        folder.chmod(folder.stat().st_mode | 0o011)
    tried = inside(sys.executable, "-c", probe, str(ROOT))
    if tried.returncode and b"unshare" in tried.stderr:
        pytest.skip("no mount namespace may be made here")
    assert tried.stdout.strip() in (b"30", b"13"), tried  # read-only file system
    done = inside(
        *command(
            "audit", "--import", str(data / "sites.yaml"), "--report-folder", str(data / "reports"), "--forms", "json"
        )
    )
    assert done.returncode == 0, done.stderr.decode()
    assert list((data / "reports").glob("*.json"))
    assert (data / "Situs" / "situs.db").exists()


def test_the_container_runs_without_rights_and_without_the_window() -> None:
    text = (ROOT / "packaging" / "Containerfile").read_text("utf-8")
    lines = [line.split()[0] for line in text.splitlines() if line and line[0].isupper()]
    assert lines.index("USER") < lines.index("ENTRYPOINT")
    assert "USER 10001" in text
    assert "--require-hashes" in text
    found = subprocess.run(
        [sys.executable, ROOT / "packaging" / "without_window.py", ROOT / "packaging" / "requirements.lock"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pins = [line.split("==")[0].lower() for line in found.splitlines() if "==" in line]
    assert "sqlmodel" in pins
    assert not [p for p in pins if "pyside" in p or "shiboken" in p or "pdfium" in p]
    everything = (ROOT / "packaging" / "requirements.lock").read_text("utf-8")
    dropped = [x for x in everything.splitlines() if x and x not in found.splitlines()]
    assert [x for x in dropped if "pyside6" in x]
    assert all(x.startswith(("pyside6", "shiboken6", "pypdfium2", " ")) for x in dropped)
