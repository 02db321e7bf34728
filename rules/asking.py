"""What each asset of a class is still asked by itself, and what settles it without asking."""

from copy import copy
from typing import Any, Final, NamedTuple

from rules.alike import Answers, Asked, Class, End, Ends, Group, Template, names_an_end
from rules.dated import Dates, Like, Shown
from rules.derive import Plan, Record
from rules.gates import Entry
from rules.graph import EXTERNAL, KIND_NUMBER
from rules.judgement import Finding
from rules.looks import Walk
from rules.verdicts import PASS
from rules.world import World
from scanners.model import Asset

_MOST_ENDS: Final = 64
_KEY: Final = KIND_NUMBER["key"]


class Question(NamedTuple):
    """A check to ask an asset; where to keep its answer, if it follows from the ends of relations or from dates, and
    under which key.

    `several`: ends of one relation differ. `dates`: what it says is the same of all assets for which the terms about
    dates are true, but for the dates shown.
    """

    entry: Entry
    known: Answers | None = None
    key: Any = ()
    several: bool = False
    dates: Dates | None = None

    def answer(self) -> int | Template | None:
        """What was learned of it since it was put, by others of the same class."""
        known = None if self.known is None else self.known.get(self.key)
        if known is None or isinstance(known, int):
            return known
        if not isinstance(known, Like):
            return self.entry[0], *known
        found = None if self.dates is None else known.on(self.dates.words())
        return None if found is None else (self.entry[0], found[0], known.shown)

    def learn(self, answer: int | Finding) -> None:
        """Keep an answer for assets of the same class with such ends or dates."""
        if self.known is None:
            return
        if isinstance(answer, int):
            self.known[self.key] = answer
        elif self.dates is not None:
            like = Like.of(answer, rests_on_documents(self.entry, answer), self.dates.words())
            if like is not None:
                self.known[self.key] = like
        elif not names_an_end(answer, self.several):
            self.known[self.key] = copy(answer), rests_on_documents(self.entry, answer)


class Met(NamedTuple):
    """An asset that is asked: its record, once there is one, and how that is made; its class if it has one, what is
    known of it, what it is asked by itself."""

    node: int
    asset: Asset
    record: Record | None
    plan: Plan
    found: Class | None
    told: list[Template]
    questions: list[Question]
    walks: tuple[Walk, ...]


class Asking:
    """Questions about assets of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shown = Shown(world.variables, world.today)

    def left(self, found: Class, node: int, asset: Asset) -> tuple[list[Template], list[Question], bool]:
        """What its dates and the ends of its relations settle for an asset of a class, and what is left to ask it by
        itself; and whether what is settled will be met again."""
        told: list[Template] = []
        left: list[Question] = []
        again = True
        at: dict[Ends, frozenset[End] | None] = {}
        for asked in found.rest:
            if not asked.walks:
                if not asked.dates:
                    left.append(Question(asked.entry))
                else:
                    again &= self._dated(asked, asset, told, left)
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
            elif not isinstance(verdict, Like):
                told.append((asked.entry[0], *verdict))
        return told, left, again

    def _dated(self, asked: Asked, asset: Asset, told: list[Template], left: list[Question]) -> bool:
        """What dates settle; whether it will be met again."""
        dates = self._shown.of(asked.dates, asset)
        if False in dates.results:  # a condition of which they are parts is false then
            asked.entry[3][PASS] += 1
            return True
        if asked.known is None:
            left.append(Question(asked.entry))
            return True
        old = None not in dates.results
        key = (asked.key, True if old else dates.values)
        answer = asked.known.get(key)
        if isinstance(answer, int):
            asked.entry[3][answer] += 1
            return True
        if isinstance(answer, Like):
            found = answer.on(dates.words())
            if found is not None:
                told.append((asked.entry[0], found[0], answer.shown))
                return found[1]
        elif answer is not None:
            told.append((asked.entry[0], *answer))
            return True
        known = asked.known if answer is None and dates.values else None
        left.append(Question(asked.entry, known, key, dates=dates if old else None))
        return True

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


def plain(group: Group) -> list[Question]:
    """Every check of a group that is left, for an asset that stands for itself."""
    return [Question(entry) for entry in group.rest]


def rests_on_documents(entry: Entry, finding: Finding) -> bool:
    """Whether a finding rests on the asset's documents: one that only waits for decisions does not."""
    return not entry[4] or finding.missing is not entry[4]
