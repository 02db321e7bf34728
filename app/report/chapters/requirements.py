"""A law or standard, requirement by requirement, over the same verdicts."""

from app.report import words
from app.report.content import ReportContent
from app.report.pdf import style
from app.report.surface import Cell, Column, Surface
from app.texts import tr

_MARKS = {
    "failed": "fail",
    "not_shown": "not_checked",
    "accepted": "accepted",
    "no_failure_found": "pass",
    "not_applicable": "not_applicable",
    "no_automated_evidence": "not_checked",
}
_STATES = {
    "failed": "failed",
    "not_shown": "could not be shown",
    "accepted": "accepted failures only",
    "no_failure_found": "no failure was found",
    "not_applicable": "nothing of that sort in the estate",
    "no_automated_evidence": "no rule looks at it",
}


def state(name: str) -> str:
    """The state of a requirement for people."""
    return tr(_STATES.get(name, name.replace("_", " ")))


def requirements(sheet: Surface, content: ReportContent) -> None:
    """Every requirement with its state, then the rules that speak for it."""
    view = content.view
    if view is None:
        return
    sheet.section(view.name, "requirements", intro=f"{view.version}. {view.note}".strip())
    sheet.paragraph(
        tr("“No failure was found” is what these rules can say; it is not a certificate of compliance."),
        face=style.SANS,
        size=8.5,
        leading=12,
    )
    table = sheet.table(
        [
            Column(tr("Requirement"), 300),
            Column(tr("State"), 110),
            Column(tr("Failed"), 40, right=True),
            Column(tr("Open"), 40, right=True),
        ]
    )
    for item in view.requirements:
        table.row(
            [
                Cell(f"{item.id}  {item.title}", mark=_MARKS.get(item.state, "not_checked")),
                Cell(state(item.state)),
                Cell(words.number(item.verdicts.get("fail", 0))),
                Cell(words.number(item.verdicts.get("not_checked", 0))),
            ]
        )
    table.end()
    for item in view.requirements:
        if not item.rules and not item.missing:
            continue
        sheet.subsection(f"{item.id}  {item.title}: {state(item.state)}", keep=90)
        if item.text:
            sheet.paragraph(item.text, size=9.5, leading=13, after=4)
        if item.missing:
            sheet.paragraph(
                tr("What no setting shows: {text}").format(text=item.missing), size=9.5, leading=13, after=4
            )
        if item.rules:
            columns = [Column(tr("Rule"), 320), *(Column(words.verdict(v), 44, right=True) for v in _SHOWN)]
            table = sheet.table(columns, size=7.6)
            for count in item.rules:
                table.row(
                    [
                        Cell(count.title, note=count.rule),
                        *(Cell(words.number(count.verdicts.get(v, 0))) for v in _SHOWN),
                    ]
                )
            table.end()
    sheet.paragraph(
        tr("Source: {text}").format(text=view.source), face=style.SANS, size=8, leading=11, color=style.MUTED
    )


_SHOWN = ("fail", "not_checked", "accepted", "pass")
