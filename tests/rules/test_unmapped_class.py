"""A class tag whose value the policy does not know says something that nobody here can read: never a pass."""

import pytest
from estates import TAGS, asset, rule, run

PERSONAL = rule("SIT-RES-001", "pd(asset)", ("storage.bucket",))
EITHER = rule("SIT-CLS-001", 'asset.dc_source == "none"', ("storage.bucket",))


def verdicts(data: str | None, policy: str) -> dict[str, str]:
    findings, *_ = run([PERSONAL, EITHER], [asset("b", data=data)], [], policy=policy)
    return {f.rule: str(f.verdict) for f in findings}


@pytest.mark.parametrize("value", ["persönlich", "personal,public", " "])
def test_a_value_that_the_policy_does_not_know_is_a_decision_to_take(value: str) -> None:
    assert verdicts(value, TAGS) == {"SIT-RES-001": "not_checked", "SIT-CLS-001": "fail"}


def test_what_is_presumed_personal_stays_so() -> None:
    assert verdicts("persönlich", 'unclassified_as = "personal"\n' + TAGS)["SIT-RES-001"] == "fail"


def test_no_tag_and_known_values_are_as_ever() -> None:
    assert "SIT-RES-001" not in verdicts(None, TAGS)
    assert verdicts("personal", TAGS) == {"SIT-RES-001": "fail"}
    assert verdicts("public", TAGS) == {}
