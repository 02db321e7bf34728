"""Machine images of Amazon EC2, and the settings that keep images and snapshots of a region from becoming public."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.ec2 import by_plan
from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import flag, put, records, text
from scanners.model import Asset, Relation


def image(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An image. `LaunchPermissions` is the answer of `DescribeImageAttribute`."""
    identity = text(document, "ImageId") or ""
    subject = Subject(document, origin, None, "ec2", f"image/{identity}")
    disks = [d for d in records(document, "BlockDeviceMappings") or [] if "Ebs" in d]
    states = [flag(disk, "Ebs.Encrypted") for disk in disks]
    attributes = by_plan(subject.tags)
    if states and None not in states:
        attributes["encrypted"] = all(states)
        if not any(states):
            attributes["custody"] = "none"
    permissions = records(document, "LaunchPermissions")
    public = flag(document, "Public")
    if public is not None:
        attributes["public_access"] = "public" if public else "none"
    put(attributes, "source_region", text(document, "SourceImageRegion"))
    name = subject.name_tag or text(document, "Name") or identity
    yield subject.asset("storage.image", "AWS::EC2::Image", name, attributes, created="CreationDate")
    for disk in disks:
        yield from subject.relation("encrypted_by", subject.key(text(disk, "Ebs.KmsKeyId")))
    if public:
        yield from subject.relation("shared_with", "public")
    for permission in permissions or []:
        for prefix, path in (("account", "UserId"), ("organization", "OrganizationArn")):
            party = text(permission, path)
            yield from subject.relation("shared_with", f"{prefix}:{party.rsplit('/', 1)[-1]}" if party else None)


def public_guard(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A region's block of public images or snapshots (`What`); only what blocks everything counts as enforced."""
    what = text(document, "What") or ""
    subject = Subject(document, origin, None, "ec2", f"{what}-block-public-access")
    attributes: dict[str, Any] = {"type": "public_access", "scope_path": subject.account}
    state = text(document, "State")
    if state is not None:
        attributes["enforced"] = state in ("block-all-sharing", "block-new-sharing")
    name = f"Block of public {what}s in {subject.region}"
    yield subject.asset("governance.policy", "AWS::EC2::BlockPublicAccess", name, attributes)


IMAGE: Final = DocumentType(
    "AWS::EC2::Image",
    "ec2",
    ("storage.image",),
    (
        "ImageId",
        "Name",
        "OwnerId",
        "Public",
        "CreationDate",
        "SourceImageId",
        "SourceImageRegion",
        "BlockDeviceMappings[].Ebs.Encrypted",
        "BlockDeviceMappings[].Ebs.KmsKeyId",
        "BlockDeviceMappings[].Ebs.SnapshotId",
        "LaunchPermissions[].UserId",
        "LaunchPermissions[].Group",
        "LaunchPermissions[].OrganizationArn",
        "Tags",
    ),
    image,
)
PUBLIC_GUARD: Final = DocumentType(
    "AWS::EC2::BlockPublicAccess", "ec2", ("governance.policy",), ("What", "State", "ManagedBy"), public_guard
)
