"""Key vaults, managed HSMs and their keys.

Custody of a key: in a vault, software-protected keys are `customer`, keys of type `…-HSM` are `customer_hsm` (an HSM
shared between tenants); in a managed HSM every key is `dedicated_hsm` (a pool of partitions of one tenant's alone).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    NETWORK,
    arm_asset,
    key_address,
    member_of,
    private_endpoint,
    public_network,
)
from scanners.azure.regions import as_place, region
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, number, put, record, records, text, word
from scanners.model import Asset, Relation

_HOST: Final = re.compile(r"^https://([A-Za-z0-9.-]{1,253})(?::\d+)?/")
_PERIOD: Final = re.compile(r"^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$")


def vault(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A key vault, with the alias `azure-keyvault:NAME`.

    An absent `enablePurgeProtection` is off: the property "does not accept false as its value" (Microsoft, reference of
    `KeyVaultProperties.EnablePurgeProtection`), so a vault shows `true` or nothing. It counts only beside a member that
    came with a later API version (`softDeleteRetentionInDays`): then the answer would have shown it.
    """
    asset = arm_asset(document, origin, "secret")
    if asset is None:
        return
    asset.aliases = (f"azure-keyvault:{asset.name.lower()}",)
    attributes = asset.attributes
    _recovery(document, attributes)
    if "purge_protection" not in attributes and has(document, "properties.softDeleteRetentionInDays"):
        attributes["purge_protection"] = False
    put(attributes, "public_network", public_network(document))
    put(attributes, "private_endpoint", private_endpoint(document))
    yield asset


def managed_hsm(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A managed HSM, with the alias `azure-managedhsm:NAME`; further regions hold the same keys."""
    asset = arm_asset(document, origin, "secret")
    if asset is None:
        return
    asset.aliases = (f"azure-managedhsm:{asset.name.lower()}",)
    attributes = asset.attributes
    attributes["custody"] = "dedicated_hsm"
    _recovery(document, attributes)
    put(attributes, "public_network", public_network(document))
    put(attributes, "private_endpoint", private_endpoint(document))
    others = _other_regions(document)
    if others is not None:
        attributes["secondary_loc"] = as_place(region(others[0])) if others else None
    yield asset


def _host(address: str | None) -> str | None:
    """The host that manages a key."""
    found = _HOST.match(address or "")
    return None if found is None else found.group(1).lower()


def _other_regions(document: Mapping[str, Any], path: str = "properties.regions") -> list[str | None] | None:
    """The regions but the first one; None in place of a name that is missing."""
    found = records(document, path)
    if found is None:
        return None
    return [text(item, "name") for item in found if flag(item, "isPrimary") is not True]


def _recovery(document: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    put(attributes, "purge_protection", flag(document, "properties.enablePurgeProtection"))
    soft_delete = flag(document, "properties.enableSoftDelete")
    if soft_delete is False:
        attributes["destroy_delay_days"] = 0
    else:
        put(attributes, "destroy_delay_days", number(document, "properties.softDeleteRetentionInDays"))


def key(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A key of a vault or managed HSM, with the alias that its address gives.

    A scan puts the regions of a managed HSM beside its keys: all of them hold every key.
    """
    asset = arm_asset(document, origin, "key")
    if asset is None:
        return
    in_hsm = asset.native_type.startswith("microsoft.keyvault/managedhsms/")
    vault_name, name = asset.uid.split("/")[-3], asset.uid.split("/")[-1]
    store = "azure-managedhsm" if in_hsm else "azure-keyvault"
    asset.aliases = (key_address(text(document, "properties.keyUri")) or f"{store}:{vault_name}/keys/{name}",)
    attributes = asset.attributes
    kind = word(document, "properties.kty")
    if in_hsm:
        attributes["custody"] = "dedicated_hsm"
        put(attributes, "key_manager", _host(text(document, "properties.keyUri")))
        others = _other_regions(document, "hsm.regions")
        if others is not None:
            attributes["replica_locs"] = [as_place(region(name)) for name in others]
    elif kind is not None:
        attributes["custody"] = "customer_hsm" if kind.endswith("-hsm") else "customer"
    put(attributes, "state", _state(document, origin))
    attributes["rotatable"] = True
    _rotation(document, attributes)
    created = number(document, "properties.attributes.created")
    if created is not None and 0 < created < 2**33:
        asset.created_at = datetime.fromtimestamp(created, UTC)
    yield asset
    yield member_of(asset)


def _state(document: Mapping[str, Any], origin: Origin) -> str | None:
    on = flag(document, "properties.attributes.enabled")
    expires = number(document, "properties.attributes.exp")
    if on is False:
        return "disabled"
    if on and expires is not None and origin.seen_at is not None and expires < origin.seen_at.timestamp():
        return "expired"
    return "enabled" if on else None


def _rotation(document: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    """Rotation by policy. An absent `rotationPolicy` is one that was not read: lists leave it out."""
    if record(document, "properties.rotationPolicy") is None:
        return
    actions = records(document, "properties.rotationPolicy.lifetimeActions") or []
    rotations = [action for action in actions if word(action, "action.type") == "rotate"]
    attributes["rotation_state"] = "on" if rotations else "off"
    if not rotations:
        attributes["rotation_days"] = None
        return
    periods = [_days(text(action, "trigger.timeAfterCreate")) for action in rotations]
    before = [_days(text(action, "trigger.timeBeforeExpiry")) for action in rotations]
    life = _days(text(document, "properties.rotationPolicy.attributes.expiryTime"))
    periods += [life - days for days in before if days is not None and life is not None and life > days]
    put(attributes, "rotation_days", min((days for days in periods if days is not None), default=None))


def _days(period: str | None) -> int | None:
    """Days of an ISO 8601 period of years, months and days; a month counts 30 days, a year 365."""
    match = _PERIOD.match(period or "")
    if match is None or not any(match.groups()):
        return None
    years, months, days = (int(part or 0) for part in match.groups())
    return years * 365 + months * 30 + days


_RECOVERY: Final = (
    "properties.enableSoftDelete",
    "properties.softDeleteRetentionInDays",
    "properties.enablePurgeProtection",
)
_KEY: Final = (
    "id",
    "name",
    "type",
    "location",
    "tags",
    "properties.kty",
    "properties.keySize",
    "properties.curveName",
    "properties.keyUri",
    "properties.attributes.enabled",
    "properties.attributes.created",
    "properties.attributes.exp",
    "properties.attributes.nbf",
    "properties.attributes.exportable",
    "properties.rotationPolicy",
    "properties.release_policy.contentType",
    "hsm.regions[].name",
    "hsm.regions[].isPrimary",
)

TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.keyvault/vaults",
        "keyvault",
        ("secret",),
        (
            *ENVELOPE,
            *CREATED,
            *NETWORK,
            *_RECOVERY,
            "properties.sku.name",
            "properties.tenantId",
            "properties.vaultUri",
            "properties.enableRbacAuthorization",
        ),
        vault,
    ),
    DocumentType("microsoft.keyvault/vaults/keys", "keyvault", ("key",), _KEY, key),
    DocumentType(
        "microsoft.keyvault/managedhsms",
        "keyvault",
        ("secret",),
        (
            *ENVELOPE,
            *NETWORK,
            *_RECOVERY,
            "properties.hsmUri",
            "properties.tenantId",
            "properties.regions[].name",
            "properties.regions[].isPrimary",
        ),
        managed_hsm,
    ),
    DocumentType("microsoft.keyvault/managedhsms/keys", "keyvault", ("key",), _KEY, key),
)
