"""Vertex AI: jobs that train, tune, predict or transform."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType, is_written
from scanners.gcp.names import full_name, last
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.gcp.tpu import chips
from scanners.members import date_text, has, record, records, text, texts
from scanners.model import Asset, Relation

HOST: Final = "aiplatform.googleapis.com"
_DONE: Final = ("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED")
_ARGUMENTS: Final = ("containerSpec.args", "containerSpec.command", "containerSpec.env", "pythonPackageSpec.args")
_POOL: Final = (
    *("machineSpec", "replicaCount", "containerSpec.imageUri", "diskSpec.bootDiskType", "nfsMounts", "lustreMounts"),
    "pythonPackageSpec.env[].name",
)


def job_members(at: str) -> tuple[str, ...]:
    """What is kept of a `CustomJobSpec` at this path: addresses in arguments and variables, never the arguments."""
    pools = f"{at}.workerPoolSpecs[]"
    return (
        *(
            f"{at}.{m}"
            for m in ("baseOutputDirectory", "network", "pscInterfaceConfig.networkAttachment", "tensorboard")
        ),
        *(f"{at}.{m}" for m in ("persistentResourceId", "protectedArtifactLocationId", "models")),
        *(f"{pools}.{m}" for m in _POOL if not m.startswith("pythonPackageSpec")),
        *(f"arguments:{pools}.{m}" for m in _ARGUMENTS),
    )


def spans(data: Any) -> dict[str, Any]:
    """`started_at` and `ended_at`; a job that runs has no end, a job that waits neither."""
    found: dict[str, Any] = {}
    state = text(data, "state") or ""
    put_any(found, started_at=date_text(data, "startTime"), ended_at=date_text(data, "endTime"))
    if "ended_at" not in found and state and not state.endswith(_DONE):
        found["ended_at"] = None
    return found


def machines(pools: list[Mapping[str, Any]] | None) -> dict[str, Any]:
    """Type, machines and accelerators of worker pools, as far as every pool states them."""
    found: dict[str, Any] = {}
    counts: list[int | None] = []
    nodes: list[int | None] = []
    chosen: Mapping[str, Any] | None = None
    for pool in pools or []:
        spec = record(pool, "machineSpec")
        replicas = whole(pool, "replicaCount")
        nodes.append(replicas)
        each = whole(spec, "acceleratorCount") or chips(text(spec, "tpuTopology"))
        counts.append(each * replicas if each is not None and replicas is not None else 0 if each is None else None)
        if spec is not None and (chosen is None or (each and not whole(chosen, "acceleratorCount"))):
            chosen = spec
    put_any(found, instance_type=text(chosen, "machineType"))
    if nodes and None not in nodes:
        found["node_count"] = sum(n for n in nodes if n is not None)
    model = text(chosen, "acceleratorType")
    if model and model != "ACCELERATOR_TYPE_UNSPECIFIED":
        found["gpu_model"] = model
    total = sum(c for c in counts if c is not None)
    if None not in counts and total:  # no stated accelerator: the type decides, and the catalogue knows it
        found["gpu_count"] = total
    return found


def job_facts(subject: Subject, at: str, attributes: dict[str, Any]) -> Iterator[Relation]:
    """Attributes and relations of a `CustomJobSpec` at this path of the body."""
    spec = record(subject.data, at)
    if spec is None:
        return
    pools = records(spec, "workerPoolSpecs")
    attributes |= machines(pools)
    network = text(spec, "network") or text(spec, "pscInterfaceConfig.networkAttachment")
    if network or not (has(spec, "network") or has(spec, "pscInterfaceConfig")):
        attributes["vpc"] = last(network)
        if not network and pools:
            attributes["network_isolated"] = False  # the job runs in Google's own network, with the internet in reach
    yield from subject.data_at("writes", text(spec, "baseOutputDirectory.outputUriPrefix"), role="checkpoint")
    yield from subject.links("writes", text(spec, "tensorboard"), service=HOST, role="telemetry")
    yield from subject.links("runs_on", _persistent(subject, text(spec, "persistentResourceId")), service=HOST)
    for pool in pools or []:
        for part in _ARGUMENTS:
            yield from named(subject, records(pool, part))
        for mount in records(pool, "nfsMounts") or []:
            server, path = text(mount, "server"), text(mount, "path")
            if server:
                yield from subject.data_at("reads", f"nfs://{server}/{(path or '').strip('/')}", role="mount")
        for mount in records(pool, "lustreMounts") or []:
            yield from subject.links(
                "reads", text(mount, "volumeHandle"), service="lustre.googleapis.com", role="mount"
            )


def named(subject: Subject, found: list[Mapping[str, Any]] | None) -> Iterator[Relation]:
    """Relations for addresses that arguments or variables hold: written where the name says so, else read."""
    for entry in found or []:
        name = text(entry, "name") or ""
        type_ = "writes" if is_written(name) else "reads"
        yield from subject.data_at(type_, *(texts(entry, "addresses") or []), argument=name or None)


def _persistent(subject: Subject, name: str | None) -> str | None:
    parent = subject.uid.rsplit("/", 2)[0]
    return f"{parent}/persistentResources/{name}" if name else None


def _job(subject: Subject, at: str) -> Iterator[Asset | Relation]:
    attributes = spans(subject.data)
    attributes["processing_scope"] = "region"
    yield from subject.encryption("training.job", attributes, text(subject.data, "encryptionSpec.kmsKeyName"))
    yield from job_facts(subject, at, attributes)
    yield subject.asset("training.job", subject.place(), attributes, name=text(subject.data, "displayName"))


def _custom(subject: Subject) -> Iterator[Asset | Relation]:
    yield from _job(subject, "jobSpec")


def _hyper(subject: Subject) -> Iterator[Asset | Relation]:
    yield from _job(subject, "trialJobSpec")


def _pipeline(subject: Subject) -> Iterator[Asset | Relation]:
    """A training pipeline: a dataset, a task whose inputs may hold a whole job, and a model."""
    data = subject.data
    yield from _job(subject, "trainingTaskInputs")
    dataset = text(data, "inputDataConfig.datasetId")
    parent = subject.uid.rsplit("/", 2)[0]
    if dataset:
        yield from subject.links("reads", dataset if "/" in dataset else f"{parent}/datasets/{dataset}", service=HOST)
    yield from subject.data_at("writes", text(data, "inputDataConfig.gcsDestination.outputUriPrefix"), role="staging")
    yield from subject.data_at("writes", text(data, "inputDataConfig.bigqueryDestination.outputUri"), role="staging")
    for name in (text(data, "modelToUpload.name"), text(data, "modelId")):
        model = full_name(name if name and "/" in name else f"{parent}/models/{name}" if name else None, HOST)
        if model:
            yield Relation(model, "trained_from", subject.uid)


def _tuning(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes = spans(data)
    base = text(data, "baseModel") or text(data, "preTunedModel.baseModel")
    put_any(attributes, model=last(base), model_vendor=_vendor(base))
    location = subject.place()
    attributes["processing_scope"] = "global" if location.kind.value == "global" else "region"
    yield from subject.encryption("ai.customization", attributes, text(data, "encryptionSpec.kmsKeyName"))
    for spec in ("supervisedTuningSpec", "preferenceOptimizationSpec"):
        for name in ("trainingDatasetUri", "validationDatasetUri"):
            yield from subject.data_at("reads", text(data, f"{spec}.{name}"), role="dataset")
    yield from subject.data_at("writes", text(data, "gcsMetricsUri"), role="telemetry")
    yield subject.asset("ai.customization", location, attributes, name=text(data, "tunedModelDisplayName"))
    model = full_name((text(data, "tunedModel.model") or "").split("@")[0] or None, HOST)
    endpoint = full_name(text(data, "tunedModel.endpoint"), HOST)
    if model:
        yield Relation(model, "trained_from", subject.uid)
        if endpoint:
            yield Relation(model, "deployed_as", endpoint)


def _vendor(base: str | None) -> str | None:
    """The publisher of a base model: `publishers/meta/models/…`; Google's own are named without publisher."""
    if not base:
        return None
    parts = base.split("/")
    if "publishers" in parts[:-1]:
        return parts[parts.index("publishers") + 1]
    return "google" if "/" not in base else None


def _batch(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes = spans(data) | {"processing_scope": "region"}
    resources = record(data, "dedicatedResources")
    if resources is not None:
        replicas = whole(resources, "startingReplicaCount")
        attributes |= machines([{"machineSpec": record(resources, "machineSpec"), "replicaCount": replicas}])
    put_any(attributes, model=last(text(data, "model")))
    yield from subject.encryption("training.job", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield from subject.data_at("reads", *(texts(data, "inputConfig.gcsSource.uris") or []), role="input")
    yield from subject.data_at("reads", text(data, "inputConfig.bigquerySource.inputUri"), role="input")
    yield from subject.data_at("writes", text(data, "outputConfig.gcsDestination.outputUriPrefix"), role="output")
    yield from subject.data_at("writes", text(data, "outputConfig.bigqueryDestination.outputUri"), role="output")
    yield subject.asset("training.job", subject.place(), attributes, name=text(data, "displayName"))
    yield from subject.links("reads", (text(data, "model") or "").split("@")[0], service=HOST, role="model")


def _pipeline_job(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes = spans(data) | {"processing_scope": "region"}
    if data is not None and (text(data, "network") or not has(data, "network")):
        attributes["vpc"] = last(text(data, "network"))
    yield from subject.encryption("training.job", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield from subject.data_at("writes", text(data, "runtimeConfig.gcsOutputDirectory"), role="output")
    for part in ("runtimeConfig.parameterValues", "runtimeConfig.parameters"):
        yield from named(subject, records(data, part))
    yield subject.asset("training.job", subject.place(), attributes, name=text(data, "displayName"))


def _persistent_resource(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    attributes |= machines(records(data, "resourcePools"))
    if data is not None and (text(data, "network") or not has(data, "network")):
        attributes["vpc"] = last(text(data, "network"))
    yield from subject.encryption("compute.cluster", attributes, text(data, "encryptionSpec.kmsKeyName"))
    yield subject.asset("compute.cluster", subject.place(), attributes, name=text(data, "displayName"))


_COMMON: Final = ("createTime", "displayName", "encryptionSpec", "endTime", "labels", "name", "startTime", "state")


def _type(name: str, kind: str, members: tuple[str, ...], describe: Any) -> DocumentType:
    return gcp_type(f"{HOST}/{name}", "aiplatform", (kind,), (*_COMMON, *members), describe)


TYPES: tuple[DocumentType, ...] = (
    _type("CustomJob", "training.job", job_members("jobSpec"), _custom),
    _type("HyperparameterTuningJob", "training.job", job_members("trialJobSpec"), _hyper),
    _type(
        "TrainingPipeline",
        "training.job",
        (
            "inputDataConfig",
            "modelToUpload.name",
            "modelId",
            "trainingTaskDefinition",
            *job_members("trainingTaskInputs"),
        ),
        _pipeline,
    ),
    _type(
        "TuningJob",
        "ai.customization",
        (
            *("baseModel", "gcsMetricsUri", "preTunedModel", "tunedModel", "tunedModelDisplayName"),
            *("supervisedTuningSpec.trainingDatasetUri", "supervisedTuningSpec.validationDatasetUri"),
            *("preferenceOptimizationSpec.trainingDatasetUri", "preferenceOptimizationSpec.validationDatasetUri"),
        ),
        _tuning,
    ),
    _type(
        "BatchPredictionJob",
        "training.job",
        ("dedicatedResources", "inputConfig", "model", "modelVersionId", "outputConfig"),
        _batch,
    ),
    _type(
        "PipelineJob",
        "training.job",
        (
            *("network", "runtimeConfig.gcsOutputDirectory", "templateUri"),
            *("arguments:runtimeConfig.parameterValues", "arguments:runtimeConfig.parameters"),
        ),
        _pipeline_job,
    ),
    _type(
        "PersistentResource",
        "compute.cluster",
        ("network", "resourcePools[].machineSpec", "resourcePools[].replicaCount"),
        _persistent_resource,
    ),
)
