"""Cells of a table → values of the policy: days, truth values, countries and words, in English and in German."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final, cast

from app.days import day_in
from app.register import german
from app.register.cells import Merged, cleaned
from app.register.sheets import Sheet
from app.texts import tr
from rules.catalogue import Catalogue
from rules.policy.reading import Reader
from rules.policy.records import CLASSES
from scanners.exports.sheetparts import Formula

_YES: Final = ("yes", "true", "1", "ja", "x", "wahr", "y", "j")
_NO: Final = ("no", "false", "0", "nein", "falsch", "n")
_ERROR: Final = re.compile(
    r"#(?:N/A|REF!|NAME\?|DIV/0!|NULL!|NUM!|VALUE!|SPILL!|CALC!|NV|BEZUG!|WERT!|ZAHL!|ÜBERLAUF!)", re.IGNORECASE
)
"""Errors as spreadsheets show them, in English and in German."""
_SHORTENED: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+")
_SERIAL: Final = re.compile(r"[2-7]\d{4}")
_MIDNIGHT: Final = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$")
_SLASHED_DAY: Final = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})")
_SEPARATORS: Final = re.compile(r"[;\n]+")
_FEW_DIGITS: Final = re.compile(r"[1-9]\d{9,10}")
"""Account numbers of Amazon have twelve digits; spreadsheets drop noughts at their beginning."""
_MOST_DIGITS: Final = 10**15
"""From here on a spreadsheet does not keep the last digits of a number."""
_FREE: Final = ("note", "document", "name")
"""Columns in which a day or a number is a text like any other."""
_ONES: Final = ("accounts", "assets", "resources")
"""Lists whose items hold no comma and no space as a rule."""

_MONTHS: Final = 12
_GROUPS: Final = ("EU", "EEA", "ADEQUATE")
_GERMAN_WORDS: Final = {"tool": german.TOOLS, "tia_result": german.RESULTS}

At = tuple[str | int, ...]
Known = Callable[[str], str | None]


class CellValues:
    """Cells of one table as TOML would hold them; what is wrong is noted by the reader, which checks the rest."""

    def __init__(self, reader: Reader, sheet: Sheet, catalogue: Catalogue, where: str, remarks: list[str]) -> None:
        self._reader = reader
        self._sheet = sheet
        self._catalogue = catalogue
        self._where = where
        self._remarks = remarks

    def value(self, column: str, value: Any, at: At, row: int) -> Any:
        """The value of a cell. Raises Wrong after noting what is wrong."""
        if isinstance(value, Formula):
            said = tr("cell {cell} is a formula whose result was not saved; open the file, save it, try again.")
            raise self._reader.wrong(at, said.format(cell=value.cell))
        if isinstance(value, Merged):
            said = tr("the cells {cells} are merged over columns; undo that, and write into each what belongs there.")
            raise self._reader.wrong(at, said.format(cells=value.cells))
        type_ = self._sheet.type_of(column)
        if type_ == "bool":
            return self._flag(value, at)
        if type_ == "date":
            return self._day(value, at)
        if type_ == "places" or type_.startswith("list["):
            return self._several(type_, column, value, at, row)
        text = self._text(column, value, at, row)
        if type_ == "provider" or type_.startswith("word("):
            return _GERMAN_WORDS.get(column, {}).get(_plain(text), text.lower())
        return self._country(text) or text if type_ == "country" else text

    def _several(self, type_: str, column: str, value: Any, at: At, row: int) -> list[str]:
        known: Known | None = {"places": self._place, "list[class]": _data_class}.get(type_)
        if isinstance(value, list):
            parts = [self._text(column, cleaned(item, marked=False), at, row) for item in cast("list[Any]", value)]
            return parts if known is None else [known(part) or part for part in parts]
        text = self._text(column, value, at, row, whole=False)
        pieces = [piece.strip() for piece in _SEPARATORS.split(text) if piece.strip()]
        if known is not None:
            word = self._group_or_code if type_ == "places" else _data_class
            return [self._text(column, p, at, row) for piece in pieces for p in _named(piece, known, word)]
        parts = [self._text(column, piece, at, row) for piece in pieces]
        if column in _ONES:
            for part in parts:
                if re.search(r",|\s", part):
                    self._remark(
                        row, tr("“{text}” was taken for one; where it is several, put ; between them."), text=part[:100]
                    )
        return parts

    def _place(self, text: str) -> str | None:
        """The code of a country, or a group of countries, that a text names exactly."""
        plain = german.GROUPS.get(_plain(text), text.upper())
        return plain if plain in _GROUPS else self._country(text)

    def _country(self, text: str) -> str | None:
        """The code of a country that a text names exactly; an older edition may not know which names are unclear."""
        return None if Catalogue.load().unclear_country(text) else self._catalogue.country_code(text)

    def _group_or_code(self, text: str) -> str | None:
        found = self._place(text)
        return found if len(text) == len("DE") or found in _GROUPS else None

    def _text(self, column: str, value: Any, at: At, row: int, *, whole: bool = True) -> str:
        """The text of a cell; `whole`: it is one value, not a list of them."""
        if value is None or isinstance(value, dict | list):
            raise self._reader.wrong(at, tr("must be one text."))
        free = column in _FREE
        if isinstance(value, date) and not free:
            said = tr(
                "“{value}” is a day in the file, where a text was meant: make the cell a text, and write it again."
            )
            raise self._reader.wrong(at, said.format(value=value))
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value)
        if not whole or isinstance(value, bool):
            return text
        if _ERROR.fullmatch(text):
            said = tr("“{value}” is an error of the spreadsheet; mend the formula there.")
            raise self._reader.wrong(at, said.format(value=text))
        if free:
            return text
        number = isinstance(value, int | float)
        if _SHORTENED.fullmatch(text) or (number and abs(value) >= _MOST_DIGITS):
            said = tr(
                "“{value}” is a number of which the spreadsheet does not keep every digit: make the cell a text, and "
                "write it again."
            )
            raise self._reader.wrong(at, said.format(value=text))
        account = column == "accounts" or (column == "id" and self._sheet.setting == "accounts")
        if _FEW_DIGITS.fullmatch(text) and (number or (account and self._where.lower().endswith(".csv"))):
            self._remark(
                row, tr("{value} is a number in the file; if it should begin with 0, write it as text."), value=text
            )
        return text

    def _remark(self, row: int, said: str, **words: str) -> None:
        at = tr("{where}, row {row}").format(where=self._where, row=row)
        self._remarks.append(f"{at}: {said.format(**words)}")

    def _flag(self, value: Any, at: At) -> bool:
        if isinstance(value, bool):
            return value
        plain = str(value).strip().casefold()
        if plain in _YES or plain in _NO:
            return plain in _YES
        raise self._reader.wrong(at, tr("“{value}” must be yes or no.").format(value=str(value)[:60]))

    def _day(self, value: Any, at: At) -> date:
        if isinstance(value, date):
            return value
        text = _MIDNIGHT.sub("", str(value).strip())
        try:
            return day_in(text)
        except ValueError:
            said = tr("“{value}” is not a day; write year-month-day, such as 2027-03-31.")
            if _SERIAL.fullmatch(text):
                day = date(1899, 12, 30) + timedelta(days=int(text))
                hint = tr("Spreadsheets count {day} as {value}: give the cell the form of a date.")
                said += " " + hint.format(day=day, value=text)
            slashed = _SLASHED_DAY.fullmatch(text)
            if slashed and max(int(slashed[1]), int(slashed[3])) <= _MONTHS:
                said += " " + tr("Which of the numbers is the month cannot be told.")
            raise self._reader.wrong(at, said.format(value=text[:60])) from None


def _named(piece: str, known: Known, word: Known) -> Iterator[str]:
    """What one piece of a list names: itself, what stands between its commas, or words that are names one and all.

    `word` knows less than `known`: what is part of a longer text may be an ordinary word, as AND is, the code of
    Andorra.
    """
    for part in [piece] if known(piece) else filter(None, map(str.strip, piece.split(","))):
        words = [word(text) for text in part.split()]
        if (found := known(part)) is not None:
            yield found
        elif None not in words:
            yield from (text for text in words if text is not None)
        else:
            yield part


def _data_class(text: str) -> str | None:
    """The class of data that a text names, in English or in German."""
    plain = _plain(text)
    return plain if plain in CLASSES else german.CLASSES.get(plain)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
