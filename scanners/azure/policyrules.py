"""What the definition of an Azure policy guards, whether it prevents, and which regions it allows.

Read from the rule itself ("Azure Policy definition structure"): the fields that its condition looks at, and its effect,
with parameters filled in as the assignment (or the initiative that holds it) does, else by their default.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from scanners.azure.regions import region_id
from scanners.members import member, record, text

_REFERENCE: Final = re.compile(r"^\[\s*parameters\(\s*'([^']{1,200})'\s*\)\s*\]$", re.IGNORECASE)
_DEPTH: Final = 40
_GUARDS: Final = (
    ("region", re.compile(r"^location$")),
    ("ai_scope", re.compile(r"^microsoft\.cognitiveservices/accounts/deployments/(?:sku\.name|scaletype)$")),
    ("public_access", re.compile(r"(?:publicnetworkaccess|allowblobpublicaccess|networkacls\.defaultaction)$")),
    ("cmk", re.compile(r"(?:keysource|diskencryptionset(?:\.|id)|keyvaultproperties|keyvaultkeyuri|serverkeytype)")),
    ("tag", re.compile(r"^tags(?:$|[\[.])")),
)
"""What a policy guards → fields of its condition, in lower case; the first that fits counts."""
_PREVENTS: Final = {
    "deny": True,
    "modify": True,
    "append": True,
    "audit": False,
    "auditifnotexists": False,
    "deployifnotexists": False,
    "disabled": False,
    "manual": False,
}
_UNKNOWN: Final = object()


@dataclass(frozen=True, slots=True)
class Guard:
    """What one definition does: `type` of guard (None: another one), whether it prevents, regions it allows."""

    type: str | None
    prevents: bool | None
    allowed: list[str] | None


def guard_of(definition: Mapping[str, Any], assigned: Mapping[str, Any]) -> Guard:
    """What a definition does under an assignment.

    `definition` has `policyRule`, `parameters` and, in an initiative, `given`: the values that the initiative gives to
    its parameters, which may name those of the assignment in turn.
    """
    resolve = _Resolver(definition, assigned)
    condition = member(definition, "policyRule.if")
    fields = {field.lower() for _, field in _leaves(condition)}
    kind = next((name for name, form in _GUARDS if any(form.search(field) for field in fields)), None)
    effect = resolve(member(definition, "policyRule.then.effect"))
    prevents = _PREVENTS.get(effect.lower()) if isinstance(effect, str) else None
    return Guard(kind, prevents, _allowed(condition, resolve) if kind == "region" else None)


class _Resolver:
    """Fills in parameters: as the initiative gives them, as the assignment does, or by their default."""

    def __init__(self, definition: Mapping[str, Any], assigned: Mapping[str, Any]) -> None:
        self._defaults = record(definition, "parameters") or {}
        self._given = record(definition, "given")
        self._outer = record(definition, "outer") or {}
        self._assigned = assigned

    def __call__(self, value: Any) -> Any:
        named = _REFERENCE.match(value) if isinstance(value, str) else None
        if named is None:
            return value
        inner = _value(self._assigned if self._given is None else self._given, named[1], "value")
        if self._given is not None and isinstance(inner, str) and (outer := _REFERENCE.match(inner)) is not None:
            inner = _value(self._assigned, outer[1], "value")
            inner = _value(self._outer, outer[1], "defaultValue") if inner is _UNKNOWN else inner
        return _value(self._defaults, named[1], "defaultValue") if inner is _UNKNOWN else inner


def _value(parameters: Mapping[str, Any], name: str, take: str) -> Any:
    for key, entry in parameters.items():
        if key.lower() == name.lower() and isinstance(entry, Mapping) and take in entry:
            return cast("Mapping[str, Any]", entry)[take]
    return _UNKNOWN


def _leaves(condition: Any, depth: int = 0) -> Iterator[tuple[Mapping[str, Any], str]]:
    """(leaf, its field) of everything in a condition that looks at a field."""
    if depth > _DEPTH:
        return
    if isinstance(condition, Mapping):
        node = cast("Mapping[str, Any]", condition)
        field = text(node, "field")
        if field is not None:
            yield node, field
        for inner in node.values():
            yield from _leaves(inner, depth + 1)
    elif isinstance(condition, list):
        for inner in cast("list[Any]", condition):
            yield from _leaves(inner, depth + 1)


def _allowed(condition: Any, resolve: _Resolver) -> list[str] | None:
    """The regions of `{"field": "location", "notIn": […]}`, or of `in` below a `not`; None where there is no list."""
    for node, field in _leaves(condition):
        if field.lower() != "location":
            continue
        for word in ("notIn", "in"):
            found = resolve(node.get(word)) if word in node else None
            if isinstance(found, list):
                names = [name for name in cast("list[Any]", found) if isinstance(name, str)]
                if word == "in" and not _negated(condition, node):
                    continue  # a list of what is forbidden
                return sorted({region_id(name) for name in names} - {"global"})
    return None


def _negated(condition: Any, leaf: Mapping[str, Any], negated: bool = False, depth: int = 0) -> bool:
    if condition is leaf:
        return negated
    if depth > _DEPTH:
        return False
    if isinstance(condition, Mapping):
        inner = cast("Mapping[str, Any]", condition)
        return any(_negated(value, leaf, negated != (name == "not"), depth + 1) for name, value in inner.items())
    if isinstance(condition, list):
        return any(_negated(value, leaf, negated, depth + 1) for value in cast("list[Any]", condition))
    return False
