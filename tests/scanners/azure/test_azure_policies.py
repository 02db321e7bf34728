"""What definitions of Azure policies guard, whether they prevent, and which regions they allow."""

from typing import Any

import pytest

from scanners.azure.policyrules import guard_of

LIST = {"listOfAllowedLocations": {"value": ["West Europe", "northeurope", "global"]}}
NAMED = "[parameters('listOfAllowedLocations')]"


def rule(condition: Any, effect: Any = "deny", **more: Any) -> dict[str, Any]:
    return {"policyRule": {"if": condition, "then": {"effect": effect}}, **more}


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"field": "location", "notIn": NAMED}, ["northeurope", "westeurope"]),
        ({"not": {"field": "location", "in": NAMED}}, ["northeurope", "westeurope"]),
        ({"not": {"anyOf": [{"field": "location", "in": NAMED}]}}, ["northeurope", "westeurope"]),
        ({"allOf": [{"field": "type", "equals": "x"}, {"field": "location", "notIn": ["uksouth"]}]}, ["uksouth"]),
        ({"field": "location", "in": ["eastus"]}, None),  # a list of what is forbidden
        ({"not": {"not": {"field": "location", "in": ["eastus"]}}}, None),
        ({"field": "location", "notEquals": "global"}, None),
        ({"field": "location", "notIn": "[parameters('none')]"}, None),
        ({"field": "location", "notIn": [1, None]}, []),
    ],
)
def test_regions(condition: Any, allowed: list[str] | None) -> None:
    found = guard_of(rule(condition), LIST)
    assert (found.type, found.prevents, found.allowed) == ("region", True, allowed)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("Microsoft.CognitiveServices/accounts/deployments/sku.name", "ai_scope"),
        ("Microsoft.Storage/storageAccounts/allowBlobPublicAccess", "public_access"),
        ("Microsoft.KeyVault/vaults/publicNetworkAccess", "public_access"),
        ("Microsoft.Storage/storageAccounts/encryption.keySource", "cmk"),
        ("tags['owner']", "tag"),
        ("[concat('tags[', parameters('x'), ']')]", None),
        ("Microsoft.Compute/virtualMachines/sku.name", None),
    ],
)
def test_what_is_guarded(field: str, kind: str | None) -> None:
    assert guard_of(rule({"anyOf": [{"field": field, "equals": "x"}]}), {}).type == kind


@pytest.mark.parametrize(
    ("effect", "prevents"),
    [
        ("Deny", True),
        ("Modify", True),
        ("audit", False),
        ("Disabled", False),
        ("deployIfNotExists", False),
        ("mutate", None),
        (None, None),
        (3, None),
        ("[parameters('effect')]", None),
    ],
)
def test_effects(effect: Any, prevents: bool | None) -> None:
    assert guard_of(rule({"field": "location", "notIn": []}, effect), {}).prevents is prevents


def test_a_parameter_is_the_assignments_else_the_default() -> None:
    written = rule({}, "[parameters('Effect')]", parameters={"effect": {"defaultValue": "Audit"}})
    assert guard_of(written, {}).prevents is False
    assert guard_of(written, {"effect": {"value": "Deny"}}).prevents is True


def test_an_initiative_gives_values_or_passes_those_of_the_assignment_on() -> None:
    own = {"parameters": {"e": {"defaultValue": "Audit"}}}
    fixed = rule({}, "[parameters('e')]", given={"e": {"value": "Deny"}}, **own)
    assert guard_of(fixed, {"e": {"value": "Disabled"}}).prevents is True
    passed = rule({}, "[parameters('e')]", given={"e": {"value": "[parameters('outer')]"}}, **own)
    assert guard_of(passed, {"outer": {"value": "Deny"}}).prevents is True
    outer = {**passed, "outer": {"outer": {"defaultValue": "Deny"}}}
    assert guard_of(outer, {}).prevents is True
    assert guard_of(passed, {}).prevents is False


@pytest.mark.parametrize("junk", [None, [], "x", 3, {"if": 3}, {"if": {"field": 3, "in": {}}}, {"then": []}])
def test_junk_guards_nothing(junk: Any) -> None:
    found = guard_of({"policyRule": junk, "parameters": junk, "given": junk}, {})
    assert (found.type, found.prevents, found.allowed) == (None, None, None)


def test_depth_is_limited() -> None:
    deep: Any = {"field": "location", "in": ["x"]}
    for _ in range(5000):
        deep = {"not": [deep]}
    assert guard_of(rule(deep), {}).type is None
