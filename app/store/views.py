"""Assets of one estate that are views of the same thing, found among the names they share.

History keeps each view by its own uid; only who reads the estate sees them as one.
"""

from array import array
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from app.store.driver import Database
from scanners.model import Asset, one_of, same

_view: Final = msgspec.json.Decoder(Asset)


def joined(
    db: Database,
    shared: dict[int, set[int]],
    dense: "array[int]",
    kind: Callable[[int], str],
) -> dict[int, tuple[int, ...]]:
    """Node → nodes of further views of the same thing, best first; nodes are counted from 0.

    `shared`: number of a name that several assets have → numbers of these assets. `dense`: number → node + 1. A name
    that is the uid of an asset is one of that asset's names.
    """
    if not shared:
        return {}
    numbers = {*shared, *(number for holders in shared.values() for number in holders)}
    uids: dict[int, str] = dict(db.among("SELECT id, uid FROM node WHERE id IN ({})", sorted(numbers)))
    claims: dict[str, list[int]] = {}
    names: dict[int, str] = {}
    for name, holders in shared.items():
        nodes = [dense[number] - 1 for number in sorted(holders) if dense[number]]
        names.update((dense[number] - 1, uids[number]) for number in holders if dense[number])
        claims[uids[name]] = nodes
    groups = same(claims, names.__getitem__, kind)
    return {group[0]: group[1:] for group in groups}


def as_one(db: Database, firsts: dict[int, Asset], views: Mapping[int, tuple[int, ...]]) -> dict[int, Asset]:
    """Assets by node, with what further views of the same things add; `views`: node → keys of these."""
    if not firsts:
        return firsts
    keys = [key for node in firsts for key in views[node]]
    bodies = dict(db.among("SELECT id, body FROM asset_version WHERE id IN ({})", keys))
    return {
        node: one_of((asset, *(_view.decode(bodies[key]) for key in views[node]))) for node, asset in firsts.items()
    }
