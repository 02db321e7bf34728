"""Nodes, the devices that drivers offer on them, and the machines that OpenShift and Karpenter make."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.kubernetes.accelerators import hints, of_node, of_slice
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.kubernetes.providers import aliases_of, owner_of, place_of
from scanners.members import labels, member, number, put, records, text
from scanners.model import UNREAD, Asset, Location, LocationKind, Relation
from scanners.references import machine_alias

REGION: Final = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
ZONE: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_TYPE: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_CONFIDENTIAL: Final = (
    *("cloud.google.com/gke-confidential-nodes", "feature.node.kubernetes.io/cpu-security.tdx.protected"),
    *("amd.feature.node.kubernetes.io/snp", "intel.feature.node.kubernetes.io/tdx"),
)
"""Labels that say that the memory of a machine is encrypted; not those that say that it could be."""
_GPU_CONFIDENTIAL: Final = "nvidia.com/cc.mode.state"


def stated_place(marks: dict[str, str], provider: str | None = None) -> Location:
    """The place that the labels of a node state; unknown where there are none."""
    region = next((marks[m] for m in REGION if marks.get(m)), "").strip().lower()
    zone = next((marks[m] for m in ZONE if marks.get(m)), "").strip().lower()
    if not region and not zone:
        return Location.unknown()
    if provider == "azure" and zone in ("0", "1", "2", "3"):
        zone = ""  # machines outside availability zones carry a fault domain here
    if provider == "azure" and zone.startswith(f"{region}-"):
        zone = zone.removeprefix(f"{region}-")
    if zone and region and zone != region:
        return Location(LocationKind.ZONE, region=region, zone=zone)
    return Location(LocationKind.REGION, region=region or zone)


def _needs_type(attributes: dict[str, Any], provider: str | None, marks: dict[str, str]) -> bool:
    """Whether only the machine type tells that a node has no accelerators: their plug-in may not run on it.

    GKE writes a label on every node that has some.
    """
    if hints(attributes.get("instance_type")):
        return True
    typed = provider in ("aws", "azure", "gcp") and "instance_type" in attributes
    return typed and not any(name.startswith("cloud.google.com/gke-") for name in marks)


def _place(marks: dict[str, str], provider: str | None, provider_id: str | None) -> Location | None:
    """Where labels and `providerID` say that a node is; None where neither does, unknown where they contradict."""
    stated, written = stated_place(marks, provider), place_of(provider_id)
    if stated.kind is LocationKind.UNKNOWN:
        return None if written.kind is LocationKind.UNKNOWN else written
    contradicted = written.kind is not LocationKind.UNKNOWN and written.region != stated.region
    return Location.unknown() if contradicted else stated


def _node(thing: Thing) -> Iterator[Asset | Relation]:
    document = thing.document
    marks = labels(document, "metadata.labels") or {}
    provider_id = text(document, "spec.providerID")
    provider = owner_of(provider_id, marks)
    attributes: dict[str, Any] = {}
    count, model = of_node(document)
    put(attributes, "instance_type", next((marks[m] for m in _TYPE if marks.get(m)), None))
    if count or not _needs_type(attributes, provider, marks):
        put(attributes, "gpu_count", count)
    put(attributes, "gpu_model", model)
    addresses = records(document, "status.addresses")
    if addresses is not None:
        attributes["public_ip"] = any(text(a, "type") == "ExternalIP" for a in addresses)
    if any(marks.get(m) == "true" for m in _CONFIDENTIAL):
        attributes["confidential"] = "cpu"
    if marks.get(_GPU_CONFIDENTIAL) in ("on", "off"):
        attributes["gpu_confidential"] = marks[_GPU_CONFIDENTIAL] == "on"
    declared = thing.location()
    location = declared if declared.evidence == "declared" else _place(marks, provider, provider_id) or declared
    asset = thing.asset("compute.instance", location, attributes, provider)
    alias = machine_alias(text(document, "status.nodeInfo.systemUUID"))
    asset.aliases = (*aliases_of(provider_id), *((alias,) if alias is not None else ()))
    yield asset
    yield Relation(thing.uid, "member_of", f"k8s://{thing.cluster}")


def _slice(thing: Thing) -> Iterator[Asset | Relation]:
    """Devices that a driver of dynamic resource allocation offers on a node: a facet of the node."""
    node = text(thing.document, "spec.nodeName")
    count, model = of_slice(thing.document)
    if node is None or not count:
        return
    attributes: dict[str, Any] = {"gpu_count": count}
    put(attributes, "gpu_model", model)
    facet = thing.asset("compute.instance", Location.unknown(), attributes)
    facet.uid, facet.native_type, facet.name = thing.other("Node", node, ""), "Node", node
    facet.tags, facet.created_at = UNREAD, None
    yield facet


def _machine(thing: Thing) -> Iterator[Asset | Relation]:
    """An OpenShift machine is the order for a node; the node itself is counted, so this adds only what it states."""
    node = text(thing.document, "status.nodeRef.name")
    if node is None:
        return
    value = member(thing.document, "spec.providerSpec.value")
    attributes: dict[str, Any] = {}
    kind = text(value, "instanceType") or text(value, "machineType") or text(value, "vmSize")
    put(attributes, "instance_type", kind)
    provider_id = text(thing.document, "spec.providerID")
    facet = thing.asset("compute.instance", Location.unknown(), attributes, owner_of(provider_id) or _platform(value))
    facet.uid, facet.native_type, facet.name = thing.other("Node", node, ""), "Node", node
    facet.tags, facet.created_at, facet.aliases = UNREAD, None, aliases_of(provider_id)
    yield facet


def _platform(value: Any) -> str | None:
    kind = text(value, "kind") or ""
    for prefix, provider in (("AWS", "aws"), ("GCP", "gcp"), ("Azure", "azure"), ("VSphere", "on_prem")):
        if kind.startswith(prefix):
            return provider
    return None


def _set(thing: Thing) -> Iterator[Asset | Relation]:
    """A set of machines of one type."""
    value = member(thing.document, "spec.template.spec.providerSpec.value")
    attributes: dict[str, Any] = {}
    put(attributes, "node_count", number(thing.document, "spec.replicas"))
    kind = text(value, "instanceType") or text(value, "machineType") or text(value, "vmSize")
    put(attributes, "instance_type", kind)
    region = (text(value, "placement.region") or text(value, "region") or text(value, "location") or "").lower()
    zone = (text(value, "placement.availabilityZone") or text(value, "zone") or "").lower()
    location = thing.location()
    if region and set(region) != {"x"} and location.evidence != "declared":
        location = stated_place({REGION[0]: region, ZONE[0]: zone if set(zone) != {"x"} else ""})
    yield thing.asset("compute.nodegroup", location, attributes, _platform(value))
    yield Relation(thing.uid, "member_of", f"k8s://{thing.cluster}")


def _nothing(thing: Thing) -> Iterator[Asset | Relation]:
    """Read, and holding no fact that the schema has a word for."""
    del thing
    return iter(())


_ATTRIBUTES: Final = ("attributes", "basic.attributes")
_MACHINE: Final = ("instanceType", "kind", "location", "machineType", "placement", "region", "vmSize", "zone")

TYPES: tuple[DocumentType, ...] = (
    k8s_type(
        "Node",
        ("compute.instance",),
        (
            "spec.providerID",
            "status.addresses[].type",
            "status.capacity",
            "status.allocatable",
            "status.nodeInfo.osImage",
            "status.nodeInfo.systemUUID",
            "derived.wireguard",
        ),
        _node,
    ),
    k8s_type(
        "resource.k8s.io/ResourceSlice",
        ("compute.instance",),
        (
            *("spec.driver", "spec.nodeName", "spec.pool.name", "spec.devices[].name"),
            *(f"spec.devices[].{at}.{name}" for at in _ATTRIBUTES for name in ("type", "productName", "model")),
        ),
        _slice,
    ),
    k8s_type(
        "machine.openshift.io/Machine",
        ("compute.instance",),
        ("spec.providerID", "status.nodeRef.name", *(f"spec.providerSpec.value.{m}" for m in _MACHINE)),
        _machine,
    ),
    k8s_type(
        "machine.openshift.io/MachineSet",
        ("compute.nodegroup",),
        ("spec.replicas", *(f"spec.template.spec.providerSpec.value.{m}" for m in _MACHINE)),
        _set,
    ),
    *(
        k8s_type(name, (), (), _nothing)
        for name in (
            *("Namespace", "PersistentVolumeClaim", "ReplicationController", "apps/ReplicaSet", "apps/DaemonSet"),
            *("storage.k8s.io/CSINode", "storage.k8s.io/CSIDriver", "storage.k8s.io/VolumeAttachment"),
            *("kueue.x-k8s.io/ClusterQueue", "kueue.x-k8s.io/LocalQueue", "kueue.x-k8s.io/ResourceFlavor"),
            *("kueue.x-k8s.io/Cohort", "scheduling.volcano.sh/Queue"),
            *("scheduling.volcano.sh/PodGroup", "resource.k8s.io/DeviceClass", "resource.k8s.io/ResourceClaim"),
        )
    ),
)
