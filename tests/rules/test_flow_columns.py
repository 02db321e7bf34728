"""Flows of relations as columns are those that are made one by one."""

import random

import pytest
from estates import AS_OF, TAGS, asset, rel, run
from test_memory_of_results import estate

from rules import flowcolumns, movements
from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.flowcolumns import key_of, related
from rules.flows import flow_of, named, paths, shape_of, shown
from rules.policy import Policy
from rules.related import Records
from rules.world import World
from scanners.model import Asset, Relation

OWNERS = '[[accounts]]\nid = "222233334444"\nentity = "Example Inc."\ncountry = "US"\n' + TAGS


def moving(seed: int) -> tuple[list[Asset], list[Relation]]:
    """An estate with many sorts of flows, some of them told twice; some relations say something of themselves."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    assets, relations = estate(seed)
    for number in range(12):
        assets.append(asset(f"ai{number}", "ai.endpoint", processing_scope=pick.choice(["zone", "global", "region"])))
        assets.append(asset(f"move{number}", "transfer.job", enabled=pick.random() < 0.8))
    ends = [a.uid for a in assets]
    for _ in range(400):
        type_ = pick.choice(["reads", "writes", "shared_with", "overflows_to", "replicates_to", "logs_to"])
        source, target = pick.choice(ends), pick.choice([*ends, "account:222233334444", "public", "e:1", "e:2"])
        told = pick.choice([{}, {}, {"use": "connection"}, {"continuous": True}, {"enabled": False}, {"role": "x"}])
        relations.append(Relation(source, type_, target, told, pick.choice([None, "ab" * 32, "cd" * 32])))
        if type_ == "writes" and told.get("use") == "connection":
            relations.append(rel(source, "overflows_to", target))
    return assets, relations


@pytest.mark.parametrize("size", [3, 4000])
@pytest.mark.parametrize("seed", range(3))
def test_columns_tell_the_flows_that_are_made_one_by_one(seed: int, size: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(flowcolumns, "_BATCH", size)
    catalogue = Catalogue.load()
    world = World(MemoryEstate(*moving(seed)), Policy.parse(OWNERS, catalogue, AS_OF), catalogue, AS_OF)
    records = Records(world)
    every = paths(world, records, range(world.estate.size), lambda source, target: True)
    single = [path for batch in every for path in batch]
    shown(world, single)
    by_itself = [flow_of(path, named(world, [path]), shape_of(world, path)) for path in single]
    at = 0
    for columns in related(world, records):
        told = [columns.path(n) for n in range(len(columns.kinds))]
        assert told == single[at : at + len(told)]
        assert list(columns.keys(world)) == [key_of(world, path) for path in told]
        assert columns.flows(world, [shape_of(world, path) for path in told]) == by_itself[at : at + len(told)]
        at += len(told)
    assert at > 200
    assert {path.kind for path in single[at:]} == {"inference", "transfer_job"}
    assert {flow.continuous for flow in by_itself} >= {None, True}


@pytest.mark.parametrize("many", [0, 10**9])
def test_a_flow_that_several_relations_tell_is_told_once_where_the_first_tells_it(
    many: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(movements, "_MANY", many)
    assets = [asset("x", data="personal"), asset("y", region="us-east-1"), asset("ai", "ai.endpoint")]
    asks, sends = rel("ai", "reads", "x"), rel("x", "overflows_to", "ai")
    last = rel("x", "replicates_to", "y")
    _, first, moved, summary = run([], assets, [asks, last], policy=OWNERS)
    assert [flow.kind for flow in first] == ["inference", "replication"]
    assert run([], assets, [asks, sends, last], policy=OWNERS)[1:] == (first, moved, summary)
    _, later, _, _ = run([], assets, [last, sends, rel("y", "overflows_to", "ai"), asks], policy=OWNERS)
    assert [(flow.kind, flow.source) for flow in later] == [
        ("replication", "x"),
        ("inference", "x"),
        ("inference", "y"),
    ]


def test_names_that_make_one_id_of_two_flows_are_noticed_in_large_estates_as_well(monkeypatch: pytest.MonkeyPatch):
    assets = [asset(uid, data="personal") for uid in ("a", "a\0b", "ai")]
    odd = [rel("a\0b", "replicates_to", "c"), rel("a", "replicates_to", "b\0c"), rel("ai", "logs_to", "c")]
    place = [rel("x", "overflows_to", "processing:ai"), rel("x", "overflows_to", "y")]
    found = []
    for many in (10**9, 0):
        monkeypatch.setattr(movements, "_MANY", many)
        monkeypatch.setattr(flowcolumns, "_BATCH", 1)
        found.append(run([], assets, [*odd, *place], policy=OWNERS)[1])
    assert found[0] == found[1]
    assert [flow.source for flow in found[0]] == ["a\0b", "ai", "x", "x"]


@pytest.mark.parametrize("seed", range(3))
def test_flows_told_twice_are_known_beforehand(seed: int, monkeypatch: pytest.MonkeyPatch):
    found = []
    for many in (10**9, 0):
        monkeypatch.setattr(movements, "_MANY", many)
        monkeypatch.setattr(flowcolumns, "_BATCH", 3)
        found.append(run([], *moving(seed), policy=OWNERS))
    assert found[0] == found[1]
