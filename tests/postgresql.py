"""A PostgreSQL server of the tests' own, where its programs are here; SITUS_TEST_POSTGRESQL names another one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

NAMED = os.environ.get("SITUS_TEST_POSTGRESQL", "")
_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True) if os.name == "posix" else []


def program(name: str) -> str | None:
    """The path of a program of the server."""
    beside = [p / name for p in _PLACES if (p / name).exists()]
    return str(beside[0]) if beside else shutil.which(name)


def trouble() -> str | None:
    """Why no server can be had here, or None."""
    if NAMED:
        return None
    if program("initdb") is None or program("pg_ctl") is None:
        return "no PostgreSQL here; on Debian: apt-get install postgresql, or name one in SITUS_TEST_POSTGRESQL"
    return None


@contextmanager
def running() -> Iterator[str]:
    """The address of a server: the one that is named, else one that is started for as long as it is needed."""
    if NAMED:
        yield NAMED
        return
    with tempfile.TemporaryDirectory(prefix="situs-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        as_user: list[str] = []
        if getattr(os, "geteuid", lambda: 1)() == 0:  # the server refuses to run as root
            shutil.chown(folder, "postgres")
            as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data = folder / "data"
        quiet = {"check": True, "capture_output": True, "cwd": folder, "timeout": 120}
        initdb = [
            str(program("initdb")),
            "-D",
            str(data),
            "-U",
            "situs",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        ]
        # Most servers sort as people do, not by bytes: nothing may depend on it. Old servers have no such option.
        people = ["--locale-provider=icu", "--icu-locale=en-US"]
        try:
            subprocess.run([*as_user, *initdb, *people], **quiet)
        except subprocess.CalledProcessError:
            shutil.rmtree(data, ignore_errors=True)
            subprocess.run([*as_user, *initdb], **quiet)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
        control = [*as_user, str(program("pg_ctl")), "-D", str(data), "-w"]
        subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], **quiet)
        try:
            yield f"postgresql://situs@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


@contextmanager
def schema(server: str) -> Iterator[str]:
    """The address of a schema of its own, empty."""
    import psycopg

    name = f"situs_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            mark = "&" if "?" in server else "?"
            yield f"{server}{mark}options=-csearch_path%3D{name}"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server; tests that need it are skipped, and say so, where none can be had."""
    why = trouble()
    if why is not None:
        pytest.skip(why)
    with running() as address:
        yield address


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The address of an empty store on a server."""
    with schema(postgresql_server) as address:
        yield address
