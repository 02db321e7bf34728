"""Trusted parties are written as people know them, and compared by the ids that relations give them."""

import pytest
from estates import TAGS, asset, rel, rule, run

SHARED = rule(
    "SIT-EXPO-003",
    'pd(asset) && targets(asset, "shared_with").exists(a, a.kind != "public" && !(a.id in policy.trusted_accounts))',
)


def judged(trusted: str, party: str) -> list[str]:
    bucket = asset("a", data="personal", public_access="none")
    findings, _, _, _ = run(
        [SHARED], [bucket], [rel("a", "shared_with", party)], f'trusted_accounts = ["{trusted}"]\n{TAGS}'
    )
    return [str(f.verdict) for f in findings if f.asset == "a"]


@pytest.mark.parametrize(
    ("trusted", "party"),
    [
        ("222233334444", "account:222233334444"),
        ("account:222233334444", "account:222233334444"),
        ("domain:Example.EU", "domain:example.eu"),
        ("example.eu", "domain:example.eu"),
        ("tenant:72f988bf-0000-4000-8000-000000000000", "tenant:72f988bf-0000-4000-8000-000000000000"),
        ("organizations/123456789", "organization:123456789"),
        ("organization:o-abc", "organization:o-abc"),
    ],
)
def test_a_trusted_party_may_read(trusted: str, party: str):
    assert judged(trusted, party) == []


@pytest.mark.parametrize("trusted", ["domain:", "domain:other.eu", "tenant:example.eu2", "account:"])
def test_another_one_may_not(trusted: str):
    assert judged(trusted, "domain:example.eu") == ["fail"]
