"""Texts for people: every sentence passes here, so that it can be translated.

The language is the one set with `use`, else English. Catalogues: `resources/translations/LANG/LC_MESSAGES/situs.mo`;
a sentence without a translation appears in English.
"""

import gettext as _gettext

from resources import ROOT

_current: _gettext.NullTranslations = _gettext.NullTranslations()


def use(language: str) -> None:
    """Switch to a language by its ISO 639-1 code; falls back to English where there is no catalogue."""
    global _current
    _current = _gettext.translation("situs", ROOT / "translations", [language], fallback=True)


def tr(message: str) -> str:
    """The sentence in the current language."""
    return _current.gettext(message)


def trn(singular: str, plural: str, number: int) -> str:
    """The sentence for this number of things, in the current language; `{n}` in it is the caller's to fill."""
    return _current.ngettext(singular, plural, number)
