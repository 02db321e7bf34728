"""Copies of databases that leave them: snapshots and tables exported to buckets, backups kept in other regions,
and the stores of Redshift Serverless. AWS Config records none of them."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, region_place, rest, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, number, put, text
from scanners.model import Asset, Relation


def snapshot_export(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A snapshot of RDS that was written to a bucket: where training data often come from."""
    name = text(document, "ExportTaskIdentifier") or ""
    subject = Subject(document, origin, None, "rds", f"export-task:{name}")
    status = text(document, "Status")
    attributes = _times(document, "TaskStartTime", "TaskEndTime", status in ("STARTING", "IN_PROGRESS"))
    yield subject.asset("transfer.job", "AWS::RDS::ExportTask", name, attributes, created="TaskStartTime")
    yield from subject.relation("reads", text(document, "SourceArn"))
    key = subject.key(text(document, "KmsKeyId"))
    yield from subject.relation("writes", subject.bucket(text(document, "S3Bucket")), {"key": key} if key else None)


def table_export(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A table of DynamoDB that was written to a bucket, perhaps of another account."""
    arn = text(document, "ExportArn")
    subject = Subject(document, origin, arn, "dynamodb", "table/unknown/export/unknown")
    attributes = _times(document, "StartTime", "EndTime", text(document, "ExportStatus") == "IN_PROGRESS")
    name = (arn or "").rsplit("/", 1)[-1]
    yield subject.asset("transfer.job", "AWS::DynamoDB::Export", name, attributes, created="StartTime")
    yield from subject.relation("reads", text(document, "TableArn"))
    key = subject.key(text(document, "S3SseKmsKeyId"))
    yield from subject.relation("writes", subject.bucket(text(document, "S3Bucket")), {"key": key} if key else None)


def automated_backup(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Automatic backups of a database of another region, kept here."""
    arn = text(document, "DBInstanceAutomatedBackupsArn")
    subject = Subject(document, origin, arn, "rds", "auto-backup:unknown")
    attributes = rest(flag(document, "Encrypted"), text(document, "KmsKeyId"))
    source = text(document, "DBInstanceArn")
    put(attributes, "source_uid", source)
    put(attributes, "source_region", text(document, "Region"))
    put(attributes, "backup_retention_days", number(document, "BackupRetentionPeriod"))
    name = text(document, "DBInstanceIdentifier")
    yield subject.asset("storage.snapshot", "AWS::RDS::AutomatedBackup", name, attributes)
    yield from subject.encrypted_by("KmsKeyId")
    if source:
        yield Relation(source, "backs_up_to", subject.uid, {"continuous": True})


def namespace(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The data of a serverless warehouse; always encrypted. `SnapshotCopy` says where its snapshots are copied to."""
    name = text(document, "namespaceName") or ""
    identity = text(document, "namespaceId") or name
    arn = text(document, "namespaceArn")
    subject = Subject(document, origin, arn, "redshift-serverless", f"namespace/{identity}")
    key = text(document, "kmsKeyId")
    own = key is None or key == "AWS_OWNED_KMS_KEY"
    attributes = rest(True, None if own else key)
    if own and has(document, "kmsKeyId"):
        attributes["custody"] = "provider"
    public = flag(document, "publiclyAccessible")
    if public is not None:
        attributes["public_access"] = "possible" if public else "none"
    region = text(document, "SnapshotCopy.destinationRegion")
    if region is not None:
        attributes["backup_loc"] = region_place(region)
    elif has(document, "SnapshotCopy"):
        attributes["backup_loc"] = None
    native = "AWS::RedshiftServerless::Namespace"
    yield subject.asset("warehouse", native, name, attributes, created="creationDate")
    if not own:
        yield from subject.encrypted_by("kmsKeyId")


def _times(document: Any, start: str, end: str, runs: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"continuous": False, "enabled": runs}
    put(found, "started_at", when_text(document, start))
    put(found, "ended_at", when_text(document, end))
    if runs and "ended_at" not in found:
        found["ended_at"] = None
    return found


TYPES: Final = (
    DocumentType(
        "AWS::RDS::ExportTask", "rds", ("transfer.job",),
        (
            "ExportTaskIdentifier", "SourceArn", "S3Bucket", "KmsKeyId", "IamRoleArn", "Status", "TaskStartTime",
            "TaskEndTime", "SnapshotTime",
        ),
        snapshot_export,
    ),
    DocumentType(
        "AWS::RDS::AutomatedBackup", "rds", ("storage.snapshot",),
        (
            "DBInstanceAutomatedBackupsArn", "DBInstanceArn", "DBInstanceIdentifier", "Region", "Status", "Encrypted",
            "KmsKeyId", "BackupRetentionPeriod",
        ),
        automated_backup,
    ),
    DocumentType(
        "AWS::DynamoDB::Export", "dynamodb", ("transfer.job",),
        (
            "ExportArn", "ExportStatus", "StartTime", "EndTime", "TableArn", "S3Bucket", "S3BucketOwner",
            "S3SseAlgorithm", "S3SseKmsKeyId", "ExportFormat",
        ),
        table_export,
    ),
    DocumentType(
        "AWS::RedshiftServerless::Namespace", "redshift-serverless", ("warehouse",),
        (
            "namespaceName", "namespaceArn", "namespaceId", "creationDate", "kmsKeyId", "publiclyAccessible",
            "iamRoles", "logExports", "SnapshotCopy.destinationRegion", "SnapshotCopy.destinationKmsKeyId",
        ),
        namespace,
    ),
)  # fmt: skip
