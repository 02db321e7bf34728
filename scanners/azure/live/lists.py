"""What Resource Graph's table `resources` shows, and the lists of Resource Manager that take its place.

The newest version of each interface stands here and in the services' modules, nowhere else. A cloud that lags behind
names those that it has, and the door takes one of them.
"""

from typing import Final

from scanners.azure.live.declare import of_subscription
from scanners.live.rest import RestOperation

_TABLE: Final = """
Microsoft.AzureArcData/postgresInstances 2023-11-01-preview
Microsoft.AzureArcData/sqlManagedInstances 2023-11-01-preview
Microsoft.AzureArcData/sqlServerInstances 2023-11-01-preview
Microsoft.AzureStackHCI/clusters 2024-04-01
Microsoft.Batch/batchAccounts 2025-06-01
Microsoft.Cache/redis 2024-11-01
Microsoft.CognitiveServices/accounts 2025-09-01
Microsoft.Compute/diskEncryptionSets 2026-03-02
Microsoft.Compute/disks 2026-03-02
Microsoft.Compute/galleries 2026-03-03
Microsoft.Compute/images 2026-04-01
Microsoft.Compute/snapshots 2026-03-02
Microsoft.Compute/virtualMachines 2026-04-01
Microsoft.Compute/virtualMachineScaleSets 2026-04-01
Microsoft.ContainerInstance/containerGroups 2023-05-01
Microsoft.ContainerRegistry/registries 2025-11-01
Microsoft.ContainerService/containerServices 2017-07-01
Microsoft.ContainerService/managedClusters 2026-08-01
Microsoft.DataFactory/factories 2018-06-01
Microsoft.DataLakeAnalytics/accounts 2016-11-01
Microsoft.DataLakeStore/accounts 2016-11-01
Microsoft.DataProtection/backupVaults 2025-07-01
Microsoft.Databricks/workspaces 2026-01-01
Microsoft.DBforMariaDB/servers 2018-06-01
Microsoft.DBforMySQL/flexibleServers 2023-12-30
Microsoft.DBforMySQL/servers 2017-12-01
Microsoft.DBforPostgreSQL/flexibleServers 2026-10-01
Microsoft.DBforPostgreSQL/servers 2017-12-01
Microsoft.DocumentDB/databaseAccounts 2026-03-15
Microsoft.DocumentDB/mongoClusters 2024-07-01
Microsoft.EventHub/namespaces 2024-01-01
Microsoft.ExtendedLocation/customLocations 2021-08-15
Microsoft.Fabric/capacities 2023-11-01
Microsoft.HDInsight/clusters 2021-06-01
Microsoft.HybridCompute/machines 2026-07-15
Microsoft.Insights/components 2020-02-02
Microsoft.KeyVault/managedHSMs 2026-05-15
Microsoft.KeyVault/vaults 2026-05-15
Microsoft.Kubernetes/connectedClusters 2026-05-01
Microsoft.Kusto/clusters 2024-04-13
Microsoft.MachineLearningServices/registries 2023-04-01
Microsoft.MachineLearningServices/workspaces 2023-04-01
Microsoft.NetApp/netAppAccounts 2026-08-01
Microsoft.Network/networkInterfaces 2024-05-01
Microsoft.Network/networkSecurityGroups 2024-05-01
Microsoft.Network/privateEndpoints 2024-05-01
Microsoft.Network/virtualNetworks 2024-05-01
Microsoft.OperationalInsights/workspaces 2025-07-01
Microsoft.Purview/accounts 2021-12-01
Microsoft.RecoveryServices/vaults 2025-02-01
Microsoft.RedHatOpenShift/openShiftClusters 2023-11-22
Microsoft.Search/searchServices 2025-05-01
Microsoft.Sql/managedInstances 2025-01-01
Microsoft.Sql/servers 2025-01-01
Microsoft.Storage/storageAccounts 2026-09-01
Microsoft.StorageCache/amlFilesystems 2026-08-01
Microsoft.StreamAnalytics/streamingJobs 2020-03-01
Microsoft.Synapse/workspaces 2021-06-01
"""

LISTS: Final[dict[str, RestOperation]] = {
    path.lower(): of_subscription(path, version)
    for path, version in (line.split() for line in _TABLE.strip().splitlines())
}
"""Native type → the list of a whole subscription. Resource Graph is asked for all of them at once, and shows each only
to who may read it by its own `…/read` permission."""
