"""Hebrew and Arabic names on a page whose lines run from left to right.

The PDF writer draws characters as they come. So Arabic letters are first replaced by the forms they take beside their
neighbours, and what runs from right to left is turned round within the line. Numbers and Latin inside keep their order.
This covers names; it is not the whole of the Unicode rules.
"""

import re
import unicodedata
from functools import cache

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_RUN = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[ \u00a0]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*")
_MIRROR = str.maketrans("()[]{}<>", ")(][}{><")
_LAM = "\u0644"


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Letter (or lam with alef) → isolated, final, initial, medial form, from the Unicode database."""
    table: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFC00), *range(0xFE70, 0xFEFD)):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) in (2, 3) and parts[0] in ("<isolated>", "<final>", "<initial>", "<medial>"):
            letters = "".join(chr(int(p, 16)) for p in parts[1:])
            if letters[0] != " ":
                table.setdefault(letters, {}).setdefault(parts[0][1:-1], chr(code))
    return table


def present(text: str) -> str:
    """The text with Arabic letters in the form they take beside their neighbours, still in reading order."""
    if not _RTL.search(text):
        return text
    forms = _forms()
    units: list[str] = []
    for letter in text:
        if units and units[-1] == _LAM and _LAM + letter in forms:
            units[-1] = _LAM + letter
        else:
            units.append(letter)
    shaped: list[str] = []
    for i, unit in enumerate(units):
        own = forms.get(unit)
        if own is None:
            shaped.append(unit)
            continue
        before = forms.get(units[i - 1], {}) if i else {}
        after = forms.get(units[i + 1], {}) if i + 1 < len(units) else {}
        joins_back = "initial" in before and "final" in own
        joins_on = "initial" in own and "final" in after
        wish = ("medial" if joins_on else "final") if joins_back else ("initial" if joins_on else "isolated")
        shaped.append(own.get(wish) or own.get("isolated") or unit)
    return "".join(shaped)


def in_order(line: str) -> str:
    """A wrapped line with its right-to-left parts turned round, as they are to be drawn."""
    if not _RTL.search(line):
        return line
    return _RUN.sub(lambda m: m.group()[::-1].translate(_MIRROR), line)


def spoken(line: str) -> str | None:
    """The text of a line that was turned round for drawing, as it is read: letters, not their forms. None: the same."""
    if not _RTL.search(line):
        return None
    return _RUN.sub(lambda m: unicodedata.normalize("NFKC", m.group()[::-1].translate(_MIRROR)), line)
