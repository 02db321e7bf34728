"""Azure NetApp Files: accounts, volumes with their replication, snapshots."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners import references
from scanners.azure.arm import ENVELOPE, arm_asset, encrypted_by, key_in_vault, member_of, parent_of, target_of
from scanners.documents import DocumentType, Origin
from scanners.members import moment, put, record, text, word
from scanners.model import Asset, Relation

_VOLUME: Final = "microsoft.netapp/netappaccounts/capacitypools/volumes"


def account(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A NetApp account: it holds no data itself, but the key of all volumes in it belongs to it."""
    asset = arm_asset(document, origin, "storage.filesystem")
    if asset is None:
        return
    source = word(document, "properties.encryption.keySource")
    put(asset.attributes, "encryption", text(document, "properties.encryption.keySource"))
    if source == "microsoft.netapp":
        asset.attributes["custody"] = "provider"
    yield asset
    if source == "microsoft.keyvault":
        properties = "properties.encryption.keyVaultProperties"
        vault, name = text(document, f"{properties}.keyVaultUri"), text(document, f"{properties}.keyName")
        yield from encrypted_by(asset.uid, key_in_vault(vault, name))


def volume(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A volume, and the volume it is replicated to or from. Recorded spelling: `endPointType` `Src` or `Dst`."""
    asset = arm_asset(document, origin, "storage.filesystem")
    if asset is None:
        return
    source = word(document, "properties.encryptionKeySource")
    put(asset.attributes, "encryption", text(document, "properties.encryptionKeySource"))
    if source == "microsoft.netapp":
        asset.attributes["custody"] = "provider"
    if source is not None:
        asset.attributes["encrypted"] = True
    yield asset
    yield member_of(asset, parent_of(asset.uid, 2))
    replication = record(document, "properties.dataProtection.replication")
    remote = target_of(replication, "remoteVolumeResourceId")
    end = word(replication, "endPointType") or word(replication, "endpointType")
    attributes: dict[str, Any] = {"continuous": True}
    put(attributes, "schedule", text(replication, "replicationSchedule"))
    if remote is not None and end == "src":
        yield Relation(asset.uid, "replicates_to", remote, attributes)
    elif remote is not None and end == "dst":
        yield Relation(remote, "replicates_to", asset.uid, attributes)
    vault = target_of(document, "properties.dataProtection.backup.backupVaultId")
    if vault is not None:
        yield Relation(asset.uid, "backs_up_to", vault)


def snapshot(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A snapshot of a volume, kept in the volume's own pool."""
    asset = arm_asset(document, origin, "storage.snapshot")
    if asset is None:
        return
    asset.attributes["source_uid"] = parent_of(asset.uid)
    created = moment(document, "properties.created")
    asset.created_at = created if asset.created_at is None else asset.created_at
    yield asset
    yield member_of(asset)


def lustre(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A managed Lustre file system, and the blob container it is filled from and archived to."""
    asset = arm_asset(document, origin, "storage.filesystem")
    if asset is None:
        return
    yield asset
    key = "properties.encryptionSettings.keyEncryptionKey"
    vault_key = text(document, f"{key}.keyUrl")
    if vault_key is not None:
        yield from encrypted_by(asset.uid, _key(vault_key))
    container = references.uid_of(text(document, "properties.hsm.settings.container") or "")
    if container is not None:
        yield Relation(asset.uid, "reads", container, {"use": "import"})
        yield Relation(asset.uid, "writes", container, {"use": "archive"})


def _key(url: str) -> str | None:
    vault, _, path = url.partition("/keys/")
    return key_in_vault(vault, path.split("/")[0] or None)


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.netapp/netappaccounts",
        "netapp",
        ("storage.filesystem",),
        (
            *ENVELOPE,
            "properties.encryption.keySource",
            "properties.encryption.keyVaultProperties.keyName",
            "properties.encryption.keyVaultProperties.keyVaultUri",
        ),
        account,
    ),
    DocumentType(
        _VOLUME,
        "netapp",
        ("storage.filesystem",),
        (
            *ENVELOPE,
            "properties.encryptionKeySource",
            "properties.volumeType",
            "properties.protocolTypes",
            "properties.dataProtection.replication.endPointType",
            "properties.dataProtection.replication.endpointType",
            "properties.dataProtection.replication.remoteVolumeResourceId",
            "properties.dataProtection.replication.remoteVolumeRegion",
            "properties.dataProtection.replication.replicationSchedule",
            "properties.dataProtection.backup.backupVaultId",
        ),
        volume,
    ),
    DocumentType(f"{_VOLUME}/snapshots", "netapp", ("storage.snapshot",), (*ENVELOPE, "properties.created"), snapshot),
    DocumentType(
        "microsoft.storagecache/amlfilesystems",
        "storagecache",
        ("storage.filesystem",),
        (
            *ENVELOPE,
            "properties.encryptionSettings.keyEncryptionKey.keyUrl",
            "properties.hsm.settings.container",
            "properties.filesystemSubnet",
        ),
        lustre,
    ),
)
