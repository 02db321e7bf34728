"""Container registries and their replications to further regions."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanners.azure.arm import CREATED, ENVELOPE, arm_asset, enabled, encrypted_by, key_address, member_of
from scanners.documents import DocumentType, Origin
from scanners.members import flag, put, text, word
from scanners.model import Asset, Relation


def registry(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A registry. `anonymousPullEnabled` lets anyone read its images; without the member that was not read."""
    asset = arm_asset(document, origin, "storage.registry")
    if asset is None:
        return
    attributes = asset.attributes
    anonymous = flag(document, "properties.anonymousPullEnabled")
    if word(document, "properties.publicNetworkAccess") == "disabled" or anonymous is False:
        attributes["public_access"] = "none"
    elif anonymous:
        attributes["public_access"] = "public"
    attributes["relations_read"] = []  # roles decide who may pull, and they are not read
    encrypted = enabled(document, "properties.encryption.status")
    put(attributes, "encryption", text(document, "properties.encryption.status"))
    if encrypted is False:
        attributes["custody"] = "provider"  # `disabled` means: no key of the customer's on top of the service's
    yield asset
    if encrypted:
        key = "properties.encryption.keyVaultProperties.keyIdentifier"
        yield from encrypted_by(asset.uid, key_address(text(document, key)))


def replication(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A replica of a registry: all its images, kept in step in the replica's region."""
    asset = arm_asset(document, origin, "storage.registry")
    if asset is None:
        return
    yield asset
    parent = member_of(asset)
    yield parent
    yield Relation(parent.target, "replicates_to", asset.uid, {"continuous": True})


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.containerregistry/registries",
        "containerregistry",
        ("storage.registry",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.adminUserEnabled",
            "properties.anonymousPullEnabled",
            "properties.encryption.status",
            "properties.encryption.keyVaultProperties.keyIdentifier",
            "properties.loginServer",
            "properties.publicNetworkAccess",
            "properties.networkRuleSet.defaultAction",
            "properties.zoneRedundancy",
        ),
        registry,
    ),
    DocumentType(
        "microsoft.containerregistry/registries/replications",
        "containerregistry",
        ("storage.registry",),
        (*ENVELOPE, "properties.regionEndpointEnabled", "properties.zoneRedundancy"),
        replication,
    ),
)
