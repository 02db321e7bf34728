"""When answers may become others, asset by asset: the dates that conditions compare with the day of the judgement."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, Final

from msgspec import UNSET

from rules.bounds import ENDED, Bound, asks_for_the_day, bounds_of
from rules.condition.dates import is_date
from rules.derivations import moment
from rules.derive import MARKS, Plan, record_of
from rules.graph import KIND_NAMES, KIND_NUMBER
from rules.looks import PRESENT, looks_of, together
from rules.program import CompiledCheck, compile_rule
from rules.rule import Rule
from rules.world import World
from scanners.model import ATTRIBUTES, Asset

_NOT_READ: Final = {ENDED, *(name for name in MARKS if name not in ATTRIBUTES)}
"""What no document states that would be another thing on another day: it follows from relations, tags and policy."""


class _Dates:
    """Dates of assets, ascending, with their nodes."""

    def __init__(self, found: list[tuple[int, int]]) -> None:
        found.sort()
        self._days = array("i", (day for day, _ in found))
        self._nodes = array("i", (node for _, node in found))

    def between(self, first: int, last: int) -> "array[int]":
        """The nodes with a date from the first to the last of these days."""
        return self._nodes[bisect_left(self._days, first) : bisect_right(self._days, last)]

    def with_days(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The same nodes, each after its date."""
        start, stop = bisect_left(self._days, first), bisect_right(self._days, last)
        return zip(self._days[start:stop], self._nodes[start:stop], strict=True)


class _Cells:
    """Assets of which a check says the same on days that lie alike to the one date that it looks at."""

    def __init__(self, date: str, names: tuple[str, ...], place: bool, account: bool) -> None:
        self._date = date
        self.names = names
        self._place = place
        self._account = account
        self._numbers: dict[tuple[object, ...], int] = {}
        self.of: dict[int, int] = {}  # node → number of its cell

    @classmethod
    def for_check(cls, compiled: CompiledCheck, bounds: frozenset[Bound] | None) -> "_Cells | None":
        """None where more than one date, or more than class, place, account and attributes may matter."""
        if compiled.check.subject != "asset" or bounds is None or len(bounds) != 1:
            return None
        bound = next(iter(bounds))
        conditions = [compiled.condition, *(c for c, _ in compiled.severity_when)]
        conditions += [] if compiled.where is None else [compiled.where]
        found = [looks_of(condition) for condition in conditions]
        known = [looks for looks in found if looks is not None]
        whole = together(known)
        if len(known) < len(found) or bound.of != "asset" or bound.name == ENDED or bound.name not in whole.names:
            return None
        if whole.walks or whole.related or whole.named or whole.origin:
            return None
        names = tuple(sorted(name for name in whole.names if name != bound.name))
        return cls(bound.name, names, whole.place, whole.account)

    def add(self, world: World, node: int, record: Mapping[str, Any]) -> None:
        """Sort an asset in, unless it has a value that cannot be compared."""
        values = [(name, _plain(record[name])) for name in self.names if name in record]
        present = [name for name in self.names if name.startswith(PRESENT) and name[1:] in record]
        key = (
            world.kinds[node],
            world.classes[node],
            world.ancestors[node],
            world.place_of[node] if self._place else None,
            world.account_of[node] if self._account else None,
            tuple(values),
            tuple(present),
            is_date(str(record.get(self._date))),  # conditions read fewer ways to write one
        )
        try:
            self.of[node] = self._numbers.setdefault(key, len(self._numbers))
        except TypeError:
            return


def _plain(value: Any) -> Any:
    """A value that is equal to others of the same type only: true is not 1 here."""
    if isinstance(value, list):
        return list, tuple(_plain(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return type(value), value


class Calendar:
    """For one world: which rules may answer otherwise about which assets on another day."""

    def __init__(self, world: World, rules: Iterable[Rule]) -> None:
        self._world = world
        dated = (rule for rule in rules if asks_for_the_day(rule))
        self._checks = [
            (compiled, bounds_of(compiled, world.variables)) for rule in dated for compiled in compile_rule(rule, None)
        ]
        cells = ((_key(compiled), _Cells.for_check(compiled, bounds)) for compiled, bounds in self._checks)
        self._cells = {key: found for key, found in cells if found is not None}

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
        cells: dict[str, list[_Cells]] = {kind: [] for kind in wanted}
        for compiled, _ in self._checks:
            if (several := self._cells.get(_key(compiled))) is not None:
                for kind in compiled.check.names:
                    cells[kind].append(several)
        plans = {k: Plan(k, names.union(*(c.names for c in cells[k]))) for k, names in wanted.items()}
        asked = {k: {n.removeprefix(PRESENT) for c in several for n in c.names} for k, several in cells.items()}
        plain = {k for k, p in plans.items() if not p.derivers and asked[k].isdisjoint({*p.described, *p.marks})}
        read = [kind for kind, names in wanted.items() if cells[kind] or not names <= _NOT_READ]
        rest = frozenset(KIND_NUMBER[kind] for kind in wanted.keys() - set(read))
        kinds, estate = self._world.kinds, self._world.estate
        left = array("i", (n for n, k in enumerate(kinds) if k in rest and self._derived(n, wanted[KIND_NAMES[k]])))
        for batch in chain(estate.assets(tuple(read)) if read else (), estate.chosen(left)):
            self._world.stop_if_cancelled()
            for node, asset in batch:
                kind = asset.kind
                names, values = wanted[kind], asset.attributes
                if self._derived(node, names) or (cells[kind] and kind not in plain):
                    values = record_of(self._world, asset, node, plans[kind])
                elif cells[kind] and "created_at" in names and asset.created_at is not None:
                    values = {**values, "created_at": asset.created_at.isoformat()}
                for several in cells[kind]:
                    several.add(self._world, node, values)
                for name in names:
                    day = self._day(name, asset, values)
                    if day is not None:
                        found[kind, name].append((day, node))
        return {key: _Dates(days) for key, days in found.items()}

    def _derived(self, node: int, names: set[str]) -> bool:
        """Whether one of these attributes may be worked out from more than the document."""
        world = self._world
        if node in world.tables.parts or (ENDED in names and world.graph.sources(node, "writes")):
            return True
        said = world.classifications[world.said[node]]
        return any(name in MARKS and getattr(said, name) not in (UNSET, None) for name in names)

    def _day(self, name: str, asset: Asset, values: Mapping[str, Any]) -> int | None:
        """A date as a number; None where there is none, and -1 where it may be any day from now on."""
        if name == ENDED:
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

    def alike(self, rule: Rule, world: World, apart: Container[int]) -> tuple[set[int], list[list[int]]] | None:
        """What `touched` says of a rule, with assets of which it must say the same, on either day, put together; those
        that are `apart` stay by themselves. None where that cannot be told."""
        single: set[int] = set()
        sorted_: dict[tuple[str, str, int, bool | None, bool | None], list[int]] = {}
        days = (self._world.as_of, world.as_of)
        for compiled, bounds in self._checks:
            if compiled.rule.id != rule.id:
                continue
            cells = self._cells.get(_key(compiled))
            if cells is None or bounds is None:
                return None
            for bound in bounds:
                first, last = _range(bound.days, days)
                for kind in compiled.check.names:
                    dates = self._dates.get((kind, bound.name))
                    for day, node in dates.with_days(first, last) if dates is not None else ():
                        cell = cells.of.get(node)
                        if cell is None or node in apart:
                            single.add(node)
                            continue
                        was, will = (_side(d.toordinal() - day - bound.days) for d in days)
                        sorted_.setdefault((_key(compiled), kind, cell, was, will), []).append(node)
        return single, list(sorted_.values())

    def flows_unclear(self, world: World, lawful: bool) -> set[str]:
        """Rules over flows that may answer otherwise about any flow."""
        return {
            compiled.rule.id
            for compiled, bounds in self._checks
            if compiled.check.subject == "flow"
            and (bounds is None or any(b.of == "asset" or self._crossed(b, world, lawful) for b in bounds))
        }

    def gaps_unclear(self, world: World, lawful: bool) -> set[str]:
        """Rules over assets that may say otherwise of what could not be read: of an asset with provider and kind only,
        which has no dates of its own."""
        return {
            compiled.rule.id
            for compiled, bounds in self._checks
            if compiled.check.subject == "asset"
            and (bounds is None or any(b.of == "entry" or self._crossed(b, world, lawful) for b in bounds))
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
            or law.law_changes(e.country, min(days), max(days))
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


def _key(compiled: CompiledCheck) -> str:
    """Which check of which rule it is."""
    return f"{compiled.rule.id} {compiled.key}"


def _side(difference: int) -> bool | None:
    """On which side of a bound a day lies; None: on it."""
    return None if difference == 0 else difference > 0


def _range(days: int, between: tuple[date, date]) -> tuple[int, int]:
    """The dates after which so many days end, or are over, between two days."""
    first, last = sorted(day.toordinal() for day in between)
    return first - days - 1, last - days + 1


def _within(day: int, days: int, between: tuple[date, date]) -> bool:
    first, last = _range(days, between)
    return first <= day <= last
