from datetime import date

import pytest
from estates import ACCOUNT, AS_OF, TAGS, asset, many, read, rel, rule, run
from msgspec import UNSET

from rules import engine, parallel
from rules.catalogue import Catalogue
from rules.engine import Cancelled, judge
from rules.judgement import Acceptance, Missing
from rules.policy import Policy
from rules.selftest import Collected
from scanners.model import Coverage, CoverageStatus

PUBLIC = rule("SIT-EXPO-001", 'pd(asset) && asset.public_access == "public"', raise_for_special=True)
STORED = rule("SIT-RES-001", "pd(asset) && third(asset.loc) && basis(asset) == null", potential_when_unclassified=True)
EMPTY_REGISTER = "transfer_register = []\n" + TAGS


def denied(kind: str, account: str = ACCOUNT, provider: str = "aws") -> Coverage:
    return Coverage(
        "c", provider, account, "eu-west-1", "s3", kind, CoverageStatus.DENIED, missing_permission="s3:GetBucketPolicy"
    )


def verdicts(findings) -> list[tuple[str | None, str]]:
    return [(f.asset or f.flow, str(f.verdict)) for f in findings]


def test_fails_passes_and_counts():
    findings, _, _, summary = run(
        [PUBLIC],
        [
            asset("a", data="personal", public_access="public"),
            asset("b", data="personal", public_access="none"),
            asset("c", data="public", public_access="public"),
        ],
    )
    assert verdicts(findings) == [("a", "fail")]
    assert summary.verdicts == {"pass": 2, "fail": 1, "not_checked": 0, "not_applicable": 0, "accepted": 0}
    assert summary.by_severity["high"] == 1
    assert summary.by_rule == {"SIT-EXPO-001": {"pass": 2, "fail": 1}}
    assert summary.by_family == {"EXPO": {"pass": 2, "fail": 1}}
    assert "public_access" in findings[0].why
    assert "asset.public_access" in findings[0].reads


def test_an_attribute_that_was_not_read_is_never_a_pass():
    findings, _, _, summary = run([PUBLIC], [asset("a", data="personal")])
    assert verdicts(findings) == [("a", "not_checked")]
    assert findings[0].missing == (Missing("asset.public_access", "not_read"),)
    assert summary.verdicts["pass"] == 0


def test_what_is_missing_names_the_permission_that_would_show_it():
    cells = [c for c in read() if c.kind != "storage.bucket"] + [denied("storage.bucket")]
    findings, _, _, _ = run([PUBLIC], [asset("a", data="personal")], coverage=cells)
    own = [f for f in findings if f.asset]
    assert own[0].missing == (Missing("asset.public_access", "denied", "s3:GetBucketPolicy"),)


def test_a_read_null_is_not_unknown():
    never = rule("SIT-RET-001", "asset.expire_days == null")
    findings, _, _, _ = run([never], [asset("a", expire_days=None), asset("b")])
    assert verdicts(findings) == [("a", "fail"), ("b", "not_checked")]


def test_where_gives_not_applicable_or_not_checked():
    only = rule("SIT-RET-001", "asset.expire_days == null", where="asset.versioning == true")
    findings, _, _, summary = run(
        [only], [asset("a", expire_days=None, versioning=False), asset("b", expire_days=None)]
    )
    assert verdicts(findings) == [("b", "not_checked")]
    assert findings[0].missing == (Missing("asset.versioning", "not_read"),)
    assert "asset.versioning" in findings[0].why
    assert summary.verdicts["not_applicable"] == 1


def test_no_policy_waits_for_decisions_and_lists_them():
    findings, _, _, summary = run([STORED], [asset("a", region="us-east-1", tags={"class": "personal"})], policy=None)
    assert findings[0].missing[0].reason == "decision_needed"
    assert {d.decision for d in summary.decisions} >= {"tag_map"}
    assert summary.decisions[0].rules == ("SIT-RES-001",)


def test_a_register_never_given_waits_and_an_empty_one_fails():
    bucket = asset("a", region="us-east-1", data="personal")
    never, _, _, summary = run([STORED], [bucket])
    assert verdicts(never) == [("a", "not_checked")]
    assert [d.decision for d in summary.decisions] == ["transfer_register"]
    empty, _, _, _ = run([STORED], [bucket], policy=EMPTY_REGISTER)
    assert verdicts(empty) == [("a", "fail")]


def test_needs_wait_whatever_the_condition_says():
    needy = rule("SIT-ACC-001", "asset.encrypted == false", needs=("policy.ropa",))
    findings, _, _, summary = run([needy], [asset("a", encrypted=True)])
    assert verdicts(findings) == [("a", "not_checked")]
    assert summary.decisions[0].decision == "ropa"


def test_an_unknown_place_is_neither_third_nor_allowed():
    findings, _, _, _ = run([STORED], [asset("a", region="unknown", data="personal")], policy=EMPTY_REGISTER)
    assert verdicts(findings) == [("a", "not_checked")]
    assert findings[0].missing[0].reason == "unknown_place"


def test_tags_that_were_not_read_leave_the_class_unknown():
    findings, _, _, _ = run([STORED], [asset("a", region="us-east-1", tags=UNSET)], policy=EMPTY_REGISTER)
    assert findings[0].missing == (Missing("asset.tags", "not_read"),)


def test_custody_comes_from_the_key_and_an_unread_key_is_named():
    weak = rule("SIT-KEY-002", 'rank(asset.custody) < rank("customer")')
    assets = [
        asset("a"),
        asset("b"),
        asset("c"),
        asset("k", "key", custody="customer"),
        asset("p", "key", custody="provider"),
    ]
    relations = [rel("a", "encrypted_by", "k"), rel("b", "encrypted_by", "elsewhere"), rel("c", "encrypted_by", "p")]
    findings, _, _, _ = run([weak], assets, relations)
    assert verdicts(findings) == [("b", "not_checked"), ("c", "fail")]
    assert findings[0].missing == (Missing("asset.custody (key elsewhere)", "not_collected"),)


def test_the_weakest_of_several_keys_counts():
    weak = rule("SIT-KEY-002", 'rank(asset.custody) < rank("customer")')
    assets = [asset("a"), asset("k", "key", custody="external"), asset("p", "key", custody="provider")]
    findings, _, _, _ = run([weak], assets, [rel("a", "encrypted_by", "k"), rel("a", "encrypted_by", "p")])
    assert verdicts(findings) == [("a", "fail")]


def test_special_categories_weigh_more_and_unclassified_data_less():
    assets = [
        asset("h", data="health", public_access="public"),
        asset("s", data="personal", public_access="public"),
    ]
    findings, _, _, _ = run([PUBLIC], assets)
    assert [(f.asset, str(f.severity)) for f in findings] == [("h", "critical"), ("s", "high")]
    job, data = asset("j", "training.job"), asset("d", region="us-east-1")
    findings, _, _, _ = run([STORED], [job, data], [rel("j", "reads", "d")], policy=EMPTY_REGISTER)
    assert verdicts(findings) == [("d", "fail")]
    assert findings[0].potential
    assert str(findings[0].severity) == "medium"


def test_an_acceptance_overrides_a_failure_only_while_it_counts():
    assets = [asset("a", data="personal", public_access="public"), asset("b", data="personal")]

    def accept(until: date, **scope: str) -> Acceptance:
        return Acceptance("A-1", "SIT-EXPO-001", "because", "DPO", until, **scope)

    findings, _, _, summary = run([PUBLIC], assets, acceptances=[accept(AS_OF, asset="*")])
    assert verdicts(findings) == [("a", "accepted"), ("b", "not_checked")]
    assert findings[0].acceptance == "A-1"
    assert summary.verdicts["accepted"] == 1
    assert summary.by_severity["high"] == 0
    for late in (accept(date(2026, 11, 21), asset="a"), accept(AS_OF, asset="other"), accept(AS_OF)):
        findings, _, _, _ = run([PUBLIC], assets, acceptances=[late])
        assert verdicts(findings)[0] == ("a", "fail")
    bare = Acceptance("A-2", "SIT-EXPO-001", " ", "DPO", AS_OF, asset="a")
    assert verdicts(run([PUBLIC], assets, acceptances=[bare])[0])[0] == ("a", "fail")


GENERAL = rule(
    "SIT-XFER-001",
    "pd(flow) && eea_or_adequate(flow.src_loc) && third(flow.dst_loc) && basis(flow) == null",
    ("training_read", "replication"),
    subject="flow",
)
SPECIFIC = rule(
    "SIT-XFER-008",
    "pd(flow.src) && third(flow.dst_loc) && basis(flow) == null",
    ("training_read",),
    subject="flow",
    replaces=("SIT-XFER-001", "SIT-RES-008"),
)
CAPACITY = rule("SIT-RES-008", 'asset.loc.status == "third_country" || third(asset.loc)', ("training.job",))


def test_one_flow_one_finding():
    assets = [asset("d", data="personal"), asset("j", "training.job", "us-east-1")]
    findings, _, _, summary = run(
        [GENERAL, SPECIFIC, CAPACITY], assets, [rel("j", "reads", "d")], policy=EMPTY_REGISTER
    )
    assert [(f.rule, str(f.verdict), f.related) for f in findings] == [
        ("SIT-XFER-008", "fail", ("SIT-XFER-001", "SIT-RES-008"))
    ]
    assert summary.verdicts["fail"] == 1


def test_a_pass_of_the_specific_rule_never_hides_a_failure():
    lax = rule("SIT-XFER-009", "false", ("training_read",), subject="flow", replaces=("SIT-XFER-001",))
    assets = [asset("d", data="personal"), asset("j", "training.job", "us-east-1")]
    findings, _, _, _ = run([GENERAL, lax], assets, [rel("j", "reads", "d")], policy=EMPTY_REGISTER)
    assert [(f.rule, str(f.verdict)) for f in findings] == [("SIT-XFER-001", "fail")]


def test_a_failure_on_an_asset_stands_for_the_rule_on_its_flows():
    replica = rule(
        "SIT-XFER-007",
        'targets(asset, "replicates_to").exists(x, third(x.loc))',
        ("database.instance",),
        replaces=("SIT-XFER-001",),
    )
    assets = [
        asset("db", "database.instance", data="personal", relations_read=["replicates_to"]),
        asset("copy", "database.instance", "us-east-1", relations_read=["replicates_to"]),
    ]
    findings, _, _, _ = run([GENERAL, replica], assets, [rel("db", "replicates_to", "copy")], policy=EMPTY_REGISTER)
    assert [(f.rule, f.asset, f.related) for f in findings] == [("SIT-XFER-007", "db", ("SIT-XFER-001",))]


def test_kinds_that_could_not_be_listed_are_not_silence():
    cells = [
        Coverage(
            "c",
            "aws",
            ACCOUNT,
            "*",
            "sagemaker",
            "training.job",
            CoverageStatus.NOT_EXPORTED,
            detail="Config has none.",
        ),
        denied("storage.bucket", "999988887777"),
        Coverage("c", "gcp", "p", "*", "vertex", "training.job", CoverageStatus.DISABLED),
        Coverage("c", "azure", "s", "*", "ml", "training.job", CoverageStatus.NOT_EXPORTED),
    ]
    jobs = rule("SIT-EXPO-006", "asset.network_isolated == false", ("training.job",), where='asset.provider == "aws"')
    findings, _, _, summary = run([jobs, PUBLIC], [], coverage=cells)
    assert [(f.rule, f.asset, f.missing) for f in findings] == [
        ("SIT-EXPO-006", None, (Missing("training.job", "not_exported"),)),
        ("SIT-EXPO-001", None, (Missing("storage.bucket", "denied", "s3:GetBucketPolicy"),)),
    ]
    assert ACCOUNT in findings[0].why
    assert "Config has none." in findings[0].why
    assert summary.verdicts["not_checked"] == 2


def test_empty_lists_of_relations_are_known_only_where_they_were_read():
    bare = rule("SIT-RSL-001", 'targets(asset, "backs_up_to").size() == 0', ("database.instance",))
    known, _, _, _ = run([bare], [asset("a", "database.instance")])
    assert verdicts(known) == [("a", "fail")]
    cells = [c for c in read() if c.kind != "backup.vault"]
    for coverage in (cells, [*cells, denied("backup.vault")]):
        unknown, _, _, _ = run([bare], [asset("a", "database.instance")], coverage=coverage)
        assert verdicts(unknown) == [("a", "not_checked")]


def test_an_incomplete_list_fails_on_what_is_known_and_is_unknown_otherwise():
    shared = rule("SIT-EXPO-003", 'targets(asset, "shared_with").exists(a, a.kind == "public")')
    assets = [asset("a"), asset("b"), asset("c", public_access="none")]
    relations = [
        rel("a", "shared_with", "public"),
        rel("b", "shared_with", "account:222233334444"),
        rel("c", "shared_with", "account:222233334444"),
    ]
    findings, _, _, _ = run([shared], assets, relations)
    assert verdicts(findings) == [("a", "fail"), ("b", "not_checked")]


def test_relations_give_one_finding_for_each_source_the_worst():
    weaker = rule("SIT-KEY-003", "outside(relation.dst_loc)", ("encrypted_by",), subject="relation")
    assets = [asset("a"), asset("k", "key", "us-east-1"), asset("e", "key")]
    relations = [rel("a", "encrypted_by", "e"), rel("a", "encrypted_by", "k"), rel("a", "encrypted_by", "gone")]
    findings, _, _, summary = run([weaker], assets, relations, policy='allowed_countries = ["EEA"]')
    assert verdicts(findings) == [("a", "fail")]
    assert summary.verdicts["pass"] == 0


def test_the_same_input_gives_the_same_output():
    assets = [asset(f"b{n}", region="us-east-1" if n % 3 else "eu-west-1", data="personal") for n in range(50)]
    jobs = [asset(f"j{n}", "training.job", "us-east-1") for n in range(50)]
    relations = [rel(f"j{n}", "reads", f"b{(n * 7) % 50}") for n in range(50)]
    runs = [run([GENERAL, SPECIFIC, STORED], [*assets, *jobs], relations, policy=EMPTY_REGISTER) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0][0]


def test_passes_are_listed_on_demand():
    findings, _, _, _ = run([PUBLIC], [asset("a", data="public", public_access="none")], with_passes=True)
    assert verdicts(findings) == [("a", "pass")]


def test_judging_can_be_stopped():
    with pytest.raises(Cancelled):
        run([PUBLIC], [asset("a")], cancelled=lambda: True)


def test_progress_ends_at_the_number_of_nodes():
    seen: list[tuple[int, int]] = []
    run([PUBLIC], [asset(f"a{n}") for n in range(1500)], progress=lambda at, size: seen.append((at, size)))
    assert seen[-1] == (1500, 1500)
    assert seen == sorted(seen)


def test_several_processes_give_the_result_of_one(monkeypatch):
    monkeypatch.setattr(engine, "_LARGE", 100)
    monkeypatch.setattr(parallel, "_RANGE", 90)
    replica = rule(
        "SIT-XFER-007",
        'targets(asset, "replicates_to").exists(x, third(x.loc))',
        ("database.instance",),
        replaces=("SIT-XFER-001",),
    )
    rules = [GENERAL, SPECIFIC, CAPACITY, STORED, PUBLIC, replica]
    catalogue = Catalogue.load()
    policy = Policy.parse(EMPTY_REGISTER, catalogue, AS_OF)
    accepted = [Acceptance("A", "SIT-RES-001", "because", "DPO", AS_OF, asset="b4")]
    results = []
    for workers in (1, 2):
        sink = Collected()
        summary = judge(
            many(), rules, policy, catalogue, AS_OF, sink, acceptances=accepted, workers=workers, opener=many
        )
        results.append((sink.all_findings, sink.all_flows, sink.all_transfers, summary))
    assert results[0] == results[1]
    assert len(results[0][0]) > 100
    assert {str(f.verdict) for f in results[0][0]} == {"fail", "not_checked", "accepted"}
