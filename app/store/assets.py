"""Writing the assets of a scan: an unchanged one adds nothing, parts of one asset become one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET

from app.store.driver import Database
from app.store.intern import Names, plain
from app.store.intervals import OPEN, SCANS
from scanners.model import Asset, merged

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(Asset).decode
_MOST_WARNINGS: Final = 100


class NodeBook:
    """Numbers of uids. New ones are given out in the order in which they are first named."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.next = int(db.rows("SELECT coalesce(max(id), 0) FROM node")[0][0]) + 1
        self._recent: dict[str, int] = {}

    def numbers(self, uids: Iterable[str]) -> dict[str, int]:
        """The number of each uid."""
        recent = self._recent
        found: dict[str, int] = {}
        asked: list[str] = []
        for uid in dict.fromkeys(uids):
            number = recent.get(uid)
            if number is None:
                asked.append(uid)
            else:
                found[uid] = number
        kept = {uid: plain(uid) for uid in asked}
        stored = dict(self._db.among("SELECT uid, id FROM node WHERE uid IN ({})", set(kept.values())))
        fresh: list[tuple[int, str]] = []
        for uid, text in kept.items():
            number = stored.get(text)
            if number is None:
                number = stored[text] = self.next
                fresh.append((number, text))
                self.next += 1
            found[uid] = number
        self._db.many("INSERT INTO node (id, uid) VALUES (?, ?)", fresh)
        self._recent = found  # neighbours name the same keys, networks and accounts
        return found


class AssetBook:
    """What the open scan has said about assets so far."""

    def __init__(self, db: Database, names: Names, scan: int, seen_at: Callable[[str], str | None]) -> None:
        self._db = db
        self._names = names
        self._scan = scan
        self._seen_at = seen_at
        self.seen = bytearray()
        self.kept_in: dict[int, int] = {}  # scope → assets known before in it that were seen again
        self.scopes: set[int] = set()
        self.added = self.changed = self.count = self.duplicates = self.parts = 0
        self.warnings: list[str] = []

    def put(self, assets: list[Asset], nodes: dict[str, int], first_new: int) -> dict[str, int]:
        """Write these assets; the scope of each by uid. Nodes from `first_new` on are new to the store."""
        several: set[int] = set()
        now: dict[int, Asset] = {}
        for asset in assets:
            node = nodes[asset.uid]
            before = now.get(node)
            if before is not None:
                several.add(node)
                asset = self._joined(before, asset)
            now[node] = asset
        top = max(now, default=0)
        if top >= len(self.seen):
            self.seen.extend(bytes(max(top + 1 - len(self.seen), len(self.seen))))
        old, pending = self._versions(node for node in now if node < first_new)
        scopes: dict[str, int] = {}
        fresh: list[tuple[Any, ...]] = []
        updated: list[tuple[Any, ...]] = []
        dropped: list[tuple[int]] = []
        for node, asset in now.items():
            was = old.get(node)
            draft = pending.get(node)
            again = bool(self.seen[node])
            if again:
                base = draft if draft is not None else was
                if base is not None:
                    asset = self._joined(_decode(base[1]), asset)
            if was is not None and (again or node in several):
                asset = _in_order_of(asset, was[1])
            body = self._body(asset)
            scope = scopes[asset.uid] = self._names.scope_of(asset)
            if not again:
                self.seen[node] = 1
                self.count += 1
                self.scopes.add(scope)
                if was is not None:
                    self.kept_in[was[0]] = self.kept_in.get(was[0], 0) + 1
            key = node * SCANS + self._scan
            if was is not None and was[1] == body:
                if draft is not None:
                    dropped.append((key,))
                    self.changed -= 1
            elif draft is not None:
                if draft[1] != body:
                    updated.append((scope, plain(asset.name), body, key))
            else:
                fresh.append((key, scope, OPEN, plain(asset.name), body))
                if was is None:
                    self.added += 1
                else:
                    self.changed += 1
        self._db.many("INSERT INTO asset_version (id, scope, until, name, body) VALUES (?, ?, ?, ?, ?)", fresh)
        self._db.many("UPDATE asset_version SET scope = ?, name = ?, body = ? WHERE id = ?", updated)
        self._db.many("DELETE FROM asset_version WHERE id = ?", dropped)
        return scopes

    def _versions(self, nodes: Iterator[int]) -> tuple[dict[int, tuple[int, bytes]], dict[int, tuple[int, bytes]]]:
        """What holds for these nodes: (scope, body) before this scan, and as this scan has it so far."""
        sql = (
            f"SELECT v.id, v.scope, v.body FROM node n JOIN asset_version v ON {self._db.versions('n.id')} "
            f"AND v.until = {OPEN} WHERE n.id IN ({{}})"
        )
        old: dict[int, tuple[int, bytes]] = {}
        pending: dict[int, tuple[int, bytes]] = {}
        for key, scope, body in self._db.among(sql, nodes):
            node, first = divmod(key, SCANS)
            (pending if first == self._scan else old)[node] = (scope, bytes(body))
        return old, pending

    def _body(self, asset: Asset) -> bytes:
        try:
            return _encode(asset)
        except UnicodeEncodeError:
            self._warn(f"{plain(asset.uid)}: text that is not Unicode was replaced")
            return _encode(msgspec.convert(_unicode(msgspec.to_builtins(asset)), Asset))

    def _joined(self, first: Asset, second: Asset) -> Asset:
        """Both as one asset. Where two documents disagree, the newer one counts, else the one that came first."""
        both = merged(first, second)
        if both == first and first.evidence == both.evidence:
            self.duplicates += 1
            return both
        self.parts += 1
        apart = _disagreements(first, second)
        if apart and first.evidence[:1] != second.evidence[:1]:
            times = [self._seen_at(a.evidence[0]) if a.evidence else None for a in (first, second)]
            newer = times[0] is not None and times[1] is not None and times[1] > times[0]
            if not newer:
                both = merged(second, first)
                both.aliases = tuple(dict.fromkeys((*first.aliases, *second.aliases)))
                both.evidence = tuple(dict.fromkeys((*first.evidence, *second.evidence)))
            which = "the newer" if newer else "the first"
            self._warn(f"{plain(first.uid)}: two documents disagree on {', '.join(apart)}; {which} counts")
        return both

    def _warn(self, text: str) -> None:
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(text)


def _disagreements(first: Asset, second: Asset) -> list[str]:
    found = [name for name, value in second.attributes.items() if first.attributes.get(name, value) != value]
    if first.tags is not UNSET and second.tags is not UNSET and first.tags != second.tags:
        found.append("tags")
    if first.location != second.location and "unknown" not in (first.location.kind, second.location.kind):
        found.append("location")
    return found


def _in_order_of(asset: Asset, body: bytes) -> Asset:
    """The asset with evidence and aliases in the order kept before: parts may arrive in any order."""
    before = _decode(body)
    if before.evidence != asset.evidence and set(before.evidence) == set(asset.evidence):
        asset = msgspec.structs.replace(asset, evidence=before.evidence)
    if before.aliases != asset.aliases and set(before.aliases) == set(asset.aliases):
        asset = msgspec.structs.replace(asset, aliases=before.aliases)
    return asset


def _unicode(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {_unicode(k): _unicode(v) for k, v in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_unicode(v) for v in cast("list[Any]", value)]
    return value
