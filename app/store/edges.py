"""The relations of one scan as columns of whole numbers, for what is worked out about a whole estate."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress, count
from typing import Any, Final

import msgspec

from app.store.driver import Database
from app.store.relations import ALIAS, Edge
from rules.estate import NO_EVIDENCE, Edges

_BATCH: Final = 10_000
_edge: Final = msgspec.json.Decoder(Edge)


def edges_of(
    db: Database,
    scan: int,
    asked: str,
    types: Mapping[int, str],
    dense: Sequence[int],
    views: Collection[int],
    loose: list[str],
) -> Iterator[Edges]:
    """The relations of a scan in batches, in the order they were stored.

    `asked` is SQL for the scopes that count, `types` numbers the types of relations, `dense` tells node + 1 by the
    number of the store, `views` are nodes of which there are several views. Digests of documents that the store does
    not have are added to `loose`, and numbered from `NO_EVIDENCE` - 1 down.
    """
    alias = next((number for number, text in types.items() if text == ALIAS), 0)
    place = array("i", [node - 1 for node in dense]).__getitem__
    sql = (
        f"SELECT source, type, target, body, coalesce(evidence, {NO_EVIDENCE}) FROM relation_version "
        f"WHERE first <= ? AND until > ? AND type <> ? AND (scope = 0 OR {asked}) ORDER BY id"
    )
    for rows in db.stream(sql, (scan, scan, alias), _BATCH):
        sources, kinds, targets, bodies, documents = _columns(rows)
        starts, ends = list(map(place, sources)), list(map(place, targets))
        if views:  # nothing between two views of one thing
            keep = [
                start != end or source == target or start not in views
                for start, end, source, target in zip(starts, ends, sources, targets, strict=True)
            ]
            starts, ends = list(compress(starts, keep)), list(compress(ends, keep))
            kinds, bodies, documents = (tuple(compress(column, keep)) for column in (kinds, bodies, documents))
        attributes: dict[int, dict[str, Any]] = {}
        numbers = list(documents)
        for at in compress(count(), bodies):
            edge = _edge.decode(bodies[at])
            if edge.evidence is not None and numbers[at] == NO_EVIDENCE:
                numbers[at] = NO_EVIDENCE - 1 - len(loose)
                loose.append(edge.evidence)
            if edge.attributes:
                attributes[at] = edge.attributes
        yield Edges(starts, list(map(types.__getitem__, kinds)), ends, numbers, attributes)


def _columns(rows: Sequence[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(zip(*rows, strict=True))
