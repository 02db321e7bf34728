"""Chips: small switches that narrow a table down, in words and numbers."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QToolButton

from app.desktop.theme import scaled
from app.report import words
from app.texts import tr


class Chip(QToolButton):
    """One switch with a word, how many it stands for, and optionally a sign."""

    def __init__(self, word: str, icon: QIcon | None = None) -> None:
        super().__init__()
        self.word = word
        self.setObjectName("chip")
        self.setCheckable(True)
        if icon is not None:
            self.setIcon(icon)
            self.setIconSize(QSize(scaled(16), scaled(16)))
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.count(None)

    def count(self, number: int | None) -> None:
        """How many rows it stands for; None while nobody knows."""
        text = self.word if number is None else f"{self.word} {words.number(number)}"
        self.setText(text if self.icon().isNull() else f" {text}")
        self.setAccessibleName(self.word if number is None else f"{self.word}: {words.number(number)}")


class Choice(QToolButton):
    """A chip with a list: one of several values, or all of them."""

    changed = Signal()

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.value = ""
        self._names: dict[str, str] = {}
        self.setObjectName("chip")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.offer([])

    def offer(self, values: Iterable[tuple[str, str]]) -> None:
        """The values to choose from: each with what to call it. Goes back to all."""
        self._menu.clear()
        self._names = {"": tr("all"), **dict(values)}
        for value, name in self._names.items():
            action = QAction(name.replace("&", "&&"), self._menu)
            action.triggered.connect(self._chooser(value))
            self._menu.addAction(action)
        self.choose("")

    def choose(self, value: str) -> None:
        """Take a value; an unknown one means all."""
        self.value = value if value in self._names else ""
        text = f"{self.word}: {self._names[self.value]}"
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text)
        self.changed.emit()

    def _chooser(self, value: str) -> Callable[[], None]:
        return lambda: self.choose(value)
