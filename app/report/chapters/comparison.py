"""What became of findings and assets between two scans."""

from collections import Counter

from app.report import words
from app.report.content import Changed, ReportContent
from app.report.pdf import style
from app.report.surface import RULES, Cell, Column, Surface
from app.texts import tr

_FINDINGS = (
    ("new", "New", "fail"),
    ("worse", "Worse", "fail"),
    ("better", "Better", "pass"),
    ("gone", "Gone", "pass"),
)
_ASSETS = (
    ("added", "New"),
    ("changed", "Changed"),
    ("removed", "Gone"),
    ("stale", "Not seen this time"),
)
_BECAUSE = {
    "resolved": "resolved: the asset is still there",
    "asset_gone": "the asset is gone",
    "not_asked": "not looked at this time: nothing is known to be better",
}


def changes(sheet: Surface, content: ReportContent) -> None:
    """New and worse first, then better and gone; then the assets."""
    found = content.changes
    if found is None:
        sheet.section(tr("Changes"), "changes", intro=tr("There is no earlier scan to compare with."))
        return
    sheet.section(
        tr("Changes"),
        "changes",
        intro=tr("From scan {a} to scan {b}.").format(a=found.earlier, b=found.later),
    )
    if found.findings is None:
        sheet.paragraph(tr("The earlier scan was never judged, so findings cannot be compared."))
    else:
        counts = Counter(c.change for c in found.findings)
        told = ", ".join(f"{words.number(counts[k])} {tr(t).lower()}" for k, t, _ in _FINDINGS if counts[k])
        sheet.paragraph(tr("Findings: {counts}.").format(counts=told or tr("nothing changed")))
        for key, title, mark in _FINDINGS:
            rows = [c for c in found.findings if c.change == key]
            if rows:
                _rows(sheet, f"{tr(title)} ({words.number(len(rows))})", rows, mark)
    counts = Counter(c.change for c in found.assets)
    told = ", ".join(f"{words.number(counts[k])} {tr(t).lower()}" for k, t in _ASSETS if counts[k])
    sheet.subsection(tr("Assets"), "changes-assets")
    sheet.paragraph(tr("Assets: {counts}.").format(counts=told or tr("nothing changed")))
    for key, title in _ASSETS:
        rows = [c for c in found.assets if c.change == key]
        if not rows:
            continue
        sheet.subsection(f"{tr(title)} ({words.number(len(rows))})")
        columns = [Column(tr("Asset"), 190), Column(tr("Kind"), 130), Column(tr("Place"), 130)]
        if key == "changed":
            columns.append(Column(tr("What changed"), 150))
        table = sheet.table(columns)
        for row in rows:
            cells = [Cell(row.about), Cell(row.what), Cell(row.place)]
            table.row([*cells, Cell(row.after)] if key == "changed" else cells)
        table.end()


def _rows(sheet: Surface, title: str, rows: list[Changed], mark: str) -> None:
    sheet.subsection(title, keep=80)
    table = sheet.table(
        [Column(tr("Finding"), 190), Column(tr("About"), 132), Column(tr("Before"), 84), Column(tr("After"), 84)]
    )
    for row in rows:
        known = mark if row.because != "not_asked" else "not_checked"
        note = tr(_BECAUSE[row.because]) if row.because in _BECAUSE else ""
        table.row(
            [
                Cell(row.what, lang=RULES, mark=known, note=row.rule),
                Cell(row.about, note=note),
                Cell(row.before or "–", color=style.MUTED),
                Cell(row.after or "–"),
            ]
        )
    table.end()
