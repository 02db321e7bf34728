"""Tables of any length: rows are plain tuples, columns say how they read and sort."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QIcon

_Steps = Generator[None, None, tuple[list[int], list[int]]]
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_PORTION: Final = 500
_SORTED: Final = 4_000
_SLICE: Final = 0.006
"""Seconds that are worked at a time: a third of a frame."""
AT_ONCE: Final = 4_000
"""More rows are sorted and filtered in slices, and the window goes on between them."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, how to get the text from a row, and optionally a sort key and a sign.

    `figure`: a number, set to the right. `quiet`: of lesser weight. `extra`: left out where room is short.
    `whole`: never cut.
    """

    heading: str
    text: Callable[[Any], str]
    sort: Callable[[Any], Any] | None = None
    icon: Callable[[Any], QIcon | None] | None = None
    width: int = 140
    figure: bool = False
    quiet: bool = False
    extra: bool = False
    whole: bool = False


class Rows(QAbstractTableModel):
    """Read-only rows, sorted and filtered over all columns; column 0 carries the row's sentence for screen readers.

    Rows stay where they are; sorting and filtering move their numbers. Few rows are arranged at once, many in slices
    while the window goes on, and what was shown stays until then. The text that the filter looks in is made while the
    window is idle, so that the first letter typed need not wait for it.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = list(columns)
        self._rows: Sequence[Any] = ()
        self._order: list[int] = []
        self._shown: list[int] = []
        self._hay: list[str] = []
        self._needle = ""
        self._wanted: Callable[[Any], bool] | None = None
        self._by: tuple[int, bool] | None = None
        self._sorted: tuple[int, bool] | None = None
        self._work: _Steps | None = None
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._go_on)

    def show(self, rows: Sequence[Any]) -> None:
        """Show these rows in the order given."""
        self._work = None
        self.beginResetModel()
        self._rows = rows
        self._order = list(range(len(rows)))
        self._by = self._sorted = None
        self._hay = []
        first, wanted = range(min(len(rows), _PORTION)), self._wanted
        self._shown = [] if self._needle else [n for n in first if wanted is None or wanted(rows[n])]
        self.endResetModel()
        if len(rows) > _PORTION or self._needle:
            self._arrange()
        if rows:
            self._idle.start()

    def keep(self, needle: str) -> None:
        """Show only rows in which some column contains this text, whatever its case."""
        self._needle = needle.casefold().strip()
        self._arrange()

    def keep_if(self, wanted: Callable[[Any], bool] | None) -> None:
        """Show only rows that this wants, now and when other rows come; None: all. Ask again with `again`."""
        self._wanted = wanted
        self._arrange()

    def again(self) -> None:
        """Ask every row again whether it is to be shown."""
        self._arrange()

    @property
    def arranging(self) -> bool:
        """Whether what is shown is not yet what was asked for."""
        return self._work is not None

    def finish(self) -> None:
        """Arrange the rest now."""
        while self._work is not None:
            self._step()

    def row(self, index: Index) -> Any:
        """The row behind an index."""
        return self.at(index.row())

    def at(self, number: int) -> Any:
        """The row shown at this place."""
        return self._rows[self._shown[number]]

    def count(self) -> int:
        """How many rows are shown."""
        return len(self._shown)

    @property
    def rows(self) -> Sequence[Any]:
        """All rows, shown or not."""
        return self._rows

    @property
    def preparing(self) -> bool:
        """Whether the text to look in is still being made."""
        return self._idle.isActive()

    def find(self, wanted: Callable[[Any], bool]) -> int:
        """Where the first such row is shown, or -1."""
        self.finish()
        return next((n for n, i in enumerate(self._shown) if wanted(self._rows[i])), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Rows shown."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, sign and sentence of one cell."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self.at(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(column.text(row))
        if role == Qt.ItemDataRole.DecorationRole and column.icon:
            return column.icon(row)
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return ", ".join(f"{c.heading}: {c.text(row)}" for c in self.columns)
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Headings."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].heading
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].figure:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort all rows by a column."""
        if 0 <= column < len(self.columns):
            self._by = (column, order == Qt.SortOrder.DescendingOrder)
            self._sorted = None
            self._arrange()

    def _arrange(self) -> None:
        self._work = self._steps()
        if len(self._rows) <= AT_ONCE:
            self.finish()
        else:
            self._idle.start()

    def _go_on(self) -> None:
        until = perf_counter() + _SLICE
        while perf_counter() < until:
            if self._work is not None:
                self._step()
            elif len(self._hay) < len(self._rows):
                self._prepare()
            else:
                self._idle.stop()
                return

    def _step(self) -> None:
        if self._work is None:
            return
        try:
            next(self._work)
        except StopIteration as end:
            self._work = None
            self.beginResetModel()
            self._order, self._shown = end.value
            self._sorted = self._by
            self.endResetModel()

    def _steps(self) -> _Steps:
        """Sorts and filters, so much at a time that nobody waits for one step; in the end all rows, and those shown."""
        order = self._order
        if self._by is not None and self._by != self._sorted:
            order = yield from self._in_order(*self._by)
        rows, wanted, needle = self._rows, self._wanted, self._needle
        while needle and len(self._hay) < len(rows):
            self._prepare()
            yield
        hay, shown = self._hay, list[int]()
        if wanted is None and not needle:
            shown = list(order)
        else:
            for begin in range(0, len(order), _PORTION):
                some = order[begin : begin + _PORTION]
                if wanted is not None:
                    some = [n for n in some if wanted(rows[n])]
                shown += [n for n in some if needle in hay[n]] if needle else some
                yield
        return order, shown

    def _in_order(self, column: int, descending: bool) -> Generator[None, None, list[int]]:
        """Short runs are sorted first, which leaves little to do for the sort of the whole."""
        chosen = self.columns[column]
        key, keys = chosen.sort or chosen.text, list[Any]()
        for begin in range(0, len(self._rows), _PORTION):
            keys += [key(row) for row in self._rows[begin : begin + _PORTION]]
            yield
        order = list[int]()
        for begin in range(0, len(keys), _SORTED):
            run = self._order[begin : begin + _SORTED]
            run.sort(key=keys.__getitem__, reverse=descending)
            order += run
            yield
        order.sort(key=keys.__getitem__, reverse=descending)
        yield
        return order

    def _prepare(self) -> None:
        done = len(self._hay)
        for row in self._rows[done : done + _PORTION]:
            self._hay.append("\n".join([column.text(row) for column in self.columns]).casefold())


def plain(text: str) -> str:
    """Text that a tool tip shows as it is: Qt takes anything that looks like markup for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
