"""A store in a file and, where SITUS_TEST_POSTGRESQL names a database, the same tests on a server."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.store import Store

SERVER = os.environ.get("SITUS_TEST_POSTGRESQL", "")


@pytest.fixture(params=["file", "server"] if SERVER else ["file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    if request.param == "file":
        with Store.open(tmp_path / "situs.db") as opened:
            yield opened
        return
    import psycopg

    schema = f"situs_{uuid4().hex}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE SCHEMA {schema}")
        try:
            mark = "&" if "?" in SERVER else "?"
            with Store.open(f"{SERVER}{mark}options=-csearch_path%3D{schema}") as opened:
                yield opened
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE")
