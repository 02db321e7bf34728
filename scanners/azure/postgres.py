"""Azure Database for PostgreSQL, MySQL and MariaDB: flexible servers and the retired single servers."""

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
    private_endpoint,
    target_of,
    tls_below_12,
)
from scanners.azure.regions import as_place, region
from scanners.documents import DocumentType, Origin
from scanners.members import number, put, text, word
from scanners.model import Asset, Relation

_FLEXIBLE: Final = ("microsoft.dbforpostgresql/flexibleservers", "microsoft.dbformysql/flexibleservers")
_SINGLE: Final = (
    "microsoft.dbforpostgresql/servers",
    "microsoft.dbformysql/servers",
    "microsoft.dbformariadb/servers",
)


def server(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A server, flexible or single. Old and new answers put the same facts in different places; both are read."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    attributes = asset.attributes
    public = enabled(document, "properties.network.publicNetworkAccess")
    put(attributes, "public_network", enabled(document, "properties.publicNetworkAccess") if public is None else public)
    put(attributes, "private_endpoint", private_endpoint(document))
    put(attributes, "https_only", enabled(document, "properties.sslEnforcement"))
    put(attributes, "tls_min_below_12", tls_below_12(document, "properties.minimalTlsVersion"))
    put(attributes, "vpc", target_of(document, "properties.network.delegatedSubnetResourceId"))
    mode = word(document, "properties.highAvailability.mode")
    if mode in ("zoneredundant", "samezone", "disabled"):
        attributes["cross_zone"] = mode == "zoneredundant"
    _backup(document, attributes)
    key = _custody(document, attributes)
    yield asset
    yield from encrypted_by(asset.uid, key)
    for path in ("masterServerId", "sourceServerId", "sourceServerResourceId"):
        source = target_of(document, f"properties.{path}")
        if source is not None and word(document, "properties.replicationRole") not in ("none", "primary", "source"):
            yield Relation(source, "replicates_to", asset.uid, {"continuous": True})


def _backup(document: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    """Backups; geo-redundant ones lie in the paired region too.

    The document does not name it; a scan puts it beside the document, from Azure's list of regions.
    """
    for where in ("backup", "storageProfile"):
        put(attributes, "backup_retention_days", number(document, f"properties.{where}.backupRetentionDays"))
        redundant = enabled(document, f"properties.{where}.geoRedundantBackup")
        if redundant is not None:
            paired = region(text(document, "pairedRegion"))
            attributes["backup_loc"] = attributes["secondary_loc"] = as_place(paired) if redundant else None


def _custody(document: Mapping[str, Any], attributes: dict[str, Any]) -> str | None:
    """What the document states of the key, and the key's address.

    Flexible servers name the kind of key; single servers state whether customer keys are enforced (`byokEnforcement`),
    and `Disabled` with them means the service's own key.
    """
    kind = word(document, "properties.dataEncryption.type")
    put(attributes, "encryption", text(document, "properties.dataEncryption.type"))
    if kind == "systemmanaged" or (kind is None and word(document, "properties.byokEnforcement") == "disabled"):
        attributes["custody"] = "provider"
    return key_address(text(document, "properties.dataEncryption.primaryKeyURI"))


def database(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A database on a server; place, key and network are the server's."""
    asset = arm_asset(document, origin, "database.table")
    if asset is None:
        return
    yield asset
    yield member_of(asset)


_MEMBERS: Final = (
    *ENVELOPE,
    "pairedRegion",
    *CREATED,
    "properties.backup.backupRetentionDays",
    "properties.backup.geoRedundantBackup",
    "properties.storageProfile.backupRetentionDays",
    "properties.storageProfile.geoRedundantBackup",
    "properties.byokEnforcement",
    "properties.infrastructureEncryption",
    "properties.dataEncryption.type",
    "properties.dataEncryption.primaryKeyURI",
    "properties.dataEncryption.geoBackupKeyURI",
    "properties.highAvailability.mode",
    "properties.minimalTlsVersion",
    "properties.sslEnforcement",
    "properties.publicNetworkAccess",
    "properties.network.publicNetworkAccess",
    "properties.network.delegatedSubnetResourceId",
    "properties.privateEndpointConnections[].properties.privateLinkServiceConnectionState.status",
    "properties.replicationRole",
    "properties.masterServerId",
    "properties.sourceServerId",
    "properties.sourceServerResourceId",
    "properties.version",
)

TYPES: tuple[DocumentType, ...] = (
    *(
        DocumentType(native, native.split("/")[0].split(".")[1], ("database.instance",), _MEMBERS, server)
        for native in (*_FLEXIBLE, *_SINGLE)
    ),
    *(
        DocumentType(
            f"{native}/databases",
            native.split("/")[0].split(".")[1],
            ("database.table",),
            (*ENVELOPE, "properties.charset"),
            database,
        )
        for native in (*_FLEXIBLE, *_SINGLE)
    ),
)
