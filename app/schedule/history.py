"""What became of every time a schedule was due: done, failed, skipped, missed or interrupted, and why.

A small SQLite file beside the schedules, apart from the store: a run that could not reach its store is a fact too.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.job import Outcome
from app.schedule.errors import ScheduleError
from app.texts import tr

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
MISSED: Final = "missed"
INTERRUPTED: Final = "interrupted"
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY, schedule TEXT NOT NULL, store TEXT NOT NULL, by TEXT NOT NULL, due TEXT, started TEXT,
    ended TEXT, state TEXT NOT NULL, reason TEXT NOT NULL, status INTEGER, outcome TEXT, UNIQUE (schedule, due)
)
"""
_TOLD: Final = "CREATE TABLE IF NOT EXISTS told (schedule TEXT PRIMARY KEY, run INTEGER NOT NULL)"
_COLUMNS: Final = "id, schedule, store, by, due, started, ended, state, reason, status, outcome"
_WAIT_SECONDS: Final = 20.0


class Run(Struct, frozen=True):
    """One run, or one time that it was due and did not run. Times in UTC.

    `by`: `clock` (the operating system) or `person`. `due`: the time it stands for; None for one that a person began.
    `state`: running, done, failed, skipped, missed, interrupted; `reason` says why, where it is not done. `status`:
    the exit status of one that ended. `outcome`: counts and titles of one that was done.
    """

    id: int
    schedule: str
    store: str
    by: str
    due: datetime | None
    started: datetime | None
    ended: datetime | None
    state: str
    reason: str
    status: int | None
    outcome: Outcome | None


class History:
    """The file of runs. Methods raise ScheduleError where it cannot be used."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def begin(self, schedule: str, store: str, by: str, due: datetime | None, started: datetime) -> int | None:
        """Record that a run begins; its number, or None where this due time has its record already.

        One that another process, started for the same due time, recorded as skipped is taken over.
        """
        return self._insert(schedule, store, by, due, started, None, RUNNING, "")

    def did_not_run(
        self, schedule: str, store: str, by: str, due: datetime | None, at: datetime, state: str, reason: str
    ) -> int | None:
        """Record a time that passed without a run; None where it has its record already."""
        return self._insert(schedule, store, by, due, None, at, state, reason)

    def end(
        self, number: int, at: datetime, state: str, reason: str, status: int | None, outcome: Outcome | None = None
    ) -> None:
        """Record how a run ended."""
        body = None if outcome is None else msgspec.json.encode(outcome).decode("utf-8")
        with self._open() as db:
            db.execute(
                "UPDATE run SET ended = ?, state = ?, reason = ?, status = ?, outcome = ? WHERE id = ?",
                (_text(at), state, reason, status, body, number),
            )

    def runs(self, schedule: str | None = None, limit: int = 200) -> list[Run]:
        """Runs, the newest first."""
        with self._open() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM run WHERE ? IS NULL OR schedule = ? "  # noqa: S608 - names of columns
                "ORDER BY coalesce(started, due, ended) DESC, id DESC LIMIT ?",
                (schedule, schedule, limit),
            ).fetchall()
        return [_run(row) for row in rows]

    def run(self, number: int) -> Run:
        """One run."""
        with self._open() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM run WHERE id = ?", (number,)).fetchone()  # noqa: S608
        if row is None:
            raise ScheduleError(tr("There is no run {n}.").format(n=number))
        return _run(row)

    def running(self, store: str | None = None) -> list[Run]:
        """Runs that are recorded as under way."""
        return [r for r in self.runs(limit=100_000) if r.state == RUNNING and store in (None, r.store)]

    def untold(self, schedule: str) -> list[Run]:
        """What was missed or interrupted and nobody was told of yet, the newest first."""
        with self._open() as db:
            row = db.execute("SELECT run FROM told WHERE schedule = ?", (schedule,)).fetchone()
        last = 0 if row is None else int(row[0])
        return [r for r in self.runs(schedule, 1000) if r.id > last and r.state in (MISSED, INTERRUPTED)]

    def told(self, schedule: str, number: int) -> None:
        """People were told of everything up to this run."""
        with self._open() as db:
            db.execute("INSERT OR REPLACE INTO told (schedule, run) VALUES (?, ?)", (schedule, number))

    def known(self, schedule: str) -> set[datetime]:
        """Due times of a schedule that have their record."""
        with self._open() as db:
            rows = db.execute("SELECT due FROM run WHERE schedule = ? AND due IS NOT NULL", (schedule,)).fetchall()
        return {datetime.fromisoformat(row[0]) for row in rows}

    def _insert(self, *values: Any) -> int | None:
        told = [_text(v) if isinstance(v, datetime) else v for v in values]
        with self._open() as db:
            made = db.execute(
                "INSERT INTO run (schedule, store, by, due, started, ended, state, reason) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (schedule, due) DO UPDATE SET by = excluded.by, "
                "started = excluded.started, ended = NULL, state = excluded.state, reason = '' "
                "WHERE state = 'skipped' AND excluded.state = 'running' RETURNING id",
                told,
            ).fetchone()
            return None if made is None else int(made[0])

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self._file, timeout=_WAIT_SECONDS)
            try:
                with db:
                    db.execute(_TABLE)
                    db.execute(_TOLD)
                    yield db
            finally:
                db.close()
        except (sqlite3.Error, OSError) as error:
            raise ScheduleError(
                tr("The history of runs, {file}, cannot be used: {reason}.").format(file=self._file, reason=error)
            ) from error


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _run(row: Any) -> Run:
    number, schedule, store, by, due, started, ended, state, reason, status, outcome = row
    return Run(
        number,
        schedule,
        store,
        by,
        _moment(due),
        _moment(started),
        _moment(ended),
        state,
        reason,
        status,
        None if outcome is None else msgspec.json.decode(outcome, type=Outcome),
    )
