"""Results that are remembered, or settled for many subjects at once, must be those worked out for each by itself."""

import random
from typing import Any

from estates import TAGS, asset, read, rel, run

from rules.rulefile import load_rules
from rules.verdicts import Verdicts
from scanners.model import ATTRIBUTES, KINDS, Asset, Relation

POLICY = (
    """
allowed_countries = ["EEA"]
trusted_accounts = ["222233334444"]
external_key_classes = ["special_category"]
sovereign_level = 3
ropa = []
[[anonymity_assessments]]
resource = "x7"
date = 2026-10-01
result = "anonymous"
[[accounts]]
id = "333344445555"
entity = "Example Inc."
country = "US"
[[transfer_register]]
id = "SCC"
importer = "Example Inc."
country = "US"
tool = "scc"
data_classes = ["personal"]
assets = ["x3", "x11"]
[required_custody]
personal = "customer"
"""
    + TAGS
)
CHOICES: dict[str, list[Any]] = {"bool": [True, False, None], "int": [0, 1, 400, None], "str": ["a", "", None]}


def value_of(type_: str, pick: random.Random) -> Any:
    if "|" in type_ and not type_.startswith(("list[", "{")):
        return pick.choice(type_.split("|"))
    return pick.choice(CHOICES.get(type_, [None]))


def estate(seed: int) -> tuple[list[Asset], list[Relation]]:
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    kinds = sorted(KINDS)
    assets: list[Asset] = []
    for number in range(250):
        kind = pick.choice(kinds)
        own = [a for a in ATTRIBUTES.values() if kind in a.kinds and a.name != "relations_read"]
        attributes = {a.name: value_of(a.type, pick) for a in own if pick.random() < 0.7}
        if pick.random() < 0.5:
            attributes["relations_read"] = pick.choice([["encrypted_by"], ["shared_with", "backs_up_to"], []])
        account = pick.choice(["111122223333", "333344445555"])
        region = pick.choice(["eu-west-1", "us-east-1", "unknown"])
        data = pick.choice(["personal", "health", "public", "anonymous", None])
        assets.append(asset(f"x{number}", kind, region, data=data, account=account, **attributes))
    types = [
        "reads",
        "writes",
        "encrypted_by",
        "replicates_to",
        "backs_up_to",
        "shared_with",
        "trained_from",
        "deployed_as",
    ]
    relations = [
        rel(
            pick.choice(assets).uid,
            pick.choice(types),
            pick.choice([*(a.uid for a in assets), "account:222233334444", "e:1"]),
        )
        for _ in range(200)
    ]
    return assets, relations


def test_remembered_results_are_those_worked_out_again(monkeypatch):
    rules = load_rules()
    compared = 0
    for seed in range(4):
        assets, relations = estate(seed)
        coverage = read("111122223333")
        remembered = run(rules, assets, relations, policy=POLICY, coverage=coverage)
        with monkeypatch.context() as patched:
            patched.setattr(Verdicts, "_key", lambda *_: None)
            afresh = run(rules, assets, relations, policy=POLICY, coverage=coverage)
        for one, other in zip(remembered[0], afresh[0], strict=True):
            assert one == other
            compared += 1
        assert remembered[1:] == afresh[1:]
    assert compared > 1000


def test_what_is_settled_for_many_at_once_is_what_each_gives_by_itself():
    """Where passes are wanted one by one nothing is settled for many: counts and findings must be the same."""
    rules = load_rules()
    settled = 0
    for seed in range(4, 8):
        assets, relations = estate(seed)
        for policy in (POLICY, None):
            coverage = read("111122223333")
            at_once = run(rules, assets, relations, policy=policy, coverage=coverage)
            one_by_one = run(rules, assets, relations, policy=policy, coverage=coverage, with_passes=True)
            found = [f for f in one_by_one[0] if f.verdict != "pass"]
            settled += len(one_by_one[0]) - len(found)
            assert at_once[0] == found
            assert at_once[1:3] == one_by_one[1:3]
            assert at_once[3] == one_by_one[3]
    assert settled > 1000


def test_a_where_that_waits_for_a_decision_is_answered_as_for_each_by_itself(monkeypatch):
    """The policy says nothing: what a `where` lacks is told once for all of the same values."""
    rules = load_rules()
    assets, relations = estate(9)
    remembered = run(rules, assets, relations, policy=None)
    with monkeypatch.context() as patched:
        patched.setattr(Verdicts, "undecided_where", lambda *_: None)
        patched.setattr(Verdicts, "_where_key", lambda *_: None)
        afresh = run(rules, assets, relations, policy=None)
    assert remembered == afresh
    assert sum("decision needed" in f.why for f in afresh[0]) > 100
