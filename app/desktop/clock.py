"""Moments as the window shows them: in the time of this computer, with the distance from UTC beside it.

Stored moments and reports are in UTC; the distance keeps a moment on screen comparable with the one on paper.
"""

from datetime import UTC, datetime, tzinfo

from app.report import words
from app.texts import tr


def moment(value: datetime | None, zone: tzinfo | None = None) -> str:
    """`22 November 2026, 11:04 UTC+1`, or "not known". `zone`: default that of this computer, as it was on that day."""
    if value is None:
        return tr("not known")
    here = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    return f"{words.day(here.date())}, {here:%H:%M} {_distance(here)}"


def day_format() -> str:
    """How fields show a day, in the letters of QDate."""
    return tr("d MMMM yyyy")


def _distance(here: datetime) -> str:
    offset = here.utcoffset()
    minutes = 0 if offset is None else round(offset.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
