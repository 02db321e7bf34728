"""Subscriptions and management groups: the accounts that hold everything else."""

from collections.abc import Iterator, Mapping
from typing import Any

from scanners.azure.arm import arm_asset, target_of
from scanners.documents import DocumentType, Origin
from scanners.members import put, records, text
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


TYPES: tuple[DocumentType, ...] = (
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
