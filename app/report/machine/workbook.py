"""The report as a workbook: one sheet for each table. Every text is a text, whatever it begins with.

The same report gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.report import csvform, words
from app.report.content import ComputeNote
from app.report.files import replacing
from app.report.machine.saving import save
from app.report.source import ReportSource
from app.texts import tr

LONGEST: Final = 32_000
"""A cell holds 32,767 characters; what is longer ends with a note of how much was left out."""
MOST_ROWS: Final = 1_000_000
COVERAGE: Final = (
    "connection", "provider", "account", "region", "service", "kind", "status", "missing permission", "detail", "count",
)  # fmt: skip


def write_workbook(
    source: ReportSource, path: Path, *, with_passes: bool = False, compute: ComputeNote | None = None
) -> None:
    """Writes the workbook, with a sheet of training compute where it was worked out; the file appears whole or not at
    all. Raises `app.report.files.ReportNotWrittenError`."""
    from openpyxl import Workbook

    book: Any = Workbook(write_only=True)
    _sheet(book, tr("About"), (tr("What"), tr("Value")), _about(source), (28, 90))
    _sheet(book, tr("Findings"), csvform.FINDINGS, csvform.findings_rows(source, with_passes), _WIDTHS)
    _sheet(book, tr("Assets"), csvform.ASSETS, csvform.assets_rows(source), ())
    _sheet(book, tr("Transfers"), csvform.TRANSFERS, csvform.transfers_rows(source), ())
    _sheet(book, tr("Coverage"), COVERAGE, _coverage(source), ())
    if compute is not None:
        _sheet(book, tr("Training compute"), csvform.COMPUTE, csvform.compute_rows(compute), (40,))
    with replacing(path) as target:
        save(book, target, source.head())


_WIDTHS: Final = (10, 12, 14, 50, 34, 18, 12, 18, 26, 12, 16, 30, 50, 40, 30, 60, 10, 50, 40)


def _sheet(book: Any, name: str, heads: Sequence[str], rows: Iterable[Sequence[object]], widths: Sequence[int]) -> None:
    """A sheet, and further ones of the same name with a number where the rows are more than a sheet holds."""
    from openpyxl.utils import get_column_letter

    page: Any = None
    filled = part = 0
    for row in rows:
        if page is None or filled >= MOST_ROWS:
            part += 1
            page = _opened(book, name if part == 1 else f"{name} {part}", heads, widths, get_column_letter)
            filled = 0
        page.append([text_cell(page, value) for value in row])
        filled += 1
    if page is None:
        _opened(book, name, heads, widths, get_column_letter)


def _opened(book: Any, name: str, heads: Sequence[str], widths: Sequence[int], letter: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    page = book.create_sheet(name[:31])
    page.freeze_panes = "A2"
    for place, head in enumerate(heads):
        wide = widths[place] if place < len(widths) else max(14, len(head) + 3)
        page.column_dimensions[letter(place + 1)].width = wide
    titles: list[Any] = []
    for head in heads:
        cell = WriteOnlyCell(page, value=head)
        cell.font = Font(bold=True)
        titles.append(cell)
    page.append(titles)
    return page


def text_cell(page: Any, value: object) -> Any:
    """A number as a number; any other value as text that no spreadsheet takes for a formula."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = clean(value)
    if not text:
        return None
    cell = WriteOnlyCell(page, value="")
    cell._value = text  # the usual way would read "=1" as a formula before it can be told that it is none
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def clean(value: object) -> str:
    """The text of a cell: control characters as their code points, never longer than a cell, guarded."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    text = csvform.guarded(value)
    text = ILLEGAL_CHARACTERS_RE.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text)
    text = "".join(f"⟨U+{ord(c):04X}⟩" if c in "\ufffe\uffff" else c for c in text)
    if len(text) > LONGEST:
        return f"{text[:LONGEST]}… (+{len(text) - LONGEST})"
    return text


def _about(source: ReportSource) -> Iterator[Sequence[object]]:
    head, summary = source.head(), source.summary()
    yield (tr("Organisation"), head.organisation)
    yield (tr("Law as of"), head.as_of.isoformat())
    yield (tr("Scan"), head.scan.id)
    yield (tr("Begun"), head.scan.started.isoformat() if head.scan.started else None)
    yield (tr("Complete"), tr("yes") if head.scan.complete else tr("no"))
    yield (tr("Program"), head.versions.program)
    yield (tr("Rules"), f"{head.versions.pack_name} {head.versions.pack}")
    yield (tr("Catalogue"), f"{head.versions.catalogue_name} {head.versions.catalogue}")
    yield (tr("Policy"), head.versions.policy)
    for verdict in ("fail", "not_checked", "accepted", "pass", "not_applicable"):
        yield (verdict, summary.verdicts.get(verdict, 0))
    for decision in summary.decisions:
        yield (tr("Decision needed"), f"{words.decision(decision.decision)} ({decision.waiting})")


def _coverage(source: ReportSource) -> Iterator[Sequence[object]]:
    for c in source.coverage():
        yield (
            c.connection, c.provider, c.account, c.region, c.service, c.kind, c.status.value, c.missing_permission,
            c.detail, c.count,
        )  # fmt: skip
