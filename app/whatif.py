"""What another decision would change: the same scan judged once more in memory, and the difference in findings.

Nothing is stored. Only rules whose answer can depend on the change are judged, and what holds for the whole estate is
worked out once for many questions, wherever the change leaves it as it is.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from app.moved import MovedEstate
from app.rejudged import Before, Found, Graded, Key, Told, differing, explained, gaps
from app.suppositions import WhatIfError, allowing, location_of, resting
from app.texts import tr
from scanners.model import Location

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store
    from app.store.records import JudgementInfo
    from rules.catalogue import Catalogue
    from rules.judgement import Acceptance
    from rules.rule import Rule
    from rules.touched import Memory
    from rules.world import World

_CHANGES: Final = ("new", "gone", "changed")
_NEW, _GONE, _CHANGED = range(3)
_Other = tuple[int, Key, Graded | None, Graded | None, str]
"""Another verdict: the number of the change, what it is about, how it was and would be, and why."""


class Question(Struct, frozen=True):
    """What is supposed: another day, further allowed countries, other mechanisms, assets in other regions.

    `mechanism`: entry of the register → tool, or `none`. `move`: uid, alias or name of an asset → region.
    """

    as_of: date | None = None
    allow: tuple[str, ...] = ()
    mechanism: tuple[tuple[str, str], ...] = ()
    move: tuple[tuple[str, str], ...] = ()


class Changed(Struct):
    """One finding that would be new, gone or changed; `before` and `after` are verdict and severity.

    `why` says what decides it in the new state; empty where it is gone.
    """

    change: str
    rule: str
    title: str
    asset: str | None = None
    flow: str | None = None
    before: Graded | None = None
    after: Graded | None = None
    why: str = ""


class Difference(Struct):
    """The answer. `counts` by change; `fails` before and after among the rules that were judged.

    `changes` names all of them, or the first so many as were asked for. `judged` of `rules` rules were judged, in
    `seconds`; `prepared` are the seconds for what later questions reuse.
    """

    as_of: date
    counts: dict[str, int]
    changes: list[Changed]
    judged: int
    rules: int
    seconds: float
    prepared: float
    remarks: list[str]


class WhatIf:
    """Asks questions about one judgement. The first needs the longest; keep the object for the next ones."""

    def __init__(self, store: "Store", judged: "JudgementInfo", by: "Yardstick") -> None:
        self._store = store
        self._judged = judged
        self._by = by
        self._estate = store.estate(judged.scan)
        self._titles = {rule.id: rule.title for rule in by.rules}
        self._acceptances = _acceptances(store)

    def ask(self, question: Question, most: int | None = None) -> Difference:
        """The difference in findings; at most so many are named, and all are counted.

        Raises WhatIfError, PolicyError or CatalogueError with a sentence for people.
        """
        by, remarks = self._supposed(question)
        return self._answer(by, question, remarks, most)

    def against(self, by: "Yardstick", most: int | None = None) -> Difference:
        """The difference that another yardstick makes: other facts, another policy, another day."""
        return self._answer(by, Question(), [], most)

    def _answer(self, by: "Yardstick", question: Question, remarks: list[str], most: int | None) -> Difference:
        from rules.heap import seldom_searched

        with seldom_searched():
            return self._worked_out(by, question, remarks, most)

    def _worked_out(self, by: "Yardstick", question: Question, remarks: list[str], most: int | None) -> Difference:
        began = time.perf_counter()
        base, _ = self._base, self._before
        prepared = time.perf_counter() - began
        world = self._world(by, question)
        before, after, judged = self._reached(base, world, by) or (
            self._before.found,
            self._whole(world, list(by.rules)),
            len(by.rules),
        )
        differences = sorted(_difference(before, after), key=itemgetter(0, 1))
        if uncovered := self._uncovered(differences):
            text = tr(
                "Of the new findings {n} were part of one that is gone: the rule that stood for them on the same asset "
                "or flow finds nothing there any more."
            )
            remarks = [*remarks, text.format(n=f"{uncovered:,}")]
        counted = Counter(number for number, *_ in differences)
        return Difference(
            by.as_of,
            {change: counted[number] for number, change in enumerate(_CHANGES)},
            [self._named(*told) for told in differences[:most]],
            judged,
            len(self._by.rules),
            time.perf_counter() - began,
            prepared,
            remarks,
        )

    def _named(self, change: int, key: Key, before: Graded | None, after: Graded | None, why: str) -> Changed:
        rule, asset, flow = key
        title = self._titles.get(rule, "")
        return Changed(_CHANGES[change], rule, title, asset or None, flow or None, before, after, explained(why))

    def _uncovered(self, differences: "Iterable[_Other]") -> int:
        """How many findings are new only because that is gone which stood for them, on the same subject."""
        gone: dict[tuple[str, str], set[str]] = {}
        come: list[Key] = []
        for change, key, *_ in differences:
            if change == _GONE and key[0] in self._stands_for:
                gone.setdefault(key[1:], set()).update(self._stands_for[key[0]])
            elif change == _NEW:
                come.append(key)
        return sum(rule in gone.get((asset, flow), ()) for rule, asset, flow in come) if gone else 0

    @cached_property
    def _stands_for(self) -> dict[str, set[str]]:
        """Rule → all that it stands for, directly or not."""
        direct = {rule.id: rule.replaces for rule in self._by.rules if rule.replaces}
        found: dict[str, set[str]] = {}
        for rule, others in direct.items():
            under = list(others)
            for other in under:  # grows while it is walked
                under += (further for further in direct.get(other, ()) if further not in under)
            found[rule] = set(under)
        return found

    def _reached(self, base: "World", world: "World", by: "Yardstick") -> tuple[Found, Found, int] | None:
        """Verdicts before and after as far as a change reaches, and of how many rules; None where that cannot be
        told."""
        from rules.touched import Change, comparable

        if by.rules is not self._by.rules or not comparable(base, world):
            return None
        change = Change(self._memory, world, self._told)
        if not change.told:
            return None
        days = sorted((base.as_of, world.as_of))
        lapsing: dict[str, set[str]] = {}
        accepted: dict[str, set[str]] = {}
        for a in self._acceptances:
            accepted.setdefault(a.rule, set()).add(a.flow or a.asset or "*")
            if days[0] <= a.until < days[1]:
                lapsing.setdefault(a.rule, set()).add(a.flow or a.asset or "*")
        before: Found = {}
        after: Found = {}
        judged = 0
        whole: set[str] = set()
        for rules, some, alike in change.reach(lapsing, accepted):
            found = some and differing(base, self._before, world, rules, some, self._acceptances, alike)
            if found is None:
                some = None
                found = self._before_of(rules), self._whole(world, rules)
            before |= found[0]
            after |= found[1]
            judged += len(rules)
            whole |= {rule.id for rule in rules} if some is None else set()
        telling = [rule for rule in change.telling_of_gaps() if rule.id not in whole]
        keys = [(rule.id, "", "") for rule in telling]
        before |= {key: self._before.found[key] for key in keys if key in self._before.found}
        after |= gaps(world, telling)
        return before, after, judged

    def _told(self, nodes: Collection[int], rules: Collection[str]) -> dict[int, dict[str, bool]]:
        """Of some assets those of some rules that say something of them before the change, and whether they fail."""
        return {node: self._before.told(uid, rules) for node, uid in self._base.estate.uids(nodes).items()}

    @cached_property
    def _memory(self) -> "Memory":
        from rules.touched import Memory

        return Memory(self._base, self._by.rules)

    @cached_property
    def _base(self) -> "World":
        from rules.world import World

        return World(self._estate, self._by.policy, self._by.catalogue, self._by.as_of)

    @cached_property
    def _kept(self) -> bool:
        """Whether the stored findings are those that judging again would give."""
        from app import __version__
        from rules.rulefile import pack_digest, pack_version

        header, made = self._judged.header, self._judged.made
        return (
            header.program == __version__
            and header.pack == f"{pack_version()} {pack_digest(self._by.rules)}"
            and header.catalogue == f"{self._by.catalogue.version} {self._by.catalogue.digest}"
            and all(
                a.made <= made and (a.revoked is None or a.revoked <= made)
                for a in self._store.acceptances(revoked=True)
            )
        )

    @cached_property
    def _before(self) -> Before:
        """All verdicts before the change: those that are stored, or judged once more where they may be others."""
        if not self._kept:
            return Before(self._whole(self._base, list(self._by.rules)))
        found: Found = {}
        for key, told in self._store.told(self._judged.id):
            found.setdefault(key, []).append((told, ""))
        return Before(found)

    def _before_of(self, rules: "Iterable[Rule]") -> Found:
        names = {rule.id for rule in rules}
        return self._before.of_rules(names)

    def _whole(self, world: "World", rules: "Sequence[Rule]") -> Found:
        from rules.engine import judge_world

        sink = Told()
        judge_world(world, rules, sink, acceptances=self._acceptances)
        return sink.found

    def _world(self, by: "Yardstick", question: Question) -> "World":
        """The world that is supposed; what holds for the whole estate is that of the base, wherever it is the same."""
        from rules.touched import comparable, moved_tables
        from rules.world import World

        base = self._base
        moved = self._moves(question, by.catalogue)
        estate = MovedEstate(self._estate, moved) if moved else self._estate
        tables = moved_tables(base, moved) if moved else base.tables
        world = World(estate, by.policy, by.catalogue, by.as_of, tables)
        return world if comparable(base, world) else World(estate, by.policy, by.catalogue, by.as_of)

    def _supposed(self, question: Question) -> "tuple[Yardstick, list[str]]":
        from app.audit import as_of_day

        remarks: list[str] = []
        by = self._by if question.as_of is None else as_of_day(self._by, question.as_of)
        policy = by.policy
        most = policy.facts_max_age_days
        if by.catalogue.age_days(self._by.as_of) <= most < by.catalogue.age_days(by.as_of):
            remarks.append(
                tr(
                    "The facts about places and law were checked for {day}; on {as_of} they are more than {n} days "
                    "old, so that what rests on an adequacy decision or on unchanged law counts as not checked."
                ).format(day=by.catalogue.as_of, as_of=by.as_of, n=most)
            )
        if question.allow:
            policy = allowing(policy, by.catalogue, question.allow, by.as_of, remarks)
        if question.mechanism:
            policy = resting(policy, question.mechanism)
        if question.move:
            remarks.append(tr("Only the assets named are moved: their copies, keys and jobs stay where they are."))
        return replace(by, policy=policy), remarks

    def _moves(self, question: Question, catalogue: "Catalogue") -> dict[int, Location]:
        found: dict[int, Location] = {}
        for name, region in question.move:
            node = self._node(name)
            asset = self._estate.some([node])[node]
            found[node] = location_of(asset.provider, region, catalogue, self._by.as_of)
        return found

    def _node(self, name: str) -> int:
        node = self._estate.node(name)
        if node is not None and node in self._estate.some([node]):
            return node
        page, _ = self._store.assets_page(self._judged.scan, text=name, limit=50)
        named = [row.asset for row in page if row.asset.name == name] or ([page[0].asset] if len(page) == 1 else [])
        if len(named) == 1:
            node = self._estate.node(named[0].uid)
            if node is not None:
                return node
        if len(named) > 1:
            listed = ", ".join(a.uid for a in named[:5])
            raise WhatIfError(
                tr("--move {name}: several assets have this name ({list}).").format(name=name, list=listed)
            )
        near = tr(" Did you mean {name}?").format(name=page[0].asset.uid) if page else ""
        raise WhatIfError(tr("--move {name}: the scan holds no such asset.").format(name=name[:200]) + near)


def _difference(before: Found, after: Found) -> Iterator[_Other]:
    """What is another verdict."""
    nothing: list[tuple[Graded, str]] = []
    for key in before.keys() | after.keys():
        was, will = before.get(key, nothing), after.get(key, nothing)
        if len(was) + len(will) == 1:
            yield (_GONE, key, was[0][0], None, "") if was else (_NEW, key, None, *will[0])
            continue
        if len(was) == len(will) == 1 and was[0][0] == will[0][0]:
            continue
        old = Counter(told for told, _ in was)
        new = Counter(told for told, _ in will)
        why = dict(will)
        gone, come = sorted((old - new).elements()), sorted((new - old).elements())
        for first, second in zip(gone, come, strict=False):
            yield _CHANGED, key, first, second, why[second]
        for told in gone[len(come) :]:
            yield _GONE, key, told, None, ""
        for told in come[len(gone) :]:
            yield _NEW, key, None, told, why[told]


def _acceptances(store: "Store") -> "list[Acceptance]":
    from app.decisions.actions import in_force

    return in_force(store)
