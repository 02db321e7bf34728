"""When an audit is due: days and a time on the clock of a place, worked out in UTC.

A time that a change of the clocks leaves out (02:30 on the night when summer time begins) is moved on by the change;
one that comes twice counts the first time.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from app.job import Job
from app.schedule.errors import ScheduleError
from app.texts import tr

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST: Final = "last"
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)


class Timing(Struct, frozen=True, forbid_unknown_fields=True):
    """When: every `day`, `week` or `month` at `at` (HH:MM).

    `days`: of the week (`mon` … `sun`), or of the month (`1` … `28`, `last`). `zone`: an IANA name such as
    `Europe/Berlin`; empty: the clock of the computer, wherever it travels.
    """

    every: str
    at: str
    days: tuple[str, ...] = ()
    zone: str = ""


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An audit that the operating system starts.

    `made`: when it was added, ISO 8601 in UTC; nothing before it was due. `on_battery`: whether it may run without
    mains power. `wake`: whether the computer is woken for it (Windows). `limit_hours`: it is ended after so long.
    `wait_hours`: how long it waits for power and network before it is skipped. `notify`: whether people are told.
    `external`: another scheduler (cron, a CI system) starts it by `situs schedule run NAME --by clock`.
    """

    name: str
    timing: Timing
    job: Job
    made: str
    on_battery: bool = False
    wake: bool = True
    limit_hours: int = 12
    wait_hours: int = 4
    notify: bool = True
    external: bool = False


def check(schedule: Schedule) -> None:
    """Raises ScheduleError for a name or a time that is none."""
    if not _NAME.fullmatch(schedule.name) or schedule.name in _DEVICES:
        raise ScheduleError(
            tr(
                "{name!r} cannot name a schedule: a name has 1 to 40 lower-case letters, digits and hyphens, and "
                "begins and ends with a letter or digit."
            ).format(name=schedule.name[:60])
        )
    check_timing(schedule.timing)
    if not 1 <= schedule.limit_hours <= 72 or not 0 <= schedule.wait_hours <= 24:
        raise ScheduleError(tr("A run may last 1 to 72 hours, and wait for power and network for 0 to 24."))


def check_timing(timing: Timing) -> None:
    """Raises ScheduleError for a time that is none."""
    if not _TIME.fullmatch(timing.at):
        raise ScheduleError(tr("{at!r} is no time: it is written as 06:00, from 00:00 to 23:59.").format(at=timing.at))
    allowed: tuple[str, ...] = {
        "day": (),
        "week": DAYS,
        "month": (*map(str, range(1, 29)), LAST),
    }.get(timing.every, ("",))
    if allowed == ("",):
        raise ScheduleError(tr("An audit is due every `day`, `week` or `month`."))
    wrong = [d for d in timing.days if d not in allowed]
    if wrong or (timing.every != "day" and not timing.days) or len(set(timing.days)) != len(timing.days):
        raise ScheduleError(
            tr("Days of the week are written as mon, tue, … sun; days of the month as 1 to 28 or last (each once).")
        )
    if timing.zone and timing.zone not in available_timezones():
        raise ScheduleError(
            tr("{zone!r} is no time zone; one is written as Europe/Berlin. Leave it out for this computer's.").format(
                zone=timing.zone[:60]
            )
        )


def due_between(timing: Timing, after: datetime, until: datetime) -> Iterator[datetime]:
    """Instants (UTC) when it is due, later than `after` and not later than `until`, in order."""
    hour, minute = (int(part) for part in timing.at.split(":"))
    day = local(timing, after).date() - timedelta(days=1)
    last = local(timing, until).date() + timedelta(days=1)
    while day <= last:
        if _is_day(timing, day):
            instant = instant_of(timing, datetime.combine(day, time(hour, minute)))
            if after < instant <= until:
                yield instant
        day += timedelta(days=1)


def next_runs(timing: Timing, after: datetime, count: int = 5) -> list[datetime]:
    """The next instants (UTC) when it is due."""
    found: list[datetime] = []
    begin = after
    while len(found) < count:
        end = begin + timedelta(days=62)
        found += due_between(timing, begin, end)
        begin = end
    return found[:count]


def left_out(timing: Timing, after: datetime, years: int = 5) -> list[datetime]:
    """Local times that a change of the clocks moves, as they will be then; without zone."""
    hour, minute = (int(part) for part in timing.at.split(":"))
    told: list[datetime] = []
    for instant in due_between(timing, after, after + timedelta(days=366 * years)):
        there = local(timing, instant).replace(tzinfo=None)
        if (there.hour, there.minute) != (hour, minute):
            told.append(there)
    return told


def local(timing: Timing, instant: datetime) -> datetime:
    """An instant on the clock that the schedule goes by."""
    return instant.astimezone(ZoneInfo(timing.zone) if timing.zone else None)


def instant_of(timing: Timing, there: datetime) -> datetime:
    """The instant (UTC) of a local time: the first of two, and moved on where the clocks leave it out."""
    if timing.zone:
        return there.replace(tzinfo=ZoneInfo(timing.zone)).astimezone(UTC)
    return there.astimezone(UTC)


def in_words(timing: Timing) -> str:
    """As people say it: `every Monday and Thursday at 06:00 (Europe/Berlin)`."""
    names = {
        "mon": tr("Monday"),
        "tue": tr("Tuesday"),
        "wed": tr("Wednesday"),
        "thu": tr("Thursday"),
        "fri": tr("Friday"),
        "sat": tr("Saturday"),
        "sun": tr("Sunday"),
        LAST: tr("the last day"),
    }
    days = ", ".join(names.get(d, tr("day {n}").format(n=d)) for d in timing.days)
    text = {
        "day": tr("every day at {at}"),
        "week": tr("every week on {days} at {at}"),
        "month": tr("every month on {days} at {at}"),
    }[timing.every].format(days=days, at=timing.at)
    return f"{text} ({timing.zone})" if timing.zone else text


def _is_day(timing: Timing, day: date) -> bool:
    if timing.every == "day":
        return True
    if timing.every == "week":
        return DAYS[day.weekday()] in timing.days
    return str(day.day) in timing.days or (LAST in timing.days and day.day == monthrange(day.year, day.month)[1])
