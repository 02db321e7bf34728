"""Three results: what is absent, null, too much or not known by a function, and what absorbs it."""

import time
from datetime import date
from typing import Any

import pytest
from condition_samples import agreed, personal, rule_scope

from rules.condition import (
    BOOL,
    DYN,
    INT,
    STR,
    Absent,
    Function,
    Lack,
    ListOf,
    Scope,
    Unknown,
    compile_condition,
    record,
    related_type,
)

LONG = Scope(
    {
        "a": record(
            "a", {"l": "list[int]", "m": "list[int]", "k": "list[int]", "s": "str", "d": "list[dyn]", "e": "list[dyn]"}
        )
    }
)
TYPED = Scope({"a": record("a", {"t": "bool", "f": "bool", "u": "bool", "n": "int", "l": "list[bool]"})})


def result(source: str, scope: Scope, **variables: Any) -> bool | Unknown:
    return agreed(compile_condition(source, scope), variables)


def missing(source: str, scope: Scope, **variables: Any) -> set[tuple[str, str]]:
    found = result(source, scope, **variables)
    assert isinstance(found, Unknown), found
    return {(lack.path, lack.reason) for lack in found.lacks}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.t && a.t", True),
        ("a.t && a.f", False),
        ("a.f && a.u", False),
        ("a.u && a.f", False),
        ("a.t && a.u", None),
        ("a.u && a.t", None),
        ("a.u && a.u", None),
        ("a.t || a.u", True),
        ("a.u || a.t", True),
        ("a.f || a.u", None),
        ("a.u || a.f", None),
        ("a.f || a.f", False),
        ("!a.u", None),
        ("!a.f", True),
        ("a.u ? true : true", None),
        ("a.t ? a.f : a.u", False),
        ("a.t ? a.u : a.f", None),
        ("a.u == true || a.u != true", None),
        ("[a.u, a.t].exists(x, x)", None),
        ("a.l.exists(x, x || a.u)", True),
        ("a.l.exists(x, x && a.u)", None),
        ("a.l.all(x, x && a.u)", False),
        ("a.l.all(x, x || a.u)", None),
        ("a.l.exists_one(x, x)", True),
        ("a.l.exists_one(x, x && a.u)", None),
        ("a.l.filter(x, x && a.u).size() == 0", None),
        ("a.f && a.l.filter(x, a.u).size() == 0", False),
        ("[].all(x, a.u)", True),
        ("[].exists(x, a.u)", False),
    ],
)
def test_absent_is_absorbed_where_it_cannot_matter(source: str, expected: bool | None) -> None:
    found = result(source, TYPED, a={"t": True, "f": False, "l": [False, True]})
    if expected is None:
        assert isinstance(found, Unknown)
        assert found.missing == {"a.u"}
    else:
        assert found is expected


def test_everything_that_is_missing_is_named_once() -> None:
    assert missing("a.u && a.n > 1 && a.u && a.l.size() == 0 && a.t", TYPED, a={"t": True}) == {
        ("a.u", "not_read"),
        ("a.n", "not_read"),
        ("a.l", "not_read"),
    }
    assert missing("a.t", TYPED) == {("a", "not_read")}


def test_an_unknown_is_neither_true_nor_false() -> None:
    found = result("a.u", TYPED, a={})
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.n == null", True),
        ("a.n != null", False),
        ("a.t == null", True),
        ("a.l == null", True),
        ("a.t == true", False),
        ("a.t != true", True),
        ("a.n == 5", False),
        ("a.n != null && a.n > 5", False),
        ("a.n == null || a.n > 5", True),
        ("a.n > 5", ("a.n", "null")),
        ("5 > a.n", ("a.n", "null")),
        ("a.n + 1 > 5", ("a.n", "null")),
        ("a.t", ("a.t", "null")),
        ("!a.t", ("a.t", "null")),
        ("a.l.exists(x, x)", ("a.l", "null")),
        ("a.l.size() == 0", ("a.l", "null")),
        ("true in a.l", ("a.l", "null")),
        ("a.l[0]", ("a.l", "null")),
    ],
)
def test_null_is_read_and_there_is_none(source: str, expected: bool | tuple[str, str]) -> None:
    nothing = {"t": None, "n": None, "l": None}
    if isinstance(expected, bool):
        assert result(source, TYPED, a=nothing) is expected
    else:
        assert missing(source, TYPED, a=nothing) == {expected}


def test_a_field_of_null_is_unknown_for_the_sake_of_null() -> None:
    scope = rule_scope("key")
    guarded = 'asset.key_operator == null || asset.key_operator.country == "US"'
    assert result(guarded, scope, asset={"key_operator": None}) is True
    assert missing('asset.key_operator.country == "US"', scope, asset={"key_operator": None}) == {
        ("asset.key_operator", "null")
    }
    assert missing(guarded, scope, asset={}) == {
        ("asset.key_operator", "not_read"),
    }


def test_tags_that_were_read_and_lack_a_key() -> None:
    scope = rule_scope()
    asked = '"owner" in asset.tags && asset.tags["owner"] == "x"'
    assert result(asked, scope, asset={"tags": {}}) is False
    assert result(asked, scope, asset={"tags": {"owner": "x"}}) is True
    assert missing(asked, scope, asset={}) == {("asset.tags", "not_read")}
    assert missing('asset.tags["owner"] == "x"', scope, asset={"tags": {}}) == {('asset.tags["owner"]', "no_such_key")}
    assert missing(
        "policy.retention_days[asset.dc] > 5", scope, asset={"dc": "public"}, policy={"retention_days": {}}
    ) == {('policy.retention_days["public"]', "no_such_key")}


@pytest.mark.parametrize(
    ("created", "other", "relation", "expected"),
    [
        ("2026-01-01", "2026-01-02", "<", True),
        ("2026-01-02", "2026-01-02", "<", False),
        ("2026-01-02T23:00:00Z", "2026-01-02", "==", True),
        ("2026-01-02T23:00:00Z", "2026-01-02", ">", False),
        ("2026-01-02T23:00:00-02:00", "2026-01-03", "==", True),
        ("2026-01-02T10:00:00Z", "2026-01-02T11:00:00+02:00", ">", True),
        ("2026-01-02T10:00:00Z", "2026-01-02T10:00:00.000+00:00", "==", True),
        ("2026-01-02 10:00:00", "2026-01-02T10:00:00Z", "==", True),
        (date(2026, 1, 2), "2026-01-02", "==", True),
        (None, "2026-01-02", "==", False),
        (None, "2026-01-02", "!=", True),
        (None, "2026-01-02", "<", ("asset.created_at", "null")),
        ("soon", "2026-01-02", "<", ("asset.created_at, now", "not_a_date")),
        ("2026-13-02", "2026-01-02", "==", ("asset.created_at, now", "not_a_date")),
        (20260102, "2026-01-02", "<", ("asset.created_at, now", "wrong_type")),
    ],
)
def test_dates_compare_by_day_or_instant(created: Any, other: Any, relation: str, expected: Any) -> None:
    source = f"asset.created_at {relation} now"
    variables = {"asset": {"created_at": created}, "now": other}
    if isinstance(expected, bool):
        assert result(source, rule_scope(), **variables) is expected
    else:
        assert missing(source, rule_scope(), **variables) == {expected}


def test_a_date_compares_with_one_written_in_the_rule() -> None:
    source = 'asset.created_at < "2026-02-01"'
    assert result(source, rule_scope(), asset={"created_at": "2026-01-31T23:59:59Z"}) is True
    assert result(source, rule_scope(), asset={"created_at": "2026-02-01T00:00:00Z"}) is False


def test_functions_say_what_they_do_not_know() -> None:
    scope = rule_scope()
    assert missing("pd(asset) && asset.encrypted == false", scope, asset={"encrypted": False}) == {
        ("asset.dc", "not_read")
    }
    assert result("pd(asset) && asset.encrypted == false", scope, asset={"encrypted": True}) is False
    for source in ("basis(asset) == null", "basis(asset) != null", 'basis(asset) in ["scc"]', 'basis(asset) == "scc"'):
        assert missing(source, scope, asset={}) == {("policy.transfer_register", "decision_needed")}
    assert result("basis(asset) == null", scope, asset={"basis": None}) is True


def test_an_unknown_argument_is_not_passed_to_a_function() -> None:
    def fails(_: Any) -> bool:
        raise AssertionError("called")

    scope = Scope({"a": DYN}, [Function("f", (DYN,), BOOL, fails)])
    assert missing("f(a.x)", scope, a={}) == {("a.x", "not_read")}


def test_what_a_function_passes_along_arrives() -> None:
    reason = object()

    def unsure(_: Any) -> bool:
        raise Absent("key of it", "denied", reason)

    scope = Scope({"a": DYN}, [Function("f", (DYN,), BOOL, unsure)])
    found = result("f(a)", scope, a={})
    assert isinstance(found, Unknown)
    assert found.lacks == (Lack("key of it", "denied", None, reason),)


def test_a_fault_in_a_function_is_not_hidden() -> None:
    scope = Scope({"a": DYN}, [Function("f", (DYN,), BOOL, lambda _: 1 // 0)])
    with pytest.raises(ZeroDivisionError):
        compile_condition("f(a)", scope).test({"a": {}})


def test_a_function_that_promises_truth_and_gives_none_is_unknown() -> None:
    scope = Scope({"a": DYN}, [Function("f", (DYN,), BOOL, lambda _: None)])
    assert missing("f(a) || false", scope, a={}) == {("f(a)", "null")}


def test_a_record_may_say_why_it_lacks_something() -> None:
    class Policy(dict[str, Any]):
        def __missing__(self, key: str) -> Any:
            raise Absent(f"policy.{key}", "decision_needed")

    source = 'asset.name in policy.allowed_countries || "x" in policy.trusted_accounts'
    assert missing(source, rule_scope(), asset={"name": "x"}, policy=Policy(trusted_accounts=[])) == {
        ("policy.allowed_countries", "decision_needed")
    }


def test_what_another_asset_lacks_is_told_with_its_uid() -> None:
    asset = {"targets": [{"uid": "key-1", "custody": "provider"}, {"uid": "key-2"}]}
    found = result('targets(asset, "encrypted_by").exists(k, k.custody == "none")', rule_scope(), asset=asset)
    assert isinstance(found, Unknown)
    assert found.lacks == (Lack('targets(asset, "encrypted_by")[].custody', "not_read", "key-2"),)


def test_lists_may_be_sets_and_tuples() -> None:
    source = "asset.loc.countries.exists(c, !(c in policy.allowed_countries))"
    for kind in (list, tuple, set, frozenset):
        policy = {"allowed_countries": kind(["DE", "FR"])}
        assert result(source, rule_scope(), asset={"loc": {"countries": kind(["DE"])}}, policy=policy) is False
        assert result(source, rule_scope(), asset={"loc": {"countries": kind(["DE", "US"])}}, policy=policy) is True


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a.l.exists(x, x == -1)", "limit"),
        ("a.l.all(x, a.l.all(y, y >= 0))", "limit"),
        ("a.m.all(x, a.m.all(y, a.m.all(z, x + y + z >= 0)))", "limit"),
        ("a.m.all(x, x in a.l)", "limit"),
        ("a.k.all(x, x in a.l)", "limit"),
        ("a.l.map(x, x).map(x, [x, x]).size() == 1", "limit"),
        ("a.s + a.s == 'x'", "limit"),
        ("a.s.matches('(a*)*b')", "limit"),
        ("a.l + a.l == []", "limit"),
        ("a.d == a.e", "limit"),
        (("a.m.map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]) == "
         "a.m.map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x])"), "limit"),
    ],
)  # fmt: skip
def test_too_many_steps_are_unknown_and_never_a_hang(source: str, reason: str) -> None:
    def nested() -> list[Any]:
        inner: list[Any] = []
        for _ in range(5000):
            inner = [inner]
        return inner

    variables = {
        "l": list(range(100_001)),
        "m": list(range(2000)),
        "k": list(range(9)),
        "s": "a" * 200_000,
        "d": nested(),
        "e": nested(),
    }
    started = time.process_time()
    for scope in (Scope({"a": DYN}), LONG):
        assert {r for _, r in missing(source, scope, a=variables)} == {reason}
    assert time.process_time() - started < 5  # a hang, not a figure


def test_what_is_within_the_budget_is_counted_through() -> None:
    variables = {"l": list(range(100_000)), "m": list(range(300))}
    for scope in (Scope({"a": DYN}), LONG):
        assert result("a.l.exists(x, x == 99999)", scope, a=variables) is True
        assert result("a.m.all(x, a.m.all(y, y >= 0))", scope, a=variables) is True
        assert result("a.m.all(x, x in a.m)", scope, a=variables) is True


def test_something_else_may_still_decide_before_the_budget_is_used_up() -> None:
    source = "a.f && a.l.all(x, a.l.all(y, y >= 0))"
    assert result(source, Scope({"a": DYN}), a={"f": False, "l": list(range(5000))}) is False


@pytest.mark.parametrize("value", [{"l": "text"}, {"l": 5}, {"l": True}, {"l": {"a": 1}}])
def test_a_list_that_is_none_is_unknown(value: dict[str, Any]) -> None:
    scope = Scope({"a": record("a", {"l": "list[{n: int}]"})})
    found = result("a.l.exists(x, x.n == 1)", scope, a=value)
    assert isinstance(found, Unknown)


def test_the_quick_form_takes_the_variables_by_position() -> None:
    scope = rule_scope()
    condition = compile_condition("asset.created_at < now && asset.encrypted == false", scope)
    assert tuple(scope.variables) == ("asset", "policy", "now")
    assert condition.fast({"created_at": "2025-01-01", "encrypted": False}, None, "2026-01-01") is True
    with pytest.raises(KeyError):
        condition.fast({"created_at": "2025-01-01"}, None, "2026-01-01")


def test_a_scope_can_be_extended_for_another_subject() -> None:
    scope = Scope({"policy": DYN}, [Function("names", (), ListOf(STR), lambda: ["x"])])
    more = scope.extended({"flow": record("flow", {"src": related_type(), "days": INT})})
    source = "flow.days > 3 && flow.src.name in names()"
    assert result(source, more, policy={}, flow={"days": 4, "src": {"name": "x"}}) is True
    assert personal({"dc": "personal"})
