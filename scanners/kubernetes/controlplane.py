"""What a cluster says of its own control plane: OpenShift's settings, Calico's encryption between nodes, and the flags
of an API server that the cluster runs itself. All of it is told of the cluster as a whole.
"""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.kubernetes.nodes import REGION, stated_place
from scanners.kubernetes.objects import Thing, k8s_type
from scanners.members import flag, record, text, word
from scanners.model import UNREAD, Asset, Location, Relation

_ENCRYPTED: Final = ("aescbc", "aesgcm", "kms")


def facet_of_cluster(thing: Thing, attributes: dict[str, Any], location: Location | None = None) -> Asset:
    """Facts about the cluster itself, found in an object of it."""
    facet = thing.asset("compute.cluster", location or Location.unknown(), attributes)
    facet.uid, facet.native_type, facet.name = f"k8s://{thing.cluster}", "Cluster", thing.cluster
    facet.tags, facet.created_at = UNREAD, None
    return facet


def of_flags(flags: list[str]) -> dict[str, Any]:
    """What the flags of a kube-apiserver prove. Without a file of encryption settings secrets lie in etcd as they are;
    with one nobody knows what it says. An audit log needs a policy and a place to go to."""
    attributes: dict[str, Any] = {}
    if "encryption-provider-config" not in flags:
        attributes["secrets_encrypted"] = False
    sinks = {"audit-log-path", "audit-webhook-config-file"}.intersection(flags)
    attributes["audit_logging"] = "audit-policy-file" in flags and bool(sinks)
    return attributes


def _api_server(thing: Thing) -> Iterator[Asset | Relation]:
    """OpenShift's `APIServer/cluster`: `spec.encryption.type` and `spec.audit.profile` (default: `Default`)."""
    if thing.name != "cluster" or record(thing.document, "spec") is None:
        return
    kind = word(thing.document, "spec.encryption.type")
    profile = word(thing.document, "spec.audit.profile")
    yield facet_of_cluster(thing, {"secrets_encrypted": kind in _ENCRYPTED, "audit_logging": profile != "none"})


def _infrastructure(thing: Thing) -> Iterator[Asset | Relation]:
    """OpenShift's `Infrastructure/cluster`: the region that the cluster was installed in."""
    platform = record(thing.document, "status.platformStatus") or {}
    regions = {text(part, "region") for part in platform.values() if isinstance(part, dict)} - {None}
    if thing.name == "cluster" and len(regions) == 1:
        place = stated_place({REGION[0]: str(next(iter(regions)))})
        yield facet_of_cluster(thing, {}, place)


def _felix(thing: Thing) -> Iterator[Asset | Relation]:
    """Calico encrypts between nodes where its default settings say so; that it does not proves nothing of others."""
    if thing.name == "default" and flag(thing.document, "spec.wireguardEnabled"):
        yield facet_of_cluster(thing, {"internode_encrypted": True})


TYPES: tuple[DocumentType, ...] = (
    k8s_type("config.openshift.io/APIServer", (), ("spec.encryption.type", "spec.audit.profile"), _api_server),
    k8s_type(
        "config.openshift.io/Infrastructure",
        (),
        ("status.platformStatus.type", *(f"status.platformStatus.{p}.region" for p in ("aws", "gcp", "ibmcloud"))),
        _infrastructure,
    ),
    k8s_type("crd.projectcalico.org/FelixConfiguration", (), ("spec.wireguardEnabled",), _felix),
)
