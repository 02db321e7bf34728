"""Lists of Kubernetes objects: `kubectl get … -o json`, single objects, and the API's own lists."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, cast

from scanners.exports.clusternames import cluster_name
from scanners.exports.cover import Collected
from scanners.exports.formats import ExportFormat, Head
from scanners.exports.source import SourceFile
from scanners.exports.stream import Element, ExportStream
from scanners.kubernetes import REFUSED, document_types, native_type
from scanners.kubernetes.gather import Gathering
from scanners.kubernetes.objects import Thing
from scanners.members import has, text
from scanners.model import Asset, Coverage, CoverageStatus, Item, Location, LocationKind

PROVIDER: Final = "kubernetes"
MOST_WAITING: Final = 5_000
"""Objects that wait at most for the name of their cluster."""
MOST_PLACED: Final = 20_000
"""Workloads and volumes that wait at most for the place of their cluster."""

_NEEDED: Final = {
    "Node": ("compute.instance", "nodes"),
    "PersistentVolume": ("storage.volume", "persistentvolumes"),
    "batch/Job": ("training.job", "jobs"),
    "apps/Deployment": ("ai.endpoint", "deployments"),
}


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
        reading = Reading(stream, file)
        for element in stream.elements("items"):
            yield from reading.element(element)
        yield from reading.end()


class Reading:
    """One file in the middle of being read."""

    def __init__(self, stream: ExportStream, file: SourceFile) -> None:
        self.stream = stream
        self.file = file
        self.book = Collected(file, PROVIDER)
        self.known_by = file.cluster.name or cluster_name(file.name)
        self.cluster = file.cluster.uid or self.known_by
        self.uid = file.cluster.uid
        self.waiting: list[tuple[Element, dict[str, Any]]] = []
        self.settled = bool(self.uid)
        self.listed = False  # whether the file is a list, not one object by itself
        self.first = True
        self.refused: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.machines: set[str] = set()
        self.whole = Gathering(self.cluster, self.known_by, saw=lambda asset, tag: self._saw(asset))
        self.whole.told, self.whole.told_provider = file.cluster.place, file.cluster.provider

    def element(self, element: Element) -> Iterator[Item]:
        """What one object yields, now or after the cluster's name is known."""
        self.listed = self.listed or bool(element.member) or not self.first
        self.first = False
        found: Any = element.value
        if not isinstance(found, dict):
            self.file.incomplete(f"{self.file.name}, {element.where}: not a Kubernetes object; skipped.")
            return
        value = cast("dict[str, Any]", found)
        kind = text(value, "kind") or (text(self.stream.envelope, "kind") or "").removesuffix("List")
        version = text(value, "apiVersion") or text(self.stream.envelope, "apiVersion")
        if not kind and "items" not in value:
            self.file.incomplete(f"{self.file.name}, {element.where}: an object without a kind; skipped.")
            return
        if kind.endswith("List") and "items" in value and not value["items"]:
            self.whole.seen.add(native_type(version, kind.removesuffix("List")))
            return
        if kind in REFUSED:
            self.refused[kind] += 1
            return
        document = value | {"kind": kind, "apiVersion": version or "v1"}
        name = text(document, "metadata.name")
        if kind == "Namespace" and name == "kube-system" and (uid := text(document, "metadata.uid")):
            self.cluster, self.uid, self.settled = uid, uid, True
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
        self.whole.seen.add(native)
        kind = document_types().get(native)
        if kind is None:
            self.unknown[native] += 1
            return
        origin = self.file.origin(element.where, account=self.cluster)
        self.whole.cluster, self.whole.place = self.cluster, self._place()
        if Thing.of(document, origin) is None:
            self.file.incomplete(f"{self.file.name}, {element.where}: an object without a usable name; skipped.")
            return
        for item in self.whole.take(document, kind, origin):
            if isinstance(item, Asset):
                self._saw(item)
            yield item

    def _all(self, native: str) -> bool:
        """Whether the file holds every object of a type: one by itself is not all there are."""
        return self.listed and self.file.ended_early is None and native in self.whole.seen

    def _saw(self, asset: Asset) -> None:
        if asset.kind == "compute.instance":  # several documents tell of one machine
            if asset.uid in self.machines:
                return
            self.machines.add(asset.uid)
        self.book.saw(self.cluster, asset.location.region or "unknown", PROVIDER, asset.kind)

    def end(self) -> Iterator[Item]:
        """What waited, the facts that only the whole file shows, the cluster, and the coverage."""
        yield from self._rest()
        yield from self.whole.end(self._all)
        for kind, count in sorted(self.refused.items()):
            self.file.warn(
                f"{self.file.name} holds {count} objects of kind {kind}: nothing of them was read or kept; "
                "leave them out of the export."
            )
        if not self.whole.seen and not self.refused:
            self.file.warn(f"{self.file.name}: the list holds no objects.")
        nodes = self.whole.nodes.values()
        if nodes and all(place.kind is LocationKind.UNKNOWN for place in nodes):
            self.file.warn(
                f"{self.file.name}: no node tells its region, so the place of the cluster is unknown; declare a site "
                f"that names the cluster {self.known_by!r} under kubernetes."
            )
        yield from self._coverage()

    def _coverage(self) -> Iterator[Coverage]:
        for native, (kind, word) in _NEEDED.items():
            if native not in self.whole.seen:
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


FORMATS: tuple[ExportFormat, ...] = (KubernetesList(),)
