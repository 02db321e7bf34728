"""Clusters of Amazon EMR that run: where they stand and where their logs go. Their machines are read with EC2."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import text
from scanners.model import Asset, Relation


def cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster; its logs may be encrypted by a key of their own."""
    identity = text(document, "Id") or ""
    arn = text(document, "ClusterArn")
    subject = Subject(document, origin, arn, "elasticmapreduce", f"cluster/{identity}")
    zone = text(document, "Ec2InstanceAttributes.Ec2AvailabilityZone")
    name = text(document, "Name") or identity
    created = "Status.Timeline.CreationDateTime"
    yield subject.asset("compute.cluster", "AWS::EMR::Cluster", name, {}, zone=zone, created=created)
    key = subject.key(text(document, "LogEncryptionKmsKeyId"))
    noted: dict[str, Any] = {"continuous": True, **({"key": key} if key else {})}
    yield from subject.touches("logs_to", "LogUri", noted)
    subnet = text(document, "Ec2InstanceAttributes.Ec2SubnetId")
    yield from subject.relation("member_of", subject.arn("ec2", f"subnet/{subnet}") if subnet else None)


TYPES: Final = (
    DocumentType(
        "AWS::EMR::Cluster",
        "emr",
        ("compute.cluster",),
        (
            "Id",
            "ClusterArn",
            "Name",
            "Status.State",
            "Status.Timeline.CreationDateTime",
            "Ec2InstanceAttributes.Ec2AvailabilityZone",
            "Ec2InstanceAttributes.Ec2SubnetId",
            "LogUri",
            "LogEncryptionKmsKeyId",
            "SecurityConfiguration",
            "ReleaseLabel",
            "Tags",
        ),
        cluster,
    ),
)
