"""Provisions of law and guidance by dotted id, read from `law.yaml` with strings only."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from msgspec import Struct

from rules.catalogue.records import CatalogueError, LawChange
from rules.catalogue.tables import as_date

_LONGEST_ID: Final = 100
_ARTICLE: Final = re.compile(r"\d+[a-z]?(?:\([0-9a-z]+\))*")
_NUMBERED: Final = re.compile(r"(?:Recommendations|Guidelines|Opinion) \d+/\d{4}")


class Provision(Struct, frozen=True):
    """One provision: what it says in our own words, where it is found, and how sure we are.

    `id` is the dotted id in the file. `unverified`: the number or the wording was not seen in a source that was opened.
    `status` is set where the provision is not plainly in force.
    """

    id: str
    instrument: str
    article: str
    title: str
    paraphrase: str
    url: str
    celex: str
    rule_use: str
    status: str
    source: str
    confidence: str
    unverified: bool

    @property
    def citation(self) -> str:
        """The provision as people cite it: `GDPR Art. 5(1)(a)`."""
        if _ARTICLE.fullmatch(self.article):
            return f"{self.instrument} Art. {self.article}"
        numbered = _NUMBERED.match(self.title)
        if self.article == "whole":
            return f"EDPB {numbered[0]}" if numbered else self.instrument
        return f"{self.instrument} {self.article}"


class Law:
    """Provisions, with aliases for the spellings that rules use.

    `changes`: country → what changed in its law, in the order of days. `coming`: other dates on which law of the Union
    begins to apply, in their order; the ends of adequacy decisions are not among them.
    """

    def __init__(self, body: bytes) -> None:
        import yaml  # heavy; read when the first provision is asked for

        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
        try:
            document = yaml.load(body, Loader=loader)  # noqa: S506 - builds strings, lists and maps only
        except yaml.YAMLError as error:
            raise CatalogueError(f"The catalogue file law.yaml cannot be read: {error}.") from error
        try:
            self._aliases = cast("dict[str, str]", document["aliases"])
            entries = cast("list[dict[str, str]]", document["provisions"])
            self.provisions = {entry["id"]: _provision(entry) for entry in entries}
            dates = cast("list[dict[str, str]]", document["dates"])
            self.dates = tuple((d["date"], d["what"]) for d in dates)
            self.changes = _changes([d for d in dates if "country" in d])
            self.coming = _coming([d for d in dates if "country" not in d and "adequacy" not in d])
        except (KeyError, TypeError) as error:
            raise CatalogueError(
                f"The catalogue file law.yaml lacks a part that the program reads: {error}."
            ) from error
        if len(entries) != len(self.provisions):
            raise CatalogueError("The catalogue file law.yaml lists an id twice.")

    def provision(self, law_id: str) -> Provision | None:
        """The provision of an id, or the nearest one above it; None where nothing above it is listed.

        Hyphens count as dots, so `gdpr.art5-1-b` is `gdpr.art5.1.b`.
        """
        return self._find(law_id)[0]

    def citation(self, law_id: str) -> str | None:
        """How people cite exactly this id, down to the point; None where nothing above it is listed."""
        found, rest = self._find(law_id)
        if found is None:
            return None
        points = "".join(f"({step})" for step in rest)
        return found.citation + (points if _ARTICLE.fullmatch(found.article) else "")

    def _find(self, law_id: str) -> tuple[Provision | None, list[str]]:
        steps = law_id[:_LONGEST_ID].strip().lower().replace("-", ".").split(".")
        for alias, name in self._aliases.items():
            spelled = alias.split(".")
            if steps[: len(spelled)] == spelled:
                steps = name.split(".") + steps[len(spelled) :]
                break
        for length in range(len(steps), 0, -1):
            found = self.provisions.get(".".join(steps[:length]))
            if found is not None:
                return found, steps[length:]
        return None, []


def _changes(entries: list[dict[str, str]]) -> dict[str, tuple[LawChange, ...]]:
    found: dict[str, list[LawChange]] = {}
    for entry in entries:
        day = as_date("law.yaml", entry["date"])
        if day is None or not entry["source"] or entry["confidence"] not in ("verified", "recalled"):
            raise CatalogueError(f"law.yaml: {entry['what']!r} has no day, no source or no confidence.")
        change = LawChange(day, entry["what"], entry["source"], entry["confidence"])
        found.setdefault(entry["country"], []).append(change)
    return {country: tuple(sorted(changes, key=lambda c: c.day)) for country, changes in found.items()}


def _coming(entries: list[dict[str, str]]) -> tuple[LawChange, ...]:
    found: list[LawChange] = []
    for entry in entries:
        day = as_date("law.yaml", entry["date"])
        if day is None:
            raise CatalogueError(f"law.yaml: {entry['what']!r} has no day.")
        found.append(LawChange(day, entry["what"], entry.get("source", ""), entry["confidence"]))
    return tuple(sorted(found, key=lambda c: c.day))


def _provision(entry: Mapping[str, Any]) -> Provision:
    return Provision(
        id=entry["id"],
        instrument=entry["instrument"],
        article=entry["article"],
        title=entry["article_title"],
        paraphrase=entry["paraphrase"],
        url=entry.get("url", ""),
        celex=entry.get("celex", ""),
        rule_use=entry.get("rule_use", ""),
        status=entry.get("status", ""),
        source=entry["source"],
        confidence=entry["confidence"],
        unverified=entry.get("unverified", "false") == "true",
    )
