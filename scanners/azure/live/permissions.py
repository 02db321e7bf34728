"""The role that the declared requests need, in the forms in which administrators of Azure take it."""

import json
from typing import Any, Final

from scanners.azure.live.registry import operations

FORMS: Final = ("role", "commands", "terraform", "text")
ROLE: Final = "Situs Reader"
_SCOPE: Final = "/providers/Microsoft.Management/managementGroups/YOUR-TENANT-OR-GROUP-ID"
_PRINCIPAL: Final = "OBJECT-ID-OF-THE-LOGIN"
_SAYS: Final = "Lists and describes for audits with Situs; cannot read contents or change anything"


def actions() -> list[str]:
    """Every permission that a scan uses, sorted, each once whatever its spelling. Raises ValueError for one that is not
    `…/read`."""
    found: dict[str, str] = {}
    for operation in operations():
        found.setdefault(operation.permission.lower(), operation.permission)
    wrong = [action for action in found.values() if not action.endswith("/read") or "*" in action]
    if wrong:
        raise ValueError(f"not known to be read-only: {', '.join(wrong)}")
    return [found[name] for name in sorted(found)]


def role(scope: str | None = None) -> dict[str, Any]:
    """The custom role, in the form that `az role definition create` takes."""
    return {
        "Name": ROLE,
        "IsCustom": True,
        "Description": _SAYS,
        "Actions": actions(),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [scope or _SCOPE],
    }


def render(form: str, principal: str | None = None, scope: str | None = None) -> str:
    """The permissions in one of the `FORMS`, ending with a line break. Raises ValueError for another form."""
    if form == "role":
        return json.dumps(role(scope), indent=2) + "\n"
    if form == "commands":
        return _commands(principal or _PRINCIPAL, scope or _SCOPE)
    if form == "terraform":
        return _terraform(principal or _PRINCIPAL, scope or _SCOPE)
    if form == "text":
        return _text()
    raise ValueError(f"unknown form {form!r}")


def _commands(principal: str, scope: str) -> str:
    return "\n".join(
        [
            "# Where a cloud does not know one of the actions (retired, or not offered there), leave its line out.",
            "",
            "# Azure CLI",
            f'situs permissions azure --form role --scope "{scope}" > situs-role.json',
            "az role definition create --role-definition @situs-role.json",
            f'az role assignment create --assignee-object-id "{principal}" --role "{ROLE}" --scope "{scope}"',
            "",
            "# PowerShell",
            f'situs permissions azure --form role --scope "{scope}" | Out-File -Encoding utf8 situs-role.json',
            "New-AzRoleDefinition -InputFile situs-role.json",
            f'New-AzRoleAssignment -ObjectId "{principal}" -RoleDefinitionName "{ROLE}" -Scope "{scope}"',
            "",
            "# Or, without a role of your own: the built-in role Reader (it has no data actions)",
            f'az role assignment create --assignee-object-id "{principal}" --role "Reader" --scope "{scope}"',
            "",
        ]
    )


def _terraform(principal: str, scope: str) -> str:
    listed = json.dumps(actions(), indent=2).replace("\n", "\n    ")
    return "\n".join(
        [
            'resource "azurerm_role_definition" "situs" {',
            f'  name        = "{ROLE}"',
            f"  scope       = {json.dumps(scope)}",
            f'  description = "{_SAYS}"',
            "",
            "  permissions {",
            f"    actions = {listed}",
            "    not_actions = []",
            "  }",
            "",
            f"  assignable_scopes = [{json.dumps(scope)}]",
            "}",
            "",
            'resource "azurerm_role_assignment" "situs" {',
            f"  scope              = {json.dumps(scope)}",
            "  role_definition_id = azurerm_role_definition.situs.role_definition_resource_id",
            f"  principal_id       = {json.dumps(principal)}",
            "}",
            "",
        ]
    )


def _text() -> str:
    """A message to a cloud administrator."""
    by_service: dict[str, list[str]] = {}
    for action in actions():
        service, _, name = action.partition("/")
        by_service.setdefault(service, []).append(name.removesuffix("/read"))
    rows = [
        f"  {service}: {', '.join(names)}" for service, names in sorted(by_service.items(), key=lambda p: p[0].lower())
    ]
    return "\n".join(
        [
            "For an audit of where our AI training data, machines and keys are, please give the auditor's login the",
            "built-in role Reader on the management group of our tenant; it covers all subscriptions, and none of it",
            "changes anything or reads data (Reader has no data actions). Where that is too much, the custom role of",
            f"`situs permissions azure --form role` grants the {len(actions())} permissions below and nothing else;",
            "each ends with /read. Keys of storage accounts, secrets, log lines and rows cannot be read with them.",
            "",
            *rows,
            "",
        ]
    )
