"""A page that is one table: filter on top, rows below, the chosen row in full beside them."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QPlainTextEdit, QSplitter, QTableView

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
    ) -> None:
        super().__init__(title, theme)
        self._pick, self._sentence, self._detail = pick, sentence, detail
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter by any word (Ctrl+F)"))
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.rows.addWidget(self.filter)
        self.model = Rows(columns)
        self.table = QTableView()
        self.table.setAccessibleName(title)
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(32)
        for number, column in enumerate(columns):
            self.table.setColumnWidth(number, column.width)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.detail.setAccessibleName(tr("Details of the chosen row"))
        self.detail.setPlaceholderText(tr("Choose a row to see it in full."))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([640, 360])
        self.rows.addWidget(split, 1)
        self.filter.textChanged.connect(self._filter_changed)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.filter.setFocus)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its rows; nothing and a hint before the first audit."""
        self.detail.clear()
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet. The Overview page has the first step."))
            self.model.show([])
            return
        self.sentence.setText(self._sentence(snapshot))
        self.model.show(self._pick(snapshot))

    def _filter_changed(self, text: str) -> None:
        self.model.keep(text)
        self.detail.clear()

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        if current.isValid():
            self.detail.setPlainText(self._detail(self.model.row(current)))
