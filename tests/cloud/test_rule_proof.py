"""The proof itself can fail: it names what was not reached, and exemptions that nobody needs."""

import pytest
import rule_proof
from rule_proof import Exempt, Seen, covering, unearned, unproved, wrongly_failed

from rules.judgement import Finding, Severity, Verdict


def said(*lines: tuple[str, str, str]) -> Seen:
    found = Seen()
    found.add([Finding(rule, Verdict(verdict), Severity.LOW, subject) for rule, verdict, subject in lines])
    return found


def test_every_rule_that_covers_a_provider_must_reach_every_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = covering("aws")
    monkeypatch.setitem(rule_proof.EXEMPT, "aws", {})
    whole = said(*((rule, v, "a") for rule in others for v in ("fail", "pass", "not_checked")), (first, "fail", "a"))
    assert unproved("aws", whole) == [f"aws: {first} never says not_checked", f"aws: {first} never says pass"]
    assert unproved("aws", whole, said((first, "pass", "b"), (first, "not_checked", "c"))) == []
    monkeypatch.setitem(rule_proof.EXEMPT, "aws", {first: Exempt(frozenset({"pass", "not_checked"}), "x")})
    assert unproved("aws", whole) == []
    assert unproved("aws", whole, said((first, "pass", "b"))) == [f"aws: {first} does say pass: no exemption is needed"]


def test_an_exemption_of_a_rule_that_does_not_cover_the_provider_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SIT-AI-001" not in covering("aws")
    everything = said(*((rule, v, "a") for rule in covering("aws") for v in ("fail", "pass", "not_checked")))
    monkeypatch.setitem(rule_proof.EXEMPT, "aws", {"SIT-AI-001": Exempt(frozenset({"pass"}), "x")})
    assert unproved("aws", everything) == ["aws: SIT-AI-001 does not cover it, and needs no exemption"]


def test_a_pass_that_reading_less_gave_is_named() -> None:
    whole = said(("R1", "pass", "a"), ("R2", "fail", "b"), ("R3", "not_checked", "c"))
    assert unearned(whole, said(("R1", "not_checked", "a"), ("R2", "not_checked", "b"))) == []
    assert unearned(whole, said(("R2", "pass", "b"), ("R3", "pass", "c"))) == [
        "R2 passes about b, which fails",
        "R3 passes about c",
    ]
    assert wrongly_failed(whole) == ["R2 fails about b: "]
    assert wrongly_failed(whole, ["R2"]) == []


@pytest.mark.parametrize("provider", rule_proof.EXEMPT)
def test_every_exemption_gives_its_reason_in_a_sentence(provider: str) -> None:
    for rule, exempt in rule_proof.EXEMPT[provider].items():
        assert exempt.verdicts, rule
        assert len(exempt.reason.split()) > 4, rule
        assert exempt.reason.endswith("."), rule
