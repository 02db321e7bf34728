"""Where a backup goes and what opens it; which backup comes back, and what is in it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.desktop.pages.page import plain_label
from app.desktop.pages.tick import Tick
from app.report import words
from app.texts import tr, trn

LEAST = 12
"""Characters of a passphrase; a test holds it to the vault's."""
ENDING = ".situs-backup"


class BackupDialog(QDialog):
    """`given`: the file, and the passphrase (empty: in the clear)."""

    given = Signal(str, str)

    def __init__(self, parent: QWidget, file: Path) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Write a backup"))
        self.resize(620, 260)
        form = _form(self)
        self.file = _File(str(file), tr("File of the backup"))
        self.file.browse.clicked.connect(self._browse)
        self.first, self.second = _password(), _password()
        self.clear = Tick(tr("without encryption: whoever has the file can read everything in it"))
        self.clear.setAccessibleName(self.clear.text())
        for name, field in (
            (tr("File of the backup"), self.file),
            (tr("Passphrase, at least {n} characters").format(n=LEAST), self.first),
            (tr("Once more"), self.second),
        ):
            _row(form, name, field)
        form.addRow(self.clear)
        self.note = _note(
            tr("Without the passphrase nobody can open the backup, not even you: keep it apart from the file.")
        )
        form.addRow(self.note)
        self.write = _buttons(self, form, tr("Write the backup"))
        self.write.clicked.connect(self._give)
        for line in (self.file.line, self.first, self.second):
            line.textChanged.connect(self._enable)
        self.clear.toggled.connect(self._enable)
        self._enable()

    def _enable(self) -> None:
        open_ = self.clear.isChecked()
        for field in (self.first, self.second):
            field.setEnabled(not open_)
        same = self.first.text() == self.second.text() and len(self.first.text()) >= LEAST
        self.write.setEnabled(bool(self.file.line.text().strip()) and (open_ or same))

    def _browse(self) -> None:
        wanted = f"{tr('Backups')} (*{ENDING})"
        name, _ = QFileDialog.getSaveFileName(self, tr("File of the backup"), self.file.line.text(), wanted)
        if name:
            self.file.line.setText(name if Path(name).suffix else name + ENDING)

    def _give(self) -> None:
        self.given.emit(self.file.line.text().strip(), "" if self.clear.isChecked() else self.first.text())
        self.accept()


class RestoreDialog(QDialog):
    """`look_wanted`: file and passphrase; `given`: the same, and whether settings and schedules come too."""

    look_wanted = Signal(str, str)
    given = Signal(str, str, bool)

    def __init__(self, parent: QWidget, *, there: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Restore a backup"))
        self.resize(620, 320)
        form = _form(self)
        self.file = _File("", tr("File of the backup"))
        self.file.browse.clicked.connect(self._browse)
        self.passphrase = _password()
        self.settings = Tick(tr("settings and schedules too, where this computer has none"))
        self.settings.setAccessibleName(self.settings.text())
        self.settings.setChecked(True)
        _row(form, tr("File of the backup"), self.file)
        _row(form, tr("Passphrase"), self.passphrase)
        form.addRow(self.settings)
        self.told = _note("")
        self.told.setObjectName("")
        form.addRow(self.told)
        form.addRow(
            _note(
                tr("The store that is here now is kept beside the restored one, under another name.")
                if there
                else tr("There is no store here yet; the backup becomes it.")
            )
        )
        self.look = QPushButton(tr("Look into it"))
        self.restore = _buttons(self, form, tr("Restore"), self.look)
        self.look.clicked.connect(self._look)
        self.restore.clicked.connect(self._give)
        self._seen = ("", "")
        self.file.line.textChanged.connect(self._enable)
        self.passphrase.textChanged.connect(self._enable)
        self.passphrase.returnPressed.connect(lambda: self.look.isEnabled() and self._look())
        self._enable()

    def show_contents(self, asked: tuple[str, str], found: Mapping[str, Any] | None, wrong: str) -> None:
        """What is in the backup, or why it cannot be told. `asked`: the file and passphrase that it is about."""
        self.told.setObjectName("wrong" if wrong else "")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
        self._seen = asked if found is not None and not wrong else ("", "")
        self.told.setText(wrong or contents_told(found or {}))
        self._enable()

    def _asked(self) -> tuple[str, str]:
        return self.file.line.text().strip(), self.passphrase.text()

    def _enable(self) -> None:
        self.look.setEnabled(bool(self.file.line.text().strip()))
        self.restore.setEnabled(bool(self._seen[0]) and self._seen == self._asked())

    def _browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("File of the backup"), self.file.line.text())
        if name:
            self.file.line.setText(name)

    def _look(self) -> None:
        self.told.setText(tr("Checking the backup"))
        self.look_wanted.emit(*self._asked())

    def _give(self) -> None:
        self.given.emit(*self._asked(), self.settings.isChecked())
        self.accept()


def contents_told(found: Mapping[str, Any]) -> str:
    """What a manifest says, in sentences."""
    scans = int(found.get("scans", 0))
    told = trn("{n} scan", "{n} scans", scans).format(n=words.number(scans))
    made = str(found.get("made", "")).replace("T", " ")[:16]
    text = tr("It is whole. Made on {made} UTC by Situs {program}; it holds {scans}.").format(
        made=made, program=found.get("program", ""), scans=told
    )
    names = [n for n in found.get("members", {}) if n != "situs.db"]
    schedules = sum(n.startswith("schedules/") for n in names)
    parts = [tr("settings")] if "settings.toml" in names else []
    parts += [tr("who is told of what")] if "notify.toml" in names else []
    parts += [trn("{n} schedule", "{n} schedules", schedules).format(n=schedules)] if schedules else []
    return text + (" " + tr("Also in it: {parts}.").format(parts=words.join(parts)) if parts else "")


class _File(QWidget):
    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.line = QLineEdit(text)
        self.line.setAccessibleName(name)
        self.browse = QPushButton(tr("Choose…"))
        self.browse.setAccessibleName(f"{tr('Choose…')} {name}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        self.setFocusProxy(self.line)


def _form(dialog: QDialog) -> QFormLayout:
    form = QFormLayout(dialog)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _row(form: QFormLayout, name: str, field: QWidget) -> None:
    field.setAccessibleName(name)
    label = plain_label(name)
    label.setBuddy(field)
    form.addRow(label, field)


def _password() -> QLineEdit:
    line = QLineEdit()
    line.setEchoMode(QLineEdit.EchoMode.Password)
    return line


def _note(text: str) -> QLabel:
    label = plain_label(text)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label


def _buttons(dialog: QDialog, form: QFormLayout, text: str, *more: QPushButton) -> QPushButton:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    first = QPushButton(text)
    first.setObjectName("first")
    for button in (*more, first):
        button.setAutoDefault(False)
        buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    form.addRow(buttons)
    return first
