"""Azure Cosmos DB: accounts with all the regions they are kept in, and MongoDB clusters."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    arm_asset,
    enabled,
    encrypted_by,
    key_address,
    member_of,
    parent_of,
    private_endpoint,
    tls_below_12,
)
from scanners.azure.regions import as_place, region, regions
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, number, put, record, records, text, word
from scanners.model import Asset, Relation

_LISTS: Final = ("locations", "writeLocations", "readLocations", "failoverPolicies")
_CONTINUOUS: Final = {"continuous7days": 7, "continuous30days": 30}


def account(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An account. It lies in every region it lists; `location` alone is where its record was made.

    Regions are written as display names (`South Central US`).
    """
    names = [text(item, "locationName") for path in _LISTS for item in records(document, f"properties.{path}") or []]
    asset = arm_asset(document, origin, "database.instance", location=regions(names) if names else None)
    if asset is None:
        return
    attributes = asset.attributes
    local = flag(document, "properties.disableLocalAuth")
    put(attributes, "shared_key_auth", None if local is None else not local)
    put(attributes, "tls_min_below_12", tls_below_12(document, "properties.minimalTlsVersion"))
    put(attributes, "public_network", _public(document))
    put(attributes, "private_endpoint", private_endpoint(document))
    put(attributes, "cross_zone", _cross_zone(document))
    _backup(document, attributes)
    yield asset
    yield from encrypted_by(asset.uid, key_address(text(document, "properties.keyVaultKeyUri")))


def _public(document: Mapping[str, Any]) -> bool | None:
    """Public access that a filter on virtual networks, without any address let in, shuts after all."""
    access = enabled(document, "properties.publicNetworkAccess")
    if not access:
        return access
    filtered = flag(document, "properties.isVirtualNetworkFilterEnabled")
    rules = records(document, "properties.ipRules")
    return False if filtered and rules == [] else access


def _cross_zone(document: Mapping[str, Any]) -> bool | None:
    states = [flag(item, "isZoneRedundant") for item in records(document, "properties.locations") or []]
    return None if not states or None in states else all(states)


def _backup(document: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    """Backups, in days rounded up. Periodic ones state where they lie; `Geo` is the region and its unnamed pair."""
    kind = word(document, "properties.backupPolicy.type")
    if kind == "periodic":
        periodic = "properties.backupPolicy.periodicModeProperties"
        hours = number(document, f"{periodic}.backupRetentionIntervalInHours")
        put(attributes, "backup_retention_days", None if hours is None else -(-hours // 24))
        redundancy = word(document, f"{periodic}.backupStorageRedundancy")
        if redundancy == "geo":
            attributes["backup_loc"] = as_place(region(text(document, "pairedRegion")))
        elif redundancy in ("local", "zone"):
            attributes["backup_loc"] = None
    elif kind == "continuous":
        tier = word(document, "properties.backupPolicy.continuousModeProperties.tier")
        put(attributes, "backup_retention_days", _CONTINUOUS.get(tier or ""))


def container(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A container of the SQL interface. `defaultTtl` is in seconds; without it, or with -1, nothing goes by itself."""
    asset = arm_asset(document, origin, "database.table")
    if asset is None:
        return
    if record(document, "properties.resource") is not None:
        seconds = number(document, "properties.resource.defaultTtl")
        if seconds is not None and seconds > 0:
            asset.attributes["expire_days"] = -(-seconds // 86_400)
        elif seconds == -1 or not has(document, "properties.resource.defaultTtl"):
            asset.attributes["expire_days"] = None
    yield asset
    yield member_of(asset, parent_of(asset.uid, 2))


def mongo_cluster(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A MongoDB vCore cluster."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    put(asset.attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(asset.attributes, "private_endpoint", private_endpoint(document))
    mode = word(document, "properties.highAvailability.targetMode")
    if mode in ("disabled", "samezone", "zoneredundantpreferred"):
        asset.attributes["cross_zone"] = mode == "zoneredundantpreferred"
    yield asset
    key = "properties.encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl"
    yield from encrypted_by(asset.uid, key_address(text(document, key)))


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.documentdb/databaseaccounts",
        "cosmosdb",
        ("database.instance",),
        (
            *ENVELOPE,
            *CREATED,
            "pairedRegion",
            *(f"properties.{name}[].locationName" for name in _LISTS),
            "properties.locations[].isZoneRedundant",
            "properties.backupPolicy.type",
            "properties.backupPolicy.periodicModeProperties",
            "properties.backupPolicy.continuousModeProperties",
            "properties.disableLocalAuth",
            "properties.enableMultipleWriteLocations",
            "properties.ipRules",
            "properties.isVirtualNetworkFilterEnabled",
            "properties.keyVaultKeyUri",
            "properties.minimalTlsVersion",
            "properties.privateEndpointConnections[].properties.privateLinkServiceConnectionState.status",
            "properties.publicNetworkAccess",
        ),
        account,
    ),
    DocumentType(
        "microsoft.documentdb/databaseaccounts/sqldatabases/containers",
        "cosmosdb",
        ("database.table",),
        (*ENVELOPE, "properties.resource.id", "properties.resource.defaultTtl"),
        container,
    ),
    DocumentType(
        "microsoft.documentdb/mongoclusters",
        "cosmosdb",
        ("database.instance",),
        (
            *ENVELOPE,
            "properties.publicNetworkAccess",
            "properties.highAvailability.targetMode",
            "properties.encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl",
            "properties.privateEndpointConnections[].properties.privateLinkServiceConnectionState.status",
        ),
        mongo_cluster,
    ),
)
