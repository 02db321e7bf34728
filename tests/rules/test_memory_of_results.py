"""Results that are remembered, or settled for many subjects at once, must be those worked out for each by itself."""

import random
from functools import partial
from typing import Any

import pytest
from estates import AS_OF, TAGS, asset, read, rel, rule, run
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rules import classing, engine, movements, parallel, subjects
from rules.catalogue import Catalogue
from rules.classing import Classing
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.judgement import Acceptance
from rules.policy import Policy
from rules.rulefile import load_rules
from rules.selftest import Collected
from rules.subjects import Subjects
from rules.verdicts import Verdicts
from scanners.model import ATTRIBUTES, KINDS, Asset, Coverage, CoverageStatus, Relation

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
        "logs_to",
        "member_of",
    ]
    relations = [
        rel(
            pick.choice(assets).uid,
            pick.choice(types),
            pick.choice([*(a.uid for a in assets), "account:222233334444", "e:1"]),
        )
        for _ in range(240)
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


def each_by_itself(monkeypatch: pytest.MonkeyPatch, rules, assets, relations, **options):
    """The same judged without classes of alike assets or flows: the plain way, which the quick one is held against."""
    with monkeypatch.context() as patched:
        for module in (subjects, movements):
            patched.setattr(module, "FEW", 10**9)
        return run(rules, assets, relations, **options)


def many_at_once(monkeypatch: pytest.MonkeyPatch, rules, assets, relations, **options):
    """The same judged by classes, however few assets there are."""
    with monkeypatch.context() as patched:
        for module in (subjects, movements):
            patched.setattr(module, "FEW", 0)
        return run(rules, assets, relations, **options)


@pytest.mark.parametrize("seed", range(4, 7))
def test_what_is_settled_for_many_at_once_is_what_each_gives_by_itself(monkeypatch, seed):
    """Every verdict, its words, what is missing, what it rests on, and all counts, in the same order."""
    rules = load_rules()
    assets, relations = estate(seed)
    accepted = [Acceptance("a1", f.id, "known", "DPO", AS_OF, "*") for f in rules[:40:13]]
    accepted += [Acceptance("a2", f.id, "known", "DPO", AS_OF, "x5") for f in rules[5:90:17]]
    for policy, acceptances in ((POLICY, accepted), (None, [])):
        for coverage in (read("111122223333"), some_gaps(seed)):
            options = {"policy": policy, "coverage": coverage, "acceptances": acceptances}
            at_once = many_at_once(monkeypatch, rules, assets, relations, **options)
            assert at_once == each_by_itself(monkeypatch, rules, assets, relations, **options)
            assert len(at_once[0]) > 300


def some_gaps(seed: int) -> list[Coverage]:
    """Coverage of both accounts in which some kinds were denied, in one region or everywhere."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    return [
        replace(cell, status=CoverageStatus.DENIED, region=pick.choice(["*", "us-east-1"]), missing_permission="p:x")
        if pick.random() < 0.3
        else cell
        for cell in (*read("111122223333"), *read("333344445555"))
    ]


def moving(seed: int) -> tuple[list[Asset], list[Relation]]:
    """An estate in which data go about: few kinds, many relations that say something of themselves, odd names."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    names = ['n"q', "long-" + "x" * 100, "back\\s", "uni–ß", "plain"]
    kinds = ["storage.bucket", "storage.bucket", "training.job", "log.group", "ai.endpoint", "database.instance"]
    kinds += ["ai.customization", "transfer.job", "account.region"]
    assets: list[Asset] = []
    for number in range(300):
        kind = pick.choice(kinds)
        attributes: dict[str, Any] = {}
        if pick.random() < 0.5:
            attributes["relations_read"] = pick.choice([["replicates_to", "shared_with"], []])
        if kind == "ai.endpoint" and pick.random() < 0.5:
            attributes["processing_scope"] = pick.choice(["global", "zone"])
        region = pick.choice(["eu-west-1", "us-east-1", "unknown", "eu-central-1"])
        data = pick.choice(["personal", "health", "public", None])
        account = pick.choice(["111122223333", "333344445555"])
        assets.append(asset(f"{pick.choice(names)}{number}", kind, region, data=data, account=account, **attributes))
    types = ["replicates_to"] * 4 + ["reads", "writes", "shared_with", "backs_up_to", "logs_to", "overflows_to"]
    types += ["encrypted_by", "member_of"]
    relations: list[Relation] = []
    for _ in range(500):
        said: dict[str, Any] = {}
        if pick.random() < 0.5:
            said[pick.choice(["enabled", "delete_propagation", "continuous", "content_logged"])] = pick.random() < 0.5
        if pick.random() < 0.1:
            said["use"] = pick.choice(["files", "connection", "trigger"])
        ends = [*(a.uid for a in assets), "account:222233334444", "public"]
        relations.append(rel(pick.choice(assets).uid, pick.choice(types), pick.choice(ends), **said))
    return assets, relations


@pytest.mark.parametrize("seed", [4, 10])
def test_flows_that_are_settled_for_many_at_once_are_those_of_each_by_itself(monkeypatch, seed):
    rules = load_rules()
    assets, relations = moving(seed)
    for policy in (POLICY, None):
        for coverage in (read("111122223333"), some_gaps(seed)):
            options = {"policy": policy, "coverage": coverage}
            at_once = many_at_once(monkeypatch, rules, assets, relations, **options)
            assert at_once == each_by_itself(monkeypatch, rules, assets, relations, **options)
            assert len([finding for finding in at_once[0] if finding.flow]) > 300


def alike(count: int, **attributes: Any) -> list[Asset]:
    return [asset(f"b{n}", "storage.bucket", "eu-west-1", data="personal", **attributes) for n in range(count)]


VALUES = [True, False, None, 0, 1, 1.0, 0.0, "", "none", [], ["a"], {}]


@given(st.lists(st.tuples(st.sampled_from([*VALUES, ...]), st.sampled_from([*VALUES, ...])), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_values_that_python_takes_for_equal_are_told_apart(drawn):
    """Absent, null, false, 0, 0.0, "" and [] make classes of their own, as do true, 1 and 1.0."""
    rules = [
        rule("T-ONE-001", "asset.encrypted == false"),
        rule("T-ONE-002", "asset.lock_days == null || asset.lock_days < 1"),
        rule("T-ONE-003", "pd(asset) && asset.encrypted == true && asset.lock_days != 1"),
    ]
    assets = [
        asset(
            f"b{number}",
            data="personal",
            **{n: v for n, v in (("encrypted", first), ("lock_days", second)) if v is not ...},
        )
        for number, (first, second) in enumerate(drawn)
    ]
    with pytest.MonkeyPatch.context() as patched:
        assert many_at_once(patched, rules, assets, []) == each_by_itself(patched, rules, assets, [])


CHAINED = (
    "third(flow.dst_loc) && pd(flow) && chain(flow).exists(h, h.index > 0 && third(h.dst_loc) "
    "&& h.importer != chain(flow)[0].importer && basis(h) == null)"
)


@pytest.mark.parametrize("seed", range(3))
def test_flows_that_are_carried_on_alike_are_those_asked_by_themselves(monkeypatch, seed):
    """Chains of all lengths, back to where they come from, to what nobody collected, to what the register names."""
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    names = ("training_read", "training_write", "replication", "backup", "share")
    rules = [
        rule("T-CHN-001", CHAINED, names, subject="flow"),
        rule("T-CHN-002", "pd(flow.src) && third(flow.dst_loc) && basis(flow) == null", names, subject="flow"),
        rule("T-CHN-003", "third(flow.dst_loc)", names, subject="flow", replaces=("T-CHN-002",)),
    ]
    kinds = ("storage.bucket", "storage.bucket", "training.job")
    accounts = ("111122223333", "333344445555")
    assets = [
        asset(
            f"x{number}",
            pick.choice(kinds),
            pick.choice(("eu-west-1", "us-east-1", "ap-southeast-2")),
            data=pick.choice(("personal", "health", None)),
            account=pick.choice(accounts),
            relations_read=["replicates_to"],
        )
        for number in range(60)
    ]
    ends = [*(a.uid for a in assets), "account:222233334444", "e:1"]
    types = ("reads", "writes", "replicates_to", "backs_up_to")
    relations = [rel(pick.choice(assets).uid, pick.choice(types), pick.choice(ends)) for _ in range(80)]
    for policy in (POLICY, None):
        at_once = many_at_once(monkeypatch, rules, assets, relations, policy=policy)
        assert at_once == each_by_itself(monkeypatch, rules, assets, relations, policy=policy)
        assert {f.rule for f in at_once[0]} >= {"T-CHN-001", "T-CHN-003"}
    assert not any(f.related.count("T-CHN-002") > 1 for f in at_once[0])


def test_an_account_that_a_condition_names_is_told_of_each(monkeypatch):
    """Two assets in two accounts, alike in all else: each failure names its own account."""
    rules = [rule("T-ONE-001", 'pd(asset) && asset.account != "999"')]
    assets = [
        asset("one", data="personal", account="111122223333"),
        asset("two", data="personal", account="444455556666"),
    ]
    for way in (many_at_once, each_by_itself):
        found = way(monkeypatch, rules, assets, [])[0]
        assert ['"111122223333"' in f.why for f in found] == [True, False]


def test_assets_alike_are_asked_once(monkeypatch):
    """Of five hundred buckets of two sorts each check is tested twice, and its failure explained once for each sort."""
    asked: list[str] = []
    plain = Subjects._judged

    def counted(self, entry, *rest):
        asked.append(entry[0].rule.id)
        return plain(self, entry, *rest)

    monkeypatch.setattr(Subjects, "_judged", counted)
    rules = [rule("T-ONE-001", "pd(asset) && asset.encrypted == false")]
    sorts = alike(250, encrypted=False), [replace(a, uid=f"c{a.uid}", attributes={}) for a in alike(250)]
    findings = many_at_once(monkeypatch, rules, [*sorts[0], *sorts[1]], [])[0]
    assert len(asked) == 2
    assert [f.verdict for f in findings] == ["fail"] * 250 + ["not_checked"] * 250
    assert len({f.asset for f in findings}) == 500


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


def opened(seed: int) -> MemoryEstate:
    """A random estate; fit to be opened in another process."""
    return MemoryEstate(*estate(seed), some_gaps(seed))


def test_processes_that_judge_while_flows_are_gone_through_give_the_result_of_one(monkeypatch):
    """All rules: what flows stand for is taken out afterwards, and counted nowhere."""
    monkeypatch.setattr(engine, "_LARGE", 100)
    monkeypatch.setattr(parallel, "_RANGE", 90)
    catalogue, rules = Catalogue.load(), load_rules()
    results = []
    for workers in (1, 2):
        sink = Collected()
        policy = Policy.parse(POLICY, catalogue, AS_OF)
        opener = partial(opened, 12)
        summary = judge(opener(), rules, policy, catalogue, AS_OF, sink, workers=workers, opener=opener)
        results.append((sink.all_findings, sink.all_flows, sink.all_transfers, summary))
    assert results[0] == results[1]
    suppressed = {(f.flow, r) for f in results[0][0] if f.flow for r in f.related}
    assert suppressed


def said_of(assets: list[Asset], relations: list[Relation]) -> list[tuple[str, str, str, str]]:
    """What all rules say of an estate, in an order of its own."""
    found = run(load_rules(), assets, relations, policy=POLICY, coverage=read("111122223333"))[0]
    return sorted((f.rule, f.asset or "", f.flow or "", str(f.verdict)) for f in found)


@pytest.mark.parametrize("policy", [POLICY, TAGS])
def test_an_empty_list_of_what_was_read_is_another_thing_than_none(policy):
    facts: list[tuple[str, dict[str, Any]]] = [("none", {}), ("empty", {"relations_read": []})]
    for order in (facts, facts[::-1]):
        assets = [asset(name, data="personal", public_access="none", **told) for name, told in order]
        ways = [rel("job", "writes", name) for name, _ in order]
        found = run(
            load_rules(), [*assets, asset("job", "training.job")], ways, policy=policy, coverage=read("111122223333")
        )[0]
        said = {f.asset: str(f.verdict) for f in found if f.rule == "SIT-EXPO-003"}
        assert said == {"empty": "not_checked"}


def test_who_reads_a_part_is_not_told_by_the_guard_of_its_whole():
    assets = [asset("s3", data="personal", public_access="none"), asset("part", data="personal")]
    said = said_of(assets, [rel("part", "member_of", "s3")])
    assert ("SIT-EXPO-003", "part", "", "not_checked") in said


@pytest.mark.parametrize("most", [1, 7, 40])
def test_classes_that_are_forgotten_on_the_way_change_nothing(monkeypatch, most):
    rules = load_rules()
    assets, relations = estate(5)
    twice = [replace(one, uid=f"{one.uid}-{copy}") for copy in range(4) for one in assets]
    options = {"policy": POLICY, "coverage": some_gaps(5)}
    expected = each_by_itself(monkeypatch, rules, twice, relations, **options)
    monkeypatch.setattr(classing, "_MOST_CLASSES", most)
    assert many_at_once(monkeypatch, rules, twice, relations, **options) == expected


def test_a_class_that_is_met_again_and_again_is_kept(monkeypatch):
    """A thousand buckets alike, among as many of which each is one of its kind: the first ones are judged once."""
    common, single = alike(1000, encrypted=True), alike(1000, encrypted=True)
    single = [replace(one, uid=f"s{at}", attributes={"lock_days": at}) for at, one in enumerate(single)]
    mixed = [one for both in zip(common, single, strict=True) for one in both]
    made: list[str] = []
    make = Classing._made

    def noting(self, alike, node, asset, *more):
        made.append(asset.uid)
        return make(self, alike, node, asset, *more)

    monkeypatch.setattr(Classing, "_made", noting)
    monkeypatch.setattr(classing, "_MOST_CLASSES", 50)
    rules = [rule("T-ONE-001", "asset.encrypted == false"), rule("T-ONE-002", "asset.lock_days < 1")]
    many_at_once(monkeypatch, rules, mixed, [])
    assert len(made) > 1000
    assert [uid for uid in made if uid.startswith("b")] == ["b0"]


def test_what_the_register_says_of_an_account_makes_no_assets_differ_where_nothing_asks_for_it(monkeypatch):
    """The policy has entries of the register: the record of a bucket is made once for both accounts, and still each
    account is told of by itself where a rule asks for a basis."""
    asked: list[str] = []
    plain = Classing._class_of

    def counted(self: Classing, alike: Any, node: int, asset: Asset, record: Any) -> Any:
        asked.append(asset.account)
        return plain(self, alike, node, asset, record)

    monkeypatch.setattr(Classing, "_class_of", counted)
    accounts = ("111122223333", "333344445555")
    assets = [asset(f"b{n}", region="us-east-1", data="personal", account=accounts[n % 2]) for n in range(40)]
    for condition, times in (("pd(asset) && asset.encrypted == false", 1), ("pd(asset) && basis(asset) == null", 2)):
        rules = [rule("T-ONE-001", condition)]
        options = {"policy": POLICY, "coverage": read(*accounts)}
        at_once = many_at_once(monkeypatch, rules, assets, [], **options)
        assert (condition, len(asked)) == (condition, times)
        asked.clear()
        assert at_once == each_by_itself(monkeypatch, rules, assets, [], **options)
        asked.clear()
