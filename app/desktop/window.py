"""The main window: it only navigates. Pages show, a child process works."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.activity import Activity
from app.desktop.pages.findings import Findings
from app.desktop.pages.help import Help
from app.desktop.pages.inventory import Inventory
from app.desktop.pages.overview import Overview
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.places import Places
from app.desktop.pages.policy import PolicyPage
from app.desktop.pages.reports import Reports
from app.desktop.pages.scans import Scans
from app.desktop.pages.settings import SettingsPage
from app.desktop.pages.tables import coverage_page, flows_page
from app.desktop.palette import Entry, Palette
from app.desktop.snapshot import AssetRow, FindingRow, Snapshot
from app.desktop.theme import Colours
from app.texts import tr

_NUMBERED = 9


class Window(QMainWindow):
    """Navigation in words on the left, the scope line on top of every page, the page itself, the activity bar."""

    dropped = Signal(list)
    closing = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.setWindowTitle("Situs")
        self.resize(QSize(1240, 800))
        self.setAcceptDrops(True)
        self.may_close: Callable[[], bool] = lambda: True
        self.entries: list[Entry] = []
        self.snapshot: Snapshot | None = None
        self.overview, self.findings = Overview(theme), Findings(theme)
        self.flows, self.inventory, self.unseen = flows_page(theme), Inventory(theme), coverage_page(theme)
        self.places, self.reports, self.scans = Places(theme), Reports(theme), Scans(theme)
        self.policy, self.settings, self.help = PolicyPage(theme), SettingsPage(theme), Help(theme)
        self._topics: dict[Page, str] = {
            self.overview: "start",
            self.findings: "findings",
            self.flows: "flows",
            self.places: "places",
            self.inventory: "inventory",
            self.unseen: "unseen",
            self.reports: "reports",
            self.scans: "scans",
            self.policy: "policy",
            self.settings: "settings",
            self.help: "keyboard",
        }
        self.pages: list[Page] = list(self._topics)
        self.activity = Activity()
        self._build()
        self._keys()
        self.navigation.setCurrentRow(0)
        self.navigation.setFocus(Qt.FocusReason.OtherFocusReason)
        self.overview.findings_wanted.connect(self.show_verdict)
        self.overview.policy_wanted.connect(lambda: self.go(self.policy))
        self.places.findings_wanted.connect(self.show_findings_of)
        self.show_snapshot(None)

    def _build(self) -> None:
        self.navigation = QListWidget()
        self.navigation.setObjectName("navigation")
        self.navigation.setAccessibleName(tr("Pages"))
        self.stack = QStackedWidget()
        for page in self.pages:
            item = QListWidgetItem(page.title)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 18))
            self.navigation.addItem(item)
            self.stack.addWidget(page)
        widest = max(self.navigation.fontMetrics().horizontalAdvance(page.title) for page in self.pages)
        self.navigation.setFixedWidth(max(170, widest + 56))
        self.navigation.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.scope = plain_label("")
        self.scope.setObjectName("scope")
        self.scope.setWordWrap(True)
        self.search = QPushButton(tr("Find (Ctrl+K)"))
        self.search.setObjectName("link")
        self.search.clicked.connect(self.open_palette)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 16, 0)
        top.addWidget(self.scope, 1)
        top.addWidget(self.search)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(top)
        right.addWidget(self.stack, 1)
        right.addWidget(self.activity)
        whole = QHBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.navigation)
        whole.addLayout(right, 1)
        centre = QWidget()
        centre.setLayout(whole)
        self.setCentralWidget(centre)

    def _keys(self) -> None:
        for number, page in enumerate(self.pages[:_NUMBERED]):
            self._key(f"Ctrl+{number + 1}", lambda page=page: self.go(page))
        self._key("Ctrl+K", self.open_palette)
        self._key("F1", self.open_help)
        self._key("Ctrl+E", lambda: self.go(self.reports))
        self._key("F6", self._next_region)

    def _key(self, keys: str, run: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(run)

    def go(self, page: Page) -> None:
        """Show a page."""
        self.navigation.setCurrentRow(self.pages.index(page))

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show this judgement on every page, or the empty state."""
        self.snapshot = snapshot
        scope = snapshot.scope if snapshot else tr("No scan yet")
        if snapshot and snapshot.sample:
            scope = f"{tr('SAMPLE')} · {scope}"
        self.scope.setText(scope)
        self.setWindowTitle("Situs — " + tr("sample estate") if snapshot and snapshot.sample else "Situs")
        for page in self.pages:
            page.show_snapshot(snapshot)

    def show_verdict(self, verdict: str) -> None:
        """Findings of one verdict."""
        for name, chip in self.findings.verdicts.items():
            chip.setChecked(name == verdict)
        self.go(self.findings)
        self.findings.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_findings_of(self, place: str) -> None:
        """Findings in one place."""
        self.findings.show_all()
        self.findings.filter.setText(place)
        self.go(self.findings)

    def open_palette(self) -> Palette:
        """Go to, do, or find."""
        pages = [Entry(tr("Go to {page}").format(page=p.title), lambda p=p: self.go(p)) for p in self.pages]
        palette = Palette(self, [*pages, *self.entries], self.snapshot, self._to_finding, self._to_asset)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()
        palette.line.setFocus(Qt.FocusReason.OtherFocusReason)
        return palette

    def open_help(self) -> None:
        """The handbook, at the topic of this page."""
        topic = self._topics[self.pages[self.stack.currentIndex()]]
        self.go(self.help)
        self.help.open_topic(topic)

    def busy(self, text: str, *, can_stop: bool = False) -> None:
        """Something begins: say so in the activity bar, and let nothing else begin."""
        self.activity.begin(text, can_stop=can_stop)
        self._let(False)

    def rest(self, text: str = "") -> None:
        """Nothing runs any more."""
        self.activity.rest(text)
        self._let(True)

    def _let(self, free: bool) -> None:
        for button in (self.overview.files, self.overview.folder, self.overview.sample):
            button.setEnabled(free)

    def _to_finding(self, row: object) -> None:
        if isinstance(row, FindingRow):
            self.go(self.findings)
            self.findings.go_to(lambda r: r is row)

    def _to_asset(self, row: object) -> None:
        if isinstance(row, AssetRow):
            self.go(self.inventory)
            self.inventory.go_to(lambda r: r is row)

    def _next_region(self) -> None:
        focus = QApplication.focusWidget()
        if focus is self.navigation:
            page = self.pages[self.stack.currentIndex()]
            inside = (w for w in page.findChildren(QWidget) if w.isVisible() and w.isEnabled())
            first = next((w for w in inside if w.focusPolicy() & Qt.FocusPolicy.TabFocus), page)
            first.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.activity.cancel.isVisible() and focus is not self.activity.cancel:
            self.activity.cancel.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.navigation.setFocus(Qt.FocusReason.TabFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Files and folders of this computer are welcome."""
        if _local(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Files or folders were dropped."""
        paths = _local(event)
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask the owner of the child process; then tell it before the window goes."""
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        event.accept()


def _local(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
