"""Flows that a rule must judge alike, as far as that follows from what is known of both ends without their documents.

As in `rules.looks`, what is not known here to follow from it makes a check one that is asked of each flow by itself.
"""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, Final, NamedTuple

import msgspec

from rules.condition import Condition
from rules.condition.terms import Call, Index, Literal, Macro, Name, Node, Select, children, mentions
from rules.flows import Path, account_of
from rules.functions import Functions
from rules.gates import Entry
from rules.graph import EXTERNAL, KIND_NAMES
from rules.judgement import Finding, Flow
from rules.looks import VALUES
from rules.program import CompiledCheck
from rules.reading import POLICY, TAG, UNTAGGED
from rules.verdicts import Verdicts
from rules.world import World

_MOST_KNOWN: Final = 50_000
_APPLIES: Final = -1
_encode: Final = msgspec.msgpack.Encoder().encode

Fact = str
_FLOW: Final = {
    "kind": "",
    "src_loc": "src.place",
    "dst_loc": "dst_loc",
    "dc": "",
    "dst_account": "dst.account",
    "importer": "dst.owner",
}
_END: Final = {
    "kind": "kind",
    "provider": "",
    "dc": "level",
    "loc": "place",
    "account": "account",
    "dc_source": "source",
    "critical": "critical",
}
"""Members of a flow, and of its ends, and the fact that each follows from; "": one that all flows of a class share."""

_HOP: Final = {
    "index": "chain",
    "kind": "chain",
    "src_loc": "src.place",
    "dst_loc": "dst_loc",
    "importer": "dst.owner",
}
"""Members of a flow of a chain that `FlowClasses.chain_of` tells of those after the flow itself; of that one, the fact
that each follows from."""

_OF_DESTINATION: Final = frozenset({"dst_loc", "dst.covered"})
_OF_CHAIN: Final = frozenset({"chain"})

Known = int | tuple[Finding, bool]
"""PASS, NOT_APPLICABLE, or a finding and whether the flow's documents are its evidence."""


def facts_of(root: Node) -> frozenset[Fact] | None:
    """The facts that a term about a flow follows from; None where it is more than these."""
    return _facts(root, frozenset())


def _facts(node: Node, bound: frozenset[str]) -> frozenset[Fact] | None:
    match node:
        case Literal():
            return frozenset()
        case Name(name=name):
            return frozenset() if name in bound or name in ("policy", "now") else None
        case _ if "flow" in bound:
            return None
        case Select(operand=Select(operand=Name(name="flow"), field="src" | "dst" as end), field=field):
            return _fact(_END, field, f"{end}.")
        case Select(operand=Name(name="flow"), field=field):
            return _fact(_FLOW, field)
        case Call(name="pd" | "sc", arguments=(Name(name="flow"),)):
            return frozenset()
        case Call(name="pd" | "sc", arguments=(Select(operand=Name(name="flow"), field="src" | "dst" as end),)):
            return frozenset({f"{end}.level"})
        case Call(name="basis" | "entry", arguments=(Name(name="flow"),)):
            return _OF_DESTINATION
        case Macro(over=Call(name="chain", arguments=(Name(name="flow"),)), variable=variable, body=body, keep=keep):
            inner = [body] if keep is None else [body, keep]
            return _all([_OF_CHAIN, *(_of_hop(part, variable, bound) for part in inner)])
        case Select(operand=Index(operand=Call(name="chain") as chain, index=Literal()), field=field):
            return _OF_CHAIN | {_HOP[field]} if field in _HOP and _of_flow(chain) else None
        case Call(name="transformation_recorded", arguments=(Name(name="flow"),)):
            return frozenset({"named"})
        case Call(name=name, arguments=arguments):
            return _all(_facts(a, bound) for a in arguments) if name in VALUES else None
        case Macro(over=over, variable=variable, body=body, keep=keep):
            inner = bound | {variable}
            return _all([_facts(over, bound), *(_facts(n, inner) for n in (body, keep) if n is not None)])
        case _:
            return _all(_facts(child, bound) for child in children(node))


def _of_flow(call: Call) -> bool:
    return len(call.arguments) == 1 and isinstance(call.arguments[0], Name) and call.arguments[0].name == "flow"


def _of_hop(node: Node, hop: str, bound: frozenset[str]) -> frozenset[Fact] | None:
    """The facts that a term about one flow of a chain follows from; None where it is more than these."""
    match node:
        case Name(name=name) if name == hop:
            return None
        case Select(operand=Name(name=name), field=field) if name == hop:
            return frozenset() if field in _HOP else None
        case Call(name="basis" | "entry", arguments=(Name(name=name),)) if name == hop:
            return frozenset()
        case Call(name=name, arguments=arguments) if name in VALUES:
            return _all([_of_hop(a, hop, bound) for a in arguments])
        case Macro(over=over, variable=variable, body=body, keep=None) if variable not in (hop, "flow"):
            return _all([_of_hop(over, hop, bound), _of_hop(body, hop, bound | {variable})])
        case Macro() | Call() | Select(operand=Name()) | Select(operand=Index()) | Name() | Literal():
            return _facts(node, bound) if not mentions(node, hop) else None
        case _:
            return _all([_of_hop(child, hop, bound) for child in children(node)])


def _fact(table: dict[str, str], field: str, end: str = "") -> frozenset[Fact] | None:
    found = table.get(field)
    if found is None:
        return None
    return frozenset({f"{end}{found}"}) if found else frozenset()


def _all(found: Iterable[frozenset[Fact] | None]) -> frozenset[Fact] | None:
    whole: frozenset[Fact] = frozenset()
    for facts in found:
        if facts is None:
            return None
        whole |= facts
    return whole


def _names_ends(node: Node) -> bool:
    """Whether an explanation shows an end of the flow by its name: functions are shown with what they are given."""
    match node:
        case Call(arguments=(Select(operand=Name(name="flow"), field="src" | "dst"), *_)):
            return True
        case _:
            return any(_names_ends(child) for child in children(node))


class _Check:
    """What one check looks at: its `where` first, then all of it; None where that is more than facts."""

    def __init__(self, compiled: CompiledCheck) -> None:
        def both(conditions: Iterable[Condition]) -> frozenset[Fact] | None:
            return _all(facts_of(c.root) for c in conditions)

        first = [] if compiled.where is None else [compiled.where]
        self.where = both(first)
        self.whole = both([*first, compiled.condition, *(c for c, _ in compiled.severity_when)])
        self.names_ends = any(_names_ends(c.root) for c in (*first, compiled.condition))
        self.applies: dict[Any, Known] = {}
        self.verdicts: dict[Any, Known] = {}


class Question(NamedTuple):
    """A check to ask of one flow, and under which keys to keep its answers."""

    entry: Entry
    check: _Check | None
    where: Any
    whole: Any

    def learn(self, of_where: bool, answer: int | Finding) -> None:
        """Keep an answer for flows like this one; `of_where`: its `where` settled it."""
        if self.check is None:
            return
        if not isinstance(answer, int):
            if self.check.names_ends:
                return
            answer = copy(answer)  # what stands for what is noted in the flow's own
        waits = self.entry[4]
        # A finding that only waits for decisions rests on no document.
        known = answer if isinstance(answer, int) else (answer, not waits or answer.missing is not waits)
        if self.where is not None and len(self.check.applies) < _MOST_KNOWN:
            self.check.applies[self.where] = known if of_where else _APPLIES
        if self.whole is not None and not of_where and len(self.check.verdicts) < _MOST_KNOWN:
            self.check.verdicts[self.whole] = known


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

    def asked(self, entries: list[Entry], path: Path, flow: Flow) -> tuple[list[tuple[Entry, Known]], list[Question]]:
        """What is known of a flow because it was found of one like it; and what is left to ask."""
        known: list[tuple[Entry, Known]] = []
        left: list[Question] = []
        base = self._base(path, flow)
        for entry in entries:
            if base is None:
                left.append(Question(entry, None, None, None))
                continue
            compiled: CompiledCheck = entry[0]
            check = self._checks.get(compiled.key)
            if check is None:
                check = self._checks[compiled.key] = _Check(compiled)
            where = self._key(check.where, base, path)
            whole = self._key(check.whole, base, path)
            found = check.verdicts.get(whole) if whole is not None else None
            if found is None and where is not None:
                found = check.applies.get(where)
            if found is None or found is _APPLIES or found == _APPLIES:
                left.append(Question(entry, check, where, whole))
            else:
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

    def _key(self, facts: frozenset[Fact] | None, base: tuple[Any, ...], path: Path) -> tuple[Any, ...] | None:
        if facts is None:
            return None
        parts = self._world.tables.parts
        found: list[Any] = []
        for fact in sorted(facts):
            if fact.endswith(".critical") and (path.source in parts or path.target in parts):
                return None  # what the organisation says of a store counts for its parts
            getter = _GETTERS.get(fact)
            if getter is not None:
                found.append(getter(self, path))
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


def told_of_flow(one: Finding, flow: Flow, evidence: tuple[str, ...]) -> Finding:
    """A finding on a flow, by that on one like it."""
    return Finding(
        one.rule,
        one.verdict,
        one.severity,
        None,
        flow.id,
        one.why,
        one.missing,
        one.reads,
        evidence,
        one.related,
        one.potential,
        one.acceptance,
    )
