"""One audit as one intent: read, judge, compare with the last one, write the reports, and say how it ended.

The command line, the schedule and a container do this same thing. Whatever fails, what was stored before stays; what
was read and judged stays too, so that reports can be written later without reading again.
"""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from app import audit
from app.progress import Cancelled, Progress, Step, never, silent
from app.texts import tr

if TYPE_CHECKING:
    from app.connections import Connection
    from app.scanning import Scanned
    from app.store import Store
    from app.store.records import JudgementInfo
    from scanners.live.credentials import Person

OK: Final = 0
FINDINGS: Final = 3
INCOMPLETE: Final = 4
SEVERITIES: Final = ("critical", "high", "medium", "low", "info")
FORMS: Final = ("pdf", "json")
_MOST_TITLES: Final = 50


class Job(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be audited and what is to come of it. Paths are texts, as they lie in a schedule's file.

    `reports`: files to write. `folder`: a folder (or share) that gets a dated report in each of `forms` as well.
    `as_of`: day in ISO form; None: the day of the run. `store`: path or address; None: the user's own.
    """

    connections: str | None = None
    files: tuple[str, ...] = ()
    policy: str | None = None
    packs: tuple[str, ...] = ()
    as_of: str | None = None
    store: str | None = None
    reports: tuple[str, ...] = ()
    folder: str | None = None
    forms: tuple[str, ...] = FORMS
    fail_on: str | None = None
    require_complete: bool = False
    only_new: bool = False
    gentle: bool = False
    workers: str | None = None


class Title(Struct, frozen=True):
    """One rule with violations that are new or worse than last time, and how many."""

    rule: str
    title: str
    severity: str
    count: int


class Outcome(Struct):
    """How an audit ended: counts and titles, no names of assets.

    `complete`: whether everything that was asked for could be read. `unread`: areas that could not. `compared_with`:
    number of the judgement before, None for the first. `new` counts violations that are new or worse, by severity;
    `better` and `gone` count findings. `reports`: paths. `warnings`: sentences. `status`: the exit status.
    """

    scan: int
    judgement: int
    as_of: date
    complete: bool
    unread: int
    verdicts: dict[str, int]
    by_severity: dict[str, int]
    compared_with: int | None = None
    new: dict[str, int] = {}
    better: int = 0
    gone: int = 0
    titles: tuple[Title, ...] = ()
    reports: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    status: int = OK


class Prepared(Struct):
    """A job whose files were read and found good, before anything is asked of a cloud."""

    job: Job
    by: audit.Yardstick
    connections: "list[Connection]"


class Performed(Struct):
    """An audit that was done. `only`: pairs of rule and subject that `--only-new` leaves; None: everything."""

    outcome: Outcome
    by: audit.Yardstick
    judged: "JudgementInfo"
    scanned: "Scanned | audit.Imported"
    only: set[tuple[str, str]] | None


def prepare(job: Job) -> Prepared:
    """Read policy, rules and connections of a job. Raises the errors of each, as sentences for people."""
    from app.report import check_names
    from app.report.files import check_places

    if job.workers is not None:
        from app.fanout.engine import EngineError, check_address

        check_address(job.workers)
        if job.connections is None:
            raise EngineError(tr("--workers reads connected clouds: give --connections FILE, or leave --workers out."))
    reports = [Path(p) for p in job.reports]
    check_names([*reports, *(Path(f"report.{form}") for form in job.forms)])
    check_places(reports)
    day = None if job.as_of is None else date.fromisoformat(job.as_of)
    by = audit.yardstick(None if job.policy is None else Path(job.policy), day, [Path(p) for p in job.packs])
    connections: list[Connection] = []
    if job.connections is not None:
        from app.scanning import use_system_trust

        use_system_trust()
        from app.connections import load_connections

        connections = load_connections(Path(job.connections))
    return Prepared(job, by, connections)


def perform(
    store: "Store",
    prepared: Prepared,
    *,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    person: "Person | None" = None,
) -> Performed:
    """Do the whole audit. Raises what scanning, judging and reporting raise; what was stored until then stays."""
    job = prepared.job
    files = [Path(p) for p in job.files]
    scanned: Scanned | audit.Imported
    if prepared.connections:
        from app.scanning import scan
        from scanners.live.credentials import NOBODY

        scanned = scan(
            store,
            prepared.connections,
            files,
            gentle=job.gentle,
            workers=job.workers,
            progress=progress,
            cancelled=cancelled,
            person=NOBODY if person is None else person,
        )
    else:
        scanned = audit.import_files(store, files, progress=progress, cancelled=cancelled)
    judged = audit.judge_scan(store, scanned.scan.id, prepared.by, progress=progress, cancelled=cancelled)
    outcome, newer = compared(store, prepared.by, judged)
    outcome.warnings = tuple(_warnings(scanned))
    only = newer if job.only_new and outcome.compared_with is not None else None
    outcome.reports = tuple(str(p) for p in _reports(store, job, outcome, judged, only, progress))
    outcome.status = status(store, judged, outcome.unread, job.fail_on, job.require_complete, only)
    return Performed(outcome, prepared.by, judged, scanned, only)


def compared(store: "Store", by: audit.Yardstick, judged: "JudgementInfo") -> tuple[Outcome, set[tuple[str, str]]]:
    """What a judgement amounts to beside the one before it, and which findings are new or worse (rule, subject)."""
    scan = store.scan(judged.scan)
    summary = judged.summary
    outcome = Outcome(
        scan.id,
        judged.id,
        judged.header.as_of,
        scan.state == "complete",
        audit.unread(store, scan.id),
        {str(v): n for v, n in summary.verdicts.items()} if summary else {},
        {str(s): n for s, n in summary.by_severity.items()} if summary else {},
    )
    newer: set[tuple[str, str]] = set()
    before = before_of(store, judged)
    if before is None:
        return outcome, newer
    outcome.compared_with = before.id
    fresh: Counter[tuple[str, str]] = Counter()
    for change in store.diff_findings(before.id, judged.id):
        if change.change in ("new", "worse"):
            newer.add((change.rule, change.asset or change.flow or ""))
            if change.after and change.after[0] == "fail":
                fresh[(change.rule, change.after[1])] += 1
        elif change.change == "better":
            outcome.better += 1
        elif change.because != "not_asked":
            outcome.gone += 1
    titles = {rule.id: rule.title for rule in by.rules}
    told = [Title(rule, titles.get(rule, rule), severity, n) for (rule, severity), n in fresh.items()]
    told.sort(key=lambda t: (SEVERITIES.index(t.severity), t.rule))
    outcome.titles = tuple(told[:_MOST_TITLES])
    counts = Counter[str]()
    for title in told:
        counts[title.severity] += title.count
    outcome.new = {s: counts[s] for s in SEVERITIES if counts[s]}
    return outcome, newer


def before_of(store: "Store", judged: "JudgementInfo") -> "JudgementInfo | None":
    """The judgement to compare with: the newest before this one over the same connections, else the newest before."""
    earlier = [j for j in store.judgements() if j.id < judged.id]
    asked = set(store.scan(judged.scan).connections)
    scans = {s.id: set(s.connections) for s in store.scans()}
    return next((j for j in earlier if scans.get(j.scan) == asked), earlier[0] if earlier else None)


def status(
    store: "Store",
    judged: "JudgementInfo",
    unread: int,
    fail_on: str | None,
    require_complete: bool,
    only: set[tuple[str, str]] | None,
) -> int:
    """The exit status: 4 where something was not read and that counts, 3 for findings from `fail_on` on, else 0."""
    if require_complete and unread:
        return INCOMPLETE
    if fail_on:
        for severity in SEVERITIES[: SEVERITIES.index(fail_on) + 1]:
            for row in store.findings(judged.id, verdict="fail", severity=severity):
                finding = row.finding
                if only is None or (finding.rule, finding.asset or finding.flow or "") in only:
                    return FINDINGS
    return OK


def _warnings(scanned: "Scanned | audit.Imported") -> list[str]:
    own: list[str] = list(getattr(scanned, "warnings", []))
    return own + [w for file in scanned.files for w in file.warnings]


def _reports(
    store: "Store",
    job: Job,
    outcome: Outcome,
    judged: "JudgementInfo",
    only: set[tuple[str, str]] | None,
    progress: Progress,
) -> list[Path]:
    from app.report.files import ReportNotWrittenError

    kept = tr("What was found is stored: `situs report --out FILE` writes it without a new scan.")
    try:
        written = audit.report(store, judged.id, map(Path, job.reports), only=only, progress=progress)
    except ReportNotWrittenError as error:
        raise ReportNotWrittenError(f"{error} {kept}") from error
    if job.folder is None:
        return written
    stem = f"situs-{store.scan(judged.scan).started:%Y-%m-%dT%H%MZ}-scan{judged.scan}"
    names = [f"{stem}.{form}" for form in job.forms]
    try:
        return written + audit.report(
            store, judged.id, [Path(job.folder) / n for n in names], only=only, progress=progress
        )
    except ReportNotWrittenError as error:
        progress(Step("report", tr("The folder of the reports cannot be used; writing them to this computer")))
        return written + _at_home(store, outcome, judged, names, only, error)


def _at_home(
    store: "Store",
    outcome: Outcome,
    judged: "JudgementInfo",
    names: list[str],
    only: set[tuple[str, str]] | None,
    error: Exception,
) -> list[Path]:
    """A share that is not there must not cost the week's report: it is written to the user's own folder instead."""
    from app.settings import data_folder

    folder = data_folder() / "reports"
    found = audit.report(store, judged.id, [folder / n for n in names], only=only)
    outcome.warnings = (
        *outcome.warnings,
        f"{error} " + tr("The reports are in {folder} instead.").format(folder=folder),
    )
    return found
