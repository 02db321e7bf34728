"""Azure Machine Learning: workspaces, computes, jobs, endpoints, models, data and datastores, registries."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure.arm import (
    CREATED,
    ENVELOPE,
    NETWORK,
    arm_asset,
    enabled,
    encrypted_by,
    key_address,
    member_of,
    parent_of,
    private_endpoint,
    public_network,
    target_of,
)
from scanners.azure.mljobs import isolation_of, job
from scanners.azure.mlreferences import workspace_of, workspace_reference
from scanners.azure.regions import region, regions
from scanners.azure.sizes import confidential
from scanners.documents import DocumentType, Normaliser, Origin
from scanners.members import flag, is_null, number, put, records, text, word
from scanners.model import UNREAD, Asset, Location, Relation

_STORES: Final = (
    ("storageAccount", "writes"),
    ("containerRegistry", "writes"),
    ("keyVault", None),
    ("applicationInsights", "logs_to"),
)


def workspace(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A workspace (or a hub, or a project of one) and the default stores behind it."""
    asset = arm_asset(document, origin, "ai.account")
    if asset is None:
        return
    attributes = asset.attributes
    encrypted = enabled(document, "properties.encryption.status")
    put(attributes, "encryption", text(document, "properties.encryption.status"))
    if encrypted is False:
        attributes["custody"] = "provider"
    put(attributes, "public_network", public_network(document))
    put(attributes, "private_endpoint", _private(document))
    linked: list[tuple[str, str | None]] = []
    for name, relation in _STORES:
        uid = target_of(document, f"properties.{name}")
        if uid is not None:
            linked.append((uid, relation))
    if text(document, "properties.storageAccount") is not None:
        attributes["linked_stores"] = [{"uid": uid, "saas_vendor": None} for uid, _ in linked]
    yield asset
    if encrypted:
        key = "properties.encryption.keyVaultProperties.keyIdentifier"
        yield from encrypted_by(asset.uid, key_address(text(document, key)))
    for uid, relation in linked:
        if relation is not None:
            yield Relation(asset.uid, relation, uid, {"use": "default_store"})
    hub = target_of(document, "properties.hubResourceId")
    if hub is not None:
        yield member_of(asset, hub)


def _private(document: Mapping[str, Any]) -> bool | None:
    """The connections where they are listed; else their number, of which 0 alone is an answer."""
    found = private_endpoint(document)
    if found is None and number(document, "properties.privateLinkCount") == 0:
        return False
    return found


_COMPUTE_KINDS: Final = {
    "amlcompute": "compute.nodegroup",
    "computeinstance": "training.notebook",
    "kubernetes": "compute.cluster",
    "aks": "compute.cluster",
    "virtualmachine": "compute.instance",
    "databricks": "compute.cluster",
    "hdinsight": "compute.cluster",
    "synapsespark": "compute.cluster",
}


def compute(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A compute of a workspace. `computeLocation` says where it runs: maybe not in the workspace's region."""
    kind = _COMPUTE_KINDS.get(word(document, "properties.computeType") or "", "compute.cluster")
    place = text(document, "properties.computeLocation")
    asset = arm_asset(document, origin, kind, location=region(place) if place is not None else None)
    if asset is None:
        return
    attributes, inner = asset.attributes, "properties.properties"
    size = text(document, f"{inner}.vmSize") or text(document, f"{inner}.virtualMachineSize")
    size = size or text(document, f"{inner}.agentVmSize")
    put(attributes, "instance_type", size)
    if kind.startswith("compute."):
        put(attributes, "confidential", confidential(size))
    if kind in ("compute.nodegroup", "compute.cluster"):
        count = number(document, f"{inner}.currentNodeCount")
        put(attributes, "node_count", number(document, f"{inner}.agentCount") if count is None else count)
    if kind in ("compute.nodegroup", "training.notebook"):
        put(attributes, "public_ip", flag(document, f"{inner}.enableNodePublicIp"))
        put(attributes, "vpc", target_of(document, f"{inner}.subnet.id"))
    if kind == "training.notebook":
        # "Customer managed key encryption is not supported for compute instances" (Azure ML, "Data encryption").
        attributes["custody"] = "provider"
        put(attributes, "root_access", flag(document, f"{inner}.enableRootAccess"))
        isolated = isolation_of(document)
        put(attributes, "network_isolated", isolated)
        if isolated is not None and is_null(document, f"{inner}.subnet"):  # a network of its own may shut it in as well
            attributes["internet_access"] = not isolated
    yield asset
    yield member_of(asset)
    attached = target_of(document, "properties.resourceId")
    if attached is not None:
        yield Relation(asset.uid, "runs_on", attached)


def endpoint(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """An online or batch endpoint of a workspace; a managed one computes in its own region."""
    asset = arm_asset(document, origin, "ai.endpoint")
    if asset is None:
        return
    put(asset.attributes, "public_network", enabled(document, "properties.publicNetworkAccess"))
    mode = word(document, "properties.authMode")
    if mode in ("key", "amltoken", "aadtoken"):
        asset.attributes["shared_key_auth"] = mode == "key"
    if word(document, "kind") == "managed":
        asset.attributes["processing_scope"] = "region"
    yield asset
    yield member_of(asset)


def endpoint_deployment(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """What stands behind an endpoint: machines of one size that serve a model."""
    asset = arm_asset(document, origin, "ai.endpoint")
    if asset is None:
        return
    size = text(document, "properties.instanceType") or text(document, "properties.resources.instanceType")
    put(asset.attributes, "instance_type", size)
    name = text(document, "properties.model") or text(document, "properties.model.assetId")
    put(asset.attributes, "model", name)
    yield asset
    yield member_of(asset)
    compute_uid = target_of(document, "properties.compute")
    if compute_uid is not None:
        yield Relation(asset.uid, "runs_on", compute_uid)
    model_uid = None if name is None else workspace_reference(name, workspace_of(asset.uid), "models")
    if model_uid is not None:
        yield Relation(model_uid, "deployed_as", asset.uid)


def serverless(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A model of a vendor's catalogue, served without machines of one's own."""
    asset = arm_asset(document, origin, "ai.endpoint")
    if asset is None:
        return
    model_id = text(document, "properties.modelSettings.modelId")
    put(asset.attributes, "model", model_id)
    if model_id is not None and "/registries/" in model_id:
        registry = model_id.split("/registries/", 1)[1].split("/", 1)[0]
        if registry.startswith("azureml-"):
            asset.attributes["model_vendor"] = registry.removeprefix("azureml-")
    mode = word(document, "properties.authMode")
    if mode in ("key", "aad", "keyandaad"):
        asset.attributes["shared_key_auth"] = mode != "aad"
    yield asset
    yield member_of(asset)


def model(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A registered model, without its versions."""
    asset = arm_asset(document, origin, "ai.model")
    if asset is None:
        return
    yield asset
    yield member_of(asset)


def model_version(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A version of a model: where its files are, and the job that made it."""
    asset = arm_asset(document, origin, "ai.model")
    if asset is None:
        return
    asset.name = f"{asset.uid.split('/')[-3]}:{asset.name}"
    if text(document, "properties.modelUri") is not None:
        asset.attributes["exportable"] = True  # its files lie in a store that the workspace names
    made_by = word(document, "properties.jobName")
    if made_by is not None:
        asset.attributes["vendor_base"] = False
    yield asset
    yield member_of(asset)
    home = workspace_of(asset.uid)
    files = workspace_reference(text(document, "properties.modelUri") or "", home)
    for uid in (asset.uid, parent_of(asset.uid)):  # references to models leave the version out
        if made_by is not None and home is not None:
            yield Relation(uid, "trained_from", f"{home}/jobs/{made_by}")
        if files is not None:
            yield Relation(uid, "member_of", files, {"use": "files"})


def pointer(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A datastore, or a version of a data asset: a name in the workspace for data that are somewhere else.

    It stands between a job and the store: the job reads it, it reads the store (`use` = `files`), so the class of the
    data comes through. It lies where the store does, which its document does not say. References to data leave the
    version out, so a version yields the named data asset.
    """
    asset = arm_asset(document, origin, "storage.bucket", location=Location.unknown())
    if asset is None:
        return
    if asset.native_type.endswith("/data/versions"):
        written = (text(document, "id") or "").rstrip("/").split("/")
        asset.uid, asset.name = parent_of(asset.uid), written[-3]
        asset.native_type = asset.native_type.removesuffix("/versions")
        asset.tags = UNREAD
    yield asset
    for uid in sorted(_pointed_at(document, asset)):
        yield Relation(asset.uid, "reads", uid, {"use": "files"})


def data(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A data asset without its versions says nothing of where its data are: its versions yield it."""
    del document, origin
    yield from ()


def _pointed_at(document: Mapping[str, Any], asset: Asset) -> set[str]:
    found = {workspace_reference(text(document, "properties.dataUri") or "", workspace_of(asset.uid))}
    name = word(document, "properties.accountName")
    if name is not None and word(document, "properties.datastoreType") != "onelake":
        found.add(f"azure-storage:{name}")
    return {uid for uid in found if uid is not None}


def registry(document: Mapping[str, Any], origin: Origin) -> Iterator[Asset | Relation]:
    """A registry of models and environments, kept in each of its regions."""
    details = records(document, "properties.regionDetails")
    names = [text(item, "location") for item in details or []]
    asset = arm_asset(document, origin, "storage.registry", location=regions(names) if names else None)
    if asset is not None:
        yield asset


_SERVICES: Final = {
    "workspaces/data/versions": "machinelearning/data",
    "workspaces/datastores": "machinelearning/datastores",
    "workspaces/serverlessendpoints": "machinelearning/serverless",
}
"""Names for coverage of what has a cell of its own, beside the endpoints and stores of the same kind."""


def _type(
    path: str, kinds: tuple[str, ...], members: tuple[str, ...], normalise: Normaliser, beside: tuple[str, ...] = ()
) -> DocumentType:
    native = f"microsoft.machinelearningservices/{path}"
    properties = tuple(f"properties.{member}" for member in members)
    service = _SERVICES.get(path, "machinelearning")
    return DocumentType(
        native, service, kinds, (*ENVELOPE, *CREATED, "properties.tags", *properties, *beside), normalise
    )


_ENDPOINT: Final = ("authMode", "publicNetworkAccess", "traffic", "scoringUri")
_DEPLOYMENT: Final = (
    "instanceType",
    "model",
    "compute",
    "resources",
    "egressPublicNetworkAccess",
    "endpointComputeType",
)

TYPES: tuple[DocumentType, ...] = (
    _type(
        "workspaces",
        ("ai.account",),
        (
            *(member.removeprefix("properties.") for member in NETWORK),
            *(name for name, _ in _STORES),
            "allowPublicAccessWhenBehindVnet",
            "enableDataIsolation",
            "encryption.status",
            "encryption.keyVaultProperties.keyIdentifier",
            "hbiWorkspace",
            "hubResourceId",
            "managedNetwork.isolationMode",
            "privateLinkCount",
        ),
        workspace,
    ),
    _type(
        "workspaces/computes",
        ("compute.nodegroup", "training.notebook", "compute.cluster", "compute.instance"),
        (
            "computeType",
            "computeLocation",
            "disableLocalAuth",
            "resourceId",
            "createdOn",
            *(
                f"properties.{member}"
                for member in (
                    "vmSize",
                    "virtualMachineSize",
                    "vmPriority",
                    "agentVmSize",
                    "agentCount",
                    "currentNodeCount",
                    "enableNodePublicIp",
                    "enableRootAccess",
                    "remoteLoginPortPublicAccess",
                    "isolatedNetwork",
                    "subnet",
                    "scaleSettings",
                    "sshSettings.sshPublicAccess",
                )
            ),
        ),
        compute,
        ("workspace.managedNetwork.isolationMode",),
    ),
    _type(
        "workspaces/jobs",
        ("training.job", "ai.customization"),
        (
            "jobType",
            "computeId",
            "status",
            "isArchived",
            "experimentName",
            "resources.instanceType",
            "resources.instanceCount",
            "inputs{}.uri",
            "inputs{}.jobInputType",
            "outputs{}.uri",
            "outputs{}.jobOutputType",
            "jobs{}.inputs{}.uri",
            "jobs{}.outputs{}.uri",
            *(
                f"{task}.{data}.uri"
                for task in ("taskDetails", "fineTuningDetails")
                for data in ("trainingData", "validationData", "testData")
            ),
            "fineTuningDetails.model.uri",
            "fineTuningDetails.modelProvider",
        ),
        job,
        ("workspace.managedNetwork.isolationMode", "workspace.encryption.status", "compute.subnet"),
    ),
    _type("workspaces/onlineendpoints", ("ai.endpoint",), _ENDPOINT, endpoint),
    _type("workspaces/batchendpoints", ("ai.endpoint",), _ENDPOINT, endpoint),
    _type("workspaces/onlineendpoints/deployments", ("ai.endpoint",), _DEPLOYMENT, endpoint_deployment),
    _type("workspaces/batchendpoints/deployments", ("ai.endpoint",), _DEPLOYMENT, endpoint_deployment),
    _type("workspaces/serverlessendpoints", ("ai.endpoint",), ("authMode", "modelSettings.modelId"), serverless),
    _type("workspaces/models", ("ai.model",), ("isArchived", "latestVersion"), model),
    _type("workspaces/models/versions", ("ai.model",), ("modelUri", "modelType", "jobName", "flavors"), model_version),
    _type(
        "workspaces/datastores",
        ("storage.bucket",),
        ("datastoreType", "accountName", "containerName", "filesystem", "endpoint", "protocol", "isDefault"),
        pointer,
    ),
    _type("workspaces/data", (), ("dataType", "isArchived", "latestVersion"), data),
    _type("workspaces/data/versions", ("storage.bucket",), ("dataType", "dataUri", "isArchived"), pointer),
    _type("registries", ("storage.registry",), ("regionDetails[].location", "publicNetworkAccess"), registry),
)
