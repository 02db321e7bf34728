"""A sheet of text that spells one thing out: headings, sentences, pairs of name and value. Never markup."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QPainter,
    QPaintEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextEdit

from app.desktop.theme import Colours, sized


class Sheet(QTextEdit):
    """Read-only; text is inserted as it is, so nothing that comes from a cloud becomes markup. Tab leaves it."""

    def __init__(self, theme: Colours, name: str, hint: str = "") -> None:
        super().__init__()
        self.theme = theme
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self._hint = hint
        self.setAccessibleDescription(hint)
        self.document().setDocumentMargin(8)

    def readable(self, lines: int = 7) -> None:
        """Is never lower than so many lines, however short the window is: the page scrolls then."""
        self.setMinimumHeight(self.fontMetrics().height() * lines)

    def paintEvent(self, e: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The hint wraps, which Qt's own does not."""
        super().paintEvent(e)
        if self.document().isEmpty() and self._hint:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(self.theme.quiet))
            painter.drawText(
                self.viewport().rect().adjusted(8, 8, -8, -8),
                int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap),
                self._hint,
            )
            painter.end()

    def title(self, text: str) -> None:
        """What it is about."""
        self._write(text, 12, bold=True, above=0)

    def quiet(self, text: str) -> None:
        """What one need not read at once."""
        self._write(text, 9, colour=self.theme.quiet, above=2)

    def heading(self, text: str) -> None:
        """Begins a part."""
        self._write(text, 10, bold=True, above=14)

    def say(self, text: str, colour: str = "") -> None:
        """A paragraph."""
        self._write(text, 10, colour=colour, above=3)

    def code(self, text: str) -> None:
        """An identifier or a file, in letters of equal width."""
        self._write(text, 9, above=3, fixed=True, colour=self.theme.quiet)

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        """Names with their values, one a line; values that are not there are left out."""
        for name, value in rows:
            if value:
                self._write(f"{name}:  ", 10, colour=self.theme.quiet, above=3, inline=value)

    def top(self) -> None:
        """Begin reading at the top."""
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _write(
        self,
        text: str,
        points: int,
        *,
        above: int,
        bold: bool = False,
        colour: str = "",
        fixed: bool = False,
        inline: str = "",
    ) -> None:
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        block = QTextBlockFormat()
        block.setTopMargin(above)
        block.setLineHeight(112, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if not self.document().isEmpty():
            cursor.insertBlock(block)
        else:
            cursor.setBlockFormat(block)
        form = QTextCharFormat()
        face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if fixed else sized(points)
        if fixed:
            face.setPointSizeF(sized(points).pointSizeF())
        form.setFont(face)
        form.setFontWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        form.setForeground(QBrush(QColor(colour or self.theme.ink)))
        cursor.insertText(text, form)
        if inline:
            form.setForeground(QBrush(QColor(self.theme.ink)))
            cursor.insertText(inline, form)
