"""The frozen program at work: every provider, form of report, signature, secret and schedule, as on a user's computer.

Runs where SITUS_FROZEN names the folder that `packaging/build.py folder` made; elsewhere it says so.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = os.environ.get("SITUS_FROZEN", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="SITUS_FROZEN names no folder of the frozen program")
ENDING = ".exe" if sys.platform == "win32" else ""
PHRASE = dict.fromkeys(("SITUS_VAULT_PASSPHRASE", "SITUS_SIGN_PASSPHRASE"), "long enough, and not real")
Situs = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home of a person with blanks and umlauts in their name."""
    made = tmp_path / "Jörg Prüfer"
    made.mkdir()
    return made


@pytest.fixture
def situs(home: Path) -> Situs:
    """Runs the frozen `situs` without this Python: nothing of its environment, an empty home."""

    def run(*words: object, status: int = 0, said: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8"}
        if sys.platform == "win32":
            kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP", "PATH", "USERNAME")}
            kept |= {"LOCALAPPDATA": str(home), "APPDATA": str(home), "USERPROFILE": str(home)}
        env = {**kept, "QT_QPA_PLATFORM": "offscreen", "AWS_EC2_METADATA_DISABLED": "true", "SITUS_DEBUG": "1", **env}
        done = subprocess.run(
            [str(Path(FOLDER).resolve() / f"situs{ENDING}"), *map(str, words)],
            capture_output=True,
            encoding="utf-8",
            cwd=home,
            env=env,
            input=said,
            check=False,
        )
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}"
        return done

    return run


@pytest.fixture(scope="module")
def clouds() -> Iterator[dict[str, Callable[[], AbstractContextManager[Any]]]]:
    """The simulated clouds of tests/cloud, by provider: each opens one with its estate."""
    folder = str(ROOT / "tests" / "cloud")
    sys.path.insert(0, folder)
    import aws_estate
    import azure_cloud
    import azure_estate
    import gcp_cloud
    import gcp_estate
    import kubernetes_cluster
    import kubernetes_estate

    def azure() -> AbstractContextManager[Any]:
        tenant = azure_cloud.Azure()
        azure_estate.plant(tenant)
        return azure_cloud.azure_cloud(tenant)

    def google() -> AbstractContextManager[Any]:
        cloud = gcp_cloud.GcpCloud()
        gcp_estate.plant(cloud)
        return gcp_cloud.gcp_cloud(cloud)

    yield {
        "aws": aws_estate.aws_cloud,
        "azure": azure,
        "gcp": google,
        "kubernetes": lambda: kubernetes_cluster.serving(kubernetes_estate.planted()),
    }
    sys.path.remove(folder)


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp", "kubernetes"])
def test_permissions(situs, provider):
    for form in ("text", None):
        done = situs("permissions", provider, *(["--form", form] if form else []))
        assert len(done.stdout) > 500


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp", "kubernetes"])
def test_every_provider_is_read_live(situs, home, clouds, provider):
    with clouds[provider]() as cloud:
        lines = ["[[connection]]", 'name = "research"', f'provider = "{provider}"']
        secret = "not-a-real-secret"  # noqa: S105
        if provider == "aws":
            import aws_estate

            cloud.reset()
            aws_estate.plant(cloud)
            lines += ['auth = "keys"', 'access_key_id = "testing"', 'regions = ["eu-central-1"]']
            lines += ['secret_env = "SITUS_TEST_SECRET"', f'endpoint = "{cloud.endpoint}"']
        elif provider == "kubernetes":
            from kubernetes_cluster import TOKEN, kubeconfig

            kubeconfig(home / "kube config", {"gpu-hall": ({"server": cloud.endpoint}, {"token": TOKEN})})
            lines += ['auth = "kubeconfig"', 'kubeconfig = "kube config"']
        else:
            from importlib import import_module

            secret = import_module(f"{provider}_cloud").TOKEN
            lines += ['auth = "token"', 'secret_env = "SITUS_TEST_SECRET"', f'endpoint = "{cloud.endpoint}"']
        (home / "connections.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = ["audit", "--connections", "connections.toml", "--store", "s.db", "--report", "r.json"]
        done = situs(*words, SITUS_TEST_SECRET=secret)
    assert "all read-only" in done.stderr
    found = json.loads((home / "r.json").read_text("utf-8"))
    mark = {"kubernetes": "k8s://", "aws": "arn:", "azure": "/subscriptions/", "gcp": "//"}[provider]
    assert len([asset for asset in found["assets"] if asset["uid"].startswith(mark)]) > 5
    assert secret not in (home / "r.json").read_text("utf-8")


def test_every_form_of_report_signed_and_verified(situs, home):
    situs("demo", "--out", "d")
    forms = ["pdf", "html", "xlsx", "csv", "json", "ocsf", "oscal", "sarif"]
    situs("report", "--store", "d/situs.db", "--format", *forms, "--out", "bericht", "--lang", "de")
    written = {path.name for path in home.glob("bericht*") if path.stat().st_size > 100}
    assert len(written) == len(forms), written
    situs("signing-key", "make", "--name", "Jörg Prüfer", **PHRASE)
    for name in ("bericht.pdf", "bericht.json"):
        situs("sign", name, **PHRASE)
        told = situs("verify", name, "--store", "d/situs.db", "--format", "json", status=0)
        assert "intact" in told.stdout or "true" in told.stdout, told.stdout
    whole = (home / "bericht.pdf").read_bytes()
    (home / "bericht.pdf").write_bytes(whole.replace(b"/Type /Page", b"/Type /Pags", 1))
    situs("verify", "bericht.pdf", "--store", "d/situs.db", status=1)


def test_rules_test_themselves_and_files_are_read_by_several_processes(situs, home):
    assert "0 failed" in situs("rules", "test").stdout or situs("rules", "test").returncode == 0
    sample = next(Path(FOLDER).rglob("sample_estate"))
    shutil.copytree(next(sample.glob("scan-2026-11-20")), home / "Ausfuhr")
    situs("import", "Ausfuhr", "--store", "s.db")
    found = json.loads(situs("scans", "--store", "s.db", "--format", "json").stdout)
    assert found


def test_the_vault_keeps_a_secret_under_a_passphrase(situs, home):
    situs("vault", "set", "smtp", "--protect", "passphrase", said="canary-2c77\n", **PHRASE)
    assert "smtp" in situs("vault", "list", **PHRASE).stdout
    for path in home.rglob("*"):
        assert not path.is_file() or b"canary-2c77" not in path.read_bytes(), path


def test_schedules_are_kept_and_name_the_frozen_program(situs, home):
    (home / "sites.yaml").write_text("sites:\n  - {id: hall, name: Hall, country: DE, city: Bonn}\n", encoding="utf-8")
    add = ["schedule", "add", "weekly", "--import", "sites.yaml", "--store", "s.db", "--external"]
    told = situs(*add).stderr
    assert str(Path(FOLDER).resolve() / "situs") in told
    assert "weekly" in situs("schedule", "list").stderr + situs("schedule", "list").stdout
    situs("schedule", "run", "weekly")
    (run,) = json.loads(situs("schedule", "history", "--format", "json").stdout)
    assert run["state"] == "done"
    situs("schedule", "remove", "--all")


def test_an_update_is_told(situs):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"version": "99.0.0"}')

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        assert "99.0.0" in situs("updates", "--address", f"http://127.0.0.1:{server.server_port}/").stdout
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_store_on_a_server_is_understood(situs):
    done = situs("scans", "--store", "postgresql://nobody@127.0.0.1:1/none", status=1)
    assert "ModuleNotFoundError" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cluster_is_refused_in_a_sentence(situs, home):
    (home / "c.toml").write_text('[[connection]]\nname="a"\nprovider="aws"\nauth="default"\n', encoding="utf-8")
    done = situs("scan", "--connections", "c.toml", "--store", "s.db", "--workers", "tcp://127.0.0.1:1", status=2)
    assert "Traceback" not in done.stderr


def test_workers_of_a_cluster_read_for_the_frozen_program(situs, home, clouds, monkeypatch):
    from azure_cloud import TOKEN
    from distributed import LocalCluster

    monkeypatch.setenv("SITUS_TEST_SECRET", TOKEN)  # the workers have a Python of their own, and log in by themselves
    words = ["scan", "--connections", "c.toml", "--format", "json", "--store"]
    with (
        clouds["azure"]() as cloud,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster,
    ):
        (home / "c.toml").write_text(
            '[[connection]]\nname = "a"\nprovider = "azure"\nauth = "token"\nsecret_env = "SITUS_TEST_SECRET"\n'
            f'endpoint = "{cloud.endpoint}"\n',
            encoding="utf-8",
        )
        alone = situs(*words, "alone.db", SITUS_TEST_SECRET=TOKEN)
        spread = situs(*words, "spread.db", "--workers", cluster.scheduler_address, SITUS_TEST_SECRET=TOKEN)
    first, second = (json.loads(done.stdout)["scan"] for done in (alone, spread))
    assert first["assets"] == second["assets"] > 40
    assert "Traceback" not in spread.stderr


def test_both_programs_open_the_window(home):
    env = {**os.environ, "HOME": str(home), "LOCALAPPDATA": str(home), "QT_QPA_PLATFORM": "offscreen"}
    for name in ("situs", "situs-window"):
        program = Path(FOLDER).resolve() / f"{name}{ENDING}"
        subprocess.run([str(program), "--first-window"], check=True, env=env, cwd=home, capture_output=True)
    subprocess.run([str(program), "--self-test"], check=True, env=env, cwd=home, capture_output=True)


def test_licences_and_bill_are_in_the_folder():
    folder = Path(FOLDER)
    bill = json.loads((folder / "sbom.cdx.json").read_text("utf-8"))
    names = {part["name"].lower() for part in bill["components"]}
    assert {"boto3", "azure-identity", "google-auth", "reportlab", "cpython"} <= names
    assert "pyinstaller" not in names
    text = (folder / "LICENCES.txt").read_text("utf-8")
    for part in bill["components"]:
        if part["name"] != "CPython":
            assert f"{part['name']} {part['version']}".lower() in text.lower()
    assert (folder / "licences" / "LGPL-3.0.txt").is_file()
    for path in (folder / "sbom.cdx.json", folder / "LICENCES.txt"):
        assert "file://" not in path.read_text("utf-8")
