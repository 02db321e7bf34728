"""Storage accounts, their blob service, containers, lifecycle and object replication.

An attribute that the document lacks stays absent here, although Microsoft documents defaults for some: the same absence
also means that the answer came from an API version (or a query) that does not know the member.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    arm_asset,
    encrypted_by,
    facet,
    key_address,
    key_in_vault,
    member_of,
    parent_of,
    target_of,
    tls_below_12,
)
from scanners.azure.regions import as_place, region
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, number, put, record, records, text, texts, word
from scanners.model import UNREAD, Asset, Location, Relation

_ACCOUNT: Final = "microsoft.storage/storageaccounts"
_ACTIVITY: Final = "insights-activity-logs"
"""The container that exports of the activity log are written to (Azure Monitor, "Diagnostic settings"): where it can be
altered, so can the logs of the account, and where it cannot, they are kept."""
_REDUNDANCY: Final = re.compile(r"_(lrs|zrs|grs|ragrs|gzrs|ragzrs)$")


def storage_account(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """The account, with the alias `azure-storage:NAME`, and the key that encrypts it."""
    asset = arm_asset(document, origin, "storage.bucket")
    if asset is None:
        return
    asset.aliases = (f"azure-storage:{asset.name.lower()}",)
    attributes = asset.attributes
    key_source = word(document, "properties.encryption.keySource")
    put(attributes, "encryption", text(document, "properties.encryption.keySource"))
    put(attributes, "encrypted", _encrypted(document))
    if key_source == "microsoft.storage":
        attributes["custody"] = "provider"
    put(attributes, "public_access", _public_access(document))
    attributes["relations_read"] = []  # who else may read is decided by roles and signatures, which are not read
    put(attributes, "https_only", flag(document, "properties.supportsHttpsTrafficOnly"))
    put(attributes, "tls_min_below_12", tls_below_12(document, "properties.minimumTlsVersion"))
    put(attributes, "shared_key_auth", flag(document, "properties.allowSharedKeyAccess"))
    put(attributes, "cross_tenant_copy", flag(document, "properties.allowCrossTenantReplication"))
    _immutability(document, attributes)
    redundancy = _redundancy(document)
    if redundancy is not None:
        attributes["cross_zone"] = redundancy.endswith("zrs")
        attributes["secondary_loc"] = _secondary(document) if "g" in redundancy else None
    elif has(document, "properties.secondaryLocation"):
        attributes["secondary_loc"] = _secondary(document)
    yield asset
    if key_source == "microsoft.keyvault":
        properties = "properties.encryption.keyvaultproperties"
        key = key_in_vault(text(document, f"{properties}.keyvaulturi"), text(document, f"{properties}.keyname"))
        yield from encrypted_by(
            asset.uid, key or key_address(text(document, f"{properties}.currentVersionedKeyIdentifier"))
        )


def _immutability(document: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    """Immutability of all versions in the account; containers may have one of their own, whatever this says."""
    base = "properties.immutableStorageWithVersioning"
    on, state = flag(document, f"{base}.enabled"), word(document, f"{base}.immutabilityPolicy.state")
    if on and state in ("locked", "unlocked"):
        attributes["immutable"] = True
        put(
            attributes,
            "lock_days",
            number(document, f"{base}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays"),
        )


def _encrypted(document: Mapping[str, Any]) -> bool | None:
    services = record(document, "properties.encryption.services")
    states = [flag(services, f"{name}.enabled") for name in ("blob", "file")] if services is not None else []
    known = [state for state in states if state is not None]
    return all(known) if known else None


def _public_access(document: Mapping[str, Any]) -> str | None:
    allowed = flag(document, "properties.allowBlobPublicAccess")
    if allowed is False or word(document, "properties.publicNetworkAccess") == "disabled":
        return "none"
    return "possible" if allowed else None  # which container is public, the containers say


def _redundancy(document: Mapping[str, Any]) -> str | None:
    match = _REDUNDANCY.search(word(document, "sku.name") or "")
    return match.group(1) if match else None


def _secondary(document: Mapping[str, Any]) -> dict[str, Any]:
    return as_place(region(text(document, "properties.secondaryLocation")))


def blob_service(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Soft delete and versioning of the blobs of an account."""
    asset = facet(document, "storage.bucket", _ACCOUNT)
    if asset is None:
        return
    put(asset.attributes, "versioning", flag(document, "properties.isVersioningEnabled"))
    soft_delete = flag(document, "properties.deleteRetentionPolicy.enabled")
    if soft_delete is False:
        asset.attributes["soft_delete_days"] = 0
    elif soft_delete:
        put(asset.attributes, "soft_delete_days", number(document, "properties.deleteRetentionPolicy.days"))
    yield asset


def lifecycle(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """The rule that deletes soonest of those that delete everything, not only some prefixes or tags, by age."""
    asset = facet(document, "storage.bucket", _ACCOUNT)
    rules = records(document, "properties.policy.rules")
    if asset is None or rules is None:
        return
    active = [rule for rule in rules if flag(rule, "enabled") is not False]
    whole = [rule for rule in active if not _filtered(rule)]
    for name, path in (("expire_days", "baseBlob"), ("noncurrent_expire_days", "version")):
        days = [found for rule in whole if (found := _days(rule, path)) is not None]
        if days:
            asset.attributes[name] = min(days)
        elif not any(record(rule, f"definition.actions.{path}.delete") for rule in active):
            asset.attributes[name] = None
    yield asset


def _filtered(rule: Mapping[str, Any]) -> bool:
    filters = record(rule, "definition.filters") or {}
    types = [kind.lower() for kind in texts(filters, "blobTypes") or []]
    # Files are block blobs, unless somebody appends to them or they are disks.
    return any(filters.get(name) for name in ("prefixMatch", "blobIndexMatch")) or bool(
        types and "blockblob" not in types
    )


def _days(rule: Mapping[str, Any], part: str) -> int | None:
    """Days after which the rule deletes this part of what it applies to."""
    delete = f"definition.actions.{part}.delete"
    return next(
        (
            found
            for name in (
                "daysAfterModificationGreaterThan",
                "daysAfterCreationGreaterThan",
            )
            if (found := number(rule, f"{delete}.{name}")) is not None
        ),
        None,
    )


def container(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A blob container: its own setting for anonymous access, and what makes it immutable.

    `public` is the container's setting; an account whose `public_access` is `none` overrules it. Containers have no
    tags of their own: those of the account speak for them.
    """
    asset = arm_asset(document, origin, "storage.bucket")
    if asset is None:
        return
    asset.tags = {} if asset.tags is UNREAD else asset.tags
    asset.attributes["relations_read"] = []
    access = word(document, "properties.publicAccess")
    if access == "none":
        asset.attributes["public_access"] = "none"
    elif access in ("blob", "container"):
        asset.attributes["public_access"] = "public"
    policy, hold = flag(document, "properties.hasImmutabilityPolicy"), flag(document, "properties.hasLegalHold")
    versions = flag(document, "properties.immutableStorageWithVersioning.enabled")
    if policy or hold or (policy is not None and hold is not None and not versions):
        asset.attributes["immutable"] = bool(policy or hold)  # of versions each has a policy of its own, or none
    if policy is False:
        asset.attributes["lock_days"] = None
    elif policy:
        period = "properties.immutabilityPolicy.properties.immutabilityPeriodSinceCreationInDays"
        put(asset.attributes, "lock_days", number(document, period))
    yield asset
    yield member_of(asset, parent_of(asset.uid, 2))
    whole = facet(document, "storage.bucket", _ACCOUNT, levels=2)
    if whole is not None and asset.name.lower() == _ACTIVITY and "immutable" in asset.attributes:
        whole.attributes["immutable"] = asset.attributes["immutable"]
        yield whole


def object_replication(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An object replication policy: blobs go on being copied to the destination account, whatever the redundancy."""
    asset = arm_asset(document, origin, "replication", location=Location.unknown())
    if asset is None:
        return
    rules = records(document, "properties.rules")
    if rules is not None:
        asset.attributes["enabled"] = bool(rules)
    asset.attributes["continuous"] = True
    yield asset
    yield member_of(asset)
    source, target = (_account(document, f"properties.{end}Account") for end in ("source", "destination"))
    if source is not None and target is not None:
        yield Relation(source, "replicates_to", target, {"continuous": True})


def _account(document: Mapping[str, Any], path: str) -> str | None:
    """Accounts are named by ARM id, or by name alone where the policy was made before cross-tenant checks."""
    name = word(document, path)
    return target_of(document, path) or (f"azure-storage:{name}" if name and "/" not in name else None)


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        _ACCOUNT,
        "storage",
        ("storage.bucket",),
        (
            *ENVELOPE,
            *CREATED,
            "properties.primaryLocation",
            "properties.secondaryLocation",
            "properties.encryption.keySource",
            "properties.encryption.requireInfrastructureEncryption",
            "properties.encryption.services.blob.enabled",
            "properties.encryption.services.file.enabled",
            "properties.encryption.keyvaultproperties.keyvaulturi",
            "properties.encryption.keyvaultproperties.keyname",
            "properties.encryption.keyvaultproperties.currentVersionedKeyIdentifier",
            "properties.allowBlobPublicAccess",
            "properties.allowSharedKeyAccess",
            "properties.allowCrossTenantReplication",
            "properties.allowedCopyScope",
            "properties.publicNetworkAccess",
            "properties.networkAcls.defaultAction",
            "properties.minimumTlsVersion",
            "properties.supportsHttpsTrafficOnly",
            "properties.immutableStorageWithVersioning.enabled",
            "properties.immutableStorageWithVersioning.immutabilityPolicy",
            "properties.isHnsEnabled",
            "properties.provisioningState",
        ),
        storage_account,
    ),
    DocumentType(
        "microsoft.storage/storageaccounts/blobservices",
        "storage/blobservices",
        ("storage.bucket",),
        ("id", "type", "name", "properties.deleteRetentionPolicy", "properties.isVersioningEnabled"),
        blob_service,
    ),
    DocumentType(
        "microsoft.storage/storageaccounts/managementpolicies",
        "storage/managementpolicies",
        ("storage.bucket",),
        ("id", "type", "name", "properties.policy.rules"),
        lifecycle,
    ),
    DocumentType(
        "microsoft.storage/storageaccounts/blobservices/containers",
        "storage/containers",
        ("storage.bucket",),
        (
            *ENVELOPE,
            "properties.publicAccess",
            "properties.defaultEncryptionScope",
            "properties.hasImmutabilityPolicy",
            "properties.hasLegalHold",
            "properties.immutableStorageWithVersioning.enabled",
            "properties.immutabilityPolicy.properties.immutabilityPeriodSinceCreationInDays",
            "properties.immutabilityPolicy.properties.state",
        ),
        container,
    ),
    DocumentType(
        "microsoft.storage/storageaccounts/objectreplicationpolicies",
        "storage",
        ("replication",),
        (*ENVELOPE, "properties.sourceAccount", "properties.destinationAccount", "properties.rules"),
        object_replication,
    ),
)
