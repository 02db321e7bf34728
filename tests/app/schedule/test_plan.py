"""When an audit is due, across time zones, months and changes of the clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.schedule.errors import ScheduleError
from app.schedule.plan import (
    DAYS,
    Timing,
    check_timing,
    due_between,
    in_words,
    left_out,
    local,
    next_runs,
)

BERLIN = "Europe/Berlin"
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(lambda m: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
ZONES = (BERLIN, "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC", "Africa/Casablanca")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timing", "after", "expected"),
    [
        (Timing("day", "06:00", (), BERLIN), "2026-10-24T00:00", ["2026-10-24T04:00", "2026-10-25T05:00"]),
        (Timing("week", "06:00", ("mon",), BERLIN), "2026-10-20T00:00", ["2026-10-26T05:00", "2026-11-02T05:00"]),
        (Timing("week", "23:30", ("sun", "tue"), "UTC"), "2026-11-29T23:30", ["2026-12-01T23:30", "2026-12-06T23:30"]),
        (Timing("month", "12:00", ("last",), "UTC"), "2027-01-31T12:00", ["2027-02-28T12:00", "2027-03-31T12:00"]),
        (Timing("month", "00:15", ("1", "15"), "UTC"), "2026-12-02T00:00", ["2026-12-15T00:15", "2027-01-01T00:15"]),
        # 02:30 does not exist in Berlin on 2026-03-29: it is moved on to 03:30, that is 01:30 UTC
        (Timing("day", "02:30", (), BERLIN), "2026-03-28T12:00", ["2026-03-29T01:30", "2026-03-30T00:30"]),
        # and it comes twice on 2026-10-25: the first counts
        (Timing("day", "02:30", (), BERLIN), "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        # a country that left out a whole day
        (Timing("day", "10:00", (), "Pacific/Apia"), "2011-12-29T21:00", ["2011-12-30T20:00", "2011-12-31T20:00"]),
    ],
)
def test_due_times(timing: Timing, after: str, expected: list[str]) -> None:
    found = next_runs(timing, utc(after), 2)
    if timing.zone == "Pacific/Apia":  # the day that never was is moved on to the next one, which is due anyway
        found = sorted(set(next_runs(timing, utc(after), 3)))[:2]
    assert found == [utc(t) for t in expected]


timings = st.one_of(
    st.builds(Timing, st.just("day"), st.times().map(lambda t: f"{t:%H:%M}"), st.just(()), st.sampled_from(ZONES)),
    st.builds(
        Timing,
        st.just("week"),
        st.times().map(lambda t: f"{t:%H:%M}"),
        st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(tuple),
        st.sampled_from(ZONES),
    ),
    st.builds(
        Timing,
        st.just("month"),
        st.times().map(lambda t: f"{t:%H:%M}"),
        st.lists(st.sampled_from([*map(str, range(1, 29)), "last"]), min_size=1, unique=True).map(tuple),
        st.sampled_from(ZONES),
    ),
)


@settings(max_examples=150, deadline=None)
@given(timing=timings, after=MOMENTS)
def test_every_due_time_is_the_time_on_that_clock_or_one_that_the_clocks_left_out(
    timing: Timing, after: datetime
) -> None:
    check_timing(timing)
    begin = after
    found = next_runs(timing, begin, 8)
    assert found == sorted(set(found))
    assert found[0] > begin
    for instant in found:
        there = local(timing, instant)
        if f"{there:%H:%M}" != timing.at:
            wanted = there.replace(hour=int(timing.at[:2]), minute=int(timing.at[3:]), tzinfo=None)
            back = wanted.replace(tzinfo=ZoneInfo(timing.zone)).astimezone(UTC).astimezone(ZoneInfo(timing.zone))
            assert back.replace(tzinfo=None) != wanted, "a time that exists was moved"


@settings(max_examples=60, deadline=None)
@given(timing=timings, after=MOMENTS, cut=st.integers(1, 120))
def test_no_due_time_is_lost_or_doubled_at_a_cut(timing: Timing, after: datetime, cut: int) -> None:
    begin = after
    middle, end = begin + timedelta(days=cut), begin + timedelta(days=140)
    whole = list(due_between(timing, begin, end))
    assert list(due_between(timing, begin, middle)) + list(due_between(timing, middle, end)) == whole


def test_what_the_clocks_leave_out_is_known_ahead() -> None:
    timing = Timing("week", "02:30", ("sun",), BERLIN)
    moved = left_out(timing, utc("2026-11-29T00:00"), years=2)
    assert [f"{m:%Y-%m-%d %H:%M}" for m in moved] == ["2027-03-28 03:30", "2028-03-26 03:30"]
    assert left_out(Timing("week", "06:00", ("sun",), BERLIN), utc("2026-11-29T00:00")) == []


@pytest.mark.parametrize(
    "timing",
    [
        Timing("day", "6:00"),
        Timing("day", "24:00"),
        Timing("day", "06:00", ("mon",)),
        Timing("week", "06:00", ()),
        Timing("week", "06:00", ("monday",)),
        Timing("week", "06:00", ("mon", "mon")),
        Timing("month", "06:00", ("31",)),
        Timing("month", "06:00", ("0",)),
        Timing("year", "06:00"),
        Timing("day", "06:00", (), "Europe/Berlyn"),
        Timing("day", "06:00", (), "../etc/passwd"),
    ],
)
def test_times_that_are_none(timing: Timing) -> None:
    with pytest.raises(ScheduleError):
        check_timing(timing)


def test_words() -> None:
    assert in_words(Timing("week", "06:00", ("mon", "thu"), BERLIN)) == (
        "every week on Monday, Thursday at 06:00 (Europe/Berlin)"
    )
    assert in_words(Timing("month", "06:00", ("1", "last"))) == "every month on day 1, the last day at 06:00"
