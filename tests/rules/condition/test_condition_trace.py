"""Why a condition gave its result."""

from typing import Any

import pytest
from condition_samples import rule_scope

from rules.condition import Trace, Unknown, compile_condition, value_text

ASSET: dict[str, Any] = {
    "uid": "arn:x",
    "kind": "storage.bucket",
    "dc": "personal",
    "encrypted": False,
    "versioning": True,
    "noncurrent_expire_days": None,
    "soft_delete_days": 7,
    "custody": "provider",
    "loc": {"countries": ("DE", "US"), "status": "third_country"},
    "tags": {"a": "b"},
    "targets": [{"uid": "k1", "custody": "external"}, {"uid": "k2", "custody": "none"}],
}
POLICY: dict[str, Any] = {"allowed_countries": frozenset(["DE", "FR"]), "required_custody": {"personal": "customer"}}


def trace(source: str) -> Trace:
    return compile_condition(source, rule_scope()).explain({"asset": ASSET, "policy": POLICY, "now": "2026-01-01"})


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("asset.encrypted == false", "asset.encrypted == false  [asset.encrypted is false]"),
        (
            "pd(asset) && asset.encrypted == false",
            (
                'pd(asset)  [pd(asset) is true, asset.dc is "personal"]; '
                "asset.encrypted == false  [asset.encrypted is false]"
            ),
        ),
        ("asset.versioning && asset.encrypted", "asset.encrypted  [asset.encrypted is false]"),
        ("asset.encrypted || asset.versioning", "asset.versioning  [asset.versioning is true]"),
        (
            "asset.encrypted || (asset.versioning && asset.noncurrent_expire_days == null)",
            (
                "asset.versioning  [asset.versioning is true]; "
                "asset.noncurrent_expire_days == null  [asset.noncurrent_expire_days is null]"
            ),
        ),
        ("!(asset.versioning && asset.encrypted)", "asset.encrypted  [asset.encrypted is false]"),
        (
            "(asset.versioning ? asset.soft_delete_days : 0) > 5",
            (
                "(asset.versioning ? asset.soft_delete_days : 0) > 5  "
                "[asset.versioning is true, asset.soft_delete_days is 7]"
            ),
        ),
        (
            "asset.versioning ? asset.soft_delete_days > 5 : asset.encrypted",
            "asset.versioning  [asset.versioning is true]; asset.soft_delete_days > 5  [asset.soft_delete_days is 7]",
        ),
        (
            "asset.loc.countries.exists(c, !(c in policy.allowed_countries))",
            (
                "asset.loc.countries.exists(c, !(c in policy.allowed_countries))  "
                '[asset.loc.countries[1] is "US", policy.allowed_countries is ["DE", "FR"]]'
            ),
        ),
        (
            "asset.loc.countries.all(c, c in policy.allowed_countries)",
            (
                "asset.loc.countries.all(c, c in policy.allowed_countries)  "
                '[asset.loc.countries[1] is "US", policy.allowed_countries is ["DE", "FR"]]'
            ),
        ),
        (
            'targets(asset, "encrypted_by").exists(k, k.custody == "none")',
            (
                'targets(asset, "encrypted_by").exists(k, k.custody == "none")  '
                '[targets(asset, "encrypted_by")[1].custody is "none"]'
            ),
        ),
        (
            "rank(asset.custody) < rank(policy.required_custody[asset.dc])",
            (
                "rank(asset.custody) < rank(policy.required_custody[asset.dc])  "
                '[rank(asset.custody) is 1, asset.custody is "provider", '
                "rank(policy.required_custody[asset.dc]) is 2, "
                'policy.required_custody[asset.dc] is "customer", asset.dc is "personal"]'
            ),
        ),
        ('asset.tags.exists(t, t == "a")', 'asset.tags.exists(t, t == "a")  [asset.tags["a"] is "a"]'),
        ("asset.https_only == false", "asset.https_only == false  [asset.https_only: not read]"),
        (
            "asset.versioning && asset.https_only == false && asset.expire_days > 5",
            (
                "asset.https_only == false  [asset.https_only: not read]; "
                "asset.expire_days > 5  [asset.expire_days: not read]"
            ),
        ),
        (
            "asset.noncurrent_expire_days > 5",
            "asset.noncurrent_expire_days > 5  [asset.noncurrent_expire_days is null]",
        ),
        ("basis(asset) == null", "basis(asset) == null  [policy.transfer_register: decision needed]"),
        ("true", "true"),
    ],
)
def test_the_smallest_terms_that_settle_it(source: str, text: str) -> None:
    found = trace(source)
    assert found.text == text
    assert bool(found.missing) is isinstance(found.result, Unknown)
    for term in found.decided:
        assert " ".join(source[term.start : term.end].split()) == term.text


def test_reads_are_the_values_themselves() -> None:
    found = trace("pd(asset) && asset.encrypted == false")
    assert found.reads == {"pd(asset)": True, "asset.dc": "personal", "asset.encrypted": False}


def test_a_trace_of_many_terms_is_cut() -> None:
    found = trace(" && ".join(["asset.encrypted == false"] * 50))
    assert len(found.decided) == 12


def test_a_trace_of_a_runaway_condition_ends() -> None:
    condition = compile_condition("asset.allowed.all(x, asset.allowed.all(y, x == y))", rule_scope_with_list())
    found = condition.explain({"asset": {"allowed": [1] * 5000}})
    assert isinstance(found.result, Unknown)
    assert "takes too many steps" in found.text


def rule_scope_with_list() -> Any:
    from rules.condition import DYN, Scope

    return Scope({"asset": DYN})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\nb\u202ec", '"a\\nb\ufffdc"'),
        ("x" * 200, '"' + "x" * 78 + "…"),
        ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, … 6 items]"),
        ({"uid": "arn:x", "a": 1}, '"arn:x"'),
        ({"a": 1, "b": None}, "{a: 1, b: null}"),
        (frozenset(["b", "a"]), '["a", "b"]'),
        (1.5, "1.5"),
    ],
)
def test_values_are_shown_short_and_visibly(value: Any, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    "source",
    [
        "asset.encrypted == false && pd(asset) && asset.versioning != false",
        'asset.encrypted == true || asset.custody == "provider"',
        'policy.allowed_countries.exists(c, c == "DE")',
        'policy.allowed_countries.all(c, c == "DE")',
        "!(asset.encrypted == true)",
        "asset.encrypted ? asset.soft_delete_days == 7 : asset.soft_delete_days == 8",
        "asset.lock_days == 1",
    ],
)
def test_a_result_that_is_known_is_explained_alike(source: str) -> None:
    condition = compile_condition(source, rule_scope())
    variables = {"asset": ASSET, "policy": POLICY, "now": "2026-01-01"}
    assert condition.explain(variables, condition.test(variables)) == condition.explain(variables)
