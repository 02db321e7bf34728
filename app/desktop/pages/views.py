"""The chip with the views that were saved for a page."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton

from app.desktop.savedviews import View
from app.texts import tr


class Views(QToolButton):
    """`kept` carries a name and a view (None: forget it). `now` tells the view that is shown, `show` shows one."""

    kept = Signal(str, object)

    def __init__(self, now: Callable[[], View], show: Callable[[View], None]) -> None:
        super().__init__()
        self._now, self._show = now, show
        self._views: Mapping[str, View] = {}
        self.setObjectName("chip")
        self.setText(tr("Views"))
        self.setAccessibleName(tr("Saved views"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self.offer({})

    def offer(self, views: Mapping[str, View]) -> None:
        """The views that there are."""
        self._views = dict(views)
        self._menu.clear()
        for name in views:
            self._menu.addAction(name.replace("&", "&&"), partial(self.show_view, name))
        if views:
            self._menu.addSeparator()
        self._menu.addAction(tr("Save this view…"), self.ask)
        if views:
            forget = self._menu.addMenu(tr("Forget"))
            for name in views:
                forget.addAction(name.replace("&", "&&"), partial(self.kept.emit, name, None))

    def show_view(self, name: str) -> None:
        """Show a saved view."""
        if name in self._views:
            self._show(self._views[name])

    def save(self, name: str) -> None:
        """Keep what is shown under this name."""
        if name.strip():
            self.kept.emit(name.strip(), self._now())

    def ask(self) -> QInputDialog:
        """Ask for the name."""
        dialog = QInputDialog(self)
        dialog.setWindowTitle(tr("Save this view…"))
        dialog.setLabelText(tr("Its name"))
        dialog.textValueSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog
