"""Countries as of a date."""

from datetime import date

import pytest

from rules.catalogue import Catalogue, DateTooEarly, UnknownCountry, worst

CATALOGUE = Catalogue.load()


@pytest.mark.parametrize(
    ("country", "day", "status", "decision"),
    [
        ("DE", "2018-05-25", "eea", "2016/679"),
        ("NO", "2018-07-19", "third_country", None),
        ("NO", "2018-07-20", "eea", "154/2018"),
        ("HR", "2019-01-01", "eea", "2016/679"),
        ("US", "2018-05-25", "adequate_partial", "Privacy Shield"),
        ("US", "2020-07-15", "adequate_partial", "Privacy Shield"),
        ("US", "2020-07-16", "third_country", "Privacy Shield"),
        ("US", "2023-07-09", "third_country", "Privacy Shield"),
        ("US", "2023-07-10", "adequate_partial", "2023/1795"),
        ("GB", "2020-01-31", "eea", "2016/679"),
        ("GB", "2020-12-31", "eea", "2016/679"),
        ("GB", "2021-01-01", "adequate", "FINPROV"),
        ("GB", "2021-06-28", "adequate", "2021/1772"),
        ("GB", "2026-11-22", "adequate", "2025/2574"),
        ("GB", "2031-12-26", "adequate", "2025/2574"),
        ("GB", "2031-12-28", "third_country", "2025/2574"),
        ("JP", "2019-01-22", "third_country", None),
        ("JP", "2019-01-23", "adequate", "2019/419"),
        ("KR", "2021-12-16", "third_country", None),
        ("KR", "2021-12-17", "adequate", "2022/254"),
        ("BR", "2026-01-25", "third_country", None),
        ("BR", "2026-01-26", "adequate", "2026/179"),
        ("CA", "2026-11-22", "adequate_partial", "2002/2/EC"),
        ("CH", "2026-11-22", "adequate", "2000/518/EC"),
        ("IN", "2026-11-22", "third_country", None),
        ("RE", "2026-11-22", "eea", "part of FR"),
        ("XX", "2026-11-22", "unknown", None),
    ],
)
def test_standing_on_a_day(country: str, day: str, status: str, decision: str | None) -> None:
    found = CATALOGUE.jurisdiction(country, date.fromisoformat(day))
    assert found.status == status
    if decision is None:
        assert found.decision is None
    else:
        assert decision in (found.decision or "")
    assert found.source or status == "unknown"


def test_a_lapsed_decision_is_named_with_its_end() -> None:
    found = CATALOGUE.jurisdiction("US", date(2021, 1, 1))
    assert found.valid_until == date(2020, 7, 15)
    assert "C-311/18" in found.note
    assert not CATALOGUE.adequacy_valid("US", date(2021, 1, 1))
    assert CATALOGUE.adequacy_valid("US", date(2024, 1, 1))
    assert not CATALOGUE.adequacy_valid("DE", date(2024, 1, 1))  # needs none
    assert not CATALOGUE.adequacy_valid("XX", date(2024, 1, 1))


def test_dates_before_the_gdpr_are_refused_with_a_sentence() -> None:
    first, before = date(2018, 5, 25), date(2018, 5, 24)
    assert CATALOGUE.jurisdiction("DE", first).status == "eea"
    assert CATALOGUE.countries("EU", first)
    assert CATALOGUE.adequacy_valid("US", first)
    with pytest.raises(DateTooEarly, match="2018-05-24 lies before 2018-05-25"):
        CATALOGUE.jurisdiction("DE", before)
    with pytest.raises(DateTooEarly):
        CATALOGUE.countries("EU", before)
    with pytest.raises(DateTooEarly):
        CATALOGUE.adequacy_valid("US", before)


def test_groups() -> None:
    now = date(2026, 11, 22)
    union, area, adequate = (CATALOGUE.countries(g, now) for g in ("EU", "eea", " Adequate "))
    territories = {"AX", "GF", "GP", "MF", "MQ", "RE", "YT"}
    assert len(union - territories) == 27
    assert territories < union
    assert area - union == {"IS", "LI", "NO"}
    assert {"CH", "JP", "GB", "BR"} <= adequate
    assert not adequate & (area | {"US", "CA"})
    assert CATALOGUE.countries("no", now) == {"NO"}
    assert "GB" in CATALOGUE.countries("EU", date(2020, 1, 31))
    assert "GB" not in CATALOGUE.countries("EU", date(2020, 2, 1))
    assert "GB" not in CATALOGUE.countries("ADEQUATE", date(2031, 12, 28))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Germny", "Did you mean DE (Germany)?"),
        ("UK", "Did you mean GB (United Kingdom)?"),
        ("usa", "Did you mean US (United States)?"),
        ("EEE", "Did you mean EEA?"),
        ("Belgien", "Did you mean BE (Belgium)?"),
        ("Island", "Did you mean IS (Iceland)?"),
        ("Griechenland", "Did you mean GR (Greece)?"),
        ("Rumänien", "Did you mean RO (Romania)?"),
        ("vereinigtes königreich", "Did you mean GB (United Kingdom)?"),
        ("Adequat", "Did you mean ADEQUATE?"),
        ("AUS", "Did you mean AU (Australia)?"),
        ("AUT", "Did you mean AT (Austria)?"),
        ("CHE", "Did you mean CH (Switzerland)?"),
        ("DEU", "Did you mean DE (Germany)?"),
    ],
)
def test_an_unknown_country_gets_a_suggestion(text: str, hint: str) -> None:
    with pytest.raises(UnknownCountry) as caught:
        CATALOGUE.countries(text, date(2026, 1, 1))
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    "text", ["AUX", "AUU", "SUI", "CHX", "DDR", "England", "Nordirland", "Schottland", "Bavaria", "Texas"]
)
def test_no_country_is_suggested_that_was_not_meant(text):
    with pytest.raises(UnknownCountry) as caught:
        CATALOGUE.countries(text, date(2026, 11, 22))
    assert "Did you mean" not in str(caught.value)


def test_names_of_countries_are_taken_exactly_or_not_at_all() -> None:
    assert CATALOGUE.country_code("gb") == "GB"
    assert CATALOGUE.country_code(" UK ") == "GB"
    assert CATALOGUE.country_code("norway") == "NO"
    assert CATALOGUE.country_code("EL") == "GR"
    assert CATALOGUE.country_code("Germny") is None
    assert CATALOGUE.country_code("EU") is None
    assert CATALOGUE.country_code("") is None


@pytest.mark.parametrize("text", ["", "X", "ZZ", "�" * 500, "E\nU", "*EU"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(UnknownCountry):
        CATALOGUE.countries(text, date(2026, 1, 1))


def test_worst_of_statuses() -> None:
    assert worst(["eea", "adequate"]) == "adequate"
    assert worst(["third_country", "adequate_partial"]) == "third_country"
    assert worst(["unknown", "eea"]) == "unknown"
    assert worst(["nonsense", "eea"]) == "unknown"
    assert worst([]) == "unknown"
