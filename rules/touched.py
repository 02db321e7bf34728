"""What a supposed change touches: the nodes whose verdicts, or whose flows' verdicts, it can alter.

Allowed countries, the register, the law of another day, or where some assets lie alter what is said of places and of
destinations. Whatever looks at these is judged again, and nothing else: the assets there, those whose own document
names places, those whose conditions walk to one of them, accounts (which sum up), and the flows to all of these. Rules
are looked at in groups: a rule and those that stand for it, or that it stands for.
"""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET

from rules.bydate import Calendar
from rules.condition import Unknown
from rules.graph import EXTERNAL, KIND_NUMBER, PSEUDONYMISED, TYPES, UNDECIDED, UNREAD
from rules.movements import Some
from rules.places import OUTSIDE
from rules.policy.fields import SETTINGS
from rules.policy.records import TransferEntry
from rules.program import walked
from rules.reading import INFERENCE, NAMES_PLACES
from rules.related import Records
from rules.rule import Rule
from rules.world import Tables, World
from scanners.model import Location

_SUMS: Final = tuple(KIND_NUMBER[k] for k in ("account", "account.region", "governance.policy", "site"))
_JOB: Final = KIND_NUMBER["transfer.job"]
_PARTIES: Final = ("account", "organization", "tenant", "domain")

_OF_COUNTRIES: Final = re.compile(r"\boutside\s*\(|\ballowed_countries\b")
_OF_REGISTER: Final = re.compile(r"\b(?:entry|basis|basis_all|basis_for)\s*\(|\btransfer_register\b")
_REGISTER_ITSELF: Final = re.compile(r"\bpolicy\s*\.\s*transfer_register\b")
_CHAIN: Final = re.compile(r"\bchain\s*\(")
_OTHER_ENDS: Final = re.compile(r"\boutside\s*\(\s*(?!flow\s*\.\s*dst_loc\b)(?!h\s*\.\s*loc\b)")


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


class Change:
    """What is another thing in a world than in the one before; both are of the same estate.

    Of the policies, allowed countries and the register may differ, and nothing else.
    """

    def __init__(self, base: World, world: World, rules: Sequence[Rule], calendar: Calendar, parties: Parties) -> None:
        self._parties = parties
        self._base = base
        self._world = world
        self._calendar = calendar
        self._rules = rules
        self._moved = lying_elsewhere(base, world)
        codes = base.catalogue.country_codes if base.as_of != world.as_of else ()
        law = base.catalogue
        self._lawless = {c for c in codes if law.jurisdiction(c, base.as_of) != law.jurisdiction(c, world.as_of)}
        self._entries = self._changed_entries()

    @property
    def told(self) -> bool:
        """Whether it can be told what is touched: not where the law changes of a country that decisions name, or under
        which an operator stands."""
        named = _named(self._base.policy.as_variables()) if self._lawless else set[str]()
        operators = self._base.catalogue.operators if self._lawless else ()
        return self._lawless.isdisjoint(named) and not any(o.parent_country in self._lawless for o in operators)

    def reach(self, lapsing: Mapping[str, set[str]]) -> list[tuple[list[Rule], Some | None]]:
        """Groups of rules with what is touched for them; None: everything. Groups that nothing touches are left out.

        `lapsing`: rule → the subjects of which an acceptance ends or begins to count.
        """
        days = self._calendar.touched(self._world, not self._lawless) if self._another_day else {}
        unclear = self._calendar.flows_unclear(self._world, not self._lawless) if self._another_day else set[str]()
        found: dict[tuple[frozenset[int], frozenset[int]], list[Rule]] = {}
        whole: list[Rule] = []
        for group in groups_of(self._rules):
            if any(rule.id in unclear for rule in group):
                whole += group
                continue
            dated = frozenset[int]().union(*(days.get(rule.id, ()) for rule in group))
            nodes, ends = set(dated), set(dated) if _over_relations(group) else set[int]()
            for some in (self._of_places(group), self._of_countries(group), self._of_entries(group)):
                nodes.update(some.nodes)
                ends.update(some.ends)
            for rule in group:
                nodes.update(self._subjects(lapsing.get(rule.id, set())))
            if any("*" in lapsing.get(rule.id, ()) or self._flow_accepted(lapsing.get(rule.id)) for rule in group):
                whole += group
            elif nodes or ends:
                found.setdefault((frozenset(nodes), frozenset(ends)), []).extend(group)
        reached: list[tuple[list[Rule], Some | None]] = [(rules, Some(*key)) for key, rules in found.items()]
        return [*reached, *([(whole, None)] if whole else [])]

    @property
    def _another_day(self) -> bool:
        return self._base.as_of != self._world.as_of

    def _subjects(self, accepted: set[str]) -> set[int]:
        nodes = (self._base.estate.node(uid) for uid in accepted)
        return {node for node in nodes if node is not None}

    def _flow_accepted(self, accepted: set[str] | None) -> bool:
        """Whether an acceptance is of something that is no asset: which flow it is, only its ends would tell."""
        return any(uid != "*" and self._base.estate.node(uid) is None for uid in accepted or ())

    def _of_places(self, group: Sequence[Rule]) -> Some:
        """What lies elsewhere, and what lies where another law holds."""
        base, world = self._base, self._world
        changed = set(self._moved)
        if self._another_day:
            pairs = zip(base.places.places, world.places.places, strict=False)
            places = {number for number, (old, new) in enumerate(pairs) if _plain(old) != _plain(new)}
            changed.update(node for node, place in enumerate(base.place_of) if place in places) if places else None
            if self._lawless:
                changed |= at_countries(base, self._lawless) | self._parties.of(self._lawless, None)
        if not changed and not self._lawless:
            return Some(set(), set())
        touched = spread(base, group, changed)
        return Some(touched, touched | _above(base, group, changed))

    def _of_countries(self, group: Sequence[Rule]) -> Some:
        """Where other countries are allowed."""
        base, world = self._base, self._world
        if base.allowed == world.allowed or not _asks(group, _OF_COUNTRIES):
            return Some(set(), set())
        countries = (base.allowed or frozenset()) ^ (world.allowed or frozenset())
        pairs = enumerate(zip(base.places.places, world.places.places, strict=False))
        places = {number for number, (old, new) in pairs if not _same(old[OUTSIDE], new[OUTSIDE])}
        changed = {node for node, place in enumerate(base.place_of) if place in places} if places else set[int]()
        changed |= self._parties.of(countries, None)
        touched = spread(base, group, changed)
        other = any(
            _OTHER_ENDS.search(source.text)
            for rule in group
            for check in rule.checks
            if check.subject != "asset"
            for source in check.sources
        )
        return Some(touched, (touched | _above(base, group, changed)) if other else touched - changed)

    def _changed_entries(self) -> list[TransferEntry]:
        """The entries of the register that differ, as they were and as they are."""
        base, world = self._base, self._world
        given = [w.policy.transfer_register for w in (base, world)]
        before, after = ({} if g is UNSET else {e.id: e for e in g} for g in given)
        found = [e for e in before.values() if after.get(e.id) != e] + [
            e for e in after.values() if before.get(e.id) != e
        ]
        dated = self._calendar.entries(world) if self._another_day else set[str]()
        return found + [e for e in before.values() if e.id in dated and e not in found]

    def _of_entries(self, group: Sequence[Rule]) -> Some:
        """What entries of the register are about that differ, or of which something else holds on another day."""
        base, world = self._base, self._world
        before, after = base.policy.transfer_register, world.policy.transfer_register
        emptied = bool(before is UNSET or not before) != bool(after is UNSET or not after) or (before is UNSET) != (
            after is UNSET
        )
        if not (self._entries or emptied) or not _asks(group, _OF_REGISTER):
            return Some(set(), set())
        if _asks(group, _REGISTER_ITSELF) or before is UNSET or after is UNSET:
            everything = set(range(base.estate.size))
            return Some(everything, everything)
        changed: set[int] = set()
        flagged: set[int] = set()
        for entry in self._entries:
            accounts = self._covered(entry)
            numbers = None if accounts is None else {n for a in accounts for n in base.accounts_by_id.get(a, ())}
            there = at_countries(base, (entry.country,))
            changed.update(n for n in there if numbers is None or base.account_of[n] in numbers)
            changed |= self._parties.of((entry.country,), accounts) | self._subjects(set(entry.assets))
            flagged.update(n for n in _naming(base) if numbers is None or base.account_of[n] in numbers)
        if emptied:
            nowhere = {n for n, place in enumerate(base.places.places) if "countries" not in place}
            changed.update(node for node, place in enumerate(base.place_of) if place in nowhere)
            changed.update(node for node, level in enumerate(base.classes) if level in (UNREAD, UNDECIDED))
        if not changed and not flagged:
            return Some(set(), set())
        touched = spread(base, group, changed, flagged)
        return Some(touched, touched | _above(base, group, touched))

    def _covered(self, entry: TransferEntry) -> set[str] | None:
        """The accounts, in small letters, that an entry may cover; None: any, since nobody said whose they are."""
        if self._base.policy.accounts is UNSET:
            return None
        importer = entry.importer.casefold()
        owned = {name for name, owner in self._base.owners.items() if owner.entity.casefold() == importer}
        return owned | {account.casefold() for account in entry.accounts}


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


def _asks(group: Iterable[Rule], pattern: re.Pattern[str]) -> bool:
    return any(
        pattern.search(text)
        for rule in group
        for text in (*rule.needs, *(source.text for check in rule.checks for source in check.sources))
    )


def _over_relations(group: Iterable[Rule]) -> bool:
    return any(check.subject == "relation" for rule in group for check in rule.checks)


def _named(value: Any) -> set[str]:
    """Every text in the decisions of a policy, apart from the countries that it allows."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, Mapping):
        return {t for k, v in value.items() if k != "allowed_countries" for t in _named(v)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list | tuple | set | frozenset):
        return {text for item in value for text in _named(item)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return set()


def _same(old: bool | Unknown, new: bool | Unknown) -> bool:
    if isinstance(old, Unknown) and isinstance(new, Unknown):
        return old.lacks == new.lacks
    return old is new


def _plain(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place without objects that are made afresh each time, and without what the policy says of it."""
    return {
        name: value if not isinstance(value, Unknown) else value.lacks
        for name, value in place.items()
        if name != OUTSIDE
    }


def _naming(world: World) -> list[int]:
    """Nodes whose documents name places, or that compute elsewhere, with the parts of which the same is said."""
    flags, telling = world.flags, NAMES_PLACES | INFERENCE
    found = [node for node, own in enumerate(flags) if own & telling]
    return [*found, *(part for part, whole in world.tables.parts.items() if flags[whole] & telling)]


def at_countries(world: World, countries: Iterable[str]) -> set[int]:
    """The nodes that may lie in one of these countries."""
    wanted = frozenset(countries)
    places = {
        number
        for number, place in enumerate(world.places.places)
        if not wanted.isdisjoint(place.get("countries") or ())
    }
    return {node for node, place in enumerate(world.place_of) if place in places} if places else set()


def spread(world: World, rules: Iterable[Rule], changed: set[int], naming: Iterable[int] | None = None) -> set[int]:
    """The nodes to judge again where what is said of the places of some changed.

    `naming`: of those whose documents name places, these only.
    """
    graph, kinds = world.graph, world.kinds
    changed = changed.union(_naming(world) if naming is None else naming)
    found = set(changed)
    for kind in _SUMS:
        at = kinds.find(kind)
        while at >= 0:
            found.add(at)
            at = kinds.find(kind, at + 1)
    if world.policy.reid_tag is not UNSET:  # where a table lies that names people again matters for all of these
        found.update(n for n, level in enumerate(world.classes) if level == PSEUDONYMISED)
    walks: dict[int, set[tuple[str, str]]] = {}
    for rule in rules:
        for check in rule.checks:
            if check.subject == "asset":
                text = "\n".join(source.text for source in check.sources)
                for name in check.names:
                    walks.setdefault(KIND_NUMBER[name], set()).update(walked(text))
    for edge in graph.touching(changed):
        source, target, type_ = graph.source[edge], graph.target[edge], graph.type[edge]
        if type_ < 0:
            continue
        name = TYPES[type_]
        for end, direction, other in ((source, "targets", target), (target, "sources", source)):
            kind = kinds[end]
            if other in changed and kind != EXTERNAL and (kind == _JOB or (direction, name) in walks.get(kind, ())):
                found.add(end)
    return found


def _above(world: World, rules: Iterable[Rule], nodes: set[int]) -> set[int]:
    """What hands data on to these nodes, directly or not, where a rule follows chains of transfers from their
    beginning."""
    found: set[int] = set()
    frontier = list(nodes) if _asks(rules, _CHAIN) else []
    while frontier:
        nearer = [n for node in frontier for n in world.graph.upstream(node) if n not in found and n not in nodes]
        found.update(nearer)
        frontier = nearer
    return found


def moved_tables(world: World, moved: dict[int, Location]) -> Tables:
    """The tables of a world in which some nodes, and the parts that lie where they do, lie elsewhere."""
    places = array("i", world.place_of)
    for node, location in moved.items():
        account = world.account(node)
        places[node] = world.places.number(account[0] if account else "", location)
    for part, whole in world.tables.parts.items():
        if whole in moved and part not in moved and world.place_of[part] == world.place_of[whole]:
            places[part] = places[whole]
    return world.tables._replace(places=places)


def lying_elsewhere(before: World, after: World) -> set[int]:
    """The nodes whose place is another one in two worlds of the same estate."""
    if before.place_of is after.place_of:
        return set()
    return {n for n, (old, new) in enumerate(zip(before.place_of, after.place_of, strict=True)) if old != new}


def comparable(base: World, world: World) -> bool:
    """Whether two worlds differ in day, allowed countries, register and places at most."""
    if base.policy is world.policy and base.as_of == world.as_of:
        return True
    old, new, apart = base.policy, world.policy, {"allowed_countries", "transfer_register"}
    return (
        base.catalogue is world.catalogue
        and base.assessed == world.assessed
        and old.given - apart == new.given - apart
        and old.organisation == new.organisation
        and old.classifier.says_as(new.classifier)
        and all(getattr(old, name) == getattr(new, name) for name in SETTINGS if name not in apart)
    )
