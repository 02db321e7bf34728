"""What became of findings and assets between two scans."""

from collections import Counter

from app.report import words
from app.report.content import Changed, ReportContent
from app.report.pdf import style
from app.report.surface import RULES, Cell, Column, Surface
from app.texts import tr

_FINDINGS = (
    ("new", "New"),
    ("worse", "Worse"),
    ("unseen", "No longer checked"),
    ("accepted", "Accepted since"),
    ("better", "Less grave"),
    ("gone", "Gone"),
)
_GONE = {"resolved": "pass", "not_asked": "not_checked"}
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
    "flow_gone": "the flow was not seen again, or is in order now",
}


def changes(sheet: Surface, content: ReportContent) -> None:
    """New and worse first, then what is not known to be better, then the rest; then the assets."""
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
        told = ", ".join(f"{words.number(counts[k])} {_small(t)}" for k, t in _FINDINGS if counts[k])
        sheet.paragraph(tr("Findings: {counts}.").format(counts=told or tr("nothing changed")))
        for key, title in _FINDINGS:
            rows = [c for c in found.findings if c.change == key]
            if rows:
                _rows(sheet, f"{tr(title)} ({words.number(len(rows))})", rows)
    counts = Counter(c.change for c in found.assets)
    told = ", ".join(f"{words.number(counts[k])} {_small(t)}" for k, t in _ASSETS if counts[k])
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


def sign(row: Changed) -> str:
    """The verdict whose sign stands before a finding: a tick only where it is known to be resolved."""
    if row.change == "gone":
        return _GONE.get(row.because, "not_applicable")
    return {"unseen": "not_checked", "accepted": "accepted"}.get(row.change, "fail")


def _small(title: str) -> str:
    """A heading within a sentence."""
    told = tr(title)
    return told[:1].lower() + told[1:]


def _rows(sheet: Surface, title: str, rows: list[Changed]) -> None:
    sheet.subsection(title, keep=80)
    table = sheet.table(
        [Column(tr("Finding"), 190), Column(tr("About"), 132), Column(tr("Before"), 84), Column(tr("After"), 84)]
    )
    for row in rows:
        note = tr(_BECAUSE[row.because]) if row.because in _BECAUSE else ""
        table.row(
            [
                Cell(row.what, lang=RULES, mark=sign(row), note=row.rule),
                Cell(row.about, note=note),
                Cell(row.before or "–", color=style.MUTED),
                Cell(row.after or "–"),
            ]
        )
    table.end()
