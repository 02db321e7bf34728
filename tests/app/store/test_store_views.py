"""What several observers see is one asset for who reads an estate, and keeps its history by observer."""

import pickle
from typing import Any

import pytest
from store_world import DENIED, bucket, cell, document, scan

from app.store import Store
from rules.estate import Estate, MemoryEstate
from scanners.model import Asset, Coverage, Item, Location, LocationKind, Relation

MACHINE = "arn:aws:s3:::machine"
NODE = "k8s://c/Node//n1"
PLACE = Location(LocationKind.REGION, "eu-west-1")


def node(uid: str = NODE, alias: str = "aws-instance:i-1", **more: Any) -> Asset:
    return Asset(uid, "aws", "c", "compute.instance", "Node", "n1", PLACE, more, {"gpu": "yes"}, aliases=(alias,))


def cloud(**more: Any) -> Asset:
    found = bucket("machine", kind="compute.instance", instance_type="p5.48xlarge", **more)
    found.aliases = ("aws-instance:i-1",)
    return found


def world() -> list[Item]:
    paper = document({"node": 1})
    seen = node(gpu_count=8)
    seen.evidence = (paper.digest,)
    return [
        paper,
        bucket("first"),
        cloud(),
        seen,
        bucket("last"),
        Relation(NODE, "member_of", "k8s://c"),
        Relation("job", "runs_on", "aws-instance:i-1"),
        Relation(MACHINE, "peers_with", NODE),
        cell(kind="compute.instance"),
        cell(),
        Coverage("k", "aws", "c", "*", "kubernetes", "compute.instance", cell().status),
    ]


def parts(items: list[Item]) -> MemoryEstate:
    return MemoryEstate(
        [i for i in items if isinstance(i, Asset)],
        [i for i in items if isinstance(i, Relation)],
        [i for i in items if isinstance(i, Coverage)],
    )


def assets(estate: Estate) -> dict[str, Asset]:
    return {asset.uid: asset for batch in estate.assets() for _, asset in batch}


@pytest.mark.parametrize("order", [1, -1])
def test_a_machine_and_its_node_are_one(store: Store, order: int):
    items = world()
    assets_first = [i for i in items if isinstance(i, Asset)][::order]
    items = [*assets_first, *(i for i in items if not isinstance(i, Asset))]
    estate = store.estate(scan(store, items, ("prod", "k")).id)
    memory = parts(items)
    assert assets(estate) == assets(memory)
    assert set(assets(estate)) == {"arn:aws:s3:::first", MACHINE, "arn:aws:s3:::last"}
    one = assets(estate)[MACHINE]
    assert one.attributes == {"instance_type": "p5.48xlarge", "gpu_count": 8}
    assert NODE in one.aliases
    assert len(one.evidence) == 1
    assert estate.asset_count == 3
    assert estate.size == memory.size == 5
    at = estate.node(MACHINE)
    assert at is not None
    assert estate.node(NODE) == estate.node("aws-instance:i-1") == at
    assert estate.some([at]) == {at: one}
    for start in range(4):
        assert [n for b in estate.assets(None, start) for n, _ in b] == list(range(start, 3))
    assert [a for b in estate.assets(("compute.instance",)) for _, a in b] == [one]
    edges = {(s, t, estate.uid(e)) for batch in estate.relations() for s, t, e, _ in batch}
    assert edges == {(at, "member_of", "k8s://c"), (estate.node("job"), "runs_on", MACHINE)}
    again = pickle.loads(pickle.dumps(estate))  # noqa: S301 - our own
    assert assets(again) == assets(estate)
    assert again.uid(at) == MACHINE
    again.close()


def test_each_view_keeps_its_own_history(store: Store):
    first = scan(store, world(), ("prod", "k"))
    changed = [i for i in world() if not isinstance(i, Asset)] + [bucket("first"), bucket("last"), cloud(), node()]
    second = scan(store, changed, ("prod", "k"))
    assert second.changed == 1
    assert assets(store.estate(first.id))[MACHINE].attributes["gpu_count"] == 8
    assert "gpu_count" not in assets(store.estate(second.id))[MACHINE].attributes


def test_what_one_observer_still_sees_is_not_stale(store: Store):
    scan(store, world(), ("prod", "k"))
    alone = [node(gpu_count=8), cell(DENIED), cell(DENIED, kind="compute.instance"), world()[-1]]
    info = scan(store, alone, ("prod", "k"))
    estate = store.estate(info.id)
    stale = {estate.uid(n): estate.stale(n) for batch in estate.assets() for n, _ in batch}
    assert stale == {"arn:aws:s3:::first": True, MACHINE: False, "arn:aws:s3:::last": True}
    assert estate.stale_count == 2


def test_only_the_accounts_of_the_scan_are_joined(store: Store):
    scan(store, world(), ("prod", "k"))
    only = [node(gpu_count=8), world()[-1]]
    estate = store.estate(scan(store, only, ("k",)).id)
    assert set(assets(estate)) == {NODE}
