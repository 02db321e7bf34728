"""Who a policy lets in."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.aws.policies import access, parse, tls_only

OWNER = "111122223333"


def policy(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", **statement}]}


@pytest.mark.parametrize(
    ("statement", "exposure", "parties"),
    [
        ({"Principal": "*"}, "public", {"public"}),
        ({"Principal": {"AWS": "*"}}, "public", {"public"}),
        ({"Principal": {"AWS": ["*", OWNER]}}, "public", {"public"}),
        ({"NotPrincipal": {"AWS": OWNER}}, "public", {"public"}),
        ({"Principal": "*", "Effect": "Deny"}, "none", set()),
        ({"Principal": {"Service": "cloudtrail.amazonaws.com"}}, "none", set()),
        ({"Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"}}, "none", set()),
        ({"Principal": {"AWS": "444455556666"}}, "none", {"account:444455556666"}),
        ({"Principal": {"AWS": ["arn:aws:iam::444455556666:role/x", OWNER]}}, "none", {"account:444455556666"}),
        ({"Principal": {"AWS": "AROAEXAMPLEID"}}, "none", set()),
        (
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}},
            "none",
            {"organization:o-abc"},
        ),
        (
            {"Principal": "*", "Condition": {"StringEquals": {"AWS:SourceAccount": ["444455556666", OWNER]}}},
            "none",
            {"account:444455556666"},
        ),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, "none", set()),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, "possible", set()),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, "possible", set()),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, "none", set()),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, "possible", set()),
        ({"Principal": "*", "Condition": {"StringEquals": {"s3:prefix": "x"}}}, "possible", set()),
        ({"Principal": {"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}}, "none",
         {"domain:token.actions.githubusercontent.com"}),
    ],
)  # fmt: skip
def test_access(statement: dict[str, Any], exposure: str, parties: set[str]) -> None:
    found = access(policy(**statement), OWNER)
    assert (found.exposure, found.parties) == (exposure, parties)


@pytest.mark.parametrize(
    ("operator", "key", "value", "exposure", "parties", "whole"),
    [
        ("StringEquals", "aws:PrincipalAccount", OWNER, "none", set(), True),
        ("StringEquals", "aws:PrincipalOrgID", "o-abc", "none", {"organization:o-abc"}, True),
        ("StringLike", "aws:PrincipalOrgPaths", ["o-abc/r-1/ou-2/*"], "none", {"organization:o-abc"}, True),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-abc/*", "none", {"organization:o-abc"}, True),
        # Holds also for requests that say nothing of it.
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-abc/*", "possible", set(), False),
        ("StringLike", "aws:PrincipalOrgID", "o-*", "possible", set(), False),
        ("StringLike", "aws:PrincipalAccount", "4*", "possible", set(), False),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/reader", "possible", set(), False),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OWNER}:role/*", "none", set(), True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::444455556666:*", "none", {"account:444455556666"}, True),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::a-bucket", "none", set(), False),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", "possible", set(), False),
        ("StringLike", "s3:DataAccessPointArn", f"arn:aws:s3:*:{OWNER}:accesspoint/*", "none", set(), False),
        ("StringEquals", "s3:DataAccessPointAccount", OWNER, "none", set(), False),
        ("StringEquals", "aws:SourceVpce", "vpce-1", "none", set(), False),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8"], "none", set(), False),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"], "possible", set(), False),
        ("IpAddress", "aws:SourceIp", "2000::/3", "possible", set(), False),
    ],
)
def test_everyone_behind_a_condition(
    operator: str, key: str, value: Any, exposure: str, parties: set[str], whole: bool
) -> None:
    """Who is let in is known whole only where the condition names accounts or organisations, and none by a pattern."""
    found = access(policy(Principal="*", Condition={operator: {key: value}}), OWNER)
    assert (found.exposure, found.parties, found.whole) == (exposure, parties, whole)


@pytest.mark.parametrize(
    ("resource", "whole"),
    [
        (["arn:aws:s3:::b", "arn:aws:s3:::b/*"], True),
        ("arn:aws:s3:::b*", True),
        ("*", True),
        ("arn:aws:s3:::b", False),
        ("arn:aws:s3:::b/kept/*", False),
        ("arn:aws:s3:::another/*", False),
    ],
)
def test_tls_only_of_a_bucket_is_about_all_its_objects(resource: Any, whole: bool) -> None:
    refusal = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    assert tls_only(policy(**refusal), "s3", "arn:aws:s3:::b") is whole


def test_tls_only_needs_a_full_refusal() -> None:
    refusal = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    assert tls_only(policy(**refusal), "s3")
    assert tls_only(policy(**{**refusal, "Condition": {"Bool": {"aws:SecureTransport": False}}}), "s3")
    assert not tls_only(policy(**{**refusal, "Action": "s3:GetObject"}), "s3")
    assert not tls_only(policy(**{**refusal, "Effect": "Allow"}), "s3")
    assert not tls_only(policy(**{**refusal, "Principal": {"AWS": "444455556666"}}), "s3")
    assert not tls_only(policy(Principal="*"), "s3")


def test_texts_of_policies() -> None:
    document = policy(Principal="*")
    assert parse(document) == document
    assert parse(json.dumps(document)) == document
    assert parse(json.dumps(json.dumps(document))) == document
    assert parse(quote(json.dumps(document))) == document
    for bad in (None, "", "{", 3, [], "null", '"x"'):
        assert parse(bad) is None


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.sampled_from(["*", "Allow", "Deny"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["Statement", "Effect", "Principal", "AWS", "Condition", "Bool", "x"]), inner),
    ),
    max_leaves=10,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from(["Statement", "Version"]), JSON))
def test_no_document_raises(document: dict[str, Any]) -> None:
    assert access(document, OWNER).exposure in ("none", "possible", "public")
    assert tls_only(document, "s3") in (True, False)
