"""From a location, as the provider names it, to countries and legal status on a date."""

from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from rules.catalogue.jurisdictions import Jurisdictions, check
from rules.catalogue.names import RegionNames, edge_stem
from rules.catalogue.records import CatalogueError, Place, shown, worst
from rules.catalogue.tables import Row, as_number, unique
from scanners.model import Location, LocationKind

_MOST_REMEMBERED: Final = 50_000
_LONGEST_TEXT: Final = 200


class _Region(Struct, frozen=True):
    provider: str
    id: str
    city: str
    country: str
    latitude: float | None
    longitude: float | None
    partition: str
    paired: str | None
    source: str
    confidence: str


class _Edge(Struct, frozen=True):
    zone: str
    parent: str
    city: str
    country: str
    latitude: float | None
    longitude: float | None
    source: str
    confidence: str


class _Multi(Struct, frozen=True):
    members: tuple[str, ...]
    countries: tuple[str, ...]
    source: str
    confidence: str


class Places:
    """Regions, zones, edge zones and multi-regions of every listed provider."""

    def __init__(self, rows: dict[str, list[Row]], jurisdictions: Jurisdictions) -> None:
        self._law = jurisdictions
        self.names = RegionNames(rows["regions.csv"], rows["region_names.csv"], rows["zone_patterns.csv"])
        self._regions = {(r["provider"], r["region_id"]): _region(r) for r in rows["regions.csv"]}
        self._edges = {(r["provider"], r["zone"]): _edge(r) for r in rows["edge_zones.csv"]}
        unique("multiregions.csv", ((r["provider"], r["service"], r["location_id"]) for r in rows["multiregions.csv"]))
        self._multi = {
            (r["provider"], r["service"], r["location_id"].lower()): self._multiple(r) for r in rows["multiregions.csv"]
        }
        unique("value_groups.csv", ((r["provider"], r["group"]) for r in rows["value_groups.csv"]))
        self._groups = {
            (r["provider"], r["group"]): self._multiple({**r, "location_id": r["group"], "members": ""})
            for r in rows["value_groups.csv"]
        }
        self._grouping = {provider for provider, _ in self._groups}
        self._services = {(r["provider"], r["spelling"]): r["service"] for r in rows["service_names.csv"]}
        self._memo: dict[tuple[str, Location, date], Place] = {}

    def paired_region(self, provider: str, region: str) -> str | None:
        """The paired region's id, or None."""
        found = self._region(provider, region)
        return found.paired if found else None

    def place(self, provider: str, location: Location, as_of: date) -> Place:
        """The place of a location as of a date; remembered, since an estate has few places and many assets."""
        key = (provider, location, as_of)
        try:
            found = self._memo.get(key)
        except TypeError:  # a list where a tuple belongs; answer without remembering
            return self._resolve(provider, location, as_of)
        if found is None:
            found = self._resolve(provider, location, as_of)
            if len(self._memo) >= _MOST_REMEMBERED:
                self._memo.clear()
            self._memo[key] = found
        return found

    def _resolve(self, provider: str, location: Location, day: date) -> Place:
        check(day)
        if location.members:
            found = self._union(provider, location, day)
        elif location.kind in (LocationKind.REGION, LocationKind.ZONE, LocationKind.EDGE):
            found = self._of_region(provider, location, day)
        elif location.kind in (LocationKind.MULTI_REGION, LocationKind.GLOBAL):
            found = self._of_many(provider, location, day)
        else:
            found = self._nowhere(location, location.site or "unknown place")
        if location.evidence == "metadata_only":
            found = self._record_only(provider, found, location)
        return self._stated(found, location, day) if location.country else found

    def _of_region(self, provider: str, location: Location, day: date) -> Place:
        text = location.region or ""
        region = self._region(provider, text)
        zone = (location.zone or "").strip()
        if region is None and text and not zone:
            group = self._grouped(provider, location, day)
            if group is not None:
                return group
            zone = text  # a zone or network border group where a region belongs
        if not zone:
            if location.kind is LocationKind.EDGE:
                return self._unlisted(location, region, "edge zone without a name")
            return self._in_region(region, location, day) if region else self._unlisted(location, None, text)
        edge = self._edges.get((provider, edge_stem(zone)))
        if edge is not None:
            return self._at_edge(provider, edge, location, day)
        if location.kind is not LocationKind.EDGE:
            named = self.names.of_zone(provider, zone, region.id if region else None)
            owner = self._regions.get((provider, named or ""))
            if owner is not None:
                return self._in_region(owner, location, day)
        parent = region or self._regions.get((provider, self.names.parent(provider, zone) or ""))
        return self._unlisted(location, parent, zone)

    def _grouped(self, provider: str, location: Location, day: date) -> Place | None:
        """A group of locations that a guard names, such as `in:europe-west3-locations`; None where it is none we know.

        A group named after a region holds just that region and its zones; the others are in value_groups.csv.
        """
        text = (location.region or "").strip().lower()
        if provider not in self._grouping or not text.startswith("in:"):
            return None
        row = self._groups.get((provider, text))
        if row is not None:
            return self._many(
                location, self._countries(provider, row, day), "fact", text, row.source, row.confidence, day
            )
        name = text.removeprefix("in:")
        region = self._region(provider, name.removesuffix("-locations")) if name.endswith("-locations") else None
        return None if region is None else self._in_region(region, location, day)

    def _region(self, provider: str, text: str) -> _Region | None:
        return self._regions.get((provider, self.names.canonical(provider, text) or ""))

    def _in_region(self, region: _Region, location: Location, day: date) -> Place:
        status = self._law.jurisdiction(region.country, day).status
        return Place(
            kind=location.kind,
            region=region.id,
            zone=location.zone,
            country=region.country,
            countries=(region.country,),
            status=status,
            evidence=_evidence(location),
            name=_titled(region.city, self._law.name(region.country), location.zone or region.id),
            latitude=region.latitude,
            longitude=region.longitude,
            source=region.source,
            confidence=region.confidence,
            partition=region.partition,
        )

    def _at_edge(self, provider: str, edge: _Edge, location: Location, day: date) -> Place:
        parent = self._regions.get((provider, edge.parent))
        return Place(
            kind=LocationKind.EDGE,
            region=edge.parent,
            zone=location.zone or location.region,
            country=edge.country,
            countries=(edge.country,),
            parent_country=parent.country if parent else None,
            status=self._law.jurisdiction(edge.country, day).status,
            evidence=_evidence(location),
            name=_titled(edge.city, self._law.name(edge.country), f"{edge.zone}, edge of {edge.parent}"),
            latitude=edge.latitude,
            longitude=edge.longitude,
            source=edge.source,
            confidence=edge.confidence,
            partition=parent.partition if parent else None,
        )

    def _unlisted(self, location: Location, parent: _Region | None, text: str) -> Place:
        named = shown(text) or "no region named"
        beside = f", near {parent.id} in {self._law.name(parent.country)}" if parent else ""
        return Place(
            kind=LocationKind.EDGE if parent else location.kind,
            region=parent.id if parent else location.region,
            zone=location.zone,
            parent_country=parent.country if parent else None,
            evidence=_evidence(location),
            name=f"unknown place ({named} is not in the catalogue{beside})" if text else f"unknown place ({named})",
            partition=parent.partition if parent else None,
        )

    def _of_many(self, provider: str, location: Location, day: date) -> Place:
        text = (location.region or ("global" if location.kind is LocationKind.GLOBAL else ""))[:_LONGEST_TEXT]
        service = self._services.get((provider, location.service or ""), location.service or "")
        row = self._multi.get((provider, service, text.lower()))
        if row is None:
            if location.kind is LocationKind.GLOBAL:
                return self._anywhere(location, text, "a global location names no country", "verified")
            return self._nowhere(
                location, f"{text or 'a multi-region'} of {service or 'an unnamed service'}, members unknown"
            )
        if row.countries == ("*",):
            return self._anywhere(location, text, row.source, row.confidence)
        countries = self._countries(provider, row, day)
        if not countries:
            return self._nowhere(location, f"{text} of {service}: the customer or the provider chooses the places")
        found = self._many(location, countries, "fact", _listed(text, service), row.source, row.confidence, day)
        regions = [self._regions.get((provider, member)) for member in row.members]
        partitions = {region.partition for region in regions if region is not None}
        return replace(found, partition=partitions.pop()) if len(partitions) == 1 else found

    def _countries(self, provider: str, row: _Multi, day: date) -> tuple[str, ...]:
        found: set[str] = set()
        for country in row.countries:
            found |= self._law.countries("EU", day) if country == "*EU" else {country}
        for member in row.members:
            region = self._regions.get((provider, member))
            if region is not None and row.countries != ("*EU",):
                found.add(region.country)
        return tuple(sorted(found))

    def _union(self, provider: str, location: Location, day: date) -> Place:
        parts = [
            self._resolve(provider, Location(kind=LocationKind.REGION, region=str(member)), day)
            for member in location.members
        ]
        countries = tuple(sorted({c for part in parts for c in part.countries}))
        status = worst(part.status for part in parts)
        names = ", ".join(str(member) for member in location.members)[:_LONGEST_TEXT]
        one = countries[0] if len(countries) == 1 and status != "unknown" else None
        lead = ", ".join(self._law.name(country) for country in countries)
        return Place(
            kind=location.kind,
            region=location.region,
            zone=location.zone,
            country=one,
            countries=countries,
            status=status,
            evidence=_evidence(location),
            name=_titled("", lead or "unknown place", names),
            source="; ".join(sorted({part.source for part in parts if part.source})),
            confidence="verified" if all(part.confidence == "verified" for part in parts) else "recalled",
            partition=parts[0].partition,
        )

    def _many(
        self,
        location: Location,
        countries: tuple[str, ...],
        evidence: str,
        label: str,
        source: str,
        confidence: str,
        day: date,
    ) -> Place:
        return Place(
            kind=location.kind,
            region=location.region,
            zone=location.zone,
            country=countries[0] if len(countries) == 1 else None,
            countries=countries,
            status=worst(self._law.jurisdiction(country, day).status for country in countries),
            evidence=evidence,
            name=_titled("", ", ".join(self._law.name(country) for country in countries), label),
            source=source,
            confidence=confidence,
        )

    def _anywhere(self, location: Location, text: str, source: str, confidence: str) -> Place:
        return Place(
            kind=location.kind,
            region=location.region,
            zone=location.zone,
            status="third_country",
            evidence=_evidence(location),
            name=f"anywhere ({shown(text) or 'global'})",
            everywhere=True,
            source=source,
            confidence=confidence,
        )

    def _nowhere(self, location: Location, name: str) -> Place:
        return Place(
            kind=location.kind,
            region=location.region,
            zone=location.zone,
            evidence=_evidence(location),
            name=shown(name, 2 * _LONGEST_TEXT),
        )

    def _record_only(self, provider: str, found: Place, location: Location) -> Place:
        """Only the place of the record is known: its country becomes the parent's, the thing's own is unknown."""
        region = self._region(provider, location.region or "")
        parent = found.country or found.parent_country or (region.country if region else None)
        record = f", its record is in {self._law.name(parent)}" if parent else ""
        return Place(
            kind=found.kind,
            region=found.region,
            zone=found.zone,
            parent_country=parent,
            evidence="metadata_only",
            name=shown(f"unknown place ({location.site or 'not stated'}{record})", 2 * _LONGEST_TEXT),
            partition=region.partition if region else found.partition,
        )

    def _stated(self, found: Place, location: Location, day: date) -> Place:
        """A country stated by the provider or a declaration; it adds to what the catalogue knows of a region."""
        country = self._law.code(location.country or "")
        if country is None:
            return found
        if found.everywhere:
            return found  # one country among all that are possible
        if found.countries and found.kind in (LocationKind.REGION, LocationKind.ZONE, LocationKind.MULTI_REGION):
            if country in found.countries:
                return found
            both = tuple(sorted({*found.countries, country}))
            return replace(
                found,
                country=None,
                countries=both,
                status=worst((found.status, self._law.jurisdiction(country, day).status)),
                name=f"{found.name}; stated: {self._law.name(country)}"[: 2 * _LONGEST_TEXT],
                latitude=None,
                longitude=None,
            )
        return Place(
            kind=found.kind,
            region=found.region,
            zone=found.zone,
            country=country,
            countries=(country,),
            parent_country=found.parent_country,
            status=self._law.jurisdiction(country, day).status,
            evidence="declared" if location.evidence == "metadata_only" else _evidence(location),
            name=_titled(location.site or "", self._law.name(country), location.zone or location.region or ""),
            latitude=found.latitude if country in found.countries else None,
            longitude=found.longitude if country in found.countries else None,
            source="stated with the asset",
            confidence="verified",
            partition=found.partition,
        )

    def _multiple(self, row: Row) -> _Multi:
        members = tuple(m for m in row["members"].split(";") if (row["provider"], m) in self._regions)
        countries = tuple(c for c in row["countries"].split(";") if c not in ("", "?", "-"))
        for country in countries:
            if country not in ("*", "*EU") and country not in self._law.codes:
                raise CatalogueError(f"The catalogue: {row['location_id']} names the country {country!r}.")
        if row["countries"] == "?":
            members = ()
        return _Multi(members, countries, row["source"], row["confidence"])


def _evidence(location: Location) -> str:
    return location.evidence if location.evidence in ("native", "declared", "metadata_only") else "native"


def _listed(text: str, service: str) -> str:
    return f"{text}, {service}" if service else text


def _titled(city: str, country: str, label: str) -> str:
    head = f"{city}, {country}" if city and city != country else country
    return shown(f"{head} ({label})" if label else head, 2 * _LONGEST_TEXT)


def _region(row: Row) -> _Region:
    return _Region(
        provider=row["provider"],
        id=row["region_id"],
        city=row["city"],
        country=row["country_iso2"],
        latitude=as_number("regions.csv", row["latitude"]),
        longitude=as_number("regions.csv", row["longitude"]),
        partition=row["partition"],
        paired=row["paired_region"] or None,
        source=row["source"],
        confidence=row["confidence"],
    )


def _edge(row: Row) -> _Edge:
    return _Edge(
        zone=row["zone"],
        parent=row["parent_region"],
        city=row["city"],
        country=row["country_iso2"],
        latitude=as_number("edge_zones.csv", row["latitude"]),
        longitude=as_number("edge_zones.csv", row["longitude"]),
        source=row["source"],
        confidence=row["confidence"],
    )
