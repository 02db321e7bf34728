"""An organisation sets how grave failures of a rule are: judged, stored, told in the report, and asked as what-if."""

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "register"))

from register_world import judged_store

from app.audit import judge_scan, yardstick, yardstick_of
from app.report.fromstore import StoreSource
from app.store import Store
from app.whatif import WhatIf
from rules.policy import PolicyError

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    arguments, policy = judged_store(tmp_path_factory.mktemp("severities"))
    return Path(arguments[1]), policy


def grades(store: Store, judgement: int) -> dict[tuple[str, str | None, str | None], str]:
    rows = (row.finding for row in store.findings(judgement))
    return {(f.rule, f.asset, f.flow): str(f.severity) for f in rows if f.verdict == "fail"}


def most_failed(found: dict[tuple[str, str | None, str | None], str], but: str) -> str:
    rules = [rule for (rule, _, _), severity in found.items() if severity != but]
    return max(sorted(set(rules)), key=rules.count)


def test_failures_have_the_severity_that_was_set_and_everything_else_is_as_before(world, tmp_path) -> None:
    where, policy = world
    with Store.open(where) as store:
        before = store.judgement()
        assert before is not None
        old = grades(store, before.id)
        rule = most_failed(old, "info")
        changed = tmp_path / "policy.toml"
        changed.write_text(
            policy.read_text(encoding="utf-8") + f'\n[severities]\n"{rule}" = "info"\n', encoding="utf-8"
        )
        asked = WhatIf(store, before, yardstick_of(store, before.id)).against(yardstick(changed, DAY))
        after = judge_scan(store, before.scan, yardstick(changed, DAY))
        new = grades(store, after.id)
        assert old.keys() == new.keys()
        assert {key[0] for key in old if old[key] != new[key]} == {rule}
        assert {new[key] for key in new if key[0] == rule} == {"info"}
        assert {c.rule for c in asked.changes} == {rule}
        told_of = {(c.rule, c.asset, c.flow) for c in asked.changes if c.after == ("fail", "info")}
        assert told_of == {key for key in old if old[key] != new[key]}
        told = StoreSource(store, after.id).rule(rule)
        own = StoreSource(store, before.id).rule(rule)
        assert told is not None
        assert own is not None
        note = f"The organisation's policy sets the severity to info; the rule itself says {own.severity}."
        assert told.explanation == f"{own.explanation} {note}"


def test_a_rule_that_does_not_exist_is_named(world, tmp_path) -> None:
    changed = tmp_path / "policy.toml"
    changed.write_text('[severities]\n"SIT-KEY-01" = "high"\n', encoding="utf-8")
    with pytest.raises(PolicyError, match=r"there is no rule “SIT-KEY-01”.*Did you mean “SIT-KEY-0"):
        yardstick(changed, DAY)


def test_a_severity_that_does_not_exist_is_refused(tmp_path) -> None:
    changed = tmp_path / "policy.toml"
    changed.write_text('[severities]\n"SIT-KEY-001" = "severe"\n', encoding="utf-8")
    with pytest.raises(PolicyError, match=r"line 2.*severities"):
        yardstick(changed, DAY)
