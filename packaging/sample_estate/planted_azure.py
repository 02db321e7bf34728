"""Problems planted on Azure. What each must lead to stands in `problems`."""

from collections.abc import Iterator
from typing import Final

from azuredocuments import (
    HOME,
    ai_account,
    blob_service,
    child,
    container,
    cosmos,
    deployment,
    key,
    key_url,
    lifecycle,
    managed_disk,
    resource_id,
    row,
    storage,
    vault,
)
from azureplatforms import assignment, compute, ml_child, workspace
from estate_azure import OWNED, STAFF, STUDIES, TECHNICAL, VAULTS
from identity import CLINICAL, LAB, Document, Scan, identifier

_LOCATIONS: Final = "e56962a6-4747-49cd-b67b-bf8b01975c4c"
_STORAGE: Final = "Microsoft.Storage/storageAccounts"
AMERICAN: Final = "kv-lum-virginia"
_OWN: Final = (VAULTS[CLINICAL], "storage")

ACCOUNTS: Final[dict[str, tuple[str, dict[str, str], Document]]] = {
    "lumbrazilpilot": (
        CLINICAL,
        STUDIES,
        {"sku": "Standard_GRS", "location": "brazilsouth", "second": "southcentralus"},
    ),
    "lumclinhealth": (CLINICAL, STUDIES | {"data-class": "health", "ropa-id": "vvt-01"}, {}),
    "lumclinlegacy": (CLINICAL, STAFF, {"tls": "TLS1_0", "shared_keys": True}),
    "lumlabcross": (LAB, STUDIES, {"cross_tenant": True}),
    "lumlabdemo": (LAB, STUDIES, {"public": True}),
    "lumuseastml": (LAB, STUDIES, {"location": "eastus2"}),
}


def resources(scan: Scan) -> Iterator[Document]:
    """Rows of the table `resources`."""
    for name, (subscription, tags, options) in ACCOUNTS.items():
        own = (AMERICAN, "storage") if name == "lumuseastml" else (VAULTS[subscription], "storage")
        yield storage(name, subscription, key=own, tags=tags, **options)
    yield vault(AMERICAN, LAB, location="eastus2")
    yield vault("kv-lum-scratch", LAB, protected=False)
    yield cosmos(
        "cosmos-reading-lists",
        CLINICAL,
        key_url(VAULTS[CLINICAL], "databases"),
        STUDIES,
        "Germany West Central",
        "East US",
    )
    yield _machine("sin-viewer-1", {"name": "Branch Singapore", "city": "Singapore", "countryOrRegion": "SG"})
    properties: Document = {
        "connectivityStatus": "Connected",
        "distribution": "k3s",
        "infrastructure": "generic",
        "kubernetesVersion": "1.32.4",
        "totalNodeCount": 3,
        "provisioningState": "Succeeded",
    }
    kind = "Microsoft.Kubernetes/connectedClusters"
    yield row(CLINICAL, kind, "trailer-cluster", properties, location="westeurope", tags=TECHNICAL)
    yield ai_account(
        "lumenar-playground",
        LAB,
        (VAULTS[LAB], "storage"),
        location=HOME,
        tags=STUDIES,
        open_to_all=True,
        local_keys=True,
    )
    encryption_set = resource_id(LAB, "Microsoft.Compute/diskEncryptionSets", f"des-{VAULTS[LAB]}")
    yield managed_disk("gpu-lab-0-data", LAB, encryption_set, STUDIES, since="2026-03-14T10:00:00.0000000Z")
    yield from _american_workspace()
    properties: Document = {"retentionInDays": 30, "features": {}}
    yield row(LAB, "Microsoft.OperationalInsights/workspaces", "log-scratch", properties, tags=TECHNICAL)
    properties: Document = {
        "securitySettings": {"immutabilitySettings": {"state": "Disabled"}},
        "redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant", "crossRegionRestore": "Disabled"},
        "encryption": {"keyVaultProperties": {"keyUri": key_url(VAULTS[CLINICAL], "backups")}},
    }
    yield row(CLINICAL, "Microsoft.RecoveryServices/vaults", "rsv-worklists", properties, tags=OWNED)
    yield from _sql()
    if scan.first:
        yield storage("lumusscratch", LAB, key=(AMERICAN, "storage"), tags=STUDIES, location="eastus2")


def _machine(name: str, place: Document) -> Document:
    properties: Document = {
        "provisioningState": "Succeeded",
        "status": "Connected",
        "osType": "windows",
        "vmUuid": identifier(f"arc/{name}"),
        "detectedProperties": {"manufacturer": "Dell Inc.", "model": "PowerEdge R760"},
        "locationData": place,
    }
    return row(CLINICAL, "Microsoft.HybridCompute/machines", name, properties, location="westeurope", tags=TECHNICAL)


def _american_workspace() -> Iterator[Document]:
    stores = {
        "storageAccount": resource_id(LAB, _STORAGE, "lumuseastml"),
        "keyVault": resource_id(LAB, "Microsoft.KeyVault/vaults", VAULTS[LAB]),
    }
    yield workspace("imaging-us", LAB, key_url(AMERICAN, "storage"), stores, STUDIES, location="eastus2")


def _sql() -> Iterator[Document]:
    properties: Document = {
        "version": "12.0",
        "state": "Ready",
        "fullyQualifiedDomainName": "sql-billing.database.windows.net",
        "minimalTlsVersion": "1.2",
        "publicNetworkAccess": "Disabled",
        "keyId": key_url(VAULTS[CLINICAL], "databases"),
        "privateEndpointConnections": [],
    }
    yield row(CLINICAL, "Microsoft.Sql/servers", "sql-billing", properties, tags=STAFF, form="v12.0")


def sql_auditing(scan: Scan) -> Iterator[Document]:
    """Auditing of the SQL server, and its key."""
    properties: Document = {"state": "Disabled", "auditActionsAndGroups": [], "storageEndpoint": "", "retentionDays": 0}
    yield child(CLINICAL, "Microsoft.Sql/servers/auditingSettings", ("sql-billing", "default"), properties)


def keys(scan: Scan) -> Iterator[Document]:
    """Keys of the vaults."""
    yield key(AMERICAN, "storage", LAB, location="eastus2")
    yield key("kv-lum-scratch", "experiments", LAB, rotated=False)


def blob_services(scan: Scan) -> Iterator[Document]:
    """Blob services of the accounts."""
    for name, (subscription, _, _) in ACCOUNTS.items():
        yield blob_service(name, subscription, soft_delete=120 if name == "lumlabcross" else 14)


def lifecycles(scan: Scan) -> Iterator[Document]:
    """Lifecycle policies of the accounts."""
    for name, (subscription, _, _) in ACCOUNTS.items():
        yield lifecycle(name, subscription)


def blob_containers(scan: Scan) -> Iterator[Document]:
    """Containers."""
    yield container("lumlabdemo", "open-demo", LAB, access="Blob")


def deployments(scan: Scan) -> Iterator[Document]:
    """Deployments of Azure OpenAI."""
    account = "lumenar-assistants"
    if scan.second:
        yield deployment(account, "report-overflow", CLINICAL, "GlobalStandard", tags=STUDIES)
        yield deployment(
            account, "report-main", CLINICAL, "ProvisionedManaged", spillover="report-overflow", tags=STUDIES
        )
    else:
        yield deployment("lumenar-drafting", "summaries", LAB, "GlobalBatch", tags=STUDIES)
    yield deployment(
        "lumenar-drafting",
        "reasoner",
        LAB,
        "Standard",
        model="DeepSeek-R1",
        version="1",
        maker="DeepSeek",
        tags=STUDIES,
    )


def computes(scan: Scan) -> Iterator[Document]:
    """Computes of the workspaces."""
    size = "Standard_NC24ads_A100_v4"
    yield compute("imaging-lab", "notebook-open", LAB, size, sort="ComputeInstance", public=True)


def jobs(scan: Scan) -> Iterator[Document]:
    """A fine-tuning job in the American workspace."""
    data: Document = {"jobInputType": "uri_file", "mode": "ReadOnlyMount"}
    studies = "https://lumlabstudies.blob.core.windows.net/ct/letters.jsonl"
    properties: Document = {
        "jobType": "FineTuning",
        "status": "Completed",
        "experimentName": "letters",
        "isArchived": False,
        "fineTuningDetails": {
            "modelProvider": "AzureOpenAI",
            "taskType": "ChatCompletion",
            "model": {
                "jobInputType": "mlflow_model",
                "uri": "azureml://registries/azure-openai/models/gpt-4o/versions/1",
            },
            "trainingData": {**data, "uri": studies},
        },
        "outputs": {
            "registered": {
                "jobOutputType": "mlflow_model",
                "uri": "https://lumlabworkspace.blob.core.windows.net/models/",
            }
        },
    }
    yield ml_child("imaging-us", "jobs", "letters-finetune", LAB, properties)


def policies(scan: Scan) -> Iterator[Document]:
    """Assignments of policies."""
    scope = f"/subscriptions/{CLINICAL}/resourceGroups/rg-clinical-ai"
    wide = {"listOfAllowedLocations": {"value": ["westeurope", "germanywestcentral", "uksouth", "switzerlandnorth"]}}
    yield assignment("locations-of-the-group", scope, "Allowed locations (reading rooms)", _LOCATIONS, wide)
    listed = {"listOfAllowedLocations": {"value": ["germanywestcentral"]}}
    scope = f"/subscriptions/{LAB}"
    yield assignment("locations-trial", scope, "Allowed locations (trial run)", _LOCATIONS, listed, enforced=False)


def backups(scan: Scan) -> Iterator[Document]:
    """What the vault without a lock protects."""
    source = resource_id(CLINICAL, "Microsoft.DBforPostgreSQL/flexibleServers", "psql-worklists")
    kind = "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems"
    names = ("rsv-worklists", "Azure", "container;psql-worklists", "item;psql-worklists")
    properties: Document = {
        "sourceResourceId": source,
        "protectionState": "Protected",
        "workloadType": "AzurePostgreSQL",
    }
    yield child(CLINICAL, kind, names, properties)
