"""What ends soon, on the first page: entries, assessments, certifications, acceptances, and the law under flows."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.desktop.pages.page import hairline, plain_label
from app.desktop.theme import sized
from app.register.due import Due, Ends, left_told, none_told, some_told
from app.report import words
from app.texts import tr, trn

FEW = 6
"""Rows that are shown at first."""
_MOST = 200


class Ending(QWidget):
    """A sentence, then a row for each thing that ends: its last day, how far off, what it is, flows that rest on it."""

    grown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._ends: Ends | None = None
        self._rows: QWidget | None = None
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(6)
        self._lines.addWidget(hairline())
        heading = plain_label(tr("What ends soon"))
        heading.setFont(sized(12, bold=True))
        heading.setContentsMargins(0, 6, 0, 2)
        self._lines.addWidget(heading)
        self.sentence = plain_label("")
        self.sentence.setWordWrap(True)
        self._lines.addWidget(self.sentence)
        self.more = QPushButton()
        self.more.setObjectName("link")
        self.more.clicked.connect(self._all)
        self._lines.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_ends(self, ends: Ends | None) -> None:
        """Show these; None: nothing is known, so nothing is said."""
        self._ends = ends
        self.setVisible(ends is not None)
        if ends is not None:
            day = words.day(ends.day)
            self.sentence.setText((some_told if ends.rows else none_told)(ends.within, day))
        self._fill(FEW)

    def _all(self) -> None:
        self._fill(_MOST)
        self.grown.emit()

    def _fill(self, most: int) -> None:
        rows = [] if self._ends is None else self._ends.rows
        if self._rows is not None:
            self._rows.setParent(None)
            self._rows.deleteLater()
        self._rows = _grid(rows[:most]) if rows else None
        if self._rows is not None:
            self._lines.insertWidget(3, self._rows)
            self._rows.show()  # a layout shows what it is given only later
        left = len(rows) - most
        self.more.setVisible(left > 0)
        self.more.setEnabled(most < _MOST)
        text = (
            trn("Show {n} more", "Show {n} more", left)
            if most < _MOST
            else trn("{n} more stands in the report", "{n} more stand in the report", left)
        )
        self.more.setText(text.format(n=words.number(left)))


def _grid(rows: list[Due]) -> QWidget:
    """The rows under their heads."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(2, 1)
    top = Qt.AlignmentFlag.AlignTop
    for column, head in enumerate((tr("Day"), "", tr("What ends or changes"), tr("Flows"))):
        grid.addWidget(_quiet(head), 0, column)
    for number, item in enumerate(rows, 1):
        what = plain_label(item.text)
        what.setWordWrap(True)
        flows = plain_label("–" if item.flows is None else words.number(item.flows))
        grid.addWidget(plain_label(words.day(item.day)), number, 0, top)
        grid.addWidget(_quiet(left_told(item)), number, 1, top)
        grid.addWidget(what, number, 2, top)
        grid.addWidget(flows, number, 3, top | Qt.AlignmentFlag.AlignRight)
    return made


def _quiet(text: str) -> QLabel:
    label = plain_label(text)
    label.setObjectName("quiet")
    return label
