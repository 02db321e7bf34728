"""Where the keys of a TOML text stand, so that a message can name the line. Not a parser: the text is valid already."""

import re
from typing import Final

Path = tuple[str | int, ...]

_PART: Final = r"(?:[A-Za-z0-9_-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*')"
_KEY: Final = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_TABLE: Final = re.compile(rf"\s*\[\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\s*(?:#.*)?$")
_TABLES: Final = re.compile(rf"\s*\[\[\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]\s*(?:#.*)?$")
_STEP: Final = re.compile(_PART)
_STRINGS: Final = re.compile(r"\"\"\"|'''|\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")


class Lines:
    """The line of each key, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._keys: dict[Path, int] = {(): 1}
        self.headings: list[
            tuple[Path, int]
        ] = []  # of every table, with the number of the entry where it is one of a list
        counters: dict[Path, int] = {}
        prefix: Path = ()
        depth, quote = 0, ""
        for number, line in enumerate(self._lines, 1):
            if quote:
                if quote in line:
                    quote = ""
                continue
            if depth == 0:
                if heading := _TABLES.match(line):
                    name = _resolved(_steps(heading[1]), counters)
                    counters[name] = counters.get(name, -1) + 1
                    prefix = (*name, counters[name])
                    self.headings.append((prefix, number))
                    self._keys.setdefault(prefix, number)
                    self._keys.setdefault(name, number)
                    continue
                if heading := _TABLE.match(line):
                    prefix = _resolved(_steps(heading[1]), counters)
                    self.headings.append((prefix, number))
                    self._keys.setdefault(prefix, number)
                    continue
                if key := _KEY.match(line):
                    steps = _steps(key[1])
                    for length in range(1, len(steps) + 1):
                        self._keys.setdefault((*prefix, *steps[:length]), number)
            bare, quote = _without_strings(line)
            depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))

    def line(self, at: Path, text: str | None = None) -> int:
        """The line of a key, or of the nearest key above it; of the text below that key where it is given and found."""
        start = 1
        for length in range(len(at), -1, -1):
            if at[:length] in self._keys:
                start = self._keys[at[:length]]
                break
        if text:
            wanted = f'"{text}"', f"'{text}'"
            for number in range(start, min(len(self._lines), start + 2_000) + 1):
                if any(w in self._lines[number - 1] for w in wanted):
                    return number
        return start


def _steps(text: str) -> Path:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _STEP.findall(text))


def _resolved(steps: Path, counters: dict[Path, int]) -> Path:
    """The path with the number of the current entry after each table that is a list."""
    found: Path = ()
    for place, step in enumerate(steps):
        found = (*found, step)
        if place < len(steps) - 1 and found in counters:
            found = (*found, counters[found])
    return found


def _without_strings(line: str) -> tuple[str, str]:
    """The line without strings and comments, and the quote of a multi-line string that is still open at its end."""
    kept, at = "", 0
    while match := _STRINGS.search(line, at):
        kept += line[at : match.start()]
        if match[0] in ('"""', "'''"):
            end = line.find(match[0], match.end())
            if end < 0:
                return kept, match[0]
            at = end + 3
        else:
            at = match.end()
    return kept + line[at:], ""
