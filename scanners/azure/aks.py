"""Kubernetes clusters of Azure: AKS, its node pools, Azure Red Hat OpenShift, and the retired container service."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import ENVELOPE, arm_asset, encrypted_by, key_address, member_of, target_of
from scanners.azure.sizes import confidential
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, number, put, record, records, text, texts, word
from scanners.model import UNREAD, Asset, Relation
from scanners.references import api_server_alias

_POOL_TYPE: Final = "microsoft.containerservice/managedclusters/agentpools"


def cluster(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An AKS cluster and its node pools; a pool has the uid that its own document would give it."""
    asset = arm_asset(document, origin, "compute.cluster")
    if asset is None:
        return
    attributes = asset.attributes
    put(attributes, "api_public", _api_public(document))
    ranges = texts(document, "properties.apiServerAccessProfile.authorizedIPRanges")
    if ranges is not None:
        attributes["api_allowed_cidrs"] = ranges
    put(attributes, "secrets_encrypted", flag(document, "properties.securityProfile.azureKeyVaultKms.enabled"))
    pools = records(document, "properties.agentPoolProfiles")
    if pools is not None:
        counts = [number(pool, "count") for pool in pools]
        if all(count is not None for count in counts):
            attributes["node_count"] = sum(count for count in counts if count is not None)
    names = (api_server_alias(text(document, f"properties.{at}")) for at in ("fqdn", "privateFQDN"))
    asset.aliases = (*asset.aliases, *(name for name in names if name is not None))
    yield asset
    key = key_address(text(document, "properties.securityProfile.azureKeyVaultKms.keyId"))
    if attributes.get("secrets_encrypted"):
        yield from encrypted_by(asset.uid, key)
    yield from encrypted_by(asset.uid, target_of(document, "properties.diskEncryptionSetID"))
    for pool in pools or []:
        name = text(pool, "name")
        if name is not None:
            node_pool = Asset(
                uid=f"{asset.uid}/agentpools/{name.lower()}",
                provider="azure",
                account=asset.account,
                kind="compute.nodegroup",
                native_type=_POOL_TYPE,
                name=name,
                location=asset.location,
                attributes=_pool_attributes(pool),
                tags=UNREAD,
            )
            yield node_pool
            yield member_of(node_pool, asset.uid)


def _api_public(document: Mapping[str, Any]) -> bool | None:
    """Whether the control plane has a public address.

    The profile's `enablePrivateCluster` says so; without it the addresses do: a cluster shows `fqdn` where its server
    is reachable by a public name, and only `privateFQDN` where it is not (both recorded).
    """
    private = flag(document, "properties.apiServerAccessProfile.enablePrivateCluster")
    if private is not None:
        return not private
    if text(document, "properties.privateFQDN") is not None:
        return None  # a private cluster may have a public name too
    return True if text(document, "properties.fqdn") is not None else None


def _pool_attributes(pool: Mapping[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    put(attributes, "instance_type", text(pool, "vmSize"))
    put(attributes, "confidential", confidential(text(pool, "vmSize")))
    put(attributes, "node_count", number(pool, "count"))
    put(attributes, "public_ip", flag(pool, "enableNodePublicIP"))
    if text(pool, "vnetSubnetID") is not None:
        put(attributes, "vpc", target_of(pool, "vnetSubnetID"))
    elif is_null(pool, "vnetSubnetID"):
        attributes["vpc"] = None
    return attributes


def node_pool(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A node pool by itself; it has no place of its own but its cluster's."""
    asset = arm_asset(document, origin, "compute.nodegroup")
    if asset is None:
        return
    asset.attributes.update(_pool_attributes(record(document, "properties") or {}))
    yield asset
    yield member_of(asset)


def openshift(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An Azure Red Hat OpenShift cluster with its groups of workers."""
    asset = arm_asset(document, origin, "compute.cluster")
    if asset is None:
        return
    visibility = word(document, "properties.apiserverProfile.visibility")
    if visibility in ("public", "private"):
        asset.attributes["api_public"] = visibility == "public"
    yield asset
    for group in records(document, "properties.workerProfiles") or []:
        name = text(group, "name")
        if name is None:
            continue
        workers = Asset(
            uid=f"{asset.uid}/workerprofiles/{name.lower()}",
            provider="azure",
            account=asset.account,
            kind="compute.nodegroup",
            native_type=f"{asset.native_type}/workerprofiles",
            name=name,
            location=asset.location,
            attributes={},
        )
        put(workers.attributes, "instance_type", text(group, "vmSize"))
        put(workers.attributes, "node_count", number(group, "count"))
        yield workers
        yield member_of(workers, asset.uid)


def container_service(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster of the retired Azure Container Service."""
    asset = arm_asset(document, origin, "compute.cluster")
    if asset is None:
        return
    pools = records(document, "properties.agentPoolProfiles") or []
    sizes = {size for pool in pools if (size := text(pool, "vmSize")) is not None}
    if len(sizes) == 1:
        asset.attributes["instance_type"] = sizes.pop()
    yield asset


def container_group(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A group of containers; where the request names GPUs, their number and model are the provider's own statement."""
    asset = arm_asset(document, origin, "compute.instance")
    if asset is None:
        return
    containers = records(document, "properties.containers")
    if containers is not None:
        gpus = [record(item, "properties.resources.requests.gpu") for item in containers]
        counts = [number(gpu, "count") for gpu in gpus if gpu is not None]
        requests = [record(item, "properties.resources.requests") for item in containers]
        if all(request is not None for request in requests) and None not in counts:
            # An absent `gpu` beside the other requests is "none": the request lists what the container gets.
            asset.attributes["gpu_count"] = sum(count for count in counts if count is not None)
        put(asset.attributes, "gpu_model", next((text(gpu, "sku") for gpu in gpus if gpu is not None), None))
    kind = word(document, "properties.ipAddress.type")
    if kind in ("public", "private"):
        asset.attributes["public_ip"] = kind == "public"
    if word(document, "properties.sku") == "confidential":
        asset.attributes["confidential"] = "cpu"
    yield asset


_POOL: Final = ("name", "vmSize", "count", "enableNodePublicIP", "vnetSubnetID", "mode", "gpuProfile")
_POOL_FLAGS: Final = ("gpuInstanceProfile", "enableEncryptionAtHost", "availabilityZones", "scaleSetPriority")

TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "microsoft.containerservice/managedclusters",
        "kubernetes",
        ("compute.cluster", "compute.nodegroup"),
        (
            *ENVELOPE,
            *(f"properties.agentPoolProfiles[].{member}" for member in (*_POOL, *_POOL_FLAGS)),
            "properties.apiServerAccessProfile.enablePrivateCluster",
            "properties.apiServerAccessProfile.authorizedIPRanges",
            "properties.fqdn",
            "properties.privateFQDN",
            "properties.diskEncryptionSetID",
            "properties.disableLocalAccounts",
            "properties.nodeResourceGroup",
            "properties.kubernetesVersion",
            "properties.securityProfile.azureKeyVaultKms.enabled",
            "properties.securityProfile.azureKeyVaultKms.keyId",
        ),
        cluster,
    ),
    DocumentType(
        _POOL_TYPE,
        "kubernetes",
        ("compute.nodegroup",),
        (*ENVELOPE, *(f"properties.{member}" for member in (*_POOL[1:], *_POOL_FLAGS))),
        node_pool,
    ),
    DocumentType(
        "microsoft.redhatopenshift/openshiftclusters",
        "kubernetes",
        ("compute.cluster", "compute.nodegroup"),
        (
            *ENVELOPE,
            "properties.apiserverProfile.visibility",
            "properties.masterProfile.vmSize",
            "properties.masterProfile.encryptionAtHost",
            "properties.workerProfiles[].name",
            "properties.workerProfiles[].vmSize",
            "properties.workerProfiles[].count",
            "properties.workerProfiles[].encryptionAtHost",
        ),
        openshift,
    ),
    DocumentType(
        "microsoft.containerservice/containerservices",
        "kubernetes",
        ("compute.cluster",),
        (
            *ENVELOPE,
            "properties.orchestratorProfile",
            "properties.agentPoolProfiles[].vmSize",
            "properties.agentPoolProfiles[].count",
        ),
        container_service,
    ),
    DocumentType(
        "microsoft.containerinstance/containergroups",
        "containerinstance",
        ("compute.instance",),
        (
            *ENVELOPE,
            "properties.containers[].name",
            "properties.containers[].properties.image",
            "properties.containers[].properties.resources.requests",
            "properties.ipAddress.type",
            "properties.sku",
        ),
        container_group,
    ),
)
