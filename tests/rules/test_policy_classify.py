"""Class and marks of assets: tags first, then the first line that fits; what was not read stays unknown."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.catalogue import Catalogue
from rules.policy import UNSET, Classification, Policy
from scanners.model import Asset, Location

CATALOGUE = Catalogue.load()
TEXT = """
[tag_map.Data-Class]
Personal = "personal"
health = "special_category"
open = "public"
[tag_map.pii]
yes = "personal"

[[classify]]
account = "1111"
kind = "storage.*"
name = "Patients-*"
data_class = "special_category"
owner = "Radiology"
critical = true

[[classify]]
name = "patients-*"
data_class = "personal"

[[classify]]
provider = "gcp"
uid = "//storage.googleapis.com/*-raw-*"
data_class = "pseudonymised"
role = "dataset"
retain_until = 2030-01-01

[[classify]]
kind = "ai.endpoint"
ai_act_high_risk = true
retention_declared = "manual"
"""
POLICY = Policy.parse(TEXT, CATALOGUE, date(2026, 11, 22))


def asset(tags: dict[str, str] | None = None, **more: str) -> Asset:
    given = {"uid": "arn:aws:s3:::x", "provider": "aws", "account": "9", "kind": "storage.bucket", "name": "x"} | more
    return Asset(native_type="t", location=Location.unknown(), tags=UNSET if tags is None else tags, **given)  # pyright: ignore[reportArgumentType]


def classify(tags: dict[str, str] | None = None, **more: str) -> Classification:
    return POLICY.classify(asset(tags, **more))


@pytest.mark.parametrize(
    ("tags", "dc", "unmapped"),
    [
        ({"data-class": "personal"}, "personal", False),
        ({"DATA-CLASS": " HEALTH "}, "special_category", False),
        ({"data-class": "open", "pii": "YES"}, "personal", False),  # the strictest wins
        ({"data-class": "secret"}, None, True),
        ({"data-class": ""}, None, True),
        ({"data-class": "secret", "pii": "yes"}, "personal", True),
    ],
)
def test_tags(tags: dict[str, str], dc: str | None, unmapped: bool) -> None:
    found = classify(tags)
    assert (found.dc, found.source, found.unmapped) == (dc, "tag", unmapped)


def test_a_tag_wins_over_a_line_and_an_unknown_value_is_not_replaced_by_it() -> None:
    line = {"account": "1111", "name": "patients-eu"}
    assert classify({}, **line).dc == "special_category"
    assert classify({"data-class": "open"}, **line).dc == "public"
    unmapped = classify({"data-class": "secret"}, **line)
    assert (unmapped.dc, unmapped.source, unmapped.unmapped) == (None, "tag", True)


def test_the_first_line_that_fits_wins() -> None:
    first = classify(account="1111", name="patients-eu")
    assert (first.dc, first.source, first.owner, first.critical) == ("special_category", "policy", "Radiology", True)
    second = classify(account="2222", name="PATIENTS-eu")
    assert (second.dc, second.owner) == ("personal", UNSET)
    assert classify(account="1111", kind="database.table", name="patients-eu").dc == "personal"
    assert classify(account="1111", name="my-patients-eu").dc is None


def test_uid_patterns_and_marks() -> None:
    found = classify(provider="gcp", uid="//storage.googleapis.com/ct-raw-2026")
    assert (found.dc, found.role, found.retain_until) == ("pseudonymised", "dataset", date(2030, 1, 1))
    assert classify(provider="aws", uid="//storage.googleapis.com/ct-raw-2026").dc is None
    assert classify(provider="gcp", uid="//storage.googleapis.com/raw").dc is None
    endpoint = classify({}, kind="ai.endpoint")
    assert (endpoint.dc, endpoint.source) == (None, "none")
    assert endpoint.ai_act_high_risk
    assert endpoint.retention_declared == "manual"


def test_tags_that_were_not_read_leave_marks_unknown_and_tags_without_marks_make_them_none() -> None:
    unread = classify()
    assert (unread.dc, unread.source) == (None, "none")
    assert {unread.owner, unread.critical, unread.ropa_id, unread.retain_until, unread.purpose} == {UNSET}
    empty = classify({})
    assert (empty.owner, empty.critical, empty.ropa_id, empty.retain_until) == (None, False, None, None)
    assert (empty.dc, empty.source) == (None, "none")


def test_conventional_tags() -> None:
    found = classify(
        {"Owner": "ct-team", "CRITICALITY": "High", "ropa_id": "V-7", "retain-until": "2027-01-31", "purpose": ""}
    )
    assert (found.owner, found.critical, found.ropa_id) == ("ct-team", True, "V-7")
    assert (found.retain_until, found.purpose) == (date(2027, 1, 31), None)
    assert classify({"critical": "no"}).critical is False
    assert classify({"retain-until": "when done"}).retain_until is UNSET  # there is a date that cannot be read


def test_names_of_tags_can_be_chosen() -> None:
    text = '[tags]\nowner = ["Team"]\ncritical = ["tier"]\ncritical_values = ["Gold"]'
    policy = Policy.parse(text, CATALOGUE, date(2026, 1, 1))
    found = policy.classify(asset({"team": "A", "tier": "GOLD", "owner": "B"}))
    assert (found.owner, found.critical) == ("A", True)
    assert policy.classify(asset({"tier": "high"})).critical is False
    assert policy.classify(asset({"purpose": "p"})).purpose == "p"  # the others keep their names


def test_no_policy_reads_conventional_tags_and_no_class() -> None:
    found = Policy.none().classify(asset({"owner": "me", "data-class": "personal"}))
    assert (found.owner, found.dc, found.source) == ("me", None, "none")


def test_equal_answers_are_shared() -> None:
    assert classify({"data-class": "open", "a": "1"}) is classify({"data-class": "open", "b": "2"})


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.none()
    | st.dictionaries(
        st.sampled_from(["data-class", "PII", "owner", "critical", "retain-until", "x"]), st.text(max_size=9)
    ),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_any_tags_and_names_are_classified(tags: dict[str, str] | None, name: str, uid: str) -> None:
    found = classify(tags, name=name, uid=uid)
    assert found.source in ("tag", "policy", "none")
    assert (found.dc is None) == (found.source == "none" or (found.unmapped and found.dc is None))
    if tags is None:
        assert found.source != "tag"


def test_the_class_that_a_declared_site_states_needs_no_tag_map() -> None:
    declared = asset(tags={"situs:data-class": "Pseudonymised"})
    for policy in (Policy.none(), POLICY):
        found = policy.classify(declared)
        assert (found.dc, found.source, found.unmapped) == ("pseudonymised", "tag", False)
    assert Policy.none().classify(asset(tags={"situs:data-class": "secret"})).unmapped


@pytest.mark.parametrize("policy", [Policy.none(), POLICY])
def test_a_declared_class_needs_no_tag_map(policy: Policy):
    found = policy.classify(asset({"situs:data-class": "special_category"}))
    assert (found.dc, found.source) == ("special_category", "tag")
    strange = policy.classify(asset({"situs:data-class": "secret"}))
    assert (strange.dc, strange.unmapped) == (None, True)


def test_a_policy_may_say_what_declared_words_mean():
    policy = Policy.parse('[tag_map."situs:data-class"]\npatients = "special_category"', CATALOGUE, date(2026, 11, 22))
    assert policy.classify(asset({"situs:data-class": "patients"})).dc == "special_category"
    assert policy.classify(asset({"situs:data-class": "public"})).dc == "public"
