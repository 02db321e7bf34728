"""Assets as the first pass over them needs them: without what only later passes ask for."""

from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypedDict

from msgspec import UNSET, Struct, UnsetType

from scanners.model import ATTRIBUTES, Asset, Location

PLACES: Final = frozenset(
    name for name, attribute in ATTRIBUTES.items() if "place" in attribute.type or "countr" in name
) | {"key_manager", "allowed_regions"}
"""Attributes that name places, or what is looked up by country."""

READ: Final = PLACES | {"custody", "processing_scope", "source_uid", "ended_at"}
"""The attributes that the first pass looks at."""

if TYPE_CHECKING:
    Read: TypeAlias = dict[str, Any]
else:  # a mapping of which all other members are passed over when it is decoded
    Read = TypedDict("Read", dict.fromkeys(sorted(READ), Any), total=False)


class Outline(Struct, gc=False):
    """An asset without what the first pass does not look at; the members are those of `Asset`."""

    uid: str
    provider: str
    account: str
    kind: str
    name: str
    location: Location
    attributes: Read = {}
    tags: dict[str, str] | UnsetType = UNSET


def outline(asset: Asset) -> Outline:
    """The outline of an asset."""
    given = asset.attributes
    read = {name: given[name] for name in given if name in READ}
    return Outline(asset.uid, asset.provider, asset.account, asset.kind, asset.name, asset.location, read, asset.tags)
