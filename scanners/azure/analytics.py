"""Data services around training: Databricks, Synapse, Fabric, AI Search, Event Hubs, caches, data lakes and others."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    NETWORK,
    arm_asset,
    enabled,
    encrypted_by,
    key_address,
    key_in_vault,
    private_endpoint,
    target_of,
    tls_below_12,
)
from scanners.azure.cognitive import connection_target
from scanners.documents import DocumentType, Normaliser, Origin
from scanners.members import flag, is_null, put, records, text, texts, word
from scanners.model import Asset, Relation


def databricks(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Databricks workspace and the storage account that its own resource group holds."""
    asset = arm_asset(document, origin, "ai.account")
    if asset is None:
        return
    put(asset.attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(asset.attributes, "private_endpoint", private_endpoint(document))
    store = word(document, "properties.parameters.storageAccountName.value")
    if store is not None:
        asset.attributes["linked_stores"] = [{"uid": f"azure-storage:{store}", "saas_vendor": None}]
    yield asset
    if store is not None:
        yield Relation(asset.uid, "writes", f"azure-storage:{store}", {"use": "default_store"})
    disk = "properties.encryption.entities.managedDisk.keyVaultProperties"
    services = "properties.encryption.entities.managedServices.keyVaultProperties"
    keys = {
        key_in_vault(text(document, f"{path}.keyVaultUri"), text(document, f"{path}.keyName"))
        for path in (disk, services)
    }
    for key in sorted(key for key in keys if key is not None):
        yield from encrypted_by(asset.uid, key)


def synapse(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Synapse workspace and the data lake that it works on."""
    asset = arm_asset(document, origin, "warehouse")
    if asset is None:
        return
    if word(document, "properties.publicNetworkAccess") == "disabled":
        asset.attributes["public_access"] = "none"
    asset.attributes["relations_read"] = []  # roles decide who may read, and they are not read
    yield asset
    key = text(document, "properties.encryption.cmk.key.keyVaultUrl")
    yield from encrypted_by(asset.uid, key_address(key))
    lake = target_of(document, "properties.defaultDataLakeStorage.resourceId")
    if lake is None:
        lake = connection_target(text(document, "properties.defaultDataLakeStorage.accountUrl"))
    if lake is not None:
        yield Relation(asset.uid, "reads", lake, {"use": "default_store"})
        yield Relation(asset.uid, "writes", lake, {"use": "default_store"})


def search(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An AI Search service: indexes, and vectors, of what was put into it."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    local = flag(document, "properties.disableLocalAuth")
    put(asset.attributes, "shared_key_auth", None if local is None else not local)
    put(asset.attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(asset.attributes, "private_endpoint", private_endpoint(document))
    yield asset


def data_explorer(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Data Explorer cluster. `keyVaultProperties` null means: no key of the customer's."""
    asset = arm_asset(document, origin, "warehouse")
    if asset is None:
        return
    if word(document, "properties.publicNetworkAccess") == "disabled":
        asset.attributes["public_access"] = "none"
    if is_null(document, "properties.keyVaultProperties"):
        asset.attributes["custody"] = "provider"
    # The trusted tenants are only those that a guest may come from: roles decide who may read, and they are not read.
    asset.attributes["relations_read"] = []
    zones = texts(document, "zones")
    if zones is not None:
        asset.attributes["cross_zone"] = len(zones) > 1
    yield asset
    properties = "properties.keyVaultProperties"
    key = key_in_vault(text(document, f"{properties}.keyVaultUri"), text(document, f"{properties}.keyName"))
    yield from encrypted_by(asset.uid, key)
    for tenant in records(document, "properties.trustedExternalTenants") or []:
        identity = text(tenant, "value")
        if identity is not None:
            yield Relation(asset.uid, "shared_with", "public" if identity == "*" else f"tenant:{identity}")


def event_hub(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A namespace of Event Hubs: streams, kept for days."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    attributes = asset.attributes
    local = flag(document, "properties.disableLocalAuth")
    put(attributes, "shared_key_auth", None if local is None else not local)
    put(attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(attributes, "private_endpoint", private_endpoint(document))
    put(attributes, "tls_min_below_12", tls_below_12(document, "properties.minimumTlsVersion"))
    put(attributes, "cross_zone", flag(document, "properties.zoneRedundant"))
    yield asset
    for item in records(document, "properties.encryption.keyVaultProperties") or []:
        yield from encrypted_by(asset.uid, key_in_vault(text(item, "keyVaultUri"), text(item, "keyName")))


def cache(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Redis cache. `enableNonSslPort` opens a port without encryption."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    attributes = asset.attributes
    plain = flag(document, "properties.enableNonSslPort")
    put(attributes, "https_only", None if plain is None else not plain)
    put(attributes, "tls_min_below_12", tls_below_12(document, "properties.minimumTlsVersion"))
    put(attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(attributes, "private_endpoint", private_endpoint(document))
    keys = flag(document, "properties.disableAccessKeyAuthentication")
    put(attributes, "shared_key_auth", None if keys is None else not keys)
    yield asset
    for linked in records(document, "properties.linkedServers") or []:
        uid = target_of(linked, "id")
        if uid is not None:
            yield Relation(asset.uid, "replicates_to", uid, {"continuous": True})


def data_lake(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Data Lake Store of the first generation."""
    asset = arm_asset(document, origin, "storage.filesystem")
    if asset is None:
        return
    state = enabled(document, "properties.encryptionState")
    put(asset.attributes, "encrypted", state)
    kind = text(document, "properties.encryptionConfig.type")
    put(asset.attributes, "encryption", kind)
    if state is False:
        asset.attributes["custody"] = "none"
    elif kind == "ServiceManaged":
        asset.attributes["custody"] = "provider"
    yield asset


def lake_analytics(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Data Lake Analytics account."""
    asset = arm_asset(document, origin, "compute.cluster")
    if asset is not None:
        yield asset


def stream_job(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Stream Analytics job: moves data from its inputs to its outputs while it runs."""
    asset = arm_asset(document, origin, "transfer.job")
    if asset is None:
        return
    state = word(document, "properties.jobState")
    if state in ("running", "created", "stopped"):
        asset.attributes["enabled"] = state == "running"
    asset.attributes["continuous"] = True
    yield asset
    store = word(document, "properties.jobStorageAccount.accountName")
    if store is not None and re.fullmatch(r"[a-z0-9]{3,24}", store):
        yield Relation(asset.uid, "writes", f"azure-storage:{store}", {"use": "default_store"})


def fabric(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Fabric capacity: the workspaces assigned to it keep their data in its region."""
    asset = arm_asset(document, origin, "warehouse")
    if asset is not None:
        yield asset


def purview(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Purview account: descriptions of data, among them samples and classifications."""
    asset = arm_asset(document, origin, "database.instance")
    if asset is None:
        return
    put(asset.attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    put(asset.attributes, "private_endpoint", private_endpoint(document))
    yield asset


def _type(native: str, kind: str, normalise: Normaliser, *members: str) -> DocumentType:
    service = native.split("/")[0].split(".")[1]
    kept = (*ENVELOPE, *CREATED, *NETWORK, *(f"properties.{member}" for member in members))
    return DocumentType(native, service, (kind,), kept, normalise)


_KEY: Final = ("keyVaultProperties.keyVaultUri", "keyVaultProperties.keyName")

TYPES: tuple[DocumentType, ...] = (
    _type(
        "microsoft.databricks/workspaces",
        "ai.account",
        databricks,
        "managedResourceGroupId",
        "parameters.enableNoPublicIp.value",
        "parameters.storageAccountName.value",
        "parameters.storageAccountSkuName.value",
        *(f"encryption.entities.{entity}.{member}" for entity in ("managedDisk", "managedServices") for member in _KEY),
    ),
    _type(
        "microsoft.synapse/workspaces",
        "warehouse",
        synapse,
        "defaultDataLakeStorage.accountUrl",
        "defaultDataLakeStorage.resourceId",
        "encryption.cmk.key.keyVaultUrl",
        "encryption.doubleEncryptionEnabled",
        "managedVirtualNetworkSettings.preventDataExfiltration",
    ),
    _type("microsoft.search/searchservices", "database.instance", search, "disableLocalAuth", "encryptionWithCmk"),
    _type(
        "microsoft.kusto/clusters",
        "warehouse",
        data_explorer,
        *_KEY,
        "enableDiskEncryption",
        "enableDoubleEncryption",
        "trustedExternalTenants[].value",
    ),
    _type(
        "microsoft.eventhub/namespaces",
        "database.instance",
        event_hub,
        "disableLocalAuth",
        "encryption.keySource",
        "encryption.keyVaultProperties[].keyName",
        "encryption.keyVaultProperties[].keyVaultUri",
        "minimumTlsVersion",
        "zoneRedundant",
    ),
    _type(
        "microsoft.cache/redis",
        "database.instance",
        cache,
        "disableAccessKeyAuthentication",
        "enableNonSslPort",
        "linkedServers[].id",
        "minimumTlsVersion",
    ),
    _type(
        "microsoft.datalakestore/accounts",
        "storage.filesystem",
        data_lake,
        "encryptionState",
        "encryptionConfig.type",
    ),
    _type("microsoft.datalakeanalytics/accounts", "compute.cluster", lake_analytics),
    _type(
        "microsoft.streamanalytics/streamingjobs",
        "transfer.job",
        stream_job,
        "jobState",
        "jobStorageAccount.accountName",
    ),
    _type("microsoft.fabric/capacities", "warehouse", fabric),
    _type("microsoft.purview/accounts", "database.instance", purview, "managedResources"),
)
