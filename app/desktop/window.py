"""The main window: it only navigates. Pages show, a child process works."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.desktop.activity import Activity
from app.desktop.navigation import Navigation
from app.desktop.pagelist import ALL
from app.desktop.pages.page import Page
from app.desktop.record import Record
from app.desktop.regions import enter, step
from app.desktop.room import Room
from app.desktop.snapshot import Glance, Snapshot
from app.desktop.stack import Stack
from app.desktop.theme import Colours
from app.desktop.topbar import TopBar
from app.desktop.wayfinding import Wayfinding
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.narrowed import Narrowed
    from app.desktop.palette import Entry, Palette

_NUMBERED = 9
_SHORT = 90
"""Characters of width below which the window is narrow for the size of its text."""
_TOPICS = [entry.topic for entry in ALL]


class Window(Wayfinding, QMainWindow):
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
        self._narrowed: Narrowed | None = None
        self.snapshot: Snapshot | None = None
        self._made: dict[str, Page] = {}
        self._once: dict[str, list[Callable[[], object]]] = {}
        self._unshown: list[Page] = []
        self._hindered = ""
        self._glance: Glance | None = None
        self._then: Callable[[], None] | None = None
        self._pages_wait = QTimer(self)
        self._pages_wait.timeout.connect(lambda: self._show_next())
        self.activity = Activity()
        self.stack = Stack()
        self.when("start", self._connect_overview)
        self.when("flows", lambda: self.flows.findings_wanted.connect(self.show_findings_of))
        self.when("places", lambda: self.places.narrowed.connect(self.narrow))
        self.when("places", lambda: self.places.findings_wanted.connect(self._findings_there))
        self.when("inventory", lambda: self.inventory.classify_wanted.connect(self.classify))
        self._build()
        self._keys()
        self.navigation.setCurrentRow(0)
        self.navigation.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_snapshot(None)

    def _connect_overview(self) -> None:
        self.overview.findings_wanted.connect(self.show_verdict)
        self.overview.policy_wanted.connect(self.show_policy)
        self.overview.finding_wanted.connect(self._to_finding)

    # Pages

    @property
    def pages(self) -> list[Page]:
        """Every page, in the order of the navigation; those that are not there yet are made."""
        return [self.page(topic) for topic in _TOPICS]

    def page(self, topic: str) -> Page:
        """The page of this topic, made now where it is not there yet: with all that those know that were there."""
        found = self._made.get(topic)
        if found is not None:
            return found
        made = self._made[topic] = ALL[_TOPICS.index(topic)].make(self.theme)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # until it is the one that is shown
        self.stack.addWidget(made)
        made.show_snapshot(None)
        if self._hindered:
            made.hinder(self._hindered)
        if self._glance is not None:
            made.glimpse(self._glance)
        for run in self._once.pop(topic, []):
            run()
        if self.snapshot is not None:
            made.show_snapshot(self.snapshot)
            if self._narrowed is not None:
                self._narrow_page(topic)
        return made

    def has(self, topic: str) -> bool:
        """Whether this page is there already."""
        return topic in self._made

    def when(self, topic: str, run: Callable[[], object]) -> None:
        """Do this once the page is there: now, where it is."""
        if topic in self._made:
            run()
        else:
            self._once.setdefault(topic, []).append(run)

    def _build(self) -> None:
        self.navigation = Navigation(self.theme)
        for entry in ALL:
            self.navigation.add(entry.title(), entry.icon, group=entry.group)
        self.navigation.fit()
        self.navigation.currentRowChanged.connect(self._turn_to)
        self.stack.currentChanged.connect(lambda: self.turned.emit(self.topic()))
        self.turned.connect(self._offer_beginning)
        bar = self.top = TopBar(self.theme)
        self.scope, self.sample, self.everywhere, self.search = bar.scope, bar.sample, bar.everywhere, bar.search
        self.everywhere.clicked.connect(lambda: self.narrow(()))
        self.search.clicked.connect(self.open_palette)
        bar.beginning.clicked.connect(lambda: self.enter(self.overview))
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
        for number, topic in enumerate(_TOPICS[:_NUMBERED]):
            self._key(f"Ctrl+{number + 1}", lambda topic=topic: self.enter(self.page(topic)))
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
        self.navigation.setCurrentRow(_TOPICS.index(self.topic_of(page)))

    def enter(self, page: Page) -> None:
        """Show a page with the focus where work on it begins."""
        self.go(page)
        enter(page)

    def topic(self) -> str:
        """The topic of the page that is shown."""
        return self.topic_of(self._current())

    def topic_of(self, page: Page) -> str:
        """The topic of a page."""
        return next(topic for topic, made in self._made.items() if made is page)

    def _current(self) -> Page:
        return cast("Page", self.stack.currentWidget())

    def go_to_topic(self, topic: str) -> None:
        """Show the page of this topic, where there is one."""
        if topic in _TOPICS:
            self.go(self.page(topic))

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

    def show_soon(self, snapshot: Snapshot | None, then: Callable[[], None] | None = None, hindered: str = "") -> None:
        """Show this judgement, the page that is open first, the others one after the other while the window goes on.

        `hindered`: why there is none although there is a store.
        """
        self.snapshot, self._hindered, self._glance = snapshot, hindered, None
        scope = snapshot.scope if snapshot else tr("The store cannot be read") if hindered else tr("No scan yet")
        self.sample.setVisible(bool(snapshot and snapshot.sample))
        self.scope.setText(scope)
        self._offer_beginning()
        self.setWindowTitle("Situs — " + tr("sample estate") if snapshot and snapshot.sample else "Situs")
        current = self._current()
        self._unshown = [current, *(page for page in self._made.values() if page is not current)]
        self._then = then
        self._pages_wait.start()

    def glimpse(self, glance: Glance) -> None:
        """A store is being read, of which so much is known."""
        self._glance = glance
        self.scope.setText(glance.scope)
        self._offer_beginning()
        for page in self._made.values():
            page.glimpse(glance)

    def _offer_beginning(self) -> None:
        """What other pages say of the first page is a button, while there is nothing to show."""
        self.top.beginning.setVisible(self.snapshot is self._glance is None and self.topic() != _TOPICS[0])

    def _show_next(self, page: Page | None = None) -> None:
        if page is None and self._unshown:
            page = self._unshown[0]
        if page in self._unshown:
            self._unshown.remove(page)
            self._fill(page)
        if not self._unshown:
            self._pages_wait.stop()
            if self._narrowed is not None:  # the same places, with what lies there now
                places = self.snapshot.places if self.snapshot else ()
                self.narrow([p for p in places if p.name in self._narrowed.names])
            then, self._then = self._then, None
            if then is not None:
                then()

    def _fill(self, page: Page) -> None:
        page.awaited = None
        page.show_snapshot(self.snapshot)
        if self._hindered:
            page.hinder(self._hindered)

    def _turn_to(self, number: int) -> None:
        if not 0 <= number < len(_TOPICS):
            return
        page = self.page(_TOPICS[number])
        if self._unshown:
            self._show_next(page)
        self.stack.setCurrentWidget(page)

    def show_record(self, record: Record) -> None:
        """The log of decisions has grown; verdicts are as they were."""
        if self.snapshot is not None:
            self.snapshot = replace(self.snapshot, record=record)
        if self.has("findings"):
            self.findings.show_record(record)
        if self.has("log"):
            self.log.show_record(record)

    def open_palette(self) -> "Palette":
        """Go to, do, or find."""
        from app.desktop.palette import Entry, Palette

        pages = [
            Entry(tr("Go to {page}").format(page=entry.title()), lambda t=entry.topic: self.enter(self.page(t)))
            for entry in ALL
        ]
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

    def _regions(self) -> list[QWidget]:
        return [self.navigation, *self._current().regions(), self.activity]

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
