"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.days import day_in
from app.report import words
from app.texts import languages, speaking


@pytest.mark.parametrize(
    "text", ["2026-03-04", "04.03.2026", "4.3.2026", "4. 3. 2026", "4. März 2026", "4 march 2026", " 4.  MÄRZ  2026 "]
)
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    assert day_in(text) == date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "03/04/2026",
            "3-4-2026",
            "03.04.26",
            "31.02.2026",
            "4. Maerz 2026",
            "March 4 2026",
            "4. 2026",
            "",
            "x",
            "2026",
        ),
        *("²3.04.2026", "٤. März 2026"),
    ],
)
def test_what_may_be_another_day_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        day_in(text)


@given(st.dates(date(1000, 1, 1)), st.sampled_from(languages()))
def test_a_day_of_a_report_can_be_written_into_a_register(day: date, language: str) -> None:
    with speaking(language):
        assert day_in(words.day(day)) == day
    assert day_in(f"{day:%d.%m.%Y}") == day_in(day.isoformat()) == day
