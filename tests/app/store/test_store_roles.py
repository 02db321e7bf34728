"""Roles on a server: each may do what its people need and nothing else, and history stays as it was written."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from uuid import uuid4

import psycopg
import pytest
from store_world import NOON, bucket, cell, document, held, scan

from app import audit
from app.decisions.actions import accept, policy_changed
from app.decisions.entry import Actor, Subject
from app.store import KnownStoreError, Store
from app.store.driver import Database, Where
from app.store.roles import apply, statements
from app.storecare import status

BY = audit.yardstick(None, date(2026, 11, 22))


@pytest.fixture
def prefix(postgresql: str) -> Iterator[str]:
    """Roles of a name of their own, with a judged scan in the store."""
    name = f"t{uuid4().hex[:12]}"
    with Store.open(postgresql) as store:
        first = document({"a": 1})
        info = scan(store, [first, bucket("a", encrypted=True), cell()])
        audit.judge_scan(store, info.id, BY)
    db = Database(Where.of(postgresql))
    apply(db, name)
    apply(db, name)
    db.close()
    yield name
    with psycopg.connect(postgresql, autocommit=True) as server:
        for role in ("auditor", "reviewer", "reader"):
            server.execute(f"DROP OWNED BY {name}_{role} CASCADE")
            server.execute(f"DROP ROLE {name}_{role}")


def acting(postgresql: str, prefix: str, role: str) -> str:
    """The address of the store for someone of a role."""
    return f"{postgresql}%20-crole%3D{prefix}_{role}"


def test_an_auditor_scans_judges_decides_and_clears_up_but_does_not_rewrite(postgresql: str, prefix: str) -> None:
    where = acting(postgresql, prefix, "auditor")
    with Store.open(where) as store:
        second = scan(store, [document({"a": 2}), bucket("a", encrypted=False), bucket("b"), cell()])
        assert (second.added, second.changed) == (1, 1)
        third = scan(store, [bucket("b"), cell()])
        assert third.gone == 1
        audit.judge_scan(store, third.id, BY)
        writer = store.begin_scan(["prod"], started=NOON, program="test")
        writer.write([document({"z": 1}), bucket("z"), cell()])
        writer._flush()
        writer.abandon()
        judging = store.save_judgement(third.id, store.judgement().header)
        judging.abandon()
        assert held(store, 1) == {"a": False}
        assert store.check_chain() == []
        accept(store, Actor("Ann"), [Subject("SIT-X-001", "arn:aws:s3:::b")], "because", date(2027, 1, 1))
        with pytest.raises(KnownStoreError, match="refuses"):
            store.forget_before(third.id)
    forbidden(where)


def test_a_reviewer_decides_and_does_not_scan(postgresql: str, prefix: str) -> None:
    where = acting(postgresql, prefix, "reviewer")
    with Store.open(where) as store:
        accept(store, Actor("Rita"), [Subject("SIT-X-001", "arn:aws:s3:::a")], "because", date(2027, 1, 1))
        (made,) = store.acceptances()
        store.revoke(made.id, by="Rita", why="no longer")
        with pytest.raises(KnownStoreError, match="refuses"):
            store.begin_scan(["prod"], started=NOON, program="test")
    forbidden(where)


def test_a_reviewer_keeps_the_text_of_a_changed_policy_and_nothing_else(postgresql: str, prefix: str) -> None:
    """The old text is part of the decision; documents of scans and judgements stay whose they are."""
    with Store.open(acting(postgresql, prefix, "reviewer")) as store:
        assert policy_changed(store, Actor("Jo"), "policy.toml", b"a = 1", b"a = 2")
        assert policy_changed(store, Actor("Jo"), "policy.toml", b"a = 2", b"a = 1")  # both texts are kept already
        kept = store.attachment(f"policy:{sha256(b'a = 1').hexdigest()}", "policy")
        assert kept == b"a = 1"
        for owner, name in (("scan:1", "files"), ("judgement:1", "policy"), ("store", "pseudonyms")):
            with pytest.raises(KnownStoreError, match="refuses"):
                store.attach(owner, name, b"false")
        with pytest.raises(KnownStoreError, match="refuses"):
            store.attach(f"policy:{sha256(b'a = 1').hexdigest()}", "policy", b"another text")
    with Store.open(acting(postgresql, prefix, "reader")) as store, pytest.raises(KnownStoreError, match="refuses"):
        policy_changed(store, Actor("Jo"), "policy.toml", None, b"b = 1")


def test_the_size_of_a_store_on_a_server_is_told(postgresql: str, prefix: str) -> None:
    found = status(acting(postgresql, prefix, "reader"))
    assert found.server
    assert found.bytes is not None
    assert found.bytes > 100_000


def test_whoever_may_not_scan_works_beside_what_a_killed_scan_left(postgresql: str, prefix: str) -> None:
    with psycopg.connect(postgresql, autocommit=True) as server:
        server.execute(
            "INSERT INTO scan (id, started, state, program, connections, accounts, counts, warnings, marks) VALUES "
            "(9, '2026-05-01T12:00:00+00:00', 'running', 'x', '[]', '[]', '{}', '[]', "
            """'{"evidence": 99, "block": 99}')"""
        )
    with Store.open(acting(postgresql, prefix, "reviewer")) as store:
        accept(store, Actor("Rita"), [Subject("SIT-X-001", "arn:aws:s3:::a")], "because", date(2027, 1, 1))
        assert store.scans()[-1].state == "running"
    with Store.open(acting(postgresql, prefix, "auditor")) as store:
        assert store.scans()[-1].state == "interrupted"


def test_stores_side_by_side_on_one_server_do_not_wait_for_each_other(postgresql_server: str) -> None:
    from postgresql import schema

    with (
        schema(postgresql_server) as one,
        schema(postgresql_server) as other,
        Store.open(one) as a,
        Store.open(other) as b,
    ):
        first = a.begin_scan(["x"], started=NOON, program="test")
        second = b.begin_scan(["x"], started=NOON, program="test")
        first.abandon()
        second.abandon()


def test_a_reader_reads(postgresql: str, prefix: str) -> None:
    where = acting(postgresql, prefix, "reader")
    with Store.open(where, create=False, read_only=True) as store:
        assert held(store, 1) == {"a": False}
        assert store.judgement() is not None
        with pytest.raises(KnownStoreError, match="refuses"):
            store.log(["{}"])
    forbidden(where)


def forbidden(where: str) -> None:
    """What nobody but the owner may do, each tried by plain SQL."""
    with psycopg.connect(where, autocommit=True) as server:
        for statement in (
            "DELETE FROM decision",
            "UPDATE decision SET body = 'x'",
            "DELETE FROM acceptance",
            "UPDATE acceptance SET why = 'x'",
            "UPDATE asset_version SET body = '{}'",
            "DELETE FROM scan",
            "UPDATE meta SET value = '9'",
            "DROP TABLE finding",
            "TRUNCATE evidence",
            "UPDATE evidence SET start = 9",
            "UPDATE finding SET why = 1",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                server.execute(statement)
        # Deleting is refused row by row: nothing of what is finished goes.
        for table in ("asset_version", "evidence", "finding", "outcome", "judgement", "relation_version"):
            try:
                gone = server.execute(f"DELETE FROM {table}").rowcount  # noqa: S608
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert gone == 0, table
        for table in ("scan", "judgement"):
            try:
                changed = server.execute(f"UPDATE {table} SET program = 'x'").rowcount  # noqa: S608
            except psycopg.errors.InsufficientPrivilege:
                continue
            kept = server.execute(
                f"SELECT count(*) FROM {table} WHERE program <> 'x' AND state = 'complete'"  # noqa: S608
            ).fetchone()
            assert kept[0] >= 1, (table, changed)


def test_a_name_of_a_role_cannot_carry_sql() -> None:
    with pytest.raises(KnownStoreError, match="cannot begin the name"):
        statements("x; DROP TABLE scan")


def test_roles_are_for_servers(tmp_path) -> None:
    with Store.open(tmp_path / "s.db") as store, pytest.raises(KnownStoreError, match="PostgreSQL"):
        apply(store._db)


SITES = "sites:\n  - id: {0}\n    name: Hall {0}\n    country: DE\n    operator: Us\n"


def test_several_laptops_work_on_one_store(postgresql: str, tmp_path) -> None:
    """Processes import, judge and read at the same time; one that finds another writing says so and comes again."""
    Store.open(postgresql).close()

    def laptop(n: int) -> int:
        file = tmp_path / f"sites{n}.yaml"
        file.write_text(SITES.format(f"s{n}"), "utf-8")
        words = [sys.executable, "-m", "app.cli.main", "audit", "--import", str(file), "--store", postgresql]
        waits = 0
        while True:
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
            if done.returncode == 0:
                return waits
            assert "Another Situs is writing to this store" in done.stderr, done.stderr
            waits += 1

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(laptop, range(3)))
    with Store.open(postgresql) as store:
        finished = [s for s in store.scans() if s.finished]
        assert len(finished) == 3
        assert store.check_chain() == []
        assert {j.scan for j in store.judgements()} >= {finished[-1].id}
        assert all(s.state == "complete" for s in finished)


def test_a_password_in_the_vault_opens_the_server(postgresql: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import vault
    from app.vault import Vault

    monkeypatch.setenv("SITUS_VAULT_PASSPHRASE", "correct horse battery staple")
    monkeypatch.setattr(vault, "of_user", lambda: Vault(tmp_path))
    named = postgresql.replace("://situs@", "://situs:vault:pg@")
    if named == postgresql:
        pytest.skip("the server that is named has a login of its own")
    with pytest.raises(KnownStoreError, match="There is no vault"):
        Store.open(named)
    vault.keep("pg", "any: the server trusts this computer", protect="passphrase")
    with Store.open(named) as store:
        assert store.scans() == []
        assert "vault" not in store.where.label
