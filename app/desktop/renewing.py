"""Editions of law and facts, and the program's own version, from the window. Nothing is fetched by itself."""

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.desktop.asking import spoken
from app.desktop.jobs import Reading
from app.desktop.pages.trustdialog import TrustDialog
from app.desktop.palette import Entry
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.desktop.pages.catalogue import CataloguePage
    from app.edition.installed import Standing
    from app.edition.keys import TrustedKey

_ENDING = "*.situs-catalogue"


class Renewing:
    """Belongs to a desk; connects the page Law and updates to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.dialog: TrustDialog | None = None
        self._answer: dict[str, Any] = {}
        self._file = ""
        self._asked = 0
        desk.window.when("catalogue", self._connect)
        desk.window.turned.connect(self._turned)
        desk.window.entries += [
            Entry(tr("Look at another edition…"), self.choose, lambda: not desk.busy),
            Entry(tr("Ask for a newer version of the program"), self.open_program),
        ]

    @property
    def page(self) -> "CataloguePage":
        """The page."""
        return self.desk.window.catalogue

    def _connect(self) -> None:
        page = self.page
        page.look_wanted.connect(self.choose)
        page.install_wanted.connect(self.install)
        page.remove_wanted.connect(self.remove)
        page.judge_wanted.connect(self.judge)
        page.trust_wanted.connect(self.choose_key)
        page.distrust_wanted.connect(self.distrust)
        page.address_kept.connect(self.keep)
        page.ask_wanted.connect(self.ask)
        page.page_wanted.connect(self.open_page)

    def _turned(self, topic: str) -> None:
        if topic == "catalogue":
            self.page.ready()
            self.page.show_address(self.desk.preferences.updates)
            self.show()

    # Which edition counts

    def show(self) -> None:
        """Read in a worker which edition counts and whose keys are trusted."""
        folder = self.desk.folder

        def work() -> "tuple[Standing | None, list[TrustedKey], str]":
            from app.edition.file import EditionError
            from app.edition.installed import standing
            from app.edition.keys import trusted_keys
            from rules.catalogue import CatalogueError

            keys = trusted_keys(folder)
            try:
                return standing(folder), keys, ""
            except (EditionError, CatalogueError) as error:
                return None, keys, str(error)

        self._asked += 1
        Reading(work, partial(self._shown, self._asked), self.page).start()

    def _shown(self, asked: int, found: object, wrong: str) -> None:
        if asked != self._asked or not shiboken6.isValid(self.page):
            return
        standing, keys, why = cast("tuple[Standing | None, list[TrustedKey], str]", found or (None, [], ""))
        self.page.show_edition(standing, keys, self._today(), wrong or why)

    def _today(self) -> date:
        chosen = self.desk.preferences.as_of
        return date.fromisoformat(chosen) if chosen else datetime.now(UTC).date()

    # Another edition

    def choose(self) -> None:
        """Ask for the signed file."""
        self.desk.window.go(self.page)
        wanted = f"{tr('Editions of law and facts')} ({_ENDING})"
        name, _ = QFileDialog.getOpenFileName(self.desk.window, tr("Look at another edition…"), "", wanted)
        if name:
            self.look(name)

    def look(self, file: str) -> None:
        """What it would change, worked out by a child process; nothing is stored."""
        self.page.ready()
        store = self.desk.store
        words = ["catalogue", "preview", file, "--format", "json"]
        if not isinstance(store, Path) or store.exists():
            words += ["--store", str(store)]
        self.desk.start([words], partial(self._looked, file), capture=self._keep, environment=spoken())

    def _looked(self, file: str) -> None:
        self._file = file
        self.page.show_preview(self._answer, Path(file).name)
        self.desk.window.rest(tr("Nothing was stored."))

    def install(self, older: bool) -> None:
        """Make it count."""
        words = ["catalogue", "install", self._file, *(["--older"] if older else [])]
        self.desk.start([words], self._installed, environment=spoken())

    def _installed(self) -> None:
        self.page.installed(tr("It counts from now on. Judge again to see what it changes."))
        self.show()
        self.desk.window.rest(tr("Another edition of law and facts counts."))

    def remove(self) -> None:
        """Back to the edition of the program."""
        self.desk.start([["catalogue", "remove"]], self._removed, environment=spoken())

    def _removed(self) -> None:
        self.page.installed(tr("The edition of the program counts again. Judge again to see what it changes."))
        self.show()
        self.desk.window.rest(tr("The edition of the program counts again."))

    def judge(self) -> None:
        """Judge by the edition that counts now."""
        self.page.judge.hide()
        self.desk.judge()

    def _keep(self, output: bytes) -> bool:
        try:
            found = json.loads(output)
        except ValueError:
            found = None
        self._answer = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        return False

    # Keys

    def choose_key(self) -> None:
        """Ask for the file of a public key."""
        name, _ = QFileDialog.getOpenFileName(self.desk.window, tr("Trust a key…"), "", "PEM (*.pem)")
        if name:
            self.ask_trust(name)

    def ask_trust(self, file: str) -> None:
        """Show the fingerprint of a key and ask whether it is the right one."""

        def work() -> str:
            from app.edition.file import fingerprint
            from app.edition.keys import public_key

            return fingerprint(public_key(Path(file)))

        Reading(work, partial(self._have_key, file), self.page).start()

    def _have_key(self, file: str, found: object, wrong: str) -> None:
        if not shiboken6.isValid(self.page):
            return
        if wrong:
            self.desk.trouble(wrong)
            return
        self.dialog = TrustDialog(self.desk.window, str(found), Path(file).name.partition(".")[0])
        self.dialog.given.connect(partial(self.trust, file))
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def trust(self, file: str, name: str) -> None:
        """Trust a key."""

        def work() -> str:
            from app.edition.keys import trust

            return trust(self.desk.folder, Path(file), name).name

        told = tr("Editions signed by {name} are trusted from now on.")
        Reading(work, partial(self._keys_changed, told), self.page).start()

    def distrust(self, fingerprint: str) -> None:
        """Trust a key no longer."""

        def work() -> str:
            from app.edition.keys import distrust

            return distrust(self.desk.folder, fingerprint).name

        told = tr("Editions signed by {name} are not trusted any more.")
        Reading(work, partial(self._keys_changed, told), self.page).start()

    def _keys_changed(self, told: str, found: object, wrong: str) -> None:
        if not shiboken6.isValid(self.page):
            return
        if wrong:
            self.desk.trouble(wrong)
        else:
            self.desk.window.rest(told.format(name=found))
        self.show()

    # The program

    def open_program(self) -> None:
        """The page, at the program."""
        self.desk.window.go(self.page)
        self.page.ready()
        self.page.tabs.setCurrentIndex(2)
        self.page.address.setFocus()

    def keep(self, address: str) -> None:
        """Keep the address that is asked; an empty one: nobody is asked."""
        from app.updates import UpdateError, check

        try:
            if address:
                check(address)
        except UpdateError as error:
            self.page.show_answer(str(error), "")
            return
        self.desk.keep(msgspec.structs.replace(self.desk.preferences, updates=address))
        kept = tr("The address was kept. It is asked when you press the button, never by itself.")
        self.page.show_answer(kept if address else tr("No address: nobody is asked."), "")

    def ask(self, address: str) -> None:
        """Ask the address once, in a worker."""
        self.page.show_answer(tr("Asking…"), "")
        self.page.asking(True)

        def work() -> tuple[str, str]:
            from app.updates import in_words, look

            found = look(address)
            return in_words(found), found.page if found.newer else ""

        Reading(work, self._told, self.page).start()

    def open_page(self, link: str) -> None:
        """Show the page of a newer version in the browser; it is an https address, checked when it came."""
        QDesktopServices.openUrl(QUrl(link))

    def _told(self, found: object, wrong: str) -> None:
        if not shiboken6.isValid(self.page):
            return
        text, link = cast("tuple[str, str]", found or ("", ""))
        self.page.show_answer(wrong or text, link)
        self.page.asking(False)
