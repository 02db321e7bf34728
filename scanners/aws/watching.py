"""What watches over data: log groups of CloudWatch, and Amazon Macie, which looks for personal data in buckets."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, number, put, text
from scanners.model import Asset, Location, Relation


def log_group(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A store of log entries; always encrypted. Without `retentionInDays` it keeps them without limit."""
    name = text(document, "logGroupName") or ""
    arn = text(document, "logGroupArn") or (text(document, "arn") or "").removesuffix(":*")
    subject = Subject(document, origin, arn, "logs", f"log-group:{name}")
    attributes: dict[str, Any] = {"encrypted": True}
    if is_null(document, "kmsKeyId"):
        attributes["custody"] = "provider"
    days = number(document, "retentionInDays")
    put(attributes, "retention_days", days)
    if days is not None:
        attributes["unlimited"] = False
    elif is_null(document, "retentionInDays"):
        attributes.update({"retention_days": None, "unlimited": True})
    yield subject.asset("log.group", "AWS::Logs::LogGroup", name, attributes, created="creationTime")
    yield from subject.encrypted_by("kmsKeyId")


def discovery(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Amazon Macie in one region: it reports and prevents nothing."""
    subject = Subject(document, origin, None, "macie2", "session")
    name = f"Amazon Macie ({(text(document, 'status') or 'unknown').lower()})"
    attributes: dict[str, Any] = {"type": "other", "enforced": False}
    put(attributes, "scope_path", f"account:{subject.account}" if subject.account != "unknown" else None)
    yield subject.asset("governance.policy", "AWS::Macie::Session", name, attributes, created="createdAt")


def bucket_findings(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """How many times Macie found personal data in one bucket: a facet of the bucket, which is read elsewhere."""
    arn = text(document, "bucketArn")
    subject = Subject(document, origin, arn, "s3", "unknown")
    hits = number(document, "Findings")
    if arn is not None and hits is not None:
        name = arn.rsplit(":", 1)[-1]
        facet = {"discovery_hits": hits}
        yield subject.asset("storage.bucket", "AWS::S3::Bucket", name, facet, location=Location.unknown())


LOG_GROUP: Final = DocumentType(
    "AWS::Logs::LogGroup",
    "logs",
    ("log.group",),
    (
        "logGroupName",
        "logGroupArn",
        "arn",
        "creationTime",
        "retentionInDays",
        "kmsKeyId",
        "logGroupClass",
        "dataProtectionStatus",
        "storedBytes",
    ),
    log_group,
)
SESSION: Final = DocumentType(
    "AWS::Macie::Session", "macie2", ("governance.policy",), ("status", "createdAt"), discovery
)
FINDINGS: Final = DocumentType(
    "AWS::Macie::BucketFindings",
    "macie2",
    ("storage.bucket",),
    ("bucketArn", "Findings", "sensitivityScore"),
    bucket_findings,
)
