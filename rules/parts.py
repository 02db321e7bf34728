"""Parts of stores: a container, a table or a database is where its whole is, and has of it what it does not say."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import compress, count
from typing import Any, Final

from rules.estate import Estate
from rules.graph import EXTERNAL, KIND_NAMES, KIND_NUMBER, TYPE_NUMBER, Graph, mask
from scanners.model import ATTRIBUTES, Asset

STORES: Final = frozenset(
    number
    for number, name in enumerate(KIND_NAMES)
    if name.startswith(("storage.", "database.")) or name == "warehouse"
)
_PLACED: Final = frozenset(
    number
    for number, name in enumerate(KIND_NAMES)
    if name.startswith(("ai.", "training.", "compute.", "log.")) or name in ("key", "secret", "backup.vault")
)
WHOLES: Final = _PLACED | STORES
"""Kinds that lie where that lies which they are a part of, and those that such a place is taken from."""

FROM_WHOLE: Final = (
    *("encrypted", "encryption", "https_only", "tls_min_below_12", "shared_key_auth", "cross_tenant_copy"),
    *("cross_zone", "secondary_loc", "versioning", "soft_delete_days", "expire_days", "noncurrent_expire_days"),
    *("public_network", "private_endpoint", "backup_retention_days"),
)
"""Attributes that hold for a whole store: a part has them unless its own document says otherwise."""

_BY_KIND: Final = {
    name: tuple(a for a in FROM_WHOLE if name in ATTRIBUTES[a].kinds)
    for number, name in enumerate(KIND_NAMES)
    if number in STORES
}
_MOST_STEPS: Final = 4
_MOST_KEPT: Final = 4_000
_AHEAD: Final = 250


_RUNNING: Final = frozenset(KIND_NUMBER[k] for k in ("training.job", "ai.customization", "ai.endpoint"))
_KEY: Final = KIND_NUMBER["key"]
_KEYS: Final = mask((_KEY,))
_STORES: Final = mask(STORES)
_IN_WHOLES: Final = mask(WHOLES)
_MEMBER: Final = TYPE_NUMBER["member_of"]
_READS: Final = TYPE_NUMBER["reads"]
_IN_MACHINES: Final = frozenset(KIND_NUMBER[k] for k in ("storage.volume", "storage.snapshot", "storage.image"))


def wholes_of(graph: Graph, kinds: bytes | bytearray, uid: Callable[[int], str]) -> dict[int, int]:
    """Part → the store that it is a part of, or that it is another name for.

    A whole that nobody collected counts where its name shows that it is one: it begins the name of the part.
    """
    found: dict[int, int] = {}
    stores = kinds.translate(_STORES)
    inside = array("i", graph.of_types((_MEMBER,)))
    edges = list(compress(inside, map(stores.__getitem__, map(graph.source.__getitem__, inside))))
    edges += [edge for edge in graph.attributes if graph.type[edge] == _READS]
    for edge in sorted(edges):
        source, target = graph.source[edge], graph.target[edge]
        if not stores[source] or source == target:
            continue
        use = graph.attributes.get(edge, {}).get("use")
        if use != "files" and (use is not None or graph.type[edge] != _MEMBER):
            continue
        if (
            stores[target]
            or use == "files"
            or (
                kinds[target] == EXTERNAL
                and kinds[source] not in _IN_MACHINES
                and uid(source).startswith(f"{uid(target)}/")
            )
        ):
            known = found.setdefault(source, target)
            if known != target:  # of several wholes the first by name, whichever was read first
                found[source] = min(known, target, key=uid)
    return found


def placed(
    graph: Graph,
    kinds: bytes | bytearray,
    places: "array[int]",
    nowhere: frozenset[int],
    parts: dict[int, int],
    uid: Callable[[int], str],
) -> Iterator[tuple[int, int]]:
    """Nodes whose own document tells no place, each with the node that it lies at, or that would tell.

    `nowhere`: numbers of unknown places; -1, the place of what nobody collected, is one of them.
    """
    targets = graph.targets
    for node in compress(count(), kinds.translate(_IN_WHOLES)):
        if places[node] not in nowhere:
            continue
        kind, at = kinds[node], node
        for _ in range(_MOST_STEPS):
            if places[at] not in nowhere:
                break
            if kind in STORES:  # a store is no part of the machine or the workspace that uses it
                above = parts.get(at)
            else:
                # A job computes on what it runs on, which may lie elsewhere than the workspace that lists it.
                runs = targets(at, "runs_on") if kinds[at] in _RUNNING else ()
                known = [n for n in targets(at, "member_of") if n != at and kinds[n] in (EXTERNAL, *WHOLES)]
                above = runs[0] if len(runs) == 1 else _one_place(known, places, nowhere, uid)
            if above is None:
                break
            at = above
        if at != node:
            yield node, at


def _one_place(
    wholes: list[int], places: "array[int]", nowhere: frozenset[int], uid: Callable[[int], str]
) -> int | None:
    """Of several wholes the one that tells where a part lies; None where there is none, or they lie apart."""
    if len(wholes) < 2:
        return wholes[0] if wholes else None
    told = [n for n in wholes if places[n] not in nowhere]
    if len({places[n] for n in told}) > 1:
        return None
    return min(told or wholes, key=uid)


def custody_of_sets(graph: Graph, kinds: bytes | bytearray, custody: bytearray) -> None:
    """A set that stands for keys (a disk encryption set) is in the custody of the weakest of them, if all are known."""
    left: dict[int, list[int]] = {}
    for node in compress(count(), kinds.translate(_KEYS)):
        if not custody[node]:
            keys = [key for key in graph.targets(node, "encrypted_by") if key != node]
            if keys:
                left[node] = keys
    for _ in range(_MOST_STEPS):  # a set may stand for another set, and be met before it
        told = {node: least for node, keys in left.items() if (least := min(custody[key] for key in keys))}
        if not told:
            return
        for node, least in told.items():
            custody[node] = least
            del left[node]


class Wholes:
    """What wholes say for their parts, read for many parts at once."""

    def __init__(self, estate: Estate, parts: dict[int, int]) -> None:
        self._estate = estate
        self._parts = parts
        self._order = sorted(parts)
        self._kept: dict[int, Asset | None] = {}

    def __contains__(self, node: int) -> bool:
        return node in self._parts

    def of(self, node: int) -> tuple[int, Asset | None] | None:
        """The whole of a part: its node, and the asset if it was collected. None for what is no part of a store."""
        whole = self._parts.get(node)
        if whole is None:
            return None
        if whole not in self._kept:
            if len(self._kept) > _MOST_KEPT:
                self._kept.clear()
            at = bisect_left(self._order, node)
            wanted = {self._parts[n] for n in self._order[at : at + _AHEAD]} | {whole}
            fresh = [n for n in wanted if n not in self._kept]
            found = self._estate.some(fresh)
            self._kept.update((n, found.get(n)) for n in fresh)
        return whole, self._kept[whole]


def add_from_whole(record: dict[str, Any], kind: str, wholes: Wholes, node: int) -> None:
    """What a part's document does not say, from its whole, or from the whole of that one.

    Public access of a part is what its own setting and the guard of its whole allow together: unknown where one of
    them was not read.
    """
    found = wholes.of(node)
    if found is not None and kind == "storage.bucket":
        _public(record, found[1])
    for _ in range(_MOST_STEPS):
        at, whole = found or (node, None)
        if whole is None:
            return
        for name in _BY_KIND[kind]:
            if name not in record and name in whole.attributes:
                record[name] = whole.attributes[name]
        found = wholes.of(at)


def _public(record: dict[str, Any], whole: Asset | None) -> None:
    if whole is not None and whole.kind != "storage.bucket":
        return
    guard = None if whole is None else whole.attributes.get("public_access")
    if guard == "none":
        if "public_access" not in record:
            record.setdefault("relations_read", [])  # who else may read it is told of the whole, not of the part
        record["public_access"] = "none"
    elif record.get("public_access") not in (None, "none") and guard is None:
        del record["public_access"]
