"""Tables of Amazon DynamoDB."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.readlogging import MEMBERS as WATCHERS
from scanners.aws.readlogging import Watched, put_reads
from scanners.aws.subject import Subject, rest
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, member, number, put, records, text, word
from scanners.model import Asset, Relation


def table(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A table, its replicas in other regions and its backups.

    `ContinuousBackupsDescription` and `ResourcePolicy` are the answers of their own operations. Every table is
    encrypted; without `SSEDescription` by a key that AWS owns, which cannot be told from a description not read unless
    it is null.
    """
    name = text(document, "TableName") or ""
    subject = Subject(document, origin, text(document, "TableArn"), "dynamodb", f"table/{name}")
    key = text(document, "SSEDescription.KMSMasterKeyArn")
    attributes = rest(True, key)
    sort = text(document, "SSEDescription.SSEType")
    put(attributes, "encryption", sort)
    if is_null(document, "SSEDescription") or sort == "AES256" or word(document, "SSEDescription.Status") == "disabled":
        attributes["custody"] = "provider"
    recovery = word(document, "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus")
    if recovery is not None:
        days = number(document, "ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays")
        attributes["backup_retention_days"] = (days or 35) if recovery == "enabled" else 0
    if word(document, "TimeToLiveDescription.TimeToLiveStatus") == "disabled":
        attributes["expire_days"] = None  # where it is on, each entry carries its own end
    attributes["cross_zone"] = True  # DynamoDB keeps every table in three zones
    policy = parse(member(document, "ResourcePolicy"))
    allowed = access(policy, subject.account) if policy is not None else None
    if allowed is not None:
        allowed.tell(attributes)
    elif is_null(document, "ResourcePolicy"):
        attributes["public_access"] = "none"
    put_reads(document, attributes, Watched.table(subject.uid), subject.region)
    yield subject.asset("database.table", "AWS::DynamoDB::Table", name, attributes, created="CreationDateTime")
    yield from subject.encrypted_by("SSEDescription.KMSMasterKeyArn")
    for replica in records(document, "Replicas") or []:
        region = text(replica, "RegionName")
        if region and region != subject.region:
            target = subject.arn("dynamodb", f"table/{name}", region=region)
            yield from subject.relation("replicates_to", target, {"continuous": True, "delete_propagation": True})
    for party in sorted(allowed.parties if allowed is not None else ()):
        yield from subject.relation("shared_with", party)


TYPES: Final = (
    DocumentType(
        "AWS::DynamoDB::Table",
        "dynamodb",
        ("database.table",),
        (
            "TableName",
            "TableArn",
            "TableStatus",
            "CreationDateTime",
            "SSEDescription.Status",
            "SSEDescription.SSEType",
            "SSEDescription.KMSMasterKeyArn",
            "Replicas[].RegionName",
            "Replicas[].ReplicaStatus",
            "ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
            "ContinuousBackupsDescription.PointInTimeRecoveryDescription.RecoveryPeriodInDays",
            "ResourcePolicy",
            "TimeToLiveDescription.TimeToLiveStatus",
            *WATCHERS,
            "Tags",
        ),
        table,
    ),
)
