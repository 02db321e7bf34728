"""Functions of conditions that walk along relations."""

from collections.abc import Iterable
from typing import Final

from msgspec import UNSET

from rules.condition import Lack, Unknown
from rules.derive import Record
from rules.flows import Path, flow_of, named, paths, record_of_path
from rules.parts import STORES
from rules.related import Records
from rules.seen import SHOWN_BY_SOURCE, SHOWN_BY_TARGET
from rules.world import World

_MOST: Final = 500
"""Items of a list that a condition sees; what lies beyond counts as not seen."""

_MOST_HOPS: Final = 200
_MOST_KEPT: Final = 20_000
"""Nodes whose flows are remembered."""
_OWN_WORDS: Final = frozenset({"member_of", "overflows_to", "runs_on", "logs_to"})
"""Relations that an asset's own document names or not: where none is there, there is none."""

_COPIES: Final = ("storage.snapshot", "storage.image")
_YES: Final = ("", "true", "yes", "1")


class Walks:
    """Walks over the relations of one estate.

    What tells whether a list is complete must stand in `rules.looks` as well: it decides which assets are alike.
    """

    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._records = records
        self._keyless: frozenset[int] | None = None
        self._reid: list[tuple[int, str]] | None = None
        self._flows: dict[int, list[Path]] = {}
        self._chained: tuple[Record, list[Record]] | None = None  # that of the flow asked about last

    def targets(self, x: Record, name: str) -> list[Record] | Unknown:
        """What relations of this type lead to. See `_list` for lists that may be incomplete."""
        node = x.get("@n")
        if node is None:
            return Unknown((Lack(f"asset.{name}", "not_read"),))
        nodes = self._world.graph.targets(node, name)
        return self._list(nodes, self._all_targets(x, node, name, bool(nodes)), x, name)

    def sources(self, x: Record, name: str) -> list[Record] | Unknown:
        """What has a relation of this type to it."""
        node = x.get("@n")
        if node is None:
            return Unknown((Lack(f"asset.{name}", "not_read"),))
        nodes = self._world.graph.sources(node, name)
        if name == "encrypted_by":
            nodes = self._through_sets(nodes)
        account = self._world.account(node)
        kinds = SHOWN_BY_SOURCE.get(name, ())
        complete = not kinds or (account is not None and self._world.seen.asked(account, kinds))
        if name == "encrypted_by" and complete:
            complete = self._world.account_of[node] not in self._unsaid()
        if name == "backs_up_to" and x.get("kind") in _COPIES and not nodes:
            complete = complete and "source_uid" in x  # a copy is one of something: of what, was not read
        return self._list(nodes, complete, x, f"{name} (of others)")

    def _unsaid(self) -> frozenset[int]:
        """Accounts with a store whose key was not read: any key of the account may be it."""
        if self._keyless is None:
            world, parts = self._world, self._world.tables.parts
            self._keyless = frozenset(
                world.account_of[node]
                for node, kind in enumerate(world.kinds)
                if kind in STORES
                and not world.custody[node]
                and node not in parts
                and not world.graph.targets(node, "encrypted_by")
            )
        return self._keyless

    def _through_sets(self, nodes: list[int]) -> list[int]:
        """What a key encrypts, also through sets that stand for it: those are of kind `key` themselves."""
        graph, kind = self._world.graph, self._world.kind
        behind = [n for at in nodes if kind(at) == "key" for n in graph.sources(at, "encrypted_by")]
        return list(dict.fromkeys((*nodes, *behind))) if behind else nodes

    def _list(self, nodes: list[int], complete: bool, x: Record, name: str) -> list[Record] | Unknown:
        """Records of nodes. If there may be more: unknown instead of an empty list, else a last, empty record."""
        if not nodes and not complete:
            # The record of an asset tells its uid; that of a mere place tells another one than its node's.
            uid = x["uid"] if "kind" in x and "uid" in x else self._world.estate.uid(x["@n"])
            return Unknown((Lack(f"asset.{name}", "not_read", uid),))
        found = list(self._records.many(nodes[:_MOST]))
        if not complete or len(nodes) > _MOST:
            found.append({})
        return found

    def _all_targets(self, x: Record, node: int, name: str, some: bool) -> bool:
        if name in (x.get("relations_read") or ()) or name in _OWN_WORDS:
            return True
        if name == "encrypted_by":
            return some or x.get("custody") is not None
        if name == "shared_with":
            return "public_access" in x and "relations_read" not in x
        if name in ("reads", "writes"):
            return some
        kinds = SHOWN_BY_TARGET.get(name)
        account = self._world.account(node)
        return kinds is not None and account is not None and self._world.seen.asked(account, kinds)

    def copies(self, x: Record) -> list[Record] | Unknown:
        """Replicas and backups."""
        found: list[Record] = []
        missing: Unknown | None = None
        for name in ("replicates_to", "backs_up_to"):
            part = self.targets(x, name)
            if isinstance(part, Unknown):
                missing = part
            else:
                found += part
        if missing is None:
            return found
        return [*found, {}] if found else missing

    def readers(self, x: Record) -> list[str] | Unknown:
        """Accounts, entities and principals that may read it; unknown where that was not read."""
        shared = self.targets(x, "shared_with")
        if isinstance(shared, Unknown):
            return shared
        found: set[str] = set()
        for party in shared:
            if not party:
                return Unknown((Lack("asset.shared_with", "not_read", x.get("uid")),))
            found.update(str(v) for v in (party.get("id"), party.get("owner_entity")) if v)
        for reader in self._world.graph.sources(x["@n"], "reads"):
            account = self._world.account(reader)
            if account is not None:
                owner = self._world.owners.get(account[1].casefold())
                found.update((account[1], *((owner.entity,) if owner else ())))
        return sorted(found)

    def reid_assets(self, x: Record) -> list[Record] | Unknown:
        """Assets tagged as able to name again the people in this data set."""
        tag = self._world.policy.reid_tag
        if tag is UNSET:
            return Unknown((Lack("policy.reid_tag", "decision_needed"),))
        if self._reid is None:
            self._reid = list(self._tagged(tag))
        names = {str(x.get("uid", "")), str(x.get("name", ""))}
        nodes = [node for node, value in self._reid if value in names or value.casefold() in _YES]
        if not nodes:
            return Unknown((Lack(f'asset.tags["{tag}"]', "not_read"),))
        return self._records.many(nodes[:_MOST])

    def _tagged(self, tag: str) -> Iterable[tuple[int, str]]:
        wanted = tag.casefold()
        for batch in self._world.estate.assets():
            self._world.stop_if_cancelled()
            for node, asset in batch:
                if asset.tags is UNSET:
                    continue
                for key, value in asset.tags.items():
                    if key.casefold() == wanted:
                        yield node, value

    def chain(self, flow: Record) -> list[Record] | Unknown:
        """This flow and those that carry its data on, nearest first, each with its `index` (hops before it)."""
        if "@n" not in flow:
            return Unknown((Lack("flow", "not_read"),))
        if self._chained is None or self._chained[0] is not flow:
            self._chained = flow, self._chain(flow)
        return self._chained[1]

    def _from(self, node: int) -> list[Path]:
        """The flows that start at a node; kept."""
        found = self._flows.get(node)
        if found is None:
            if len(self._flows) > _MOST_KEPT:
                self._flows.clear()
            every = (path for batch in paths(self._world, self._records, (node,)) for path in batch)
            found = self._flows[node] = [path for path in every if path.source == node]
        return found

    def _chain(self, flow: Record) -> list[Record]:
        found: list[Record] = [{**flow, "index": 0}]
        visited = {flow["@n"]}
        frontier: list[int] = [flow["@target"]]
        index = 0
        while frontier and len(found) < _MOST_HOPS:
            index += 1
            fresh = [n for n in dict.fromkeys(frontier) if n >= 0 and n not in visited]
            visited.update(fresh)
            hops = [path for node in fresh for path in self._from(node)][: _MOST_HOPS - len(found)]
            found += [{**record, "index": index} for record in self._recorded(hops)]
            frontier = [path.target for path in hops]
        return found

    def _recorded(self, hops: list[Path]) -> list[Record]:
        """The flows as conditions see them, each made once; what they join is fetched with one question."""
        fresh = [path for path in hops if path.record is None]
        if fresh:
            world, records = self._world, self._records
            names = named(world, fresh)
            records.fetch([n for path in fresh for n in (path.source, path.target) if n >= 0])
            for path in fresh:
                record_of_path(world, records, path, flow_of(world, path, names))
        return [path.record or {} for path in hops]
