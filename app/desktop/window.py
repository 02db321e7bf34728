"""The main window: it only navigates. Pages show, a child process works."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.pages.overview import Overview
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.tables import coverage_page, findings_page, flows_page, inventory_page
from app.desktop.snapshot import Snapshot
from app.desktop.theme import Colours
from app.texts import tr


class Window(QMainWindow):
    """Navigation in words on the left, the scope line on top of every page, the page itself."""

    closing = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.setWindowTitle("Situs")
        self.resize(QSize(1180, 760))
        self.overview = Overview(theme)
        self.pages: list[Page] = [
            self.overview,
            findings_page(theme),
            flows_page(theme),
            inventory_page(theme),
            coverage_page(theme),
        ]
        self.navigation = QListWidget()
        self.navigation.setObjectName("navigation")
        self.navigation.setAccessibleName(tr("Pages"))
        self.navigation.setFixedWidth(190)
        self.scope = plain_label("")
        self.scope.setObjectName("scope")
        self.stack = QStackedWidget()
        for number, page in enumerate(self.pages):
            item = QListWidgetItem(page.title)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 20))
            self.navigation.addItem(item)
            self.stack.addWidget(page)
            shortcut = QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self)
            shortcut.activated.connect(lambda n=number: self.navigation.setCurrentRow(n))
        self.navigation.currentRowChanged.connect(self.stack.setCurrentIndex)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.scope)
        right.addWidget(self.stack, 1)
        whole = QHBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.navigation)
        whole.addLayout(right, 1)
        centre = QWidget()
        centre.setLayout(whole)
        self.setCentralWidget(centre)
        self.navigation.setCurrentRow(0)
        self.navigation.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_snapshot(None)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show this judgement on every page, or the empty state."""
        self.scope.setText(snapshot.scope if snapshot else tr("No scan yet"))
        self.setWindowTitle("Situs — " + tr("sample estate") if snapshot and snapshot.sample else "Situs")
        for page in self.pages:
            page.show_snapshot(snapshot)

    def busy(self, text: str) -> None:
        """Say what the child process is doing, in the activity bar."""
        self.statusBar().showMessage(text)
        for button in (self.overview.files, self.overview.sample):
            button.setEnabled(not text)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the owner of the child process before the window goes."""
        self.closing.emit()
        event.accept()
