"""Writing a scan: parts of one asset, duplicates, odd text, evidence, many at once."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_world import NOON, bucket, cell, document, held, scan

from app.store import KnownStoreError, Store
from scanners.model import UNREAD, Asset, Evidence, Item, Location, Relation


def begin(store: Store):
    return store.begin_scan(["prod"], started=NOON, program="test")


def flushed(writer, items: list[Item]) -> None:
    writer.write(items)
    writer._flush()


def only(store: Store, number: int) -> Asset:
    ((_, asset),) = next(store.estate(number).assets())
    return asset


@pytest.mark.parametrize("together", [True, False], ids=["one portion", "several portions"])
def test_parts_of_one_asset_become_one(store: Store, together: bool):
    listed, described = document({"listed": 1}), document({"described": 1})
    first = Asset(
        "u", "aws", "111", "key", "T", "n", Location.unknown(), {"state": "enabled"}, evidence=(listed.digest,)
    )
    second = bucket("n", kind="key", rotatable=True)
    second.uid, second.tags, second.evidence = "u", {"a": "b"}, (described.digest,)
    writer = begin(store)
    for items in ([listed, first], [described, second]):
        (writer.write if together else lambda i: flushed(writer, i))(items)
    info = writer.finish("complete", NOON)
    asset = only(store, info.id)
    assert asset.attributes == {"state": "enabled", "rotatable": True}
    assert asset.location == second.location
    assert asset.tags == {"a": "b"}
    assert set(asset.evidence) == {listed.digest, described.digest}
    assert (info.assets, info.merged, info.duplicates, info.added, info.warnings) == (1, 1, 0, 1, ())


@pytest.mark.parametrize("swapped", [False, True])
def test_parts_in_any_order_are_no_change(store: Store, swapped: bool):
    one, two = bucket("a", encrypted=True), bucket("a", versioning=True)
    one.evidence, two.evidence = ("1" * 64,), ("2" * 64,)
    for parts in ([one, two], [two, one] if swapped else [one, two]):
        writer = begin(store)
        for part in parts:
            flushed(writer, [part])
        flushed(writer, [cell()])
        info = writer.finish("complete", NOON)
    assert (info.changed, info.added) == (0, 0)
    assert store._db.rows("SELECT count(*) FROM asset_version") == [(1,)]


def test_a_part_missing_the_next_time_is_unread_then(store: Store):
    scan(store, [bucket("a", encrypted=True), bucket("a", versioning=True), cell()])
    info = scan(store, [bucket("a", encrypted=True), cell()])
    assert only(store, info.id).attributes == {"encrypted": True}
    assert only(store, 1).attributes == {"encrypted": True, "versioning": True}


def test_duplicates_are_counted(store: Store):
    writer = begin(store)
    flushed(writer, [bucket("a", encrypted=True), bucket("a", encrypted=True), cell()])
    flushed(writer, [bucket("a", encrypted=True)])
    assert writer.duplicates == 2
    info = writer.finish("complete", NOON)
    assert (info.assets, info.duplicates, info.merged) == (1, 2, 0)


@pytest.mark.parametrize("newer_first", [False, True])
@pytest.mark.parametrize("together", [True, False])
def test_documents_that_disagree_the_newer_counts_and_a_warning_says_so(
    store: Store, newer_first: bool, together: bool
):
    old, new = document({"n": 1}, NOON), document({"n": 2}, NOON + timedelta(days=1))
    a, b = bucket("a", encrypted=False), bucket("a", encrypted=True)
    a.evidence, b.evidence = (old.digest,), (new.digest,)
    parts: list[list[Item]] = [[old, a], [new, b]]
    writer = begin(store)
    for items in reversed(parts) if newer_first else parts:
        (writer.write if together else lambda i: flushed(writer, i))(items)
    info = writer.finish("complete", NOON)
    assert only(store, info.id).attributes == {"encrypted": True}
    assert len(info.warnings) == 1
    assert "encrypted" in info.warnings[0]


def test_unread_and_known_none_stay_apart(store: Store):
    silent = bucket("silent")
    known = bucket("known", encrypted=None, used_by=[], public_access="none")
    known.tags = {}
    info = scan(store, [silent, known])
    found = {a.name: a for batch in store.estate(info.id).assets() for _, a in batch}
    assert found["silent"].attributes == {}
    assert found["silent"].tags is UNREAD
    assert found["known"].attributes == {"encrypted": None, "used_by": [], "public_access": "none"}
    assert found["known"].tags == {}


def test_odd_text_is_kept_readable(store: Store):
    odd = bucket("ok")
    odd.uid, odd.name = "u\0\ud800", "n\0\udfff"
    odd.attributes = {"model": "\ud800", "used_by": ["\udc00"]}
    info = scan(store, [odd, Relation("u\0\ud800", "reads", "x\0")])
    asset = only(store, info.id)
    assert asset.attributes == {"model": "?", "used_by": ["?"]}
    assert len(info.warnings) == 1
    assert next(store.estate(info.id).relations())


text = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.dictionaries(text, values, max_size=4), st.dictionaries(text, text, max_size=3))
def test_what_is_written_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, attributes: dict, tags: dict):
    with Store.open(tmp_path_factory.mktemp("store") / "s.db") as store:
        given_asset = bucket("a")
        given_asset.attributes, given_asset.tags = attributes, tags
        info = scan(store, [given_asset, cell()])
        assert only(store, info.id) == given_asset
        assert scan(store, [given_asset, cell()]).changed == 0


def test_many_assets_over_several_portions(store: Store):
    names = [f"b{n}" for n in range(9000)]
    info = scan(store, [item for name in names for item in (document({"n": name}), bucket(name))])
    assert info.assets == 9000
    assert set(held(store, info.id)) == set(names)


def test_evidence_comes_back_as_exactly_its_bytes(store: Store):
    documents = [document({"n": n, "text": "é" * (n % 700)}, NOON, f"f.json:{n}") for n in range(1500)]
    scan(store, documents)
    for item in documents[::97]:
        assert store.evidence(item.digest) == item
    with pytest.raises(KeyError):
        store.evidence("0" * 64)
    with pytest.raises(KeyError):
        store.evidence("no digest")


def test_large_evidence(store: Store):
    body = bytes(range(256)) * 20_000
    import hashlib

    big = Evidence(hashlib.sha256(body).hexdigest(), body, "op", "src")
    scan(store, [document({"a": 1}), big, document({"b": 1})])
    assert store.evidence(big.digest).body == body


def test_damaged_evidence_is_never_given_out(store: Store):
    item = document({"a": "b" * 100})
    scan(store, [item])
    packed = bytearray(store._db.rows("SELECT body FROM evidence_block")[0][0])
    packed[len(packed) // 2] ^= 1
    store._db.run("UPDATE evidence_block SET body = ?", (bytes(packed),))
    with pytest.raises(KnownStoreError, match="is damaged"):
        store.evidence(item.digest)


def test_evidence_with_what_was_stored_beside_it(store: Store):
    items = [document({"a": n}, NOON if n % 2 else None, f"file:{n}") for n in range(150)]
    scan(store, items[:1])
    scan(store, items)
    found: dict[str, Evidence] = {}
    for item in items:
        beside = store.evidence_beside(item.digest)
        assert beside[item.digest] == store.evidence(item.digest)
        assert len(beside) <= 64
        found |= beside
    assert found == {item.digest: store.evidence(item.digest) for item in items}
    assert store.evidence_beside(items[0].digest).keys() == {items[0].digest}
    assert len(store.evidence_beside(items[20].digest)) == 64
    assert store.evidence_beside("0" * 64) == store.evidence_beside("no digest") == {}
    block = store._db.rows("SELECT block, start FROM evidence WHERE digest = ?", (bytes.fromhex(items[20].digest),))[0]
    store._db.run("UPDATE evidence SET start = start + 1 WHERE digest = ?", (bytes.fromhex(items[20].digest),))
    assert items[20].digest not in store.evidence_beside(items[21].digest)
    store._db.run("UPDATE evidence_block SET body = ? WHERE id = ?", (b"no block", block[0]))
    assert store.evidence_beside(items[21].digest) == {}


def test_evidence_under_a_wrong_digest_is_refused(store: Store):
    writer = begin(store)
    with pytest.raises(ValueError, match="is not the digest"):
        flushed(writer, [Evidence("0" * 64, b"{}", "op", "src")])


def test_nothing_of_an_abandoned_scan_remains(store: Store):
    scan(store, [document({"a": 1}), bucket("a"), Relation("x", "reads", "y"), cell()])
    tables = ("asset_version", "relation_version", "evidence", "evidence_block", "coverage", "stale", "witness")

    def kept():
        return {t: store._db.rows("SELECT * FROM " + t) for t in tables}  # noqa: S608

    before = kept()
    with begin(store) as writer:
        flushed(
            writer, [document({"b": 1}), bucket("b"), bucket("a", encrypted=True), Relation("x", "writes", "z"), cell()]
        )
    assert kept() == before
    assert [s.state for s in store.scans()] == ["complete", "abandoned"]
    latest = store.latest_scan()
    assert latest is not None
    assert latest.id == 1
    with pytest.raises(KnownStoreError, match="never finished"):
        store.estate(2)
    with pytest.raises(KnownStoreError, match="over"):
        flushed(writer, [bucket("c")])
    assert scan(store, [bucket("a"), cell()]).id == 3


def test_coverage_told_twice_adds_up(store: Store):
    from scanners.model import CoverageStatus as S

    def one(status: S, count: int):
        found = cell(status)
        found.count = count
        return found

    scan(store, [one(S.COLLECTED, 2), one(S.EMPTY, 0), one(S.COLLECTED, 3)])
    assert store.coverage(1) == [one(S.COLLECTED, 5)]
    scan(store, [one(S.COLLECTED, 2), one(S.DENIED, 0)])
    assert store.coverage(2) == [one(S.PARTIAL, 2)]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("together", [True, False])
def test_documents_about_one_relation_say_the_same_together_in_any_order(store: Store, swapped: bool, together: bool):
    """Also in the next scan, whose first document says no more than what is kept already."""
    documents = [document({"n": 1}), document({"n": 2})]
    told = [
        Relation(
            "arn:aws:s3:::a", "replicates_to", "arn:aws:s3:::b", {"delete_propagation": False}, documents[0].digest
        ),
        Relation("arn:aws:s3:::a", "replicates_to", "arn:aws:s3:::b", {"delete_propagation": True, "role": "copy"}),
    ]
    told[1].evidence = documents[1].digest
    for number in range(2):
        writer = begin(store)
        writer.write([*documents, bucket("a"), bucket("b"), cell()])
        for one in reversed(told) if swapped is bool(number) else told:
            writer.write([one])
            if not together:
                writer._flush()
        info = writer.finish("complete", NOON)
        ((*_, kept),) = next(store.estate(info.id).relations())
        assert kept.attributes == {"delete_propagation": False, "role": "copy"}
        assert kept.evidence == min(d.digest for d in documents)
        assert info.relations == 1
