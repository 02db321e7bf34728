"""The training compute of each model: a range against the 10^25 operations of the AI Act, and what is missing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop.pages.flowing import Flowing, Split
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, mark
from app.report import figures, words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.compute import Compute
    from rules.compute import JobCompute, ModelCompute

SHORT = {
    "above": "may exceed 10²⁵",
    "notice": "ask counsel",
    "incomplete": "not all is known",
    "below": "below your notice",
}
_SIGNS = {"above": "fail", "notice": "not_checked", "incomplete": "not_checked", "below": "pass"}
_MOST_JOBS = 200


class TrainingPart(QWidget):
    """`save_wanted`: write the table to a file. `told`: the sentence that sums it up."""

    save_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.told = ""
        self._found: Compute | None = None
        self.assumption = plain_label("")
        self.assumption.setObjectName("quiet")
        self.assumption.setWordWrap(True)
        signs = {state: mark(verdict, theme) for state, verdict in _SIGNS.items()}
        self.model = Rows(
            [
                Column(tr("Model"), self._name, width=210),
                Column(tr("Share of 10²⁵"), self._share, sort=lambda m: m.high, width=120, whole=True),
                Column(tr("Operations, low to high"), _range, sort=lambda m: m.high, width=170, extra=True),
                Column(tr("What it says"), _short, icon=lambda m: signs.get(m.state), width=150),
                Column(tr("Jobs"), lambda m: words.number(len(m.jobs)), sort=lambda m: len(m.jobs), figure=True),
                Column(
                    tr("Accelerator hours"),
                    _hours,
                    sort=lambda m: m.hours,
                    figure=True,
                    extra=True,
                ),
            ]
        )
        self.table = table_of(self.model, tr("Training compute"), theme)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.detail = Sheet(theme, tr("Details of the chosen row"), tr("Choose a row to see it in full."))
        split = Split()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setSizes([740, 300])
        self.save = QPushButton(tr("Save the table…"))
        self.save.clicked.connect(self.save_wanted)
        bar = Flowing()
        bar.addWidget(self.save)
        bar.addStretch(1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 12, 0, 0)
        lines.addWidget(self.assumption)
        lines.addWidget(split, 1)
        lines.addLayout(bar)
        self.clear()

    def clear(self) -> None:
        """Nothing is known."""
        self._found = None
        self.assumption.setText("")
        self.model.show([])
        self.detail.clear()
        self.save.setEnabled(False)

    def show_compute(self, found: "Compute") -> None:
        """Models, largest first."""
        self._found = found
        self.told = _sentence(found)
        self.assumption.setText(
            tr(
                "Estimate: accelerators × hours × dense peak speed × a utilisation of {low} to {high} (assumed; the"
                " policy may say otherwise). The AI Act presumes systemic risk above {presumption} operations; your"
                " notice is {notice}."
            ).format(
                low=figures.share(found.low),
                high=figures.share(found.high),
                presumption=figures.power(found.presumption),
                notice=figures.power(found.notice),
            )
        )
        self.model.show(found.models)
        self.save.setEnabled(bool(found.models))
        if found.models:
            self.table.selectRow(0)
        self._chosen()

    def _name(self, model: "ModelCompute") -> str:
        from app.compute import uid_of

        uid = uid_of(model)
        name = self._found.names.get(uid, uid) if self._found else uid
        return tr("{job} (job that names no model)").format(job=name) if model.model.startswith("job:") else name

    def _share(self, model: "ModelCompute") -> str:
        if self._found is None or nothing_known(model):
            return tr("not known")
        whole = self._found.presumption
        return figures.span(figures.share(model.low / whole), figures.share(model.high / whole))

    def _chosen(self) -> None:
        index = self.table.selectionModel().currentIndex()
        self.detail.clear()
        if not index.isValid() or index.row() >= self.model.count():
            return
        model: ModelCompute = self.model.row(index)
        sheet = self.detail
        sheet.title(self._name(model))
        sheet.say(_state(model))
        sheet.pairs(
            [
                (tr("Operations, low to high"), _range(model)),
                (tr("Share of 10²⁵"), self._share(model)),
                (tr("Accelerator hours"), _hours(model)),
            ]
        )
        if not model.complete and not nothing_known(model):
            sheet.say(tr("A lower bound: some jobs do not tell enough."))
        sheet.heading(tr("Jobs"))
        for job in model.jobs[:_MOST_JOBS]:
            sheet.say(job_line(job))
            sheet.code(job.uid)
        if len(model.jobs) > _MOST_JOBS:
            rest = len(model.jobs) - _MOST_JOBS
            sheet.quiet(trn("and {n} more", "and {n} more", rest).format(n=words.number(rest)))
        sheet.quiet(
            tr("Whether a model is one for general purposes, and what follows from that, is for a lawyer to say.")
        )
        sheet.top()


def nothing_known(model: "ModelCompute") -> bool:
    """Whether no job tells enough: a figure of nought would say what nobody saw."""
    from app.compute import known_range

    return known_range(model) is None


def _hours(model: "ModelCompute") -> str:
    from app.compute import known_hours

    hours = known_hours(model)
    return tr("not known") if hours is None else words.number(round(hours))


def job_line(job: "JobCompute") -> str:
    """Accelerators, hours, peak speed, and what is missing."""
    from app.compute import shown_missing

    count = words.number(job.accelerators) if job.accelerators is not None else tr("not known")
    parts = [f"{count} × {job.accelerator or tr('accelerator not known')}"]
    if job.hours is not None:
        parts.append(tr("{n} accelerator hours").format(n=words.number(round(job.hours))))
    if job.peak is not None:
        parts.append(tr("{n} TFLOP/s each").format(n=words.number(round(job.peak))))
    if job.running:
        parts.append(tr("still running"))
    if job.missing:
        parts.append(shown_missing(job.missing))
    return ", ".join(parts)


def _state(model: "ModelCompute") -> str:
    from app.compute import shown_state

    return shown_state(model.state, known=not nothing_known(model))


def _short(model: "ModelCompute") -> str:
    if nothing_known(model):
        return tr("not known")
    return tr(SHORT[model.state]) if model.state in SHORT else model.state


def _range(model: "ModelCompute") -> str:
    if nothing_known(model):
        return tr("not known")
    return figures.span(figures.power(model.low), figures.power(model.high))


def _sentence(found: "Compute") -> str:
    if not found.models:
        return tr("The scan holds no training job.")
    n = len(found.models)
    above, notice = (sum(m.state == state for m in found.models) for state in ("above", "notice"))
    text = trn("{n} model was trained,", "{n} models were trained,", n).format(n=words.number(n)) + " "
    if above:
        text += trn(
            "{n} may exceed 10²⁵ operations: ask counsel now.",
            "{n} may exceed 10²⁵ operations: ask counsel now.",
            above,
        ).format(n=words.number(above))
    elif notice:
        text += trn(
            "{n} at or above your notice: ask counsel.", "{n} at or above your notice: ask counsel.", notice
        ).format(n=words.number(notice))
    else:
        text += tr("none reaches your notice as far as it is known.")
    blind = sum(not m.complete for m in found.models)
    if blind:
        text += " " + trn("Of {n} not all is known.", "Of {n} not all is known.", blind).format(n=words.number(blind))
    return text
