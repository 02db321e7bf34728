"""Many variants of one estate judged at once: each is a copy under another account, so that rules are read only once.

What one account says of another would mix the copies: every account id, bucket and organisation is another one in each.
Rules that look at a whole provider (`OF_PROVIDERS`) cannot be judged so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import rule_proof

from rules.engine import judge
from rules.estate import MemoryEstate
from rules.policy import Policy
from scanners.model import Asset, Coverage, Relation

OF_PROVIDERS = frozenset({"SIT-RSL-005", "SIT-RSL-007"})


@dataclass(frozen=True)
class Parts:
    """An estate in its parts."""

    assets: Sequence[Asset]
    relations: Sequence[Relation]
    coverage: Sequence[Coverage]


@dataclass(frozen=True)
class Variant:
    """An estate that differs from the whole one by `change`, which is said in a few words."""

    change: str
    parts: Parts


Said = set[tuple[str, str]]
"""(rule, subject): an asset's uid, or kind, source and target of a flow."""


class _Kept:
    """Takes what judging gives; keeps passes and failures."""

    def __init__(self, back: Callable[[str], tuple[int, str]]) -> None:
        self.back = back
        self.flow_of: dict[str, str] = {}
        self.found: dict[str, dict[int, Said]] = {"pass": {}, "fail": {}}

    def flows(self, batch: Any) -> None:
        for flow in batch:
            self.flow_of[flow.id] = f"{flow.kind}: {flow.source} > {flow.target}"

    def transfers(self, batch: Any) -> None:
        """Not needed."""

    def findings(self, batch: Any) -> None:
        for f in batch:
            kept = self.found.get(str(f.verdict))
            if kept is not None:
                number, subject = self.back(f.asset or self.flow_of[f.flow])
                kept.setdefault(number, set()).add((f.rule, subject))


class Clones:
    """Judges variants of an estate. `names` are the texts that tell one copy from another, each with the pattern of
    what stands for it in a copy (`{n}` is its number); `policy` gives the policy for some copies: the function it is
    given renames a text for one of them."""

    def __init__(
        self,
        names: dict[str, str],
        marker: Callable[[str], int],
        policy: Callable[[Sequence[Callable[[str], str]]], str],
    ) -> None:
        self.names, self.marker, self.policy = names, marker, policy
        self.rules = [rule for rule in rule_proof.rules() if rule.id not in OF_PROVIDERS]

    def renamed(self, number: int, text: str) -> str:
        """A text as it stands in a copy."""
        for name, pattern in self.names.items():
            text = text.replace(name, pattern.format(n=f"{number:05d}"))
        return text

    def _back(self, text: str) -> tuple[int, str]:
        number = self.marker(text)
        for name, pattern in self.names.items():
            text = text.replace(pattern.format(n=f"{number:05d}"), name)
        return number, text

    def judged(self, variants: Iterable[Parts], at_once: int = 80) -> list[tuple[Said, Said]]:
        """Passes and failures of each variant."""
        every = list(variants)
        found: list[tuple[Said, Said]] = []
        for start in range(0, len(every), at_once):
            found += self._some(every[start : start + at_once])
        return found

    def _some(self, variants: list[Parts]) -> list[tuple[Said, Said]]:
        assets: list[Asset] = []
        relations: list[Relation] = []
        coverage: list[Coverage] = []
        for number, parts in enumerate(variants):
            assets += [replace_aliases(a) for a in self._copied(number, parts.assets, list[Asset])]
            relations += self._copied(number, parts.relations, list[Relation])
            coverage += self._copied(number, parts.coverage, list[Coverage])
        renames = [lambda text, n=number: self.renamed(n, text) for number in range(len(variants))]
        policy = Policy.parse(self.policy(renames), rule_proof.catalogue(), rule_proof.AS_OF)
        sink = _Kept(self._back)
        estate = MemoryEstate(assets, relations, coverage)
        judge(estate, self.rules, policy, rule_proof.catalogue(), rule_proof.AS_OF, sink, with_passes=True)
        return [(sink.found["pass"].get(n, set()), sink.found["fail"].get(n, set())) for n in range(len(variants))]

    def _copied(self, number: int, things: Sequence[Any], type_: Any) -> Any:
        text = msgspec.json.encode(list(things)).decode()
        return msgspec.json.decode(self.renamed(number, text).encode(), type=type_)


def replace_aliases(asset: Asset) -> Asset:
    """The asset without other names: those that hold no account would join the copies."""
    asset.aliases = ()
    return asset


def without(parts: Parts, number: int, **members: Any) -> Parts:
    """The estate in which one asset has these members instead."""
    changed = msgspec.structs.replace(parts.assets[number], **members)
    return replace(parts, assets=[*parts.assets[:number], changed, *parts.assets[number + 1 :]])


def unearned(whole: tuple[Said, Said], variants: Sequence[Variant], said: Sequence[tuple[Said, Said]]) -> list[str]:
    """One line for each pass that a variant gives, of which less was read, and that the whole estate does not give."""
    passes, fails = whole
    return [
        f"{variant.change}: {rule} passes about {subject}{', which fails' if (rule, subject) in fails else ''}"
        for variant, (given, _) in zip(variants, said, strict=True)
        for rule, subject in sorted(given - passes)
    ]
