"""Recovery Services vaults, Backup vaults, and what is protected by them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import ENVELOPE, arm_asset, encrypted_by, key_address, target_of
from scanners.azure.regions import as_place, region
from scanners.documents import DocumentType, Origin
from scanners.members import put, records, text, texts, word
from scanners.model import Asset, Relation

_LOCKED: Final = {"disabled": False, "unlocked": False, "locked": True}


def recovery_vault(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Recovery Services vault: geo-redundant ones keep a second copy in the paired region.

    The vault does not name it; a scan puts the region beside it that Azure's list of regions pairs with the vault's.
    """
    asset = arm_asset(document, origin, "backup.vault")
    if asset is None:
        return
    attributes = asset.attributes
    redundancy = word(document, "properties.redundancySettings.standardTierStorageRedundancy")
    if redundancy == "georedundant":
        attributes["secondary_loc"] = as_place(region(text(document, "pairedRegion")))
    elif redundancy in ("locallyredundant", "zoneredundant"):
        attributes["secondary_loc"] = None
    key = text(document, "properties.encryption.keyVaultProperties.keyUri")
    put(attributes, "immutable", _immutable(document))
    yield asset
    yield from encrypted_by(asset.uid, key_address(key))


def backup_vault(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A Backup vault. `replicatedRegions` names where a geo-redundant one is copied to."""
    asset = arm_asset(document, origin, "backup.vault")
    if asset is None:
        return
    attributes = asset.attributes
    kinds = {word(item, "type") for item in records(document, "properties.storageSettings") or []}
    named = texts(document, "properties.replicatedRegions")
    if "georedundant" in kinds:
        attributes["secondary_loc"] = as_place(region(named[0] if named else None))
    elif kinds and kinds <= {"locallyredundant", "zoneredundant"}:
        attributes["secondary_loc"] = None
    put(attributes, "immutable", _immutable(document))
    yield asset
    key = text(document, "properties.securitySettings.encryptionSettings.keyVaultProperties.keyUri")
    yield from encrypted_by(asset.uid, key_address(key))


def _immutable(document: Mapping[str, Any]) -> bool | None:
    """Only a locked vault cannot be made mutable again."""
    return _LOCKED.get(word(document, "properties.securitySettings.immutabilitySettings.state") or "")


def protected_item(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Something that a vault backs up: no asset, but a copy of its data in the vault."""
    uid = target_of(document, "id")
    if uid is None:
        return
    source = target_of(document, "properties.sourceResourceId")
    if source is None:
        source = target_of(document, "properties.dataSourceInfo.resourceID")
    vault = uid.split("/backupfabrics/")[0].split("/backupinstances/")[0]
    if source is not None and vault != uid:
        yield Relation(source, "backs_up_to", vault)


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.recoveryservices/vaults",
        "backup",
        ("backup.vault",),
        (
            *ENVELOPE,
            "pairedRegion",
            "properties.encryption.keyVaultProperties.keyUri",
            "properties.publicNetworkAccess",
            "properties.redundancySettings.standardTierStorageRedundancy",
            "properties.redundancySettings.crossRegionRestore",
            "properties.securitySettings.immutabilitySettings.state",
        ),
        recovery_vault,
    ),
    DocumentType(
        "microsoft.dataprotection/backupvaults",
        "backup",
        ("backup.vault",),
        (
            *ENVELOPE,
            "properties.replicatedRegions",
            "properties.storageSettings[].datastoreType",
            "properties.storageSettings[].type",
            "properties.securitySettings.immutabilitySettings.state",
            "properties.securitySettings.softDeleteSettings",
            "properties.securitySettings.encryptionSettings.keyVaultProperties.keyUri",
            "properties.featureSettings.crossRegionRestoreSettings.state",
        ),
        backup_vault,
    ),
    DocumentType(
        "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
        "backup",
        (),
        ("id", "name", "type", "properties.sourceResourceId", "properties.protectionState", "properties.policyId"),
        protected_item,
    ),
    DocumentType(
        "microsoft.dataprotection/backupvaults/backupinstances",
        "backup",
        (),
        ("id", "name", "type", "properties.dataSourceInfo.resourceID"),
        protected_item,
    ),
)
