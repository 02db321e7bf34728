"""What the window says in a box of its own, without blocking: what went wrong, and whether to leave while work runs."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from app.desktop.window import Window
from app.texts import tr


class Boxes:
    """At most one box over the window."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.box: QMessageBox | None = None

    def ask_to_leave(self, then: Callable[[], None]) -> None:
        """Ask whether to wait or to stop and close; `then` is called for the latter."""
        box = QMessageBox(QMessageBox.Icon.Question, "Situs", "", QMessageBox.StandardButton.NoButton, self.window)
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(tr("Work is still running. What is not finished will be dropped if you stop now."))
        wait = box.addButton(tr("Continue waiting"), QMessageBox.ButtonRole.RejectRole)
        leave = box.addButton(tr("Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(wait)
        box.setEscapeButton(wait)
        leave.clicked.connect(then)
        self._open(box)

    def trouble(self, text: str) -> None:
        """Say what went wrong, as plain text, without blocking the window."""
        first, _, rest = (text or tr("The work ended without saying why. What was stored before stays.")).partition(
            "\n"
        )
        box = QMessageBox(QMessageBox.Icon.Warning, "Situs", "", QMessageBox.StandardButton.Close, self.window)
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(first[:600])
        if rest:
            box.setDetailedText(rest[:20_000])
        copy = box.addButton(tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
        copy.clicked.disconnect()  # copying does not close the box
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        self._open(box)

    def _open(self, box: QMessageBox) -> None:
        self.box = box
        box.finished.connect(self._closed)
        box.open()

    def _closed(self) -> None:
        if self.box is not None:
            self.box.deleteLater()
            self.box = None
