"""One Azure row or resource, whatever it was saved as, in the form of a Resource Manager document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

_ENVELOPE: Final = {
    name.lower(): name
    for name in (
        "id",
        "name",
        "type",
        "kind",
        "location",
        "extendedLocation",
        "tags",
        "zones",
        "managedBy",
        "sku",
        "plan",
        "identity",
        "properties",
        "systemData",
        "resourceGroup",
        "subscriptionId",
        "tenantId",
        "displayName",
        "state",
        "managedByTenants",
        "subscriptionPolicies",
        "etag",
        "createdTime",
        "changedTime",
        "provisioningState",
        "apiVersion",
        "instanceId",
        "resources",
        "authorizationSource",
    )
}
_SAME: Final = {"resourceid": "id", "resourcetype": "type", "region": "location", "subscription": "subscriptionId"}
ID_COLUMNS: Final = frozenset({"id", "resourceid"})
"""Columns that hold the ARM id, without blanks and underscores, in lower case."""

_OBJECTS: Final = frozenset(
    {
        *("tags", "sku", "plan", "identity", "properties", "systemData", "extendedLocation", "zones"),
        *("managedByTenants", "subscriptionPolicies"),
    }
)
_DEPTH: Final = 64


class UnreadableCellError(ValueError):
    """A cell that should hold JSON and does not."""


def rows_of_table(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a result in the form of API versions before 2021: names of columns, and lists of values."""
    columns = data.get("columns")
    rows = data.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return
    names = [
        str(cast("Mapping[str, Any]", column).get("name", "")) if isinstance(column, Mapping) else ""
        for column in cast("list[Any]", columns)
    ]
    for row in cast("list[Any]", rows):
        if isinstance(row, list):
            yield dict(zip(names, cast("list[Any]", row), strict=False))


def from_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row as a document: projected members back in their place, members that `az` lifted back in `properties`.

    Kusto names a projected `properties.encryption.keySource` `properties_encryption_keySource`. `az … list` writes null
    for what the answer did not hold, so there null says nothing and is left out.
    """
    if "properties" in row:
        return row
    if is_of_cmdlet(row):
        return _of_cmdlet(row)
    projected = {name: value for name, value in row.items() if name.startswith("properties_")}
    if projected:
        found: dict[str, Any] = {name: value for name, value in row.items() if name not in projected}
        found["properties"] = _nested(projected)
        return found
    lifted = {name: value for name, value in row.items() if name.lower() not in _ENVELOPE and value is not None}
    if not lifted or "type" not in row or "id" not in row:
        return row
    kept = {name: value for name, value in row.items() if name not in lifted and value is not None}
    kept["properties"] = {_LIFTED.get(name, name): value for name, value in lifted.items()}
    return kept


_LIFTED: Final = {"enableHttpsTrafficOnly": "supportsHttpsTrafficOnly"}
"""Members that `az` renames as well as lifts (azure-mgmt-storage)."""


def is_of_cmdlet(row: Mapping[str, Any]) -> bool:
    """Whether a row is what a cmdlet of Az PowerShell gave: members in capitals, of which each cmdlet has its own."""
    return "id" not in row and any(isinstance(row.get(name), str) for name in ("ResourceId", "Id"))


def _of_cmdlet(row: Mapping[str, Any]) -> dict[str, Any]:
    """What all cmdlets call alike, and the properties as Azure wrote them (`Get-AzResource -ExpandProperties`)."""
    found: dict[str, Any] = {"id": next(row[n] for n in ("ResourceId", "Id") if isinstance(row.get(n), str))}
    for name in ("name", "kind", "location", "zones", "tags", "properties"):
        value = row.get(name.capitalize())
        if isinstance(value, str | list | Mapping):
            found[name] = value
    sku: Any = row.get("Sku")
    if isinstance(sku, Mapping):
        pairs = cast("Mapping[str, Any]", sku).items()
        found["sku"] = {name.lower(): value for name, value in pairs if isinstance(value, str)}
    return found


def is_flattened(document: Mapping[str, Any]) -> bool:
    """Whether `properties`, or an object in it, is text: PowerShell writes deep objects as `@{name=value}`."""
    properties = document.get("properties")
    if isinstance(properties, Mapping):
        inner = cast("Mapping[str, Any]", properties).values()
        return any(isinstance(value, str) and value.startswith("@{") for value in inner)
    return isinstance(properties, str)


def _nested(projected: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in projected.items():
        at = found
        *steps, last = name.removeprefix("properties_").split("_")
        for step in steps:
            inner = at.get(step)
            if not isinstance(inner, dict):
                inner = at[step] = {}
            at = cast("dict[str, Any]", inner)
        at[last] = value
    return found


def document_of_cells(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """A row of CSV as a document, and what is wrong with it, in sentences.

    Headers are compared without regard to case, blanks and underscores. An empty cell of a column says null in a
    Resource Graph result; only of `tags` is that an answer (none), of any other column it is left out.
    """
    document: dict[str, Any] = {}
    problems: list[str] = []
    for header, cell in row.items():
        if not isinstance(cell, str) or not header:
            continue
        plain = header.lower().replace(" ", "").replace("_", "")
        name = _ENVELOPE.get(_SAME.get(plain, plain).lower(), header)
        text = cell.strip()
        if name in _OBJECTS:
            try:
                value = _json(text)
            except UnreadableCellError:
                problems.append(f"the column {header!r} is not complete JSON and was left out; export the CSV again.")
                continue
            if value is not None or (name == "tags" and text in ("", "null")):
                document.setdefault(name, value)
        elif text and text != "null":
            document.setdefault(name, _value(text) if header.startswith("properties_") else text)
    return from_row(document), problems


def _json(text: str) -> Any:
    if text in ("", "null"):
        return None
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnreadableCellError from error
    if _too_deep(value):
        raise UnreadableCellError
    return value


def _value(text: str) -> Any:
    """A projected cell: JSON where it is JSON, else the text. Kusto writes flags as `true` or, in CSV, `True`."""
    if text in ("True", "False"):
        return text == "True"
    try:
        return _json(text)
    except UnreadableCellError:
        return text


def _too_deep(value: Any) -> bool:
    level: list[Any] = [value]
    for _ in range(_DEPTH):
        level = [
            inner
            for item in level
            for inner in (
                cast("dict[str, Any]", item).values()
                if isinstance(item, dict)
                else cast("list[Any]", item)
                if isinstance(item, list)
                else ()
            )
        ]
        if not level:
            return False
    return True
