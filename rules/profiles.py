"""What is known of one asset holds for others like it: checks that pass, or do not apply, for a few values.

Most assets of an estate are alike. The first of its sort is judged in full; which of its checks passed, or did not
apply, and read nothing but what is in its profile, is remembered for all that have the same profile. Failures and
unknowns are never remembered here: each of them is worked out and explained for its own asset.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from msgspec import UNSET

from rules.condition import Condition
from rules.derive import MARKS, WORKED_OUT, Record
from rules.functions import LINEAGE, Functions
from rules.graph import TYPE_NUMBER
from rules.program import ATTRIBUTE, CompiledCheck, KindProgram
from rules.verdicts import NOT_APPLICABLE, PASS, Verdicts
from rules.world import World
from scanners.model import ATTRIBUTES, Asset

_MOST: Final = 2_000
"""Profiles that are remembered for assets of one kind, place and class."""

_TRIAL: Final = 50
"""After so many assets that were like no other, a group that has fewer that were is no longer compared."""

_FOLLOWS: Final = frozenset(
    {"pd", "sc", "pd_or_unclassified", "third", "eea", "eea_or_adequate", "outside", "worse", "third_country", "rank"}
    | {"scope_rank", "class_rank", "days", "basis", "entry", "inherits_pd", "anonymity_ok", "adequacy_valid"}
    | {"targets", "sources", "copies", "has_critical", "basis_for"}
)
"""Functions whose result follows from what a profile holds: class, place, account, origin, the asset's own values."""

_ALWAYS: Final = frozenset({"@n", "uid", "account", "provider", "kind", "loc", "dc", "dc_source"})
"""Members of a record that every profile stands for; uid and account where functions read them."""

_NEVER: Final = frozenset({"uid", "account"})
"""Members that a condition must not name itself."""

_MADE_OF: Final[dict[str, tuple[str, ...]]] = {
    "custody": ("custody",),
    "volume_custody": ("volume_custody",),
    "gpu_count": ("gpu_count", "gpu_model", "instance_type", "node_count"),
    "gpu_model": ("gpu_count", "gpu_model", "instance_type", "node_count"),
    "physical_country": ("physical_country",),
    "provider_vendor": ("provider_vendor", "model_vendor"),
    "processing_countries": ("processing_countries", "processing_locs", "processing_scope"),
    "managed_by": ("managed_by",),
}
"""Members that are worked out → attributes that they are made of, beside place, class and keys."""

_WORKED_OUT: Final = WORKED_OUT - _MADE_OF.keys() | {"partition"}
"""Members that are made of more than a profile holds."""

_ACCOUNT: Final = re.compile(r"\baccount\b")
_OWN_KINDS: Final = frozenset({"account", "account.region"})
"""Kinds whose class is that of what lies in them."""


def _of_type(*starts: str) -> frozenset[str]:
    return frozenset(name for name, attribute in ATTRIBUTES.items() if attribute.type.startswith(starts))


_DATES: Final = _of_type("date")
_LISTS: Final = _of_type("list[str]")
_COMPLEX: Final = _of_type("list[{", "list[place", "{", "place", "map")
_HELD: Final = (ATTRIBUTES.keys() | set(MARKS) | _ALWAYS) - _WORKED_OUT
"""Members of a record that a profile can hold."""

_ENCRYPTED: Final = TYPE_NUMBER["encrypted_by"]
_ABSENT: Final = "@absent"
_THERE: Final = "@there"
Entry = tuple[Any, ...]
"""One check of the loop: itself, its quick form, that of its `where`, its counts, the decisions it waits for."""


class _Watched(dict[str, Any]):
    """A record that notes which of its members are read."""

    def __init__(self, record: Record) -> None:
        super().__init__(record)
        self.read: set[str] = set()

    def plain(self, name: str) -> Any:
        """A member, not noted as read."""
        return super().get(name)

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.read.add(str(name))
        return super().__contains__(name)


class Known:
    """What is remembered for one profile: how many assets had it, what is settled, and which checks are left."""

    __slots__ = ("rest", "settled", "times")

    def __init__(self, settled: list[tuple[list[int], int]], rest: list[Entry]) -> None:
        self.times = 0
        self.settled = settled  # rows of counts, and the verdict to count there
        self.rest = rest


class Group:
    """Assets of one kind, place, class, origin and sort of relations; `names` of their attributes matter.

    Which ones do is learnt: the first judgement of an asset notes what it read. An asset with the same values of these
    is judged by the same steps, and reads nothing else.
    """

    __slots__ = (
        "absent",
        "complex",
        "dates",
        "hits",
        "keys",
        "known",
        "lists",
        "marked",
        "marks",
        "misses",
        "names",
        "off",
        "once",
    )

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.absent: tuple[str, ...] = ()
        self.dates: tuple[str, ...] = ()
        self.lists: tuple[str, ...] = ()
        self.complex: tuple[str, ...] = ()
        self.marks: tuple[str, ...] = ()
        self.marked: list[list[int]] = []
        self.keys = False
        self.known: dict[tuple[Any, ...], Known] = {}
        self.once: set[tuple[Any, ...]] = set()
        self.hits = self.misses = 0
        self.off = False


Lesson = tuple[Group, Asset, int]


class Profile:
    """Profiles of the assets of one kind."""

    def __init__(self, world: World, kind: str, program: KindProgram, functions: Functions, shared: "Shared") -> None:
        self._world = world
        self._walks = functions.walks
        self._shared = shared
        self._groups: dict[tuple[Any, ...], Group] = {}
        self._follows = {id(condition): _may(condition, kind) for c in program.checks for condition in _conditions(c)}
        self._origin = any("inherits_pd" in condition.functions for c in program.checks for condition in _conditions(c))
        self._out = self._into = 0
        for direction, name in program.walks:
            if direction == "targets":
                self._out |= 1 << TYPE_NUMBER[name]
            else:
                self._into |= 1 << TYPE_NUMBER[name]

    def left(self, asset: Asset, node: int, loops: list[Entry]) -> tuple[list[Entry], Lesson | None]:
        """The checks that are left to do for an asset, and what to give to `learn` afterwards; None: nothing."""
        world, shared = self._world, self._shared
        if node in shared.parts or (shared.named and asset.uid in shared.named):
            return loops, None  # part of another one, or named by itself in the policy
        place = (
            world.place_of[node],
            world.classes[node],
            shared.groups[world.account_of[node]],
            shared.out[node] & self._out,
            shared.into[node] & self._into,
            world.ancestors[node] if self._origin else 0,
            world.class_sources[node],
            asset.tags is UNSET,
        )
        group = self._groups.get(place)
        if group is None:
            group = self._groups[place] = Group()
        elif group.off:
            return loops, None
        key = self._key(group, asset, node)
        try:
            known = group.known.get(key)
        except TypeError:  # an attribute that is not of the type it is declared with
            return loops, None
        if known is not None:
            known.times += 1
            return known.rest, None
        group.misses += 1
        if key not in group.once:
            if len(group.once) < _MOST:
                group.once.add(key)
            return loops, None  # learning costs as much as some assets do: only what comes twice is worth it
        if group.misses % _TRIAL == 0:
            self._count(group)
            # Seldom alike: comparing costs more than it saves.
            group.off = group.hits < group.misses
        return loops, None if group.off or len(group.known) >= _MOST else (group, asset, node)

    def _key(self, group: Group, asset: Asset, node: int) -> tuple[Any, ...]:
        """The values of an asset on which the verdicts in its group depend."""
        get = asset.attributes.get
        key = tuple(map(get, group.names, group.absent))
        if group.marks:
            said = self._world.said[node]
            key += (*(numbers[said] for numbers in group.marked),)
        if group.keys and self._shared.out[node] >> _ENCRYPTED & 1:
            custody = self._world.custody
            key += (min(custody[n] for n in self._world.graph.targets(node, "encrypted_by")),)
        for name in group.lists:
            value = get(name, _ABSENT)
            key += (tuple(cast("list[Any]", value)) if type(value) is list else value,)
        for name in group.dates:
            value = get(name, _ABSENT)
            key += (value if value is None or value is _ABSENT else _THERE,)
        for name in group.complex:
            value = get(name, _ABSENT)
            key += (value if value is None or value is _ABSENT else repr(value),)
        return key

    def learn(
        self,
        group: Group,
        asset: Asset,
        node: int,
        loops: Iterable[Entry],
        record: Record,
        variables: dict[str, Any],
        values: tuple[Any, ...],
    ) -> None:
        """Remember which checks pass or do not apply to such an asset.

        `values` are what conditions take after the record, by position.
        """
        settled: list[tuple[list[int], int]] = []
        rest: list[Entry] = []
        if group.known.get(self._key(group, asset, node)) is not None:
            return  # another one of the same batch was quicker
        read: set[str] = set()
        watched = _Watched(record)
        variables["asset"] = watched
        for loop in loops:
            compiled, fast, where, row, waits = loop
            if where is not None:
                applies = self._result(compiled.where, where, watched, variables, values, read)
                if applies is False:
                    settled.append((row, NOT_APPLICABLE))
                    continue
                if applies is None:
                    rest.append(loop)
                    continue
            if not waits and self._result(compiled.condition, fast, watched, variables, values, read) is False:
                settled.append((row, PASS))
            else:
                rest.append(loop)
        self._extend(group, read)
        try:
            group.known[self._key(group, asset, node)] = Known(settled, rest)
        except TypeError:
            return

    def _result(
        self,
        condition: Condition,
        fast: Callable[..., bool],
        watched: _Watched,
        variables: dict[str, Any],
        values: tuple[Any, ...],
        read: set[str],
    ) -> bool | None:
        """True or false where that follows from place, class and what is added to `read`; else None."""
        if not self._follows[id(condition)]:
            return None
        watched.read.clear()
        self._walks.met = False
        try:
            result = fast(watched, *values)
        except Exception:
            result = condition.test_exactly(variables)
        names = watched.read - _ALWAYS
        # Whatever the result: it is by these values that an asset with another result is told from this one.
        read |= names & _HELD
        if self._walks.met or not isinstance(result, bool) or not names <= _HELD:
            return None
        return None if any(watched.plain(name) is not None for name in names & _DATES) else result

    def _extend(self, group: Group, read: set[str]) -> None:
        """Make the key of a group hold whatever was read."""
        made = {a for name in read for a in _MADE_OF.get(name, (name,))} & ATTRIBUTES.keys()
        keys = bool(read & {"custody", "volume_custody"})
        marks = {name for name in read if name in MARKS}
        old = {*group.names, *group.lists, *group.dates, *group.complex}
        if made <= old and marks.issubset(group.marks) and keys <= group.keys:
            return
        self._count(group)
        group.known, group.once = {}, set()
        group.keys = group.keys or keys
        group.marks = tuple(sorted(marks.union(group.marks)))
        group.marked = [self._shared.mark(name) for name in group.marks]
        made |= old
        group.names = tuple(sorted(made - _DATES - _LISTS - _COMPLEX))
        group.absent = (_ABSENT,) * len(group.names)
        group.lists, group.dates, group.complex = (tuple(sorted(made & s)) for s in (_LISTS, _DATES, _COMPLEX))

    def flush(self) -> None:
        """Add up what was counted by profile."""
        for group in self._groups.values():
            self._count(group)

    @staticmethod
    def _count(group: Group) -> None:
        for known in group.known.values():
            if known.times:
                group.hits += known.times
                for row, verdict in known.settled:
                    row[verdict] += known.times
                known.times = 0


class Shared:
    """What profiles of all kinds have in common."""

    def __init__(self, world: World, verdicts: Verdicts) -> None:
        self._world = world
        self.named = verdicts.named
        self.out, self.into = world.graph.types()
        self.parts = world.tables.parts
        self.groups = self._groups()
        self._marks: dict[str, list[int]] = {}

    def mark(self, name: str) -> list[int]:
        """For each classification a number; equal where this mark is equal. The last one is of external ends."""
        found = self._marks.get(name)
        if found is None:
            numbers: dict[str, int] = {}
            said = [numbers.setdefault(repr(getattr(c, name)), len(numbers)) for c in self._world.classifications]
            found = self._marks[name] = [*said, -1]
        return found

    def _groups(self) -> list[int]:
        """For each account a number; equal where the policy names neither and as much was read of both."""
        world = self._world
        entries = world.policy.transfer_register
        named = set(world.owners)
        if entries is not UNSET:
            named.update(account.casefold() for entry in entries for account in entry.accounts)
        numbers: dict[Any, int] = {}
        found: list[int] = []
        for key in world.tables.account_keys:
            cells = world.seen.cells.get(key, {})
            read = frozenset((kind, cell.status) for kind, of_kind in cells.items() for cell in of_kind)
            name = key[1].casefold()
            found.append(numbers.setdefault((read, name if name in named else None), len(numbers)))
        return [*found, -1]


def _conditions(compiled: CompiledCheck) -> list[Condition]:
    return [compiled.condition] if compiled.where is None else [compiled.where, compiled.condition]


def _named(condition: Condition) -> set[str]:
    return set(ATTRIBUTE.findall(condition.source))


def _may(condition: Condition, kind: str) -> bool:
    """Whether the result of a condition may follow from a profile at all."""
    if kind in LINEAGE and "inherits_pd" in condition.functions:
        return False  # that depends on whether anything at all lies upstream
    if not _FOLLOWS.issuperset(condition.functions) or _NEVER & _named(condition):
        return False
    return _ACCOUNT.search(condition.source) is None


def profiles_of(
    world: World, programs: dict[str, KindProgram], functions: Functions, verdicts: Verdicts
) -> dict[str, Profile]:
    """Profiles by kind."""
    shared = Shared(world, verdicts)
    return {
        kind: Profile(world, kind, program, functions, shared)
        for kind, program in programs.items()
        if kind not in _OWN_KINDS
    }
