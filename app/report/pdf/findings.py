"""Findings by severity: the rule once, with why, law and remedy, then each asset or flow as a row."""

from app.report import sentences, words
from app.report.content import FindingRow, ReportContent, RuleGroup
from app.report.pdf import keys, marks, style
from app.report.pdf.document import LEFT, RIGHT, WIDE, Sheet, clip
from app.report.pdf.tables import Table
from app.report.pdf.typeset import Span, prose, wrap
from app.report.seen import seen
from app.report.surface import Cell, Column
from app.texts import tr, trn

INDENT = 18.0
ROOM = WIDE - INDENT
ASIDE = 98.0
ENGLISH = "en"
"""The language of rule texts, whatever the report's."""


def findings(sheet: Sheet, content: ReportContent) -> None:
    """All findings that fail, gravest first."""
    sheet.section(tr("Findings"), "findings", intro=sentences.findings(content), fresh=False)
    severity = ""
    for group in content.groups:
        if group.severity != severity:
            severity = group.severity
            rows = sum(len(g.rows) for g in content.groups if g.severity == severity)
            _severity(sheet, severity, rows, _height(group))
        _block(sheet, group, content)


def _height(group: RuleGroup) -> float:
    """Points that a rule's block needs to begin: title, explanation and the first of what the law says.

    Law and remedies may go on on the next page; the table sees for itself that its head has a row below it.
    """
    title = wrap(prose(group.title), style.BOLD, 10.5, ROOM - 70)
    explanation = wrap(prose(group.explanation), style.SERIF, 9.5, ROOM - 30)
    return len(title) * 14 + len(explanation) * 13 + (60 if group.law or group.remediation else 110)


def _severity(sheet: Sheet, name: str, rows: int, first: float) -> None:
    sheet.space(10)
    sheet.need(min(40 + first, 500))
    sheet.mark(f"severity-{name}", f"{words.severity(name)} ({words.number(rows)})", 1)
    sheet.y -= 20
    marks.severity(sheet.canvas, name, LEFT, sheet.y + 1)
    with sheet.tags.element("H2"):
        wide = sheet.put(LEFT + INDENT, sheet.y, words.severity(name), style.SERIF_BOLD, 14)
    text = f"{words.count(rows, 'finding', 'findings')}. {words.severity_meaning(name)}"
    with sheet.tags.element("P"):
        sheet.put(LEFT + INDENT + wide + 10, sheet.y, text, style.SANS, 9, style.MUTED)
    sheet.y -= 8
    sheet.canvas.setStrokeColor(style.FAIL)
    sheet.canvas.setLineWidth(0.9)
    sheet.canvas.line(LEFT, sheet.y, RIGHT, sheet.y)
    sheet.y -= 4


def _block(sheet: Sheet, group: RuleGroup, content: ReportContent) -> None:
    title = wrap(prose(group.title), style.BOLD, 10.5, ROOM - 70)
    explanation = wrap(prose(group.explanation), style.SERIF, 9.5, ROOM - 30)
    sheet.space(8)
    sheet.need(min(_height(group), 460))
    sheet.mark(keys.group(group.severity, group.id))
    x = LEFT + INDENT
    first = sheet.y - 14
    marks.verdict(sheet.canvas, "fail", LEFT + 5, first + 3.6, 9.5)
    with sheet.tags.element("H3", lang=ENGLISH):
        for line in title:
            sheet.y -= 14
            sheet.put(x, sheet.y, line, style.BOLD, 10.5)
    with sheet.tags.element("P"):
        sheet.put_right(RIGHT, first, group.id, style.MONO, 7.5, style.MUTED)
    sheet.y -= 3
    with sheet.tags.element("P", lang=ENGLISH):
        for line in explanation:
            sheet.need(13)
            sheet.y -= 13
            sheet.put(x, sheet.y, line, style.SERIF, 9.5)
    sheet.y -= 4
    if group.law or group.remediation:
        with sheet.tags.element("L"):
            if group.law:
                _law(sheet, group, x)
            for provider, text in group.remediation:
                _labelled(sheet, tr("To do, {provider}").format(provider=words.provider(provider)), text, x)
    sheet.y -= 4
    _rows(sheet, group, content)


def _law(sheet: Sheet, group: RuleGroup, x: float) -> None:
    sheet.need(24)
    tags = sheet.tags
    with tags.element("LI"):
        with tags.element("Lbl"):
            sheet.put(x, sheet.y - 12 + 2, tr("Law"), style.SANS, 8.5, style.MUTED)
        with tags.element("LBody"):
            for note in group.law:
                spans = [
                    Span(note.label, style.BOLD, 8.5, style.ACCENT, keys.law(note.id)),
                    Span(f"  {prose(note.paraphrase or note.title)}", style.SANS, 8.5),
                ]
                sheet.rich(spans, leading=12, x=x + ASIDE, room=ROOM - ASIDE - 10, after=1, lang=ENGLISH)
    sheet.y -= 2


def _labelled(sheet: Sheet, label: str, text: str, x: float) -> None:
    sheet.need(24)
    tags = sheet.tags
    with tags.element("LI"):
        with tags.element("Lbl"):
            sheet.put(x, sheet.y - 10, clip(label, style.SANS, 8.5, ASIDE - 6), style.SANS, 8.5, style.MUTED)
        with tags.element("LBody"):
            spans = [Span(prose(text), style.SANS, 8.5)]
            sheet.rich(spans, leading=12, x=x + ASIDE, room=ROOM - ASIDE - 10, after=3, lang=ENGLISH)


def columns_of(group: RuleGroup) -> list[Column]:
    """The columns of a rule's findings."""
    flow = all(row.subject.flow for row in group.rows)
    return [
        Column(tr("Flow") if flow else tr("Asset"), 152),
        Column(tr("Leads to") if flow else tr("Where"), 98),
        Column(tr("What was seen"), 126),
        Column(tr("Evidence"), 101),
    ]


def _rows(sheet: Sheet, group: RuleGroup, content: ReportContent) -> None:
    table = Table(
        sheet,
        columns_of(group),
        size=7.8,
        indent=INDENT - 6,
        continued=tr("{title}, continued").format(title=prose(group.title)),
    )
    for row in group.rows:
        table.row(finding_cells(row, content))
    table.end(8)


def finding_cells(row: FindingRow, content: ReportContent) -> list[Cell]:
    """One finding as a row."""
    subject = row.subject
    account = f"{words.provider(subject.provider)} {subject.account}".strip()
    named = words.flow_kind if subject.flow else words.kind
    what = named(subject.kind) if subject.kind else ""
    parts = [what, account, words.stale(subject.stale)]
    if subject.data_class is not None:
        parts.append(tr("class: {name}").format(name=words.data_class(subject.data_class)))
    if row.potential:
        parts.append(tr("potential: nobody stated the class"))
    if row.related:
        parts.append(
            trn("stands for {rules} too", "stands for {rules} too", len(row.related)).format(
                rules=", ".join(row.related)
            )
        )
    place = words.place(subject.place, content.countries)
    link = keys.transfer(subject.key) if subject.flow else keys.asset(subject.key)
    digest = row.evidence[0] if row.evidence else ""
    more = len(row.evidence) - 1
    tail = " " + trn("+ {n} more", "+ {n} more", more).format(n=words.number(more)) if more > 0 else ""
    return [
        Cell(subject.name, link=link, note=", ".join(p for p in parts if p)),
        Cell(place, note=words.beside(subject.place, content.countries)),
        Cell(seen(row.why)),
        Cell(
            words.short(digest, 14) + tail if digest else tr("none"),
            face=style.MONO if digest else style.SANS,
            color=style.MUTED,
            note=words.short(row.source, 150),
            link=keys.document(digest) if digest else None,
        ),
    ]
