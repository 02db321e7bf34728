"""The sentence about places blames no country for what it shares a place with."""

from types import SimpleNamespace
from typing import Any, cast

from app import texts
from app.report import sentences
from app.report.source import Place
from app.report.spoken import Spoken


def held(countries: tuple[str, ...], status: str) -> Any:
    return SimpleNamespace(place=Place("x", "x", countries, status), data=1)


def test_a_country_of_the_eea_beside_a_third_country_is_not_one() -> None:
    content = SimpleNamespace(
        places=[held(("DE",), "eea"), held(("DE", "US"), "adequate_partial"), held(("IN",), "third_country")],
        countries={"DE": "Germany", "US": "United States", "IN": "India"},
    )
    said = sentences.places(cast("Any", content))
    assert "India and the United States count as third countries" in said
    assert "Germany" not in said


def test_the_first_of_many_countries_is_said_in_the_language_of_the_report() -> None:
    names = {"AT": "Austria", "BE": "Belgium"}
    source = SimpleNamespace(country=names.get)
    with texts.speaking("de"):
        place = Place("x", "34 Länder: Austria, Belgium und 32 weitere", ("AT", "BE"), "eea")
        assert Spoken(cast("Any", source)).place(place).name == "34 Länder: Österreich, Belgien und 32 weitere"
