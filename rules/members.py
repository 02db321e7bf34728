"""Reading the members of a rule file with sentences for what is wrong."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, NoReturn

from msgspec import to_builtins

from rules.rule import RuleError
from rules.yamlread import Mapping, Part, Sequence, Text
from scanners.model import Location, LocationKind

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?")
_NULL: Final = ("null", "~", "")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one."""
    found = get_close_matches(word[:100], list(known), 1, 0.6)
    return found[0] if found else None


class Members:
    """One mapping of a file. Each reader checks what it reads; `finish` reports members nobody asked for."""

    def __init__(self, file: str, what: str, part: Part | None, line: int = 1) -> None:
        if not isinstance(part, Mapping):
            raise RuleError(file, line if part is None else part.line, f"{what} must be a mapping of names to values.")
        self.file = file
        self.what = what
        self.map = part
        self.line = part.line
        self._asked: set[str] = set()

    def wrong(self, name: str | None, message: str, suggestion: str | None = None) -> NoReturn:
        """Raise RuleError at the line of a member."""
        raise RuleError(self.file, self.line_of(name), f"{self.what}: {message}", suggestion)

    def line_of(self, name: str | None) -> int:
        """The line a member starts in."""
        return self.map.key_lines.get(name or "", self.line)

    def has(self, name: str) -> bool:
        """Whether the member is there."""
        self._asked.add(name)
        return name in self.map

    def part(self, name: str) -> Part | None:
        """The member as it is."""
        self._asked.add(name)
        return self.map.get(name)

    def maybe(self, name: str) -> Text | None:
        """A text, or None if the member is left out."""
        part = self.part(name)
        if part is None:
            return None
        if not isinstance(part, Text):
            self.wrong(name, f'"{name}" must be a text.')
        return part

    def text(self, name: str, most: int = 1000) -> Text:
        """A text that must be there, not empty and at most so long."""
        part = self.maybe(name)
        if part is None or not part.strip():
            self.wrong(name, f'"{name}" is missing.' if part is None else f'"{name}" is empty.')
        if len(part) > most:
            self.wrong(name, f'"{name}" has {len(part)} characters; at most {most} are allowed.')
        return part

    def word(self, name: str, known: Collection[str], default: str | None = None) -> str:
        """One of the known words."""
        part = self.maybe(name)
        if part is None and default is not None:
            return default
        if part is None:
            self.wrong(name, f'"{name}" is missing.')
        self.known(name, part, known)
        return str(part)

    def known(self, name: str, word: str, known: Collection[str]) -> None:
        """Check that a word is known."""
        if word not in known:
            shown = ", ".join(sorted(known)[:12]) + (", …" if len(known) > 12 else "")
            self.wrong(name, f'"{word[:80]}" is not known for "{name}" ({shown}).', nearest(word, known))

    def flag(self, name: str) -> bool | None:
        """true or false, or None if the member is left out."""
        part = self.maybe(name)
        if part is None:
            return None
        if part not in ("true", "false"):
            self.wrong(name, f'"{name}" must be true or false, not "{part[:40]}".')
        return part == "true"

    def day(self, name: str) -> date | None:
        """A date, or None if the member is left out."""
        part = self.maybe(name)
        if part is None:
            return None
        try:
            return date.fromisoformat(part)
        except ValueError:
            self.wrong(name, f'"{name}" must be a date like 2026-11-22, not "{part[:40]}".')

    def texts(self, name: str) -> tuple[Text, ...]:
        """A list of texts; empty if the member is left out; a single text counts as a list of one."""
        part = self.part(name)
        if part is None:
            return ()
        if isinstance(part, Text):
            return (part,)
        if not isinstance(part, Sequence) or not all(isinstance(item, Text) for item in part):
            self.wrong(name, f'"{name}" must be a list of texts.')
        return tuple(part)

    def list(self, name: str) -> Iterator["Members"]:
        """Each mapping of a list; nothing if the member is left out."""
        part = self.part(name)
        if part is None:
            return
        if not isinstance(part, Sequence):
            self.wrong(name, f'"{name}" must be a list.')
        for number, item in enumerate(part, 1):
            yield Members(self.file, f"{self.what}, {name} {number}", item, part.line)

    def rest(self) -> dict[str, Part]:
        """Members that nobody asked for yet."""
        return {name: part for name, part in self.map.items() if name not in self._asked}

    def finish(self, known: Iterable[str] = ()) -> None:
        """Raise RuleError for a member that nobody asked for."""
        for name in self.rest():
            self.wrong(name, f'there is no member "{name[:80]}".', nearest(name, {*self._asked, *known}))


def typed(members: Members, name: str, part: Any, type_: str) -> Any:
    """A part as a value of a type of the schema (`bool`, `list[{from: str, port: int}]`, …). Raises RuleError."""

    def no(what: str) -> NoReturn:
        shown = f', not "{part[:40]}"' if isinstance(part, Text) else ""
        members.wrong(name, f'"{name}" must be {what}{shown}.')

    if type_ == "place":
        place = location(members, name, part)
        return None if place is None else to_builtins(place)
    words = "|" in type_ and not type_.startswith(("list[", "{"))
    if isinstance(part, Text) and not part.quoted and part in _NULL and not words:
        return None
    if type_.startswith("list["):
        if not isinstance(part, Sequence):
            no("a list")
        return [typed(members, name, item, type_[5:-1]) for item in part]
    if type_.startswith("{"):
        if not isinstance(part, Mapping):
            no("a mapping")
        fields = fields_of(type_)
        for key in part:
            if key not in fields:
                members.wrong(name, f'"{name}" has no field "{key[:40]}".', nearest(key, fields))
        return {key: typed(members, name, value, fields[key]) for key, value in part.items()}
    if type_ == "map":
        if not isinstance(part, Mapping) or not all(isinstance(v, Text) for v in part.values()):
            no("a mapping of texts")
        return {key: str(value) for key, value in part.items()}
    if not isinstance(part, Text):
        no(f"of type {type_}")
    if words:
        members.known(name, part, type_.split("|"))
        return str(part)
    if type_ == "bool":
        if part not in ("true", "false"):
            no("true or false")
        return part == "true"
    if type_ == "int":
        return int(part) if _INTEGER.fullmatch(part) else no("a whole number")
    if type_ == "float":
        return float(part) if _NUMBER.fullmatch(part) else no("a number")
    return str(part)


def location(members: Members, name: str, part: Any) -> Location | None:
    """A place as rule files write it: a region, `global`, `unknown`, `on_prem`, a mapping of `Location`, or null."""
    if isinstance(part, Text):
        if part in _NULL:
            return None
        if part in ("global", "unknown", "on_prem"):
            return Location(LocationKind(str(part)))
        return Location(LocationKind.REGION, region=str(part))
    inner = Members(members.file, f"{members.what}, {name}", part, members.line_of(name))
    kind = LocationKind(inner.word("kind", {str(k) for k in LocationKind}, "region"))
    fields = {n: str(t) for n in ("region", "zone", "service", "country", "site") if (t := inner.maybe(n)) is not None}
    evidence = inner.word("evidence", ("native", "declared", "metadata_only"), "native")
    members_ = tuple(str(m) for m in inner.texts("members"))
    inner.finish()
    return Location(kind, members=members_, evidence=evidence, **fields)


def fields_of(type_: str) -> dict[str, str]:
    """`{name: str, covers: list[str]}` → name → type; nested braces count as one."""
    found: dict[str, str] = {}
    depth = 0
    start = 1
    text = type_
    for at in range(1, len(text)):
        letter = text[at]
        if (letter == "," and depth == 0) or at == len(text) - 1:
            name, _, inner = text[start:at].partition(":")
            found[name.strip()] = inner.strip()
            start = at + 1
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
    return found
