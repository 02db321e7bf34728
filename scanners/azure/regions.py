"""How Azure writes places, and how Situs writes them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from scanners.members import text, word
from scanners.model import Location, LocationKind

_GLOBAL: Final = "global"


def region_id(name: str) -> str:
    """A region in the catalogue's spelling: `West US 2`, `WESTUS2` and `westus2` are all `westus2`.

    Azure's display names become the names of the regions by leaving out blanks and lower-casing (compare `displayName`
    and `name` in `/subscriptions/{id}/locations`). A name that is not a region stays as it is, for the catalogue to
    report as unknown.
    """
    return name.lower().replace(" ", "")


def region(name: str | None) -> Location:
    """The place that a region's name stands for; `global` is a place too, and no name an unknown one."""
    if name is None or not name.strip():
        return Location.unknown()
    identity = region_id(name)
    if identity == _GLOBAL:
        return Location(LocationKind.GLOBAL)
    return Location(LocationKind.REGION, region=identity)


def regions(names: Sequence[str | None]) -> Location:
    """The place of something that is kept in each of these regions; unknown where one of them has no name."""
    members = tuple(sorted({region_id(name) for name in names if name is not None}))
    if None in names:
        return Location.unknown()
    if len(members) == 1:
        return region(members[0])
    if not members:
        return Location.unknown()
    return Location(LocationKind.MULTI_REGION, members=members)


def place_of(document: Mapping[str, Any], fallback: str | None) -> Location:
    """The place in `location` and `extendedLocation`; where the document has none, `fallback` (the envelope's region).

    An extended location of type `EdgeZone` is an Azure Edge Zone: the data are there, not in the region it belongs to.
    One of type `CustomLocation` is a cluster or machine of the customer's own that is only managed from the region.
    """
    name = text(document, "location")
    found = region(name if name is not None else fallback)
    extended, extended_type = word(document, "extendedLocation.name"), word(document, "extendedLocation.type")
    if extended is not None and extended_type == "edgezone":
        return Location(LocationKind.EDGE, region=found.region, zone=extended)
    if extended is not None and extended_type == "customlocation":
        return Location(found.kind, region=found.region, evidence="metadata_only")
    return found


def as_place(location: Location) -> dict[str, Any]:
    """The location as the value of an attribute of type `place`."""
    found = msgspec.to_builtins(location)
    if location.members:
        found["members"] = list(location.members)  # as it comes back from storage
    return found
