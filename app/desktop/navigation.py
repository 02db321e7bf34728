"""The list of pages on the left: an icon and a word each, in groups."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.desktop.icons import icon
from app.desktop.theme import Colours, scaled
from app.texts import tr

_GROUP = Qt.ItemDataRole.UserRole + 1
_ICON = Qt.ItemDataRole.UserRole + 2
_GAP = 13


class Navigation(QListWidget):
    """Pages by row; a hairline begins each group."""

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setAccessibleName(tr("Pages"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Line(self, theme))

    def add(self, word: str, name: str, *, group: bool) -> None:
        """One page, with the icon of this name. `group`: it begins one."""
        item = QListWidgetItem(word)
        item.setData(_GROUP, group)
        item.setData(_ICON, name)
        item.setSizeHint(QSize(0, self.fontMetrics().height() + 15 + (_GAP if group else 0)))
        self.addItem(item)

    def fit(self) -> None:
        """As wide as its longest word needs."""
        widest = max(self.fontMetrics().horizontalAdvance(self.item(n).text()) for n in range(self.count()))
        self.setFixedWidth(max(176, widest + 58 + scaled(18)))


class _Line(QStyledItemDelegate):
    def __init__(self, parent: QListWidget, theme: Colours) -> None:
        super().__init__(parent)
        self._list, self._theme = parent, theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        c = self._theme
        rect: QRect = QRect(option.rect)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]
        if index.data(_GROUP):
            painter.fillRect(rect.left() + 16, rect.top() + 6, rect.width() - 32, 1, QColor(c.line))
            rect.setTop(rect.top() + _GAP)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.fillRect(rect, QColor(c.selected))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), QColor(c.accent))
            if self._list.hasFocus():
                painter.setPen(QColor(c.accent))
                painter.drawRect(rect.adjusted(3, 0, -2, -1))
        size = scaled(18)
        sign = icon(str(index.data(_ICON)), c.accent if chosen else c.quiet, size)
        sign.paint(painter, rect.left() + 16, rect.top() + (rect.height() - size) // 2, size, size)
        painter.setPen(QColor(c.ink))
        text = QRect(rect.left() + 28 + size, rect.top(), rect.width() - 36 - size, rect.height())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), str(index.data()))
