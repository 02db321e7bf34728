"""Countries that people wrote down in words: the name in English, another name of the catalogue, or the code."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).parents[2] / "resources" / "catalogue" / "jurisdictions.csv"


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            code = row["iso2"].strip().upper()
            for name in (code, row["name"], *row["other_names"].split(";")):
                if name.strip():
                    found.setdefault(_plain(name), code)
    return found


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace(".", "").replace("the ", "", 1).split())


def country_of(words: str | None) -> str | None:
    """The ISO 3166 code (two letters) of a country in words; None where the words are no known name."""
    return None if words is None else _names().get(_plain(words))
