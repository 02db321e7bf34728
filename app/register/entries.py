"""Rows of a table → entries of the policy, each cell checked, each problem a sentence with its row."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from msgspec import Struct

from app.register.sheets import EXPORTED, RegisterError, Sheet, is_export, sheet_named, sheet_of
from app.register.tablefile import Formula, Row, Table, read_tables
from app.texts import tr, trn
from rules.catalogue import Catalogue
from rules.policy.fields import RECORDS
from rules.policy.lines import Lines
from rules.policy.reading import PolicyError, Reader, Wrong

_YES: Final = ("yes", "true", "1", "ja", "x")
_NO: Final = ("no", "false", "0", "nein")
_GERMAN_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SEPARATORS: Final = re.compile(r"[;\n]+")
_WORDS: Final = re.compile(r"[;,\s]+")
_LEAST_ACCOUNT: Final = 10**11

Entry = dict[str, Any]


class Entries(Struct):
    """Entries for one setting of the policy, in the order of the file. Values are what TOML can hold.

    `exported`: they come from the list of flows, which does not hold all of an entry; entries that are known stay.
    """

    sheet: Sheet
    entries: list[Entry]
    exported: bool = False


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
    for table in read_tables(path):
        kind = wanted or sheet_named(table.name) or sheet_of(table.columns)
        where = f"{path.name}, {tr('sheet')} {table.name}" if table.name else path.name
        if kind is None:
            if table.rows and table.name.casefold() != "columns":
                remarks.append(tr("{where}: not a table that is known here; it was left out.").format(where=where))
            continue
        if not table.rows:
            continue
        try:
            parts.append(
                Entries(kind, _entries(table, kind, where, catalogue, as_of, remarks), is_export(table.columns))
            )
        except PolicyError as error:
            problems += error.problems
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
    rows = _as_entries(table.rows, where, remarks) if is_export(table.columns) else table.rows
    reader = Reader(where, _Rows([row.number for row in rows]), catalogue, as_of)
    found: list[Entry] = []
    for number, row in enumerate(rows):
        entry: Entry = {}
        for column, value in row.cells.items():
            at = (sheet.setting, number, column)
            if column not in sheet.columns:
                reader.unknown(column, at, sheet.columns, tr("columns"))
                continue
            try:
                entry[column] = _value(reader, sheet.type_of(column), value, at, remarks, where, row.number)
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


def _value(
    reader: Reader, type_: str, value: Any, at: tuple[str | int, ...], remarks: list[str], where: str, row: int
) -> Any:
    """A cell as TOML would hold it. Raises Wrong after noting what is wrong; the reader checks the rest."""
    if isinstance(value, Formula):
        said = tr("cell {cell} is a formula whose result was not saved; open the file, save it, try again.")
        raise reader.wrong(at, said.format(cell=value.cell))
    if type_ == "bool":
        return _flag(reader, value, at)
    if type_ == "date":
        return _day(reader, value, at)
    if type_ == "places" or type_.startswith("list["):
        if isinstance(value, list):
            return [str(item) for item in cast("list[Any]", value)]
        split = _SEPARATORS if type_ == "list[text]" else _WORDS
        parts = [part for piece in split.split(_text(value, remarks, where, row)) if (part := piece.strip())]
        return [part.lower() for part in parts] if type_ == "list[class]" else parts
    text = _text(value, remarks, where, row)
    if type_.startswith("word("):
        return text.lower()
    return text.upper() if type_ == "country" and len(text) == 2 else text


def _text(value: Any, remarks: list[str], where: str, row: int) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 10**9 <= value < _LEAST_ACCOUNT:
        remarks.append(
            tr(
                "{where}, row {row}: {value} is a number in the file; if it should begin with 0, write it as text."
            ).format(where=where, row=row, value=value)
        )
    return str(value)


def _flag(reader: Reader, value: Any, at: tuple[str | int, ...]) -> bool:
    if isinstance(value, bool):
        return value
    plain = str(value).strip().casefold()
    if plain in _YES or plain in _NO:
        return plain in _YES
    raise reader.wrong(at, tr("“{value}” must be yes or no.").format(value=plain[:60]))


def _day(reader: Reader, value: Any, at: tuple[str | int, ...]) -> date:
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        match = _GERMAN_DAY.fullmatch(text)
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        raise reader.wrong(
            at, tr("“{value}” is not a day; write year-month-day, such as 2027-03-31.").format(value=text[:60])
        ) from None


def _as_entries(rows: list[Row], where: str, remarks: list[str]) -> list[Row]:
    """Rows of the exported list of flows as entries: one for each number that was filled in, its assets united."""
    found: dict[str, Row] = {}
    empty = 0
    for row in rows:
        cells = row.cells
        if cells.get("mechanism") == "adequacy" and not cells.get("register_entry"):
            continue  # rests on a decision of the Commission, not on an entry
        if not cells.get("register_entry"):
            empty += 1
            continue
        entry = {EXPORTED[name]: value for name, value in cells.items() if name in EXPORTED}
        known = found.setdefault(str(entry["id"]), Row(row.number, entry))
        for name in ("assets", "data_classes"):
            values = [str(part) for part in (known.cells.get(name), entry.get(name)) if part is not None]
            if values:
                pieces = [p.strip() for value in values for p in value.split(";")]
                known.cells[name] = "; ".join(dict.fromkeys(p for p in pieces if p))
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
