"""The loops: rules over flows and over relations."""

from collections.abc import Iterator
from typing import Any

from rules.condition import Unknown
from rules.flows import Path, account_of, flow_id, flow_of, paths, record_of_path
from rules.graph import TYPE_NUMBER, TYPES
from rules.judgement import Finding, Flow, Transfer, Verdict
from rules.program import CompiledCheck
from rules.rule import Rule
from rules.subjects import WINS, Found, Loop, Pair, passed, without_replaced
from rules.verdicts import NOT_APPLICABLE, PASS


class Movements(Loop):
    """Rules over flows and relations of one estate."""

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
            for path in wanted:
                variables = self._flow_variables(path, flow_of(self.world, self.records, path))
                for compiled in kinds[path.kind]:
                    if self.verdicts.needs(compiled.number) or self._applies(compiled, variables) is not True:
                        continue
                    if compiled.condition.test(variables) is True:
                        found |= {
                            (other, path.target_uid) for other in compiled.rule.replaces if other in self._asset_rules
                        }
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
            for path in batch:
                flow = flow_of(self.world, self.records, path)
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
        pending, findings = self._judged(checks, variables, path.source, {"flow": flow.id, "evidence": path.evidence})
        if len(pending) > 1:
            pending = without_replaced(pending)
        for compiled, finding in pending:
            winner = self._winner(compiled.rule, flow, failed_assets) if finding.verdict in WINS else None
            if winner is not None:
                named = (compiled.rule.id, *finding.related)
                winner.related = (*winner.related, *(rule for rule in named if rule not in winner.related))
                continue
            if met:
                related = [other for other in compiled.rule.replaces if (other, flow.target) in met]
                for rule in related:  # and what these would have stood for; grows while it is walked
                    more = self._replaces.get(rule, ())
                    related += [r for r in more if r not in related and (r, flow.target) in met]
                finding.related = (*finding.related, *(r for r in related if r not in finding.related))
            self.verdicts.count(compiled.number, finding)
            findings.append(finding)
        return findings

    def _winner(self, rule: Rule, flow: Flow, failed_assets: dict[Pair, Finding]) -> Finding | None:
        """The failure on either end of a flow that stands for this rule."""
        if not failed_assets:
            return None
        for other in self.standing:
            if rule.id not in other.replaces or (other.replaces_flows and flow.kind not in other.replaces_flows):
                continue
            for uid in (flow.source,) if other.replaces_flows else (flow.source, flow.target):
                found = failed_assets.get((other.id, uid))
                if found is not None:
                    return found
        return None

    def _judged(
        self, checks: list[CompiledCheck], variables: dict[str, Any], node: int, subject: dict[str, Any]
    ) -> tuple[Found, list[Finding]]:
        """Verdicts of several checks on one flow or relation: what is not a pass, and the passes if they are wanted."""
        pending: Found = []
        passes: list[Finding] = []
        named = {k: v for k, v in subject.items() if k != "evidence"}
        for compiled in checks:
            row = self.verdicts.counts[compiled.number]
            applies = result = self._applies(compiled, variables)
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
                    passes.append(passed(compiled, **named))
                continue
            unsure = applies is not True
            found = self.verdicts.finding(compiled, result, variables, node, of_where=unsure, **subject)
            pending.append((compiled, found))
        return pending, passes

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
            passing: dict[int, CompiledCheck] = {}
            for type_, checks in wanted.items():
                for edge in graph.out(node, type_):
                    before = [list(row) for row in (self.verdicts.counts[c.number] for c in checks)]
                    pending, _ = self._relation(edge, checks)
                    for compiled, row in zip(checks, before, strict=True):
                        if self.verdicts.counts[compiled.number][PASS] > row[PASS]:
                            passing[compiled.number] = compiled
                        self.verdicts.counts[compiled.number][PASS] = row[PASS]
                    for compiled, finding in pending:
                        known = worst.get(compiled.number)
                        if known is None or (known.verdict is Verdict.NOT_CHECKED and finding.verdict in WINS):
                            worst[compiled.number] = finding
            findings = [worst[number] for number in sorted(worst)]
            for number in sorted(worst):
                self.verdicts.count(number, worst[number])
            for number, compiled in sorted(passing.items()):
                if number not in worst:
                    self.verdicts.counts[number][PASS] += 1
                    if self.passes:
                        findings.append(passed(compiled, asset=self.world.estate.uid(node)))
            if findings:
                yield findings

    def _relation(self, edge: int, checks: list[CompiledCheck]) -> tuple[Found, list[Finding]]:
        graph, world = self.world.graph, self.world
        source, target = graph.source[edge], graph.target[edge]
        name = TYPES[graph.type[edge]]
        attributes = graph.attributes.get(edge, {})
        path = Path("replication", source, target, world.estate.uid(target), world.place(target), (), attributes)
        flow = flow_of(world, self.records, path)
        record = {**record_of_path(world, self.records, path, flow), "type": name}
        record["id"] = flow_id(name, flow.source, flow.target)
        record.pop("kind", None)
        evidence = (graph.evidence[edge],) if edge in graph.evidence else ()
        variables = {"relation": record, "flow": record, "policy": world.variables, "now": world.today}
        return self._judged(checks, variables, source, {"asset": flow.source, "evidence": evidence})
