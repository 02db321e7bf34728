"""Ways by which data come in and go out: migrations of databases, and shares of gateways that stand on premises."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.subject import Subject, rest, when_text
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, put, record, text
from scanners.model import Asset, Location, LocationKind, Relation

_RUNS: Final = frozenset({"running", "starting"})


def migration(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A task of Database Migration Service. `Source` and `Target` are what `DescribeEndpoints` says of its ends."""
    arn = text(document, "ReplicationTaskArn") or text(document, "ReplicationConfigArn")
    name = text(document, "ReplicationTaskIdentifier") or text(document, "ReplicationConfigIdentifier")
    subject = Subject(document, origin, arn, "dms", "task:unknown")
    attributes: dict[str, Any] = {}
    sort = text(document, "MigrationType") or text(document, "ReplicationType")
    if sort is not None:
        attributes["continuous"] = "cdc" in sort
    status = text(document, "Status")
    if status is not None:
        attributes["enabled"] = status in _RUNS
    put(attributes, "started_at", when_text(document, "ReplicationTaskStartDate"))
    yield subject.asset(
        "transfer.job", "AWS::DMS::ReplicationTask", name, attributes, created="ReplicationTaskCreationDate"
    )
    for type_, end, endpoint in (
        ("reads", "Source", "SourceEndpointArn"),
        ("writes", "Target", "TargetEndpointArn"),
    ):
        held = record(document, end)
        known = _end(subject, held) if held is not None else None
        yield from subject.relation(type_, known or text(document, endpoint))


def _end(subject: Subject, endpoint: Mapping[str, Any]) -> str | None:
    """The bucket or the database server that an endpoint stands for."""
    bucket = text(endpoint, "S3Settings.BucketName")
    if bucket:
        return subject.bucket(bucket)
    engine, host = text(endpoint, "EngineName") or "database", text(endpoint, "ServerName")
    return f"external:{engine.lower()}://{host.lower()}" if host else None


def share(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A share of a Storage Gateway: files that a machine, often on premises, keeps in a bucket.

    `Gateway` is what `DescribeGatewayInformation` says of its gateway.
    """
    identity = text(document, "FileShareId") or ""
    subject = Subject(document, origin, text(document, "FileShareARN"), "storagegateway", f"share/{identity}")
    key = text(document, "KMSKey")
    attributes = rest(True, key)
    if flag(document, "KMSEncrypted") is False:
        attributes["custody"] = "provider"
    host = text(document, "Gateway.HostEnvironment")
    where: Location | None = None
    if host is not None and host != "EC2":
        site = text(document, "GatewayARN") or "gateway"
        where = Location(LocationKind.ON_PREM, site=site.rsplit("/", 1)[-1], evidence="metadata_only")
    elif host is None:
        where = Location.unknown()
    name = text(document, "FileShareName") or identity
    yield subject.asset("storage.filesystem", "AWS::StorageGateway::FileShare", name, attributes, location=where)
    yield from subject.relation("encrypted_by", subject.key(key))
    if has(document, "LocationARN"):
        target = subject.bucket(text(document, "LocationARN"))
        yield from subject.relation("writes", target, {"continuous": True})
        yield from subject.relation("reads", target, {"continuous": True})
    audit = text(document, "AuditDestinationARN")
    yield from subject.relation("logs_to", audit.removesuffix(":*") if audit else None)


_ENDS: Final = ("EngineName", "EndpointType", "ServerName", "SslMode", "S3Settings.BucketName")

TYPES: Final = (
    DocumentType(
        "AWS::DMS::ReplicationTask",
        "dms",
        ("transfer.job",),
        (
            "ReplicationTaskArn",
            "ReplicationTaskIdentifier",
            "ReplicationConfigArn",
            "ReplicationConfigIdentifier",
            "SourceEndpointArn",
            "TargetEndpointArn",
            "MigrationType",
            "ReplicationType",
            "Status",
            "ReplicationTaskCreationDate",
            "ReplicationTaskStartDate",
            *(f"{end}.{m}" for end in ("Source", "Target") for m in _ENDS),
        ),
        migration,
    ),
    DocumentType(
        "AWS::StorageGateway::FileShare",
        "storagegateway",
        ("storage.filesystem",),
        (
            "FileShareARN",
            "FileShareId",
            "FileShareName",
            "FileShareStatus",
            "GatewayARN",
            "LocationARN",
            "BucketRegion",
            "KMSEncrypted",
            "KMSKey",
            "EncryptionType",
            "AuditDestinationARN",
            "Gateway.GatewayType",
            "Gateway.HostEnvironment",
            "Gateway.Ec2InstanceId",
            "Tags",
        ),
        share,
    ),
)
