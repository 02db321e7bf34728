"""The guard in front of boto3: what is not declared never leaves the machine, and every call is counted."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import botocore.loaders
import botocore.session
import pytest

from scanners.aws.live.declare import op
from scanners.aws.live.door import Door, guard_of, new_session
from scanners.guard import Call, CallLog, Guard, RefusedError


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that answers nothing but notes who connects."""
    server = socket.create_server(("127.0.0.1", 0))
    came: list[str] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            came.append("connection")
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", came
    server.close()


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models of services as the SDK ships them, so that the guard stands alone: a client then has every function,
    also those that a scan's own clients are made without."""
    loader = botocore.loaders.Loader()
    monkeypatch.setattr("scanners.aws.live.door._models", lambda _: loader)


def door_to(endpoint: str | None, *names: str) -> Door:
    session = new_session()
    session.set_credentials("testing", "testing")
    guard = guard_of(op("s3", name) for name in names)
    return Door(session, guard, CallLog(), endpoint=endpoint, attempts=1, connect_timeout=1, read_timeout=1)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("get_object", {"Bucket": "b", "Key": "k"}),
        ("list_objects_v2", {"Bucket": "b"}),
        ("delete_bucket", {"Bucket": "b"}),
        ("put_bucket_policy", {"Bucket": "b", "Policy": "{}"}),
        ("get_bucket_policy", {"Bucket": "b"}),  # harmless, but not declared here
    ],
)
@pytest.mark.usefixtures("whole")
def test_what_is_not_declared_is_not_sent(
    method: str, parameters: dict[str, Any], listener: tuple[str, list[str]]
) -> None:
    endpoint, came = listener
    client = door_to(endpoint, "ListBuckets").client("s3", "eu-west-1")
    with pytest.raises(RefusedError, match="it was not sent"):
        getattr(client, method)(**parameters)
    assert came == []


@pytest.mark.usefixtures("whole")
def test_a_signed_address_of_contents_cannot_be_made() -> None:
    client = door_to(None, "ListBuckets").client("s3", "eu-west-1")
    with pytest.raises(RefusedError):
        client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})


def test_besides_the_guard_the_function_is_not_even_there() -> None:
    client = door_to(None, "ListBuckets").client("s3", "eu-west-1")
    assert sorted(client.meta.method_to_api_mapping.values()) == ["ListBuckets"]
    assert not hasattr(client, "get_object")
    with pytest.raises(botocore.exceptions.UnknownClientMethodError):
        client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})


def test_what_is_declared_is_sent_and_logged(listener: tuple[str, list[str]]) -> None:
    endpoint, came = listener
    door = door_to(endpoint, "ListBuckets")
    door.account = "123456789012"
    client = door.client("s3", "eu-west-1")
    with pytest.raises(Exception, match="onnection"):
        client.list_buckets()
    assert came
    [row] = door._log.counts()
    assert (row.operation, row.account, row.region, row.calls) == ("s3.ListBuckets", "123456789012", "eu-west-1", 1)
    assert row.status != "ok"


def test_nothing_goes_out_unencrypted_to_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    door = door_to(None, "ListBuckets")
    client = door.client("s3", "eu-west-1")
    client._endpoint.host = "http://s3.eu-west-1.amazonaws.com"
    monkeypatch.setattr(client, "_resolve_endpoint_ruleset", lambda *_: ("http://s3.eu-west-1.amazonaws.com", {}, {}))
    with pytest.raises(RefusedError, match="unencrypted"):
        client.list_buckets()


def test_a_client_made_behind_the_back_of_the_door_meets_the_guard_too() -> None:
    session = new_session()
    session.set_credentials("testing", "testing")
    Door(session, Guard([]), CallLog())
    client: Any = session.create_client("kms", region_name="eu-west-1")
    with pytest.raises(RefusedError, match=r"kms\.Decrypt"):
        client.decrypt(CiphertextBlob=b"x")


def test_other_sessions_are_left_alone() -> None:
    door_to(None, "ListBuckets")
    session = botocore.session.Session()
    session.set_credentials("testing", "testing")
    client: Any = session.create_client("s3", region_name="eu-west-1")
    assert client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})


def test_the_log_counts_by_operation_place_and_status() -> None:
    log = CallLog()
    for seconds in (0.1, 0.4):
        log.add(Call("s3.ListBuckets", "1", "eu-west-1", "ok", 1, seconds))
    log.add(Call("s3.ListBuckets", "1", "eu-west-1", "AccessDenied", 3, 0.2))
    assert [(c.status, c.calls, c.attempts, c.seconds, c.slowest) for c in log.counts()] == [
        ("AccessDenied", 1, 3, 0.2, 0.2),
        ("ok", 2, 2, 0.5, 0.4),
    ]
    assert log.total == 3
