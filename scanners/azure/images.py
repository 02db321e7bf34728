"""Machine images and galleries: the versions of a gallery's images lie in every region they are published to."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanners.azure.arm import ENVELOPE, arm_asset, encrypted_by, member_of, target_of
from scanners.azure.regions import region_id, regions
from scanners.documents import DocumentType, Origin
from scanners.members import put, record, records, text, texts, word
from scanners.model import Asset, Relation


def image(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A managed image, and the disk, snapshot or machine it was made from."""
    asset = arm_asset(document, origin, "storage.image")
    if asset is None:
        return
    profile = record(document, "properties.storageProfile.osDisk")
    sources = [target_of(profile, "snapshot.id"), target_of(profile, "managedDisk.id")]
    sources.append(target_of(document, "properties.sourceVirtualMachine.id"))
    put(asset.attributes, "source_uid", next((uid for uid in sources if uid is not None), None))
    asset.attributes["managed_by_backup"] = False  # Azure Backup makes no images
    yield asset
    yield from encrypted_by(asset.uid, target_of(profile, "diskEncryptionSet.id"))


def gallery(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A gallery: who may read it. `Groups` shares it with tenants and subscriptions, `Community` with everyone."""
    asset = arm_asset(document, origin, "storage.image")
    if asset is None:
        return
    permissions = word(document, "properties.sharingProfile.permissions")
    if permissions == "private":
        asset.attributes["public_access"] = "none"
    elif permissions == "community":
        asset.attributes["public_access"] = "public"
    asset.attributes["relations_read"] = []  # roles may let anybody else read, and they are not read
    yield asset
    if permissions == "community":
        yield Relation(asset.uid, "shared_with", "public")
    for group in records(document, "properties.sharingProfile.groups") or []:
        prefix = {"aadtenants": "tenant", "subscriptions": "account"}.get(word(group, "type") or "")
        for identity in (texts(group, "ids") or []) if prefix else []:
            yield Relation(asset.uid, "shared_with", f"{prefix}:{identity}")


def gallery_image(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """The definition of an image in a gallery; its bytes are in its versions."""
    asset = arm_asset(document, origin, "storage.image")
    if asset is None:
        return
    yield asset
    yield member_of(asset)


def image_version(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A version of an image, in all the regions it is published to, with the keys that it is encrypted by there."""
    targets = records(document, "properties.publishingProfile.targetRegions")
    names = [text(target, "name") for target in targets or []]
    home = text(document, "location")
    location = regions([*names, home] if home is not None else names) if names else None
    asset = arm_asset(document, origin, "storage.image", location=location)
    if asset is None:
        return
    source = target_of(document, "properties.storageProfile.source.id")
    if source is None:
        source = target_of(document, "properties.storageProfile.osDiskImage.source.id")
    put(asset.attributes, "source_uid", source)
    if home is not None:
        asset.attributes["source_region"] = region_id(home)
    asset.attributes["managed_by_backup"] = False
    yield asset
    yield member_of(asset)
    keys: set[str] = set()
    for target in targets or []:
        disks = [record(target, "encryption.osDiskImage"), *(records(target, "encryption.dataDiskImages") or [])]
        keys.update(key for disk in disks if (key := target_of(disk, "diskEncryptionSetId")) is not None)
    for key in sorted(keys):
        yield from encrypted_by(asset.uid, key)


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.compute/images",
        "compute",
        ("storage.image",),
        (
            *ENVELOPE,
            "properties.sourceVirtualMachine.id",
            "properties.storageProfile.osDisk.snapshot.id",
            "properties.storageProfile.osDisk.managedDisk.id",
            "properties.storageProfile.osDisk.diskEncryptionSet.id",
            "properties.storageProfile.zoneResilient",
        ),
        image,
    ),
    DocumentType(
        "microsoft.compute/galleries",
        "compute",
        ("storage.image",),
        (
            *ENVELOPE,
            "properties.sharingProfile.permissions",
            "properties.sharingProfile.groups[].type",
            "properties.sharingProfile.groups[].ids",
        ),
        gallery,
    ),
    DocumentType(
        "microsoft.compute/galleries/images",
        "compute",
        ("storage.image",),
        (*ENVELOPE, "properties.osType", "properties.osState", "properties.identifier"),
        gallery_image,
    ),
    DocumentType(
        "microsoft.compute/galleries/images/versions",
        "compute",
        ("storage.image",),
        (
            *ENVELOPE,
            "properties.publishingProfile.publishedDate",
            "properties.publishingProfile.targetRegions[].name",
            "properties.publishingProfile.targetRegions[].encryption",
            "properties.storageProfile.source.id",
            "properties.storageProfile.osDiskImage.source.id",
        ),
        image_version,
    ),
)
