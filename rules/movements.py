"""The loops: rules over flows and over relations."""

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from functools import cached_property
from typing import Any, Final, NamedTuple

from rules.classing import WINS, Found, alike_accounts
from rules.condition import Unknown
from rules.derive import Record
from rules.flowclasses import FlowClasses, Known, Question, told_of_flow
from rules.flows import Path, account_of, flow_id, flow_of, named, paths, record_of_path
from rules.gates import Entry, Gates, Settled
from rules.graph import CLASS_NAMES, EXTERNAL, TYPE_NUMBER, TYPES
from rules.judgement import Finding, Flow, Severity, Transfer, Verdict
from rules.program import CompiledCheck
from rules.rule import Rule
from rules.subjects import FEW, Loop, Pair, in_order, passed, without_replaced
from rules.verdicts import NOT_APPLICABLE, PASS

_GRAVEST: Final = {verdict: rank for rank, verdict in enumerate((Verdict.FAIL, Verdict.ACCEPTED, Verdict.NOT_CHECKED))}
_SEVEREST: Final = {severity: rank for rank, severity in enumerate(Severity)}
_FACTS: Final = ("kind", "level", "source", "place", "target")

_WHOLE: Final = ("transfer_job", "inference")
"""Kinds of flows of which all that are looked at are judged: these are found without their ends."""

_FEW = 100
"""Of the flows of fewer assets each is judged by itself."""


class Near(NamedTuple):
    """Flows to some nodes, and from some `ends`: of these, those of which this is told.

    `alone`: of flows to these nodes, beside those that are told, only those matter that may stand for what is said of
    the nodes.
    """

    nodes: Set[int] = frozenset()
    ends: Set[int] = frozenset()
    told: Callable[[Path], bool] = lambda path: False
    alone: Set[int] = frozenset()


class Some(NamedTuple):
    """The part of an estate that is to be judged: these assets with all flows to them, and the flows from `ends`.

    `near`: further flows.
    """

    nodes: Collection[int]
    ends: Collection[int]
    near: Near | None = None

    def wanted(self, source: int, target: int) -> bool:
        """Whether a flow may be one of them."""
        near = self.near
        return (
            target in self.nodes
            or source in self.ends
            or (near is not None and (target in near.nodes or source in near.ends))
        )

    def judged(self, path: Path, standing: Collection[str]) -> bool:
        """Whether a flow is one of them. `standing`: the kinds of flows that may stand for what is said of an asset."""
        near, ends = self.near, self.ends
        return (
            near is None
            or path.kind in _WHOLE
            or path.source in ends
            or path.target in ends
            or (path.target in self.nodes and (path.kind in standing or path.target not in near.alone))
            or near.told(path)
        )

    @property
    def around(self) -> set[int]:
        """All nodes whose flows may be among them."""
        near = self.near
        return {*self.nodes, *self.ends, *(() if near is None else (*near.nodes, *near.ends))}


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
        self._standing = {
            k for k, checks in self.program.by_flow.items() for c in checks if c.rule.id in self.for_assets
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
        gates = {} if each else {kind: Gates(kind, entries) for kind, entries in self._loops.items()}
        settled: dict[tuple[Any, ...], Settled] = {}
        for batch in paths(self.world, self.records, nodes, None if some is None else some.wanted):
            flows: list[Flow] = []
            transfers: list[Transfer] = []
            findings: list[Finding] = []
            if some is not None and some.near is not None:
                batch = [path for path in batch if some.judged(path, self._standing)]
            names = named(self.world, batch)
            external = [path.target for path in batch if path.target >= 0 and self.world.account(path.target) is None]
            if external:
                self.records.fetch(external)
            left: list[tuple[Path, Flow, list[tuple[Entry, Known]], list[Question]]] = []
            for path in batch:
                flow = flow_of(self.world, path, names)
                if flow.id in seen:
                    continue
                seen.add(flow.id)
                flows.append(flow)
                level = self.world.classes[path.source]
                if some is None:
                    account = account_of(self.world, self.records, path)
                    source = self.world.place(path.source)
                    transfers += self.functions.register.transfers(flow, source, path.target_place, account, level)
                entries = self._left(path, level, gates, settled)
                if not entries:
                    continue
                if each:
                    left.append((path, flow, [], [Question(entry, None, None, None) for entry in entries]))
                else:
                    left.append((path, flow, *self._classes.asked(entries, path, flow)))
            asked = [path for path, _, _, questions in left if questions]
            self.records.fetch([n for path in asked for n in (path.source, path.target) if n >= 0])
            for path, flow, known, questions in left:
                findings += self._flow(path, flow, known, questions, suppressed)
            yield flows, transfers, findings
        for group in settled.values():
            group.flush()

    def left(self) -> Callable[[Path], list[Entry]]:
        """Tells the checks of which kind, class and places leave open what they say of a flow."""
        gates = {kind: Gates(kind, entries) for kind, entries in self._loops.items()}
        settled: dict[tuple[Any, ...], Settled] = {}
        classes = self.world.classes
        return lambda path: self._left(path, classes[path.source], gates, settled)

    def alike(self, path: Path) -> dict[str, Any]:
        """What all flows of the kind, class and places of this one have alike, as conditions see it."""
        world = self.world
        known = world.kinds[path.source] != EXTERNAL
        flow: Record = {
            "kind": path.kind,
            "src": {"@n": path.source, "kind": world.kind(path.source)} if known else {"@n": path.source},
            "src_loc": world.place(path.source),
            "dst_loc": path.target_place,
            "@n": path.source,
        }
        name = CLASS_NAMES[world.classes[path.source]] if known else None
        if name is not None:
            flow["dc"] = name
        return {"flow": flow, "policy": world.variables}

    def _left(
        self, path: Path, level: int, gates: dict[str, Gates], settled: dict[tuple[Any, ...], Settled]
    ) -> list[Entry]:
        """The checks that flows of the same kind, class and places do not settle alike."""
        found = gates.get(path.kind)
        if found is None:
            return self._loops.get(path.kind, [])
        world = self.world
        key = (path.kind, level, world.kinds[path.source], world.place_of[path.source], id(path.target_place))
        group = settled.get(key)
        if group is None:
            alike = self.functions.register.says_alike(level)
            facts: dict[str, Any] = dict(zip(_FACTS, key, strict=True))
            facts["ancestors"] = -1  # no gate of flows looks at them
            group = settled[key] = found.settled(self.alike(path), facts, alike)
        group.times += 1
        return group.rest

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
            if isinstance(verdict, int):
                entry[3][verdict] += 1
            else:
                pending.append((entry[0], told_of_flow(verdict[0], flow, path.evidence if verdict[1] else ())))
        if questions:
            variables = self._flow_variables(path, flow)
            subject = {"flow": flow.id, "evidence": path.evidence}
            for question in questions:
                of_where, answer = self._verdict(question.entry, variables, path.source, subject)
                question.learn(of_where, answer)
                if isinstance(answer, Finding):
                    pending.append((question.entry[0], answer))
                    continue
                question.entry[3][answer] += 1
                if self.passes and answer == PASS:
                    findings.append(passed(question.entry[0], flow=flow.id))
            if known and len(pending) > 1:
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
        flow = flow_of(world, path, named(world, (path,)))
        record = {**record_of_path(world, self.records, path, flow), "type": name}
        record["id"] = flow_id(name, flow.source, flow.target)
        record.pop("kind", None)
        variables = {"relation": record, "flow": record, "policy": world.variables, "now": world.today}
        return self._judged(entries, variables, source, {"asset": flow.source, "evidence": path.evidence})
