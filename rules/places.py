"""Places as conditions see them: one dict for each location, made once, with the two answers that are asked most."""

from datetime import date
from typing import Any, Final

import msgspec

from rules.catalogue import Catalogue
from rules.condition import Lack, Unknown
from scanners.model import Location, LocationKind

THIRD: Final = "@third"
OUTSIDE: Final = "@outside"
LAWFUL: Final = ("eea", "adequate")
NO_PLACE: Final = Unknown((Lack("loc", "null"),))

Place = dict[str, Any]


class PlaceTable:
    """Every place of a judgement, by number.

    A place is a dict with the fields of the catalogue's `Place`. What cannot be known (the country of an unknown place)
    is absent from it. The two hidden fields hold true, false or an `Unknown`.
    """

    def __init__(self, catalogue: Catalogue, as_of: date, allowed: frozenset[str] | None) -> None:
        self._catalogue = catalogue
        self._as_of = as_of
        self._allowed = allowed
        self._numbers: dict[tuple[str, Location], int] = {}
        self.places: list[Place] = []
        self.keys: list[tuple[str, Location]] = []

    def number(self, provider: str, location: Location) -> int:
        """The number of a place."""
        key = (provider, location)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.places)
            self.places.append(self._resolved(provider, location))
            self.keys.append(key)
        return number

    def of(self, provider: str, location: Location) -> Place:
        """A place as a dict."""
        return self.places[self.number(provider, location)]

    def of_value(self, provider: str, value: Any) -> Place | None:
        """The place that an attribute of type `place` states; None where it states that there is none."""
        if value is None:
            return None
        if isinstance(value, Location):
            return self.of(provider, value)
        try:
            return self.of(provider, msgspec.convert(value, Location))
        except (msgspec.ValidationError, TypeError):
            return self.of(provider, Location.unknown())

    def country(self, code: str) -> Place:
        """The place "somewhere in this country"."""
        return self.of("", Location(LocationKind.ON_PREM, country=code, evidence="declared"))

    def _resolved(self, provider: str, location: Location) -> Place:
        found = self._catalogue.place(provider, location, self._as_of)
        place: Place = {
            "kind": str(found.kind),
            "region": found.region,
            "zone": found.zone,
            "status": found.status,
            "evidence": found.evidence,
            "name": found.name,
            "everywhere": found.everywhere,
            "countries": found.countries,
            "country": found.country,
            "parent_country": found.parent_country,
            "source": found.source,
            "confidence": found.confidence,
            "@partition": found.partition,
        }
        if not found.countries:
            # Which countries is not known: absent, and so unknown to every condition.
            del place["country"]
            del place["countries"]
        for name in ("latitude", "longitude"):
            value = getattr(found, name)
            if value is not None:
                place[name] = value
        lack = Unknown((Lack("loc", "unknown_place", None, found.name),))
        if not provider and location.kind is LocationKind.UNKNOWN:
            del place["status"]  # nobody read where an uncollected end is: not the same as "read, and no country fits"
        place[THIRD] = self._third(found.status, found.countries, found.everywhere, lack)
        place[OUTSIDE] = self._outside(found.countries, found.everywhere, found.status, lack)
        return place

    def _third(self, status: str, countries: tuple[str, ...], everywhere: bool, lack: Unknown) -> bool | Unknown:
        if everywhere or status in ("third_country", "adequate_partial"):
            return True
        if status in LAWFUL:
            return False
        # The status is that of the worst member; one member known to be a third country settles it.
        known = (self._catalogue.jurisdiction(c, self._as_of).status for c in countries)
        return True if any(s in ("third_country", "adequate_partial") for s in known) else lack

    def _outside(self, countries: tuple[str, ...], everywhere: bool, status: str, lack: Unknown) -> bool | Unknown:
        if self._allowed is None:
            return DECISION_COUNTRIES
        if everywhere or not self._allowed.issuperset(countries):
            return True
        return False if countries else lack


DECISION_COUNTRIES: Final = Unknown((Lack("policy.allowed_countries", "decision_needed"),))


def third(place: Place | None) -> bool | Unknown:
    """Whether a place may be in a country without a full adequacy decision."""
    return NO_PLACE if place is None else place[THIRD]


def eea_or_adequate(place: Place | None) -> bool | Unknown:
    """Whether every possible country of a place is in the EEA or has a full adequacy decision."""
    found = third(place)
    return found if isinstance(found, Unknown) else not found


def eea(place: Place | None) -> bool | Unknown:
    """Whether every possible country of a place is in the EEA."""
    if place is None:
        return NO_PLACE
    if place.get("status", "unknown") == "unknown" and not place["everywhere"]:
        return place[THIRD] if isinstance(place[THIRD], Unknown) else False
    return place["status"] == "eea" and not place["everywhere"]


def outside(place: Place | None) -> bool | Unknown:
    """Whether a place may be in a country that the organisation does not allow."""
    return NO_PLACE if place is None else place[OUTSIDE]
