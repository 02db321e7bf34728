"""Where machines can come from and stand: Outposts, capacity blocks, auto scaling groups, launch templates, clusters of
Parallel Computing Service and ParallelCluster."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.subject import Subject, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import number, put, record, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation

_VERSION: Final = "parallelcluster:version"
_NAME: Final = "parallelcluster:cluster-name"


def outpost(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Racks or servers of AWS in a building of the customer's choice. `Site` is what `ListSites` says of it."""
    arn = text(document, "OutpostArn")
    subject = Subject(document, origin, arn, "outposts", f"outpost/{text(document, 'OutpostId')}")
    where = Location(
        LocationKind.ON_PREM,
        region=subject.region,
        zone=text(document, "AvailabilityZone"),
        site=subject.uid,
        country=text(document, "Site.OperatingAddressCountryCode"),
    )
    name = text(document, "Name") or text(document, "OutpostId")
    yield subject.asset("compute.cluster", "AWS::Outposts::Outpost", name, {}, location=where)


def capacity_block(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Accelerators that are bought for a time, often in the future."""
    identity = text(document, "CapacityBlockId") or ""
    subject = Subject(document, origin, None, "ec2", f"capacity-block/{identity}")
    attributes: dict[str, Any] = {}
    put(attributes, "instance_type", text(document, "UltraserverType"))
    put(attributes, "reservation_end", when_text(document, "EndDate"))
    zone = text(document, "AvailabilityZone")
    native = "AWS::EC2::CapacityBlock"
    yield subject.asset("compute.nodegroup", native, identity, attributes, zone=zone, created="CreateDate")
    for reservation in texts(document, "CapacityReservationIds") or []:
        yield Relation(subject.arn("ec2", f"capacity-reservation/{reservation}"), "member_of", subject.uid)


def scaling_group(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A group that makes machines as they are needed. `Template` is the data of its launch template, where read."""
    name = text(document, "AutoScalingGroupName") or ""
    arn = text(document, "AutoScalingGroupARN")
    subject = Subject(document, origin, arn, "autoscaling", f"autoScalingGroup:unknown:autoScalingGroupName/{name}")
    running = records(document, "Instances") or []
    types = {t for machine in running if (t := text(machine, "InstanceType")) is not None}
    if not types:
        overrides = records(document, "MixedInstancesPolicy.LaunchTemplate.Overrides") or []
        types = {t for override in overrides if (t := text(override, "InstanceType")) is not None}
    if not types and (told := text(document, "Template.InstanceType")) is not None:
        types = {told}
    attributes: dict[str, Any] = {}
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    put(attributes, "node_count", number(document, "DesiredCapacity"))
    zones = texts(document, "AvailabilityZones") or []
    zone = zones[0] if len(zones) == 1 else None
    native = "AWS::AutoScaling::AutoScalingGroup"
    yield subject.asset("compute.nodegroup", native, name, attributes, zone=zone, created="CreatedTime")
    for machine in running:
        identity = text(machine, "InstanceId")
        if identity:
            yield Relation(subject.arn("ec2", f"instance/{identity}"), "member_of", subject.uid)
    yield from eks_group(subject, subject.tags if isinstance(subject.tags, dict) else {})
    for subnet in (text(document, "VPCZoneIdentifier") or "").split(","):
        yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet.strip()}") if subnet else None)


def launch_template(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The version of a launch template that is used where none is named: a plan for machines, none of them there."""
    identity = text(document, "LaunchTemplateId") or ""
    subject = Subject(document, origin, None, "ec2", f"launch-template/{identity}")
    attributes: dict[str, Any] = {"node_count": 0}
    put(attributes, "instance_type", text(document, "LaunchTemplateData.InstanceType"))
    name = text(document, "LaunchTemplateName") or identity
    native = "AWS::EC2::LaunchTemplate"
    yield subject.asset("compute.nodegroup", native, name, attributes, created="CreateTime")
    for disk in records(document, "LaunchTemplateData.BlockDeviceMappings") or []:
        yield from subject.relation("encrypted_by", subject.key(text(disk, "Ebs.KmsKeyId")))
    path = "LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId"
    held = text(document, path)
    yield from subject.relation("runs_on", subject.arn("ec2", f"capacity-reservation/{held}") if held else None)


def slurm_cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster of Parallel Computing Service: Slurm that AWS runs."""
    arn = text(document, "arn")
    subject = Subject(document, origin, arn, "pcs", f"cluster/{text(document, 'id')}")
    attributes: dict[str, Any] = {}
    ways = records(document, "endpoints")
    if ways is not None:
        attributes["api_public"] = any(text(way, "publicIpAddress") for way in ways)
    put(attributes, "vpc", text(document, "VpcConfig.VpcId"))
    name = text(document, "name")
    yield subject.asset(
        "compute.cluster", "AWS::PCS::Cluster", name, attributes, zone=_zone(document), created="createdAt"
    )
    yield from subject.in_vpc(text(document, "VpcConfig.VpcId"))
    for subnet in texts(document, "networking.subnetIds") or []:
        yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}"))
    secret = text(document, "slurmConfiguration.authKey.secretArn")
    yield from subject.relation("reads", secret)


def slurm_group(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A group of machines of such a cluster: as many as jobs need, between two limits."""
    arn = text(document, "arn")
    subject = Subject(document, origin, arn, "pcs", f"cluster/unknown/computenodegroup/{text(document, 'id')}")
    attributes: dict[str, Any] = {}
    types = {t for c in records(document, "instanceConfigs") or [] if (t := text(c, "instanceType")) is not None}
    put(attributes, "instance_type", types.pop() if len(types) == 1 else None)
    least = number(document, "scalingConfiguration.minInstanceCount")
    if least is not None and least == number(document, "scalingConfiguration.maxInstanceCount"):
        attributes["node_count"] = least
    native = "AWS::PCS::ComputeNodeGroup"
    name = text(document, "name")
    yield subject.asset("compute.nodegroup", native, name, attributes, zone=_zone(document), created="createdAt")
    cluster = text(document, "clusterId")
    yield from subject.relation("member_of", subject.arn("pcs", f"cluster/{cluster}") if cluster else None)
    image = text(document, "amiId")
    yield from subject.relation("reads", subject.arn("ec2", f"image/{image}") if image else None, {"role": "image"})


def parallel_cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster of ParallelCluster: a stack of CloudFormation with its tags; its machines name it by theirs."""
    subject = Subject(document, origin, text(document, "StackId"), "cloudformation", "stack/unknown")
    tags = subject.tags if isinstance(subject.tags, dict) else {}
    if _VERSION not in tags:
        return
    name = tags.get(_NAME) or text(document, "StackName") or ""
    yield subject.asset(
        "compute.cluster", "AWS::ParallelCluster::Cluster", name, {}, created="CreationTime",
        aliases=(parallel_alias(subject, name),),
    )  # fmt: skip


def parallel_alias(subject: Subject, name: str) -> str:
    """The name by which machines of a cluster of ParallelCluster tell it: unique in an account's region."""
    return f"parallelcluster:{subject.account}:{subject.region}:{name}"


def cluster_of_machine(subject: Subject, tags: Mapping[str, str]) -> Iterator[Relation]:
    """What a machine's tags say of the cluster of ParallelCluster that it is part of."""
    name = tags.get(_NAME)
    if name and _VERSION in tags:
        yield from subject.relation("member_of", parallel_alias(subject, name))


def eks_group(subject: Subject, tags: Mapping[str, str]) -> Iterator[Relation]:
    """What the tags of a machine, or of the group behind it, say of the node group of EKS that it is part of: without
    this its accelerators would be counted twice."""
    cluster, name = tags.get("eks:cluster-name"), tags.get("eks:nodegroup-name")
    if cluster and name:
        yield from subject.relation("member_of", eks_group_alias(subject, cluster, name))


def eks_group_alias(subject: Subject, cluster: str, name: str) -> str:
    """A name of a node group that its machines know as well: its ARN ends with an id that they do not."""
    return f"eks-nodegroup:{subject.account}:{subject.region}:{cluster}/{name}"


def _zone(document: Any) -> str | None:
    zones = texts(document, "VpcConfig.Zones") or []
    return zones[0] if len(zones) == 1 else None


def is_parallel(document: Any) -> bool:
    """Whether a stack belongs to ParallelCluster: of the others nothing is kept."""
    tags = records(document, "Tags") or []
    return record(document, "Tags") is None and any(text(tag, "Key") == _VERSION for tag in tags)


_GROUP, _CLUSTER = ("compute.nodegroup",), ("compute.cluster",)
_DATA: Final = "LaunchTemplateData"

OUTPOST: Final = DocumentType(
    "AWS::Outposts::Outpost",
    "outposts",
    _CLUSTER,
    (
        "OutpostArn",
        "OutpostId",
        "Name",
        "OwnerId",
        "SiteId",
        "AvailabilityZone",
        "LifeCycleStatus",
        "SupportedHardwareType",
        "Site.OperatingAddressCountryCode",
        "Site.OperatingAddressStateOrRegion",
        "Tags",
    ),
    outpost,
)
CAPACITY_BLOCK: Final = DocumentType(
    "AWS::EC2::CapacityBlock",
    "ec2",
    _GROUP,
    (
        "CapacityBlockId",
        "UltraserverType",
        "AvailabilityZone",
        "CapacityReservationIds",
        "State",
        "StartDate",
        "EndDate",
        "CreateDate",
        "Tags",
    ),
    capacity_block,
)
SCALING_GROUP: Final = DocumentType(
    "AWS::AutoScaling::AutoScalingGroup",
    "autoscaling",
    _GROUP,
    (
        "AutoScalingGroupARN",
        "AutoScalingGroupName",
        "MinSize",
        "MaxSize",
        "DesiredCapacity",
        "AvailabilityZones",
        "VPCZoneIdentifier",
        "LaunchTemplate.LaunchTemplateId",
        "MixedInstancesPolicy.LaunchTemplate.Overrides[].InstanceType",
        "Instances[].InstanceId",
        "Instances[].InstanceType",
        "Template.InstanceType",
        "CreatedTime",
        "Tags",
    ),
    scaling_group,
)
LAUNCH_TEMPLATE: Final = DocumentType(
    "AWS::EC2::LaunchTemplate",
    "ec2",
    _GROUP,
    (
        "LaunchTemplateId",
        "LaunchTemplateName",
        "VersionNumber",
        "CreateTime",
        f"{_DATA}.InstanceType",
        f"{_DATA}.ImageId",
        f"{_DATA}.MetadataOptions.HttpTokens",
        f"{_DATA}.BlockDeviceMappings[].Ebs.Encrypted",
        f"{_DATA}.BlockDeviceMappings[].Ebs.KmsKeyId",
        f"{_DATA}.CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId",
    ),
    launch_template,
)
SLURM_CLUSTER: Final = DocumentType(
    "AWS::PCS::Cluster",
    "pcs",
    _CLUSTER,
    (
        "arn",
        "id",
        "name",
        "status",
        "createdAt",
        "scheduler",
        "networking.subnetIds",
        "endpoints[].type",
        "endpoints[].publicIpAddress",
        "slurmConfiguration.authKey.secretArn",
        "VpcConfig.VpcId",
        "VpcConfig.Zones",
    ),
    slurm_cluster,
)
SLURM_GROUP: Final = DocumentType(
    "AWS::PCS::ComputeNodeGroup",
    "pcs",
    _GROUP,
    (
        "arn",
        "id",
        "name",
        "clusterId",
        "status",
        "createdAt",
        "amiId",
        "purchaseOption",
        "subnetIds",
        "instanceConfigs[].instanceType",
        "scalingConfiguration",
        "iamInstanceProfileArn",
        "VpcConfig.Zones",
    ),
    slurm_group,
)
PARALLEL_CLUSTER: Final = DocumentType(
    "AWS::ParallelCluster::Cluster",
    "cloudformation",
    _CLUSTER,
    ("StackId", "StackName", "StackStatus", "CreationTime", "Tags"),
    parallel_cluster,
)
