"""Rows of Azure Resource Graph as `az graph query` prints them, and documents of Azure Resource Manager."""

from typing import Any, Final

from identity import CLINICAL, LAB, TENANT, Document, hexadecimal, identifier, moment, stamp

HOME: Final = "germanywestcentral"
GROUPS: Final = {CLINICAL: "rg-clinical-ai", LAB: "rg-research"}
_EMPTY: Final = ("extendedLocation", "identity", "managedBy", "plan", "sku", "zones")


def empty_columns() -> Document:
    """Columns that most rows leave empty; the query prints them all the same."""
    return dict.fromkeys(_EMPTY)


def group(subscription: str) -> str:
    """The id of the resource group of a subscription."""
    return f"/subscriptions/{subscription}/resourceGroups/{GROUPS[subscription]}"


def resource_id(subscription: str, kind: str, *names: str) -> str:
    """An ARM id: `Microsoft.Storage/storageAccounts` and a name, or pairs of child types and names."""
    provider, *types = kind.split("/")
    steps = "/".join(f"{sort}/{name}" for sort, name in zip(types, names, strict=True))
    return f"{group(subscription)}/providers/{provider}/{steps}"


def row(
    subscription: str,
    kind: str,
    name: str,
    properties: Document,
    *,
    location: str = HOME,
    tags: dict[str, str] | None = None,
    sku: Document | None = None,
    form: str = "",
    **more: Any,
) -> Document:
    """One row of the table `resources`: every column, as the query prints them."""
    return {
        "id": resource_id(subscription, kind, name),
        "name": name,
        "type": kind.lower(),
        "tenantId": TENANT,
        "kind": form,
        "location": location,
        "resourceGroup": GROUPS[subscription],
        "subscriptionId": subscription,
        **empty_columns(),
        "sku": sku,
        "properties": properties,
        "tags": tags,
        **more,
    }


def child(subscription: str, kind: str, names: tuple[str, ...], properties: Document, /, **more: Any) -> Document:
    """A document of Resource Manager for a child resource, which has no location of its own."""
    return {
        "id": resource_id(subscription, kind, *names),
        "name": names[-1],
        "type": kind,
        "properties": properties,
        **more,
    }


def vault_key(vault: str, name: str) -> Document:
    """How an encrypted thing names its key in a vault."""
    return {"keyvaulturi": f"https://{vault}.vault.azure.net", "keyname": name, "keyversion": ""}


def key_url(vault: str, name: str) -> str:
    """The address of the key of a vault."""
    return f"https://{vault}.vault.azure.net/keys/{name}/{hexadecimal(f'version/{vault}/{name}', 32)}"


def storage(
    name: str,
    subscription: str,
    *,
    key: tuple[str, str] | None,
    tags: dict[str, str],
    sku: str = "Standard_ZRS",
    location: str = HOME,
    second: str | None = None,
    public: bool = False,
    shared_keys: bool = False,
    cross_tenant: bool = False,
    tls: str = "TLS1_2",
) -> Document:
    """A storage account."""
    services = {"blob": {"enabled": True, "keyType": "Account"}, "file": {"enabled": True, "keyType": "Account"}}
    encryption: Document = {"keySource": "Microsoft.Storage", "services": services}
    if key is not None:
        encryption |= {"keySource": "Microsoft.Keyvault", "keyvaultproperties": vault_key(*key)}
    properties: Document = {
        "provisioningState": "Succeeded",
        "creationTime": stamp(moment(f"st/{name}")),
        "primaryLocation": location,
        "statusOfPrimary": "available",
        "encryption": encryption,
        "allowBlobPublicAccess": public,
        "allowSharedKeyAccess": shared_keys,
        "allowCrossTenantReplication": cross_tenant,
        "publicNetworkAccess": "Enabled" if public else "Disabled",
        "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices", "ipRules": [], "virtualNetworkRules": []},
        "minimumTlsVersion": tls,
        "supportsHttpsTrafficOnly": True,
        "isHnsEnabled": False,
        "primaryEndpoints": {"blob": f"https://{name}.blob.core.windows.net/"},
    }
    if second is not None:
        properties |= {"secondaryLocation": second, "statusOfSecondary": "available"}
    return row(
        subscription,
        "Microsoft.Storage/storageAccounts",
        name,
        properties,
        location=location,
        tags=tags,
        sku={"name": sku, "tier": "Standard"},
        form="StorageV2",
    )


def blob_service(name: str, subscription: str, *, versioned: bool = True, soft_delete: int = 14) -> Document:
    """Soft delete and versions of an account's blobs."""
    properties: Document = {
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": True, "days": soft_delete},
        "isVersioningEnabled": versioned,
    }
    return child(subscription, "Microsoft.Storage/storageAccounts/blobServices", (name, "default"), properties)


def lifecycle(name: str, subscription: str, *, days: int = 1095, versions: int | None = 30) -> Document:
    """The lifecycle of an account's blobs."""
    actions: Document = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": float(days)}}}
    if versions is not None:
        actions["version"] = {"delete": {"daysAfterCreationGreaterThan": float(versions)}}
    definition = {"actions": actions, "filters": {"blobTypes": ["blockBlob"]}}
    rules = [{"enabled": True, "name": "retention", "type": "Lifecycle", "definition": definition}]
    properties: Document = {"lastModifiedTime": "2026-01-14T10:48:33.515858Z", "policy": {"rules": rules}}
    kind = "Microsoft.Storage/storageAccounts/managementPolicies"
    return child(subscription, kind, (name, "default"), properties) | {"name": "DefaultManagementPolicy"}


def container(account: str, name: str, subscription: str, *, access: str = "None") -> Document:
    """A blob container."""
    properties: Document = {
        "publicAccess": access,
        "hasImmutabilityPolicy": False,
        "hasLegalHold": False,
        "leaseState": "Available",
        "defaultEncryptionScope": "$account-encryption-key",
    }
    kind = "Microsoft.Storage/storageAccounts/blobServices/containers"
    return child(subscription, kind, (account, "default", name), properties)


def vault(name: str, subscription: str, *, location: str = HOME, protected: bool = True) -> Document:
    """A key vault."""
    properties: Document = {
        "tenantId": TENANT,
        "sku": {"family": "A", "name": "premium"},
        "vaultUri": f"https://{name}.vault.azure.net/",
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "publicNetworkAccess": "Disabled",
        "provisioningState": "Succeeded",
    }
    if protected:
        properties["enablePurgeProtection"] = True
    return row(
        subscription, "Microsoft.KeyVault/vaults", name, properties, location=location, tags={"owner": "Platform"}
    )


def key(
    holder: str,
    name: str,
    subscription: str,
    *,
    location: str = HOME,
    kind: str = "RSA-HSM",
    enabled: bool = True,
    rotated: bool = True,
) -> Document:
    """A key of a vault, as the request for one key answers."""
    actions: list[Document] = [{"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "Notify"}}]
    if rotated:
        actions.insert(0, {"trigger": {"timeAfterCreate": "P180D"}, "action": {"type": "Rotate"}})
    address = f"https://{holder}.vault.azure.net/keys/{name}"
    properties: Document = {
        "attributes": {"enabled": enabled, "created": 1741600000, "updated": 1741600000, "exportable": False},
        "kty": kind,
        "keySize": 3072,
        "keyOps": ["wrapKey", "unwrapKey"],
        "keyUri": address,
        "keyUriWithVersion": key_url(holder, name),
        "rotationPolicy": {"lifetimeActions": actions, "attributes": {"expiryTime": "P365D"}},
    }
    return child(subscription, "Microsoft.KeyVault/vaults/keys", (holder, name), properties, location=location, tags={})


def machine(
    name: str, subscription: str, size: str, encryption_set: str, tags: dict[str, str], location: str = HOME
) -> list[Document]:
    """A virtual machine and its disk."""
    disk = f"{name}-os"
    managed = {"id": resource_id(subscription, "Microsoft.Compute/disks", disk)}
    properties: Document = {
        "provisioningState": "Succeeded",
        "vmId": identifier(f"vm/{name}"),
        "timeCreated": stamp(moment(f"vm/{name}")),
        "hardwareProfile": {"vmSize": size},
        "storageProfile": {"osDisk": {"name": disk, "osType": "Linux", "managedDisk": managed}, "dataDisks": []},
        "securityProfile": {"securityType": "TrustedLaunch", "encryptionAtHost": True},
    }
    own = row(subscription, "Microsoft.Compute/virtualMachines", name, properties, location=location, tags=tags)
    return [own, managed_disk(disk, subscription, encryption_set, tags, location=location, holder=own["id"])]


def managed_disk(
    name: str,
    subscription: str,
    encryption_set: str | None,
    tags: dict[str, str],
    *,
    location: str = HOME,
    holder: str | None = None,
    since: str | None = None,
) -> Document:
    """A disk, attached to `holder`, or to nothing since a time."""
    encryption: Document = {"type": "EncryptionAtRestWithPlatformKey"}
    if encryption_set is not None:
        encryption = {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": encryption_set}
    properties: Document = {
        "provisioningState": "Succeeded",
        "timeCreated": stamp(moment(f"disk/{name}")),
        "diskState": "Attached" if holder else "Unattached",
        "diskSizeGB": 1024,
        "encryption": encryption,
        "networkAccessPolicy": "DenyAll",
        "publicNetworkAccess": "Disabled",
        "creationData": {"createOption": "Empty"},
    }
    if since is not None:
        properties["LastOwnershipUpdateTime"] = since
    sku = {"name": "Premium_ZRS", "tier": "Premium"}
    return row(
        subscription,
        "Microsoft.Compute/disks",
        name,
        properties,
        location=location,
        tags=tags,
        sku=sku,
        managedBy=holder or "",
    )


def postgres(
    name: str,
    subscription: str,
    key: str,
    tags: dict[str, str],
    *,
    location: str = HOME,
    backup_days: int = 35,
    geo: bool = False,
    replica_of: str | None = None,
) -> Document:
    """A flexible server of PostgreSQL."""
    properties: Document = {
        "version": "16",
        "state": "Ready",
        "fullyQualifiedDomainName": f"{name}.postgres.database.azure.com",
        "backup": {"backupRetentionDays": backup_days, "geoRedundantBackup": "Enabled" if geo else "Disabled"},
        "network": {"publicNetworkAccess": "Disabled"},
        "highAvailability": {"mode": "ZoneRedundant"},
        "dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": key},
        "replicationRole": "AsyncReplica" if replica_of else "Primary",
        "privateEndpointConnections": [],
    }
    if replica_of is not None:
        properties["sourceServerResourceId"] = replica_of
    kind = "Microsoft.DBforPostgreSQL/flexibleServers"
    sku = {"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"}
    return row(subscription, kind, name, properties, location=location, tags=tags, sku=sku)


def cosmos(name: str, subscription: str, key: str, tags: dict[str, str], *places: str) -> Document:
    """A Cosmos account in all its regions, written by their display names."""
    regions = [
        {
            "id": f"{name}-{place.lower().replace(' ', '')}",
            "locationName": place,
            "failoverPriority": number,
            "isZoneRedundant": True,
            "provisioningState": "Succeeded",
        }
        for number, place in enumerate(places)
    ]
    periodic = {
        "backupIntervalInMinutes": 240,
        "backupRetentionIntervalInHours": 168,
        "backupStorageRedundancy": "Zone",
    }
    properties: Document = {
        "provisioningState": "Succeeded",
        "locations": regions,
        "writeLocations": regions[:1],
        "readLocations": regions,
        "failoverPolicies": [{"id": r["id"], "locationName": r["locationName"], "failoverPriority": n} for n, r in enumerate(regions)],
        "publicNetworkAccess": "Disabled",
        "isVirtualNetworkFilterEnabled": True,
        "ipRules": [],
        "disableLocalAuth": True,
        "minimalTlsVersion": "Tls12",
        "keyVaultKeyUri": key,
        "backupPolicy": {"type": "Periodic", "periodicModeProperties": periodic},
        "privateEndpointConnections": [connection(name)],
    }  # fmt: skip
    where = places[0].lower().replace(" ", "")
    return row(
        subscription,
        "Microsoft.DocumentDB/databaseAccounts",
        name,
        properties,
        location=where,
        tags=tags,
        form="GlobalDocumentDB",
    )


def connection(name: str) -> Document:
    """An approved private endpoint."""
    state = {"status": "Approved", "actionsRequired": "None"}
    return {"id": f"/connections/{name}", "properties": {"privateLinkServiceConnectionState": state}}


def ai_account(
    name: str,
    subscription: str,
    key: tuple[str, str],
    *,
    location: str,
    tags: dict[str, str],
    open_to_all: bool = False,
    local_keys: bool = False,
) -> Document:
    """An account of Azure OpenAI."""
    vault_name, key_name = key
    properties: Document = {
        "provisioningState": "Succeeded",
        "dateCreated": stamp(moment(f"ai/{name}")),
        "endpoint": f"https://{name}.openai.azure.com/",
        "customSubDomainName": name,
        "publicNetworkAccess": "Enabled" if open_to_all else "Disabled",
        "networkAcls": {"defaultAction": "Allow" if open_to_all else "Deny", "ipRules": [], "virtualNetworkRules": []},
        "privateEndpointConnections": [] if open_to_all else [connection(name)],
        "disableLocalAuth": not local_keys,
        "encryption": {
            "keySource": "Microsoft.KeyVault",
            "keyVaultProperties": {"keyVaultUri": f"https://{vault_name}.vault.azure.net/", "keyName": key_name},
        },
        "storedCompletionsDisabled": True,
    }
    return row(
        subscription,
        "Microsoft.CognitiveServices/accounts",
        name,
        properties,
        location=location,
        tags=tags,
        sku={"name": "S0"},
        form="OpenAI",
    )


def deployment(
    account: str,
    name: str,
    subscription: str,
    sku: str,
    *,
    model: str = "gpt-4.1",
    version: str = "2025-04-14",
    maker: str = "OpenAI",
    spillover: str | None = None,
    tags: dict[str, str] | None = None,
) -> Document:
    """A deployed model."""
    properties: Document = {
        "model": {"format": maker, "name": model, "version": version},
        "versionUpgradeOption": "NoAutoUpgrade",
        "currentCapacity": 50,
        "raiPolicyName": "Microsoft.DefaultV2",
        "provisioningState": "Succeeded",
    }
    if spillover is not None:
        properties["spilloverDeploymentName"] = spillover
    kind = "Microsoft.CognitiveServices/accounts/deployments"
    return child(subscription, kind, (account, name), properties, sku={"name": sku, "capacity": 50}, tags=tags or {})
