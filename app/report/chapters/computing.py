"""Training compute of each model as a range, against the presumption of the AI Act (Article 51(2))."""

from app.compute import shown_missing, shown_state
from app.report import figures, words
from app.report.content import ComputeRow, ReportContent
from app.report.pdf import style
from app.report.surface import Cell, Column, Surface
from app.texts import tr, trn

_MARKS = {"above": "fail", "notice": "not_checked", "below": "pass", "incomplete": "not_checked"}


def training(sheet: Surface, content: ReportContent) -> None:
    """What is assumed, then a table of models, largest first, then what no job tells."""
    found = content.compute
    if found is None:
        return
    sheet.section(tr("Training compute"), "training", intro=_opening(content), fresh=False)
    if not found.rows:
        return
    sheet.paragraph(
        tr(
            "An estimate, not a measurement: accelerators × hours × dense peak speed × a utilisation of {low} to"
            " {high}, which is assumed and can be set in the policy. Peak speeds are BF16 or FP16 figures of the"
            " catalogue. Above {presumption} floating-point operations the AI Act presumes that a general-purpose model"
            " has systemic risk (Article 51(2)); from {notice} on, your policy wants it looked at. Only training that"
            " this scan could see is counted."
        ).format(
            low=figures.share(found.low),
            high=figures.share(found.high),
            presumption=figures.power(found.presumption),
            notice=figures.power(found.notice),
        )
    )
    table = sheet.table(
        [
            Column(tr("Model"), 156),
            Column(tr("Jobs"), 46, right=True),
            Column(tr("Accelerator hours"), 92, right=True),
            Column(tr("Operations, low to high"), 112),
            Column(tr("Share of {limit}").format(limit=figures.power(found.presumption)), 84),
        ]
    )
    for row in found.rows:
        table.row(
            [
                Cell(
                    _name(row),
                    mark=_MARKS.get(row.state, "not_checked"),
                    note=shown_state(row.state, known=row.high is not None),
                ),
                Cell(words.number(row.jobs)),
                Cell(tr("not known") if row.hours is None else words.number(round(row.hours))),
                Cell(_range(row), note=_bound(row)),
                Cell(_shares(row, found.presumption)),
            ]
        )
    table.end()
    lacking: dict[str, list[int]] = {}
    for row in found.rows:
        for reason, jobs in row.missing:
            lacking.setdefault(reason, []).append(jobs)
    if lacking:
        sheet.subsection(tr("What jobs do not tell"), "training-missing")
        sheet.bullets(
            trn("{n} job: {reason}", "{n} jobs: {reason}", sum(jobs)).format(
                n=words.number(sum(jobs)), reason=shown_missing(reason)
            )
            for reason, jobs in sorted(lacking.items())
        )
    sheet.paragraph(
        tr("Whether a model is one for general purposes, and what follows from that, is for a lawyer to say."),
        face=style.SANS,
        size=8.5,
        leading=12,
    )


def _opening(content: ReportContent) -> str:
    found = content.compute
    if found is None or not found.rows:
        return tr("The scan holds no training job.")
    jobs, models = sum(r.jobs for r in found.rows), len(found.rows)
    told = trn("{n} training job", "{n} training jobs", jobs).format(n=words.number(jobs))
    text = trn("{jobs} of {n} model.", "{jobs} of {n} models.", models).format(jobs=told, n=words.number(models))
    above = sum(r.state == "above" for r in found.rows)
    if above:
        return f"{text} " + trn(
            "{n} may exceed what the AI Act presumes to be systemic risk.",
            "{n} may exceed what the AI Act presumes to be systemic risk.",
            above,
        ).format(n=words.number(above))
    largest = found.rows[0]
    if largest.high is not None:
        text += " " + tr("The largest comes to {share} of {limit} operations.").format(
            share=_shares(largest, found.presumption), limit=figures.power(found.presumption)
        )
    open_ = sum(bool(r.missing) for r in found.rows)
    if open_:
        text += " " + trn(
            "Of {n} model not every job tells enough: its figure is a lower bound, or not known.",
            "Of {n} models not every job tells enough: their figures are lower bounds, or not known.",
            open_,
        ).format(n=words.number(open_))
    return text


def _name(row: ComputeRow) -> str:
    return row.name if row.named else tr("no model named; job {name}").format(name=row.name)


def _range(row: ComputeRow) -> str:
    if row.low is None or row.high is None:
        return tr("not known")
    return figures.span(figures.power(row.low), figures.power(row.high))


def _shares(row: ComputeRow, presumption: float) -> str:
    if row.low is None or row.high is None:
        return tr("not known")
    return figures.span(figures.share(row.low / presumption), figures.share(row.high / presumption))


def _bound(row: ComputeRow) -> str:
    return tr("a lower bound") if row.missing and row.high is not None else ""
