"""Node groups of Amazon EKS, and containers that compute on accelerators: tasks of Amazon ECS, jobs of AWS Batch.

Of variables, commands and arguments only the addresses of storage are kept.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.arguments import addressed, image
from scanners.aws.capacity import eks_group_alias
from scanners.aws.subject import Subject, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import number, put, record, records, text, texts
from scanners.model import Asset, Relation

_ACCELERATORS: Final = ("GPU", "NeuronDevice")
NEURON_DEVICE: Final = "/dev/neuron"
"""How the devices of AWS's own chips begin, which tasks are given by their path (ECS, "task definitions for AWS Neuron
machine learning workloads")."""
_RESOURCES: Final = ("nvidia.com/gpu", "amd.com/gpu", "aws.amazon.com/neuron", "aws.amazon.com/neurondevice")
_RANGE: Final = re.compile(r"^(\d{0,6})(:)?(\d{0,6})$")
_BATCH_OVER: Final = frozenset({"SUCCEEDED", "FAILED"})


def node_group(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A managed group of machines of an EKS cluster."""
    name = text(document, "nodegroupName") or ""
    cluster = text(document, "clusterName") or ""
    arn = text(document, "nodegroupArn")
    subject = Subject(document, origin, arn, "eks", f"nodegroup/{cluster}/{name}")
    attributes: dict[str, Any] = {}
    types = texts(document, "instanceTypes")
    put(attributes, "instance_type", types[0] if types is not None and len(set(types)) == 1 else None)
    put(attributes, "node_count", number(document, "scalingConfig.desiredSize"))
    alias = (eks_group_alias(subject, cluster, name),) if cluster and name else ()
    native = "AWS::EKS::Nodegroup"
    yield subject.asset("compute.nodegroup", native, name, attributes, created="createdAt", aliases=alias)
    yield from subject.relation("member_of", subject.arn("eks", f"cluster/{cluster}") if cluster else None)
    for subnet in texts(document, "subnets") or []:
        yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}"))


def task_definition(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """What tasks that run on accelerators run, and the file systems and stores that they are given.

    `Clusters` and `RunningTasks` are what `DescribeTasks` says of the tasks that run it.
    """
    arn = text(document, "taskDefinitionArn")
    subject = Subject(document, origin, arn, "ecs", "task-definition/unknown")
    containers = records(document, "containerDefinitions") or []
    attributes: dict[str, Any] = {"processing_scope": "region"}
    per_task = sum(_accelerators(c) for c in containers)
    tasks = number(document, "RunningTasks")
    if tasks is not None and per_task:
        attributes["gpu_count"] = per_task * tasks
    name = (arn or "").rsplit("/", 1)[-1]
    yield subject.asset("training.job", "AWS::ECS::TaskDefinition", name, attributes, created="registeredAt")
    for cluster in texts(document, "Clusters") or []:
        yield from subject.relation("runs_on", cluster)
    yield from _volumes(subject, records(document, "volumes"))
    for container in containers:
        yield from image(subject, text(container, "image"))
        yield from addressed(subject, container, "environment", "command", "entryPoint")


def batch_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A job of AWS Batch."""
    subject = Subject(document, origin, text(document, "jobArn"), "batch", "job/unknown")
    attributes: dict[str, Any] = {"processing_scope": "region"}
    put(attributes, "started_at", when_text(document, "startedAt"))
    put(attributes, "ended_at", when_text(document, "stoppedAt"))
    status = text(document, "status")
    if status is not None and status not in _BATCH_OVER and "ended_at" not in attributes:
        attributes["ended_at"] = None  # it still runs
    put(attributes, "gpu_count", _of_batch_job(document))
    put(attributes, "instance_type", text(document, "container.instanceType"))
    put(attributes, "node_count", number(document, "nodeProperties.numNodes"))
    yield subject.asset("training.job", "AWS::Batch::Job", text(document, "jobName"), attributes, created="createdAt")
    yield from subject.relation("runs_on", text(document, "jobQueue"))
    for _, container in _containers(document):
        yield from image(subject, text(container, "image"))
        yield from _volumes(subject, records(container, "volumes"))
        yield from addressed(subject, container, "environment", "command", "env", "args")


def job_queue(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A queue of AWS Batch: which machines its jobs may be given."""
    name = text(document, "jobQueueName") or ""
    subject = Subject(document, origin, text(document, "jobQueueArn"), "batch", f"job-queue/{name}")
    yield subject.asset("compute.cluster", "AWS::Batch::JobQueue", name, {})
    for order, member in (
        ("computeEnvironmentOrder", "computeEnvironment"),
        ("serviceEnvironmentOrder", "serviceEnvironment"),
    ):
        for entry in records(document, order) or []:
            yield from subject.relation("runs_on", text(entry, member))


def _containers(document: Any) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """(on how many machines, container) of each container of a job: one of ECS, several of ECS, or a pod of EKS."""
    for container in _parts(document):
        yield 1, container
    nodes = number(document, "nodeProperties.numNodes")
    for part in records(document, "nodeProperties.nodeRangeProperties") or []:
        size = _size(text(part, "targetNodes"), nodes)
        for container in _parts(part):
            yield size, container


def _parts(holder: Any) -> Iterator[Mapping[str, Any]]:
    one = record(holder, "container")
    if one is not None:
        yield one
    for task in records(holder, "ecsProperties.taskProperties") or []:
        yield from records(task, "containers") or []
    yield from records(holder, "eksProperties.podProperties.containers") or []


def _size(target: str | None, nodes: int | None) -> int | None:
    """How many machines a range of them holds: `0:3`, `1:`, `:3`, or one number."""
    match = _RANGE.match(target or "")
    if not target or match is None or nodes is None:
        return None
    first = int(match[1] or 0)
    last = (int(match[3]) if match[3] else nodes - 1) if match[2] else first
    return last - first + 1 if first <= last < nodes else None


def _of_batch_job(document: Any) -> int | None:
    """Accelerators of a job on all its machines; None where it has no container, or ranges of machines overlap."""
    found = list(_containers(document))
    ranges = records(document, "nodeProperties.nodeRangeProperties") or []
    nodes = number(document, "nodeProperties.numNodes")
    sizes = [_size(text(part, "targetNodes"), nodes) for part in ranges]
    if not found or None in sizes or (ranges and sum(size or 0 for size in sizes) != nodes):
        return None
    return sum((size or 0) * _accelerators(container) for size, container in found)


def _accelerators(container: Any) -> int:
    """What a container asks for: by its requirements, as devices of the machine, or as a pod does."""
    found = 0
    for need in records(container, "resourceRequirements") or []:
        value = text(need, "value")
        if text(need, "type") in _ACCELERATORS and value is not None and value.isdigit():
            found += int(value)
    devices = {text(device, "hostPath") or "" for device in records(container, "linuxParameters.devices") or []}
    asked = {**(record(container, "resources.requests") or {}), **(record(container, "resources.limits") or {})}
    counts = [int(value) for name in _RESOURCES if (value := str(asked.get(name, ""))).isdigit()]
    return found or sum(path.startswith(NEURON_DEVICE) for path in devices) or max(counts, default=0)


def _volumes(subject: Subject, volumes: list[Mapping[str, Any]] | None) -> Iterator[Relation]:
    for volume in volumes or []:
        for holder, service in (
            ("efsVolumeConfiguration", "elasticfilesystem"),
            ("fsxWindowsFileServerVolumeConfiguration", "fsx"),
        ):
            system = text(volume, f"{holder}.fileSystemId")
            if system:
                target = subject.arn(service, f"file-system/{system}")
                yield from subject.relation("reads", target, {"role": "mount"})
                yield from subject.relation("writes", target, {"role": "mount"})
        yield from subject.relation(
            "reads", text(volume, "s3filesVolumeConfiguration.fileSystemArn"), {"role": "mount"}
        )


_VOLUMES: Final = (
    "efsVolumeConfiguration.fileSystemId",
    "efsVolumeConfiguration.transitEncryption",
    "fsxWindowsFileServerVolumeConfiguration.fileSystemId",
    "s3filesVolumeConfiguration.fileSystemArn",
)
_NEEDS: Final = ("resourceRequirements[].type", "resourceRequirements[].value", "linuxParameters.devices[].hostPath")
_RANGES: Final = "nodeProperties.nodeRangeProperties[]"
_PLACES: Final = ("container", f"{_RANGES}.container")
_TASKS: Final = tuple(f"{at}ecsProperties.taskProperties[].containers[]" for at in ("", f"{_RANGES}."))
_PODS: Final = tuple(f"{at}eksProperties.podProperties.containers[]" for at in ("", f"{_RANGES}."))

TYPES: Final = (
    DocumentType(
        "AWS::EKS::Nodegroup",
        "eks",
        ("compute.nodegroup",),
        (
            "nodegroupName",
            "nodegroupArn",
            "clusterName",
            "createdAt",
            "status",
            "instanceTypes",
            "amiType",
            "capacityType",
            "scalingConfig.minSize",
            "scalingConfig.maxSize",
            "scalingConfig.desiredSize",
            "subnets",
            "nodeRole",
            "tags",
        ),
        node_group,
    ),
    DocumentType(
        "AWS::ECS::TaskDefinition",
        "ecs",
        ("training.job",),
        (
            "taskDefinitionArn",
            "registeredAt",
            "taskRoleArn",
            "Clusters",
            "RunningTasks",
            "containerDefinitions[].image",
            *(f"containerDefinitions[].{m}" for m in _NEEDS),
            *(f"arguments:containerDefinitions[].{m}" for m in ("environment", "command", "entryPoint")),
            *(f"volumes[].{m}" for m in _VOLUMES),
            "tags",
        ),
        task_definition,
    ),
    DocumentType(
        "AWS::Batch::Job",
        "batch",
        ("training.job",),
        (
            "jobArn",
            "jobName",
            "status",
            "createdAt",
            "startedAt",
            "stoppedAt",
            "jobQueue",
            "nodeProperties.numNodes",
            f"{_RANGES}.targetNodes",
            *(f"{place}.{m}" for place in _TASKS for m in ("image", *_NEEDS)),
            *(f"{place}.{m}" for place in _PODS for m in ("image", "resources.limits", "resources.requests")),
            *(f"arguments:{place}.{m}" for place in _TASKS for m in ("environment", "command")),
            *(f"arguments:{place}.{m}" for place in _PODS for m in ("env", "command", "args")),
            *(f"{place}.{m}" for place in _PLACES for m in ("image", "instanceType", "jobRoleArn", *_NEEDS)),
            *(f"{place}.volumes[].{m}" for place in _PLACES for m in _VOLUMES[:2]),
            *(f"arguments:{place}.{m}" for place in _PLACES for m in ("environment", "command")),
            "tags",
        ),
        batch_job,
    ),
    DocumentType(
        "AWS::Batch::JobQueue",
        "batch",
        ("compute.cluster",),
        (
            "jobQueueArn",
            "jobQueueName",
            "state",
            "jobQueueType",
            "computeEnvironmentOrder[].computeEnvironment",
            "serviceEnvironmentOrder[].serviceEnvironment",
            "tags",
        ),
        job_queue,
    ),
)
