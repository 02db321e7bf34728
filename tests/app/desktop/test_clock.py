"""Moments on screen: local time, comparable with the UTC of reports."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.desktop.clock import moment

WINTER = datetime(2026, 11, 22, 10, 4, tzinfo=UTC)
SUMMER = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "zone", "text"),
    [
        (WINTER, "Europe/Berlin", "22 November 2026, 11:04 UTC+1"),
        (SUMMER, "Europe/Berlin", "1 July 2026, 01:30 UTC+2"),
        (WINTER, "Asia/Kolkata", "22 November 2026, 15:34 UTC+5:30"),
        (WINTER, "America/St_Johns", "22 November 2026, 06:34 UTC−3:30"),
        (WINTER, "UTC", "22 November 2026, 10:04 UTC"),
        (WINTER.replace(tzinfo=None), "Europe/Berlin", "22 November 2026, 11:04 UTC+1"),
    ],
)
def test_local_time_names_its_distance(value: datetime, zone: str, text: str) -> None:
    assert moment(value, ZoneInfo(zone)) == text


def test_a_moment_that_is_not_known() -> None:
    assert moment(None) == "not known"
