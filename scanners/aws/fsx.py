"""File systems of Amazon FSx with the buckets behind them, and their backups. AWS Config does not record them."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, rest
from scanners.documents import DocumentType, Origin
from scanners.members import has, is_null, number, put, record, records, text, texts
from scanners.model import Asset, Relation

_SORTS: Final = ("Windows", "Lustre", "Ontap", "OpenZFS")


def file_system(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A file system; always encrypted. `Associations` are its links to buckets, empty where it has none."""
    identity = text(document, "FileSystemId") or ""
    subject = Subject(document, origin, text(document, "ResourceARN"), "fsx", f"file-system/{identity}")
    attributes = rest(True, text(document, "KmsKeyId"))
    if is_null(document, "KmsKeyId"):
        attributes["custody"] = "provider"  # scratch file systems: a key that FSx makes and destroys
    for sort in _SORTS:
        deployed = text(document, f"{sort}Configuration.DeploymentType")
        if deployed is not None:
            attributes["cross_zone"] = deployed.startswith("MULTI_AZ")
        put(attributes, "backup_retention_days", number(document, f"{sort}Configuration.AutomaticBackupRetentionDays"))
    zones = texts(document, "Zones") or []
    host = (text(document, "DNSName") or "").lower()
    yield subject.asset(
        "storage.filesystem",
        "AWS::FSx::FileSystem",
        subject.name_tag or identity,
        attributes,
        zone=zones[0] if len(zones) == 1 else None,
        created="CreationTime",
        aliases=(f"external:nfs://{host}", f"external:lustre://{host}") if host else (),
    )
    yield from subject.encrypted_by("KmsKeyId")
    yield from subject.in_vpc(text(document, "VpcId"))
    legacy = "LustreConfiguration.DataRepositoryConfiguration"
    yield from subject.touches("reads", f"{legacy}.ImportPath")
    yield from subject.touches("writes", f"{legacy}.ExportPath")
    for link in records(document, "Associations") or []:
        imports, exports = (texts(link, f"S3.Auto{way}portPolicy.Events") or [] for way in ("Im", "Ex"))
        if has(link, "NFS"):
            exports = texts(link, "NFS.AutoExportPolicy.Events") or []
        yield from subject.touches("reads", "DataRepositoryPath", {"continuous": bool(imports)}, document=link)
        if exports:
            noted = {"continuous": True, "delete_propagation": "DELETED" in exports}
            yield from subject.touches("writes", "DataRepositoryPath", noted, document=link)


def backup(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A backup of a file system or volume, perhaps a copy of one in another region."""
    identity = text(document, "BackupId") or ""
    subject = Subject(document, origin, text(document, "ResourceARN"), "fsx", f"backup/{identity}")
    attributes = rest(True, text(document, "KmsKeyId"))
    kind = text(document, "Type")
    if kind is not None:
        attributes["managed_by_backup"] = kind == "AWS_BACKUP"
    system = text(document, "FileSystem.FileSystemId")
    region = text(document, "SourceBackupRegion")
    source = subject.arn("fsx", f"file-system/{system}", region=region or subject.region) if system else None
    put(attributes, "source_uid", text(document, "FileSystem.ResourceARN") or source)
    put(attributes, "source_region", region)
    yield subject.asset("storage.snapshot", "AWS::FSx::Backup", identity, attributes, created="CreationTime")
    yield from subject.encrypted_by("KmsKeyId")
    if attributes.get("source_uid"):
        yield Relation(attributes["source_uid"], "backs_up_to", subject.uid)
    copied = text(document, "SourceBackupId")
    if copied and region:
        yield Relation(subject.arn("fsx", f"backup/{copied}", region=region), "replicates_to", subject.uid, {})


def cache(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cache in front of buckets or of file systems elsewhere; what it caches is named by its associations."""
    identity = text(document, "FileCacheId") or ""
    subject = Subject(document, origin, text(document, "ResourceARN"), "fsx", f"file-cache/{identity}")
    attributes = rest(True, text(document, "KmsKeyId"))
    attributes["cross_zone"] = False
    yield subject.asset("storage.filesystem", "AWS::FSx::FileCache", identity, attributes, created="CreationTime")
    yield from subject.encrypted_by("KmsKeyId")
    yield from subject.in_vpc(text(document, "VpcId"))
    for link in records(document, "Associations") or []:
        yield from subject.touches("reads", "DataRepositoryPath", {"continuous": True}, document=link)
        if record(link, "S3.AutoExportPolicy") is not None:
            yield from subject.touches("writes", "DataRepositoryPath", {"continuous": True}, document=link)


_LINKS: Final = (
    "Associations[].AssociationId", "Associations[].DataRepositoryPath", "Associations[].FileSystemPath",
    "Associations[].S3.AutoImportPolicy.Events", "Associations[].S3.AutoExportPolicy.Events",
    "Associations[].NFS.AutoExportPolicy.Events",
)  # fmt: skip

TYPES: Final = (
    DocumentType(
        "AWS::FSx::FileSystem", "fsx", ("storage.filesystem",),
        (
            "FileSystemId", "ResourceARN", "OwnerId", "FileSystemType", "Lifecycle", "StorageCapacity", "VpcId",
            "SubnetIds", "Zones", "DNSName", "KmsKeyId", "CreationTime", "Tags", *_LINKS,
            *(f"{s}Configuration.{m}" for s in _SORTS for m in ("DeploymentType", "AutomaticBackupRetentionDays")),
            "LustreConfiguration.DataRepositoryConfiguration.ImportPath",
            "LustreConfiguration.DataRepositoryConfiguration.ExportPath",
        ),
        file_system,
    ),
    DocumentType(
        "AWS::FSx::Backup", "fsx", ("storage.snapshot",),
        (
            "BackupId", "ResourceARN", "Type", "Lifecycle", "CreationTime", "KmsKeyId", "OwnerId",
            "SourceBackupRegion", "SourceBackupId", "FileSystem.FileSystemId", "FileSystem.ResourceARN",
            "Volume.VolumeId", "Tags",
        ),
        backup,
    ),
    DocumentType(
        "AWS::FSx::FileCache", "fsx", ("storage.filesystem",),
        (
            "FileCacheId", "ResourceARN", "OwnerId", "FileCacheType", "VpcId", "SubnetIds", "KmsKeyId",
            "CreationTime", *_LINKS,
        ),
        cache,
    ),
)  # fmt: skip
