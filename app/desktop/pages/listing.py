"""A page that is one table: filter on top, rows below, the chosen row in full beside them."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, cast

from PySide6.QtCore import QEvent, QItemSelectionModel, QItemSelectionRange, QModelIndex, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTableView,
    QWidget,
)

from app.desktop.cells import Cells
from app.desktop.narrowed import Narrowed
from app.desktop.pages.flowing import Flowing, Split
from app.desktop.pages.page import Page
from app.desktop.pages.sheet import Sheet
from app.desktop.regions import first_of
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, scaled
from app.texts import tr

_MEASURED = 100
_COMFORTABLE = 0.4
_TIGHT = (0.37, 0.34)
"""Shares of what a column wants: at least, and where a whole column would lie out of sight."""


class Listing(Page):
    """Rows of one sort: `pick` takes them from the snapshot, `sentence` sums them up, `detail` spells one out."""

    opens_detail = True
    """Enter on a row leads into what stands beside it, Escape back to the row."""

    def __init__(
        self,
        title: str,
        theme: Colours,
        columns: Sequence[Column],
        pick: Callable[[Snapshot], Sequence[Any]],
        sentence: Callable[[Snapshot], str],
        detail: Callable[[Sheet, Any], None],
        model: Rows | None = None,
    ) -> None:
        super().__init__(title, theme)
        self.narrowed: Narrowed | None = None
        self._pick, self._sentence, self._detail = pick, sentence, detail
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Filter by any word (Ctrl+F)"))
        self.filter.setAccessibleName(tr("Filter"))
        self.filter.setClearButtonEnabled(True)
        self.tools = Flowing()
        self.tools.setSpacing(8)
        self.tools.addWidget(self.filter, 1)
        self.rows.addLayout(self.tools)
        self.model = model or Rows(columns)
        self.table = table_of(self.model, title, theme)
        self.detail = Sheet(theme, tr("Details of the chosen row"), tr("Choose a row to see it in full."))
        self.split = Split()
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.side = self.beside()
        self.split.addWidget(self.side)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([640, 380])
        self.split.setHandleWidth(1)
        self.rows.addWidget(self.split, 1)
        self.filter.textChanged.connect(self._filter_changed)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        if self.opens_detail:
            self.table.activated.connect(self._into_detail)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.side)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(self.table.setFocus)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.filter.setFocus)

    def beside(self) -> QWidget:
        """What stands beside the table; the chosen row in full."""
        return self.detail

    def regions(self) -> list[QWidget]:
        """Filters, table, what stands beside it, buttons below."""
        return [self.filter, self.table, self.side, *self.below()]

    def below(self) -> list[QWidget]:
        """The first of the buttons below the table, where there are some."""
        return []

    def start(self) -> QWidget | None:
        """The rows; without any, the filter."""
        return self.table if self.model.count() else self.filter

    def _into_detail(self) -> None:
        stop = first_of(self.side)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show its rows; nothing and a hint before the first audit."""
        self.detail.clear()
        if snapshot is None:
            self.sentence.setText(tr("Nothing has been audited yet. The Overview page has the first step."))
            self.model.show([])
            return
        self.sentence.setText(self._sentence(snapshot))
        self.model.show(self._pick(snapshot))
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

    def narrow(self, narrowed: Narrowed | None) -> None:
        """Show only what belongs to some places; None: to any."""
        self.narrowed = narrowed
        self.model.again()

    def show_all(self) -> None:
        """Take every filter away."""
        self.filter.clear()

    def _filter_changed(self, text: str) -> None:
        self.model.keep(text)
        self.detail.clear()

    def _chosen(self, current: QModelIndex, previous: QModelIndex) -> None:
        del previous
        if current.isValid():
            self.detail.clear()
            self._detail(self.detail, self.model.row(current))
            self.detail.top()


def chosen_rows(table: QTableView, model: Rows, most: int | None = None) -> list[Any]:
    """Every chosen row, by ranges: asking for each index takes a hundred times longer where thousands are chosen."""
    found = cast("list[QItemSelectionRange]", table.selectionModel().selection())
    ranges = sorted((one.top(), one.bottom()) for one in found)
    numbers = (n for top, bottom in ranges for n in range(top, bottom + 1) if n < model.count())
    return [model.at(n) for n in islice(dict.fromkeys(numbers) if most is None else numbers, most)]


def table_of(model: Rows, name: str, theme: Colours) -> QTableView:
    """A quiet table of rows, with a name for screen readers; Tab leaves it."""
    table = QTableView()
    table.setAccessibleName(name)
    table.setModel(model)
    table.setItemDelegate(Cells(table, model, theme))
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
    # A heading is drawn pressed where its whole column is chosen, and asks every row of it for that.
    header.setSelectionModel(QItemSelectionModel(model, header))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
    Fit(table, model)
    return table


class Fit(QObject):
    """Columns share the room that a table has, until somebody moves one. No heading is cut.

    A sign with its word is always readable whole; columns that are `extra` are left out where room is short.
    """

    def __init__(self, table: QTableView, model: Rows) -> None:
        super().__init__(table)
        self._table, self._model = table, model
        self._mine = False
        self._moved = False
        self.share()
        table.horizontalHeader().sectionResized.connect(self._resized)
        table.viewport().installEventFilter(self)
        model.modelReset.connect(self._reset)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The room has changed."""
        if event.type() == QEvent.Type.Resize and not self._moved:
            self.share()
        return super().eventFilter(watched, event)

    def share(self) -> None:
        """Give each column its part, and none much less than half of what it wants."""
        columns = self._model.columns
        scale = self._table.fontMetrics().averageCharWidth() / 7
        room = self._table.viewport().width()
        rigid = {n: self._whole(n) for n, c in enumerate(columns) if c.icon is not None or c.figure or c.whole}
        wanted = {n: rigid.get(n, c.width * scale) for n, c in enumerate(columns)}
        metrics = self._table.fontMetrics()
        least = {n: metrics.horizontalAdvance(c.heading) + 26 for n, c in enumerate(columns)}
        short = sum(wanted.values()) * 0.9 > room
        shown = [n for n, c in enumerate(columns) if not (c.extra and short)]
        free = room - sum(rigid.get(n, 0) for n in shown)
        flexible = sum(wanted[n] for n in shown if n not in rigid)
        factor = max(_COMFORTABLE, free / max(1.0, flexible))
        bending = [(least[n], wanted[n]) for n in shown if n not in rigid]
        for tight in (factor, *_TIGHT):  # a little narrower is better than a column out of sight
            if sum(max(one, other * tight) for one, other in bending) <= free:
                factor = tight
                break
        self._mine = True
        for n in range(len(columns)):
            self._table.setColumnHidden(n, n not in shown)
        for n in shown:  # the last as well: else it keeps at least the size that Qt gives every column
            self._table.setColumnWidth(n, int(wanted[n] if n in rigid else max(least[n], wanted[n] * factor)))
        self._mine = False

    def _whole(self, column: int) -> float:
        """What the widest of the first rows, and the heading, need."""
        metrics, c = self._table.fontMetrics(), self._model.columns[column]
        texts = (c.text(self._model.at(n)) for n in range(min(_MEASURED, self._model.count())))
        sign = scaled(16) + 6 if c.icon is not None else 0
        return max(
            metrics.horizontalAdvance(c.heading) + 26,
            max((metrics.horizontalAdvance(text) for text in texts), default=0) + sign + 22,
        )

    def _reset(self) -> None:
        if not self._moved:
            self.share()

    def _resized(self) -> None:
        held = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton  # else it is the last column that follows
        self._moved = self._moved or (held and not self._mine)
