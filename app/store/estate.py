"""Assets and relations of one scan as the rules see them, read from the store in batches.

Assets of accounts that the scan looked into count, whether it saw them or carried them over as stale. In memory are
only three whole numbers for each asset; everything else is read when asked for.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, compress, islice
from typing import Any, Final, cast

import msgspec

from app.store.documents import evidence_of
from app.store.driver import BATCH, Database, Where
from app.store.edges import asked_of, edges_of
from app.store.intervals import FIRST, SCANS
from app.store.numbering import ends_without, in_order_of_uid, numbered
from app.store.relations import ALIAS, Edge
from app.store.scans import coverage_of, scan_info
from app.store.views import as_one, joined
from rules.estate import NO_EVIDENCE, Edges, Known
from rules.outlines import Outline, outline
from scanners.model import Asset, Coverage, Evidence, Relation

_assets: Final = msgspec.json.Decoder(list[Asset])
_edge: Final = msgspec.json.Decoder(Edge)
_outlines: Final = msgspec.json.Decoder(list[Outline])
_FEW: Final = 0.2
_RECENT: Final = 20_000
_NUL: Final = b"\\u0000"
_FEW_ASSETS: Final = 200_000
"""Of so many assets the uids are kept once they were read."""
_MOST_FEW: Final = 100
NEVER: Final = ("",)
"""In place of the documents of an asset: findings on it have others."""


class StoreEstate:
    """Implements `rules.estate.Estate`. Can be pickled: a worker process opens the store by itself."""

    _keys: "array[int]"
    _scopes: "array[int]"
    _externals: "array[int]"
    _dense: "array[int]"
    _stale: frozenset[int]
    _accounts: tuple[int, ...]
    _views: dict[int, tuple[int, ...]]  # node → keys of further views of the same thing, best first

    def __init__(self, where: Where, scan: int) -> None:
        self.where = where
        self.scan_id = scan
        self._db = Database(where, read_only=True)
        try:
            self._attach()
            self._load()
        except BaseException:
            self._db.close()
            raise

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self._keys, self._scopes, self._externals, self._dense, self._stale, self._accounts, self._views)
        return _reopened, (self.where, self.scan_id, state)

    def _attach(self) -> None:
        self._db.keep(little=True)
        self._few: dict[tuple[frozenset[int], int, int], array[int]] = {}
        self._unlisted: list[tuple[Sequence[int], list[Asset]]] = []
        self._known: Known = {}
        self._kinds: dict[int, str] = dict(self._db.rows("SELECT id, kind FROM scope"))
        self._types: dict[int, str] = dict(self._db.rows("SELECT id, text FROM word"))
        self._coverage: list[Coverage] | None = None
        self._uids: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._named: list[str | None] = []  # uids of assets, as far as they were read
        self._listed = False  # whether `_numbers` has them
        self._loose: list[str] = []  # digests of documents that the store does not have

    def _load(self) -> None:
        db, scan = self._db, self.scan_id
        scan_info(db, scan)
        accounts = db.rows("SELECT accounts FROM scan WHERE id = ?", (scan,))[0][0]
        self._accounts = msgspec.json.decode(accounts, type=tuple[int, ...])
        self._keys = array("q")
        self._scopes = array("i")
        sql = f"SELECT id, scope FROM asset_version WHERE until > ? AND {FIRST} <= ? AND {self._asked} ORDER BY +id"
        for batch in db.stream(sql, (scan, scan), 20_000):
            flat = list(chain.from_iterable(batch))
            self._keys.extend(array("q", flat[::2]))
            self._scopes.extend(array("i", flat[1::2]))
        top = int(db.rows("SELECT coalesce(max(id), 0) FROM node")[0][0])
        alias = next((number for number, text in self._types.items() if text == ALIAS), 0)
        held = "first <= ? AND until > ?"
        named = db.rows(
            # A name that two things have and that does not make them one is that of the first by name.
            "SELECT v.source, v.target FROM relation_version v JOIN node n ON n.id = v.source "
            f"WHERE v.type = ? AND {held} ORDER BY n.uid, v.id",
            (alias, scan, scan),
        )
        dense, shared = numbered(self._keys, top, named)
        views = joined(db, shared, dense, lambda node: self._kinds[self._scopes[node]])
        self._views = {}
        carried: set[int] = {
            row[0] for row in db.rows("SELECT node FROM stale WHERE first <= ? AND until > ?", (scan, scan))
        }
        if views:
            keys = self._keys
            self._views = {keys[node]: tuple(keys[other] for other in others) for node, others in views.items()}
            for first, others in self._views.items():
                if not all(key // SCANS in carried for key in (first, *others)):
                    carried.discard(first // SCANS)  # one of the views was seen
            hidden = {node for others in views.values() for node in others}
            self._scopes = array("i", (scope for node, scope in enumerate(self._scopes) if node not in hidden))
            self._keys = array("q", (key for node, key in enumerate(keys) if node not in hidden))
            dense, _ = numbered(self._keys, top, named, self._views)
            self._views = {dense[first // SCANS] - 1: others for first, others in self._views.items()}
            carried.difference_update(key // SCANS for others in self._views.values() for key in others)
        self._viewed = sorted(self._views)
        self._dense = dense
        self._stale = frozenset(dense[number] - 1 for number in carried if dense[number])
        self._externals = array(
            "q", ends_without(db, dense, f"{held} AND (scope = 0 OR {self._asked})", (scan, scan), alias)
        )
        for node, number in enumerate(self._externals, len(self._keys) + 1):
            dense[number] = node

    @property
    def _asked(self) -> str:
        return asked_of(self._accounts)

    def close(self) -> None:
        """Give the connection back."""
        self._db.close()

    @property
    def size(self) -> int:
        """How many nodes there are, external ends included."""
        return len(self._keys) + len(self._externals)

    @property
    def asset_count(self) -> int:
        """How many of the nodes are assets; they come first."""
        return len(self._keys)

    def stored_number(self, node: int) -> int:
        """The store's own number of a node."""
        count = len(self._keys)
        return self._keys[node] // SCANS if node < count else self._externals[node - count]

    def stored(self, assets: Sequence[int]) -> tuple[list[int], frozenset[int]]:
        """The store's own numbers of some assets, and those among them of which several documents tell."""
        several = frozenset(self._views).intersection(assets) if self._views else frozenset[int]()
        return [self._keys[node] // SCANS for node in assets], several

    def uid(self, node: int) -> str:
        """The uid of a node. Raises IndexError beyond `size`."""
        found = self._uids.get(node) if not 0 <= node < len(self._named) else self._named[node]
        if found is None:
            if node < 0:
                raise IndexError(node)
            if len(self._uids) >= _RECENT:
                self._uids.clear()
            rows = self._db.rows("SELECT uid FROM node WHERE id = ?", (self.stored_number(node),))
            found = self._uids[node] = str(rows[0][0])
        return found

    def node(self, uid: str) -> int | None:
        """The node of a uid or of an alias, or None."""
        rows = self._db.rows("SELECT id FROM node WHERE uid = ?", (uid,))
        number: int = rows[0][0] if rows else len(self._dense)
        found = self._dense[number] if number < len(self._dense) else 0  # named since this estate was opened
        return found - 1 if found else None

    def nodes(self, uids: Collection[str]) -> dict[str, int]:
        """The nodes of these uids or aliases; those that have none are left out."""
        dense = self._dense
        rows = self._db.among("SELECT uid, id FROM node WHERE uid IN ({})", dict.fromkeys(uids))
        return {uid: dense[number] - 1 for uid, number in rows if number < len(dense) and dense[number]}

    def in_order(self) -> "array[int]":
        """The nodes of all assets in ascending order of uid."""
        return in_order_of_uid(self._db, self._keys, self._dense)

    def stale(self, node: int) -> bool:
        """Whether the scan did not see this asset and carries it over from before."""
        return node in self._stale

    @property
    def stale_count(self) -> int:
        """How many assets are carried over from before."""
        return len(self._stale)

    def assets(
        self, kinds: Collection[str] | None = None, start: int = 0, stop: int | None = None
    ) -> Iterator[list[tuple[int, Asset]]]:
        """Batches of (node, asset) in ascending order of node."""
        last = len(self._keys) if stop is None else min(stop, len(self._keys))
        first = max(start, 0)
        if kinds is None:
            yield from self._run_of(first, last)
            return
        wanted = frozenset(number for number, kind in self._kinds.items() if kind in kinds)
        chosen = self._few.get((wanted, first, last))  # one asks again and again for accounts and what governs them
        if chosen is None:
            chosen = array("i", (node for node in range(first, last) if self._scopes[node] in wanted))
            if len(chosen) > _FEW * (last - first):
                yield from self._run_of(first, last, [scope in wanted for scope in self._scopes[first:last]])
                return
            if len(chosen) <= BATCH and len(self._few) < _MOST_FEW:
                self._few[wanted, first, last] = chosen
        remaining = iter(chosen)
        while portion := list(islice(remaining, BATCH)):
            found = self.some(portion)
            yield [(node, found[node]) for node in portion]

    def chosen(self, nodes: Sequence[int]) -> Iterator[list[tuple[int, Asset]]]:
        """Batches of (node, asset) of these nodes, which ascend: read in runs, decoded only where they are chosen."""
        at = 0
        while at < len(nodes):
            begin = nodes[at]
            end = bisect_left(nodes, begin + BATCH, at)
            portion = nodes[at:end]
            at = end
            if len(portion) < _FEW * (portion[-1] - begin + 1):
                found = self.some(portion)
                batch = [(node, found[node]) for node in portion]
                self._unlisted.append((portion, [asset for _, asset in batch]))
                del self._unlisted[:-2]
                yield batch
            else:
                picked = bytearray(portion[-1] - begin + 1)
                for node in portion:
                    picked[node - begin] = 1
                yield from self._run_of(begin, portion[-1] + 1, picked)

    def uids(self, nodes: Collection[int]) -> dict[int, str]:
        """The uids of these nodes."""
        known, named = self._uids, self._named
        if named:
            top = len(named)
            found = {node: uid for node in nodes if node < top and (uid := named[node]) is not None}
            if len(found) < len(nodes):
                found.update((node, known[node]) for node in nodes if node in known)
        else:
            found = {node: known[node] for node in nodes if node in known}
        if len(found) < len(nodes):
            number = self.stored_number
            wanted = {number(node): node for node in nodes if node not in found}
            fresh = {wanted[at]: u for at, u in self._db.among("SELECT id, uid FROM node WHERE id IN ({})", wanted)}
            found.update(fresh)
            if len(known) > _RECENT:
                known.clear()
                self._numbers, self._listed = {}, False
                fresh = found  # what was asked for last stays
            known.update(fresh)
            self._numbers.update((uid, number(node)) for node, uid in fresh.items())
        return found

    def numbers(self) -> dict[str, int]:
        """uid → the store's number, of nodes whose uids were asked for last."""
        if self._named and not self._listed:
            told = zip(self._named, self._keys, strict=True)
            self._numbers.update((uid, key // SCANS) for uid, key in told if uid is not None)
            self._listed = True
        return self._numbers

    def _bodies(
        self, first: int, last: int, picked: Sequence[int] | None = None
    ) -> Iterator[tuple[Sequence[int], list[bytes]]]:
        """Nodes and bodies of a run of assets, or of those `picked` among them, in batches that are not empty."""
        sql = f"SELECT id, body FROM asset_version WHERE id >= ? AND id <= ? AND until > ? AND {FIRST} <= ? ORDER BY id"
        for begin in range(first, last, BATCH):
            end = min(begin + BATCH, last)
            chosen = None if picked is None else picked[begin - first : end - first]
            if chosen is not None and not any(chosen):
                continue
            rows = self._db.rows(sql, (self._keys[begin], self._keys[end - 1], self.scan_id, self.scan_id))
            if len(rows) != end - begin:  # accounts that this scan did not look into lie between
                mine = set(self._keys[begin:end])
                rows = [row for row in rows if row[0] in mine]
            nodes: Sequence[int] = range(begin, end)
            if chosen is not None:
                rows, nodes = list(compress(rows, chosen)), list(compress(nodes, chosen))
            yield nodes, [row[1] for row in rows]

    def _run_of(self, first: int, last: int, picked: Sequence[int] | None = None) -> Iterator[list[tuple[int, Asset]]]:
        """Assets of a run of nodes, or those `picked` among them: what is not asked for is not decoded."""
        for nodes, bodies in self._bodies(first, last, picked):
            found = _assets.decode(b"[" + b",".join(bodies) + b"]")
            viewed = self._viewed[bisect_left(self._viewed, nodes[0]) : bisect_left(self._viewed, nodes[-1] + 1)]
            if viewed:
                place = {node: at for at, node in enumerate(nodes)}
                for node, asset in as_one(
                    self._db, {n: found[place[n]] for n in viewed if n in place}, self._views
                ).items():
                    found[place[node]] = asset
            self._unlisted.append((nodes, found))
            del self._unlisted[:-2]
            yield list(zip(nodes, found, strict=True))

    def outlines(self, start: int, stop: int) -> Iterator[list[tuple[int, Outline]]]:
        """Batches of outlines of the assets from `start` up to but not including `stop`."""
        keep = len(self._keys) <= _FEW_ASSETS
        if keep and not self._named:
            self._named = [None] * len(self._keys)
        for nodes, bodies in self._bodies(max(start, 0), min(stop, len(self._keys))):
            text = b"[" + b",".join(bodies) + b"]"
            found = _outlines.decode(text)
            if keep and _NUL not in text:  # in the table of names NUL is another character
                self._named[nodes[0] : nodes[-1] + 1] = [one.uid for one in found]
            viewed = self._viewed[bisect_left(self._viewed, nodes[0]) : bisect_left(self._viewed, nodes[-1] + 1)]
            for node, asset in self.some(viewed).items():
                found[node - nodes[0]] = outline(asset)
            yield list(zip(nodes, found, strict=True))

    def recent(self) -> Known:
        """uid → (the store's number, digests of its evidence) of assets given out last, the last batch certainly.

        Findings about them come soon after; who writes these need not look up numbers.
        """
        if self._unlisted:
            if len(self._known) > _RECENT:
                self._known = {}
            keys, views = self._keys, self._views
            for nodes, found in self._unlisted:
                self._known.update(
                    # What is kept under the uid of several views is one of them: evidence is told each time.
                    (asset.uid, (keys[node] // SCANS, NEVER if node in views else asset.evidence))
                    for node, asset in zip(nodes, found, strict=True)
                )
            self._unlisted.clear()
        return self._known

    def learn(self, known: Known) -> None:
        """What this estate in another process gave out last."""
        if len(self._known) > _RECENT:
            self._known = {}
        self._known.update(known)

    def some(self, nodes: Sequence[int]) -> dict[int, Asset]:
        """The assets of these nodes; external ends are left out."""
        count = len(self._keys)
        wanted = {self._keys[node]: node for node in nodes if 0 <= node < count}
        rows = list(self._db.among("SELECT id, body FROM asset_version WHERE id IN ({})", wanted))
        found = _assets.decode(b"[" + b",".join([row[1] for row in rows]) + b"]")
        assets = {wanted[row[0]]: asset for row, asset in zip(rows, found, strict=True)}
        viewed = {node: assets[node] for node in assets if node in self._views} if self._views else {}
        return {**assets, **as_one(self._db, viewed, self._views)} if viewed else assets

    def relations(self) -> Iterator[list[tuple[int, str, int, Relation]]]:
        """Batches of (source node, type, target node, relation). Ends named by an alias are the asset's node."""
        scan, types = self.scan_id, self._types
        place = cast("Callable[[int], int]", self._dense.__getitem__)
        sql = (
            "SELECT v.source, s.uid, v.type, v.target, t.uid, v.body, e.digest FROM relation_version v "
            "JOIN node s ON s.id = v.source JOIN node t ON t.id = v.target LEFT JOIN evidence e ON e.id = v.evidence "
            f"WHERE v.first <= ? AND v.until > ? AND (v.scope = 0 OR v.{self._asked}) ORDER BY v.id"
        )
        for rows in self._db.stream(sql, (scan, scan)):
            batch: list[tuple[int, str, int, Relation]] = []
            for source, source_uid, kind, target, target_uid, body, digest in rows:
                name = types[kind]
                if name == ALIAS:
                    continue
                edge = Edge() if body is None else _edge.decode(body)
                evidence = bytes(digest).hex() if digest is not None else edge.evidence
                start, end = place(source) - 1, place(target) - 1
                if start == end and source != target and start in self._views:
                    continue  # between two views of one thing
                relation = Relation(source_uid, name, target_uid, edge.attributes, evidence)
                batch.append((start, name, end, relation))
            if batch:
                yield batch

    def edges(self) -> Iterator[Edges]:
        """The same relations without the names of their ends; documents by the store's own numbers."""
        return edges_of(self._db, self.scan_id, self._accounts, self._types, self._dense, self._views, self._loose)

    def digests(self, numbers: Collection[int]) -> dict[int, str]:
        """The digests of documents by the numbers that `edges` gives them."""
        kept = [number for number in numbers if number > NO_EVIDENCE]
        found = {n: bytes(d).hex() for n, d in self._db.among("SELECT id, digest FROM evidence WHERE id IN ({})", kept)}
        found.update((n, self._loose[NO_EVIDENCE - 1 - n]) for n in numbers if n < NO_EVIDENCE)
        return found

    def coverage(self) -> Sequence[Coverage]:
        """Every coverage cell of the scan."""
        if self._coverage is None:
            self._coverage = coverage_of(self._db, self.scan_id)
        return self._coverage

    def evidence(self, digest: str) -> Evidence:
        """A document by its digest. Raises KeyError where there is none, KnownStoreError where it is damaged."""
        return evidence_of(self._db, digest)


def _reopened(where: Where, scan: int, state: tuple[Any, ...]) -> StoreEstate:
    estate = StoreEstate.__new__(StoreEstate)
    estate.where, estate.scan_id = where, scan
    estate._db = Database(where, read_only=True)
    estate._attach()
    estate._keys, estate._scopes, estate._externals, estate._dense, estate._stale, estate._accounts = state[:6]
    estate._views = state[6]
    estate._viewed = sorted(estate._views)
    return estate
