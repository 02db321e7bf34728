"""The loop: rules over assets."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rules.condition import Unknown
from rules.derive import Record, record_of
from rules.functions import Functions
from rules.judgement import Finding, Severity, Verdict
from rules.profiles import Entry, Lesson, Profile, profiles_of
from rules.program import CompiledCheck, KindProgram, Program
from rules.verdicts import NOT_APPLICABLE, PASS, Verdicts
from rules.world import World
from scanners.model import KINDS, Asset

Found = list[tuple[CompiledCheck, Finding]]
Pair = tuple[str, str]
"""Id of a rule and uid of an asset."""

WINS: Final = (Verdict.FAIL, Verdict.ACCEPTED)
LEAST: Final = 1 << 60
"""In an estate of fewer nodes no profiles are kept. Off: on 100,000 assets they were measured to gain nothing yet."""

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Loop:
    """One program over one world; makes findings and knows nothing of who takes them."""

    def __init__(self, world: World, program: Program, functions: Functions, verdicts: Verdicts, passes: bool) -> None:
        self.world = world
        self.program = program
        self.functions = functions
        self.verdicts = verdicts
        self.records = functions.records
        self.passes = passes
        rules = {rule.id: rule for rule in program.rules}
        self._replaces = {rule.id: rule.replaces for rule in program.rules}
        self._flow_rules = {c.rule.id for checks in program.by_flow.values() for c in checks}
        self._asset_rules = {c.rule.id for p in program.by_kind.values() for c in p.checks}
        # Rules over assets that stand for rules over flows, and the other way round.
        self.for_flows = {i for i in self._asset_rules if self._flow_rules.intersection(rules[i].replaces)}
        self.standing = [rules[i] for i in sorted(self.for_flows)]
        self.for_assets = {i for i in self._flow_rules if self._asset_rules.intersection(rules[i].replaces)}


class Subjects(Loop):
    """Rules over assets."""

    _kept: dict[str, Profile] | None = None

    def assets(
        self, start: int, stop: int, suppressed: set[Pair], met: set[Pair], held: list[Finding]
    ) -> Iterator[list[Finding]]:
        """Findings of assets from `start` up to `stop`, batch by batch.

        What is in `suppressed` is left out and noted in `met`. Failures of rules that stand for rules over flows go to
        `held`, until it is known which flows there are.
        """
        programs = self.program.by_kind
        replacing = {
            kind: any(set(c.rule.replaces) & {o.rule.id for o in p.checks} for c in p.checks)
            for kind, p in programs.items()
        }
        now, policy = self.world.today, self.world.variables
        loops = {kind: [self._loop_entry(c) for c in program.checks] for kind, program in programs.items()}
        profiles = self._profiles()
        for batch in portions(
            self.world.estate.assets(None if len(programs) == len(KINDS) else set(programs), start, stop)
        ):
            self.world.stop_if_cancelled()
            findings: list[Finding] = []
            for node, asset, program, entries, lesson in self._left(batch, loops, profiles):
                record = record_of(self.world, asset, node, program.plan)
                place = record["loc"]
                account = self._account(program, record)
                pending: Found = []
                for compiled, fast, where, row, waits in entries:
                    if where is not None:
                        try:
                            applies = where(record, place, account, policy, now)
                        except Exception:
                            variables = self._variables(record, place, account)
                            applies = compiled.where.test_exactly(variables)
                        if applies is not True:
                            if applies is False:
                                row[NOT_APPLICABLE] += 1
                                continue
                            variables = self._variables(record, place, account)
                            self._note(pending, compiled, variables, asset, node, applies, of_where=True)
                            continue
                    if waits:
                        found = self.verdicts.undecided(compiled, waits, asset=asset.uid)
                        pending.append((compiled, found))
                        continue
                    try:
                        failed = fast(record, place, account, policy, now)
                    except Exception:
                        failed = self.verdicts.result(compiled, self._variables(record, place, account))
                    if failed is False:
                        row[PASS] += 1
                        if self.passes:
                            findings.append(passed(compiled, asset=asset.uid))
                        continue
                    variables = self._variables(record, place, account)
                    self._note(pending, compiled, variables, asset, node, failed)
                if lesson is not None:
                    variables = self._variables(record, place, account)
                    profiles[asset.kind].learn(*lesson, entries, record, variables, (place, account, policy, now))
                if pending:
                    self._settle_asset(pending, replacing[asset.kind], asset.uid, suppressed, met, held, findings)
            if findings:
                yield findings
        for profile in profiles.values():
            profile.flush()

    def _left(
        self, batch: list[tuple[int, Asset]], loops: dict[str, list[Entry]], profiles: dict[str, Profile]
    ) -> list[tuple[int, Asset, KindProgram, list[Entry], Lesson | None]]:
        """What is left to do for a batch; what its conditions will walk to is fetched with one question."""
        programs, graph = self.program.by_kind, self.world.graph
        found: list[tuple[int, Asset, KindProgram, list[Entry], Lesson | None]] = []
        wanted: list[int] = []
        for node, asset in batch:
            kind = asset.kind
            if kind not in loops:
                continue
            entries, lesson = loops[kind], None
            profile = profiles.get(kind)
            if profile is not None:
                entries, lesson = profile.left(asset, node, entries)
                if not entries:
                    continue
            program = programs[kind]
            found.append((node, asset, program, entries, lesson))
            if program.walks and not graph.alone(node):
                for direction, name in {w for e in entries for w in e[0].walked}:
                    wanted += graph.targets(node, name) if direction == "targets" else graph.sources(node, name)[:500]
        if wanted:
            self.records.fetch(wanted)
        return found

    def _profiles(self) -> dict[str, Profile]:
        """Profiles by kind; none where passes are wanted one by one, or where they do not pay."""
        if self.passes or self.world.estate.size < LEAST:
            return {}
        if self._kept is None:
            self._kept = profiles_of(self.world, self.program.by_kind, self.functions, self.verdicts)
        return self._kept

    def _loop_entry(self, compiled: CompiledCheck) -> Entry:
        where = compiled.where.fast if compiled.where is not None else None
        row = self.verdicts.counts[compiled.number]
        return compiled, compiled.condition.fast, where, row, self.verdicts.needs(compiled.number)

    def _variables(self, record: Record, place: Record, account: Record | None) -> dict[str, Any]:
        variables: dict[str, Any] = {
            "asset": record,
            "location": place,
            "policy": self.world.variables,
            "now": self.world.today,
        }
        if account is not None:
            variables["account"] = account
        return variables

    def _account(self, program: KindProgram, record: Record) -> Record | None:
        if not program.account:
            return None
        return self.functions.aggregates.account_record(record["provider"], record["account"])

    def _note(
        self,
        pending: Found,
        compiled: CompiledCheck,
        variables: dict[str, Any],
        asset: Asset,
        node: int,
        result: bool | Unknown,
        of_where: bool = False,
    ) -> None:
        found = self.verdicts.finding(
            compiled, result, variables, node, of_where=of_where, asset=asset.uid, evidence=asset.evidence
        )
        pending.append((compiled, found))

    def _settle_asset(
        self,
        pending: Found,
        replacing: bool,
        uid: str,
        suppressed: set[Pair],
        met: set[Pair],
        held: list[Finding],
        findings: list[Finding],
    ) -> None:
        if replacing and len(pending) > 1:
            pending = without_replaced(pending)
        for compiled, finding in pending:
            if suppressed and (compiled.rule.id, uid) in suppressed:
                met.update((rule, uid) for rule in (compiled.rule.id, *finding.related))
                continue
            self.verdicts.count(compiled.number, finding)
            if compiled.rule.id in self.for_flows and finding.verdict in WINS:
                held.append(finding)
            else:
                findings.append(finding)


def portions(batches: Iterable[list[tuple[int, Asset]]]) -> Iterator[list[tuple[int, Asset]]]:
    """The same in smaller batches, the first ones very small: what is learnt in one serves those after it."""
    most = 16
    for batch in batches:
        at = 0
        while at < len(batch):
            yield batch[at : at + most]
            at += most
            most = min(2 * most, 1000)


def passed(compiled: CompiledCheck, **subject: Any) -> Finding:
    """A pass, where the caller wants them listed."""
    return Finding(compiled.rule.id, Verdict.PASS, Severity(compiled.severity), **subject)


def without_replaced(pending: Found) -> Found:
    """What is left on one subject when rules stand for others: a failure for everything, an unknown for unknowns.

    What stands for a rule stands for all that this rule would have stood for, and names it among `related`.
    """
    gone: set[str] = set()
    for compiled, finding in pending:
        if finding.rule in gone:
            continue
        related: list[str] = []
        standing = [compiled]
        for winner in standing:  # grows while it is walked
            for other_compiled, other in pending:
                if other.rule not in winner.rule.replaces or other.rule in related or other_compiled is compiled:
                    continue
                if finding.verdict in WINS or other.verdict is Verdict.NOT_CHECKED:
                    gone.add(other.rule)
                    related.append(other.rule)
                    standing.append(other_compiled)
                    if other.verdict is Verdict.FAIL and _RANK[other.severity] < _RANK[finding.severity]:
                        # What stands for a graver failure is as grave.
                        finding.severity, finding.potential = other.severity, other.potential
        if related:
            finding.related = (*finding.related, *related)
    return [(compiled, finding) for compiled, finding in pending if finding.rule not in gone]
