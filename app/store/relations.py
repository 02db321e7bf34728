"""Writing the relations of a scan, and the aliases of its assets, kept as relations of a type of their own."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from app.store.documents import EvidenceShelf
from app.store.driver import Database
from app.store.intern import Names
from app.store.intervals import OPEN
from scanners.model import Relation
from scanners.model.merging import both_told

ALIAS: Final = "~alias"
"""Type of the relation between an asset and another name of it; never given out as a relation."""


class Edge(Struct, omit_defaults=True):
    """What a relation says beyond its ends. `evidence` only where the store does not have that document."""

    attributes: dict[str, Any] = {}
    evidence: str | None = None


_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(Edge).decode


class RelationBook:
    """What the open scan has said about relations so far."""

    def __init__(self, db: Database, names: Names, shelf: EvidenceShelf, scan: int) -> None:
        self._db = db
        self._names = names
        self._shelf = shelf
        self._scan = scan
        self.next = int(db.rows("SELECT coalesce(max(id), 0) FROM relation_version")[0][0]) + 1
        self.first = self.next
        self.seen = bytearray(self.next)
        self.replaced: list[int] = []
        self.count = 0
        self.changes = 0

    def put(
        self,
        relations: list[Relation],
        aliases: list[tuple[int, int, int]],
        nodes: dict[str, int],
        scopes: dict[str, int],
        by_evidence: dict[str, int],
        first_new: int,
    ) -> None:
        """Write relations, and aliases as (node, node of the alias, scope).

        `scopes` and `by_evidence` tell the scope of what states a relation: that of an asset made of the same
        document, else that of its source.
        """
        now: dict[tuple[int, int, int], tuple[Edge, int | None, int]] = {}
        alias = self._names.word(ALIAS)
        for node, other, scope in aliases:
            now[node, alias, other] = (Edge(), None, scope)
        for relation in relations:
            key = (nodes[relation.source], self._names.word(relation.type), nodes[relation.target])
            edge = Edge(relation.attributes)
            number = None
            scope = scopes.get(relation.source, 0)
            if relation.evidence is not None:
                number = self._shelf.number(relation.evidence)
                if number is None:
                    edge.evidence = relation.evidence
                scope = by_evidence.get(relation.evidence, scope)
            before = now.get(key)
            if before is not None:
                edge = Edge(both_told(before[0].attributes, edge.attributes), edge.evidence)
                number = self._document(before[1], number)
            now[key] = (edge, number, scope or (before[2] if before else 0))
        self._write(now, first_new)

    def settle(self) -> None:
        """Give relations that were told before or apart from their source the scope of that source."""
        inside = f"{self._db.versions('source')} AND v.until = {OPEN}"
        self._db.run(
            f"UPDATE relation_version SET scope = coalesce((SELECT v.scope FROM asset_version v WHERE {inside} "
            "ORDER BY v.id DESC LIMIT 1), 0) WHERE scope = 0 AND first = ?",
            (self._scan,),
        )

    def _document(self, one: int | None, other: int | None) -> int | None:
        """Which of two documents shows a relation that both state: the first by digest, whichever was read first."""
        if one is None or other is None or one == other:
            return one if other is None else other
        rows = self._db.rows("SELECT id FROM evidence WHERE id IN (?, ?) ORDER BY digest LIMIT 1", (one, other))
        return rows[0][0] if rows else one

    def _write(self, now: dict[tuple[int, int, int], tuple[Edge, int | None, int]], first_new: int) -> None:
        stored: dict[tuple[int, int, int], tuple[int, int | None, bytes | None, int]] = {}
        drafts: dict[tuple[int, int, int], tuple[int, int | None, bytes | None, int]] = {}
        known = {key[0] for key in now if key[0] < first_new}
        sql = (
            "SELECT id, source, type, target, evidence, body, scope, first FROM relation_version "
            f"WHERE until = {OPEN} AND source IN ({{}})"
        )
        for number, source, kind, target, evidence, body, scope, first in self._db.among(sql, known):
            kept = (number, evidence, None if body is None else bytes(body), scope)
            (drafts if first == self._scan else stored)[source, kind, target] = kept
        fresh: list[tuple[Any, ...]] = []
        updated: list[tuple[Any, ...]] = []
        for key, (edge, evidence, scope) in now.items():
            was, draft = stored.get(key), drafts.get(key)
            # What this scan said of it already: another document may state other attributes of the same relation.
            said = draft if draft is not None else was if was is not None and self.seen[was[0]] else None
            if said is not None:
                before = {} if said[2] is None else _decode(said[2]).attributes
                edge = Edge(both_told(before, edge.attributes), edge.evidence)
                evidence = self._document(said[1], evidence)
            body = _encode(edge) if edge.attributes or edge.evidence else None
            if draft is not None:
                if draft[1:] != (evidence, body, scope):
                    updated.append((evidence, body, scope or draft[3], draft[0]))
            elif was is not None and was[1:3] == (evidence, body):
                if not self.seen[was[0]]:
                    self.count += 1
                self.seen[was[0]] = 1
            else:
                counted = was is not None and self.seen[was[0]]
                if was is not None:
                    self.replaced.append(was[0])
                    self.seen[was[0]] = 1
                    scope = scope or was[3]
                fresh.append((self.next, *key, scope, evidence, body, self._scan, OPEN))
                self.next += 1
                self.count += 0 if counted else 1
        self.changes += len(fresh)
        self._db.many(
            "INSERT INTO relation_version (id, source, type, target, scope, evidence, body, first, until) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            fresh,
        )
        sql = "UPDATE relation_version SET evidence = ?, body = ?, scope = ? WHERE id = ?"
        self._db.many(sql, updated)
