"""Which subjects other allowed countries can matter for, told without judging them.

A check joins terms by `&&`. Those that do not ask for allowed countries say the same before and after; where one of
them is false, which kind, class and place alone may tell, the check says the same too. And a check that asks only about
what relations lead to says the same of all whose relations lead to nothing that changes.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from rules.condition import Condition
from rules.condition.terms import Binary, Call, Index, Literal, Logic, Macro, Name, Node, Not, Select, children
from rules.engine import Judging
from rules.flows import Path
from rules.gates import OF_REGISTER, Entry, facts_of, gates_of
from rules.graph import KIND_NAMES, KIND_NUMBER
from rules.looks import Walk
from rules.program import CHECKS, CompiledCheck, compile_rule
from rules.rule import SEVERITIES, Check, Rule, Source
from rules.subjects import OF_MORE
from rules.world import World

OF_COUNTRIES: Final = re.compile(r"\boutside\s*\(|\ballowed_countries\b")

OWN: Final[Walk] = ("", "")
"""In place of a walk: the subject itself."""
_UNCLEAR: Final[Walk] = ("?", "")
_NOTHING: Final = frozenset[Walk]()
_OF_SCOPE: Final[Mapping[str, frozenset[Walk]]] = {
    "asset": frozenset({OWN}),
    "location": frozenset({OWN}),
    "policy": _NOTHING,
    "now": _NOTHING,
}

_ASSET_FACTS: Final = ("level", "ancestors", "place", "account", "source", "critical")
_FLOW_FACTS: Final = ("level", "source", "place", "target")


class _Gate(NamedTuple):
    """A term, whether it asks the transfer register, and the names of the facts that it follows from."""

    term: Condition
    of_register: bool
    facts: tuple[str, ...]


_States = tuple[Mapping[str, Any], Mapping[str, Any]]
Told = Callable[[Collection[int], Collection[str]], Mapping[int, Mapping[str, bool]]]
"""Of some assets: those of some rules that said something of them before, and whether they failed, accepted or not."""

There = Callable[[Walk], Mapping[int, Collection[int]]]
"""For a walk the assets that walk so to one of which something else is said, by kind; for `OWN` these themselves."""


class Asking:
    """What rules ask for allowed countries, and what stands for them: the same for all questions about one world."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.checks: dict[str, list[CompiledCheck]] = {}
        self.asked: dict[str, list[tuple[frozenset[int], frozenset[Walk]]]] = {}
        self.bare: list[Rule] = []
        for rule in rules:
            asking = [c for c in compile_rule(rule, None) if _asks(c.check)]
            if asking:
                self.bare.append(replace(rule, checks=tuple(map(_bare, asking)), needs=(), replaces=(), cases=()))
                self.checks[rule.id] = asking
                self.asked[rule.id] = [
                    (frozenset(KIND_NUMBER[name] for name in c.check.names), asked_about(c))
                    for c in asking
                    if c.check.subject == "asset"
                ]
        over = [rule for rule in rules if rule.id not in self.checks and rule.replaces]
        named = [rule for rule in rules if rule.id in self.checks]
        hiding = {rule.id: frozenset(o.id for o in over if _hides(o, rule)) for rule in named}
        self.hiding = {rule: others for rule, others in hiding.items() if others}
        under = {other for rule in rules for other in rule.replaces}
        self.falling = frozenset(
            rule for rule, checks in self.checks.items() if rule not in under and all(map(falls, checks))
        )


class Flips:
    """For a world in which other countries are allowed than before, and the rules, of which some ask for these."""

    def __init__(self, base: World, world: World, asking: Asking, told: Told) -> None:
        self._base = base
        self._world = world
        self._told = told
        self._asking = asking
        self._bound: dict[int, CompiledCheck] = {}
        self._gates: dict[tuple[int, str], list[_Gate] | None] = {}
        self._answers: dict[tuple[Any, ...], bool] = {}
        self._rules: dict[tuple[Any, ...], list[str]] = {}
        self._flows: dict[tuple[Any, ...], bool] = {}
        self._numbers: dict[int, int] = {}
        self._open: dict[str, set[int]] = {rule: set() for rule in asking.checks}
        self._looked_at: set[int] = set()
        self._judging = Judging(world, asking.bare, (), False)
        # Where more countries are allowed, these may say less than before, and never more.
        more = base.allowed is not None and world.allowed is not None and base.allowed <= world.allowed
        self._falling = asking.falling if more else frozenset[str]()

    def assets(self, group: Sequence[Rule], there: There) -> set[int]:
        """The assets of which a rule of a group may say something else."""
        among: dict[str, set[int]] = {}
        for rule in group:
            for kinds, walks in self._asking.asked.get(rule.id, ()):
                nodes = among.setdefault(rule.id, set())
                for walk in walks:
                    found_there = there(walk)
                    nodes.update(*(found_there.get(kind, ()) for kind in kinds))
        self._look_at(set[int]().union(*among.values()) - self._looked_at)
        found: set[int] = set()
        unsure: dict[int, list[str]] = {}
        for rule, nodes in among.items():
            nodes &= self._open[rule]
            if rule not in self._asking.hiding and rule not in self._falling:
                found |= nodes
                continue
            for node in nodes:
                unsure.setdefault(node, []).append(rule)
        for node in found.intersection(unsure):
            del unsure[node]
        asked = {rule for rules in unsure.values() for rule in rules}
        hiding = (self._asking.hiding.get(rule, ()) for rule in asked)
        if unsure:
            told = self._told(unsure, asked.union(*hiding))
            found.update(node for node, rules in unsure.items() if not self._nothing_new(rules, told[node]))
        return found

    def _look_at(self, nodes: Collection[int]) -> None:
        """Note which rules kind, class and place leave open of some assets."""
        self._looked_at.update(nodes)
        for node, entries in self._judging.subjects.left(sorted(nodes)):
            for rule in self._of_asset(node, entries):
                self._open[rule].add(node)

    def _nothing_new(self, rules: Iterable[str], told: Mapping[str, bool]) -> bool:
        """Whether these rules cannot say anything new of an asset of which that was told before."""
        failed = {rule for rule, failed in told.items() if failed}
        return all(
            not failed.isdisjoint(self._asking.hiding.get(rule, ())) or (rule in self._falling and rule not in told)
            for rule in rules
        )

    @cached_property
    def flow(self) -> Callable[[Path], bool]:
        """Tells whether a rule may say something else of a flow."""
        left = self._judging.movements.left()
        return lambda path: any(self._flow(entry[0], path) for entry in left(path))

    def _of_asset(self, node: int, entries: Sequence[Entry]) -> list[str]:
        """The rules whose question for allowed countries has another answer for an asset, or none that is certain."""
        base, world = self._base, self._world
        part = node in world.tables.parts
        key = (
            id(entries),  # kept by what made them
            world.kinds[node],
            world.classes[node],
            world.ancestors[node],
            (base.place_of[node], world.place_of[node]),
            world.account_of[node],
            world.class_sources[node],
            -1 if part else world.said[node],
        )
        found = self._rules.get(key)
        if found is None:
            kind = KIND_NAMES[world.kinds[node]]
            facts: dict[str, Any] = dict(zip(_ASSET_FACTS, key[2:], strict=True))

            def states() -> _States:
                after, place = self._judging.subjects.alike(node, part), base.place(node)
                asset = {**after["asset"], "loc": place}
                return {"asset": asset, "location": place, "policy": base.variables}, after

            found = self._rules[key] = [
                entry[0].rule.id for entry in entries if kind in OF_MORE or self._other(entry[0], kind, facts, states)
            ]
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
        found = self._flows.get(key)
        if found is None:

            def states() -> _States:
                after, end = self._judging.movements.alike(path), base.places.of(*places.keys[target])
                flow = {**after["flow"], "src_loc": base.place(source), "dst_loc": end}
                return {"flow": flow, "policy": base.variables}, after

            facts: dict[str, Any] = dict(zip(_FLOW_FACTS, key[2:], strict=True))
            found = self._flows[key] = self._other(bare, path.kind, facts, states)
        return found

    def _other(
        self,
        bare: CompiledCheck,
        kind: str,
        facts: Mapping[str, Any],
        states: "Callable[[], _States]",
    ) -> bool:
        """Whether what a check asks for allowed countries may have another answer for subjects of which these facts
        hold; `states`: what one of them is like before and after."""
        key = (bare.key, kind)
        if key not in self._gates:
            self._gates[key] = self._asking_gates(bare, kind)
        gates = self._gates[key]
        if gates is None:
            return True
        alike = self._judging.functions.register.says_alike(facts["level"])
        for gate, of_register, names in gates:
            if of_register and not alike:
                return True
            told = (gate.source, bare.check.subject, *[facts.get(name, kind) for name in names])
            other = self._answers.get(told)
            if other is None:
                old, new = [gate.test(state) for state in states()]
                other = self._answers[told] = old is not new or not isinstance(old, bool)
            if other:
                return True
        return False

    def _asking_gates(self, bare: CompiledCheck, kind: str) -> list[_Gate] | None:
        """The terms of a check that ask for allowed countries; None where kind, class and place do not tell one."""
        found: list[_Gate] = []
        bound = self._bound.get(bare.key)
        if bound is None:
            asking = self._asking.checks[bare.rule.id][bare.key % CHECKS]
            (bound,) = compile_rule(replace(asking.rule, checks=(asking.check,)), self._judging.functions)
            self._bound[bare.key] = bound
        for condition in (bound.condition, bound.where, *(c for c, _ in bound.severity_when)):
            if condition is None or not OF_COUNTRIES.search(condition.source):
                continue
            gates = {gate.source: gate for gate in gates_of(condition, kind)[0]}
            asking = [text for text in _terms(condition) if OF_COUNTRIES.search(text)]
            if not gates.keys() >= set(asking):
                return None
            found += [
                _Gate(gates[text], not OF_REGISTER.isdisjoint(gates[text].functions), facts_of(gates[text]))
                for text in asking
            ]
        return found


def _hides(winner: Rule, other: Rule) -> bool:
    """Whether a failure of one rule on an asset is told as it is, whatever another says there: it stands for that and
    for all that that would stand for, and is as grave."""
    if other.id not in winner.replaces or not set(winner.replaces).issuperset(other.replaces):
        return False
    if any(check.subject != "asset" for rule in (winner, other) for check in rule.checks):
        return False
    alike = (winner.raise_for_special, winner.potential_when_unclassified) == (
        other.raise_for_special,
        other.potential_when_unclassified,
    )
    return alike and max(_gravities(winner)) <= min(_gravities(other))


def _gravities(rule: Rule) -> Iterator[int]:
    """The severities that a failure of a rule may have, the gravest being nought."""
    for check in rule.checks:
        for word in (check.severity or rule.severity, *(word for _, word in check.severity_when)):
            yield SEVERITIES.index(word)


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


def falls(compiled: CompiledCheck) -> bool:
    """Whether the more countries are allowed the less a check says: what is no finding stays none."""
    conditions = (compiled.condition, compiled.where)
    return all(condition is None or _falls(condition.root, condition.source, True) for condition in conditions)


def _falls(node: Node, source: str, upward: bool) -> bool:
    """Whether a term is the less true, or the more with `upward` false, the more countries are allowed."""
    if not OF_COUNTRIES.search(source, node.start, node.end):
        return True
    match node:
        case Call(name="outside", arguments=(place,)):
            return upward and _falls(place, source, upward)
        case Binary(operator="in", left=left, right=Select(operand=Name(name="policy"), field="allowed_countries")):
            return not upward and not OF_COUNTRIES.search(source, left.start, left.end)
        case Not(operand=operand):
            return _falls(operand, source, not upward)
        case Logic(operands=operands):
            return all(_falls(operand, source, upward) for operand in operands)
        case Macro(kind="exists" | "all", over=over, body=body, keep=None):
            return not OF_COUNTRIES.search(source, over.start, over.end) and _falls(body, source, upward)
        case _:
            return False


def asked_about(compiled: CompiledCheck) -> frozenset[Walk]:
    """What a check over assets asks for allowed countries about: walks, or the asset itself; all of these where that
    cannot be told."""
    found = _NOTHING
    for condition in (compiled.condition, compiled.where, *(c for c, _ in compiled.severity_when)):
        if condition is not None and OF_COUNTRIES.search(condition.source):
            found |= _asked(condition.root, _OF_SCOPE) or {_UNCLEAR}
    return frozenset({OWN, *compiled.walked}) if _UNCLEAR in found else found


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
