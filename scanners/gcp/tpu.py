"""Cloud TPU."""

from collections.abc import Iterator
from math import prod
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import flag, record, records, text
from scanners.model import Asset, Relation


def chips(topology: str | None) -> int | None:
    """How many chips a topology such as `2x2x4` has; None for other text."""
    sides = (topology or "").lower().split("x")
    if not all(s.isascii() and s.isdigit() and 0 < len(s) < 4 for s in sides):
        return None
    return prod(int(s) for s in sides)


def _node(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    generation = text(data, "acceleratorConfig.type")
    put_any(
        attributes,
        instance_type=text(data, "acceleratorType"),
        gpu_count=chips(text(data, "acceleratorConfig.topology")),
        gpu_model=f"TPU {generation.lower()}" if generation else None,
        vpc=last(text(data, "networkConfig.network")),
        public_ip=flag(data, "networkConfig.enableExternalIps"),
    )
    yield subject.asset("compute.instance", subject.place(), attributes)
    for disk in records(data, "dataDisks") or []:
        yield from subject.links("reads", text(disk, "sourceDisk"), service="compute.googleapis.com", role="disk")


def _queued(subject: Subject) -> Iterator[Asset | Relation]:
    """A request for TPUs: capacity that is wanted, or held once it is active."""
    specs = records(subject.data, "tpu.nodeSpec") or []
    nodes = [node for spec in specs if (node := record(spec, "node")) is not None]
    slices = [whole(spec, "multisliceParams.nodeCount") or 1 for spec in specs]
    sizes = [chips(text(node, "acceleratorConfig.topology")) for node in nodes]
    generation = next((g for node in nodes if (g := text(node, "acceleratorConfig.type"))), None)
    attributes: dict[str, Any] = {}
    put_any(
        attributes,
        instance_type=next((t for node in nodes if (t := text(node, "acceleratorType"))), None),
        node_count=sum(slices) if specs else None,
        gpu_model=f"TPU {generation.lower()}" if generation else None,
    )
    if sizes and None not in sizes and len(sizes) == len(slices):
        attributes["gpu_count"] = sum(n * s for n, s in zip(slices, sizes, strict=True) if s is not None)
    yield subject.asset("compute.nodegroup", subject.place(), attributes, labels_at=None)
    for spec in specs:
        parent, own = text(spec, "parent"), text(spec, "nodeId")
        name = full_name(f"{parent}/nodes/{own}", "tpu.googleapis.com") if parent and own else None
        if name:
            yield Relation(name, "member_of", subject.uid)


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "tpu.googleapis.com/Node",
        "tpu",
        ("compute.instance",),
        (
            *("acceleratorConfig", "acceleratorType", "createTime", "dataDisks[].sourceDisk", "labels", "name"),
            *("networkConfig.enableExternalIps", "networkConfig.network", "schedulingConfig", "state"),
        ),
        _node,
    ),
    gcp_type(
        "tpu.googleapis.com/QueuedResource",
        "tpu",
        ("compute.nodegroup",),
        (
            *("createTime", "name", "reservationName", "state.state", "tpu.nodeSpec[].multisliceParams.nodeCount"),
            *("tpu.nodeSpec[].node.acceleratorConfig", "tpu.nodeSpec[].node.acceleratorType"),
            *("tpu.nodeSpec[].nodeId", "tpu.nodeSpec[].parent", "guaranteed", "spot"),
        ),
        _queued,
    ),
)
