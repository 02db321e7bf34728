"""Workers of an engine read what threads read: the same assets, relations, coverage and findings, in SQLite and on a
server; what they are sent holds no secret, and an interrupted scan goes on account by account."""

import os
import pickle
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from azure_cloud import TOKEN
from azure_fixtures import HASTY, Tenant, connection, tenant
from msgspec.structs import replace

from app.audit import judge_scan, yardstick
from app.connections import Connection
from app.fanout import EngineError, Spread, Unit, engine, read_unit
from app.fanout.unit import packed, unpacked
from app.progress import CancelledByUser
from app.scanning import scan
from app.store import Store
from scanners.live.credentials import LoginError

__all__ = ["tenant"]
POLICY = 'allowed_countries = ["EEA"]\ntransfer_register = []\n[tag_map.data-classification]\npersonal = "personal"\n'


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("app.settings.data_folder", lambda: tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def wired(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Connection:
    """The tenant; its token is in a vault that the workers open by themselves: they have another environment."""
    return connection(tenant, monkeypatch)


def contents(store: Store, number: int) -> dict[str, object]:
    """Everything that a scan stands for, and what is found in it."""
    estate = store.estate(number)
    # Documents of one asset come in the order in which threads bring them.
    assets = {a.uid: replace(a, evidence=tuple(sorted(a.evidence))) for batch in estate.assets() for _, a in batch}
    relations = Counter((r.source, r.type, r.target) for batch in estate.relations() for *_, r in batch)
    cells = {(c.account, c.region, c.service, c.kind): (c.status, c.count) for c in store.coverage(number)}
    return {
        "assets": assets,
        "relations": relations,
        "cells": cells,
        "documents": {d for a in assets.values() for d in a.evidence},
    }


def findings(store: Store, number: int, tmp_path: Path) -> Counter[tuple[str, str, str]]:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY, "utf-8")
    info = judge_scan(store, number, yardstick(path, date(2026, 11, 22)))
    rows = [row.finding for row in store.findings(info.id)]
    return Counter((f.rule, f.asset or f.flow or "", str(f.verdict)) for f in rows)


@pytest.fixture(params=["file", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store in a file, and one on a PostgreSQL server."""
    if request.param == "file":
        with Store.open(tmp_path / "spread.db") as opened:
            yield opened
        return
    with Store.open(request.getfixturevalue("postgresql")) as opened:
        yield opened


def test_two_workers_of_a_cluster_read_what_threads_read(
    wired: Connection, cluster: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed

    with distributed.Client(cluster, set_as_default=False) as client:
        client.run(lambda: __import__("os").environ.update(SITUS_TEST_TOKEN=TOKEN))
    monkeypatch.delenv("SITUS_TEST_TOKEN")
    monkeypatch.setenv("SITUS_TEST_TOKEN", TOKEN)  # this side lists the subscriptions
    with Store.open(tmp_path / "threads.db") as threads:
        by_threads = scan(threads, [wired], network=HASTY)
        by_workers = scan(store, [wired], network=HASTY, workers=cluster)
        assert by_workers.warnings == []
        one, other = contents(threads, by_threads.scan.id), contents(store, by_workers.scan.id)
        assert len(one["assets"]) > 40
        assert other["assets"] == one["assets"]
        assert other["relations"] == one["relations"]
        assert other["documents"] == one["documents"]
        assert {k: v[0] for k, v in other["cells"].items()} == {k: v[0] for k, v in one["cells"].items()}
        assert store.check_evidence(other["documents"]) == ([], [])
        assert findings(store, by_workers.scan.id, tmp_path) == findings(threads, by_threads.scan.id, tmp_path)
        assert sum(c.calls for c in by_workers.calls) >= sum(c.calls for c in by_threads.calls)
        again = scan(store, [wired], network=HASTY, workers=cluster)
        assert (again.scan.added, again.scan.changed, again.scan.gone) == (0, 0, 0)


def test_processes_of_this_computer_do_the_same(wired: Connection, tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as threads, Store.open(tmp_path / "b.db") as processes:
        one = scan(threads, [wired], network=HASTY)
        other = scan(processes, [wired], network=HASTY, workers="processes:2")
        assert contents(processes, other.scan.id)["assets"] == contents(threads, one.scan.id)["assets"]


def test_what_is_sent_holds_no_secret(wired: Connection) -> None:
    with ThreadPoolExecutor(1) as pool:
        units = Spread(pool, [wired], None, network={"attempts": 2}).units()
    assert len(units) > 1
    assert all(u.account for u in units)
    for unit in units:
        assert TOKEN.encode() not in pickle.dumps(unit)
        given = read_unit(unit)
        assert given.accounts in ((unit.account,), ())  # one of them nobody may read
        assert TOKEN.encode() not in pickle.dumps(given)
        items = [i for chunk in given.items for i in unpacked(chunk)]
        assert [i for chunk in [packed(items)] for i in unpacked(chunk)] == items


class Failing(Executor):
    """An engine that reads in this thread, and breaks after some units."""

    def __init__(self, good: int) -> None:
        self.good = good
        self.asked: list[Unit] = []

    def submit(self, fn, /, *args, **kwargs):
        from concurrent.futures import Future

        future: Future = Future()
        self.asked.append(args[0])
        if len(self.asked) > self.good:
            raise KeyboardInterrupt
        future.set_result(fn(*args, **kwargs))
        return future


def test_an_interrupted_scan_goes_on_account_by_account(
    wired: Connection, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = Failing(1), Failing(99)
    engines = iter([broken, whole, Failing(99)])
    monkeypatch.setattr("app.fanout.engine", lambda _: next(engines))
    monkeypatch.setattr(Spread.__init__, "__kwdefaults__", {**(Spread.__init__.__kwdefaults__ or {}), "ahead": 1})
    with Store.open(tmp_path / "s.db") as store:
        with pytest.raises(KeyboardInterrupt):
            scan(store, [wired], network=HASTY, workers="x")
        assert [s.state for s in store.scans()] == ["abandoned"]
        assert len(list((data / "unfinished").rglob("*.part"))) == 1
        done = scan(store, [wired], network=HASTY, workers="x")
        assert len(whole.asked) == len(broken.asked) + len(whole.asked) - 2
        assert broken.asked[0].account not in {u.account for u in whole.asked}
        assert "One account was read already" in done.warnings[0]
        assert done.scan.state in ("complete", "partial")
        assert not list((data / "unfinished").rglob("*.part"))
        last = scan(store, [wired], network=HASTY, workers="x")
        assert last.warnings == []
        assert (last.scan.added, last.scan.gone) == (0, 0)


def test_what_nobody_takes_up_again_is_removed_after_a_day(wired: Connection, data: Path) -> None:
    old, young = data / "unfinished" / "a" / "1.part", data / "unfinished" / "b" / "2.part"
    for file, age in ((old, 90_000), (young, 60)):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x")
        os.utime(file, (time.time() - age,) * 2)
    with ThreadPoolExecutor(1) as pool:
        Spread(pool, [wired], data / "unfinished")
    assert not old.parent.exists()
    assert young.exists()


def test_a_lost_worker_is_a_gap_and_not_a_deletion(
    wired: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Losing(Executor):
        def __init__(self, lost: set[int]) -> None:
            self.lost, self.asked = lost, 0

        def submit(self, fn, /, *args, **kwargs):
            from concurrent.futures import Future

            future: Future = Future()
            self.asked += 1
            if self.asked in self.lost:
                future.set_exception(RuntimeError("killed"))
            else:
                future.set_result(fn(*args, **kwargs))
            return future

    engines = iter([Losing(set()), Losing({1}), Losing({1, 2, 3, 4, 5, 6, 7, 8, 9})])
    monkeypatch.setattr("app.fanout.engine", lambda _: next(engines))
    with Store.open(tmp_path / "s.db") as store:
        scan(store, [wired], network=HASTY, workers="x")
        partial = scan(store, [wired], network=HASTY, workers="x")
        assert partial.scan.state == "partial"
        assert partial.scan.gone == 0
        assert "did not bring this to an end (RuntimeError)" in partial.warnings[0]
        assert [c for c in store.coverage(partial.scan.id) if c.status == "error" and c.service == "*"]
        with pytest.raises(LoginError, match="did not bring"):
            scan(store, [wired], network=HASTY, workers="x")


def test_a_person_can_stop_it(wired: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.fanout.engine", lambda _: Failing(99))
    seen: list[str] = []
    with Store.open(tmp_path / "s.db") as store:
        with pytest.raises(CancelledByUser):
            scan(
                store,
                [wired],
                network=HASTY,
                workers="x",
                progress=lambda step: seen.append(step.text),
                cancelled=lambda: any("azure" in s or ":" in s for s in seen[2:]),
            )
        assert store.scans()[-1].state == "cancelled"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "give tcp"),
        ("processes:0", "give tcp"),
        ("http://x", "give tcp"),
        ("tcp://127.0.0.1:1", "does not answer"),
    ],
)
def test_engines_that_are_none(address: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["app.fanout.engine"], "_SECONDS", 1)
    with pytest.raises(EngineError, match=words):
        engine(address)


def test_a_wrong_secret_on_the_workers_is_told(
    wired: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITUS_TEST_TOKEN", "wrong")
    with Store.open(tmp_path / "s.db") as store, pytest.raises(LoginError):
        scan(store, [wired], network=HASTY, workers="processes:1")
