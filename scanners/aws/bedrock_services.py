"""What is built with Amazon Bedrock around its models: endpoints from the marketplace, routers of prompts, flows,
evaluations, imports, guardrails for a whole account, and which models are called. Prompts are not kept."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.regions import region, subject_of
from scanners.aws.subject import Subject, arn_parts, region_place, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, put, records, text, texts
from scanners.model import Asset, Relation

_OVER: Final = frozenset({"Completed", "Failed", "Stopped"})


def marketplace_endpoint(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A model from the marketplace on machines of one's own: an endpoint of SageMaker that Bedrock calls."""
    subject = _subject(document, origin, "endpointArn", "marketplace/model-endpoint/unknown")
    attributes: dict[str, Any] = {"processing_scope": "region"}
    put(attributes, "instance_type", text(document, "endpointConfig.sageMaker.instanceType"))
    put(attributes, "model", text(document, "modelSourceIdentifier"))
    native = "AWS::Bedrock::MarketplaceModelEndpoint"
    name = subject.uid.rsplit("/", 1)[-1]
    yield subject.asset("ai.endpoint", native, name, attributes, created="createdAt")
    yield from subject.encrypted_by("endpointConfig.sageMaker.kmsEncryptionKey")


def prompt_router(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A router that picks one of several models for each prompt; where each computes follows from its ARN."""
    subject = _subject(document, origin, "promptRouterArn", "prompt-router/unknown")
    models = [m for entry in records(document, "models") or [] if (m := text(entry, "modelArn")) is not None]
    regions = {parts[2] for m in models if (parts := arn_parts(m)) is not None}
    attributes: dict[str, Any] = {}
    if models and not any("inference-profile/" in m for m in models):
        attributes["processing_scope"] = "global" if "" in regions else "region" if len(regions) == 1 else "zone"
        if "" not in regions:
            attributes["processing_locs"] = [region_place(one) for one in sorted(regions)]
    name = text(document, "promptRouterName")
    yield subject.asset("ai.endpoint", "AWS::Bedrock::PromptRouter", name, attributes, created="createdAt")
    for model in models:
        yield from subject.relation("reads", model)


def flow(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A flow of prompts, models and stores."""
    subject = _subject(document, origin, "arn", f"flow/{text(document, 'id')}")
    parts = [entry for node in records(document, "definition.nodes") or [] if (entry := node.get("configuration"))]
    models = {m for part in parts for path in _MODELS if (m := text(part, path)) is not None}
    attributes: dict[str, Any] = {}
    put(attributes, "model", next(iter(models)) if len(models) == 1 else None)
    yield subject.asset("ai.endpoint", "AWS::Bedrock::Flow", text(document, "name"), attributes, created="createdAt")
    yield from subject.encrypted_by("customerEncryptionKeyArn")
    for model in sorted(models):
        yield from subject.relation("reads", model if model.startswith("arn:") else None)
    for part in parts:
        base = text(part, "knowledgeBase.knowledgeBaseId")
        yield from subject.relation("reads", subject.arn("bedrock", f"knowledge-base/{base}") if base else None)
        yield from subject.relation("reads", subject.bucket(text(part, f"retrieval.{_S3}")), {"continuous": True})
        yield from subject.relation("writes", subject.bucket(text(part, f"storage.{_S3}")), {"continuous": True})


def evaluation_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An evaluation of models, by programs or by people."""
    subject = _subject(document, origin, "jobArn", "evaluation-job/unknown")
    attributes: dict[str, Any] = {}
    put(attributes, "started_at", when_text(document, "creationTime"))
    status = text(document, "status")
    if status is not None and status not in _OVER:
        attributes["ended_at"] = None
    name = text(document, "jobName")
    yield subject.asset("training.job", "AWS::Bedrock::EvaluationJob", name, attributes, created="creationTime")
    key = subject.key(text(document, "customerEncryptionKeyId"))
    yield from subject.touches("writes", "outputDataConfig.s3Uri", {"key": key} if key else {})
    for way in ("automated", "human"):
        for entry in records(document, f"evaluationConfig.{way}.datasetMetricConfigs") or []:
            yield from subject.touches("reads", "dataset.datasetLocation.s3Uri", document=entry)
    for entry in records(document, "inferenceConfig.models") or []:
        model = text(entry, "bedrockModel.modelIdentifier")
        yield from subject.relation("reads", model if model and model.startswith("arn:") else None)


def import_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The import of a model's weights from a bucket."""
    subject = _subject(document, origin, "jobArn", "model-import-job/unknown")
    attributes: dict[str, Any] = {"processing_scope": "region"}  # weights are brought in where the job was made
    put(attributes, "started_at", when_text(document, "creationTime"))
    put(attributes, "ended_at", when_text(document, "endTime"))
    if text(document, "status") == "InProgress":
        attributes["ended_at"] = None
    made = text(document, "importedModelArn")
    put(attributes, "model", made)
    if is_null(document, "importedModelKmsKeyArn"):
        attributes["custody"] = "provider"
    native = "AWS::Bedrock::ModelImportJob"
    yield subject.asset("ai.customization", native, text(document, "jobName"), attributes, created="creationTime")
    yield from subject.encrypted_by("importedModelKmsKeyArn")
    yield from subject.touches("reads", "modelDataSource.s3DataSource.s3Uri", {"role": "weights"})
    if made:
        yield Relation(made, "trained_from", subject.uid)


def enforced_guardrail(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A guardrail that every call of the account in this region passes: it filters what is said, not where."""
    subject = Subject(document, origin, None, "bedrock", f"enforced-guardrail/{text(document, 'configId')}")
    attributes: dict[str, Any] = {"type": "other", "enforced": True, "scope_path": subject.account}
    name = f"Enforced guardrail {text(document, 'guardrailId') or ''}".strip()
    native = "AWS::Bedrock::EnforcedGuardrail"
    yield subject.asset("governance.policy", native, name, attributes, created="createdAt")
    yield from subject.relation("member_of", text(document, "guardrailArn"))


def usage(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Which models and profiles were called in this region lately, as the names of metrics tell.

    Metrics are forgotten after two weeks without calls, so that an empty list shows nothing and is not stated.
    """
    models = texts(document, "Models")
    if models:
        subject = subject_of(document, origin)
        yield region(subject, {"used_models": sorted(set(models))})


def _subject(document: Any, origin: Origin, arn: str, resource: str) -> Subject:
    return Subject(document, origin, text(document, arn), "bedrock", resource)


_S3: Final = "serviceConfiguration.s3.bucketName"
_INLINE: Final = "prompt.sourceConfiguration.inline.modelId"
_MODELS: Final = (_INLINE, "knowledgeBase.modelId")
_NODE: Final = "definition.nodes[].configuration"

MARKETPLACE: Final = DocumentType(
    "AWS::Bedrock::MarketplaceModelEndpoint",
    "bedrock",
    ("ai.endpoint",),
    (
        "endpointArn",
        "modelSourceIdentifier",
        "status",
        "createdAt",
        "endpointConfig.sageMaker.instanceType",
        "endpointConfig.sageMaker.kmsEncryptionKey",
        "endpointConfig.sageMaker.executionRole",
    ),
    marketplace_endpoint,
)
ROUTER: Final = DocumentType(
    "AWS::Bedrock::PromptRouter",
    "bedrock",
    ("ai.endpoint",),
    (
        "promptRouterArn",
        "promptRouterName",
        "type",
        "status",
        "createdAt",
        "models[].modelArn",
        "fallbackModel.modelArn",
    ),
    prompt_router,
)
FLOW: Final = DocumentType(
    "AWS::Bedrock::Flow",
    "bedrock",
    ("ai.endpoint",),
    (
        "arn",
        "id",
        "name",
        "status",
        "createdAt",
        "customerEncryptionKeyArn",
        "executionRoleArn",
        f"{_NODE}.{_INLINE}",
        f"{_NODE}.knowledgeBase.modelId",
        f"{_NODE}.knowledgeBase.knowledgeBaseId",
        f"{_NODE}.agent.agentAliasArn",
        f"{_NODE}.retrieval.{_S3}",
        f"{_NODE}.storage.{_S3}",
    ),
    flow,
)
EVALUATION: Final = DocumentType(
    "AWS::Bedrock::EvaluationJob",
    "bedrock",
    ("training.job",),
    (
        "jobArn",
        "jobName",
        "jobType",
        "applicationType",
        "status",
        "creationTime",
        "roleArn",
        "customerEncryptionKeyId",
        "outputDataConfig.s3Uri",
        *(
            f"evaluationConfig.{way}.datasetMetricConfigs[].dataset.datasetLocation.s3Uri"
            for way in ("automated", "human")
        ),
        "inferenceConfig.models[].bedrockModel.modelIdentifier",
    ),
    evaluation_job,
)
IMPORT: Final = DocumentType(
    "AWS::Bedrock::ModelImportJob",
    "bedrock",
    ("ai.customization",),
    (
        "jobArn",
        "jobName",
        "status",
        "roleArn",
        "creationTime",
        "endTime",
        "importedModelArn",
        "importedModelKmsKeyArn",
        "modelDataSource.s3DataSource.s3Uri",
    ),
    import_job,
)
ENFORCED: Final = DocumentType(
    "AWS::Bedrock::EnforcedGuardrail",
    "bedrock",
    ("governance.policy",),
    ("configId", "guardrailArn", "guardrailId", "guardrailVersion", "owner", "createdAt", "modelEnforcement"),
    enforced_guardrail,
)
USAGE: Final = DocumentType("AWS::Bedrock::Usage", "bedrock", ("account.region",), ("Models",), usage)
