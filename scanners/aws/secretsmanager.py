"""Entries of AWS Secrets Manager: that they exist and how they are guarded, never what they hold."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject, named, region_place, rest
from scanners.documents import DocumentType, Origin
from scanners.members import has, is_null, member, records, text
from scanners.model import Asset, Relation


def secret(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An entry, its key, and its copies in other regions. `ResourcePolicy` is the answer of its own operation."""
    name = text(document, "Name") or ""
    subject = Subject(document, origin, named(document, "ARN", "Id"), "secretsmanager", f"secret:{name}")
    attributes = rest(True, text(document, "KmsKeyId"))
    if is_null(document, "KmsKeyId"):
        attributes["custody"] = "provider"
    if text(document, "DeletedDate") is not None or not isinstance(member(document, "DeletedDate"), type(None)):
        attributes["state"] = "pending_destruction"
    elif is_null(document, "DeletedDate"):
        attributes["state"] = "enabled"
    copies = records(document, "ReplicationStatus")
    if copies is None:
        copies = records(document, "ReplicaRegions")
    if copies is not None:
        attributes["secondary_loc"] = region_place(text(copies[0], "Region")) if copies else None
    elif has(document, "ReplicationStatus"):
        attributes["secondary_loc"] = None
    yield subject.asset("secret", "AWS::SecretsManager::Secret", name, attributes, created="CreatedDate")
    yield from subject.encrypted_by("KmsKeyId")
    resource = subject.uid.split(":", 5)[5]
    for copy in copies or []:
        region = text(copy, "Region")
        if region:
            target = subject.arn("secretsmanager", resource, region=region)
            yield from subject.relation("replicates_to", target, {"continuous": True})
    policy = parse(member(document, "ResourcePolicy"))
    if policy is not None:
        for party in sorted(access(policy, subject.account).parties):
            yield from subject.relation("shared_with", party)


TYPES: Final = (
    DocumentType(
        "AWS::SecretsManager::Secret",
        "secretsmanager",
        ("secret",),
        (
            "ARN",
            "Id",
            "Name",
            "CreatedDate",
            "DeletedDate",
            "KmsKeyId",
            "RotationEnabled",
            "ReplicationStatus[].Region",
            "ReplicaRegions[].Region",
            "ResourcePolicy",
            "Tags",
        ),
        secret,
    ),
)
