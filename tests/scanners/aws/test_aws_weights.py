"""Whether the weights of a model can be taken elsewhere, as far as its document tells."""

from typing import Any

import pytest

from scanners.aws.bedrock_models import custom_model
from scanners.aws.sagemaker import model
from scanners.documents import Origin
from scanners.model import Asset

ORIGIN = Origin("c", "s", "o", "111122223333", "eu-central-1")


def exportable(normalise: Any, document: dict[str, Any]) -> bool | None:
    (asset,) = [item for item in normalise(document, ORIGIN) if isinstance(item, Asset)]
    return asset.attributes.get("exportable")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("FINE_TUNING", False), ("DISTILLATION", False), ("IMPORTED", None), ("SOMETHING_NEW", None), (None, None)],
)
def test_what_bedrock_trains_stays_with_bedrock(sort: str | None, expected: bool | None) -> None:
    document = {"modelArn": "arn:aws:bedrock:eu-central-1:111122223333:custom-model/x", "modelName": "x"}
    assert exportable(custom_model, {**document, **({"customizationType": sort} if sort else {})}) is expected


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ({"PrimaryContainer": {"ModelDataUrl": "s3://b/model.tar.gz"}}, True),
        ({"PrimaryContainer": {"ModelDataSource": {"S3DataSource": {"S3Uri": "s3://b/m/"}}}}, True),
        ({"Containers": [{"ModelDataUrl": "s3://b/m"}, {"Image": "i"}]}, None),
        ({"PrimaryContainer": {"ModelPackageName": "arn:aws:sagemaker:eu-central-1:1:model-package/p/1"}}, None),
        ({}, None),
    ],
)
def test_what_lies_in_a_bucket_can_be_taken_along(containers: dict[str, Any], expected: bool | None) -> None:
    assert exportable(model, {"ModelName": "m", **containers}) is expected
