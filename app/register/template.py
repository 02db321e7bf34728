"""The template: a workbook of all registers to fill in, its headings and remarks in the language in use."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.register import german
from app.register.sheets import MEANINGS, SHEETS
from app.register.tablefile import Explained, Sheet, write_tables
from app.texts import language, tr


def write_template(path: Path, filled: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Path]:
    """Write the template, with the entries of these settings of a policy; returns the files written.

    In German its sheets and columns have German names, except in JSON, whose names do not change. Raises RegisterError
    or ReportNotWrittenError.
    """
    if language() != "de" or path.suffix.lower() == ".json":
        return write_tables(path, [_sheet(name, filled) for name in SHEETS])
    sheets = [_in_german(name, _sheet(name, filled)) for name in SHEETS]
    explained = Explained(german.COLUMNS_SHEET, german.EXPLAINED)
    return write_tables(path, sheets, explained=explained, separator=german.SEPARATOR)


def _sheet(name: str, filled: Mapping[str, Sequence[Mapping[str, Any]]]) -> Sheet:
    sheet = SHEETS[name]
    meanings = {column: tr(MEANINGS[f"{name}.{column}"]) for column in sheet.columns}
    rows = [[entry.get(column) for column in sheet.columns] for entry in filled.get(sheet.setting, ())]
    return Sheet(name, sheet.columns, rows, meanings)


def _in_german(name: str, sheet: Sheet) -> Sheet:
    headings = german.HEADINGS[name]
    rows = [[german.YES_NO[cell] if isinstance(cell, bool) else cell for cell in row] for row in sheet.rows]
    meanings = {headings[column]: said for column, said in (sheet.meanings or {}).items()}
    return Sheet(german.SHEET_NAMES[name], [headings[column] for column in sheet.columns], rows, meanings)
