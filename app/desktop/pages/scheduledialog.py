"""When an audit is to run by itself, what it reads, and where its reports go."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTimeEdit,
    QWidget,
)

from app.desktop import clock
from app.desktop.pages.numberfield import bare
from app.desktop.pages.page import plain_label
from app.texts import tr

_DAYS = (
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
)
_EVERY = (("week", "every week"), ("day", "every day"), ("month", "every month"))


class ScheduleDialog(QDialog):
    """`given` carries what was chosen: name, every, at, days, connections, files, folder, on_battery."""

    given = Signal(object)

    def __init__(self, parent: QWidget, offered: Mapping[str, str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Audit by schedule"))
        self.resize(560, 500)
        form = QFormLayout(self)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name = QLineEdit(tr("weekly"))
        self.every, self.day = QComboBox(), QComboBox()
        for code, text in _EVERY:
            self.every.addItem(tr(text), code)
        self.at = QTimeEdit(QTime(6, 0))
        self.at.setDisplayFormat("HH:mm")
        bare(self.at)
        self.every.currentIndexChanged.connect(self._every_changed)
        self.source = QComboBox()
        if offered.get("connections"):
            self.source.addItem(tr("all connected clouds"), "connections")
        self.source.addItem(tr("a folder of exported files"), "files")
        self.source.currentIndexChanged.connect(self._enable)
        self.files = _Folder(tr("Folder of exported files"), "")
        self.folder = _Folder(tr("Folder for reports"), offered.get("folder", ""))
        self.battery = QCheckBox(tr("also without mains power"))
        self.battery.setAccessibleName(self.battery.text())
        self.preview = plain_label("")
        self.preview.setObjectName("quiet")
        self.preview.setWordWrap(True)
        self.wrong = plain_label("")
        self.wrong.setObjectName("wrong")
        self.wrong.setWordWrap(True)
        for text, field in (
            (tr("Name"), self.name),
            (tr("How often"), self.every),
            (tr("On"), self.day),
            (tr("At"), self.at),
            (tr("Reads"), self.source),
            (tr("Folder of exported files"), self.files),
            (tr("Reports into"), self.folder),
        ):
            field.setAccessibleName(text)
            label = plain_label(text)
            label.setBuddy(field)
            form.addRow(label, field)
        form.addRow(self.battery)
        form.addRow(self.preview)
        form.addRow(self.wrong)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.keep = QPushButton(tr("Keep schedule"))
        self.keep.setObjectName("first")
        buttons.addButton(self.keep, QDialogButtonBox.ButtonRole.ActionRole)
        self.keep.clicked.connect(self._give)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.keep.setDefault(True)  # after it is part of the dialog, else Enter opens the first folder
        self._form = form
        for line in (self.name, self.files.line, self.folder.line):
            line.textChanged.connect(self._enable)
        self.day.currentIndexChanged.connect(self._enable)
        self.at.timeChanged.connect(self._enable)
        self._every_changed()
        self.name.setFocus()

    def chosen(self) -> dict[str, Any]:
        """What the dialog says now."""
        return {
            "name": self.name.text().strip().lower(),
            "every": self.every.currentData(),
            "at": self.at.time().toString("HH:mm"),
            "days": () if self.every.currentData() == "day" else (str(self.day.currentData()),),
            "connections": self.source.currentData() == "connections",
            "files": self.files.line.text().strip(),
            "folder": self.folder.line.text().strip(),
            "on_battery": self.battery.isChecked(),
        }

    def show_wrong(self, text: str) -> None:
        """Why it was not kept."""
        self.wrong.setText(text)
        self.keep.setEnabled(True)

    def _every_changed(self) -> None:
        every = self.every.currentData()
        self.day.blockSignals(True)
        self.day.clear()
        if every == "week":
            for code, text in _DAYS:
                self.day.addItem(tr(text), code)
        elif every == "month":
            for n in range(1, 29):
                self.day.addItem(tr("day {n}").format(n=n), str(n))
            self.day.addItem(tr("the last day"), "last")
        self.day.blockSignals(False)
        self._form.setRowVisible(self.day, every != "day")
        self._enable()

    def _enable(self) -> None:
        from app.schedule import ScheduleError, Timing, next_runs

        chosen = self.chosen()
        self._form.setRowVisible(self.files, not chosen["connections"])
        self.keep.setEnabled(bool(chosen["name"] and (chosen["connections"] or chosen["files"])))
        self.wrong.setText("")
        try:
            timing = Timing(chosen["every"], chosen["at"], tuple(chosen["days"]))
            due = [clock.moment(moment) for moment in next_runs(timing, datetime.now(UTC), 3)]
        except ScheduleError as error:
            self.preview.setText(str(error))
        else:
            self.preview.setText(tr("Next: {times}").format(times="; ".join(due)))

    def _give(self) -> None:
        self.keep.setEnabled(False)
        self.given.emit(self.chosen())


class _Folder(QWidget):
    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.line = QLineEdit(text)
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(tr("the whole path of a folder"))
        browse = QPushButton(tr("Choose…"))
        browse.setAccessibleName(f"{tr('Choose…')} {name}")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(browse)
        self.setFocusProxy(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)  # a form would squeeze it

    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Choose…"), self.line.text())
        if name:
            self.line.setText(name)
