"""The line that says on every page what is shown: never more than two lines high, whole in its tip and by name."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy

_LINES = 2
_SIDE, _ABOVE = 24, 7


class Scope(QLabel):
    """`text` is always the whole of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("scope")
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def setText(self, arg__1: str) -> None:  # noqa: N802 - Qt's names
        """What is shown."""
        super().setText(arg__1)
        self.setToolTip(arg__1)
        self.setAccessibleName(arg__1)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It may become narrow."""
        return QSize(self.fontMetrics().averageCharWidth() * 12 + 2 * _SIDE, self.heightForWidth(10_000))

    def heightForWidth(self, arg__1: int) -> int:  # noqa: N802 - Qt's names
        """Of at most two lines."""
        lines = min(_LINES, len(self._broken(arg__1 - 2 * _SIDE)))
        return self.fontMetrics().lineSpacing() * max(1, lines) + 2 * _ABOVE

    def paintEvent(self, arg__1: QPaintEvent) -> None:  # noqa: N802 - Qt's names
        """Draw as much as two lines hold."""
        del arg__1
        painter, metrics = QPainter(self), self.fontMetrics()
        width = self.width() - 2 * _SIDE
        lines = self._broken(width)
        if len(lines) > _LINES:
            rest = self.text()[sum(len(line) for line in lines[: _LINES - 1]) :]
            lines = [*lines[: _LINES - 1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]
        painter.setPen(self.palette().windowText().color())
        top = (self.height() - metrics.lineSpacing() * len(lines)) / 2 + metrics.ascent()
        for number, line in enumerate(lines):
            painter.drawText(QPointF(_SIDE, top + number * metrics.lineSpacing()), line)
        painter.end()

    def _broken(self, width: int) -> list[str]:
        """The text, broken into lines of this width."""
        layout = QTextLayout(self.text(), self.font())
        layout.beginLayout()
        found: list[str] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            found.append(self.text()[line.textStart() : line.textStart() + line.textLength()])
        layout.endLayout()
        return found
