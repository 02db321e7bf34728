"""Links out of private networks: transit gateways, Direct Connect, gateways to the internet, services offered to
others, and logs of the traffic."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, region_place
from scanners.documents import DocumentType, Origin
from scanners.members import flag, put, records, text
from scanners.model import Asset, Location, LocationKind, Relation

_GONE: Final = frozenset({"deleted", "deleting", "rejected", "rejecting", "failed", "failing"})


def transit_gateway(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A hub between networks; `AutoAcceptSharedAttachments` lets accounts it is shared with join unasked."""
    identity = text(document, "TransitGatewayId") or ""
    subject = Subject(document, origin, text(document, "TransitGatewayArn"), "ec2", f"transit-gateway/{identity}")
    if text(document, "State") in _GONE:
        return
    attributes: dict[str, Any] = {}
    put(attributes, "peer_account", text(document, "OwnerId"))
    name = subject.name_tag or identity
    yield subject.asset("network.peering", "AWS::EC2::TransitGateway", name, attributes, created="CreationTime")


def attachment(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """What hangs on a transit gateway: a network of some account, or a way out of the cloud (VPN, Direct Connect)."""
    identity = text(document, "TransitGatewayAttachmentId") or ""
    subject = Subject(document, origin, None, "ec2", f"transit-gateway-attachment/{identity}")
    if text(document, "State") in _GONE:
        return
    sort, resource = text(document, "ResourceType"), text(document, "ResourceId")
    owner, gateway = text(document, "ResourceOwnerId"), text(document, "TransitGatewayId")
    attributes: dict[str, Any] = {}
    put(attributes, "peer_account", owner)
    name = subject.name_tag or f"{sort or 'attachment'} {resource or identity}"
    native = "AWS::EC2::TransitGatewayAttachment"
    yield subject.asset("network.peering", native, name, attributes, created="CreationTime")
    keeper = text(document, "TransitGatewayOwnerId")
    hub = subject.arn("ec2", f"transit-gateway/{gateway}", account=keeper) if gateway else None
    yield from subject.relation("member_of", hub)
    if sort == "vpc" and resource and hub:
        network = subject.arn("ec2", f"vpc/{resource}", account=owner)
        yield from subject.relation("member_of", network)
        yield Relation(network, "peers_with", hub)


def gateway_peering(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A link between two transit gateways, often in different regions."""
    identity = text(document, "TransitGatewayAttachmentId") or ""
    subject = Subject(document, origin, None, "ec2", f"transit-gateway-attachment/{identity}")
    if text(document, "State") in _GONE:
        return
    ends = [
        (text(document, f"{e}.OwnerId"), text(document, f"{e}.Region"), text(document, f"{e}.TransitGatewayId"))
        for e in ("RequesterTgwInfo", "AccepterTgwInfo")
    ]
    here = (subject.account, subject.region)
    other = next((end for end in ends if end[:2] != here), ends[1])
    attributes: dict[str, Any] = {}
    put(attributes, "peer_account", other[0])
    put(attributes, "peer_loc", region_place(other[1]))
    native = "AWS::EC2::TransitGatewayPeeringAttachment"
    name = subject.name_tag or identity
    yield subject.asset("network.peering", native, name, attributes, created="CreationTime")
    hubs = [
        subject.arn("ec2", f"transit-gateway/{gateway}", region=region, account=account)
        for account, region, gateway in ends
        if gateway
    ]
    if len(hubs) == 2:
        yield Relation(hubs[0], "peers_with", hubs[1])


def direct_connection(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A line of the customer's own into a building of AWS or of a partner, named by `location`, no country stated."""
    identity = text(document, "connectionId") or ""
    subject = Subject(document, origin, None, "directconnect", f"dxcon/{identity}")
    if text(document, "connectionState") in _GONE:
        return
    building = text(document, "location")
    peer = {"kind": "on_prem", "site": building, "evidence": "metadata_only"} if building else None
    attributes: dict[str, Any] = {}
    put(attributes, "peer_account", text(document, "ownerAccount"))
    put(attributes, "peer_loc", peer)
    name = text(document, "connectionName") or identity
    yield subject.asset("network.peering", "AWS::DirectConnect::Connection", name, attributes)


def direct_association(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Which gateway of which region hangs on a Direct Connect gateway, which itself is in no region."""
    identity = text(document, "associationId") or ""
    subject = Subject(document, origin, None, "directconnect", f"dx-gateway-association/{identity}")
    attributes: dict[str, Any] = {}
    region = text(document, "associatedGateway.region")
    put(attributes, "peer_account", text(document, "associatedGateway.ownerAccount"))
    put(attributes, "peer_loc", region_place(region))
    native = "AWS::DirectConnect::GatewayAssociation"
    yield subject.asset(
        "network.peering", native, identity, attributes, location=Location(LocationKind.GLOBAL)
    )  # fmt: skip
    far = text(document, "associatedGateway.id")
    hub = text(document, "directConnectGatewayId")
    owner = text(document, "associatedGateway.ownerAccount")
    transit = text(document, "associatedGateway.type") == "transitGateway"
    sort = "transit-gateway" if transit else "vpn-gateway"
    if far and hub:
        target = subject.arn("ec2", f"{sort}/{far}", region=region or "", account=owner)
        keeper = text(document, "directConnectGatewayOwnerAccount")
        source = subject.arn("directconnect", f"dx-gateway/{hub}", region="", account=keeper)
        yield Relation(source, "peers_with", target)


def internet_gateway(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A network's way to and from the internet."""
    identity = text(document, "InternetGatewayId") or ""
    subject = Subject(document, origin, None, "ec2", f"internet-gateway/{identity}")
    attributes: dict[str, Any] = {"services": ["internet"]}
    name = subject.name_tag or identity
    yield subject.asset("network.endpoint", "AWS::EC2::InternetGateway", name, attributes)
    for held in records(document, "Attachments") or []:
        yield from subject.in_vpc(text(held, "VpcId"))


def nat_gateway(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A way out of a network, to the internet unless it is a private one."""
    identity = text(document, "NatGatewayId") or ""
    subject = Subject(document, origin, None, "ec2", f"natgateway/{identity}")
    if text(document, "State") in _GONE:
        return
    attributes: dict[str, Any] = {}
    sort = text(document, "ConnectivityType")
    if sort is not None:
        attributes["services"] = ["internet"] if sort == "public" else []
    name = subject.name_tag or identity
    yield subject.asset("network.endpoint", "AWS::EC2::NatGateway", name, attributes, created="CreateTime")
    yield from subject.in_vpc(text(document, "VpcId"))


def offered_service(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A service that this account offers to networks of others by private link."""
    identity = text(document, "ServiceId") or ""
    subject = Subject(document, origin, None, "ec2", f"vpc-endpoint-service/{identity}")
    attributes: dict[str, Any] = {}
    service = text(document, "ServiceName")
    put(attributes, "services", [service] if service else None)
    accepted = flag(document, "AcceptanceRequired")
    if accepted is False:
        attributes["policy_open"] = True  # whoever is allowed to ask gets in unasked
    yield subject.asset("network.endpoint", "AWS::EC2::VPCEndpointService", subject.name_tag or identity, attributes)


def flow_log(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A record of a network's traffic: no record of administrative calls."""
    identity = text(document, "FlowLogId") or ""
    subject = Subject(document, origin, None, "ec2", f"vpc-flow-log/{identity}")
    attributes: dict[str, Any] = {"management_events": False, "covers_all_regions": False}
    status = text(document, "FlowLogStatus")
    if status is not None:
        attributes["active"] = status == "ACTIVE" and text(document, "DeliverLogsStatus") != "FAILED"
    name = subject.name_tag or identity
    yield subject.asset("log.trail", "AWS::EC2::FlowLog", name, attributes, created="CreationTime")
    noted = {"continuous": True, "role": "traffic"}
    place = text(document, "LogDestination")
    if text(document, "LogDestinationType") == "s3" and place:
        yield from subject.relation("logs_to", subject.bucket(place.split("/", 1)[0]), noted)
    elif place:
        yield from subject.relation("logs_to", place.removesuffix(":*"), noted)
    else:
        group = text(document, "LogGroupName")
        yield from subject.relation("logs_to", subject.arn("logs", f"log-group:{group}") if group else None, noted)
    watched = text(document, "ResourceId") or ""
    if watched.startswith("vpc-"):
        yield Relation(subject.arn("ec2", f"vpc/{watched}"), "logs_to", subject.uid)


_END: Final = ("TransitGatewayId", "OwnerId", "Region")
_PEERING, _ENDPOINT = ("network.peering",), ("network.endpoint",)

TRANSIT_GATEWAY: Final = DocumentType(
    "AWS::EC2::TransitGateway",
    "ec2",
    _PEERING,
    (
        "TransitGatewayId",
        "TransitGatewayArn",
        "OwnerId",
        "State",
        "CreationTime",
        "Options.AutoAcceptSharedAttachments",
        "Options.EncryptionSupport",
        "Tags",
    ),
    transit_gateway,
)
ATTACHMENT: Final = DocumentType(
    "AWS::EC2::TransitGatewayAttachment",
    "ec2",
    _PEERING,
    (
        "TransitGatewayAttachmentId",
        "TransitGatewayId",
        "TransitGatewayOwnerId",
        "ResourceOwnerId",
        "ResourceType",
        "ResourceId",
        "State",
        "CreationTime",
        "Tags",
    ),
    attachment,
)
GATEWAY_PEERING: Final = DocumentType(
    "AWS::EC2::TransitGatewayPeeringAttachment",
    "ec2",
    _PEERING,
    (
        "TransitGatewayAttachmentId",
        "State",
        "CreationTime",
        *(f"{end}.{part}" for end in ("RequesterTgwInfo", "AccepterTgwInfo") for part in _END),
        "Tags",
    ),
    gateway_peering,
)
DIRECT_CONNECTION: Final = DocumentType(
    "AWS::DirectConnect::Connection",
    "directconnect",
    _PEERING,
    (
        "connectionId",
        "connectionName",
        "connectionState",
        "ownerAccount",
        "region",
        "location",
        "partnerName",
        "providerName",
        "encryptionMode",
        "portEncryptionStatus",
        "tags",
    ),
    direct_connection,
)
DIRECT_ASSOCIATION: Final = DocumentType(
    "AWS::DirectConnect::GatewayAssociation",
    "directconnect",
    _PEERING,
    (
        "associationId",
        "associationState",
        "directConnectGatewayId",
        "directConnectGatewayOwnerAccount",
        *(f"associatedGateway.{m}" for m in ("id", "type", "ownerAccount", "region")),
    ),
    direct_association,
)
INTERNET_GATEWAY: Final = DocumentType(
    "AWS::EC2::InternetGateway",
    "ec2",
    _ENDPOINT,
    ("InternetGatewayId", "OwnerId", "Attachments[].VpcId", "Tags"),
    internet_gateway,
)
NAT_GATEWAY: Final = DocumentType(
    "AWS::EC2::NatGateway",
    "ec2",
    _ENDPOINT,
    ("NatGatewayId", "VpcId", "State", "ConnectivityType", "CreateTime", "Tags"),
    nat_gateway,
)
OFFERED_SERVICE: Final = DocumentType(
    "AWS::EC2::VPCEndpointService",
    "ec2",
    _ENDPOINT,
    ("ServiceId", "ServiceName", "AcceptanceRequired", "SupportedRegions[].Region", "Tags"),
    offered_service,
)
FLOW_LOG: Final = DocumentType(
    "AWS::EC2::FlowLog",
    "ec2",
    ("log.trail",),
    (
        "FlowLogId",
        "FlowLogStatus",
        "DeliverLogsStatus",
        "ResourceId",
        "LogDestination",
        "LogDestinationType",
        "LogGroupName",
        "CreationTime",
        "Tags",
    ),
    flow_log,
)
