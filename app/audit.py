"""The main job: read, store, judge, report. The window, the command line, the scheduler and the tests call these."""

import os
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from app import __version__
from app.progress import Cancelled, CancelledByUser, Progress, Step, never, silent, waiting
from app.texts import grouped, tr

if TYPE_CHECKING:
    from app.report.choice import Choice
    from app.report.produce import Sealing
    from app.store import Store
    from app.store.estate import StoreEstate
    from app.store.records import JudgementInfo, ScanInfo
    from rules.catalogue import Catalogue
    from rules.parallel import Hands
    from rules.policy import Policy
    from rules.rule import Rule
    from scanners.exports.read import ImportedFile

FILES: Final = "files"
POLICY: Final = "policy"
PACKS: Final = "packs"
SAMPLE: Final = "sample"
_PARALLEL_FROM: Final = 80_000
"""From so many assets on a second process earns back what it costs to start."""


class Yardstick(Struct, frozen=True):
    """What an estate is judged by: rules, the law and places of the catalogue, the policy, and the day."""

    rules: "tuple[Rule, ...]"
    catalogue: "Catalogue"
    policy: "Policy"
    as_of: date
    policy_text: bytes | None = None
    packs: tuple[Path, ...] = ()


class Imported(Struct):
    """What became of an import: the scan, and each file with its warnings."""

    scan: "ScanInfo"
    files: "list[ImportedFile]"

    @property
    def assets(self) -> int:
        """Assets that the scan saw."""
        return self.scan.assets


def yardstick(policy: Path | None, as_of: date | None, packs: Sequence[Path] = ()) -> Yardstick:
    """Load rules, catalogue and policy.

    Raises PolicyError, RuleError, CatalogueError or EditionError with a sentence for people.
    """
    from app.edition.installed import current
    from rules.policy import Policy

    day = as_of or datetime.now(UTC).date()
    catalogue = current()
    catalogue.countries("EEA", day)  # refuses a day before the GDPR applied, before any work is done
    rules = _rules(tuple(packs), catalogue)
    if policy is None:
        return Yardstick(rules, catalogue, Policy.none(), day, None, tuple(packs))
    text = Policy.load(policy, catalogue, day)
    check_severities(text, {rule.id for rule in rules})
    return Yardstick(rules, catalogue, text, day, policy.read_bytes(), tuple(packs))


def rule_ids(catalogue: "Catalogue", packs: Sequence[Path] = ()) -> Callable[[], frozenset[str]]:
    """Reads, when it is called, which rules there are: in the program and in these packs. Raises RuleError."""
    return lambda: frozenset(rule.id for rule in _rules(tuple(packs), catalogue))


def check_severities(policy: "Policy", ids: Set[str]) -> None:
    """Raise PolicyError where the policy sets the severity of a rule that does not exist: it would change nothing."""
    from difflib import get_close_matches

    from rules.policy import PolicyError

    problems: list[str] = []
    for wrong in sorted(policy.severities.keys() - ids):
        close = get_close_matches(wrong[:40], ids, n=1)
        hint = " " + tr("Did you mean “{near}”?").format(near=close[0]) if close else ""
        said = tr("{file}: severities: there is no rule “{rule}”, in the program or in the packs that were given.")
        problems.append(said.format(file=policy.name, rule=wrong[:40]) + hint)
    if problems:
        raise PolicyError(problems)


_kept: "list[tuple[object, tuple[Rule, ...]]]" = []


def _rules(packs: tuple[Path, ...], catalogue: "Catalogue") -> "tuple[Rule, ...]":
    """The rules of the program and of these packs, read again only where one of their files has changed."""
    from rules.rulefile import PACK, files_of, load_rules

    folders = (PACK, *packs)
    files = files_of(folders)
    state = (folders, catalogue.digest, [(file, file.stat().st_mtime_ns, file.stat().st_size) for file in files])
    for known, rules in _kept:
        if known == state:
            return rules
    loaded = tuple(load_rules(folders, catalogue))
    _kept[:] = [(state, loaded)]
    return loaded


def as_of_day(by: Yardstick, day: date) -> Yardstick:
    """The same yardstick on another day. Raises PolicyError or CatalogueError where the day has no answer."""
    from rules.policy import Policy

    by.catalogue.countries("EEA", day)
    policy = Policy.none() if by.policy_text is None else Policy.parse(by.policy_text, by.catalogue, day)
    return msgspec.structs.replace(by, policy=policy, as_of=day)


def import_files(
    store: "Store",
    paths: Sequence[Path],
    *,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    started: datetime | None = None,
) -> Imported:
    """Read exported files into the store as one scan.

    `started` is when the exports were made, where that is known; default now. Raises KnownStoreError where the store
    cannot be written, ExportError where none of the files could be used, CancelledByUser after keeping what was read.
    """
    from scanners.exports.read import read_exports
    from scanners.exports.source import ExportError, State

    begun = started or datetime.now(UTC)
    writer = store.begin_scan([], started=begun, program=__version__, waiting=waiting(progress, cancelled))
    try:
        files = read_exports(
            paths,
            writer.write,
            progress=lambda name, done, total: progress(
                Step("import", tr("Reading {file}").format(file=name), done, total)
            ),
            cancelled=cancelled,
        )
        stopped = cancelled()
        if not stopped and not any(f.counts for f in files):
            writer.abandon()
            raise ExportError("\n".join(w for f in files for w in f.warnings) or tr("No file was given."))
        whole = all(f.state is State.COMPLETE for f in files)
        progress(Step("store", tr("Comparing with what is known")))
        state = "cancelled" if stopped else "complete" if whole else "partial"
        ended = datetime.now(UTC) if started is None else started
        scan = writer.finish(state, ended)
    except BaseException:
        writer.abandon()
        raise
    store.attach(f"scan:{scan.id}", FILES, msgspec.json.encode(files))
    if stopped:
        raise CancelledByUser
    return Imported(scan, files)


def judge_scan(
    store: "Store",
    scan_id: int,
    by: Yardstick,
    *,
    with_passes: bool = False,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> "JudgementInfo":
    """Judge a scan and store the judgement. Raises KnownStoreError, or CancelledByUser with nothing stored."""
    with _hands(store.scan(scan_id)) as hands:
        return _judged(store, scan_id, by, hands, with_passes, progress, cancelled)


def _hands(scan: "ScanInfo") -> "AbstractContextManager[Hands | None]":
    """A second process for a large estate, started before it is opened; None where one does as well."""
    if (os.cpu_count() or 1) < 2 or scan.assets + scan.stale < _PARALLEL_FROM:
        return nullcontext()
    from rules.parallel import Hands

    return Hands(2)


def _judged(
    store: "Store",
    scan_id: int,
    by: Yardstick,
    hands: "Hands | None",
    with_passes: bool,
    progress: Progress,
    cancelled: Cancelled,
) -> "JudgementInfo":
    from app.decisions.actions import in_force
    from app.store.records import JudgementHeader
    from rules.engine import Cancelled, judge
    from rules.rulefile import pack_digest, pack_version

    estate = store.estate(scan_id)
    header = JudgementHeader(
        by.as_of,
        __version__,
        f"{pack_version()} {pack_digest(by.rules)}",
        f"{by.catalogue.version} {by.catalogue.digest}",
        None if by.policy_text is None else by.policy.digest,
    )
    accepted = in_force(store)
    text = tr("Judging {n} assets").format(n=grouped(estate.asset_count))
    with store.save_judgement(scan_id, header, estate=estate) as writer:
        try:
            summary = judge(
                estate,
                by.rules,
                by.policy,
                by.catalogue,
                by.as_of,
                writer,
                acceptances=accepted,
                with_passes=with_passes,
                progress=lambda done, total: progress(Step("judge", text, done, total)),
                cancelled=cancelled,
                opener=partial(_itself, estate),
                hands=hands,
            )
        except Cancelled:
            raise CancelledByUser from None
        judged = writer.finish(summary)
    owner = f"judgement:{judged.id}"
    if by.policy_text is not None:
        store.attach(owner, POLICY, by.policy_text)
    if by.packs:
        store.attach(owner, PACKS, msgspec.json.encode([str(p) for p in by.packs]))
    return judged


def _itself(estate: "StoreEstate") -> "StoreEstate":
    """An estate that was sent to a worker process has opened the store there by itself."""
    return estate


def report(
    store: "Store",
    judgement_id: int,
    paths: Iterable[Path],
    *,
    with_passes: bool = False,
    only: "set[tuple[str, str]] | None" = None,
    choice: "Choice | None" = None,
    sealing: "Sealing | None" = None,
    progress: Progress = silent,
) -> list[Path]:
    """Write reports of a stored judgement; returns their paths.

    The form follows the ending of each name. `choice` says what kind of report, in which language, of which scope, with
    what hidden; `sealing` signs or locks it. `only` limits findings to these pairs of rule and subject. Raises
    UnknownFormError, ChoiceError, SigningError or ReportNotWrittenError with a sentence for people.
    """
    from app.report import check_names
    from app.report.choice import Choice
    from app.report.produce import produce

    wanted = list(paths)
    check_names(wanted)
    chosen = choice or Choice(with_passes=with_passes)
    done: list[Path] = []
    for number, path in enumerate(wanted):
        progress(Step("report", tr("Writing {file}").format(file=path.name), number, len(wanted)))
        done.append(produce(store, judgement_id, path, chosen, sealing=sealing, only=only))
    return done


def yardstick_of(store: "Store", judgement_id: int) -> Yardstick:
    """What a stored judgement was judged by, from the policy kept with it and the rules of this program."""
    from app.edition.installed import current
    from rules.policy import Policy

    info = store.judgement(judgement_id)
    if info is None:
        raise KeyError(judgement_id)
    owner = f"judgement:{judgement_id}"
    catalogue = current()
    kept = store.attachment(owner, PACKS)
    packs = tuple(Path(p) for p in msgspec.json.decode(kept, type=list[str])) if kept else ()
    rules = _rules(tuple(p for p in packs if p.exists()), catalogue)
    text = store.attachment(owner, POLICY)
    policy = Policy.none() if text is None else Policy.parse(text, catalogue, info.header.as_of)
    return Yardstick(rules, catalogue, policy, info.header.as_of, text, packs)


def unread(store: "Store", scan_id: int) -> int:
    """How many coverage cells of a scan were not read."""
    return sum(not cell.status.read for cell in store.coverage(scan_id))
