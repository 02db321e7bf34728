"""Workbooks: their sheets row by row, with merged cells and formulas whose results are missing made visible."""

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar
from zipfile import ZipFile

from msgspec import Struct

from app.register.cells import Formula, Merged
from app.register.sheets import RegisterError
from app.texts import tr

Line = tuple[int, list[Any]]
Made = TypeVar("Made")
Range = tuple[int, int, int, int]
"""First column, first row, last column, last row; counted from 1."""

_MOST_UNPACKED: Final = 256 * 1024 * 1024
_MOST_MERGED: Final = 1_000
"""Merged cells that may lie beside each other in one row."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROW: Final = re.compile(rb"<(?:\w{1,20}:)?row\s([^>]{0,400})>")
_HIDDEN: Final = re.compile(rb"\bhidden=\"(?:1|true)\"")
_NUMBER: Final = re.compile(rb"\br=\"([0-9]{1,7})\"")
_HAS_FORMULA: Final = re.compile(rb"<(?:\w{1,20}:)?f[ >/]")
_MERGE: Final = re.compile(
    rb"<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\""
)


class Hidden(Struct):
    """What people do not see of a sheet: all of it, or rows by their numbers, which a filter may have hidden."""

    sheet: bool
    rows: set[int]


class Part(Struct):
    """What the file of a sheet says beside its cells: whether it holds formulas, merged cells, hidden rows."""

    formulas: bool = False
    merged: list[Range] = []
    hidden: set[int] = set()


def read_workbook(name: str, body: bytes, made: Callable[[str, Iterator[Line], Hidden], Made]) -> list[Made]:
    """What `made` makes of each sheet, from its title, its rows with their numbers, and what is hidden of it.

    Raises RegisterError with a sentence where the file is no workbook that can be read.
    """
    from openpyxl import load_workbook

    if body.startswith(_OLE):
        raise RegisterError(
            tr(
                "{file} is protected by a password, or is an old workbook (.xls); nothing was read from it. Save it "
                "without a password as .xlsx."
            ).format(file=name)
        )
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
                parts = _parts(archive)
                formulas = any(part.formulas for part in parts.values())
                written = load_workbook(io.BytesIO(body), read_only=True, keep_links=False) if formulas else book
                found: list[Made] = []
                for sheet in book.worksheets:
                    part = parts.get(_part_of(sheet), Part())
                    lines = _lines(sheet, None if written is book else written[sheet.title])
                    hidden = Hidden(sheet.sheet_state != "visible", part.hidden)
                    found.append(made(sheet.title, _unmerged(lines, part.merged), hidden))
                return found
    except RegisterError:
        raise
    except Exception as error:  # openpyxl lets through whatever zip, zlib and its XML parsers raise
        raise RegisterError(
            tr("{file} is a workbook that cannot be read; nothing was kept of it: save it again as .xlsx.").format(
                file=name
            )
        ) from error


def _part_of(sheet: Any) -> str:
    """The file in the archive that holds a sheet."""
    return str(sheet._worksheet_path).lstrip("/")


def _parts(archive: ZipFile) -> dict[str, Part]:
    """What the files of the sheets say beside their cells, by name."""
    from openpyxl.utils import range_boundaries

    found: dict[str, Part] = {}
    for item in archive.infolist():
        name = item.filename.lstrip("/")
        if not name.startswith("xl/worksheets/"):
            continue
        body = archive.read(item)
        part = found[name] = Part(_HAS_FORMULA.search(body) is not None)
        for merge in _MERGE.finditer(body):
            first, top, last, bottom = (int(side or 1) for side in range_boundaries(merge[1].decode("ascii")))
            part.merged.append((first, top, last, bottom))
        if b"hidden=" in body:
            rows = (row[1] for row in _ROW.finditer(body) if _HIDDEN.search(row[1]))
            part.hidden |= {int(number[1]) for row in rows if (number := _NUMBER.search(row))}
    return found


def _lines(sheet: Any, written: Any) -> Iterator[Line]:
    """The rows of a sheet of results; `written` is the same sheet with its formulas, None where it has none."""
    from openpyxl.utils import get_column_letter

    sheet.reset_dimensions()  # what a file says of its own size may be wrong, and rows beyond it would be lost
    results = sheet.iter_rows(values_only=True)
    if written is None:
        yield from ((number, list(cells)) for number, cells in enumerate(results, 1))
        return
    written.reset_dimensions()
    texts_of = written.iter_rows(values_only=True)
    for number, (cells, texts) in enumerate(zip(results, texts_of, strict=True), 1):
        yield (
            number,
            [
                Formula(f"{get_column_letter(column)}{number}") if value is None and text is not None else value
                for column, (value, text) in enumerate(zip(cells, texts, strict=True), 1)
            ],
        )


def _unmerged(lines: Iterator[Line], ranges: list[Range]) -> Iterator[Line]:
    """Rows in which a cell merged over rows stands in each of them that holds anything else."""
    if not ranges:
        yield from lines
        return
    from openpyxl.utils import get_column_letter

    by_row = defaultdict[int, list[Range]](list)
    for found in ranges:
        by_row[found[1]].append(found)
    open_ones: list[tuple[Range, Any]] = []
    for number, cells in lines:
        open_ones = [(r, value) for r, value in open_ones if r[3] >= number]
        own = any(cell is not None for cell in cells)
        begins = by_row.get(number, ())
        if len(open_ones) + len(begins) > _MOST_MERGED:
            raise ValueError("too many merged cells")
        for found in begins:
            value = cells[found[0] - 1] if found[0] <= len(cells) else None
            if value is not None:
                open_ones.append((found, value))
        for (first, top, last, bottom), value in open_ones if own else ():
            cells.extend([None] * (last - len(cells)))
            cells[first - 1] = value
            for column in range(first, last):
                cells[column] = Merged(f"{get_column_letter(first)}{top}:{get_column_letter(last)}{bottom}")
        yield number, cells
