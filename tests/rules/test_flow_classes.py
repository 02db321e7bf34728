"""Flows that are alike are judged once, and each is told of by its own name."""

import pytest
from estates import TAGS, asset, read, rel, rule, run

from rules import movements, subjects

RULES = [
    rule("T-ONE-001", "pd(flow.src) && third(flow.dst_loc)", ("replication",), subject="flow"),
    rule("T-ONE-002", "pd(flow.dst) && flow.delete_propagation == false", ("replication",), subject="flow"),
    rule("T-ONE-003", "pd(flow.src) && sc(flow.dst)", ("replication",), subject="flow"),
]
NAMES = ["plain", 'with "quotes"', "back\\slash", "flow.src is", "l" * 120, "ends \u202e turned"]
POLICY = "[[accounts]]\nid = '111122223333'\nentity = 'Example SE'\ncountry = 'DE'\n" + TAGS


def flows():
    """Two replications from each name; some switch on deletion at the copy, some off, some say nothing of it."""
    assets, relations = [], []
    for number, name in enumerate(NAMES * 2):
        source, target = f"{name}-{number}", f"{number}-{name}"
        data = "health" if number % 4 == 3 else "personal"
        assets += [asset(source, data="personal"), asset(target, region="us-east-1", data=data)]
        told = {} if number % 3 == 0 else {"delete_propagation": number % 3 == 1}
        relations.append(rel(source, "replicates_to", target, **told))
    return assets, relations


@pytest.fixture
def judged(monkeypatch):
    assets, relations = flows()
    found = []
    for few in (10**9, 0):  # each by itself, then by classes
        for module in (subjects, movements):
            monkeypatch.setattr(module, "FEW", few)
        found.append(run(RULES, assets, relations, policy=POLICY, coverage=read()))
    return found


def test_classes_say_of_every_flow_what_it_gives_by_itself(judged):
    each, at_once = judged
    assert at_once == each
    assert {str(f.verdict) for f in each[0] if f.flow} == {"fail", "not_checked"}


def test_a_finding_names_the_ends_of_its_own_flow(judged):
    _, (findings, given, *_) = judged
    ends = {flow.id: flow for flow in given}
    named = [f for f in findings if f.rule == "T-ONE-001"]
    assert len(named) == len(NAMES) * 2
    for finding in named:
        own = ends[finding.flow].source[:60]
        if own.isprintable() and '"' not in own and "\\" not in own:
            assert f'flow.src is "{own}' in finding.why


def test_alike_flows_are_asked_once(monkeypatch):
    assets, relations = flows()
    for module in (subjects, movements):
        monkeypatch.setattr(module, "FEW", 0)
    asked = []
    verdict = movements.Movements._verdict
    monkeypatch.setattr(
        movements.Movements, "_verdict", lambda self, entry, *rest: asked.append(entry) or verdict(self, entry, *rest)
    )
    found = run(RULES, assets, relations, policy=POLICY, coverage=read())
    assert len([f for f in found[0] if f.flow]) > len(asked)


@pytest.mark.parametrize("first", ["known", "e:unknown"])
def test_a_source_that_nobody_collected_has_no_class_that_another_could_tell(monkeypatch, first):
    """Personal data reach it, but it may hold any: what is said of a store that was read does not settle it."""
    for module in (subjects, movements):
        monkeypatch.setattr(module, "FEW", 0)
    where = 'flow.dc == "pseudonymised"'
    rules = [rule("T-ONE-001", "third(flow.dst_loc)", ("replication",), subject="flow", where=where)]
    sources = sorted(["known", "e:unknown"], key=lambda name: name != first)
    relations = [*(rel(source, "replicates_to", "there") for source in sources), rel("known", "writes", "e:unknown")]
    assets = [asset("known", data="personal"), asset("there", region="us-east-1")]
    findings, flows, *_ = run(rules, assets, relations, policy=TAGS, coverage=read())
    unknown = next(flow.id for flow in flows if flow.source == "e:unknown")
    assert [(f.flow, str(f.verdict)) for f in findings] == [(unknown, "not_checked")]


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_what_was_fed_by_something_unknown_is_not_like_what_was_not(monkeypatch, names):
    """Where nobody knows the class of a store, nobody knows where it comes from: not so of a store beside it."""
    where = 'flow.dst.dc_source in ["tag", "policy"]'
    rules = [rule("T-ONE-001", 'flow.dst.dc == "public"', ("replication",), subject="flow", where=where)]
    assets = [*(asset(name) for name in ("a", "b", "from", "data")), asset("m", "ai.customization")]
    relations = [
        *(rel("from", "replicates_to", name) for name in names),
        rel("e:unknown", "writes", "a"),
        rel("m", "reads", "data"),  # so that data count as personal, and b inherits that
        rel("data", "replicates_to", "b"),
    ]
    found = []
    for few in (10**9, 0):
        for module in (subjects, movements):
            monkeypatch.setattr(module, "FEW", few)
        found.append(run(rules, assets, relations, policy=None, coverage=read()))
    assert found[0] == found[1]
    assert [str(f.verdict) for f in found[0][0]] == ["not_checked"]
