"""Rules: every rule in plain words with its law and condition, what it found, and rules of your own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QPushButton

from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import Listing
from app.desktop.pages.page import plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import RuleRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours
from app.report import words
from app.texts import tr, trn

_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4}


class RulesPage(Listing):
    """Rules are read here and tried on the current data; they are written in an editor of texts."""

    opens_detail = False

    findings_wanted = Signal(str)
    folder_chosen = Signal(str)
    check_wanted = Signal(str)
    try_wanted = Signal(str)
    new_wanted = Signal(str, str)

    def __init__(self, theme: Colours) -> None:
        columns = [
            Column(tr("Rule"), lambda r: r.id, width=110, whole=True),
            Column(tr("Severity"), _severity, sort=lambda r: _ORDER.get(r.severity, 9), width=90, whole=True),
            Column(tr("What it forbids"), lambda r: r.title, width=330),
            Column(tr("Violations"), lambda r: _n(r.fails), sort=lambda r: r.fails, figure=True),
            Column(tr("Not checked"), lambda r: _n(r.unchecked), sort=lambda r: r.unchecked, figure=True),
            Column(tr("Passed"), lambda r: _n(r.passed), sort=lambda r: r.passed, figure=True),
        ]
        super().__init__(tr("Rules"), theme, columns, lambda s: s.rules, _sentence, _tell)
        self.own = plain_label(tr("No rules of your own."))
        self.own.setObjectName("quiet")
        self.findings = QPushButton(tr("Show its findings"))
        self.choose, self.new = QPushButton(tr("Folder of own rules…")), QPushButton(tr("New rule…"))
        self.check, self.attempt = QPushButton(tr("Check them")), QPushButton(tr("Try them on the current data"))
        line = Flowing()
        line.setSpacing(8)
        for widget in (self.findings, self.choose, self.new, self.check, self.attempt):
            line.addWidget(widget)
        line.addStretch(1)
        self.rows.addLayout(line)
        self.rows.addWidget(self.own)
        self.findings.clicked.connect(self._findings)
        self.choose.clicked.connect(self._choose)
        self.new.clicked.connect(self._new)
        self.check.clicked.connect(lambda: self.check_wanted.emit(self._folder))
        self.attempt.clicked.connect(lambda: self.try_wanted.emit(self._folder))
        self.table.activated.connect(self._findings)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self._folder, self._judged = "", False
        self.set_folder("")

    def set_folder(self, folder: str) -> None:
        """Where the user's own rules lie."""
        self._folder = folder
        self.own.setText(folder or tr("No rules of your own."))
        self._enable()

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Rules with what the latest judgement found."""
        super().show_snapshot(snapshot)
        self._judged = snapshot is not None
        self._enable()

    def tell(self, title: str, lines: list[str]) -> None:
        """What a check or a try came to."""
        self.detail.clear()
        self.detail.title(title)
        for line in lines:
            self.detail.say(line)
        self.detail.top()

    def _enable(self) -> None:
        self.findings.setEnabled(self.table.selectionModel().currentIndex().isValid())
        self.check.setEnabled(bool(self._folder))
        self.new.setEnabled(bool(self._folder))
        self.attempt.setEnabled(bool(self._folder) and self._judged)

    def _findings(self) -> None:
        index = self.table.selectionModel().currentIndex()
        if index.isValid():
            self.findings_wanted.emit(self.model.row(index).id)

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder of own rules…"), self._folder)
        if name:
            self.folder_chosen.emit(name)

    def _new(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(tr("New rule…"))
        dialog.setLabelText(tr("Its name, such as ACME-RES-001"))
        dialog.textValueSelected.connect(self._named)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _named(self, text: str) -> None:
        self.new_wanted.emit(text.strip().upper(), self._folder)


def _severity(row: RuleRow) -> str:
    return words.severity(row.severity)


def _n(number: int) -> str:
    return words.number(number) if number else ""


def _sentence(snapshot: Snapshot) -> str:
    n = len(snapshot.rules)
    failing = sum(r.fails > 0 for r in snapshot.rules)
    blind = sum(r.unchecked > 0 and not r.fails and not r.passed for r in snapshot.rules)
    text = trn("{n} rule was judged by.", "{n} rules were judged by.", n).format(n=words.number(n))
    text += " " + tr("{n} of them are violated.").format(n=words.number(failing))
    if blind:
        text += " " + trn("{n} could not be checked anywhere.", "{n} could not be checked anywhere.", blind).format(
            n=words.number(blind)
        )
    return text


def _tell(sheet: Sheet, row: RuleRow) -> None:
    sheet.title(row.title)
    sheet.quiet(f"{row.id} · {words.severity(row.severity)}" + (f" · {tr('your own')}" if row.own else ""))
    sheet.heading(tr("Why it matters"))
    sheet.say(row.explanation)
    sheet.pairs([(tr("Law"), row.law)])
    sheet.heading(tr("What it found"))
    sheet.pairs(
        [
            (tr("Violations"), words.number(row.fails)),
            (tr("Not checked"), words.number(row.unchecked)),
            (tr("Accepted"), words.number(row.accepted)),
            (tr("Passed"), words.number(row.passed)),
        ]
    )
    sheet.heading(tr("Not checked when"))
    sheet.say(row.not_checked_when)
    sheet.heading(tr("What to do"))
    for text in row.remediation:
        sheet.say(text)
    sheet.heading(tr("Condition of a violation, as it is written"))
    for text in row.conditions:
        sheet.code(text)
    sheet.quiet(
        trn(
            "It carries one example with its own answer.", "It carries {n} examples with their own answers.", row.cases
        ).format(n=row.cases)
    )
