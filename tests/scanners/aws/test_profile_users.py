"""Who uses an inference profile: not read, none, and known are three different answers."""

from typing import Any

import pytest

from scanners.aws.bedrock import TYPES
from scanners.documents import Origin, observe
from scanners.model import Asset

ARN = "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/p1"


def attributes(document: dict[str, Any]) -> dict[str, Any]:
    kind = next(t for t in TYPES if t.native_type == "AWS::Bedrock::ApplicationInferenceProfile")
    origin = Origin("c", "s", "bedrock:GetInferenceProfile", "111122223333", "eu-central-1")
    items = observe({"inferenceProfileArn": ARN, "inferenceProfileId": "p1", **document}, kind, origin)
    return next(item.attributes for item in items if isinstance(item, Asset) and item.kind == "ai.inference_profile")


@pytest.mark.parametrize(
    ("document", "used", "used_by"),
    [
        ({"Called": True}, True, "not read"),
        ({"Called": True, "UsedBy": []}, True, []),
        ({"UsedBy": ["a"]}, True, ["a"]),
        ({"UsedBy": []}, None, "not read"),
        ({}, "not read", "not read"),
    ],
)
def test_what_is_not_read_stays_absent(document: dict[str, Any], used: object, used_by: object) -> None:
    found = attributes(document)
    assert found.get("used", "not read") == used
    assert found.get("used_by", "not read") == used_by
