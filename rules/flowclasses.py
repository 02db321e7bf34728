"""Flows that a rule must judge alike, as far as that follows from what is known of both ends without their documents.

As in `rules.looks`, what is not known here to follow from it makes a check one that is asked of each flow by itself.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, Final, NamedTuple

import msgspec

from rules.condition import Condition
from rules.condition.trace import value_text
from rules.flowfacts import Fact, every, facts_of, names_ends
from rules.flows import Path, account_of
from rules.functions import Functions
from rules.gates import Entry
from rules.graph import EXTERNAL, KIND_NAMES
from rules.judgement import Finding, Flow, Verdict
from rules.program import CompiledCheck
from rules.reading import POLICY, TAG, UNTAGGED
from rules.verdicts import MOST_WHY, Verdicts
from rules.world import World

_MOST_KNOWN: Final = 50_000
_APPLIES: Final = -1
_encode: Final = msgspec.msgpack.Encoder().encode

Known = int | tuple[Finding, bool, tuple[str, str] | None]
"""PASS, NOT_APPLICABLE, or a finding, whether the flow's documents are its evidence, and which ends it names."""


class _Check:
    """What one check looks at: its `where` first, then all of it; None where that is more than facts."""

    def __init__(self, compiled: CompiledCheck) -> None:
        def both(conditions: Iterable[Condition]) -> frozenset[Fact] | None:
            return every(facts_of(c.root) for c in conditions)

        first = [] if compiled.where is None else [compiled.where]
        self.where = _ways(both(first))
        self.whole = _ways(both([*first, compiled.condition, *(c for c, _ in compiled.severity_when)]))
        self.names_ends = any(names_ends(c.root) for c in (*first, compiled.condition))
        self.carried = any("chain" in c.functions for c in (*first, compiled.condition))
        self.applies: dict[Any, Known] = {}
        self.verdicts: dict[Any, Known] = {}

    def known(self, where: Any, whole: Any) -> "Known | None":
        """What was found of a flow under these keys."""
        found = self.verdicts.get(whole) if whole is not None else None
        if found is None and where is not None:
            found = self.applies.get(where)
        return None if found is None or found == _APPLIES else found


class Question(NamedTuple):
    """A check to ask of one flow, and under which keys to keep its answers."""

    entry: Entry
    check: _Check | None
    where: Any
    whole: Any

    def learned(self) -> "Known | None":
        """What was found meanwhile of a flow like this one."""
        return None if self.check is None else self.check.known(self.where, self.whole)

    def learn(self, of_where: bool, answer: int | Finding, flow: Flow) -> None:
        """Keep an answer for flows like this one; `of_where`: its `where` settled it."""
        if self.check is None:
            return
        known: Known
        if isinstance(answer, int):
            known = answer
        else:
            named = None
            if self.check.names_ends:
                # Only what is whole, and misses nothing, differs for another flow in the names of the ends alone.
                if answer.verdict is Verdict.NOT_CHECKED or answer.why.__class__ is not str or _cut(answer.why):
                    return
                named = flow.source, flow.target
            waits = self.entry[4]
            # A finding that only waits for decisions rests on no document.
            documents = not waits or answer.missing is not waits
            known = copy(answer), documents, named  # what stands for what is noted in the flow's own
        if self.where is not None and len(self.check.applies) < _MOST_KNOWN:
            self.check.applies[self.where] = known if of_where else _APPLIES
        if self.whole is not None and not of_where and len(self.check.verdicts) < _MOST_KNOWN:
            self.check.verdicts[self.whole] = known


def _cut(why: str) -> bool:
    return len(why) >= MOST_WHY


class FlowClasses:
    """What is known of flows that are alike, for each check."""

    def __init__(self, world: World, verdicts: Verdicts, alike_accounts: list[int], functions: Functions) -> None:
        self._world = world
        self._functions = functions
        self._verdicts = verdicts
        self._singled_out = verdicts.singled_out
        self._singled: frozenset[int] | None = None
        self._chains: dict[tuple[Any, ...], int] = {}
        self._checks: dict[int, _Check] = {}
        self._accounts = alike_accounts
        critical: dict[str, int] = {}
        self._critical = [critical.setdefault(repr(c.critical), len(critical)) for c in world.classifications]
        self._gaps: dict[tuple[int, int], bool] = {}

    def forget(self) -> None:
        """Give back what was found."""
        self._chains, self._checks = {}, {}

    def asked(self, entries: list[Entry], path: Path, flow: Flow) -> tuple[list[tuple[Entry, Known]], list[Question]]:
        """What is known of a flow because it was found of one like it; and what is left to ask."""
        known: list[tuple[Entry, Known]] = []
        left: list[Question] = []
        base = self._base(path, flow)
        for entry in entries:
            if base is None:
                left.append(Question(entry, None, None, None))
                continue
            check = self._check(entry)
            whole = self._key(check.whole, base, path)
            found = check.verdicts.get(whole) if whole is not None else None
            if found is None:
                where = self._key(check.where, base, path)
                found = check.known(where, None)
                if found is None:
                    left.append(Question(entry, check, where, whole))
                    continue
            known.append((entry, found))
        return known, left

    def _base(self, path: Path, flow: Flow) -> tuple[Any, ...] | None:
        """What flows must have in common for any check; None for one that stands for itself."""
        world = self._world
        source, target = path.source, path.target
        if target < 0 or world.kinds[source] == EXTERNAL or world.kinds[target] == EXTERNAL or path.via:
            return None
        out = self._singled_out
        if out and (flow.source in out or flow.target in out or flow.id in out or "*" in out):
            return None
        try:
            attributes = _encode(path.attributes) if path.attributes else b""
        except (TypeError, OverflowError, ValueError):
            return None
        return (
            path.kind,
            world.classes[source],
            self._verdicts.level(source),
            self._around(source),
            self._around(target),
            attributes,
        )

    def _around(self, node: int) -> tuple[int, int, int]:
        """Account, kind and place of an end, as far as what is missing there is told by them."""
        world = self._world
        account, kind = world.account_of[node], world.kinds[node]
        gappy = self._gaps.get((account, kind))
        if gappy is None:
            gappy = bool(world.seen.gaps(world.tables.account_keys[account], KIND_NAMES[kind]))
            self._gaps[(account, kind)] = gappy
        return self._accounts[account], kind if gappy else -1, world.place_of[node] if gappy else -1

    def _check(self, entry: Entry) -> _Check:
        compiled: CompiledCheck = entry[0]
        check = self._checks.get(compiled.key)
        if check is None:
            check = self._checks[compiled.key] = _Check(compiled)
        return check

    def prepare(self, left: Iterable[tuple[Path, list[Entry]]]) -> None:
        """Fetch with few questions what the keys of some flows are made of."""
        self._functions.walks.prepare(
            path.target for path, entries in left if any(self._check(entry).carried for entry in entries)
        )

    def fetch(self, asked: list[tuple[Path, list[Question]]]) -> None:
        """Make the records ready of flows that questions are about, those left out that others will answer."""
        coming: set[tuple[_Check, Any]] = set()
        nodes: list[int] = []
        carried: list[Path] = []
        for path, questions in asked:
            fresh = False
            for _, check, _, whole in questions:
                if check is not None and whole is not None:
                    if (check, whole) in coming:
                        continue
                    coming.add((check, whole))
                fresh = True
                if check is not None and check.carried:
                    carried.append(path)
            if fresh:
                nodes += (path.source, path.target)
        self._functions.records.fetch([node for node in nodes if node >= 0])
        self._functions.walks.recorded(carried)

    def _key(self, ways: "_Ways | None", base: tuple[Any, ...], path: Path) -> tuple[Any, ...] | None:
        if ways is None:
            return None
        if ways.critical:  # what the organisation says of a store counts for its parts
            parts = self._world.tables.parts
            if path.source in parts or path.target in parts:
                return None
        found = [way(self, path) for way in ways.values]
        return None if None in found else (base, *found)

    def chain_of(self, path: Path) -> int | None:
        """A number for how the data of a flow are carried on; None where one of these flows stands for itself."""
        world = self._world
        walks = self._functions.walks
        hops = walks.hops(path.source, path.target)
        if self._singled_out and hops:
            if self._singled is None:
                nodes = (world.estate.node(uid) for uid in self._singled_out)
                self._singled = frozenset(node for node in nodes if node is not None)
            if any(hop.source in self._singled or hop.target in self._singled for _, hop in hops):
                return None
        told = [
            (
                index,
                hop.kind,
                hop.attributes.get("continuous"),  # a derogation does not cover what goes on
                world.kinds[hop.source] == EXTERNAL,
                world.classes[hop.source],
                world.place_of[hop.source],
                id(hop.target_place),
                self.owner_of(hop),
                self.covered_of(hop),
            )
            for index, hop in hops
        ]
        key = (walks.open_ended(path.target, hops), *told)
        return self._chains.setdefault(key, len(self._chains))

    def owner_of(self, path: Path) -> str | int:
        """Who owns the account at the end of a flow, by policy; 0 where that is not known."""
        owners = self._world.owners
        if not owners:
            return 0
        account = account_of(self._world, self._functions.records, path)
        owner = None if account is None else owners.get(account.casefold())
        return 0 if owner is None else owner.entity

    def covered_of(self, path: Path) -> str | int:
        """The account at the end of a flow, as far as entries of the register may name it or its owner."""
        if not self._functions.register.entries:
            return 0
        return account_of(self._world, self._functions.records, path) or 0

    def source_of(self, node: int) -> int:
        """Where the class of a node comes from, and whether its tags were read."""
        world = self._world
        source = world.class_sources[node]
        if not world.classes[node]:
            return -1 - (world.flags[node] & UNTAGGED)  # where no class is known, nor is where it comes from
        return source if source in (TAG, POLICY) else source + 8 * (world.flags[node] & UNTAGGED)

    def critical_of(self, node: int) -> int:
        """A number for what the organisation says of a node being critical."""
        return self._critical[self._world.said[node]]

    @property
    def world(self) -> World:
        """What is judged."""
        return self._world


_GETTERS: Final[dict[Fact, Callable[[FlowClasses, Path], Any]]] = {
    "src.place": lambda c, p: c.world.place_of[p.source],
    "dst.place": lambda c, p: c.world.place_of[p.target],
    "dst_loc": lambda _, p: id(p.target_place),
    "src.account": lambda c, p: c.world.account_of[p.source],
    "dst.account": lambda c, p: c.world.account_of[p.target],
    "src.level": lambda c, p: c.world.classes[p.source],
    "dst.level": lambda c, p: c.world.classes[p.target],
    "src.source": lambda c, p: c.source_of(p.source),
    "dst.source": lambda c, p: c.source_of(p.target),
    "src.critical": lambda c, p: c.critical_of(p.source),
    "dst.critical": lambda c, p: c.critical_of(p.target),
    "named": lambda _c, _p: 0,
    "src.kind": lambda c, p: c.world.kinds[p.source],
    "dst.kind": lambda c, p: c.world.kinds[p.target],
    "dst.owner": lambda c, p: c.owner_of(p),
    "dst.covered": lambda c, p: c.covered_of(p),
    "chain": lambda c, p: c.chain_of(p),
}


class _Ways(NamedTuple):
    """How the facts are read that answers follow from; whether one of them is that an end is critical."""

    values: tuple[Callable[[FlowClasses, Path], Any], ...]
    critical: bool


def _ways(facts: frozenset[Fact] | None) -> _Ways | None:
    if facts is None:
        return None
    values = tuple(_GETTERS[fact] for fact in sorted(facts) if fact in _GETTERS)
    return _Ways(values, any(fact.endswith(".critical") for fact in facts))


def told_of_flow(known: tuple[Finding, bool, tuple[str, str] | None], flow: Flow, path: Path) -> Finding:
    """A finding on a flow, by that on one like it."""
    one, documents, named = known
    why = one.why
    if named is not None:
        for end, before, now in (("src", named[0], flow.source), ("dst", named[1], flow.target)):
            why = why.replace(f"flow.{end} is {value_text(before)}", f"flow.{end} is {value_text(now)}")
        why = why[:MOST_WHY]
    return Finding(
        one.rule,
        one.verdict,
        one.severity,
        None,
        flow.id,
        why,
        one.missing,
        one.reads,
        path.evidence if documents else (),
        one.related,
        one.potential,
        one.acceptance,
    )
