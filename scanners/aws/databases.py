"""Data warehouses: Amazon Redshift clusters and their snapshots, Athena work groups."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, named, region_place, rest
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, number, put, records, text, word
from scanners.model import Asset, Relation


def cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A Redshift cluster, its key and the region that its snapshots are copied to."""
    identity = text(document, "ClusterIdentifier") or ""
    subject = Subject(document, origin, None, "redshift", f"cluster:{identity}")
    attributes = rest(flag(document, "Encrypted"), text(document, "KmsKeyId"))
    public = flag(document, "PubliclyAccessible")
    if public is not None:
        attributes["public_access"] = "possible" if public else "none"
    put(attributes, "backup_retention_days", number(document, "AutomatedSnapshotRetentionPeriod"))
    across = word(document, "MultiAZ")
    if across is not None:
        attributes["cross_zone"] = across == "enabled"
    copy = text(document, "ClusterSnapshotCopyStatus.DestinationRegion")
    if copy is not None:
        attributes["backup_loc"] = region_place(copy)
    elif has(document, "ClusterSnapshotCopyStatus"):
        attributes["backup_loc"] = None
    if flag(document, "LoggingStatus.LoggingEnabled") is False:
        attributes["read_logging"] = False  # where it is on, a parameter decides whether queries are in it
    zone = text(document, "AvailabilityZone")
    yield subject.asset(
        "warehouse", "AWS::Redshift::Cluster", identity, attributes, zone=zone, created="ClusterCreateTime"
    )
    yield from subject.encrypted_by("KmsKeyId")
    yield from subject.in_vpc(text(document, "VpcId"))
    log = text(document, "LoggingStatus.BucketName")
    yield from subject.relation("logs_to", subject.bucket(log), {"continuous": True})


def cluster_snapshot(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A snapshot of a Redshift cluster and the accounts that may restore it."""
    identity = text(document, "SnapshotIdentifier") or ""
    source = text(document, "ClusterIdentifier") or ""
    subject = Subject(document, origin, None, "redshift", f"snapshot:{source}/{identity}")
    attributes = rest(flag(document, "Encrypted"), text(document, "KmsKeyId"))
    if source:
        attributes["source_uid"] = subject.arn("redshift", f"cluster:{source}")
    put(attributes, "source_region", text(document, "SourceRegion"))
    yield subject.asset(
        "storage.snapshot", "AWS::Redshift::ClusterSnapshot", identity, attributes, created="SnapshotCreateTime"
    )
    yield from subject.encrypted_by("KmsKeyId")
    if source:
        yield Relation(attributes["source_uid"], "backs_up_to", subject.uid)
    for entry in records(document, "AccountsWithRestoreAccess") or []:
        account = text(entry, "AccountId")
        yield from subject.relation("shared_with", f"account:{account}" if account else None)


_HOLDERS: Final = ("Configuration", "WorkGroupConfiguration")
_MANAGED: Final = "Configuration.ManagedQueryResultsConfiguration"


def work_group(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An Athena work group: where the results of queries go."""
    name = text(document, "Name") or ""
    subject = Subject(document, origin, None, "athena", f"workgroup/{name}")
    if flag(document, f"{_MANAGED}.Enabled") is False and not named(
        document, *(f"{holder}.ResultConfiguration.OutputLocation" for holder in _HOLDERS)
    ):
        return  # the group that every region has: until it is told where, it keeps no results
    yield subject.asset("warehouse", "AWS::Athena::WorkGroup", name, {}, created="CreationTime")
    for holder in _HOLDERS:
        base = f"{holder}.ResultConfiguration"
        yield from subject.touches("writes", f"{base}.OutputLocation")
        yield from subject.encrypted_by(f"{base}.EncryptionConfiguration.KmsKey")


TYPES: Final = (
    DocumentType(
        "AWS::Redshift::Cluster",
        "redshift",
        ("warehouse",),
        (
            "ClusterIdentifier",
            "NodeType",
            "NumberOfNodes",
            "ClusterCreateTime",
            "AvailabilityZone",
            "MultiAZ",
            "VpcId",
            "PubliclyAccessible",
            "Encrypted",
            "KmsKeyId",
            "AutomatedSnapshotRetentionPeriod",
            "ClusterSnapshotCopyStatus.DestinationRegion",
            "LoggingStatus.BucketName",
            "LoggingStatus.LoggingEnabled",
            "ClusterSnapshotCopyStatus.RetentionPeriod",
            "Tags",
        ),
        cluster,
    ),
    DocumentType(
        "AWS::Redshift::ClusterSnapshot",
        "redshift",
        ("storage.snapshot",),
        (
            "SnapshotIdentifier",
            "ClusterIdentifier",
            "SnapshotCreateTime",
            "SnapshotType",
            "SourceRegion",
            "Encrypted",
            "KmsKeyId",
            "AccountsWithRestoreAccess[].AccountId",
            "Tags",
        ),
        cluster_snapshot,
    ),
    DocumentType(
        "AWS::Athena::WorkGroup",
        "athena",
        ("warehouse",),
        (
            "Name",
            "State",
            "CreationTime",
            f"{_MANAGED}.Enabled",
            *(
                f"{holder}.ResultConfiguration.{part}"
                for holder in _HOLDERS
                for part in (
                    "OutputLocation",
                    "EncryptionConfiguration.EncryptionOption",
                    "EncryptionConfiguration.KmsKey",
                )
            ),
            "Tags",
        ),
        work_group,
    ),
)
