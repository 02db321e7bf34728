"""Countries that people wrote down: by code, or by one of the names that the catalogue lists for one country only."""

import csv
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).parents[1] / "resources" / "catalogue" / "jurisdictions.csv"


@cache
def _names() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Name → code, and name that may mean several countries → their codes."""
    found: dict[str, str] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for row in rows:
        for name in filter(None, row["unclear_names"].split(";")):
            unclear[_plain(name)] = (*unclear.get(_plain(name), ()), row["iso2"])
    for row in rows:
        for name in (row["iso2"], row["iso3"], row["name"], *row["other_names"].split(";")):
            if name.strip() and _plain(name) not in unclear:
                found.setdefault(_plain(name), row["iso2"])
    return found, unclear


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFC", name).replace("’", "'").casefold()
    return " ".join(text.replace(".", "").replace("the ", "", 1).split())


def country_of(words: str | None) -> str | None:
    """The ISO 3166 code (two letters) of a country in words; None where they are no known name, or that of several."""
    return None if words is None else _names()[0].get(_plain(words))


def unclear_country(words: str) -> tuple[str, ...]:
    """The codes of the countries that a name may mean, where it may mean more than one; else empty."""
    return _names()[1].get(_plain(words), ())
