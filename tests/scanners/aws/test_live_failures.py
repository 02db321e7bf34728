"""What every error of AWS and of the network means for the coverage."""

import socket
from typing import Any

import pytest
from botocore import exceptions as boto
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.aws.live.declare import op
from scanners.aws.live.failures import missed
from scanners.model import CoverageStatus

OPERATION = op("macie2", "GetMacieSession", off=("Macie is not enabled",))
ANY: dict[str, Any] = {"endpoint_url": "https://x", "proxy_url": "p", "error": "e", "request": None, "response": None}


def answered(code: str, message: str = "", status: int = 400) -> boto.ClientError:
    return boto.ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "X"
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (answered("AccessDeniedException", "Macie is not enabled", 403), "disabled"),
        (answered("AccessDeniedException", "User is not authorized to perform: macie2:GetMacieSession"), "denied"),
        (answered("UnauthorizedOperation", "You are not authorized", 403), "denied"),
        (answered("403", "Forbidden", 403), "denied"),
        (answered("SomethingNew", "?", 403), "denied"),
        (answered("OptInRequired", "", 403), "disabled"),
        (answered("AuthFailure", "AWS was not able to validate the provided access credentials", 401), "expired"),
        (answered("ExpiredToken", "", 400), "expired"),
        (answered("SlowDown", "", 503), "throttled"),
        (answered("RequestLimitExceeded", "", 503), "throttled"),
        (answered("Whatever", "", 429), "throttled"),
        (answered("InternalError", "", 500), "error"),
        (answered("ServiceUnavailable", "", 503), "error"),
        (answered("RequestTimeout", "", 408), "timeout"),
        (answered("InvalidAction", "", 400), "unsupported"),
        (answered("ValidationException", "This feature is not available in this region", 400), "unsupported"),
        (answered("ValidationException", "1 validation error", 400), "error"),
        (boto.ConnectTimeoutError(**ANY), "timeout"),
        (boto.ReadTimeoutError(**ANY), "timeout"),
        (
            boto.EndpointConnectionError(endpoint_url="x", error=socket.gaierror("Name or service not known")),
            "unsupported",
        ),
        (boto.EndpointConnectionError(endpoint_url="x", error="Connection refused"), "error"),
        (boto.SSLError(**ANY), "error"),
        (boto.ProxyConnectionError(**ANY), "error"),
        (boto.ConnectionClosedError(**ANY), "error"),
        (boto.NoCredentialsError(), "expired"),
        (boto.UnauthorizedSSOTokenError(), "expired"),
        (boto.UnknownServiceError(service_name="new", known_service_names=""), "unsupported"),
        (RuntimeError("boom"), "error"),
    ],
)
def test_each_failure_has_its_status(error: Exception, status: str) -> None:
    miss = missed(error, OPERATION, "eu-west-1")
    assert miss.status == status
    assert not miss.status.read
    assert miss.detail.startswith("macie2.GetMacieSession in eu-west-1: ")
    assert (miss.permission is not None) == (status == "denied")


@pytest.mark.parametrize(
    ("text", "by", "words"),
    [
        ("x with an explicit deny in a service control policy", "scp", "service control policy of the organisation"),
        ("x with an explicit deny in a resource control policy", "scp", "resource control policy of the organisation"),
        ("x because no identity-based policy allows the x action", "iam", "by the identity-based policy"),
        ("x with an explicit deny in a permissions boundary policy", "iam", "permissions boundary"),
        ("", "iam", "is not granted."),
    ],
)
def test_who_denies_is_told_apart(text: str, by: str, words: str) -> None:
    miss = missed(answered("AccessDenied", text, 403), OPERATION, "eu-west-1")
    assert miss.denied_by == by
    assert words in miss.detail


def test_the_permission_is_the_one_that_aws_names() -> None:
    text = "User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: sts:AssumeRole on resource: z"
    assert missed(answered("AccessDenied", text, 403), OPERATION, "eu-west-1").permission == "sts:AssumeRole"


@given(st.text(max_size=40), st.text(max_size=200), st.integers(0, 599))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_no_answer_is_ever_taken_for_nothing(code: str, text: str, status: int) -> None:
    miss = missed(answered(code, text, status), OPERATION, "eu-west-1")
    assert miss.status not in (CoverageStatus.EMPTY, CoverageStatus.COLLECTED)
    if len(text) > 30 and text not in code:
        assert text not in miss.detail  # what came from outside is judged, not repeated
