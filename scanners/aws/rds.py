"""Databases of Amazon RDS, Aurora, DocumentDB and Neptune, and their snapshots."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.subject import Subject, region_place, rest
from scanners.documents import DocumentType, Origin
from scanners.members import flag, number, put, records, text, texts, word
from scanners.model import Asset, Relation


def instance(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A database instance, its read replicas and automatic backups."""
    identity = text(document, "DBInstanceIdentifier") or ""
    subject = Subject(document, origin, text(document, "DBInstanceArn"), "rds", f"db:{identity}")
    attributes = _common(document)
    put(attributes, "backup_retention_days", number(document, "BackupRetentionPeriod"))
    put(attributes, "cross_zone", flag(document, "MultiAZ"))
    put(attributes, "vpc", text(document, "DBSubnetGroup.VpcId"))
    public = flag(document, "PubliclyAccessible")
    if public is not None:
        attributes["public_network"] = public
        attributes["public_access"] = "possible" if public else "none"
    zone = text(document, "AvailabilityZone")
    copies = records(document, "DBInstanceAutomatedBackupsReplications")
    if copies:
        region = (text(copies[0], "DBInstanceAutomatedBackupsArn") or "").split(":")
        put(attributes, "backup_loc", region_place(region[3] if len(region) > 3 else None))
    elif copies is not None:
        attributes["backup_loc"] = None
    yield subject.asset(
        "database.instance", "AWS::RDS::DBInstance", identity, attributes, zone=zone, created="InstanceCreateTime"
    )
    yield from subject.encrypted_by("KmsKeyId")
    yield from subject.in_vpc(text(document, "DBSubnetGroup.VpcId"))
    for name in texts(document, "ReadReplicaDBInstanceIdentifiers") or []:
        yield from subject.relation("replicates_to", _named(subject, name, "db"), _STANDING)
    source = text(document, "ReadReplicaSourceDBInstanceIdentifier")
    if source:
        yield Relation(_named(subject, source, "db"), "replicates_to", subject.uid, dict(_STANDING))
    cluster = text(document, "DBClusterIdentifier")
    yield from subject.relation("member_of", subject.arn("rds", f"cluster:{cluster}") if cluster else None)


def cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster of databases; Aurora keeps its data in three zones."""
    identity = text(document, "DBClusterIdentifier") or ""
    subject = Subject(document, origin, text(document, "DBClusterArn"), "rds", f"cluster:{identity}")
    attributes = _common(document)
    put(attributes, "backup_retention_days", number(document, "BackupRetentionPeriod"))
    engine = text(document, "Engine") or ""
    if engine.startswith("aurora"):
        attributes["cross_zone"] = True
    else:
        put(attributes, "cross_zone", flag(document, "MultiAZ"))
    public = flag(document, "PubliclyAccessible")
    if public is not None:
        attributes["public_network"] = public
        attributes["public_access"] = "possible" if public else "none"
    yield subject.asset("database.instance", "AWS::RDS::DBCluster", identity, attributes, created="ClusterCreateTime")
    yield from subject.encrypted_by("KmsKeyId")
    for name in texts(document, "ReadReplicaIdentifiers") or []:
        yield from subject.relation("replicates_to", _named(subject, name, "cluster"), _STANDING)
    source = text(document, "ReplicationSourceIdentifier")
    if source:
        yield Relation(_named(subject, source, "cluster"), "replicates_to", subject.uid, dict(_STANDING))


def global_cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A database that spans regions: from the writer to each reader."""
    identity = text(document, "GlobalClusterIdentifier") or ""
    subject = Subject(document, origin, text(document, "GlobalClusterArn"), "rds", f"global-cluster:{identity}")
    members = records(document, "GlobalClusterMembers")
    attributes: dict[str, Any] = {"continuous": True}
    if members is not None:
        attributes["enabled"] = len(members) > 1
    yield subject.asset("replication", "AWS::RDS::GlobalCluster", identity, attributes)
    writers = [text(m, "DBClusterArn") for m in members or [] if flag(m, "IsWriter") is True]
    for one in members or []:
        target = text(one, "DBClusterArn")
        for writer in writers:
            if writer and target and writer != target:
                yield Relation(writer, "replicates_to", target, dict(_STANDING))


def snapshot(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A snapshot of an instance. `RestoreAttributes` is what `DescribeDBSnapshotAttributes` says."""
    return _snapshot(document, origin, "DBSnapshot", "DBInstanceIdentifier", "snapshot", "db")


def cluster_snapshot(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A snapshot of a cluster. `RestoreAttributes` lists who may restore it."""
    return _snapshot(document, origin, "DBClusterSnapshot", "DBClusterIdentifier", "cluster-snapshot", "cluster")


_STANDING: Final = {"continuous": True}


def _snapshot(
    document: Any, origin: Origin, noun: str, source_member: str, resource: str, source_resource: str
) -> Iterator[Asset | Relation]:
    identity = text(document, f"{noun}Identifier") or ""
    subject = Subject(document, origin, text(document, f"{noun}Arn"), "rds", f"{resource}:{identity}")
    encrypted = flag(document, "Encrypted")
    attributes = rest(
        encrypted if encrypted is not None else flag(document, "StorageEncrypted"), text(document, "KmsKeyId")
    )
    source = text(document, source_member)
    if source:
        attributes["source_uid"] = subject.arn("rds", f"{source_resource}:{source}")
    put(attributes, "source_region", text(document, "SourceRegion"))
    kind = word(document, "SnapshotType")
    if kind is not None:
        attributes["managed_by_backup"] = kind == "awsbackup"
    accounts = _restorers(document)
    if accounts is not None:
        attributes["public_access"] = "public" if "all" in accounts else "none"
    yield subject.asset("storage.snapshot", f"AWS::RDS::{noun}", identity, attributes, created="SnapshotCreateTime")
    yield from subject.encrypted_by("KmsKeyId")
    if source:
        yield Relation(attributes["source_uid"], "backs_up_to", subject.uid)
    for path in ("SourceDBSnapshotIdentifier", "SourceDBClusterSnapshotArn"):  # it is a copy of this snapshot
        copied = text(document, path)
        if copied and copied.startswith("arn:") and copied != subject.uid:
            yield Relation(copied, "replicates_to", subject.uid, {"continuous": False})
    for account in accounts or []:
        yield from subject.relation("shared_with", "public" if account == "all" else f"account:{account}")


def _restorers(document: Mapping[str, Any]) -> list[str] | None:
    attributes = records(document, "RestoreAttributes")
    if attributes is None:
        return None
    found: list[str] = []
    for attribute in attributes:
        if word(attribute, "AttributeName") == "restore":
            found.extend(texts(attribute, "AttributeValues") or [])
    return found


def _common(document: Mapping[str, Any]) -> dict[str, Any]:
    return rest(flag(document, "StorageEncrypted"), text(document, "KmsKeyId"))


def _named(subject: Subject, name: str, resource: str) -> str:
    return name if name.startswith("arn:") else subject.arn("rds", f"{resource}:{name}")


_SNAPSHOT: Final = (
    "Engine",
    "SnapshotCreateTime",
    "SnapshotType",
    "KmsKeyId",
    "SourceRegion",
    "SourceDBSnapshotIdentifier",
    "SourceDBClusterSnapshotArn",
    "RestoreAttributes[].AttributeName",
    "RestoreAttributes[].AttributeValues",
    "Tags",
)

TYPES: Final = (
    DocumentType(
        "AWS::RDS::DBInstance",
        "rds",
        ("database.instance",),
        (
            "DBInstanceIdentifier",
            "DBInstanceArn",
            "DBInstanceClass",
            "Engine",
            "InstanceCreateTime",
            "AvailabilityZone",
            "MultiAZ",
            "PubliclyAccessible",
            "StorageEncrypted",
            "KmsKeyId",
            "BackupRetentionPeriod",
            "DBSubnetGroup.VpcId",
            "DBClusterIdentifier",
            "ReadReplicaSourceDBInstanceIdentifier",
            "ReadReplicaDBInstanceIdentifiers",
            "DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn",
            "Tags",
        ),
        instance,
    ),
    DocumentType(
        "AWS::RDS::DBCluster",
        "rds",
        ("database.instance",),
        (
            "DBClusterIdentifier",
            "DBClusterArn",
            "Engine",
            "ClusterCreateTime",
            "MultiAZ",
            "PubliclyAccessible",
            "StorageEncrypted",
            "KmsKeyId",
            "BackupRetentionPeriod",
            "ReadReplicaIdentifiers",
            "ReplicationSourceIdentifier",
            "Tags",
        ),
        cluster,
    ),
    DocumentType(
        "AWS::RDS::GlobalCluster",
        "rds",
        ("replication",),
        (
            "GlobalClusterIdentifier",
            "GlobalClusterArn",
            "StorageEncrypted",
            "GlobalClusterMembers[].DBClusterArn",
            "GlobalClusterMembers[].IsWriter",
        ),
        global_cluster,
    ),
    DocumentType(
        "AWS::RDS::DBSnapshot",
        "rds",
        ("storage.snapshot",),
        ("DBSnapshotIdentifier", "DBSnapshotArn", "DBInstanceIdentifier", "Encrypted", *_SNAPSHOT),
        snapshot,
    ),
    DocumentType(
        "AWS::RDS::DBClusterSnapshot",
        "rds",
        ("storage.snapshot",),
        ("DBClusterSnapshotIdentifier", "DBClusterSnapshotArn", "DBClusterIdentifier", "StorageEncrypted", *_SNAPSHOT),
        cluster_snapshot,
    ),
)
