"""Lists of Kubernetes objects: `kubectl get … -o json`, single objects, and the API's own lists."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec
from msgspec.structs import replace

from scanners.documents import observe
from scanners.exports.cover import Collected
from scanners.exports.formats import ExportFormat, Head
from scanners.exports.source import SourceFile
from scanners.exports.stream import Element, ExportStream
from scanners.kubernetes import REFUSED, document_types, native_type
from scanners.kubernetes.exposure import denies_egress, is_public, selected
from scanners.kubernetes.objects import Thing
from scanners.members import has, labels, member, text
from scanners.model import Asset, Coverage, CoverageStatus, Item, Location, LocationKind

PROVIDER: Final = "kubernetes"
MOST_WAITING: Final = 5_000
"""Objects that wait at most for the name of their cluster."""
MOST_PLACED: Final = 20_000
"""Workloads and volumes that wait at most for the place of their cluster."""

_RESOURCES: Final = (
    "nodes|pods|namespaces|jobs|cronjobs|deployments|statefulsets|daemonsets|persistentvolumes|persistentvolumeclaims"
    "|pvs?|pvcs?|storageclasses|services|svc|ingresses|networkpolicies|netpol|resourceslices|pytorchjobs|mpijobs"
    "|tfjobs|trainjobs|jobsets|rayclusters|rayjobs|rayservices|machines|machinesets|workloads|clusterqueues|all|objects"
    "|export|kubectl|cluster|list|items"
)
_PATH: Final = re.compile(r"(?:^|[-_. ])apis?_[\w.-]*$", re.IGNORECASE)
_WORDS: Final = re.compile(rf"(?:^|[-_.])(?:{_RESOURCES})$", re.IGNORECASE)
_NEEDED: Final = {
    "Node": ("compute.instance", "nodes"),
    "PersistentVolume": ("storage.volume", "persistentvolumes"),
    "batch/Job": ("training.job", "jobs"),
    "apps/Deployment": ("ai.endpoint", "deployments"),
}
_WORKLOADS: Final = frozenset({"ai.endpoint", "training.job"})


class KubernetesList:
    """Reads lists of one cluster. Which cluster that is, the `kube-system` namespace or the file's name says."""

    name = "Kubernetes list (kubectl get -o json)"
    provider = PROVIDER
    early = False

    def recognises(self, head: Head) -> float:
        """Certain where the file or its first element has an API version, a kind and items or metadata."""
        keys = set(head.keys)
        if {"apiVersion", "kind"} <= keys and keys & {"items", "metadata"}:
            return 0.95
        first = head.first
        if text(first, "apiVersion") and text(first, "kind") and has(first, "metadata"):
            return 0.95
        return 0.7 if {"items", "metadata", "kind"} <= keys else 0.0

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """Evidence, assets and relations of every object; then the cluster and the coverage."""
        reading = _Reading(stream, file)
        for element in stream.elements("items"):
            yield from reading.element(element)
        yield from reading.end()


class _Reading:
    """One file in the middle of being read."""

    def __init__(self, stream: ExportStream, file: SourceFile) -> None:
        self.stream = stream
        self.file = file
        self.book = Collected(file, PROVIDER)
        self.cluster = cluster_name(file.name)
        self.known_by = self.cluster
        self.waiting: list[tuple[Element, dict[str, Any]]] = []
        self.settled = False
        self.refused: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.seen: set[str] = set()
        self.nodes: dict[str, Location] = {}
        self.devices: dict[str, Asset] = {}
        self.services: list[tuple[str, Mapping[str, Any]]] = []
        self.isolated: set[str] = set()
        self.placeless: list[Asset] = []
        self.providers: set[str] = set()
        self.reachable: list[tuple[str, dict[str, str], Asset]] = []

    def element(self, element: Element) -> Iterator[Item]:
        """What one object yields, now or after the cluster's name is known."""
        found: Any = element.value
        if not isinstance(found, dict):
            self.file.warn(f"{self.file.name}, {element.where}: not a Kubernetes object; skipped.")
            return
        value = cast("dict[str, Any]", found)
        kind = text(value, "kind") or (text(self.stream.envelope, "kind") or "").removesuffix("List")
        version = text(value, "apiVersion") or text(self.stream.envelope, "apiVersion")
        if not kind and "items" not in value:
            self.file.warn(f"{self.file.name}, {element.where}: an object without a kind; skipped.")
            return
        if kind.endswith("List") and "items" in value and not value["items"]:
            self.seen.add(native_type(version, kind.removesuffix("List")))
            return
        if kind in REFUSED:
            self.refused[kind] += 1
            return
        document = value | {"kind": kind, "apiVersion": version or "v1"}
        name = text(document, "metadata.name")
        if kind == "Namespace" and name == "kube-system" and (uid := text(document, "metadata.uid")):
            self.cluster, self.settled = uid, True
        if not self.settled and text(self.stream.envelope, "kind") in (None, "List"):
            self.waiting.append((element, document))
            if self.settled or len(self.waiting) >= MOST_WAITING:
                self.settled = True
            else:
                return
            yield from self._rest()
            return
        yield from self._rest()
        yield from self._object(element, document)

    def _rest(self) -> Iterator[Item]:
        waiting, self.waiting = self.waiting, []
        for element, document in waiting:
            yield from self._object(element, document)

    def _place(self) -> Location | None:
        """The place that a declaration gives to this cluster."""
        for name in dict.fromkeys((self.cluster, self.known_by)):
            declared = self.file.places.get(f"kubernetes:{name}")
            if declared is not None:
                return declared
        return None

    def _object(self, element: Element, document: dict[str, Any]) -> Iterator[Item]:
        native = native_type(text(document, "apiVersion"), text(document, "kind"))
        self.seen.add(native)
        kind = document_types().get(native)
        if kind is None:
            self.unknown[native] += 1
            return
        origin = self.file.origin(element.where, account=self.cluster)
        declared = self._place()
        cluster: dict[str, Any] = {"id": self.cluster}
        if declared is not None:
            cluster["location"] = msgspec.to_builtins(declared)
        document["cluster"] = cluster
        thing = Thing.of(document, origin)
        if thing is None:
            self.file.warn(f"{self.file.name}, {element.where}: an object without a usable name; skipped.")
            return
        self._note(thing, document)
        for item in observe(document, kind, origin):
            if not isinstance(item, Asset):
                yield item
            elif native == "resource.k8s.io/ResourceSlice":
                self._add_devices(item)
            elif self._counted(item, native, document):
                yield item

    def _note(self, thing: Thing, document: Mapping[str, Any]) -> None:
        if thing.kind == "Service" and len(self.services) < MOST_WAITING:
            self.services.append((thing.namespace, {"spec": member(document, "spec")}))
        elif thing.kind == "NetworkPolicy" and denies_egress(document):
            self.isolated.add(thing.namespace)

    def _counted(self, asset: Asset, native: str, document: Mapping[str, Any]) -> bool:
        """Counts an asset and says whether it is complete; one without a place waits for the place of its cluster."""
        if native == "Node":
            self.nodes[asset.uid] = asset.location
            self.providers.add(asset.provider)
        if asset.kind in _WORKLOADS and len(self.reachable) < MOST_PLACED:
            at = "metadata.labels" if native == "Pod" else "spec.template.metadata.labels"
            self.reachable.append((text(document, "metadata.namespace") or "", labels(document, at) or {}, asset))
        if native == "Node" or asset.location.kind is not LocationKind.UNKNOWN or len(self.placeless) >= MOST_PLACED:
            self._saw(asset)
            return True
        self.placeless.append(asset)
        return False

    def _saw(self, asset: Asset) -> None:
        self.book.saw(self.cluster, asset.location.region or "unknown", PROVIDER, asset.kind)

    def _add_devices(self, facet: Asset) -> None:
        """Several slices describe one node: their devices add up."""
        known = self.devices.setdefault(facet.uid, facet)
        if known is not facet:
            known.attributes["gpu_count"] += facet.attributes["gpu_count"]
            known.evidence = (*known.evidence, *facet.evidence)

    def end(self) -> Iterator[Item]:
        """What waited, the facts that only the whole file shows, the cluster, and the coverage."""
        yield from self._rest()
        yield from self.devices.values()
        yield from self._placed()
        yield from self._facets()
        if self.nodes or (self.settled and self.seen - {"Namespace"}):
            yield self._cluster()
        for kind, count in sorted(self.refused.items()):
            self.file.warn(
                f"{self.file.name} holds {count} objects of kind {kind}: nothing of them was read or kept; "
                "leave them out of the export."
            )
        if not self.seen and not self.refused:
            self.file.warn(f"{self.file.name}: the list holds no objects.")
        if self.nodes and all(place.kind is LocationKind.UNKNOWN for place in self.nodes.values()):
            self.file.warn(
                f"{self.file.name}: no node tells its region, so the place of the cluster is unknown; declare a site "
                f"that names the cluster {self.known_by!r} under kubernetes."
            )
        yield from self._coverage()

    def _facets(self) -> Iterator[Asset]:
        """What services and network policies say of the workloads they select."""
        for namespace, marks, asset in self.reachable:
            attributes: dict[str, Any] = {}
            mine = [s for space, s in self.services if space == namespace and selected(s, marks)]
            if asset.kind == "ai.endpoint" and mine:
                attributes["public_network"] = any(is_public(s) for s in mine)
            if asset.kind == "training.job" and namespace in self.isolated:
                attributes["network_isolated"] = True
            if attributes:
                yield self._facet(asset, attributes)

    def _placed(self) -> Iterator[Asset]:
        """What waited for the place of its cluster, with that place as far as the nodes told it."""
        place = self._cluster_place()
        for asset in self.placeless:
            if place is not None:
                provider = self._provider() if asset.provider == PROVIDER else asset.provider
                asset = replace(asset, location=place, provider=provider)
            self._saw(asset)
            yield asset

    def _facet(self, asset: Asset, attributes: dict[str, Any]) -> Asset:
        """Further facts about an asset, which are merged with what was said of it before."""
        return Asset(
            uid=asset.uid,
            provider=asset.provider,
            account=asset.account,
            kind=asset.kind,
            native_type=asset.native_type,
            name=asset.name,
            location=Location.unknown(),
            attributes=attributes,
            evidence=asset.evidence,
        )

    def _provider(self) -> str:
        """The one provider of all nodes, which the cluster and what runs on it then have as well."""
        return next(iter(self.providers)) if len(self.providers) == 1 else PROVIDER

    def _cluster_place(self) -> Location | None:
        declared = self._place()
        if declared is not None:
            return declared
        regions = {place.region for place in self.nodes.values()}
        known = sorted(r for r in regions if r)
        if len(known) == 1 and None not in regions:
            return Location(LocationKind.REGION, region=known[0])
        return Location(LocationKind.MULTI_REGION, members=tuple(known)) if known else None

    def _cluster(self) -> Asset:
        location = self._cluster_place() or Location.unknown()
        self.book.saw(self.cluster, location.region or "unknown", PROVIDER, "compute.cluster")
        return Asset(
            uid=f"k8s://{self.cluster}",
            provider=self._provider(),
            account=self.cluster,
            kind="compute.cluster",
            native_type="Cluster",
            name=self.known_by,
            location=location,
            attributes={"node_count": len(self.nodes)} if self.nodes else {},
            aliases=(f"k8s://{self.known_by}",) if self.known_by != self.cluster else (),
        )

    def _coverage(self) -> Iterator[Coverage]:
        for native, (kind, word) in _NEEDED.items():
            if native not in self.seen:
                self.book.cannot(self.cluster, "*", PROVIDER, kind, f"The file holds no list of {word}.")
        self.book.cannot(
            self.cluster,
            "*",
            "controlplane",
            "compute.cluster",
            "Settings of the control plane are not in any list of objects.",
        )
        yield from self.book.cells()
        if self.unknown:
            listed = ", ".join(f"{count} × {native}" for native, count in self.unknown.most_common(12))
            more = f" and {len(self.unknown) - 12} more" if len(self.unknown) > 12 else ""
            yield Coverage(
                self.file.connection, PROVIDER, self.cluster, "*", PROVIDER, "*", CoverageStatus.NOT_ASKED,
                sum(self.unknown.values()), detail=f"In the file, but not understood by this version: {listed}{more}.",
            )  # fmt: skip


def cluster_name(file_name: str) -> str:
    """What a file's name says of its cluster: `gpu-hall-nodes.json` → `gpu-hall`; `kubectl` where it says nothing."""
    stem = file_name.rpartition("›")[2].strip()
    folder, _, last = stem.rpartition("/")
    stem = re.sub(r"(?:\.(?:json|gz|txt|list|\d+))+$", "", last, flags=re.IGNORECASE)
    for candidate in (_WORDS.sub("", _PATH.sub("", stem)), folder.rpartition("/")[2]):
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", candidate).strip("-_.")
        if name:
            return name
    return "kubectl"


FORMATS: tuple[ExportFormat, ...] = (KubernetesList(),)
