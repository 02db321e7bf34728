"""Kueue: work that waits in queues, and other clusters that it is sent to (MultiKueue)."""

from collections.abc import Iterator

from scanners.documents import DocumentType
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.members import text
from scanners.model import Asset, Location, Relation

REMOTE = "kueue.x-k8s.io/MultiKueueCluster"


def _workload(thing: Thing) -> Iterator[Asset | Relation]:
    """A job that was sent to another cluster computes there, not here."""
    owner, remote = thing.owner(), text(thing.document, "status.clusterName")
    if owner is not None and remote:
        yield Relation(thing.other(*owner), "runs_on", thing.other("MultiKueueCluster", remote, ""))


def _remote(thing: Thing) -> Iterator[Asset | Relation]:
    """Another cluster that jobs may be sent to. Where it is, only its kubeconfig could tell, which is a secret."""
    asset = thing.asset("compute.cluster", Location.unknown(), {})
    asset.aliases = (f"k8s://{thing.name}",)
    yield asset


TYPES: tuple[DocumentType, ...] = (
    k8s_type("kueue.x-k8s.io/Workload", (), ("spec.queueName", "status.clusterName"), _workload),
    k8s_type(REMOTE, ("compute.cluster",), (), _remote),
)
