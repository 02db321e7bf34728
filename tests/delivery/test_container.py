"""What the Containerfile declares, held to without a container engine: a root of its own that nobody may write to, the
user, environment and volumes that the file names, no rights at all, and a real audit of a simulated cloud in it.

What this does not show: that the base images are there, and that an engine builds the file.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "packaging" / "Containerfile"
PACKAGES = ("app", "scanners", "rules", "resources")
LAID = """
set -eu
mount --make-rprivate /
mount -t tmpfs -o size=16m,mode=0755 none "$NEW"
mkdir "$NEW/tmp"  # first, as what is shown below may lie in it
mount -t tmpfs -o mode=1777 none "$NEW/tmp"
shown() { mkdir -p "$NEW$2"; mount --rbind "$1" "$NEW$2"; mount -o remount,bind,ro "$NEW$2"; }
for folder in /usr /lib /lib64 /bin /etc $PYTHONS; do [ -e "$folder" ] && shown "$folder" "$folder"; done
shown "$SOURCE" /opt/situs
mkdir -p "$NEW/proc" "$NEW/dev" "$NEW/data" "$NEW/reports" "$NEW/etc/situs" 2>/dev/null || true
mount --rbind /proc "$NEW/proc"
for device in null zero urandom random; do
    touch "$NEW/dev/$device"
    mount --bind "/dev/$device" "$NEW/dev/$device"
done
mkdir "$NEW/dev/shm"  # engines bring it along; processes cannot wait for each other without
[ -z "$SHARED" ] || mount -t tmpfs -o mode=1777 none "$NEW/dev/shm"
mount --bind "$DATA" "$NEW/data"
mount --bind "$REPORTS" "$NEW/reports"
shown "$GIVEN" /given
mount -o remount,ro "$NEW"
exec chroot "$NEW" /usr/bin/setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups --no-new-privs \
    --inh-caps=-all --bounding-set=-all /usr/bin/env -i "$@"
"""
PROBE = """
import json, os, sys
def fails(path):
    try:
        with open(path, "w"):
            return 0
    except OSError as error:
        return error.errno
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(json.dumps({
    "uid": os.getuid(), "rights": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
    "written": {p: fails(p) for p in sys.argv[1:]},
    "cwd": os.getcwd(),
}))
"""


def instructions() -> list[tuple[str, str]]:
    """Instructions of the last stage, in order: name and what follows it."""
    text = re.sub(r"\\\n\s*", " ", FILE.read_text("utf-8"))
    lines = [line.partition(" ") for line in text.splitlines() if line[:1].isupper()]
    found = [(name, rest.strip()) for name, _, rest in lines]
    last = max(n for n, (name, _) in enumerate(found) if name == "FROM")
    return found[last:]


def declared(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def test_the_file_asks_for_nothing_that_is_not_there() -> None:
    text = re.sub(r"\\\n\s*", " ", FILE.read_text("utf-8"))
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["COPY"] and not words[1].startswith("--from"):
            assert all((ROOT / source).exists() for source in words[1:-1]), line
        assert words[:1] != ["ADD"]
        if words[:1] == ["FROM"]:
            image = words[1].rpartition("/")[2]
            assert ":" in image, line
            assert not image.endswith(":latest"), line
    user, _, group = declared("USER")[-1].partition(":")
    assert user.isdecimal(), "a number: an engine that forbids root cannot look names up"
    assert group.isdecimal()
    assert int(user) > 0
    assert json.loads(declared("ENTRYPOINT")[-1]) == ["situs"]
    assert json.loads(declared("CMD")[-1]) == ["--help"]


def test_what_people_are_told_to_type_is_what_the_program_knows() -> None:
    from app.cli.arguments import parser

    told = re.search(r"^#\s+(audit --connections .*)$", FILE.read_text("utf-8"), re.MULTILINE)
    assert told is not None
    assert parser().parse_args(shlex.split(told[1])).log == "-"


@pytest.fixture
def contained(tmp_path: Path):
    """Runs the program as the container would: `run(words, environment, program=None)`."""
    tools = [shutil.which(t) for t in ("unshare", "setpriv", "mount", "chroot")]
    if sys.platform != "linux" or os.geteuid() != 0 or None in tools:
        pytest.skip("a root that is read-only needs Linux, root, unshare, chroot and setpriv")
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace may be made here")
    source, new, data, reports, given = (tmp_path / n for n in ("source", "new", "data", "reports", "given"))
    for folder in (new, data, reports, given, source):
        folder.mkdir()
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    user = declared("USER")[-1].partition(":")[0]
    os.chown(data, int(user), int(user))
    os.chown(reports, int(user), int(user))
    pythons = sorted({sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1])})
    hidden = [p for p in pythons if not p.startswith(("/usr", "/lib"))]
    variables = " ".join(declared("ENV"))
    declared_env = dict(pair.split("=", 1) for pair in shlex.split(variables))
    declared_env.pop("PATH")

    def run(
        words: list[str], more: dict[str, str], program: str | None = None, shared: bool = True
    ) -> subprocess.CompletedProcess[str]:
        env = {**declared_env, "PYTHONPATH": "/opt/situs", **more}
        start = f"import sys; sys.modules['PySide6'] = None; sys.argv[0] = 'situs'; {program or _START}"
        at = declared("WORKDIR")[-1]
        inside = [f"--chdir={at}", *(f"{k}={v}" for k, v in env.items()), sys.executable, "-c", start, *words]
        return subprocess.run(
            ["unshare", "-m", "bash", "-c", LAID, "bash", *inside],
            capture_output=True,
            encoding="utf-8",
            env={
                "PATH": os.environ["PATH"],
                "NEW": str(new),
                "SOURCE": str(source),
                "DATA": str(data),
                "REPORTS": str(reports),
                "GIVEN": str(given),
                "PYTHONS": " ".join(hidden),
                "USER_ID": user,
                "SHARED": "yes" if shared else "",
            },
            check=False,
            timeout=180,
        )

    run.data, run.reports, run.given = data, reports, given  # type: ignore[attr-defined]
    return run


_START = "from app.cli.main import main; sys.exit(main(sys.argv[1:]))"


def test_nothing_but_the_declared_places_can_be_written(contained) -> None:
    places = ["/x", "/opt/situs/x", "/opt/situs/app/x", "/given/x", "/dev/x", "/data/x", "/tmp/x"]
    done = contained(places, {}, f"exec({PROBE!r})")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["uid"] == 10001
    assert told["rights"] == 0
    assert told["cwd"] == "/data"
    assert {p for p, error in told["written"].items() if not error} == {"/data/x", "/tmp/x"}


def test_an_audit_of_a_cloud_runs_as_the_container_would(contained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "cloud"))
    from azure_cloud import TOKEN, Azure, azure_cloud
    from azure_estate import plant

    azure = Azure()
    plant(azure)
    with azure_cloud(azure) as server:
        (contained.given / "connections.toml").write_text(
            '[[connection]]\nname = "a"\nprovider = "azure"\nauth = "token"\nsecret_env = "SITUS_TEST_TOKEN"\n'
            f'endpoint = "{server.endpoint}"\n',
            "utf-8",
        )
        words = ["audit", "--connections", "/given/connections.toml", "--report-folder", "/reports", "--log", "-"]
        words += ["--forms", "json", "--workers", "processes:2"]
        done = contained(words, {"SITUS_TEST_TOKEN": TOKEN})
        assert done.returncode == 0, done.stderr[-3000:]
        (report,) = contained.reports.iterdir()
        assert len(json.loads(report.read_text("utf-8"))["assets"]) > 40
        assert (contained.data / "Situs" / "situs.db").exists()
        lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        assert lines
        assert TOKEN not in done.stdout + done.stderr
        without = contained(words, {"SITUS_TEST_TOKEN": TOKEN}, shared=False)
        assert without.returncode == 2, without.stderr[-3000:]
        assert "in a container, /dev/shm has to be there" in without.stderr


def test_a_volume_that_cannot_be_written_is_a_sentence(contained) -> None:
    (contained.given / "sites.yaml").write_text(
        "sites:\n  - id: s1\n    name: Hall\n    country: DE\n    operator: Us\n", "utf-8"
    )
    os.chown(contained.data, 0, 0)
    contained.data.chmod(0o755)
    done = contained(["audit", "--import", "/given/sites.yaml"], {})
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "/data" in done.stderr
