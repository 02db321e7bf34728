"""One run of a schedule: what it waits for, what keeps it from running, and the record of how it ended."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.exclusive import TakenError, held
from app.job import Outcome, perform, prepare
from app.logs import JobLog, log_to
from app.progress import Cancelled, CancelledByUser, Progress, Step, never, silent
from app.schedule.book import Book, store_of
from app.schedule.conditions import lacking
from app.schedule.history import DONE, FAILED, INTERRUPTED, RUNNING, SKIPPED, Run
from app.schedule.plan import Schedule, due_between
from app.settings import store_location
from app.texts import tr
from app.troubles import is_wrong, sentence_of

if TYPE_CHECKING:
    from scanners.live.credentials import Person

CLOCK: Final = "clock"
PERSON: Final = "person"
_EARLY: Final = timedelta(minutes=5)
_POLL_SECONDS: Final = 60


def run(
    book: Book,
    name: str,
    *,
    by: str = PERSON,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    person: "Person | None" = None,
    told: Callable[[Schedule, Run, list[Run]], None] | None = None,
) -> Run:
    """Run a schedule now, and record what became of it. Every trouble of the audit becomes a record with its reason.

    By the clock it stands for the newest due time; one that has its record already is not run again. `told` is called
    at the end with the record and with what was missed or interrupted and not told yet (notifications). Raises
    ScheduleError where there is no such schedule or no history can be kept.
    """
    schedule = book.get(name)
    due = _due(book, schedule) if by == CLOCK else None
    book.reconcile()
    if by == CLOCK and due is None:
        # The operating system fired twice for one due time (a change of the clocks), or before the first one.
        last = book.history.runs(name, 1)
        if last:
            return last[0]
        now = book.computer.now()
        number = book.history.did_not_run(name, store_of(schedule), by, None, now, SKIPPED, tr("Nothing was due."))
        return book.history.run(number or 0)
    with ExitStack() as stack:
        log = stack.enter_context(log_to(book.folder.parent / "logs" / f"{name}.jsonl"))
        log.event("due", schedule=name, by=by, due=due)
        number = _run(book, schedule, by, due, log, log.progress(progress), cancelled, person, stack)
        record = book.history.run(number)
        log.event("ended", run=record.id, state=record.state, reason=record.reason, status=record.status)
        if told is not None:
            told(schedule, record, [r for r in book.history.untold(name) if r.id != record.id])
            book.history.told(name, record.id)
        return record


def _run(
    book: Book,
    schedule: Schedule,
    by: str,
    due: datetime | None,
    log: JobLog,
    progress: Progress,
    cancelled: Cancelled,
    person: "Person | None",
    stack: ExitStack,
) -> int:
    history, store = book.history, store_of(schedule)

    def not_run(reason: str) -> int:
        log.event("skipped", reason=reason)
        number = history.did_not_run(schedule.name, store, by, due, book.computer.now(), SKIPPED, reason)
        return number if number is not None else history.runs(schedule.name, 1)[0].id

    if by == CLOCK and (reason := _waited(book, schedule, progress, cancelled)):
        return not_run(reason)
    try:
        stack.enter_context(held(book.lock_of(store)))
    except TakenError:
        return not_run(_overlap(book, store))
    number = history.begin(schedule.name, store, by, due, book.computer.now())
    if number is None:
        return history.runs(schedule.name, 1)[0].id
    try:
        outcome = _audit(schedule, log, progress, _limited(book, schedule, cancelled), person)
    except Exception as error:
        state, reason = _why(error, log, cancelled())
        history.end(number, book.computer.now(), state, reason, 2 if is_wrong(error) else 1)
        return number
    except BaseException:
        history.end(number, book.computer.now(), INTERRUPTED, tr("Stopped from outside while it ran."), None)
        raise
    history.end(number, book.computer.now(), DONE, _remarks(outcome), outcome.status, outcome)
    return number


def _audit(
    schedule: Schedule, log: JobLog, progress: Progress, cancelled: Cancelled, person: "Person | None"
) -> Outcome:
    from app.store import Store

    log.event("begun", schedule=schedule.name)
    prepared = prepare(schedule.job)
    with Store.open(store_location(schedule.job.store)) as store:
        done = perform(store, prepared, progress=progress, cancelled=cancelled, person=person)
    outcome = done.outcome
    log.judged(outcome)
    return outcome


def _due(book: Book, schedule: Schedule) -> datetime | None:
    newest = None
    for due in due_between(schedule.timing, book.since(schedule), book.computer.now() + _EARLY):
        newest = due
    return newest


def _waited(book: Book, schedule: Schedule, progress: Progress, cancelled: Cancelled) -> str | None:
    """Wait until power and network are there; the reason, where that was in vain."""
    computer = book.computer
    until = computer.now() + timedelta(hours=schedule.wait_hours)
    network = schedule.job.connections is not None
    while reason := lacking(computer, on_battery=schedule.on_battery, network=network):
        if cancelled():
            return reason + " " + tr("The wait for it was stopped.")
        if computer.now() >= until:
            return reason + " " + tr("It was waited for {n} hours.").format(n=schedule.wait_hours)
        progress(Step("wait", reason))
        computer.sleep(_POLL_SECONDS)
    return None


def _limited(book: Book, schedule: Schedule, cancelled: Cancelled) -> Cancelled:
    until = book.computer.now() + timedelta(hours=schedule.limit_hours)
    return lambda: cancelled() or book.computer.now() >= until


def _overlap(book: Book, store: str) -> str:
    other = next((r for r in book.history.running(store) if r.state == RUNNING), None)
    if other is None or other.started is None:
        return tr("Another run on the same store was under way.")
    return tr("Run {n} ({name}) on the same store was under way since {since:%Y-%m-%d %H:%M} UTC.").format(
        n=other.id, name=other.schedule, since=other.started
    )


def _why(error: Exception, log: JobLog, stopped: bool) -> tuple[str, str]:
    log.failed(error)
    if isinstance(error, CancelledByUser):
        if stopped:
            return INTERRUPTED, tr("Stopped by a person. What was read until then is kept as a partial scan.")
        return FAILED, tr("It took longer than it may. What was read until then is kept as a partial scan.")
    sentence = sentence_of(error)
    if sentence is not None:
        return (SKIPPED if type(error).__name__ == "StoreBusyError" else FAILED), sentence
    return FAILED, tr("Something went wrong inside the program ({kind}).").format(kind=type(error).__name__)


def _remarks(outcome: Outcome) -> str:
    told = [] if outcome.complete else [tr("Not everything could be read.")]
    return " ".join([*told, *outcome.warnings])[:2000]
