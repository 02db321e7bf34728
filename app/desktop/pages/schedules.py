"""The part of the Scans page about audits that run by themselves."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.desktop import clock
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import plain_label
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, mark
from app.texts import tr

if TYPE_CHECKING:
    from app.schedule import Overview, Run

_STATES = {
    "done": "done",
    "failed": "failed",
    "skipped": "skipped",
    "missed": "missed",
    "interrupted": "interrupted",
    "running": "running",
}


class Schedules(QWidget):
    """What is planned above, what became of it below."""

    add_wanted = Signal()
    remove_wanted = Signal(str)
    run_wanted = Signal(str)

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        signs = {
            "done": mark("pass", theme),
            "skipped": mark("not_checked", theme),
            "missed": mark("not_checked", theme),
        }
        bad, busy = mark("fail", theme), mark("not_applicable", theme)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 12, 0, 0)
        self.sentence = plain_label("")
        self.sentence.setWordWrap(True)
        lines.addWidget(self.sentence)
        self.model = Rows(
            [
                Column(tr("Name"), lambda o: o.schedule.name, width=120),
                Column(tr("When"), _when, width=220),
                Column(tr("Next"), lambda o: clock.moment(o.following[0]) if o.following else "", width=190),
                Column(tr("Last"), _last, width=220),
                Column(tr("Trouble"), lambda o: o.trouble, width=220, quiet=True),
            ]
        )
        self.table = table_of(self.model, tr("Schedules"), theme)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        lines.addWidget(self.table, 1)
        self.add, self.remove = QPushButton(tr("Add a schedule…")), QPushButton(tr("Remove"))
        self.run = QPushButton(tr("Run now"))
        self.add.setObjectName("first")
        bar = Flowing()
        for button in (self.add, self.remove, self.run):
            bar.addWidget(button)
        bar.addStretch(1)
        lines.addLayout(bar)
        self.add.clicked.connect(self.add_wanted)
        self.remove.clicked.connect(lambda: self.remove_wanted.emit(self.chosen()))
        self.run.clicked.connect(lambda: self.run_wanted.emit(self.chosen()))
        self.history = Rows(
            [
                Column(
                    tr("State"),
                    _state,
                    icon=lambda r: signs.get(r.state) or (busy if r.state == "running" else bad),
                    width=120,
                ),
                Column(tr("Schedule"), lambda r: r.schedule, width=120),
                Column(tr("Due"), lambda r: clock.moment(r.due) if r.due else tr("begun by a person"), width=190),
                Column(tr("Ended"), lambda r: clock.moment(r.ended) if r.ended else "", width=190),
                Column(tr("Reason"), lambda r: r.reason, width=300),
            ]
        )
        self.history_table = table_of(self.history, tr("What became of each"), theme)
        lines.addWidget(self.history_table, 1)
        self.show_schedules([], [], "")

    def show_schedules(self, found: "list[Overview]", runs: "list[Run]", wrong: str) -> None:
        """Show these."""
        self.model.show(found)
        self.history.show(runs)
        if wrong:
            self.sentence.setText(wrong)
        elif not found:
            self.sentence.setText(
                tr("No audit runs by itself. Once a week is a good beginning: the window need not be open for it.")
            )
        else:
            self.sentence.setText(tr("The operating system starts these audits, whether or not the window is open."))
        if found:
            self.table.selectRow(0)
        self._enable()

    def chosen(self) -> str:
        """The name of the chosen schedule, or an empty text."""
        index = self.table.selectionModel().currentIndex()
        there = index.isValid() and index.row() < self.model.count()
        return self.model.row(index).schedule.name if there else ""

    def _enable(self) -> None:
        for button in (self.remove, self.run):
            button.setEnabled(bool(self.chosen()))


def _when(row: "Overview") -> str:
    from app.schedule import in_words

    return in_words(row.schedule.timing)


def _state(run: "Run") -> str:
    return tr(_STATES[run.state]) if run.state in _STATES else run.state


def _last(row: "Overview") -> str:
    run = row.last
    if run is None:
        return tr("has not run yet")
    moment = run.ended or run.started or run.due
    return _state(run) + (f", {clock.moment(moment)}" if moment else "")
