"""Typed reading of members of documents that came from outside.

Each function looks up a dotted path and returns the value if it has the wanted type, else `None`: a member of the wrong
type counts as not read, never as a default. `None` therefore means "absent, null or of another type"; where null itself
is an answer ("read, and there is none"), ask `is_null`. Nothing here raises on any document that JSON can hold.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

_ABSENT: Final = object()
_steps: dict[str, tuple[str, ...]] = {}
_LARGEST: Final = 2**63 - 1  # what the database can hold


def member(document: Any, path: str) -> Any:
    """The value at a dotted path (`properties.encryption.keySource`), or None where a step is absent or null."""
    value = _find(document, path)
    return None if value is _ABSENT else value


def has(document: Any, path: str) -> bool:
    """Whether the member is in the document at all, be it as null."""
    return _find(document, path) is not _ABSENT


def is_null(document: Any, path: str) -> bool:
    """Whether the member is in the document as an explicit null."""
    return _find(document, path) is None


def text(document: Any, path: str) -> str | None:
    """A string with at least one visible character, stripped."""
    value = _find(document, path)
    return (value.strip() or None) if isinstance(value, str) else None


def word(document: Any, path: str) -> str | None:
    """Like `text`, in lower case: for comparing words that providers spell with varying case."""
    value = text(document, path)
    return None if value is None else value.lower()


def flag(document: Any, path: str) -> bool | None:
    """True or false; strings and numbers are not flags."""
    value = _find(document, path)
    return value if isinstance(value, bool) else None


def number(document: Any, path: str) -> int | None:
    """A whole number of at most 63 bits; `3.0` counts, `true` and `"3"` do not."""
    value = _find(document, path)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
        return value
    return None


def record(document: Any, path: str) -> Mapping[str, Any] | None:
    """An object."""
    value = _find(document, path)
    return cast("Mapping[str, Any]", value) if type(value) is dict or isinstance(value, Mapping) else None


def records(document: Any, path: str) -> list[Mapping[str, Any]] | None:
    """The objects of a list, other elements left out; None where there is no list. An empty list is an answer."""
    value = _find(document, path)
    if not isinstance(value, list | tuple):
        return None
    elements = cast("list[Any]", value)
    return [cast("Mapping[str, Any]", element) for element in elements if isinstance(element, Mapping)]


def texts(document: Any, path: str) -> list[str] | None:
    """The non-empty strings of a list, without elements of other types; None where there is no list."""
    value = _find(document, path)
    if not isinstance(value, list | tuple):
        return None
    elements = cast("list[Any]", value)
    return [element.strip() for element in elements if isinstance(element, str) and element.strip()]


def labels(document: Any, path: str) -> dict[str, str] | None:
    """A map of text to text (tags, labels): numbers and flags become text, other values are left out."""
    value = record(document, path)
    if value is None:
        return None
    return {
        str(key): _label(item) for key, item in value.items() if item is None or isinstance(item, str | int | float)
    }


def moment(document: Any, path: str) -> datetime | None:
    """An ISO 8601 time in UTC; one without offset is taken as UTC; years before 1900 mean "never" and give None."""
    value = text(document, path)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return parsed if parsed.year >= 1900 else None


def date_text(document: Any, path: str) -> str | None:
    """The same as `moment`, as ISO 8601 text: the form that attributes of type `date` have."""
    value = moment(document, path)
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def put(attributes: dict[str, Any], name: str, value: Any) -> None:
    """Sets the attribute unless the value is None: what was not read stays absent."""
    if value is not None:
        attributes[name] = value


def _find(document: Any, path: str) -> Any:
    steps = _steps.get(path)
    if steps is None:
        steps = _steps[path] = tuple(path.split("."))  # paths are constants of normalisers: there are few
    value = document
    for step in steps:
        # Decoded documents consist of plain dicts; the check for other mappings is slow.
        if type(value) is not dict and not isinstance(value, Mapping):
            return _ABSENT
        value = cast("Mapping[str, Any]", value).get(step, _ABSENT)
    return value


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
