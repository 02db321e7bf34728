"""What a rule saw is told in names and values: never as a condition, never as records of the policy."""

import pytest

from app.report.meanings import unreadable
from app.report.seen import seen
from app.texts import speaking

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
        "shared with, number or name: “909090909090”",
    ),
    ('guardrail(asset, "region") == null  [guardrail(asset, "region") is null]', "guardrail, places: none"),
    (
        (
            'asset.replica_countries.exists(c, !(c in policy.allowed_countries))  [asset.replica_countries[0] is "US",'
            ' policy.allowed_countries is ["AT", "AX", "BE", "BG", "CY", … 37 items]]'
        ),
        "countries of copies: United States",
    ),
    (
        (
            'anonymity_ok(asset)  [anonymity_ok(asset) is false, policy.anonymity_assessments is [{resource: "a, b",'
            ' result: "anonymous"}]]; asset.dc_source == "tag"  [asset.dc_source is "tag"]'
        ),
        "policy, anonymity assessments: 1 entry; class stated by: a label (tag)",
    ),
]


@pytest.mark.parametrize(("why", "told"), CASES)
def test_names_and_values(why: str, told: str) -> None:
    assert seen(why) == told


def test_a_sentence_stays_as_it_is() -> None:
    assert seen("Nothing of this account was read.") == "Nothing of this account was read."


SAID = [
    ('asset.dc == "special_category"  [asset.dc is "special_category"]', "Datenklasse: besondere Kategorie"),
    ('asset.custody == "customer"  [asset.custody is "customer"]',
     "Schlüssel bei: Ihre Organisation, im Schlüsseldienst des Anbieters"),
    ('asset.public_access == "public"  [asset.public_access is "public"]', "für jeden lesbar: ja"),
    ('asset.created_at < now  [asset.created_at is "2025-03-02T08:00:00+00:00"]', "angelegt am: 2. März 2025, 08:00"),
    ('asset.name != ""  [asset.name is "reading_history"]', "Name: „reading_history“"),
    ('asset.name != ""  [asset.name is "public"]', "Name: „public“"),
    ('asset.provider == "gcp"  [asset.provider is "gcp"]', "Anbieter: Google Cloud"),
    ('flow.dst.loc.country != "XK"  [flow.dst.loc.country is "ZZ"]', "Ziel, Ort, Land: ZZ"),
]  # fmt: skip
"""A code is told by its meaning; a name that reads like a code stays a name."""


@pytest.mark.parametrize(("why", "told"), SAID)
def test_values_are_told_in_the_language_of_the_report(why: str, told: str) -> None:
    with speaking("de"):
        assert seen(why) == told


def test_reasons_for_gaps_are_told_once_with_all_things() -> None:
    details = (
        "AWS Config does not record Batch jobs; connect the account, or declare them.",
        "AWS Config does not record FSx file systems; connect the account, or declare them.",
        "Another reason.",
    )
    assert unreadable(details) == [
        "AWS Config does not record Batch jobs, FSx file systems; connect the account, or declare them.",
        "Another reason.",
    ]
