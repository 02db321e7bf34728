"""The simulated tenant: three subscriptions with planted problems, as documents of Resource Manager."""

from typing import Any

from azure_cloud import TENANT, Azure

RESEARCH = "a0000000-0000-4000-8000-000000000001"
PRODUCTION = "a0000000-0000-4000-8000-000000000002"
CLOSED = "a0000000-0000-4000-8000-000000000003"
PARTNER = "ffffffff-0000-4000-8000-000000000000"
HIDDEN = "a0000000-0000-4000-8000-00000000000f"
"""A subscription that the login may not list."""

PAIRS = {
    "westeurope": "northeurope",
    "northeurope": "westeurope",
    "swedencentral": "swedensouth",
    "germanywestcentral": "germanynorth",
    "brazilsouth": "southcentralus",
    "eastus": "westus",
}
PERSONAL = {"data-classification": "personal"}


def plant(azure: Azure) -> dict[str, str]:
    """Fills the tenant. Returns what was planted → uid."""
    azure.subscription(RESEARCH, "Research")
    azure.subscription(
        PRODUCTION, "Production", managedByTenants=[{"tenantId": "99999999-aaaa-4aaa-8aaa-999999999999"}]
    )
    azure.subscription(CLOSED, "Closed", state="Disabled")
    for name, paired in PAIRS.items():
        azure.locations.append(
            {
                "id": f"/subscriptions/{RESEARCH}/locations/{name}",
                "name": name,
                "displayName": name.title(),
                "metadata": {"regionType": "Physical", "pairedRegion": [{"name": paired, "id": f"/…/{paired}"}]},
            }
        )
    azure.groups.append(
        {
            "id": "/providers/Microsoft.Management/managementGroups/corp",
            "name": "corp",
            "type": "microsoft.management/managementgroups",
            "tenantId": TENANT,
            "properties": {"displayName": "Corporate", "details": {"parent": None}},
        }
    )
    found: dict[str, str] = {}
    for part in (_stores, _keys, _ai, _learning, _machines, _arc, _databases, _moving, _governance):
        found.update(part(azure))
    return found


def base(subscription: str = RESEARCH, group: str = "Rg-Training") -> str:
    """Where resources of a group are."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers"


def storage(azure: Azure, name: str, location: str = "westeurope", sku: str = "Standard_ZRS", **more: Any) -> str:
    """A storage account as ARM answers it, with a blob service."""
    identity = f"{base()}/Microsoft.Storage/storageAccounts/{name}"
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "creationTime": "2025-03-01T09:00:00.1234567Z",
        "primaryLocation": location,
        "encryption": {
            "keySource": "Microsoft.Storage",
            "services": {"blob": {"enabled": True}, "file": {"enabled": True}},
        },
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": False,
        "minimumTlsVersion": "TLS1_2",
        "supportsHttpsTrafficOnly": True,
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []},
    }
    tags = more.pop("tags", PERSONAL)
    properties.update(more)
    uid = azure.add(
        identity, location, kind="StorageV2", sku={"name": sku, "tier": "Standard"}, tags=tags, properties=properties
    )
    azure.add(
        f"{identity}/blobServices/default",
        properties={"deleteRetentionPolicy": {"enabled": True, "days": 14}, "isVersioningEnabled": False},
    )
    return uid


def container(azure: Azure, account: str, name: str, public: str = "None") -> str:
    """A blob container."""
    identity = f"{base()}/Microsoft.Storage/storageAccounts/{account}/blobServices/default/containers/{name}"
    return azure.add(
        identity,
        properties={"publicAccess": public, "hasImmutabilityPolicy": False, "hasLegalHold": False},
    )


def setting(azure: Azure, resource: str, name: str, target: str, *categories: str) -> str:
    """A diagnostic setting of a resource."""
    identity = f"{resource}/providers/Microsoft.Insights/diagnosticSettings/{name}"
    logs = [{"category": category, "enabled": True} for category in categories]
    return azure.add(identity, properties={"workspaceId": target, "logs": logs})


def _stores(azure: Azure) -> dict[str, str]:
    found = {"store": storage(azure, "trainingdata")}
    container(azure, "trainingdata", "patients")
    account = f"{base()}/Microsoft.Storage/storageAccounts/trainingdata"
    azure.add(
        f"{account}/managementPolicies/default",
        properties={
            "policy": {
                "rules": [
                    {
                        "enabled": True,
                        "name": "old",
                        "type": "Lifecycle",
                        "definition": {
                            "filters": {"blobTypes": ["blockBlob"]},
                            "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 365}}},
                        },
                    }
                ]
            }
        },
    )
    setting(
        azure,
        f"{account}/blobServices/default",
        "reads",
        f"{base()}/Microsoft.OperationalInsights/workspaces/logs",
        "StorageRead",
    )
    found["open container's account"] = storage(
        azure, "opendata", allowBlobPublicAccess=True, allowSharedKeyAccess=True
    )
    found["open container"] = container(azure, "opendata", "public", "Blob")
    found["account in India"] = storage(azure, "indiadata", "centralindia", "Standard_LRS")
    found["account paired with Texas"] = storage(
        azure, "rioarchive", "brazilsouth", "Standard_GRS", secondaryLocation="southcentralus"
    )
    found["copied account"] = storage(azure, "copied")
    azure.add(
        f"{base()}/Microsoft.Storage/storageAccounts/copied/objectReplicationPolicies/p1",
        properties={
            "sourceAccount": f"{base()}/Microsoft.Storage/storageAccounts/copied",
            "destinationAccount": f"{base()}/Microsoft.Storage/storageAccounts/indiadata",
            "rules": [{"ruleId": "r1", "sourceContainer": "a", "destinationContainer": "b"}],
        },
    )
    azure.add(
        f"{base()}/Microsoft.OperationalInsights/workspaces/logs",
        "westeurope",
        properties={"retentionInDays": 90, "publicNetworkAccessForIngestion": "Enabled"},
        tags={},
    )
    return found


def _keys(azure: Azure) -> dict[str, str]:
    vault = f"{base()}/Microsoft.KeyVault/vaults/corpkeys"
    azure.add(
        vault,
        "westeurope",
        tags={},
        properties={
            "sku": {"family": "A", "name": "premium"},
            "tenantId": TENANT,
            "vaultUri": "https://corpkeys.vault.azure.net/",
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
            "publicNetworkAccess": "Enabled",
            "networkAcls": {
                "bypass": "AzureServices",
                "defaultAction": "Deny",
                "ipRules": [],
                "virtualNetworkRules": [],
            },
        },
    )
    found: dict[str, str] = {}
    for name, kty, days in (("data", "RSA-HSM", None), ("still", "RSA", None)):
        policy: dict[str, Any] = {"attributes": {}, "lifetimeActions": []}
        if name == "data":
            policy["lifetimeActions"] = [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P90D"}}]
        found[f"key {name}"] = azure.add(
            f"{vault}/keys/{name}",
            "westeurope",
            tags={},
            properties={
                "kty": kty,
                "keySize": 3072,
                "keyUri": f"https://corpkeys.vault.azure.net/keys/{name}",
                "attributes": {"enabled": True, "created": 1700000000, "exp": days},
                "rotationPolicy": policy,
            },
        )
    hsm = f"{base()}/Microsoft.KeyVault/managedHSMs/corphsm"
    azure.add(
        hsm,
        "westeurope",
        sku={"family": "B", "name": "Standard_B1"},
        tags={},
        properties={
            "hsmUri": "https://corphsm.managedhsm.azure.net/",
            "enablePurgeProtection": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
            "publicNetworkAccess": "Disabled",
            "regions": [{"name": "westeurope", "isPrimary": True}],
        },
    )
    found["key in the HSM"] = azure.add(
        f"{hsm}/keys/models",
        properties={
            "kty": "RSA-HSM",
            "keyUri": "https://corphsm.managedhsm.azure.net/keys/models",
            "attributes": {"enabled": True},
        },
    )
    return found


def _ai(azure: Azure) -> dict[str, str]:
    account = f"{base()}/Microsoft.CognitiveServices/accounts/gpt-research"
    found = {
        "AI account": azure.add(
            account,
            "SWEDENCENTRAL",
            kind="AIServices",
            sku={"name": "S0"},
            tags=PERSONAL,
            properties={
                "allowProjectManagement": True,
                "customSubDomainName": "gpt-research",
                "endpoint": "https://gpt-research.cognitiveservices.azure.com/",
                "publicNetworkAccess": "Enabled",
                "networkAcls": {"defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []},
                "privateEndpointConnections": [],
                "disableLocalAuth": False,
                "capabilities": [{"name": "VirtualNetworks"}],
                "provisioningState": "Succeeded",
            },
        )
    }
    for name, sku, more in (
        ("global", "GlobalStandard", {}),
        ("zone", "DataZoneStandard", {}),
        ("here", "Standard", {"spilloverDeploymentName": "global"}),
        ("novel", "OrbitalStandard", {}),
    ):
        found[f"deployment {name}"] = azure.add(
            f"{account}/deployments/{name}",
            sku={"name": sku, "capacity": 10},
            properties={
                "model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"},
                "provisioningState": "Succeeded",
                **more,
            },
        )
    found["project"] = azure.add(
        f"{account}/projects/pathology", "swedencentral", properties={"isDefault": True}, identity={"type": "None"}
    )
    azure.add(
        f"{account}/projects/pathology/connections/bing",
        properties={
            "category": "GroundingWithBingSearch",
            "target": "https://api.bing.microsoft.com/",
            "authType": "ApiKey",
        },
    )
    for name, base_model in (("gpt-4.1", None), ("gpt-4.1.ft-0001-pathology", {"name": "gpt-4.1", "format": "OpenAI"})):
        entry: dict[str, Any] = {
            "name": name,
            "format": "OpenAI",
            "version": "1",
            "lifecycleStatus": "GenerallyAvailable",
        }
        if base_model is not None:
            entry["baseModel"] = base_model
        azure.add(f"{account}/models/{name}", properties=entry)
    found["own model"] = f"{account}/models/gpt-4.1.ft-0001-pathology".lower()
    return found


def _learning(azure: Azure) -> dict[str, str]:
    workspace = f"{base()}/Microsoft.MachineLearningServices/workspaces/radiology"
    store = f"{base()}/Microsoft.Storage/storageAccounts/trainingdata"
    found = {
        "workspace": azure.add(
            workspace,
            "westeurope",
            kind="Default",
            tags=PERSONAL,
            sku={"name": "Basic", "tier": "Basic"},
            properties={
                "storageAccount": store,
                "keyVault": f"{base()}/Microsoft.KeyVault/vaults/corpkeys",
                "publicNetworkAccess": "Disabled",
                "hbiWorkspace": False,
                "managedNetwork": {"isolationMode": "Disabled"},
                "privateLinkCount": 0,
            },
        ),
        "compute in the US": azure.add(
            f"{workspace}/computes/h100",
            properties={
                "computeType": "AmlCompute",
                "computeLocation": "eastus",
                "properties": {"vmSize": "Standard_ND96isr_H100_v5", "currentNodeCount": 2, "enableNodePublicIp": True},
            },
        ),
        "notebook": azure.add(
            f"{workspace}/computes/desk",
            properties={
                "computeType": "ComputeInstance",
                "computeLocation": "westeurope",
                "properties": {"vmSize": "Standard_NC6s_v3", "subnet": None, "enableNodePublicIp": False},
            },
        ),
        "job": azure.add(
            f"{workspace}/jobs/train-7b",
            properties={
                "jobType": "Command",
                "status": "Completed",
                "computeId": f"{workspace}/computes/h100",
                "resources": {"instanceType": "Standard_ND96isr_H100_v5", "instanceCount": 2},
                "inputs": {
                    "data": {
                        "jobInputType": "uri_folder",
                        "uri": "abfss://patients@trainingdata.dfs.core.windows.net/ct/",
                    }
                },
                "outputs": {
                    "model": {
                        "jobOutputType": "uri_folder",
                        "uri": "https://indiadata.blob.core.windows.net/models/7b",
                    }
                },
            },
        ),
        "datastore": azure.add(
            f"{workspace}/datastores/images",
            properties={
                "datastoreType": "AzureBlob",
                "accountName": "indiadata",
                "containerName": "images",
                "endpoint": "core.windows.net",
                "protocol": "https",
                "isDefault": False,
            },
        ),
        "endpoint": azure.add(
            f"{workspace}/onlineEndpoints/score",
            "westeurope",
            kind="Managed",
            tags={},
            properties={"authMode": "Key", "publicNetworkAccess": "Enabled"},
        ),
    }
    azure.add(
        f"{workspace}/onlineEndpoints/score/deployments/blue",
        "westeurope",
        tags={},
        properties={
            "instanceType": "Standard_NC24ads_A100_v4",
            "model": "azureml:seg:3",
            "endpointComputeType": "Managed",
        },
    )
    azure.add(f"{workspace}/models/seg", properties={"latestVersion": "3", "isArchived": False})
    azure.add(
        f"{workspace}/models/seg/versions/3",
        properties={
            "modelUri": "azureml://jobs/train-7b/outputs/artifacts/paths/model",
            "modelType": "custom_model",
            "jobName": "train-7b",
        },
    )
    azure.add(f"{workspace}/data/ct", properties={"dataType": "uri_folder", "latestVersion": "2", "isArchived": False})
    for version in ("1", "2"):
        azure.add(
            f"{workspace}/data/ct/versions/{version}",
            properties={
                "dataType": "uri_folder",
                "isArchived": False,
                "dataUri": "azureml://datastores/images/paths/ct/",
            },
        )
    return found


def _machines(azure: Azure) -> dict[str, str]:
    group = base(PRODUCTION, "rg-prod")
    network = f"{group}/Microsoft.Network"
    found = {
        "GPU machine": azure.add(
            f"{group}/Microsoft.Compute/virtualMachines/gpu-1",
            "westeurope",
            zones=["1"],
            tags={},
            properties={
                "vmId": "5c1c2c3c-0000-4000-8000-000000000001",
                "hardwareProfile": {"vmSize": "Standard_NC40ads_H100_v5"},
                "storageProfile": {"osDisk": {"managedDisk": {"id": f"{group}/Microsoft.Compute/disks/gpu-1-os"}}},
                "networkProfile": {"networkInterfaces": [{"id": f"{network}/networkInterfaces/gpu-1-nic"}]},
            },
        )
    }
    azure.add(
        f"{network}/networkInterfaces/gpu-1-nic",
        "westeurope",
        properties={
            "virtualMachine": {"id": f"{group}/Microsoft.Compute/virtualMachines/gpu-1"},
            "networkSecurityGroup": {"id": f"{network}/networkSecurityGroups/gpu-nsg"},
            "ipConfigurations": [
                {
                    "properties": {
                        "subnet": {"id": f"{network}/virtualNetworks/prod/subnets/gpu"},
                        "publicIPAddress": {"id": f"{network}/publicIPAddresses/gpu-ip"},
                    }
                }
            ],
        },
    )
    azure.add(f"{network}/publicIPAddresses/gpu-ip", "westeurope", properties={"ipAddress": "203.0.113.7"})
    azure.add(
        f"{network}/networkSecurityGroups/gpu-nsg",
        "westeurope",
        properties={
            "securityRules": [
                {
                    "name": "notebooks",
                    "properties": {
                        "access": "Allow",
                        "direction": "Inbound",
                        "protocol": "Tcp",
                        "priority": 100,
                        "sourceAddressPrefix": "Internet",
                        "destinationPortRange": "8888",
                    },
                }
            ],
            "networkInterfaces": [{"id": f"{network}/networkInterfaces/gpu-1-nic"}],
            "subnets": [],
        },
    )
    azure.add(
        f"{network}/virtualNetworks/prod",
        "westeurope",
        tags={},
        properties={
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "virtualNetworkPeerings": [
                {
                    "properties": {
                        "peeringState": "Connected",
                        "remoteVirtualNetwork": {
                            "id": f"{base(PARTNER, 'x')}/Microsoft.Network/virtualNetworks/partner"
                        },
                    }
                }
            ],
            "subnets": [{"id": f"{network}/virtualNetworks/prod/subnets/gpu", "properties": {}}],
        },
    )
    found["disk"] = azure.add(
        f"{group}/Microsoft.Compute/disks/gpu-1-os",
        "westeurope",
        managedBy=f"{group}/Microsoft.Compute/virtualMachines/gpu-1",
        properties={
            "diskState": "Attached",
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "timeCreated": "2025-06-01T00:00:00Z",
        },
    )
    found["old snapshot"] = azure.add(
        f"{group}/Microsoft.Compute/snapshots/old",
        "westeurope",
        tags={},
        properties={
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "creationData": {"createOption": "Copy", "sourceResourceId": f"{group}/Microsoft.Compute/disks/gpu-1-os"},
            "incremental": False,
            "timeCreated": "2023-01-01T00:00:00Z",
        },
    )
    found["cluster"] = azure.add(
        f"{group}/Microsoft.ContainerService/managedClusters/train",
        "westeurope",
        tags={},
        properties={
            "kubernetesVersion": "1.33",
            "fqdn": "train-dns.hcp.westeurope.azmk8s.io",
            "apiServerAccessProfile": {"enablePrivateCluster": False},
            "agentPoolProfiles": [
                {
                    "name": "gpu",
                    "vmSize": "Standard_ND96isr_H200_v5",
                    "count": 4,
                    "enableNodePublicIP": False,
                    "mode": "User",
                }
            ],
        },
    )
    azure.add(
        f"{group}/Microsoft.Compute/virtualMachineScaleSets/render",
        "eastus",
        sku={"name": "Standard_NV36ads_A10_v5", "capacity": 3},
        tags={},
        properties={"orchestrationMode": "Uniform", "virtualMachineProfile": {}},
    )
    azure.add(
        f"{group}/Microsoft.Batch/batchAccounts/nightly",
        "westeurope",
        tags={},
        properties={"poolAllocationMode": "BatchService", "encryption": {"keySource": "Microsoft.Batch"}},
    )
    azure.add(
        f"{group}/Microsoft.Batch/batchAccounts/nightly/pools/v100",
        properties={"vmSize": "STANDARD_NC6S_V3", "currentDedicatedNodes": 1, "currentLowPriorityNodes": 2},
    )
    azure.add(
        f"{group}/Microsoft.Compute/galleries/images",
        "westeurope",
        tags={},
        properties={"sharingProfile": {"permissions": "Private"}},
    )
    azure.add(
        f"{group}/Microsoft.Compute/galleries/images/images/cuda", "westeurope", tags={}, properties={"osType": "Linux"}
    )
    found["image in the US"] = azure.add(
        f"{group}/Microsoft.Compute/galleries/images/images/cuda/versions/1.0.0",
        "westeurope",
        tags={},
        properties={"publishingProfile": {"targetRegions": [{"name": "West Europe"}, {"name": "East US"}]}},
    )
    azure.add(f"{group}/Microsoft.Quantum/workspaces/q", "westeurope", properties={})
    return found


def _arc(azure: Azure) -> dict[str, str]:
    group = base(RESEARCH, "rg-arc")
    found = {
        "machine in Singapore": azure.add(
            f"{group}/Microsoft.HybridCompute/machines/sgp-dgx-01",
            "westeurope",
            tags={},
            properties={
                "status": "Connected",
                "osType": "linux",
                "vmUuid": "4c4c4544-0051-4210-8052-b4c04f4d3032",
                "locationData": {
                    "name": "SG1 hall",
                    "city": "Singapore",
                    "district": None,
                    "countryOrRegion": "Singapore",
                },
                "detectedProperties": {"manufacturer": "NVIDIA", "model": "DGX H100"},
            },
        ),
        "machine at AWS": azure.add(
            f"{group}/Microsoft.HybridCompute/machines/i-0abc1234def567890",
            "westeurope",
            tags={},
            properties={"cloudMetadata": {"provider": "AWS"}, "osType": "linux", "locationData": None},
        ),
        "machine whose place the graph leaves out": azure.add(
            f"{group}/Microsoft.HybridCompute/machines/osl-01",
            "westeurope",
            tags={},
            scrubbed=("locationData",),
            properties={"osType": "linux", "locationData": {"city": "Oslo", "countryOrRegion": "Norway"}},
        ),
        "machine nowhere": azure.add(
            f"{group}/Microsoft.HybridCompute/machines/attic",
            "westeurope",
            tags={},
            properties={"osType": "linux", "locationData": {"name": None, "countryOrRegion": None}},
        ),
        "connected cluster": azure.add(
            f"{group}/Microsoft.Kubernetes/connectedClusters/hall-k8s",
            "westeurope",
            tags={},
            properties={"distribution": "rke2", "infrastructure": "vsphere", "totalNodeCount": 6},
        ),
    }
    location = f"{group}/Microsoft.ExtendedLocation/customLocations/hall"
    found["custom location"] = azure.add(
        location,
        "westeurope",
        tags={},
        properties={
            "hostResourceId": f"{group}/Microsoft.Kubernetes/connectedClusters/hall-k8s",
            "namespace": "arc",
            "displayName": "Hall",
        },
    )
    found["database in the hall"] = azure.add(
        f"{group}/Microsoft.AzureArcData/sqlManagedInstances/ward",
        "westeurope",
        extendedLocation={"name": location, "type": "CustomLocation"},
        tags=PERSONAL,
        properties={"provisioningState": "Succeeded"},
    )
    return found


def _databases(azure: Azure) -> dict[str, str]:
    group = base(PRODUCTION, "rg-data")
    server = f"{group}/Microsoft.Sql/servers/clinical"
    found = {
        "server": azure.add(
            server,
            "westeurope",
            tags=PERSONAL,
            properties={"publicNetworkAccess": "Enabled", "minimalTlsVersion": "1.0", "version": "12.0"},
        ),
        "database": azure.add(
            f"{server}/databases/trials",
            "westeurope",
            tags=PERSONAL,
            sku={"name": "GP_Gen5", "tier": "GeneralPurpose"},
            properties={
                "status": "Online",
                "zoneRedundant": False,
                "currentBackupStorageRedundancy": "Geo",
                "defaultSecondaryLocation": "northeurope",
            },
        ),
    }
    azure.add(f"{server}/databases/master", "westeurope", properties={"status": "Online"})
    azure.add(f"{server}/encryptionProtector/current", properties={"serverKeyType": "ServiceManaged"})
    azure.add(f"{server}/databases/trials/transparentDataEncryption/current", properties={"state": "Disabled"})
    azure.add(f"{server}/databases/trials/backupShortTermRetentionPolicies/default", properties={"retentionDays": 7})
    azure.add(f"{server}/auditingSettings/default", properties={"state": "Disabled"})
    kept = f"{group}/Microsoft.Sql/locations/westeurope/longTermRetentionServers/clinical/longTermRetentionDatabases"
    found["backup kept for years"] = azure.add(
        f"{kept}/trials/longTermRetentionBackups/55555555-6666-7777-8888-999999999999;131637960820000000",
        properties={
            "serverName": "clinical",
            "databaseName": "trials",
            "backupTime": "2023-08-23T08:00:00Z",
            "backupExpirationTime": "2030-08-23T08:00:00Z",
            "backupStorageRedundancy": "Geo",
        },
    )
    found["cosmos"] = azure.add(
        f"{group}/Microsoft.DocumentDB/databaseAccounts/embeddings",
        "West Europe",
        kind="GlobalDocumentDB",
        tags=PERSONAL,
        properties={
            "locations": [
                {"locationName": "West Europe", "isZoneRedundant": True},
                {"locationName": "Southeast Asia", "isZoneRedundant": False},
            ],
            "writeLocations": [{"locationName": "West Europe"}],
            "readLocations": [{"locationName": "West Europe"}, {"locationName": "Southeast Asia"}],
            "publicNetworkAccess": "Enabled",
            "disableLocalAuth": False,
            "minimalTlsVersion": "Tls12",
            "backupPolicy": {
                "type": "Periodic",
                "periodicModeProperties": {"backupStorageRedundancy": "Geo", "backupRetentionIntervalInHours": 8},
            },
        },
    )
    database = f"{group}/Microsoft.DocumentDB/databaseAccounts/embeddings/sqlDatabases/vectors"
    azure.add(database, properties={"resource": {"id": "vectors"}})
    found["container without an end"] = azure.add(
        f"{database}/containers/patients",
        properties={"resource": {"id": "patients", "partitionKey": {"paths": ["/id"]}}},
    )
    found["container that forgets"] = azure.add(
        f"{database}/containers/cache", properties={"resource": {"id": "cache", "defaultTtl": 90_000}}
    )
    found["postgres"] = azure.add(
        f"{group}/Microsoft.DBforPostgreSQL/flexibleServers/meta",
        "westeurope",
        tags=PERSONAL,
        properties={
            "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Enabled"},
            "network": {"publicNetworkAccess": "Disabled"},
            "dataEncryption": {"type": "SystemManaged"},
            "highAvailability": {"mode": "ZoneRedundant"},
        },
    )
    return found


def _moving(azure: Azure) -> dict[str, str]:
    group = base(PRODUCTION, "rg-data")
    factory = f"{group}/Microsoft.DataFactory/factories/intake"
    azure.add(factory, "westeurope", tags={}, properties={"publicNetworkAccess": "Enabled"})
    found = {
        "pipeline": azure.add(
            f"{factory}/pipelines/pull",
            properties={
                "activities": [
                    {
                        "name": "copy",
                        "type": "Copy",
                        "inputs": [{"referenceName": "us_bucket", "type": "DatasetReference"}],
                        "outputs": [{"referenceName": "landing", "type": "DatasetReference"}],
                    }
                ]
            },
        )
    }
    azure.add(
        f"{factory}/datasets/us_bucket",
        properties={
            "type": "Binary",
            "linkedServiceName": {"referenceName": "s3", "type": "LinkedServiceReference"},
            "typeProperties": {"location": {"type": "AmazonS3Location", "bucketName": "us-scans"}},
        },
    )
    azure.add(
        f"{factory}/datasets/landing",
        properties={"type": "Binary", "linkedServiceName": {"referenceName": "lake", "type": "LinkedServiceReference"}},
    )
    azure.add(
        f"{factory}/linkedservices/lake",
        properties={"type": "AzureBlobFS", "typeProperties": {"url": "https://trainingdata.dfs.core.windows.net"}},
    )
    azure.add(
        f"{factory}/linkedservices/s3",
        properties={"type": "AmazonS3", "typeProperties": {"secretAccessKey": {"type": "SecureString"}}},
    )
    azure.add(
        f"{factory}/integrationRuntimes/eu",
        properties={"type": "Managed", "typeProperties": {"computeProperties": {"location": "West Europe"}}},
    )
    vault = f"{group}/Microsoft.RecoveryServices/vaults/safe"
    found["vault"] = azure.add(
        vault,
        "brazilsouth",
        sku={"name": "Standard"},
        tags={},
        properties={
            "redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant", "crossRegionRestore": "Enabled"},
            "securitySettings": {"immutabilitySettings": {"state": "Disabled"}},
        },
    )
    azure.add(
        f"{vault}/backupFabrics/Azure/protectionContainers/c1/protectedItems/gpu-1",
        properties={"sourceResourceId": f"{base(PRODUCTION, 'rg-prod')}/Microsoft.Compute/virtualMachines/gpu-1"},
    )
    account = f"{group}/Microsoft.NetApp/netAppAccounts/fast"
    azure.add(account, "westeurope", tags={}, properties={"encryption": {"keySource": "Microsoft.NetApp"}})
    azure.add(f"{account}/capacityPools/p1", "westeurope", properties={"size": 4398046511104})
    copy = "Microsoft.NetApp/netAppAccounts/us/capacityPools/p/volumes/copy"
    found["volume"] = azure.add(
        f"{account}/capacityPools/p1/volumes/scans",
        "westeurope",
        tags=PERSONAL,
        properties={
            "encryptionKeySource": "Microsoft.NetApp",
            "dataProtection": {
                "replication": {
                    "endPointType": "Src",
                    "remoteVolumeResourceId": f"{base(PRODUCTION, 'us')}/{copy}",
                    "remoteVolumeRegion": "eastus",
                    "replicationSchedule": "hourly",
                }
            },
        },
    )
    return found


def _governance(azure: Azure) -> dict[str, str]:
    location = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
    above = "/providers/Microsoft.Management/managementGroups/corp"
    found: dict[str, str] = {}
    assignment: dict[str, Any] = {
        "id": f"{above}/providers/Microsoft.Authorization/policyAssignments/eu-only",
        "name": "eu-only",
        "type": "Microsoft.Authorization/policyAssignments",
        "properties": {
            "displayName": "Only European regions",
            "policyDefinitionId": location,
            "scope": above,
            "notScopes": [],
            "parameters": {"listOfAllowedLocations": {"value": ["westeurope", "swedencentral"]}},
            "enforcementMode": "Default",
        },
    }
    azure.add(
        location,
        properties={
            "displayName": "Allowed locations",
            "policyType": "BuiltIn",
            "parameters": {"listOfAllowedLocations": {"type": "Array"}},
            "policyRule": {
                "if": {
                    "allOf": [
                        {"field": "location", "notIn": "[parameters('listOfAllowedLocations')]"},
                        {"field": "location", "notEquals": "global"},
                    ]
                },
                "then": {"effect": "deny"},
            },
        },
    )
    own = f"{above}/providers/Microsoft.Authorization/policyDefinitions/no-global-ai"
    azure.add(
        own,
        properties={
            "policyType": "Custom",
            "parameters": {"effect": {"type": "String", "defaultValue": "Audit"}},
            "policyRule": {
                "if": {
                    "field": "Microsoft.CognitiveServices/accounts/deployments/sku.name",
                    "notIn": ["Standard", "ProvisionedManaged"],
                },
                "then": {"effect": "[parameters('effect')]"},
            },
        },
    )
    initiative = f"{above}/providers/Microsoft.Authorization/policySetDefinitions/ai"
    azure.add(
        initiative,
        properties={
            "policyType": "Custom",
            "parameters": {"what": {"type": "String", "defaultValue": "Audit"}},
            "policyDefinitions": [
                {"policyDefinitionId": own, "parameters": {"effect": {"value": "[parameters('what')]"}}},
                {
                    "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/built-in",
                    "parameters": {},
                },
            ],
        },
    )
    found["AI policy"] = azure.add(
        f"/subscriptions/{RESEARCH}/providers/Microsoft.Authorization/policyAssignments/ai",
        properties={
            "displayName": "No global AI",
            "policyDefinitionId": initiative,
            "scope": f"/subscriptions/{RESEARCH}",
            "parameters": {"what": {"value": "Deny"}},
            "enforcementMode": "Default",
        },
    )
    azure.violations = {assignment["id"]: 3}
    azure.inherited = {RESEARCH: [assignment], PRODUCTION: [assignment]}
    exemption = azure.add(
        f"/subscriptions/{RESEARCH}/providers/Microsoft.Authorization/policyExemptions/india",
        properties={"policyAssignmentId": assignment["id"], "exemptionCategory": "Waiver"},
    )
    setting(
        azure,
        f"/subscriptions/{RESEARCH}",
        "activity",
        f"{base()}/Microsoft.OperationalInsights/workspaces/logs",
        "Administrative",
        "Security",
    )
    for name, tier in (("StorageAccounts", "Standard"), ("AI", "Free")):
        azure.add(
            f"/subscriptions/{RESEARCH}/providers/Microsoft.Security/pricings/{name}", properties={"pricingTier": tier}
        )
    azure.add(
        f"/subscriptions/{RESEARCH}/providers/Microsoft.Security/securityContacts/default",
        properties={"emails": "security@example.org", "isEnabled": True},
    )
    return {**found, "policy": assignment["id"].lower(), "exemption": exemption}
