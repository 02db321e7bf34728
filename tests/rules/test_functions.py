from datetime import UTC, datetime

import pytest
from estates import ACCOUNT, AS_OF, TAGS, asset, read, rel, rule, run

from rules.catalogue import Catalogue
from rules.estate import MemoryEstate
from rules.functions import Functions
from rules.policy import Policy
from rules.related import Records
from rules.scope import SIGNATURES
from rules.world import World
from scanners.model import Coverage, CoverageStatus, Location, LocationKind


def verdict(condition, names, assets, relations=(), **options):
    """The verdict of one condition about the first asset of the kinds named."""
    subject = next(a.uid for a in assets if a.kind in names)
    findings, _, _, summary = run([rule("SIT-GOV-001", condition, names)], assets, relations, **options)
    own = [str(f.verdict) for f in findings if f.asset == subject]
    return own[0] if own else "pass" if summary.verdicts["pass"] else "nothing"


def test_every_function_of_the_language_exists():
    assert not [n for n in SIGNATURES if n not in ("pd", "third", "eea", "eea_or_adequate", "outside")
                and not any(hasattr(c, n) for c in (Functions, *_owners()))]  # fmt: skip


@pytest.mark.parametrize("policy", ["none", "full"])
def test_no_function_breaks_on_null_or_on_something_that_was_not_read(policy):
    text = "transfer_register = []\nropa = []\nreid_tag = 'x'\nanonymity_assessments = []\n" + TAGS
    catalogue = Catalogue.load()
    world = World(
        MemoryEstate([asset("a")], [], read()),
        Policy.none() if policy == "none" else Policy.parse(text, catalogue, AS_OF),
        catalogue,
        AS_OF,
    )
    functions = Functions(world, Records(world))
    for name, (parameters, _, _) in ((n, s) for n, s in SIGNATURES.items() if s[0]):
        for value in (None, {}, "", "nothing"):
            empty_record = any("asset" in p.name or "flow" in p.name or p.name == "place" for p in parameters[:1])
            if value == {} and (not empty_record or parameters[0].name == "place"):
                continue
            if isinstance(value, str) and parameters[0].name not in ("str", "date"):
                continue
            others = [None] * (len(parameters) - 1)
            if name in ("targets", "sources"):
                others = ["reads"]
            if name in ("guardrail", "guard_denies", "known_guardrail", "basis_for"):
                others = ["region"] if name != "basis_for" else [{}]
            functions(name)(value, *others)


def _owners():
    from rules.aggregates import Aggregates
    from rules.walks import Walks

    return Walks, Aggregates


ROOT = asset("root", "account", id="o-1")
MEMBER = asset("acct", "account", id=ACCOUNT, organisation="o-1")


def guard(**members):
    return asset("p", "governance.policy", account="999900001111", **{"type": "region", "enforced": True} | members)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (guard(scope_path="o-1"), "pass"),
        (guard(scope_path=ACCOUNT), "pass"),
        (guard(scope_path="o-2"), "fail"),
        (guard(scope_path="o-1", enforced=False), "fail"),
        (guard(scope_path="o-1", type="cmk"), "fail"),
        (asset("p", "governance.policy", type="region", scope_path="o-1"), "not_checked"),
    ],
)
def test_guardrails_reach_the_accounts_below_them(policy, expected):
    assert verdict('guardrail(asset, "region") == null', ["account"], [MEMBER, policy]) == expected


def test_no_guardrail_where_none_could_be_read_is_unknown():
    cells = [c for c in read() if c.kind != "governance.policy"]
    assert verdict('guardrail(asset, "region") == null', ["account"], [MEMBER], coverage=cells) == "not_checked"


def test_a_guardrail_reaches_whatever_it_is_attached_to():
    condition = 'guardrail(asset, "region") == null'
    assets = [MEMBER, guard(scope_path="ou-a")]
    below = rel("acct", "member_of", "organization:ou-b")
    attached = rel("p", "member_of", "organization:ou-b")
    assert verdict(condition, ["account"], assets, [below]) == "fail"
    assert verdict(condition, ["account"], assets, [below, attached]) == "pass"


@pytest.mark.parametrize(
    ("service", "type_", "expected"),
    [
        ("securityhub", "region", "fail"),
        ("organizations", "region", "not_checked"),
        ("s3", "region", "fail"),
        ("s3", "public_access", "not_checked"),
        ("ram", "public_access", "fail"),
    ],
)
def test_a_gap_matters_only_where_a_guardrail_could_hide(service, type_, expected):
    gap = Coverage("c", "aws", ACCOUNT, "eu-west-1", service, "governance.policy", CoverageStatus.ERROR)
    condition = f'guardrail(asset, "{type_}") == null'
    assert verdict(condition, ["account"], [MEMBER], coverage=[*read(), gap]) == expected


def test_what_lies_nowhere_known_is_no_second_region():
    condition = "critical_in(asset).regions.size() == 1"
    account = asset("a", "account", id=ACCOUNT)
    critical = {"critical": "true"}
    here, there = asset("b", tags=critical), asset("c", region="eu-west-3", tags=critical)
    nowhere = asset("n", region="unknown", tags=critical)
    assert verdict(condition, ["account"], [account, here]) == "fail"
    assert verdict(condition, ["account"], [account, here, nowhere]) == "not_checked"
    assert verdict(condition, ["account"], [account, nowhere]) == "not_checked"
    assert verdict(condition, ["account"], [account, here, there, nowhere]) == "pass"


@pytest.mark.parametrize("native", ["AWS::Organizations::Policy", "AWS::Organizations::ResourceControlPolicy"])
def test_control_policies_of_an_organisation_do_not_bind_the_account_that_manages_it(native):
    condition = 'guardrail(asset, "region") == null'
    attributes = {"type": "region", "enforced": True, "scope_path": "r-1"}
    guard = asset("p", "governance.policy", account="222233334444", **attributes)
    guard.native_type = native
    up = [rel("m", "member_of", "organization:r-1"), rel("a", "member_of", "organization:r-1")]
    manager = asset("m", "account", id="222233334444", organisation="o-1", account="222233334444")
    member = asset("a", "account", id=ACCOUNT, organisation="o-1")
    cells = read(ACCOUNT, "222233334444")
    assert verdict(condition, ["account"], [member, guard, manager], up, coverage=cells) == "pass"
    assert verdict(condition, ["account"], [manager, guard, member], up, coverage=cells) == "fail"


def test_guardrails_come_down_from_folders():
    folder = asset("//folders/7", "account", account="7")
    condition = 'guardrail(asset, "region") == null'
    assets = [MEMBER, folder, guard(scope_path="folders/7")]
    assert verdict(condition, ["account"], assets, [rel("acct", "member_of", "//folders/7")]) == "pass"
    assert verdict(condition, ["account"], assets) == "fail"


def test_what_an_account_holds():
    empty = [MEMBER]
    assert verdict("has_pd(asset)", ["account"], [*empty, asset("b", data="personal")]) == "fail"
    assert verdict("has_pd(asset)", ["account"], [*empty, asset("b", data="public")]) == "pass"
    denied = Coverage("c", "aws", ACCOUNT, "r", "dynamodb", "database.table", CoverageStatus.DENIED)
    cells = [*read(), denied]
    assert verdict("has_pd(asset)", ["account"], [*empty, asset("b", data="public")], coverage=cells) == "not_checked"
    assert verdict("has_pd(asset)", ["account"], [*empty, asset("b", data="health")], coverage=cells) == "fail"
    assert verdict("pd_or_unclassified(asset)", ["account"], [*empty, asset("b")]) == "fail"
    assert verdict("uses_genai(asset)", ["account"], [*empty, asset("e", "ai.endpoint")]) == "fail"
    assert verdict("uses_genai(asset)", ["account"], empty) == "not_checked"  # calls of models leave no asset
    none_used = [asset("acct", "account", id=ACCOUNT, used_models=[])]
    assert verdict("uses_genai(asset)", ["account"], none_used) == "pass"
    assert verdict("uses_genai(asset)", ["account"], empty, coverage=[]) == "not_checked"


def test_coverage_counts_what_was_asked():
    cells = [
        Coverage("c", "aws", ACCOUNT, "r", kind, kind, status)
        for kind, status in (
            ("account", CoverageStatus.COLLECTED),
            ("key", CoverageStatus.EMPTY),
            ("secret", CoverageStatus.DENIED),
            ("site", CoverageStatus.DISABLED),
        )
    ]
    # What is switched off may still hold things, so it counts as not seen: two of four.
    condition = 'coverage(asset).share < 0.51 && coverage(asset).cells.exists(c, c.status == "denied")'
    assert verdict(condition, ["account"], [MEMBER], coverage=cells) == "fail"
    assert verdict("coverage(asset).share < 0.5", ["account"], [MEMBER], coverage=cells) == "pass"


def test_the_account_of_an_asset_is_known_even_if_it_was_not_read():
    policy = TAGS + f'[[accounts]]\nid = "{ACCOUNT}"\nentity = "Example SE"\ncountry = "DE"\n'
    condition = 'account.owner_country == "DE"'
    assert verdict(condition, ["storage.bucket"], [asset("b")], policy=policy) == "fail"
    assert verdict("account.ai_optout == 'all'", ["storage.bucket"], [asset("b")], policy=policy) == "not_checked"
    with_account = [asset("b"), asset("a", "account", ai_optout="all")]
    assert verdict("account.ai_optout == 'all'", ["storage.bucket"], with_account) == "fail"


def test_accelerators_come_from_the_catalogue_unless_the_provider_says():
    condition = "asset.gpu_count > 4"
    assert (
        verdict(condition, ["compute.instance"], [asset("m", "compute.instance", instance_type="p5.48xlarge")])
        == "fail"
    )
    assert (
        verdict(condition, ["compute.instance"], [asset("m", "compute.instance", instance_type="m5.large")]) == "pass"
    )
    assert (
        verdict(condition, ["compute.instance"], [asset("m", "compute.instance", instance_type="zz9.huge")])
        == "not_checked"
    )
    stated = asset("m", "compute.instance", instance_type="p5.48xlarge", gpu_count=1)
    assert verdict(condition, ["compute.instance"], [stated]) == "pass"


def test_operations_of_training_are_an_estimate_with_all_parts_or_none():
    job = {
        "model": "m",
        "instance_type": "p5.48xlarge",
        "node_count": 2,
        "started_at": "2026-11-01T00:00:00Z",
        "ended_at": "2026-11-02T00:00:00Z",
    }
    condition = "estimated_flop(asset.model) > 1e23"
    assert verdict("asset.accelerator_hours == 384.0", ["training.job"], [asset("j", "training.job", **job)]) == "fail"
    assert verdict(condition, ["training.job"], [asset("j", "training.job", **job)]) == "pass"
    del job["ended_at"]
    assert verdict(condition, ["training.job"], [asset("j", "training.job", **job)]) == "not_checked"


def test_artefacts_age_from_the_end_of_their_job():
    jobs = [asset("j", "training.job", ended_at="2026-11-12T00:00:00Z"), asset("k", "training.job", ended_at=None)]
    bucket = asset("b")
    writes = [rel("j", "writes", "b", role="checkpoint")]
    condition = 'asset.producer_ended_days == 10 && asset.role == "checkpoint"'
    assert verdict(condition, ["storage.bucket"], [bucket, *jobs], writes) == "fail"
    running = [*writes, rel("k", "writes", "b")]
    assert verdict("asset.producer_ended_days == 0", ["storage.bucket"], [bucket, *jobs], running) == "fail"
    assert verdict("asset.producer_ended_days > 1", ["storage.bucket"], [bucket]) == "not_checked"


def test_who_can_name_the_people_again():
    policy = 'reid_tag = "maps"\n' + TAGS
    condition = "reid_assets(asset).exists(k, third(k.loc))"
    table = asset("map", "secret", "us-east-1", tags={"maps": "b"})
    other = asset("map", "secret", "us-east-1", tags={"maps": "another"})
    assert verdict(condition, ["storage.bucket"], [asset("b"), table], policy=policy) == "fail"
    assert verdict(condition, ["storage.bucket"], [asset("b"), other], policy=policy) == "not_checked"
    assert verdict(condition, ["storage.bucket"], [asset("b"), table]) == "not_checked"


def test_facts_that_no_file_holds_are_unknown():
    endpoint = asset("e", "ai.endpoint", model="m")
    assert verdict('!processing_commitment(asset.model, "eu")', ["ai.endpoint"], [endpoint]) == "not_checked"
    assert verdict("retains(asset.model)", ["ai.endpoint"], [endpoint]) == "not_checked"


def test_operators_are_in_control_only_where_the_facts_say_so():
    condition = "!operator_fact(asset).eu_controlled"
    assert verdict(condition, ["storage.bucket"], [asset("b")]) == "fail"
    assert verdict(condition, ["storage.bucket"], [asset("b", provider="nobody")], coverage=[]) == "not_checked"


@pytest.mark.parametrize(
    "where",
    [
        Location(LocationKind.REGION, "europe-west4"),
        Location(LocationKind.MULTI_REGION, "EU", service="storage"),
        Location(LocationKind.GLOBAL),  # a project lies in one partition: its other assets tell which
        Location.unknown(),
    ],
)
def test_the_operator_follows_from_the_place_or_from_the_account(where):
    one, other = asset("b", provider="gcp", account="p"), asset("n", "compute.instance", provider="gcp", account="p")
    one.location, other.location = where, Location(LocationKind.REGION, "europe-west4")
    condition = 'operator_fact(asset).country == "US"'
    assert verdict(condition, ["storage.bucket"], [one, other], coverage=[]) == "fail"
    alone = "fail" if where.kind in ("region", "multi_region") else "not_checked"
    assert verdict(condition, ["storage.bucket"], [one], coverage=[]) == alone


def test_days_and_dates():
    old = asset("b")
    old.created_at = datetime(2026, 11, 12, 23, 0, tzinfo=UTC)
    assert verdict("days(asset.created_at) == 10 && asset.created_at < now", ["storage.bucket"], [old]) == "fail"
    assert verdict("days(asset.created_at) == 10", ["storage.bucket"], [asset("b")]) == "not_checked"


def test_concentration_needs_two_providers():
    condition = 'share("provider").exists(s, s.value > 0.6)'
    one = [MEMBER, asset("m", "compute.instance", gpu_count=8)]
    two = [*one, asset("n", "compute.instance", "westeurope", provider="azure", account="s", gpu_count=2)]
    policy = 'criticality_metric = "accelerators"\n' + TAGS
    assert verdict(condition, ["account"], two, policy=policy) == "fail"
    assert verdict(condition, ["account"], one, policy=policy) == "not_checked"
    pool = asset("p", "compute.nodegroup", "westeurope", provider="azure", account="s", gpu_count=2)
    twice, within = [*two, pool], [rel("n", "member_of", "p")]
    exactly = 'share("provider").exists(s, s.value == 0.8)'
    assert verdict(exactly, ["account"], twice, within, policy=policy) == "fail"
