"""A severity for a rule that does not exist is refused when it is to be saved: it would change nothing."""

from datetime import date
from pathlib import Path

import pytest

from app.audit import rule_ids
from app.policyedit import save
from rules.catalogue import Catalogue
from rules.policy.reading import PolicyError

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def test_a_rule_that_does_not_exist_is_refused_with_what_is_near(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("sovereign_level = 2\n", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"no rule “SIT-KEY-01”.*Did you mean “SIT-KEY-0"):
        save(path, {"severities": {"SIT-KEY-01": "high"}}, catalogue, DAY, rule_ids(catalogue))
    assert path.read_text(encoding="utf-8") == "sovereign_level = 2\n"
    assert not path.with_name("policy.toml.bak").exists()


def test_a_rule_that_exists_is_saved(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "policy.toml"
    save(path, {"severities": {"SIT-KEY-001": "high"}}, catalogue, DAY, rule_ids(catalogue))
    assert "SIT-KEY-001" in path.read_text(encoding="utf-8")


def test_rules_are_read_only_where_severities_are_set(tmp_path: Path, catalogue: Catalogue) -> None:
    def never() -> frozenset[str]:
        raise AssertionError

    save(tmp_path / "policy.toml", {"sovereign_level": 2}, catalogue, DAY, never)
