"""How providers spell regions and zones: every documented spelling leads to one region id, anything else to none."""

import re
from typing import Final

from rules.catalogue.records import CatalogueError
from rules.catalogue.tables import Row, unique

_LONGEST_TEXT: Final = 200
_SEPARATORS: Final = re.compile(r"[\s_-]+")
_GEOGRAPHY: Final = re.compile(r"^\([^)]{1,40}\)\s*")  # Azure's portal writes "(Europe) West Europe"
_WAVELENGTH: Final = re.compile(r"^(.+-wl[0-9]+-[a-z]+?)(?:-wlz-)?[0-9]{1,2}$")
_LOCAL_ZONE: Final = re.compile(r"^(.+-[0-9]+)[a-z]$")
_DISPLAY_NAMES: Final = ("aws", "azure")
"""Providers whose display names name one region each; Google's are cities and say less."""


class RegionNames:
    """Region ids by (provider, spelling), and the region that a zone's name belongs to."""

    def __init__(self, regions: list[Row], further: list[Row], zone_patterns: list[Row]) -> None:
        unique("regions.csv", ((row["provider"], row["region_id"]) for row in regions))
        self._ids = {(row["provider"], row["region_id"]) for row in regions}
        self._spelled: dict[tuple[str, str], str] = {}
        for row in regions:
            names = [row["region_id"]]
            if row["provider"] in _DISPLAY_NAMES:
                names.append(row["display_name"])
            for name in names:
                self._add("regions.csv", row["provider"], name, row["region_id"])
        for row in further:
            if (row["provider"], row["region_id"]) not in self._ids:
                raise CatalogueError(f"region_names.csv: no region {row['region_id']} of {row['provider']}.")
            self._add("region_names.csv", row["provider"], row["spelling"], row["region_id"])
        self._patterns: dict[str, list[str]] = {}
        for row in zone_patterns:
            self._patterns.setdefault(row["provider"], []).append(row["pattern"])

    @property
    def providers(self) -> frozenset[str]:
        """Every provider with a region."""
        return frozenset(provider for provider, _ in self._ids)

    def of(self, provider: str) -> tuple[str, ...]:
        """The ids of a provider's regions, sorted."""
        return tuple(sorted(name for owner, name in self._ids if owner == provider))

    def canonical(self, provider: str, text: str) -> str | None:
        """The id of a region in any documented spelling, or None."""
        if (provider, text) in self._ids:
            return text
        return self._spelled.get((provider, _squeeze(provider, text)))

    def of_zone(self, provider: str, zone: str, region: str | None) -> str | None:
        """The region of an ordinary zone, or None where the name fits no pattern of the provider.

        Beside a region the name must fit that region; a provider without patterns has no edge zones that are known, so
        its region stands.
        """
        patterns = self._patterns.get(provider)
        if patterns is None:
            return region
        shown = zone[:_LONGEST_TEXT]
        for pattern in patterns:
            if region is not None:
                if re.fullmatch(pattern.replace("{region}", re.escape(region)), shown, re.IGNORECASE):
                    return region
            elif "{region}" in pattern:
                named = re.fullmatch(pattern.replace("{region}", "(.+?)"), shown, re.IGNORECASE)
                found = self.canonical(provider, named[1]) if named else None
                if found is not None:
                    return found
        return None

    def parent(self, provider: str, zone: str) -> str | None:
        """The region whose id begins an edge zone's name; it says nothing about where the zone is."""
        parts = zone.lower()[:_LONGEST_TEXT].split("-")
        for length in range(len(parts) - 1, 0, -1):
            if (provider, "-".join(parts[:length])) in self._ids:
                return "-".join(parts[:length])
        return None

    def _add(self, file: str, provider: str, spelling: str, region: str) -> None:
        if self._spelled.setdefault((provider, _squeeze(provider, spelling)), region) != region:
            raise CatalogueError(f"{file}: {spelling!r} of {provider} could be two regions.")


def edge_stem(zone: str) -> str:
    """The name under which the table lists an edge zone: without the letter or number of the single zone."""
    plain = zone[:_LONGEST_TEXT].strip().lower()
    wavelength = _WAVELENGTH.match(plain)
    if wavelength:
        return wavelength[1]
    local = _LOCAL_ZONE.match(plain)
    return local[1] if local else plain


def _squeeze(provider: str, text: str) -> str:
    """One form for the spellings a provider treats as equal: Azure ignores case and separators, the others case."""
    plain = text[:_LONGEST_TEXT].strip().casefold()
    if provider == "azure":
        return _SEPARATORS.sub("", _GEOGRAPHY.sub("", plain))
    return plain
