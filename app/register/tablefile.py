"""Tables in files: XLSX, CSV and JSON, read with bounds, written so that no text is taken for a formula."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, cast

import msgspec
from msgspec import Struct

from app.register.cells import MARKED, Merged, cleaned, filled, heading
from app.register.sheets import RegisterError, known_columns, sheet_named
from app.register.workbook import Hidden, read_workbook
from app.report.csvform import guarded
from app.report.files import replacing
from app.texts import grouped, tr, trn

FORMS: Final = (".xlsx", ".csv", ".json")
_MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_ROWS: Final = 100_000
_LONGEST: Final = 30_000
_TITLES: Final = 20
"""Rows among which the header is looked for."""
_NO_TEXT: Final = frozenset(map(chr, range(32))) - frozenset("\t\r\n\f")
"""Characters that no text file holds."""


class Row(Struct):
    """One row: where it stands (number of the row, counted as the spreadsheet does) and its filled cells by column.

    `beside` is a filled cell that stands below no heading.
    """

    number: int
    cells: dict[str, Any]
    beside: Any = None


class Table(Struct):
    """One table of a file: its name (of the sheet, or of the JSON member; empty for CSV), its columns and its rows.

    `twice`: a column that is there twice, so that the table cannot be read as a register. `remarks`: what people should
    know about how it was read. `titles`: column → its heading as it is written.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[Row]
    twice: str | None = None
    remarks: list[str] = []
    titles: dict[str, str] = {}


def check_form(path: Path) -> None:
    """Raises RegisterError unless the ending is one that can be read and written."""
    if path.suffix.lower() not in FORMS:
        raise RegisterError(
            tr("{file}: registers are .xlsx, .csv or .json files; give the name one of these endings.").format(
                file=path.name
            )
        )


def read_tables(path: Path) -> list[Table]:
    """Every table of a file. Raises RegisterError with a sentence naming file and row."""
    check_form(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RegisterError(
                tr("{file} is larger than {n} MB; nothing was read from it. Split it.").format(
                    file=path.name, n=_MOST_BYTES // 1024 // 1024
                )
            )
        body = path.read_bytes()
    except OSError as error:
        raise RegisterError(f"{path}: {error.strerror or error}. " + tr("Nothing was changed.")) from error
    match path.suffix.lower():
        case ".xlsx":
            return read_workbook(path.name, body, partial(_page, path.name))
        case ".csv":
            return [_csv(path.name, body)]
        case _:
            return _json(path.name, body)


def _page(file: str, title: str, lines: Iterable[tuple[int, Sequence[Any]]], hidden: Hidden) -> Table:
    table = _table(file, title, lines)
    where = f"{file}, {tr('sheet')} {title}"
    if hidden.sheet and table.rows:
        table.remarks.append(
            tr("{where}: the sheet is hidden in the workbook; its rows were read all the same.").format(where=where)
        )
    rows = [row.number for row in table.rows if row.number in hidden.rows]
    if rows and not hidden.sheet:
        table.remarks.append(
            trn(
                "{where}: one row is hidden in the workbook (row {first}); it was read all the same.",
                "{where}: {n} rows are hidden in the workbook (the first is row {first}); they were read all the same.",
                len(rows),
            ).format(where=where, n=len(rows), first=rows[0])
        )
    return table


def _csv(name: str, body: bytes) -> Table:
    text, remark = _decoded(name, body)
    first = [line for line in text.splitlines()[:_TITLES] if line.strip()]
    separator = next(
        (mark for line in first for mark in ",;\t" if _is_header(line.split(mark))),
        max(",;\t", key=first[0].count) if first else ",",
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        table = _table(name, "", ((reader.line_num, list(cells)) for cells in reader))
    except csv.Error as error:
        quotes = "end of data" in str(error) or "expected after" in str(error)
        hint = (
            tr("A quotation mark is not closed, or stands alone in a text, where it must be doubled.") if quotes else ""
        )
        said = f"{name}, {tr('line')} {reader.line_num}: {error}. {hint} " + tr("Nothing was kept.")
        raise RegisterError(" ".join(said.split())) from error
    if remark is not None:
        table.remarks.append(remark)
    return table


def _decoded(name: str, body: bytes) -> tuple[str, str | None]:
    """The text of a CSV file, and a remark where its letters had to be guessed."""
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return body.decode("utf-16" if wide else "utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        try:
            text = "" if wide else body.decode("cp1252")
        except UnicodeDecodeError:
            text = ""
        if not text or any(c in _NO_TEXT for c in text):
            raise RegisterError(
                tr("{file}, line {line}: this is not UTF-8 text. Save it as “CSV UTF-8” and try again.").format(
                    file=name, line=line
                )
            ) from error
        cell = next((c for c in re.split(r'[;,\t"\r]', text.split("\n")[line - 1]) if not c.isascii()), "")
        return text, tr(
            "{file} is not UTF-8; it was read as Windows-1252, as Excel in western Europe writes it. Check line "
            "{line}: “{text}”. If letters are wrong there, save the file as “CSV UTF-8” and import it again."
        ).format(file=name, line=line, text=cell.strip()[:60])


def _is_header(cells: Sequence[Any]) -> bool:
    """Whether a row names at least two columns of a register."""
    return len({heading(cell) for cell in cells} & known_columns()) > 1


def _from_header(lines: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The filled rows from the header on; without what stands above it, such as a title."""
    rows = ((n, cells) for n, cells in lines if any(map(filled, cells)))
    first = list(islice(rows, _TITLES))
    start = next((i for i, (_, cells) in enumerate(first) if _is_header(cells)), 0)
    return chain(first[start:], rows)


def _table(file: str, name: str, lines: Iterable[tuple[int, Sequence[Any]]]) -> Table:
    columns: tuple[str, ...] = ()
    titles: dict[str, str] = {}
    twice: str | None = None
    rows: list[Row] = []
    for number, cells in _from_header(lines):
        if not columns:
            columns = tuple(heading(c) for c in cells)
            titles = {name: " ".join(str(c).split()) for name, c in zip(columns, cells, strict=True) if name}
            twice = next((c for c, n in Counter(columns).items() if c and n > 1), None)
            continue
        if len(rows) >= _MOST_ROWS:
            raise RegisterError(
                tr("{file} has more than {n} rows; nothing was read from it. Split it.").format(
                    file=file, n=grouped(_MOST_ROWS)
                )
            )
        values = [cleaned(cell) for cell in cells]
        named = {c: v for c, v in zip(columns, values, strict=False) if c and v is not None}
        headings = (*columns, *[""] * (len(values) - len(columns)))
        beside = next(
            (
                v
                for c, v in zip(headings, values, strict=False)
                if not c and v is not None and not isinstance(v, Merged)
            ),
            None,
        )
        rows.append(Row(number, named, beside))
    return Table(name, tuple(c for c in columns if c), rows, twice, titles=titles)


def _json(name: str, body: bytes) -> list[Table]:
    try:
        text = body.decode("utf-8-sig")
        document: Any = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise RegisterError(f"{name}: {tr('this is not JSON')} ({error}). " + tr("Nothing was kept.")) from error
    parts = cast("dict[str, Any]", document) if isinstance(document, dict) else {"": document}
    tables: list[Table] = []
    for key, part in parts.items():
        if not isinstance(part, list):
            if isinstance(part, dict) or sheet_named(key):
                raise RegisterError(
                    tr("{file}: “{name}” must be a list of entries, in square brackets.").format(
                        file=name, name=key[:60]
                    )
                )
            continue  # such as the day of an export
        items = cast("list[Any]", part)
        if len(items) > _MOST_ROWS:
            raise RegisterError(tr("{file} has more than {n} rows.").format(file=name, n=grouped(_MOST_ROWS)))
        tables.append(_list(name, key, items))
    if not tables:
        raise RegisterError(tr("{file} holds no list of entries.").format(file=name))
    return tables


def _list(file: str, name: str, items: list[Any]) -> Table:
    rows: list[Row] = []
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise RegisterError(
                tr("{file}: entry {n} of {list} must be an object of names and values.").format(
                    file=file, n=number, list=name or tr("the list")
                )
            )
        cells: dict[str, Any] = {}
        for key, value in cast("dict[str, Any]", item).items():
            column = heading(key)
            if column in cells:
                raise RegisterError(
                    tr("{file}: the column “{column}” is there twice; keep one.").format(file=file, column=column)
                    + " "
                    + tr("(entry {n})").format(n=number)
                )
            cells[column] = None if value in (None, "", []) else cleaned(value, marked=False)
        rows.append(Row(number, {column: value for column, value in cells.items() if value is not None}))
    return Table(name, tuple(dict.fromkeys(c for row in rows for c in row.cells)), rows)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(tr("“{name}” is there twice").format(name=twice[:60]))
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


class Sheet(Struct):
    """A table to be written: name, columns, rows, and a remark for each column (None: no sheet of remarks)."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    meanings: Mapping[str, str] | None = None


class Explained(Struct, frozen=True):
    """The sheet of remarks in a workbook: its name and its headings."""

    name: str = "Columns"
    headings: tuple[str, str, str] = ("sheet", "column", "meaning")


_EXPLAINED: Final = Explained()


def write_tables(
    path: Path,
    sheets: Sequence[Sheet],
    facts: Mapping[str, Any] | None = None,
    explained: Explained = _EXPLAINED,
    separator: str = ",",
) -> list[Path]:
    """Write tables in the form of the ending; returns the files written.

    CSV has one file for each table: the first has the name given, the others `NAME.TABLE.csv`. `facts` stand beside the
    tables in JSON. Raises RegisterError or ReportNotWrittenError.
    """
    check_form(path)
    form = path.suffix.lower()
    if form == ".json":
        document: dict[str, Any] = dict(facts or {})
        for sheet in sheets:
            document[sheet.name] = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
        with replacing(path) as target:
            target.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
        return [path]
    if form == ".csv":
        written: list[Path] = []
        for number, sheet in enumerate(sheets):
            own = path if number == 0 else path.with_name(f"{path.stem}.{sheet.name}.csv")
            with replacing(own) as target, target.open("w", encoding="utf-8-sig", newline="") as file:
                out = csv.writer(file, delimiter=separator, lineterminator="\r\n")
                out.writerow(sheet.columns)
                out.writerows([_marked(_plain(cell)) for cell in row] for row in sheet.rows)
            written.append(own)
        return written
    _write_workbook(path, sheets, explained)
    return [path]


def _write_workbook(path: Path, sheets: Sequence[Sheet], explained: Explained) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    spare = book.active
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:31])
        for place, name in enumerate(sheet.columns, 1):
            page.cell(row=1, column=place, value=name).font = Font(bold=True)
            page.column_dimensions[get_column_letter(place)].width = max(14, len(name) + 3)
        for number, row in enumerate(sheet.rows, 2):
            for place, value in enumerate(row, 1):
                if value is None or value == ():
                    continue
                text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", _marked(_plain(value)))[:_LONGEST]
                cell = page.cell(row=number, column=place, value=text)
                cell.data_type = "s"
                cell.number_format = "@"
        page.freeze_panes = "A2"
        if sheet.meanings is not None:
            for place in range(1, len(sheet.columns) + 1):
                for number in range(2, 202):  # typed texts stay texts: account numbers keep their leading zeros
                    page.cell(row=number, column=place).number_format = "@"
    remarks = [(s.name, c, s.meanings.get(c, "")) for s in sheets if s.meanings is not None for c in s.columns]
    if remarks:
        page = book.create_sheet(explained.name)
        for row in (explained.headings, *remarks):
            page.append(list(row))
        for letter, width in (("A", 22), ("B", 24), ("C", 110)):
            page.column_dimensions[letter].width = width
    if spare is not None:
        book.remove(spare)
    with replacing(path) as target:
        book.save(target)


def _marked(text: str) -> str:
    """A text as it is written into tables: whatever it begins with, `cleaned` gives it back as it was."""
    return f"'{text}" if MARKED.match(text) else guarded(text)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(str(item) for item in cast("Iterable[object]", value))
    return str(value)
