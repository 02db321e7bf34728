"""Workers that are killed, that a person does not wait for, or that have no Situs: nothing is lost, and it is said."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from azure_cloud import TOKEN
from azure_estate import PRODUCTION, RESEARCH
from azure_fixtures import HASTY, Tenant, connection, tenant
from backends import ENGINES, Backend, scan
from loopback import Asked, Reply

from app.connections import Connection
from app.fanout import EngineError, Spread, Unit, engine
from app.fanout.unit import Yield
from app.progress import CancelledByUser
from app.store import Store
from scanners.guard import CallLog
from scanners.model import CoverageStatus

__all__ = ["tenant"]
workers = pytest.mark.backends(*(f"{engine}-sqlite" for engine in ENGINES[1:]))


@pytest.fixture
def wired(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Connection:
    return connection(tenant, monkeypatch)


def worker_of(port: int) -> int:
    """The process that is connected to a port of this computer."""
    import psutil

    own = os.getpid()
    for found in psutil.net_connections("tcp"):
        if found.raddr and found.raddr.port == port and found.pid and found.pid != own:
            return found.pid
    raise LookupError(port)


class Killing:
    """Kills the first worker that asks for something, then answers."""

    def __init__(self, tenant: Tenant, part: str) -> None:
        self.tenant, self.killed, self.lock = tenant, set[int](), threading.Lock()
        tenant.fault(part, self)

    def __call__(self, asked: Asked) -> Reply | None:
        with self.lock:
            if not self.killed:
                self.killed.add(worker_of(int(self.tenant.server.endpoint.rpartition(":")[2])))
                os.kill(*self.killed, signal.SIGKILL)
        return None


@workers
@pytest.mark.skipif(os.name != "posix", reason="finds the worker of a connection and kills it, on Linux and macOS")
def test_what_a_killed_worker_was_reading_is_read_by_another(
    backend: Backend, wired: Connection, tenant: Tenant
) -> None:
    with backend.open() as store:
        whole = scan(store, [wired], network=HASTY)
        killing = Killing(tenant, "/providers/microsoft.storage/storageaccounts")
        again = scan(store, [wired], network=HASTY)
        assert len(killing.killed) == 1
        assert again.warnings == []
        assert (again.scan.added, again.scan.changed, again.scan.gone, again.scan.stale) == (0, 0, 0, 0)
        cells = {(c.account, c.service, c.kind): c.status for c in store.coverage(whole.scan.id)}
        assert {(c.account, c.service, c.kind): c.status for c in store.coverage(again.scan.id)} == cells


@workers
def test_a_person_who_stops_does_not_wait_and_the_workers_stop_too(
    backend: Backend, wired: Connection, tenant: Tenant
) -> None:
    asked: list[float] = []

    def slow(_: Asked) -> Reply | None:
        asked.append(time.monotonic())
        time.sleep(0.3)
        return None

    tenant.fault("/providers/", slow)
    stopped: list[float] = []

    def cancelled() -> bool:
        if len(asked) > 3 and not stopped:
            stopped.append(time.monotonic())
        return bool(stopped)

    with backend.open() as store:
        with pytest.raises(CancelledByUser):
            scan(store, [wired], network=HASTY, cancelled=cancelled)
        assert time.monotonic() - stopped[0] < 2
        assert store.scans()[-1].state == "cancelled"
        left = {c.status for c in store.coverage(store.scans()[-1].id) if c.service == "*"}
        assert left == {CoverageStatus.NOT_ASKED}
    time.sleep(2)
    late = [at for at in asked if at - stopped[0] > 2]
    assert late == [], "the workers went on asking the cloud"


@workers
def test_what_listing_the_accounts_costs_is_on_record(backend: Backend, wired: Connection, tenant: Tenant) -> None:
    with backend.open() as store:
        done = scan(store, [wired], network=HASTY)
        listed = [c for c in done.calls if "subscriptions" in c.operation.lower()]
        assert listed
        assert b"token" in (store.attachment(f"scan:{done.scan.id}", "identities") or b"")


class Breaking(Executor):
    """An engine that breaks down with everything in it whenever a certain unit is at work."""

    def __init__(self, poison: str) -> None:
        self.poison, self.held = poison, list[tuple[Future[Any], Callable[[], Any], Unit]]()
        self.breaks = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        future: Future[Any] = Future()
        self.held.append((future, lambda: fn(*args), args[0]))
        if len(self.held) == 2 or (self.breaks > 1 and args[0].account == self.poison):
            broken = any(unit.account == self.poison for _, _, unit in self.held)
            self.breaks += broken
            for waiting, run, _ in self.held:
                if broken:
                    waiting.set_exception(BrokenProcessPool("died"))
                else:
                    waiting.set_result(run())
            self.held.clear()
        elif self.breaks > 1:
            future.set_result(fn(*args))
            self.held.clear()
        return future


def test_a_unit_that_breaks_every_process_is_lost_alone(wired: Connection) -> None:
    with ThreadPoolExecutor(1) as pool:
        units = Spread(pool, [wired], None, network={"attempts": 2}).units()
    units = units[:2]
    assert len({u.account for u in units}) == 2
    poison = str(units[0].account)
    breaking = Breaking(poison)
    given = {
        unit.account: got for unit, got in Spread(breaking, [wired], None).run(units, lambda _: None, lambda: False)
    }
    assert isinstance(given.pop(poison), BrokenProcessPool)
    (other,) = given.values()
    assert isinstance(other, Yield)
    assert other.accounts


def test_listing_accounts_that_hangs_does_not_hold_up_a_person(wired: Connection, tenant: Tenant) -> None:
    def hang(_: Asked) -> Reply | None:
        time.sleep(3)
        return None

    tenant.fault("/subscriptions", hang)
    begun = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        found = Spread(pool, [wired], None, log=CallLog()).units(lambda: time.monotonic() - begun > 0.5)
    assert found == []
    assert time.monotonic() - begun < 2


def test_workers_with_another_situs_are_named(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["app.fanout.engine"], "__version__", "9.9.9")
    with pytest.raises(EngineError, match=r"have another Situs \(0\..*\) than this computer \(9\.9\.9\)"):
        engine(cluster)


def test_a_scheduler_without_workers_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(sys.modules["app.fanout.engine"], "_SECONDS", 1)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0", host="127.0.0.1", silence_logs=50) as empty,
        pytest.raises(EngineError, match="has no workers; start one: dask worker tcp://"),
    ):
        engine(empty.scheduler_address)


def test_an_installed_program_without_dask_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"need the extra parts: install situs\[scale\]"):
        engine("tcp://127.0.0.1:1")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(EngineError, match=r"comes without Dask\. Use --workers processes:N on this computer"):
        engine("tcp://127.0.0.1:1")


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is a matter of Linux and macOS")
def test_a_program_that_is_killed_takes_its_processes_along_and_goes_on_account_by_account(
    wired: Connection, tenant: Tenant, tmp_path: Path
) -> None:
    """Orphans would go on reading a cloud that nobody waits for any more."""
    import psutil

    slow = True
    tenant.fault(PRODUCTION, lambda _: time.sleep(1) if slow else None)
    config = tmp_path / "connections.toml"
    config.write_text(
        '[[connection]]\nname = "a"\nprovider = "azure"\nauth = "token"\nsecret_env = "SITUS_TEST_TOKEN"\n'
        f'endpoint = "{tenant.server.endpoint}"\n',
        "utf-8",
    )
    words = [sys.executable, "-m", "app.cli.main", "scan", "--connections", str(config), "--workers", "processes:2"]
    words += ["--store", str(tmp_path / "s.db")]
    env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "SITUS_TEST_TOKEN": TOKEN}
    process = subprocess.Popen(words, env=env, stderr=subprocess.DEVNULL)
    begun = time.monotonic()
    while not (parts := list((tmp_path / "Situs" / "unfinished").rglob("*.part"))) and time.monotonic() - begun < 60:
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.kill()
    process.wait(10)
    assert parts
    _, alive = psutil.wait_procs(children, timeout=15)
    assert [p.cmdline() for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    with Store.open(tmp_path / "s.db") as store:
        assert [s.state for s in store.scans()] == ["interrupted"]
    slow = False
    done = subprocess.run(words, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "read already by the scan that was interrupted" in done.stderr
    assert not list((tmp_path / "Situs" / "unfinished").rglob("*.part"))
    with Store.open(tmp_path / "s.db") as store:
        assert {c.account for c in store.coverage(store.scans()[-1].id)} >= {RESEARCH, PRODUCTION}
