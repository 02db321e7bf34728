"""Subscriptions and management groups: the accounts that hold everything else."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import account_of, arm_asset, target_of
from scanners.documents import DocumentType, Origin
from scanners.members import flag, put, records, text, word
from scanners.model import Asset, Location, LocationKind, Relation


def subscription(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A subscription: from `/subscriptions`, or from Resource Graph's `resourcecontainers`."""
    asset = arm_asset(document, origin, "account", location=Location(LocationKind.GLOBAL))
    if asset is None:
        return
    asset.name = text(document, "displayName") or text(document, "properties.displayName") or asset.name
    asset.attributes["id"] = asset.account
    put(asset.attributes, "organisation", text(document, "tenantId"))
    yield asset
    chain = records(document, "properties.managementGroupAncestorsChain")
    parent = text(chain[0], "name") if chain else None
    if parent is not None:
        yield Relation(asset.uid, "member_of", f"/providers/microsoft.management/managementgroups/{parent.lower()}")
    for tenant in records(document, "managedByTenants") or []:
        identity = text(tenant, "tenantId")
        if identity is not None:
            yield Relation(asset.uid, "trusts", f"tenant:{identity}")


def management_group(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A management group: holds subscriptions and policies that apply to all of them."""
    asset = arm_asset(document, origin, "account", location=Location(LocationKind.GLOBAL))
    if asset is None:
        return
    asset.name = text(document, "properties.displayName") or asset.name
    asset.attributes["id"] = asset.account
    put(asset.attributes, "organisation", text(document, "tenantId") or text(document, "properties.tenantId"))
    yield asset
    parent = target_of(document, "properties.details.parent.id")
    if parent is not None:
        yield Relation(asset.uid, "member_of", parent)


_COVERS: Final = {
    "storageaccounts": "storage",
    "sqlservers": "database",
    "sqlservervirtualmachines": "database",
    "opensourcerelationaldatabases": "database",
    "cosmosdbs": "database",
    "containers": "containers",
    "kubernetesservice": "containers",
    "keyvaults": "keys",
    "virtualmachines": "machines",
    "ai": "ai",
    "arm": "control_plane",
}
"""Plan of Defender for Cloud, in lower case → what it watches. A plan is on where its tier is `Standard`."""


def facts(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """Settings that hold for a whole subscription, each from an answer of its own."""
    uid = target_of(document, "id")
    if uid is None:
        return
    account = uid.split("/providers/")[0]
    asset = Asset(
        account,
        "azure",
        account_of(account),
        "account",
        "microsoft.resources/subscriptions",
        account.rsplit("/", 1)[-1],
        Location.unknown(),
        {},
    )
    opted = flag(document, "customerLockbox.isOptedIn")
    if opted is not None:
        asset.attributes["operator_approval"] = "on" if opted else "off"
    plans = records(document, "pricings")
    if plans is not None:
        asset.attributes["detectors"] = [
            {"enabled": word(plan, "tier") == "standard", "covers": [_COVERS.get(name, name)]}
            for plan in plans
            if (name := word(plan, "name")) is not None and word(plan, "tier") is not None
        ]
    contact = flag(document, "securityContact")
    if contact is not None:
        asset.attributes["contacts"] = [{"type": "security"}] if contact else []
    yield asset


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "situs/facts",
        "subscriptions",
        ("account",),
        ("id", "customerLockbox.isOptedIn", "pricings[].name", "pricings[].tier", "securityContact"),
        facts,
    ),
    DocumentType(
        "microsoft.resources/subscriptions",
        "subscriptions",
        ("account",),
        (
            "id",
            "name",
            "type",
            "tags",
            "displayName",
            "state",
            "tenantId",
            "managedByTenants[].tenantId",
            "subscriptionPolicies.quotaId",
            "properties.displayName",
            "properties.state",
            "properties.managementGroupAncestorsChain",
        ),
        subscription,
    ),
    DocumentType(
        "microsoft.management/managementgroups",
        "managementgroups",
        ("account",),
        (
            "id",
            "name",
            "type",
            "tenantId",
            "properties.displayName",
            "properties.tenantId",
            "properties.details.parent.id",
        ),
        management_group,
    ),
)
