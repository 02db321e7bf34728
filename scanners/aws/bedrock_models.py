"""Models of Amazon Bedrock that customers make, import, copy or reserve, and the jobs around them.

AWS Config does not record them. Hyperparameters and prompts are not kept.
"""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, arn_parts, region_place, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, put, records, text, texts
from scanners.model import Asset, Relation

_OVER: Final = frozenset({"Completed", "Failed", "Stopped", "PartiallyCompleted", "Expired"})
_HELD: Final = frozenset({"FINE_TUNING", "CONTINUED_PRE_TRAINING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING"})
_TRAINING: Final = (
    ("trainingDataConfig.s3Uri", "training"),
    ("trainingDataConfig.invocationLogsConfig.invocationLogSource.s3Uri", "prompts"),
)


def custom_model(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A customised model: from which job, base model and data it was made, and who holds its key."""
    subject = _subject(document, origin, "modelArn", "custom-model/unknown")
    attributes: dict[str, Any] = {"vendor_base": False}
    put(attributes, "model_status", text(document, "modelStatus"))
    base = text(document, "baseModelArn")
    put(attributes, "model_vendor", vendor_of(base))
    if text(document, "customizationType") in _HELD:
        attributes["exportable"] = False  # Bedrock gives the weights of such a model to nobody
    if is_null(document, "modelKmsKeyArn"):
        attributes["custody"] = "provider"
    name = text(document, "modelName")
    yield subject.asset("ai.model", "AWS::Bedrock::CustomModel", name, attributes, created="creationTime")
    yield from subject.encrypted_by("modelKmsKeyArn")
    yield from subject.relation("trained_from", text(document, "jobArn"))
    yield from subject.relation("trained_from", base)
    for path, _ in _TRAINING:
        yield from subject.touches("trained_from", path)


def customisation_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A fine-tuning, distillation or continued training: what it learns from and where its results go."""
    subject = _subject(document, origin, "jobArn", "model-customization-job/unknown")
    attributes = _times(document, "creationTime", "endTime")
    attributes["processing_scope"] = "region"  # Bedrock trains where the job was made; profiles are for calls only
    base = text(document, "baseModelArn")
    put(attributes, "model", base)
    put(attributes, "model_vendor", vendor_of(base))
    if is_null(document, "outputModelKmsKeyArn"):
        attributes["custody"] = "provider"
    native = "AWS::Bedrock::ModelCustomizationJob"
    yield subject.asset("ai.customization", native, text(document, "jobName"), attributes, created="creationTime")
    yield from subject.encrypted_by("outputModelKmsKeyArn")
    for path, channel in _TRAINING:
        yield from subject.touches("reads", path, {"channel": channel})
    for validator in records(document, "validationDataConfig.validators") or []:
        yield from subject.touches("reads", "s3Uri", {"channel": "validation"}, document=validator)
    yield from subject.touches("writes", "outputDataConfig.s3Uri")
    yield from subject.relation("reads", base, {"role": "weights"})
    teacher = "customizationConfig.distillationConfig.teacherModelConfig.teacherModelIdentifier"
    taught = text(document, teacher)
    yield from subject.relation("reads", taught if taught and taught.startswith("arn:") else None)
    made = text(document, "outputModelArn")
    if made:
        yield Relation(made, "trained_from", subject.uid)
    for subnet in texts(document, "vpcConfig.subnetIds") or []:
        yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}"))


def imported_model(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A model whose weights were brought in from a bucket."""
    subject = _subject(document, origin, "modelArn", "imported-model/unknown")
    attributes: dict[str, Any] = {}
    if is_null(document, "modelKmsKeyArn"):
        attributes["custody"] = "provider"
    name = text(document, "modelName")
    yield subject.asset("ai.model", "AWS::Bedrock::ImportedModel", name, attributes, created="creationTime")
    yield from subject.encrypted_by("modelKmsKeyArn")
    yield from subject.touches("reads", "modelDataSource.s3DataSource.s3Uri", {"role": "weights"})


def copy_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A copy of a model to another region or from another account; Bedrock lists it where the copy went."""
    subject = _subject(document, origin, "jobArn", "model-copy-job/unknown")
    attributes = {"continuous": False, "enabled": text(document, "status") == "InProgress"}
    name = text(document, "targetModelName")
    yield subject.asset("replication", "AWS::Bedrock::ModelCopyJob", name, attributes, created="creationTime")
    source, target = text(document, "sourceModelArn"), text(document, "targetModelArn")
    if source and target and text(document, "status") != "Failed":
        yield Relation(source, "replicates_to", target, {"continuous": False})


def provisioned(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Throughput that is reserved for one model in one region."""
    subject = _subject(document, origin, "provisionedModelArn", "provisioned-model/unknown")
    name = text(document, "provisionedModelName")
    return _served(subject, document, "AWS::Bedrock::ProvisionedModelThroughput", name, "creationTime")


def deployment(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A customised model that answers on demand."""
    subject = _subject(document, origin, "customModelDeploymentArn", "custom-model-deployment/unknown")
    name = text(document, "customModelDeploymentName")
    return _served(subject, document, "AWS::Bedrock::CustomModelDeployment", name, "createdAt")


def batch_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A batch of prompts from a bucket, answered into another."""
    subject = _subject(document, origin, "jobArn", "model-invocation-job/unknown")
    attributes = _times(document, "submitTime", "endTime")
    model = text(document, "modelId")
    put(attributes, "model", model)
    name = text(document, "jobName")
    yield subject.asset("training.job", "AWS::Bedrock::ModelInvocationJob", name, attributes, created="submitTime")
    yield from subject.touches("reads", "inputDataConfig.s3InputDataConfig.s3Uri")
    noted: dict[str, Any] = {}
    put(noted, "key", subject.key(text(document, "outputDataConfig.s3OutputDataConfig.s3EncryptionKeyId")))
    yield from subject.touches("writes", "outputDataConfig.s3OutputDataConfig.s3Uri", noted)
    yield from subject.relation("reads", model if model and model.startswith("arn:") else None, {"role": "weights"})


def vendor_of(model: str | None) -> str | None:
    """Who made a foundation model, as its ARN or id names it: `anthropic` of `…foundation-model/anthropic.claude`."""
    parts = arn_parts(model)
    if parts is None or not parts[4].startswith("foundation-model/"):
        return None
    vendor = parts[4].split("/", 1)[1].split(".", 1)
    return vendor[0] if len(vendor) == 2 else None


def _served(subject: Subject, document: Any, native: str, name: str | None, created: str) -> Iterator[Asset | Relation]:
    model = text(document, "modelArn")
    attributes: dict[str, Any] = {"processing_scope": "region"}
    if subject.region:
        attributes["processing_locs"] = [region_place(subject.region)]
    put(attributes, "model", model)
    put(attributes, "model_vendor", vendor_of(text(document, "foundationModelArn") or model))
    yield subject.asset("ai.endpoint", native, name, attributes, created=created)
    parts = arn_parts(model)
    if model and parts is not None and parts[3]:  # a vendor's model, which has no account, carries no data of anybody
        yield Relation(model, "deployed_as", subject.uid)


def _times(document: Any, start: str, end: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    put(found, "started_at", when_text(document, start))
    put(found, "ended_at", when_text(document, end))
    state = text(document, "status")
    if state is not None and state not in _OVER and "ended_at" not in found:
        found["ended_at"] = None  # it still runs
    return found


def _subject(document: Any, origin: Origin, arn: str, resource: str) -> Subject:
    return Subject(document, origin, text(document, arn), "bedrock", resource)


_DATA: Final = (
    "trainingDataConfig.s3Uri", "trainingDataConfig.invocationLogsConfig.usePromptResponse",
    "trainingDataConfig.invocationLogsConfig.invocationLogSource.s3Uri", "validationDataConfig.validators[].s3Uri",
    "outputDataConfig.s3Uri",
)  # fmt: skip

TYPES: Final = (
    DocumentType(
        "AWS::Bedrock::CustomModel", "bedrock", ("ai.model",),
        (
            "modelArn", "modelName", "jobArn", "baseModelArn", "customizationType", "modelKmsKeyArn", "creationTime",
            "modelStatus", *_DATA, "Tags",
        ),
        custom_model,
    ),
    DocumentType(
        "AWS::Bedrock::ModelCustomizationJob", "bedrock", ("ai.customization",),
        (
            "jobArn", "jobName", "status", "roleArn", "baseModelArn", "outputModelArn", "customizationType",
            "outputModelKmsKeyArn", "creationTime", "endTime", "vpcConfig.subnetIds", *_DATA,
            "customizationConfig.distillationConfig.teacherModelConfig.teacherModelIdentifier", "Tags",
        ),
        customisation_job,
    ),
    DocumentType(
        "AWS::Bedrock::ImportedModel", "bedrock", ("ai.model",),
        (
            "modelArn", "modelName", "jobArn", "modelArchitecture", "modelKmsKeyArn", "creationTime",
            "modelDataSource.s3DataSource.s3Uri", "Tags",
        ),
        imported_model,
    ),
    DocumentType(
        "AWS::Bedrock::ModelCopyJob", "bedrock", ("replication",),
        (
            "jobArn", "status", "creationTime", "targetModelArn", "targetModelName", "sourceAccountId",
            "sourceModelArn", "targetModelKmsKeyArn",
        ),
        copy_job,
    ),
    DocumentType(
        "AWS::Bedrock::ProvisionedModelThroughput", "bedrock", ("ai.endpoint",),
        (
            "provisionedModelArn", "provisionedModelName", "modelArn", "foundationModelArn", "modelUnits", "status",
            "commitmentDuration", "creationTime", "Tags",
        ),
        provisioned,
    ),
    DocumentType(
        "AWS::Bedrock::CustomModelDeployment", "bedrock", ("ai.endpoint",),
        ("customModelDeploymentArn", "customModelDeploymentName", "modelArn", "status", "createdAt", "Tags"),
        deployment,
    ),
    DocumentType(
        "AWS::Bedrock::ModelInvocationJob", "bedrock", ("training.job",),
        (
            "jobArn", "jobName", "modelId", "roleArn", "status", "submitTime", "endTime",
            "inputDataConfig.s3InputDataConfig.s3Uri", "inputDataConfig.s3InputDataConfig.s3BucketOwner",
            "outputDataConfig.s3OutputDataConfig.s3Uri", "outputDataConfig.s3OutputDataConfig.s3EncryptionKeyId",
            "outputDataConfig.s3OutputDataConfig.s3BucketOwner", "Tags",
        ),
        batch_job,
    ),
)  # fmt: skip
