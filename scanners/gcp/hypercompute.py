"""Slurm clusters of Google's Cluster Director (the interface is called Hypercompute Cluster)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import record, records, text
from scanners.model import Asset, Location, Relation

_HOST: Final = "hypercomputecluster.googleapis.com"
_SORTS: Final = ("newOnDemandInstances", "newSpotInstances", "newReservedInstances", "newFlexStartInstances")


def _cluster(subject: Subject) -> Iterator[Asset | Relation]:
    """The cluster, and one group of machines for each set of nodes."""
    data = subject.data
    attributes: dict[str, Any] = {}
    machines = {name: _machine(resource) for name, resource in (record(data, "computeResources") or {}).items()}
    sets = records(data, "orchestrator.slurm.nodeSets")
    counts = [whole(nodes, "staticNodeCount") or 0 for nodes in sets or []]
    networks = (record(data, "networkResources") or {}).values()
    first = next((m for n in sets or [] if (m := machines.get(text(n, "computeId") or ""))), None)
    put_any(
        attributes,
        node_count=sum(counts) if sets is not None else None,
        instance_type=text(first, "machineType"),
        vpc=next(
            (last(text(n, "network.network") or text(n, "config.existingNetwork.network")) for n in networks), None
        ),
    )
    yield subject.asset("compute.cluster", subject.place(), attributes)
    for nodes, count in zip(sets or [], counts, strict=True):
        yield from _nodes(subject, nodes, count, machines)
    for store in (record(data, "storageResources") or {}).values():
        yield from _store(subject, store)


def _machine(resource: Any) -> Mapping[str, Any] | None:
    return next((m for sort in _SORTS if (m := record(resource, f"config.{sort}")) is not None), None)


def _nodes(
    subject: Subject, nodes: Mapping[str, Any], count: int, machines: Mapping[str, Mapping[str, Any] | None]
) -> Iterator[Asset | Relation]:
    name = text(nodes, "id")
    if name is None:
        return
    machine = machines.get(text(nodes, "computeId") or "")
    attributes: dict[str, Any] = {"node_count": count}
    put_any(attributes, instance_type=text(machine, "machineType"))
    zone = text(machine, "zone")
    location: Location = place(zone) if zone else subject.place()
    group = subject.asset("compute.nodegroup", location, attributes, name=name, labels_at=None)
    group.uid, group.aliases = f"{subject.uid}/nodeSets/{name}", ()
    yield group
    yield Relation(group.uid, "member_of", subject.uid)


def _store(subject: Subject, store: Any) -> Iterator[Relation]:
    """Data that the cluster mounts."""
    bucket = text(store, "bucket.bucket") or text(store, "config.existingBucket.bucket")
    bucket = bucket or text(store, "config.newBucket.bucket")
    yield from subject.data_at("reads", f"gs://{last(bucket)}" if bucket else None, role="mount")
    for sort, host in (("filestore", "file.googleapis.com"), ("lustre", "lustre.googleapis.com")):
        yield from subject.links("reads", text(store, f"{sort}.{sort}"), service=host, role="mount")


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/Cluster",
        "hypercomputecluster",
        ("compute.cluster", "compute.nodegroup"),
        (
            *("computeResources", "createTime", "labels", "name", "networkResources", "storageResources", "uid"),
            *("orchestrator.slurm.nodeSets[].computeId", "orchestrator.slurm.nodeSets[].id"),
            *("orchestrator.slurm.nodeSets[].staticNodeCount", "orchestrator.slurm.nodeSets[].maxDynamicNodeCount"),
        ),
        _cluster,
    ),
)
