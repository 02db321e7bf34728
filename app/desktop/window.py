"""The main window: it only navigates. Pages show, a child process works."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.activity import Activity
from app.desktop.icons import icon
from app.desktop.narrowed import Narrowed
from app.desktop.navigation import Navigation
from app.desktop.pages.catalogue import CataloguePage
from app.desktop.pages.connections import Connections
from app.desktop.pages.findings import Findings
from app.desktop.pages.flows import Flows
from app.desktop.pages.frameworks import FrameworksPage
from app.desktop.pages.help import Help
from app.desktop.pages.inventory import Inventory
from app.desktop.pages.log import LogPage
from app.desktop.pages.notifications import NotificationsPage
from app.desktop.pages.overview import Overview
from app.desktop.pages.page import Page, plain_label
from app.desktop.pages.places import Places
from app.desktop.pages.policy import PolicyPage
from app.desktop.pages.reports import Reports
from app.desktop.pages.rules import RulesPage
from app.desktop.pages.scans import Scans
from app.desktop.pages.settings import SettingsPage
from app.desktop.pages.store import StorePage
from app.desktop.pages.tables import coverage_page
from app.desktop.pages.whatif import WhatIfPage
from app.desktop.palette import Entry, Palette
from app.desktop.record import Record
from app.desktop.regions import enter, step
from app.desktop.room import Room
from app.desktop.scope import Scope
from app.desktop.snapshot import AssetRow, FindingRow, PlaceRow, Snapshot
from app.desktop.theme import Colours, scaled
from app.texts import tr

_NUMBERED = 9
_SHORT = 90
"""Characters of width below which the window is narrow for the size of its text."""
_ICONS = {"start": "overview", "keyboard": "help"}
_GROUPS = ("policy", "connections", "store")
"""Topics whose page begins a group."""


class Window(QMainWindow):
    """Navigation in words on the left, the scope line on top of every page, the page itself, the activity bar."""

    dropped = Signal(list)
    closing = Signal()
    turned = Signal(str)

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.theme = theme
        self.setWindowTitle("Situs")
        self.resize(QSize(1280, 820))
        self.setAcceptDrops(True)
        self.may_close: Callable[[], bool] = lambda: True
        self.entries: list[Entry] = []
        self._narrowed: tuple[str, ...] = ()
        self.snapshot: Snapshot | None = None
        self.overview, self.findings = Overview(theme), Findings(theme)
        self.flows, self.inventory, self.unseen = Flows(theme), Inventory(theme), coverage_page(theme)
        self.places, self.reports, self.scans = Places(theme), Reports(theme), Scans(theme)
        self.policy, self.settings, self.help = PolicyPage(theme), SettingsPage(theme), Help(theme)
        self.log, self.connections = LogPage(theme), Connections(theme)
        self.whatif, self.rules = WhatIfPage(theme), RulesPage(theme)
        self.frameworks, self.store = FrameworksPage(theme), StorePage(theme)
        self.notifications, self.catalogue = NotificationsPage(theme), CataloguePage(theme)
        self._topics: dict[Page, str] = {
            self.overview: "start",
            self.findings: "findings",
            self.flows: "flows",
            self.places: "places",
            self.inventory: "inventory",
            self.unseen: "unseen",
            self.frameworks: "frameworks",
            self.policy: "policy",
            self.whatif: "whatif",
            self.rules: "rules",
            self.log: "log",
            self.connections: "connections",
            self.scans: "scans",
            self.reports: "reports",
            self.notifications: "notifications",
            self.store: "store",
            self.catalogue: "catalogue",
            self.settings: "settings",
            self.help: "keyboard",
        }
        self.pages: list[Page] = list(self._topics)
        self._unshown: list[Page] = []
        self._then: Callable[[], None] | None = None
        self._pages_wait = QTimer(self)
        self._pages_wait.timeout.connect(lambda: self._show_next())
        self.activity = Activity()
        self.stack = QStackedWidget()
        self._build()
        self._keys()
        self.navigation.setCurrentRow(0)
        self.navigation.setFocus(Qt.FocusReason.OtherFocusReason)
        self.overview.findings_wanted.connect(self.show_verdict)
        self.overview.policy_wanted.connect(self.show_policy)
        self.overview.finding_wanted.connect(self._to_finding)
        self.flows.findings_wanted.connect(self.show_findings_of)
        self.places.narrowed.connect(self.narrow)
        self.places.findings_wanted.connect(self._findings_there)
        self.inventory.classify_wanted.connect(self.classify)
        self.show_snapshot(None)

    def _build(self) -> None:
        self.navigation = Navigation(self.theme)
        for page in self.pages:
            topic = self._topics[page]
            self.navigation.add(page.title, _ICONS.get(topic, topic), group=topic in _GROUPS)
            self.stack.addWidget(page)
        self.navigation.fit()
        self.navigation.currentRowChanged.connect(self._turn_to)
        self.stack.currentChanged.connect(lambda: self.turned.emit(self.topic()))
        self.scope = Scope()
        self.sample = plain_label(tr("SAMPLE"))
        self.sample.setObjectName("sample")
        self.sample.hide()
        self.everywhere = QPushButton("")
        self.everywhere.setObjectName("link")
        self.everywhere.clicked.connect(lambda: self.narrow(()))
        self.everywhere.hide()
        self.search = QPushButton(tr("Find (Ctrl+K)"))
        self.search.setObjectName("link")
        self.search.setIcon(icon("find", self.theme.accent, scaled(16)))
        self.search.setIconSize(QSize(scaled(16), scaled(16)))
        self.search.clicked.connect(self.open_palette)
        self.search.setAccessibleName(self.search.text())
        self.search.setToolTip(self.search.text())
        self.search.setMinimumWidth(scaled(16) + 24)
        bar = QWidget()
        bar.setObjectName("top")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        top = QHBoxLayout(bar)
        top.setContentsMargins(0, 0, 16, 0)
        top.addWidget(self.scope, 1)
        top.addWidget(self.everywhere)
        top.addWidget(self.sample)
        top.addWidget(self.search)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(bar)
        right.addWidget(Room(self.stack), 1)
        right.addWidget(self.activity)
        whole = QHBoxLayout()
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.navigation)
        whole.addLayout(right, 1)
        centre = QWidget()
        centre.setLayout(whole)
        self.setCentralWidget(centre)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Where room is short the line that says what is shown needs it more than the word beside the lens."""
        super().resizeEvent(event)
        short = self.width() < self.fontMetrics().averageCharWidth() * _SHORT
        self.search.setText("" if short else self.search.accessibleName())

    def _keys(self) -> None:
        for number, page in enumerate(self.pages[:_NUMBERED]):
            self._key(f"Ctrl+{number + 1}", lambda page=page: self.enter(page))
        self._key("Ctrl+K", self.open_palette)
        self._key("F1", self.open_help)
        self._key("Ctrl+E", lambda: self.enter(self.reports))
        self._key("F6", lambda: step(self._regions()))
        self._key("Shift+F6", lambda: step(self._regions(), back=True))

    def _key(self, keys: str, run: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(run)

    def go(self, page: Page) -> None:
        """Show a page."""
        self.navigation.setCurrentRow(self.pages.index(page))

    def enter(self, page: Page) -> None:
        """Show a page with the focus where work on it begins."""
        self.go(page)
        enter(page)

    def topic(self) -> str:
        """The topic of the page that is shown."""
        return self._topics[self.pages[self.stack.currentIndex()]]

    def go_to_topic(self, topic: str) -> None:
        """Show the page of this topic, where there is one."""
        for page, name in self._topics.items():
            if name == topic:
                self.go(page)

    def come_to_front(self) -> None:
        """Somebody has started the program a second time."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def tell_crash(self, report: str) -> None:
        """Something failed inside the program; work goes on."""
        text = tr("Something went wrong inside the program. What was stored before stays, and you can go on.")
        if report:
            text += " " + tr("A report without data of your estate is in {file}.").format(file=report)
        self.activity.say(text)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show this judgement on every page, or the empty state."""
        self.show_soon(snapshot)
        while self._unshown:
            self._show_next()

    def show_soon(self, snapshot: Snapshot | None, then: Callable[[], None] | None = None) -> None:
        """Show this judgement, the page that is open first, the others one after the other while the window goes on."""
        self.snapshot = snapshot
        scope = snapshot.scope if snapshot else tr("No scan yet")
        self.sample.setVisible(bool(snapshot and snapshot.sample))
        self.scope.setText(scope)
        self.setWindowTitle("Situs — " + tr("sample estate") if snapshot and snapshot.sample else "Situs")
        current = self.pages[self.stack.currentIndex()]
        self._unshown = [current, *(page for page in self.pages if page is not current)]
        self._then = then
        self._pages_wait.start()

    def _show_next(self, page: Page | None = None) -> None:
        if page is None and self._unshown:
            page = self._unshown[0]
        if page in self._unshown:
            self._unshown.remove(page)
            page.show_snapshot(self.snapshot)
        if not self._unshown:
            self._pages_wait.stop()
            if self._narrowed:  # the same places, with what lies there now
                places = self.snapshot.places if self.snapshot else ()
                self.narrow([p for p in places if p.name in self._narrowed])
            then, self._then = self._then, None
            if then is not None:
                then()

    def _turn_to(self, number: int) -> None:
        if self._unshown and 0 <= number < len(self.pages):
            self._show_next(self.pages[number])
        self.stack.setCurrentIndex(number)

    def show_record(self, record: Record) -> None:
        """The log of decisions has grown; verdicts are as they were."""
        if self.snapshot is not None:
            self.snapshot = replace(self.snapshot, record=record)
        self.findings.show_record(record)
        self.log.show_record(record)

    def show_verdict(self, verdict: str) -> None:
        """Findings of one verdict."""
        for name, chip in self.findings.verdicts.items():
            chip.setChecked(name == verdict)
        self.go(self.findings)
        self.findings.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_findings_of(self, place: str) -> None:
        """Findings that hold these words: in one place, of one rule, of one flow."""
        self.findings.show_all()
        self.findings.filter.setText(place)
        self.enter(self.findings)

    def narrow(self, places: Sequence[PlaceRow]) -> None:
        """Let findings, flows and inventory show only what lies at these places; none: everything again."""
        narrowed = Narrowed(places, self.snapshot) if places and self.snapshot is not None else None
        self._narrowed = narrowed.names if narrowed else ()
        for page in (self.findings, self.flows, self.inventory):
            page.narrow(narrowed)
        self.everywhere.setVisible(narrowed is not None)
        if narrowed is not None:
            self.everywhere.setText(f"{narrowed.told()}: {tr('show all places')}".replace("&", "&&"))

    def _findings_there(self) -> None:
        self.findings.show_all()
        self.enter(self.findings)

    def show_policy(self, name: str) -> None:
        """The Policy page, at one setting."""
        self.go(self.policy)
        if name:
            self.policy.go_to(lambda row: row.name == name)

    def classify(self, lines: list[dict[str, str]]) -> None:
        """The lines of the policy that classify, with these behind them, to be filled in."""
        self.show_policy("classify")
        self.policy.form.add_lines(lines)

    def open_palette(self) -> Palette:
        """Go to, do, or find."""
        pages = [Entry(tr("Go to {page}").format(page=p.title), lambda p=p: self.enter(p)) for p in self.pages]
        palette = Palette(self, [*pages, *self.entries], self.snapshot, self._to_finding, self._to_asset)
        palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        palette.open()
        palette.line.setFocus(Qt.FocusReason.OtherFocusReason)
        return palette

    def open_help(self) -> None:
        """The handbook, at the topic of this page."""
        topic = self.topic()
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
            if not self.findings.go_to(lambda r: r is row):
                self.narrow(())
                self.findings.go_to(lambda r: r is row)

    def _to_asset(self, row: object) -> None:
        if isinstance(row, AssetRow):
            self.go(self.inventory)
            self.narrow(())
            if self.inventory.assets.cache is not None:
                self.inventory.find_uid(row.uid)
            else:
                self.inventory.go_to(lambda r: r is row)

    def _regions(self) -> list[QWidget]:
        page = self.pages[self.stack.currentIndex()]
        return [self.navigation, *page.regions(), self.activity]

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
