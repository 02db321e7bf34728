"""Tables in files: XLSX, CSV and JSON, read with bounds, written so that no text is taken for a formula."""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, cast
from zipfile import BadZipFile, ZipFile

import msgspec
from msgspec import Struct

from app.register.sheets import RegisterError, known_columns
from app.report.csvform import guarded
from app.report.files import replacing
from app.texts import tr

FORMS: Final = (".xlsx", ".csv", ".json")
_MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_UNPACKED: Final = 256 * 1024 * 1024
_MOST_ROWS: Final = 100_000
_MOST_COLUMNS: Final = 100
_LONGEST: Final = 30_000
_TITLES: Final = 20
"""Rows among which the header is looked for."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Formula(Struct, frozen=True):
    """A cell with a formula whose result was not saved with the workbook; `cell` as the spreadsheet names it."""

    cell: str


class Row(Struct):
    """One row: where it stands (number of the row, counted as the spreadsheet does) and its filled cells by column.

    `beside` is a filled cell that stands below no heading.
    """

    number: int
    cells: dict[str, Any]
    beside: Any = None


class Table(Struct):
    """One table of a file: its name (of the sheet, or of the JSON member; empty for CSV), its columns and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]


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
            return _workbook(path.name, body)
        case ".csv":
            return [_csv(path.name, body)]
        case _:
            return _json(path.name, body)


def _workbook(name: str, body: bytes) -> list[Table]:
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(body)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
                raise RegisterError(
                    tr("{file} unpacks to more than {n} MB; nothing was read from it.").format(
                        file=name, n=_MOST_UNPACKED // 1024 // 1024
                    )
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
            written = load_workbook(io.BytesIO(body), read_only=True, keep_links=False) if _formulas(body) else book
            return [
                _table(name, sheet.title, _lines(sheet, None if written is book else written[sheet.title]))
                for sheet in book.worksheets
            ]
    except (BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError, AttributeError, IndexError) as error:
        raise RegisterError(
            tr("{file} is a workbook that cannot be read; nothing was kept of it: save it again as .xlsx.").format(
                file=name
            )
        ) from error


def _formulas(body: bytes) -> bool:
    """Whether a sheet holds formulas, so that results may be missing: what no spreadsheet saved has none."""
    with ZipFile(io.BytesIO(body)) as archive:
        sheets = (item for item in archive.infolist() if item.filename.startswith("xl/worksheets/"))
        return any(re.search(rb"<(?:\w{1,20}:)?f[ >/]", archive.read(item)) for item in sheets)


def _lines(sheet: Any, written: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows of a sheet of results; `written` is the same sheet with its formulas, None where it has none."""
    bounds: dict[str, Any] = {"max_row": _MOST_ROWS + 2, "max_col": _MOST_COLUMNS, "values_only": True}
    results = sheet.iter_rows(**bounds)
    if written is None:
        yield from ((number, list(cells)) for number, cells in enumerate(results, 1))
        return
    from openpyxl.utils import get_column_letter

    for number, (cells, texts) in enumerate(zip(results, written.iter_rows(**bounds), strict=True), 1):
        yield (
            number,
            [
                Formula(f"{get_column_letter(column)}{number}") if value is None and text is not None else value
                for column, (value, text) in enumerate(zip(cells, texts, strict=True), 1)
            ],
        )


def _csv(name: str, body: bytes) -> Table:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise RegisterError(
            tr("{file}, line {line}: this is not UTF-8 text. Save it as “CSV UTF-8” and try again.").format(
                file=name, line=line
            )
        ) from error
    first = [line for line in text.splitlines()[:_TITLES] if line.strip()]
    separator = next(
        (mark for line in first for mark in ",;\t" if _is_header(line.split(mark))),
        max(",;\t", key=first[0].count) if first else ",",
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _table(name, "", ((reader.line_num, list(cells)) for cells in reader))
    except csv.Error as error:
        raise RegisterError(f"{name}, {tr('line')} {reader.line_num}: {error}. " + tr("Nothing was kept.")) from error


def _column(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().strip('"').lower().replace(" ", "_")[:80]


def _is_header(cells: Sequence[Any]) -> bool:
    """Whether a row names at least two columns of a register."""
    return len({_column(cell) for cell in cells} & known_columns()) > 1


def _from_header(lines: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The filled rows from the header on; without what stands above it, such as a title."""
    filled = ((n, cells) for n, cells in lines if any(c is not None and str(c).strip() for c in cells))
    first = list(islice(filled, _TITLES))
    start = next((i for i, (_, cells) in enumerate(first) if _is_header(cells)), 0)
    return chain(first[start:], filled)


def _table(file: str, name: str, lines: Iterable[tuple[int, Sequence[Any]]]) -> Table:
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, cells in _from_header(lines):
        if not columns:
            columns = tuple(_column(c) for c in cells)
            named = [c for c in columns if c]
            twice = next((c for c in named if named.count(c) > 1), None)
            if twice is not None:
                raise RegisterError(
                    tr("{file}: the column “{column}” is there twice; keep one.").format(file=file, column=twice)
                )
            continue
        if len(rows) >= _MOST_ROWS:
            raise RegisterError(
                tr("{file} has more than {n} rows; nothing was read from it. Split it.").format(
                    file=file, n=f"{_MOST_ROWS:,}"
                )
            )
        values = [_cell(cell) for cell in cells]
        named = {c: v for c, v in zip(columns, values, strict=False) if c and v is not None}
        headings = (*columns, *[""] * (len(values) - len(columns)))
        beside = next((v for c, v in zip(headings, values, strict=False) if not c and v is not None), None)
        rows.append(Row(number, named, beside))
    return Table(name, tuple(c for c in columns if c), rows)


def _cell(value: Any) -> Any:
    """A cell without white space at its ends, and without the mark that our exports put before formulas."""
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("'") and text[1:].lstrip().startswith(_FORMULA):
            text = text[1:]
        return text or None
    if isinstance(value, datetime):
        return value.date()
    return value


def _json(name: str, body: bytes) -> list[Table]:
    try:
        document: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise RegisterError(f"{name}: {tr('this is not JSON')} ({error}). " + tr("Nothing was kept.")) from error
    parts = cast("dict[str, Any]", document) if isinstance(document, dict) else {"": document}
    tables: list[Table] = []
    for key, part in parts.items():
        if not isinstance(part, list):
            continue  # such as the day of an export
        items = cast("list[Any]", part)
        if len(items) > _MOST_ROWS:
            raise RegisterError(tr("{file} has more than {n} rows.").format(file=name, n=f"{_MOST_ROWS:,}"))
        rows: list[Row] = []
        for number, item in enumerate(items, 1):
            if not isinstance(item, dict):
                raise RegisterError(
                    tr("{file}: entry {n} of {list} must be an object of names and values.").format(
                        file=name, n=number, list=key or tr("the list")
                    )
                )
            entry = cast("dict[str, Any]", item)
            rows.append(Row(number, {k: _cell(v) for k, v in entry.items() if v not in (None, "", [])}))
        columns = dict.fromkeys(c for row in rows for c in row.cells)
        tables.append(Table(key, tuple(columns), rows))
    if not tables:
        raise RegisterError(tr("{file} holds no list of entries.").format(file=name))
    return tables


class Sheet(Struct):
    """A table to be written: name, columns, rows, and a remark for each column (None: no sheet of remarks)."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    meanings: Mapping[str, str] | None = None


def write_tables(path: Path, sheets: Sequence[Sheet], facts: Mapping[str, Any] | None = None) -> list[Path]:
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
                out = csv.writer(file, lineterminator="\r\n")
                out.writerow(sheet.columns)
                out.writerows([guarded(_plain(cell)) for cell in row] for row in sheet.rows)
            written.append(own)
        return written
    _write_workbook(path, sheets)
    return [path]


def _write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
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
                text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", guarded(_plain(value)))[:_LONGEST]
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
        page = book.create_sheet("Columns")
        for row in (("sheet", "column", "meaning"), *remarks):
            page.append(list(row))
        for letter, width in (("A", 22), ("B", 24), ("C", 110)):
            page.column_dimensions[letter].width = width
    if spare is not None:
        book.remove(spare)
    with replacing(path) as target:
        book.save(target)


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
