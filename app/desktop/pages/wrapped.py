"""A button of two lines: what, and below it, quieter, where or how much. Both wrap."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.desktop.theme import Colours, scaled, sized

_SIGN = 16
_FLAGS = int(Qt.TextFlag.TextWordWrap)
_TALL = 10_000


class WrappedButton(QAbstractButton):
    """Leads to what it names."""

    def __init__(self, first: str, second: str, sign: QIcon, theme: Colours) -> None:
        super().__init__()
        self._first, self._second, self._sign, self._theme = first, second, sign, theme
        self._known: dict[int, tuple[QRect, QRect]] = {}
        self.setText(first)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Yes: text wraps."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """What both texts need."""
        first, second = self._boxes(width)
        return first.height() + second.height() + 8

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for most."""
        width = 420
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It may become narrow."""
        return QSize(200, QFontMetrics(sized(10)).height() * 2 + 8)

    def changeEvent(self, arg__1: QEvent) -> None:  # noqa: N802 - Qt's names
        """Letters of another size need other room."""
        self._known.clear()
        super().changeEvent(arg__1)

    def _boxes(self, width: int) -> tuple[QRect, QRect]:
        if width not in self._known:
            self._known[width] = self._measured(width)
        return self._known[width]

    def _measured(self, width: int) -> tuple[QRect, QRect]:
        room = QRect(0, 0, max(60, width - _left() - 8), _TALL)
        first = QFontMetrics(sized(10)).boundingRect(room, _FLAGS, self._first)
        second = QFontMetrics(sized(9)).boundingRect(room, _FLAGS, self._second) if self._second else QRect()
        return first, second

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        del event
        c, painter = self._theme, QPainter(self)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QColor(c.accent if self.hasFocus() else c.line))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        first, second = self._boxes(self.width())
        left, side = _left(), scaled(_SIGN)
        self._sign.paint(painter, 6, 5 + (QFontMetrics(sized(10)).height() - side) // 2, side, side)
        painter.setFont(sized(10))
        painter.setPen(QColor(c.ink))
        painter.drawText(QRect(left, 4, self.width() - left - 8, first.height()), _FLAGS, self._first)
        painter.setFont(sized(9))
        painter.setPen(QColor(c.quiet))
        painter.drawText(
            QRect(left, 4 + first.height(), self.width() - left - 8, second.height()), _FLAGS, self._second
        )
        painter.end()


def _left() -> int:
    """Where text begins: behind the sign."""
    return 6 + scaled(_SIGN) + 8
