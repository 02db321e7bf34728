"""File systems of Amazon EFS."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse, tls_only
from scanners.aws.subject import Subject, named, region_place, rest
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, member, put, records, text
from scanners.model import Asset, Relation


def file_system(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A file system; `Replications` are the destinations that `DescribeReplicationConfigurations` names."""
    identity = text(document, "FileSystemId") or ""
    arn = named(document, "FileSystemArn", "Arn")
    subject = Subject(document, origin, arn, "elasticfilesystem", f"file-system/{identity}")
    attributes = rest(flag(document, "Encrypted"), text(document, "KmsKeyId"))
    zone = text(document, "AvailabilityZoneName")
    if zone is not None:
        attributes["cross_zone"] = False
    elif is_null(document, "AvailabilityZoneName"):
        attributes["cross_zone"] = True
    policy = parse(member(document, "FileSystemPolicy"))
    if policy is not None:
        attributes["https_only"] = tls_only(policy, "elasticfilesystem")
    elif is_null(document, "FileSystemPolicy"):
        attributes["https_only"] = False
    backup = text(document, "BackupPolicy.Status")
    if backup == "DISABLED" or is_null(document, "BackupPolicy"):
        attributes["backup_retention_days"] = 0
    copies = records(document, "ReplicationConfiguration.Destinations")
    if copies is not None:
        attributes["secondary_loc"] = region_place(text(copies[0], "Region")) if copies else None
    elif has(document, "ReplicationConfiguration"):
        attributes["secondary_loc"] = None
    address = f"external:nfs://{identity}.efs.{subject.region}.amazonaws.com"
    name = named(document, "Name") or identity
    put(attributes, "attached", (member(document, "NumberOfMountTargets") or 0) > 0 if _counted(document) else None)
    yield subject.asset(
        "storage.filesystem",
        "AWS::EFS::FileSystem",
        name,
        attributes,
        zone=zone,
        created="CreationTime",
        aliases=(address,) if identity and subject.region else (),
    )
    yield from subject.encrypted_by("KmsKeyId")
    for copy in copies or []:
        target, region = text(copy, "FileSystemId"), text(copy, "Region")
        if target and region:
            owner = text(copy, "OwnerId")
            copied = subject.arn("elasticfilesystem", f"file-system/{target}", region=region, account=owner)
            yield from subject.relation("replicates_to", copied, {"continuous": True})
    if policy is not None:
        for party in sorted(access(policy, subject.account).parties):
            yield from subject.relation("shared_with", party)


def _counted(document: Any) -> bool:
    return isinstance(member(document, "NumberOfMountTargets"), int)


TYPES: Final = (
    DocumentType(
        "AWS::EFS::FileSystem",
        "efs",
        ("storage.filesystem",),
        (
            "FileSystemId",
            "FileSystemArn",
            "Arn",
            "Name",
            "CreationTime",
            "Encrypted",
            "KmsKeyId",
            "AvailabilityZoneName",
            "NumberOfMountTargets",
            "FileSystemPolicy",
            "BackupPolicy.Status",
            "ReplicationConfiguration.Destinations[].FileSystemId",
            "ReplicationConfiguration.Destinations[].Region",
            "ReplicationConfiguration.Destinations[].OwnerId",
            "Tags",
        ),
        file_system,
    ),
)
