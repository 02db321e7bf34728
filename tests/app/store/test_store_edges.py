"""Relations as columns of numbers are the relations that the estate tells with names."""

from typing import Any

import pytest
from store_world import Relation, bucket, cell, document, scan

from app.store import KnownStoreError, Store
from app.store.estate import StoreEstate

A, OF_OTHERS = "arn:aws:s3:::a", "arn:aws:s3:::o"
PAPER, OTHER = document({"a": 1}), document({"b": 2})


def in_names(estate: StoreEstate) -> list[tuple[int, str, int, dict[str, Any], str | None]]:
    """The relations as they are told with names."""
    return [(s, kind, t, r.attributes, r.evidence) for batch in estate.relations() for s, kind, t, r in batch]


def in_columns(estate: StoreEstate) -> list[tuple[int, str, int, dict[str, Any], str | None]]:
    """The same of what they are as columns."""
    found: list[tuple[int, str, int, dict[str, Any], str | None]] = []
    for batch in estate.edges():
        digests = estate.digests(set(batch.documents))
        columns = zip(batch.sources, batch.types, batch.targets, batch.documents, strict=True)
        for at, (source, type_, target, document_number) in enumerate(columns):
            shown = digests.get(document_number)
            found.append((source, batch.names[type_], target, batch.attributes.get(at, {}), shown))
    return found


@pytest.mark.parametrize("size", [2, 10_000])
def test_columns_tell_the_same_as_names(store: Store, size: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.store.edges._BATCH", size)
    key = bucket("key", kind="key")
    key.aliases = ("alias/key",)
    one, other = bucket("one"), bucket("other")
    one.aliases = other.aliases = ("shared",)  # two views of one thing
    told = [
        Relation(A, "replicates_to", "external:1", {"enabled": False, "text": "ä"}, PAPER.digest),
        Relation(A, "reads", "external:2"),
        Relation("external:2", "reads", "external:2", {}, OTHER.digest),
        Relation(A, "encrypted_by", "alias/key", {}, "0" * 64),  # a document that the store does not have
        Relation(one.uid, "replicates_to", other.uid),
        Relation(one.uid, "writes", A, {"use": "files"}, "f" * 64),
        Relation(other.uid, "backs_up_to", other.uid),
    ]
    scan(store, [PAPER, OTHER, bucket("a"), key, one, other, *told, cell(), cell(kind="key")])
    estate = store.estate(1)
    assert in_columns(estate) == in_names(estate)
    assert len(in_names(estate)) == 6
    assert {shown for *_, shown in in_columns(estate)} == {PAPER.digest, OTHER.digest, "0" * 64, "f" * 64, None}


def test_columns_leave_out_accounts_that_a_scan_did_not_look_into(store: Store):
    scan(store, [bucket("a"), Relation(A, "reads", "external:1"), cell()])
    far = [Relation(OF_OTHERS, "reads", "external:2"), Relation(A, "reads", "external:3")]
    scan(store, [bucket("o", account="222"), *far, cell(account="222", connection="other")], ["other"])
    for number, kept in ((1, {"external:1"}), (2, {"external:2"})):
        estate = store.estate(number)
        assert in_columns(estate) == in_names(estate)
        assert kept <= {estate.uid(target) for _, _, target, _, _ in in_columns(estate)}
        assert "external:2" not in kept or all(source != estate.node(A) for source, *_ in in_columns(estate))


def test_more_documents_than_can_be_numbered_are_refused(store: Store):
    scan(store, [PAPER, bucket("a"), Relation(A, "reads", "external:1", {}, PAPER.digest), cell()])
    store._db.run("UPDATE evidence SET id = ?", (1 << 31,))
    with pytest.raises(KnownStoreError, match="more documents"):
        list(store.estate(1).edges())
