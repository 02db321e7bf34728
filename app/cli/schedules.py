"""`situs schedule`: audits that the operating system starts, and what became of them."""

import argparse
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.cli.audits import progress_of, whole
from app.cli.latest import put_json
from app.cli.main import FAILED, OK
from app.cli.terminal import ProgressLine, put, say
from app.program import this_program
from app.schedule import (
    DONE,
    SKIPPED,
    Overview,
    Run,
    Schedule,
    ScheduleError,
    Timing,
    advice,
    book,
    in_words,
    local,
    new,
    next_runs,
)
from app.settings import store_location
from app.texts import tr

if TYPE_CHECKING:
    from app.schedule import Book


def add(options: argparse.Namespace) -> int:
    """Add a schedule, or replace the one of this name."""
    if options.daily:
        every, days = "day", ()
    elif options.monthly:
        every, days = "month", tuple(options.monthly)
    else:
        every, days = "week", tuple(options.weekly or ["mon"])
    schedule = new(
        options.name,
        Timing(every, options.at, tuple(d.lower() for d in days), options.timezone),
        whole(options),
        on_battery=options.on_battery,
        wake=not options.no_wake,
        limit_hours=options.limit,
        wait_hours=options.wait,
        notify=not options.quiet,
        external=options.external,
    )
    told = advice(schedule)
    kept = book()
    if options.dry_run:
        for name, body in _documents(schedule, kept):
            put(f"# {name}\n{body}")
    else:
        kept.add(schedule)
        say(tr("Added: {name}, {when}.").format(name=schedule.name, when=in_words(schedule.timing)))
        if schedule.external:
            command = subprocess.list2cmdline(this_program().line("schedule", "run", schedule.name, "--by", "clock"))
            say(tr("To be started by another scheduler: {command}").format(command=command))
        else:
            say(tr("{clock}: {note}").format(clock=kept.clock.name, note=kept.clock.note()))
    for sentence in told:
        say(tr("Mind: {sentence}").format(sentence=sentence))
    for due in next_runs(schedule.timing, datetime.now(UTC), 3):
        say("  " + _moment(schedule, due))
    return OK


def listing(options: argparse.Namespace) -> int:
    """Schedules, their next runs and the last one."""
    found = book().overview()
    if options.format == "json":
        put_json(found)
        return OK
    if not found:
        say(tr("There is no schedule; `situs schedule add NAME` makes one."))
    for one in found:
        _show(one)
    return OK


def remove(options: argparse.Namespace) -> int:
    """Remove a schedule, or all; their history stays."""
    kept = book()
    for name in [one.name for one in kept.schedules()] if options.all else [options.name]:
        kept.remove(name)
        say(tr("Removed: {name}. Its history stays.").format(name=name))
    return OK


def run(options: argparse.Namespace) -> int:
    """Run one now, or as the operating system's clock asks; the exit status is that of the audit."""
    from app.cli.connect import keyboard, stoppable
    from app.schedule import run as run_now

    def told(schedule: Schedule, done: Run, missed: list[Run]) -> None:
        if schedule.notify:
            from app.cli.notifying import after

            after(schedule.name, store_location(schedule.job.store), run=done, outcome=done.outcome, missed=missed)

    line = progress_of(options)
    with stoppable() as cancelled:
        done = run_now(
            book(), options.name, by=options.by, progress=line, cancelled=cancelled, person=keyboard(line), told=told
        )
    if isinstance(line, ProgressLine):
        line.clear()
    say(_line(done))
    if done.outcome is not None:
        for path in done.outcome.reports:
            say(tr("Written: {path}").format(path=path))
    if done.state == DONE:
        return done.status or OK
    return OK if done.state == SKIPPED and options.by == "clock" else (done.status or FAILED)


def history(options: argparse.Namespace) -> int:
    """What became of every time one was due."""
    kept = book()
    kept.reconcile()
    if options.name and options.name not in {s.name for s in kept.schedules()} and not kept.history.runs(options.name):
        raise ScheduleError(tr("Nothing is known of a schedule {name!r}.").format(name=options.name))
    found = kept.history.runs(options.name, max(1, options.limit))
    if options.format == "json":
        put_json(found)
        return OK
    for one in found:
        put(_line(one))
    if not found:
        say(tr("Nothing was due yet."))
    return OK


def _documents(schedule: Schedule, kept: "Book") -> list[tuple[str, str]]:
    """What each operating system would be given; for this one first."""
    import getpass
    import sys

    from app.schedule import launchd, systemd, taskscheduler

    program, now = this_program(quiet=True), datetime.now(UTC)
    if sys.platform == "win32":
        return [
            ("task.xml", taskscheduler.document(schedule, program, getpass.getuser(), now).decode("utf-16")),
        ]
    if sys.platform == "darwin":
        return [(f"{launchd.label(schedule.name)}.plist", launchd.document(schedule, program).decode("utf-8"))]
    del kept
    return [
        (f"situs-{schedule.name}.timer", systemd.timer(schedule, now)),
        (f"situs-{schedule.name}.service", systemd.service(schedule, program)),
    ]


def _show(one: Overview) -> None:
    put(f"{one.schedule.name}: {in_words(one.schedule.timing)}")
    if one.trouble:
        put("  " + one.trouble)
    if one.late is not None:
        put("  " + tr("late: it was due at {when}").format(when=_moment(one.schedule, one.late)))
    put("  " + tr("next: {when}").format(when=", ".join(_moment(one.schedule, d) for d in one.following)))
    put("  " + (tr("last: {line}").format(line=_line(one.last)) if one.last else tr("it never ran yet")))


def _line(run: Run) -> str:
    states = {
        "running": tr("running"),
        "done": tr("done"),
        "failed": tr("FAILED"),
        "skipped": tr("skipped"),
        "missed": tr("MISSED"),
        "interrupted": tr("INTERRUPTED"),
    }
    when = run.started or run.due or run.ended
    text = f"{run.id:>4}  {run.schedule}  {when:%Y-%m-%d %H:%M} UTC  {states[run.state]}" if when else ""
    if run.due is not None and run.started is not None:
        text += " " + tr("(due {due:%Y-%m-%d %H:%M} UTC)").format(due=run.due)
    if run.outcome is not None:
        new_ones = sum(run.outcome.new.values())
        text += "  " + tr("scan {scan}, {fails} violations, {new} new or worse, {unread} areas not read").format(
            scan=run.outcome.scan,
            fails=run.outcome.verdicts.get("fail", 0),
            new=new_ones,
            unread=run.outcome.unread,
        )
    return text + (f"  {run.reason}" if run.reason else "")


def _moment(schedule: Schedule, instant: datetime) -> str:
    there = local(schedule.timing, instant)
    return f"{there:%a %Y-%m-%d %H:%M %Z}"
