"""The few fields of a decision; which of them are shown depends on what is decided."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop import clock
from app.desktop.decide import Wanted
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.page import plain_label
from app.texts import tr

_YEAR = 365
_LONGEST = 3 * _YEAR
_HINTS = {
    "accept": "Why can it stay as it is?",
    "not_applicable": "Why does the rule not apply here?",
    "assign": "A word to them, if you like",
    "comment": "What is to be remembered?",
    "revoke": "Why does it no longer hold?",
    "agree": "",
}
_FIELDS = {
    "accept": ("why", "until", "owner"),
    "not_applicable": ("why", "until", "owner"),
    "assign": ("assignee", "until", "why", "owner"),
    "comment": ("why", "owner"),
    "revoke": ("why", "owner"),
    "agree": ("owner", "key", "passphrase"),
}
_NEEDED = {
    "accept": ("why", "owner"),
    "not_applicable": ("why", "owner"),
    "assign": ("owner",),
    "comment": ("why", "owner"),
    "revoke": ("why", "owner"),
    "agree": ("owner", "passphrase"),
}


class DecisionForm(QWidget):
    """`recorded` carries a `Wanted` without the findings it is about."""

    recorded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._kind, self._enabled = "accept", False
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(6)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.why, self.owner, self.assignee = _line(4000), _line(200), _line(200)
        self.owner.setPlaceholderText(tr("Your name, and your role after a comma"))
        self.assignee.setPlaceholderText(tr("Who works on it; empty takes it back"))
        self.passphrase = _line(200)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.key = QComboBox()
        self.until = QDateEdit()
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat(clock.day_format())
        today = QDate.currentDate()
        self.until.setDateRange(today.addDays(1), today.addDays(_LONGEST))
        self.until.setDate(today.addDays(_YEAR // 2))
        self._fields: dict[str, tuple[str, QWidget]] = {
            "assignee": (tr("To"), self.assignee),
            "why": (tr("Reason"), self.why),
            "until": (tr("Until"), self.until),
            "owner": (tr("Who"), self.owner),
            "key": (tr("Key"), self.key),
            "passphrase": (tr("Passphrase"), self.passphrase),
        }
        for label, field in self._fields.values():
            field.setAccessibleName(label)
            name = plain_label(label)
            name.setBuddy(field)
            self._form.addRow(name, field)
        lines.addLayout(self._form)
        buttons = Flowing()
        self.record = QPushButton(tr("Record decision"))
        self.record.setObjectName("first")
        self.record.clicked.connect(self._record)
        buttons.addWidget(self.record)
        buttons.addStretch(1)
        lines.addLayout(buttons)
        for field in (self.why, self.owner, self.passphrase, self.assignee):
            field.textChanged.connect(self._enable)
            field.returnPressed.connect(self._enter)

    def set_name(self, name: str, keys: Sequence[Path]) -> None:
        """Who decides on this computer, and the keys of second persons on it; what was typed is kept."""
        if not self.owner.text():
            self.owner.setText(name)
        self.key.clear()
        for path in keys:
            self.key.addItem(path.stem, path)
        self._enable()

    def show_kind(self, kind: str, *, enabled: bool) -> None:
        """The fields of this decision."""
        self._kind, self._enabled = kind, enabled
        for name, (_, field) in self._fields.items():
            self._form.setRowVisible(field, name in _FIELDS[kind])
        self.why.setPlaceholderText(tr(_HINTS[kind]) if _HINTS[kind] else "")
        self._enable()

    def begin(self) -> None:
        """Where one begins to type."""
        first = self.assignee if self._kind == "assign" else self.passphrase if self._kind == "agree" else self.why
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """The reason of one decision must not slip into the next."""
        self.why.clear()
        self.passphrase.clear()
        self.assignee.clear()

    def _enable(self) -> None:
        given = all(self._text(name) for name in _NEEDED[self._kind])
        if self._kind == "agree":
            given = given and self.key.count() > 0
        self.record.setEnabled(self._enabled and given)

    def _text(self, name: str) -> str:
        field = self._fields[name][1]
        return field.text().strip() if isinstance(field, QLineEdit) else ""

    def _enter(self) -> None:
        if self.record.isEnabled():
            self._record()

    def _record(self) -> None:
        day = self.until.date().toPython()
        path = self.key.currentData()
        self.recorded.emit(
            Wanted(
                self._kind,
                (),
                self.owner.text().strip(),
                self.why.text().strip(),
                day if isinstance(day, date) and "until" in _FIELDS[self._kind] else None,
                self.assignee.text().strip(),
                self.passphrase.text(),
                path if isinstance(path, Path) else None,
            )
        )


def _line(most: int) -> QLineEdit:
    line = QLineEdit()
    line.setMaxLength(most)
    return line
