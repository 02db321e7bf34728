"""What stands in a cell: a value, a formula without a result, a part of merged cells; and how text in it is cleaned."""

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from scanners.exports.sheetparts import Formula

MARKED: Final = re.compile(r"'+\s*[=+\-@＝＋－＠]|'+[\t\r\n]")
"""A text with the mark that our exports put before formulas, or one that began with apostrophes by itself."""
_SPACES: Final = {ord(c): " " for c in "\u00a0\u2007\u202f"} | {ord(c): None for c in "\u200b\u2060\ufeff"}
"""Spaces that do not break become plain ones; what has no width goes: nobody sees either, and names must match."""


class Merged(Struct, frozen=True):
    """A cell beside the first of cells merged over columns, so that nobody can tell what it holds; `cells`: A1:B1."""

    cells: str


def cleaned(value: Any, marked: bool = True) -> Any:
    """A cell without white space at its ends and without the mark that our exports put before formulas.

    None where nothing is left; days without their time of day. `marked`: the file is of a form that has such marks.
    """
    if isinstance(value, str):
        text = value.translate(_SPACES).strip()
        if marked and MARKED.match(text):
            text = text[1:]
        return text or None
    return value.date() if isinstance(value, datetime) else value


def filled(value: Any) -> bool:
    """Whether anything stands in a cell."""
    return cleaned(value) is not None


def heading(value: Any) -> str:
    """A cell as the name of a column: lower case, white space as underscores; empty where it names none."""
    if value is None or isinstance(value, Formula | Merged):
        return ""
    text = unicodedata.normalize("NFC", str(value).translate(_SPACES)).strip().strip('"')
    return "_".join(text.lower().split())[:80]
