"""Machines, disks, snapshots, reservations and networks of Amazon EC2, live (rows B1 to B7, I1, I2, I4)."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.live.declare import Collector, Operation, Run, Waiting, pages
from scanners.aws.live.reach import Reach
from scanners.documents import DocumentType
from scanners.model import Item

INSTANCES: Final = pages("ec2", "DescribeInstances", "Reservations", page=1000)
VOLUMES: Final = pages("ec2", "DescribeVolumes", "Volumes", page=500)
SNAPSHOTS: Final = pages("ec2", "DescribeSnapshots", "Snapshots", page=1000)
RESERVATIONS: Final = pages("ec2", "DescribeCapacityReservations", "CapacityReservations", page=1000)
VPCS: Final = pages("ec2", "DescribeVpcs", "Vpcs", page=1000)
PEERINGS: Final = pages("ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections", page=1000)
ENDPOINTS: Final = pages("ec2", "DescribeVpcEndpoints", "VpcEndpoints", page=1000)
_TYPES: Final = document_types()
_INSTANCE: Final = _TYPES["AWS::EC2::Instance"]
_SNAPSHOT: Final = _TYPES["AWS::EC2::Snapshot"]


def instances(reach: Reach) -> Iterator[Item]:
    """Machines that exist; one that is terminated is only a memory of EC2's."""
    for reservation in reach.each(INSTANCES):
        for document in reservation.get("Instances", ()):
            if document.get("State", {}).get("Name") != "terminated":
                if "PublicIpAddress" not in document:
                    document["PublicIpAddress"] = None  # EC2 leaves it out where there is none
                document.setdefault("Tags", [])
                yield from reach.see(_INSTANCE, document, by=INSTANCES)


def snapshots(reach: Reach) -> Iterator[Item]:
    """Own snapshots. Which are public, one call says for all; with whom the others are shared is not asked."""
    public = {s["SnapshotId"] for s in reach.each(SNAPSHOTS, OwnerIds=["self"], RestorableByUserIds=["all"])}
    for document in reach.each(SNAPSHOTS, OwnerIds=["self"]):
        if document["SnapshotId"] in public:
            document["CreateVolumePermissions"] = [{"Group": "all"}]
        document.setdefault("Tags", [])
        yield from reach.see(_SNAPSHOT, document, by=SNAPSHOTS)


def _listing(native_type: str, operation: Operation, **parameters: Any) -> Collector:
    """Documents that a list gives whole, tags included."""
    kind: DocumentType = _TYPES[native_type]

    def run(reach: Reach) -> Iterator[Item]:
        for document in reach.each(operation, **parameters):
            document.setdefault("Tags", [])
            yield from reach.see(kind, document, by=operation)

    runner: Run = run
    return Collector("ec2", kind.kinds, (operation,), runner, types=(kind,))


COLLECTORS: Final = (
    Collector("ec2", ("compute.instance",), (INSTANCES,), instances, types=(_INSTANCE,)),
    _listing("AWS::EC2::Volume", VOLUMES),
    Collector("ec2", ("storage.snapshot",), (SNAPSHOTS,), snapshots, types=(_SNAPSHOT,)),
    _listing("AWS::EC2::CapacityReservation", RESERVATIONS),
    _listing("AWS::EC2::VPC", VPCS),
    _listing("AWS::EC2::VPCPeeringConnection", PEERINGS),
    _listing("AWS::EC2::VPCEndpoint", ENDPOINTS),
)

WAITING: Final = (Waiting("ec2", "storage.image", "machine images"),)
