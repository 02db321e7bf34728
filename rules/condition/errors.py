"""Where a condition stands, and the one error that a condition with a fault raises."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Where:
    """The file a condition was read from and the place of its first character (lines and columns count from 1)."""

    file: str = "condition"
    line: int = 1
    column: int = 1


class ConditionError(Exception):
    """A condition that cannot be used. Its text is one sentence: file, line, column, what is wrong, what was meant.

    `name` is the attribute, function or word at fault, where there is one; `suggestion` is what was probably meant.
    """

    def __init__(
        self,
        where: Where,
        source: str,
        offset: int,
        message: str,
        name: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        before = source[:offset]
        newlines = before.count("\n")
        self.file = where.file
        self.line = where.line + newlines
        self.column = len(before) - before.rfind("\n") if newlines else where.column + len(before)
        self.message = message
        self.name = name
        self.suggestion = suggestion
        hint = f' Did you mean "{suggestion}"?' if suggestion else ""
        super().__init__(f"{self.file}, line {self.line}, column {self.column}: {message}{hint}")


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like this one, or None if none comes near."""
    found = get_close_matches(name[:100], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def shown(text: str, limit: int = 60) -> str:
    """A piece of untrusted text fit for a message: cut, and with characters that do not print written as escapes."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
