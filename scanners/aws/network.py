"""Private networks, the links between them, and private ways to services."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject, region_place
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, member, put, text
from scanners.model import Asset, Relation


def vpc(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A private network."""
    identity = text(document, "VpcId") or ""
    subject = Subject(document, origin, None, "ec2", f"vpc/{identity}")
    yield subject.asset("network.vpc", "AWS::EC2::VPC", subject.name_tag or identity, {})


def peering(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A link between two private networks, and where and whose the other one is."""
    identity = text(document, "VpcPeeringConnectionId") or ""
    subject = Subject(document, origin, None, "ec2", f"vpc-peering-connection/{identity}")
    ends = [
        (text(document, f"{end}.OwnerId"), text(document, f"{end}.Region"), text(document, f"{end}.VpcId"))
        for end in ("RequesterVpcInfo", "AccepterVpcInfo")
    ]
    other = next((end for end in ends if end[0] not in (None, subject.account)), None) or next(
        (end for end in reversed(ends) if end[1] not in (None, subject.region)), ends[1]
    )
    attributes: dict[str, Any] = {}
    put(attributes, "peer_account", other[0])
    put(attributes, "peer_loc", region_place(other[1]))
    yield subject.asset("network.peering", "AWS::EC2::VPCPeeringConnection", subject.name_tag or identity, attributes)
    networks = [
        subject.arn("ec2", f"vpc/{network}", region=region or subject.region, account=account)
        for account, region, network in ends
        if network
    ]
    for network in networks:
        yield from subject.relation("member_of", network)
    if len(networks) == 2:
        yield Relation(networks[0], "peers_with", networks[1])


def endpoint(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A private way to a service."""
    identity = text(document, "VpcEndpointId") or ""
    subject = Subject(document, origin, None, "ec2", f"vpc-endpoint/{identity}")
    attributes: dict[str, Any] = {}
    service = text(document, "ServiceName")
    if service is not None:
        attributes["services"] = [service]
    put(attributes, "peer_loc", region_place(text(document, "ServiceRegion")))
    policy = parse(member(document, "PolicyDocument"))
    if policy is not None:
        attributes["policy_open"] = access(policy, subject.account).exposure == "public"
    elif is_null(document, "PolicyDocument"):
        attributes["policy_open"] = True  # without a policy an endpoint lets everything through
    name = subject.name_tag or identity
    yield subject.asset("network.endpoint", "AWS::EC2::VPCEndpoint", name, attributes, created="CreationTimestamp")
    yield from subject.in_vpc(text(document, "VpcId"))


_END: Final = ("OwnerId", "Region", "VpcId")

TYPES: Final = (
    DocumentType("AWS::EC2::VPC", "ec2", ("network.vpc",), ("VpcId", "OwnerId", "IsDefault", "Tags"), vpc),
    DocumentType(
        "AWS::EC2::VPCPeeringConnection",
        "ec2",
        ("network.peering",),
        (
            "VpcPeeringConnectionId",
            "Status.Code",
            *(f"{end}.{part}" for end in ("RequesterVpcInfo", "AccepterVpcInfo") for part in _END),
            "Tags",
        ),
        peering,
    ),
    DocumentType(
        "AWS::EC2::VPCEndpoint",
        "ec2",
        ("network.endpoint",),
        (
            "VpcEndpointId",
            "VpcEndpointType",
            "VpcId",
            "ServiceName",
            "ServiceRegion",
            "State",
            "PolicyDocument",
            "PrivateDnsEnabled",
            "CreationTimestamp",
            "Tags",
        ),
        endpoint,
    ),
)
