"""The schedules of this user: a file for each, an entry with the operating system, and the history of runs."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from app.exclusive import TakenError, held
from app.program import Program, this_program
from app.schedule.conditions import Computer
from app.schedule.errors import ScheduleError
from app.schedule.history import INTERRUPTED, MISSED, History, Run
from app.schedule.plan import Schedule, check, due_between, next_runs
from app.texts import tr

_LARGEST: Final = 1 << 20
_MOST_MISSED: Final = 1000
PATIENCE: Final = timedelta(hours=24)
"""So long the newest due time may still be made up for; then it counts as missed."""


class Clock(Protocol):
    """A scheduler of an operating system. Methods raise ScheduleError."""

    name: str

    def install(self, schedule: Schedule, program: Program) -> None:
        """Make or replace its entry."""
        ...

    def remove(self, name: str) -> None:
        """Remove its entry, if there is one."""
        ...

    def installed(self, name: str) -> bool:
        """Whether there is an entry."""
        ...

    def note(self) -> str:
        """A sentence about when it runs and when not."""
        ...


class Overview(Struct, frozen=True):
    """A schedule as a list shows it. `following`: the next due times. `late`: a due time that may still be made up for.
    `trouble`: why it will not run, or empty."""

    schedule: Schedule
    installed: bool
    following: tuple[datetime, ...]
    last: Run | None
    late: datetime | None
    trouble: str


class Book:
    """The schedules in a folder. Methods raise ScheduleError."""

    def __init__(self, folder: Path, clock: Clock | None = None, computer: Computer | None = None) -> None:
        self.folder = folder
        self.clock = clock or clock_of_system(folder)
        self.computer = computer or Computer()
        self.history = History(folder / "history.db")

    def add(self, schedule: Schedule) -> None:
        """Add a schedule, or replace the one of this name, and hand it to the operating system."""
        check(schedule)
        file = self._file(schedule.name)
        before = file.read_bytes() if file.exists() else None
        self._write(file, msgspec.json.format(msgspec.json.encode(schedule)) + b"\n")
        try:
            if schedule.external:
                if self.clock.installed(schedule.name):
                    self.clock.remove(schedule.name)
            else:
                self.clock.install(schedule, this_program(quiet=True))
        except ScheduleError:
            if before is None:
                file.unlink(missing_ok=True)
            else:
                self._write(file, before)
            raise

    def remove(self, name: str) -> None:
        """Remove a schedule. Its history stays."""
        if not self.get(name).external:
            self.clock.remove(name)
        self._file(name).unlink(missing_ok=True)

    def get(self, name: str) -> Schedule:
        """The schedule of this name."""
        found = {s.name: s for s in self.schedules()}
        if name not in found:
            if not found:
                raise ScheduleError(
                    tr("There is no schedule {name!r}, nor any other; `situs schedule add NAME` makes one.").format(
                        name=name
                    )
                )
            known = ", ".join(found)
            raise ScheduleError(tr("There is no schedule {name!r}; there are: {known}.").format(name=name, known=known))
        return found[name]

    def schedules(self) -> list[Schedule]:
        """All schedules, by name."""
        if not self.folder.is_dir():
            return []
        return [self._read(file) for file in sorted(self.folder.glob("*.json"))]

    def overview(self, count: int = 3) -> list[Overview]:
        """Every schedule with its next due times and its last run; what was missed is recorded first."""
        self.reconcile()
        now = self.computer.now()
        told: list[Overview] = []
        for schedule in self.schedules():
            runs = self.history.runs(schedule.name, 1)
            installed = schedule.external or self.clock.installed(schedule.name)
            trouble = "" if installed else tr("{clock} has lost its entry; add the schedule again.")
            told.append(
                Overview(
                    schedule,
                    installed,
                    tuple(next_runs(schedule.timing, now, count)),
                    runs[0] if runs else None,
                    self.late(schedule, now),
                    trouble.format(clock=self.clock.name),
                )
            )
        return told

    def reconcile(self) -> list[Run]:
        """Record what was missed and what was interrupted since anyone looked; the new records."""
        now = self.computer.now()
        told: list[int | None] = []
        for run in self.history.running():
            if run.started is not None and not self._is_alive(run.store):
                reason = tr("The program or the computer stopped while it ran. What was stored before stays.")
                self.history.end(run.id, now, INTERRUPTED, reason, None)
                told.append(run.id)
        for schedule in self.schedules():
            reason = self._why_missed(schedule)
            store, late = store_of(schedule), self.late(schedule, now)
            told += [
                self.history.did_not_run(schedule.name, store, "clock", due, now, MISSED, reason(due))
                for due in self._unrecorded(schedule, now)[-_MOST_MISSED:]
                if due != late
            ]
        return [self.history.run(n) for n in told if n is not None]

    def late(self, schedule: Schedule, now: datetime) -> datetime | None:
        """The newest due time, where it has no record and may still be made up for."""
        waiting = self._unrecorded(schedule, now)
        return waiting[-1] if waiting and now - waiting[-1] <= PATIENCE else None

    def lock_of(self, store: str) -> Path:
        """The lock that a run on this store holds."""
        from hashlib import sha256

        folder = self.folder / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{sha256(store.encode('utf-8')).hexdigest()[:32]}.lock"

    def _unrecorded(self, schedule: Schedule, now: datetime) -> list[datetime]:
        return list(due_between(schedule.timing, self.since(schedule), now))

    def since(self, schedule: Schedule) -> datetime:
        """Up to when every due time has its record. Not compared one by one: a computer that was taken to another time
        zone would find that none of its past times was ever due."""
        made = datetime.fromisoformat(schedule.made)
        return max((made, *self.history.known(schedule.name)))

    def _why_missed(self, schedule: Schedule) -> "_Why":
        installed = schedule.external or self.clock.installed(schedule.name)
        return _Why(self.computer.switched_on(), installed, self.clock.name)

    def _is_alive(self, store: str) -> bool:
        try:
            with held(self.lock_of(store)):
                return False
        except TakenError:
            return True

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, file: Path) -> Schedule:
        try:
            if file.stat().st_size > _LARGEST:
                raise ValueError
            schedule = msgspec.json.decode(file.read_bytes(), type=Schedule)
            check(schedule)
            datetime.fromisoformat(schedule.made)
        except OSError as error:
            raise ScheduleError(
                tr("{file} cannot be read: {reason}.").format(file=file, reason=error.strerror)
            ) from error
        except (ValueError, msgspec.MsgspecError, ScheduleError):
            raise ScheduleError(
                tr("{file} is damaged; remove it and add the schedule again.").format(file=file)
            ) from None
        return schedule

    def _write(self, file: Path, body: bytes) -> None:
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(body)
            part.replace(file)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ScheduleError(
                tr("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror)
            ) from error


class _Why:
    """Why a due time was missed, as far as anyone can tell afterwards."""

    def __init__(self, switched_on: datetime | None, installed: bool, clock: str) -> None:
        self._switched_on, self._installed, self._clock = switched_on, installed, clock

    def __call__(self, due: datetime) -> str:
        if not self._installed:
            return tr("{clock} had no entry for it.").format(clock=self._clock)
        if self._switched_on is not None and due < self._switched_on:
            return tr("The computer was switched off, asleep or in use by nobody.")
        return tr("The computer was asleep, nobody was logged in, or it had no power or network.")


def clock_of_system(folder: Path) -> Clock:
    """The scheduler of this operating system."""
    if sys.platform == "win32":
        from app.schedule.taskscheduler import TaskScheduler

        return TaskScheduler(folder)
    if sys.platform == "darwin":
        from app.schedule.launchd import Launchd

        return Launchd()
    from app.schedule.systemd import Systemd

    return Systemd()


def store_of(schedule: Schedule) -> str:
    """The store of a schedule as its runs are told apart by: no password in it."""
    from app.settings import store_location
    from app.store.driver import Where

    return Where.of(store_location(schedule.job.store)).label


def made_now() -> str:
    """The moment of adding a schedule."""
    return datetime.now(UTC).isoformat(timespec="seconds")
