"""Connections: which clouds are read, how one logs in, what each may read, and how to ask for the rest."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.desktop import clock
from app.desktop.pages.flowing import Flowing
from app.desktop.pages.listing import Listing
from app.desktop.pages.sheet import Sheet
from app.desktop.snapshot import Snapshot
from app.desktop.table import Column
from app.desktop.theme import Colours, mark
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.connectionfile import Tested
    from app.connections import Connection

_STATES = {
    "allowed": "allowed",
    "denied": "denied",
    "failed": "could not be tried",
    "unused": "not needed here",
}
_SIGNS = {"works": "pass", "partly": "not_checked", "fails": "fail", "untested": "not_applicable"}
_WORDS = {"works": "works", "partly": "something is denied", "fails": "no login", "untested": "not tested"}
_MOST = 400


@dataclass(frozen=True)
class ConnectionRow:
    """One connection and its last test."""

    connection: "Connection"
    title: str
    tested: "Tested | None" = None

    @property
    def state(self) -> str:
        """works, partly, fails or untested."""
        if self.tested is None:
            return "untested"
        if self.tested.failed:
            return "fails"
        return "partly" if self.tested.count("denied") or self.tested.count("failed") else "works"


class Connections(Listing):
    """Connections of the user's own file. Everything here asks; the desk does."""

    opens_detail = False

    add_wanted = Signal()
    edit_wanted = Signal(str)
    remove_wanted = Signal(str)
    test_wanted = Signal(list)
    scan_wanted = Signal()
    request_wanted = Signal(str)
    file_wanted = Signal()

    def __init__(self, theme: Colours) -> None:
        signs = {state: mark(verdict, theme) for state, verdict in _SIGNS.items()}
        columns = [
            Column(tr("State"), lambda r: tr(_WORDS[r.state]), icon=lambda r: signs[r.state], width=140),
            Column(tr("Name"), lambda r: r.connection.name, width=170),
            Column(tr("Provider"), lambda r: r.title, width=170),
            Column(tr("Login"), lambda r: way_word(r.connection.auth), width=170),
            Column(tr("Accounts"), lambda r: ", ".join(r.connection.accounts), width=130, extra=True),
            Column(tr("Tested"), lambda r: clock.moment(r.tested.when) if r.tested else "", width=190),
        ]
        super().__init__(tr("Connections"), theme, columns, lambda s: (), lambda s: "", self._tell)
        self.add = QPushButton(tr("Connect a cloud…"))
        self.add.setObjectName("first")
        self.edit, self.remove = QPushButton(tr("Change…")), QPushButton(tr("Remove"))
        self.test, self.scan = QPushButton(tr("Test")), QPushButton(tr("Read all connected clouds"))
        self.request = QPushButton(tr("Request for the administrator…"))
        line = Flowing()
        line.setSpacing(8)
        for button in (self.add, self.edit, self.remove, self.test, self.request):
            line.addWidget(button)
        line.addStretch(1)
        line.addWidget(self.scan)
        self.rows.addLayout(line)
        self.add.clicked.connect(self.add_wanted)
        self.edit.clicked.connect(lambda: self.edit_wanted.emit(self.chosen()))
        self.remove.clicked.connect(self._remove)
        self.test.clicked.connect(lambda: self.test_wanted.emit([self.chosen()]))
        self.scan.clicked.connect(self.scan_wanted)
        self.request.clicked.connect(self._request)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self.table.activated.connect(lambda: self.edit_wanted.emit(self.chosen()))
        self.show_connections([], "")

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Connections do not depend on what was judged."""

    def show_connections(self, rows: list[ConnectionRow], wrong: str) -> None:
        """Show these; `wrong`: why the file cannot be used."""
        chosen = self.chosen()
        self.detail.clear()
        self.model.show(rows)
        if wrong:
            self.sentence.setText(wrong)
        elif not rows:
            self.sentence.setText(
                tr("No cloud is connected. Situs reads with rights that list and describe, and with no other.")
            )
        else:
            working = sum(r.state == "works" for r in rows)
            text = trn("{n} cloud is connected.", "{n} clouds are connected.", len(rows)).format(n=len(rows))
            denied = sum(r.tested.count("denied") for r in rows if r.tested)
            text += " " + tr("{n} of {all} showed everything at their last test.").format(n=working, all=len(rows))
            if denied:
                text += " " + trn("{n} permission is missing.", "{n} permissions are missing.", denied).format(n=denied)
            self.sentence.setText(text)
        number = self.model.find(lambda r: r.connection.name == chosen)
        if rows:
            self.table.selectRow(max(0, number))
        self._enable()

    def chosen(self) -> str:
        """The name of the chosen connection, or an empty text."""
        row = self.current()
        return row.connection.name if row else ""

    def current(self) -> ConnectionRow | None:
        """The chosen connection."""
        index = self.table.selectionModel().currentIndex()
        return self.model.row(index) if index.isValid() and index.row() < self.model.count() else None

    def _enable(self) -> None:
        there = self.current() is not None
        for button in (self.edit, self.remove, self.test):
            button.setEnabled(there)
        self.scan.setEnabled(self.model.count() > 0)

    def _request(self) -> None:
        row = self.current()
        self.request_wanted.emit(row.connection.provider if row else "")

    def _remove(self) -> None:
        name = self.chosen()
        box = QMessageBox(QMessageBox.Icon.Question, "Situs", "", QMessageBox.StandardButton.Cancel, self)
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(tr("Remove the connection {name}? What was read through it stays.").format(name=name))
        yes = box.addButton(tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        yes.clicked.connect(lambda: self.remove_wanted.emit(name))
        box.finished.connect(box.deleteLater)
        box.open()

    def _tell(self, sheet: Sheet, row: ConnectionRow) -> None:
        c = row.connection
        sheet.title(c.name)
        sheet.quiet(f"{row.title} · {way_word(c.auth)}")
        sheet.pairs(
            [
                (tr("Accounts"), ", ".join(c.accounts)),
                (tr("Regions"), ", ".join(c.regions)),
                *((key_word(k), v if isinstance(v, str) else ", ".join(v)) for k, v in c.options.items()),
            ]
        )
        sheet.heading(tr("What it may read"))
        tell_test(sheet, row.tested, self.theme)


def tell_test(sheet: Sheet, found: "Tested | None", theme: Colours) -> None:
    """The table of permissions as a test found them, what is missing first."""
    if found is None:
        sheet.say(tr("It was not tested yet. The test logs in and tries each permission once; nothing is kept."))
        return
    if found.failed:
        sheet.say(found.failed, theme.fail)
        return
    sheet.say(
        tr("{allowed} of {all} permissions are granted; tried in {region}. Accounts: {accounts}.").format(
            allowed=found.count("allowed"),
            all=len(found.permissions),
            region=found.region or "–",
            accounts=", ".join(found.accounts) or tr("none"),
        )
    )
    missing = [p for p in found.permissions if p.state == "denied"]
    if missing:
        sheet.heading(tr("To send to your cloud administrator"))
        sheet.say(tr("Please grant, for all resources, to the login of this audit. Each only lists or describes:"))
        sheet.code("\n".join(p.permission for p in missing))
    sheet.heading(tr("Permissions"))
    order = {"denied": 0, "failed": 1, "allowed": 2, "unused": 3}
    signs = {"denied": "✕", "failed": "?", "allowed": "✓", "unused": "–"}
    for p in sorted(found.permissions, key=lambda p: (order.get(p.state, 4), p.permission))[:_MOST]:
        codes = f"  ({', '.join(p.codes)})" if p.codes else ""
        sheet.code(f"{signs.get(p.state, '·')} {tr(_STATES.get(p.state, p.state))}: {p.permission}{codes}")


_WAYS = {
    "default": "the login of this computer",
    "profile": "a profile of the command line",
    "keys": "access key",
    "role": "a role",
    "browser": "sign in by browser",
    "device": "sign in by a code",
    "cli": "the login of the command line",
    "managed_identity": "managed identity",
    "client_secret": "application with a secret",
    "certificate": "application with a certificate",
    "token": "token",
    "service_account": "service account with a key file",
    "impersonate": "another service account",
    "workload_identity": "workload identity",
    "kubeconfig": "a kubeconfig file",
}
_KEYS = {
    "profile": "Profile",
    "access_key_id": "Access key id",
    "secret": "Secret",
    "session_secret": "Session token",
    "role_arn": "Role (ARN)",
    "external_id": "External id",
    "mfa_serial": "Second factor (serial)",
    "source": "Begins from connection or profile",
    "organization_role": "Role in each account of the organisation",
    "tenant": "Tenant",
    "client_id": "Application (client) id",
    "certificate": "Certificate file",
    "cloud": "Cloud",
    "key": "Key file",
    "target": "Service account to act as",
    "config": "Configuration file",
    "universe_domain": "Universe domain",
    "organization": "Organisation",
    "folders": "Folders",
    "kubeconfig": "Kubeconfig file",
    "contexts": "Contexts",
    "exec": "Programs for logging in (ask, allow, never)",
    "subject": "Acts for",
    "quota_project": "Project that pays for calls",
}


def way_word(auth: str) -> str:
    """A way to log in, in words."""
    return tr(_WAYS[auth]) if auth in _WAYS else auth


def key_word(key: str) -> str:
    """A key of a connection, in words."""
    return tr(_KEYS[key]) if key in _KEYS else key.replace("_", " ")
