"""Asks for the name and the passphrase of a new key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPushButton

from app.desktop.pages.page import Page, plain_label
from app.texts import tr


class KeyDialog(QDialog):
    """`given`: name and passphrase, typed twice. `least`: characters that the passphrase has at least.

    A `name` that is known already need not be typed again.
    """

    given = Signal(str, str)

    def __init__(self, parent: Page, title: str, note: str, least: int, name: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._least = least
        self.resize(560, 270)
        form = QFormLayout(self)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(parent.paragraph(note))
        self.name, self.first, self.second = QLineEdit(name), QLineEdit(), QLineEdit()
        self.first.setEchoMode(QLineEdit.EchoMode.Password)
        self.second.setEchoMode(QLineEdit.EchoMode.Password)
        for label, field in (
            (tr("Name"), self.name),
            (tr("Passphrase, at least {n} characters").format(n=least), self.first),
            (tr("Once more"), self.second),
        ):
            field.setAccessibleName(label)
            field.textChanged.connect(self._enable)
            form.addRow(plain_label(label), field)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make = QPushButton(tr("Make key"))
        self.make.setObjectName("first")
        buttons.addButton(self.make, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._give)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.make.setDefault(True)
        if name:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)
        self._enable()

    def _enable(self) -> None:
        same = self.first.text() == self.second.text()
        self.make.setEnabled(bool(self.name.text().strip()) and len(self.first.text()) >= self._least and same)

    def _give(self) -> None:
        self.given.emit(self.name.text().strip(), self.first.text())
        self.accept()
