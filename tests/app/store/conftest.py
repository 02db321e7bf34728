"""A store in a file and, where a PostgreSQL server can be had, the same tests on a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql import trouble

from app.store import Store


@pytest.fixture(params=["file"] if trouble() else ["file", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    if request.param == "file":
        with Store.open(tmp_path / "situs.db") as opened:
            yield opened
        return
    with Store.open(request.getfixturevalue("postgresql")) as opened:
        yield opened
