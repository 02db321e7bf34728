"""What each asset of a class is still asked by itself, and what settles it without asking."""

from copy import copy
from typing import Any, Final, NamedTuple

from rules.alike import Answers, Class, End, Ends, Group, Template, names_an_end
from rules.columns import Term
from rules.derive import Record
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
    """An asset that is asked: its record, its class if it has one, what is known of it, what it is asked by itself."""

    node: int
    asset: Asset
    record: Record
    found: Class | None
    told: list[Template]
    questions: list[Question]
    walks: tuple[Walk, ...]


class Asking:
    """Questions about assets of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def left(self, found: Class, node: int, asset: Asset) -> tuple[list[Template], list[Question]]:
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


def plain(group: Group) -> list[Question]:
    """Every check of a group that is left, for an asset that stands for itself."""
    return [Question(entry) for entry in group.rest]


def rests_on_documents(entry: Entry, finding: Finding) -> bool:
    """Whether a finding rests on the asset's documents: one that only waits for decisions does not."""
    return not entry[4] or finding.missing is not entry[4]
