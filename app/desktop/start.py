"""Opening the window: checks the version of Qt, then ties pages, store and child processes together."""

import argparse
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.desktop import theme
from app.desktop.jobs import ChildJob, Reading
from app.desktop.load import load_snapshot
from app.desktop.snapshot import Snapshot
from app.desktop.window import Window
from app.settings import data_folder, store_location
from app.texts import tr


class Desk:
    """The window with its store and the work it has started."""

    def __init__(self, window: Window, store: str | Path, sample_folder: Path) -> None:
        self.window = window
        self.store = store
        self.sample_folder = sample_folder
        self._job: ChildJob | None = None
        window.overview.sample_wanted.connect(self.open_sample)
        window.overview.files_wanted.connect(self.choose_files)
        window.closing.connect(self.stop)

    def load(self, where: str | Path) -> None:
        """Read the latest judgement of a store and show it."""
        self.window.busy(tr("Reading the store"))
        Reading(partial(load_snapshot, where), self._loaded).start()

    def open_sample(self) -> None:
        """Audit the sample estate in a store of its own, then show it."""
        self._start(["demo", "--out", str(self.sample_folder)], self.sample_folder / "situs.db")

    def choose_files(self) -> None:
        """Ask for exported files and audit them."""
        names, _ = QFileDialog.getOpenFileNames(self.window, tr("Exported files to read"))
        if names:
            self.read_files([Path(name) for name in names])

    def read_files(self, files: list[Path]) -> None:
        """Audit these files into the user's store, then show the result."""
        self._start(["audit", "--import", *map(str, files), "--store", str(self.store)], self.store)

    def stop(self) -> None:
        """End the child process, if one runs."""
        if self._job is not None:
            self._job.stop()

    def _start(self, words: list[str], then: str | Path) -> None:
        if self._job is not None:
            return
        self.window.busy(tr("Starting"))
        self._job = ChildJob(words, self.window)
        self._job.progressed.connect(self.window.busy)
        self._job.ended.connect(partial(self._ended, then))
        self._job.start()

    def _ended(self, where: str | Path, good: bool, said: str) -> None:
        self._job = None
        self.window.busy("")
        if good:
            self.load(where)
        else:
            self.trouble(said)

    def _loaded(self, found: object, wrong: str) -> None:
        self.window.busy("")
        if wrong:
            self.trouble(wrong)
        elif isinstance(found, Snapshot):
            self.window.show_snapshot(found)

    def trouble(self, text: str) -> None:
        """Say what went wrong, as plain text, without blocking the window."""
        box = QMessageBox(QMessageBox.Icon.Warning, "Situs", "", QMessageBox.StandardButton.Close, self.window)
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(text or tr("The work ended without saying why. Nothing that was stored before is lost."))
        box.open()


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""
    del options
    application = application_of_qt()
    window = Window(theme.apply(application))
    desk = Desk(window, store_location(None), data_folder() / "sample")
    window.show()
    desk.load(desk.store)
    return application.exec()


def application_of_qt() -> QApplication:
    version: tuple[int, ...] = tuple(int(part) for part in qVersion().split(".")[:2])
    if version >= (6, 12) and sys.version_info < (3, 12):
        # PySide6 6.12 loses references of None and True on Python 3.11 until the interpreter aborts.
        raise SystemExit(tr("situs: PySide6 6.12 needs Python 3.12 or newer; install PySide6-Essentials below 6.12."))
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Situs")
    return application
