"""Endpoints of Amazon SageMaker with the configuration that they run, and registered versions of models."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, put, records, text, texts
from scanners.model import Asset, Relation

_CONFIG: Final = "EndpointConfig"


def endpoint(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An endpoint. `EndpointConfig` is the answer of `DescribeEndpointConfig` for the configuration that it runs."""
    name = text(document, "EndpointName") or ""
    subject = Subject(document, origin, text(document, "EndpointArn"), "sagemaker", f"endpoint/{name.lower()}")
    variants = records(document, f"{_CONFIG}.ProductionVariants") or []
    attributes: dict[str, Any] = {"processing_scope": "region"}
    types = {t for v in variants if (t := text(v, "InstanceType")) is not None}
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    models = sorted({m for v in variants if (m := text(v, "ModelName")) is not None})
    put(attributes, "model", models[0] if len(models) == 1 else None)
    captured = flag(document, f"{_CONFIG}.DataCaptureConfig.EnableCapture")
    if captured is None and is_null(document, f"{_CONFIG}.DataCaptureConfig"):
        captured = False
    put(attributes, "invocation_logging", captured)
    if is_null(document, f"{_CONFIG}.VpcConfig"):
        attributes["vpc"] = None
    put(attributes, "vpc", text(document, f"{_CONFIG}.VpcConfig.VpcId"))
    zones = texts(document, f"{_CONFIG}.VpcConfig.Zones") or []
    yield subject.asset(
        "ai.endpoint", "AWS::SageMaker::Endpoint", name, attributes,
        zone=zones[0] if len(zones) == 1 else None, created="CreationTime",
    )  # fmt: skip
    yield from subject.encrypted_by(f"{_CONFIG}.KmsKeyId")
    yield from subject.in_vpc(text(document, f"{_CONFIG}.VpcConfig.VpcId"))
    for served in models:
        yield Relation(subject.arn("sagemaker", f"model/{served.lower()}"), "deployed_as", subject.uid)
    if captured is not False:
        noted: dict[str, Any] = {"content_logged": True, "continuous": True}
        put(noted, "enabled", captured)
        put(noted, "key", subject.key(text(document, f"{_CONFIG}.DataCaptureConfig.KmsKeyId")))
        yield from subject.touches("logs_to", f"{_CONFIG}.DataCaptureConfig.DestinationS3Uri", noted)
    yield from subject.touches("writes", f"{_CONFIG}.AsyncInferenceConfig.OutputConfig.S3OutputPath")


def package(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A registered version of a model: its weights, who made it, and from what. `Policy` is that of its group."""
    arn = text(document, "ModelPackageArn")
    subject = Subject(document, origin, arn, "sagemaker", "model-package/unknown")
    name = "/".join((arn or "").split("/")[1:]) or text(document, "ModelPackageName")
    attributes: dict[str, Any] = {}
    put(attributes, "model_status", text(document, "ModelApprovalStatus"))
    if is_null(document, "SecurityConfig"):
        attributes["custody"] = "provider"
    yield subject.asset("ai.model", "AWS::SageMaker::ModelPackage", name, attributes, created="CreationTime")
    yield from subject.encrypted_by("SecurityConfig.KmsKeyId")
    for container in records(document, "InferenceSpecification.Containers") or []:
        for path in ("ModelDataUrl", "ModelDataSource.S3DataSource.S3Uri"):
            yield from subject.touches("reads", path, document=container)
    for path in ("SourceUri", "MetadataProperties.GeneratedBy"):
        made_by = text(document, path)
        yield from subject.relation("trained_from", made_by if made_by and made_by.startswith("arn:") else None)


TYPES: Final = (
    DocumentType(
        "AWS::SageMaker::Endpoint",
        "sagemaker",
        ("ai.endpoint",),
        (
            "EndpointArn", "EndpointName", "EndpointStatus", "EndpointConfigName", "CreationTime", "Tags",
            *(
                f"{_CONFIG}.{m}"
                for m in (
                    "EndpointConfigArn", "ProductionVariants[].ModelName", "ProductionVariants[].InstanceType",
                    "ProductionVariants[].InitialInstanceCount", "KmsKeyId", "DataCaptureConfig.EnableCapture",
                    "DataCaptureConfig.DestinationS3Uri", "DataCaptureConfig.KmsKeyId", "ExecutionRoleArn",
                    "AsyncInferenceConfig.OutputConfig.S3OutputPath", "EnableNetworkIsolation", "VpcConfig.Subnets",
                    "VpcConfig.VpcId", "VpcConfig.Zones",
                )
            ),
        ),
        endpoint,
    ),
    DocumentType(
        "AWS::SageMaker::ModelPackage",
        "sagemaker",
        ("ai.model",),
        (
            "ModelPackageArn", "ModelPackageName", "ModelPackageGroupName", "ModelPackageStatus",
            "ModelApprovalStatus", "CreationTime", "SecurityConfig.KmsKeyId", "SourceUri",
            "MetadataProperties.GeneratedBy", "InferenceSpecification.Containers[].ModelDataUrl",
            "InferenceSpecification.Containers[].ModelDataSource.S3DataSource.S3Uri", "Tags",
        ),
        package,
    ),
)  # fmt: skip
