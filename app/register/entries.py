"""Rows of a table → entries of the policy, each cell checked, each problem a sentence with its row."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, cast

from msgspec import UNSET, Struct

from app.register.cells import Formula, Merged, cleaned
from app.register.sheets import EXPORTED, RegisterError, Sheet, is_export, sheet_named, sheet_of
from app.register.tablefile import Row, Table, read_tables
from app.texts import tr, trn
from rules.catalogue import Catalogue
from rules.policy import Policy
from rules.policy.fields import RECORDS
from rules.policy.lines import Lines
from rules.policy.reading import PolicyError, Reader, Wrong

_YES: Final = ("yes", "true", "1", "ja", "x", "wahr", "y", "j")
_NO: Final = ("no", "false", "0", "nein", "falsch", "n")
_ERROR: Final = re.compile(
    r"#(?:N/A|REF!|NAME\?|DIV/0!|NULL!|NUM!|VALUE!|SPILL!|CALC!|NV|BEZUG!|WERT!|ZAHL!|ÜBERLAUF!)", re.IGNORECASE
)
"""Errors as spreadsheets show them, in English and in German."""
_SHORTENED: Final = re.compile(r"\d(?:[.,]\d+)?E\+\d+")
_SERIAL: Final = re.compile(r"[2-7]\d{4}")
_MIDNIGHT: Final = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$")
_GERMAN_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SEPARATORS: Final = re.compile(r"[;\n]+")
_WORDS: Final = re.compile(r"[;,\s]+")
_FEW_DIGITS: Final = re.compile(r"[1-9]\d{9,10}")
"""Account numbers of Amazon have twelve digits; spreadsheets drop noughts at their beginning."""
_MOST_DIGITS: Final = 10**15
"""From here on a spreadsheet does not keep the last digits of a number."""
_FREE: Final = ("note", "document", "name")
"""Columns in which a day or a number is a text like any other."""
_ONES: Final = ("accounts", "assets", "resources")
"""Lists whose items hold no comma and no space as a rule."""

Entry = dict[str, Any]
At = tuple[str | int, ...]


class Entries(Struct):
    """Entries for one setting of the policy, in the order of the file. Values are what TOML can hold.

    `exported`: they come from the list of flows, which does not hold all of an entry; entries that are known stay.
    `uncovered`: number of the entry → destinations of flows in that list that nothing covered.
    """

    sheet: Sheet
    entries: list[Entry]
    exported: bool = False
    uncovered: dict[str, set[str]] = {}


class ReadRegister(Struct):
    """What a file gave: entries by setting, and remarks about what was left out or looks odd."""

    parts: list[Entries]
    remarks: list[str]


class _Rows(Lines):
    """Stands in for the lines of a TOML file: the entry with number n is in this row of the table."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__("")
        self._numbers = numbers

    def line(self, at: tuple[str | int, ...], text: str | None = None) -> int:
        """The row of the entry that a key lies in."""
        del text
        number = at[1] if len(at) > 1 and isinstance(at[1], int) else 0
        return self._numbers[number] if number < len(self._numbers) else 1


def read_register(path: Path, catalogue: Catalogue, as_of: date, sheet: str | None = None) -> ReadRegister:
    """Every entry of a file. `sheet` says which table it is, where its columns do not.

    Raises RegisterError with one line for each problem; then nothing of the file counts.
    """
    wanted = None
    if sheet is not None:
        wanted = sheet_named(sheet)
        if wanted is None:
            raise RegisterError(tr("There is no sheet “{name}”.").format(name=sheet[:60]))
    parts: list[Entries] = []
    remarks: list[str] = []
    problems: list[str] = []
    given: dict[tuple[str, str], str] = {}
    for table in read_tables(path):
        kind = wanted or sheet_named(table.name) or sheet_of(table.columns)
        where = f"{path.name}, {tr('sheet')} {table.name}" if table.name else path.name
        if kind is None:
            if table.rows and table.name.casefold() != "columns":
                remarks.append(tr("{where}: not a table that is known here; it was left out.").format(where=where))
            continue
        if not table.rows:
            continue
        remarks += table.remarks
        try:
            part = Entries(kind, _entries(table, kind, where, catalogue, as_of, remarks), is_export(table.columns))
            for row in table.rows if part.exported else ():
                if row.cells.get("status") not in ("covered", "expired") and row.cells.get("destination"):
                    name = str(row.cells.get("register_entry"))
                    part.uncovered.setdefault(name, set()).add(str(row.cells["destination"]))
        except PolicyError as error:
            problems += error.problems
            continue
        for name in (str(entry[kind.key]) for entry in part.entries):
            first = given.setdefault((kind.setting, name), where)
            if first != where:
                problems.append(
                    tr("{where}: “{name}” is there already, in {first}; keep one of them.").format(
                        where=where, name=name[:60], first=first
                    )
                )
        parts.append(part)
    if problems:
        raise RegisterError("\n".join(problems))
    if not any(part.entries for part in parts):
        names = ", ".join(RECORDS["TransferEntry"])
        raise RegisterError(
            "\n".join(
                [
                    *remarks,
                    tr(
                        "{file} holds no entry. Name the table with --sheet, or begin with the template "
                        "(`situs register template`); the columns of the transfer register are {columns}."
                    ).format(file=path.name, columns=names),
                ]
            )
        )
    return ReadRegister(parts, remarks)


def _entries(
    table: Table, sheet: Sheet, where: str, catalogue: Catalogue, as_of: date, remarks: list[str]
) -> list[Entry]:
    if table.twice is not None:
        said = tr("{file}: the column “{column}” is there twice; keep one.")
        raise PolicyError([said.format(file=where, column=table.twice)])
    rows = _as_entries(table.rows, where, remarks) if is_export(table.columns) else table.rows
    reader = Reader(where, _Rows([row.number for row in rows]), catalogue, as_of)
    cells = _Cells(reader, sheet, where, remarks)
    found: list[Entry] = []
    for number, row in enumerate(rows):
        entry: Entry = {}
        for column, value in row.cells.items():
            at = (sheet.setting, number, column)
            if column not in sheet.columns:
                reader.unknown(column, at, sheet.columns, tr("columns"))
                continue
            try:
                entry[column] = cells.value(column, value, at, row.number)
            except Wrong:
                entry[column] = value
        if row.beside is not None:
            said = tr("“{value}” stands below no column; give it a heading, or take it out.")
            with suppress(Wrong):
                raise reader.wrong((sheet.setting, number), said.format(value=str(row.beside)[:60]))
        found.append(entry)
    if not reader.problems:
        with suppress(Wrong):  # it has noted the problem
            reader.read(f"records[{sheet.record}]", found, (sheet.setting,))
    if not reader.problems and sheet.setting == "exit_plans":
        _differ(reader, sheet, found)
    if reader.problems:
        raise PolicyError(reader.problems)
    return [{name: entry[name] for name in sheet.columns if name in entry} for entry in found]


def _differ(reader: Reader, sheet: Sheet, entries: list[Entry]) -> None:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry[sheet.key] in seen:
            reader.wrong((sheet.setting, number, sheet.key), tr("is there twice; keep one row for each."))
        seen.add(entry[sheet.key])


class _Cells:
    """Cells of one table as TOML would hold them; what is wrong is noted by the reader, which checks the rest."""

    def __init__(self, reader: Reader, sheet: Sheet, where: str, remarks: list[str]) -> None:
        self._reader = reader
        self._sheet = sheet
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
            return text.lower()
        return text.upper() if type_ == "country" and len(text) == 2 else text

    def _several(self, type_: str, column: str, value: Any, at: At, row: int) -> list[str]:
        if isinstance(value, list):
            parts = [self._text(column, cleaned(item), at, row) for item in cast("list[Any]", value)]
        else:
            split = _SEPARATORS if type_ == "list[text]" else _WORDS
            text = self._text(column, value, at, row, whole=False)
            parts = [self._text(column, p, at, row) for piece in split.split(text) if (p := piece.strip())]
        if column in _ONES:
            for part in parts:
                if re.search(r",|\s", part):
                    self._remark(
                        row, tr("“{text}” was taken for one; where it is several, put ; between them."), text=part[:100]
                    )
        return [part.lower() for part in parts] if type_ == "list[class]" else parts

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
            match = _GERMAN_DAY.fullmatch(text)
            return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
        except ValueError:
            said = tr("“{value}” is not a day; write year-month-day, such as 2027-03-31.")
            if _SERIAL.fullmatch(text):
                day = date(1899, 12, 30) + timedelta(days=int(text))
                hint = tr("Spreadsheets count {day} as {value}: give the cell the form of a date.")
                said += " " + hint.format(day=day, value=text)
            raise self._reader.wrong(at, said.format(value=text[:60])) from None


def _as_entries(rows: list[Row], where: str, remarks: list[str]) -> list[Row]:
    """Rows of the exported list of flows as entries: one for each number that was filled in, its assets united.

    Raises PolicyError where rows of one number say different things of what an entry has one of.
    """
    found: dict[str, Row] = {}
    problems: list[str] = []
    empty = 0
    for row in rows:
        cells = row.cells
        if cells.get("mechanism") == "adequacy" and not cells.get("register_entry"):
            continue  # rests on a decision of the Commission, not on an entry
        if not cells.get("register_entry"):
            empty += 1
            continue
        entry = {EXPORTED[name]: value for name, value in cells.items() if name in EXPORTED}
        name = str(entry["id"])
        known = found.setdefault(name, Row(row.number, {}))
        for column, value in entry.items():
            if column in ("assets", "data_classes"):
                pieces = [p.strip() for v in (known.cells.get(column), value) if v for p in str(v).split(";")]
                known.cells[column] = "; ".join(dict.fromkeys(p for p in pieces if p))
                continue
            before = known.cells.setdefault(column, value)
            if str(before) != str(value):
                problems.append(
                    tr("{where}, rows {first} and {row}: {id} has two values of {column}: {one}, {other}.").format(
                        where=where, first=known.number, row=row.number, id=name[:60], column=column,
                        one=str(before)[:60], other=str(value)[:60],
                    )
                )  # fmt: skip
    if problems:
        raise PolicyError(problems)
    if empty:
        remarks.append(
            f"{where}: "
            + trn(
                "one flow has no entry in the column register_entry and was left out.",
                "{n} flows have no entry in the column register_entry and were left out.",
                empty,
            ).format(n=empty)
        )
    return list(found.values())


def idle(policy: Policy) -> list[tuple[str, str]]:
    """Entries of the register that cannot cover any flow, with the reason: country and tool alone cover nothing."""
    if policy.transfer_register is UNSET:
        return []
    owners = set[str]() if policy.accounts is UNSET else {a.entity.casefold() for a in policy.accounts}
    found: list[tuple[str, str]] = []
    for entry in policy.transfer_register:
        if not entry.data_classes:
            found.append((entry.id, tr("it names no class of data.")))
        elif not (entry.accounts or entry.assets or entry.importer.casefold() in owners):
            said = tr(
                "it names no account and no asset, and “{importer}” owns none by the sheet accounts "
                "(is it spelled there as here?)."
            )
            found.append((entry.id, said.format(importer=entry.importer)))
    return found
