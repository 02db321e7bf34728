"""Documents of Azure for machine learning, Kubernetes and policies."""

from typing import Any, Final

from azuredocuments import HOME, child, connection, empty_columns, group, resource_id, row
from identity import TENANT, Document, moment, stamp

_ML: Final = "Microsoft.MachineLearningServices/workspaces"


def workspace(
    name: str,
    subscription: str,
    key: str,
    stores: Document,
    tags: dict[str, str],
    *,
    location: str = HOME,
    open_to_all: bool = False,
) -> Document:
    """A workspace of Azure Machine Learning and the stores behind it."""
    properties: Document = {
        "friendlyName": name,
        **stores,
        "publicNetworkAccess": "Enabled" if open_to_all else "Disabled",
        "privateLinkCount": 0 if open_to_all else 1,
        "privateEndpointConnections": [] if open_to_all else [connection(name)],
        "encryption": {"status": "Enabled", "keyVaultProperties": {"keyIdentifier": key}},
        "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
        "hbiWorkspace": True,
        "provisioningState": "Succeeded",
    }
    return row(
        subscription,
        _ML,
        name,
        properties,
        location=location,
        tags=tags,
        sku={"name": "Basic", "tier": "Basic"},
        form="Default",
    )


def compute(
    home: str,
    name: str,
    subscription: str,
    size: str,
    *,
    sort: str = "AmlCompute",
    nodes: int = 4,
    public: bool = False,
    location: str = HOME,
) -> Document:
    """A compute of a workspace."""
    inner: Document = {
        "vmSize": size,
        "subnet": {"id": f"{group(subscription)}/providers/Microsoft.Network/virtualNetworks/private/subnets/ml"},
    }
    if sort == "AmlCompute":
        inner |= {"currentNodeCount": nodes, "vmPriority": "Dedicated", "enableNodePublicIp": public}
    else:
        inner |= {"enableNodePublicIp": public, "enableRootAccess": False}
    properties: Document = {
        "computeType": sort,
        "computeLocation": location,
        "provisioningState": "Succeeded",
        "disableLocalAuth": True,
        "properties": inner,
    }
    return child(subscription, f"{_ML}/computes", (home, name), properties, location=location)


def job(
    home: str,
    name: str,
    subscription: str,
    on: str,
    reads: str,
    writes: str,
    *,
    sort: str = "Command",
    size: str = "Standard_ND96isr_H100_v5",
    nodes: int = 2,
) -> Document:
    """A job, what it reads and what it writes."""
    properties: Document = {
        "jobType": sort,
        "status": "Completed",
        "experimentName": name,
        "displayName": name,
        "isArchived": False,
        "computeId": resource_id(subscription, f"{_ML}/computes", home, on),
        "resources": {"instanceType": size, "instanceCount": nodes},
        "inputs": {"studies": {"jobInputType": "uri_folder", "mode": "ReadOnlyMount", "uri": reads}},
        "outputs": {"weights": {"jobOutputType": "uri_folder", "mode": "ReadWriteMount", "uri": writes}},
    }
    return child(
        subscription, f"{_ML}/jobs", (home, name), properties, systemData={"createdAt": stamp(moment(f"mljob/{name}"))}
    )


def ml_child(home: str, kind: str, name: str, subscription: str, properties: Document, /, **more: Any) -> Document:
    """Another child of a workspace: `datastores`, `data`, `models`, `onlineEndpoints` …"""
    return child(subscription, f"{_ML}/{kind}", (home, *name.split("/")), properties, **more)


def cluster(
    name: str,
    subscription: str,
    key: str,
    encryption_set: str,
    *,
    tags: dict[str, str],
    size: str,
    nodes: int,
    ranges: list[str] | None = None,
) -> Document:
    """An AKS cluster; `ranges`: the networks let in where its control plane is public, [] for all of them."""
    access: Document = {"enablePrivateCluster": ranges is None}
    if ranges is not None:
        access["authorizedIPRanges"] = ranges
    properties: Document = {
        "provisioningState": "Succeeded",
        "kubernetesVersion": "1.33",
        "privateFQDN" if ranges is None else "fqdn": f"{name}.hcp.{HOME}.azmk8s.io",
        "apiServerAccessProfile": access,
        "disableLocalAccounts": True,
        "diskEncryptionSetID": encryption_set,
        "securityProfile": {"azureKeyVaultKms": {"enabled": True, "keyId": key}},
        "agentPoolProfiles": [
            {"name": "system", "mode": "System", "vmSize": "Standard_D8ds_v5", "count": 3, "enableNodePublicIP": False, "vnetSubnetID": f"{group(subscription)}/providers/Microsoft.Network/virtualNetworks/private/subnets/aks"},
            {"name": "gpu", "mode": "User", "vmSize": size, "count": nodes, "enableNodePublicIP": False, "vnetSubnetID": f"{group(subscription)}/providers/Microsoft.Network/virtualNetworks/private/subnets/aks"},
        ],
    }  # fmt: skip
    return row(
        subscription,
        "Microsoft.ContainerService/managedClusters",
        name,
        properties,
        tags=tags,
        sku={"name": "Base", "tier": "Standard"},
    )


def assignment(
    name: str, scope: str, title: str, definition: str, parameters: Document, *, enforced: bool = True
) -> Document:
    """An assignment of a policy, as the table `policyresources` shows it."""
    own = f"{scope}/providers/Microsoft.Authorization/policyAssignments/{name}"
    properties: Document = {
        "displayName": title,
        "policyDefinitionId": f"/providers/Microsoft.Authorization/policyDefinitions/{definition}",
        "parameters": parameters,
        "scope": scope,
        "notScopes": [],
        "enforcementMode": "Default" if enforced else "DoNotEnforce",
    }
    subscription = scope.split("/")[2] if scope.startswith("/subscriptions/") else ""
    return {
        "id": own,
        "name": name,
        "type": "microsoft.authorization/policyassignments",
        "tenantId": TENANT,
        "kind": "",
        "location": "",
        "resourceGroup": "",
        "subscriptionId": subscription,
        **empty_columns(),
        "properties": properties,
        "tags": None,
    }
