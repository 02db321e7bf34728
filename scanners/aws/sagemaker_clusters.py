"""HyperPod clusters with their groups of machines, and training plans: reserved accelerators of Amazon SageMaker."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.subject import Subject, place, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, number, put, records, text, texts
from scanners.model import Asset, Location, Relation


def cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A HyperPod cluster, and each of its groups of machines as a node group of its own."""
    name = text(document, "ClusterName") or ""
    subject = Subject(document, origin, text(document, "ClusterArn"), "sagemaker", f"cluster/{name}")
    groups = [*(records(document, "InstanceGroups") or []), *(records(document, "RestrictedInstanceGroups") or [])]
    attributes: dict[str, Any] = {}
    types = {t for g in groups if (t := text(g, "InstanceType")) is not None}
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    counts = [number(g, "CurrentCount") for g in groups]
    if groups and None not in counts:
        attributes["node_count"] = sum(c or 0 for c in counts)
    _network(document, attributes)
    zone = _zone(document, "VpcConfig")
    yield subject.asset(
        "compute.cluster", "AWS::SageMaker::Cluster", name, attributes, zone=zone, created="CreationTime"
    )
    yield from subject.in_vpc(text(document, "VpcConfig.VpcId"))
    yield from subject.relation("runs_on", text(document, "Orchestrator.Eks.ClusterArn"))
    yield from subject.relation("reads", text(document, "Orchestrator.Slurm.AccountingDatabase.SecretArn"))
    for group in groups:
        yield from _group(subject, document, group, origin)


def _group(cluster_of: Subject, document: Any, group: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    name = text(group, "InstanceGroupName") or ""
    subject = Subject(group, origin, f"{cluster_of.uid}/{name}", "sagemaker", f"cluster/unknown/{name}")
    attributes: dict[str, Any] = {}
    put(attributes, "instance_type", text(group, "InstanceType"))
    put(attributes, "node_count", number(group, "CurrentCount"))
    put(attributes, "vpc", text(document, "VpcConfig.VpcId"))
    yield subject.asset(
        "compute.nodegroup", "AWS::SageMaker::ClusterInstanceGroup", name, attributes,
        zone=_zone(document, "VpcConfig"),
    )  # fmt: skip
    yield from subject.relation("member_of", cluster_of.uid)
    yield from subject.touches("reads", "LifeCycleConfig.SourceS3Uri", {"role": "code"})
    yield from subject.touches("writes", "EnvironmentConfig.S3OutputPath")
    yield from subject.relation("runs_on", text(group, "TrainingPlanArn"))
    for store in records(group, "InstanceStorageConfigs") or []:
        yield from subject.relation("encrypted_by", subject.key(text(store, "EbsVolumeConfig.VolumeKmsKeyId")))
        host = (text(store, "FsxLustreConfig.DnsName") or "").lower().split(".")
        if host[0].startswith("fs-") and len(host) > 2:
            system = subject.arn("fsx", f"file-system/{host[0]}", region=host[2])
            yield from subject.relation("reads", system, {"role": "mount"})
            yield from subject.relation("writes", system, {"role": "mount"})


def plan(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Capacity that is reserved for a time, often in the future; a part of it may lie in another zone or region."""
    arn = text(document, "TrainingPlanArn")
    name = text(document, "TrainingPlanName") or (arn or "").rsplit("/", 1)[-1]
    subject = Subject(document, origin, arn, "sagemaker", f"training-plan/{name}")
    parts = records(document, "ReservedCapacitySummaries") or []
    attributes: dict[str, Any] = {}
    types = {t for part in parts if (t := text(part, "InstanceType")) is not None}
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    put(attributes, "node_count", number(document, "TotalInstanceCount"))
    put(attributes, "reservation_end", when_text(document, "EndTime"))
    zones = {z for part in parts if (z := text(part, "AvailabilityZone")) is not None}
    where: Location | None = place(None, zones.pop()) if len(zones) == 1 else None
    yield subject.asset(
        "compute.nodegroup", "AWS::SageMaker::TrainingPlan", name, attributes, location=where, created="StartTime"
    )


def _network(document: Any, attributes: dict[str, Any]) -> None:
    if is_null(document, "VpcConfig"):
        attributes["vpc"] = None
    put(attributes, "vpc", text(document, "VpcConfig.VpcId"))


def _zone(document: Any, at: str) -> str | None:
    zones = texts(document, f"{at}.Zones") or []
    return zones[0] if len(zones) == 1 else None


_GROUP: Final = (
    "InstanceGroupName", "InstanceType", "CurrentCount", "TargetCount", "ExecutionRole", "LifeCycleConfig.SourceS3Uri",
    "TrainingPlanArn", "EnvironmentConfig.S3OutputPath", "InstanceStorageConfigs[].EbsVolumeConfig.VolumeKmsKeyId",
    "InstanceStorageConfigs[].FsxLustreConfig.DnsName",
)  # fmt: skip

TYPES: Final = (
    DocumentType(
        "AWS::SageMaker::Cluster",
        "sagemaker",
        ("compute.cluster", "compute.nodegroup"),
        (
            "ClusterArn", "ClusterName", "ClusterStatus", "CreationTime",
            *(f"{groups}[].{m}" for groups in ("InstanceGroups", "RestrictedInstanceGroups") for m in _GROUP),
            "VpcConfig.Subnets", "VpcConfig.VpcId", "VpcConfig.Zones", "Orchestrator.Eks.ClusterArn",
            "Orchestrator.Slurm.AccountingDatabase.SecretArn", "TieredStorageConfig.Mode", "NodeRecovery", "Tags",
        ),
        cluster,
    ),
    DocumentType(
        "AWS::SageMaker::TrainingPlan",
        "sagemaker",
        ("compute.nodegroup",),
        (
            "TrainingPlanArn", "TrainingPlanName", "Status", "TotalInstanceCount", "TargetResources", "StartTime",
            "EndTime", "ReservedCapacitySummaries[].InstanceType", "ReservedCapacitySummaries[].AvailabilityZone",
            "Tags",
        ),
        plan,
    ),
)  # fmt: skip
