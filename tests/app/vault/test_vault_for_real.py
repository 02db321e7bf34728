"""The vault with a real keyring of this operating system: GNOME's Secret Service, or Windows' own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CANARY = "canary value ü 77"
PROGRAM = """
import sys
from pathlib import Path
from app.vault import Vault
from app.vault.keys import SystemKeyring
folder = Path(sys.argv[1])
assert SystemKeyring().name == sys.argv[2], SystemKeyring().name
Vault(folder).keep("aws", sys.argv[3])
assert Vault(folder).fetch("aws") == sys.argv[3]
assert Vault(folder).rotate() == 1
assert Vault(folder).fetch("aws") == sys.argv[3]
status = Vault(folder).status()
assert (status.protection, status.trouble) == ("keyring", "")
Vault(folder).discard("aws")
"""
SESSION = """
set -eu
export XDG_DATA_HOME="$HOME/data" XDG_RUNTIME_DIR="$HOME/run"
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null
exec "$@"
"""


def check(folder: Path, name: str, before: list[str], env: dict[str, str]) -> None:
    words = [*before, sys.executable, "-X", "utf8", "-c", PROGRAM, str(folder / "Daten von Zoë"), name, CANARY]
    done = subprocess.run(words, capture_output=True, env=env, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    for path in folder.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


@pytest.mark.skipif(sys.platform != "win32", reason="Credential Manager is on Windows only")
def test_credential_manager(tmp_path: Path) -> None:
    check(tmp_path, "Windows", [], {**os.environ, "PYTHONPATH": str(ROOT)})


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="no dbus-run-session and gnome-keyring-daemon here; on Debian: apt-get install dbus gnome-keyring",
)
def test_secret_service(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG", "DBUS", "SITUS"))}
    env = {**kept, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    check(tmp_path, "SecretService", ["dbus-run-session", "--", "bash", "-c", SESSION, "bash"], env)
