"""Assets as conditions see them: what was read, and what catalogue, policy and relations make of it.

What cannot be worked out stays absent: a condition that needs it is unknown, and says so.
"""

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from msgspec import UNSET

from rules.derivations import (
    DERIVERS,
    OF_PLACE,
    OF_WHOLE,
    READS,
    RELATIONS,
    Deriver,
    Record,
    from_whole,
    moment,
    owner,
    places,
)
from rules.graph import CLASS_NAMES, TYPE_NUMBER
from rules.placed import FROM_PLACES, PLACE_LISTS, PLACE_RECORDS, PLACES
from rules.places import Place
from rules.world import SOURCES, World
from scanners.model import ATTRIBUTES, Asset

MARKS: Final = (
    "owner",
    "critical",
    "ropa_id",
    "retain_until",
    "purpose",
    "role",
    "retention_declared",
    "ai_act_high_risk",
)
"""Attributes that the organisation states, by tag or policy."""

_STATED: Final = (1, 2)


_DESCRIBED: Final = frozenset({"native_type", "name", "dc_source", "tags", "created_at", "managed_by", "partition"})
"""Members of every asset that few conditions read; worked out only where one does."""


class Plan:
    """What is worked out for assets of one kind; `wanted` None: everything."""

    __slots__ = ("by_owner", "by_place", "derivers", "described", "into", "marks", "out", "reads")

    def __init__(self, kind: str, wanted: Collection[str] | None) -> None:
        self.described = _DESCRIBED if wanted is None else _DESCRIBED.intersection(wanted)
        own = {a.name for a in ATTRIBUTES.values() if kind in a.kinds}
        found: list[Deriver] = []
        placed = {*PLACES[kind], *PLACE_LISTS[kind], *PLACE_RECORDS[kind]}
        placed |= {made for source, made in FROM_PLACES if source in placed}
        for names, deriver in ((OF_WHOLE, from_whole), (tuple(placed), places), *DERIVERS):
            if any(n in own for n in names) and (wanted is None or any(n in wanted for n in names)):
                found.append(deriver)
        # Each with the bits of the types of relations without which there is nothing that it could work out; -1: none.
        self.derivers = tuple((d, *_bits(RELATIONS[d])) if d in RELATIONS else (d, -1, -1) for d in found)
        self.by_owner = owner in found
        self.by_place = not OF_PLACE.isdisjoint(found)
        self.reads = frozenset(name for deriver in found for name in READS[deriver])
        # Bits of the types of relations by which something is worked out.
        self.out = self.into = 0
        for derive in found:
            out, into = _bits(RELATIONS.get(derive, ((), ())))
            self.out |= out
            self.into |= into
        self.marks = tuple(m for m in MARKS if (m in own or m not in ATTRIBUTES) and (wanted is None or m in wanted))


def _bits(types: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[int, int]:
    """The bits of types of relations that leave an asset, and that lead to it."""
    out, into = (sum(1 << TYPE_NUMBER[name] for name in names) for names in types)
    return out, into


def record_of(world: World, asset: Asset, node: int, plan: Plan) -> Record:
    """The asset as conditions see it."""
    record: Record = {
        **asset.attributes,
        "uid": asset.uid,
        "provider": asset.provider,
        "account": asset.account,
        "kind": asset.kind,
        "loc": (place := world.places.places[world.place_of[node]]),
        "@n": node,
    }
    level = world.classes[node]
    if level:
        record["dc"] = CLASS_NAMES[level]
    if plan.described:
        _describe(world, record, asset, node, place, plan.described)
    if plan.marks:
        _mark(world, record, node, plan.marks)
    outs, intos = world.graph.types()
    out, into = outs[node], intos[node]
    for derive, needs_out, needs_into in plan.derivers:
        if needs_out < 0 or out & needs_out or into & needs_into:
            derive(world, record, asset, node)
    return record


def _describe(world: World, record: Record, asset: Asset, node: int, place: Place, wanted: Collection[str]) -> None:
    """What few conditions ask for."""
    record["native_type"] = asset.native_type
    record["name"] = asset.name
    if world.classes[node]:
        source = world.class_sources[node]
        # Where tags could not be read, nobody knows whether one of them states a class.
        if source in _STATED or asset.tags is not UNSET or not world.tagged:
            record["dc_source"] = SOURCES[source]
    if asset.tags is not UNSET:
        record["tags"] = asset.tags
    if "created_at" in wanted and asset.created_at is not None:
        record["created_at"] = asset.created_at.isoformat()
    if "managed_by" not in record:
        record["managed_by"] = (
            None  # a management plane over an asset is part of its native type: seen, or there is none
        )
    if "partition" in wanted:
        partition = asset.partition or place["@partition"] or world.partition(node)
        if partition is not None:
            record["partition"] = partition


def _mark(world: World, record: Record, node: int, marks: tuple[str, ...]) -> None:
    """What the organisation states of it, or of the store which it is a part of."""
    said = world.classifications[world.said[node]]
    at = world.tables.parts.get(node, -1)
    above = world.classifications[world.said[at]] if at >= 0 and world.said[at] >= 0 else None
    for name in marks:
        value: Any = getattr(said, name)
        if above is not None and not value:
            theirs: Any = getattr(above, name)
            value = theirs if theirs or value is not UNSET else value
        if value is UNSET or (name in record and not value):
            continue
        record[name] = value.isoformat() if isinstance(value, date) else value


__all__ = ["MARKS", "Plan", "Record", "moment", "record_of"]
