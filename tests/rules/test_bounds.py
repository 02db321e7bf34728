"""When an answer may become another one is read off a condition, or said to be unclear."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.bounds import Bound, bounds_of
from rules.condition import compile_condition
from rules.rule import Check, Source
from rules.scope import scope_of

POLICY = {"snapshot_max_age_days": 90, "exit_plans": [], "facts_max_age_days": 365}
DAY = date(2026, 11, 22)


def compiled(text, subject="asset", days=None):
    kind = "training.job" if "asset.model" in text else "storage.snapshot"
    names = (kind,) if subject == "asset" else ("*",)
    check = Check(subject, names, Source(text, "t.yaml", 1, 1))
    call = {"days": days} if days else {}
    condition = compile_condition(text, scope_of(check, lambda name: call.get(name, lambda *_: None)))
    return SimpleNamespace(condition=condition, where=None, severity_when=())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("days(asset.created_at) > policy.snapshot_max_age_days", {Bound("asset", "created_at", 90)}),
        ("30 <= days(asset.created_at) && asset.encrypted", {Bound("asset", "created_at", 30)}),
        ("asset.retain_until < now", {Bound("asset", "retain_until", 0)}),
        ('asset.dc == "personal"', set()),
        ("facts_age() > policy.facts_max_age_days", {Bound("facts", days=365)}),
        ("ropa(asset) != null && ropa(asset).ends < now", {Bound("policy", "ends", 0, "ropa")}),
        ("policy.exit_plans.exists(e, days(e.tested) <= 400)", {Bound("policy", "tested", 400, "exit_plans")}),
        ("estimated_flop(asset.model) > 1e25", {Bound("jobs")}),
        ("days(asset.created_at) + 5 > 90", None),
        ("days(asset.created_at) > days(asset.retain_until)", None),
        ('targets(asset, "reads").exists(t, days(t.created_at) > 3)', None),
        ('adequacy_valid("GB", now)', {Bound("law")}),
    ],
)
def test_what_an_asset_is_asked(text, wanted):
    found = bounds_of(compiled(text), POLICY)
    assert found == (None if wanted is None else frozenset(wanted))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("entry(flow) != null && entry(flow).expires < now", {Bound("entry", "expires", 0)}),
        ("days(entry(flow).tia_date) > 365", {Bound("entry", "tia_date", 365)}),
        ("!adequacy_valid(entry(flow).country, now)", set()),
        ("days(flow.src.created_at) > 3", None),
    ],
)
def test_what_a_flow_is_asked(text, wanted):
    found = bounds_of(compiled(text, "flow"), POLICY)
    assert found == (None if wanted is None else frozenset(wanted))


@given(
    operator=st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    number=st.integers(-40, 40),
    age=st.integers(-60, 60),
    later=st.integers(-60, 60),
)
def test_an_answer_is_the_same_on_all_days_on_one_side_of_its_bound(operator, number, age, later):
    from rules.bydate import _range

    made, days = DAY - timedelta(days=age), [DAY, DAY + timedelta(days=later)]
    answers = []
    for day in days:
        check = compiled(f"days(asset.created_at) {operator} {number}", days=lambda _, day=day: (day - made).days)
        answers.append(check.condition.test({"asset": {"created_at": made.isoformat()}}))
    (bound,) = bounds_of(check, POLICY)
    first, last = _range(bound.days, tuple(days))
    assert answers[0] == answers[1] or first <= made.toordinal() <= last
