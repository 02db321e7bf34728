"""Parts of clusters for containers: who may act in them, machines outside the cloud, jobs that only start others."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from scanners.aws.policies import principal_party
from scanners.aws.subject import Subject, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import put, records, text, texts
from scanners.model import Asset, Location, Relation

_GPU: Final = "GPU"


def cluster_access(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Who outside the account may act in a cluster of EKS, and which roles its workloads act as: relations only."""
    name = text(document, "Cluster") or ""
    subject = Subject(document, origin, None, "eks", f"cluster/{name}")
    for principal in texts(document, "Principals") or []:
        party = principal_party(principal, subject.account)
        yield from subject.relation("shared_with", party)
    for role in texts(document, "PodRoles") or []:
        yield Relation(role, "trusts", subject.uid, {"role": "workload"})


def fargate_profile(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Pods that run on machines of AWS, each on its own: no group of machines that could be counted."""
    name, cluster = text(document, "fargateProfileName") or "", text(document, "clusterName") or ""
    arn = text(document, "fargateProfileArn")
    subject = Subject(document, origin, arn, "eks", f"fargateprofile/{cluster}/{name}")
    attributes: dict[str, Any] = {"gpu_count": 0}  # Fargate has no accelerators
    yield subject.asset("compute.nodegroup", "AWS::EKS::FargateProfile", name, attributes, created="createdAt")
    yield from subject.relation("member_of", subject.arn("eks", f"cluster/{cluster}") if cluster else None)
    for subnet in texts(document, "subnets") or []:
        yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}"))


def container_instance(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A machine of a cluster of ECS. One of EC2 is read there; one outside the cloud (its id begins with `mi-`) is
    known from here only, and nobody says where it stands."""
    arn, machine = text(document, "containerInstanceArn"), text(document, "ec2InstanceId") or ""
    subject = Subject(document, origin, arn, "ecs", "container-instance/unknown")
    cluster = text(document, "Cluster")
    if machine.startswith("i-"):
        if cluster:
            yield Relation(subject.arn("ec2", f"instance/{machine}"), "member_of", cluster)
        return
    attributes: dict[str, Any] = {"managed_by": "aws-ecs-anywhere"}
    devices = records(document, "gpuDevices")
    counted = [
        len(texts(resource, "stringSetValue") or [])
        for resource in records(document, "registeredResources") or []
        if text(resource, "name") == _GPU
    ]
    if devices or counted:  # a machine that was registered without its GPUs may have some
        attributes["gpu_count"] = len(devices) if devices else sum(counted)
    kinds = [text(a, "value") for a in records(document, "attributes") or [] if text(a, "name") == "ecs.instance-type"]
    put(attributes, "instance_type", next(iter(kinds), None))
    made = subject.asset(
        "compute.instance", "AWS::ECS::ExternalInstance", machine, attributes, location=Location.unknown(),
        created="registeredAt",
    )  # fmt: skip
    yield replace(made, provider="on_prem")
    yield from subject.relation("member_of", cluster)


def service_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A job of AWS Batch that only starts a training job, which is read with SageMaker."""
    subject = Subject(document, origin, text(document, "jobArn"), "batch", "service-job/unknown")
    attributes: dict[str, Any] = {"gpu_count": 0}
    put(attributes, "started_at", when_text(document, "startedAt"))
    put(attributes, "ended_at", when_text(document, "stoppedAt"))
    name = text(document, "jobName")
    yield subject.asset("training.job", "AWS::Batch::ServiceJob", name, attributes, created="createdAt")
    started = text(document, "latestAttempt.serviceResourceId.value")
    yield from subject.relation("runs_on", started if started and started.startswith("arn:") else None)


CLUSTER_ACCESS: Final = DocumentType(
    "AWS::EKS::Access", "eks", ("identity",), ("Cluster", "Principals", "PodRoles"), cluster_access
)
FARGATE_PROFILE: Final = DocumentType(
    "AWS::EKS::FargateProfile",
    "eks",
    ("compute.nodegroup",),
    (
        "fargateProfileArn",
        "fargateProfileName",
        "clusterName",
        "subnets",
        "selectors[].namespace",
        "status",
        "createdAt",
        "podExecutionRoleArn",
        "tags",
    ),
    fargate_profile,
)
CONTAINER_INSTANCE: Final = DocumentType(
    "AWS::ECS::ContainerInstance",
    "ecs",
    ("compute.instance",),
    (
        "containerInstanceArn",
        "ec2InstanceId",
        "status",
        "registeredAt",
        "gpuDevices[].totalMemoryInMiB",
        "registeredResources[].name",
        "registeredResources[].stringSetValue",
        "attributes[].name",
        "attributes[].value",
        "Cluster",
        "tags",
    ),
    container_instance,
)
SERVICE_JOB: Final = DocumentType(
    "AWS::Batch::ServiceJob",
    "batch",
    ("training.job",),
    (
        "jobArn",
        "jobName",
        "status",
        "createdAt",
        "startedAt",
        "stoppedAt",
        "serviceJobType",
        "latestAttempt.serviceResourceId.value",
    ),
    service_job,
)
