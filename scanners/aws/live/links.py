"""Links out of private networks, live (rows I3 to I5 and I7 of the collection plan)."""

from collections.abc import Iterator
from typing import Final

from scanners.aws.links import (
    ATTACHMENT,
    DIRECT_ASSOCIATION,
    DIRECT_CONNECTION,
    FLOW_LOG,
    GATEWAY_PEERING,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    OFFERED_SERVICE,
    TRANSIT_GATEWAY,
)
from scanners.aws.live.declare import Collector, Operation, Waiting, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import listed
from scanners.members import text
from scanners.model import Item

HUBS: Final = pages("ec2", "DescribeTransitGateways", "TransitGateways", page=1000)
ATTACHED: Final = pages("ec2", "DescribeTransitGatewayAttachments", "TransitGatewayAttachments", page=1000)
PEERED: Final = pages(
    "ec2", "DescribeTransitGatewayPeeringAttachments", "TransitGatewayPeeringAttachments", page=1000
)  # fmt: skip
LINES: Final = Operation(
    "directconnect", "DescribeConnections", elements="connections", token=("nextToken", "nextToken")
)  # fmt: skip
DIRECT: Final = pages("directconnect", "DescribeDirectConnectGateways", "directConnectGateways", page=100)
ASSOCIATED: Final = pages(
    "directconnect", "DescribeDirectConnectGatewayAssociations", "directConnectGatewayAssociations", page=100
)
INTERNET: Final = pages("ec2", "DescribeInternetGateways", "InternetGateways", page=1000)
NATS: Final = pages("ec2", "DescribeNatGateways", "NatGateways", page=1000)
OFFERED: Final = pages("ec2", "DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", page=1000)
FLOW_LOGS: Final = pages("ec2", "DescribeFlowLogs", "FlowLogs", page=1000)


def transit(reach: Reach) -> Iterator[Item]:
    """Transit gateways and what hangs on them; a link between two is shown by its own list, with both ends."""
    hubs = 0
    for document in reach.each(HUBS):
        hubs += 1
        yield from reach.see(TRANSIT_GATEWAY, {"Tags": [], **document}, by=HUBS)
    linked = False
    for document in reach.each(ATTACHED):  # also those of networks on a hub of another account
        sort = text(document, "ResourceType")
        linked = linked or sort in ("peering", "tgw-peering")
        if sort not in ("peering", "tgw-peering"):
            yield from reach.see(ATTACHMENT, {"Tags": [], **document}, by=ATTACHED)
    if hubs or linked:
        for document in reach.each(PEERED):
            yield from reach.see(GATEWAY_PEERING, {"Tags": [], **document}, by=PEERED)


def associations(reach: Reach) -> Iterator[Item]:
    """Direct Connect gateways lie in no region; what hangs on each says in which region it is."""
    for gateway in reach.each(DIRECT):
        identity = gateway["directConnectGatewayId"]
        for document in reach.each(ASSOCIATED, directConnectGatewayId=identity):
            yield from reach.see(DIRECT_ASSOCIATION, document, by=ASSOCIATED)


COLLECTORS: Final = (
    Collector(
        "ec2", ("network.peering",), (HUBS, ATTACHED, PEERED), transit,
        types=(TRANSIT_GATEWAY, ATTACHMENT, GATEWAY_PEERING),
    ),
    listed(DIRECT_CONNECTION, LINES),
    Collector(
        "directconnect", ("network.peering",), (DIRECT, ASSOCIATED), associations, "account", (DIRECT_ASSOCIATION,)
    ),
    listed(INTERNET_GATEWAY, INTERNET),
    listed(NAT_GATEWAY, NATS),
    listed(OFFERED_SERVICE, OFFERED),
    listed(FLOW_LOG, FLOW_LOGS),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
