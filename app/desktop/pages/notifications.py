"""Notifications: who is told about audits, by which channel, and what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QMessageBox, QPushButton, QVBoxLayout, QWidget

from app.desktop import clock
from app.desktop.pages.flowing import Columns, Flowing
from app.desktop.pages.later import LaterPage
from app.desktop.pages.listing import table_of
from app.desktop.pages.page import hairline, plain_label
from app.desktop.pages.tick import Tick
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column, Rows
from app.desktop.theme import Colours, mark, sized
from app.report import words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.notify import Settings

KINDS = {
    "desktop": "On the screen of this computer",
    "email": "E-mail",
    "teams": "Microsoft Teams",
    "slack": "Slack",
    "generic": "Another receiver (webhook)",
}
EVENTS = {
    "findings": "New or worse violations",
    "expiring": "What ends soon: mechanisms, acceptances, secrets",
    "failed": "An audit that failed or did not run",
    "incomplete": "An audit that could not read everything",
    "missed": "A time that was missed",
}
"""As `app.notify.settings` has them, which takes too long to load while a window opens; a test holds them together."""


@dataclass(frozen=True)
class Tried:
    """What became of a test message. `trouble`: why it was not delivered, or empty."""

    when: datetime
    trouble: str


@dataclass(frozen=True)
class Channel:
    """One way by which people are told. `name`: `desktop`, `email`, or that of a webhook."""

    name: str
    kind: str
    target: str
    secret: str = ""
    tried: Tried | None = None


def channels(settings: "Settings", tried: Mapping[str, Tried]) -> list[Channel]:
    """The channels of settings as rows."""
    found: list[Channel] = []
    if settings.desktop is not None:
        found.append(Channel("desktop", "desktop", tr("whoever is logged in"), "", tried.get("desktop")))
    if settings.email is not None:
        e = settings.email
        to = ", ".join(e.to) + " " + tr("by {server}").format(server=e.server)
        found.append(Channel("email", "email", to, e.password, tried.get("email")))
    for hook in settings.webhook:
        shown = tr("address in the vault") if hook.url.startswith("vault:") else hook.url
        found.append(Channel(hook.name, hook.kind, shown, hook.secret, tried.get(hook.name)))
    return found


class NotificationsPage(LaterPage):
    """`change_wanted` and `remove_wanted` carry the name of a channel; `kept` carries severity, titles and events."""

    add_wanted = Signal()
    change_wanted = Signal(str)
    remove_wanted = Signal(str)
    test_wanted = Signal(str)
    kept = Signal(str, bool, list)

    def __init__(self, theme: Colours) -> None:
        super().__init__(tr("Notifications"), theme)
        self.sentence.setText(tr("Messages tell people about audits that run by themselves."))
        self.box: QMessageBox | None = None

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Who is told does not depend on what was judged."""

    def build(self) -> None:
        """Channels above, what they are told below."""
        good, bad, none = (mark(v, self.theme) for v in ("pass", "fail", "not_applicable"))
        self.model = Rows(
            [
                Column(tr("Channel"), lambda c: tr(KINDS[c.kind]), width=210),
                Column(tr("Name"), lambda c: c.name if c.kind in ("teams", "slack", "generic") else "", width=120),
                Column(tr("Goes to"), lambda c: c.target, width=320),
                Column(
                    tr("Last test"),
                    _tested,
                    icon=lambda c: none if c.tried is None else (bad if c.tried.trouble else good),
                    width=230,
                ),
            ]
        )
        self.table = table_of(self.model, tr("Channels"), self.theme)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self.table.activated.connect(lambda: self.change_wanted.emit(self.chosen()))
        self.rows.addWidget(self.table, 1)
        self.add, self.change = QPushButton(tr("Add a channel…")), QPushButton(tr("Change…"))
        self.remove, self.test = QPushButton(tr("Remove")), QPushButton(tr("Send a test"))
        self.add.setObjectName("first")
        bar = Flowing()
        bar.setSpacing(8)
        for button in (self.add, self.change, self.remove, self.test):
            bar.addWidget(button)
        bar.addStretch(1)
        self.rows.addLayout(bar)
        self.outcome = plain_label("")
        self.outcome.setWordWrap(True)
        self.rows.addWidget(self.outcome)
        self.rows.addWidget(hairline())
        self._what()
        self.add.clicked.connect(self.add_wanted)
        self.change.clicked.connect(lambda: self.change_wanted.emit(self.chosen()))
        self.remove.clicked.connect(self._remove)
        self.test.clicked.connect(lambda: self.test_wanted.emit(self.chosen()))
        self.show_settings(None, {}, "")

    def _what(self) -> None:
        heading = plain_label(tr("What is told"))
        heading.setFont(sized(10, bold=True))
        self.rows.addWidget(heading)
        grid = Columns()
        sides = (QVBoxLayout(), QVBoxLayout())
        self.events: dict[str, QCheckBox] = {}
        for number, (event, text) in enumerate(EVENTS.items()):
            box = self.events[event] = Tick(tr(text))
            box.setAccessibleName(box.text())
            sides[number % 2].addWidget(box)
        self.titles = Tick(tr("Name the rules by their titles, besides counts"))
        self.titles.setAccessibleName(self.titles.text())
        sides[1].addWidget(self.titles)
        for side in sides:
            grid.add(side)
        self.rows.addLayout(grid)
        self.severity = QComboBox()
        self.severity.setAccessibleName(tr("Violations from this severity on"))
        for name in ("critical", "high", "medium", "low", "info"):
            self.severity.addItem(words.severity(name), name)
        self.keep = QPushButton(tr("Keep what is told"))
        self.keep.clicked.connect(self._keep)
        label = plain_label(tr("Violations from this severity on"))
        label.setBuddy(self.severity)
        line = Flowing()
        for widget in (label, self.severity, self.keep):
            line.addWidget(widget)
        line.addStretch(1)
        self.rows.addLayout(line)
        self.rows.addWidget(
            self.paragraph(
                tr(
                    "Messages hold counts and titles of rules: no names of assets, accounts or people. They are sent"
                    " after audits by schedule, and by “situs audit --notify”."
                )
            )
        )

    def start(self) -> QWidget | None:
        """Where work begins for the keyboard."""
        self.ready()
        return self.add if not self.model.count() else self.table

    def regions(self) -> list[QWidget]:
        """Channels, what can be done with them, and what is told."""
        self.ready()
        return [self.table, self.add, next(iter(self.events.values())), self.severity]

    # What is shown

    def show_settings(self, settings: "Settings | None", tried: Mapping[str, Tried], wrong: str) -> None:
        """Show these settings; None: they cannot be used, and `wrong` says why."""
        chosen = self.chosen()
        rows = channels(settings, tried) if settings else []
        self.model.show(rows)
        self._settings = settings
        if wrong:
            self.sentence.setText(wrong)
        elif not rows:
            self.sentence.setText(
                tr("Nobody is told. An audit that fails at night, or finds something new, should reach somebody.")
            )
        else:
            n = len(rows)
            text = trn("{n} channel tells people", "{n} channels tell people", n).format(n=n)
            self.sentence.setText(f"{text} " + tr("about audits that run by themselves."))
        if settings is not None:
            for event, box in self.events.items():
                box.setChecked(event in settings.events)
            self.titles.setChecked(settings.titles)
            self.severity.setCurrentIndex(max(0, self.severity.findData(settings.severity)))
        number = self.model.find(lambda c: c.name == chosen)
        if rows:
            self.table.selectRow(max(0, number))
        self._enable()

    def chosen(self) -> str:
        """The name of the chosen channel, or an empty text."""
        index = self.table.selectionModel().currentIndex()
        there = index.isValid() and index.row() < self.model.count()
        return self.model.row(index).name if there else ""

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """What became of the last thing that was asked for."""
        self.outcome.setObjectName("wrong" if wrong else "")
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)
        self.outcome.setText(text)

    def sending(self, on: bool) -> None:
        """Whether a test is under way."""
        self._sending = on
        self._enable()

    _sending = False

    def _enable(self) -> None:
        there, usable = bool(self.chosen()), self._settings is not None
        for button in (self.change, self.remove):
            button.setEnabled(there)
        self.test.setEnabled(there and not self._sending)
        self.add.setEnabled(usable)
        self.keep.setEnabled(usable)

    def _keep(self) -> None:
        events = [event for event, box in self.events.items() if box.isChecked()]
        self.kept.emit(str(self.severity.currentData()), self.titles.isChecked(), events)

    def _remove(self) -> None:
        name = self.chosen()
        row = next((c for c in self.model.rows if c.name == name), None)
        if row is None:
            return
        box = QMessageBox(QMessageBox.Icon.Question, "Situs", "", QMessageBox.StandardButton.Cancel, self)
        box.setTextFormat(box.textFormat().PlainText)
        told = f"{tr(KINDS[row.kind])}: {row.target}"
        box.setText(
            tr("Remove this channel? Nobody is told by it any more, and its secrets leave the vault.") + "\n\n" + told
        )
        yes = box.addButton(tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        yes.clicked.connect(lambda: self.remove_wanted.emit(name))
        box.finished.connect(box.deleteLater)
        self.box = box
        box.open()


def _tested(row: Channel) -> str:
    if row.tried is None:
        return tr("not tested yet")
    when = clock.moment(row.tried.when)
    return tr("not delivered, {when}").format(when=when) if row.tried.trouble else tr("sent, {when}").format(when=when)
