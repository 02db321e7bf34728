"""What is said of an estate must not depend on the order in which assets, relations, coverage or decisions are told."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from estates import AS_OF, asset, rel, rule, run
from msgspec import UNSET
from msgspec.structs import replace
from test_memory_of_results import each_by_itself, estate, many_at_once, some_gaps, value_of

from rules import engine, parallel
from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.rulefile import load_rules
from rules.selftest import Collected
from scanners.model import ATTRIBUTES, KINDS, RELATIONS, Asset, Coverage, Location, LocationKind, Relation

REGISTER = """[[transfer_register]]
id = "{}"
tool = "{}"
assets = [{}]
importer = "Example Inc."
country = "US"
data_classes = ["personal"]"""
SECTIONS = [
    '[tag_map.class]\npersonal = "personal"\nhealth = "special_category"\nanonymous = "anonymous"\npublic = "public"',
    '[tag_map.other]\nyes = "personal"\nno = "public"',
    '[[anonymity_assessments]]\nresource = "x7"\ndate = 2026-10-01\nresult = "anonymous"',
    '[[anonymity_assessments]]\nresource = "x9"\ndate = 2026-10-01\nresult = "anonymous"',
    '[[accounts]]\nid = "333344445555"\nentity = "Example Inc."\ncountry = "US"',
    '[[accounts]]\nid = "222233334444"\nentity = "Other GmbH"\ncountry = "DE"',
    REGISTER.format("SCC", "scc", '"x3", "x11"'),
    REGISTER.format("SCC-2", "bcr", '"x3"'),
    '[[ropa]]\nid = "R1"\nresources = ["x1", "x2", "x3"]\ncountries = ["DE"]\nends = 2026-01-01',
    '[[ropa]]\nid = "R2"\nresources = ["x2", "x3", "x4"]\ncountries = ["IE"]',
    '[[processors]]\nid = "p1"\nvendor = "A"\ncountry = "US"\nno_training_clause = false',
    '[[processors]]\nid = "p2"\nvendor = "a"\ncountry = "US"\nno_training_clause = true',
    '[[key_operators]]\nmatch = "*"\nname = "Anyone"\ncountry = "DE"\nowner_third_country = false',
    '[[key_operators]]\nmatch = "a*"\nname = "Example Inc."\ncountry = "US"\nowner_third_country = true',
    '[[exit_plans]]\nprovider = "aws"\ntested = 2026-10-01',
    '[[exit_plans]]\nprovider = "gcp"',
    '[required_custody]\npersonal = "customer"',
]
HEAD = [
    'allowed_countries = ["EEA"]',
    'trusted_accounts = ["222233334444", "333344445555"]',
    'external_key_classes = ["special_category"]',
    "sovereign_level = 3",
    'approved_ai_services = ["bedrock"]',
]


def policy_of(order: random.Random | None = None) -> str:
    """Every decision, in an order of its own."""
    head, sections = HEAD[:], SECTIONS[:]
    if order is not None:
        order.shuffle(head)
        order.shuffle(sections)
    return "\n".join([*head, *sections])


def tangled(seed: int) -> tuple[list[Asset], list[Relation]]:
    """A random estate in which nearly everything is told more than once, and differently."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    kinds = [*sorted(KINDS), *("storage.bucket", "key", "training.job", "transfer.job", "database.table") * 6]
    providers = ["aws", "azure", "gcp", "kubernetes"]
    natives = ["AWS::Organizations::Policy", "orgpolicy.googleapis.com/Policy", "AWS::S3::Bucket", "other"]
    assets: list[Asset] = []
    for number in range(160):
        kind = pick.choice(kinds)
        own = [a for a in ATTRIBUTES.values() if kind in a.kinds and a.name != "relations_read"]
        attributes = {a.name: value_of(a.type, pick) for a in own if pick.random() < 0.5}
        if pick.random() < 0.4:
            attributes["relations_read"] = pick.choice([["encrypted_by"], ["shared_with", "backs_up_to"], []])
        if kind in ("storage.snapshot", "storage.image") and pick.random() < 0.5:
            attributes["source_uid"] = f"x{pick.randrange(160)}"
        if kind == "transfer.job" and pick.random() < 0.5:
            attributes["hops"] = [{"uid": f"x{pick.randrange(160)}"} for _ in range(2)]
        one = asset(
            f"x{number}" if pick.random() < 0.9 else f"x{number}/part",
            kind,
            pick.choice(["eu-west-1", "us-east-1", "unknown", "unknown"]),
            account=pick.choice(["111122223333", "333344445555", "444455556666"]),
            provider=pick.choice(providers[:1] * 3 + providers),
            tags={
                name: pick.choice(["personal", "health", "public", "yes", "no", "high", "R1", "R2", "checkpoint"])
                for name in pick.sample(["class", "other", "critical", "criticality", "ropa", "ropa-id", "role"], 2)
            },
            evidence=(f"{pick.randrange(16**8):064x}",),
            **attributes,
        )
        one = replace(
            one,
            native_type=pick.choice(natives),
            name=pick.choice(["one", "two", one.uid]),
            tags=UNSET if pick.random() < 0.2 else one.tags,
            aliases=(f"alias{pick.randrange(30)}",) if pick.random() < 0.15 else (),
            created_at=datetime(2026, 1, 1, tzinfo=UTC) if pick.random() < 0.3 else None,
            location=Location(LocationKind.GLOBAL) if pick.random() < 0.05 else one.location,
        )
        assets.append(one)
    ends = [*(a.uid for a in assets), *(f"alias{n}" for n in range(30)), "account:222233334444", "e:1", "e:2", "public"]
    types = [*sorted(RELATIONS), "encrypted_by", "member_of", "member_of", "writes", "reads", "replicates_to"]
    relations: list[Relation] = []
    for _ in range(450):
        attributes = {
            name: pick.choice(values)
            for name, values in {
                "enabled": [True, False],
                "continuous": [True, False, None],
                "content_logged": [True, False],
                "delete_propagation": [True, False],
                "role": ["checkpoint", "dataset", "scratch"],
                "use": ["files", "default_store", "connection", "trigger"],
            }.items()
            if pick.random() < 0.12
        }
        one = rel(pick.choice(assets).uid, pick.choice(types), pick.choice(ends), **attributes)
        if relations and pick.random() < 0.25:
            one = replace(pick.choice(relations), attributes=attributes)
        relations.append(replace(one, evidence=f"{pick.randrange(16**8):064x}" if pick.random() < 0.7 else None))
    return assets, relations


def told_twice(accounts: list[Coverage], seed: int) -> list[Coverage]:
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    more = [replace(c, connection="other", detail=f"because {n}") for n, c in enumerate(accounts) if n % 5 == 0]
    return [*accounts, *(replace(c, service=pick.choice(["s3", "config", c.service])) for c in more)]


def said(way, assets: list[Asset], relations: list[Relation], coverage: list[Coverage], policy: str):
    """All that is handed on, as text, in an order of its own."""
    findings, flows, transfers, summary = way(load_rules(), assets, relations, policy=policy, coverage=coverage)
    return (
        sorted(map(repr, findings)),
        sorted(map(repr, flows)),
        sorted(map(repr, transfers)),
        repr((summary.verdicts, summary.by_rule, sorted(summary.by_severity.items()), summary.decisions)),
    )


def mixed(order: random.Random, items: Iterable[Any]) -> list[Any]:
    every = list(items)
    return order.sample(every, len(every))


def otherwise(order: random.Random, assets: list[Asset]) -> list[Asset]:
    """The same assets in another order, and the tags of each."""
    return [a if a.tags is UNSET else replace(a, tags=dict(mixed(order, a.tags.items()))) for a in mixed(order, assets)]


@pytest.mark.parametrize("made", [estate, tangled])
@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_is_said_depends_on_the_order_of_what_is_told(monkeypatch, made, seed):
    """Also where each asset is judged by itself, and where alike ones are judged at once."""
    assets, relations = made(seed)
    coverage = told_twice(some_gaps(seed), seed)
    order = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    told = []
    for way in (each_by_itself, many_at_once):
        for _ in range(2):
            again = otherwise(order, assets), mixed(order, relations), mixed(order, coverage), policy_of(order)
            told.append(said(partial(way, monkeypatch), *again))
    assert len(told[0][0]) > 300
    for other in told[1:]:
        for one, same in zip(told[0], other, strict=True):
            assert one == same


def opened(seed: int) -> MemoryEstate:
    """A tangled estate in another order; fit to be opened in another process."""
    order = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    assets, relations = tangled(3)
    return MemoryEstate(otherwise(order, assets), mixed(order, relations), mixed(order, some_gaps(3)))


def test_nothing_that_is_said_depends_on_the_number_of_processes_either(monkeypatch):
    monkeypatch.setattr(engine, "_LARGE", 100)
    monkeypatch.setattr(parallel, "_RANGE", 60)
    catalogue, rules = Catalogue.load(), load_rules()
    policy = Policy.parse(policy_of(), catalogue, AS_OF)
    results = []
    for workers, seed in ((1, 1), (2, 2)):
        sink = Collected()
        opener = partial(opened, seed)
        judge(opener(), rules, policy, catalogue, AS_OF, sink, workers=workers, opener=opener)
        results.append([sorted(map(repr, part)) for part in (sink.all_findings, sink.all_flows, sink.all_transfers)])
    assert results[0] == results[1]
    assert all(results[0])


def test_one_job_speaks_for_a_model_whichever_was_read_first():
    jobs = [asset(uid, "training.job", model="m", instance_type="p5.48xlarge", gpu_count=8) for uid in ("b", "a", "c")]
    for order in (jobs, jobs[::-1]):
        found = run(load_rules(), order, policy=policy_of())[0]
        assert {f.asset for f in found if f.rule == "SIT-AI-018"} == {"a"}


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_keys_at_the_end_of_a_flow_that_which_lies_worst_counts(turned):
    """One key of the copy lies in the United States: an assessment that asks for keys in the EEA is not met."""
    keys = [asset("k1", "key", "eu-west-1", custody="external"), asset("k2", "key", "us-east-1", custody="external")]
    ways = [rel("dst", "encrypted_by", key.uid) for key in keys]
    found = run(
        [rule("T-ONE-001", "!eea(flow.key_loc)", ("replication",), subject="flow")],
        [asset("src", data="personal"), asset("dst", region="us-east-1"), *keys],
        [rel("src", "replicates_to", "dst"), *(ways[::-1] if turned else ways)],
    )[0]
    assert [str(f.verdict) for f in found] == ["fail"]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_policies_that_are_in_force_only_what_both_allow_is_allowed(turned):
    """One allows Ireland and the United States, the other Ireland alone: a store in Virginia got past it."""
    own: dict[str, Any] = {"type": "region", "enforced": True, "scope_path": "111122223333"}
    guards = [
        asset(uid, "governance.policy", allowed_regions=regions, **own)
        for uid, regions in (("p1", ["eu-west-1", "us-east-1"]), ("p2", ["eu-west-1"]))
    ]
    condition = 'asset.loc.countries.exists(c, !(c in guardrail(asset.account, "region").allowed_countries))'
    store = asset("b", region="us-east-1", data="personal")
    for rest, verdict in (({}, "fail"), ({"allowed_regions": None}, "not_checked")):
        guards[1].attributes.update(rest)
        found = run([rule("T-ONE-001", condition)], [store, *(guards[::-1] if turned else guards)])[0]
        assert [str(f.verdict) for f in found] == [verdict]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_documents_about_one_relation_the_graver_counts(turned):
    """One rule of a replication passes deletions on, another one between the same stores does not."""
    ways = [rel("src", "replicates_to", "dst", delete_propagation=value) for value in (True, False)]
    found = run(
        [rule("T-ONE-001", "flow.delete_propagation == false", ("replication",), subject="flow")],
        [asset("src", data="personal"), asset("dst")],
        ways[::-1] if turned else ways,
    )[0]
    assert [str(f.verdict) for f in found] == ["fail"]


def test_all_that_stands_behind_a_name_is_read():
    """A dataset by that name lies in two stores; one of them holds personal data."""
    names = [rel("name", "member_of", store, use="files") for store in ("s1", "s2")]
    for ways in (names, names[::-1]):
        found, flows, *_ = run(
            [rule("T-ONE-001", "inherits_pd(asset)", ("training.job",))],
            [asset("s1", data="public"), asset("s2", data="personal"), asset("job", "training.job")],
            [rel("job", "reads", "name"), *ways],
        )
        assert [str(f.verdict) for f in found] == ["fail"]
        assert {flow.source for flow in flows} == {"s1", "s2"}


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_a_part_of_two_things_that_lie_apart_lies_nowhere_that_is_known(turned):
    ways = [rel("job", "member_of", whole) for whole in ("w1", "w2")]
    found = run(
        [rule("T-ONE-001", "third(asset.loc)", ("training.notebook",))],
        [
            asset("w1", "ai.account", "eu-west-1"),
            asset("w2", "ai.account", "us-east-1"),
            asset("job", "training.notebook", "unknown"),
        ],
        ways[::-1] if turned else ways,
    )[0]
    assert [str(f.verdict) for f in found] == ["not_checked"]


def test_a_set_of_sets_of_keys_is_in_the_custody_of_the_weakest_key():
    assets = [
        asset("b", data="personal"),
        asset("outer", "key"),
        asset("inner", "key"),
        asset("k", "key", custody="provider"),
    ]
    ways = [rel("b", "encrypted_by", "outer"), rel("outer", "encrypted_by", "inner"), rel("inner", "encrypted_by", "k")]
    for order in (assets, assets[::-1]):
        found = run([rule("T-ONE-001", 'rank(asset.custody) < rank("customer")')], order, ways)[0]
        assert [str(f.verdict) for f in found] == ["fail"]
