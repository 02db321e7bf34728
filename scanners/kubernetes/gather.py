"""What only a whole cluster shows: its place and owner, the devices of its nodes, and what services and policies say of
workloads. Objects come in one by one, in any order, from a file or from several threads of a scan.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from scanners.documents import DocumentType, Origin, observe
from scanners.kubernetes import native_type
from scanners.kubernetes.derived import derive
from scanners.kubernetes.exposure import Policies, Ways
from scanners.kubernetes.objects import Thing, uid_for
from scanners.kubernetes.pools import pool_of
from scanners.kubernetes.queues import REMOTE
from scanners.kubernetes.volumes import is_elsewhere
from scanners.members import flag, labels, record, text
from scanners.model import Asset, Evidence, Item, Location, LocationKind, Relation
from scanners.references import uid_of

PROVIDER: Final = "kubernetes"
MOST_PLACED: Final = 20_000
"""Workloads and volumes that wait at most for the place of their cluster, or for what services say of them."""
_WORKLOADS: Final = frozenset({"ai.endpoint", "training.job", "training.notebook"})
_SERVED: Final = frozenset({"ai.endpoint", "training.notebook"})
_WORKING: Final = frozenset({"training.job", "training.notebook"})

Read = Callable[[str], bool]
"""Whether every object of a type (`group/Kind`) was read, so that what was not seen does not exist."""


class Gathering:
    """One cluster. `place` is what a declaration says of it, `known_by` what people call it, `names` are further names
    of it, `proof` is what says its uid. `saw` is told of each asset that was held back and is complete now, with the
    `tag` that it came in with. Where no node was seen, `told` and `told_provider` are the place and the owner of its
    nodes as others saw them."""

    def __init__(
        self,
        cluster: str,
        known_by: str,
        place: Location | None = None,
        names: tuple[str, ...] = (),
        saw: Callable[[Asset, Any], None] | None = None,
        proof: Evidence | None = None,
    ) -> None:
        self.cluster, self.known_by, self.place, self.names = cluster, known_by, place, names
        self.nodes: dict[str, Location] = {}
        self.providers: set[str] = set()
        self.seen: set[str] = set()
        self._saw, self._proof = saw or _unseen, proof
        self._lock = threading.Lock()
        self._stated: Location | None = None
        self._settled: Location | None = None
        self._all_nodes = False
        self._devices: dict[str, tuple[Asset, Any]] = {}
        self._ways, self._policies = Ways(), Policies()
        self._placeless: list[tuple[Asset, Any]] = []
        self._reachable: list[tuple[str, dict[str, str], Asset]] = []
        self._pools: dict[str, Counter[tuple[Location, str]]] = {}
        self._facts: dict[str, Any] = {}
        self._evidence: tuple[str, ...] = ()
        self._unencrypted = False
        self._classes: dict[str, tuple[Any, Evidence | None]] = {}
        self._volumes: list[tuple[str, Asset]] = []
        self._owners: set[str] = set()
        self.told: Location | None = None
        self.told_provider = ""

    def take(self, document: dict[str, Any], kind: DocumentType, origin: Origin, tag: Any = None) -> Iterator[Item]:
        """Evidence, assets and relations of one object, as far as they are complete now.

        `document` has its `apiVersion` and `kind`. Yields nothing for an object without a usable name.
        """
        native = native_type(text(document, "apiVersion"), text(document, "kind"))
        cluster: dict[str, Any] = {"id": self.cluster}
        if self.place is not None:  # what nodes say is not told here: evidence must not hang on who came first
            cluster["location"] = msgspec.to_builtins(self.place)
        document["cluster"] = cluster
        derive(native, document)
        thing = Thing.of(document, origin)
        if thing is None:
            return
        with self._lock:
            self.seen.add(native)
        proof: Evidence | None = None
        told = False
        for item in observe(document, kind, origin):
            if isinstance(item, Evidence):
                proof = item
                continue
            if isinstance(item, Asset) and item.kind == "training.job" and self._told(item.uid, thing.uid):
                continue
            if not isinstance(item, Asset) or self._complete(item, native, document, tag):
                if proof is not None and not told:
                    yield proof
                told = True
                yield item
            elif proof is not None and not told:
                yield proof
                told = True
        yield from self._note(thing, native, document, proof)

    def _told(self, uid: str, told_by: str) -> bool:
        """Whether another pod told of a job that is known by its pods alone."""
        if uid == told_by:
            return False
        with self._lock:
            known = uid in self._owners
            self._owners.add(uid)
        return known

    def nodes_read(self) -> None:
        """All nodes are known: what comes now need not wait for the place of the cluster, where they tell it."""
        self._all_nodes = True
        self._settled = self.place or self._nodes_place()

    def end(self, read: Read | None = None, engines: bool | None = None) -> list[Item]:
        """What waited, then the facts that only the whole cluster shows, then the cluster, and it as an account.

        `engines`: whether something besides network policies decides who may talk to whom; None where nobody knows.
        """
        with self._lock:  # of a scan that was stopped some threads may still be at work
            return list(self._last(read or (lambda native: False), engines))

    def _last(self, known: Read, engines: bool | None) -> Iterator[Item]:
        self._all_nodes = known("Node")
        for asset, tag in self._devices.values():
            self._saw(asset, tag)
            yield asset
        place = self.cluster_place()
        for asset, tag in self._placeless:
            if place is not None:
                self._place_now(asset, place)
            self._saw(asset, tag)
            yield asset
        self._placeless.clear()
        yield from self._facets(known, engines)
        yield from self._class_facets()
        yield from self._pool_assets()
        yield from self._cluster_facts(known)
        account = self.account_asset()
        self._saw(account, None)
        yield account

    @property
    def shows_control_plane(self) -> bool:
        """Whether objects told how the control plane is set up."""
        return bool(self._facts.keys() & {"secrets_encrypted", "audit_logging"})

    def cluster_place(self) -> Location | None:
        """The place of the cluster: declared, else that of all its nodes, else what is stated of the cluster."""
        if self.place is not None:
            return self.place
        return self._nodes_place() or self._stated or (None if self.nodes else self.told)

    def _nodes_place(self) -> Location | None:
        """The place that all nodes agree on, or the places that they say together; None where one does not say, or
        where not all of them were seen: the one that is missing may be anywhere."""
        if not self._all_nodes:
            return None
        regions = {place.region for place in self.nodes.values()}
        known = sorted(r for r in regions if r)
        if not known or None in regions:
            return None
        if len(known) == 1:
            return Location(LocationKind.REGION, region=known[0])
        return Location(LocationKind.MULTI_REGION, members=tuple(known))

    def provider(self) -> str:
        """The one provider of all nodes, which the cluster and what runs on it then have as well."""
        sure = self._all_nodes and len(self.providers) == 1  # the nodes that were not seen may have another owner
        if not self.nodes and self.told_provider:
            return self.told_provider
        return next(iter(self.providers)) if sure else PROVIDER

    def cluster_asset(self) -> Asset:
        """The cluster itself."""
        names = dict.fromkeys(name for name in (self.known_by, *self.names) if name != self.cluster)
        return Asset(
            uid=f"k8s://{self.cluster}",
            provider=self.provider(),
            account=self.cluster,
            kind="compute.cluster",
            native_type="Cluster",
            name=self.known_by,
            location=self.cluster_place() or Location.unknown(),
            attributes={"node_count": len(self.nodes)} if self.nodes else {},
            aliases=tuple(name if name.startswith("external:") else f"k8s://{name}" for name in names),
        )

    def account_asset(self) -> Asset:
        """The cluster as what was audited, which rules over accounts speak of; it is told even where nothing in it may
        be read. Its provider is Kubernetes whoever owns the nodes: the accounts of that cloud are other ones, and
        coverage of a cluster is told by this name."""
        return Asset(
            uid=uid_for(self.cluster, "account", "", self.cluster),
            provider=PROVIDER,
            account=self.cluster,
            kind="account",
            native_type="Account",
            name=self.known_by,
            location=self.cluster_place() or Location.unknown(),
            attributes={"id": self.cluster},
            evidence=(self._proof.digest,) if self._proof is not None else (),
        )

    def _complete(self, asset: Asset, native: str, document: Mapping[str, Any], tag: Any) -> bool:
        """Notes an asset and says whether it can go on; one without a place waits for the place of its cluster."""
        with self._lock:
            if native == "resource.k8s.io/ResourceSlice":
                self._add_devices(asset, tag)
                return False
            if native == "Node":
                self._unencrypted |= flag(document, "derived.wireguard") is not True
                self.nodes[asset.uid] = asset.location
                self.providers.add(asset.provider)
                pool = pool_of(labels(document, "metadata.labels") or {})
                if pool is not None:
                    counts = self._pools.setdefault(pool, Counter())
                    counts[asset.location, asset.provider] += 1
                return True
            if asset.native_type == REMOTE or asset.kind == "storage.snapshot" or is_elsewhere(document):
                return True  # not where the cluster is, or nobody says so
            if asset.kind == "compute.cluster" and asset.uid == f"k8s://{self.cluster}":
                for name, value in asset.attributes.items():  # of several API servers the worst counts
                    self._facts[name] = value and self._facts.get(name, True)
                self._evidence += asset.evidence
                if asset.location.kind is not LocationKind.UNKNOWN and asset.location.evidence != "declared":
                    self._stated = asset.location
                return False
            by_a_pod = native == "Pod" and asset.native_type != native  # the labels of its other pods may differ
            if asset.kind in _WORKLOADS and not by_a_pod and len(self._reachable) < MOST_PLACED:
                at = "metadata.labels" if native == "Pod" else "spec.template.metadata.labels"
                space, marks = text(document, "metadata.namespace") or "", labels(document, at) or {}
                if native == "kubeflow.org/Notebook":  # its controller adds these
                    name = text(document, "metadata.name") or ""
                    marks |= {"notebook-name": name, "statefulset": name}
                self._reachable.append((space, marks, asset))
            of_class = text(document, "spec.storageClassName") if native == "PersistentVolume" else None
            if of_class and "encrypted" not in asset.attributes and len(self._volumes) < MOST_PLACED:
                self._volumes.append((of_class, asset))
            if self._settled is not None:
                self._place_now(asset, self._settled)
                return True
            waits = asset.location.kind is LocationKind.UNKNOWN or asset.provider == PROVIDER
            if not waits or len(self._placeless) >= MOST_PLACED:
                return True
            self._placeless.append((asset, tag))
            return False

    def _place_now(self, asset: Asset, place: Location) -> None:
        """Gives an asset the place, and the provider, of its cluster where it has none of its own."""
        if asset.location.kind is LocationKind.UNKNOWN:
            asset.location = place
        if asset.provider == PROVIDER:
            asset.provider = self.provider()

    def _add_devices(self, facet: Asset, tag: Any) -> None:
        """Several slices describe one node: their devices add up."""
        known, _ = self._devices.setdefault(facet.uid, (facet, tag))
        if known is not facet:
            known.attributes["gpu_count"] += facet.attributes["gpu_count"]
            known.evidence = (*known.evidence, *facet.evidence)

    def _note(self, thing: Thing, native: str, document: Mapping[str, Any], proof: Evidence | None) -> Iterator[Item]:
        if native == "Node":
            pool = pool_of(labels(document, "metadata.labels") or {})
            if pool is not None:
                yield Relation(thing.uid, "member_of", self._pool_uid(pool), evidence=proof.digest if proof else None)
            return
        with self._lock:
            if native == "storage.k8s.io/StorageClass":
                self._classes[thing.name] = (record(document, "parameters"), proof)
            elif native == "networking.k8s.io/NetworkPolicy":
                self._policies.add(thing.namespace, document, proof)
            else:
                self._ways.add(native, thing.namespace, thing.name, document, proof)

    def _facets(self, read: Read, engines: bool | None) -> Iterator[Item]:
        """What services, routes and network policies say of the workloads they select."""
        told: set[str] = set()
        for namespace, marks, asset in self._reachable:
            attributes: dict[str, Any] = {}
            proofs: list[Evidence] = []
            if asset.kind in _SERVED:
                public, private, why = self._ways.of(namespace, marks, asset.name.rpartition("/")[2], read)
                if public is not None:
                    attributes["public_network"] = public
                if private is not None:
                    attributes["private_endpoint"] = private
                proofs += why
            if asset.kind in _WORKING:
                isolated, why = self._policies.of(namespace, marks, read, engines)
                if isolated is not None:
                    attributes["network_isolated"] = isolated
                    if asset.kind == "training.notebook":
                        attributes["internet_access"] = not isolated
                proofs += why
            if not attributes:
                continue
            for proof in proofs:
                if proof.digest not in told:
                    told.add(proof.digest)
                    yield proof
            evidence = tuple(dict.fromkeys((*asset.evidence, *(p.digest for p in proofs))))
            yield self._facet(asset, attributes, evidence)
        self._reachable.clear()

    def _class_facets(self) -> Iterator[Item]:
        """What the class of a volume says of it: classes cannot be changed, only made anew under the same name."""
        for name, asset in self._volumes:
            parameters, proof = self._classes.get(name, (None, None))
            if proof is not None and text(parameters, "encrypted") == "true":
                evidence = tuple(dict.fromkeys((*asset.evidence, proof.digest)))
                yield proof
                yield self._facet(asset, {"encrypted": True}, evidence)
                key = text(parameters, "kmsKeyId")
                target = uid_of(key) if key and key.startswith("arn:") else None
                if target is not None:
                    yield Relation(asset.uid, "encrypted_by", target, evidence=proof.digest)
        self._volumes.clear()

    def _facet(self, asset: Asset, attributes: dict[str, Any], evidence: tuple[str, ...]) -> Asset:
        """Further facts about an asset, which are merged with what was said of it before."""
        return Asset(
            uid=asset.uid,
            provider=self.provider() if asset.provider == PROVIDER and self.cluster_place() else asset.provider,
            account=asset.account,
            kind=asset.kind,
            native_type=asset.native_type,
            name=asset.name,
            location=Location.unknown(),
            attributes=attributes,
            evidence=evidence,
        )

    def _pool_uid(self, pool: str) -> str:
        return uid_for(self.cluster, "nodepool", "", pool)

    def _pool_assets(self) -> Iterator[Item]:
        """Groups of nodes, by the label that the maker of the cluster writes. Accelerators are those of the nodes."""
        for pool, counts in sorted(self._pools.items()):
            places, owners = {place for place, _ in counts}, {owner for _, owner in counts}
            regions = {place.region for place in places}
            place = next(iter(places)) if len(places) == 1 else None
            if place is None and len(regions) == 1 and None not in regions:
                place = Location(LocationKind.REGION, region=next(iter(regions)))
            asset = Asset(
                uid=self._pool_uid(pool),
                provider=next(iter(owners)) if len(owners) == 1 else PROVIDER,
                account=self.cluster,
                kind="compute.nodegroup",
                native_type="NodePool",
                name=pool,
                location=place or self.cluster_place() or Location.unknown(),
                attributes={"node_count": sum(counts.values())},
            )
            self._saw(asset, None)
            yield asset
            yield Relation(asset.uid, "member_of", f"k8s://{self.cluster}")

    def _cluster_facts(self, read: Read) -> Iterator[Item]:
        if self._proof is not None:
            yield self._proof
        if self.nodes or self.seen - {"Namespace"}:
            asset = self.cluster_asset()
            if not read("Node"):
                asset.attributes.pop("node_count", None)
            elif self.nodes and not self._unencrypted:
                asset.attributes["internode_encrypted"] = True
            asset.attributes.update(self._facts)
            if self._proof is not None:
                self._evidence = (self._proof.digest, *self._evidence)
            asset.evidence = tuple(dict.fromkeys(self._evidence))
            self._saw(asset, None)
            yield asset


def _unseen(asset: Asset, tag: Any) -> None:
    del asset, tag
