"""Models of services cut down to what is declared: nothing that is needed may be lost."""

from typing import Any

import botocore.session
import pytest

from scanners.aws.live.door import IDENTITY, Door, guard_of, new_session
from scanners.aws.live.models import Models
from scanners.aws.live.registry import operations
from scanners.guard import CallLog

WHOLE = botocore.session.Session()
CUT = botocore.session.Session()
CUT.register_component("data_loader", Models({o.key for o in operations()} | IDENTITY))
CLIENTS = sorted({o.client for o in operations()})


def shown(shape: Any, seen: tuple[str, ...] = ()) -> Any:
    """Everything that reading and writing needs to know of a shape."""
    if shape is None or shape.name in seen:
        return None
    seen = (*seen, shape.name)
    said = (shape.type_name, shape.serialization, {k: v for k, v in shape.metadata.items() if k != "examples"})
    if shape.type_name == "structure":
        return said, [(name, shown(member, seen)) for name, member in shape.members.items()]
    if shape.type_name == "list":
        return said, shown(shape.member, seen)
    if shape.type_name == "map":
        return said, shown(shape.key, seen), shown(shape.value, seen)
    return said


@pytest.mark.parametrize("client", CLIENTS)
def test_declared_operations_are_as_the_sdk_has_them(client: str) -> None:
    whole, cut = WHOLE.get_service_model(client), CUT.get_service_model(client)
    declared = {o.name for o in operations() if o.client == client}
    assert declared <= set(cut.operation_names)
    assert whole.metadata == cut.metadata
    for name in cut.operation_names:
        one, other = whole.operation_model(name), cut.operation_model(name)
        assert (one.http, one.auth_type, one.endpoint, one.static_context_parameters) == (
            other.http, other.auth_type, other.endpoint, other.static_context_parameters,
        )  # fmt: skip
        assert [(c.name, c.member_name) for c in one.context_parameters] == [
            (c.name, c.member_name) for c in other.context_parameters
        ]
        assert shown(one.input_shape) == shown(other.input_shape)
        assert shown(one.output_shape) == shown(other.output_shape)
        assert [e.name for e in one.error_shapes] == [e.name for e in other.error_shapes]


def test_what_is_not_declared_is_not_even_there() -> None:
    session = new_session()
    session.set_credentials("a", "b")
    door = Door(session, guard_of(operations()), CallLog())
    s3 = door.client("s3", "eu-central-1")
    assert hasattr(s3, "list_buckets")
    for gone in ("get_object", "put_object", "delete_bucket", "list_objects_v2"):
        assert not hasattr(s3, gone)
    assert set(door.client("secretsmanager", "eu-central-1").meta.method_to_api_mapping.values()) <= {
        o.name for o in operations() if o.client == "secretsmanager"
    }


def test_services_that_log_in_stay_whole() -> None:
    assert CUT.get_service_model("sso").operation_names == ["GetRoleCredentials"]
    assert "AssumeRole" in CUT.get_service_model("sts").operation_names
