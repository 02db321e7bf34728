"""The loop: rules over assets."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rules.condition import Unknown
from rules.derive import Record, record_of
from rules.functions import Functions
from rules.judgement import Finding, Severity, Verdict
from rules.program import CompiledCheck, KindProgram, Program
from rules.verdicts import NOT_APPLICABLE, PASS, Verdicts
from rules.world import World
from scanners.model import KINDS, Asset

Found = list[tuple[CompiledCheck, Finding]]
Pair = tuple[str, str]
"""Id of a rule and uid of an asset."""

WINS: Final = (Verdict.FAIL, Verdict.ACCEPTED)
Entry = tuple[Any, ...]
"""One check of the loop: itself, its quick form, that of its `where`, its counts, the decisions it waits for."""

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
        for batch in portions(
            self.world.estate.assets(None if len(programs) == len(KINDS) else set(programs), start, stop)
        ):
            self.world.stop_if_cancelled()
            findings: list[Finding] = []
            for node, asset, program in self._met(batch):
                record = record_of(self.world, asset, node, program.plan)
                place = record["loc"]
                account = self._account(program, record)
                pending: Found = []
                for compiled, fast, where, row, waits in loops[asset.kind]:
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
                if pending:
                    self._settle_asset(pending, replacing[asset.kind], asset.uid, suppressed, met, held, findings)
            if findings:
                yield findings

    def _met(self, batch: list[tuple[int, Asset]]) -> list[tuple[int, Asset, KindProgram]]:
        """The assets of a batch that rules apply to; what their conditions will walk to is fetched with one question."""
        programs, graph = self.program.by_kind, self.world.graph
        found: list[tuple[int, Asset, KindProgram]] = []
        wanted: list[int] = []
        for node, asset in batch:
            program = programs.get(asset.kind)
            if program is None:
                continue
            found.append((node, asset, program))
            if program.walks and not graph.alone(node):
                for direction, name in program.walks:
                    wanted += graph.targets(node, name) if direction == "targets" else graph.sources(node, name)[:500]
        if wanted:
            self.records.fetch(wanted)
        return found

    def _loop_entry(self, compiled: CompiledCheck) -> Entry:
        where: Any = None
        if compiled.where is not None:
            where = self.verdicts.undecided_where(compiled) or compiled.where.fast
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
