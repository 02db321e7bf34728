"""Virtual networks, their peerings, and private endpoints."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanners.azure.arm import ENVELOPE, account_of, arm_asset, target_of
from scanners.documents import DocumentType, Origin
from scanners.members import records, word
from scanners.model import Asset, Relation


def virtual_network(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A virtual network, and the networks that it is linked to now."""
    asset = arm_asset(document, origin, "network.vpc")
    if asset is None:
        return
    yield asset
    for peering in records(document, "properties.virtualNetworkPeerings") or []:
        remote = target_of(peering, "properties.remoteVirtualNetwork.id")
        state = word(peering, "properties.peeringState")
        if remote is not None and state in ("connected", None):
            yield Relation(asset.uid, "peers_with", remote)


def private_endpoint(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A private endpoint: the way from a network to one service."""
    asset = arm_asset(document, origin, "network.endpoint")
    if asset is None:
        return
    links = [
        link
        for name in ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
        for link in records(document, f"properties.{name}") or []
    ]
    targets = [uid for link in links if (uid := target_of(link, "properties.privateLinkServiceId")) is not None]
    if targets:
        asset.attributes["services"] = sorted(targets)
        asset.attributes["peer_account"] = account_of(targets[0])
    yield asset


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.network/virtualnetworks",
        "network",
        ("network.vpc",),
        (
            *ENVELOPE,
            "properties.addressSpace",
            "properties.virtualNetworkPeerings[].properties.peeringState",
            "properties.virtualNetworkPeerings[].properties.remoteVirtualNetwork.id",
        ),
        virtual_network,
    ),
    DocumentType(
        "microsoft.network/privateendpoints",
        "network",
        ("network.endpoint",),
        (
            *ENVELOPE,
            "properties.privateLinkServiceConnections[].properties.privateLinkServiceId",
            "properties.manualPrivateLinkServiceConnections[].properties.privateLinkServiceId",
            "properties.subnet.id",
        ),
        private_endpoint,
    ),
)
