"""The loop: rules over assets."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import UNSET

from rules.condition import Unknown
from rules.derive import Record, record_of
from rules.functions import Functions
from rules.gates import Entry, Gates, Settled
from rules.graph import CLASS_NAMES, KIND_NUMBER
from rules.judgement import Finding, Severity, Verdict
from rules.program import CompiledCheck, KindProgram, Program
from rules.reading import POLICY, TAG
from rules.verdicts import NOT_APPLICABLE, PASS, Verdicts
from rules.world import SOURCES, World
from scanners.model import Asset

Found = list[tuple[CompiledCheck, Finding]]
Pair = tuple[str, str]
"""Id of a rule and uid of an asset."""

WINS: Final = (Verdict.FAIL, Verdict.ACCEPTED)

_OF_MORE: Final = frozenset({"account", "account.region"})
"""Kinds whose class is that of what lies in them."""

FEW: Final = 1_000
"""Of fewer subjects each is judged by itself: to find out what they have alike would take longer."""

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

    def _entry(self, compiled: CompiledCheck) -> Entry:
        where: Any = None
        if compiled.where is not None:
            where = self.verdicts.undecided_where(compiled) or compiled.where.fast
        row = self.verdicts.counts[compiled.number]
        return compiled, compiled.condition.fast, where, row, self.verdicts.needs(compiled.number)


class Subjects(Loop):
    """Rules over assets."""

    def assets(
        self, nodes: Sequence[int], suppressed: set[Pair], met: set[Pair], held: list[Finding]
    ) -> Iterator[list[Finding]]:
        """Findings of the assets among these nodes, which ascend, batch by batch.

        What is in `suppressed` is left out and noted in `met`. Failures of rules that stand for rules over flows go to
        `held`, until it is known which flows there are.
        """
        programs = self.program.by_kind
        replacing = {
            kind: any(set(c.rule.replaces) & {o.rule.id for o in p.checks} for c in p.checks)
            for kind, p in programs.items()
        }
        now, policy = self.world.today, self.world.variables
        groups = self._groups(nodes)
        left = array("i", (node for node, group in zip(nodes, groups, strict=True) if group is not None and group.rest))
        rests = iter([group for group in groups if group is not None and group.rest])
        for batch in self.world.estate.chosen(left):
            self.world.stop_if_cancelled()
            findings: list[Finding] = []
            theirs = list(islice(rests, len(batch)))
            self._fetch(batch, theirs)
            for (node, asset), group in zip(batch, theirs, strict=True):
                program = programs[asset.kind]
                record = record_of(self.world, asset, node, program.plan)
                place = record["loc"]
                account = self._account(program, record)
                pending: Found = []
                for compiled, fast, where, row, waits in group.rest:
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
        for group in {id(g): g for g in groups if g is not None}.values():
            group.flush()

    def _groups(self, nodes: Sequence[int]) -> list[Settled | None]:
        """For each of these nodes what is settled for its like; None where no rule is about it."""
        world = self.world
        loops = {kind: [self._entry(c) for c in program.checks] for kind, program in self.program.by_kind.items()}
        gates: dict[int, Gates] = {}
        whole: dict[int, Settled] = {}
        for kind, entries in loops.items():
            number = KIND_NUMBER[kind]
            if self.passes or kind in _OF_MORE or len(nodes) < FEW:
                whole[number] = Settled([], entries)
            else:
                gates[number] = Gates(kind, entries)
        settled: dict[tuple[int, ...], Settled] = {}
        accounts = self._accounts()
        marks = self._marks()
        alike = self.functions.register.says_alike
        parts = world.tables.parts
        found: list[Settled | None] = []
        for node in nodes:
            kind = world.kinds[node]
            if kind not in gates:
                found.append(whole.get(kind))
                continue
            level = world.classes[node]
            key = (
                kind,
                level,
                world.ancestors[node],
                world.place_of[node],
                accounts[world.account_of[node]],
                world.class_sources[node],
                -1 if node in parts else marks[world.said[node]],
            )
            group = settled.get(key)
            if group is None:
                group = settled[key] = gates[kind].settled(self._alike(node, node in parts), alike(level))
            group.times += 1
            found.append(group)
        return found

    def _accounts(self) -> list[int]:
        """For each account a number: equal where provider and region guardrails are. The last one stands for none."""
        known = self.functions.aggregates.known_guardrail
        keys = self.world.tables.account_keys
        numbers: dict[tuple[str, bool], int] = {}
        return [*(numbers.setdefault((p, known(a, "region")), len(numbers)) for p, a in keys), -1]

    def _marks(self) -> list[int]:
        """For each classification a number: equal where it says the same of being critical and has a class or none."""
        numbers: dict[tuple[str, bool], int] = {}
        said = [(repr(c.critical), c.dc is None) for c in self.world.classifications]
        return [*(numbers.setdefault(s, len(numbers)) for s in said), -1]

    def _alike(self, node: int, part: bool) -> dict[str, Any]:
        """What all assets of the kind, class and place of this one have alike, as conditions see it."""
        world = self.world
        place, account = world.place(node), world.account(node)
        record: Record = {"kind": world.kind(node), "loc": place, "@n": node}
        if account is not None:
            record["provider"], record["account"] = account
        critical = world.classifications[world.said[node]].critical if world.said[node] >= 0 else UNSET
        if not part and critical is not UNSET:
            record["critical"] = critical
        if world.class_sources[node] in (TAG, POLICY):  # otherwise it depends on whether tags were read
            record["dc_source"] = SOURCES[world.class_sources[node]]
        name = CLASS_NAMES[world.classes[node]]
        if name is not None:
            record["dc"] = name
        return {"asset": record, "location": place, "policy": world.variables}

    def _fetch(self, batch: list[tuple[int, Asset]], groups: list[Settled]) -> None:
        """What the conditions about a batch will walk to, with one question."""
        graph = self.world.graph
        wanted: list[int] = []
        for (node, _), group in zip(batch, groups, strict=True):
            if group.walks and not graph.alone(node):
                for direction, name in group.walks:
                    wanted += graph.targets(node, name) if direction == "targets" else graph.sources(node, name)[:500]
        if wanted:
            self.records.fetch(wanted)

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
