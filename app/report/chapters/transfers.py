"""The transfer register: each flow that leaves the EEA, with its basis or the lack of one."""

from app.register.due import Ends, left_told, none_told, some_told
from app.report import sentences, words
from app.report.content import ReportContent, TransferRow
from app.report.pdf import keys, style
from app.report.surface import Cell, Column, Surface
from app.texts import tr, trn

_MARKS = {"covered": "pass", "expired": "fail", "uncovered": "fail", "decision_needed": "not_checked"}


def register(sheet: Surface, content: ReportContent) -> None:
    """The register as a table, and what ends soon of what its flows rest on."""
    _table(sheet, content)
    _ends(sheet, content.ends)


def _table(sheet: Surface, content: ReportContent) -> None:
    sheet.section(tr("Transfer register"), "transfers", intro=sentences.transfers(content), fresh=False)
    if not content.transfers:
        return
    blocks: dict[str, str] = {}
    for group in content.groups:
        for row in group.rows:
            if row.subject.flow:
                blocks.setdefault(row.subject.key, keys.group(group.severity, group.id))
    columns = [
        Column(tr("Flow"), 146),
        Column(tr("To"), 86),
        Column(tr("Class"), 86),
        Column(tr("Basis"), 112),
        Column(tr("Status"), 88),
    ]
    table = sheet.table(columns)
    for row in content.transfers:
        table.row(_cells(row, content, blocks), keys.transfer(row.flow.id))
    table.end(4)
    sheet.paragraph(
        tr(
            "Use of a region in a third country is presumed to disclose data to the provider’s company there. The "
            "presumption can be rebutted: record an acceptance with the reason."
        ),
        face=style.SANS,
        size=8,
        leading=11,
        color=style.MUTED,
    )


def _ends(sheet: Surface, ends: Ends | None) -> None:
    """What ends soon after the day of the judgement, as `situs register due` lists it; a sentence if nothing does."""
    if ends is None:
        return
    day = words.day(ends.day)
    hidden = trn(
        "{n} entry that names somebody or something is left out of this copy.",
        "{n} entries that name somebody or something are left out of this copy.",
        ends.hidden,
    ).format(n=words.number(ends.hidden))
    if not ends.rows:
        sheet.paragraph(hidden if ends.hidden else none_told(ends.within, day))
        return
    sheet.subsection(tr("What ends soon"), "ends", keep=110)
    sheet.paragraph(some_told(ends.within, day) + (f" {hidden}" if ends.hidden else ""))
    table = sheet.table(
        [Column(tr("Day"), 96), Column(tr("What ends or changes"), 320), Column(tr("Flows"), 60, right=True)]
    )
    for item in ends.rows:
        over = item.left < 0 and item.what != "law"
        table.row(
            [
                Cell(words.day(item.day), note=left_told(item), color=style.FAIL if over else style.INK),
                Cell(item.text),
                Cell("–" if item.flows is None else words.number(item.flows)),
            ]
        )
    table.end()


def _cells(row: TransferRow, content: ReportContent, blocks: dict[str, str]) -> list[Cell]:
    transfer, flow = row.transfer, row.flow
    note = words.flow_kind(flow.kind)
    origin = words.countries(flow.source_countries, content.countries)
    note += "; " + tr("from {place}").format(place=origin)
    if flow.via:
        note += "; " + tr("by way of {names}").format(names=", ".join(words.short(v, 40) for v in flow.via[:3]))
    basis = transfer.register_entry or ""
    if transfer.tia_date is not None:
        assessed = tr("assessed {day}").format(day=words.day(transfer.tia_date))
        basis = f"{basis}; {assessed}" if basis else assessed
    until = tr("until {day}").format(day=words.day(transfer.expires)) if transfer.expires is not None else ""
    bad = transfer.status in ("expired", "uncovered")
    return [
        Cell(f"{row.source} → {row.target}", note=note),
        Cell(
            content.countries.get(transfer.country, transfer.country) or tr("not known"),
            note=transfer.importer or tr("importer not known"),
        ),
        Cell(words.data_class(flow.data_class)),
        Cell(words.mechanism(transfer.mechanism), note=basis),
        Cell(
            words.transfer_status(transfer.status, transfer.mechanism),
            color=style.FAIL if bad else style.INK,
            mark=_MARKS.get(transfer.status, "not_checked"),
            note=until,
            link=blocks.get(flow.id),
        ),
    ]


def article_30(sheet: Surface, content: ReportContent) -> None:
    """Rows for the record of processing: Article 30(1)(c) to (g), as far as flows, register and policy tell them."""
    rows = content.activities
    sheet.section(
        tr("Annex to the record of processing (Article 30)"),
        "article30",
        intro=tr("What flows, register and policy tell for your record of processing."),
    )
    sheet.paragraph(
        tr(
            "Each row goes with one entry of your record; flows that belong to none stand in a row of their own."
            " Contact details, purposes and categories of people are yours to add."
        )
    )
    if not rows:
        sheet.paragraph(tr("No flow out of the EEA was seen, and no record of processing was given."))
        return
    for row in rows:
        name = row.purpose or (
            tr("Entry {id}").format(id=row.record) if row.record else tr("Flows that no entry names")
        )
        sheet.subsection(name, keep=120)
        table = sheet.table([Column(tr("What"), 150), Column(tr("As far as known"), 340)])
        for title, values, bad in (
            (tr("Number of the entry"), (row.record,) if row.record else (), False),
            (tr("Classes of data"), tuple(words.data_class(c) for c in row.classes), False),
            (tr("Assets"), row.assets, False),
            (tr("Recipients"), row.recipients, False),
            (tr("Third countries"), row.countries, False),
            (tr("Safeguards on record"), row.safeguards, False),
            (tr("Without a safeguard"), row.open, True),
            (tr("Time limits for erasure"), row.erasure, False),
            (tr("Who has to hold the key"), row.custody, False),
        ):
            shown = [words.short(v, 160) for v in values[:20]]
            if len(values) > 20:
                rest = len(values) - 20
                shown.append(trn("and {n} more", "and {n} more", rest).format(n=words.number(rest)))
            table.row(
                [
                    Cell(title, color=style.MUTED),
                    Cell("; ".join(shown) or "–", color=style.FAIL if bad and values else style.INK),
                ]
            )
        table.end()
