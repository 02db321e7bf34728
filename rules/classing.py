"""Assets sorted into classes that rules judge alike, while they are gone through."""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Final, NamedTuple, Protocol

from rules.alike import NOT_ALIKE, Alike, Answers, Class, End, Ends, Kinds, Template, names_an_end
from rules.columns import ENCRYPTED, Facts, Term, told_apart
from rules.derive import Plan, Record, record_of
from rules.functions import Functions
from rules.gates import Entry, Settled
from rules.graph import EXTERNAL, KIND_NAMES, KIND_NUMBER
from rules.judgement import Finding, Verdict
from rules.looks import Walk
from rules.program import CompiledCheck
from rules.reading import UNTAGGED
from rules.verdicts import PASS, Verdicts
from rules.world import World
from scanners.model import Asset

_MOST_CLASSES: Final = 50_000
"""Classes that are kept; when there are more, they are made afresh."""

_MOST_NEAR: Final = 50_000
"""Documents whose class is remembered."""

_MOST_ENDS: Final = 64
_KEY: Final = KIND_NUMBER["key"]

Found = list[tuple[CompiledCheck, Finding]]
WINS: Final = (Verdict.FAIL, Verdict.ACCEPTED)


class Question(NamedTuple):
    """A check to ask an asset; where to keep its answer, if it follows from the ends of relations, and under which key.

    `several`: ends of one relation differ.
    """

    entry: Entry
    known: Answers | None = None
    key: Any = ()
    several: bool = False

    def learn(self, answer: int | Finding) -> None:
        """Keep an answer for assets of the same class with such ends."""
        if self.known is None:
            return
        if isinstance(answer, int):
            self.known[self.key] = answer
        elif not names_an_end(answer, self.several):
            self.known[self.key] = copy(answer), rests_on_documents(self.entry, answer)


class Met(NamedTuple):
    """An asset as it was met: its record, its class if it has one, what is known of it, what it is asked by itself."""

    node: int
    asset: Asset
    record: Record
    found: Class | None
    told: list[Template]
    questions: list[Question]
    walks: tuple[Walk, ...]


class Judge(Protocol):
    """Judges one check of one asset: PASS, NOT_APPLICABLE or a finding."""

    def __call__(
        self, entry: Entry, record: Record, place: Any, account: Record | None, asset: Asset, node: int, /
    ) -> int | Finding: ...


class Classing:
    """The classes of one judgement."""

    def __init__(
        self, world: World, functions: Functions, verdicts: Verdicts, judge: Judge, for_flows: set[str]
    ) -> None:
        self._world = world
        self._functions = functions
        self._verdicts = verdicts
        self._judge = judge
        self._for_flows = for_flows
        self._kinds = Kinds(self._place_numbers)
        self._numbers: dict[int, int] = {}
        self._bits = world.graph.types()
        self._accounts = alike_accounts(world)
        self._gaps: dict[tuple[int, int], bool] = {}
        self._said: dict[tuple[tuple[str, ...], int], int] = {}
        self._stated: dict[str, int] = {}
        self._count = self._nearest = 0

    def _place_numbers(self) -> dict[int, int]:
        """Place → number, by identity: the world keeps them all."""
        places = self._world.places.places
        if len(self._numbers) < len(places):
            self._numbers = {id(place): number for number, place in enumerate(places)}
        return self._numbers

    def met(
        self,
        node: int,
        asset: Asset,
        plan: Plan,
        group: Settled,
        settle: Callable[[Found], Found] | None,
    ) -> Met:
        """An asset of a group; `settle`: what makes one finding of those that stand for each other, if any do.

        `plan`: how its record is made, which those of which nothing is asked do not need.
        """
        world = self._world
        record: Record | None = None
        if asset.kind in NOT_ALIKE or asset.uid in self._verdicts.singled_out:
            record = record_of(world, asset, node, plan)
            return Met(node, asset, record, None, [], plain(group), group.walks)
        alike = group.alike
        if alike is None:
            alike = group.alike = self._kinds.of(asset.kind, group.rest, plan)
        near = self._near(alike, node, asset, plan)
        found = None if near is None else alike.near.get(near)
        if found is None:
            record = record_of(world, asset, node, plan)
            found = self._class_of(alike, node, asset, record, settle)
            if found is None:
                return Met(node, asset, record, None, [], plain(group), group.walks)
            if near is not None:
                if self._nearest >= _MOST_NEAR:
                    self._forget_near()
                alike.near[near] = found
                self._nearest += 1
        found.times += 1
        answers, questions = self._left(found, node, asset) if found.rest else ((), [])
        told = [*found.told, *answers] if answers else found.told
        if questions and record is None:
            record = record_of(world, asset, node, plan)
        return Met(node, asset, record or {}, found, told, questions, found.walks if questions else ())

    def _near(self, alike: Alike, node: int, asset: Asset, plan: Plan) -> tuple[Any, ...] | None:
        """What makes the class of an asset without working anything out: where all this is the same, it is one class.

        None for an asset of which more would have to be known.
        """
        world = self._world
        out, into = self._bits[0][node], self._bits[1][node]
        if out & plan.out or into & plan.into or node in world.tables.parts:
            return None
        document, columns, account = asset.attributes, alike.columns, world.account_of[node]
        place = world.place_of[node]
        read = list(map(document.get, alike.reads, alike.absent))
        if alike.present:
            read += [name in document for name in alike.present]
        read += columns.starts(asset)
        attributes = told_apart(read)
        if attributes is None:
            return None
        partition = custody = None
        if alike.partition:
            partition = asset.partition or world.places.places[place]["@partition"] or world.partition(node)
        if alike.custody and out & ENCRYPTED:
            custody = min([world.custody[key] for key in world.graph.targets(node, "encrypted_by")])
        return (
            attributes,
            account if alike.owned else ~self._same[account],
            place if alike.placed or self._gappy(account, world.kinds[node]) else -1,
            world.classes[node] if columns.level else -1,
            world.ancestors[node] if columns.origin else -1,
            self._verdicts.grade(node),
            (world.class_sources[node], world.flags[node] & UNTAGGED) if alike.source else None,
            self._marks(alike.marks, world.said[node]) if alike.marks else -1,
            custody,
            out & columns.bits[0],
            into & columns.bits[1],
            asset.native_type if alike.native else None,
            partition,
        )

    @cached_property
    def _same(self) -> list[int]:
        """For each account a number: equal where nothing apart from their names tells two of them apart."""
        keyless, entries = self._functions.walks.keyless, bool(self._functions.register.entries)
        same: dict[tuple[int, int, bool], int] = {}
        return [
            same.setdefault((alike, account if entries else -1, account in keyless), len(same))
            for account, alike in enumerate(self._accounts)
        ]

    def _marks(self, marks: tuple[str, ...], said: int) -> int:
        """A number for what the organisation states of an asset, as far as these tell it."""
        found = self._said.get((marks, said))
        if found is None:
            stated = repr([getattr(self._world.classifications[said], name) for name in marks])
            found = self._said[(marks, said)] = self._stated.setdefault(stated, len(self._stated))
        return found

    def _class_of(
        self, alike: Alike, node: int, asset: Asset, record: Record, settle: Callable[[Found], Found] | None
    ) -> Class | None:
        """The class of an asset; None for one that stands for itself."""
        world = self._world
        account = world.account_of[node]
        facts = Facts(
            world.classes[node],
            world.ancestors[node],
            self._verdicts.grade(node),
            account,
            self._accounts[account],
            account if self._functions.register.entries else -1,
            account in self._functions.walks.keyless,
            world.place_of[node],
            self._gappy(account, world.kinds[node]),
            self._bits[0][node],
            self._bits[1][node],
        )
        values = alike.columns.values(record, asset)
        code = None if values is None else told_apart(values)
        if values is None or code is None:
            return None
        key = alike.columns.key(facts, code)
        found = alike.classes.get(key)
        if found is None:
            if self._count >= _MOST_CLASSES:
                self._forget()
            self._count += 1
            found = alike.classes[key] = self._made(alike, node, asset, record, values, facts, settle)
        return found

    def _gappy(self, account: int, kind: int) -> bool:
        """Whether something of this kind was not read in this account."""
        found = self._gaps.get((account, kind))
        if found is None:
            world = self._world
            found = bool(world.seen.gaps(world.tables.account_keys[account], KIND_NAMES[kind]))
            self._gaps[(account, kind)] = found
        return found

    def _left(self, found: Class, node: int, asset: Asset) -> tuple[list[Template], list[Question]]:
        """What the ends of its relations settle for an asset of a class, and what is left to ask it by itself."""
        told: list[Template] = []
        left: list[Question] = []
        at: dict[Ends, frozenset[End] | None] = {}
        for asked in found.rest:
            if not asked.walks:
                if asked.dates and self._dated(asked.dates, asset):
                    asked.entry[3][PASS] += 1
                else:
                    left.append(Question(asked.entry))
                continue
            for walk in asked.walks:
                if walk not in at:
                    at[walk] = self._ends(walk, node)
            ends = tuple([at[walk] for walk in asked.walks])
            known, key = None if None in ends else asked.known, (*asked.key, *ends)
            verdict = None if known is None else known.get(key)
            if verdict is None:
                left.append(Question(asked.entry, known, key, any(end is not None and len(end) > 1 for end in ends)))
            elif isinstance(verdict, int):
                asked.entry[3][verdict] += 1
            else:
                told.append((asked.entry[0], *verdict))
        return told, left

    def _dated(self, terms: tuple[Term, ...], asset: Asset) -> bool:
        """Whether one of these terms is false of its dates: a condition of which they are parts is so then."""
        dates = asset.attributes
        if asset.created_at is not None:
            dates = {**dates, "created_at": asset.created_at.isoformat()}
        world = self._world
        variables = {"asset": dates, "policy": world.variables, "now": world.today}
        return any(
            term.condition is not None and term.looks.names <= dates.keys() and term.condition.test(variables) is False
            for term in terms
        )

    def _ends(self, ends: Ends, node: int) -> frozenset[End] | None:
        """What matters of the ends of relations; None: too many, or one that was not collected."""
        world = self._world
        (direction, name), kind, level, place = ends
        nodes = world.graph.targets(node, name) if direction == "targets" else world.graph.sources(node, name)
        if len(nodes) > _MOST_ENDS or any(world.kinds[n] == EXTERNAL for n in nodes):
            return None
        if name == "encrypted_by" and direction == "sources" and any(world.kinds[n] == _KEY for n in nodes):
            return None  # a set that stands for the key: what lies behind it matters as well
        kinds, classes, places = world.kinds, world.classes, world.place_of
        return frozenset(
            [(kinds[n] if kind else -1, classes[n] if level else -1, places[n] if place else -1) for n in nodes]
        )

    def _made(
        self,
        alike: Alike,
        node: int,
        asset: Asset,
        record: Record,
        values: list[Any],
        facts: Facts,
        settle: Callable[[Found], Found] | None,
    ) -> Class:
        world, place = self._world, record["loc"]

        def judged(entry: Entry) -> int | tuple[Finding, bool]:
            verdict = self._judge(entry, record, place, None, asset, node)
            if isinstance(verdict, int):
                return verdict
            return verdict, rests_on_documents(entry, verdict)

        variables = {"asset": record, "location": place, "policy": world.variables, "now": world.today}
        found = alike.judged(record, values, variables, facts, judged)
        found.settled = not found.rest
        found.walks = tuple(sorted({walk for asked in found.rest for walk in asked.entry[0].walked}))
        if found.settled and settle is not None and len(found.told) > 1:
            # What a check found is shared with other classes; what stands for what is not.
            own = [(compiled, told(finding, asset, flag), flag) for compiled, finding, flag in found.told]
            shown = {id(finding): flag for _, finding, flag in own}
            left = settle([(compiled, finding) for compiled, finding, _ in own])
            found.told = [(compiled, finding, shown[id(finding)]) for compiled, finding in left]
        return found

    def tell(self, found: Class, asset: Asset, findings: list[Finding], held: list[Finding]) -> None:
        """The findings on one more asset of a class that leaves nothing to ask."""
        for compiled, one, shown in found.told:
            finding = told(one, asset, shown)
            if compiled.rule.id in self._for_flows and finding.verdict in WINS:
                held.append(finding)
            else:
                findings.append(finding)

    def flush(self) -> None:
        """Count what was met since the last time."""
        for alike in self._kinds:
            for found in alike.classes.values():
                times, found.times = found.times, 0
                if not times:
                    continue
                for row, verdict in found.rows:
                    row[verdict] += times
                if found.settled:
                    for compiled, finding, _ in found.told:
                        self._verdicts.count(compiled.number, finding, times)

    def _forget(self) -> None:
        self.flush()
        for alike in self._kinds:
            alike.classes = {}
        self._count = 0
        self._forget_near()

    def _forget_near(self) -> None:
        for alike in self._kinds:
            alike.near = {}
        self._nearest = 0


def alike_accounts(world: World) -> list[int]:
    """For each account a number: equal where provider and coverage are."""
    numbers: dict[tuple[object, ...], int] = {}
    found: list[int] = []
    for key in world.tables.account_keys:
        cells = world.seen.around(key)
        told = [
            (c.kind, c.service, c.region, str(c.status), c.missing_permission)
            for _, several in sorted(cells.items())
            for c in several
        ]
        found.append(numbers.setdefault((key[0], *told), len(numbers)))
    return found


def plain(group: Settled) -> list[Question]:
    """Every check of a group that is left, for an asset that stands for itself."""
    return [Question(entry) for entry in group.rest]


def rests_on_documents(entry: Entry, finding: Finding) -> bool:
    """Whether a finding rests on the asset's documents: one that only waits for decisions does not."""
    return not entry[4] or finding.missing is not entry[4]


def told(one: Finding, asset: Asset, shown: bool) -> Finding:
    """A finding on an asset of a class, by that on the first of the class."""
    return Finding(
        one.rule,
        one.verdict,
        one.severity,
        asset.uid,
        None,
        one.why,
        one.missing,
        one.reads,
        asset.evidence if shown else (),
        one.related,
        one.potential,
        one.acceptance,
    )


__all__ = ["Classing", "Judge", "Met", "Question", "plain", "told"]
