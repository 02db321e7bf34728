"""What the files of one import say of the Kubernetes clusters that they are of: one list of each type in a file of its
own is as good as all in one file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from scanners.exports.clusternames import (
    cluster_name,
    clusters_of,
    folder_of,
    is_named_after,
    own_name,
    top_of,
)
from scanners.exports.kubectl import Reading
from scanners.exports.source import KnownCluster, Shape, SourceFile
from scanners.exports.stream import ExportStream
from scanners.members import text

LARGEST: Final = 64 << 20
"""Bytes of a list of nodes or namespaces that is gone through before it is read; a larger one tells others nothing."""
_ONE: Final = 4 << 20  # no object of Kubernetes is larger: etcd takes none
_TELLING: Final = frozenset({"Node", "Namespace"})


def introduce(contents: Sequence[tuple[SourceFile, ExportStream, int]], lies: Mapping[str, str]) -> None:
    """Sets `cluster` of these files of Kubernetes lists; the number is the size in bytes, `lies` says where a file of
    this name lies below what was named.

    Lists of nodes and namespaces tell the other files of the same cluster its place, its owner and its uid, where they
    agree. They are gone through for it, so that this costs nothing where an import has one file of a cluster.
    """
    groups = _groups(contents, lies)
    for name, group in groups.items():
        for file, _, _ in group:
            file.cluster = KnownCluster(name)
        if len(group) < 2:
            continue
        told = [found for content in group if (found := _told(name, *content)) is not None]
        uids = {found.uid for found in told if found.uid}
        places = [(found.place, found.provider) for found in told if found.provider]
        place, provider = places[0] if places and all(p == places[0] for p in places) else (None, "")
        known = KnownCluster(name, uids.pop() if len(uids) == 1 else "", place, provider)
        for file, _, _ in group:
            file.cluster = known


def _groups(
    contents: Sequence[tuple[SourceFile, ExportStream, int]], lies: Mapping[str, str]
) -> dict[str, list[tuple[SourceFile, ExportStream, int]]]:
    """The files of each cluster, by what folders and names tell of it. The namespace that tells the uid of a cluster,
    by itself, is of the only one beside it."""
    folders = clusters_of({file.name: lies.get(file.name, file.name) for file, _, _ in contents})
    groups: dict[str, list[tuple[SourceFile, ExportStream, int]]] = {}
    beside: dict[str, set[str]] = {}
    telling: list[tuple[str, tuple[SourceFile, ExportStream, int]]] = []
    for content in contents:
        file, stream, size = content
        lies_at = lies.get(file.name, file.name)
        alone = _alone(stream, size)
        if text(alone, "kind") == "Namespace" and text(alone, "metadata.name") == "kube-system":
            telling.append((lies_at, content))
            continue
        name, namespace = text(alone, "metadata.name") or "", text(alone, "metadata.namespace") or ""
        named = bool(name) and is_named_after(file.name, name, namespace)
        cluster = top_of(lies_at) if named else cluster_name(file.name, folders[file.name])
        groups.setdefault(cluster, []).append(content)
        beside.setdefault(folder_of(lies_at), set()).add(cluster)
    for lies_at, content in telling:
        near = beside.get(folder_of(lies_at), set())
        only = next(iter(near)) if len(near) == 1 else top_of(lies_at)
        own = cluster_name(content[0].name) if own_name(content[0].name) else only
        groups.setdefault(own, []).append(content)
    return groups


def _alone(stream: ExportStream, size: int) -> Any:
    """The object of a file that holds one and no list; None of any other file."""
    if "items" in stream.keys or stream.shape is not Shape.OBJECT or size > _ONE:
        return None
    first = next(stream.elements("items"), None)
    return None if first is None else first.value


def _told(name: str, file: SourceFile, stream: ExportStream, size: int) -> KnownCluster | None:
    """What a list of nodes or namespaces tells; None for any other. `provider` is empty where it holds no nodes."""
    if size > LARGEST:
        return None
    quiet = SourceFile(file.name, file.connection, cluster=KnownCluster(name))
    reading = Reading(stream, quiet)
    for number, element in enumerate(stream.elements("items")):
        if number == 0 and _kind(element.value, stream) not in _TELLING:
            return None
        for _ in reading.element(element):
            pass
    quiet.ended_early = file.ended_early  # what stops in its middle does not say where all nodes are
    file.warnings, file.more_warnings, file.ended_early = [], 0, None  # told when it is read
    for _ in reading.end():
        pass
    whole = reading.whole
    return KnownCluster(name, reading.uid, whole.cluster_place(), whole.provider() if whole.nodes else "")


def _kind(value: Any, stream: ExportStream) -> str:
    kind = text(cast("Any", value), "kind") if isinstance(value, dict) else None
    return kind or (text(stream.envelope, "kind") or "").removesuffix("List")
