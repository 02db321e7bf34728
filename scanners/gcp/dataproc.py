"""Dataproc clusters and batches, Cloud Batch jobs, Composer environments: processing outside Vertex AI."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.compute import accelerators, confidential
from scanners.gcp.names import last
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.gcp.vertex_jobs import named
from scanners.members import date_text, flag, has, record, records, text, texts
from scanners.model import Asset, Location, Relation

_GROUPS: Final = ("masterConfig", "workerConfig", "secondaryWorkerConfig")


def _cluster(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    groups = [g for name in _GROUPS if (g := record(data, f"config.{name}")) is not None]
    sizes = [whole(g, "numInstances") for g in groups]
    if sizes and None not in sizes:
        attributes["node_count"] = sum(s for s in sizes if s is not None)
    workers = record(data, "config.workerConfig") or (groups[0] if groups else None)
    put_any(attributes, instance_type=last(text(workers, "machineTypeUri")))
    total = 0
    for group, size in zip(groups, sizes, strict=True):
        count, model = accelerators(_renamed(group))
        total += (count or 0) * (size or 0)
        put_any(attributes, gpu_model=attributes.get("gpu_model") or model)
    if total:
        attributes["gpu_count"] = total
    put_any(
        attributes,
        vpc=last(text(data, "config.gceClusterConfig.networkUri")),
        confidential=confidential(data, "config.gceClusterConfig.confidentialInstanceConfig"),
    )
    keys = [text(data, f"config.encryptionConfig.{k}") for k in ("gcePdKmsKeyName", "kmsKey")]
    yield from subject.encryption("compute.cluster", attributes, *keys, shown=has(data, "config"))
    location = subject.place("config.gceClusterConfig.zoneUri")
    yield subject.asset("compute.cluster", location, attributes, name=text(data, "clusterName"))
    for at in ("configBucket", "tempBucket"):
        bucket = text(data, f"config.{at}")
        if bucket and "/" not in bucket:
            yield from subject.data_at("writes", f"gs://{bucket}", role="staging")


def _renamed(group: Any) -> list[Any] | None:
    found = records(group, "accelerators")
    if found is None:
        return None
    return [
        {"acceleratorType": text(a, "acceleratorTypeUri"), "acceleratorCount": whole(a, "acceleratorCount")}
        for a in found
    ]


def _batch(subject: Subject) -> Iterator[Asset | Relation]:
    """A serverless Spark batch."""
    data = subject.data
    attributes: dict[str, Any] = {}
    put_any(attributes, started_at=date_text(data, "createTime"))
    key = text(data, "environmentConfig.executionConfig.kmsKey")
    yield from subject.encryption("training.job", attributes, key, shown=has(data, "environmentConfig"))
    yield subject.asset("training.job", subject.place(), attributes)
    for name in ("pysparkBatch", "sparkBatch", "sparkRBatch", "sparkSqlBatch"):
        yield from named(subject, records(data, f"{name}.args"))
    yield from subject.data_at("writes", text(data, "runtimeInfo.outputUri"), role="output")
    bucket = text(data, "environmentConfig.executionConfig.stagingBucket")
    yield from subject.data_at("writes", f"gs://{bucket}" if bucket else None, role="staging")


def _job(subject: Subject) -> Iterator[Asset | Relation]:
    """A Cloud Batch job."""
    data = subject.data
    attributes: dict[str, Any] = {}
    policies = [p for i in records(data, "allocationPolicy.instances") or [] if (p := record(i, "policy"))]
    found = [
        {"acceleratorType": text(a, "type"), "acceleratorCount": whole(a, "count")}
        for p in policies
        for a in records(p, "accelerators") or []
    ]
    count, model = accelerators(found)
    nodes = [whole(g, "parallelism") for g in records(data, "taskGroups") or []]
    put_any(
        attributes,
        instance_type=text(policies[0], "machineType") if policies else None,
        gpu_model=model,
        gpu_count=count * max(1, sum(n for n in nodes if n)) if count is not None else None,
        started_at=date_text(data, "createTime"),
    )
    yield subject.asset("training.job", _allowed(subject), attributes)
    for group in records(data, "taskGroups") or []:
        for volume in records(group, "taskSpec.volumes") or []:
            remote = text(volume, "gcs.remotePath")
            yield from subject.data_at(
                "reads", f"gs://{remote.removeprefix('gs://')}" if remote else None, role="mount"
            )
            server = text(volume, "nfs.server")
            yield from subject.data_at("reads", f"nfs://{server}/" if server else None, role="mount")
        for runnable in records(group, "taskSpec.runnables") or []:
            for at in ("container.commands", "environment.variables"):
                yield from named(subject, records(runnable, at))


def _allowed(subject: Subject) -> Location:
    """Where the job may run: the regions or zones it is confined to, else its own location."""
    stated = [place(a) for a in texts(subject.data, "allocationPolicy.location.allowedLocations") or []]
    regions = sorted({p.region for p in stated if p.region})
    if len(stated) == 1:
        return stated[0]
    return place(None, None, regions) if len(regions) > 1 else place(regions[0]) if regions else subject.place()


def _composer(subject: Subject) -> Iterator[Asset | Relation]:
    """A Composer environment: a cluster that runs pipelines."""
    data = subject.data
    attributes: dict[str, Any] = {}
    put_any(attributes, node_count=whole(data, "config.nodeCount"))
    private = flag(data, "config.privateEnvironmentConfig.privateClusterConfig.enablePrivateEndpoint")
    if private is not None:
        attributes["api_public"] = not private
    key = text(data, "config.encryptionConfig.kmsKeyName")
    yield from subject.encryption("compute.cluster", attributes, key, shown=has(data, "config"))
    yield subject.asset("compute.cluster", subject.place(), attributes)
    yield from subject.data_at("reads", text(data, "config.dagGcsPrefix"), role="pipelines")
    yield from subject.links("runs_on", text(data, "config.gkeCluster"), service="container.googleapis.com")


_ARGUMENTS: Final = tuple(f"arguments:{b}.args" for b in ("pysparkBatch", "sparkBatch", "sparkRBatch"))

TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "dataproc.googleapis.com/Cluster",
        "dataproc",
        ("compute.cluster",),
        (
            *(
                "clusterName",
                "clusterUuid",
                "config.configBucket",
                "config.encryptionConfig",
                "config.tempBucket",
                "labels",
            ),
            *("config.gceClusterConfig.confidentialInstanceConfig", "config.gceClusterConfig.internalIpOnly"),
            *("config.gceClusterConfig.networkUri", "config.gceClusterConfig.zoneUri", "projectId", "status.state"),
            *(f"config.{g}.{m}" for g in _GROUPS for m in ("accelerators", "machineTypeUri", "numInstances")),
        ),
        _cluster,
    ),
    gcp_type(
        "dataproc.googleapis.com/Batch",
        "dataproc",
        ("training.job",),
        (
            *(
                "createTime",
                "environmentConfig.executionConfig.kmsKey",
                "labels",
                "name",
                "runtimeInfo.outputUri",
                "state",
            ),
            *("environmentConfig.executionConfig.stagingBucket", "environmentConfig.executionConfig.subnetworkUri"),
            *_ARGUMENTS,
        ),
        _batch,
    ),
    gcp_type(
        "batch.googleapis.com/Job",
        "batch",
        ("training.job",),
        (
            *("allocationPolicy.instances[].policy.accelerators", "allocationPolicy.instances[].policy.machineType"),
            *("allocationPolicy.location", "createTime", "labels", "name", "taskGroups[].parallelism"),
            *("taskGroups[].taskSpec.volumes[].gcs", "taskGroups[].taskSpec.volumes[].nfs", "status.state"),
            "arguments:taskGroups[].taskSpec.runnables[].container.commands",
            "arguments:taskGroups[].taskSpec.runnables[].environment.variables",
        ),
        _job,
    ),
    gcp_type(
        "composer.googleapis.com/Environment",
        "composer",
        ("compute.cluster",),
        (
            *("config.dagGcsPrefix", "config.encryptionConfig", "config.gkeCluster", "config.nodeCount", "createTime"),
            *("config.privateEnvironmentConfig.privateClusterConfig", "labels", "name", "state"),
        ),
        _composer,
    ),
)
