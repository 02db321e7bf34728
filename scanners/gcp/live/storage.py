"""Cloud Storage and block storage of Compute Engine, file systems, registries and secrets, by their own interfaces."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, Waiting, get, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed, placed, places_of
from scanners.live.reach import UNREAD
from scanners.members import text
from scanners.model import Item

_BUCKET: Final = "storage.googleapis.com/Bucket"
BUCKETS: Final = listing(
    "storage.buckets.list",
    "storage.googleapis.com",
    "/storage/v1/b",
    "items",
    size=("maxResults", 1000),
    query=(("projection", "noAcl"), ("returnPartialSuccess", "true")),
    free=("project",),
)


GRANTS: Final = get(
    "storage.buckets.getIamPolicy", "storage.googleapis.com", "/storage/v1/b/{bucket}/iam", missing=True
)


def buckets(reach: GcpReach) -> Iterator[Item]:
    """Buckets, each with who may use it: the list does not say."""
    for body in reach.each(BUCKETS, query={"project": reach.account}):
        reach.spawn(lambda r, b=body: _bucket(r, b))
    yield from ()


def _bucket(reach: GcpReach, body: dict[str, Any]) -> Iterator[Item]:
    name = text(body, "name")
    granted = reach.maybe(GRANTS, bucket=name) if name else None
    if granted is None or granted is UNREAD:
        yield from reach.see(_BUCKET, body, BUCKETS)
    else:
        yield from reach.see(_BUCKET, body, BUCKETS, iamPolicy=granted)


def _locations(host: str, version: str, collection: str, permission: str = "", **more: Any) -> Any:
    service = host.partition(".")[0]
    return listing(
        f"{service}.{collection}.list",
        host,
        f"/{version}/projects/{{project}}/locations/{{location}}/{collection}",
        collection,
        permission,
        **more,
    )


FILES: Final = _locations("file.googleapis.com", "v1", "instances")
FILE_BACKUPS: Final = _locations("file.googleapis.com", "v1", "backups")
LUSTRE: Final = _locations("lustre.googleapis.com", "v1", "instances")
PARALLEL: Final = _locations("parallelstore.googleapis.com", "v1", "instances")
NETAPP: Final = _locations("netapp.googleapis.com", "v1", "volumes")
NETAPP_COPIES: Final = listing(
    "netapp.replications.list",
    "netapp.googleapis.com",
    "/v1/{+volume}/replications",
    "replications",
)
REPOSITORIES: Final = _locations("artifactregistry.googleapis.com", "v1", "repositories", size=("pageSize", 1000))
SECRETS: Final = listing(
    "secretmanager.secrets.list", "secretmanager.googleapis.com", "/v1/projects/{project}/secrets", "secrets"
)
VAULTS: Final = _locations("backupdr.googleapis.com", "v1", "backupVaults")
PLANS: Final = _locations("backupdr.googleapis.com", "v1", "backupPlans")
PROTECTED: Final = _locations("backupdr.googleapis.com", "v1", "backupPlanAssociations")


def _copies(reach: GcpReach, volume: Mapping[str, Any]) -> Iterator[Item]:
    """Copies of a volume that is replicated."""
    if volume.get("hasReplication") is True and isinstance(volume.get("name"), str):
        for body in reach.each(NETAPP_COPIES, volume=str(volume["name"])):
            yield from reach.see("netapp.googleapis.com/Replication", body, NETAPP_COPIES)


COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "storage", ("storage.bucket",), (BUCKETS, GRANTS), buckets, types=(document_types()[_BUCKET],), grants=True
    ),
    placed("file.googleapis.com/Instance", FILES, places=places_of("file.googleapis.com", "v1")),
    placed("file.googleapis.com/Backup", FILE_BACKUPS, places=places_of("file.googleapis.com", "v1")),
    placed("lustre.googleapis.com/Instance", LUSTRE, places=places_of("lustre.googleapis.com", "v1"), silent=True),
    placed(
        "parallelstore.googleapis.com/Instance",
        PARALLEL,
        places=places_of("parallelstore.googleapis.com", "v1"),
        silent=True,
    ),
    placed(
        "netapp.googleapis.com/Volume",
        NETAPP,
        places=places_of("netapp.googleapis.com", "v1"),
        more=_copies,
        below=(NETAPP_COPIES,),
        silent=True,
    ),
    placed(
        "artifactregistry.googleapis.com/Repository",
        REPOSITORIES,
        places=places_of("artifactregistry.googleapis.com", "v1"),
    ),
    listed("secretmanager.googleapis.com/Secret", SECRETS),
    placed("backupdr.googleapis.com/BackupVault", VAULTS, places=places_of("backupdr.googleapis.com", "v1")),
    placed("backupdr.googleapis.com/BackupPlan", PLANS, places=places_of("backupdr.googleapis.com", "v1")),
    placed(
        "backupdr.googleapis.com/BackupPlanAssociation",
        PROTECTED,
        places=places_of("backupdr.googleapis.com", "v1"),
        silent=True,
    ),
)

WAITING: Final = ()
UNLISTED: Final = (
    Waiting("secretmanager-regional", "secret", "regional secrets, where Cloud Asset Inventory is not read"),
)
"""What waits only where there is no inventory."""
