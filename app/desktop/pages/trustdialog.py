"""Whose key is trusted: its fingerprint is shown before anything is kept."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPushButton, QWidget

from app.desktop.pages.page import plain_label
from app.desktop.theme import sized
from app.texts import tr


class TrustDialog(QDialog):
    """`given`: the name that the key gets."""

    given = Signal(str)

    def __init__(self, parent: QWidget, fingerprint: str, name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Trust a key"))
        form = QFormLayout(self)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        note = plain_label(
            tr(
                "Ask the owner of the key for its fingerprint, by telephone or in person, and compare every character."
                " Whoever holds this key can change what counts as law here."
            )
        )
        note.setWordWrap(True)
        wide = self.fontMetrics().averageCharWidth() * 84
        note.setMinimumSize(wide, note.heightForWidth(wide))
        form.addRow(note)
        parts = [fingerprint[n : n + 8] for n in range(0, len(fingerprint), 8)]
        self.fingerprint = plain_label(" ".join(parts[:4]) + "\n" + " ".join(parts[4:]))
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        face.setPointSizeF(sized(11).pointSizeF())
        self.fingerprint.setFont(face)
        self.name = QLineEdit(name)
        self.name.setMaxLength(100)
        for text, field in ((tr("Fingerprint (SHA-256)"), self.fingerprint), (tr("Whose key it is"), self.name)):
            field.setAccessibleName(text)
            label = plain_label(text)
            label.setBuddy(field)
            form.addRow(label, field)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.trust = QPushButton(tr("It is the same: trust it"))
        self.trust.setAutoDefault(False)
        buttons.addButton(self.trust, QDialogButtonBox.ButtonRole.ActionRole)
        self.trust.clicked.connect(self._give)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.name.textChanged.connect(self._enable)
        self.trust.setEnabled(bool(name.strip()))
        self.name.setFocus()

    def _enable(self, text: str) -> None:
        self.trust.setEnabled(bool(text.strip()))

    def _give(self) -> None:
        self.given.emit(self.name.text().strip())
        self.accept()
