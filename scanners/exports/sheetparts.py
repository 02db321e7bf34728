"""What the files of a workbook say beside the results in its cells: formulas, merged cells, hidden rows.

A formula whose result was not saved and a cell merged with another read as empty; here they are told apart.
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from zipfile import ZipFile

from msgspec import Struct

Line = tuple[int, list[Any]]
Range = tuple[int, int, int, int]
"""First column, first row, last column, last row; counted from 1."""

_ROW: Final = re.compile(rb"<(?:\w{1,20}:)?row\s([^>]{0,400})>")
_HIDDEN: Final = re.compile(rb"\bhidden=\"(?:1|true)\"")
_NUMBER: Final = re.compile(rb"\br=\"([0-9]{1,7})\"")
_HAS_FORMULA: Final = re.compile(rb"<(?:\w{1,20}:)?f[ >/]")
_EMPTY_RESULT: Final = re.compile(
    rb"<(?:\w{1,20}:)?c\s([^>]{0,400})>\s*"
    rb"<(?:\w{1,20}:)?f(?:\s[^>]{0,400})?(?:/>|>[^<]{0,10000}</(?:\w{1,20}:)?f>)\s*"
    rb"<(?:\w{1,20}:)?v\s*(?:/>|></)"
)
_TEXT_RESULT: Final = b't="str"'
"""What a cell whose result is a text says of itself; one without any result says nothing."""
_CELL: Final = re.compile(rb"\br=\"([A-Z]{1,3}[0-9]{1,7})\"")
_MERGE: Final = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\""
)


class Formula(Struct, frozen=True):
    """A cell with a formula whose result was not saved with the workbook; `cell` as the spreadsheet names it."""

    cell: str


class Part(Struct):
    """What the file of a sheet says beside its cells: whether it holds formulas, merged cells, hidden rows.

    `blank`: cells whose formula has an empty text as its result, by name.
    """

    formulas: bool = False
    blank: set[str] = set()
    merged: list[Range] = []
    hidden: set[int] = set()


def part_of(sheet: Any) -> str:
    """The file in the archive that holds a sheet of openpyxl."""
    return str(sheet._worksheet_path).lstrip("/")


def parts_of(archive: ZipFile) -> dict[str, Part]:
    """What the files of the sheets say beside their cells, by name."""
    from openpyxl.utils import range_boundaries

    found: dict[str, Part] = {}
    for item in archive.infolist():
        name = item.filename.lstrip("/")
        if not name.startswith("xl/worksheets/"):
            continue
        body = archive.read(item)
        part = found[name] = Part(_HAS_FORMULA.search(body) is not None)
        if part.formulas:
            texts = (cell[1] for cell in _EMPTY_RESULT.finditer(body) if _TEXT_RESULT in cell[1])
            cells = (_CELL.search(text) for text in texts)
            part.blank |= {cell[1].decode("ascii") for cell in cells if cell}
        for merge in _MERGE.finditer(body):
            first, top, last, bottom = (int(side or 1) for side in range_boundaries(merge[1].decode("ascii")))
            part.merged.append((first, top, last, bottom))
        if b"hidden=" in body:
            rows = (row[1] for row in _ROW.finditer(body) if _HIDDEN.search(row[1]))
            part.hidden |= {int(number[1]) for row in rows if (number := _NUMBER.search(row))}
    return found


def lines_of(
    sheet: Any, written: Any, part: Part, most_rows: int | None = None, most_columns: int | None = None
) -> Iterator[Line]:
    """The rows of a sheet of results with their numbers, a `Formula` where a result is missing.

    `written` is the same sheet with its formulas, None where it has none; `part` is what `parts_of` says of it.
    """
    sheet.reset_dimensions()  # what a file says of its own size may be wrong, and rows beyond it would be lost
    results = sheet.iter_rows(max_row=most_rows, max_col=most_columns, values_only=True)
    if written is None:
        yield from ((number, list(cells)) for number, cells in enumerate(results, 1))
        return
    written.reset_dimensions()
    texts_of = written.iter_rows(max_row=most_rows, max_col=most_columns, values_only=True)
    for number, (cells, texts) in enumerate(zip(results, texts_of, strict=True), 1):
        yield (
            number,
            [
                Formula(name)
                if value is None and text is not None and (name := cell_name(column, number)) not in part.blank
                else value
                for column, (value, text) in enumerate(zip(cells, texts, strict=True), 1)
            ],
        )


def cell_name(column: int, row: int) -> str:
    """A cell as the spreadsheet names it: `B7`."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"


def range_name(cells: Range) -> str:
    """A range as the spreadsheet names it: `B7:C9`."""
    first, top, last, bottom = cells
    return f"{cell_name(first, top)}:{cell_name(last, bottom)}"
