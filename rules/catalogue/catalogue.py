"""The catalogue: one door to all fact files."""

import tomllib
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Self

from resources import ROOT
from rules.catalogue import tables
from rules.catalogue.jurisdictions import Jurisdictions
from rules.catalogue.law import Law, Provision
from rules.catalogue.machines import Accelerator, Machines, Operator, Operators
from rules.catalogue.places import Places
from rules.catalogue.records import CatalogueError, Jurisdiction, LawChange, Place
from scanners.model import Location

_default: dict[str, "Catalogue"] = {}


class Catalogue:
    """Facts as of a date. Make one with `Catalogue.load()`; it never changes afterwards.

    `version` names the edition, `as_of` is the day for which the files were last checked, `digest` the SHA-256 of all
    files in lower-case hexadecimal.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        rows = {name: tables.rows(name, files[name]) for name in tables.FILES}
        self.version, self.as_of = _meta(files["meta.toml"])
        self.digest = tables.digest_of(files)
        self._law_body = files["law.yaml"]
        self._jurisdictions = Jurisdictions(rows["jurisdictions.csv"], rows["membership.csv"], rows["adequacy.csv"])
        self._places = Places(rows, self._jurisdictions)
        self._machines = Machines(rows["gpus.csv"], rows["machine_families.csv"])
        self._operators = Operators(rows["providers.csv"])

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """The catalogue in a folder, by default the one shipped with the program (read once per process).

        Raises CatalogueError with file and line where a file is missing or malformed.
        """
        if folder is not None:
            return cls(tables.read_files(folder))
        found = _default.get(cls.__name__)
        if not isinstance(found, cls):
            found = cls(tables.read_files(ROOT / "catalogue"))
            _default[cls.__name__] = found
        return found

    def age_days(self, as_of: date) -> int:
        """Days between the catalogue's own date and the date asked for; 0 for earlier dates."""
        return max(0, (as_of - self.as_of).days)

    def place(self, provider: str, location: Location, as_of: date) -> Place:
        """Where a location is and under which law, as of a date. Never guesses: what is not listed is `unknown`.

        Raises DateTooEarly for a date before the GDPR applied, nothing else, whatever the strings.
        """
        return self._places.place(provider, location, as_of)

    def canonical_region(self, provider: str, text: str) -> str | None:
        """The id of a region however the provider spells it (`West Europe`, `JAPANEAST`); None where it is unknown."""
        return self._places.names.canonical(provider, text)

    def paired_region(self, provider: str, region: str) -> str | None:
        """The region that the provider copies geo-redundant data to; None where there is none or it is unknown."""
        return self._places.paired_region(provider, region)

    def regions(self, provider: str) -> tuple[str, ...]:
        """The ids of all listed regions of a provider, sorted."""
        return self._places.names.of(provider)

    @property
    def providers(self) -> frozenset[str]:
        """Every provider that has regions or an operator in the catalogue."""
        return self._places.names.providers | {operator.id for operator in self._operators.all}

    @property
    def country_codes(self) -> frozenset[str]:
        """Every country code that is known (ISO 3166 alpha-2)."""
        return self._jurisdictions.codes

    def country_code(self, text: str) -> str | None:
        """The ISO code of a country named by its code (two or three letters) or exactly by one of its listed names.

        None for anything else, and for names that people use for more than one country (Congo, Georgia).
        """
        return self._jurisdictions.code(text)

    def unclear_country(self, text: str) -> tuple[str, ...]:
        """The codes of the countries that a name may mean, where it may mean more than one; else empty."""
        return self._jurisdictions.unclear(text)

    def country_name(self, country: str) -> str:
        """The English name of a country, or the text itself where the code is not listed."""
        return self._jurisdictions.name(country)

    def jurisdiction(self, country: str, as_of: date) -> Jurisdiction:
        """The standing of a country on a date; status `unknown` for a code that is not listed. Raises DateTooEarly."""
        return self._jurisdictions.jurisdiction(country, as_of)

    def countries(self, group: str, as_of: date) -> frozenset[str]:
        """The members of `EU`, `EEA` or `ADEQUATE` on a date, or the one country of an ISO code.

        `ADEQUATE` are the countries with a full decision; the EEA is not in it. Raises UnknownCountry, DateTooEarly.
        """
        return self._jurisdictions.countries(group, as_of)

    def adequacy_valid(self, country: str, day: date) -> bool:
        """Whether an adequacy decision for the country, full or partial, holds on that day. Raises DateTooEarly."""
        return self._jurisdictions.adequacy_valid(country, day)

    def law_changes(self, country: str, since: date, until: date) -> tuple[LawChange, ...]:
        """What changed after one day and up to another: adequacy, membership, and acts and judgements of the country.

        In the order of days. Only what the fact files list: nothing found does not mean that nothing changed.
        """
        acts = (c for c in self.law.changes.get(country, ()) if since < c.day <= until)
        return tuple(sorted([*self._jurisdictions.changes(country, since, until), *acts], key=lambda c: c.day))

    def accelerator(self, provider: str, instance_type: str) -> Accelerator | None:
        """The accelerators of a machine type, or None where the type is not listed as having any."""
        return self._machines.accelerator(provider, instance_type)

    def accelerators_named(self, token: str) -> tuple[Accelerator, ...]:
        """Listed accelerators whose model has this word in its name, such as `H100`."""
        return self._machines.named(token)

    def gpu_count(self, provider: str, instance_type: str) -> int | None:
        """Accelerators of a machine type (a share of one counts as one); 0 only where proven; None = unknown type."""
        return self._machines.gpu_count(provider, instance_type)

    def operator(self, provider: str, partition: str | None) -> Operator | None:
        """Who operates a partition of a provider; None where the table cannot tell."""
        return self._operators.operator(provider, partition)

    @property
    def operators(self) -> tuple[Operator, ...]:
        """All operators of the table."""
        return self._operators.all

    @cached_property
    def law(self) -> Law:
        """All provisions; read on first use."""
        return Law(self._law_body)

    def citation(self, law_id: str) -> str | None:
        """How people cite exactly this id (`gdpr.art30-1-d` → `GDPR Art. 30(1)(d)`); None where nothing is listed."""
        return self.law.citation(law_id)

    def provision(self, law_id: str) -> Provision | None:
        """The provision of an id (`gdpr.art5-1-b`), or the nearest one above it; None where nothing is listed."""
        return self.law.provision(law_id)


def _meta(body: bytes) -> tuple[str, date]:
    try:
        meta = tomllib.loads(body.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"The catalogue file meta.toml cannot be read: {error}.") from error
    version, as_of = meta.get("version"), meta.get("as_of")
    if not isinstance(version, str) or not isinstance(as_of, date):
        raise CatalogueError("The catalogue file meta.toml needs a version (text) and an as_of date.")
    return version, as_of
