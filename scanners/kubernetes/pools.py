"""Groups of nodes: which label each maker of clusters writes on the nodes of a pool, and the pools of Karpenter."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.kubernetes.nodes import REGION, ZONE, stated_place
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.members import records, text, texts
from scanners.model import Asset, Relation

_LABELS: Final = (
    "eks.amazonaws.com/nodegroup",
    "sagemaker.amazonaws.com/instance-group-name",
    "alpha.eksctl.io/nodegroup-name",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "karpenter.sh/nodepool",
    "doks.digitalocean.com/node-pool",
    "k8s.scaleway.com/pool-name",
    "lke.linode.com/pool-id",
    "vke.vultr.com/node-pool",
    "oke.oraclecloud.com/pool.name",
    "ibm-cloud.kubernetes.io/worker-pool-name",
    "nebius.com/node-group-id",
    "compute.coreweave.com/node-pool",
    "agentpool",
)
_LONGEST: Final = 63


def pool_of(marks: Mapping[str, str]) -> str | None:
    """The name of the pool that a node with these labels belongs to; None where none says so."""
    found = next((marks[name] for name in _LABELS if marks.get(name)), "").strip()
    return found if found and len(found) <= _LONGEST and "/" not in found else None


def _karpenter(thing: Thing) -> Iterator[Asset | Relation]:
    """A pool that Karpenter fills: what its requirements leave no choice about. A pool without nodes is shown too,
    since machines may be made in it at any time."""
    single: dict[str, str] = {}
    for part in records(thing.document, "spec.template.spec.requirements") or []:
        values = texts(part, "values") or []
        if text(part, "operator") == "In" and len(values) == 1:
            single[text(part, "key") or ""] = values[0]
    attributes: dict[str, Any] = {}
    if "node.kubernetes.io/instance-type" in single:
        attributes["instance_type"] = single["node.kubernetes.io/instance-type"]
    location = thing.location()
    stated = stated_place({key: single[key] for key in (*REGION, *ZONE) if key in single})
    if location.evidence != "declared" and stated.region and any(key in single for key in REGION):
        location = stated
    yield thing.asset("compute.nodegroup", location, attributes)
    yield Relation(thing.uid, "member_of", f"k8s://{thing.cluster}")


TYPES: tuple[DocumentType, ...] = (
    k8s_type(
        "karpenter.sh/NodePool",
        ("compute.nodegroup",),
        ("spec.template.spec.requirements", "spec.template.spec.nodeClassRef.name"),
        _karpenter,
    ),
)
