"""Days as people write them: 2026-12-31, or 31.12.2026 as in German; nothing that can be read two ways."""

import re
from datetime import date
from typing import Final

_GERMAN: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


def day_in(text: str) -> date:
    """The day that a text names. Raises ValueError for anything else, also for 03/04/2026, which names two."""
    found = _GERMAN.fullmatch(text.strip())
    return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text.strip())
