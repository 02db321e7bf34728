"""Assets sorted into classes that rules judge alike, while they are gone through."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, Protocol

from rules.alike import Alike, Class, Found, Group, Kinds, Telling, Template
from rules.asking import Asking, Met, plain, rests_on_documents
from rules.columns import Facts, codes_of
from rules.derive import Record, record_of
from rules.functions import Functions
from rules.gates import Entry
from rules.graph import KIND_NAMES
from rules.judgement import Finding, Verdict
from rules.near import Near, NearOf
from rules.program import CompiledCheck
from rules.sheets import told
from rules.verdicts import Verdicts
from rules.world import World
from scanners.model import Asset

_MOST_CLASSES: Final = 20_000
"""Classes that are kept, and documents whose class is known; of more, those that were met again and again."""

_AGAIN: Final = 4
"""So many assets make a class one that will be met again."""

WINS: Final = (Verdict.FAIL, Verdict.ACCEPTED)


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
        self._out, self._into = world.graph.types()
        self._asking = Asking(world)
        self._accounts = alike_accounts(world)
        self._near_of: dict[Alike, NearOf] = {}
        self._gaps: dict[tuple[int, int], bool] = {}
        self._touched: list[Class] = []
        self._telling: list[Telling] = []
        self._tellings: dict[tuple[int, ...], Telling] = {}
        self._count = self._nearest = 0

    def _place_numbers(self) -> dict[int, int]:
        """Place → number, by identity: the world keeps them all."""
        places = self._world.places.places
        if len(self._numbers) < len(places):
            self._numbers = {id(place): number for number, place in enumerate(places)}
        return self._numbers

    def met(self, node: int, asset: Asset, group: Group) -> Telling | Met:
        """An asset of a group: what is told of it, where nothing is left to ask."""
        world, plan = self._world, group.plan
        if group.apart or asset.uid in self._verdicts.singled_out:
            return Met(node, asset, None, plan, None, [], plain(group), group.walks)
        alike = group.alike or self._begun(group, node, asset)
        near = self._near_of[alike](node, asset, group.code)
        found = None if near is None else alike.near.get(near)
        record: Record | None = None
        if found is None:
            record = record_of(world, asset, node, plan)
            found = self._class_of(alike, node, asset, record)
            if found is None:
                return Met(node, asset, record, plan, None, [], plain(group), group.walks)
            if near is not None:
                if self._nearest >= _MOST_CLASSES:
                    self._forget()
                alike.near[near] = found
                self._nearest += 1
        if not found.times:
            self._touched.append(found)
        found.times += 1
        telling = found.telling
        if telling is None:
            every = found.told
            if found.rest:
                answers, questions, again = self._asking.left(found, node, asset)
                every = [*every, *answers]
                if questions or not again:
                    walks = sorted({walk for question in questions for walk in question.entry[0].walked})
                    return Met(node, asset, record, plan, found, every, questions, tuple(walks))
            telling = self._told(every, asset, group.settle)
            if not found.rest:
                found.telling = telling
        if not telling.times:
            self._telling.append(telling)
        telling.times += 1
        return telling

    def _told(self, every: list[Template], asset: Asset, settle: Callable[[Found], Found] | None) -> Telling:
        """What is told of an asset with these findings; one for all that have the same ones."""
        key = tuple([id(one[1]) for one in every])
        telling = self._tellings.get(key)
        if telling is None:
            left = sorted(every, key=lambda one: one[0].key)
            if settle is not None and len(left) > 1:
                left = one_each(left, asset, settle)
            if len(self._tellings) >= _MOST_CLASSES:
                self._tellings = {}
            telling = self._tellings[key] = Telling(left, every, self.holds)
        return telling

    def holds(self, compiled: CompiledCheck, finding: Finding) -> bool:
        """Whether a finding waits until it is known which flows there are."""
        return compiled.rule.id in self._for_flows and finding.verdict in WINS

    def _begun(self, group: Group, node: int, asset: Asset) -> Alike:
        """What makes the assets of a group alike, from the first one of it."""
        world = self._world
        alike = group.alike = self._kinds.of(asset.kind, group.rest, group.plan)
        placed = alike.placed or self._gappy(world.account_of[node], world.kinds[node])
        known = (
            world.place_of[node] if placed else -1,
            world.classes[node] if alike.columns.level else -1,
            world.ancestors[node] if alike.columns.origin else -1,
            self._verdicts.grade(node),
            world.class_sources[node] if alike.source else -1,
        )
        group.code = alike.codes.setdefault(known, len(alike.codes))
        if alike not in self._near_of:
            self._near_of[alike] = self._near.of(alike, group.plan)
        return alike

    @cached_property
    def _near(self) -> Near:
        return Near(self._world, self._functions, self._accounts)

    def _class_of(self, alike: Alike, node: int, asset: Asset, record: Record) -> Class | None:
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
            self._out[node],
            self._into[node],
        )
        values = alike.columns.values(record, asset)
        codes = None if values is None else codes_of(values)
        if codes is None:
            return None
        key = alike.columns.key(facts, codes)
        found = alike.classes.get(key)
        if found is None:
            if self._count >= _MOST_CLASSES:
                self._forget()
            self._count += 1
            found = alike.classes[key] = self._made(alike, node, asset, record, codes, facts)
        return found

    def _gappy(self, account: int, kind: int) -> bool:
        """Whether something of this kind was not read in this account."""
        found = self._gaps.get((account, kind))
        if found is None:
            world = self._world
            found = bool(world.seen.gaps(world.tables.account_keys[account], KIND_NAMES[kind]))
            self._gaps[(account, kind)] = found
        return found

    def _made(
        self,
        alike: Alike,
        node: int,
        asset: Asset,
        record: Record,
        codes: tuple[bytes, ...],
        facts: Facts,
    ) -> Class:
        world, place = self._world, record["loc"]

        def judged(entry: Entry) -> int | tuple[Finding, bool]:
            verdict = self._judge(entry, record, place, None, asset, node)
            if isinstance(verdict, int):
                return verdict
            return verdict, rests_on_documents(entry, verdict)

        variables = {"asset": record, "location": place, "policy": world.variables, "now": world.today}
        return alike.judged(record, codes, variables, facts, judged)

    def flush(self) -> None:
        """Count what was met since the last time."""
        for found in self._touched:
            times, found.times = found.times, 0
            found.met += times
            for row, verdict in found.rows:
                row[verdict] += times
        for telling in self._telling:
            times, telling.times = telling.times, 0
            for compiled, finding, _ in telling.every:
                self._verdicts.count(compiled.number, finding, times)
        self._touched, self._telling = [], []

    def _forget(self) -> None:
        self.flush()
        for alike in self._kinds:
            alike.classes = {key: one for key, one in alike.classes.items() if one.met >= _AGAIN}
            alike.near = {key: one for key, one in alike.near.items() if one.met >= _AGAIN}
        self._count = sum(len(alike.classes) for alike in self._kinds)
        self._nearest = sum(len(alike.near) for alike in self._kinds)
        if max(self._count, self._nearest) > _MOST_CLASSES // 2:  # or it would soon be gone through again
            for alike in self._kinds:
                alike.classes, alike.near = {}, {}
            self._count = self._nearest = 0


def one_each(several: list[Template], asset: Asset, settle: Callable[[Found], Found]) -> list[Template]:
    """What is left of findings on an asset where some stand for others; the given ones stay as they are."""
    own = [(compiled, told(finding, asset, flag)) for compiled, finding, flag in several]
    before = {id(finding): one for (_, finding), one in zip(own, several, strict=True)}
    left: list[Template] = []
    for compiled, finding in settle(own):
        one = before[id(finding)]
        of = one[1]
        same = finding.related == of.related and finding.severity is of.severity and finding.potential is of.potential
        left.append(one if same else (compiled, finding, one[2]))
    return left


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


__all__ = ["Classing", "Judge", "one_each"]
