"""Schedules of the window: shown, added, removed, run; the operating system does the rest."""

from functools import partial
from typing import TYPE_CHECKING, Any

from app.connectionfile import FILE
from app.desktop.jobs import Reading
from app.desktop.pages.scheduledialog import ScheduleDialog
from app.desktop.palette import Entry
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.schedule import Book, Overview, Run


class Scheduling:
    """Belongs to a desk; connects the schedules of the Scans page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self.dialog: ScheduleDialog | None = None
        desk.window.when("scans", self._connect)
        desk.window.entries += [Entry(tr("Audit by schedule…"), self.add)]

    def _connect(self) -> None:
        scans = self.desk.window.scans
        scans.schedules.add_wanted.connect(self.add)
        scans.schedules.remove_wanted.connect(self.remove)
        scans.schedules.run_wanted.connect(self.run)
        scans.schedules_shown.connect(self.show)

    def book(self) -> "Book":
        """The schedules of this user."""
        from app.schedule import Book

        return Book(self.desk.folder / "schedules")

    def show(self) -> None:
        """Read schedules and their history in a worker."""

        def work() -> "tuple[list[Overview], list[Run]]":
            book = self.book()
            return book.overview(), book.history.runs(limit=200)

        Reading(work, self._shown, self.desk.window).start()

    def _shown(self, found: object, wrong: str) -> None:
        overviews, runs = found if isinstance(found, tuple) else ([], [])  # pyright: ignore[reportUnknownVariableType]
        self.desk.window.scans.schedules.show_schedules(overviews, runs, wrong)  # pyright: ignore[reportUnknownArgumentType]

    def add(self) -> None:
        """Ask when and what."""
        d = self.desk
        connections = d.folder / FILE
        offered = {"connections": str(connections) if connections.exists() else "", "folder": d.preferences.reports}
        self.dialog = ScheduleDialog(d.window, offered)
        self.dialog.given.connect(self._keep)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _keep(self, chosen: dict[str, Any]) -> None:
        Reading(partial(self._added, chosen), self._kept, self.desk.window).start()

    def _added(self, chosen: dict[str, Any]) -> list[str]:
        """Runs in a worker: what a run without a person will lack."""
        from app.schedule import Job, Timing, advice, new

        d = self.desk
        job = Job(
            connections=str(d.folder / FILE) if chosen["connections"] else None,
            files=() if chosen["connections"] else (chosen["files"],),
            policy=d.preferences.policy or None,
            as_of=d.preferences.as_of or None,
            store=str(d.own_store),
            folder=chosen["folder"] or None,
        )
        timing = Timing(chosen["every"], chosen["at"], tuple(chosen["days"]))
        schedule = new(chosen["name"], timing, job, on_battery=chosen["on_battery"])
        told = advice(schedule)
        self.book().add(schedule)
        return told

    def _kept(self, found: object, wrong: str) -> None:
        if wrong:
            if self.dialog is not None:
                self.dialog.show_wrong(wrong)
            return
        if self.dialog is not None:
            self.dialog.accept()
        self.desk.window.go(self.desk.window.scans)
        self.desk.window.scans.show_schedules()
        told: list[str] = found if isinstance(found, list) else []  # pyright: ignore[reportUnknownVariableType]
        self.desk.window.rest(" ".join([tr("The schedule was added."), *told]))

    def remove(self, name: str) -> None:
        """Remove a schedule; its history stays."""
        Reading(partial(self.book().remove, name), self._removed, self.desk.window).start()

    def _removed(self, found: object, wrong: str) -> None:
        del found
        if wrong:
            self.desk.trouble(wrong)
        self.show()

    def run(self, name: str) -> None:
        """Run one now, in a process of its own; then show what it found."""
        d = self.desk
        d.start([["schedule", "run", name]], partial(self._ran, name))

    def _ran(self, name: str) -> None:
        self.show()
        self.desk.load(self.desk.own_store, tr("{name} was run.").format(name=name))
