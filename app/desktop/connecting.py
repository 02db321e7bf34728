"""Connections of the window: the file, the vault, the test in a child process, the scan."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shiboken6

from app import connectionfile
from app.connectionfile import FILE, Tested
from app.connections import ConnectionsError
from app.desktop.jobs import ChildJob, Reading
from app.desktop.pages.connections import ConnectionRow
from app.desktop.palette import Entry
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.desktop.pages.connectwizard import ConnectWizard


class Connecting:
    """Belongs to a desk; connects the Connections page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.file = desk.folder / FILE
        self.wizard: ConnectWizard | None = None
        desk.window.when("connections", self._connect)
        desk.window.overview.connections_wanted.connect(self.begin)
        desk.window.entries += [
            Entry(tr("Connect a cloud…"), self.add),
            Entry(tr("Read all connected clouds"), self.scan, lambda: not desk.busy and self.file.exists()),
        ]

    def _connect(self) -> None:
        page = self.desk.window.connections
        page.add_wanted.connect(self.add)
        page.edit_wanted.connect(self.edit)
        page.remove_wanted.connect(self.remove)
        page.test_wanted.connect(self.test)
        page.scan_wanted.connect(self.scan)
        page.request_wanted.connect(self.request)
        self.show()

    def show(self) -> None:
        """Show what the file holds."""
        from scanners.live.providers import provider

        wrong, rows = "", list[ConnectionRow]()
        try:
            known = connectionfile.tested(self.desk.folder)
            rows = [
                ConnectionRow(c, provider(c.provider).TITLE, known.get(c.name)) for c in connectionfile.read(self.file)
            ]
        except ConnectionsError as error:
            wrong = str(error)
        self.desk.window.connections.show_connections(rows, wrong)

    def begin(self) -> None:
        """From the Overview: to the page, and where nothing is connected, to the first step."""
        self.desk.window.go(self.desk.window.connections)
        if not self.file.exists():
            self.add()

    # The wizard

    def add(self) -> None:
        """Connect a cloud."""
        self._open(None)

    def edit(self, name: str) -> None:
        """Change a connection."""
        entry = self._entry(name)
        if entry is not None:
            self._open(entry)

    def _entry(self, name: str) -> dict[str, Any] | None:
        try:
            return connectionfile.tables(self.file).get(name)
        except ConnectionsError as error:
            self.desk.trouble(str(error))
            return None

    def _open(self, entry: Mapping[str, Any] | None) -> None:
        from app.desktop.pages.connectwizard import ConnectWizard

        window = self.desk.window
        self.wizard = ConnectWizard(window, window.theme, entry)
        self.wizard.test_wanted.connect(self._test_entry)
        self.wizard.kept.connect(self._keep)
        self.wizard.text_wanted.connect(self._text)
        self.wizard.finished.connect(self._closed)
        self.wizard.open()

    def _closed(self) -> None:
        if self.wizard is not None:
            self.wizard.deleteLater()
            self.wizard = None

    def request(self, provider: str) -> None:
        """The request for the administrator, by itself."""
        self._open({"provider": provider, "name": tr("new")} if provider else None)
        if self.wizard is not None:
            self.wizard._go(1)

    def _text(self, provider: str, form: str) -> None:
        def work() -> str:
            from scanners.live.providers import provider as found

            return found(provider).permissions(form, {})

        Reading(work, self._have_text, self.desk.window).start()

    def _have_text(self, found: object, wrong: str) -> None:
        if self.wizard is not None and shiboken6.isValid(self.wizard):
            self.wizard.show_text(wrong or str(found))

    def _keep(self, entry: dict[str, Any], secrets: dict[str, str], replaces: str) -> None:
        def work() -> str:
            _store_secrets(secrets)
            connectionfile.put(self.file, entry, replaces or None)
            return str(entry["name"])

        Reading(work, self._kept, self.desk.window).start()

    def _kept(self, found: object, wrong: str) -> None:
        if wrong:
            if self.wizard is not None:
                self.wizard.show_test(None, wrong)
            return
        if self.wizard is not None:
            self.wizard.accept()
        self.show()
        self.desk.window.rest(tr("Kept: {name}.").format(name=found))

    def remove(self, name: str) -> None:
        """Take a connection out of the file."""
        try:
            connectionfile.remove(self.file, name)
        except ConnectionsError as error:
            self.desk.trouble(str(error))
        self.show()

    def take_over(self, other: Path) -> None:
        """Import the entries of another connections file."""
        try:
            added, known = connectionfile.merge(self.file, other)
        except ConnectionsError as error:
            self.desk.trouble(str(error))
            return
        self.show()
        self.desk.window.go(self.desk.window.connections)
        told = trn("{n} connection was taken over.", "{n} connections were taken over.", len(added)).format(
            n=len(added)
        )
        if known:
            told += " " + tr("There already, and left as they are: {names}.").format(names=", ".join(known))
        self.desk.window.rest(told)

    # Testing

    def _test_entry(self, entry: dict[str, Any], secrets: dict[str, str]) -> None:
        def work() -> Path:
            _store_secrets(secrets)
            return connectionfile.alone(self.file, entry, self.desk.folder)

        Reading(work, partial(self._run_test, str(entry.get("name", ""))), self.desk.window).start()

    def _run_test(self, name: str, found: object, wrong: str) -> None:
        if self.wizard is None or not shiboken6.isValid(self.wizard):
            return
        if wrong or not isinstance(found, Path):
            self.wizard.show_test(None, wrong)
            return
        job = ChildJob([["connect", "--connections", str(found), "--format", "json"]], self.wizard, capture=True)
        job.ended.connect(partial(self._entry_tested, job, name, found))
        job.start()

    def _entry_tested(self, job: ChildJob, name: str, file: Path, good: bool, said: str) -> None:
        del good
        file.unlink(missing_ok=True)
        found = self._noted(job.output)
        if self.wizard is not None and shiboken6.isValid(self.wizard):
            mine = found.get(name) if found else None
            self.wizard.show_test(mine, "" if mine else said.replace(str(file), tr("This connection")))

    def _noted(self, output: bytes) -> dict[str, Tested]:
        tables = connectionfile.answer(output)
        return connectionfile.note_tests(self.desk.folder, datetime.now(UTC), tables) if tables else {}

    def test(self, names: Sequence[str]) -> None:
        """Test connections in a child process; their rows show what it found."""
        del names  # the program tests a whole file: all of it is noted
        if self.desk.occupied():
            return
        self.desk.start(
            [["connect", "--connections", str(self.file), "--format", "json"]],
            self._all_tested,
            capture=self._all_output,
        )

    def _all_output(self, output: bytes) -> bool:
        """Whether there was an answer; some permissions that are denied make the command end with 1."""
        return bool(self._noted(output))

    def _all_tested(self) -> None:
        self.show()
        self.desk.window.rest(tr("Tested."))

    def scan(self) -> None:
        """Read all connected clouds into the user's own store, judge, show."""
        desk = self.desk
        words = ["audit", "--connections", str(self.file), "--store", str(desk.own_store)]
        desk.start([words + desk.yardstick(own=True)], partial(desk.load, desk.own_store))


def _store_secrets(secrets: Mapping[str, str]) -> None:
    from app import vault

    for name, secret in secrets.items():
        vault.keep(name, secret)
