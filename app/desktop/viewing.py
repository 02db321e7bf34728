"""Frameworks and training compute of the window: worked out by a child process, kept as long as the judgement stays."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtWidgets import QFileDialog

from app.desktop.asking import Asking, spoken
from app.desktop.palette import Entry
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.desktop.pages.frameworks import FrameworksPage

_TRAINING = "training"


class Viewing:
    """Belongs to a desk; connects the Frameworks page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.asking = Asking(desk)
        self._known: dict[tuple[str, int, str], Any] = {}
        desk.window.when("frameworks", self._connect)
        desk.window.turned.connect(self._turned)
        desk.window.entries += [
            Entry(tr("Training compute"), self.training, lambda: desk.window.snapshot is not None),
        ]

    @property
    def page(self) -> "FrameworksPage":
        """The page."""
        return self.desk.window.frameworks

    def _connect(self) -> None:
        page = self.page
        page.framework_wanted.connect(self.show)
        page.compute_wanted.connect(partial(self.show, _TRAINING))
        page.cancelled.connect(self.cancel)
        page.report_wanted.connect(self.report)
        page.findings_wanted.connect(self.desk.window.show_findings_of)
        page.table_wanted.connect(self.save)

    def _turned(self, topic: str) -> None:
        if topic == "frameworks":
            self.page.look()
        elif self.asking.busy:
            self.cancel()

    def training(self) -> None:
        """The page, at training compute."""
        self.desk.window.go(self.page)
        self.page.ready()
        self.page.tabs.setCurrentWidget(self.page.training)

    def show(self, name: str) -> None:
        """Show a framework, or the training compute, of the judgement that the window shows."""
        snapshot = self.desk.window.snapshot
        if snapshot is None:
            return
        key = (str(self.desk.store), snapshot.judgement, name)
        if key in self._known:
            self.asking.stop()
            self._answered(key, self._known[key], "")
            return
        store = ["--store", str(self.desk.store), "--format", "json"]
        words = ["compute", *store] if name == _TRAINING else ["frameworks", "show", name, *store]
        self.page.wait(tr("Working it out"))
        self.asking.ask(words, partial(self._answered, key))

    def cancel(self) -> None:
        """Stop working it out."""
        self.asking.stop()
        self.page.unanswered(tr("Cancelled. Choose again to work it out."))

    def _answered(self, key: tuple[str, int, str], found: Any, wrong: str) -> None:
        if wrong:
            self.page.unanswered(wrong)
            return
        self._known[key] = found
        try:
            if key[2] == _TRAINING:
                from app.compute import read

                self.page.show_compute(read(found))
            else:
                from app.frameworks import View

                self.page.show_view(msgspec.convert(found, View))
        except msgspec.ValidationError:
            self.page.unanswered(tr("The answer cannot be read: window and command are of different versions."))

    def report(self, framework: str) -> None:
        """To the Reports page, with this framework chosen."""
        window = self.desk.window
        reports = window.reports
        reports.kind.setCurrentIndex(max(0, reports.kind.findData("framework")))
        reports.framework.setCurrentIndex(max(0, reports.framework.findData(framework)))
        window.go(reports)

    def save(self) -> None:
        """Write the table of training compute to a file."""
        name, _ = QFileDialog.getSaveFileName(self.page, tr("Save the table…"), "training-compute.csv", "CSV (*.csv)")
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """Write it to this file."""
        written: list[str] = []

        def keep(output: bytes) -> bool:
            try:
                if output:
                    path.write_bytes(output)
            except OSError as error:
                written.append(tr("{file} cannot be written: {reason}.").format(file=path, reason=error.strerror))
            return False

        def told() -> None:
            self.desk.window.rest(written[0] if written else tr("Saved: {file}").format(file=path))

        words = ["compute", "--store", str(self.desk.store), "--format", "csv"]
        self.desk.start([words], told, capture=keep, environment=spoken())
