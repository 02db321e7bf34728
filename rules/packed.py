"""Findings on their way between processes: what they have in common is told once, and assets by their place in a list.

A range of ten thousand assets gives about as many findings, of a few hundred sorts. Telling each in full takes longer
than finding it.
"""

from array import array
from typing import Final, NamedTuple

import msgspec

from rules.estate import Known
from rules.judgement import Finding

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Finding]).decode
_BARE, _OF_ASSET, _OWN = range(3)
"""Evidence of a finding: none, that of the asset, other."""


class Packed(NamedTuple):
    """Findings without what they share: sorts of findings, and for each the number of its sort and of its subject."""

    sorts: bytes
    of_sort: "array[int]"
    subjects: "array[int]"
    shown: bytes
    own: list[tuple[str, ...]]
    uids: list[str | None]
    flows: list[str | None]


def pack(findings: list[Finding], known: Known) -> Packed:
    """Findings for another process that knows the same assets."""
    numbers: dict[tuple[object, ...], int] = {}
    sorts: list[Finding] = []
    places: dict[tuple[str | None, str | None], int] = {}
    of_sort, subjects, shown = array("i"), array("i"), bytearray()
    own: list[tuple[str, ...]] = []
    for finding in findings:
        uid, evidence = finding.asset, finding.evidence
        words = (id(finding.verdict), id(finding.severity))
        key = (
            finding.rule, words, finding.why, finding.missing, finding.reads, finding.related,
            finding.potential, finding.acceptance,
        )  # fmt: skip
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(sorts)
            sorts.append(msgspec.structs.replace(finding, asset=None, flow=None, evidence=()))
        of_sort.append(number)
        subjects.append(places.setdefault((uid, finding.flow), len(places)))
        if not evidence:
            shown.append(_BARE)
        elif uid is not None and uid in known and evidence == known[uid][1]:
            shown.append(_OF_ASSET)
        else:
            shown.append(_OWN)
            own.append(evidence)
    uids, flows = [uid for uid, _ in places], [flow for _, flow in places]
    return Packed(_encode(sorts), of_sort, subjects, bytes(shown), own, uids, flows)


def unpacked(packed: Packed, known: Known) -> list[Finding]:
    """The findings again, in the same order."""
    sorts = _decode(packed.sorts)
    uids, flows = packed.uids, packed.flows
    evidence = [() if uid is None or uid not in known else known[uid][1] for uid in uids]
    own = iter(packed.own)
    return [
        Finding(
            one.rule,
            one.verdict,
            one.severity,
            uids[at],
            flows[at],
            one.why,
            one.missing,
            one.reads,
            evidence[at] if kind == _OF_ASSET else next(own) if kind == _OWN else (),
            one.related,
            one.potential,
            one.acceptance,
        )
        for one, at, kind in zip(map(sorts.__getitem__, packed.of_sort), packed.subjects, packed.shown, strict=True)
    ]
