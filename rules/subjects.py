"""The loop: rules over assets."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from rules.alike import NOT_ALIKE, Found, Group, Telling, Template
from rules.asking import Met, plain
from rules.classing import WINS, Classing, alike_accounts, one_each
from rules.condition import Unknown
from rules.derive import Record, record_of
from rules.estate import Remembering
from rules.functions import Functions
from rules.gates import Entry, Gates, Settled
from rules.graph import CLASS_NAMES, KIND_NAMES, KIND_NUMBER
from rules.judgement import Finding, Severity, Verdict
from rules.program import CompiledCheck, KindProgram, Program
from rules.reading import POLICY, TAG
from rules.sheets import Sheet, told
from rules.verdicts import NOT_APPLICABLE, PASS, Verdicts
from rules.world import SOURCES, World
from scanners.model import Asset

Pair = tuple[str, str]
"""Id of a rule and uid of an asset."""

OF_MORE: Final = frozenset({"account", "account.region"})
"""Kinds whose class is that of what lies in them."""

_FACTS: Final = ("kind", "level", "ancestors", "place", "account", "source", "critical")

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
        checks = ((kind, c) for kind, p in program.by_kind.items() for c in p.checks)
        self.kinds_for_flows = {KIND_NUMBER[kind] for kind, c in checks if c.rule.id in self.for_flows}
        self.for_assets = {i for i in self._flow_rules if self._asset_rules.intersection(rules[i].replaces)}

    def _entry(self, compiled: CompiledCheck) -> Entry:
        where: Any = None
        if compiled.where is not None:
            where = self.verdicts.undecided_where(compiled) or compiled.where.fast
        row = self.verdicts.counts[compiled.number]
        return compiled, compiled.condition.fast, where, row, self.verdicts.needs(compiled.number)


class Subjects(Loop):
    """Rules over assets."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.classing = Classing(self.world, self.functions, self.verdicts, self._judged, self.for_flows)
        self._settling = {
            kind: without_replaced
            if any(set(c.rule.replaces) & {o.rule.id for o in p.checks} for c in p.checks)
            else None
            for kind, p in self.program.by_kind.items()
        }
        self._loops = {
            KIND_NUMBER[kind]: [self._entry(c) for c in program.checks]
            for kind, program in self.program.by_kind.items()
        }
        self._whole = {kind: self._group(kind, Settled([], entries)) for kind, entries in self._loops.items()}
        self._account_numbers: list[int] = []
        self._marked: list[int] = []
        self._gates: dict[int, Gates] = {}
        self._known: dict[tuple[int, ...], Group] = {}

    def _group(self, kind: int, settled: Settled) -> Group:
        name = KIND_NAMES[kind]
        return Group(settled, self.program.by_kind[name].plan, self._settling[name], name in NOT_ALIKE)

    def assets(
        self, nodes: Sequence[int], suppressed: set[Pair], met: set[Pair], held: list[Finding]
    ) -> Iterator[Sheet]:
        """Findings of the assets among these nodes, which ascend, batch by batch.

        What is in `suppressed` is left out and noted in `met`. Failures of rules that stand for rules over flows go to
        `held`, until it is known which flows there are.
        """
        each = self.passes or len(nodes) < FEW
        groups = self._groups(nodes, each)
        left = array("i", (node for node, group in zip(nodes, groups, strict=True) if group is not None and group.rest))
        rests = iter([group for group in groups if group is not None and group.rest])
        blocked = {uid for _, uid in suppressed}
        classing, estate = self.classing, self.world.estate
        for batch in estate.chosen(left):
            self.world.stop_if_cancelled()
            out = _Out(suppressed, met, held, Sheet(estate))
            sheet, before = out.sheet, len(held)
            work: list[tuple[int, Asset, Telling | Met]] = []
            asking: list[Met] = []
            for (node, asset), group in zip(batch, islice(rests, len(batch)), strict=True):
                if each:
                    one = Met(node, asset, None, group.plan, None, [], plain(group), group.walks)
                else:
                    one = classing.met(node, asset, group)
                if isinstance(one, Met):
                    asking.append(one)
                elif not one.every:
                    continue
                work.append((node, asset, one))
            self._fetch(asking)
            for node, asset, one in work:
                if isinstance(one, Met):
                    self._one(one, out)
                elif one.held or asset.uid in blocked:
                    self._tell(one.every, node, asset, out)
                else:
                    sheet.add(node, asset, one.sorts, one.shown)
            if len(held) > before and isinstance(estate, Remembering):
                estate.recent()  # who stores what is held asks for it when much else was given out
            if len(sheet) or len(held) > before:
                yield sheet
        for group in {id(g): g for g in groups if g is not None}.values():
            group.flush()
        self.classing.flush()

    def _one(self, asked: Met, out: "_Out") -> None:
        """The checks of one asset that are not settled for its class."""
        node, asset, record, plan, found, known, questions, _ = asked
        pending = known[:]
        account: Record | None = None
        asking = False
        passing: list[Finding] = []
        for question in questions:
            entry = question.entry
            answer = question.answer()
            if answer is not None:
                if isinstance(answer, int):
                    entry[3][answer] += 1
                else:
                    pending.append(answer)
                continue
            if record is None:
                record = record_of(self.world, asset, node, plan)
            if not asking:
                account, asking = self._account(self.program.by_kind[asset.kind], record), True
            verdict = self._judged(entry, record, record["loc"], account, asset, node)
            question.learn(verdict)
            if isinstance(verdict, Finding):
                pending.append((entry[0], verdict, bool(verdict.evidence)))
                continue
            entry[3][verdict] += 1
            if self.passes and verdict == PASS:
                passing.append(passed(entry[0], asset=asset.uid))
        if passing:
            out.sheet.add(node, asset, passing, bytes(len(passing)))
        if pending:
            if found is not None:
                pending.sort(key=_in_order)
            self._settle_asset(pending, node, asset, out)

    def _judged(
        self, entry: Entry, record: Record, place: Any, account: Record | None, asset: Asset, node: int
    ) -> int | Finding:
        """What one check says of one asset: PASS, NOT_APPLICABLE or a finding."""
        compiled, fast, where, _, waits = entry
        world = self.world
        now, policy = world.today, world.variables
        if where is not None:
            try:
                applies = where(record, place, account, policy, now)
            except Exception:
                applies = compiled.where.test_exactly(self._variables(record, place, account))
            if applies is not True:
                if applies is False:
                    return NOT_APPLICABLE
                return self._note(compiled, record, account, asset, node, applies, of_where=True)
        if waits:
            return self.verdicts.undecided(compiled, waits, asset=asset.uid)
        try:
            failed = fast(record, place, account, policy, now)
        except Exception:
            failed = self.verdicts.result(compiled, self._variables(record, place, account))
        if failed is False:
            return PASS
        return self._note(compiled, record, account, asset, node, failed)

    def _groups(self, nodes: Sequence[int], each: bool) -> list[Group | None]:
        """For each of these nodes what is settled for its like; None where no rule is about it."""
        world, known = self.world, self._known
        if each:
            return [self._whole.get(world.kinds[node]) for node in nodes]
        accounts, marks, parts = self._accounts(), self._marks(), world.tables.parts
        keys = zip(
            map(world.kinds.__getitem__, nodes),
            map(world.classes.__getitem__, nodes),
            map(world.ancestors.__getitem__, nodes),
            map(world.place_of.__getitem__, nodes),
            map(accounts.__getitem__, map(world.account_of.__getitem__, nodes)),
            map(world.class_sources.__getitem__, nodes),
            [
                -1 if node in parts else marks[said]
                for node, said in zip(nodes, map(world.said.__getitem__, nodes), strict=True)
            ],
            strict=True,
        )
        found: list[Group | None] = []
        for node, key in zip(nodes, keys, strict=True):
            group = known.get(key) or self._new_group(node, key)
            if group is not None:
                group.times += 1
            found.append(group)
        return found

    def _new_group(self, node: int, key: tuple[int, ...]) -> Group | None:
        if not self._gates:
            aside = {KIND_NUMBER[kind] for kind in OF_MORE}
            self._gates = {
                kind: Gates(KIND_NAMES[kind], entries) for kind, entries in self._loops.items() if kind not in aside
            }
        kind, level, *_ = key
        if kind not in self._gates:
            return self._whole.get(kind)
        facts: dict[str, Any] = dict(zip(_FACTS, key, strict=True))
        alike = self.alike(node, node in self.world.tables.parts)
        settled = self._gates[kind].settled(alike, facts, self.functions.register.says_alike(level))
        group = self._known[key] = self._group(kind, settled)
        return group

    def left(self, nodes: Sequence[int]) -> Iterator[tuple[int, list[Entry]]]:
        """Those of these nodes that kind, class and place leave open, each with the checks of which they do."""
        for node, group in zip(nodes, self._groups(nodes, False), strict=True):
            if group is not None and group.rest:
                yield node, group.rest

    def _accounts(self) -> list[int]:
        """For each account a number: equal where provider, coverage and region guardrails are. The last one stands for
        none."""
        if not self._account_numbers:
            known = self.functions.aggregates.known_guardrail
            numbers: dict[tuple[int, bool], int] = {}
            pairs = zip(alike_accounts(self.world), self.world.tables.account_keys, strict=True)
            self._account_numbers = [
                *(numbers.setdefault((alike, known(account, "region")), len(numbers)) for alike, (_, account) in pairs),
                -1,
            ]
        return self._account_numbers

    def _marks(self) -> list[int]:
        """For each classification a number: equal where it says the same of being critical and has a class or none."""
        if len(self._marked) <= len(self.world.classifications):
            numbers: dict[tuple[str, bool], int] = {}
            said = [(repr(c.critical), c.dc is None) for c in self.world.classifications]
            self._marked = [*(numbers.setdefault(s, len(numbers)) for s in said), -1]
        return self._marked

    def alike(self, node: int, part: bool) -> dict[str, Any]:
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

    def _fetch(self, work: list[Met]) -> None:
        """What the conditions about a batch will walk to, with one question."""
        graph = self.world.graph
        wanted: list[int] = []
        for node, *_, walks in work:
            if walks and not graph.alone(node):
                for direction, name in walks:
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
        compiled: CompiledCheck,
        record: Record,
        account: Record | None,
        asset: Asset,
        node: int,
        result: bool | Unknown,
        of_where: bool = False,
    ) -> Finding:
        variables = self._variables(record, record["loc"], account)
        return self.verdicts.finding(
            compiled, result, variables, node, of_where=of_where, asset=asset.uid, evidence=asset.evidence
        )

    def _settle_asset(self, pending: list[Template], node: int, asset: Asset, out: "_Out") -> None:
        settle = self._settling[asset.kind]
        if settle is not None and len(pending) > 1:
            pending = one_each(pending, asset, settle)
        for compiled, finding, _ in pending:
            self.verdicts.count(compiled.number, finding)
        self._tell(pending, node, asset, out)

    def _tell(self, counted: list[Template], node: int, asset: Asset, out: "_Out") -> None:
        """Hand on findings that were counted, but for those that flows stand for."""
        uid, suppressed = asset.uid, out.suppressed
        sorts: list[Finding] = []
        flags = bytearray()
        for compiled, finding, shown in counted:
            if suppressed and (compiled.rule.id, uid) in suppressed:
                self.verdicts.count(compiled.number, finding, -1)
                out.met.update((rule, uid) for rule in (compiled.rule.id, *finding.related))
            elif self.classing.holds(compiled, finding):
                out.held.append(told(finding, asset, shown))
            else:
                sorts.append(finding)
                flags.append(shown)
        if sorts:
            out.sheet.add(node, asset, sorts, flags)


class _Out(NamedTuple):
    """Where findings on assets go. Those in `suppressed`, which flows stand for, are noted in `met`; some are held."""

    suppressed: set[Pair]
    met: set[Pair]
    held: list[Finding]
    sheet: Sheet


def _in_order(one: Template) -> int:
    return one[0].key


def in_order(one: tuple[CompiledCheck, Finding]) -> int:
    """Where a check stands in the program."""
    return one[0].key


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
