"""A field for a day that may be missing."""

from datetime import date
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QWidget

from app.desktop import clock
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.tick import Tick
from app.texts import tr


class Day(QWidget):
    """A day, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.given = Tick(tr("on record"))
        self.day = QDateEdit(QDate.currentDate())
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(clock.day_format())
        self.given.toggled.connect(self.day.setEnabled)
        row = Flowing(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.given)
        row.addWidget(self.day, 1)
        self.put(None)

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        """Both parts are named."""
        super().setAccessibleName(name)
        self.given.setAccessibleName(f"{name}: {tr('on record')}")
        self.day.setAccessibleName(name)

    def put(self, value: Any) -> None:
        """Show a day."""
        self.given.setChecked(isinstance(value, date))
        self.day.setEnabled(isinstance(value, date))
        if isinstance(value, date):
            self.day.setDate(QDate(value.year, value.month, value.day))

    def value(self) -> date | None:
        """The day, or None."""
        day = self.day.date().toPython()
        return day if self.given.isChecked() and isinstance(day, date) else None
