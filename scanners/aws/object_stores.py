"""What stands beside ordinary buckets of Amazon S3: access points, grants, batch copies, and buckets of other sorts:
directories in one zone, tables, vectors, and file systems on buckets."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject, place, region_place
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, member, put, records, text
from scanners.model import Asset, Location, LocationKind, Relation
from scanners.references import uid_of

_DIRECTORY: Final = re.compile(r"--([a-z0-9-]+)--x-s3$")
_RUNNING: Final = frozenset({"Active", "New", "Preparing", "Ready", "Suspended", "Paused", "Completing"})
_BLOCKS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def access_point(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A further way into a bucket, with a policy of its own. `Policy` is null where there is none."""
    name = text(document, "Name") or ""
    subject = Subject(document, origin, text(document, "AccessPointArn"), "s3", f"accesspoint/{name}")
    attributes: dict[str, Any] = {"services": ["s3"]}
    owner = text(document, "BucketAccountId")
    if owner != subject.account:
        put(attributes, "peer_account", owner)
    public = flag(document, "PolicyStatus.IsPublic")
    if public is not None:
        attributes["policy_open"] = public
    elif is_null(document, "Policy"):
        attributes["policy_open"] = False
    yield subject.asset("network.endpoint", "AWS::S3::AccessPoint", name, attributes)
    bucket = subject.bucket(text(document, "Bucket"))
    yield from subject.relation("reads", bucket)
    yield from subject.in_vpc(text(document, "VpcConfiguration.VpcId"))
    policy = parse(document.get("Policy"))
    if policy is not None and bucket:
        for party in sorted(access(policy, subject.account).parties - ({"public"} if public is False else set())):
            yield Relation(bucket, "shared_with", party)


def multi_region(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """One address for buckets of several regions. It copies nothing by itself; requests go to whichever is nearest."""
    alias = text(document, "Alias") or text(document, "Name") or ""
    subject = Subject(document, origin, None, "s3", "accesspoint/unknown")
    subject.uid = f"arn:{subject.partition}:s3::{subject.account}:accesspoint/{alias}"
    buckets = records(document, "Regions") or []
    attributes: dict[str, Any] = {"enabled": text(document, "Status") == "READY", "continuous": True}
    where = Location(
        LocationKind.MULTI_REGION,
        service="s3",
        members=tuple(sorted({r for b in buckets if (r := text(b, "Region")) is not None})),
    )
    name = text(document, "Name")
    native = "AWS::S3::MultiRegionAccessPoint"
    yield subject.asset("replication", native, name, attributes, location=where, created="CreatedAt")
    for bucket in buckets:
        held = subject.bucket(text(bucket, "Bucket"))
        if held:
            yield Relation(held, "member_of", subject.uid)


def batch(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A batch operation that copies objects into a bucket."""
    identity = text(document, "JobId") or ""
    subject = Subject(document, origin, text(document, "JobArn"), "s3", f"job/{identity}")
    attributes: dict[str, Any] = {"continuous": False, "schedule": None}
    status = text(document, "Status")
    if status is not None:
        attributes["enabled"] = status in _RUNNING
    yield subject.asset("transfer.job", "AWS::S3::BatchOperationsJob", identity, attributes, created="CreationTime")
    listed = text(document, "ManifestGenerator.S3JobManifestGenerator.SourceBucket")
    yield from subject.relation("reads", subject.bucket(listed))
    key = subject.key(text(document, "Operation.S3PutObjectCopy.SSEAwsKmsKeyId"))
    target = subject.bucket(text(document, "Operation.S3PutObjectCopy.TargetResource"))
    yield from subject.relation("writes", target, {"key": key} if key else {})


def grant(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A grant of S3 Access Grants on a part of a bucket: a relation only, where it goes to another account or to a
    directory of people."""
    scope = text(document, "GrantScope")
    bucket = uid_of(scope) if scope else None
    who, sort = text(document, "Grantee.GranteeIdentifier") or "", text(document, "Grantee.GranteeType")
    account = (who.split(":") + [""] * 5)[4] if sort == "IAM" else ""
    if bucket and account.isdigit() and account != origin.account:
        yield Relation(bucket, "shared_with", f"account:{account}", {"role": "grant"})


def directory_bucket(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A bucket that lies in one zone, which can be a Local Zone in another country; the zone's id is in its name.

    Such buckets are always encrypted, keep no versions, and their block of public access cannot be lifted.
    """
    name = text(document, "Name") or ""
    subject = Subject(document, origin, text(document, "BucketArn"), "s3express", f"bucket/{name}")
    attributes: dict[str, Any] = {"encrypted": True, "cross_zone": False, "versioning": False, "public_access": "none"}
    where = place(text(document, "BucketRegion") or subject.region, text(document, "Zone"))
    yield subject.asset(
        "storage.bucket", "AWS::S3Express::DirectoryBucket", name, attributes, location=where, created="CreationDate"
    )


def zone_id(name: str) -> str | None:
    """The id of the zone that the name of a directory bucket ends with (`euc1-az2`)."""
    match = _DIRECTORY.search(name)
    return match[1] if match else None


def table_bucket(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A bucket of tables. `Encryption` and `Replication` are null where AWS knows of none set."""
    name = text(document, "name") or ""
    subject = Subject(document, origin, text(document, "arn"), "s3tables", f"bucket/{name}")
    attributes: dict[str, Any] = {"encrypted": True}
    _sort(document, "Encryption.sseAlgorithm", "Encryption", attributes)
    rules = records(document, "Replication.rules")
    if is_null(document, "Replication") or rules == []:
        attributes["secondary_loc"] = None
    copies = [c for rule in rules or [] for c in records(rule, "destinations") or []]
    targets = [t for copy in copies if (t := text(copy, "destinationTableBucketARN")) is not None]
    if targets:
        put(attributes, "secondary_loc", region_place((targets[0].split(":") + [""] * 4)[3] or None))
    attributes.update(_exposure(subject, document, "Policy"))
    yield subject.asset("storage.bucket", "AWS::S3Tables::TableBucket", name, attributes, created="createdAt")
    yield from subject.encrypted_by("Encryption.kmsKeyArn")
    for target in targets:
        yield from subject.relation("replicates_to", target, {"continuous": True, "enabled": True})
    yield from _shared(subject, document, "Policy")


def vector_bucket(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A bucket of vectors: numbers that stand for texts or pictures, and can tell as much about people."""
    name = text(document, "vectorBucketName") or ""
    subject = Subject(document, origin, text(document, "vectorBucketArn"), "s3vectors", f"bucket/{name}")
    attributes: dict[str, Any] = {"encrypted": True}
    _sort(document, "encryptionConfiguration.sseType", "encryptionConfiguration", attributes)
    attributes.update(_exposure(subject, document, "Policy"))
    yield subject.asset("storage.bucket", "AWS::S3Vectors::VectorBucket", name, attributes, created="creationTime")
    yield from subject.encrypted_by("encryptionConfiguration.kmsKeyArn")
    yield from _shared(subject, document, "Policy")


def _sort(document: Any, path: str, holder: str, attributes: dict[str, Any]) -> None:
    """The kind of encryption; S3 encrypts everything, by keys of its own where nothing else is set."""
    sort = text(document, path)
    put(attributes, "encryption", sort)
    if sort == "AES256" or is_null(document, holder):
        attributes["custody"] = "provider"


def _exposure(subject: Subject, document: Any, path: str) -> dict[str, Any]:
    if is_null(document, path):
        return {"public_access": "none"}
    policy = parse(member(document, path))
    found: dict[str, Any] = {}
    if policy is not None:
        access(policy, subject.account).tell(found)
    return found


def _shared(subject: Subject, document: Any, path: str) -> Iterator[Relation]:
    policy = parse(member(document, path))
    if policy is not None:
        for party in sorted(access(policy, subject.account).parties):
            yield from subject.relation("shared_with", party)


def file_system(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A view of a bucket as a file system: what is written there lands in the bucket."""
    identity = text(document, "fileSystemId") or ""
    subject = Subject(document, origin, text(document, "fileSystemArn"), "s3files", f"file-system/{identity}")
    attributes: dict[str, Any] = {"encrypted": True}
    if has(document, "kmsKeyId") and text(document, "kmsKeyId") is None:
        attributes["custody"] = "provider"
    name = text(document, "name") or identity
    yield subject.asset("storage.filesystem", "AWS::S3Files::FileSystem", name, attributes, created="creationTime")
    yield from subject.encrypted_by("kmsKeyId")
    bucket = subject.bucket(text(document, "bucket"))
    for type_ in ("reads", "writes"):
        yield from subject.relation(type_, bucket, {"continuous": True})


ACCESS_POINT: Final = DocumentType(
    "AWS::S3::AccessPoint",
    "s3",
    ("network.endpoint",),
    (
        "Name",
        "AccessPointArn",
        "NetworkOrigin",
        "Bucket",
        "BucketAccountId",
        "DataSourceType",
        "VpcConfiguration.VpcId",
        "Policy",
        "PolicyStatus.IsPublic",
    ),
    access_point,
)
MULTI_REGION: Final = DocumentType(
    "AWS::S3::MultiRegionAccessPoint",
    "s3",
    ("replication",),
    (
        "Name",
        "Alias",
        "Status",
        "CreatedAt",
        *(f"Regions[].{m}" for m in ("Bucket", "Region", "BucketAccountId")),
        *(f"PublicAccessBlock.{m}" for m in _BLOCKS),
    ),
    multi_region,
)
BATCH: Final = DocumentType(
    "AWS::S3::BatchOperationsJob",
    "s3",
    ("transfer.job",),
    (
        "JobId",
        "JobArn",
        "Status",
        "CreationTime",
        "Operation.S3PutObjectCopy.TargetResource",
        "Operation.S3PutObjectCopy.SSEAwsKmsKeyId",
        "ManifestGenerator.S3JobManifestGenerator.SourceBucket",
    ),
    batch,
)
GRANT: Final = DocumentType(
    "AWS::S3::AccessGrant",
    "s3",
    ("identity",),
    ("AccessGrantId", "GrantScope", "Grantee.GranteeType", "Grantee.GranteeIdentifier", "Permission"),
    grant,
)
DIRECTORY_BUCKET: Final = DocumentType(
    "AWS::S3Express::DirectoryBucket",
    "s3express",
    ("storage.bucket",),
    ("Name", "BucketArn", "BucketRegion", "CreationDate", "Zone"),
    directory_bucket,
)
TABLE_BUCKET: Final = DocumentType(
    "AWS::S3Tables::TableBucket",
    "s3tables",
    ("storage.bucket",),
    (
        "arn",
        "name",
        "ownerAccountId",
        "createdAt",
        "type",
        "Encryption.sseAlgorithm",
        "Encryption.kmsKeyArn",
        "Replication.rules[].destinations[].destinationTableBucketARN",
        "Policy",
    ),
    table_bucket,
)
VECTOR_BUCKET: Final = DocumentType(
    "AWS::S3Vectors::VectorBucket",
    "s3vectors",
    ("storage.bucket",),
    (
        "vectorBucketName",
        "vectorBucketArn",
        "creationTime",
        "encryptionConfiguration.sseType",
        "encryptionConfiguration.kmsKeyArn",
        "Policy",
    ),
    vector_bucket,
)
FILE_SYSTEM: Final = DocumentType(
    "AWS::S3Files::FileSystem",
    "s3files",
    ("storage.filesystem",),
    (
        "fileSystemArn",
        "fileSystemId",
        "name",
        "bucket",
        "prefix",
        "status",
        "kmsKeyId",
        "roleArn",
        "creationTime",
        "tags",
    ),
    file_system,
)
