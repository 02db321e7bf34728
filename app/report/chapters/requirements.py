"""A law or standard, requirement by requirement, over the same verdicts."""

from app.frameworks import Shown, View, label
from app.report import words
from app.report.content import ReportContent
from app.report.pdf import style
from app.report.surface import RULES, Cell, Column, Surface
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
    "failed": "violated",
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
            Column(tr("Requirement"), 290),
            Column(tr("State"), 110),
            Column(tr("Violations"), 50, right=True),
            Column(tr("Open"), 40, right=True),
        ]
    )
    for item in view.requirements:
        table.row(
            [
                Cell(f"{label(item.id)}  {item.title}", lang=RULES, mark=_MARKS.get(item.state, "not_checked")),
                Cell(state(item.state)),
                *(Cell(words.number(item.verdicts.get(v, 0)) if item.rules else "–") for v in ("fail", "not_checked")),
            ]
        )
    table.end()
    if any(item.levels for item in view.requirements):
        _levels(sheet, view)
    for item in view.requirements:
        if not item.rules and not item.missing:
            continue
        sheet.subsection(f"{label(item.id)}  {item.title}: {state(item.state)}", keep=90)
        if item.text:
            sheet.paragraph(item.text, size=9.5, leading=13, after=4)
        if item.missing:
            sheet.paragraph(
                tr("What no setting shows: {text}").format(text=item.missing), size=9.5, leading=13, after=4
            )
        if item.levels:
            _level_by_level(sheet, item)
        if item.rules:
            columns = [Column(tr("Rule"), 312), *(Column(words.verdicts(v), 46, right=True) for v in _SHOWN)]
            table = sheet.table(columns, size=7.6)
            for count in item.rules:
                table.row(
                    [
                        Cell(count.title, lang=RULES, note=count.rule),
                        *(Cell(words.number(count.verdicts.get(v, 0))) for v in _SHOWN),
                    ]
                )
            table.end()
    sheet.paragraph(
        tr("Source: {text}").format(text=view.source), face=style.SANS, size=8, leading=11, color=style.MUTED
    )


def _levels(sheet: Surface, view: View) -> None:
    """Objectives by level: one cell for each level that evidence could speak for."""
    sheet.subsection(tr("Which level evidence speaks for"), "levels", keep=120)
    sheet.paragraph(
        tr(
            "Levels are awarded to a service by whoever procures it, never by this report. A level is supported here"
            " where none of its rules failed and none was left open; one failure contradicts it."
        ),
        size=9.5,
        leading=13,
        after=4,
    )
    names = [level.level for level in next(item.levels for item in view.requirements if item.levels)]
    table = sheet.table(
        [Column(tr("Objective"), 150), *(Column(name, 62) for name in names), Column(tr("Supported up to"), 82)],
        size=7.6,
    )
    for item in view.requirements:
        table.row(
            [
                Cell(f"{item.id}  {item.title}", lang=RULES),
                *(Cell(level_state(one.state), mark=LEVEL_MARKS.get(one.state)) for one in item.levels),
                Cell(item.supports or tr("none")),
            ]
        )
    table.end()


def _level_by_level(sheet: Surface, item: Shown) -> None:
    table = sheet.table([Column(tr("Level"), 150), Column(tr("Evidence"), 90), Column(tr("Why"), 250)], size=7.6)
    for one in item.levels:
        table.row(
            [
                Cell(f"{one.level}  {one.name}"),
                Cell(level_state(one.state), mark=LEVEL_MARKS.get(one.state)),
                Cell(one.why),
            ]
        )
    table.end()


LEVEL_MARKS = {"supported": "pass", "contradicted": "fail", "not_shown": "not_checked"}
_LEVEL_STATES = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not_shown": "open",
    "no_automated_evidence": "no rule",
}


def level_state(name: str) -> str:
    """What evidence says of a level, for people."""
    return tr(_LEVEL_STATES.get(name, name.replace("_", " ")))


_SHOWN = ("fail", "not_checked", "accepted", "pass")
