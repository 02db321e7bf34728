"""Azure Batch and HDInsight: clusters of machines of one size, GPU sizes among them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    NETWORK,
    arm_asset,
    encrypted_by,
    key_address,
    key_in_vault,
    member_of,
    target_of,
)
from scanners.documents import DocumentType, Origin
from scanners.members import number, put, records, text, word
from scanners.model import Asset, Relation


def account(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Batch account: the frame around its pools."""
    asset = arm_asset(document, origin, "compute.cluster")
    if asset is None:
        return
    yield asset
    if word(document, "properties.encryption.keySource") == "microsoft.keyvault":
        key = "properties.encryption.keyVaultProperties.keyIdentifier"
        yield from encrypted_by(asset.uid, key_address(text(document, key)))
    store = target_of(document, "properties.autoStorage.storageAccountId")
    if store is not None:
        yield Relation(asset.uid, "writes", store, {"use": "default_store"})


def pool(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A pool: machines now, dedicated and spot together."""
    asset = arm_asset(document, origin, "compute.nodegroup")
    if asset is None:
        return
    put(asset.attributes, "instance_type", text(document, "properties.vmSize"))
    counts = [number(document, f"properties.current{kind}Nodes") for kind in ("Dedicated", "LowPriority")]
    if None not in counts:
        asset.attributes["node_count"] = sum(count for count in counts if count is not None)
    provision = word(document, "properties.networkConfiguration.publicIPAddressConfiguration.provision")
    if provision is not None:
        asset.attributes["public_ip"] = provision != "nopublicipaddresses"
    put(asset.attributes, "vpc", target_of(document, "properties.networkConfiguration.subnetId"))
    yield asset
    yield member_of(asset)


def hdinsight(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An HDInsight cluster, its roles as groups of machines, its stores."""
    asset = arm_asset(document, origin, "compute.cluster")
    if asset is None:
        return
    yield asset
    disks = "properties.diskEncryptionProperties"
    key = key_in_vault(text(document, f"{disks}.vaultUri"), text(document, f"{disks}.keyName"))
    yield from encrypted_by(asset.uid, key)
    for role in records(document, "properties.computeProfile.roles") or []:
        name = text(role, "name")
        if name is None:
            continue
        group = Asset(
            uid=f"{asset.uid}/roles/{name.lower()}",
            provider="azure",
            account=asset.account,
            kind="compute.nodegroup",
            native_type=f"{asset.native_type}/roles",
            name=f"{asset.name}/{name}",
            location=asset.location,
            attributes={},
        )
        put(group.attributes, "instance_type", text(role, "hardwareProfile.vmSize"))
        put(group.attributes, "node_count", number(role, "targetInstanceCount"))
        yield group
        yield member_of(group, asset.uid)
    for store in records(document, "properties.storageProfile.storageaccounts") or []:
        uid = target_of(store, "resourceId")
        if uid is not None:
            yield Relation(asset.uid, "writes", uid, {"use": "default_store"})


_POOL: Final = (
    "vmSize",
    "currentDedicatedNodes",
    "currentLowPriorityNodes",
    "interNodeCommunication",
    "networkConfiguration.subnetId",
    "networkConfiguration.publicIPAddressConfiguration.provision",
    "deploymentConfiguration.virtualMachineConfiguration.diskEncryptionConfiguration",
)

TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.batch/batchaccounts",
        "batch",
        ("compute.cluster",),
        (
            *ENVELOPE,
            *NETWORK,
            "properties.autoStorage.storageAccountId",
            "properties.encryption.keySource",
            "properties.encryption.keyVaultProperties.keyIdentifier",
            "properties.poolAllocationMode",
        ),
        account,
    ),
    DocumentType(
        "microsoft.batch/batchaccounts/pools",
        "batch",
        ("compute.nodegroup",),
        (*ENVELOPE, *CREATED, *(f"properties.{member}" for member in _POOL)),
        pool,
    ),
    DocumentType(
        "microsoft.hdinsight/clusters",
        "hdinsight",
        ("compute.cluster", "compute.nodegroup"),
        (
            *ENVELOPE,
            *CREATED,
            "properties.clusterDefinition.kind",
            "properties.computeProfile.roles[].name",
            "properties.computeProfile.roles[].targetInstanceCount",
            "properties.computeProfile.roles[].hardwareProfile.vmSize",
            "properties.computeProfile.roles[].encryptDataDisks",
            "properties.diskEncryptionProperties.vaultUri",
            "properties.diskEncryptionProperties.keyName",
            "properties.diskEncryptionProperties.encryptionAtHost",
            "properties.storageProfile.storageaccounts[].resourceId",
        ),
        hdinsight,
    ),
)
