"""Deleting on record: nothing of what was deleted is left in the file, and what stays is as it was."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from backends import Places
from hypothesis import given, settings
from hypothesis import strategies as st

from app import audit
from app.decisions.entry import Actor, read_log
from app.store import KnownStoreError, Store
from app.storecare import BackupError, foresee_before, foresee_connection, forget_before, forget_connection, status
from scanners.model import (
    Asset,
    Coverage,
    CoverageStatus,
    Evidence,
    Location,
    LocationKind,
    Relation,
    canonical,
    digest,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ACTOR = Actor("Ann Auditor", "DPO", "ann@laptop")
HERE = Location(LocationKind.REGION, "eu-west-1")
RULES = audit.yardstick(None, datetime(2026, 11, 22, tzinfo=UTC).date())


def write(store: Store, day: int, connection: str, account: str, names: dict[str, str], judge: bool = True) -> int:
    """A scan of one account: each name with a colour, and its document."""
    writer = store.begin_scan([connection], started=NOON + timedelta(days=day), program="test")
    items: list[object] = []
    for name, colour in names.items():
        body = canonical({"name": name, "colour": colour})
        document = Evidence(digest(body), body, "s3:Get", f"{account}/{name}", NOON)
        items += [
            document,
            Asset(
                f"uid:{account}:{name}",
                "aws",
                account,
                "storage.bucket",
                "AWS::S3::Bucket",
                name,
                HERE,
                tags={"colour": colour},
                evidence=(document.digest,),
            ),
            Relation(f"uid:{account}:{name}", "reads", f"uid:{account}:target-of-{name}", {}, document.digest),
        ]
    items.append(Coverage(connection, "aws", account, "eu-west-1", "s3", "storage.bucket", CoverageStatus.COLLECTED))
    writer.write(items)
    number = writer.finish("complete", NOON + timedelta(days=day)).id
    if judge:
        audit.judge_scan(store, number, RULES)
    return number


def held(store: Store, scan: int) -> dict[str, str]:
    rows, following = store.assets_page(scan)
    assert following is None
    return {row.asset.name: dict(row.asset.tags or {})["colour"] for row in rows}


@pytest.fixture
def store(store_place):
    with Store.open(store_place()) as opened:
        yield opened


def test_old_scans_are_gone_for_good_and_the_rest_is_as_it_was(store_place: Places, store: Store) -> None:
    write(store, 0, "prod", "1", {"kept": "red", "changed": "canary-old-colour", "canary-gone": "blue"})
    write(store, 1, "prod", "1", {"kept": "red", "changed": "green"})
    third = write(store, 2, "prod", "1", {"kept": "red", "changed": "green", "new": "white"})
    before = (held(store, 2), held(store, third), list(store.diff(2, third)), store.chain()[-1].digest)
    kept = [row.asset.evidence[0] for row in store.assets_page(third)[0]]
    foreseen = foresee_before(store.where.path, NOON + timedelta(days=1))
    assert held(store, 1) == {"kept": "red", "changed": "canary-old-colour", "canary-gone": "blue"}
    done = forget_before(store, ACTOR, NOON + timedelta(days=1), "retention of one day")
    assert foreseen == msgspec.structs.replace(done, documents=0)
    assert (done.scans, done.judgements) == ((1,), 1)
    assert (done.assets, done.documents) == (2, 2)
    assert (held(store, 2), held(store, third), list(store.diff(2, third)), store.chain()[-1].digest) == before
    assert store.check_chain() == []
    assert store.check_evidence(kept) == ([], [])
    raw = store_place.raw()
    for canary in (b"canary-old-colour", b"canary-gone"):
        assert canary not in raw
    assert [s.state for s in store.scans()] == ["forgotten", "complete", "complete"]
    entry = list(read_log(store))[-1].entry
    assert (entry.kind, entry.who) == ("forget", "Ann Auditor")
    assert "1 scans before 2026-05-02 (numbers up to 1); retention of one day" in entry.text
    fourth = write(store, 3, "prod", "1", {"kept": "red"})
    assert held(store, fourth) == {"kept": "red"}
    assert store.check_chain() == []


def test_the_newest_scan_is_never_deleted(store: Store) -> None:
    write(store, 0, "prod", "1", {"a": "red"})
    with pytest.raises(BackupError, match="but the newest"):
        foresee_before(store.where.path, NOON + timedelta(days=99))
    with pytest.raises(KnownStoreError, match="knows no connection"):
        foresee_connection(store.where.path, "none")
    with pytest.raises(BackupError, match="but the newest"):
        forget_before(store, ACTOR, NOON + timedelta(days=99), "because")
    assert held(store, 1) == {"a": "red"}


def test_a_connection_is_gone_from_every_scan(store_place: Places, store: Store) -> None:
    write(store, 0, "canary-connection", "canary-account", {"canary-bucket": "red"})
    mine = write(store, 1, "prod", "1", {"kept": "red"})
    other = write(store, 2, "canary-connection", "canary-account", {"canary-bucket": "blue"})
    foreseen = foresee_connection(store.where.path, "canary-connection")
    done = forget_connection(store, ACTOR, "canary-connection", "the contract ended")
    assert foreseen == msgspec.structs.replace(done, documents=0)
    assert (done.scans, done.thinned, done.assets) == ((1, other), (), 2)
    assert held(store, mine) == {"kept": "red"}
    assert b"canary" not in store_place.raw()
    assert store.check_chain() == [] or {f.what for f in store.check_chain()} == set()
    assert "canary" not in list(read_log(store))[-1].entry.text
    assert store.latest_scan().id == mine
    with pytest.raises(KnownStoreError, match="knows no connection"):
        forget_connection(store, ACTOR, "canary-connection", "again")
    again = write(store, 3, "canary-connection", "canary-account", {"canary-bucket": "red"})
    assert held(store, again)["canary-bucket"] == "red"


def test_an_account_that_two_connections_read_stays(store: Store) -> None:
    write(store, 0, "prod", "1", {"shared": "red"})
    write(store, 1, "second", "1", {"shared": "red"})
    done = forget_connection(store, ACTOR, "second", "no longer needed")
    assert done.assets == 0
    assert held(store, 1) == {"shared": "red"}


def test_a_scan_over_two_connections_is_thinned(store: Store) -> None:
    writer = store.begin_scan(["prod", "old"], started=NOON, program="test")
    for connection, account in (("prod", "1"), ("old", "2")):
        writer.write(
            [
                Asset(
                    f"uid:{account}",
                    "aws",
                    account,
                    "storage.bucket",
                    "AWS::S3::Bucket",
                    f"of-{connection}",
                    HERE,
                    tags={"colour": "red"},
                ),
                Coverage(connection, "aws", account, "eu-west-1", "s3", "storage.bucket", CoverageStatus.COLLECTED),
            ]
        )
    number = writer.finish("complete", NOON).id
    audit.judge_scan(store, number, RULES)
    done = forget_connection(store, ACTOR, "old", "sold")
    assert (done.scans, done.thinned) == ((), (number,))
    assert held(store, number) == {"of-prod": "red"}
    assert store.check_chain() == []
    assert store.judgement() is None
    audit.judge_scan(store, number, RULES)


@pytest.mark.parametrize("why", ["", "  ", "x" * 5000])
def test_a_deletion_needs_a_reason(store: Store, why: str) -> None:
    write(store, 0, "prod", "1", {"a": "red"})
    write(store, 1, "prod", "1", {"a": "blue"})
    with pytest.raises(BackupError, match="reason"):
        forget_before(store, ACTOR, NOON + timedelta(days=1), why)
    assert held(store, 1) == {"a": "red"}


def test_nothing_is_deleted_while_another_writes(store: Store) -> None:
    write(store, 0, "prod", "1", {"a": "red"})
    write(store, 1, "prod", "1", {"a": "blue"})
    with Store.open(store.where.target) as second:
        writer = second.begin_scan(["prod"], started=NOON, program="test")
        with pytest.raises(KnownStoreError, match="deleting cannot begin"):
            forget_before(store, ACTOR, NOON + timedelta(days=1), "because")
        writer.abandon()
    assert held(store, 1) == {"a": "red"}


def test_how_the_store_stands(store: Store) -> None:
    for day in range(4):
        write(store, day, "prod", "1", {"a": str(day)})
    found = status(store.where.target, 1, NOON + timedelta(days=9))
    assert (found.scans, found.judgements, found.connections, found.overdue) == (4, 4, ("prod",), (1, 2, 3))
    assert (found.bytes is None) if store.where.server else found.bytes > 0
    assert status(store.where.target).overdue == ()


histories = st.lists(
    st.tuples(
        st.sampled_from([("prod", "1"), ("other", "2")]),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["red", "blue"]), max_size=4),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(history=histories, cut=st.integers(1, 5))
def test_whatever_is_deleted_later_scans_say_what_they_said(
    tmp_path_factory: pytest.TempPathFactory, history, cut: int
) -> None:
    with Store.open(tmp_path_factory.mktemp("h") / "s.db") as store:
        numbers = [write(store, day, *who, names, judge=False) for day, (who, names) in enumerate(history)]
        first = min(cut, len(numbers) - 1)
        kept = numbers[first:]
        before = [held(store, n) for n in kept]
        coverage = [store.coverage(n) for n in kept]
        foreseen = foresee_before(store.where.path, NOON + timedelta(days=first))
        done = forget_before(store, ACTOR, NOON + timedelta(days=first), "test")
        assert foreseen == msgspec.structs.replace(done, documents=0)
        assert done.scans == tuple(numbers[:first])
        assert [held(store, n) for n in kept] == before
        assert [store.coverage(n) for n in kept] == coverage
        assert store.check_chain() == []
        for n in kept:
            for row in store.assets_page(n)[0]:
                assert store.check_evidence(row.asset.evidence) == ([], [])
