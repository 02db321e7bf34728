"""Judging: rules over the assets, flows and relations of one scan, against a policy and the law of a day."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from rules.catalogue import Catalogue
from rules.estate import Estate
from rules.functions import Functions
from rules.gaps import Gaps
from rules.heap import seldom_searched
from rules.judgement import Acceptance, Decision, Finding, Severity, Sink, Summary, Verdict
from rules.movements import Movements
from rules.policy import Policy
from rules.portion import Some
from rules.program import Program
from rules.related import Records
from rules.rule import Rule, graded
from rules.sheets import Columns, Sheet
from rules.subjects import Pair, Subjects
from rules.verdicts import FAIL, VERDICTS, Verdicts
from rules.world import Cancelled, World

if TYPE_CHECKING:
    from rules.parallel import Crew, Hands

Progress = Callable[[int, int], None]
"""Called with how many of how many nodes were judged."""

EstateOpener = Callable[[], Estate]
"""Opens the same estate once more, in another process; must be picklable, and give nodes the same numbers."""

_BATCH: Final = 2000
_LARGE: Final = 30_000
"""From so many nodes on, more than one process pays."""


class Judging:
    """One process's part in a judgement: world, compiled rules, counters."""

    def __init__(
        self,
        world: World,
        rules: Sequence[Rule],
        acceptances: Iterable[Acceptance],
        with_passes: bool,
        late: bool = False,
    ) -> None:
        self.world = world
        rules = graded(rules, world.policy.severities)
        self.functions = Functions(world, Records(world, rules))
        present = {kind for node_kind in sorted(set(world.kinds)) if (kind := _kind_name(node_kind)) is not None}
        self.program = Program(rules, self.functions, present)
        self.verdicts = Verdicts(world, rules, acceptances, late)
        self.subjects = Subjects(world, self.program, self.functions, self.verdicts, with_passes)
        self.movements = Movements(world, self.program, self.functions, self.verdicts, with_passes)


def _kind_name(number: int) -> str | None:
    from rules.graph import EXTERNAL, KIND_NAMES

    return None if number == EXTERNAL else KIND_NAMES[number]


@seldom_searched()
def judge(
    estate: Estate,
    rules: Sequence[Rule],
    policy: Policy,
    catalogue: Catalogue,
    as_of: date,
    sink: Sink,
    *,
    acceptances: Iterable[Acceptance] = (),
    with_passes: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    workers: int = 1,
    opener: EstateOpener | None = None,
    hands: "Hands | None" = None,
) -> Summary:
    """Judge an estate: findings, flows and transfers go to `sink`, the counts of all verdicts are returned.

    The same input gives the same output in the same order, whatever the number of `workers` (processes, this one among
    them; more than one is used for large estates only, and needs `opener`). `hands` are processes that were started
    before, in place of `workers`; they serve one judgement. Raises Cancelled if `cancelled` says so.
    """
    accepted = tuple(acceptances)
    workers = workers if hands is None else hands.workers
    if workers < 2 or opener is None or estate.size < _LARGE:
        world = World(estate, policy, catalogue, as_of, cancelled=cancelled)
        return _judged(Judging(world, rules, accepted, with_passes), sink, progress, None)
    from rules.parallel import Crew, Hands, Job

    bare = [replace(rule, cases=()) for rule in rules]  # cases are of no use there, and large
    job = Job(opener, bare, policy, catalogue, as_of, accepted, with_passes)
    with hands or Hands(workers) as ready, Crew(job, estate, ready) as crew:
        world = World(estate, policy, catalogue, as_of, cancelled=cancelled, read=crew.read)
        crew.begin(world)
        return _judged(Judging(world, rules, accepted, with_passes), sink, progress, crew)


@seldom_searched()
def judge_world(world: World, rules: Sequence[Rule], sink: Sink, *, acceptances: Iterable[Acceptance] = ()) -> Summary:
    """Judge a world that was made before, as `judge` does, in this process. Flows are gone through where a rule is
    about them.

    With some of the rules only, verdicts are the same as with all where every rule that stands for one of them, or that
    one of them stands for, is there too.
    """
    main = Judging(world, rules, tuple(acceptances), False)
    return _judged(main, sink, None, None, flows=bool(main.program.by_flow))


@seldom_searched()
def judge_some(main: Judging, some: Some, sink: Sink, failed: Callable[[Pair], bool]) -> set[Pair]:
    """Judge some nodes of a world with the flows to and from them; returns the verdicts that these flows stand for.

    `failed` tells of the assets at the further ends of these flows, which are not judged, whether a rule fails there.
    What is in the result of such an asset is to be looked at once more. Gaps of accounts are no part of it. The flows
    are handed on as well.
    """
    suppressed: set[Pair] = set()
    met: set[Pair] = set()
    held: list[Finding] = []
    if main.program.by_flow:
        for flows, _, findings in main.movements.flows(suppressed, some):
            sink.flows(flows)
            sink.findings(findings)
    for sheet in main.subjects.assets(sorted(some.nodes), suppressed, met, held):
        sink.findings(sheet.findings())
    known = {(finding.rule, finding.asset or ""): finding for finding in held}
    own = set(main.world.estate.uids(some.nodes).values()) if main.subjects.for_flows else set[str]()
    for batch in main.movements.held(met, _Failures(known, own, failed)):
        sink.findings(batch)
    for batch in main.movements.relations(some.nodes):
        sink.findings(batch)
    sink.findings(held)
    return suppressed


class _Failures(dict[Pair, Finding]):
    """Failures on assets that were judged, and those known of others."""

    def __init__(self, judged: dict[Pair, Finding], own: set[str], failed: Callable[[Pair], bool]) -> None:
        super().__init__(judged)
        self._own = own
        self._failed = failed

    def __bool__(self) -> bool:
        return True

    def get(self, key: Pair, default: Any = None) -> Any:
        """The failure of a rule on an asset; one that is known from elsewhere is told without its reasons."""
        found = super().get(key)
        if found is None and key[1] not in self._own and self._failed(key):
            return Finding(key[0], Verdict.FAIL, Severity.INFO, key[1])
        return found if found is not None else default


def _judged(main: Judging, sink: Sink, progress: Progress | None, crew: "Crew | None", flows: bool = True) -> Summary:
    movements, world, rules = main.movements, main.world, main.verdicts.rules
    out = _Out(sink)
    suppressed: set[Pair] = set()
    for moving, transfers, findings in movements.flows(suppressed) if flows else ():
        if moving:
            sink.flows(moving)
        if transfers:
            sink.transfers(transfers)
        out.findings(findings)
    met: set[Pair] = set()
    held: list[Finding] = []
    size = world.estate.size
    gaps = Gaps(world, list(rules), main.functions).findings()
    if crew is None:
        batches = _judged_here(main, suppressed, met, held, progress)
    else:
        gaps = iter(list(gaps))  # now, as the other processes work: at the end they would wait for it
        batches = crew.assets(main, suppressed, met, held, progress)
    for sheet in batches:
        out.sheet(sheet)
    for batch in movements.held(met, {(finding.rule, finding.asset or ""): finding for finding in held}):
        out.findings(batch)
    for batch in movements.relations():
        out.findings(batch)
    out.findings(held)
    for number, finding in gaps:
        main.verdicts.count(number, finding)
        out.findings([finding])
    out.flush()
    if progress is not None:
        progress(size, size)
    return _summary(world.as_of, rules, main.verdicts)


def _judged_here(
    main: Judging, suppressed: set[Pair], met: set[Pair], held: list[Finding], progress: Progress | None
) -> Iterator[Sheet]:
    size = main.world.estate.size
    step = max(1000, size // 100 + 1)
    if progress is None or size <= step:
        yield from main.subjects.assets(range(size), suppressed, met, held)
        return
    for start in range(0, size, step):
        progress(start, size)
        yield from main.subjects.assets(range(start, min(start + step, size)), suppressed, met, held)


class _Out:
    """Hands findings on in batches."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._columns = sink if isinstance(sink, Columns) else None
        self._waiting: list[Finding] = []

    def findings(self, batch: list[Finding]) -> None:
        self._waiting += batch
        if len(self._waiting) >= _BATCH:
            self.flush()

    def sheet(self, sheet: Sheet) -> None:
        if self._columns is None:
            self.findings(sheet.findings())
        elif len(sheet):
            self.flush()
            self._columns.sheet(sheet)

    def flush(self) -> None:
        if self._waiting:
            self._sink.findings(self._waiting)
            self._waiting = []


def _summary(as_of: date, rules: Sequence[Rule], verdicts: Verdicts) -> Summary:
    """The counts of a judgement. `by_severity` counts failures, by severity after raising and lowering."""
    summary = Summary(as_of, {str(v): 0 for v in VERDICTS}, {str(s): 0 for s in Severity}, {}, {}, [])
    for rule, row, severities in zip(rules, verdicts.counts, verdicts.severities, strict=True):
        by_rule = {str(verdict): count for verdict, count in zip(VERDICTS, row, strict=True) if count}
        summary.by_rule[rule.id] = by_rule
        family = summary.by_family.setdefault(rule.family, {})
        for verdict, count in by_rule.items():
            summary.verdicts[verdict] += count
            family[verdict] = family.get(verdict, 0) + count
        for severity, count in severities.items():
            summary.by_severity[severity] += count
    summary.decisions = [
        Decision(name, waiting, tuple(sorted(rule for rule, waits in verdicts.waiting_rules[name].items() if waits)))
        for name, waiting in sorted(verdicts.waiting.items(), key=lambda item: (-item[1], item[0]))
        if waiting
    ]
    return summary


__all__ = ["FAIL", "Cancelled", "EstateOpener", "Judging", "Verdict", "judge", "judge_world"]
