"""What a rule saw is told in names and values: never as a condition, never as records of the policy."""

import pytest

from app.report.seen import seen

CASES = [
    (
        (
            'policy.exit_plans.exists(e, e.provider == asset.provider)  [policy.exit_plans is [{provider: "aws"},'
            ' {provider: "azure", note: "The test is more than a year old."}]]'
        ),
        "policy, exit plans: 2 entries",
    ),
    (
        (
            'targets(asset, "shared_with").exists(a, a.kind == "public")  [targets(asset, "shared_with")[0].id is'
            ' "909090909090", policy.trusted_accounts is ["1", "2", "3", "4", "5", … 9 items]]; sources(asset,'
            ' "encrypted_by").exists(d, pd(d))  [pd(sources(asset, "encrypted_by")[0]) is true]'
        ),
        "shared with, id: “909090909090”",
    ),
    ('guardrail(asset, "region") == null  [guardrail(asset, "region") is null]', "guardrail, region: none"),
    (
        (
            'asset.replica_countries.exists(c, !(c in policy.allowed_countries))  [asset.replica_countries[0] is "US",'
            ' policy.allowed_countries is ["AT", "AX", "BE", "BG", "CY", … 37 items]]'
        ),
        "replica countries: “US”",
    ),
    (
        (
            'anonymity_ok(asset)  [anonymity_ok(asset) is false, policy.anonymity_assessments is [{resource: "a, b",'
            ' result: "anonymous"}]]; asset.dc_source == "tag"  [asset.dc_source is "tag"]'
        ),
        "policy, anonymity assessments: 1 entry; class stated by: “tag”",
    ),
]


@pytest.mark.parametrize(("why", "told"), CASES)
def test_names_and_values(why: str, told: str) -> None:
    assert seen(why) == told


def test_a_sentence_stays_as_it_is() -> None:
    assert seen("Nothing of this account was read.") == "Nothing of this account was read."
