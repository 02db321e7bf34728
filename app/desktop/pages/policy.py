"""Policy: which decisions the organisation has taken, which are needed, and how many verdicts wait for them."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from app.desktop.pages.listing import Listing
from app.desktop.pages.page import plain_label
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import PolicyRow, Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.report import words
from app.texts import tr, trn
from resources import ROOT

EXAMPLE = ROOT / "policy_example.toml"


class PolicyPage(Listing):
    """Read-only: the file is the policy. Choosing another one judges the latest scan again."""

    file_chosen = Signal(str)
    judge_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        needed, taken, default = mark("not_checked", theme), mark("pass", theme), mark("not_applicable", theme)
        columns = [
            Column(
                tr("State"),
                _state,
                icon=lambda r: default if not r.decision else taken if r.value else needed,
                width=140,
            ),
            Column(tr("Question"), lambda r: r.question, width=360),
            Column(tr("Answer"), lambda r: r.value, width=220),
            Column(
                tr("Verdicts waiting"),
                lambda r: words.number(r.waiting) if r.waiting else "",
                sort=lambda r: r.waiting,
                figure=True,
            ),
        ]
        super().__init__(tr("Policy"), theme, columns, lambda s: s.policy, _sentence, _setting)
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
        line = QHBoxLayout()
        for button in (self.choose, self.edit, self.judge, self.example):
            line.addWidget(button)
        line.addWidget(self.file, 1)
        self.rows.addLayout(line)
        self._path = ""
        self.set_file("")

    def set_file(self, path: str) -> None:
        """Which policy file counts from now on."""
        self._path = path
        self.file.setText(path or tr("No policy file is chosen."))
        self.edit.setEnabled(bool(path))

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """The policy that the latest judgement used."""
        super().show_snapshot(snapshot)
        self.judge.setEnabled(snapshot is not None)

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
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._path))


def _state(row: PolicyRow) -> str:
    if not row.decision:
        return tr("Threshold")
    return tr("Decided") if row.value else tr("Decision needed")


def _sentence(snapshot: Snapshot) -> str:
    decisions = [r for r in snapshot.policy if r.decision]
    taken = sum(bool(r.value) for r in decisions)
    waiting = sum(not r.value and r.waiting > 0 for r in decisions)
    text = tr("{taken} of {all} decisions are taken.").format(taken=taken, all=len(decisions))
    if waiting:
        text += " " + trn(
            "Verdicts wait for {n} of the others.", "Verdicts wait for {n} of the others.", waiting
        ).format(n=waiting)
    if not snapshot.policy_name:
        text += " " + tr("The latest judgement used no policy file.")
    return text


def _setting(sheet: Sheet, row: PolicyRow) -> None:
    sheet.title(row.question)
    sheet.quiet(_state(row))
    sheet.heading(tr("Answer"))
    sheet.say(row.value or tr("Not decided."))
    if row.waiting:
        sheet.say(trn("{n} verdict waits.", "{n} verdicts wait.", row.waiting).format(n=words.number(row.waiting)))
    if row.rules:
        sheet.heading(tr("Rules that ask for it"))
        sheet.say(", ".join(row.rules))
    sheet.heading(tr("Name in the policy file"))
    sheet.code(row.name)
