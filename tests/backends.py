"""Where audits of the tests run: with threads, processes or a Dask cluster, into a file or a PostgreSQL server.

    pytest tests/cloud                                   threads and a file; tests marked `every_backend` on all six
    pytest tests/cloud --backends all                    every test of the audits on all six
    pytest tests/cloud --backends dask-postgresql,…      every test of the audits on these

A test that asks for `backend` runs once on each. `scan` and `main` of this module are those of the program, told to
read on the engine of the test; `backend.place` is where a store lies.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from postgresql import schema
from postgresql import trouble as no_server

ENGINES: Final = ("threads", "processes", "dask")
STORES: Final = ("sqlite", "postgresql")
ALL: Final = tuple(f"{engine}-{store}" for store in STORES for engine in ENGINES)
USUAL: Final = ALL[0]
_CARRIED: Final = ("SITUS_", "AWS_", "AZURE_", "GOOGLE_", "KUBE")
_SERVICES: Final = "SITUS_TEST_SERVICES"
"""Names the services of AWS that are read, where a test needs a few only; workers are told by it too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backends",
        default="usual",
        metavar="NAMES",
        help=f"where audits run: usual, all, or some of {', '.join(ALL)}",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_backend: runs on all engines and stores, whatever --backends says")
    config.addinivalue_line("markers", "backends(*names): runs on these, whatever --backends says")
    config.addinivalue_line("markers", "every_store: runs on both kinds of store, whatever --backends says")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each backend that was asked for. Several that differ by store only serve tests without an engine."""
    name = next((n for n in ("backend", "store_place") if n in metafunc.fixturenames), None)
    if name is None:
        return
    asked = str(metafunc.config.getoption("--backends"))
    if asked == "usual":
        chosen = [USUAL]
    elif asked == "all":
        chosen = list(ALL)
    else:
        chosen = asked.split(",")
        unknown = [n for n in chosen if n not in ALL]
        if unknown:
            raise pytest.UsageError(f"--backends: {', '.join(unknown)}; give usual, all, or some of {', '.join(ALL)}")
    if metafunc.definition.get_closest_marker("every_backend"):
        chosen = list(ALL)
    for mark in metafunc.definition.iter_markers("backends"):
        chosen = list(mark.args)
    if name == "store_place":  # no engine takes part
        every = metafunc.definition.get_closest_marker("every_store") is not None
        stores = STORES if every else sorted({n.rpartition("-")[2] for n in chosen}, reverse=True)
        metafunc.parametrize(name, stores, indirect=True)
        return
    metafunc.parametrize(name, chosen, indirect=True)


class Places:
    """Stores of one test: in its folder, or each in a schema of its own on a server."""

    def __init__(self, folder: Path, server: Callable[[], str] | None) -> None:
        self._folder, self._server = folder, server
        self._made: dict[str, str] = {}
        self._schemas = ExitStack()

    @property
    def server(self) -> bool:
        """Whether stores lie on a server."""
        return self._server is not None

    def __call__(self, name: str = "s.db") -> str:
        """The path or address of the store of this name."""
        if self._server is None:
            return str(self._folder / name)
        if name not in self._made:
            self._made[name] = self._schemas.enter_context(schema(self._server()))
        return self._made[name]

    def raw(self, name: str = "s.db") -> bytes:
        """Everything that a store holds, as bytes."""
        if self._server is None:
            return b"".join(path.read_bytes() for path in sorted(self._folder.glob(f"{name}*")))
        import psycopg

        told = bytearray()
        with psycopg.connect(self(name)) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            ).fetchall()
            assert len(tables) > 10
            for (table,) in tables:
                for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names of our own tables
                    for value in row:
                        told += bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        return bytes(told)

    def sql(self, statement: str, values: Sequence[Any] = (), name: str = "s.db") -> list[tuple[Any, ...]]:
        """Runs SQL (`?` for values) past the program, as someone who owns the database may."""
        if self._server is None:
            with closing(sqlite3.connect(self(name))) as db, db:
                return db.execute(statement, values).fetchall()
        import psycopg

        with psycopg.connect(self(name), autocommit=True) as connection:
            done = connection.execute(statement.replace("?", "%s") if values else statement, values or None)
            return done.fetchall() if done.description else []

    def untouched(self, name: str = "s.db") -> bool:
        """Whether no store was made there."""
        if self._server is None:
            return not Path(self(name)).exists()
        return self.sql("SELECT 1 FROM pg_tables WHERE schemaname = current_schema()", name=name) == []

    def close(self) -> None:
        """Drop what was made on the server."""
        self._schemas.close()


class Backend:
    """One engine and one kind of store. `workers`: what `--workers` is given; None: threads of this process."""

    def __init__(self, engine: str, places: Places, workers: str | None) -> None:
        self.engine, self.place, self.workers = engine, places, workers

    @property
    def spread(self) -> bool:
        """Whether accounts are read by workers, one by one."""
        return self.workers is not None

    @property
    def words(self) -> list[str]:
        """Options of `audit` and `scan` that say so."""
        return [] if self.workers is None else ["--workers", self.workers]

    def open(self, name: str = "s.db") -> Any:
        """The store of this name."""
        from app.store import Store

        return Store.open(self.place(name))


_now: list[Backend] = []


def scan(store: Any, connections: Sequence[Any], paths: Sequence[Path] = (), **more: Any) -> Any:
    """`app.scanning.scan` on the engine of the test."""
    from app.scanning import scan as run

    return run(store, connections, paths, workers=_now[-1].workers if _now else None, **more)


def main(words: list[str]) -> int:
    """The program's command line; audits and scans of connections read on the engine of the test."""
    from app.cli.main import main as run

    if _now and words and words[0] in ("audit", "scan") and "--connections" in words:
        words = [*words, *_now[-1].words]
    return run(words)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A scheduler with two workers, each a process of its own; its address."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1", silence_logs=50
    ) as running:
        yield running.scheduler_address


def _places(request: pytest.FixtureRequest, store: str, folder: Path) -> Places:
    if store == "sqlite":
        return Places(folder, None)
    why = no_server()
    if why:
        pytest.skip(why)
    return Places(folder, lambda: str(request.getfixturevalue("postgresql_server")))


@pytest.fixture
def store_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Places]:
    """Where stores of a test lie that no engine takes part in."""
    places = _places(request, getattr(request, "param", "sqlite"), tmp_path)
    yield places
    places.close()


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The engine and the kind of store that a test runs on."""
    engine, _, store = str(getattr(request, "param", USUAL)).partition("-")
    places = _places(request, store, tmp_path)
    workers = {"threads": None, "processes": "processes:2"}.get(engine)
    if engine == "dask":
        workers = str(request.getfixturevalue("cluster"))
    if workers:
        data = tmp_path / "data of the user"
        monkeypatch.setattr("app.settings.data_folder", lambda: data)
        monkeypatch.setattr("app.fanout.spread.read_unit", _Carrying())
    _now.append(Backend(engine, places, workers))
    yield _now[-1]
    _now.pop()
    places.close()


class _Carrying:
    """Reads a unit; sent to a worker, it brings this process's environment, which a worker elsewhere has of its own."""

    def __call__(self, unit: Any) -> Any:
        from app.fanout.unit import read_unit

        return read_unit(unit)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial, (read_there, {k: v for k, v in os.environ.items() if k.startswith(_CARRIED)})


def read_there(environment: dict[str, str], unit: Any) -> Any:
    """Runs on a worker: as if it had been started in this environment."""
    from app.fanout.unit import read_unit

    for name in [n for n in os.environ if n.startswith(_CARRIED) and n not in environment]:
        del os.environ[name]
    os.environ.update(environment)
    if unit.connection.provider == "aws":
        import scanners.aws.live.scan as target
        from scanners.aws.live.registry import collectors

        target.collectors = only_some if os.environ.get(_SERVICES) else collectors
    return read_unit(unit)


def only_some() -> tuple[Any, ...]:
    """Collectors of the services that the environment names."""
    from scanners.aws.live.registry import collectors

    names = os.environ[_SERVICES].split(",")
    return tuple(c for c in collectors() if c.service in names)
