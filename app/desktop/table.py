"""Tables of any length: rows are plain tuples, columns say how they read and sort."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QIcon

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_PORTION = 2000


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

    Rows stay where they are; sorting and filtering move their numbers. The text that the filter looks in is made in
    small portions while the window is idle, so that the first letter typed need not wait for it.
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
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._prepare)

    def show(self, rows: Sequence[Any]) -> None:
        """Show these rows in the order given."""
        self.beginResetModel()
        self._rows = rows
        self._order = list(range(len(rows)))
        self._hay = []
        self._shown = self._matching()
        self.endResetModel()
        if rows:
            self._idle.start()

    def keep(self, needle: str) -> None:
        """Show only rows in which some column contains this text, whatever its case."""
        self.beginResetModel()
        self._needle = needle.casefold().strip()
        self._shown = self._matching()
        self.endResetModel()

    def keep_if(self, wanted: Callable[[Any], bool] | None) -> None:
        """Show only rows that this wants, now and when other rows come; None: all. Ask again with `again`."""
        self._wanted = wanted
        self.again()

    def again(self) -> None:
        """Ask every row again whether it is to be shown."""
        self.beginResetModel()
        self._shown = self._matching()
        self.endResetModel()

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
        if not 0 <= column < len(self.columns):
            return
        chosen = self.columns[column]
        key, rows = chosen.sort or chosen.text, self._rows
        keys = [key(row) for row in rows]
        self.beginResetModel()
        self._order.sort(key=keys.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
        self._shown = self._matching()
        self.endResetModel()

    def _prepare(self) -> None:
        done = len(self._hay)
        for row in self._rows[done : done + _PORTION]:
            self._hay.append("\n".join([column.text(row) for column in self.columns]).casefold())
        if len(self._hay) >= len(self._rows):
            self._idle.stop()

    def _matching(self) -> list[int]:
        rows, wanted, needle = self._rows, self._wanted, self._needle
        shown = self._order if wanted is None else [i for i in self._order if wanted(rows[i])]
        if needle:
            while len(self._hay) < len(rows):
                self._prepare()
            hay = self._hay
            shown = [i for i in shown if needle in hay[i]]
        return list(shown)


def plain(text: str) -> str:
    """Text that a tool tip shows as it is: Qt takes anything that looks like markup for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
