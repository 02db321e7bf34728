"""When answers may become others: the dates that conditions compare with the day of the judgement.

A condition that uses the day only to compare it with dates answers alike on all days between two of these dates. What
it does not say so plainly counts as another answer on every other day.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from rules.condition.terms import Binary, Call, Literal, Macro, Name, Negate, Node, Select, children
from rules.derivations import moment
from rules.derive import MARKS, Plan, record_of
from rules.graph import KIND_NUMBER
from rules.program import CompiledCheck, compile_rule
from rules.rule import Rule
from rules.world import World
from scanners.model import Asset

_COMPARED: Final = frozenset(["==", "!=", "<", "<=", ">", ">="])
_OF_JOBS: Final = frozenset({"estimated_flop", "flop_at_least"})
_OF_ENTRY: Final = frozenset({"entry", "basis", "basis_all", "basis_for"})
_ENDED, _HOURS = "producer_ended_days", "accelerator_hours"
_DAYLY: Final = frozenset({"days", "facts_age", "adequacy_valid", "share", *_OF_JOBS})


class Bound(NamedTuple):
    """So many days after some date an answer may become another one.

    `of`: `asset` (the date is its attribute `name`), `entry` (of the register), `policy` (member `name` of the list
    `more`), `facts` (when these were last checked), or `jobs` (now, while a job runs), `law` (when the law changes).
    """

    of: str
    name: str = ""
    days: int = 0
    more: str = ""


class _Unclear(Exception):  # noqa: N818 - a finding about a rule, not a fault
    """The day is used in a way that does not tell when an answer becomes another one."""


def bounds_of(compiled: CompiledCheck, policy: Mapping[str, Any]) -> frozenset[Bound] | None:
    """What the answers of a check depend on beside the law of the day; None where that cannot be told."""
    conditions = [compiled.condition, *(c for c, _ in compiled.severity_when)]
    conditions += [] if compiled.where is None else [compiled.where]
    try:
        return frozenset(bound for c in conditions for bound in _bounds(c.root, policy, {}))
    except _Unclear:
        return None


def _bounds(node: Node, policy: Mapping[str, Any], lists: Mapping[str, str]) -> Iterator[Bound]:
    match node:
        case Binary(operator=operator, left=left, right=right) if operator in _COMPARED:
            for one, other in ((left, right), (right, left)):
                match one:
                    case Call(name="days", arguments=(when,)):
                        yield from _after(when, _number(other, policy), lists)
                    case Call(name="facts_age"):
                        yield from (Bound("facts", days=days) for days in _number(other, policy))
                    case Select(operand=Name(name="asset"), field="producer_ended_days"):
                        yield from (Bound("asset", _ENDED, days) for days in _number(other, policy))
                    case Name(name="now"):
                        yield from _after(other, (0,), lists)
                    case _:
                        if not _settled(one):
                            yield from _bounds(one, policy, lists)
        case Name(name="now"):
            raise _Unclear
        case Select(operand=operand, field=field) if field in (_ENDED, _HOURS):
            if field == _ENDED or not isinstance(operand, Name) or operand.name != "asset":
                raise _Unclear
            yield Bound("jobs")
        case Call(name=name, arguments=arguments) if name in _DAYLY:
            if name in ("days", "facts_age"):
                raise _Unclear
            if name != "adequacy_valid" or not _of_entry(arguments[0]):
                yield Bound("jobs" if name in _OF_JOBS else "law")
            if name == "share":
                yield Bound("jobs")
            for argument in arguments:
                if not isinstance(argument, Name) or argument.name != "now":
                    yield from _bounds(argument, policy, lists)
        case Macro(variable="asset" | "flow" | "policy" | "now"):
            raise _Unclear
        case Macro(over=Select(operand=Name(name="policy"), field=field), variable=variable):
            inner = {**lists, variable: field}
            for child in children(node)[1:]:
                yield from _bounds(child, policy, inner)
        case Macro(variable=variable):
            inner = {name: field for name, field in lists.items() if name != variable}
            for child in children(node):
                yield from _bounds(child, policy, inner)
        case _:
            for child in children(node):
                yield from _bounds(child, policy, lists)


def _settled(node: Node) -> bool:
    """Whether a side of a comparison was looked at with the other side."""
    match node:
        case Call(name="days" | "facts_age") | Name(name="now"):
            return True
        case Select(operand=Name(name="asset"), field=field):
            return field == _ENDED
        case _:
            return False


def _of_entry(node: Node) -> bool:
    """Whether something is said of an entry of the register: what is true of these is looked at apart."""
    return isinstance(node, Select) and isinstance(node.operand, Call) and node.operand.name in _OF_ENTRY


def _after(when: Node, days: Iterable[int], lists: Mapping[str, str]) -> Iterator[Bound]:
    """What is compared with a date so many days ago."""
    for number in days:
        match when:
            case Select(operand=Name(name="asset"), field=field):
                yield Bound("asset", field, number)
            case Select(operand=Call(name=name), field=field) if name in _OF_ENTRY:
                yield Bound("entry", field, number)
            case Select(operand=Call(name="ropa"), field=field):
                yield Bound("policy", field, number, "ropa")
            case Select(operand=Name(name=name), field=field) if name in lists:
                yield Bound("policy", field, number, lists[name])
            case Literal(value=None):
                pass
            case _:
                raise _Unclear


def _number(node: Node, policy: Mapping[str, Any]) -> tuple[int, ...]:
    """The whole number that a term stands for; nothing where the policy leaves it out, so that nothing is compared."""
    match node:
        case Literal(value=int() as value) if not isinstance(value, bool):
            return (value,)
        case Negate(operand=Literal(value=int() as value)):
            return (-value,)
        case Select(operand=Name(name="policy"), field=field):
            if field not in policy:
                return ()
            value = policy[field]
            if isinstance(value, int) and not isinstance(value, bool):
                return (value,)
        case _:
            pass
    raise _Unclear


class _Dates:
    """Dates of assets, ascending, with their nodes."""

    def __init__(self, found: list[tuple[int, int]]) -> None:
        found.sort()
        self._days = array("i", (day for day, _ in found))
        self._nodes = array("i", (node for _, node in found))

    def between(self, first: int, last: int) -> "array[int]":
        """The nodes with a date from the first to the last of these days."""
        return self._nodes[bisect_left(self._days, first) : bisect_right(self._days, last)]


class Calendar:
    """For one world: which rules may answer otherwise about which assets on another day."""

    def __init__(self, world: World, rules: Iterable[Rule]) -> None:
        self._world = world
        dated = (rule for rule in rules if _asks_for_the_day(rule))
        self._checks = [
            (compiled, bounds_of(compiled, world.variables)) for rule in dated for compiled in compile_rule(rule, None)
        ]

    @cached_property
    def _dates(self) -> dict[tuple[str, str], _Dates]:
        """Kind and attribute → dates of the assets of this kind."""
        wanted: dict[str, set[str]] = {}
        for compiled, bounds in self._checks:
            if compiled.check.subject == "asset":
                for kind in compiled.check.names:
                    wanted.setdefault(kind, set()).update(b.name for b in bounds or () if b.of == "asset")
        wanted = {kind: names for kind, names in wanted.items() if names}
        found: dict[tuple[str, str], list[tuple[int, int]]] = {(k, n): [] for k, names in wanted.items() for n in names}
        plans = {kind: Plan(kind, names) for kind, names in wanted.items()}
        for batch in self._world.estate.assets(tuple(wanted)) if wanted else ():
            self._world.stop_if_cancelled()
            for node, asset in batch:
                names, values = wanted[asset.kind], asset.attributes
                if self._derived(asset, node, names):
                    values = record_of(self._world, asset, node, plans[asset.kind])
                for name in names:
                    day = self._day(name, asset, values)
                    if day is not None:
                        found[asset.kind, name].append((day, node))
        return {key: _Dates(days) for key, days in found.items()}

    def _derived(self, asset: Asset, node: int, names: set[str]) -> bool:
        """Whether one of these attributes may be worked out from more than the document."""
        world = self._world
        if node in world.tables.parts or (_ENDED in names and world.graph.sources(node, "writes")):
            return True
        said = world.classifications[world.said[node]]
        return any(name in MARKS and getattr(said, name) is not UNSET for name in names)

    def _day(self, name: str, asset: Asset, values: Mapping[str, Any]) -> int | None:
        """A date as a number; None where there is none, and -1 where it may be any day from now on."""
        if name == _ENDED:
            ended = values.get(name)
            return None if not isinstance(ended, int) else self._world.as_of.toordinal() - ended if ended > 0 else -1
        if name == "created_at" and asset.created_at is not None:
            found = moment(asset.created_at)
        else:
            found = moment(values.get(name))
        return None if found is None else found.date().toordinal()

    def touched(self, world: World, lawful: bool) -> dict[str, set[int]]:
        """Rules over assets and relations that may answer otherwise in a world of another day, by their ids, and about
        which nodes. `lawful`: the law is the same on both days.

        What follows from the law, and from entries of the register, is no part of it.
        """
        found: dict[str, set[int]] = {}
        for compiled, bounds in self._checks:
            check = compiled.check
            if check.subject == "flow":
                continue
            nodes = found.setdefault(compiled.rule.id, set())
            if bounds is None or any(self._crossed(bound, world, lawful) for bound in bounds):
                nodes.update(self._of_kinds(check.names if check.subject == "asset" else None))
                continue
            for bound in bounds:
                if bound.of == "asset":
                    nodes.update(*(self._at(kind, bound, world) for kind in check.names))
        return {rule: nodes for rule, nodes in found.items() if nodes}

    def flows_unclear(self, world: World, lawful: bool) -> set[str]:
        """Rules over flows that may answer otherwise about any flow."""
        return {
            compiled.rule.id
            for compiled, bounds in self._checks
            if compiled.check.subject == "flow"
            and (bounds is None or any(b.of == "asset" or self._crossed(b, world, lawful) for b in bounds))
        }

    def entries(self, world: World) -> set[str]:
        """The entries of the register of which something else holds in a world of another day, by their ids."""
        entries = self._world.policy.transfer_register
        if entries is UNSET:
            return set()
        law, days = self._world.catalogue, (self._world.as_of, world.as_of)
        asked = {(b.name, b.days) for _, bounds in self._checks for b in bounds or () if b.of == "entry"}
        asked |= {("expires", 0), ("dpf_certified_until", 0)}
        old = [law.age_days(day) > self._world.policy.facts_max_age_days for day in days]
        found = {
            e.id
            for e in entries
            if any(isinstance(v := getattr(e, n, None), date) and _within(v.toordinal(), k, days) for n, k in asked)
            or law.adequacy_valid(e.country, days[0]) != law.adequacy_valid(e.country, days[1])
            or law.jurisdiction(e.country, days[0]) != law.jurisdiction(e.country, days[1])
        }
        return {e.id for e in entries} if old[0] != old[1] else found

    def _crossed(self, bound: Bound, world: World, lawful: bool) -> bool:
        """Whether a bound that is the same for all assets lies between the two days."""
        base, days = self._world, (self._world.as_of, world.as_of)
        match bound.of:
            case "policy":
                entries = base.variables.get(bound.more) or ()
                dates = (moment(entry.get(bound.name)) for entry in entries)
                return any(d is not None and _within(d.date().toordinal(), bound.days, days) for d in dates)
            case "facts":
                return _within(base.catalogue.as_of.toordinal(), bound.days, days)
            case "jobs":
                return any(not ended for ended in base.tables.ended.values())
            case "law":
                aged = [base.catalogue.age_days(day) > base.policy.facts_max_age_days for day in days]
                return not lawful or aged[0] != aged[1]
            case _:
                return False

    def _at(self, kind: str, bound: Bound, world: World) -> "array[int]":
        dates = self._dates.get((kind, bound.name))
        if dates is None:
            return array("i")
        first, last = _range(bound.days, (self._world.as_of, world.as_of))
        return dates.between(first, last) + dates.between(-1, -1)

    def _of_kinds(self, names: Iterable[str] | None) -> set[int]:
        kinds = self._world.kinds
        wanted = None if names is None else frozenset(KIND_NUMBER[name] for name in names)
        return {node for node, kind in enumerate(kinds) if wanted is None or kind in wanted}


def _asks_for_the_day(rule: Rule) -> bool:
    texts = (source.text for check in rule.checks for source in check.sources)
    return any(word in text for text in texts for word in ("now", _ENDED, _HOURS, *_DAYLY))


def _range(days: int, between: tuple[date, date]) -> tuple[int, int]:
    """The dates after which so many days end, or are over, between two days."""
    first, last = sorted(day.toordinal() for day in between)
    return first - days - 1, last - days + 1


def _within(day: int, days: int, between: tuple[date, date]) -> bool:
    first, last = _range(days, between)
    return first <= day <= last
