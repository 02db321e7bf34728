"""One flow or copy gives one finding, and what a finding stands for is never lost nor made milder."""

import pytest
from estates import TAGS, asset, read, rel, rule, run

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.judgement import Finding, Verdict
from rules.policy import Policy
from rules.rule import SEVERITIES, Case
from rules.rulefile import load_rules
from rules.selftest import Collected

CATALOGUE = Catalogue.load()
RULES = load_rules()
PACK = {r.id: r for r in RULES}
GRAVITY = {word: number for number, word in enumerate(SEVERITIES)}


def findings(case: Case, names: list[str]) -> list[Finding]:
    """What these rules say of a case, passes left out."""
    policy = Policy.none() if case.policy is None else Policy.parse(case.policy, CATALOGUE, case.as_of)
    sink = Collected()
    estate = MemoryEstate(case.assets, case.relations, case.coverage)
    judge(estate, [PACK[n] for n in names], policy, CATALOGUE, case.as_of, sink)
    return sink.all_findings


STANDING = sorted({(r.id, other) for r in RULES for other in r.replaces})


@pytest.mark.parametrize(("special", "general"), STANDING)
def test_no_failure_is_lost(special, general):
    """Over the cases of both: a failure of the general rule stays, or a failure at least as grave stands for it."""
    for case in (*PACK[special].cases, *PACK[general].cases):
        alone = [f for f in findings(case, [general]) if f.verdict is Verdict.FAIL]
        together = findings(case, [special, general])
        for lost in alone:
            if any(f.rule == general and (f.asset, f.flow) == (lost.asset, lost.flow) for f in together):
                continue
            standing = [f for f in together if general in f.related and f.verdict is Verdict.FAIL]
            assert standing, f"{case.name}: {general} about {lost.asset or lost.flow} is lost"
            gravest = min(GRAVITY[f.severity] for f in standing)
            assert gravest <= GRAVITY[lost.severity], f"{case.name}: {special} is milder than {general}"


def verdicts(special: str, general: str, with_class: str = "personal") -> list[tuple[str, str]]:
    """Two rules over one bucket, of which the special one stands for the general one."""
    rules = [rule("SIT-RES-001", general), rule("SIT-RES-004", special, replaces=("SIT-RES-001",))]
    found, _, _, _ = run(rules, [asset("a", data=with_class, encrypted=False)])
    return [(f.rule, str(f.verdict)) for f in found]


def test_a_pass_of_the_special_rule_hides_no_failure_of_the_general_one():
    assert verdicts("asset.encrypted == true", "asset.encrypted == false") == [("SIT-RES-001", "fail")]


def test_an_unknown_of_the_special_rule_hides_no_failure_of_the_general_one():
    found = verdicts("asset.versioning == true", "asset.encrypted == false")
    assert ("SIT-RES-001", "fail") in found


def test_an_unknown_of_the_special_rule_stands_for_an_unknown():
    assert verdicts("asset.versioning == true", "asset.versioning == false") == [("SIT-RES-004", "not_checked")]


def test_what_stands_for_a_graver_failure_is_as_grave():
    rules = [
        rule("SIT-RES-001", "pd(asset)", severity="critical"),
        rule("SIT-RES-004", "pd(asset)", severity="medium", replaces=("SIT-RES-001",)),
    ]
    found, _, _, summary = run(rules, [asset("a", data="personal")])
    assert [(f.rule, str(f.severity), f.related) for f in found] == [("SIT-RES-004", "critical", ("SIT-RES-001",))]
    assert summary.by_severity["critical"] == 1


def test_what_stands_for_a_rule_stands_for_what_that_stood_for():
    rules = [
        rule("SIT-RES-001", "pd(asset)", severity="critical", replaces=("SIT-RES-002",)),
        rule("SIT-RES-002", "pd(asset)"),
        rule("SIT-RES-004", "pd(asset)", severity="medium", replaces=("SIT-RES-001",)),
        rule("SIT-AI-001", "pd(asset)", severity="medium", replaces=("SIT-RES-004",)),
    ]
    found, _, _, _ = run(rules, [asset("a", data="personal")])
    [only] = found
    assert (only.rule, str(only.severity)) == ("SIT-AI-001", "critical")
    assert sorted(only.related) == ["SIT-RES-001", "SIT-RES-002", "SIT-RES-004"]


def test_a_flow_stands_for_what_its_asset_stood_for():
    rules = [
        rule("SIT-RES-001", "third(location)", severity="critical", replaces=("SIT-RES-002",)),
        rule("SIT-RES-002", "third(location)"),
        rule("SIT-XFER-006", "third(flow.dst_loc)", ("replication",), subject="flow", replaces=("SIT-RES-001",)),
    ]
    assets = [asset("a", data="personal"), asset("b", data="personal", region="us-east-1")]
    found, _, _, _ = run(rules, assets, [rel("a", "replicates_to", "b")], policy="transfer_register = []\n" + TAGS)
    assert [(f.rule, f.related) for f in found] == [("SIT-XFER-006", ("SIT-RES-001", "SIT-RES-002"))]


ENDPOINT = [
    asset("e", "ai.endpoint", data="personal", processing_scope="global"),
    asset("logs", region="us-east-1"),
    asset("d", data="personal"),
]
RELATIONS = [rel("e", "logs_to", "logs"), rel("e", "reads", "d")]


def test_an_endpoint_stands_for_what_it_computes_elsewhere_and_not_for_its_logs():
    policy = "transfer_register = []\n" + TAGS
    special = rule(
        "SIT-AI-001",
        'asset.processing_scope == "global"',
        ("ai.endpoint",),
        replaces=("SIT-XFER-001",),
        replaces_flows=("inference",),
    )
    general = rule("SIT-XFER-001", "third(flow.dst_loc)", ("inference", "log"), subject="flow")
    found, flows, _, _ = run([special, general], ENDPOINT, RELATIONS, policy=policy, coverage=read())
    kinds = {flow.id: flow.kind for flow in flows}
    assert [(f.rule, kinds.get(f.flow or "")) for f in found] == [("SIT-XFER-001", "log"), ("SIT-AI-001", None)]
    assert found[-1].related == ("SIT-XFER-001",)
