"""Reading the TOML text of a policy: values checked one by one, each problem with its line and what would be right."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, cast

from rules.catalogue import Catalogue, UnknownCountry
from rules.catalogue.records import shown
from rules.policy.fields import RECORDS, UNIQUE
from rules.policy.lines import Lines
from rules.policy.records import CLASSES, CUSTODY

MOST_BYTES: Final = 4 * 1024 * 1024
"""The size of the largest policy that is read."""
_MOST_PROBLEMS: Final = 20
_MOST_ENTRIES: Final = 100_000
_LONGEST_TEXT: Final = 4_000
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

Path = tuple[str | int, ...]


class PolicyError(Exception):
    """The policy cannot be used. One line for each problem: file, line, key, what is wrong, what is right."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Wrong(Exception):  # noqa: N818 - never leaves the reader
    """One value is wrong; the problem is already noted."""


def parse(body: bytes, name: str) -> tuple[dict[str, Any], Lines]:
    """The tables of a TOML text and where each key stands. Raises PolicyError with line and column."""
    if len(body) > MOST_BYTES:
        raise PolicyError([f"{name}: the policy is larger than {MOST_BYTES // 1024 // 1024} MB; is it the right file?"])
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise PolicyError(
            [f"{name}, line {line}: this is not UTF-8 text. Save the file as UTF-8 and try again."]
        ) from error
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([_syntax(name, text, str(error))]) from error
    except RecursionError as error:
        raise PolicyError([f"{name}: lists or tables are nested too deeply to be a policy."]) from error


def _syntax(name: str, text: str, message: str) -> str:
    found = _PLACE.search(message)
    what = _PLACE.sub("", message)
    number = int(found[1]) if found and found[1] else text.count("\n") + 1
    lines = text.split("\n")
    excerpt = shown(lines[number - 1].strip(), 80) if 0 < number <= len(lines) else ""
    quoted = f" “{excerpt}”." if excerpt else ""
    hint = 'Texts stand in quotes, lists in square brackets: name = "text", names = ["a", "b"].'
    return f"{name}, line {number}: this is not valid TOML ({what}).{quoted} {hint}"


class Reader:
    """Checks values against the types of `fields` and collects what is wrong."""

    def __init__(self, name: str, lines: Lines, catalogue: Catalogue, as_of: date) -> None:
        self._name = name
        self._lines = lines
        self._catalogue = catalogue
        self._as_of = as_of
        self._providers = sorted({*catalogue.providers, "kubernetes", "on_prem"})
        self.problems: list[str] = []

    def wrong(self, at: Path, what: str, value: object = None) -> Wrong:
        """Notes a problem at a key and gives the exception to raise. Raises PolicyError when there are too many."""
        line = self._lines.line(at, value if isinstance(value, str) else None)
        self.problems.append(f"{self._name}, line {line}: {_dotted(at)}: {what}")
        if len(self.problems) >= _MOST_PROBLEMS:
            raise PolicyError([*self.problems, f"{self._name}: there may be more; these come first."])
        return Wrong()

    def read(self, type_: str, value: Any, at: Path) -> Any:
        """The value in its type. Raises Wrong after noting what is wrong."""
        match type_:
            case "text":
                return self._text(value, at)
            case "bool":
                if not isinstance(value, bool):
                    raise self.wrong(at, f"{_shown(value)} must be true or false, without quotes.", value)
                return value
            case "days":
                return self._whole(value, at, "a whole number of days", 0, 100_000)
            case "level":
                return self._whole(value, at, "a level from 0 to 4", 0, 4)
            case "share":
                return self._number(value, at, "a share from 0 to 1, such as 0.8", 0.0, 1.0)
            case "number":
                return self._number(value, at, "a number above 0", 0.0, 1e40)
            case "date":
                return self._date(value, at)
            case "class":
                return self._word(value, at, CLASSES, "data class")
            case "custody":
                return self._word(value, at, CUSTODY, "level of key custody")
            case "country":
                return self._country(value, at)
            case "provider":
                return self._word(value, at, self._providers, "provider")
            case "places":
                return self._places(value, at)
            case _:
                return self._composed(type_, value, at)

    def record(self, kind: str, value: Any, at: Path) -> dict[str, Any]:
        """The members of one entry. Raises Wrong after noting every problem in it."""
        if not isinstance(value, dict):
            raise self.wrong(at, f"must be a table of {', '.join(RECORDS[kind])}.", value)
        given, members, found = cast("dict[str, Any]", value), RECORDS[kind], dict[str, Any]()
        failed: Wrong | None = None
        for name, item in given.items():
            if name not in members:
                failed = self.unknown(name, (*at, name), members, "here")
                continue
            try:
                found[name] = self.read(members[name].removesuffix("!"), item, (*at, name))
            except Wrong as wrong:
                failed = wrong
        for name, type_ in members.items():
            if type_.endswith("!") and name not in given:
                failed = self.wrong(at, f"`{name}` is missing.")
        if failed is not None:
            raise failed
        return found

    def unknown(self, name: str, at: Path, allowed: Iterable[str], where: str) -> Wrong:
        """Notes a key that does not exist."""
        names = list(allowed)
        close = difflib.get_close_matches(name[:60].lower().replace("-", "_"), names, n=1, cutoff=0.6)
        hint = f" Did you mean `{close[0]}`?" if close else f" Known {where}: {', '.join(sorted(names))}."
        return self.wrong(at, f"`{shown(name, 60)}` is not a setting of the policy.{hint}")

    def _text(self, value: Any, at: Path) -> str:
        if not isinstance(value, str):
            raise self.wrong(at, f'{_shown(value)} must be a text in quotes, such as "{_plain(value)}".', value)
        if not value.strip() or len(value) > _LONGEST_TEXT:
            raise self.wrong(at, f"must be a text of 1 to {_LONGEST_TEXT} characters.", value)
        return value

    def _whole(self, value: Any, at: Path, what: str, least: int, most: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(at, f"{_shown(value)} must be {what}, without quotes.", value)
        return value

    def _number(self, value: Any, at: Path, what: str, least: float, most: float) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(at, f"{_shown(value)} must be {what}, without quotes.", value)
        return float(value)

    def _date(self, value: Any, at: Path) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self.wrong(at, f"{_shown(value)} is not a date; write year-month-day, such as 2027-03-31.", value)

    def _word(self, value: Any, at: Path, words: Iterable[str], what: str) -> str:
        allowed = list(words)
        if isinstance(value, str) and value in allowed:
            return value
        guess = _plain(value).lower().replace(" ", "_").replace("-", "_")
        close = difflib.get_close_matches(guess, allowed, n=1, cutoff=0.5)
        hint = f" Did you mean “{close[0]}”?" if close else ""
        raise self.wrong(at, f"{_shown(value)} is not a {what}. Allowed: {', '.join(allowed)}.{hint}", value)

    def _country(self, value: Any, at: Path) -> str:
        text = self._text(value, at)
        if text.strip().upper() in self._catalogue.country_codes:
            return text.strip().upper()
        if text.strip().upper() in ("EU", "EEA", "ADEQUATE"):
            raise self.wrong(at, f"{_shown(value)} is a group; name one country by its code (two letters).", value)
        raise self.wrong(at, self._advice(text), value)

    def _places(self, value: Any, at: Path) -> frozenset[str]:
        found: set[str] = set()
        failed: Wrong | None = None
        for number, item in enumerate(self._list(value, at)):
            try:
                found |= self._catalogue.countries(self._text(item, (*at, number)), self._as_of)
            except UnknownCountry as error:
                failed = self.wrong((*at, number), str(error), item)
            except Wrong as wrong:
                failed = wrong
        if failed is not None:
            raise failed
        return frozenset(found)

    def _advice(self, text: str) -> str:
        try:
            self._catalogue.countries(text, self._as_of)
        except UnknownCountry as error:
            return str(error)
        return f"“{shown(text, 60)}” is not a country code."

    def _list(self, value: Any, at: Path) -> list[Any]:
        if not isinstance(value, list):
            raise self.wrong(at, f"must be a list in square brackets, such as [{_shown(value)}].", value)
        items = cast("list[Any]", value)
        if len(items) > _MOST_ENTRIES:
            raise self.wrong(at, f"has more than {_MOST_ENTRIES} entries.")
        return items

    def _composed(self, type_: str, value: Any, at: Path) -> Any:
        head, inner = type_[:-1].split("(" if type_.endswith(")") else "[", 1)
        if head == "word":
            return self._word(value, at, inner.split("|"), "word that is allowed here")
        if head == "list":
            return tuple(self._each(inner, self._list(value, at), at))
        if head == "map":
            return self._map(inner, value, at)
        if head == "table":
            return self.record(inner, value, at)
        entries = self._each(f"table[{inner}]", self._list(value, at), at)
        self._differ(inner, entries, at)
        return tuple(entries)

    def _each(self, type_: str, items: list[Any], at: Path) -> list[Any]:
        found, failed = list[Any](), None
        for number, item in enumerate(items):
            try:
                found.append(self.read(type_, item, (*at, number)))
            except Wrong as wrong:
                failed = wrong
        if failed is not None:
            raise failed
        return found

    def _map(self, inner: str, value: Any, at: Path) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(at, f"must be a table: a heading [{_dotted(at)}] with lines below it.", value)
        key_type, item_type = inner.split(",", 1)
        found, failed = dict[str, Any](), None
        for key, item in cast("dict[str, Any]", value).items():
            try:
                found[self.read(key_type, key, (*at, key))] = self.read(item_type, item, (*at, key))
            except Wrong as wrong:
                failed = wrong
        if failed is not None:
            raise failed
        return found

    def _differ(self, kind: str, entries: list[Any], at: Path) -> None:
        member, seen, failed = UNIQUE.get(kind), set[str](), None
        for number, entry in enumerate(entries):
            key = cast("dict[str, str]", entry)[member] if member else str(number)
            same = key.casefold() if kind == "Account" else key  # assets find their account whatever its case
            if same in seen:
                failed = self.wrong(
                    (*at, number, member or ""), f"“{shown(key, 60)}” is used twice; each {member} must differ.", key
                )
            seen.add(same)
        if failed is not None:
            raise failed


def _dotted(at: Path) -> str:
    text = ""
    for step in at:
        text += f"[{step + 1}]" if isinstance(step, int) else (f".{shown(step, 60)}" if text else shown(step, 60))
    return text


def _plain(value: Any) -> str:
    return shown(str(value), 60)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return f'"{shown(value, 60)}"' if isinstance(value, str) else _plain(value)
