"""The rows of a workbook of declared sites, from the header on; cells that may hold anything are told."""

import warnings
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO, Final
from zipfile import ZipFile

from scanners.exports.sheetparts import Formula, Line, Part, cell_name, lines_of, part_of, parts_of, range_name
from scanners.exports.sitewords import SHEETS, column_of

_TITLES: Final = 20
"""Rows among which the header is looked for."""
_MOST_UNPACKED: Final = 256 * 1024 * 1024
_MOST_MERGED: Final = 2_000
_MOST_PROBLEMS: Final = 10


class SheetRows:
    """The filled rows of one sheet. `problems`: what is wrong with cells, complete once the rows were gone through."""

    def __init__(self, lines: Iterator[Line], part: Part) -> None:
        self._lines = lines
        self._merged = part.merged
        self.problems: list[str] = []

    def rows(self) -> Iterator[Line]:
        """(number, cells) of the header and of each row below it that holds anything."""
        filled = ((row, cells) for row, cells in self._lines if any(cell not in (None, "") for cell in cells))
        first = list(islice(filled, _TITLES))
        start = next((n for n, (_, cells) in enumerate(first) if "site" in map(column_of, cells)), 0)
        header: Sequence[Any] | None = None
        for row, cells in chain(first[start:], filled):
            self._look_at(row, cells, header or cells)
            header = header or cells
            yield row, cells

    def _look_at(self, row: int, cells: Sequence[Any], header: Sequence[Any]) -> None:
        for place, cell in enumerate(cells):
            if isinstance(cell, Formula):
                self._wrong(
                    f"Row {row}, {_column(header, place)}: {cell.cell} is a formula whose result was not saved; open "
                    "the file in the spreadsheet, save it, and import it again."
                )
        for found in self._merged:
            first, top, last, bottom = found
            if not top <= row <= bottom or first > len(header):
                continue
            if last > first or row > top:
                self._wrong(
                    f"Row {row}, {_column(header, first - 1)}: the cells {range_name(found)} are merged; undo that, "
                    "and write into each what belongs there."
                )

    def _wrong(self, said: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(said)


def sheet_of(file: BinaryIO, most_rows: int, most_columns: int) -> SheetRows:
    """The sheet named for sites, or the first one, of a workbook. Raises whatever openpyxl and zipfile do."""
    from openpyxl import load_workbook

    with ZipFile(file) as archive:
        if sum(item.file_size for item in archive.infolist()) > _MOST_UNPACKED:
            raise ValueError("unpacks to too much")
        parts = parts_of(archive)
    if any(len(part.merged) > _MOST_MERGED for part in parts.values()):
        raise ValueError("too many merged cells")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that do not matter here
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        names = {name.strip().lower(): name for name in book.sheetnames}
        sheet = book[next((names[name] for name in SHEETS if name in names), book.sheetnames[0])]
        part = parts.get(part_of(sheet), Part())
        formulas = load_workbook(file, read_only=True, keep_links=False)[sheet.title] if part.formulas else None
    return SheetRows(lines_of(sheet, formulas, part, most_rows, most_columns), part)


def _column(header: Sequence[Any], place: int) -> str:
    heading = header[place] if place < len(header) else None
    if heading is None or isinstance(heading, Formula):
        return f"column {cell_name(place + 1, 1)[:-1]}"
    return f"column {str(heading).strip()[:60]!r}"
