"""Sentences that were made where no language is known, said in the language in use.

Rules, scanners and the store make their sentences in English, and know nothing of this package. Here their forms are
listed as texts to translate, with names in braces for what changes. A sentence of another form stays English.
"""

import re
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


class _Form:
    """A form and what stands between its names. Whatever a text holds, it is gone through once: no search backwards."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._names = _NAME.findall(text)
        self._between = _NAME.split(text)[::2]

    def match(self, text: str) -> tuple[dict[str, str], int] | None:
        """The values of the names, and where the sentence ends: at the end of the text, or before a space."""
        if not text.startswith(self._between[0]):
            return None
        at, values = len(self._between[0]), dict[str, str]()
        last = len(self._names) - 1
        for number, (name, literal) in enumerate(zip(self._names, self._between[1:], strict=True)):
            found = text.find(literal, at + 1)
            while number == last and found >= 0 and not _ends(text, found + len(literal)):
                found = text.find(literal, found + 1)
            if found <= at:
                return None
            values[name] = text[at:found]
            at = found + len(literal)
        return (values, at) if _ends(text, at) else None


def _ends(text: str, at: int) -> bool:
    return at == len(text) or (text[at] == " " and at + 1 < len(text))


def said(text: str) -> str:
    """A text of one sentence or several on each line, in the language in use as far as its sentences are known."""
    if language() == "en":
        return text
    lines = text.split("\n")
    return "\n".join([*map(_line, lines[:_MOST]), *lines[_MOST:]])


def _line(line: str) -> str:
    if len(line) > _LONGEST:
        return line
    known: dict[str, str | None] = {}
    head = _HEAD.match(line)
    if head is not None:
        rest = _sentences(line[head.end() :], known)
        if rest is not None:
            return _places(head[0]) + rest
    whole = _sentences(line, known)
    if whole is not None:
        return whole
    for found in re.finditer(": ", line):  # file, line and key stand before what is wrong
        rest = _sentences(line[found.end() :], known)
        if rest is not None:
            return _places(line[: found.end()]) + rest
    return line


def _places(head: str) -> str:
    """What stands before a sentence: the words for places in the file are said, names stay."""
    return _PLACE.sub(lambda found: tr(found[1]) + " ", head)


def _sentences(text: str, known: dict[str, str | None]) -> str | None:
    """One sentence or several; `known`: what came of the ends of this line so far, each of which is looked at once."""
    if text not in known:
        known[text] = None
        known[text] = next((found for form in _forms() if (found := _as(form, text, known)) is not None), None)
    return known[text]


def _as(form: _Form, text: str, known: dict[str, str | None]) -> str | None:
    found = form.match(text)
    if found is None:
        return None
    values, end = found
    following = None if end == len(text) else _sentences(text[end + 1 :], known)
    if end < len(text) and following is None:
        return None
    said = tr(form.text).format(**{name: _value(name, value) for name, value in values.items()})
    return said if following is None else f"{said} {following}"


def _value(name: str, value: str) -> str:
    """What stands for a name in a sentence; names of countries, and places in files, are words as well."""
    if name.startswith("country"):
        return tr(value)
    if _GROUPED.fullmatch(value):
        return figure(value)
    return _places(value) if name == "where" else value


@cache
def _forms() -> tuple[_Form, ...]:
    # What says more goes first.
    return tuple(_Form(form) for form in sorted(FORMS, key=lambda form: len(_NAME.sub("", form)), reverse=True))
