"""Amazon EFS and FSx, live (rows F1 to F3 of the collection plan)."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.fsx import TYPES as FSX
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import SUBNETS, attached, listed
from scanners.coverage import MissedError
from scanners.members import text, texts
from scanners.model import Item


def _efs(name: str) -> str:
    return f"elasticfilesystem:{name}"


SYSTEMS: Final = pages("efs", "DescribeFileSystems", "FileSystems", action=_efs("DescribeFileSystems"), page=100)
COPIES: Final = pages(
    "efs", "DescribeReplicationConfigurations", "Replications",
    action=_efs("DescribeReplicationConfigurations"), none=("ReplicationNotFound",),
)  # fmt: skip
POLICY: Final = op("efs", "DescribeFileSystemPolicy", action=_efs("DescribeFileSystemPolicy"), none=("PolicyNotFound",))
BACKUP: Final = op("efs", "DescribeBackupPolicy", action=_efs("DescribeBackupPolicy"), none=("PolicyNotFound",))
FSX_SYSTEMS: Final = pages("fsx", "DescribeFileSystems", "FileSystems", page=100)
LINKS: Final = Operation(
    "fsx", "DescribeDataRepositoryAssociations", elements="Associations", token=("NextToken", "NextToken")
)
CACHES: Final = Operation("fsx", "DescribeFileCaches", elements="FileCaches", token=("NextToken", "NextToken"))
BACKUPS: Final = pages("fsx", "DescribeBackups", "Backups", page=100)

_EFS: Final = document_types()["AWS::EFS::FileSystem"]
_FSX, _BACKUP, _CACHE = FSX


def _settings(reach: Reach, document: dict[str, Any]) -> None:
    identity = document["FileSystemId"]
    reach.detail(document, "FileSystemPolicy", POLICY, "Policy", FileSystemId=identity)
    reach.detail(document, "BackupPolicy", BACKUP, "BackupPolicy", FileSystemId=identity)

    def read() -> dict[str, Any]:
        return {
            str(entry["SourceFileSystemId"]): entry
            for entry in reach.each(COPIES)
            if entry.get("SourceFileSystemRegion") == reach.region
        }

    try:
        document["ReplicationConfiguration"] = reach.once(f"efs-copies:{reach.region}", COPIES, read).get(identity)
    except MissedError:
        return


def _links(reach: Reach, document: dict[str, Any], member: str) -> None:
    """The links to buckets; one paged call shows those of all file systems and caches of a region."""

    def read() -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for entry in reach.each(LINKS):
            owner = text(entry, "FileSystemId") or text(entry, "FileCacheId")
            if owner is not None:
                found.setdefault(owner, []).append(entry)
        return found

    try:
        document["Associations"] = reach.once(f"fsx-links:{reach.region}", LINKS, read).get(document[member], [])
    except MissedError:
        return


def fsx_systems(reach: Reach) -> Iterator[Item]:
    """Every file system with its links to buckets and its zone."""
    for document in reach.each(FSX_SYSTEMS):
        document.setdefault("KmsKeyId", None)
        _links(reach, document, "FileSystemId")
        place: dict[str, Any] = {"VpcConfig": {"Subnets": document.get("SubnetIds", [])}}
        attached(reach, place)
        document["Zones"] = texts(place, "VpcConfig.Zones") or []
        yield from reach.see(_FSX, document, by=FSX_SYSTEMS)


def caches(reach: Reach) -> Iterator[Item]:
    """Caches in front of stores elsewhere."""
    for document in reach.each(CACHES):
        _links(reach, document, "FileCacheId")
        yield from reach.see(_CACHE, document, by=CACHES)


COLLECTORS: Final = (
    listed(
        _EFS, SYSTEMS, nulls=("AvailabilityZoneName", "KmsKeyId"), more=_settings, operations=(POLICY, BACKUP, COPIES)
    ),
    Collector("fsx", _FSX.kinds, (FSX_SYSTEMS, LINKS, SUBNETS), fsx_systems, types=(_FSX,)),
    Collector("fsx", _CACHE.kinds, (CACHES, LINKS), caches, types=(_CACHE,)),
    listed(_BACKUP, BACKUPS),
)

WAITING: Final[tuple[Waiting, ...]] = ()
