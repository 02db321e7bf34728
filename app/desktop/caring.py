"""Care for the store from the window: child processes copy, restore and delete; what they leave behind is removed."""

import json
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import shiboken6

from app.desktop.asking import Asking, spoken
from app.desktop.jobs import Reading
from app.desktop.pages.store import size
from app.desktop.pages.storedialogs import ENDING, BackupDialog, RestoreDialog
from app.desktop.palette import Entry
from app.settings import load_preferences
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.desktop.pages.store import StorePage
    from app.storecare import Status

_PASSPHRASE = "SITUS_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable
_LEFT = "situs-backup-*"


class Caring:
    """Belongs to a desk; connects the Store page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.asking = Asking(desk)
        self.dialog: BackupDialog | RestoreDialog | None = None
        self._answer: dict[str, Any] = {}
        self._asked = 0
        desk.window.when("store", self._connect)
        desk.window.turned.connect(self._turned)
        desk.window.entries += [
            Entry(tr("Write a backup…"), self.ask_backup, lambda: not desk.busy),
            Entry(tr("Restore a backup…"), self.ask_restore, lambda: not desk.busy),
        ]

    @property
    def page(self) -> "StorePage":
        """The page."""
        return self.desk.window.store

    def _connect(self) -> None:
        page = self.page
        page.backup_wanted.connect(self.ask_backup)
        page.restore_wanted.connect(self.ask_restore)
        page.keep_wanted.connect(self.keep)
        page.foresee_wanted.connect(self.foresee)
        page.forget_wanted.connect(self.forget)

    def _turned(self, topic: str) -> None:
        if topic == "store":
            self.page.ready()
            self.page.set_name(self.desk.preferences.name)
            self.show()

    # How it stands

    def show(self) -> None:
        """Read in a worker how the user's own store stands."""
        preferences = self.desk.preferences
        work = partial(_standing, self.desk.own_store, self.desk.folder, preferences.keep_days)
        self._asked += 1
        Reading(work, partial(self._shown, self._asked), self.page).start()

    def _shown(self, asked: int, found: object, wrong: str) -> None:
        if asked != self._asked or not shiboken6.isValid(self.page):
            return
        status, secrets, schedules = found if isinstance(found, tuple) else (None, [], [])  # pyright: ignore[reportUnknownVariableType]
        self.page.show_status(status, self.desk.preferences.keep_days, secrets, schedules, wrong)  # pyright: ignore[reportUnknownArgumentType]

    def keep(self, days: int) -> None:
        """Remember how many days scans are kept."""
        self.desk.keep(msgspec.structs.replace(self.desk.preferences, keep_days=days))
        self.show()
        self.desk.window.rest(tr("Kept. Nothing was deleted."))

    # Backup

    def ask_backup(self) -> None:
        """Ask for file and passphrase."""
        folder = Path(self.desk.preferences.reports or Path.home())
        name = f"situs-{datetime.now(UTC):%Y-%m-%dT%H%MZ}{ENDING}"
        dialog = BackupDialog(self.desk.window, folder / name)
        dialog.given.connect(self.backup)
        self._open(dialog)

    def backup(self, file: str, passphrase: str) -> None:
        """Write it. What a stopped child leaves of its copies goes too: they are not encrypted."""
        d, path = self.desk, Path(file)
        there = set(path.absolute().parent.glob(_LEFT))
        words = ["store", "backup", "--store", str(d.own_store), "--out", file]
        words += [] if passphrase else ["--in-the-clear"]
        d.start(
            [words],
            partial(self._backed_up, path),
            environment=spoken({_PASSPHRASE: passphrase} if passphrase else None),
            after=partial(_clear, path.absolute().parent, there),
        )

    def _backed_up(self, path: Path) -> None:
        self.desk.window.rest(
            tr("Backup written: {file}, {size}. Secrets are not in it.").format(
                file=path, size=size(path.stat().st_size)
            )
        )

    # Restore

    def ask_restore(self) -> None:
        """Ask which backup."""
        store = self.desk.own_store
        if not isinstance(store, Path):
            self.desk.trouble(tr("The store is on a server: restore it there."))
            return
        dialog = RestoreDialog(self.desk.window, there=store.exists())
        dialog.look_wanted.connect(self.look)
        dialog.given.connect(self.restore)
        dialog.finished.connect(self.asking.stop)
        self._open(dialog)

    def look(self, file: str, passphrase: str) -> None:
        """What is in a backup."""
        words = ["store", "restore", file, "--look", "--format", "json", "--store", str(self.desk.own_store)]
        self.asking.ask(words, partial(self._looked, (file, passphrase)), {_PASSPHRASE: passphrase})

    def _looked(self, asked: tuple[str, str], found: Any, wrong: str) -> None:
        if isinstance(self.dialog, RestoreDialog):
            self.dialog.show_contents(asked, found if isinstance(found, dict) else None, wrong)  # pyright: ignore[reportUnknownArgumentType]

    def restore(self, file: str, passphrase: str, settings: bool) -> None:
        """Put the store of a backup in the place of the user's own, which stays beside it."""
        d = self.desk
        if not isinstance(d.own_store, Path):
            return
        words = ["store", "restore", file, "--store", str(d.own_store), "--format", "json"]
        words += ["--replace"] if d.own_store.exists() else []
        words += ["--settings"] if settings else []
        beside = set(d.own_store.parent.glob(f"{d.own_store.stem}.before-*"))
        d.start(
            [words],
            self._restored,
            capture=self._keep,
            environment=spoken({_PASSPHRASE: passphrase}),
            after=partial(_put_back, d.own_store, beside),
        )

    def _restored(self) -> None:
        d, found = self.desk, self._answer
        d.preferences = load_preferences(d.folder)
        d.show_preferences()
        n = int(found.get("scans", 0))
        told = [trn("Restored: {n} scan.", "Restored: {n} scans.", n).format(n=n)]
        if found.get("kept"):
            told.append(tr("The store that was there is now {path}.").format(path=found["kept"]))
        if any(str(s).startswith("schedules/") for s in found.get("settings", ())):
            told.append(tr("Schedules came too: look at their paths on the Scans page, and add each again."))
        d.load(d.own_store, " ".join(told))
        self.show()

    # Deleting

    def foresee(self, chosen: list[str]) -> None:
        """What would be deleted."""
        words = ["store", "forget", "--dry-run", "--format", "json", "--store", str(self.desk.own_store), *chosen]
        self.asking.ask(words, partial(self._foreseen, chosen))

    def _foreseen(self, chosen: list[str], found: Any, wrong: str) -> None:
        snapshot = self.desk.window.snapshot
        own = snapshot is not None and self.desk.store == self.desk.own_store
        names = {s.id: s.started for s in snapshot.scans} if own and snapshot else {}
        self.page.show_foreseen(chosen, found, wrong, names)

    def forget(self, chosen: list[str]) -> None:
        """Delete it for good, on record."""
        words = ["store", "forget", "--yes", "--format", "json", "--store", str(self.desk.own_store), *chosen]
        self.desk.start([words], self._forgotten, capture=self._keep, environment=spoken())

    def _forgotten(self) -> None:
        d = self.desk
        self.page.show_forgotten(self._answer)
        self.show()
        told = tr("Deleted for good; the deletion is in the log of decisions.")
        if d.store == d.own_store:
            d.load(d.own_store, told)
        else:
            d.window.rest(told)

    def _keep(self, output: bytes) -> bool:
        try:
            found = json.loads(output)
        except ValueError:
            found = None
        self._answer = found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownMemberType]
        return False

    def _open(self, dialog: BackupDialog | RestoreDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


def _standing(store: str | Path, folder: Path, keep: int) -> "tuple[Status | None, list[str], list[str]]":
    """Runs in a worker."""
    from app import vault
    from app.schedule import Book
    from app.storecare import status
    from app.vault import VaultError

    found = None if isinstance(store, Path) and not store.exists() else status(store, keep)
    try:
        secrets = [entry.name for entry in vault.entries()]
    except VaultError as error:
        secrets = [str(error)]
    return found, secrets, [o.schedule.name for o in Book(folder / "schedules").overview()]


def _clear(folder: Path, there: set[Path]) -> None:
    """Remove the folders that a child process made for its copies and could not remove itself."""
    for left in set(folder.glob(_LEFT)) - there:
        shutil.rmtree(left, ignore_errors=True)


def _put_back(store: Path, beside: set[Path]) -> None:
    """Where a restore was stopped half-way: what it wrote goes, and the store that it had set aside comes back."""
    store.with_name(f"{store.name}.restoring").unlink(missing_ok=True)
    aside = set(store.parent.glob(f"{store.stem}.before-*")) - beside
    if not store.exists() and len(aside) == 1:
        aside.pop().replace(store)
