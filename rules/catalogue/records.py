"""What the catalogue answers with, and the order of legal statuses."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from msgspec import Struct

from scanners.model import LocationKind

STATUS_ORDER: Final[tuple[str, ...]] = ("eea", "adequate", "adequate_partial", "third_country", "unknown")
"""Legal statuses of a place, best first. `unknown` is the worst: it is never treated as lawful."""

_RANK: Final[dict[str, int]] = {status: rank for rank, status in enumerate(STATUS_ORDER)}


class CatalogueError(Exception):
    """A fact file is unusable, or a question cannot be answered; the text is one sentence for people."""


class Place(Struct, frozen=True):
    """Where a location is, and which law it falls under on the date asked for.

    `country` is set only when exactly one country is possible; `countries` lists all possible ones, sorted (empty when
    unknown or anywhere). `parent_country` is the country of the region or record an edge zone or a managed machine
    belongs to: never the country of the thing itself. `status` is the worst of the possible countries.
    `evidence`: `native` (the provider's own word, read with the catalogue), `fact` (the member list in the catalogue),
    `declared` (the organisation's or the record's statement), `metadata_only` (only the record's place is known).
    `name` is for people. Coordinates are degrees, `None` where unknown. `everywhere`: may be in any country.
    `partition` is that of the region in the catalogue, where the region is known.
    """

    kind: LocationKind
    region: str | None = None
    zone: str | None = None
    country: str | None = None
    countries: tuple[str, ...] = ()
    parent_country: str | None = None
    status: str = "unknown"
    evidence: str = "native"
    name: str = "unknown place"
    latitude: float | None = None
    longitude: float | None = None
    everywhere: bool = False
    source: str = ""
    confidence: str = ""
    partition: str | None = None


class Jurisdiction(Struct, frozen=True):
    """The standing of one country under Chapter V of the GDPR on a date.

    `decision` is the adequacy decision or accession act in force; for a `third_country` it is the last decision that
    ended, if there was one, with its `valid_until` (the last day on which it held). `note` says what limits it.
    """

    country: str
    name: str
    status: str
    decision: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    source: str = ""
    confidence: str = ""
    note: str = ""


class LawChange(Struct, frozen=True):
    """Something that changed in the law of a country, or in what the Union decided about it, on a day."""

    day: date
    what: str
    source: str
    confidence: str


def shown(text: str, longest: int = 200) -> str:
    """A text from outside as it may stand in a sentence: its first characters, with unprintable ones replaced."""
    cut = text[:longest]
    return cut if cut.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in cut)


def worst(statuses: Iterable[str]) -> str:
    """The worst of these statuses; `unknown` for none, or for one that is not in `STATUS_ORDER`."""
    ranks = [_RANK.get(status, len(STATUS_ORDER) - 1) for status in statuses]
    return STATUS_ORDER[max(ranks)] if ranks else "unknown"
