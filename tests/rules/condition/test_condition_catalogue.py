"""Conditions as the catalogue of rules states them: each loads against the schema, and gives the result it should."""

from typing import Any

import pytest
from condition_samples import FUNCTIONS, agreed

from rules.condition import (
    BOOL,
    DATE,
    PLACE,
    STR,
    Function,
    ListOf,
    OneOf,
    Scope,
    Unknown,
    compile_condition,
    record,
    related_type,
)

ANY = related_type(extra={"kind": STR, "delete_propagation": BOOL})
FLOW = record(
    "flow",
    {
        "kind": "training_read|training_write|deploy|inference|replication|backup|transfer_job|share|log",
        "src": ANY,
        "dst": ANY,
        "src_loc": "place",
        "dst_loc": "place",
        "dst_account": "str",
        "dc": "special_category|personal|pseudonymised|unclassified|anonymous|public",
        "continuous": "bool",
    },
)
ENTRY = record(
    "entry",
    {"tool": "adequacy|dpf|scc|bcr|adhoc|derogation", "expires": "date", "tia_date": "date", "tia_result": "str"},
)
POLICY = record(
    "policy",
    {
        "allowed_countries": "list[str]",
        "required_custody": "map[str]",
        "required_boundary": "map[list[str]]",
        "retention_days": "map[int]",
        "external_key_classes": "list[str]",
        "trusted_accounts": "list[str]",
        "log_retention": "{min: int, max: int}",
        "key_rotation_days": "int",
        "min_destroy_delay_days": "int",
        "tia_max_age_days": "int",
        "ropa": "list[{id: str, resources: list[str], ends: date}]",
        "exit_plans": "list[{provider: str, tested: date}]",
        "exit_plan_max_age_days": "int",
        "erasure_grace_days": "int",
    },
)


def third(place: dict[str, Any]) -> bool:
    return place["status"] in ("third_country", "adequate_partial")


def entry(flow: dict[str, Any]) -> dict[str, Any] | None:
    return flow["entry"]


SCOPE = Scope(
    {"asset": ANY, "flow": FLOW, "policy": POLICY, "now": DATE},
    (
        *FUNCTIONS,
        Function("pd", (OneOf((ANY, FLOW)),), BOOL, lambda x: x["dc"] in ("personal", "special_category")),
        Function("third", (PLACE,), BOOL, third, ("$0.status",)),
        Function("outside", (PLACE,), BOOL, lambda place: place["status"] != "eea", ("$0.countries",)),
        Function("entry", (FLOW,), ENTRY, entry),
        Function("targets", (ANY, STR), ListOf(ANY), lambda asset, _: asset["targets"]),
    ),
)
EEA, INDIA = {"status": "eea", "countries": ["DE"]}, {"status": "third_country", "countries": ["IN"]}
CASES: list[tuple[str, dict[str, Any], bool | set[str]]] = [
    (
        'asset.dc != "public" && asset.dc != "anonymous" && outside(asset.loc)',
        {"asset": {"dc": "personal", "loc": INDIA}},
        True,
    ),
    (
        ('pd(asset) && asset.loc.kind in ["multi_region", "global"] && (outside(asset.loc) || '
        "(third(asset.loc) && basis(asset) == null))"),
        {"asset": {"dc": "personal", "loc": {**EEA, "kind": "multi_region"}}},
        False,
    ),
    (
        ('targets(asset, "backs_up_to").exists(s, pd(s) && asset.loc.countries.exists(c, !(c in s.loc.countries) && '
        "!(c in policy.allowed_countries)))"),
        {
            "asset": {"loc": INDIA, "targets": [{"dc": "public"}, {"dc": "personal", "loc": EEA}]},
            "policy": {"allowed_countries": ["DE"]},
        },
        True,
    ),
    (
        ("pd(flow) && entry(flow) != null && (entry(flow).expires < now || "
        "(entry(flow).tool == 'adequacy' && third(flow.dst_loc)))"),
        {"flow": {"dc": "personal", "entry": {"expires": "2026-01-01", "tool": "scc"}}, "now": "2026-02-01"},
        True,
    ),
    (
        ('pd(flow) && entry(flow).tool in ["scc", "bcr", "adhoc"] && (entry(flow).tia_date == null || '
        'days(entry(flow).tia_date) > policy.tia_max_age_days || entry(flow).tia_result == "negative")'),
        {"flow": {"dc": "personal", "entry": {"tool": "scc", "tia_date": None}}},
        True,
    ),
    (
        ('asset.custody != "provider" && asset.rotatable && (asset.rotation_days == null ? '
        'asset.rotation_state == "off" : '
        "asset.rotation_days > policy.key_rotation_days)"),
        {"asset": {"custody": "customer", "rotatable": True, "rotation_days": None, "rotation_state": "off"}},
        True,
    ),
    (
        ("asset.purge_protection == false || (asset.destroy_delay_days != null && "
        "asset.destroy_delay_days < policy.min_destroy_delay_days)"),
        {"asset": {"purge_protection": True, "destroy_delay_days": 7}, "policy": {}},
        {"policy.min_destroy_delay_days"},
    ),
    (
        "rank(asset.custody) < rank(policy.required_custody[asset.dc])",
        {"asset": {"custody": "provider", "dc": "personal"}, "policy": {"required_custody": {"personal": "customer"}}},
        True,
    ),
    (
        'asset.gpu_count > 0 && asset.open_ports.exists(o, o.from == "any" && o.port in [22, 3389, 8888, 6006, 8265])',
        {"asset": {"gpu_count": 8, "open_ports": [{"from": "10.0.0.0/8", "port": 22}, {"from": "any", "port": 8888}]}},
        True,
    ),
    (
        'asset.api_public == true && (asset.api_allowed_cidrs.size() == 0 || "0.0.0.0/0" in asset.api_allowed_cidrs)',
        {"asset": {"api_public": True, "api_allowed_cidrs": ["10.0.0.0/8"]}},
        False,
    ),
    (
        ("policy.required_boundary[asset.provider] != null && "
        "!(asset.boundary in policy.required_boundary[asset.provider])"),
        {"asset": {"provider": "gcp", "boundary": None}, "policy": {"required_boundary": {"gcp": ["EU"]}}},
        True,
    ),
    (
        "!asset.trails.exists(t, t.active && t.covers_all_regions && t.management_events)",
        {"asset": {"trails": [{"active": True, "covers_all_regions": True}]}},
        {"asset.trails[].management_events"},
    ),
    (
        ("asset.retention_days != null && asset.retention_days < policy.log_retention.min || "
        "asset.retention_days == null && asset.unlimited || asset.retention_days > policy.log_retention.max"),
        {"asset": {"retention_days": None, "unlimited": True}},
        True,
    ),
    (
        ("pd(asset) && ((asset.versioning && asset.noncurrent_expire_days == null) || asset.soft_delete_days > "
        'policy.erasure_grace_days || targets(asset, "replicates_to").exists(t, t.delete_propagation == false))'),
        {"asset": {"dc": "personal", "versioning": False, "targets": [{"delete_propagation": False}]}},
        True,
    ),
    (
        "!policy.exit_plans.exists(e, e.provider == asset.provider && days(e.tested) <= policy.exit_plan_max_age_days)",
        {"asset": {"provider": "aws"}, "policy": {"exit_plans": []}},
        True,
    ),
    (
        'asset.ropa_id == null || !policy.ropa.exists(x, x.id == asset.ropa_id)',
        {"asset": {"ropa_id": "PA-1"}, "policy": {}},
        {"policy.ropa"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "variables", "expected"), CASES)
def test_conditions_of_the_catalogue(source: str, variables: dict[str, Any], expected: bool | set[str]) -> None:
    found = agreed(compile_condition(source, SCOPE), variables)
    if isinstance(expected, bool):
        assert found is expected
    else:
        assert isinstance(found, Unknown)
        assert found.missing == expected


@pytest.mark.parametrize("source", [source for source, _, _ in CASES])
def test_with_nothing_read_they_are_unknown(source: str) -> None:
    assert isinstance(compile_condition(source, SCOPE).test({}), Unknown)
