"""Google's spellings of places, brought to the catalogue's: lower-case regions and zones, multi-regions by service."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from scanners.gcp.names import last
from scanners.model import Location, LocationKind

_ZONE: Final = re.compile(r"^((?:u-)?[a-z]+-[a-z]+\d+)-(?:ai\d+)?[a-z]$")
_REGION: Final = re.compile(r"^(?:u-)?[a-z]+-[a-z]+\d+$")
_OTHER_CLOUD: Final = re.compile(r"^(?:aws|azure)-[a-z][a-z0-9-]{1,40}\d$")
"""Places of BigQuery Omni, which the catalogue lists: `aws-eu-central-1`, `azure-eastus2`."""
_MULTI: Final = re.compile(
    r"^(?:(?:us|eu|eur|europe|asia|nam|ca|in|de|it|au|jp|gb)\d*(?:-(?:eur|asia|nam|us)\d*)*|dual-region-[a-z]+\d*)$"
)
_EDGE: Final = re.compile(r"-edge-|^edge-")
_UPPER: Final = frozenset({"cloud-storage", "bigquery"})
_LONGEST: Final = 100


def place(text: str | None, service: str | None = None, members: Iterable[str] = ()) -> Location:
    """The location that Google's text names; kind `unknown` with the text kept where its form is not known.

    `service` is the catalogue's name of the service whose table of multi-regions applies (`cloud-storage`, `kms`, …);
    `members` are regions that the provider lists (a custom dual-region).
    """
    word = (last(text) or "").strip().lower()
    listed = tuple(sorted({m.strip().lower() for m in members if m.strip()}))
    if not word or len(word) > _LONGEST:
        return Location(LocationKind.MULTI_REGION, service=service, members=listed) if listed else Location.unknown()
    if word == "global":
        return Location(LocationKind.GLOBAL, region="global", service=service)
    zone = _ZONE.match(word)
    if zone:
        return Location(LocationKind.ZONE, region=zone[1], zone=word)
    if (_REGION.match(word) or _OTHER_CLOUD.match(word)) and not listed:
        return Location(LocationKind.REGION, region=word)
    if _EDGE.search(word):
        return Location(LocationKind.EDGE, region=word)
    if listed or _MULTI.match(word):
        spelled = word.upper() if service in _UPPER else word
        return Location(LocationKind.MULTI_REGION, region=spelled, service=service, members=listed)
    return Location(LocationKind.UNKNOWN, region=word)


def as_value(location: Location) -> dict[str, Any]:
    """A location as the value of an attribute of type `place`."""
    value: dict[str, Any] = msgspec.to_builtins(location)
    return value
