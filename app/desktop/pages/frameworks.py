"""Frameworks: the same verdicts by the requirements of a law or standard, and the training compute of each model."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QTabWidget, QVBoxLayout, QWidget

from app.desktop.pages.flowing import Flowing, Split
from app.desktop.pages.later import LaterPage
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, mark
from app.report import words
from app.texts import tr, trn
from resources import ROOT

if TYPE_CHECKING:
    from app.compute import Compute
    from app.frameworks import Shown, View

NAMES = {
    "gdpr": "General Data Protection Regulation",
    "aiact": "AI Act",
    "ecsf": "Cloud Sovereignty Framework",
    "nis2": "NIS 2 Directive",
    "dora": "DORA",
    "dataact": "Data Act",
    "secnumcloud": "SecNumCloud",
    "c5": "C5",
}
"""Names as people look for them; a file of frameworks that is not here stands at the end with its id."""
STATES = {
    "failed": ("fail", "violated"),
    "not_shown": ("not_checked", "could not be shown"),
    "accepted": ("accepted", "accepted failures only"),
    "no_failure_found": ("pass", "no failure was found"),
    "not_applicable": ("not_applicable", "nothing of that sort in the estate"),
    "no_automated_evidence": ("not_checked", "no rule looks at it"),
}
_COUNTED = {
    "failed": "{n} violated",
    "not_shown": "{n} could not be shown",
    "accepted": "{n} with accepted failures only",
    "no_failure_found": "no failure was found in {n}",
    "not_applicable": "nothing to look at in {n}",
    "no_automated_evidence": "no rule looks at {n}",
}
LEVELS = {
    "supported": "supported",
    "contradicted": "contradicted",
    "not_shown": "open",
    "no_automated_evidence": "no rule",
}


class FrameworksPage(LaterPage):
    """`framework_wanted` and `compute_wanted` ask for what is to be shown; `report_wanted` names a framework."""

    framework_wanted = Signal(str)
    compute_wanted = Signal()
    cancelled = Signal()
    report_wanted = Signal(str)
    findings_wanted = Signal(str)
    table_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Frameworks"), theme)
        self._snapshot: Snapshot | None = None
        self._asked = ("", 0)
        self.view: View | None = None
        self.show_snapshot(None)

    def build(self) -> None:
        """Two tabs: requirements, and training compute."""
        self.waiting = plain_label("")
        self.stop = QPushButton(tr("Cancel"))
        self.stop.setAccessibleName(tr("Cancel: {what}").format(what=self.title))
        self.stop.clicked.connect(self.cancelled)
        line = Flowing()
        line.addWidget(self.waiting)
        line.addWidget(self.stop)
        line.addStretch(1)
        self.rows.addLayout(line)
        from app.desktop.pages.training import TrainingPart

        self.training = TrainingPart(self.theme)
        self.training.save_wanted.connect(self.table_wanted)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.title)
        self.tabs.addTab(self._requirements(), tr("By requirement"))
        self.tabs.addTab(self.training, tr("Training compute"))
        self.tabs.currentChanged.connect(self._ask)
        self.rows.addWidget(self.tabs, 1)
        self.rest()
        self.show_snapshot(self._snapshot)

    def _requirements(self) -> QWidget:
        self.framework = QComboBox()
        self.framework.setAccessibleName(tr("Law or standard"))
        there = sorted(path.stem for path in (ROOT / "frameworks").glob("*.yaml"))
        for name in sorted(there, key=lambda n: [*NAMES, n].index(n)):
            self.framework.addItem(tr(NAMES[name]) if name in NAMES else name.upper(), name)
        self.framework.currentIndexChanged.connect(self._ask)
        self.report = QPushButton(tr("Report by requirement…"))
        self.report.clicked.connect(lambda: self.report_wanted.emit(self.chosen()))
        self.findings = QPushButton(tr("Show findings of the rule…"))
        self.rule = QComboBox()
        self.rule.setAccessibleName(tr("Rule of the chosen requirement"))
        self.findings.clicked.connect(lambda: self.findings_wanted.emit(str(self.rule.currentData())))
        label = plain_label(tr("Law or standard"))
        label.setBuddy(self.framework)
        top = Flowing()
        top.addWidget(label)
        top.addWidget(self.framework)
        top.addStretch(1)
        top.addWidget(self.report)
        self.about = plain_label("")
        self.about.setObjectName("quiet")
        self.about.setWordWrap(True)
        signs = {state: mark(verdict, self.theme) for state, (verdict, _) in STATES.items()}
        self.model = Rows(
            [
                Column(tr("Requirement"), _title, width=330),
                Column(tr("State"), _state, icon=lambda r: signs.get(r.state), width=160),
                Column(
                    tr("Violations"), lambda r: _n(r, "fail"), sort=lambda r: r.verdicts.get("fail", 0), figure=True
                ),
                Column(
                    tr("Not checked"),
                    lambda r: _n(r, "not_checked"),
                    sort=lambda r: r.verdicts.get("not_checked", 0),
                    figure=True,
                    extra=True,
                ),
                Column(tr("Level"), _supports, width=80),
            ]
        )
        self.table = table_of(self.model, tr("Requirements"), self.theme)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.detail = Sheet(self.theme, tr("Details of the chosen row"), tr("Choose a row to see it in full."))
        split = Split()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setSizes([670, 350])
        bar = Flowing()
        bar.addWidget(self.rule, 1)
        bar.addWidget(self.findings)
        bar.addStretch(1)
        part = QWidget()
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0, 12, 0, 0)
        lines.addLayout(top)
        lines.addWidget(self.about)
        lines.addWidget(split, 1)
        lines.addLayout(bar)
        return part

    def start(self) -> QWidget | None:
        """Where work begins for the keyboard."""
        self.ready()
        return self.framework

    def regions(self) -> list[QWidget]:
        """The tabs, what is chosen, the table, the chosen row in full, and what can be done."""
        self.ready()
        if self.tabs.currentWidget() is self.training:
            part = self.training
            return [self.tabs.tabBar(), part.table, part.detail, part.save]
        return [self.tabs.tabBar(), self.framework, self.table, self.detail, self.rule]

    # What is shown

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Another judgement: what was shown is of the one before."""
        self._snapshot = snapshot
        self._asked = ("", 0)
        self.view = None
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet. The Overview page has the first step."))
        else:
            self.sentence.setText(tr("The same verdicts, by the requirements of a law or standard."))
        if not self.built:
            return
        self.model.show([])
        self.detail.clear()
        self.about.setText("")
        self.training.clear()
        for widget in (self.framework, self.report, self.training):
            widget.setEnabled(snapshot is not None)
        self._chosen()
        if self.isVisible():
            self._ask()

    def chosen(self) -> str:
        """Id of the law or standard that is shown."""
        return str(self.framework.currentData())

    def look(self) -> None:
        """Somebody came to the page: ask for what it shows, if that is not there yet."""
        self.ready()
        self._ask()

    def _ask(self) -> None:
        if self._snapshot is None:
            return
        wanted = "training" if self.tabs.currentWidget() is self.training else self.chosen()
        if (wanted, self._snapshot.judgement) == self._asked:
            return
        self._asked = (wanted, self._snapshot.judgement)
        if wanted == "training":
            self.compute_wanted.emit()
        else:
            self.framework_wanted.emit(wanted)

    def wait(self, text: str) -> None:
        """An answer is being worked out."""
        self.waiting.setText(text)
        self.waiting.show()
        self.stop.show()

    def rest(self) -> None:
        """Nothing is being worked out."""
        self.waiting.hide()
        self.stop.hide()

    def unanswered(self, text: str) -> None:
        """It was cancelled, or it went wrong: `text` says how; the next look asks again."""
        self._asked = ("", 0)
        self.rest()
        self.sentence.setText(text)

    def show_view(self, view: "View") -> None:
        """The requirements of one framework."""
        self.rest()
        self.view = view
        self.sentence.setText(_sentence(view))
        self.about.setText(f"{view.version}. {view.note}".strip())
        self.model.show(view.requirements)
        if view.requirements:
            self.table.selectRow(0)
        self._chosen()

    def show_compute(self, found: "Compute") -> None:
        """The training compute of each model."""
        self.rest()
        self.training.show_compute(found)
        self.sentence.setText(self.training.told)

    def _chosen(self) -> None:
        index = self.table.selectionModel().currentIndex()
        self.detail.clear()
        self.rule.clear()
        if index.isValid() and index.row() < self.model.count():
            row: Shown = self.model.row(index)
            tell(self.detail, row, self.theme)
            self.detail.top()
            for count in row.rules:
                if count.verdicts.get("fail") or count.verdicts.get("not_checked"):
                    self.rule.addItem(f"{count.rule}  {count.title}", count.rule)
        self.findings.setEnabled(self.rule.count() > 0)
        self.rule.setEnabled(self.rule.count() > 0)


def _title(row: "Shown") -> str:
    from app.frameworks import label

    return f"{label(row.id)}  {row.title}"


def tell(sheet: Sheet, row: "Shown", theme: Colours) -> None:
    """One requirement in full: what it asks, levels where there are any, its rules, and what no setting shows."""
    verdict, text = STATES.get(row.state, ("not_checked", row.state))
    sheet.title(_title(row))
    sheet.say(tr(text), theme.verdict(verdict))
    sheet.say(row.text)
    if row.levels:
        sheet.heading(tr("Which level evidence speaks for"))
        for level in row.levels:
            sheet.pairs([(f"{level.level} {level.name}", f"{tr(LEVELS.get(level.state, level.state))}. {level.why}")])
        sheet.say(
            tr("Evidence speaks for levels up to {level}, as far as these rules look.").format(level=row.supports)
            if row.supports
            else tr("No level is supported by evidence.")
        )
    if row.missing:
        sheet.heading(tr("What is missing"))
        sheet.say(row.missing)
    if row.rules:
        sheet.heading(tr("Rules"))
    for count in row.rules:
        counts = ", ".join(f"{words.number(n)} {words.verdicts(v)}" for v, n in count.verdicts.items() if n)
        sheet.pairs([(count.rule, f"{count.title} ({counts or tr('nothing to look at')})")])
    sheet.quiet(tr("“No failure was found” is what these rules can say; it is not a certificate of compliance."))


def _sentence(view: "View") -> str:
    n = len(view.requirements)
    told = trn("{name}: {n} requirement.", "{name}: {n} requirements.", n).format(name=view.name, n=words.number(n))
    parts: list[str] = []
    for state, sentence in _COUNTED.items():
        number = sum(r.state == state for r in view.requirements)
        if number:
            parts.append(tr(sentence).format(n=words.number(number)))
    return f"{told} {', '.join(parts)}." if parts else told


def _state(row: "Shown") -> str:
    return tr(STATES[row.state][1]) if row.state in STATES else row.state


def _n(row: "Shown", verdict: str) -> str:
    return words.number(row.verdicts[verdict]) if row.verdicts.get(verdict) else ""


def _supports(row: "Shown") -> str:
    return row.supports or (tr("none") if row.levels else "")
