"""Failures whose words differ from asset to asset only in the dates that they show.

A snapshot that is too old is told with the day on which it was made: all else that is said of it is said of every
snapshot with the same settings, so that only the terms about dates are explained for each.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from rules.columns import Term
from rules.judgement import Finding
from rules.verdicts import MOST_WHY, Late
from scanners.model import Asset

_MOST_SHOWN: Final = 20_000
_MOST_LIKE: Final = 200
_encode: Final = msgspec.msgpack.Encoder().encode

Words = tuple[tuple[str, tuple[str, ...]], ...]
"""What explains some terms: the text of each, and what it read."""


class Dates(NamedTuple):
    """What some terms say of the dates of an asset: their results, and the values that they follow from."""

    results: tuple[bool | None, ...]
    values: bytes
    words: Callable[[], Words | None]


class Like:
    """A failure on an asset, from which others are made that show other dates."""

    __slots__ = ("_finding", "_known", "_pieces", "_reads", "shown")

    def __init__(self, finding: Finding, shown: bool, pieces: list[str], reads: list[tuple[str, ...]]) -> None:
        self._finding = finding
        self._pieces = pieces
        self._reads = reads
        self._known: dict[str, Finding] = {}
        self.shown = shown

    @classmethod
    def of(cls, finding: Finding, shown: bool, words: Words | None) -> "Like | None":
        """From a failure, whether the asset's documents are its evidence, and what explains its terms about dates; None
        where these are not plainly parts of it."""
        why = finding.why
        if words is None or isinstance(why, Late) or len(why) >= MOST_WHY:
            return None
        pieces: list[str] = []
        rest: str = why
        for text, _ in words:
            if why.count(text) != 1:
                return None
            before, found, rest = rest.partition(text)
            if not found:
                return None
            pieces.append(before)
        return cls(replace(finding), shown, [*pieces, rest], [reads for _, reads in words])

    def on(self, words: Words | None) -> tuple[Finding, bool] | None:
        """The failure of an asset with other dates, and whether it is one that will be met again."""
        if words is None or [reads for _, reads in words] != self._reads:
            return None
        why = self._pieces[0]
        for (text, _), piece in zip(words, self._pieces[1:], strict=True):
            why += text + piece
        known = self._known.get(why)
        if known is not None:
            return known, True
        made = replace(self._finding, why=why[:MOST_WHY])
        if len(self._known) < _MOST_LIKE:
            self._known[why] = made
        return made, False


class Shown:
    """What terms about dates say and show, asset by asset. Dates recur: what they show is kept."""

    def __init__(self, policy: Mapping[str, Any], now: str) -> None:
        self._policy = policy
        self._now = now
        self._known: dict[tuple[int, bytes], Dates] = {}

    def of(self, terms: tuple[Term, ...], asset: Asset) -> Dates:
        """What these terms say; they are kept for as long as this is."""
        dates = asset.attributes
        if asset.created_at is not None:
            dates = {**dates, "created_at": asset.created_at.isoformat()}
        own = {name: dates[name] for term in terms for name in term.looks.names if name in dates}
        try:
            key = (id(terms), _encode(own))
        except (TypeError, OverflowError, ValueError):
            return self._new(terms, own, b"")
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_SHOWN:
                self._known.clear()
            known = self._known[key] = self._new(terms, own, key[1])
        return known

    def _new(self, terms: tuple[Term, ...], own: dict[str, Any], values: bytes) -> Dates:
        variables = {"asset": own, "policy": self._policy, "now": self._now}
        results: list[bool | None] = []
        for term in terms:
            found = None
            if term.condition is not None and term.looks.names <= own.keys():
                found = term.condition.test(variables)
            results.append(found if isinstance(found, bool) else None)
        kept: list[Words | None] = []

        def words() -> Words | None:
            if not kept:
                kept.append(_words(terms, variables))
            return kept[0]

        return Dates(tuple(results), values, words)


def _words(terms: tuple[Term, ...], variables: Mapping[str, Any]) -> Words | None:
    """What explains terms that are true."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for term in terms:
        if term.condition is None:
            return None
        trace = term.condition.explain(variables, True)
        if len(trace.decided) != 1:
            return None
        found.append((trace.text, tuple(trace.reads)))
    return tuple(found)
