"""Which subjects other allowed countries can matter for, told without judging them.

A check joins terms by `&&`. Those that do not ask for allowed countries say the same before and after; where one of
them is false, which kind, class and place alone may tell, the check says the same too. And a check that asks only about
what relations lead to says the same of all whose relations lead to nothing that changes.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from rules.condition import Condition
from rules.condition.terms import Binary, Call, Index, Literal, Logic, Macro, Name, Node, Select, children
from rules.engine import Judging
from rules.flows import Path
from rules.gates import OF_REGISTER, gates_of
from rules.looks import Walk
from rules.program import CHECKS, CompiledCheck, compile_rule
from rules.rule import Check, Rule, Source
from rules.subjects import OF_MORE
from rules.world import World

OF_COUNTRIES: Final = re.compile(r"\boutside\s*\(|\ballowed_countries\b")

_OWN: Final[Walk] = ("", "")
"""In place of a walk: the subject itself."""
_UNCLEAR: Final[Walk] = ("?", "")
_NOTHING: Final = frozenset[Walk]()
_OF_SCOPE: Final[Mapping[str, frozenset[Walk]]] = {
    "asset": frozenset({_OWN}),
    "location": frozenset({_OWN}),
    "policy": _NOTHING,
    "now": _NOTHING,
}


class Flips:
    """For a world in which other countries are allowed than before, and the rules that ask for these."""

    def __init__(self, base: World, world: World, rules: Iterable[Rule]) -> None:
        self._base = base
        self._world = world
        self._checks: dict[str, list[CompiledCheck]] = {}
        self._asked: dict[str, list[tuple[frozenset[str], frozenset[Walk]]]] = {}
        self._gates: dict[tuple[str, int, str], list[Condition] | None] = {}
        self._answers: dict[tuple[object, ...], bool] = {}
        self._numbers: dict[int, int] = {}
        bare: list[Rule] = []
        for rule in rules:
            asking = [c for c in compile_rule(rule, None) if _asks(c.check)]
            if asking:
                bare.append(replace(rule, checks=tuple(map(_bare, asking)), needs=(), replaces=(), cases=()))
                self._checks[rule.id] = asking
                self._asked[rule.id] = [
                    (frozenset(c.check.names), asked_about(c)) for c in asking if c.check.subject == "asset"
                ]
        self._judging = Judging(world, bare, (), False)

    def assets(self, group: Sequence[Rule], own: Collection[int], walkers: Mapping[Walk, Collection[int]]) -> set[int]:
        """The assets of which a rule of a group may say something else.

        `own`: those of which something else is said themselves; `walkers`: those whose relations lead to one of them.
        """
        kind = self._world.kind
        among: dict[str, set[int]] = {}
        for rule in group:
            for names, walks in self._asked.get(rule.id, ()):
                nodes = among.setdefault(rule.id, set())
                for walk in walks:
                    there = own if walk == _OWN else walkers.get(walk, ())
                    nodes.update(node for node in there if kind(node) in names)
        nodes = sorted(set[int]().union(*among.values()))
        return {
            node
            for node, entries in self._judging.subjects.left(nodes)
            if any(node in among.get(entry[0].rule.id, ()) and self._asset(entry[0], node) for entry in entries)
        }

    @cached_property
    def flow(self) -> Callable[[Path], bool]:
        """Tells whether a rule may say something else of a flow."""
        left = self._judging.movements.left()
        return lambda path: any(self._flow(entry[0], path) for entry in left(path))

    def _asset(self, bare: CompiledCheck, node: int) -> bool:
        """Whether what a check asks for allowed countries has another answer for an asset, or none that is certain."""
        base, world = self._base, self._world
        kind, part = world.kind(node), node in world.tables.parts
        if kind is None or kind in OF_MORE:
            return True
        key = (
            bare.key,
            kind,
            world.classes[node],
            world.ancestors[node],
            base.place_of[node],
            world.place_of[node],
            world.account_of[node],
            world.class_sources[node],
            -1 if part else world.said[node],
        )
        found = self._answers.get(key)
        if found is None:
            after, place = self._judging.subjects.alike(node, part), base.place(node)
            asset = {**after["asset"], "loc": place}
            before = {"asset": asset, "location": place, "policy": base.variables}
            found = self._answers[key] = self._other(bare, kind, world.classes[node], before, after)
        return found

    def _flow(self, bare: CompiledCheck, path: Path) -> bool:
        """Whether what a check asks for allowed countries has another answer for a flow, or none that is certain."""
        base, world = self._base, self._world
        places = world.places
        if len(self._numbers) < len(places.places):
            self._numbers = {id(place): number for number, place in enumerate(places.places)}
        source, target = path.source, self._numbers.get(id(path.target_place))
        if target is None:
            return True
        key = (bare.key, path.kind, world.classes[source], world.kinds[source], world.place_of[source], target)
        found = self._answers.get(key)
        if found is None:
            after = self._judging.movements.alike(path)
            flow = {**after["flow"], "src_loc": base.place(source), "dst_loc": base.places.of(*places.keys[target])}
            before = {"flow": flow, "policy": base.variables}
            found = self._answers[key] = self._other(bare, path.kind, world.classes[source], before, after)
        return found

    def _other(
        self, bare: CompiledCheck, kind: str, level: int, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> bool:
        key = (bare.rule.id, bare.key % CHECKS, kind)
        if key not in self._gates:
            self._gates[key] = self._asking_gates(self._checks[bare.rule.id][key[1]], kind)
        gates = self._gates[key]
        if gates is None:
            return True
        alike = self._judging.functions.register.says_alike(level)
        if not alike and any(not OF_REGISTER.isdisjoint(gate.functions) for gate in gates):
            return True
        answers = [(gate.test(before), gate.test(after)) for gate in gates]
        return any(old is not new or not isinstance(old, bool) for old, new in answers)

    def _asking_gates(self, compiled: CompiledCheck, kind: str) -> list[Condition] | None:
        """The terms of a check that ask for allowed countries; None where kind, class and place do not tell one."""
        found: list[Condition] = []
        bound = compile_rule(replace(compiled.rule, checks=(compiled.check,)), self._judging.functions)[0]
        for condition in (bound.condition, bound.where, *(c for c, _ in bound.severity_when)):
            if condition is None or not OF_COUNTRIES.search(condition.source):
                continue
            gates = {gate.source: gate for gate in gates_of(condition, kind)[0]}
            asking = [text for text in _terms(condition) if OF_COUNTRIES.search(text)]
            if not gates.keys() >= set(asking):
                return None
            found += [gates[text] for text in asking]
        return found


def _asks(check: Check) -> bool:
    return any(OF_COUNTRIES.search(source.text) for source in check.sources)


def _bare(compiled: CompiledCheck) -> Check:
    """A check without what asks for allowed countries: where it cannot fail, what it says does not depend on these."""
    terms: list[str] = []
    where = compiled.where
    if where is not None:
        terms += _plain_terms(where)
    if where is None or not OF_COUNTRIES.search(where.source):  # an unknown `where` tells of itself, not of the rest
        terms += _plain_terms(compiled.condition)
    text = " && ".join(f"({term})" for term in terms) or "true"
    return Check(compiled.check.subject, compiled.check.names, Source(text))


def _terms(condition: Condition) -> list[str]:
    """The terms joined by `&&`."""
    root = condition.root
    terms = root.operands if isinstance(root, Logic) and root.operator == "&&" else (root,)
    return [condition.source[term.start : term.end] for term in terms]


def _plain_terms(condition: Condition) -> list[str]:
    return [text for text in _terms(condition) if not OF_COUNTRIES.search(text)]


def asked_about(compiled: CompiledCheck) -> frozenset[Walk]:
    """What a check over assets asks for allowed countries about: walks, or the asset itself; all of these where that
    cannot be told."""
    found = _NOTHING
    for condition in (compiled.condition, compiled.where, *(c for c, _ in compiled.severity_when)):
        if condition is not None and OF_COUNTRIES.search(condition.source):
            found |= _asked(condition.root, _OF_SCOPE) or {_UNCLEAR}
    return frozenset({_OWN, *compiled.walked}) if _UNCLEAR in found else found


def _asked(node: Node, bound: Mapping[str, frozenset[Walk]]) -> frozenset[Walk]:
    match node:
        case Call(name="outside", arguments=(place,)):
            return _roots(place, bound)
        case Binary(operator="in", left=left, right=Select(operand=Name(name="policy"), field="allowed_countries")):
            return _roots(left, bound)
        case Select(field="allowed_countries"):
            return frozenset({_UNCLEAR})
        case Macro(over=over, variable=variable, body=body, keep=keep):
            if variable in bound:
                return frozenset({_UNCLEAR})
            inner = {**bound, variable: _roots(over, bound)}
            parts = [_asked(over, bound), *(_asked(part, inner) for part in (body, keep) if part is not None)]
            return _NOTHING.union(*parts)
        case _:
            return _NOTHING.union(*(_asked(child, bound) for child in children(node)))


def _roots(node: Node, bound: Mapping[str, frozenset[Walk]]) -> frozenset[Walk]:
    """What a value is taken from."""
    match node:
        case Literal():
            return _NOTHING
        case Name(name=name):
            return bound.get(name, frozenset({_UNCLEAR}))
        case Call(name="targets" | "sources" as way, arguments=(Name(name="asset"), Literal(value=str() as type_))):
            return frozenset({(way, type_)})
        case Select(operand=operand):
            return _roots(operand, bound)
        case Index(operand=operand, index=index):
            return _roots(operand, bound) | _roots(index, bound)
        case _:
            return frozenset({_UNCLEAR})
