"""Tables of any length: rows are plain tuples, columns say how they read and sort."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Column:
    """One column: its heading, how to get the text from a row, and optionally a sort key and a sign."""

    heading: str
    text: Callable[[Any], str]
    sort: Callable[[Any], Any] | None = None
    icon: Callable[[Any], QIcon | None] | None = None
    width: int = 140


class Rows(QAbstractTableModel):
    """Read-only rows, sorted and filtered over all columns; column 0 carries the row's sentence for screen readers."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = list(columns)
        self._all: list[Any] = []
        self._shown: list[Any] = []
        self._needle = ""

    def show(self, rows: Sequence[Any]) -> None:
        """Show these rows in the order given."""
        self.beginResetModel()
        self._all = list(rows)
        self._shown = self._matching()
        self.endResetModel()

    def keep(self, needle: str) -> None:
        """Show only rows in which some column contains this text, whatever its case."""
        self.beginResetModel()
        self._needle = needle.casefold().strip()
        self._shown = self._matching()
        self.endResetModel()

    def row(self, index: Index) -> Any:
        """The row behind an index."""
        return self._shown[index.row()]

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, sign and sentence of one cell."""
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        row = self._shown[index.row()]
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
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].heading
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort all rows by a column."""
        if not 0 <= column < len(self.columns):
            return
        chosen = self.columns[column]
        self.beginResetModel()
        self._all.sort(key=chosen.sort or chosen.text, reverse=order == Qt.SortOrder.DescendingOrder)
        self._shown = self._matching()
        self.endResetModel()

    def _matching(self) -> list[Any]:
        if not self._needle:
            return list(self._all)
        return [r for r in self._all if any(self._needle in c.text(r).casefold() for c in self.columns)]


def plain(text: str) -> str:
    """Text that a tool tip shows as it is: Qt takes anything that looks like markup for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
