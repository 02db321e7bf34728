"""A store on a PostgreSQL server; the other tests of the store run on it too where one is named."""

import pytest
from store_world import NOON, bucket, cell, held, scan

from app.store import KnownStoreError, Store
from app.store.driver import Where


def test_two_writers_on_a_server(postgresql: str):
    with Store.open(postgresql) as store, Store.open(postgresql) as second:
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        with pytest.raises(KnownStoreError, match="Another Situs is writing to this store since 2026-05-01 12:00 UTC"):
            second.begin_scan(["prod"], started=NOON, program="test")
        writer.write([bucket("a"), cell()])
        writer.finish("complete", NOON)
        assert held(second, scan(second, [bucket("a"), cell()]).id) == {"a": False}


def test_passwords_are_not_shown():
    where = Where.of("postgresql://ann:secret@db.example/situs?sslmode=require")
    assert where.label == "postgresql://db.example/situs"


def test_a_server_that_is_not_there():
    pytest.importorskip("psycopg")
    with pytest.raises(KnownStoreError, match="does not answer") as caught:
        Store.open("postgresql://ann:secret@127.0.0.1:1/situs?connect_timeout=2")
    assert "secret" not in str(caught.value)
