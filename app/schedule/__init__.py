"""Audits that the operating system starts: the window and this program need not run, and cost nothing meanwhile.

For the window and the command line:

    book() -> Book                       the schedules of this user
    Book.add(schedule)                   add or replace; hands it to the operating system (may take a second)
    Book.remove(name)                    remove; the history stays
    Book.schedules() -> list[Schedule]   all, by name
    Book.overview(count) -> list[Overview]      each with its next due times, last run, and what is wrong with it
    Book.history.runs(name=None, limit=) -> list[Run]     what became of each due time, the newest first
    run(book, name, progress=, cancelled=) -> Run         run one now (minutes: in a process of its own)
    next_runs(timing, after, count) -> list[datetime]     for a preview while someone chooses days and time
    advice(schedule) -> list[str]        sentences about what a run without a person will lack
    new(name, timing, job, …) -> Schedule     one that is made now, its paths made absolute

Everything raises ScheduleError with a sentence for people. Calls do input and output: not for the thread of the window.
A window starts a run as the child process `situs schedule run NAME --progress json`.

A Schedule holds no secrets; connections name theirs (`vault:NAME`). Files in the user's data folder:
`schedules/NAME.json`, `schedules/history.db` and `logs/NAME.jsonl`.
"""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.job import Job
from app.schedule.advice import advice
from app.schedule.book import Book, Overview, made_now
from app.schedule.errors import ScheduleError
from app.schedule.history import DONE, FAILED, INTERRUPTED, MISSED, RUNNING, SKIPPED, Run
from app.schedule.plan import DAYS, LAST, Schedule, Timing, check, check_timing, in_words, local, next_runs
from app.schedule.running import CLOCK, PERSON, run
from app.texts import tr

__all__ = [
    "CLOCK",
    "DAYS",
    "DONE",
    "FAILED",
    "INTERRUPTED",
    "LAST",
    "MISSED",
    "PERSON",
    "RUNNING",
    "SKIPPED",
    "Book",
    "Job",
    "Overview",
    "Run",
    "Schedule",
    "ScheduleError",
    "Timing",
    "advice",
    "book",
    "check",
    "check_timing",
    "in_words",
    "local",
    "new",
    "next_runs",
    "run",
]


def book() -> Book:
    """The schedules of this user."""
    from app.settings import data_folder

    return Book(data_folder() / "schedules")


def new(name: str, timing: Timing, job: Job, **more: object) -> Schedule:
    """A schedule made now, checked, its paths absolute: it is run from another folder. Raises ScheduleError."""

    def absolute(path: str | None) -> str | None:
        return None if path is None else str(Path(path).expanduser().absolute())

    job = msgspec.structs.replace(
        job,
        connections=absolute(job.connections),
        policy=absolute(job.policy),
        folder=absolute(job.folder),
        files=tuple(str(Path(p).expanduser().absolute()) for p in job.files),
        packs=tuple(str(Path(p).expanduser().absolute()) for p in job.packs),
        reports=tuple(str(Path(p).expanduser().absolute()) for p in job.reports),
        store=job.store if job.store is None or "://" in job.store else absolute(job.store),
    )
    if job.store is not None and _has_password(job.store):
        raise ScheduleError(
            tr(
                "A schedule never holds a password: put it into the vault (`situs vault set NAME`) and write the store "
                "as postgresql://USER:vault:NAME@HOST/DATABASE."
            )
        )
    schedule = msgspec.convert({"name": name, "timing": timing, "job": job, "made": made_now(), **more}, Schedule)
    check(schedule)
    return schedule


def _has_password(store: str) -> bool:
    if "://" not in store:
        return False
    try:
        found = urlsplit(store)
        return "password=" in found.query or not (found.password or "vault:").startswith("vault:")
    except ValueError:
        return True
