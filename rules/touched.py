"""What a supposed change touches: the nodes whose verdicts, or whose flows' verdicts, it can alter.

Allowed countries, the register, the law of another day, or where some assets lie alter what is said of places and of
destinations. Whatever looks at these is judged again, and nothing else: the assets there, those whose own document
names places, those whose conditions walk to one of them, accounts (which sum up), and the flows to all of these. Rules
are looked at in groups: a rule and those that stand for it, or that it stands for.
"""

import re
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress, count
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from rules.condition import Unknown
from rules.flips import OF_COUNTRIES, Flips, Told
from rules.graph import KIND_NUMBER, UNDECIDED, UNREAD, differing
from rules.places import OUTSIDE
from rules.policy.fields import SETTINGS
from rules.policy.records import TransferEntry
from rules.portion import Near, Some
from rules.rule import Rule
from rules.surroundings import Around, Memory, asks
from rules.world import Tables, World
from scanners.model import Location

_NOTHING: Final = Some(frozenset(), frozenset())

_OF_REGISTER: Final = re.compile(r"\b(?:entry|basis|basis_all|basis_for)\s*\(|\btransfer_register\b")
_REGISTER_ITSELF: Final = re.compile(r"\bpolicy\s*\.\s*transfer_register\b")
_SHARE: Final = re.compile(r"\bshare\s*\(")
_OTHER_ENDS: Final = re.compile(r"\boutside\s*\(\s*(?!flow\s*\.\s*dst_loc\b)(?!h\s*\.\s*loc\b)|\ballowed_countries\b")
_WALKS: Final = re.compile(r"\b(?:targets|sources|copies|chain)\s*\(")


class Reached(NamedTuple):
    """Rules, and what is touched for them; None: everything.

    `alike`: further assets, in lists of those of which the rules say the same, before and after.
    """

    rules: list[Rule]
    some: Some | None
    alike: Sequence[Sequence[int]] = ()


@dataclass(slots=True)
class _Together:
    """Groups of rules that go along the flows together."""

    rules: list[Rule] = field(default_factory=list[Rule])
    nodes: set[int] = field(default_factory=set[int])
    ends: set[int] = field(default_factory=set[int])
    near_nodes: set[int] = field(default_factory=set[int])
    near_ends: set[int] = field(default_factory=set[int])
    alone: set[int] = field(default_factory=set[int])

    def some(self, flips: Flips | None) -> Some:
        if flips is None:
            return Some(self.nodes, self.ends)
        alone = self.alone - self.nodes
        return Some(self.nodes | alone, self.ends, Near(self.near_nodes, self.near_ends, flips.flow, alone))


class Change:
    """What is another thing in a world than in the one before; both are of the same estate.

    Of the policies, allowed countries and the register may differ, and nothing else. `told`: of some assets the
    rules that said something of them before, and whether they failed, acceptances or not.
    """

    def __init__(self, memory: Memory, world: World, told: Told) -> None:
        base = memory.world
        self._told_before = told
        self._memory = memory
        self._base = base
        self._world = world
        memory.naming_any((), ())  # resolves the last places that the base may need …
        for provider, location in base.places.keys:
            world.places.number(provider, location)  # … so that both worlds have them all, under the same numbers
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

    def reach(self, lapsing: Mapping[str, set[str]], accepted: Mapping[str, set[str]]) -> list[Reached]:
        """Groups of rules with what is touched for them. Groups that nothing touches are left out.

        `lapsing`: rule → the subjects of which an acceptance ends or begins to count; `accepted`: those of all
        acceptances.
        """
        calendar, lawful = self._memory.calendar, not self._lawless
        days = calendar.touched(self._world, lawful) if self._another_day else {}
        unclear = calendar.flows_unclear(self._world, lawful) if self._another_day else set[str]()
        reached: list[Reached] = []
        same: dict[bool, _Together] = {}
        whole: list[Rule] = []
        # Rules over assets alone: those for which only places and the like matter, and those for which dates do.
        plain, dated_ = _Together(), _Together()
        for group in self._memory.groups:
            ending = [lapsing[rule.id] for rule in group if rule.id in lapsing]
            everywhere = any("*" in subjects or self._flow_accepted(subjects) for subjects in ending)
            if everywhere or any(rule.id in unclear for rule in group):
                whole += group
                continue
            some = [self._of_places(group), self._of_countries(group), self._of_entries(group)]
            nodes = set[int]().union(*(s.nodes for s in some if s.near is None), *(self._subjects(s) for s in ending))
            ends = set[int]().union(*(s.ends for s in some))
            near = next((s.near for s in some if s.near is not None and (s.near.nodes or s.near.ends)), None)
            dated = set[int]().union(*(days.get(rule.id, ()) for rule in group))
            if _only_assets(group):
                kinds = _kinds_of(group)
                nodes = {node for node in nodes if self._base.kinds[node] in kinds}
                if not dated:
                    plain.rules += group if nodes else []
                    plain.nodes |= nodes
                    continue
                apart = nodes | self._subjects(accepted.get(group[0].id, set()))
                if len(group) == 1 and (sorted_ := calendar.alike(group[0], self._world, apart)) is not None:
                    reached.append(Reached(group, Some(nodes | sorted_[0], frozenset()), sorted_[1]))
                    continue
                dated_.rules += group
                dated_.nodes |= nodes | dated
                continue
            if nodes or ends or dated or near:
                # One way along the flows for all groups, but for those that begin where chains of flows do.
                apart_ = bool(ends - nodes) or (near is not None and not near.ends <= near.nodes)
                together = same.setdefault(apart_, _Together())
                together.rules += group
                together.nodes |= nodes | dated
                together.ends |= ends
                if near is not None:
                    together.near_nodes |= near.nodes
                    together.near_ends |= near.ends
                    together.alone |= near.alone
        reached += [Reached(t.rules, t.some(self._flips)) for t in same.values()]
        reached += [Reached(t.rules, Some(t.nodes, frozenset[int]())) for t in (plain, dated_) if t.rules]
        return [*reached, *([Reached(whole, None)] if whole else [])]

    def telling_of_gaps(self) -> list[Rule]:
        """Rules that may say another thing of what could not be read at all."""
        base, world = self._base, self._world
        asked = [OF_COUNTRIES] if base.allowed != world.allowed else []
        asked += [_OF_REGISTER] if base.policy.transfer_register != world.policy.transfer_register else []
        clouds = ((w.place(node)["@partition"] for w in (base, world)) for node in self._moved)
        asked += [_SHARE] if any(old != new for old, new in clouds) else []
        dated = self._memory.calendar.gaps_unclear(world, not self._lawless) if self._another_day else set[str]()
        return [
            rule for rule in self._memory.rules if any(asks((rule,), pattern) for pattern in asked) or rule.id in dated
        ]

    @property
    def _another_day(self) -> bool:
        return self._base.as_of != self._world.as_of

    def _subjects(self, accepted: set[str]) -> set[int]:
        nodes = (self._base.estate.node(uid) for uid in accepted)
        return {node for node in nodes if node is not None}

    def _flow_accepted(self, accepted: set[str] | None) -> bool:
        """Whether an acceptance is of something that is no asset: which flow it is, only its ends would tell."""
        return any(uid != "*" and self._base.estate.node(uid) is None for uid in accepted or ())

    @cached_property
    def _places(self) -> "Around | None":
        base, world = self._base, self._world
        changed = set(self._moved)
        places = {base.place_of[node] for node in changed}
        naming = self._memory.naming_any(places, ()) if places else set[int]()
        if self._another_day:
            naming |= self._memory.naming_any((), self._lawless)
            pairs = enumerate(zip(base.places.places, world.places.places, strict=False))
            places = {n for n, (old, new) in pairs if _plain(old) != _plain(new)} | self._at(self._lawless)
            changed |= at_places(base, places)
            naming |= self._memory.naming_any(places, ())
            changed |= self._memory.parties.of(self._lawless, None)
            if base.catalogue.countries("EU", base.as_of) != base.catalogue.countries("EU", world.as_of):
                naming |= self._memory.naming  # zones of the Union are others
        return Around(self._memory, changed, naming) if changed or naming or self._lawless else None

    def _at(self, countries: Collection[str]) -> set[int]:
        """The places, by number, that may lie in one of these countries."""
        wanted = frozenset(countries)
        places = enumerate(self._base.places.places)
        return {n for n, place in places if not wanted.isdisjoint(place.get("countries") or ())} if wanted else set()

    def _of_places(self, group: Sequence[Rule]) -> Some:
        """What lies elsewhere, and what lies where another law holds."""
        if self._places is None:
            return _NOTHING
        touched = self._places.of(group)
        return Some(touched, touched | self._places.above(group))

    def _of_countries(self, group: Sequence[Rule]) -> Some:
        """Where other countries are allowed."""
        around = self._countries
        if around is None or not asks(group, OF_COUNTRIES):
            return _NOTHING
        flips = self._flips
        if flips is not None and _only_assets(group):
            return Some(flips.assets(group, around.by_kind), frozenset())
        touched = around.of(group)
        of_flows = [s.text for rule in group for c in rule.checks if c.subject != "asset" for s in c.sources]
        other = any(_OTHER_ENDS.search(text) for text in of_flows)
        ends = (touched | around.above(group)) if other else touched - around.changed
        if flips is None or any(check.subject == "relation" for rule in group for check in rule.checks):
            return Some(touched, ends)
        found = flips.assets(group, around.by_kind)
        if not other and not any(_WALKS.search(text) for text in of_flows):
            # They ask where the data of a flow go, and which way: its end, or its source or job names that itself.
            touched, ends = around.own, frozenset[int]()
        return Some(found, frozenset(), Near(touched, ends, flips.flow, found))

    @cached_property
    def _flips(self) -> Flips | None:
        """What other allowed countries can matter for; None where they matter for more, since there were none or are
        none now."""
        if self._base.allowed is None or self._world.allowed is None or self._base.allowed == self._world.allowed:
            return None
        return Flips(self._base, self._world, self._memory.asking, self._told_before)

    @cached_property
    def _countries(self) -> "Around | None":
        base, world = self._base, self._world
        if base.allowed == world.allowed:
            return None
        countries = (base.allowed or frozenset()) ^ (world.allowed or frozenset())
        pairs = enumerate(zip(base.places.places, world.places.places, strict=False))
        places = {number for number, (old, new) in pairs if not _same(old[OUTSIDE], new[OUTSIDE])}
        changed = at_places(base, places)
        changed |= self._memory.parties.of(countries, None)
        naming = self._memory.naming_any(places, countries)
        if not changed and not naming and base.allowed is not None and world.allowed is not None:
            return None  # nothing lies, goes, or is named there
        return Around(self._memory, changed, naming)

    def _changed_entries(self) -> list[TransferEntry]:
        """The entries of the register that differ, as they were and as they are."""
        base, world = self._base, self._world
        given = [w.policy.transfer_register for w in (base, world)]
        before, after = ({} if g is UNSET else {e.id: e for e in g} for g in given)
        found = [e for e in before.values() if after.get(e.id) != e] + [
            e for e in after.values() if before.get(e.id) != e
        ]
        dated = self._memory.calendar.entries(world) if self._another_day else set[str]()
        return found + [e for e in before.values() if e.id in dated and e not in found]

    def _of_entries(self, group: Sequence[Rule]) -> Some:
        """What entries of the register are about that differ, or of which something else holds on another day."""
        base, world = self._base, self._world
        before, after = base.policy.transfer_register, world.policy.transfer_register
        if not (self._entries or self._emptied) or not asks(group, _OF_REGISTER):
            return _NOTHING
        if asks(group, _REGISTER_ITSELF) or before is UNSET or after is UNSET:
            everything = set(range(base.estate.size))
            return Some(everything, everything)
        around = self._covering
        if around is None:
            return _NOTHING
        touched = around.of(group)
        return Some(touched, touched | around.above(group))

    @property
    def _emptied(self) -> bool:
        """Whether the register is there, or holds an entry, in one of the two worlds only."""
        before, after = self._base.policy.transfer_register, self._world.policy.transfer_register
        return bool(before is UNSET or not before) != bool(after is UNSET or not after) or (before is UNSET) != (
            after is UNSET
        )

    @cached_property
    def _covering(self) -> "Around | None":
        """What the entries that differ are about."""
        base = self._base
        changed: set[int] = set()
        flagged: set[int] = set()
        for entry in self._entries:
            accounts = self._covered(entry)
            numbers = None if accounts is None else {n for a in accounts for n in base.accounts_by_id.get(a, ())}
            there = at_countries(base, (entry.country,))
            changed.update(n for n in there if numbers is None or base.account_of[n] in numbers)
            changed |= self._memory.parties.of((entry.country,), accounts) | self._subjects(set(entry.assets))
            flagged.update(n for n in self._memory.naming if numbers is None or base.account_of[n] in numbers)
        if self._emptied:
            changed |= at_places(base, {n for n, place in enumerate(base.places.places) if "countries" not in place})
            changed.update(node for node, level in enumerate(base.classes) if level in (UNREAD, UNDECIDED))
        return Around(self._memory, changed, flagged) if changed or flagged else None

    def _covered(self, entry: TransferEntry) -> set[str] | None:
        """The accounts, in small letters, that an entry may cover; None: any, since nobody said whose they are."""
        if self._base.policy.accounts is UNSET:
            return None
        importer = entry.importer.casefold()
        owned = {name for name, owner in self._base.owners.items() if owner.entity.casefold() == importer}
        return owned | {account.casefold() for account in entry.accounts}


def _only_assets(group: Iterable[Rule]) -> bool:
    return all(check.subject == "asset" for rule in group for check in rule.checks)


def _kinds_of(group: Iterable[Rule]) -> set[int]:
    return {KIND_NUMBER[name] for rule in group for check in rule.checks for name in check.names}


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


def at_countries(world: World, countries: Iterable[str]) -> set[int]:
    """The nodes that may lie in one of these countries."""
    wanted = frozenset(countries)
    places = {
        number
        for number, place in enumerate(world.places.places)
        if not wanted.isdisjoint(place.get("countries") or ())
    }
    return at_places(world, places)


def at_places(world: World, places: Collection[int]) -> set[int]:
    """The nodes that lie at one of these places, by number."""
    return set(compress(count(), map(places.__contains__, world.place_of))) if places else set()


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
    width = before.place_of.itemsize
    return {at // width for at in differing(before.place_of.tobytes(), after.place_of.tobytes())}


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
