"""Verdicts of two states of one estate side by side, judged again only where a change can matter."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.engine import Judging
    from rules.judgement import Acceptance, Finding, Flow
    from rules.portion import Some
    from rules.rule import Rule
    from rules.world import World

Key = tuple[str, str, str]
"""Rule, asset and flow; one of the last two is empty."""
Graded = tuple[str, str]
"""Verdict and severity."""
Found = dict[Key, list[tuple[Graded, str]]]
"""What was found: of each subject verdict and severity, and why."""

_SHARE: Final = 0.3
"""Where more of the estate is touched, it is judged as a whole."""
_WINS: Final = ("fail", "accepted")


class Before:
    """All verdicts before a change, by what they are about."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self._assets: dict[str, list[Key]] = {}
        self._flows: dict[str, list[Key]] = {}
        for key in found:
            if key[2]:
                self._flows.setdefault(key[2], []).append(key)
            else:
                self._assets.setdefault(key[1], []).append(key)

    def of_assets(self, uids: Iterable[str], rules: set[str]) -> Found:
        """Those of some rules on some assets."""
        return self._of(self._assets, uids, rules)

    def of_flows(self, flows: Iterable[str], rules: set[str]) -> Found:
        """Those of some rules on some flows."""
        return self._of(self._flows, flows, rules)

    def told(self, uid: str, rules: Iterable[str]) -> dict[str, bool]:
        """Those of some rules that say something of an asset, and whether they fail, acceptances or not."""
        found = ((rule, self.found.get((rule, uid, ""))) for rule in rules)
        return {rule: any(g[0] in _WINS for g, _ in told) for rule, told in found if told is not None}

    def of_rules(self, rules: set[str]) -> Found:
        """Those of some rules."""
        return {key: told for key, told in self.found.items() if key[0] in rules}

    def _of(self, index: dict[str, list[Key]], names: Iterable[str], rules: set[str]) -> Found:
        found, keys = self.found, (index.get(name, ()) for name in names)
        return {key: found[key] for some in keys for key in some if key[0] in rules}


class Told:
    """A sink that keeps verdicts, and which flows there are."""

    def __init__(self) -> None:
        self.found: Found = {}
        self.flows_seen: list[Flow] = []

    def findings(self, batch: "list[Finding]") -> None:
        """Keep what a finding says."""
        found = self.found
        for f in batch:
            key = (f.rule, f.asset or "", f.flow or "")
            found.setdefault(key, []).append(((f.verdict.value, f.severity.value), f.why))

    def flows(self, batch: "list[Flow]") -> None:
        """Keep the flows."""
        self.flows_seen += batch

    def transfers(self, batch: object) -> None:
        """Transfers are not compared: rules judge them."""


def differing(
    base: "World",
    before: Before,
    world: "World",
    rules: "Sequence[Rule]",
    some: "Some",
    acceptances: "Iterable[Acceptance]",
    alike: Sequence[Sequence[int]] = (),
) -> tuple[Found, Found] | None:
    """Verdicts before and after on some nodes and the flows to and from them; None where these are too many.

    `alike`: further nodes, in lists; the first of a list is judged, and what is said of it is said of all.

    `before` are all verdicts in the world `base`, those of `world` are judged as far as they matter.

    A flow can stand for a verdict on the asset at its end, and the other way round. Assets at the further ends for
    which that may have become another one are judged in a second round, with the flows that may stand for that or that
    it may stand for. What these flows are by themselves is as it was, so that nothing lies behind them.
    """
    from rules.engine import Judging, judge_some
    from rules.portion import Near, Some

    if alike:
        some = some._replace(nodes={*some.nodes, *(nodes[0] for nodes in alike)})
    if not some.around:
        return {}, {}
    estate = world.estate
    names = {rule.id for rule in rules}
    main = Judging(world, rules, tuple(acceptances), False, late=True)
    nodes = {*some.nodes, *main.movements.beginnings(some.nodes)}
    telling = main.subjects.kinds_for_flows
    ends = {*some.ends, *(node for node in nodes if world.kinds[node] in telling)} if telling else some.ends
    some = Some(nodes, ends, some.near)
    if len(nodes) > _SHARE * estate.size:
        return None
    found = {uid: node for node, uid in estate.uids(nodes).items()}
    old: Found = {}
    new: Found = {}
    done: set[str] = set()
    for last in (False, True):
        sink = Told()
        standing = judge_some(main, some, sink, _Failed(before, new, done))
        flows = {flow.id: flow for flow in sink.flows_seen}
        known = before.of_assets(found, names) | before.of_flows({*flows, *_flow_ids(base, some)}, names)
        if last:
            for key in [key for key in new if key[1] in found or key[2] in flows]:
                del new[key]
        old |= known
        new |= sink.found
        done |= found.keys()
        ends = set(() if last else _again(main, flows.values(), done, before, known, standing))
        again = {node for uid in ends if (node := estate.node(uid)) is not None}
        if not again:
            break
        if len(again) + len(nodes) > _SHARE * estate.size:
            return None
        found = {uid: node for node, uid in estate.uids(again).items()}
        some = Some(again, {node for node in again if world.kinds[node] in telling}, Near(alone=again))
    if alike:
        _tell(main, old, new, [nodes for nodes in alike if len(nodes) > 1], names)
    return old, new


def _tell(main: "Judging", old: Found, new: Found, alike: Sequence[Sequence[int]], names: set[str]) -> None:
    """Say of all that are alike what was found of the first, where it is another thing than before."""
    estate = main.world.estate
    firsts = estate.uids({nodes[0] for nodes in alike})
    told: list[tuple[str, str, Sequence[int]]] = []
    for nodes in alike:
        for rule in names:
            key = (rule, firsts[nodes[0]], "")
            if _graded(old.get(key)) != _graded(new.get(key)):
                told.append((rule, firsts[nodes[0]], nodes[1:]))
    uids = estate.uids({node for _, _, nodes in told for node in nodes})
    for rule, first, nodes in told:
        was, will = old.get((rule, first, "")), new.get((rule, first, ""))
        for node in nodes:
            key = (rule, uids[node], "")
            if was:
                old[key] = was
            if will:
                new[key] = [(graded, _late(main, node, rule)) for graded, _ in will]


def _late(main: "Judging", node: int, rule: str) -> str:
    """Why a rule fails on an asset, found out by judging it when it is asked for."""
    from rules.engine import judge_some
    from rules.portion import Some
    from rules.verdicts import Late

    def why() -> str:
        sink = Told()
        judge_some(main, Some({node}, ()), sink, lambda pair: False)
        return next((explained(w) for key, told in sink.found.items() if key[0] == rule for _, w in told), "")

    return Late.of(why)


def _graded(told: "list[tuple[Graded, str]] | None") -> list[Graded]:
    return sorted(graded for graded, _ in told or ())


class _Failed:
    """Tells whether a rule fails on an asset: as it was before, or as it was found since."""

    def __init__(self, before: Before, new: Found, done: set[str]) -> None:
        self._before = before
        self._new = new
        self._done = done

    def __call__(self, pair: tuple[str, str]) -> bool:
        found = self._new if pair[1] in self._done else self._before.found
        return any(graded[0] in _WINS for graded, _ in found.get((*pair, ""), ()))


def _again(
    main: "Judging",
    flows: "Iterable[Flow]",
    done: set[str],
    before: Before,
    known: Found,
    standing: set[tuple[str, str]],
) -> Iterator[str]:
    """The assets at the further ends of flows for which other flows may stand now."""
    movements = main.movements
    if not movements.for_assets and not main.subjects.for_flows:
        return
    won = {
        key[2]
        for key, told in known.items()
        if key[2] and key[0] in movements.standing_for_assets and any(graded[0] in _WINS for graded, _ in told)
    }
    now: dict[str, set[str]] = {}
    for rule, uid in standing:
        now.setdefault(uid, set()).add(rule)
    for flow in flows:
        uid = flow.target
        if uid in done:
            continue
        if any((rule, uid, "") in before.found for rule in now.get(uid, ())):
            yield uid  # what was told of it is told of a flow now
        elif flow.id in won or any(before.of_assets((end,), main.subjects.for_flows) for end in (flow.source, uid)):
            yield uid  # what was told of a flow may be told of it now


def _flow_ids(world: "World", some: "Some") -> set[str]:
    """The flows of some nodes whose being there depends on places, by their ids."""
    from rules.flows import flow_of, named, paths, shape_of
    from rules.related import Records
    from rules.world import INFERENCE

    nodes = {node for node in {*some.nodes, *some.ends} if world.flags[node] & INFERENCE}
    found: set[str] = set()
    for batch in paths(world, Records(world), nodes, lambda source, target: False) if nodes else ():
        names = named(world, batch)
        found.update(flow_of(path, names, shape_of(world, path)).id for path in batch)
    return found


def gaps(world: "World", rules: "Sequence[Rule]") -> Found:
    """What some rules say of accounts in which something was not read."""
    from rules.functions import Functions
    from rules.gaps import Gaps, nameless
    from rules.related import Records
    from rules.rule import graded

    cells = (cell for kinds in world.seen.cells.values() for cells in kinds.values() for cell in cells)
    if not rules or (all(cell.status.read for cell in cells) and next(nameless(world), None) is None):
        return {}
    rules = graded(rules, world.policy.severities)
    functions = Functions(world, Records(world, rules))
    sink = Told()
    sink.findings([finding for _, finding in Gaps(world, list(rules), functions).findings()])
    return sink.found


def explained(why: str) -> str:
    """Why, worked out where it was not yet."""
    from rules.verdicts import Late

    return why.text if isinstance(why, Late) else why
