"""Vertex AI: models, endpoints, datasets, feature stores, indexes and what keeps their metadata."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import bigquery_name, full_name, last
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.gcp.vertex_jobs import HOST, machines
from scanners.members import flag, has, member, record, records, text, texts
from scanners.model import Asset, Relation

_OWN: Final = frozenset({"AUTOML", "CUSTOM", "BQML"})


def _model(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    yield from subject.encryption("ai.model", attributes, text(data, "encryptionSpec.kmsKeyName"))
    source = text(data, "modelSourceInfo.sourceType")
    garden = text(data, "baseModelSource.modelGardenSource.publicModelName")
    if garden or source in ("MODEL_GARDEN", "MARKETPLACE"):
        attributes["vendor_base"] = True
        parts = (garden or "").split("/")
        put_any(attributes, model_vendor=parts[1] if parts[0] == "publishers" and len(parts) > 1 else None)
    elif source in _OWN:
        attributes["vendor_base"] = False
    formats = records(data, "supportedExportFormats")
    artefact = text(data, "artifactUri")
    if formats or artefact:
        attributes["exportable"] = True
    elif formats == [] or (data is not None and has(data, "createTime") and not member(data, "supportedExportFormats")):
        attributes["exportable"] = False  # "If empty, this Model is not available for export."
    recipe = [text(data, "trainingPipeline"), text(data, "pipelineJob")]
    if any(recipe):
        attributes["recipe_retained"] = True
    yield subject.asset("ai.model", subject.place(), attributes, name=text(data, "displayName"))
    yield from subject.links("trained_from", *recipe, service=HOST)
    if garden:
        yield subject.relation("trained_from", f"external:{garden}")
    yield from subject.data_at("reads", artefact, role="weights")
    for deployed in records(data, "deployedModels") or []:
        yield from subject.links("deployed_as", text(deployed, "endpoint"), service=HOST)


def _reach(data: Any, attributes: dict[str, Any]) -> None:
    """Whether an endpoint is open to the internet. Without network and private connection it answers publicly."""
    private = [
        text(data, "network") is not None,
        flag(data, "enablePrivateServiceConnect") is True,
        flag(data, "privateServiceConnectConfig.enablePrivateServiceConnect") is True,
    ]
    if any(private):
        attributes |= {"public_network": False, "private_endpoint": True}
    elif has(data, "createTime") and not has(data, "network"):
        attributes |= {"public_network": True, "private_endpoint": False}
    if text(data, "network") or (has(data, "createTime") and not has(data, "network")):
        attributes["vpc"] = last(text(data, "network"))


def _endpoint(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    location = subject.place()
    attributes: dict[str, Any] = {"processing_scope": "global" if location.kind.value == "global" else "region"}
    _reach(data, attributes)
    deployed = records(data, "deployedModels") or []
    pools: list[Mapping[str, Any]] = []
    for model in deployed:
        spec = record(model, "dedicatedResources.machineSpec")
        if spec is not None:
            now = whole(model, "status.availableReplicaCount")
            least = whole(model, "dedicatedResources.minReplicaCount")
            pools.append({"machineSpec": spec, "replicaCount": now if now is not None else least})
    found = machines(pools)
    found.pop("node_count", None)
    attributes |= found
    put_any(attributes, model=next((last(m) for d in deployed if (m := text(d, "model"))), None))
    if flag(data, "predictRequestResponseLoggingConfig.enabled") is True:
        attributes["invocation_logging"] = True
        table = bigquery_name(text(data, "predictRequestResponseLoggingConfig.bigqueryDestination.outputUri"))
        if table:
            yield subject.relation("logs_to", table, content_logged=True)
    yield from subject.encryption("ai.endpoint", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield subject.asset("ai.endpoint", location, attributes, name=text(data, "displayName"))
    for model in deployed:
        uid = full_name((text(model, "model") or "").split("@")[0] or None, HOST)
        if uid:
            yield Relation(uid, "deployed_as", subject.uid)


def _dataset(subject: Subject) -> Iterator[Asset | Relation]:
    """A managed dataset: records about data in a bucket or table, and a bucket that Google made for it."""
    data = subject.data
    attributes: dict[str, Any] = {}
    yield from subject.encryption("warehouse", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield subject.asset("warehouse", subject.place(), attributes, name=text(data, "displayName"))
    bucket = text(data, "metadata.gcsBucket")
    if bucket:
        yield from subject.data_at("writes", f"gs://{bucket}", role="staging")
    for uris in ("metadata.inputConfig.gcsSource.uri", "metadata.inputConfig.gcsSource.uris"):
        stated = texts(data, uris) or [text(data, uris)]
        yield from subject.data_at("reads", *stated, role="dataset")
    for uri in ("metadata.inputConfig.bigquerySource.uri", "metadata.inputConfig.bigquerySource.inputUri"):
        yield from subject.data_at("reads", text(data, uri), role="dataset")


def _store(subject: Subject) -> Iterator[Asset | Relation]:
    """Feature stores, vector indexes, corpora, TensorBoards and metadata stores: databases of the service."""
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "encryptionSpec.kmsKeyName")
    yield from subject.encryption("database.instance", attributes, key)
    name = text(data, "displayName")
    yield subject.asset("database.instance", subject.place(), attributes, name=name)
    yield from subject.data_at("reads", text(data, "metadata.contentsDeltaUri"), role="dataset")
    bucket = text(data, "blobStoragePathPrefix")
    if bucket:
        yield from subject.data_at("writes", f"gs://{bucket.removeprefix('gs://')}", role="telemetry")


def _index_endpoint(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {"processing_scope": "region"}
    public = flag(data, "publicEndpointEnabled")
    _reach(data, attributes)
    if public is not None:
        attributes["public_network"] = public
    elif has(data, "createTime") and not has(data, "publicEndpointEnabled"):
        attributes["public_network"] = False  # Google leaves out what is false
    yield from subject.encryption("ai.endpoint", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield subject.asset("ai.endpoint", subject.place(), attributes, name=text(data, "displayName"))
    for deployed in records(data, "deployedIndexes") or []:
        yield from subject.links("reads", text(deployed, "index"), service=HOST)


def _engine(subject: Subject) -> Iterator[Asset | Relation]:
    """An agent (reasoning engine)."""
    attributes: dict[str, Any] = {"processing_scope": "region"}
    yield from subject.encryption("ai.endpoint", attributes, text(subject.data, "encryptionSpec.kmsKeyName"))
    yield subject.asset("ai.endpoint", subject.place(), attributes, name=text(subject.data, "displayName"))


def _cached(subject: Subject) -> Iterator[Asset | Relation]:
    """A cache of prompt content, kept until it expires."""
    data = subject.data
    location = subject.place()
    attributes: dict[str, Any] = {"processing_scope": "global" if location.kind.value == "global" else "region"}
    put_any(attributes, model=last(text(data, "model")))
    yield from subject.encryption("ai.customization", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield subject.asset("ai.customization", location, attributes, name=text(data, "displayName"))


def _pool(subject: Subject) -> Iterator[Asset | Relation]:
    spec = record(subject.data, "dedicatedResources")
    pool = {"machineSpec": record(spec, "machineSpec"), "replicaCount": whole(spec, "minReplicaCount")}
    yield subject.asset("compute.nodegroup", subject.place(), machines([pool]), labels_at=None)


_COMMON: Final = ("createTime", "displayName", "encryptionSpec", "labels", "name")
_NETWORK: Final = ("network", "enablePrivateServiceConnect", "privateServiceConnectConfig")


def _type(name: str, kind: str, members: tuple[str, ...], describe: Any) -> DocumentType:
    return gcp_type(f"{HOST}/{name}", "aiplatform", (kind,), (*_COMMON, *members), describe)


TYPES: tuple[DocumentType, ...] = (
    _type(
        "Model",
        "ai.model",
        (
            *("artifactUri", "baseModelSource", "deployedModels[].endpoint", "modelSourceInfo", "pipelineJob"),
            *("supportedExportFormats", "trainingPipeline", "versionId"),
        ),
        _model,
    ),
    _type(
        "Endpoint",
        "ai.endpoint",
        (
            *_NETWORK,
            *("deployedModels[].model", "deployedModels[].dedicatedResources.machineSpec", "dedicatedEndpointEnabled"),
            *("deployedModels[].dedicatedResources.minReplicaCount", "deployedModels[].status.availableReplicaCount"),
            "predictRequestResponseLoggingConfig",
        ),
        _endpoint,
    ),
    _type("Dataset", "warehouse", ("metadata.gcsBucket", "metadata.inputConfig", "metadataSchemaUri"), _dataset),
    *(
        _type(name, "database.instance", ("blobStoragePathPrefix", "metadata.contentsDeltaUri", "state"), _store)
        for name in ("Featurestore", "FeatureOnlineStore", "Index", "MetadataStore", "RagCorpus", "Tensorboard")
    ),
    _type(
        "IndexEndpoint", "ai.endpoint", (*_NETWORK, "deployedIndexes[].index", "publicEndpointEnabled"), _index_endpoint
    ),
    _type("ReasoningEngine", "ai.endpoint", (), _engine),
    _type("CachedContent", "ai.customization", ("expireTime", "model"), _cached),
    _type(
        "DeploymentResourcePool",
        "compute.nodegroup",
        ("dedicatedResources.machineSpec", "dedicatedResources.minReplicaCount"),
        _pool,
    ),
)
