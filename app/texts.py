"""Texts for people: every sentence passes here, so that it can be translated.

The language is the one set with `use`, else English. Catalogues: `resources/translations/LANG/LC_MESSAGES/situs.mo` for
the window, `report.mo` for reports and the command line, `unattended.mo` for schedules, the vault, messages and care of
the store, `operations.mo` for their pages, editions, updates, frameworks and training compute, `commands.mo` for the
help of the command line; a sentence without a translation appears in English.
"""

import gettext as _gettext
from collections.abc import Generator
from contextlib import contextmanager

from resources import ROOT

_ENGLISH = "en"
_GERMAN_MARKS = {ord(","): ".", ord("."): ","}
_current: _gettext.NullTranslations = _gettext.NullTranslations()
_name: str = _ENGLISH


def use(language: str) -> None:
    """Switch to a language by its ISO 639-1 code; falls back to English where there is no catalogue."""
    global _current, _name
    folder = ROOT / "translations"
    found = _gettext.translation("situs", folder, [language], fallback=True)
    known = isinstance(found, _gettext.GNUTranslations)
    if known:
        for name in ("report", "unattended", "operations", "commands"):
            found.add_fallback(_gettext.translation(name, folder, [language], fallback=True))
    _current = found
    _name = language if known else _ENGLISH


def language() -> str:
    """The language in use, by its ISO 639-1 code."""
    return _name


def languages() -> list[str]:
    """The languages there are texts in, English first."""
    return [_ENGLISH, *sorted(p.name for p in (ROOT / "translations").iterdir() if (p / "LC_MESSAGES").is_dir())]


@contextmanager
def speaking(code: str) -> Generator[None]:
    """Another language for as long as the block runs; an empty code changes nothing."""
    global _current, _name
    before = _current, _name
    if code:
        use(code)
    try:
        yield
    finally:
        _current, _name = before


def tr(message: str) -> str:
    """The sentence in the current language."""
    return _current.gettext(message) if message else ""  # gettext answers an empty text with a catalogue's header


def trn(singular: str, plural: str, number: int) -> str:
    """The sentence for this number of things, in the current language; `{n}` in it is the caller's to fill."""
    return _current.ngettext(singular, plural, number)


def grouped(value: float, digits: int = 0) -> str:
    """A number with so many digits after the point, in groups of three: 1,234.5, and in German 1.234,5."""
    return figure(f"{value:,.{digits}f}")


def figure(text: str) -> str:
    """A number that was formatted, with the marks of the language: 1.50e+23, and in German 1,50e+23."""
    return text.translate(_GERMAN_MARKS) if _name == "de" else text
