"""What becomes of assets over several scans: unchanged, changed, gone, stale, back again."""

import pytest
from store_world import COLLECTED, DENIED, EMPTY, PARTIAL, bucket, cell, document, held, region, scan, told

from app.store import Store
from scanners.model import Asset, CoverageStatus, Location, LocationKind, Relation


def rows(store: Store, table: str) -> int:
    return len(store._db.rows("SELECT * FROM " + table))  # noqa: S608


def test_unchanged_scan_adds_no_row(store: Store):
    evidence = document({"a": 1})
    asset = bucket("a", encrypted=True)
    asset.evidence = (evidence.digest,)
    asset.aliases = ("azure-storage:a",)
    items = [evidence, asset, Relation(asset.uid, "encrypted_by", "key-1", {"role": "x"}, evidence.digest), cell()]
    scan(store, items)
    tables = (
        "node",
        "asset_version",
        "relation_version",
        "evidence",
        "evidence_block",
        "coverage",
        "witness",
        "stale",
        "word",
    )
    before = {table: rows(store, table) for table in tables}
    info = scan(store, items)
    assert {table: rows(store, table) for table in tables} == before
    assert (info.assets, info.added, info.changed, info.gone, info.stale) == (1, 0, 0, 0, 0)


def test_changed_asset_gets_a_version_and_the_old_scan_keeps_its_own(store: Store):
    one = scan(store, [bucket("a", encrypted=False), cell()])
    two = scan(store, [bucket("a", encrypted=True), cell()])
    assert (two.changed, two.added) == (1, 0)
    for info, value in ((one, False), (two, True)):
        row = store.asset("arn:aws:s3:::a", info.id)
        assert row is not None
        assert row.asset.attributes == {"encrypted": value}
        assert row.since == info.id
        (batch,) = store.estate(info.id).assets()
        assert batch[0][1].attributes == {"encrypted": value}


@pytest.mark.parametrize("status", [COLLECTED, EMPTY])
def test_gone_where_the_scope_was_read_again(store: Store, status: CoverageStatus):
    scan(store, [bucket("a"), bucket("b"), cell()])
    items = [cell(status)] if status is EMPTY else [bucket("b"), cell(status)]
    info = scan(store, items)
    assert info.gone == (2 if status is EMPTY else 1)
    assert "a" not in held(store, info.id)
    assert set(held(store, 1)) == {"a", "b"}


UNREAD = [s for s in CoverageStatus if not s.read]


@pytest.mark.parametrize("status", UNREAD)
def test_stale_where_the_scope_was_not_read(store: Store, status: CoverageStatus):
    scan(store, [bucket("a"), bucket("b"), cell()])
    info = scan(store, [bucket("b"), cell(status)])
    assert (info.gone, info.stale) == (0, 1)
    assert held(store, info.id) == {"a": True, "b": False}
    again = scan(store, [bucket("b"), cell(status)])
    assert again.stale == 1
    assert rows(store, "stale") == 1


def test_stale_asset_seen_again_is_stale_no_more(store: Store):
    scan(store, [bucket("a"), cell()])
    scan(store, [cell(DENIED)])
    info = scan(store, [bucket("a"), cell()])
    assert held(store, 2) == {"a": True}
    assert held(store, info.id) == {"a": False}
    assert rows(store, "asset_version") == 1


def test_stale_asset_can_be_found_gone_later(store: Store):
    scan(store, [bucket("a"), cell()])
    scan(store, [cell(DENIED)])
    info = scan(store, [cell(EMPTY)])
    assert info.gone == 1
    assert held(store, info.id) == {}
    assert held(store, 2) == {"a": True}


def test_gone_asset_that_comes_back(store: Store):
    scan(store, [bucket("a"), cell()])
    scan(store, [cell(EMPTY)])
    info = scan(store, [bucket("a"), cell()])
    assert info.added == 1
    assert [sorted(held(store, n)) for n in (1, 2, 3)] == [["a"], [], ["a"]]


def test_moved_asset_is_one_asset_with_a_new_place(store: Store):
    scan(store, [bucket("a"), cell(), cell(EMPTY, at="us-east-1")])
    info = scan(store, [bucket("a", at="us-east-1"), cell(EMPTY), cell(at="us-east-1")])
    assert (info.changed, info.gone, info.added) == (1, 0, 0)
    (batch,) = store.estate(info.id).assets()
    assert [a.location for _, a in batch] == [region("us-east-1")]


def test_moved_away_while_the_old_place_was_denied(store: Store):
    scan(store, [bucket("a"), cell()])
    info = scan(store, [bucket("a", at="us-east-1"), cell(DENIED), cell(at="us-east-1")])
    assert held(store, info.id) == {"a": False}


def test_other_accounts_are_left_alone_and_not_in_the_scan(store: Store):
    scan(store, [bucket("a"), cell(), bucket("o", account="222"), cell(account="222")])
    info = scan(store, [cell(EMPTY)])
    assert held(store, info.id) == {"o": True}  # prod looked into 222 before: it should have again
    only = scan(store, [bucket("z", account="333"), cell(connection="other", account="333")], ["other"])
    assert held(store, only.id) == {"z": False}
    assert only.stale == 0
    back = scan(store, [cell(EMPTY), bucket("o", account="222"), cell(account="222")])
    assert held(store, back.id) == {"o": False}


def test_another_connection_never_closes_what_the_first_one_showed(store: Store):
    scan(store, [bucket("a"), cell(connection="all-seeing")], ["all-seeing"])
    info = scan(store, [bucket("b"), cell(connection="narrow")], ["narrow"])
    assert info.gone == 0
    assert held(store, info.id) == {"a": True, "b": False}
    both = scan(
        store, [bucket("b"), cell(connection="narrow"), cell(connection="all-seeing")], ["narrow", "all-seeing"]
    )
    assert both.gone == 1


def test_a_service_left_out_closes_nothing(store: Store):
    efs, fsx = (cell(service=s, kind="storage.filesystem") for s in ("efs", "fsx"))
    scan(store, [bucket("e", kind="storage.filesystem"), efs, bucket("f", kind="storage.filesystem"), fsx])
    info = scan(store, [bucket("e", kind="storage.filesystem"), efs])
    assert held(store, info.id) == {"e": False, "f": True}
    again = scan(store, [bucket("e", kind="storage.filesystem"), efs])
    assert held(store, again.id) == {"e": False, "f": True}
    whole = scan(store, [bucket("e", kind="storage.filesystem"), efs, fsx])
    assert held(store, whole.id) == {"e": False}


def test_denied_in_one_region_under_a_star_elsewhere(store: Store):
    scan(store, [bucket("a"), bucket("b", at="us-east-1"), cell(at="*")])
    info = scan(store, [cell(at="*"), cell(DENIED, at="us-east-1")])
    assert held(store, info.id) == {"b": True}


def test_imports_of_the_same_scope_follow_each_other_whatever_the_file_is_called(store: Store):
    may, june = (cell(connection=f"import:{month}.json", service="config") for month in ("may", "june"))
    scan(store, [bucket("a"), bucket("b"), may], ["import:may.json"])
    info = scan(store, [bucket("b"), june], ["import:june.json"])
    assert info.gone == 1
    azure = cell(connection="import:azure.json", account="sub", service="arm")
    other = scan(store, [bucket("z", account="sub"), azure], ["import:azure.json"])
    assert held(store, other.id) == {"z": False}


def test_what_a_file_cannot_show_stays(store: Store):
    jobs = {"connection": "import:may.json", "service": "config", "kind": "training.job"}
    scan(
        store,
        [bucket("j", kind="training.job"), cell(**{**jobs, "service": "sagemaker", "connection": "live"})],
        ["live"],
    )
    info = scan(store, [cell(CoverageStatus.NOT_EXPORTED, **jobs)], ["import:may.json"])
    assert held(store, info.id) == {"j": True}


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_a_scan_that_did_not_come_to_its_end_calls_nothing_gone(store: Store, state: str):
    scan(store, [bucket("a"), bucket("b"), cell()])
    info = scan(store, [bucket("b", encrypted=True), cell()], state=state)
    assert info.state == state
    assert (info.gone, info.stale, info.changed) == (0, 1, 1)
    assert held(store, info.id) == {"a": True, "b": False}


def test_a_connection_that_could_not_even_sign_in(store: Store):
    scan(store, [bucket("a"), cell()])
    info = scan(store, [cell(CoverageStatus.EXPIRED, account="*", at="*", service="*", kind="*")], state="partial")
    assert held(store, info.id) == {"a": True}


def test_assets_without_any_coverage_are_never_called_gone(store: Store):
    scan(store, [bucket("a")])
    info = scan(store, [bucket("b")])
    assert info.gone == 0
    assert held(store, info.id) == {"a": True, "b": False}


def test_global_and_unknown_places(store: Store):
    world = Asset("g", "aws", "111", "account", "X", "g", Location(LocationKind.GLOBAL))
    nowhere = Asset("u", "aws", "111", "account", "X", "u", Location.unknown())
    scan(store, [world, nowhere, cell(at="global", kind="account"), cell(at="unknown", kind="account")])
    info = scan(store, [cell(EMPTY, at="global", kind="account"), cell(DENIED, at="unknown", kind="account")])
    assert held(store, info.id) == {"u": True}


def test_coverage_is_kept_for_each_scan(store: Store):
    scan(store, [cell(), cell(DENIED, at="us-east-1")])
    scan(store, [cell(connection="other")], ["other"])
    scan(store, [cell(PARTIAL)])
    assert store.coverage(1) == [cell(), cell(DENIED, at="us-east-1")]
    assert store.coverage(2) == [cell(connection="other")]
    assert store.coverage(3) == [cell(PARTIAL)]


def test_relations_live_and_end_with_what_states_them(store: Store):
    a, b = "arn:aws:s3:::a", "arn:aws:s3:::b"
    one = [bucket("a"), bucket("b"), Relation(a, "replicates_to", b), Relation(a, "encrypted_by", "k"), cell()]
    scan(store, one)
    scan(store, [bucket("a"), bucket("b"), Relation(a, "encrypted_by", "k", {"role": "x"}), cell()])
    scan(store, [bucket("a"), bucket("b"), cell(PARTIAL)])
    scan(store, [bucket("b"), cell()])
    assert told(store, 1) == {(a, "replicates_to", b), (a, "encrypted_by", "k")}
    assert told(store, 2) == {(a, "encrypted_by", "k")}
    assert told(store, 3) == {(a, "encrypted_by", "k")}
    assert told(store, 4) == set()
    (batch,) = store.estate(2).relations()
    assert batch[0][3].attributes == {"role": "x"}


def test_a_relation_stated_by_another_document_lives_with_that_one(store: Store):
    a, b = "arn:aws:s3:::a", "arn:aws:s3:::b"
    rule = document({"from": a, "to": b})
    replication = bucket("r", kind="replication")
    replication.evidence = (rule.digest,)
    rules = {"service": "s3control", "kind": "replication"}
    scan(
        store,
        [
            bucket("a"),
            bucket("b"),
            rule,
            replication,
            Relation(a, "replicates_to", b, {}, rule.digest),
            cell(),
            cell(**rules),
        ],
    )
    info = scan(store, [bucket("a"), bucket("b"), cell(), cell(DENIED, **rules)])
    assert told(store, info.id) == {(a, "replicates_to", b)}
    info = scan(store, [bucket("a"), bucket("b"), cell(), cell(EMPTY, **rules)])
    assert told(store, info.id) == set()


def test_manifest_tells_whether_two_scans_stand_for_the_same(store: Store):
    one = scan(store, [bucket("a"), cell()])
    two = scan(store, [bucket("a"), cell()])
    three = scan(store, [bucket("a", encrypted=True), cell()])
    assert one.manifest == two.manifest
    assert three.manifest != one.manifest
