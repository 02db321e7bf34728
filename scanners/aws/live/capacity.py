"""Where machines can come from and stand, live (rows A4, B3 and B15 to B18 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.capacity import (
    CAPACITY_BLOCK,
    LAUNCH_TEMPLATE,
    OUTPOST,
    PARALLEL_CLUSTER,
    SCALING_GROUP,
    SLURM_CLUSTER,
    SLURM_GROUP,
    is_parallel,
)
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import OUTPOSTS, SITES, SUBNETS, attached, described, description, listed, sites
from scanners.coverage import MissedError
from scanners.members import member, record, text
from scanners.model import Item

_GONE: Final = ("ResourceNotFoundException",)
BLOCKS: Final = pages("ec2", "DescribeCapacityBlocks", "CapacityBlocks", page=1000)
TEMPLATES: Final = pages("ec2", "DescribeLaunchTemplateVersions", "LaunchTemplateVersions", page=200)
GROUPS: Final = pages("autoscaling", "DescribeAutoScalingGroups", "AutoScalingGroups", page=100)
SLURMS: Final = pages("pcs", "ListClusters", "clusters", page=100)
SLURM: Final = op("pcs", "GetCluster", none=_GONE)
NODES: Final = pages("pcs", "ListComputeNodeGroups", "computeNodeGroups", page=100)
NODE: Final = op("pcs", "GetComputeNodeGroup", none=_GONE)
STACKS: Final = pages("cloudformation", "DescribeStacks", "Stacks")


def outposts(reach: Reach) -> Iterator[Item]:
    """Outposts of this region with the country of the building that they stand in."""
    known: dict[str, Any] = {}
    with suppress(MissedError):
        known = sites(reach)
    for document in reach.each(OUTPOSTS):
        site = known.get(str(document.get("SiteId")))
        yield from reach.see(OUTPOST, {**document, **({"Site": site} if site else {})}, by=OUTPOSTS)


def _templates(reach: Reach) -> dict[str, Any]:
    """The default version of every launch template; one paged call shows all of a region. User data are dropped."""

    def read() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for version in reach.each(TEMPLATES, Versions=["$Default"]):
            data = dict(record(version, "LaunchTemplateData") or {})
            data.pop("UserData", None)
            found[str(version["LaunchTemplateId"])] = {**version, "LaunchTemplateData": data}
        return found

    return reach.once(f"launch-templates:{reach.region}", TEMPLATES, read)


def templates(reach: Reach) -> Iterator[Item]:
    """Launch templates."""
    for document in _templates(reach).values():
        yield from reach.see(LAUNCH_TEMPLATE, document, by=TEMPLATES)


def groups(reach: Reach) -> Iterator[Item]:
    """Auto scaling groups, also those that have no machine now, with the type that their template names."""
    for document in reach.each(GROUPS):
        template = text(document, "LaunchTemplate.LaunchTemplateId") or text(
            document, "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId"
        )
        if template is not None and not document.get("Instances"):
            with suppress(MissedError):
                document["Template"] = member(_templates(reach), f"{template}.LaunchTemplateData")
        yield from reach.see(SCALING_GROUP, document, by=GROUPS)


def _networks(holder: str) -> Any:
    def more(reach: Reach, document: dict[str, Any]) -> None:
        subnets = member(document, holder)
        place: dict[str, Any] = {"VpcConfig": {"Subnets": subnets} if subnets else None}
        attached(reach, place)
        document["VpcConfig"] = place["VpcConfig"]

    return more


def node_groups(reach: Reach) -> Iterator[Item]:
    """The groups of machines of every cluster of Parallel Computing Service."""
    for cluster in reach.listed(SLURMS):
        identity = str(cluster["id"])
        for entry in reach.each(NODES, clusterIdentifier=identity):
            parameters = {"clusterIdentifier": identity, "computeNodeGroupIdentifier": entry["id"]}
            yield from description(
                reach, entry, SLURM_GROUP, NODES, NODE, parameters, take="computeNodeGroup", more=_networks("subnetIds")
            )


def stacks(reach: Reach) -> Iterator[Item]:
    """Stacks that belong to ParallelCluster; of all others nothing is kept, nor are anybody's parameters."""
    for document in reach.each(STACKS):
        if is_parallel(document):
            yield from reach.see(PARALLEL_CLUSTER, document, by=STACKS)


COLLECTORS: Final = (
    Collector("outposts", OUTPOST.kinds, (OUTPOSTS, SITES), outposts, types=(OUTPOST,)),
    listed(CAPACITY_BLOCK, BLOCKS),
    Collector("ec2", LAUNCH_TEMPLATE.kinds, (TEMPLATES,), templates, types=(LAUNCH_TEMPLATE,)),
    Collector("autoscaling", SCALING_GROUP.kinds, (GROUPS, TEMPLATES), groups, types=(SCALING_GROUP,)),
    described(
        SLURM_CLUSTER, SLURMS, SLURM, "clusterIdentifier", "id", take="cluster", shared=True,
        more=_networks("networking.subnetIds"), operations=(SUBNETS,),
    ),
    Collector("pcs", SLURM_GROUP.kinds, (SLURMS, NODES, NODE, SUBNETS), node_groups, types=(SLURM_GROUP,)),
    Collector("cloudformation", PARALLEL_CLUSTER.kinds, (STACKS,), stacks, types=(PARALLEL_CLUSTER,)),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
