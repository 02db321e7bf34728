"""Cloud TPU."""

from collections.abc import Iterator
from math import prod
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.subject import Subject, gcp_type, put_any
from scanners.members import flag, records, text
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
)
