"""The commands that do the main job: `demo`, `audit`, `import`, `judge`, `report`."""

import argparse
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import audit as job
from app.cli.errors import UsageError
from app.cli.latest import day_of
from app.cli.main import INCOMPLETE, OK
from app.cli.registers import warn
from app.cli.terminal import ProgressLine, output, put, put_bytes, say
from app.progress import Progress, Step
from app.said import said
from app.settings import store_location
from app.texts import grouped, tr, trn

if TYPE_CHECKING:
    from app.job import Job
    from app.logs import JobLog
    from app.store import Store
    from app.store.records import JudgementInfo
    from rules.judgement import Summary

_ORDER = ("critical", "high", "medium", "low", "info")


def demo(options: argparse.Namespace) -> int:
    """Audit the bundled sample estate: two scans a month apart, a report as PDF and JSON, and the store."""
    from app import sample
    from app.store import Store

    folder: Path = options.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UsageError(tr("--out {path}: a file has that name; name a folder.").format(path=folder)) from None
    where = folder / "situs.db"
    for stale in (where, where.with_name("situs.db-wal"), where.with_name("situs.db-shm")):
        stale.unlink(missing_ok=True)
    line = progress_of(options)
    by = job.yardstick(sample.POLICY, sample.AS_OF)
    with Store.open(where) as store:
        latest = [_sample_scan(store, by, started, files, line) for started, files in sample.SCANS]
        judged = latest[-1]
        written = job.report(store, judged.id, [folder / "report.pdf", folder / "report.json"], progress=line)
        _clear(line)
        say(tr("This is the sample estate: an invented company. Nothing in it is about real people."))
        _tell(store, judged, written, options.format)
    return OK


def _sample_scan(
    store: "Store", by: job.Yardstick, started: datetime, files: Path, progress: Progress
) -> "JudgementInfo":
    imported = job.import_files(store, [files], progress=progress, started=started)
    store.attach(f"scan:{imported.scan.id}", job.SAMPLE, b"1")
    return job.judge_scan(store, imported.scan.id, by, progress=progress)


def audit(options: argparse.Namespace) -> int:
    """Read clouds and files, judge them, and write the reports that were asked for."""
    from app.logs import log_to

    with log_to(options.log) as log:
        log.event("begun", connections=options.connections, files=options.files, policy=options.policy)
        try:
            return _audited(options, log)
        except BaseException as error:
            log.failed(error)
            if options.notify:
                from app.cli.notifying import failed

                failed(store_location(options.store), error)
            raise


def _audited(options: argparse.Namespace, log: "JobLog") -> int:
    from app.cli.connect import keyboard, stoppable, tell
    from app.job import perform, prepare
    from app.store import Store

    prepared = prepare(whole(options))
    line = progress_of(options)
    where = store_location(options.store)
    with Store.open(where) as store:
        with stoppable() as cancelled:
            done = perform(store, prepared, progress=log.progress(line), cancelled=cancelled, person=keyboard(line))
        log.judged(done.outcome)
        _clear(line)
        if isinstance(done.scanned, job.Imported):
            _tell_files(done.scanned)
        else:
            tell(done.scanned)
        _tell(store, done.judged, [Path(p) for p in done.outcome.reports], options.format, done.only)
        warn(store, done.by)
    if options.notify:
        from app.cli.notifying import after

        after("audit", where, outcome=done.outcome)
    return _told(done.outcome.status, done.outcome.unread)


def whole(options: argparse.Namespace) -> "Job":
    """The job that the options of `audit` describe."""
    from app.job import Job

    day = day_of("--as-of", options.as_of)
    return Job(
        connections=None if options.connections is None else str(options.connections),
        files=tuple(map(str, options.files)),
        policy=None if options.policy is None else str(options.policy),
        packs=tuple(map(str, options.pack)),
        as_of=None if day is None else day.isoformat(),
        store=options.store,
        reports=tuple(map(str, getattr(options, "report", ()))),
        folder=None if options.report_folder is None else str(options.report_folder),
        forms=tuple(options.forms),
        fail_on=options.fail_on,
        require_complete=options.require_complete,
        only_new=options.only_new,
        gentle=options.gentle,
        workers=options.workers,
    )


def import_files(options: argparse.Namespace) -> int:
    """Read files into the store, without judging."""
    from app.store import Store

    line = progress_of(options)
    with Store.open(store_location(options.store)) as store:
        imported = job.import_files(store, options.files, progress=line)
    _clear(line)
    _tell_files(imported)
    if options.format == "json":
        _put_json({"scan": imported.scan, "files": imported.files})
    else:
        put(
            tr(
                "Scan {id}: {assets} assets, {added} new, {changed} changed, {gone} gone, {stale} known from before."
            ).format(
                id=imported.scan.id,
                assets=grouped(imported.scan.assets),
                added=grouped(imported.scan.added),
                changed=grouped(imported.scan.changed),
                gone=grouped(imported.scan.gone),
                stale=grouped(imported.scan.stale),
            )
        )
    return OK


def judge(options: argparse.Namespace) -> int:
    """Judge a scan that is in the store already."""
    from app.store import Store

    by = job.yardstick(options.policy, day_of("--as-of", options.as_of), options.pack)
    line = progress_of(options)
    with Store.open(store_location(options.store), create=False) as store:
        scan = store.scan(options.scan) if options.scan is not None else store.latest_scan()
        if scan is None:
            raise UsageError(tr("the store holds no scan yet; `situs import FILE` makes one."))
        judged = job.judge_scan(store, scan.id, by, progress=line)
        return _conclude(store, options, by, judged, line)


def _conclude(
    store: "Store", options: argparse.Namespace, by: job.Yardstick, judged: "JudgementInfo", line: Progress
) -> int:
    from app.job import compared, status

    outcome, newer = compared(store, by, judged)
    only = newer if options.only_new and outcome.compared_with is not None else None
    _clear(line)
    _tell(store, judged, [], options.format, only)
    warn(store, by)
    ended = status(store, judged, outcome.unread, options.fail_on, options.require_complete, only)
    return _told(ended, outcome.unread)


def _told(ended: int, unread: int) -> int:
    if ended == INCOMPLETE:
        say(
            trn(
                "One area could not be read: exit status 4.", "{n} areas could not be read: exit status 4.", unread
            ).format(n=grouped(unread))
        )
    return ended


def _tell(
    store: "Store",
    judged: "JudgementInfo",
    written: list[Path],
    form: str,
    only: set[tuple[str, str]] | None = None,
) -> None:
    if form == "json":
        from app.report.choice import Choice
        from app.report.fromhistory import chosen
        from app.report.jsonform import stream_json

        source, extras = chosen(store, judged.id, Choice(), only)
        with output() as out:
            stream_json(source, out, extras=extras)
    elif judged.summary is not None:
        for text in sentences(judged.summary):
            put(text)
    for path in written:
        say(tr("Written: {path}").format(path=path))


def sentences(summary: "Summary") -> list[str]:
    """What a judgement amounts to, in a few lines."""
    verdicts = summary.verdicts
    fails = verdicts.get("fail", 0)
    by_severity = ", ".join(f"{grouped(summary.by_severity[s])} {tr(s)}" for s in _ORDER if summary.by_severity.get(s))
    lines = [
        trn("One violation", "{n} violations", fails).format(n=grouped(fails))
        + (f" ({by_severity})" if by_severity else "")
        + "; "
        + tr("{unchecked} could not be checked, {passed} passed, {accepted} accepted. Judged as of {day}.").format(
            unchecked=grouped(verdicts.get("not_checked", 0)),
            passed=grouped(verdicts.get("pass", 0)),
            accepted=grouped(verdicts.get("accepted", 0)),
            day=summary.as_of.isoformat(),
        )
    ]
    if summary.decisions:
        n = len(summary.decisions)
        lines.append(
            trn("One decision is needed from you", "{n} decisions are needed from you", n).format(n=n)
            + ": "
            + ", ".join(d.decision.removeprefix("policy.") for d in summary.decisions)
        )
    return lines


def _tell_files(imported: job.Imported) -> None:
    for file in imported.files:
        for warning in file.warnings:
            say(f"  {said(warning)}")


def progress_of(options: argparse.Namespace) -> Progress:
    """Progress as the caller wants it: a line on a terminal, or JSON lines for a parent process."""
    if getattr(options, "progress", None) == "json":
        import msgspec

        def tell(step: Step) -> None:
            with suppress(BrokenPipeError):
                say(msgspec.json.encode(step).decode("utf-8"))

        return tell
    return ProgressLine()


def _clear(line: Progress) -> None:
    if isinstance(line, ProgressLine):
        line.clear()


def _put_json(value: Any) -> None:
    import msgspec

    put_bytes(msgspec.json.format(msgspec.json.encode(value)) + b"\n")
