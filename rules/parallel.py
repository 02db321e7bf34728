"""Assets read and judged in several processes: each opens the estate for itself and takes ranges of nodes.

What holds for the whole estate (classes, places, relations) is worked out once and handed over in a private file.
Findings come back in the order of the nodes, so the result is that of a single process. The process that starts the
others is one of them: it takes the last of the ranges that nobody has begun whenever it would have to wait. Who has
begun a range is marked in memory that all share: a pool hands its processes ranges before they begin them, and does not
take them back.
"""

import os
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from datetime import date
from importlib import import_module
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.util import Finalize
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

from rules.catalogue import Catalogue
from rules.estate import Estate, Known, Remembering
from rules.heap import seldom_searched
from rules.judgement import Acceptance, Finding
from rules.packed import Packed, pack, unpacked
from rules.policy import Policy
from rules.reading import Assets, Joined, Terms, read_assets
from rules.rule import Rule
from rules.sheets import Sent, Sheet, received, sent
from rules.world import Tables, World

if TYPE_CHECKING:
    from rules.engine import Judging

_RANGE: Final = 5_000
_MOST_RANGES: Final = 10_000
_PASSES: Final = 2
"""How often the assets are gone through: read, and judged."""

_LAST: Final = -1000
"""After everything else that a process does when it ends."""

_PATIENCE: Final = 5.0
"""Seconds after which it is looked whether the other process is still there."""

_AHEAD: Final = 1000
"""Ranges for each worker that may be under way: bounds what waits in memory, some megabytes for each hundred. While the
first process goes through the flows of a million assets, nobody hands out more, so it must be enough for the others."""


class Job(NamedTuple):
    """What a process needs from the start."""

    opener: Callable[[], Estate]
    rules: Sequence[Rule]
    policy: Policy
    catalogue: Catalogue | None  # None: the one that comes with the program
    as_of: date
    acceptances: tuple[Acceptance, ...]
    with_passes: bool


class Part(NamedTuple):
    """What one range gave: findings, fit to be sent, and what was counted."""

    known: Known
    findings: Sent
    held: Packed
    met: list[tuple[str, str]]
    counts: list[list[int]]
    severities: list[dict[str, int]]
    waiting: dict[str, int]
    waiting_rules: dict[str, dict[str, int]]


class _Here(NamedTuple):
    """What one range gave, as objects; what was counted has been added. `known`: the assets that `held` is about."""

    known: Known
    findings: Sheet
    held: list[Finding]
    met: list[tuple[str, str]]


class _Marks(Protocol):
    """A number for each range: who has it. Two processes that reach for the same one at once may both do it; the result
    is the same, and only one is used."""

    def __getitem__(self, at: int, /) -> int: ...
    def __setitem__(self, at: int, value: int, /) -> None: ...


_FREE, _BEGUN, _TAKEN = range(3)
_state: dict[str, Any] = {}  # of a worker process: the job, the estate, and its part of the judgement


def _start(marks: _Marks) -> None:
    # Giving every object back one by one would take a second that the starting process waits for.
    Finalize(None, os._exit, (0,), exitpriority=_LAST)
    _state["marks"] = marks


def _awake() -> None:
    """Load what will be needed; by the time there is work, the process has started."""
    import_module("rules.engine")


def _begun(job_file: Path, mark: int) -> bool:
    """Whether this process has this range from now on."""
    marks: _Marks = _state["marks"]
    if marks[mark] == _TAKEN:
        return False
    marks[mark] = _BEGUN
    if "job" not in _state:
        try:
            with job_file.open("rb") as stream:
                job: Job = pickle.load(stream)  # noqa: S301 - the parent process wrote it a moment ago
        except FileNotFoundError:  # everything was done before this process was ready
            os._exit(0)
        _state["estate"] = job.opener()
        _state["job"] = job
    return True


@seldom_searched()
def _read(
    job_file: Path, assessed: frozenset[str], tagged: bool, neutral: int, mark: int, start: int, stop: int
) -> Assets | None:
    if not _begun(job_file, mark):
        return None
    job: Job = _state["job"]
    return read_assets(_state["estate"], Terms(job.policy, assessed, tagged, neutral), start, stop)


@seldom_searched()
def _run(job_file: Path, tables_file: Path, mark: int, start: int, stop: int) -> Part | None:
    if not _begun(job_file, mark):
        return None
    if "judging" not in _state:
        _prepare(tables_file)
    judging: Judging = _state["judging"]
    verdicts = judging.verdicts
    verdicts.reset()
    known, findings, held, met = _here(judging, start, stop)
    return Part(
        known,
        sent(findings),
        pack(held, known),
        met,
        verdicts.counts,
        verdicts.severities,
        verdicts.waiting,
        verdicts.waiting_rules,
    )


def _here(main: "Judging", start: int, stop: int) -> _Here:
    """Judge a range in this process."""
    estate = main.world.estate
    met: set[tuple[str, str]] = set()
    held: list[Finding] = []
    findings = Sheet(estate)
    known: Known = {}
    before = 0
    for sheet in main.subjects.assets(range(start, stop), set(), met, held):
        findings.join(sheet)
        if len(held) > before and isinstance(estate, Remembering):
            recent = estate.recent()  # what it gave out first is forgotten before the range is done
            about = {finding.asset for finding in held[before:]}
            known.update((uid, recent[uid]) for uid in about if uid is not None and uid in recent)
        before = len(held)
    return _Here(known, findings, held, sorted(met))


def _prepare(tables_file: Path) -> None:
    from rules.engine import Judging

    job: Job = _state["job"]
    with tables_file.open("rb") as stream:
        tables: Tables = pickle.load(stream)  # noqa: S301 - the parent process wrote it a moment ago
    world = World(_state["estate"], job.policy, job.catalogue or Catalogue.load(), job.as_of, tables)
    _state["judging"] = Judging(world, job.rules, job.acceptances, job.with_passes)


def _written(thing: Any, suffix: str) -> Path:
    """A private file that holds something for other processes."""
    with tempfile.NamedTemporaryFile(prefix="situs-", suffix=suffix, delete=False) as stream:
        pickle.dump(thing, stream, pickle.HIGHEST_PROTOCOL)
    return Path(stream.name)


class _Range:
    """Some nodes, and what came of them: given by another process, or worked out here."""

    def __init__(self, start: int, stop: int, future: "Future[Any]", marks: _Marks, mark: int) -> None:
        self.start = start
        self.stop = stop
        self.future: Future[Any] | None = future
        self.found: Any = None
        self._marks = marks
        self._mark = mark

    def done(self) -> bool:
        """Whether nobody has to wait for it."""
        return self.future is None or self.future.done()

    def taken(self, here: Callable[[int, int], Any]) -> bool:
        """Work it out here, unless another process has begun with it; whether that was done."""
        if self.future is None or self._marks[self._mark] != _FREE or self.future.done():
            return False
        self._marks[self._mark] = _TAKEN
        self.future.cancel()
        self.future, self.found = None, here(self.start, self.stop)
        return True

    def result(self, here: Callable[[int, int], Any], lost: Callable[[], bool]) -> Any:
        """What came of it; waits for it. Where the other process died (no memory, a virus scanner), it is done here.

        `lost` tells whether it did: Python before 3.12 forgets to say so of what is taken back at that moment.
        """
        if self.future is None:
            return self.found
        while True:
            try:
                return self.future.result(_PATIENCE)
            except BrokenExecutor:
                return here(self.start, self.stop)
            except TimeoutError:
                if self.future.done():
                    return self.future.result()
                if lost():
                    return here(self.start, self.stop)


class Hands:
    """Processes that are started before it is known what there is to judge: that takes as long as opening an estate.

    Close them by leaving the `with` block. Where none can be started, `submit` of the pool says so.
    """

    def __init__(self, workers: int) -> None:
        # Forking copies locks that other threads hold, and Windows has none: every platform starts afresh.
        spawning = get_context("spawn")
        self.workers = workers
        self.marks: _Marks = spawning.RawArray("b", _PASSES * _MOST_RANGES)
        self.pool = ProcessPoolExecutor(workers - 1, spawning, _start, (self.marks,))
        with suppress(BrokenExecutor, OSError):
            self.pool.submit(_awake)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)


class Crew:
    """The processes of one judgement, `hands` and this one; close it by leaving its `with` block."""

    def __init__(self, job: Job, estate: Estate, hands: Hands) -> None:
        default = job.catalogue is Catalogue.load()
        self._estate = estate
        self._size = estate.size
        self._step = max(_RANGE, -(-self._size // _MOST_RANGES))
        self._ahead = hands.workers * _AHEAD
        self._pool, self._marks, self._marked = hands.pool, hands.marks, count()
        # By file: one who starts a process that dies at once would wait for ever to hand over more than a pipe holds.
        self._job_file = _written(job._replace(catalogue=None) if default else job, ".job")
        self._files = [self._job_file]
        self._parts: Iterator[tuple[int, Any]] = iter(())
        self._main: Judging  # from when its results are asked for

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for file in self._files:
            file.unlink(missing_ok=True)

    def _lost(self) -> bool:
        try:
            self._pool.submit(int)
        except (BrokenExecutor, OSError):
            return True
        return False

    def _ranges(
        self, submit: Callable[[int, int, int], "Future[Any]"], here: Callable[[int, int], Any]
    ) -> Iterator[tuple[int, Any]]:
        """End and result of every range, in order, with a bounded number under way; the first are so at once."""
        waiting: deque[_Range] = deque()
        step = self._step
        stops = iter([*range(step, self._size, step), self._size])

        def more() -> None:
            for stop in islice(stops, self._ahead - len(waiting)):
                start, mark = (stop - 1) // step * step, next(self._marked)
                try:
                    future = submit(mark, start, stop)
                except (BrokenExecutor, OSError) as error:  # died before, or cannot be started at all
                    future = Future[Any]()
                    future.set_exception(BrokenExecutor(str(error)))
                waiting.append(_Range(start, stop, future, self._marks, mark))

        def results() -> Iterator[tuple[int, Any]]:
            while waiting:
                while not waiting[0].done() and any(one.taken(here) for one in reversed(waiting)):
                    pass
                first = waiting.popleft()
                found = first.result(here, self._lost)
                more()
                yield first.stop, found

        more()
        return results()

    def read(self, terms: Terms) -> Callable[[], Assets]:
        """Begin to read the assets; what is returned waits for the result."""
        parts = self._ranges(
            lambda mark, start, stop: self._pool.submit(
                _read, self._job_file, terms.assessed, terms.tagged, terms.neutral, mark, start, stop
            ),
            lambda start, stop: read_assets(self._estate, terms, start, stop),
        )

        def finish() -> Assets:
            joined = Joined()
            for _, part in parts:
                joined.add(part)
            return joined.result()

        return finish

    def begin(self, world: World) -> None:
        """Have the processes judge assets from now on, while this one gets ready and goes through flows."""
        file = _written(world.tables, ".tables")
        self._files.append(file)
        self._parts = self._ranges(
            lambda mark, start, stop: self._pool.submit(_run, self._job_file, file, mark, start, stop),
            lambda start, stop: _here(self._main, start, stop),
        )

    def assets(
        self,
        main: "Judging",
        suppressed: set[tuple[str, str]],
        met: set[tuple[str, str]],
        held: list[Finding],
        progress: Callable[[int, int], None] | None,
    ) -> Iterator[Sheet]:
        """Findings of all assets, in order of node; counts are added to those of `main`.

        The processes did not know yet which verdicts flows stand for: those in `suppressed` are taken out again here.
        """
        self._main = main
        numbers = {rule.id: number for number, rule in enumerate(main.verdicts.rules)}
        about = {uid for _, uid in suppressed}
        nodes = frozenset(self._estate.nodes(about).values())

        def stood_for(finding: Finding) -> bool:
            return (finding.rule, finding.asset) in suppressed

        def uncounted(gone: list[Finding]) -> None:
            for finding in gone:
                main.verdicts.count(numbers[finding.rule], finding, -1)
                met.update((rule, finding.asset or "") for rule in (finding.rule, *finding.related))

        for stop, part in self._parts:
            main.world.stop_if_cancelled()
            if isinstance(part, Part):
                main.verdicts.add(part.counts, part.severities, part.waiting, part.waiting_rules)
                there = received(part.findings, self._estate)
                part = _Here(part.known, there, unpacked(part.held, part.known), part.met)
            if isinstance(self._estate, Remembering):
                self._estate.learn(part.known)
            met.update(part.met)
            uncounted([finding for finding in part.held if stood_for(finding)])
            held += [finding for finding in part.held if not stood_for(finding)]
            findings, gone = part.findings.without(nodes, stood_for)
            uncounted(gone)
            if progress is not None:
                progress(stop, self._size)
            yield findings
