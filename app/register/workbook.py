"""Workbooks: their sheets row by row, with merged cells and formulas whose results are missing made visible."""

import io
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar
from zipfile import ZipFile

from msgspec import Struct

from app.register.cells import Merged
from app.register.sheets import RegisterError
from app.texts import tr
from scanners.exports.sheetparts import Line, Part, Range, lines_of, part_of, parts_of, range_name

Made = TypeVar("Made")

_MOST_UNPACKED: Final = 256 * 1024 * 1024
_MOST_MERGED: Final = 1_000
"""Merged cells that may lie beside each other in one row."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Hidden(Struct):
    """What people do not see of a sheet: all of it, or rows by their numbers, which a filter may have hidden."""

    sheet: bool
    rows: set[int]


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
                parts = parts_of(archive)
                formulas = any(part.formulas for part in parts.values())
                written = load_workbook(io.BytesIO(body), read_only=True, keep_links=False) if formulas else book
                found: list[Made] = []
                for sheet in book.worksheets:
                    part = parts.get(part_of(sheet), Part())
                    lines = lines_of(sheet, None if written is book else written[sheet.title], part)
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


def _unmerged(lines: Iterator[Line], ranges: list[Range]) -> Iterator[Line]:
    """Rows in which a cell merged over rows stands in each of them that holds anything else."""
    if not ranges:
        yield from lines
        return
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
        for found, value in open_ones if own else ():
            first, _, last, _ = found
            cells.extend([None] * (last - len(cells)))
            cells[first - 1] = value
            for column in range(first, last):
                cells[column] = Merged(range_name(found))
        yield number, cells
