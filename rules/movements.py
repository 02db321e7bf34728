"""The loops: rules over flows and over relations."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from itertools import compress, count
from typing import Any, Final

from rules.alike import Found
from rules.classing import WINS, alike_accounts
from rules.condition import Unknown
from rules.flowclasses import FlowClasses, Known, Question, told_of_flow
from rules.flowcolumns import may_be_told_twice, related, told_twice
from rules.flowgroups import Group, Groups, alike_of
from rules.flows import (
    Path,
    account_of,
    by_documents,
    flow_id,
    flow_of,
    named,
    paths,
    record_of_path,
    shape_of,
    shown,
)
from rules.gates import Entry
from rules.graph import KIND_NUMBER, TYPE_NUMBER, TYPES
from rules.judgement import Finding, Flow, Severity, Transfer, Verdict
from rules.portion import Some
from rules.program import CompiledCheck
from rules.rule import Rule
from rules.subjects import FEW, Loop, Pair, in_order, passed, without_replaced
from rules.verdicts import NOT_APPLICABLE, PASS

_GRAVEST: Final = {verdict: rank for rank, verdict in enumerate((Verdict.FAIL, Verdict.ACCEPTED, Verdict.NOT_CHECKED))}
_SEVEREST: Final = {severity: rank for rank, severity in enumerate(Severity)}

_FEW = 100
"""Of the flows of fewer assets each is judged by itself."""
_MANY = 300_000
"""Of more nodes it is worked out beforehand which flows are told several times."""


_Left = tuple[Path, Flow, Group]


def _take(entry: Entry, verdict: Known, path: Path, flow: Flow, pending: Found) -> None:
    """What was found of a flow like this one holds for it."""
    if isinstance(verdict, int):
        entry[3][verdict] += 1
    else:
        pending.append((entry[0], told_of_flow(verdict, flow, path)))


def _at(path: Callable[[int], Path], places: list[int]) -> Callable[[int], Path]:
    """The same for some of them."""
    return lambda at: path(places[at])


def _gravity(finding: Finding) -> tuple[int, int]:
    return _GRAVEST[finding.verdict], _SEVEREST[finding.severity]


class Movements(Loop):
    """Rules over flows and relations of one estate."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._classes = FlowClasses(self.world, self.verdicts, alike_accounts(self.world), self.functions)
        self._held: list[tuple[CompiledCheck, Finding, Flow]] = []
        self._loops = {kind: [self._entry(c) for c in checks] for kind, checks in self.program.by_flow.items()}
        # Rules over flows that rules over assets stand for, or that stand for rules over assets.
        under = {other for rule in self.standing for other in rule.replaces}
        self._waiting = {c.rule.id for checks in self.program.by_flow.values() for c in checks} & (
            under | self.for_assets
        )
        about: dict[str, set[int]] = {}  # rule over assets → kinds of these
        for kind, program in self.program.by_kind.items():
            for compiled in program.checks:
                about.setdefault(compiled.rule.id, set()).add(KIND_NUMBER[kind])
        self._standing = {
            kind: frozenset(n for c in checks for other in c.rule.replaces for n in about.get(other, ()))
            for kind, checks in self.program.by_flow.items()
        }

    def flows(
        self, suppressed: set[Pair], some: Some | None = None
    ) -> Iterator[tuple[list[Flow], list[Transfer], list[Finding]]]:
        """Every flow once, with its transfers and the findings on it; of `some` only their flows, without transfers.

        Verdicts on assets that a failing rule over a flow to that asset stands for are added to `suppressed`. Failures
        that must wait for the verdicts on assets are left to `held`.
        """
        seen: set[str] = set()
        nodes = None if some is None else some.around
        few = self.world.estate.size < FEW if nodes is None else len(nodes) < _FEW
        each = self.passes or few
        self._held = []
        known = Groups(self.world, self.functions, self._loops, each)
        for flows, groups, path, single in self._batches(known, nodes, some):
            fresh = set[str]() if single else {flow.id for flow in flows}
            if not single and (len(fresh) < len(flows) or not seen.isdisjoint(fresh)):
                keep = [not (flow.id in seen or seen.add(flow.id)) for flow in flows]
                places = list(compress(count(), keep))
                flows, groups, path = list(compress(flows, keep)), list(compress(groups, keep)), _at(path, places)
            seen |= fresh
            left: list[_Left] = []
            moved: list[_Left] = []
            for at, group in enumerate(groups):
                group.times += 1
                moves = group.moves and some is None
                if moves or group.entries:
                    one = (path(at), flows[at], group)
                    if group.entries:
                        left.append(one)
                    if moves:
                        moved.append(one)
            yield flows, self._transfers(moved), self._findings(left, each, suppressed)
        known.flush()
        if some is None:  # what is kept of a whole estate's flows takes room that its assets need
            self._classes.forget()
            self.functions.walks.forget()

    def _batches(
        self, known: Groups, nodes: Collection[int] | None, some: Some | None
    ) -> Iterator[tuple[list[Flow], list[Group], Callable[[int], Path], bool]]:
        """Flows, the group of each, what tells the one at a place by itself, and whether none is told once more."""
        world = self.world
        if nodes is None or some is None:
            # To know which they are saves the memory for all that were told, and takes longer.
            twice = told_twice(world) if world.estate.size > _MANY else None
            for columns in related(world, self.records):
                groups = known.of_columns(columns)
                flows = columns.flows(world, [group.shape for group in groups])
                single = twice is not None and not may_be_told_twice(flows, columns, twice)
                yield flows, groups, columns.path, single
            rest = by_documents(world, self.records)
        else:
            rest = paths(world, self.records, nodes, some.wanted)
        for batch in rest:
            if some is not None and some.near is not None:
                batch = [path for path in batch if some.judged(path, self._standing, world.kinds)]
            shown(world, batch)
            names, groups = named(world, batch), known.of_paths(batch)
            flows = [flow_of(path, names, group.shape) for path, group in zip(batch, groups, strict=True)]
            yield flows, groups, batch.__getitem__, False

    def left(self) -> Callable[[Path], list[Entry]]:
        """Tells the checks of which kind, class and places leave open what they say of a flow."""
        return Groups(self.world, self.functions, self._loops, each=False).left

    def alike(self, path: Path) -> dict[str, Any]:
        """What all flows of the kind, class and places of this one have alike, as conditions see it."""
        return alike_of(self.world, path)

    def _ends(self, left: "list[_Left]") -> None:
        """Fetch what is at the ends of flows whose account only their own record tells."""
        account = self.world.account_of
        self.records.fetch([path.target for path, _, _ in left if path.target >= 0 and account[path.target] < 0])

    def _transfers(self, moved: "list[_Left]") -> list[Transfer]:
        """The rows of the register's report for some flows."""
        world, register = self.world, self.functions.register
        self._ends(moved)
        found: list[Transfer] = []
        for path, flow, _ in moved:
            account = account_of(world, self.records, path)
            source, level = world.place(path.source), world.classes[path.source]
            found += register.transfers(flow, source, path.target_place, account, level)
        return found

    def _findings(self, left: "list[_Left]", each: bool, suppressed: set[Pair]) -> list[Finding]:
        """The findings on some flows."""
        asked: list[tuple[Path, Flow, list[tuple[Entry, Known]], list[Question]]] = []
        if not each:
            self._ends(left)
            self._classes.prepare([(path, group.entries) for path, _, group in left])
        for path, flow, group in left:
            if each:
                asked.append((path, flow, [], [Question(entry, None, None, None) for entry in group.entries]))
            else:
                asked.append((path, flow, *self._classes.asked(group.entries, path, flow)))
        self._classes.fetch([(path, questions) for path, _, _, questions in asked if questions])
        return [
            finding
            for path, flow, known, questions in asked
            for finding in self._flow(path, flow, known, questions, suppressed)
        ]

    def _flow_variables(self, path: Path, flow: Flow) -> dict[str, Any]:
        return {
            "flow": record_of_path(self.world, self.records, path, flow),
            "policy": self.world.variables,
            "now": self.world.today,
        }

    def _flow(
        self,
        path: Path,
        flow: Flow,
        known: list[tuple[Entry, Known]],
        questions: list[Question],
        suppressed: set[Pair],
    ) -> list[Finding]:
        pending: Found = []
        findings: list[Finding] = []
        for entry, verdict in known:
            _take(entry, verdict, path, flow, pending)
        if questions:
            variables: dict[str, Any] | None = None
            subject = {"flow": flow.id, "evidence": path.evidence}
            for question in questions:
                verdict = question.learned()
                if verdict is not None:  # of a flow before this one
                    _take(question.entry, verdict, path, flow, pending)
                    continue
                if variables is None:
                    variables = self._flow_variables(path, flow)
                of_where, answer = self._verdict(question.entry, variables, path.source, subject)
                question.learn(of_where, answer, flow)
                if isinstance(answer, Finding):
                    pending.append((question.entry[0], answer))
                    continue
                question.entry[3][answer] += 1
                if self.passes and answer == PASS:
                    findings.append(passed(question.entry[0], flow=flow.id))
            if len(pending) > 1:
                pending.sort(key=in_order)
        for compiled, finding in pending:
            if finding.verdict in WINS and compiled.rule.id in self.for_assets:
                suppressed.update((o, flow.target) for o in compiled.rule.replaces if o in self._asset_rules)
        if len(pending) > 1:
            pending = without_replaced(pending)
        for compiled, finding in pending:
            if finding.verdict in WINS and self._waiting.intersection((finding.rule, *finding.related)):
                self._held.append((compiled, finding, flow))
                continue
            self.verdicts.count(compiled.number, finding)
            findings.append(finding)
        return findings

    def held(self, met: set[Pair], failed_assets: Mapping[Pair, Finding]) -> Iterator[list[Finding]]:
        """The failures on flows that waited for the verdicts on assets.

        `met` are the verdicts on assets that flows stand for; `failed_assets` the failures on assets that stand for
        rules over flows: those get the names of what they stand for.
        """
        for compiled, finding, flow in sorted(self._held, key=lambda held: (held[2].id, held[0].key)):
            winner = self._winner(compiled.rule, flow, failed_assets)
            if winner is not None:
                told = (compiled.rule.id, *finding.related)
                winner.related = (*winner.related, *(rule for rule in told if rule not in winner.related))
                continue
            related = [other for other in compiled.rule.replaces if (other, flow.target) in met]
            for rule in related:  # and what these would have stood for; grows while it is walked
                more = self._replaces.get(rule, ())
                related += [r for r in more if r not in related and (r, flow.target) in met]
            finding.related = (*finding.related, *(r for r in related if r not in finding.related))
            self.verdicts.count(compiled.number, finding)
            yield [finding]

    def _winner(self, rule: Rule, flow: Flow, failed_assets: Mapping[Pair, Finding]) -> Finding | None:
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
        self, entries: list[Entry], variables: dict[str, Any], node: int, subject: dict[str, Any]
    ) -> tuple[Found, list[Finding]]:
        """Verdicts of several checks on one flow or relation: what is not a pass, and the passes if they are wanted."""
        pending: Found = []
        passes: list[Finding] = []
        for entry in entries:
            _, answer = self._verdict(entry, variables, node, subject)
            if isinstance(answer, Finding):
                pending.append((entry[0], answer))
                continue
            entry[3][answer] += 1
            if self.passes and answer == PASS:
                passes.append(passed(entry[0], **{k: v for k, v in subject.items() if k != "evidence"}))
        return pending, passes

    def _verdict(
        self, entry: Entry, variables: dict[str, Any], node: int, subject: dict[str, Any]
    ) -> tuple[bool, int | Finding]:
        """What one check says of one flow or relation, and whether its `where` settled it."""
        compiled, _, where, _, waits = entry
        applies: bool | Unknown = True if where is None else compiled.where.test(variables)
        if applies is False:
            return True, NOT_APPLICABLE
        if applies is not True:
            return True, self.verdicts.finding(compiled, applies, variables, node, of_where=True, **subject)
        if waits:
            named = {k: v for k, v in subject.items() if k != "evidence"}
            return False, self.verdicts.undecided(compiled, waits, **named)
        result = compiled.condition.test(variables)
        if result is False:
            return False, PASS
        return False, self.verdicts.finding(compiled, result, variables, node, **subject)

    @cached_property
    def standing_for_assets(self) -> frozenset[str]:
        """Rules over flows whose failure may mean that one failed which stands for a rule over assets."""
        found = set(self.for_assets)
        while more := {r for r in self._flow_rules if r not in found and not found.isdisjoint(self._replaces[r])}:
            found |= more
        return frozenset(found)

    def beginnings(self, nodes: Collection[int]) -> set[int]:
        """Where relations to these nodes start that rules are about: the worst of them counts for their source."""
        graph, types = self.world.graph, [TYPE_NUMBER[name] for name in self.program.by_relation]
        return {graph.source[edge] for node in nodes for type_ in types for edge in graph.into(node, type_)}

    def relations(self, nodes: Collection[int] | None = None) -> Iterator[list[Finding]]:
        """Findings on relations: one for each rule and source, the worst of the verdicts on its relations.

        With `nodes` only those that start there.
        """
        wanted = {TYPE_NUMBER[n]: [self._entry(c) for c in checks] for n, checks in self.program.by_relation.items()}
        if not wanted:
            return
        graph = self.world.graph
        if nodes is None:
            sources = {graph.source[edge] for edge in graph.of_types(wanted)}
        else:
            sources = {node for node in nodes if any(graph.out(node, type_) for type_ in wanted)}
        for node in sorted(sources):
            if self.world.kind(node) is None:
                continue
            self.world.stop_if_cancelled()
            worst: dict[int, Finding] = {}
            passing: dict[int, CompiledCheck] = {}
            for type_, entries in wanted.items():
                checks: list[CompiledCheck] = [entry[0] for entry in entries]
                for edge in self._in_order(graph.out(node, type_)):
                    before = [list(row) for row in (self.verdicts.counts[c.number] for c in checks)]
                    pending, _ = self._relation(edge, entries)
                    for compiled, row in zip(checks, before, strict=True):
                        if self.verdicts.counts[compiled.number][PASS] > row[PASS]:
                            passing[compiled.number] = compiled
                        self.verdicts.counts[compiled.number][PASS] = row[PASS]
                    for compiled, finding in pending:
                        known = worst.get(compiled.number)
                        if known is None or _gravity(finding) < _gravity(known):
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

    def _in_order(self, edges: list[int]) -> list[int]:
        """Relations of one source by the uids of their targets: of equal verdicts the first counts."""
        if len(edges) < 2:
            return edges
        target = self.world.graph.target
        names = self.world.estate.uids({target[edge] for edge in edges})
        return sorted(edges, key=lambda edge: names[target[edge]])

    def _relation(self, edge: int, entries: list[Entry]) -> tuple[Found, list[Finding]]:
        graph, world = self.world.graph, self.world
        source, target = graph.source[edge], graph.target[edge]
        name = TYPES[graph.type[edge]]
        attributes = graph.attributes.get(edge, {})
        path = Path("replication", source, target, "", world.place(target), (), attributes)
        path.document = graph.evidence[edge]
        shown(world, (path,))
        flow = flow_of(path, named(world, (path,)), shape_of(world, path))
        record = {**record_of_path(world, self.records, path, flow), "type": name}
        record["id"] = flow_id(name, flow.source, flow.target)
        record.pop("kind", None)
        variables = {"relation": record, "flow": record, "policy": world.variables, "now": world.today}
        return self._judged(entries, variables, source, {"asset": flow.source, "evidence": path.evidence})
