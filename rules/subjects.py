"""The loops: rules over assets, over flows and over relations."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from rules.condition import Unknown
from rules.derive import Record, Records, record_of
from rules.flows import Path, account_of, flow_id, flow_of, paths, record_of_path
from rules.functions import Functions
from rules.graph import TYPE_NUMBER
from rules.judgement import Finding, Flow, Transfer, Verdict
from rules.program import CompiledCheck, KindProgram, Program
from rules.rule import Rule
from rules.verdicts import NOT_APPLICABLE, NOT_CHECKED, PASS, Verdicts
from rules.world import World
from scanners.model import KINDS

Found = list[tuple[CompiledCheck, Finding]]
Pair = tuple[str, str]
"""Id of a rule and uid of an asset."""

_WINS: Final = (Verdict.FAIL, Verdict.ACCEPTED)
_EDGE_FIELDS: Final = ("delete_propagation", "role", "continuous", "content_logged", "enabled")


class Subjects:
    """Runs one program over one world and makes findings; knows nothing of who takes them."""

    def __init__(self, world: World, program: Program, functions: Functions, verdicts: Verdicts, passes: bool) -> None:
        self.world = world
        self.program = program
        self.functions = functions
        self.verdicts = verdicts
        self.records = functions.records
        self.passes = passes
        rules = {rule.id: rule for rule in program.rules}
        self._flow_rules = {c.rule.id for checks in program.by_flow.values() for c in checks}
        self._asset_rules = {c.rule.id for p in program.by_kind.values() for c in p.checks}
        # Rules over assets that stand for rules over flows, and the other way round.
        self.for_flows = {i for i in self._asset_rules if self._flow_rules.intersection(rules[i].replaces)}
        self.for_assets = {i for i in self._flow_rules if self._asset_rules.intersection(rules[i].replaces)}

    # -- assets

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
        counts = self.verdicts.counts
        for batch in self.world.estate.assets(None if len(programs) == len(KINDS) else set(programs), start, stop):
            self.world.stop_if_cancelled()
            self._fetch_walks(batch, programs)
            findings: list[Finding] = []
            for node, asset in batch:
                program = programs.get(asset.kind)
                if program is None:
                    continue
                record = record_of(self.world, asset, node, program.plan)
                place = record["loc"]
                account = self._account(program, record)
                pending: Found = []
                for compiled, fast, where, row, waits in loops[asset.kind]:
                    if where is not None:
                        try:
                            applies = where(record, place, account, policy, now)
                        except Exception:
                            applies = self._exactly(compiled, record, place, account, where=True)
                        if applies is not True:
                            if applies is False:
                                row[NOT_APPLICABLE] += 1
                                continue
                            self._note(pending, compiled, record, place, account, asset.evidence, node, applies)
                            continue
                    if waits:
                        found = self.verdicts.undecided(compiled, waits, asset=asset.uid)
                        pending.append((compiled, found))
                        continue
                    try:
                        failed = fast(record, place, account, policy, now)
                    except Exception:
                        failed = self._exactly(compiled, record, place, account)
                    if failed is False:
                        row[PASS] += 1
                        if self.passes:
                            findings.append(_passed(compiled, asset=asset.uid))
                        continue
                    self._note(pending, compiled, record, place, account, asset.evidence, node, failed)
                if pending:
                    self._settle_asset(pending, replacing[asset.kind], asset.uid, suppressed, met, held, findings)
            if findings:
                yield findings
        self.verdicts.counts = counts

    def _loop_entry(self, compiled: CompiledCheck) -> tuple[Any, ...]:
        where = compiled.where.fast if compiled.where is not None else None
        row = self.verdicts.counts[compiled.number]
        return compiled, compiled.condition.fast, where, row, self.verdicts.needs(compiled.number)

    def _exactly(
        self, compiled: CompiledCheck, record: Record, place: Record, account: Record | None, where: bool = False
    ) -> bool | Unknown:
        condition = compiled.where if where and compiled.where is not None else compiled.condition
        return condition.test_exactly(self._variables(record, place, account))

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
        record: Record,
        place: Record,
        account: Record | None,
        evidence: tuple[str, ...],
        node: int,
        result: bool | Unknown,
    ) -> None:
        variables = self._variables(record, place, account)
        found = self.verdicts.finding(compiled, result, variables, node, asset=record["uid"], evidence=evidence)
        pending.append((compiled, found))

    def _fetch_walks(self, batch: list[tuple[int, Any]], programs: dict[str, KindProgram]) -> None:
        """Fetch with one question what the conditions of a batch will walk to."""
        graph = self.world.graph
        wanted: list[int] = []
        for node, asset in batch:
            program = programs.get(asset.kind)
            if program is None or not program.walks or graph.alone(node):
                continue
            for direction, name in program.walks:
                wanted += graph.targets(node, name) if direction == "targets" else graph.sources(node, name)[:500]
        if wanted:
            self.records.fetch(wanted)

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
            pending = _without_replaced(pending)
        for compiled, finding in pending:
            if suppressed and (compiled.rule.id, uid) in suppressed:
                met.add((compiled.rule.id, uid))
                continue
            self.verdicts.count(compiled.number, finding)
            if compiled.rule.id in self.for_flows and finding.verdict in _WINS:
                held.append(finding)
            else:
                findings.append(finding)

    # -- flows

    def suppressed_assets(self) -> set[Pair]:
        """Rules over assets that a failing rule over a flow to that asset stands for."""
        found: set[Pair] = set()
        if not self.for_assets:
            return found
        kinds = {
            kind: [c for c in checks if c.rule.id in self.for_assets] for kind, checks in self.program.by_flow.items()
        }
        for batch in paths(self.world, self.records):
            wanted = [path for path in batch if kinds.get(path.kind)]
            self._fetch_ends(wanted)
            for path in wanted:
                variables = self._flow_variables(path, flow_of(self.world, path))
                for compiled in kinds[path.kind]:
                    if self.verdicts.needs(compiled.number) or self._applies(compiled, variables) is not True:
                        continue
                    if compiled.condition.test(variables) is True:
                        found |= {(other, path.target_uid) for other in compiled.rule.replaces if other in self._asset_rules}
        return found

    def flows(
        self, met: set[Pair], failed_assets: dict[Pair, Finding]
    ) -> Iterator[tuple[list[Flow], list[Transfer], list[Finding]]]:
        """Every flow once, with its transfers and the findings on it.

        `met` are the verdicts on assets that flows stand for; `failed_assets` the failures on assets that stand for
        rules over flows: those get the names of what they stand for.
        """
        seen: set[str] = set()
        for batch in paths(self.world, self.records):
            flows: list[Flow] = []
            transfers: list[Transfer] = []
            findings: list[Finding] = []
            judged = [path for path in batch if self.program.by_flow.get(path.kind)]
            self._fetch_ends(judged)
            for path in batch:
                flow = flow_of(self.world, path)
                if flow.id in seen:
                    continue
                seen.add(flow.id)
                flows.append(flow)
                source, level = self.world.place(path.source), self.world.classes[path.source]
                account = account_of(self.world, self.records, path)
                transfers += self.functions.register.transfers(flow, source, path.target_place, account, level)
                checks = self.program.by_flow.get(path.kind)
                if checks:
                    findings += self._flow(path, flow, checks, met, failed_assets)
            yield flows, transfers, findings

    def _fetch_ends(self, batch: Iterable[Path]) -> None:
        wanted: list[int] = []
        for path in batch:
            wanted.append(path.source)
            if path.target >= 0:
                wanted.append(path.target)
        if wanted:
            self.records.fetch(wanted)

    def _flow_variables(self, path: Path, flow: Flow) -> dict[str, Any]:
        return {
            "flow": record_of_path(self.world, self.records, path, flow),
            "policy": self.world.variables,
            "now": self.world.today,
        }

    def _applies(self, compiled: CompiledCheck, variables: dict[str, Any]) -> bool | Unknown:
        return True if compiled.where is None else compiled.where.test(variables)

    def _flow(
        self,
        path: Path,
        flow: Flow,
        checks: list[CompiledCheck],
        met: set[Pair],
        failed_assets: dict[Pair, Finding],
    ) -> list[Finding]:
        variables = self._flow_variables(path, flow)
        pending, findings = self._judged(
            checks, variables, path.source, {"flow": flow.id, "evidence": path.evidence}
        )
        if len(pending) > 1:
            pending = _without_replaced(pending)
        for compiled, finding in pending:
            winner = self._winner(compiled.rule, flow, failed_assets)
            if winner is not None:
                if compiled.rule.id not in winner.related:
                    winner.related = (*winner.related, compiled.rule.id)
                continue
            if met:
                related = tuple(other for other in compiled.rule.replaces if (other, flow.target) in met)
                finding.related = (*finding.related, *(r for r in related if r not in finding.related))
            self.verdicts.count(compiled.number, finding)
            findings.append(finding)
        return findings

    def _winner(self, rule: Rule, flow: Flow, failed_assets: dict[Pair, Finding]) -> Finding | None:
        """The failure on either end of a flow that stands for this rule."""
        if not failed_assets:
            return None
        for other in self.for_flows:
            for uid in (flow.source, flow.target):
                found = failed_assets.get((other, uid))
                if found is not None and rule.id in self._replaces(other):
                    return found
        return None

    def _replaces(self, rule_id: str) -> tuple[str, ...]:
        return next((rule.replaces for rule in self.program.rules if rule.id == rule_id), ())

    def _judged(
        self, checks: list[CompiledCheck], variables: dict[str, Any], node: int, subject: dict[str, Any]
    ) -> tuple[Found, list[Finding]]:
        """Verdicts of several checks on one flow or relation: what is not a pass, and the passes if they are wanted."""
        pending: Found = []
        passes: list[Finding] = []
        named = {k: v for k, v in subject.items() if k != "evidence"}
        for compiled in checks:
            row = self.verdicts.counts[compiled.number]
            result = self._applies(compiled, variables)
            if result is False:
                row[NOT_APPLICABLE] += 1
                continue
            waits = self.verdicts.needs(compiled.number)
            if result is True and waits:
                pending.append((compiled, self.verdicts.undecided(compiled, waits, **named)))
                continue
            if result is True:
                result = compiled.condition.test(variables)
            if result is False:
                row[PASS] += 1
                if self.passes:
                    passes.append(_passed(compiled, **named))
                continue
            pending.append((compiled, self.verdicts.finding(compiled, result, variables, node, **subject)))
        return pending, passes

    # -- relations

    def relations(self) -> Iterator[list[Finding]]:
        """Findings on relations: one for each rule and source, the worst of the verdicts on its relations."""
        wanted = {TYPE_NUMBER[name]: checks for name, checks in self.program.by_relation.items()}
        if not wanted:
            return
        graph = self.world.graph
        for node in sorted({graph.source[edge] for edge, type_ in enumerate(graph.type) if type_ in wanted}):
            if self.world.kind(node) is None:
                continue
            self.world.stop_if_cancelled()
            worst: dict[int, Finding] = {}
            passed: dict[int, CompiledCheck] = {}
            checks_met: dict[int, CompiledCheck] = {}
            for type_, checks in wanted.items():
                for edge in graph.out(node, type_):
                    before = [list(row) for row in (self.verdicts.counts[c.number] for c in checks)]
                    pending, passes = self._relation(edge, checks)
                    for compiled, row in zip(checks, before, strict=True):
                        if self.verdicts.counts[compiled.number][PASS] > row[PASS]:
                            passed[compiled.number] = compiled
                        self.verdicts.counts[compiled.number][PASS] = row[PASS]
                    for compiled, finding in pending:
                        checks_met[compiled.number] = compiled
                        known = worst.get(compiled.number)
                        if known is None or (known.verdict is Verdict.NOT_CHECKED and finding.verdict in _WINS):
                            worst[compiled.number] = finding
                    del passes
            findings = [worst[number] for number in sorted(worst)]
            for number in sorted(worst):
                self.verdicts.count(number, worst[number])
            for number, compiled in sorted(passed.items()):
                if number not in worst:
                    self.verdicts.counts[number][PASS] += 1
                    if self.passes:
                        findings.append(_passed(compiled, asset=self.world.estate.uid(node)))
            if findings:
                yield findings

    def _relation(self, edge: int, checks: list[CompiledCheck]) -> tuple[Found, list[Finding]]:
        graph, world = self.world.graph, self.world
        source, target = graph.source[edge], graph.target[edge]
        name = next(n for n, number in TYPE_NUMBER.items() if number == graph.type[edge])
        attributes = graph.attributes.get(edge, {})
        path = Path("replication", source, target, world.estate.uid(target), world.place(target), (), attributes)
        flow = flow_of(world, path)
        record = {**record_of_path(world, self.records, path, flow), "type": name}
        record["id"] = flow_id(name, flow.source, flow.target)
        record.pop("kind", None)
        evidence = (graph.evidence[edge],) if edge in graph.evidence else ()
        variables = {"relation": record, "flow": record, "policy": world.variables, "now": world.today}
        return self._judged(checks, variables, source, {"asset": flow.source, "evidence": evidence})


def _passed(compiled: CompiledCheck, **subject: Any) -> Finding:
    from rules.judgement import Severity

    return Finding(compiled.rule.id, Verdict.PASS, Severity(compiled.severity), **subject)


def _without_replaced(pending: Found) -> Found:
    """What is left on one subject when rules stand for others: a failure for everything, an unknown for unknowns."""
    gone: set[str] = set()
    for compiled, finding in pending:
        if finding.rule in gone:
            continue
        related: list[str] = []
        for other_compiled, other in pending:
            if other.rule in compiled.rule.replaces and other_compiled is not compiled:
                if finding.verdict in _WINS or other.verdict is Verdict.NOT_CHECKED:
                    gone.add(other.rule)
                    related.append(other.rule)
        if related:
            finding.related = (*finding.related, *related)
    return [(compiled, finding) for compiled, finding in pending if finding.rule not in gone]


__all__ = ["NOT_CHECKED", "Callable", "Records", "Subjects"]
