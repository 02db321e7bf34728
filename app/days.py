"""Days as people write them: 2026-12-31, 31.12.2026 or 31. Dezember 2026; nothing that can be read two ways."""

import re
from datetime import date
from typing import Final

_GERMAN: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_IN_WORDS: Final = re.compile(r"(\d{1,2})\.? ([a-zä]+) (\d{4})", re.ASCII)
_ENGLISH_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_GERMAN_MONTHS: Final = (
    *("januar", "februar", "märz", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "dezember"),
)
_MONTHS: Final = {name: month for names in (_ENGLISH_MONTHS, _GERMAN_MONTHS) for month, name in enumerate(names, 1)}


def day_in(text: str) -> date:
    """The day that a text names. Raises ValueError for anything else, also for 03/04/2026, which names two."""
    plain = " ".join(text.split())
    found = _GERMAN.fullmatch(plain)
    if found is not None:
        return date(int(found[3]), int(found[2]), int(found[1]))
    said = _IN_WORDS.fullmatch(plain.lower())
    if said is not None and said[2] in _MONTHS:
        return date(int(said[3]), _MONTHS[said[2]], int(said[1]))
    return date.fromisoformat(plain)
