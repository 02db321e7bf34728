"""What is remembered for assets that are alike must be what each of them would have been given by itself."""

import random
from typing import Any

import pytest
from estates import TAGS, asset, read, rel, rule, run
from hypothesis import given, settings
from hypothesis import strategies as st

import rules.subjects as subjects
from rules.condition import Condition
from rules.profiles import Profile
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
CHOICES: dict[str, list[Any]] = {
    "bool": [True, False, None],
    "int": [0, 1, 400, None],
    "str": ["a", "amazon", "p4d.24xlarge", None],
    "date": ["2020-01-01", "2026-11-20T06:00:00Z", "2031-01-01", None],
    "list[str]": [[], ["DE"], ["US", "DE"], None],
    "place": [{"kind": "region", "region": "us-east-1"}, {"kind": "region", "region": "eu-west-1"}, None],
}
TYPES = (
    "reads",
    "writes",
    "encrypted_by",
    "replicates_to",
    "backs_up_to",
    "shared_with",
    "trained_from",
    "deployed_as",
    "logs_to",
    "member_of",
)


def value_of(type_: str, pick: random.Random) -> Any:
    if "|" in type_ and not type_.startswith(("list[", "{")):
        return pick.choice(type_.split("|"))
    return pick.choice(CHOICES.get(type_, [None]))


BUSY = (
    "storage.bucket",
    "storage.snapshot",
    "storage.volume",
    "database.instance",
    "database.table",
    "warehouse",
    "key",
    "ai.model",
    "training.job",
    "compute.cluster",
)
"""Kinds that many rules are about."""


def estate(seed: int, size: int = 160) -> tuple[list[Asset], list[Relation]]:
    """Assets of few kinds made by few modules, so that most are like another one, and some are not."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    kinds = [*pick.sample(BUSY, 2), pick.choice(sorted(KINDS))]
    classes, regions = pick.sample(["personal", "health", "public", "anonymous"], 2), ["eu-west-1", "us-east-1"]
    types = pick.sample(TYPES, 4)
    modules: dict[str, list[dict[str, Any]]] = {}
    for kind in kinds:
        own = [a for a in ATTRIBUTES.values() if kind in a.kinds and a.name != "relations_read"]
        for _ in range(2):
            made = {a.name: value_of(a.type, pick) for a in own if pick.random() < 0.8}
            if pick.random() < 0.7:
                made["relations_read"] = [t for t in TYPES if pick.random() < 0.7]
            modules.setdefault(kind, []).append(made)
    assets: list[Asset] = []
    for number in range(size):
        kind = pick.choice(kinds)
        attributes = dict(pick.choice(modules[kind]))
        if attributes and pick.random() < 0.15:
            changed = pick.choice(sorted(attributes))
            if changed != "relations_read" and pick.random() < 0.5:
                attributes[changed] = value_of(ATTRIBUTES[changed].type, pick)
            else:
                del attributes[changed]
        tags = {"class": pick.choice(classes)} if pick.random() < 0.9 else {}
        if pick.random() < 0.3:
            tags |= {pick.choice(["ropa-id", "critical", "retain-until"]): pick.choice(["true", "2020-01-01"])}
        account = pick.choice(["111122223333", "333344445555", "444455556666"][: seed % 3 + 1])
        region = pick.choice(regions) if pick.random() < 0.98 else "unknown"
        assets.append(asset(f"x{number}", kind, region, tags=tags, account=account, **attributes))
    ends = [*(a.uid for a in assets), "account:222233334444", "account:999900001111", "e:1"]
    pairs = [(pick.choice(assets).uid, pick.choice(types), pick.choice(ends)) for _ in range(size // 2)]
    return assets, [rel(*pair) for pair in dict.fromkeys(pairs)]


def slow(*_: Any) -> bool:
    raise KeyError("the quick form is not to be used")


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.integers(0, 10_000))
def test_profiles_give_what_the_exact_form_gives_for_every_check(seed: int) -> None:
    rules = load_rules()
    assets, relations = estate(seed)
    coverage = read("111122223333", "333344445555")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(subjects, "LEAST", 0)
        quick = run(rules, assets, relations, policy=POLICY, coverage=coverage)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(subjects, "LEAST", 1 << 60)
        patched.setattr(Condition, "fast", slow)
        patched.setattr(Condition, "test", Condition.test_exactly)
        patched.setattr(Verdicts, "_key", slow_key)
        exact = run(rules, assets, relations, policy=POLICY, coverage=coverage)
    assert quick[0] == exact[0]
    assert quick[1:] == exact[1:]


def slow_key(*_: Any) -> None:
    """Nothing is remembered."""


def test_most_assets_that_are_alike_are_judged_by_their_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = 0
    known = Profile.left

    def left(self: Profile, *arguments: Any) -> Any:
        nonlocal settled
        found = known(self, *arguments)
        settled += not found[0]
        return found

    monkeypatch.setattr(subjects, "LEAST", 0)
    monkeypatch.setattr(Profile, "left", left)
    assets = [asset(f"x{n}", "compute.instance", gpu_count=0) for n in range(200)]
    _, _, _, summary = run([rule("SIT-EXPO-099", "asset.gpu_count > 0", ["compute.instance"])], assets)
    assert settled > 150
    assert summary.by_rule["SIT-EXPO-099"] == {"pass": 200}


def test_an_asset_that_differs_is_not_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "LEAST", 0)
    good = {"encrypted": True, "relations_read": ["shared_with"], "public_access": "none", "custody": "customer"}
    assets = [asset(f"x{n}", "storage.snapshot", data="personal", **good) for n in range(60)]
    assets += [asset("odd", "storage.snapshot", data="personal", **{**good, "encrypted": False})]
    assets += [
        asset("unread", "storage.snapshot", data="personal", **{n: v for n, v in good.items() if n != "encrypted"})
    ]
    findings, _, _, _ = run(load_rules(), assets)
    assert {(f.asset, str(f.verdict)) for f in findings if f.rule == "SIT-KEY-001"} == {
        ("odd", "fail"),
        ("unread", "not_checked"),
    }


def test_what_a_relation_leads_to_is_looked_at_for_each_asset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "LEAST", 0)
    assets = [asset(f"x{n}", "storage.snapshot", data="personal", relations_read=["shared_with"]) for n in range(60)]
    relations = [rel(f"x{n}", "shared_with", "account:222233334444") for n in range(59)]
    findings, _, _, _ = run(
        load_rules(), assets, [*relations, rel("x59", "shared_with", "account:999900001111")], policy=POLICY
    )
    assert [f.asset for f in findings if f.rule == "SIT-EXPO-002"] == ["x59"]
