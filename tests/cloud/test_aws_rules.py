"""Every rule that covers AWS fails, passes and says that it could not check, through real HTTP, scanner, store and
engine."""

import pytest
from aws_proof import DETAILS, EVERYTHING, scanned
from aws_rule_estates import FAILING, PASSING, failing, governed, passing
from aws_things import FAR, HOME, SECOND
from rule_proof import Seen, matrix, seen, unearned, unproved, wrongly_failed


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What was said of each estate."""
    found: dict[str, Seen] = {}
    quiet, mute = passing(), passing()
    quiet.refused |= DETAILS
    mute.refused |= EVERYTHING
    for name, cloud, regions, own, policies in (
        ("passing", passing(), (HOME, SECOND), 16, PASSING),
        ("failing", failing(), (HOME, SECOND, FAR), 1, FAILING),
        ("governed", governed(), (HOME, SECOND), None, FAILING[:1]),
        ("details denied", quiet, (HOME, SECOND), None, PASSING[:1]),
        ("denied", mute, (HOME, SECOND), None, PASSING[:1]),
    ):
        with scanned(cloud, tmp_path_factory.mktemp("scan"), *regions, own=own) as (store, scan):
            found[name] = seen(store, scan, *policies)
    return found


def test_every_rule_reaches_every_verdict(runs: dict[str, Seen]) -> None:
    assert unproved("aws", *runs.values()) == []


def test_an_estate_in_which_all_is_well_fails_nothing(runs: dict[str, Seen]) -> None:
    assert wrongly_failed(runs["passing"]) == []
    passed = {rule for rule, verdicts in matrix("aws", runs["passing"]).items() if "pass" in verdicts}
    assert len(passed) > 75


def test_an_access_list_shares_with_whoever_it_names(runs: dict[str, Seen]) -> None:
    """While lists are switched on, the list of each object may name others; who is named is shared with."""
    assert ("SIT-EXPO-003", "arn:aws:s3:::research") in runs["passing"].of("not_checked")
    assert ("SIT-EXPO-003", "arn:aws:s3:::lent") in runs["failing"].of("fail")
    assert ("SIT-XFER-013", "arn:aws:s3:::lent") not in runs["failing"].of("pass")


@pytest.mark.parametrize("less", ["details denied", "denied"])
def test_reading_less_passes_nothing_more(runs: dict[str, Seen], less: str) -> None:
    assert unearned(runs["passing"], runs[less]) == []
    assert not runs[less].of("fail") - runs["passing"].of("fail") - {("SIT-ACC-009", f"arn:aws:iam::{ME}:root")}


def test_where_nothing_may_be_read_nothing_passes(runs: dict[str, Seen]) -> None:
    known = {"SIT-SOV-008"}  # which partition an account is in, the login itself says
    assert {rule for rule, _ in runs["denied"].of("pass")} == known


ME = "123456789012"
