"""One asset out of several: some providers describe facets of a thing in documents of their own."""

from typing import Any, Final, cast

from msgspec import UNSET
from msgspec.json import encode
from msgspec.structs import replace

from scanners.model.entities import Asset, LocationKind

GATHERED: Final = ("exceptions", "relations_read")
"""Attributes that one observer may see in part: each subscription shows its own exemptions from a policy above it, and
each document of a thing shows other relations completely."""


def _gathered(first: Asset, second: Asset) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in GATHERED:
        one, other = first.attributes.get(name), second.attributes.get(name)
        if isinstance(one, list) and isinstance(other, list) and one != other:
            parts = {encode(part, order="sorted"): part for part in cast("list[Any]", [*one, *other])}
            found[name] = [parts[key] for key in sorted(parts)]
    return found


_GRAVER: Final[dict[str, Any]] = {
    "enabled": True,
    "continuous": True,
    "content_logged": True,
    "delete_propagation": False,
}
"""Attributes of a relation, and the value that counts where two documents state different ones: data that move, all
the time, with their contents logged, and stay when the original is deleted."""


def both_told(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The attributes of one relation that two documents state, the same in whichever order they come.

    Where both state an attribute, the graver value counts (see `_GRAVER`), lists are put together, and of anything else
    the first in the order of its JSON.
    """
    if first == second:
        return first
    found = {**first, **second}
    for name in first.keys() & second.keys():
        one, other = first[name], second[name]
        if one == other:
            continue
        values = {encode(value, order="sorted"): value for value in (one, other)}
        if isinstance(one, list) and isinstance(other, list):
            parts = {encode(part, order="sorted"): part for part in cast("list[Any]", [*one, *other])}
            found[name] = [parts[key] for key in sorted(parts)]
        elif name in _GRAVER and any(value is _GRAVER[name] for value in values.values()):
            found[name] = _GRAVER[name]
        else:
            found[name] = values[min(values)]
    return found


def merged(first: Asset, second: Asset) -> Asset:
    """Both assets of the same uid as one; nothing that either one read is lost, and nothing is made up.

    Attributes are united, the second's value counting where both state one; of what each observer sees a part of (see
    `GATHERED`) the parts are put together, in whichever order they come. What is known goes before what is not:
    a place before an unknown place (and the name, account and type with it), tags that were read before unread ones.
    Aliases and evidence are united, in order, without repetition. Merging an asset with itself gives it back.
    """
    known, other = first, second
    if first.location.kind is LocationKind.UNKNOWN and second.location.kind is not LocationKind.UNKNOWN:
        known, other = second, first
    return replace(
        known,
        attributes={**first.attributes, **second.attributes, **_gathered(first, second)},
        tags=other.tags if known.tags is UNSET else known.tags,
        partition=known.partition or other.partition,
        created_at=known.created_at or other.created_at,
        aliases=tuple(dict.fromkeys((*known.aliases, *other.aliases))),
        evidence=tuple(dict.fromkeys((*known.evidence, *other.evidence))),
    )
