"""Countries as of a date: membership of the Union and the EEA, adequacy decisions with their beginning and end."""

import difflib
import unicodedata
from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from rules.catalogue.records import CatalogueError, Jurisdiction, LawChange, shown
from rules.catalogue.tables import Row, as_date, unique

GDPR_APPLIES: Final = date(2018, 5, 25)
"""The first day on which the GDPR applied; there is no answer for earlier dates."""

_LIKE: Final = 0.8
"""How like a name must be to be meant: at less, Island (Iceland) is taken for Ireland, and Belgien for Belize."""
_LONGEST_NAME: Final = 120
GROUPS: Final = ("EU", "EEA", "ADEQUATE")


class UnknownCountry(CatalogueError):  # noqa: N818 - reads as what it is
    """A name that is neither an ISO 3166 alpha-2 code nor one of the groups."""


class DateTooEarly(CatalogueError):  # noqa: N818 - reads as what it is
    """An as-of date before the GDPR applied."""


class _Span(Struct, frozen=True):
    text: str
    first: date
    last: date | None
    partial: bool
    ended_by: str
    scope: str
    source: str
    confidence: str

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Jurisdictions:
    """The legal standing of every country of ISO 3166 on any date since the GDPR applied."""

    def __init__(self, countries: list[Row], membership: list[Row], adequacy: list[Row]) -> None:
        unique("jurisdictions.csv", (row["iso2"] for row in countries))
        self._rows = {row["iso2"]: row for row in countries}
        self._unclear: dict[str, list[str]] = defaultdict(list)
        for row in countries:
            for name in filter(None, row.get("unclear_names", "").split(";")):
                self._unclear[_plain(name)].append(row["iso2"])
        self._named: dict[str, str] = {}
        for row in countries:
            for name in (row["iso2"], row.get("iso3", ""), row["name"], *row["other_names"].split(";")):
                plain = _plain(name)
                if not plain or plain in self._unclear:
                    continue
                if self._named.setdefault(plain, row["iso2"]) != row["iso2"]:
                    raise CatalogueError(f"jurisdictions.csv: {name!r} could be two countries.")
        self._groups: dict[str, dict[str, list[_Span]]] = {"EU": defaultdict(list), "EEA": defaultdict(list)}
        for row in membership:
            if row["group"] not in self._groups or row["country"] not in self._rows:
                raise CatalogueError(f"membership.csv: no group {row['group']} or no country {row['country']}.")
            self._groups[row["group"]][row["country"]].append(_span("membership.csv", row, row["act"]))
        self._decisions: dict[str, list[_Span]] = defaultdict(list)
        for row in adequacy:
            if row["country"] not in self._rows:
                raise CatalogueError(f"adequacy.csv: no country {row['country']} in jurisdictions.csv.")
            self._decisions[row["country"]].append(_span("adequacy.csv", row, row["decision"]))
        for spans in self._decisions.values():
            spans.sort(key=lambda span: span.first)
        self._memo: dict[tuple[str, date], Jurisdiction] = {}

    @property
    def codes(self) -> frozenset[str]:
        """Every ISO 3166 alpha-2 code that is listed."""
        return frozenset(self._rows)

    def name(self, country: str) -> str:
        """The country's English name, or the text itself where no such code is listed."""
        row = self._rows.get(country)
        return row["name"] if row else country

    def code(self, text: str) -> str | None:
        """The ISO code of a country named by its code (two or three letters) or exactly by one of its listed names.

        None for anything else, and for names that people use for more than one country (Congo, Georgia).
        """
        return self._named.get(_plain(text)) if len(text) <= _LONGEST_NAME else None

    def unclear(self, text: str) -> tuple[str, ...]:
        """The codes of the countries that a name may mean, where it may mean more than one; else empty."""
        return tuple(self._unclear.get(_plain(text), ())) if len(text) <= _LONGEST_NAME else ()

    def jurisdiction(self, country: str, as_of: date) -> Jurisdiction:
        """The standing of a country; status `unknown` for a code that is not listed. Raises DateTooEarly."""
        found = self._memo.get((country, as_of))
        if found is None:
            check(as_of)
            found = self._judge(country, as_of)
            if len(self._memo) < 20_000:
                self._memo[country, as_of] = found
        return found

    def countries(self, group: str, as_of: date) -> frozenset[str]:
        """The members of `EU`, `EEA` or `ADEQUATE` (full adequacy outside the EEA), or the one country of a code.

        Raises UnknownCountry with the nearest name for anything else, and DateTooEarly.
        """
        check(as_of)
        wanted = group.strip().upper()
        if wanted in self._groups:
            members = self._groups[wanted]
            return frozenset(c for c, spans in members.items() if any(s.holds(as_of) for s in spans))
        if wanted == "ADEQUATE":
            return frozenset(c for c in self._rows if self.jurisdiction(c, as_of).status == "adequate")
        if wanted in self._rows:
            return frozenset((wanted,))
        raise UnknownCountry(self._advice(group))

    def adequacy_valid(self, country: str, day: date) -> bool:
        """Whether an adequacy decision for the country, full or partial, holds on that day. Raises DateTooEarly."""
        check(day)
        return any(span.holds(day) for span in self._decisions.get(country, ()))

    def changes(self, country: str, since: date, until: date) -> list[LawChange]:
        """Changes of a country's standing after one day and up to another, in their order.

        One decision that takes the place of another without a gap changes nothing.
        """
        spans = [*self._groups["EEA"].get(country, ()), *self._decisions.get(country, ())]
        days = {span.first for span in spans}
        days |= {span.last + timedelta(1) for span in spans if span.last is not None}
        found: list[LawChange] = []
        for day in sorted(day for day in days if since < day <= until):
            before, after = self._judge(country, day - timedelta(1)), self._judge(country, day)
            if before.status == after.status:
                continue
            what = f"{after.decision} began"
            if after.status == "third_country":
                over = next(span for span in spans if span.last == day - timedelta(1))
                what = f"{over.ended_by or 'not renewed'}: {over.text}"
            found.append(LawChange(day, what, after.source, after.confidence))
        return found

    def _judge(self, country: str, day: date) -> Jurisdiction:
        row = self._rows.get(country)
        if row is None:
            return Jurisdiction(country, country, "unknown", note="This code is not in the catalogue.")
        name, note = row["name"], row.get("notes", "")
        for span in self._groups["EEA"].get(country, ()):
            if span.holds(day):
                where = (span.text, span.first, span.last, span.source, span.confidence)
                return Jurisdiction(country, name, "eea", *where, note if span.last is None else "")
        ended: _Span | None = None
        spans = self._decisions.get(country, [])
        for span in spans:
            if span.holds(day):
                status = "adequate_partial" if span.partial else "adequate"
                where = (span.text, span.first, span.last, span.source, span.confidence)
                return Jurisdiction(country, name, status, *where, note if span is spans[-1] else span.scope)
            if span.last is not None and span.last < day:
                ended = span
        if ended is not None:
            why = f"{ended.text} ended on {ended.last}: {ended.ended_by or 'it was not renewed'}."
            where = (ended.text, ended.first, ended.last, ended.source, ended.confidence)
            return Jurisdiction(country, name, "third_country", *where, why)
        return Jurisdiction(
            country, name, "third_country", source=row["source"], confidence=row["confidence"], note=note
        )

    def _advice(self, text: str) -> str:
        name = shown(text, 60)
        if several := self.unclear(text):
            meant = " or ".join(f"{code} ({self.name(code)})" for code in several)
            return f"“{name}” may mean more than one country; write {meant}."
        hint = self.code(text)
        if hint is None:
            plain, names = name.casefold(), [n for n in self._named if len(n) > 3]
            groups = [g.casefold() for g in GROUPS if len(g) > 2]  # EU is like half of what is short
            close = difflib.get_close_matches(plain, groups, n=1, cutoff=0.6)
            close = close or difflib.get_close_matches(plain, names, n=1, cutoff=_LIKE)
            hint = self._named.get(close[0], close[0].upper()) if close else None
        meant = f" Did you mean {hint} ({self.name(hint)})?" if hint in self._rows else ""
        meant = meant or (f" Did you mean {hint}?" if hint else "")
        return f"“{name}” is not a country code (two letters, ISO 3166) and not EU, EEA or ADEQUATE.{meant}"


def check(as_of: date) -> None:
    """Raises DateTooEarly for a date before the GDPR applied."""
    if as_of < GDPR_APPLIES:
        raise DateTooEarly(
            f"The as-of date {as_of} lies before {GDPR_APPLIES}, the day from which the GDPR applied:"
            " there is no Chapter V to judge by. Choose a later date."
        )


def _plain(name: str) -> str:
    """A name without what makes no difference: case, the way in which letters are composed, the form of spaces."""
    return " ".join(unicodedata.normalize("NFC", name).replace("’", "'").casefold().split())


def _span(file: str, row: Row, text: str) -> _Span:
    first, last = as_date(file, row["valid_from"]), as_date(file, row["valid_until"])
    if first is None or (last is not None and last < first):
        raise CatalogueError(f"{file}: {row['country']} {text!r} has no beginning, or ends before it begins.")
    partial, ended_by = row.get("partial") == "yes", row.get("ended_by", "")
    return _Span(text, first, last, partial, ended_by, row.get("scope", ""), row["source"], row["confidence"])
