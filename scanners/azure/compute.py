"""Virtual machines, scale sets, hosts, capacity reservations; disks, snapshots and the keys that encrypt them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import CREATED, ENVELOPE, arm_asset, encrypted_by, key_address, member_of, target_of
from scanners.azure.sizes import confidential
from scanners.documents import DocumentType, Origin
from scanners.members import flag, moment, number, put, record, records, text, word
from scanners.model import Asset, Relation

_PLATFORM_KEY: Final = "encryptionatrestwithplatformkey"
_INTERFACES: Final = "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations"
_DISK_MEMBERS: Final = (
    "osDisk.managedDisk.id",
    "osDisk.managedDisk.diskEncryptionSet.id",
    "dataDisks[].managedDisk.id",
    "dataDisks[].managedDisk.diskEncryptionSet.id",
)


def machine(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A virtual machine, and the disks that are a part of it."""
    asset = arm_asset(document, origin, "compute.instance")
    if asset is None:
        return
    size = text(document, "properties.hardwareProfile.vmSize")
    put(asset.attributes, "instance_type", size)
    put(asset.attributes, "confidential", confidential(size, document, "properties.securityProfile"))
    yield asset
    for disk in _disks(document, "properties.storageProfile"):
        yield Relation(disk, "member_of", asset.uid)
    scale_set = target_of(document, "properties.virtualMachineScaleSet.id")
    if scale_set is not None:
        yield member_of(asset, scale_set)


def scale_set_machine(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A machine of a scale set, as the scale set's own listing shows it."""
    asset = arm_asset(document, origin, "compute.instance")
    if asset is None:
        return
    size = text(document, "properties.hardwareProfile.vmSize") or text(document, "sku.name")
    put(asset.attributes, "instance_type", size)
    put(asset.attributes, "confidential", confidential(size, document, "properties.securityProfile"))
    yield asset
    yield member_of(asset)
    for disk in _disks(document, "properties.storageProfile"):
        yield Relation(disk, "member_of", asset.uid)


def scale_set(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A scale set: machines of one size, as many as its capacity says."""
    asset = arm_asset(document, origin, "compute.nodegroup")
    if asset is None:
        return
    size, profile = text(document, "sku.name"), "properties.virtualMachineProfile.securityProfile"
    put(asset.attributes, "instance_type", size)
    put(asset.attributes, "node_count", number(document, "sku.capacity"))
    put(asset.attributes, "confidential", confidential(size, document, profile))
    put(asset.attributes, "public_ip", _scale_set_public_ip(document))
    yield asset
    pool = _pool_of(asset)
    if pool is not None:
        yield member_of(asset, pool)


def _pool_of(asset: Asset) -> str | None:
    """The AKS node pool that a scale set stands behind, by the tags that AKS gives it."""
    tags = asset.tags if isinstance(asset.tags, dict) else {}
    group, name, pool = (tags.get(f"aks-managed-{part}") for part in ("cluster-rg", "cluster-name", "poolName"))
    if not (group and name and pool):
        return None
    cluster = (
        f"/subscriptions/{asset.account}/resourcegroups/{group}/providers/microsoft.containerservice/managedclusters"
    )
    return f"{cluster}/{name}/agentpools/{pool}".lower()


def _scale_set_public_ip(document: Mapping[str, Any]) -> bool | None:
    """Whether machines get public addresses of their own: stated by the configuration of the network interfaces."""
    interfaces = records(document, _INTERFACES)
    if not interfaces:
        return None
    configurations = [records(interface, "properties.ipConfigurations") for interface in interfaces]
    if any(found is None for found in configurations):
        return None
    return any(
        record(item, "properties.publicIPAddressConfiguration") is not None
        for found in configurations
        for item in found or []
    )


def _disks(document: Mapping[str, Any], profile: str) -> list[str]:
    disks = [record(document, f"{profile}.osDisk"), *(records(document, f"{profile}.dataDisks") or [])]
    return [uid for disk in disks if disk is not None and (uid := target_of(disk, "managedDisk.id")) is not None]


def host(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A dedicated host: capacity reserved until it is deleted."""
    asset = arm_asset(document, origin, "compute.nodegroup")
    if asset is None:
        return
    put(asset.attributes, "instance_type", text(document, "sku.name"))
    asset.attributes["node_count"] = 1
    yield asset


def capacity_reservation(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Reserved capacity of one size. Open-ended unless `scheduleProfile.end` says otherwise."""
    asset = arm_asset(document, origin, "compute.nodegroup")
    if asset is None:
        return
    put(asset.attributes, "instance_type", text(document, "sku.name"))
    put(asset.attributes, "node_count", number(document, "sku.capacity"))
    put(asset.attributes, "reservation_end", text(document, "properties.scheduleProfile.end"))
    yield asset
    yield member_of(asset)


def disk(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A managed disk."""
    asset = arm_asset(document, origin, "storage.volume")
    if asset is None:
        return
    state = word(document, "properties.diskState")
    if state in ("attached", "reserved", "activesas"):
        asset.attributes["attached"] = state != "activesas" or text(document, "managedBy") is not None
    elif state in ("unattached", "activesasfrozen", "readytoupload", "activeupload"):
        asset.attributes["attached"] = False
    changed = moment(document, "properties.LastOwnershipUpdateTime")
    if asset.attributes.get("attached") is False and changed is not None:
        asset.attributes["idle_since"] = changed.isoformat().replace("+00:00", "Z")
    yield from encrypted_disk(asset, document)


def snapshot(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A snapshot of a disk, and what it was taken from."""
    asset = arm_asset(document, origin, "storage.snapshot")
    if asset is None:
        return
    put(asset.attributes, "source_uid", target_of(document, "properties.creationData.sourceResourceId"))
    # Azure Backup names its restore points so, and keeps them in groups of its own unless told otherwise.
    group = asset.uid.split("/resourcegroups/")[-1].split("/")[0]
    asset.attributes["managed_by_backup"] = asset.name.lower().startswith("azurebackup_") or group.startswith(
        "azurebackuprg_"
    )
    yield from encrypted_disk(asset, document)


def encrypted_disk(asset: Asset, document: Mapping[str, Any]) -> Iterator[Asset | Relation]:
    """The asset, with what `properties.encryption` says: managed disks and snapshots have it in the same form.

    The key is named through a disk encryption set, which stands in between as an asset of kind `key` of its own:
    disk → encryption set → key in the vault.
    """
    kind = text(document, "properties.encryption.type")
    put(asset.attributes, "encryption", kind)
    if kind is not None:
        asset.attributes["encrypted"] = True
        if kind.lower() == _PLATFORM_KEY:
            asset.attributes["custody"] = "provider"
    yield asset
    yield from encrypted_by(asset.uid, target_of(document, "properties.encryption.diskEncryptionSetId"))


def encryption_set(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A disk encryption set: stands for the key of a vault, so it is of kind `key` and encrypted by that key.

    Its custody is that of the key in the vault; nothing of its own is stated here.
    """
    asset = arm_asset(document, origin, "key")
    if asset is None:
        return
    rotates = flag(document, "properties.rotationToLatestKeyVersionEnabled")
    if rotates is not None:
        asset.attributes["rotatable"] = True
    yield asset
    yield from encrypted_by(asset.uid, key_address(text(document, "properties.activeKey.keyUrl")))


_ENCRYPTION: Final = ("properties.encryption.type", "properties.encryption.diskEncryptionSetId")

TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.compute/virtualmachines",
        "compute",
        ("compute.instance",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.hardwareProfile.vmSize",
            *(f"properties.storageProfile.{member}" for member in _DISK_MEMBERS),
            "properties.securityProfile.encryptionAtHost",
            "properties.securityProfile.securityType",
            "properties.virtualMachineScaleSet.id",
            "properties.priority",
            "properties.vmId",
        ),
        machine,
    ),
    DocumentType(
        "microsoft.compute/virtualmachinescalesets",
        "compute",
        ("compute.nodegroup",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.orchestrationMode",
            "properties.virtualMachineProfile.priority",
            "properties.virtualMachineProfile.securityProfile.encryptionAtHost",
            "properties.virtualMachineProfile.securityProfile.securityType",
            *(f"properties.virtualMachineProfile.storageProfile.{member}" for member in _DISK_MEMBERS),
            f"{_INTERFACES}[].properties.ipConfigurations[].properties.publicIPAddressConfiguration",
        ),
        scale_set,
    ),
    DocumentType(
        "microsoft.compute/virtualmachinescalesets/virtualmachines",
        "compute",
        ("compute.instance",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.hardwareProfile.vmSize",
            *(f"properties.storageProfile.{member}" for member in _DISK_MEMBERS),
            "properties.securityProfile.encryptionAtHost",
            "properties.securityProfile.securityType",
            "properties.vmId",
        ),
        scale_set_machine,
    ),
    DocumentType("microsoft.compute/hostgroups/hosts", "compute", ("compute.nodegroup",), ENVELOPE, host),
    DocumentType(
        "microsoft.compute/capacityreservationgroups/capacityreservations",
        "compute",
        ("compute.nodegroup",),
        (*ENVELOPE, *CREATED, "properties.scheduleProfile"),
        capacity_reservation,
    ),
    DocumentType(
        "microsoft.compute/disks",
        "compute",
        ("storage.volume",),
        (
            *ENVELOPE,
            *CREATED,
            *_ENCRYPTION,
            "properties.creationData.sourceResourceId",
            "properties.diskState",
            "properties.LastOwnershipUpdateTime",
            "properties.networkAccessPolicy",
            "properties.publicNetworkAccess",
            "properties.securityProfile.securityType",
        ),
        disk,
    ),
    DocumentType(
        "microsoft.compute/snapshots",
        "compute",
        ("storage.snapshot",),
        (
            *ENVELOPE,
            *CREATED,
            *_ENCRYPTION,
            "properties.creationData.sourceResourceId",
            "properties.incremental",
            "properties.networkAccessPolicy",
            "properties.publicNetworkAccess",
        ),
        snapshot,
    ),
    DocumentType(
        "microsoft.compute/diskencryptionsets",
        "compute",
        ("key",),
        (
            *ENVELOPE,
            "properties.activeKey.keyUrl",
            "properties.activeKey.sourceVault.id",
            "properties.encryptionType",
            "properties.rotationToLatestKeyVersionEnabled",
        ),
        encryption_set,
    ),
)
