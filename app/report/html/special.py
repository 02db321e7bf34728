"""Summary, places and findings as HTML."""

from dataclasses import replace

from app.report import sentences, words
from app.report.chapters import estate
from app.report.content import ReportContent, RuleGroup
from app.report.html.marked import outside, plain
from app.report.html.sheet import HtmlSheet, mark
from app.report.html.svg import Drawing
from app.report.pdf import keys, legend, painting
from app.report.pdf.findings import columns_of, finding_cells
from app.texts import tr, trn


def summary(sheet: HtmlSheet, content: ReportContent) -> None:
    """The answer, the counts, the gravest five, what waits for the reader."""
    sheet.section(tr("Summary"), "summary", intro=sentences.opening(content))
    counts = content.summary.verdicts
    boxes = "".join(
        f"<li>{mark(name)}<strong>{words.number(counts.get(name, 0))}</strong> {plain(words.verdicts(name))}</li>"
        for name in ("fail", "not_checked", "accepted", "pass")
    )
    sheet.put(f'<ul class="verdicts">{boxes}</ul>\n')
    for line in (sentences.limits(content), sentences.data(content), sentences.gpus(content), sentences.keys(content)):
        sheet.paragraph(line)
    if content.groups:
        sheet.subsection(tr("What is gravest"))
        sheet.put("<ol>\n")
        for group in content.groups[:5]:
            rest = len(group.rows) - 1
            more = " " + trn("and {n} more", "and {n} more", rest).format(n=words.number(rest)) if rest else ""
            title = sheet.linked(f'<span lang="en">{outside(group.title)}</span>', keys.group(group.severity, group.id))
            sheet.put(
                f"<li>{title} ({plain(words.severity(group.severity))})<br>"
                f'<small class="note">{outside(group.rows[0].subject.name)}{plain(more)}</small></li>\n'
            )
        sheet.put("</ol>\n")
    sheet.subsection(tr("What needs you"))
    sheet.paragraph(sentences.decisions(content))
    if content.decisions:
        sheet.bullets(words.decision(d.decision) for d in content.decisions)


def places(sheet: HtmlSheet, content: ReportContent) -> None:
    """The maps of the PDF, what their signs mean, and the same in figures."""
    sheet.section(tr("Map of places"), "map", intro=sentences.places(content))
    if not content.places:
        return
    for number, chart in enumerate(painting.charts(content), 1):
        _map(sheet, chart, content, f"drawn-{number}")
    items: list[str] = []
    for sign, text in legend.entries(content):
        drawing = Drawing(f"sign-{sign}", 16, 12)
        legend.paint_sign(drawing, sign, 0, 3)
        items.append(f"<li>{drawing.markup('', '')} {plain(text)}</li>\n")
    sheet.put(f'<ul class="legend">\n{"".join(items)}</ul>\n')
    sheet.subsection(tr("The same in figures"), "places")
    estate.places(sheet, content)


def _map(sheet: HtmlSheet, chart: painting.Chart, content: ReportContent, key: str) -> None:
    view = replace(chart.view, x=0, y=0)
    drawing = Drawing(key, view.wide, view.high)
    here = [spot for spot in chart.spots if view.holds(spot.longitude, spot.latitude)]
    _, drawn = painting.painted(drawing, view, content, here, title=chart.title, inset=chart.inset)
    sheet.put(f"<figure>\n{drawing.markup(chart.title, painting.in_words(chart.title, here))}")
    if drawn < len(here):
        sheet.put(f"<figcaption>{plain(painting.too_close(len(here) - drawn))}</figcaption>\n")
    sheet.put("</figure>\n")


def findings(sheet: HtmlSheet, content: ReportContent) -> None:
    """All findings that fail, gravest first."""
    sheet.section(tr("Findings"), "findings", intro=sentences.findings(content))
    severity = ""
    for group in content.groups:
        if group.severity != severity:
            severity = group.severity
            rows = sum(len(g.rows) for g in content.groups if g.severity == severity)
            title = f"{words.severity(severity)} ({words.number(rows)})"
            sheet.subsection(title, f"severity-{severity}")
            sheet.paragraph(words.severity_meaning(severity))
        block(sheet, group, content)


def block(sheet: HtmlSheet, group: RuleGroup, content: ReportContent) -> None:
    """One rule with its findings."""
    key = keys.group(group.severity, group.id)
    sheet.put(f'<h4{sheet.identity(key)}>{mark("fail")}<span lang="en">{outside(group.title)}</span> ')
    sheet.put(f'<small class="mono">{plain(group.id)}</small></h4>\n')
    if group.explanation:
        sheet.put(f'<p lang="en">{outside(group.explanation)}</p>\n')
    if group.law or group.remediation:
        sheet.put('<dl class="facts">\n')
        if group.law:
            sheet.put(f"<dt>{plain(tr('Law'))}</dt><dd>")
            for note in group.law:
                label = sheet.linked(f"<strong>{plain(note.label)}</strong>", keys.law(note.id))
                sheet.put(f'{label} <span lang="en">{outside(note.paraphrase or note.title)}</span><br>')
            sheet.put("</dd>\n")
        for provider, text in group.remediation:
            label = tr("To do, {provider}").format(provider=words.provider(provider))
            sheet.put(f'<dt>{plain(label)}</dt><dd lang="en">{outside(text)}</dd>\n')
        sheet.put("</dl>\n")
    table = sheet.table(columns_of(group))
    for row in group.rows:
        table.row(finding_cells(row, content))
    table.end()
