"""Functions of conditions that walk along relations."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import compress, count
from typing import Final

from msgspec import UNSET

from rules.condition import Lack, Listed, Unknown
from rules.derive import Record
from rules.flows import Path, flow_of, named, paths, record_of_path, shape_of, starts_flows
from rules.governed import by_uid
from rules.graph import TYPE_NUMBER, mask
from rules.parts import STORES
from rules.related import Records
from rules.seen import SHOWN_BY_SOURCE, SHOWN_BY_TARGET
from rules.world import World

_MOST: Final = 500
"""Items of a list that a condition sees; what lies beyond counts as not seen."""

_MOST_HOPS: Final = 200
_MOST_KEPT: Final = 20_000
"""Nodes whose flows are remembered."""
_MOST_AHEAD: Final = 4000
"""Nodes whose flows are looked up together; further ones when they are needed."""

_OWN_WORDS: Final = frozenset({"member_of", "overflows_to", "runs_on", "logs_to"})
"""Relations that an asset's own document names or not: where none is there, there is none."""

_COPIES: Final = ("storage.snapshot", "storage.image")
CARRIERS: Final = ("training.job", "transfer.job")
"""Kinds of jobs that read a store and write what they read elsewhere."""

Hop = tuple[int, Path]
"""How many hops are before a flow of a chain, and that flow."""

_STORES: Final = mask(STORES)
_NOTHING_TOLD: Final = mask((0,))
"""For each store, and for each custody that is not known, one that is not nought; else nought."""

_YES: Final = ("", "true", "yes", "1")


class Walks:
    """Walks over the relations of one estate.

    What tells whether a list is complete must stand in `rules.looks` as well: it decides which assets are alike.
    """

    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._records = records
        self._reid: list[tuple[int, str]] | None = None
        self._flows: dict[int, list[Path]] = {}
        self._chained: tuple[Record, Listed] | None = None  # that of the flow asked about last
        self._going_on: dict[int, bool] = {}
        self._ways: dict[int, tuple[list[Hop], frozenset[int]]] = {}

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
            complete = self._world.account_of[node] not in self.keyless
        if name == "backs_up_to" and x.get("kind") in _COPIES and not nodes:
            complete = complete and "source_uid" in x  # a copy is one of something: of what, was not read
        return self._list(nodes, complete, x, f"{name} (of others)")

    @cached_property
    def keyless(self) -> frozenset[int]:
        """Accounts with a store whose key was not read: any key of the account may be it."""
        world, parts = self._world, self._world.tables.parts
        encrypted = 1 << TYPE_NUMBER["encrypted_by"]
        out, _ = world.graph.types()
        told = int.from_bytes(world.kinds.translate(_STORES)) & int.from_bytes(world.custody.translate(_NOTHING_TOLD))
        return frozenset(
            world.account_of[node]
            for node in compress(count(), told.to_bytes(len(world.kinds)))
            if node not in parts and not out[node] & encrypted
        )

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
        found = self._records.many(self._first(nodes))
        if len(found) > 1:
            found = sorted(found, key=by_uid)  # what is told of them must not depend on what was read first
        if not complete or len(nodes) > _MOST:
            found.append({})
        return found

    def _first(self, nodes: list[int]) -> list[int]:
        """These nodes, or of very many the first by their uids."""
        if len(nodes) <= _MOST:
            return nodes
        names = self._world.estate.uids(nodes)
        return sorted(nodes, key=names.__getitem__)[:_MOST]

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
        return sorted(self._records.many(self._first(nodes)), key=by_uid)

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
        """This flow and those that carry its data on, nearest first, each with its `index` (hops before it).

        Ends with an empty record where some of them may not be seen.
        """
        if "@n" not in flow:
            return Unknown((Lack("flow", "not_read"),))
        if self._chained is None or self._chained[0] is not flow:
            self._chained = flow, self._chain(flow)
        return self._chained[1]

    def _chain(self, flow: Record) -> Listed:
        hops = self.hops(flow["@n"], flow["@target"])
        records = self._recorded([path for _, path in hops])
        found = [{**flow, "index": 0}, *({**r, "index": i} for (i, _), r in zip(hops, records, strict=True))]
        if self.open_ended(flow["@target"], hops):
            found.append({})
        return Listed(found, told_of_chain(len(hops) + 1, not found[-1]))

    def forget(self) -> None:
        """Give back what is kept of flows and of how they are carried on."""
        self._flows, self._ways, self._going_on, self._chained = {}, {}, {}, None

    def open_ended(self, target: int, hops: Sequence[Hop]) -> bool:
        """Whether a flow to this node and the hops after it may be carried on without being seen."""
        return any(end >= 0 and self._may_go_on(end) for end in (target, *(path.target for _, path in hops)))

    def _may_go_on(self, node: int) -> bool:
        """Whether data may be carried on from here without being seen; many chains end at the same nodes.

        What carries data on from a store is a copy of it, or a job that reads it.
        """
        found = self._going_on.get(node)
        if found is None:
            account = self._world.account(node)
            found = account is None or not self._world.seen.asked(account, CARRIERS)
            if not found and self._own_word(node):
                found = isinstance(self.targets(self._records.get(node), "replicates_to"), Unknown)
            self._going_on[node] = found
        return found

    def prepare(self, targets: Iterable[int]) -> None:
        """Look up with few questions how data may be carried on from these nodes, as far as that is not kept."""
        first = {node for node in targets if node >= 0 and node not in self._ways}
        frontier = first
        reached: set[int] = set()
        while frontier and len(reached) < _MOST_AHEAD:
            reached |= frontier
            frontier = {path.target for path in self._from(sorted(frontier)) if path.target >= 0} - reached
        # Most chains are told to be open by the first of their ends.
        self._records.fetch([n for n in sorted(first) if n not in self._going_on and self._own_word(n)])

    def _own_word(self, node: int) -> bool:
        """Whether its own record tells if a store may be copied without that being seen."""
        seen, account = self._world.seen, self._world.account(node)
        if (
            account is None
            or not seen.asked(account, CARRIERS)
            or seen.asked(account, SHOWN_BY_TARGET["replicates_to"])
        ):
            return False
        return not self._world.graph.targets(node, "replicates_to")

    def recorded(self, flows: Iterable[Path]) -> None:
        """Make the flows ready, as conditions see them, that carry the data of these on."""
        ways = {id(path): path for flow in flows for _, path in self.hops(flow.source, flow.target)}
        self._recorded(list(ways.values()))

    def hops(self, source: int, target: int) -> list[Hop]:
        """How the data of a flow are carried on, nearest first: hops before each, and the flow."""
        if target < 0 or target == source:
            return []
        way = self._ways.get(target)
        if way is None:
            if len(self._ways) > _MOST_KEPT:
                self._ways.clear()
            way = self._ways[target] = self._way(target, -1)
        hops, passed = way
        # Flows to one node are carried on alike, unless that leads back to where they come from.
        return self._way(target, source)[0] if source in passed else hops

    def _way(self, target: int, source: int) -> tuple[list[Hop], frozenset[int]]:
        """The hops from a node on, and the nodes that were gone through; nothing is followed back to `source`."""
        found: list[Hop] = []
        visited = {source}
        frontier = [target]
        index = 0
        while frontier and len(found) < _MOST_HOPS - 1:
            index += 1
            fresh = [n for n in dict.fromkeys(frontier) if n >= 0 and n not in visited]
            visited.update(fresh)
            hops = self._from(fresh)[: _MOST_HOPS - 1 - len(found)]
            found += [(index, path) for path in hops]
            frontier = [path.target for path in hops]
        return found, frozenset(visited)

    def _from(self, nodes: list[int]) -> list[Path]:
        """The flows that start at these nodes, node by node; kept."""
        known = self._flows
        fresh = [node for node in nodes if node not in known and starts_flows(self._world, node)]
        if fresh:
            if len(known) > _MOST_KEPT:
                known.clear()
                fresh = [node for node in nodes if starts_flows(self._world, node)]
            known.update((node, []) for node in fresh)
            wanted = frozenset(fresh)
            found = paths(self._world, self._records, wanted, lambda source, _: source in wanted)
            every = (path for batch in found for path in batch)
            found = [path for path in every if path.source in wanted]
            names = self._world.estate.uids({path.target for path in found if path.target >= 0})
            found.sort(key=lambda path: (names.get(path.target, path.target_uid), path.kind, path.via))
            for path in found:
                known[path.source].append(path)
        return [path for node in nodes for path in known.get(node, ())]

    def _recorded(self, hops: list[Path]) -> list[Record]:
        """The flows as conditions see them, each made once; what they join is fetched with one question."""
        fresh = [path for path in hops if path.record is None]
        if fresh:
            world, records = self._world, self._records
            names = named(world, fresh)
            if records.ends_of_hops:
                records.fetch([n for path in fresh for n in (path.source, path.target) if n >= 0])
            for path in fresh:
                flow = flow_of(path, names, shape_of(world, path))
                path.record = record_of_path(world, records, path, flow, bare=not records.ends_of_hops)
        return [path.record or {} for path in hops]


def told_of_chain(flows: int, more: bool) -> str:
    """How a trace shows a chain: the flow itself and those after it have no names that people know."""
    return f"{flows} flow{'s' if flows > 1 else ''}{', and what was not read' if more else ''}"
