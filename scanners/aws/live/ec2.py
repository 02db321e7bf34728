"""Machines, disks, snapshots, reservations and networks of Amazon EC2, live (rows B1 to B7, I1, I2, I4)."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.images import IMAGE, PUBLIC_GUARD
from scanners.aws.live.declare import Collector, Operation, Run, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import OUTPOSTS, SITES, on_outpost
from scanners.coverage import MissedError
from scanners.documents import DocumentType
from scanners.model import CoverageStatus, Item

INSTANCES: Final = pages("ec2", "DescribeInstances", "Reservations", page=1000)
VOLUMES: Final = pages("ec2", "DescribeVolumes", "Volumes", page=500)
SNAPSHOTS: Final = pages("ec2", "DescribeSnapshots", "Snapshots", page=1000)
RESERVATIONS: Final = pages("ec2", "DescribeCapacityReservations", "CapacityReservations", page=1000)
VPCS: Final = pages("ec2", "DescribeVpcs", "Vpcs", page=1000)
PEERINGS: Final = pages("ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections", page=1000)
ENDPOINTS: Final = pages("ec2", "DescribeVpcEndpoints", "VpcEndpoints", page=1000)
MACHINE_TYPES: Final = op("ec2", "DescribeInstanceTypes", optional=True)
"""How many accelerators a type has, and of which model. Optional: without it the shipped table of types says so."""

IMAGES: Final = pages("ec2", "DescribeImages", "Images", page=1000)
GROUPS: Final = pages("ec2", "DescribeSecurityGroups", "SecurityGroups", page=1000)
SNAPSHOT_SHARES: Final = op("ec2", "DescribeSnapshotAttribute", none=("InvalidSnapshot.NotFound",), rate=15.0)
IMAGE_SHARES: Final = op("ec2", "DescribeImageAttribute", none=("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"))
SNAPSHOT_GUARD: Final = op("ec2", "GetSnapshotBlockPublicAccessState")
IMAGE_GUARD: Final = op("ec2", "GetImageBlockPublicAccessState")
MOST_SHARES: Final = 2000
"""Private snapshots of a region that are asked with whom they are shared: one call each, at 15 a second."""

_TYPES: Final = document_types()
_INSTANCE: Final = _TYPES["AWS::EC2::Instance"]
_SNAPSHOT: Final = _TYPES["AWS::EC2::Snapshot"]


def instances(reach: Reach) -> Iterator[Item]:
    """Machines that exist; one that is terminated is only a memory of EC2's."""
    types: dict[str, dict[str, Any] | None] = {}
    for answer in reach.pages(INSTANCES):
        found = [
            machine
            for reservation in answer.get("Reservations", ())
            for machine in reservation.get("Instances", ())
            if machine.get("State", {}).get("Name") != "terminated"
        ]
        _accelerators(reach, types, {str(machine["InstanceType"]) for machine in found if "InstanceType" in machine})
        for document in found:
            if "PublicIpAddress" not in document:
                document["PublicIpAddress"] = None  # EC2 leaves it out where there is none
            document.setdefault("Tags", [])
            known = types.get(str(document.get("InstanceType")))
            if known is not None:
                document["TypeInfo"] = known
            on_outpost(reach, document)
            with suppress(MissedError):
                _open_to(reach, document)
            yield from reach.see(_INSTANCE, document, by=INSTANCES)


def _accelerators(reach: Reach, types: dict[str, dict[str, Any] | None], wanted: set[str]) -> None:
    """Adds to `types` what EC2 says of the accelerators of those that it lacks; a hundred types in one call."""
    rest = iter(sorted(wanted - types.keys()))
    while some := list(islice(rest, 100)):
        types.update(dict.fromkeys(some))
        with suppress(MissedError):
            for entry in reach.call(MACHINE_TYPES, InstanceTypes=some).get("InstanceTypes", ()):
                types[str(entry["InstanceType"])] = _accelerated(entry)


def _accelerated(entry: dict[str, Any]) -> dict[str, Any]:
    """Of AWS's own chips two lists tell; those of others that infer are in the last list alone. Of a share of a GPU
    the count is 0 and the number of logical ones tells; a share counts as one."""
    neuron = entry.get("NeuronInfo", {}).get("NeuronDevices", ())
    others = () if neuron else entry.get("InferenceAcceleratorInfo", {}).get("Accelerators", ())
    devices = [*entry.get("GpuInfo", {}).get("Gpus", ()), *neuron, *others]
    names = {str(d["Name"]) for d in devices if "Name" in d}
    counts = [int(d.get("Count") or d.get("LogicalGpuCount") or 0) for d in devices]
    found: dict[str, Any] = {"Accelerators": sum(counts)} if all(counts) else {}
    return {**found, "Model": names.pop()} if len(names) == 1 else found


def _open_to(reach: Reach, document: dict[str, Any]) -> None:
    """Adds what the machine's security groups let in, where all of them could be read."""
    groups: dict[str, Any] = reach.once(
        f"groups:{reach.region}", GROUPS, lambda: {g["GroupId"]: g["IpPermissions"] for g in reach.each(GROUPS)}
    )
    names = [g["GroupId"] for g in document.get("SecurityGroups", ())]
    if names and all(name in groups for name in names):
        document["IpPermissions"] = [permission for name in names for permission in groups[name]]


def snapshots(reach: Reach) -> Iterator[Item]:
    """Own snapshots. Which are public, one call says for all; each of the others is asked with whom it is shared."""
    public = {s["SnapshotId"] for s in reach.each(SNAPSHOTS, OwnerIds=["self"], RestorableByUserIds=["all"])}
    asked = 0
    for document in reach.each(SNAPSHOTS, OwnerIds=["self"]):
        document.setdefault("Tags", [])
        document["Public"] = document["SnapshotId"] in public
        if document["Public"]:
            document["CreateVolumePermissions"] = [{"Group": "all"}]
            yield from reach.see(_SNAPSHOT, document, by=SNAPSHOTS)
        elif asked < MOST_SHARES:
            asked += 1
            reach.spawn(lambda r, d=document: shares(r, d))
        else:
            yield from reach.see(_SNAPSHOT, document, by=SNAPSHOTS)
    if asked == MOST_SHARES:
        sentence = f"Only {MOST_SHARES:,} snapshots of {reach.region} were asked with whom they are shared."
        reach.gap(CoverageStatus.NOT_ASKED, sentence)


def shares(reach: Reach, document: dict[str, Any]) -> Iterator[Item]:
    """One private snapshot and the accounts that it is shared with."""
    reach.detail(
        document,
        "CreateVolumePermissions",
        SNAPSHOT_SHARES,
        "CreateVolumePermissions",
        SnapshotId=document["SnapshotId"],
        Attribute="createVolumePermission",
    )
    yield from reach.see(_SNAPSHOT, document, by=SNAPSHOTS)


def images(reach: Reach) -> Iterator[Item]:
    """Own images and the accounts that private ones are shared with."""
    for document in reach.each(IMAGES, Owners=["self"]):
        document.setdefault("Tags", [])
        if not document.get("Public"):
            asked = {"ImageId": document["ImageId"], "Attribute": "launchPermission"}
            reach.detail(document, "LaunchPermissions", IMAGE_SHARES, "LaunchPermissions", **asked)
        yield from reach.see(IMAGE, document, by=IMAGES)


def guards(reach: Reach) -> Iterator[Item]:
    """The region's blocks of public snapshots and images."""
    for what, operation, member in (
        ("snapshot", SNAPSHOT_GUARD, "State"),
        ("image", IMAGE_GUARD, "ImageBlockPublicAccessState"),
    ):
        with suppress(MissedError):
            answer = reach.call(operation)
            document = {"What": what, "State": answer[member]}
            yield from reach.see(PUBLIC_GUARD, document, by=operation)


def _listing(native_type: str, operation: Operation, **parameters: Any) -> Collector:
    """Documents that a list gives whole, tags included."""
    kind: DocumentType = _TYPES[native_type]

    def run(reach: Reach) -> Iterator[Item]:
        for document in reach.each(operation, **parameters):
            document.setdefault("Tags", [])
            on_outpost(reach, document)
            yield from reach.see(kind, document, by=operation)

    runner: Run = run
    return Collector("ec2", kind.kinds, (operation, OUTPOSTS, SITES), runner, types=(kind,))


COLLECTORS: Final = (
    Collector(
        "ec2", ("compute.instance",), (INSTANCES, GROUPS, MACHINE_TYPES, OUTPOSTS, SITES), instances, types=(_INSTANCE,)
    ),
    _listing("AWS::EC2::Volume", VOLUMES),
    Collector("ec2", ("storage.snapshot",), (SNAPSHOTS, SNAPSHOT_SHARES), snapshots, types=(_SNAPSHOT,)),
    _listing("AWS::EC2::CapacityReservation", RESERVATIONS),
    Collector("ec2", ("storage.image",), (IMAGES, IMAGE_SHARES), images, types=(IMAGE,)),
    Collector("ec2", ("governance.policy",), (SNAPSHOT_GUARD, IMAGE_GUARD), guards, types=(PUBLIC_GUARD,)),
    _listing("AWS::EC2::VPC", VPCS),
    _listing("AWS::EC2::VPCPeeringConnection", PEERINGS),
    _listing("AWS::EC2::VPCEndpoint", ENDPOINTS),
)

WAITING: Final[tuple[Waiting, ...]] = ()
