"""Results that are not known, and what one thing missing looks like."""

from collections.abc import Iterable
from typing import Any, NoReturn

from msgspec import Struct


class Lack(Struct, frozen=True):
    """One thing that an evaluation would have needed.

    `path`: the attribute (`asset.encrypted`), the variable or the function call. `reason`: `not_read` (absent),
    `null` (read, there is none, and the condition needs one), `no_such_key`, `no_such_item`, `wrong_type`,
    `not_a_date`, `overflow`, `division_by_zero`, `limit` (too many steps), or a word of the function or variable that
    could not know.
    `of`: uid of the asset that lacks it, where the record it is absent from has one. `detail`: anything that the
    function or variable passed along.
    """

    path: str
    reason: str = "not_read"
    of: str | None = None
    detail: Any = None


class Listed(list[Any]):
    """A list that a trace shows by a text of its own."""

    def __init__(self, items: Iterable[Any], told: str) -> None:
        super().__init__(items)
        self.told = told


class Absent(Exception):  # noqa: N818 - not a fault: an answer
    """Raised by a registered function, or by `__missing__` of a dict, to say: this is not known, and why."""

    def __init__(self, path: str, reason: str = "not_read", detail: Any = None) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason
        self.detail = detail

    @property
    def unknown(self) -> "Unknown":
        """The same as a result."""
        return Unknown((Lack(self.path, self.reason, None, self.detail),))


class Unknown(Struct, frozen=True, eq=False):
    """Neither true nor false: what was missing, in the order it was met. It refuses to be taken for true or false."""

    lacks: tuple[Lack, ...]

    @property
    def missing(self) -> frozenset[str]:
        """The paths of what was missing."""
        return frozenset(lack.path for lack in self.lacks)

    def __bool__(self) -> NoReturn:
        raise TypeError("an unknown result is neither true nor false")

    def __str__(self) -> str:
        return "unknown: " + ", ".join(f"{lack.path} ({lack.reason})" for lack in self.lacks)


MOST_LACKS = 20
"""How many lacks one result names."""


def lacking(path: str, reason: str, of: str | None = None) -> Unknown:
    """An unknown for one thing."""
    return Unknown((Lack(path, reason, of),))


def both(left: Unknown, right: Unknown) -> Unknown:
    """What either of two lacks, each thing once."""
    if left is right:
        return left
    found = list(left.lacks)
    for lack in right.lacks:
        if len(found) >= MOST_LACKS:
            break
        if lack not in found:
            found.append(lack)
    return Unknown(tuple(found))
