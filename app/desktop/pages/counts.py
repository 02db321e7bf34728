"""Counts of verdicts: a sign, a large number, a word; each leads to what it counts."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.desktop.theme import Colours, mark, scaled, sized
from app.report import words

_SIGN = 22


class Count(QAbstractButton):
    """One number. `leads` is False where there is no list behind it."""

    def __init__(self, verdict: str, word: str, note: str, theme: Colours, *, leads: bool = True) -> None:
        super().__init__()
        self._verdict, self._word, self._note, self._theme = verdict, word, note, theme
        self._number = "–"
        self._hint: QSize | None = None
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        if leads:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEnabled(leads)

    def count(self, number: int, note: str) -> None:
        """Show this number and a note below the word."""
        self._number, self._note = words.number(number), note
        self._hint = None
        self.setText(f"{self._number} {self._word}")
        self.setAccessibleName(f"{self._number} {self._word}. {note}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the number and both lines; layouts ask hundreds of times."""
        if self._hint is None:
            self._hint = self._measured()
        return QSize(self._hint)

    def changeEvent(self, arg__1: QEvent) -> None:  # noqa: N802 - Qt's names
        """Letters of another size need other room."""
        self._hint = None
        super().changeEvent(arg__1)

    def _measured(self) -> QSize:
        from PySide6.QtGui import QFontMetrics

        large, small = QFontMetrics(sized(22, bold=True)), QFontMetrics(sized(10))
        width = max(
            large.horizontalAdvance(self._number) + scaled(_SIGN) + 10,
            small.horizontalAdvance(self._word),
            QFontMetrics(sized(9)).horizontalAdvance(self._note),
        )
        return QSize(width + 16, large.height() + 2 * small.height() + 12)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        del event
        c, painter = self._theme, QPainter(self)
        if self.hasFocus() or (self.underMouse() and self.isEnabled()):
            painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.line), 1))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setFont(sized(22, bold=True))
        high = painter.fontMetrics().height()
        side = scaled(_SIGN)
        mark(self._verdict, c, _SIGN).paint(painter, 8, 4 + (high - side) // 2, side, side)
        painter.setPen(QColor(c.verdict(self._verdict)))
        painter.drawText(QPointF(8 + side + 8, 4 + painter.fontMetrics().ascent()), self._number)
        painter.setFont(sized(10))
        painter.setPen(QColor(c.ink))
        line = painter.fontMetrics().height()
        painter.drawText(QRect(8, 4 + high, self.width() - 10, line), int(Qt.AlignmentFlag.AlignLeft), self._word)
        painter.setFont(sized(9))
        painter.setPen(QColor(c.quiet))
        painter.drawText(
            QRect(8, 4 + high + line, self.width() - 10, line + 2), int(Qt.AlignmentFlag.AlignLeft), self._note
        )
        painter.end()
