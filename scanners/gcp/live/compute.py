"""Machines, Kubernetes, TPUs, Slurm clusters, Batch, Dataproc and notebooks, by their own interfaces."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.documents import DocumentType
from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed, placed, places_of
from scanners.members import text
from scanners.model import CoverageStatus, Item

_HOST: Final = "compute.googleapis.com"


def _machines(collection: str, *, aggregated: bool = True, permission: str = "") -> Any:
    scope = "aggregated" if aggregated else "global"
    return listing(
        f"compute.{collection}.list",
        _HOST,
        f"/compute/v1/projects/{{project}}/{scope}/{collection}",
        "items",
        permission,
        size=("maxResults", 500),
    )


INSTANCES: Final = _machines("instances")
DISKS: Final = _machines("disks")
RESERVATIONS: Final = _machines("reservations")
FUTURE: Final = _machines("futureReservations")
GROUPS: Final = _machines("instanceGroupManagers")
SNAPSHOTS: Final = _machines("snapshots", aggregated=False)
IMAGES: Final = _machines("images", aggregated=False)
REGIONS: Final = listing(
    "compute.regions.list",
    _HOST,
    "/compute/v1/projects/{project}/regions",
    "items",
    size=("maxResults", 500),
)
CLUSTERS: Final = listing(
    "container.clusters.list",
    "container.googleapis.com",
    "/v1/projects/{project}/locations/-/clusters",
    "clusters",
    paged=False,
)
FLEET: Final = listing(
    "gkehub.memberships.list",
    "gkehub.googleapis.com",
    "/v1/projects/{project}/locations/{location}/memberships",
    "resources",
)
TPUS: Final = listing(
    "tpu.nodes.list", "tpu.googleapis.com", "/v2/projects/{project}/locations/{location}/nodes", "nodes"
)
QUEUED: Final = listing(
    "tpu.queuedResources.list",
    "tpu.googleapis.com",
    "/v2/projects/{project}/locations/{location}/queuedResources",
    "queuedResources",
    "tpu.nodes.list",
)
SLURM: Final = listing(
    "hypercomputecluster.clusters.list",
    "hypercomputecluster.googleapis.com",
    "/v1/projects/{project}/locations/{location}/clusters",
    "clusters",
)
BATCH: Final = listing(
    "batch.jobs.list", "batch.googleapis.com", "/v1/projects/{project}/locations/{location}/jobs", "jobs"
)
WORKBENCH: Final = listing(
    "notebooks.instances.list",
    "notebooks.googleapis.com",
    "/v2/projects/{project}/locations/{location}/instances",
    "instances",
)
DATAPROC: Final = listing(
    "dataproc.clusters.list",
    "dataproc.googleapis.com",
    "/v1/projects/{project}/regions/{location}/clusters",
    "clusters",
)
BATCHES: Final = listing(
    "dataproc.batches.list",
    "dataproc.googleapis.com",
    "/v1/projects/{project}/locations/{location}/batches",
    "batches",
)
COMPOSER: Final = listing(
    "composer.environments.list",
    "composer.googleapis.com",
    "/v1/projects/{project}/locations/{location}/environments",
    "environments",
)


def _by_region(asset_type: str, operation: Any, named: Any = None) -> Collector:
    """A list that is asked region by region, where Compute Engine names the regions of the project."""
    kind: DocumentType = document_types()[asset_type]

    def run(reach: GcpReach) -> Iterator[Item]:
        try:
            regions = reach.once("compute.regions", REGIONS, lambda: [text(r, "name") for r in reach.each(REGIONS)])
        except MissedError:
            return
        if not any(regions):
            reach.miss(REGIONS, CoverageStatus.ERROR, "Google names no region, so none could be asked")
        for region in filter(None, regions):
            reach.in_place(region, lambda r, at=region: _in_region(r, at))
        yield from ()

    def _in_region(reach: GcpReach, region: str) -> Iterator[Item]:
        for body in reach.each(operation, location=region):
            name = named(reach, region, body) if named else None
            yield from reach.see(asset_type, body, operation, name)

    return Collector(kind.service, kind.kinds, (operation, REGIONS), run, operation.host, regional=True, types=(kind,))


def _dataproc_name(reach: GcpReach, region: str, body: dict[str, Any]) -> str:
    return f"//dataproc.googleapis.com/projects/{reach.account}/regions/{region}/clusters/{text(body, 'clusterName')}"


def _disk(reach: GcpReach) -> Iterator[Item]:
    """Disks of zones, and of regions, which are another type in the inventory."""
    for body in reach.each(DISKS):
        regional = text(body, "region") is not None and text(body, "zone") is None
        yield from reach.see(f"{_HOST}/{'RegionDisk' if regional else 'Disk'}", body, DISKS)


def _aggregated(asset_type: str, operation: Any) -> Collector:
    return listed(f"{_HOST}/{asset_type}", operation)


COLLECTORS: Final[tuple[Collector, ...]] = (
    _aggregated("Instance", INSTANCES),
    Collector(
        "compute",
        ("storage.volume",),
        (DISKS,),
        _disk,
        _HOST,
        types=(document_types()[f"{_HOST}/Disk"], document_types()[f"{_HOST}/RegionDisk"]),
    ),
    _aggregated("Snapshot", SNAPSHOTS),
    _aggregated("Image", IMAGES),
    _aggregated("Reservation", RESERVATIONS),
    _aggregated("FutureReservation", FUTURE),
    _aggregated("InstanceGroupManager", GROUPS),
    listed("container.googleapis.com/Cluster", CLUSTERS),
    placed("gkehub.googleapis.com/Membership", FLEET, places=places_of("gkehub.googleapis.com", "v1")),
    placed("tpu.googleapis.com/Node", TPUS, places=places_of("tpu.googleapis.com", "v2")),
    placed("tpu.googleapis.com/QueuedResource", QUEUED, places=places_of("tpu.googleapis.com", "v2"), silent=True),
    placed(
        "hypercomputecluster.googleapis.com/Cluster",
        SLURM,
        places=places_of("hypercomputecluster.googleapis.com", "v1"),
        silent=True,
    ),
    placed("batch.googleapis.com/Job", BATCH, places=places_of("batch.googleapis.com", "v1")),
    placed(
        "notebooks.googleapis.com/Instance", WORKBENCH, places=places_of("notebooks.googleapis.com", "v2"), silent=True
    ),
    _by_region("dataproc.googleapis.com/Cluster", DATAPROC, _dataproc_name),
    _by_region("dataproc.googleapis.com/Batch", BATCHES),
    _by_region("composer.googleapis.com/Environment", COMPOSER),
)

WAITING: Final = ()
