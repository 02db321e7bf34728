"""Countries by code and by name: exactly what is listed, one country for each, and nothing guessed."""

import csv
from pathlib import Path

import pytest

from resources import ROOT
from rules.catalogue import Catalogue, UnknownCountry
from scanners.countries import country_of, unclear_country

CATALOGUE = Catalogue.load()
with Path(ROOT / "catalogue" / "jurisdictions.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        ("DEU", "DE"),
        ("usa", "US"),
        ("Germany", "DE"),
        ("deutschland", "DE"),
        ("  Vereinigte   Staaten ", "US"),
        ("O\u0308sterreich", "AT"),
        ("Côte d’Ivoire", "CI"),
        ("Großbritannien", "GB"),
        ("GROSSBRITANNIEN", "GB"),
        ("Island", "IS"),
        ("Irland", "IE"),
        ("Georgien", "GE"),
        ("Republic of the Congo", "CG"),
        ("Democratic Republic of the Congo", "CD"),
    ],
)
def test_a_country_is_known_by_its_codes_and_its_exact_names(text: str, code: str) -> None:
    assert CATALOGUE.country_code(text) == code
    assert country_of(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Congo", {"CD", "CG"}),
        ("kongo", {"CD", "CG"}),
        ("Korea", {"KP", "KR"}),
        ("St. Martin", {"MF", "SX"}),  # one half is part of the Union, the other is not
        ("Georgia", {"GE", "US"}),
        ("Virgin Islands", {"VG", "VI"}),
    ],
)
def test_a_name_of_several_places_is_none_of_them_and_all_are_told(text: str, codes: set[str]) -> None:
    assert CATALOGUE.country_code(text) is None
    assert country_of(text) is None
    assert set(CATALOGUE.unclear_country(text)) == codes
    assert set(unclear_country(text)) == codes
    with pytest.raises(UnknownCountry, match="may mean more than one country") as caught:
        CATALOGUE.countries(text, CATALOGUE.as_of)
    assert all(f"{code} (" in str(caught.value) for code in codes)


@pytest.mark.parametrize("text", ["", " ", "Irelan", "Germania", "EU", "EEA", "D", "GERM", "England", "x" * 10_000])
def test_nothing_is_guessed(text: str) -> None:
    assert CATALOGUE.country_code(text) is None
    assert country_of(text) is None


def test_every_listed_name_is_that_of_its_row_or_told_to_be_unclear() -> None:
    for row in ROWS:
        unclear = {n for r in ROWS for n in r["unclear_names"].split(";") if n}
        for name in filter(None, (row["iso2"], row["iso3"], row["name"], *row["other_names"].split(";"))):
            wanted = None if name in unclear else row["iso2"]
            assert CATALOGUE.country_code(name) == wanted, name
            assert country_of(name) == wanted, name
        assert row["names_source"]


def test_codes_of_three_letters_are_those_of_the_standard() -> None:
    codes = {row["iso2"]: row["iso3"] for row in ROWS}
    assert [code for code, three in codes.items() if not three] == ["XK"]  # Kosovo has none in ISO 3166-1
    assert len(set(codes.values())) == len(codes) == 250
    assert {c: codes[c] for c in ("DE", "AT", "CH", "IE", "IS", "AU", "GB", "RO", "SI", "SK", "LV", "LT")} == {
        "DE": "DEU", "AT": "AUT", "CH": "CHE", "IE": "IRL", "IS": "ISL", "AU": "AUS", "GB": "GBR", "RO": "ROU",
        "SI": "SVN", "SK": "SVK", "LV": "LVA", "LT": "LTU",
    }  # fmt: skip


def test_an_edition_from_before_the_codes_of_three_letters_is_still_read(tmp_path: Path) -> None:
    """Columns that an older edition lacks are no reason to refuse it."""
    import shutil

    shutil.copytree(ROOT / "catalogue", tmp_path / "old")
    path = tmp_path / "old" / "jurisdictions.csv"
    kept = [c for c in ROWS[0] if c not in ("iso3", "unclear_names", "names_source")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, kept, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(ROWS)
    old = Catalogue.load(tmp_path / "old")
    assert (old.country_code("DE"), old.country_code("DEU"), old.country_code("Germany")) == ("DE", None, "DE")
