"""Policy: which decisions the organisation has taken, which are needed, and how many verdicts wait for them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.opening import open_file
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import Listing
from app.desktop.pages.page import plain_label
from app.desktop.pages.policyform import PolicyForm
from app.desktop.pages.sheet import Sheet
from app.desktop.places import unanswered
from app.desktop.snapshot import PolicyRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.report import words
from app.texts import tr, trn
from resources import ROOT

_MOST_LIVE = 20_000
"""Assets up to which what an answer changes is worked out while one types; beyond, when it is asked for."""

EXAMPLE = ROOT / "policy_example.toml"


class PolicyPage(Listing):
    """The file is the policy; the forms change it, one setting at a time, and the latest scan is judged again."""

    file_chosen = Signal(str)
    judge_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        needed, taken, default = mark("not_checked", theme), mark("pass", theme), mark("not_applicable", theme)
        columns = [
            Column(
                tr("State"),
                _state,
                icon=lambda r: default if not r.decision else taken if r.value and not r.waiting else needed,
                width=140,
            ),
            Column(tr("Question"), lambda r: r.question, width=280),
            Column(tr("Answer"), lambda r: r.value, width=190, quiet=True, extra=True),
            Column(
                tr("Waiting"),
                lambda r: words.number(r.waiting) if r.waiting else "",
                sort=lambda r: r.waiting,
                figure=True,
            ),
        ]
        self.form = PolicyForm(theme)
        super().__init__(tr("Policy"), theme, columns, lambda s: s.policy, _sentence, _elsewhere)
        self.split.setSizes([530, 510])
        self.file = plain_label(tr("No policy file is chosen."))
        self.file.setObjectName("quiet")
        self.choose = QPushButton(tr("Choose policy file…"))
        self.choose.clicked.connect(self._choose)
        self.edit = QPushButton(tr("Open the file"))
        self.edit.clicked.connect(self._open)
        self.example = QPushButton(tr("Show an example…"))
        self.example.clicked.connect(self.show_example)
        self.judge = QPushButton(tr("Judge again"))
        self.judge.clicked.connect(self.judge_wanted)
        line = Flowing()
        for button in (self.choose, self.edit, self.judge, self.example):
            line.addWidget(button)
        line.addWidget(self.file, 1)
        self.rows.addLayout(line)
        self._path = ""
        self.set_file("")

    def beside(self) -> QWidget:
        """The form of the chosen setting."""
        return self.form

    def show_settings(self, settings: Mapping[str, Any], *, editable: bool) -> None:
        """What the policy file says now; where that is what is shown already, what is being typed stays."""
        if self.form.holds(settings, editable=editable):
            return
        self.form.set_settings(settings, editable=editable)
        row = self._current()
        self.form.show_row(row)

    def _current(self) -> PolicyRow | None:
        index = self.table.selectionModel().currentIndex()
        return self.model.row(index) if index.isValid() and index.row() < self.model.count() else None

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        if current.isValid():
            self.form.show_row(self.model.row(current))

    def set_file(self, path: str) -> None:
        """Which policy file counts from now on."""
        self._path = path
        self.file.setText(path or tr("No policy file is chosen."))
        self.edit.setEnabled(bool(path))

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """The policy that the latest judgement used; before the first one, every question with no answer."""
        kept = self._current()
        self.form.know_rules({r.id: r.title for r in snapshot.rules} if snapshot else {})
        super().show_snapshot(snapshot)
        if snapshot is None:
            self.model.show(unanswered())
            self.sentence.setText(tr("No decision is taken yet. Each can be taken now, before anything is read."))
        number = self.model.find(lambda r: kept is not None and r.name == kept.name)
        if number >= 0:
            self.table.selectRow(number)
        self.judge.setEnabled(snapshot is not None)
        self.form.show_judged(snapshot is not None, live=snapshot is not None and snapshot.all_assets <= _MOST_LIVE)

    def show_example(self) -> QDialog:
        """The example file, to read and to copy."""
        dialog = QDialog(self)
        dialog.setWindowTitle(tr("Example of a policy"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QPlainTextEdit(EXAMPLE.read_text(encoding="utf-8"))
        text.setReadOnly(True)
        text.setAccessibleName(tr("Example of a policy"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        save = buttons.addButton(tr("Save a copy…"), QDialogButtonBox.ButtonRole.ActionRole)
        save.clicked.connect(self._save_example)
        buttons.rejected.connect(dialog.reject)
        lines = QVBoxLayout(dialog)
        lines.addWidget(text)
        lines.addWidget(buttons)
        dialog.resize(760, 560)
        dialog.open()
        return dialog

    def _save_example(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Save a copy…"), "policy.toml", "TOML (*.toml)")
        if not name:
            return
        try:
            Path(name).write_bytes(EXAMPLE.read_bytes())
        except OSError as error:
            self.file.setText(tr("{file} cannot be kept: {reason}.").format(file=name, reason=error.strerror))
            return
        self.file_chosen.emit(name)

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose policy file…"), self._path, "TOML (*.toml)")
        if name:
            self.file_chosen.emit(name)

    def _open(self) -> None:
        if self._path:
            open_file(self._path, self)


def _state(row: PolicyRow) -> str:
    if not row.decision:
        return tr("Threshold") if row.threshold else tr("Optional")
    if not row.value:
        return tr("Decision needed")
    return tr("Decided in part") if row.waiting else tr("Decided")


def _sentence(snapshot: Snapshot) -> str:
    decisions = [r for r in snapshot.policy if r.decision]
    taken = sum(bool(r.value) for r in decisions)
    waiting = sum(r.waiting > 0 for r in decisions)
    text = tr("{taken} of {all} decisions are taken.").format(taken=taken, all=len(decisions))
    if waiting:
        text += " " + trn("Verdicts wait for {n} decision.", "Verdicts wait for {n} decisions.", waiting).format(
            n=waiting
        )
    if not snapshot.policy_name:
        text += " " + tr("The latest judgement used no policy file.")
    return text


def _elsewhere(sheet: Sheet, row: PolicyRow) -> None:
    """The form shows what is chosen."""
    del sheet, row
