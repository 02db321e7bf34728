"""Failures that show dates are explained for each asset; all else that is said of them is said once."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from estates import AS_OF, TAGS, asset, read, rule
from hypothesis import given, settings
from hypothesis import strategies as st
from test_memory_of_results import each_by_itself, many_at_once, some_gaps

from rules.condition import Condition
from rules.judgement import Acceptance
from rules.rulefile import load_rules
from rules.subjects import Subjects
from scanners.model import Asset

OLD = 'asset.dc != "public" && days(asset.created_at) > 90'
IDLE = "asset.attached == false && days(asset.idle_since) > policy.orphan_max_age_days && asset.encrypted != true"
POLICY = "orphan_max_age_days = 30\nsnapshot_max_age_days = 365" + TAGS
KIND = "storage.volume"
LONG = " && ".join([f'asset.provider != "{"x" * 60}{n}"' for n in range(9)])
RULES = [
    rule("T-ONE-001", OLD, [KIND]),
    rule("T-ONE-002", IDLE, [KIND], where='asset.provider == "aws"'),
    rule("T-ONE-003", f"{OLD} && days(asset.created_at) > 90", [KIND]),  # one term twice
    rule("T-ONE-004", "days(asset.created_at) > 90 && days(asset.idle_since) > 10", [KIND]),
    rule("T-ONE-005", f"{OLD} && {LONG}", [KIND]),  # longer than is told
    rule("T-ONE-006", f"{LONG} && days(asset.created_at) > 90", [KIND]),
    rule("T-ONE-007", 'asset.idle_since > "2026-01-01" && pd(asset) && third(asset.loc)', [KIND]),
    rule("T-ONE-008", "asset.attached == false && days(asset.idle_since) > 10", [KIND], replaces=("T-ONE-001",)),
    rule("T-ONE-009", 'asset.uid != "x" && days(asset.created_at) > 90', [KIND]),
    rule("T-ONE-010", "days(asset.created_at) > 90 || pd(asset)", [KIND]),
]
DATES = ["2026-11-01", "2026-01-01T00:00:00+00:00", "2020-01-01", "2020-01-02", 'no "date"', "", 7, None, ..., ...]


def volumes(seed: int, count: int) -> list[Asset]:
    pick = random.Random(seed)  # noqa: S311 - a fixed seed, nothing secret
    found: list[Asset] = []
    for number in range(count):
        told: dict[str, Any] = {
            name: pick.choice([True, False, None]) for name in ("attached", "encrypted") if pick.random() < 0.8
        }
        idle = pick.choice(DATES)
        if idle is not ...:
            told["idle_since"] = idle
        one = asset(
            f"v{number}",
            KIND,
            pick.choice(["eu-west-1", "us-east-1", "unknown"]),
            data=pick.choice(["personal", "health", "public", None]),
            account=pick.choice(["111122223333", "333344445555"]),
            **told,
        )
        if pick.random() < 0.8:
            one.created_at = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(days=pick.choice([0, 300, 300, number]))
        if pick.random() < 0.7:
            one.evidence = ("aa" * 32,)
        found.append(one)
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("policy", [POLICY, None])
def test_what_is_said_of_dates_is_what_each_gives_by_itself(monkeypatch, seed: int, policy: str | None):
    """Every verdict, its words, what is missing, what it rests on, and all counts, in the same order."""
    accepted = [Acceptance("a1", "T-ONE-004", "known", "DPO", AS_OF, "*")]
    accepted += [Acceptance("a2", "T-ONE-001", "known", "DPO", AS_OF, f"v{number}") for number in range(0, 60, 7)]
    assets = volumes(seed, 300)
    for coverage in (read("111122223333"), some_gaps(seed)):
        options = {"policy": policy, "coverage": coverage, "acceptances": accepted}
        at_once = many_at_once(monkeypatch, RULES, assets, [], **options)
        assert at_once == each_by_itself(monkeypatch, RULES, assets, [], **options)
        assert len({f.rule for f in at_once[0]}) == len(RULES)


@given(st.lists(st.tuples(st.sampled_from(DATES), st.sampled_from([True, False, ...])), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_dates_that_are_none_are_told_apart(drawn: list[tuple[Any, Any]]):
    assets = [
        asset(f"v{n}", KIND, **{k: v for k, v in (("idle_since", idle), ("attached", at)) if v is not ...})
        for n, (idle, at) in enumerate(drawn)
    ]
    with pytest.MonkeyPatch.context() as patched:
        at_once = many_at_once(patched, RULES, assets, [], policy=POLICY)
        assert at_once == each_by_itself(patched, RULES, assets, [], policy=POLICY)


def test_the_rules_of_the_program_say_of_old_copies_what_each_gives_by_itself(monkeypatch):
    rules = [r for r in load_rules() if r.family == "RET"]
    assets = volumes(9, 200)
    for one in assets[::2]:
        one.kind = one.native_type = "storage.snapshot"
    at_once = many_at_once(monkeypatch, rules, assets, [], policy=POLICY)
    assert at_once == each_by_itself(monkeypatch, rules, assets, [], policy=POLICY)
    assert {"SIT-RET-002", "SIT-RET-003"} <= {f.rule for f in at_once[0]}


def test_of_failures_that_differ_in_their_dates_one_is_asked(monkeypatch):
    """Each shows its own date."""
    asked: list[str] = []
    plain = Subjects._judged
    explained: list[str] = []
    explain = Condition.explain

    def counted(self: Subjects, entry: Any, *rest: Any) -> Any:
        asked.append(entry[0].rule.id)
        return plain(self, entry, *rest)

    def noted(self: Condition, *given: Any) -> Any:
        explained.append(self.source)
        return explain(self, *given)

    monkeypatch.setattr(Subjects, "_judged", counted)
    monkeypatch.setattr(Condition, "explain", noted)
    assets = [asset(f"v{number}", KIND, data="personal") for number in range(100)]
    for number, one in enumerate(assets):
        one.created_at = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(seconds=number)
    findings = many_at_once(monkeypatch, [RULES[0]], assets, [])[0]
    assert len(asked) == 1
    assert explained.count(RULES[0].checks[0].condition.text) == 1
    assert len({f.why for f in findings}) == 100
    assert all(one.created_at.isoformat() in f.why for one, f in zip(assets, findings, strict=True) if one.created_at)
