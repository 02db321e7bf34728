"""How workloads can be reached, and what keeps them from reaching out: services, ingresses, network policies.

A service is not an asset of its own: what it says is told of the workloads that its selector names. Which these are,
only the whole export shows (see `scanners.exports.kubectl`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.members import labels, member, record, records, text, texts
from scanners.model import Asset, Relation

_INTERNAL: Final = ("internal", "Internal", "private")


def is_public(service: Any) -> bool:
    """Whether a service has an address outside the cluster: a load balancer or a port on every node."""
    kind = text(service, "spec.type")
    if kind == "LoadBalancer":
        scheme = member(service, "spec.loadBalancerClass")
        return not (isinstance(scheme, str) and any(word in scheme for word in _INTERNAL))
    return kind == "NodePort" or bool(texts(service, "spec.externalIPs"))


def selected(service: Any, pod_labels: Mapping[str, str]) -> bool:
    """Whether a service's selector names pods with these labels; an empty selector names none."""
    wanted = labels(service, "spec.selector") or {}
    return bool(wanted) and all(pod_labels.get(name) == value for name, value in wanted.items())


def denies_egress(policy: Any) -> bool:
    """Whether a network policy stops all pods of its namespace from opening any connection."""
    selector = record(policy, "spec.podSelector")
    everything = selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions")
    return everything and "Egress" in (texts(policy, "spec.policyTypes") or []) and not records(policy, "spec.egress")


def _nothing(thing: Thing) -> Iterator[Asset | Relation]:
    del thing
    return iter(())


TYPES: tuple[DocumentType, ...] = (
    k8s_type(
        "Service",
        (),
        ("spec.externalIPs", "spec.loadBalancerClass", "spec.ports[].port", "spec.selector", "spec.type"),
        _nothing,
    ),
    k8s_type("networking.k8s.io/Ingress", (), ("spec.ingressClassName", "spec.rules[].host"), _nothing),
    k8s_type(
        "networking.k8s.io/NetworkPolicy",
        (),
        ("spec.egress", "spec.ingress", "spec.podSelector", "spec.policyTypes"),
        _nothing,
    ),
)
