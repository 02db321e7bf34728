"""Rows of a table → entries of the policy, each cell checked, each problem a sentence with its row."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct

from app.register.german import COLUMNS_SHEET, HEADINGS
from app.register.reading import TableReader
from app.register.sheets import (
    EXPORTED,
    RegisterError,
    Sheet,
    german_columns,
    is_export,
    sheet_named,
    sheet_of,
)
from app.register.tablefile import Row, Table, read_tables
from app.register.values import CellValues
from app.texts import language, tr, trn
from rules.catalogue import Catalogue
from rules.policy import Policy
from rules.policy.fields import RECORDS
from rules.policy.reading import PolicyError, Wrong

Entry = dict[str, Any]


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
    known = False
    for table in read_tables(path):
        kind = wanted or sheet_named(table.name) or sheet_of(table.columns)
        where = f"{path.name}, {tr('sheet')} {table.name}" if table.name else path.name
        if kind is None:
            if table.rows and table.name.casefold() not in ("columns", COLUMNS_SHEET.casefold()):
                remarks.append(tr("{where}: not a table that is known here; it was left out.").format(where=where))
            continue
        known = True
        if not table.rows:
            continue
        remarks += table.remarks
        exported = is_export(table.columns)
        try:
            part = Entries(kind, _entries(table, kind, where, catalogue, as_of, remarks), exported)
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
    if known and not any(part.entries for part in parts):
        said = tr("{file} holds no entry: no row is filled in below the headings of its tables.")
        raise RegisterError("\n".join([*remarks, said.format(file=path.name)]))
    if not parts:
        first = HEADINGS["transfer_register"].values() if language() == "de" else RECORDS["TransferEntry"]
        names = ", ".join(first)
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
    exported = is_export(table.columns)
    english: Mapping[str, str] = {} if exported else german_columns(sheet.name)
    columns = Counter(english.get(column, column) for column in table.columns)
    twice = table.twice or next((column for column, n in columns.items() if n > 1), None)
    if twice is not None:
        said = tr("{file}: the column “{column}” is there twice; keep one.")
        raise PolicyError([said.format(file=where, column=twice)])
    rows = _as_entries(table.rows, where, remarks) if exported else table.rows
    in_german = bool(set(english) & set(table.columns))
    usual = HEADINGS[sheet.name] if in_german else {column: column for column in sheet.columns}
    headings = {**usual, **({column: name for name, column in EXPORTED.items()} if exported else {})}
    headings |= {english.get(name, name): title for name, title in table.titles.items() if not exported}
    reader = TableReader(where, [row.number for row in rows], headings, catalogue, as_of)
    cells = CellValues(reader, sheet, catalogue, where, remarks)
    found: list[Entry] = []
    for number, row in enumerate(rows):
        entry: Entry = {}
        wrong: set[str] = set()
        for name, value in row.cells.items():
            column = english.get(name, name)
            at = (sheet.setting, number, column)
            if column not in sheet.columns:
                reader.no_column(table.titles.get(name, name), at, list(usual.values()))
                continue
            entry[column] = value
            try:
                entry[column] = cells.value(column, value, at, row.number)
            except Wrong:
                wrong.add(column)
        if row.beside is not None:
            said = tr("“{value}” stands below no column; give it a heading, or take it out.")
            reader.wrong((sheet.setting, number), said.format(value=str(row.beside)[:60]))
        reader.row(sheet, number, entry, wrong)
        found.append(entry)
    if not reader.problems:
        reader.twice(sheet, found)
    if reader.problems:
        raise PolicyError(reader.problems)
    return [{name: entry[name] for name in sheet.columns if name in entry} for entry in found]


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
