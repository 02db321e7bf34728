"""What looks at some nodes of an estate, by relations, by documents that name places, or by summing up."""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, Final

from msgspec import UNSET

from rules.bydate import Calendar
from rules.flips import OWN, Asking
from rules.flows import paths
from rules.graph import EXTERNAL, KIND_NUMBER, PSEUDONYMISED, TYPES
from rules.looks import Walk
from rules.program import walked
from rules.reading import INFERENCE, NAMES_PLACES
from rules.related import Records
from rules.rule import Rule
from rules.world import World

_SUMS: Final = tuple(KIND_NUMBER[k] for k in ("account", "account.region", "governance.policy", "site"))
_JOB: Final = KIND_NUMBER["transfer.job"]
_PARTIES: Final = ("account", "organization", "tenant", "domain")
_BATCH: Final = 2_000
_CODE: Final = 2
"""Letters of a country's code."""
_CHAIN: Final = re.compile(r"\bchain\s*\(")


class Parties:
    """Whoever data are shared with, by the country and the account of their owner."""

    def __init__(self, world: World) -> None:
        accounts = KIND_NUMBER["account"]
        nodes = [node for node, kind in enumerate(world.kinds) if kind in (EXTERNAL, accounts)]
        named = world.estate.uids(nodes)
        records = Records(world)
        self._found: list[tuple[int, str, str]] = []
        for node, uid in named.items():
            if world.kinds[node] == accounts or uid.partition(":")[0] in _PARTIES:
                record = records.get(node)
                country, account = record.get("owner_country"), record.get("account")
                if isinstance(country, str):
                    self._found.append((node, country, str(account or "").casefold()))

    def of(self, countries: Iterable[str], accounts: set[str] | None) -> set[int]:
        """Those of some countries, and of some accounts if these are given."""
        wanted = frozenset(countries)
        return {n for n, country, a in self._found if country in wanted and (accounts is None or a in accounts)}


class Memory:
    """What is the same for every question about one world: worked out with the first that needs it."""

    def __init__(self, world: World, rules: Sequence[Rule]) -> None:
        self.world = world
        self.rules = rules
        self.groups = groups_of(rules)

    @cached_property
    def calendar(self) -> Calendar:
        """When answers may become others."""
        return Calendar(self.world, self.rules)

    @cached_property
    def asking(self) -> Asking:
        """What the rules ask for allowed countries."""
        return Asking(self.rules)

    @cached_property
    def parties(self) -> Parties:
        """Whoever data are shared with."""
        return Parties(self.world)

    @cached_property
    def naming(self) -> frozenset[int]:
        """Nodes whose documents name places or that compute elsewhere, with the parts of which the same is said."""
        flags, telling = self.world.flags, NAMES_PLACES | INFERENCE
        found = [node for node, own in enumerate(flags) if own & telling]
        return frozenset([*found, *(part for part, at in self.world.tables.parts.items() if flags[at] & telling)])

    @cached_property
    def _named(self) -> dict[int, tuple[frozenset[int], frozenset[str]]]:
        """What the documents of these nodes name: places, by number, and countries or other short words."""
        world, records = self.world, Records(self.world)
        nodes = sorted(node for node in self.naming if world.kinds[node] != EXTERNAL)
        found: dict[int, tuple[frozenset[int], frozenset[str]]] = {}
        for start in range(0, len(nodes), _BATCH):
            batch = nodes[start : start + _BATCH]
            records.fetch(batch)
            elsewhere: dict[int, list[Any]] = {}
            for several in paths(world, records, batch, lambda source, target: False):
                for path in several:
                    elsewhere.setdefault(path.source, []).append(path.target_place)
            numbers = {id(place): number for number, place in enumerate(world.places.places)}
            for node in batch:
                places, words = set[int](), set[str]()
                _gather([records.get(node), *elsewhere.get(node, ())], numbers, places, words)
                found[node] = frozenset(places), frozenset(words)
        return found

    def naming_any(self, places: Collection[int], countries: Collection[str]) -> set[int]:
        """Nodes whose documents name one of these places, by number, or countries."""
        known = self._named
        return {
            node
            for node in self.naming
            if node not in known or not known[node][0].isdisjoint(places) or not known[node][1].isdisjoint(countries)
        }

    @cached_property
    def sums(self) -> frozenset[int]:
        """Nodes that sum up others, and those to which it matters who can be named again elsewhere."""
        world = self.world
        found = {node for node, kind in enumerate(world.kinds) if kind in _SUMS}
        if world.policy.reid_tag is not UNSET:
            found.update(n for n, level in enumerate(world.classes) if level == PSEUDONYMISED)
        return frozenset(found)


def _gather(value: Any, numbers: dict[int, int], places: set[int], words: set[str]) -> None:
    """All places and short words in a record."""
    number = numbers.get(id(value))
    if number is not None:
        places.add(number)
    elif isinstance(value, str):
        if len(value) == _CODE:
            words.add(value)
    elif isinstance(value, dict):
        for inner in value.values():  # pyright: ignore[reportUnknownVariableType]
            _gather(inner, numbers, places, words)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]
            _gather(inner, numbers, places, words)


class Around:
    """What looks at some nodes of which something else is said."""

    def __init__(self, memory: Memory, changed: Collection[int], naming: Collection[int]) -> None:
        self._memory = memory
        self.changed = frozenset(changed)
        self._told = self.changed.union(naming)
        self._by_kind: dict[Walk, dict[int, list[int]]] = {}

    @cached_property
    def own(self) -> set[int]:
        """The nodes of which something else is said themselves: these, what sums up, jobs that touch these."""
        kinds = self._memory.world.kinds
        jobs = (node for nodes in self.walkers.values() for node in nodes if kinds[node] == _JOB)
        return {*self._told, *self._memory.sums, *jobs}

    @cached_property
    def walkers(self) -> dict[tuple[str, str], set[int]]:
        """Whoever walks to these nodes, by direction and type of relation."""
        graph, told = self._memory.world.graph, self._told
        types, sources, targets = graph.type, graph.source, graph.target
        before: list[set[int]] = [set() for _ in (*TYPES, None)]  # the last one is of relations without a type
        behind: list[set[int]] = [set() for _ in before]
        for edge in graph.touching(told):
            type_, source, target = types[edge], sources[edge], targets[edge]
            if target in told:
                before[type_].add(source)
            if source in told:
                behind[type_].add(target)
        ways = (("targets", before), ("sources", behind))
        return {(way, n): nodes for way, each in ways for n, nodes in zip(TYPES, each, strict=False) if nodes}

    def by_kind(self, walk: Walk) -> dict[int, list[int]]:
        """Whoever walks so to these nodes, by kind; for `OWN` the nodes of which something else is said themselves."""
        found = self._by_kind.get(walk)
        if found is None:
            found = self._by_kind[walk] = {}
            kinds = self._memory.world.kinds
            for node in self.own if walk == OWN else self.walkers.get(walk, ()):
                found.setdefault(kinds[node], []).append(node)
        return found

    def of(self, group: Iterable[Rule]) -> set[int]:
        """The nodes to judge again by rules of a group."""
        kinds, walkers = self._memory.world.kinds, self.walkers
        found = set(self.own)
        walks: dict[tuple[str, str], set[int]] = {}
        for rule in group:
            for check in rule.checks:
                if check.subject == "asset":
                    for walk in walked("\n".join(source.text for source in check.sources)):
                        walks.setdefault(walk, set()).update(KIND_NUMBER[name] for name in check.names)
        for walk, walking in walks.items():
            found.update(node for node in walkers.get(walk, ()) if kinds[node] in walking)
        return found

    def above(self, group: Iterable[Rule]) -> set[int]:
        """What hands data on to these nodes, directly or not, where a rule follows chains of transfers from their
        beginning."""
        graph, told = self._memory.world.graph, self._told
        found: set[int] = set()
        frontier = list(told) if asks(group, _CHAIN) else []
        while frontier:
            nearer = [n for node in frontier for n in graph.upstream(node) if n not in found and n not in told]
            found.update(nearer)
            frontier = nearer
        return found


def groups_of(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that stand for each other, directly or not, in groups; in order."""
    number = {rule.id: rule.id for rule in rules}

    def first(rule: str) -> str:
        while number[rule] != rule:
            rule = number[rule]
        return rule

    for rule in rules:
        for other in rule.replaces:
            if other in number:
                number[first(rule.id)] = first(other)
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(first(rule.id), []).append(rule)
    return list(found.values())


def asks(group: Iterable[Rule], pattern: re.Pattern[str]) -> bool:
    return any(
        pattern.search(text)
        for rule in group
        for text in (*rule.needs, *(source.text for check in rule.checks for source in check.sources))
    )
