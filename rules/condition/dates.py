"""Dates as ISO 8601 text, compared as dates: by day where either side names only a day, else by instant in UTC."""

from datetime import UTC, date, datetime
from functools import lru_cache

_DAY = 10


@lru_cache(maxsize=65536)
def _moment(text: str) -> tuple[str, datetime | None]:
    """Day in UTC, and the instant where the text names one. Raises ValueError for a text that is no date."""
    if len(text) == _DAY:
        return date.fromisoformat(text).isoformat(), None
    if len(text) > 40 or text[_DAY : _DAY + 1] not in ("T", " ", "t"):
        raise ValueError("not an ISO 8601 date")
    instant = datetime.fromisoformat(text)
    instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return instant.date().isoformat(), instant


def moment(value: object) -> tuple[str, datetime | None]:
    """Day in UTC and instant of an ISO 8601 text, date or datetime; a time without zone counts as UTC.

    Raises ValueError for a text that is no date, TypeError for any other value.
    """
    if isinstance(value, str):
        return _moment(value)
    if isinstance(value, date):
        return _moment(value.isoformat())
    raise TypeError("not a date")


def is_date(text: str) -> bool:
    """Whether the text is a date or a time."""
    try:
        _moment(text)
    except (ValueError, OverflowError):
        return False
    return True


def compare(left: object, right: object) -> int:
    """-1, 0 or 1 as the left date is before, equal to or after the right one. Raises as `moment` does."""
    if type(left) is str and left == right:
        moment(left)
        return 0
    first, second = moment(left), moment(right)
    if first[1] is None or second[1] is None:
        return (first[0] > second[0]) - (first[0] < second[0])
    return (first[1] > second[1]) - (first[1] < second[1])
