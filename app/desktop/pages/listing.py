"""A page that is one table: filter on top, rows below, the chosen row in full beside them."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QTableView,
    QWidget,
)

from app.desktop.pages.page import Page
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours
from app.texts import tr


class Listing(Page):
    """Rows of one sort: `pick` takes them from the snapshot, `sentence` sums them up, `detail` spells one out."""

    def __init__(
        self,
        title: str,
        theme: Colours,
        columns: Sequence[Column],
        pick: Callable[[Snapshot], Sequence[Any]],
        sentence: Callable[[Snapshot], str],
        detail: Callable[[Any], str],
        model: Rows | None = None,
    ) -> None:
        super().__init__(title, theme)
        self._pick, self._sentence, self._detail = pick, sentence, detail
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter by any word (Ctrl+F)"))
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        self.tools.addWidget(self.filter, 1)
        self.rows.addLayout(self.tools)
        self.model = model or Rows(columns)
        self.table = table_of(self.model, title)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        self.detail.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.detail.setAccessibleName(tr("Details of the chosen row"))
        self.detail.setPlaceholderText(tr("Choose a row to see it in full."))
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(self.beside())
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([620, 380])
        self.rows.addWidget(self.split, 1)
        self.filter.textChanged.connect(self._filter_changed)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.filter.setFocus)

    def beside(self) -> QWidget:
        """What stands beside the table; the chosen row in full."""
        return self.detail

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its rows; nothing and a hint before the first audit."""
        self.detail.clear()
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet. The Overview page has the first step."))
            self.model.show([])
            return
        self.sentence.setText(self._sentence(snapshot))
        self.model.show(self._pick(snapshot))
        for number, column in enumerate(self.model.columns):
            if column.icon is not None:  # a sign with its word must be readable whole, in any language
                self.table.resizeColumnToContents(number)
        sorted_by = self.table.horizontalHeader().sortIndicatorSection()
        if 0 <= sorted_by < self.model.columnCount():
            self.model.sort(sorted_by, self.table.horizontalHeader().sortIndicatorOrder())

    def go_to(self, wanted: Callable[[Any], bool]) -> bool:
        """Choose the first row that this wants, taking filters away where they hide it; False where there is none."""
        number = self.model.find(wanted)
        if number < 0:
            self.show_all()
            number = self.model.find(wanted)
        if number < 0:
            return False
        self.table.selectRow(number)
        self.table.scrollTo(self.model.index(number, 0))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def show_all(self) -> None:
        """Take every filter away."""
        self.filter.clear()

    def _filter_changed(self, text: str) -> None:
        self.model.keep(text)
        self.detail.clear()

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        if current.isValid():
            self.detail.setPlainText(self._detail(self.model.row(current)))


def table_of(model: Rows, name: str) -> QTableView:
    """A quiet table of rows, with a name for screen readers; Tab leaves it."""
    table = QTableView()
    table.setAccessibleName(name)
    table.setModel(model)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSortingEnabled(True)
    header = table.horizontalHeader()
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    header.setHighlightSections(False)
    header.setResizeContentsPrecision(200)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 14)
    for number, column in enumerate(model.columns):
        table.setColumnWidth(number, column.width)
    return table
