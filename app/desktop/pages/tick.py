"""A box to tick whose words wrap where room is short."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy

_NARROW = 22
"""Characters of a line that it may be made as narrow as."""


class Tick(QCheckBox):
    """`words`: what it says, in one line; Qt itself breaks no line of a box."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words
        self.setAccessibleName(words)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Words wrap."""
        return True

    def heightForWidth(self, arg__1: int) -> int:  # noqa: N802 - Qt's names
        """Of its lines."""
        return self._around().height() + len(self._lines(arg__1)) * self.fontMetrics().lineSpacing()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """In one line."""
        around = self._around()
        return QSize(
            around.width() + self.fontMetrics().horizontalAdvance(self.words) + 2,
            around.height() + self.fontMetrics().lineSpacing(),
        )

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """It may become narrow, as far as its longest word lets it."""
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(word) for word in self.words.split()), default=0)
        least = self._around().width() + max(longest + 4, metrics.averageCharWidth() * _NARROW)
        return QSize(min(self.sizeHint().width(), least), self.sizeHint().height())

    def resizeEvent(self, e: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Break it anew."""
        super().resizeEvent(e)
        text = "\n".join(self._lines(self.width()))
        if text != self.text():
            self.setText(text)

    def _around(self) -> QSize:
        """What the box, its frame and the room between box and words take."""
        whole, text = super().sizeHint(), self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(max(0, whole.width() - text.width()), max(0, whole.height() - text.height()))

    def _lines(self, width: int) -> list[str]:
        metrics, room = self.fontMetrics(), width - self._around().width()
        lines = [""]
        for word in self.words.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines
