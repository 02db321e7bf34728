"""Machines, disks and reserved capacity of Amazon EC2."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec import UnsetType

from scanners.aws.capacity import cluster_of_machine, eks_group
from scanners.aws.subject import Subject, rest, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, member, number, put, records, text, word
from scanners.model import Asset, Relation

_EVERYONE: Final = ("0.0.0.0/0", "::/0")
_NOTED: Final = (22, 80, 443, 2379, 3306, 3389, 5432, 6006, 6443, 8080, 8265, 8888, 8889, 9200, 10250)


def instance(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A machine with its network, its disks and the role that it acts as."""
    identity = text(document, "InstanceId") or ""
    subject = Subject(document, origin, None, "ec2", f"instance/{identity}")
    attributes: dict[str, Any] = {}
    put(attributes, "instance_type", text(document, "InstanceType"))
    put(attributes, "gpu_count", number(document, "TypeInfo.Accelerators"))
    put(attributes, "gpu_model", text(document, "TypeInfo.Model"))
    put(attributes, "public_ip", _public(document))
    put(attributes, "confidential", _confidential(document))
    put(attributes, "open_ports", open_ports(document))
    put(attributes, "vpc", text(document, "VpcId"))
    if is_null(document, "VpcId"):
        attributes["vpc"] = None
    zone = text(document, "Placement.AvailabilityZone")
    yield subject.asset(
        "compute.instance",
        "AWS::EC2::Instance",
        subject.name_tag or identity,
        attributes,
        zone=zone,
        created="LaunchTime",
        aliases=(f"aws-instance:{identity}",) if identity else (),
    )
    yield from subject.in_vpc(text(document, "VpcId"))
    for mapping in records(document, "BlockDeviceMappings") or []:
        volume = text(mapping, "Ebs.VolumeId")
        yield from subject.relation("reads", subject.arn("ec2", f"volume/{volume}") if volume else None)
    reservation = text(document, "CapacityReservationId")
    if reservation:
        yield from subject.relation("runs_on", subject.arn("ec2", f"capacity-reservation/{reservation}"))
    if isinstance(subject.tags, dict):
        cluster = subject.tags.get("aws:eks:cluster-name") or subject.tags.get("eks:cluster-name")
        if cluster:
            yield from subject.relation("member_of", subject.arn("eks", f"cluster/{cluster}"))
        yield from cluster_of_machine(subject, subject.tags)
        yield from eks_group(subject, subject.tags)


def open_ports(document: Any) -> list[dict[str, Any]] | None:
    """What security groups let in from networks. `IpPermissions` are the inbound rules of all of the machine's groups.

    Of a range of more than 64 ports, its ends and the ports in `_NOTED` stand for all.
    """
    permissions = records(document, "IpPermissions")
    if permissions is None:
        return None
    found: set[tuple[str, int]] = set()
    for permission in permissions:
        low, high = number(permission, "FromPort"), number(permission, "ToPort")
        if text(permission, "IpProtocol") == "-1":
            low, high = 0, 65535
        if low is None or high is None or low < 0 or text(permission, "IpProtocol") in ("icmp", "icmpv6"):
            continue
        wide = high - low >= 64
        ports = {low, high, *(p for p in _NOTED if low <= p <= high)} if wide else set(range(low, high + 1))
        networks = [text(n, "CidrIp") for n in records(permission, "IpRanges") or []]
        networks += [text(n, "CidrIpv6") for n in records(permission, "Ipv6Ranges") or []]
        found |= {("any" if n in _EVERYONE else n, port) for n in networks if n for port in ports}
    return [{"from": network, "port": port} for network, port in sorted(found)]


def _public(document: Any) -> bool | None:
    """EC2 gives an empty public name where there is no public address."""
    if text(document, "PublicIpAddress") is not None:
        return True
    if is_null(document, "PublicIpAddress") or member(document, "PublicDnsName") == "":
        return False
    return None


def _confidential(document: Any) -> str | None:
    memory, enclave = word(document, "CpuOptions.AmdSevSnp"), flag(document, "EnclaveOptions.Enabled")
    if memory == "enabled":
        return "cpu"
    if enclave is True:
        return "enclave"
    return "none" if enclave is False and (is_null(document, "CpuOptions.AmdSevSnp") or memory == "disabled") else None


def volume(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A disk, its key, and the machines it is attached to."""
    identity = text(document, "VolumeId") or ""
    subject = Subject(document, origin, None, "ec2", f"volume/{identity}")
    attributes = rest(flag(document, "Encrypted"), text(document, "KmsKeyId"))
    attachments = records(document, "Attachments")
    if attachments is not None:
        attributes["attached"] = bool(attachments)
    yield subject.asset(
        "storage.volume",
        "AWS::EC2::Volume",
        subject.name_tag or identity,
        attributes,
        zone=text(document, "AvailabilityZone"),
        created="CreateTime",
    )
    yield from subject.encrypted_by("KmsKeyId")
    for attachment in attachments or []:
        machine = text(attachment, "InstanceId")
        yield from subject.relation("member_of", subject.arn("ec2", f"instance/{machine}") if machine else None)


def snapshot(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A copy of a disk. `CreateVolumePermissions` is the answer of `DescribeSnapshotAttribute`; `Public` says whether
    it is among the snapshots that everybody may use."""
    identity = text(document, "SnapshotId") or ""
    subject = Subject(document, origin, None, "ec2", f"snapshot/{identity}")
    attributes = rest(flag(document, "Encrypted"), text(document, "KmsKeyId")) | by_plan(subject.tags)
    source = text(document, "VolumeId")
    permissions = records(document, "CreateVolumePermissions")
    if permissions is not None:
        public = any(text(p, "Group") == "all" for p in permissions)
        attributes["public_access"] = "public" if public else "none"
    elif flag(document, "Public") is False:
        attributes["public_access"] = "none"
    if source and source != "vol-ffffffff":  # what EC2 says of copies
        attributes["source_uid"] = subject.arn("ec2", f"volume/{source}")
    yield subject.asset("storage.snapshot", "AWS::EC2::Snapshot", identity, attributes, created="StartTime")
    yield from subject.encrypted_by("KmsKeyId")
    if "source_uid" in attributes:
        yield Relation(attributes["source_uid"], "backs_up_to", subject.uid)
    for permission in permissions or []:
        user = text(permission, "UserId")
        yield from subject.relation("shared_with", f"account:{user}" if user else None)
        yield from subject.relation("shared_with", "public" if text(permission, "Group") == "all" else None)


_KEEPERS: Final = ("aws:backup:source-resource", "aws:dlm:lifecycle-policy-id", "dlm:managed")
"""Tags that AWS Backup and Data Lifecycle Manager put on the snapshots and images that they make."""


def by_plan(tags: dict[str, str] | UnsetType) -> dict[str, Any]:
    """`managed_by_backup` of a snapshot or image, as its tags tell; nothing where these were not read."""
    return {"managed_by_backup": any(tag in tags for tag in _KEEPERS)} if isinstance(tags, dict) else {}


def reservation(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Reserved capacity of one machine type."""
    identity = text(document, "CapacityReservationId") or text(document, "Id") or ""
    subject = Subject(
        document, origin, text(document, "CapacityReservationArn"), "ec2", f"capacity-reservation/{identity}"
    )
    attributes: dict[str, Any] = {}
    put(attributes, "instance_type", text(document, "InstanceType"))
    count = number(document, "TotalInstanceCount")
    put(attributes, "node_count", count if count is not None else number(document, "InstanceCount"))
    if word(document, "EndDateType") == "unlimited":
        attributes["reservation_end"] = None
    else:
        put(attributes, "reservation_end", when_text(document, "EndDate"))
    zone = text(document, "AvailabilityZone")
    yield subject.asset(
        "compute.nodegroup", "AWS::EC2::CapacityReservation", identity, attributes, zone=zone, created="CreateDate"
    )


TYPES: Final = (
    DocumentType(
        "AWS::EC2::Instance",
        "ec2",
        ("compute.instance",),
        (
            "InstanceId",
            "InstanceType",
            "LaunchTime",
            "State.Name",
            "ImageId",
            "Placement.AvailabilityZone",
            "Placement.Tenancy",
            "OutpostArn",
            "OutpostCountry",
            "PublicIpAddress",
            "PublicDnsName",
            "InstanceLifecycle",
            "CapacityReservationId",
            "CpuOptions.AmdSevSnp",
            "EnclaveOptions.Enabled",
            "MetadataOptions.HttpTokens",
            "IamInstanceProfile.Arn",
            "VpcId",
            "SubnetId",
            "TypeInfo.Accelerators",
            "TypeInfo.Model",
            "IpPermissions[].IpProtocol",
            "IpPermissions[].FromPort",
            "IpPermissions[].ToPort",
            "IpPermissions[].IpRanges[].CidrIp",
            "IpPermissions[].Ipv6Ranges[].CidrIpv6",
            "BlockDeviceMappings[].Ebs.VolumeId",
            "Tags",
        ),
        instance,
    ),
    DocumentType(
        "AWS::EC2::Volume",
        "ec2",
        ("storage.volume",),
        (
            "VolumeId",
            "AvailabilityZone",
            "OutpostArn",
            "OutpostCountry",
            "Encrypted",
            "KmsKeyId",
            "Size",
            "State",
            "CreateTime",
            "SnapshotId",
            "Attachments[].InstanceId",
            "Attachments[].State",
            "Tags",
        ),
        volume,
    ),
    DocumentType(
        "AWS::EC2::Snapshot",
        "ec2",
        ("storage.snapshot",),
        (
            "SnapshotId",
            "VolumeId",
            "OwnerId",
            "Encrypted",
            "KmsKeyId",
            "StartTime",
            "OutpostArn",
            "OutpostCountry",
            "Public",
            "CreateVolumePermissions[].UserId",
            "CreateVolumePermissions[].Group",
            "Tags",
        ),
        snapshot,
    ),
    DocumentType(
        "AWS::EC2::CapacityReservation",
        "ec2",
        ("compute.nodegroup",),
        (
            "CapacityReservationId",
            "Id",
            "CapacityReservationArn",
            "InstanceType",
            "AvailabilityZone",
            "OutPostArn",
            "TotalInstanceCount",
            "InstanceCount",
            "State",
            "ReservationType",
            "CreateDate",
            "EndDate",
            "EndDateType",
            "Tags",
        ),
        reservation,
    ),
)
