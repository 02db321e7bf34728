"""What a supposed change touches: the nodes whose verdicts, or whose flows' verdicts, it can alter.

A change of allowed countries, of the register, or of where some assets lie alters what is said of places. Whatever
looks at these places is judged again, and nothing else: the assets there, those whose own document names places, those
whose conditions walk to one of them, accounts (which sum up), and the flows from and to all of these.
"""

import re
from array import array
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import UNSET

from rules.condition import Unknown
from rules.graph import EXTERNAL, KIND_NUMBER, PSEUDONYMISED, TYPES
from rules.program import walked
from rules.reading import NAMES_PLACES
from rules.rule import Rule
from rules.world import Tables, World
from scanners.model import Location

_SUMS: Final = frozenset(KIND_NUMBER[k] for k in ("account", "account.region", "governance.policy", "site"))
_JOB: Final = KIND_NUMBER["transfer.job"]
_MOST_ABOVE: Final = 2_000

_DATED: Final = re.compile(
    r"\bnow\b|\b(?:days|facts_age|adequacy_valid|estimated_flop|flop_at_least|share)\s*\("
    r"|\b(?:accelerator_hours|producer_ended_days)\b"
)
"""What depends on the day itself, and not only on the law of the day."""


def dated(rules: Iterable[Rule]) -> set[str]:
    """Rules whose answer about an asset or a relation may be another one on another day, by their ids.

    Rules over flows ask for the dates of the register only; `elsewhere_by_day` finds what these are about.
    """
    return {
        rule.id
        for rule in rules
        for check in rule.checks
        if check.subject != "flow" and any(_DATED.search(source.text) for source in check.sources)
    }


def elsewhere_by_day(base: World, world: World) -> set[int] | None:
    """The nodes of whose place law, policy or register may say something else in a world of another day.

    None: what changes is not bound to places, so that it cannot be told.
    """
    law = base.catalogue
    codes = law.country_codes
    changed = {c for c in codes if law.jurisdiction(c, base.as_of) != law.jurisdiction(c, world.as_of)}
    if changed and not changed.isdisjoint(_named(base.policy.as_variables())):
        return None
    if changed and any(operator.parent_country in changed for operator in law.operators):
        return None
    entries = base.policy.transfer_register
    found: set[int] = set()
    if entries is not UNSET and entries:
        found |= at_countries(base, {e.country for e in entries}, unknown=True)
        found |= {node for e in entries for uid in e.assets if (node := base.estate.node(uid)) is not None}
    if base.allowed != world.allowed:
        changed |= (base.allowed or frozenset()) ^ (world.allowed or frozenset())
    pairs = zip(base.places.places, world.places.places, strict=False)
    moved = {number for number, (old, new) in enumerate(pairs) if _plain(old) != _plain(new)}
    if changed:
        found |= at_countries(base, changed)
    if moved:
        found |= {node for node, place in enumerate(base.place_of) if place in moved}
    return found


def _named(value: Any) -> set[str]:
    """Every text in the decisions of a policy, apart from the countries that it allows."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, Mapping):
        return {t for k, v in value.items() if k != "allowed_countries" for t in _named(v)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list | tuple | set | frozenset):
        return {text for item in value for text in _named(item)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return set()


def _plain(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place without objects that are made afresh each time."""
    return {name: value if not isinstance(value, Unknown) else value.lacks for name, value in place.items()}


def at_countries(world: World, countries: Iterable[str], *, unknown: bool = False) -> set[int]:
    """The nodes that may lie in one of these countries; `unknown`: also those of which no country is known."""
    wanted = frozenset(countries)
    places = {
        number
        for number, place in enumerate(world.places.places)
        if not wanted.isdisjoint(place.get("countries") or ()) or (unknown and "countries" not in place)
    }
    return {node for node, place in enumerate(world.place_of) if place in places}


def spread(world: World, rules: Iterable[Rule], changed: set[int], *, along: bool) -> set[int]:
    """The nodes to judge again where what is said of the places of some changed.

    `along`: also what hands data on to these nodes, since chains of transfers are judged from their beginning.
    """
    graph, kinds = world.graph, world.kinds
    found = set(changed)
    found.update(n for n, flags in enumerate(world.flags) if flags & NAMES_PLACES)
    found.update(n for n, kind in enumerate(kinds) if kind in _SUMS)
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
    return found | _above(world, changed) if along else found


def _above(world: World, nodes: set[int]) -> set[int]:
    """What hands data on to these nodes, directly or not; the nearest first, up to a bound."""
    found: set[int] = set()
    frontier = list(nodes)
    while frontier and len(found) < _MOST_ABOVE:
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
    return {n for n, (old, new) in enumerate(zip(before.place_of, after.place_of, strict=True)) if old != new}
