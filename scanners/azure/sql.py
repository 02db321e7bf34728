"""Azure SQL: servers, databases, managed instances, the protector of their keys, failover groups, retention.

A server is an asset of its own because key, network and failover belong to it; its databases are members of it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    arm_asset,
    enabled,
    encrypted_by,
    facet,
    key_address,
    member_of,
    parent_of,
    private_endpoint,
    target_of,
    tls_below_12,
)
from scanners.azure.regions import as_place, region
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, moment, number, put, records, text, word
from scanners.model import Asset, Location, Relation

_SERVER: Final = "microsoft.sql/servers"
_INSTANCE: Final = "microsoft.sql/managedinstances"
_DATABASE: Final = "microsoft.sql/servers/databases"
_GEO: Final = ("geo", "geozone")
_ZONE: Final = ("zone", "geozone")


def server(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A logical server. `keyId` is the key of transparent data encryption where the customer brought one."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    put(asset.attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(asset.attributes, "private_endpoint", private_endpoint(document))
    put(asset.attributes, "tls_min_below_12", tls_below_12(document, "properties.minimalTlsVersion"))
    yield asset
    yield from encrypted_by(asset.uid, key_address(text(document, "properties.keyId")))


def managed_instance(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A managed instance, in the subnet that it always has."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    attributes = asset.attributes
    put(attributes, "public_network", flag(document, "properties.publicDataEndpointEnabled"))
    put(attributes, "private_endpoint", private_endpoint(document))
    put(attributes, "tls_min_below_12", tls_below_12(document, "properties.minimalTlsVersion"))
    put(attributes, "vpc", target_of(document, "properties.subnetId"))
    put(attributes, "cross_zone", flag(document, "properties.zoneRedundant"))
    _backup_place(document, attributes)
    yield asset
    yield from encrypted_by(asset.uid, key_address(text(document, "properties.keyId")))


def database(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A database of a server. `defaultSecondaryLocation` is where a copy would go by default, not that there is one."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    put(asset.attributes, "cross_zone", flag(document, "properties.zoneRedundant"))
    _backup_place(document, asset.attributes, text(document, "properties.defaultSecondaryLocation"))
    yield asset
    yield member_of(asset)
    yield from encrypted_by(asset.uid, key_address(text(document, "properties.encryptionProtector")))
    source = target_of(document, "properties.sourceDatabaseId")
    if source is not None and word(document, "properties.secondaryType") in ("geo", "named", "standby"):
        yield Relation(source, "replicates_to", asset.uid, {"continuous": True})


def _backup_place(document: Mapping[str, Any], attributes: dict[str, Any], paired: str | None = None) -> None:
    """Where automatic backups lie: in the region alone, or also in another one that a database names."""
    redundancy = word(document, "properties.currentBackupStorageRedundancy")
    if redundancy in _GEO:
        attributes["backup_loc"] = as_place(region(text(document, "pairedRegion") or paired))
    elif redundancy in ("local", "zone"):
        attributes["backup_loc"] = None
    if "backup_loc" in attributes:  # the second copy that Azure makes by itself is that of the backups
        attributes["secondary_loc"] = attributes["backup_loc"]


def encryption_protector(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """The key that protects the keys of all databases of a server or managed instance."""
    native = _INSTANCE if "/managedinstances/" in (target_of(document, "id") or "") else _SERVER
    asset = facet(document, "database.instance", native)
    if asset is None:
        return
    kind = word(document, "properties.serverKeyType")
    put(asset.attributes, "encryption", text(document, "properties.serverKeyType"))
    if kind == "servicemanaged":
        asset.attributes["custody"] = "provider"
    yield asset
    if kind == "azurekeyvault":
        yield from encrypted_by(asset.uid, key_address(text(document, "properties.uri")))


def transparent_encryption(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Whether a database is encrypted at rest (`status` in older answers, `state` in newer ones).

    Always off for `master`: transparent encryption does not cover system databases, and says nothing of the data.
    """
    asset = facet(document, "database.instance", _DATABASE)
    if asset is None or asset.uid.endswith("/databases/master"):
        return
    on = enabled(document, "properties.status")
    on = enabled(document, "properties.state") if on is None else on
    put(asset.attributes, "encrypted", on)
    if on is False:
        asset.attributes["custody"] = "none"
    yield asset


def short_retention(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Days for which a database can be put back to any moment."""
    asset = facet(document, "database.instance", _DATABASE)
    days = number(document, "properties.retentionDays")
    if asset is not None and days is not None:
        asset.attributes["backup_retention_days"] = days
        yield asset


def auditing(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Auditing of a server: on with groups of actions that include statements means that reads are logged."""
    asset = facet(document, "database.instance", _SERVER)
    if asset is None:
        return
    state = enabled(document, "properties.state")
    actions = document.get("properties", {}).get("auditActionsAndGroups") if has(document, "properties.state") else None
    if state is False:
        asset.attributes["read_logging"] = False
    elif state and isinstance(actions, list) and "BATCH_COMPLETED_GROUP" in actions:
        asset.attributes["read_logging"] = True
    yield asset
    match = re.match(r"^https://([a-z0-9]{3,24})\.blob\.", word(document, "properties.storageEndpoint") or "")
    if state and match is not None:
        yield Relation(asset.uid, "logs_to", f"azure-storage:{match.group(1)}")


LONG_TERM_BACKUP: Final = (
    "microsoft.sql/locations/longtermretentionservers/longtermretentiondatabases/longtermretentionbackups"
)


def long_term_backup(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A backup that is kept for years, in the region that its id names; the policy of its database governs its life."""
    uid = target_of(document, "id")
    if uid is None or "/locations/" not in uid:
        return
    head, _, tail = uid.partition("/providers/microsoft.sql/locations/")
    asset = arm_asset(document, origin, "storage.snapshot", location=region(tail.split("/")[0]))
    if asset is None:
        return
    server, name = word(document, "properties.serverName"), word(document, "properties.databaseName")
    if server is not None and name is not None:
        source = f"{head}/providers/microsoft.sql/servers/{server}/databases/{name}"
        asset.name = f"{server}/{name} {(text(document, 'properties.backupTime') or '')[:10]}".strip()
        asset.attributes["source_uid"] = source
    asset.attributes["managed_by_backup"] = True
    asset.created_at = moment(document, "properties.backupTime")
    asset.tags = {}
    yield asset


def failover_group(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A failover group: the databases in it are kept in step on the partner servers."""
    asset = arm_asset(document, origin, "replication", location=Location.unknown())
    if asset is None:
        return
    asset.attributes["continuous"] = True
    yield asset
    yield member_of(asset)
    partners = [uid for item in records(document, "properties.partnerServers") or [] if (uid := target_of(item, "id"))]
    primary = word(document, "properties.replicationRole")
    home = parent_of(asset.uid)
    for partner in partners:
        if primary == "primary":
            yield Relation(home, "replicates_to", partner, {"continuous": True})
        elif primary == "secondary":
            yield Relation(partner, "replicates_to", home, {"continuous": True})


def replication_link(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A copy of a database on another server; it names the partner, so it is a relation and no asset."""
    uid = target_of(document, "id")
    partner = target_of(document, "properties.partnerDatabaseId")
    if uid is None or partner is None:
        return
    role = word(document, "properties.role")
    if role == "primary":
        yield Relation(parent_of(uid), "replicates_to", partner, {"continuous": True})
    elif role in ("secondary", "nonreadablesecondary"):
        yield Relation(partner, "replicates_to", parent_of(uid), {"continuous": True})


def _type(native: str, normalise: Any, *members: str, kinds: tuple[str, ...] = ("database.instance",)) -> DocumentType:
    kept = (*ENVELOPE, *CREATED, "pairedRegion", *(f"properties.{member}" for member in members))
    return DocumentType(native, "sql", kinds, kept, normalise)


_PRIVATE: Final = (
    "privateEndpointConnections[].id",
    "privateEndpointConnections[].properties.privateLinkServiceConnectionState.status",
)

TYPES: tuple[DocumentType, ...] = (
    _type(
        _SERVER,
        server,
        "publicNetworkAccess",
        "minimalTlsVersion",
        "keyId",
        "restrictOutboundNetworkAccess",
        "version",
        *_PRIVATE,
    ),
    _type(
        _DATABASE,
        database,
        "currentBackupStorageRedundancy",
        "requestedBackupStorageRedundancy",
        "defaultSecondaryLocation",
        "secondaryType",
        "sourceDatabaseId",
        "failoverGroupId",
        "zoneRedundant",
        "isInfraEncryptionEnabled",
        "encryptionProtector",
        "status",
    ),
    _type(
        _INSTANCE,
        managed_instance,
        "publicDataEndpointEnabled",
        "minimalTlsVersion",
        "subnetId",
        "zoneRedundant",
        "keyId",
        "currentBackupStorageRedundancy",
        *_PRIVATE,
    ),
    _type(f"{_SERVER}/encryptionprotector", encryption_protector, "serverKeyType", "uri"),
    _type(f"{_INSTANCE}/encryptionprotector", encryption_protector, "serverKeyType", "uri"),
    _type(f"{_DATABASE}/transparentdataencryption", transparent_encryption, "status", "state"),
    _type(f"{_DATABASE}/backupshorttermretentionpolicies", short_retention, "retentionDays"),
    _type(
        f"{_SERVER}/auditingsettings",
        auditing,
        "state",
        "auditActionsAndGroups",
        "storageEndpoint",
        "isAzureMonitorTargetEnabled",
        "retentionDays",
    ),
    _type(
        f"{_SERVER}/failovergroups",
        failover_group,
        "replicationRole",
        "partnerServers[].id",
        "partnerServers[].location",
        "databases",
        kinds=("replication",),
    ),
    DocumentType(
        LONG_TERM_BACKUP,
        "sql/longterm",
        ("storage.snapshot",),
        (
            *("id", "name", "type"),
            *(
                f"properties.{name}"
                for name in (
                    "serverName",
                    "databaseName",
                    "backupTime",
                    "backupExpirationTime",
                    "backupStorageRedundancy",
                )
            ),
        ),
        long_term_backup,
    ),
    _type(f"{_DATABASE}/replicationlinks", replication_link, "role", "partnerDatabaseId", "partnerLocation", kinds=()),
)
