"""Sentences that were made where no language is known, said in the language in use.

Rules, scanners and the store make their sentences in English, and know nothing of this package. Here their forms are
listed as texts to translate, with names in braces for what changes. A sentence of another form stays English.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from app.saidforms import FORMS
from app.texts import figure, language, tr

_LONGEST: Final = 1_000
"""Characters of a line that is looked at."""
_MOST: Final = 100
"""Lines of a text that are looked at."""
_NAME: Final = re.compile(r"\{(\w+)\}")
_HEAD: Final = re.compile(r".{1,300}?, (?:line|row|item|Zeile|Eintrag) [\d,]+[^:]{0,120}: (?:[\w.\[\]-]{1,200}: )?")
"""File, place in it, and key, before what is wrong there."""
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_PLACE: Final = re.compile(r"\b(line|row|column|item) (?=[\d‘'“\"])")


def said(text: str) -> str:
    """A text of one sentence or several on each line, in the language in use as far as its sentences are known."""
    if language() == "en":
        return text
    lines = text.split("\n")
    return "\n".join([*map(_line, lines[:_MOST]), *lines[_MOST:]])


def _line(line: str) -> str:
    if len(line) > _LONGEST:
        return line
    head = _HEAD.match(line)
    if head is not None:
        rest = _sentences(line[head.end() :])
        if rest is not None:
            return _places(head[0]) + rest
    whole = _sentences(line)
    if whole is not None:
        return whole
    for found in re.finditer(": ", line):  # file, line and key stand before what is wrong
        rest = _sentences(line[found.end() :])
        if rest is not None:
            return _places(line[: found.end()]) + rest
    return line


def _places(head: str) -> str:
    """What stands before a sentence: the words for places in the file are said, names stay."""
    return _PLACE.sub(lambda found: tr(found[1]) + " ", head)


def _sentences(text: str) -> str | None:
    for form, told in _forms():
        found = told.fullmatch(text)
        if found is None:
            continue
        values = {name: _value(name, value) for name, value in found.groupdict("").items() if name != "rest"}
        rest = found["rest"]
        following = None if rest is None else _sentences(rest)
        if rest is None or following is not None:
            said = tr(form).format(**values)
            return said if following is None else f"{said} {following}"
    return None


def _value(name: str, value: str) -> str:
    """What stands for a name in a sentence; names of countries, and places in files, are words as well."""
    if name.startswith("country"):
        return tr(value)
    if _GROUPED.fullmatch(value):
        return figure(value)
    return _places(value) if name == "where" else value


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (form, re.compile("".join(_parts(form)) + r"(?: (?P<rest>.+))?", re.DOTALL))
        for form in sorted(FORMS, key=lambda form: len(_NAME.sub("", form)), reverse=True)  # what says more goes first
    )


def _parts(form: str) -> Iterator[str]:
    at = 0
    for found in _NAME.finditer(form):
        yield re.escape(form[at : found.start()])
        yield f"(?P<{found[1]}>.+?)"
        at = found.end()
    yield re.escape(form[at:])
