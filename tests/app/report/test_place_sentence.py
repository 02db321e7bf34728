"""The sentence about places blames no country for what it shares a place with."""

from types import SimpleNamespace
from typing import Any, cast

from app.report import sentences
from app.report.source import Place


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
