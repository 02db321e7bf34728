"""Facts taken out of members that must not be kept whole: annotations and command lines hold secrets.

`derive` reads them before a document is cut down and puts what was found into the member `derived`, which is then
evidence like any other. Only names of settings and words out of short lists come out of here, never free text.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from scanners.members import member, record, records, text

_INTERNAL: Final[Mapping[str, tuple[str, ...]]] = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
    "oci.oraclecloud.com/load-balancer-type-internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
    "alb.ingress.kubernetes.io/scheme": ("internal",),
    "kubernetes.io/ingress.class": ("gce-internal",),
}
"""Annotation → values that keep a load balancer inside a private network."""
_FACING: Final = ("service.beta.kubernetes.io/aws-load-balancer-scheme", "alb.ingress.kubernetes.io/scheme")
_WIREGUARD: Final = (
    "network.cilium.io/wg-pub-key",
    "io.cilium.network.wg-pub-key",
    "projectcalico.org/WireguardPublicKey",
)
_API_FLAGS: Final = frozenset(
    {"encryption-provider-config", "audit-log-path", "audit-webhook-config-file", "audit-policy-file"}
)
_FLAG: Final = re.compile(r"^--([a-z][a-z0-9-]{0,60})(?:=|$)")


def derive(native: str, document: dict[str, Any]) -> None:
    """Puts `derived` into a document that says something of interest; other documents stay as they are."""
    found: dict[str, Any] = {}
    marks = record(document, "metadata.annotations") or {}
    if native in ("Service", "networking.k8s.io/Ingress"):
        if any(str(marks[name]).strip().lower() in values for name, values in _INTERNAL.items() if name in marks):
            found["internal"] = True
        elif any(str(marks.get(name)).strip().lower() == "internet-facing" for name in _FACING):
            found["internal"] = False
    elif native == "Node":
        if any(marks.get(name) for name in _WIREGUARD):
            found["wireguard"] = True
    elif native == "Pod" and text(document, "metadata.namespace") == "kube-system":
        flags = _api_server(document)
        if flags is not None:
            found["api_server_flags"] = flags
    document.pop("derived", None)  # nobody else may state it
    if found:
        document["derived"] = found


def _api_server(pod: Any) -> list[str] | None:
    """Names of the flags that matter of a kube-apiserver; None for any other pod, or one that shows no flags."""
    if text(pod, "metadata.labels.component") != "kube-apiserver":
        return None
    for container in records(pod, "spec.containers") or []:
        words = [*_words(container, "command"), *_words(container, "args")]
        if not any(word.rpartition("/")[2] == "kube-apiserver" for word in words[:1]):
            continue
        names = [found[1] for word in words if (found := _FLAG.match(word))]
        if "etcd-servers" in names:  # a real command line: every API server needs this flag
            return sorted(_API_FLAGS.intersection(names))
    return None


def _words(container: Any, at: str) -> list[str]:
    value = member(container, at)
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
