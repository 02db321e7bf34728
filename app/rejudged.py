"""Verdicts of two states of one estate side by side, judged again only where a change can matter."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rules.judgement import Acceptance, Finding, Flow
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
_ROUNDS: Final = 4


class Told:
    """A sink that keeps verdicts, and which flows there are."""

    def __init__(self) -> None:
        self.found: Found = {}
        self.flow_ids: set[str] = set()

    def findings(self, batch: "list[Finding]") -> None:
        """Keep what a finding says."""
        found = self.found
        for f in batch:
            key = (f.rule, f.asset or "", f.flow or "")
            found.setdefault(key, []).append(((f.verdict.value, f.severity.value), f.why))

    def flows(self, batch: "list[Flow]") -> None:
        """Keep their ids."""
        self.flow_ids.update(flow.id for flow in batch)

    def transfers(self, batch: object) -> None:
        """Transfers are not compared: rules judge them."""


def differing(
    base: "World",
    before: Found,
    world: "World",
    rules: "Sequence[Rule]",
    nodes: set[int],
    acceptances: "Iterable[Acceptance]",
) -> tuple[Found, Found] | None:
    """Verdicts before and after on these nodes and the flows that touch them; None where these are too many.

    `before` are all verdicts in the world `base`, those of `world` are judged as far as they matter.

    A flow can stand for a verdict on the asset at its other end. Where the verdicts on such an asset seem to differ, it
    is judged in a further round, with all flows that touch it.
    """
    from rules.engine import judge_some

    accepted = list(acceptances)
    estate = world.estate
    names = {rule.id for rule in rules}
    old: Found = {}
    new: Found = {}
    done: set[int] = set()
    wanted = set(nodes)
    for _ in range(_ROUNDS):
        done |= wanted
        if len(done) > _SHARE * estate.size:
            return None
        sink = Told()
        ends = judge_some(world, rules, wanted, sink, acceptances=accepted)
        uids = {uid: node for node, uid in estate.uids(ends | wanted).items()}
        flows = sink.flow_ids | _flow_ids(base, wanted)
        known = {k: t for k, t in before.items() if k[0] in names and (k[1] in uids or k[2] in flows)}
        mine = {uid for uid, node in uids.items() if node in wanted}
        for all_of, part in ((old, known), (new, sink.found)):
            all_of.update((key, told) for key, told in part.items() if key[1] in mine or key[2])
        # Of what lies at the far ends only the verdicts of these flows were looked at.
        far = {k for k in known.keys() | sink.found.keys() if k[1] in uids and uids[k[1]] not in done}
        wanted = {uids[k[1]] for k in far if _graded(known.get(k)) != _graded(sink.found.get(k))}
        if not wanted:
            return old, new
    return None


def _flow_ids(world: "World", nodes: set[int]) -> set[str]:
    """The flows that touch some nodes, by their ids."""
    from rules.flows import flow_of, named, paths
    from rules.related import Records

    found: set[str] = set()
    for batch in paths(world, Records(world), nodes):
        names = named(world, batch)
        found.update(flow_of(world, path, names).id for path in batch)
    return found


def _graded(told: "list[tuple[Graded, str]] | None") -> list[Graded]:
    return sorted(graded for graded, _ in told or ())
