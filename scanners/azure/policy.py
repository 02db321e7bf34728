"""Azure Policy: what a subscription or management group lets nobody create."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import ENVELOPE, arm_asset, native_type_of, target_of
from scanners.azure.policyrules import guard_of
from scanners.azure.regions import region_id
from scanners.documents import DocumentType, Origin
from scanners.members import date_text, number, put, record, records, text, texts, word
from scanners.model import Asset, Location, LocationKind, Relation

LOCATION_POLICIES: Final = frozenset(
    {
        "e56962a6-4747-49cd-b67b-bf8b01975c4c",  # Allowed locations
        "e765b5de-1225-4ba3-bd56-1ac6695af988",  # Allowed locations for resource groups
    }
)
"""Ids of the built-in definitions that name regions. No recorded assignment uses them; the parameter decides."""

_PARAMETER: Final = "listofallowedlocations"


def assignment(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An assignment of a policy. It names regions where a parameter `listOfAllowedLocations` does.

    Type and effect are in the definitions, which a scan puts beside the assignment; without them, those of other
    assignments are left out.
    """
    asset = arm_asset(document, origin, "governance.policy", location=Location(LocationKind.GLOBAL))
    if asset is None:
        return
    asset.name = text(document, "properties.displayName") or asset.name
    attributes = asset.attributes
    definition = word(document, "properties.policyDefinitionId") or ""
    allowed = _allowed(document)
    if allowed is not None:
        attributes["type"] = "region"
        attributes["allowed_regions"] = allowed
    elif definition.rsplit("/", 1)[-1] in LOCATION_POLICIES:
        attributes["type"] = "region"
    mode = word(document, "properties.enforcementMode")
    _by_definitions(document, attributes, mode)
    if mode == "donotenforce":
        attributes["enforced"] = False
    elif mode == "default" and attributes.get("type") == "region" and "enforced" not in attributes:
        attributes["enforced"] = True  # both built-in definitions have the fixed effect "deny"
    scope = target_of(document, "properties.scope")
    put(attributes, "scope_path", scope)
    put(attributes, "boundary_violations", number(document, "nonCompliant"))
    exemptions = records(document, "exemptions")
    if exemptions is not None:
        attributes["exceptions"] = [
            {"covers_data": _covers_data(item), "expires": date_text(item, "properties.expiresOn")}
            for item in exemptions
        ]
    yield asset
    if scope is not None:
        yield Relation(asset.uid, "member_of", scope)


def _by_definitions(document: Mapping[str, Any], attributes: dict[str, Any], mode: str | None) -> None:
    """What the definitions say. Of an initiative, the guard that names regions counts first, then the first other."""
    definitions = records(document, "definitions")
    if not definitions:
        return
    guards = [guard_of(item, record(document, "properties.parameters") or {}) for item in definitions]
    known = [guard for guard in guards if guard.type is not None]
    chosen = next((guard for guard in known if guard.type == "region"), known[0] if known else None)
    if chosen is None:
        return
    attributes["type"] = chosen.type
    if chosen.type == "region" and chosen.allowed is not None:
        attributes["allowed_regions"] = chosen.allowed
    if mode in ("default", None):
        put(attributes, "enforced", chosen.prevents)


def _covers_data(exemption: Mapping[str, Any]) -> bool:
    """Whether an exemption can reach data: one of a subscription, group or service does, one of a network does not."""
    scope = (target_of(exemption, "id") or "").split("/providers/microsoft.authorization/")[0]
    return not native_type_of(scope).startswith("microsoft.network/")


def _allowed(document: Mapping[str, Any]) -> list[str] | None:
    parameters = record(document, "properties.parameters") or {}
    for name, value in parameters.items():
        if name.lower() == _PARAMETER:
            regions = texts(value, "value")
            return None if regions is None else sorted({region_id(item) for item in regions})
    return None


TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.authorization/policyassignments",
        "policy",
        ("governance.policy",),
        (
            *ENVELOPE,
            "nonCompliant",
            "definitions[].id",
            "definitions[].policyRule",
            "definitions[].parameters{}.defaultValue",
            "definitions[].given{}.value",
            "definitions[].outer{}.defaultValue",
            "exemptions[].id",
            "exemptions[].properties.exemptionCategory",
            "exemptions[].properties.expiresOn",
            "exemptions[].properties.policyAssignmentId",
            "properties.displayName",
            "properties.enforcementMode",
            "properties.notScopes",
            "properties.parameters",
            "properties.policyDefinitionId",
            "properties.scope",
        ),
        assignment,
    ),
)
