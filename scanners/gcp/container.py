"""Google Kubernetes Engine: clusters, node pools, and the fleet memberships of clusters elsewhere."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.compute import accelerators
from scanners.gcp.names import last, place_in
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, gcp_type, put_any, whole
from scanners.members import flag, has, member, record, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation
from scanners.references import api_server_alias

_HOST: Final = "container.googleapis.com"
_PARTS: Final = re.compile(r"^//[^/]+/projects/([^/]+)/(?:zones|locations)/([^/]+)/clusters/([^/]+)$")


def _cluster(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes = _control_plane(data)
    put_any(attributes, node_count=whole(data, "currentNodeCount"), vpc=last(text(data, "network")))
    if (nodes := flag(data, "confidentialNodes.enabled")) is not None:
        attributes["confidential"] = "cpu" if nodes else "none"
    location = subject.place("location", "zone")
    cluster = subject.asset("compute.cluster", location, attributes, labels_at="resourceLabels")
    other = subject.uid.replace("/zones/", "/locations/") if "/zones/" in subject.uid else None
    if other is None and location.kind is LocationKind.ZONE:
        other = subject.uid.replace("/locations/", "/zones/")
    parts = _PARTS.match(subject.uid)
    # The name by which objects of this cluster, exported from the inventory, refer to it.
    inside = f"k8s://gke:{parts[1]}/{parts[2]}/{parts[3]}" if parts else None
    addresses = (text(data, "endpoint"), text(data, "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint"))
    servers = (api_server_alias(address) for address in addresses)
    cluster.aliases = (*cluster.aliases, *(a for a in (other, inside, *servers) if a))
    yield cluster
    yield from subject.links("encrypted_by", *_keys(data), service="cloudkms.googleapis.com", role="secrets")
    for pool in records(data, "nodePools") or []:
        name = text(pool, "name")
        if name:
            yield from _pool_items(subject, pool, f"{subject.uid}/nodePools/{name}", name, location, other)


def _keys(data: Any) -> list[str]:
    """The key that encrypts the cluster's secrets, where encryption is on."""
    key = text(data, "databaseEncryption.keyName")
    return [key] if key and text(data, "databaseEncryption.state") != "DECRYPTED" else []


def _control_plane(data: Any) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    state = text(data, "databaseEncryption.state")
    if state in ("ENCRYPTED", "DECRYPTED", "ALL_OBJECTS_ENCRYPTION_ENABLED"):
        attributes["secrets_encrypted"] = state != "DECRYPTED"
    public = flag(data, "controlPlaneEndpointsConfig.ipEndpointsConfig.enablePublicEndpoint")
    if public is False and flag(data, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic") is True:
        public = True
    if public is None and (private := flag(data, "privateClusterConfig.enablePrivateEndpoint")) is not None:
        public = not private
    if public is None and text(data, "endpoint") and not has(data, "controlPlaneEndpointsConfig"):
        # Before private clusters, and without that block, the endpoint that is shown is a public address.
        public = None if member(data, "privateClusterConfig") else not _private(text(data, "endpoint") or "")
    put_any(attributes, api_public=public)
    for at in (
        "controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig",
        "masterAuthorizedNetworksConfig",
    ):
        networks = record(data, at)
        if networks is None:
            continue
        if flag(networks, "enabled") is True:
            blocks = records(networks, "cidrBlocks") or []
            attributes["api_allowed_cidrs"] = [c for b in blocks if (c := text(b, "cidrBlock"))]
        elif flag(networks, "enabled") is False or not has(networks, "enabled"):
            # Google leaves `enabled` out where it is false: every network is let in.
            attributes["api_allowed_cidrs"] = ["0.0.0.0/0"]
        break
    components = texts(data, "loggingConfig.componentConfig.enableComponents")
    service = text(data, "loggingService")
    if (components or service) and service != "none":
        attributes["audit_logging"] = True  # where logs are sent at all, administrative calls are among them
    if has(data, "networkConfig") and (mode := text(data, "networkConfig.inTransitEncryptionConfig")):
        attributes["internode_encrypted"] = mode == "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT"
    return attributes


def _private(address: str) -> bool:
    return address.startswith(("10.", "192.168.")) or any(address.startswith(f"172.{n}.") for n in range(16, 32))


def _pool(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data or {}
    parent = subject.uid.rsplit("/nodePools/", 1)[0]
    name = last(subject.uid) or subject.uid
    yield from _pool_items(subject, data, subject.uid, name, subject.place(), None, parent)


def _pool_items(
    subject: Subject,
    pool: Mapping[str, Any],
    uid: str,
    name: str,
    fallback: Location,
    other: str | None,
    parent: str | None = None,
) -> Iterator[Asset | Relation]:
    attributes: dict[str, Any] = {}
    zones = texts(pool, "locations")
    count, model = accelerators(records(pool, "config.accelerators"))
    put_any(attributes, instance_type=text(pool, "config.machineType"), gpu_model=model)
    nodes = whole(pool, "initialNodeCount")
    # `initialNodeCount` is the size for each zone at creation; with autoscaling or resizing it tells nothing of today.
    if nodes is not None and not (flag(pool, "autoscaling.enabled") or flag(pool, "autoscaling.autoprovisioned")):
        attributes["node_count"] = nodes * max(1, len(zones or []))
    if count is not None:
        attributes["gpu_count"] = count * attributes.get("node_count", 1)
    if (confidential := flag(pool, "config.confidentialNodes.enabled")) is not None:
        attributes["confidential"] = "cpu" if confidential else "none"
    if (private := flag(pool, "networkConfig.enablePrivateNodes")) is not None:
        attributes["public_ip"] = not private
    location = _spread(zones, fallback)
    asset = subject.asset("compute.nodegroup", location, attributes, name=name, labels_at=None)
    asset.uid, asset.native_type = uid, f"{_HOST}/NodePool"
    asset.aliases = (f"{other}/nodePools/{name}",) if other else ()
    yield asset
    yield Relation(uid, "member_of", parent or subject.uid)
    key = text(pool, "config.bootDiskKmsKey")
    if key:
        for relation in subject.links("encrypted_by", key, service="cloudkms.googleapis.com", role="boot disk"):
            relation.source = uid
            yield relation


def _spread(zones: list[str] | None, fallback: Location) -> Location:
    """The zone of a pool in one zone, else the region its zones have in common, else the cluster's place."""
    places = [place(zone) for zone in zones or []]
    if len(places) == 1:
        return places[0]
    regions = {p.region for p in places}
    return place(regions.pop()) if len(regions) == 1 else fallback


def _membership(subject: Subject) -> Iterator[Asset | Relation]:
    """A fleet's record of a cluster. The record's place is not the cluster's, unless it names a GKE cluster."""
    data = subject.data
    linked = text(data, "endpoint.gkeCluster.resourceLink")
    if linked:
        return  # the cluster itself is in the inventory
    location = place(place_in(subject.uid))
    known = Location(location.kind, location.region, location.zone, evidence="metadata_only")
    asset = subject.asset("compute.cluster", known, {})
    asset.provider = "kubernetes"
    cluster_uid = text(data, "externalId")
    if cluster_uid:
        asset.aliases = (*asset.aliases, f"k8s://{cluster_uid}")
    yield asset


_POOL: Final = (
    *("autoscaling", "config.accelerators", "config.bootDiskKmsKey", "config.confidentialNodes", "config.machineType"),
    *("config.localNvmeSsdBlockConfig", "initialNodeCount", "locations", "name", "networkConfig.enablePrivateNodes"),
    *("placementPolicy.tpuTopology", "status"),
)

TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/Cluster",
        "container",
        ("compute.cluster", "compute.nodegroup"),
        (
            *(
                "autopilot.enabled",
                "confidentialNodes",
                "controlPlaneEndpointsConfig",
                "createTime",
                "currentNodeCount",
            ),
            *(
                "databaseEncryption",
                "endpoint",
                "location",
                "locations",
                "loggingConfig",
                "loggingService",
                "name",
                "network",
            ),
            *("masterAuthorizedNetworksConfig", "networkConfig.inTransitEncryptionConfig", "privateClusterConfig"),
            *("resourceLabels", "selfLink", "status", "userManagedKeysConfig", "zone"),
            *(f"nodePools[].{m}" for m in _POOL),
        ),
        _cluster,
    ),
    gcp_type(f"{_HOST}/NodePool", "container", ("compute.nodegroup",), (*_POOL, "selfLink"), _pool),
    gcp_type(
        "gkehub.googleapis.com/Membership",
        "gkehub",
        ("compute.cluster",),
        ("createTime", "endpoint", "externalId", "infrastructureType", "labels", "name"),
        _membership,
    ),
)
