"""A real systemd user manager runs an audit from a timer that `situs schedule add` made.

It is started in a mount namespace of its own, so nothing of this computer changes. That needs root, `unshare` and
systemd; where they are not there, the test says so.
"""

import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

MANAGER = Path("/lib/systemd/systemd")
_MISSING = [
    name
    for name, there in (
        ("root", getattr(os, "geteuid", lambda: 1)() == 0),
        ("unshare", shutil.which("unshare") is not None),
        ("systemctl", shutil.which("systemctl") is not None),
        ("/lib/systemd/systemd", MANAGER.exists()),
    )
    if not there
]

SCRIPT = """
set -eu
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/user
chmod 700 /run/user
export XDG_RUNTIME_DIR=/run/user
/lib/systemd/systemd --user --log-target=console >"$HOME/manager.log" 2>&1 &
manager=$!
trap 'kill $manager 2>/dev/null' EXIT
for n in $(seq 100); do systemctl --user is-system-running >/dev/null 2>&1 && break; sleep 0.1; done
cd "$TREE"
"$PYTHON" -m app.cli.main schedule add proof --daily --at "$AT" --import "$EXPORT" --store "$HOME/situs.db" \\
    --report-folder "$HOME/reports" --forms json --on-battery --wait 0
systemctl --user list-timers --all situs-proof.timer
systemctl --user is-enabled situs-proof.timer
for n in $(seq 1500); do
    "$PYTHON" -c 'import sys; from pathlib import Path; sys.exit(not list(Path(sys.argv[1]).glob("*.json")))' \\
        "$HOME/reports" && break
    sleep 0.2
done
while [ "$(systemctl --user is-active situs-proof.service)" = activating ]; do sleep 0.2; done
systemctl --user show situs-proof.service -p Result -p ExecMainStatus
"$PYTHON" -m app.cli.main schedule history proof --format json
"$PYTHON" -m app.cli.main schedule remove proof
systemctl --user list-unit-files 'situs-*' --no-legend || true
"""


@pytest.mark.skipif(bool(_MISSING), reason=f"a real systemd cannot be started here: {', '.join(_MISSING)} missing")
def test_a_timer_runs_an_audit(tmp_path: Path, export: str) -> None:
    import json

    probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False, timeout=30)
    if probe.returncode:
        pytest.skip("a real systemd cannot be started here: no mount namespace may be made")
    now = datetime.now().astimezone()
    due = now + timedelta(minutes=1 if now.second < 50 else 2)
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("XDG_")},
            "HOME": str(home),
            "PYTHON": sys.executable,
            "TREE": str(Path(__file__).resolve().parents[3]),
            "AT": f"{due:%H:%M}",
            "EXPORT": export,
        },
    )
    log = (home / "manager.log").read_text("utf-8", "replace") if (home / "manager.log").exists() else ""
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{log}"
    assert "situs-proof.timer" in done.stdout
    assert "enabled" in done.stdout
    assert "Result=success" in done.stdout
    begin = done.stdout.index("[")
    (record,) = json.JSONDecoder().raw_decode(done.stdout[begin:])[0]
    assert (record["state"], record["by"], record["status"]) == ("done", "clock", 0)
    assert datetime.fromisoformat(record["due"]) == due.replace(second=0, microsecond=0)
    assert record["outcome"]["scan"] == 1
    assert list((home / "reports").glob("situs-*-scan1.json"))
    assert "situs-proof" not in done.stdout[done.stdout.rindex("]") :]
