"""What the company has on Azure: assistants for radiologists, quality control, and a research workspace."""

from collections.abc import Iterator
from typing import Final

from azuredocuments import (
    HOME,
    ai_account,
    blob_service,
    container,
    cosmos,
    deployment,
    group,
    key,
    key_url,
    lifecycle,
    machine,
    postgres,
    resource_id,
    row,
    storage,
    vault,
)
from azureplatforms import assignment, cluster, compute, job, ml_child, workspace
from identity import CLINICAL, LAB, TENANT, Document, Scan, identifier

STUDIES: Final = {"data-class": "pseudonymised", "ropa-id": "vvt-03", "owner": "Reading Room"}
STAFF: Final = {"data-class": "personal", "ropa-id": "vvt-04", "owner": "People"}
TECHNICAL: Final = {"data-class": "technical", "owner": "Platform"}
PUBLIC: Final = {"data-class": "public", "owner": "Research"}
OWNED: Final = {"owner": "Platform"}

VAULTS: Final = {CLINICAL: "kv-lum-clinical", LAB: "kv-lum-research"}
SWEDEN: Final = "kv-lum-sweden"
_LOCATIONS: Final = "e56962a6-4747-49cd-b67b-bf8b01975c4c"
_TAGS: Final = "871b6d14-10aa-478d-b590-94f262ecfa99"

ACCOUNTS: Final = {
    "lumclinstudies": (CLINICAL, STUDIES),
    "lumclinworkspace": (CLINICAL, STUDIES),
    "lumclinexports": (CLINICAL, STUDIES),
    "lumclincare": (CLINICAL, STAFF),
    "lumclindiag": (CLINICAL, TECHNICAL),
    "lumlabstudies": (LAB, STUDIES),
    "lumlabworkspace": (LAB, STUDIES),
    "lumlabcheckpoints": (LAB, STUDIES | {"data-role": "checkpoint"}),
    "lumlabpublic": (LAB, PUBLIC),
}


def containers_of_everything(scan: Scan) -> Iterator[Document]:
    """The table `resourcecontainers`: the subscriptions."""
    chain = [
        {"name": "mg-imaging", "displayName": "Imaging"},
        {"name": TENANT, "displayName": "Tenant Root Group"},
    ]
    for subscription, name in ((CLINICAL, "lumenar-clinical"), (LAB, "lumenar-research")):
        yield {
            "id": f"/subscriptions/{subscription}",
            "name": name,
            "type": "microsoft.resources/subscriptions",
            "tenantId": TENANT,
            "location": "",
            "resourceGroup": "",
            "subscriptionId": subscription,
            "properties": {
                "state": "Enabled",
                "managementGroupAncestorsChain": chain,
                "managedByTenants": [],
                "subscriptionPolicies": {"quotaId": "EnterpriseAgreement_2014-09-01", "spendingLimit": "Off"},
            },
            "tags": {"owner": "Platform"},
        }


def resources(scan: Scan) -> Iterator[Document]:
    """The table `resources`."""
    for subscription, name in VAULTS.items():
        yield vault(name, subscription)
        yield _encryption_set(subscription, name)
        yield from _network(subscription)
        yield from _workspace(subscription)
    yield vault(SWEDEN, CLINICAL, location="swedencentral")
    for name, (subscription, tags) in ACCOUNTS.items():
        own = None if tags is PUBLIC else (VAULTS[subscription], "storage")
        yield storage(name, subscription, key=own, tags=tags)
    yield from _databases()
    yield from _machines()
    yield ai_account("lumenar-assistants", CLINICAL, (SWEDEN, "assistants"), location="swedencentral", tags=STUDIES)
    yield ai_account("lumenar-drafting", LAB, (VAULTS[LAB], "storage"), location=HOME, tags=STUDIES)
    sets = {s: resource_id(s, "Microsoft.Compute/diskEncryptionSets", f"des-{VAULTS[s]}") for s in VAULTS}
    yield cluster(
        "reading-room", CLINICAL, key_url(VAULTS[CLINICAL], "disks"), sets[CLINICAL],
        tags=TECHNICAL, size="Standard_NC24ads_A100_v4", nodes=3,
    )  # fmt: skip
    for name, subscription in (("lumclinregistry", CLINICAL), ("lumlabregistry", LAB)):
        yield _registry(name, subscription)


def _encryption_set(subscription: str, holder: str) -> Document:
    properties: Document = {
        "activeKey": {
            "sourceVault": {"id": resource_id(subscription, "Microsoft.KeyVault/vaults", holder)},
            "keyUrl": key_url(holder, "disks"),
        },
        "encryptionType": "EncryptionAtRestWithCustomerKey",
        "rotationToLatestKeyVersionEnabled": True,
        "provisioningState": "Succeeded",
    }
    return row(subscription, "Microsoft.Compute/diskEncryptionSets", f"des-{holder}", properties, tags=TECHNICAL)


def _network(subscription: str) -> Iterator[Document]:
    space: Document = {"addressSpace": {"addressPrefixes": ["10.80.0.0/16"]}, "virtualNetworkPeerings": []}
    yield row(subscription, "Microsoft.Network/virtualNetworks", "private", space, tags=TECHNICAL)
    for name, (holder, _) in ACCOUNTS.items():
        if holder == subscription:
            target = resource_id(subscription, "Microsoft.Storage/storageAccounts", name)
            link = {"name": name, "properties": {"privateLinkServiceId": target, "groupIds": ["blob"]}}
            properties: Document = {
                "privateLinkServiceConnections": [link],
                "subnet": {
                    "id": f"{group(subscription)}/providers/Microsoft.Network/virtualNetworks/private/subnets/pe"
                },
            }
            yield row(subscription, "Microsoft.Network/privateEndpoints", f"pe-{name}", properties, tags=TECHNICAL)


def _workspace(subscription: str) -> Iterator[Document]:
    short = "clin" if subscription == CLINICAL else "lab"
    stores = {
        "storageAccount": resource_id(subscription, "Microsoft.Storage/storageAccounts", f"lum{short}workspace"),
        "keyVault": resource_id(subscription, "Microsoft.KeyVault/vaults", VAULTS[subscription]),
        "containerRegistry": resource_id(subscription, "Microsoft.ContainerRegistry/registries", f"lum{short}registry"),
        "applicationInsights": resource_id(subscription, "Microsoft.Insights/components", f"appi-{short}"),
    }
    yield workspace(f"imaging-{short}", subscription, key_url(VAULTS[subscription], "storage"), stores, STUDIES)
    logs = resource_id(subscription, "Microsoft.OperationalInsights/workspaces", f"log-{short}")
    properties: Document = {"retentionInDays": 365, "features": {}, "publicNetworkAccessForIngestion": "Disabled"}
    yield row(subscription, "Microsoft.OperationalInsights/workspaces", f"log-{short}", properties, tags=TECHNICAL)
    properties: Document = {"Application_Type": "web", "RetentionInDays": 365, "WorkspaceResourceId": logs}
    yield row(subscription, "Microsoft.Insights/components", f"appi-{short}", properties, tags=TECHNICAL, form="web")


def _databases() -> Iterator[Document]:
    own = key_url(VAULTS[CLINICAL], "databases")
    yield postgres("psql-worklists", CLINICAL, own, STUDIES | {"critical": "true"})
    yield postgres("psql-customers", CLINICAL, own, STAFF)
    yield postgres("psql-experiments", LAB, key_url(VAULTS[LAB], "storage"), STUDIES)
    yield cosmos("cosmos-annotations", CLINICAL, own, STUDIES, "Germany West Central", "Sweden Central")
    properties: Document = {
        "securitySettings": {"immutabilitySettings": {"state": "Locked"}},
        "redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant", "crossRegionRestore": "Disabled"},
        "encryption": {"keyVaultProperties": {"keyUri": key_url(VAULTS[CLINICAL], "backups")}},
        "publicNetworkAccess": "Disabled",
    }
    yield row(CLINICAL, "Microsoft.RecoveryServices/vaults", "rsv-clinical", properties, tags=OWNED)


def _machines() -> Iterator[Document]:
    for subscription, names, size in (
        (CLINICAL, ("viewer-1", "viewer-2", "hl7-bridge"), "Standard_D8ds_v5"),
        (LAB, ("gpu-lab-1", "gpu-lab-2"), "Standard_NC48ads_A100_v4"),
    ):
        encryption_set = resource_id(
            subscription, "Microsoft.Compute/diskEncryptionSets", f"des-{VAULTS[subscription]}"
        )
        for name in names:
            yield from machine(name, subscription, size, encryption_set, STUDIES)
    for name in ("leipzig-store-1", "leipzig-store-2"):
        yield _arc(name)


def _arc(name: str, location: str = "westeurope", place: Document | None = None) -> Document:
    properties: Document = {
        "provisioningState": "Succeeded",
        "status": "Connected",
        "osType": "linux",
        "vmUuid": identifier(f"arc/{name}"),
        "detectedProperties": {"manufacturer": "Supermicro", "model": "SYS-421GE-TNRT"},
        "locationData": place or {"name": "Leipzig hall 1", "city": "Leipzig", "countryOrRegion": "DE"},
    }
    return row(CLINICAL, "Microsoft.HybridCompute/machines", name, properties, location=location, tags=TECHNICAL)


def _registry(name: str, subscription: str) -> Document:
    properties: Document = {
        "loginServer": f"{name}.azurecr.io",
        "creationDate": "2025-01-20T09:00:00.0000000Z",
        "adminUserEnabled": False,
        "anonymousPullEnabled": False,
        "publicNetworkAccess": "Disabled",
        "encryption": {
            "status": "enabled",
            "keyVaultProperties": {"keyIdentifier": key_url(VAULTS[subscription], "storage")},
        },
    }
    sku = {"name": "Premium", "tier": "Premium"}
    return row(subscription, "Microsoft.ContainerRegistry/registries", name, properties, tags=OWNED, sku=sku)


def keys(scan: Scan) -> Iterator[Document]:
    """Keys of the vaults, each as the request for it answers."""
    for name in ("storage", "databases", "disks", "backups"):
        yield key(VAULTS[CLINICAL], name, CLINICAL)
    for name in ("storage", "disks"):
        yield key(VAULTS[LAB], name, LAB)
    yield key(SWEDEN, "assistants", CLINICAL, location="swedencentral")


def blob_services(scan: Scan) -> Iterator[Document]:
    """Blob services of all accounts."""
    for name, (subscription, _) in ACCOUNTS.items():
        yield blob_service(name, subscription)


def lifecycles(scan: Scan) -> Iterator[Document]:
    """Lifecycle policies of all accounts."""
    for name, (subscription, _) in ACCOUNTS.items():
        yield lifecycle(name, subscription)


def blob_containers(scan: Scan) -> Iterator[Document]:
    """Containers of the accounts."""
    for account, name in (
        ("lumclinstudies", "ct"),
        ("lumclinstudies", "mr"),
        ("lumclinexports", "partners"),
        ("lumlabstudies", "ct"),
        ("lumlabstudies", "pet"),
        ("lumlabcheckpoints", "runs"),
    ):
        yield container(account, name, ACCOUNTS[account][0])


def deployments(scan: Scan) -> Iterator[Document]:
    """Deployments of Azure OpenAI."""
    yield deployment("lumenar-assistants", "report-drafts", CLINICAL, "Standard", tags=STUDIES)
    yield deployment("lumenar-assistants", "coding-help", CLINICAL, "DataZoneStandard", tags=TECHNICAL)
    yield deployment(
        "lumenar-assistants", "embeddings", CLINICAL, "Standard", model="text-embedding-3-large", version="1"
    )
    yield deployment("lumenar-drafting", "letters", LAB, "Standard", tags=STUDIES)


def computes(scan: Scan) -> Iterator[Document]:
    """Computes of the workspaces."""
    yield compute("imaging-clin", "h100", CLINICAL, "Standard_ND96isr_H100_v5")
    yield compute("imaging-clin", "quality", CLINICAL, "Standard_NC24ads_A100_v4", nodes=2)
    yield compute("imaging-lab", "a100", LAB, "Standard_NC96ads_A100_v4")
    for name in ("notebook-adler", "notebook-berg"):
        yield compute("imaging-lab", name, LAB, "Standard_NC24ads_A100_v4", sort="ComputeInstance")


def jobs(scan: Scan) -> Iterator[Document]:
    """Jobs of the workspaces."""
    for name in ("worklist-triage", "liver-lesions", "report-quality"):
        yield job(
            "imaging-clin", name, CLINICAL, "h100",
            f"azureml://datastores/studies/paths/{name}/", f"azureml://datastores/weights/paths/{name}/",
        )  # fmt: skip
    for name in ("pet-denoising", "synthetic-contrast", "dose-estimation"):
        yield job(
            "imaging-lab", name, LAB, "a100",
            f"azureml://datastores/studies/paths/{name}/",
            f"https://lumlabcheckpoints.blob.core.windows.net/runs/{name}/",
            size="Standard_NC96ads_A100_v4",
        )  # fmt: skip


def datastores(scan: Scan) -> Iterator[Document]:
    """Datastores of the workspaces."""
    for home, subscription, account in (
        ("imaging-clin", CLINICAL, "lumclinstudies"),
        ("imaging-lab", LAB, "lumlabstudies"),
    ):
        for name, holder, box in (
            ("studies", account, "ct"),
            ("weights", account.replace("studies", "workspace"), "weights"),
        ):
            properties: Document = {
                "datastoreType": "AzureBlob",
                "accountName": holder,
                "containerName": box,
                "endpoint": "core.windows.net",
                "protocol": "https",
                "isDefault": False,
                "credentials": {"credentialsType": "None"},
            }
            yield ml_child(home, "datastores", name, subscription, properties)


def models(scan: Scan) -> Iterator[Document]:
    """Registered models and their versions."""
    for name in ("worklist-triage", "liver-lesions"):
        yield ml_child("imaging-clin", "models", name, CLINICAL, {"isArchived": False, "latestVersion": "3"})
        properties: Document = {
            "modelType": "custom_model",
            "jobName": name,
            "modelUri": f"azureml://datastores/weights/paths/{name}/",
            "isArchived": False,
        }
        yield ml_child("imaging-clin", "models/versions", f"{name}/3", CLINICAL, properties)


def endpoints(scan: Scan) -> Iterator[Document]:
    """Online endpoints and what stands behind them."""
    for name in ("worklist-triage", "liver-lesions"):
        properties: Document = {
            "authMode": "AADToken",
            "publicNetworkAccess": "Disabled",
            "provisioningState": "Succeeded",
        }
        more = {"location": HOME, "kind": "Managed", "tags": STUDIES}
        yield ml_child("imaging-clin", "onlineEndpoints", f"ep-{name}", CLINICAL, properties, **more)
        properties: Document = {
            "endpointComputeType": "Managed",
            "instanceType": "Standard_NC24ads_A100_v4",
            "model": resource_id(
                CLINICAL, "Microsoft.MachineLearningServices/workspaces/models/versions", "imaging-clin", name, "3"
            ),
        }
        yield ml_child("imaging-clin", "onlineEndpoints/deployments", f"ep-{name}/blue", CLINICAL, properties, **more)


def diagnostics(scan: Scan) -> Iterator[Document]:
    """Where the activity logs of the subscriptions go."""
    for subscription, short in ((CLINICAL, "clin"), (LAB, "lab")):
        own = f"/subscriptions/{subscription}/providers/microsoft.insights/diagnosticSettings/activity"
        target = resource_id(subscription, "Microsoft.OperationalInsights/workspaces", f"log-{short}")
        logs = [{"category": "Administrative", "enabled": True}, {"category": "Security", "enabled": True}]
        properties: Document = {"workspaceId": target, "logs": logs}
        yield {"id": own, "name": "activity", "type": "Microsoft.Insights/diagnosticSettings", "properties": properties}


def policies(scan: Scan) -> Iterator[Document]:
    """The table `policyresources`: assignments."""
    allowed = {"listOfAllowedLocations": {"value": ["germanywestcentral", "swedencentral", "westeurope"]}}
    for subscription in (CLINICAL, LAB):
        scope = f"/subscriptions/{subscription}"
        if subscription == CLINICAL:
            yield assignment("allowed-locations", scope, "Allowed locations", _LOCATIONS, allowed)
            yield assignment("owner-tag", scope, "Require a tag on resources", _TAGS, {"tagName": {"value": "owner"}})
