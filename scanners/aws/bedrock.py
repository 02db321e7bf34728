"""Amazon Bedrock: knowledge bases, inference profiles, guardrails."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.subject import Subject, arn_parts, named, region_place
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, put, records, text, texts
from scanners.model import Asset, Relation
from scanners.references import uid_of

_STORES: Final = (
    "opensearchServerlessConfiguration.collectionArn",
    "opensearchManagedClusterConfiguration.domainArn",
    "rdsConfiguration.resourceArn",
    "neptuneAnalyticsConfiguration.graphArn",
    "s3VectorsConfiguration.indexArn",
)
_VENDORS: Final = (
    ("pineconeConfiguration.connectionString", "Pinecone"),
    ("mongoDbAtlasConfiguration.endpoint", "MongoDB"),
    ("redisEnterpriseCloudConfiguration.endpoint", "Redis"),
)
_SITES: Final = tuple(
    f"dataSourceConfiguration.{kind}Configuration.sourceConfiguration.hostUrl" for kind in ("confluence", "salesforce")
)
_SHAREPOINT: Final = "dataSourceConfiguration.sharePointConfiguration.sourceConfiguration.siteUrls"
_BETWEEN: Final = "vectorIngestionConfiguration.customTransformationConfiguration.intermediateStorage.s3Location.uri"
_PARSER: Final = "vectorIngestionConfiguration.parsingConfiguration.bedrockFoundationModelConfiguration.modelArn"
_SOURCE: Final = (
    "dataSourceId",
    "dataDeletionPolicy",
    "dataSourceConfiguration.type",
    "dataSourceConfiguration.s3Configuration.bucketArn",
    "dataSourceConfiguration.s3Configuration.bucketOwnerAccountId",
    *_SITES,
    _SHAREPOINT,
    _BETWEEN,
    _PARSER,
    "serverSideEncryptionConfiguration.kmsKeyArn",
)


def knowledge_base(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A knowledge base: the model that makes its vectors and the store that keeps them, of AWS or of another vendor."""
    identity = text(document, "knowledgeBaseId") or ""
    subject = Subject(document, origin, text(document, "knowledgeBaseArn"), "bedrock", f"knowledge-base/{identity}")
    embedding = text(document, "knowledgeBaseConfiguration.vectorKnowledgeBaseConfiguration.embeddingModelArn")
    stores: list[dict[str, str | None]] = []
    for path, vendor in _VENDORS:
        address = text(document, f"storageConfiguration.{path}")
        if address is not None:
            host = address.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1].lower()
            stores.append({"uid": f"external:https://{host}", "saas_vendor": vendor})
    stores.extend(
        {"uid": arn, "saas_vendor": None} for path in _STORES if (arn := text(document, f"storageConfiguration.{path}"))
    )
    attributes: dict[str, Any] = {}
    if stores:
        attributes["linked_stores"] = stores
    put(attributes, "model", embedding)
    name = text(document, "name") or identity
    yield subject.asset("ai.customization", "AWS::Bedrock::KnowledgeBase", name, attributes, created="createdAt")
    yield from subject.relation("reads", embedding)
    for store in stores:
        yield from subject.relation("writes", store["uid"])
    for source in records(document, "DataSources") or []:
        yield from _source(subject, source)


def _source(subject: Subject, source: Mapping[str, Any]) -> Iterator[Relation]:
    """What one source of a knowledge base brings in; its key guards it while it is brought in."""
    bucket = text(source, "dataSourceConfiguration.s3Configuration.bucketArn")
    yield from subject.relation("reads", subject.bucket(bucket), {"continuous": True})
    for path in _SITES:
        yield from subject.touches("reads", path, {"continuous": True}, document=source)
    for site in texts(source, _SHAREPOINT) or []:
        yield from subject.relation("reads", uid_of(site), {"continuous": True})
    yield from subject.touches("writes", _BETWEEN, {"role": "staging"}, document=source)
    parser = text(source, _PARSER)
    yield from subject.relation("reads", parser, {"role": "weights"})


def inference_profile(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A routing profile that the customer made, and the regions that may compute for it."""
    identity = text(document, "inferenceProfileId") or ""
    arn = text(document, "inferenceProfileArn")
    subject = Subject(document, origin, arn, "bedrock", f"application-inference-profile/{identity}")
    models = [m for entry in records(document, "models") or [] if (m := text(entry, "modelArn")) is not None]
    regions = {parts[2] for m in models if (parts := arn_parts(m)) is not None}
    attributes: dict[str, Any] = {
        "profile_type": "system" if text(document, "type") == "SYSTEM_DEFINED" else "application"
    }
    if models:
        if "" in regions:  # the ARN of a model without a region stands for every commercial region
            attributes["processing_scope"] = "global"
        else:
            attributes["processing_scope"] = "region" if len(regions) == 1 else "zone"
            attributes["processing_locs"] = [region_place(region) for region in sorted(regions)]
    users = texts(document, "UsedBy")
    called = flag(document, "Called")
    if called:
        attributes["used"] = True
        put(attributes, "used_by", users)  # metrics show calls, not who made them
    elif users:
        attributes["used"] = True
        attributes["used_by"] = users
    elif users is not None:
        attributes["used"] = None  # agents do not use it; programs that call it leave no trace here
    name = named(document, "inferenceProfileName") or identity
    yield subject.asset(
        "ai.inference_profile", "AWS::Bedrock::ApplicationInferenceProfile", name, attributes, created="createdAt"
    )
    for one in models:
        yield from subject.relation("reads", one)


def guardrail(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A guardrail for prompts and answers."""
    identity = text(document, "guardrailId") or ""
    arn = text(document, "guardrailArn")
    subject = Subject(document, origin, arn, "bedrock", f"guardrail/{identity}")
    name = text(document, "name") or identity
    attributes: dict[str, Any] = {"type": "ai_scope"}
    _, _, profile = (text(document, "crossRegionDetails.guardrailProfileArn") or "").partition(":guardrail-profile/")
    if is_null(document, "crossRegionDetails") and subject.region:
        attributes["guardrail_locs"] = [region_place(subject.region)]
    elif profile:  # which regions it means, the catalogue knows: no answer of Bedrock lists them
        where = {"kind": "multi_region", "region": profile, "service": "bedrock-guardrails"}
        attributes["guardrail_locs"] = [where]
    yield subject.asset("governance.policy", "AWS::Bedrock::Guardrail", name, attributes, created="createdAt")
    yield from subject.encrypted_by("kmsKeyArn")


TYPES: Final = (
    DocumentType(
        "AWS::Bedrock::KnowledgeBase",
        "bedrock",
        ("ai.customization",),
        (
            "knowledgeBaseId",
            "knowledgeBaseArn",
            "name",
            "roleArn",
            "createdAt",
            "knowledgeBaseConfiguration.type",
            "knowledgeBaseConfiguration.vectorKnowledgeBaseConfiguration.embeddingModelArn",
            "storageConfiguration.type",
            *(f"storageConfiguration.{path}" for path in _STORES),
            *(f"storageConfiguration.{path}" for path, _ in _VENDORS),
            *(f"DataSources[].{path}" for path in _SOURCE),
            "tags",
        ),
        knowledge_base,
    ),
    DocumentType(
        "AWS::Bedrock::ApplicationInferenceProfile",
        "bedrock",
        ("ai.inference_profile",),
        (
            "inferenceProfileId",
            "inferenceProfileArn",
            "inferenceProfileName",
            "type",
            "status",
            "models[].modelArn",
            "createdAt",
            "UsedBy",
            "Called",
            "tags",
        ),
        inference_profile,
    ),
    DocumentType(
        "AWS::Bedrock::Guardrail",
        "bedrock",
        ("governance.policy",),
        (
            "guardrailId",
            "guardrailArn",
            "name",
            "version",
            "kmsKeyArn",
            "crossRegionDetails.guardrailProfileArn",
            "createdAt",
            "tags",
        ),
        guardrail,
    ),
)
