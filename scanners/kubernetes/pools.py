"""Groups of nodes: which label each maker of clusters writes on the nodes of a pool."""

from collections.abc import Mapping
from typing import Final

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
