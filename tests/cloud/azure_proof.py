"""Two tenants to prove rules on: in one nothing is wrong, in the other everything is that rules look for.

Both are made by the same lines: `either(good, bad)` is what a member of a document is in the one and in the other.
Documents are those of Resource Manager (names of members as in its REST reference).
"""

from typing import Any

from azure_cloud import TENANT, Azure
from azure_estate import PAIRS, RESEARCH, base

ARCHIVE = "a0000000-0000-4000-8000-000000000009"
"""A second subscription of the good tenant: where backups go."""
EMPTY = "a0000000-0000-4000-8000-00000000000a"
"""A subscription without anything in it."""
PARTNER_TENANT = "77777777-aaaa-4aaa-8aaa-777777777777"
HOME = f"/subscriptions/{RESEARCH}"
GROUP = base(RESEARCH, "rg-proof")
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/proofkeys"
HSM = f"{GROUP}/Microsoft.KeyVault/managedHSMs/proofhsm"
NETWORK = f"{GROUP}/Microsoft.Network"
LOGS = f"{GROUP}/Microsoft.Storage/storageAccounts/prooflogs"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/prooflogs"
LEARNING = f"{GROUP}/Microsoft.MachineLearningServices/workspaces/proof"
OPENED = {"privateLinkServiceConnectionState": {"status": "Approved", "actionsRequired": "None"}}


class Proof:
    """One of the two tenants while it is filled."""

    def __init__(self, azure: Azure, *, good: bool) -> None:
        self.azure, self.good = azure, good
        self.planted: dict[str, str] = {}

    def either(self, good: Any, bad: Any) -> Any:
        """What is so in the good tenant, and in the bad one."""
        return good if self.good else bad

    def tags(self, data_class: str = "personal", **more: str) -> dict[str, str]:
        """Tags of something that holds data; nobody entered the bad tenant in the record of processing."""
        return {"data-classification": data_class, **({"ropa": "PA-1"} if self.good else {}), **more}

    def add(self, what: str, identity: str, location: str | None = None, **document: Any) -> str:
        """A document that tests name by `what`."""
        self.planted[what] = self.azure.add(identity, location, **document)
        return identity

    def setting(self, resource: str, *categories: str, target: str = WORKSPACE, good_only: bool = True) -> None:
        """A diagnostic setting, in the good tenant only unless said otherwise."""
        if not self.good and good_only:
            return
        where = "storageAccountId" if "storageAccounts" in target else "workspaceId"
        logs = [{"category": category, "enabled": True} for category in categories]
        self.azure.add(
            f"{resource}/providers/Microsoft.Insights/diagnosticSettings/proof",
            properties={where: target, "logs": logs},
        )


def prove(azure: Azure, *, good: bool) -> dict[str, str]:
    """Fills a tenant. Returns what was planted → uid."""
    p = Proof(azure, good=good)
    azure.subscription(RESEARCH, "Research")
    azure.subscription(ARCHIVE, "Archive")
    azure.subscription(EMPTY, "Empty")
    azure.groups.append(
        {
            "id": "/providers/Microsoft.Management/managementGroups/corp",
            "name": "corp",
            "type": "microsoft.management/managementgroups",
            "tenantId": TENANT,
            "properties": {"displayName": "Corporate", "details": {"parent": None}},
        }
    )
    for name, paired in PAIRS.items():
        azure.locations.append(
            {
                "id": f"/subscriptions/{RESEARCH}/locations/{name}",
                "name": name,
                "metadata": {"regionType": "Physical", "pairedRegion": [{"name": paired, "id": f"/…/{paired}"}]},
            }
        )
    for part in (_governance, _keys, _stores, _copies, _databases, _machines, _ai, _learning, _moving):
        part(p)
    return p.planted


# -- what governs ---------------------------------------------------------------------------------------------------


def _definition(p: Proof, name: str, rule: dict[str, Any], effect: str) -> str:
    identity = f"/subscriptions/{RESEARCH}/providers/Microsoft.Authorization/policyDefinitions/{name}"
    p.azure.add(
        identity,
        properties={"policyType": "Custom", "parameters": {}, "policyRule": {"if": rule, "then": {"effect": effect}}},
    )
    return identity


def _governance(p: Proof) -> None:
    azure = p.azure
    azure.lockbox = p.good
    allowed = p.either(
        ["westeurope", "northeurope", "swedencentral", "germanywestcentral", "eastus"], ["westeurope", "centralindia"]
    )
    rules: dict[str, tuple[dict[str, Any], str, str]] = {
        "regions": (
            {"allOf": [{"field": "location", "notIn": allowed}, {"field": "location", "notEquals": "global"}]},
            "deny",
            "Default",
        )
    }
    if p.good:
        rules["ai"] = (
            {"field": "Microsoft.CognitiveServices/accounts/deployments/sku.name", "notIn": ["Standard"]},
            "deny",
            "Default",
        )
        rules["public"] = (
            {"field": "Microsoft.Storage/storageAccounts/allowBlobPublicAccess", "notEquals": "false"},
            "deny",
            "Default",
        )
        rules["keys"] = (
            {"field": "Microsoft.Storage/storageAccounts/encryption.keySource", "notEquals": "Microsoft.Keyvault"},
            "deny",
            "Default",
        )
    else:
        rules["public"] = (
            {"field": "Microsoft.Storage/storageAccounts/allowBlobPublicAccess", "notEquals": "false"},
            "audit",
            "Default",
        )
    for subscription in (RESEARCH, *((ARCHIVE, EMPTY) if p.good else ())):
        for name, (rule, effect, mode) in rules.items():
            identity = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/policyAssignments/{name}"
            what = f"policy on {name} of {subscription[-1]}"
            p.add(
                what,
                identity,
                properties={
                    "displayName": name,
                    "policyDefinitionId": _definition(p, name, rule, effect),
                    "scope": f"/subscriptions/{subscription}",
                    "notScopes": [],
                    "parameters": {},
                    "enforcementMode": mode,
                },
            )
            azure.violations[identity] = p.either(0, 3)
    azure.add(
        f"{HOME}/providers/Microsoft.Authorization/policyExemptions/once",
        properties={
            "policyAssignmentId": f"{HOME}/providers/Microsoft.Authorization/policyAssignments/regions",
            "exemptionCategory": "Waiver",
            **p.either({"expiresOn": "2027-01-31T00:00:00Z"}, {}),
        },
    )
    for subscription in (RESEARCH, ARCHIVE, EMPTY):
        home = f"/subscriptions/{subscription}"
        p.setting(home, "Administrative", "Security", target=LOGS)
        azure.add(
            f"{home}/providers/Microsoft.Security/pricings/StorageAccounts",
            properties={"pricingTier": p.either("Standard", "Free")},
        )
        if p.good:
            azure.add(
                f"{home}/providers/Microsoft.Security/securityContacts/default",
                properties={"emails": "security@example.org", "isEnabled": True},
            )


def _keys(p: Proof) -> None:
    closed = {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
    p.add(
        "vault",
        VAULT,
        "westeurope",
        tags=p.tags(),
        properties={
            "sku": {"family": "A", "name": "premium"},
            "tenantId": TENANT,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": p.either(90, 7),
            **p.either({"enablePurgeProtection": True}, {}),
            "publicNetworkAccess": p.either("Disabled", "Enabled"),
            "networkAcls": closed,
            "privateEndpointConnections": [],
        },
    )
    p.add(
        "HSM",
        HSM,
        "westeurope",
        tags=p.tags(),
        properties={
            "hsmUri": "https://proofhsm.managedhsm.azure.net/",
            "enablePurgeProtection": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
            "publicNetworkAccess": "Disabled",
            "regions": [
                {"name": "westeurope", "isPrimary": True},
                {"name": p.either("northeurope", "eastus"), "isPrimary": False},
            ],
        },
    )
    idle = f"{base(EMPTY, 'rg-keys')}/Microsoft.KeyVault/vaults/proofidle"
    p.azure.add(idle, "westeurope", tags=p.tags(), properties={"tenantId": TENANT})
    p.add(
        "idle key",
        f"{idle}/keys/k",
        properties={
            "kty": "RSA",
            "keyUri": "https://proofidle.vault.azure.net/keys/k",
            "attributes": {"enabled": True},
        },
    )
    rotated = {
        "attributes": {},
        "lifetimeActions": [{"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P90D"}}],
    }
    kept = {"attributes": {}, "lifetimeActions": []}
    for above, names in ((VAULT, ("data", "us")), (HSM, ("models",))):
        host = "proofkeys.vault" if above == VAULT else "proofhsm.managedhsm"
        for name in names:
            p.add(
                f"key {name}",
                f"{above}/keys/{name}",
                properties={
                    "kty": "RSA-HSM",
                    "keyUri": f"https://{host}.azure.net/keys/{name}",
                    "attributes": {"enabled": p.either(True, name == "us"), "created": 1700000000},
                    "rotationPolicy": p.either(rotated, kept),
                },
            )


def _in_vault(p: Proof, vault: str = "proofkeys.vault", name: str = "data") -> dict[str, Any]:
    """`encryption` of a storage account: by a key of the customer's own, or not."""
    if not p.good:
        return {"keySource": "Microsoft.Storage", "services": {"blob": {"enabled": False}, "file": {"enabled": True}}}
    return {
        "keySource": "Microsoft.Keyvault",
        "keyvaultproperties": {"keyvaulturi": f"https://{vault}.azure.net/", "keyname": name},
        "services": {"blob": {"enabled": True}, "file": {"enabled": True}},
    }


# -- stores ---------------------------------------------------------------------------------------------------------


def account(p: Proof, what: str, name: str, location: str, sku: str = "Standard_ZRS", **more: Any) -> str:
    """A storage account. Keyword arguments are members of `properties`; `tags`, `versions`, `expire` and `logged` are
    what else there is."""
    identity = f"{more.pop('above', GROUP)}/Microsoft.Storage/storageAccounts/{name}"
    tags, versions = more.pop("tags", p.tags()), more.pop("versions", True)
    expire, logged = more.pop("expire", p.either(365, None)), more.pop("logged", True)
    properties: dict[str, Any] = {
        "provisioningState": "Succeeded",
        "creationTime": "2025-03-01T09:00:00.1234567Z",
        "primaryLocation": location,
        "encryption": _in_vault(p),
        "allowBlobPublicAccess": p.either(False, True),
        "allowSharedKeyAccess": p.either(False, True),
        "allowCrossTenantReplication": p.either(False, True),
        "minimumTlsVersion": p.either("TLS1_2", "TLS1_0"),
        "supportsHttpsTrafficOnly": p.good,
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []},
        **more,
    }
    p.add(
        what,
        identity,
        location,
        kind="StorageV2",
        sku={"name": sku, "tier": "Standard"},
        tags=tags,
        properties=properties,
    )
    p.azure.add(
        f"{identity}/blobServices/default",
        properties={
            "deleteRetentionPolicy": {"enabled": True, "days": p.either(14, 90)},
            "isVersioningEnabled": versions,
        },
    )
    if expire is not None:
        actions = {
            "baseBlob": {"delete": {"daysAfterModificationGreaterThan": expire}},
            "version": {"delete": {"daysAfterCreationGreaterThan": 30}},
        }
        rule = {
            "enabled": True,
            "name": "old",
            "type": "Lifecycle",
            "definition": {"filters": {"blobTypes": ["blockBlob"]}, "actions": actions},
        }
        p.azure.add(f"{identity}/managementPolicies/default", properties={"policy": {"rules": [rule]}})
    if logged:
        p.setting(f"{identity}/blobServices/default", "StorageRead")
    return identity


def container(p: Proof, what: str, above: str, name: str, **more: Any) -> str:
    """A container of a storage account."""
    properties = {"publicAccess": "None", "hasImmutabilityPolicy": False, "hasLegalHold": False, **more}
    return p.add(what, f"{above}/blobServices/default/containers/{name}", properties=properties)


def replicated(p: Proof, source: str, target: str, name: str) -> None:
    """Object replication from one account to another."""
    p.add(
        f"replication {name}",
        f"{source}/objectReplicationPolicies/{name}",
        properties={
            "sourceAccount": source,
            "destinationAccount": target,
            "rules": [{"ruleId": "r1", "sourceContainer": "a", "destinationContainer": "b"}],
        },
    )


def _stores(p: Proof) -> None:
    data = account(
        p,
        "store",
        "proofdata",
        p.either("westeurope", "brazilsouth"),
        p.either("Standard_ZRS", "Standard_GRS"),
        tags=p.tags(critical="yes", retain_until=p.either("2030-01-01", "2024-01-01")),
        **p.either({}, {"secondaryLocation": "southcentralus"}),
    )
    container(p, "container", data, "patients", publicAccess=p.either("None", "Blob"))
    account(
        p,
        "store in India",
        "proofasia",
        p.either("westeurope", "centralindia"),
        tags=p.tags(**{"data-role": "checkpoint"}),
    )
    account(p, "unlabelled store", "prooflabel", "westeurope", tags=p.either(p.tags(), {}))
    account(p, "anonymous store", "proofanon", "westeurope", tags=p.tags("anonymous"))
    account(
        p,
        "special store",
        "proofhealth",
        "westeurope",
        tags=p.tags("health"),
        encryption=p.either(_in_vault(p), {"keySource": "Microsoft.Storage"}),
    )
    account(p, "store nowhere", "proofnowhere", p.either("westeurope", "jupiterwest"))
    container(
        p,
        "locked container",
        account(p, "locked store", "prooflocked", "westeurope"),
        "kept",
        hasImmutabilityPolicy=True,
        immutabilityPolicy={
            "properties": {"immutabilityPeriodSinceCreationInDays": p.either(100, 3650), "state": "Locked"}
        },
    )
    account(
        p,
        "log store",
        "prooflogs",
        "westeurope",
        tags=p.tags("public"),
        immutableStorageWithVersioning=p.either(
            {"enabled": True, "immutabilityPolicy": {"immutabilityPeriodSinceCreationInDays": 200, "state": "Locked"}},
            {"enabled": False},
        ),
    )
    versions = {"immutableStorageWithVersioning": {"enabled": True}}
    container(p, "activity log", LOGS, "insights-activity-logs", **p.either(versions, {}))
    if not p.good:
        p.setting(f"/subscriptions/{RESEARCH}", "Security", target=LOGS, good_only=False)
    account(p, "second critical store", "proofsecond", "northeurope", tags=p.either(p.tags(critical="yes"), p.tags()))
    # Two regions hold what is critical in the second subscription of the good tenant, and one in the other's.
    for number, place in enumerate(("westeurope", p.either("northeurope", "westeurope"))):
        account(
            p,
            f"critical store {number}",
            f"proofcritical{number}",
            place,
            above=base(ARCHIVE, "rg-safe"),
            tags=p.tags(critical="yes"),
        )
    p.add(
        "log group",
        WORKSPACE,
        p.either("westeurope", "eastus"),
        tags={},
        properties={"retentionInDays": p.either(365, 30), "publicNetworkAccessForIngestion": "Enabled"},
    )


def _copies(p: Proof) -> None:
    """Copies that travel, and what they rest on in the register of transfers."""
    source = account(p, "source of copies", "proofsource", "westeurope")
    for name in ("scc", "dpf", "adequacy", "measures"):
        target = account(p, f"copy by {name}", f"proof{name}", "eastus")
        replicated(p, source, target, name)
    replicated(
        p,
        source,
        account(
            p,
            "copy in the EEA",
            "proofeea",
            p.either("northeurope", "centralindia"),
            tags=p.either(p.tags(), p.tags("public")),
        ),
        "eea",
    )
    if not p.good:  # a key that lies elsewhere, and logs that go there
        p.add(
            "key abroad",
            f"{GROUP}/Microsoft.KeyVault/vaults/proofabroad",
            "eastus",
            tags={},
            properties={"tenantId": TENANT},
        )
        p.azure.add(
            f"{GROUP}/Microsoft.KeyVault/vaults/proofabroad/keys/k",
            "eastus",
            properties={
                "kty": "RSA",
                "keyUri": "https://proofabroad.vault.azure.net/keys/k",
                "attributes": {"enabled": True},
            },
        )
        abroad = {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": {"keyvaulturi": "https://proofabroad.vault.azure.net/", "keyname": "k"},
        }
        account(p, "store with a key abroad", "proofkeyed", "westeurope", encryption=abroad)
        p.setting(
            f"{GROUP}/Microsoft.Storage/storageAccounts/proofkeyed/blobServices/default",
            "StorageWrite",
            good_only=False,
        )
    hsm = {
        "keySource": "Microsoft.Keyvault",
        "keyvaultproperties": {"keyvaulturi": "https://proofhsm.managedhsm.azure.net/", "keyname": "models"},
    }
    account(p, "store with a key in the HSM", "proofinhsm", "westeurope", encryption=hsm)
    pseudo = account(p, "pseudonymised store", "proofpseudo", "westeurope", tags=p.tags("pseudonymised"))
    replicated(
        p,
        pseudo,
        account(
            p,
            "pseudonymised copy",
            "proofpseudous",
            "eastus",
            tags=p.tags("pseudonymised"),
            above=p.either(base(ARCHIVE, "rg-safe"), GROUP),
        ),
        "pseudo",
    )
    further = account(p, "copy that travels on", "prooffurther", p.either("northeurope", "southeastasia"))
    replicated(p, f"{GROUP}/Microsoft.Storage/storageAccounts/proofscc", further, "further")


# -- databases ------------------------------------------------------------------------------------------------------


def _databases(p: Proof) -> None:
    azure = p.azure
    server = p.add(
        "server",
        f"{GROUP}/Microsoft.Sql/servers/proofsql",
        "westeurope",
        tags=p.tags(),
        properties={
            "publicNetworkAccess": p.either("Disabled", "Enabled"),
            "minimalTlsVersion": p.either("1.2", "1.0"),
            "version": "12.0",
            "privateEndpointConnections": [],
            **p.either({"keyId": "https://proofkeys.vault.azure.net/keys/data/1"}, {}),
        },
    )
    database = p.add(
        "database",
        f"{server}/databases/trials",
        "westeurope",
        tags=p.tags(critical="yes"),
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose"},
        properties={
            "status": "Online",
            "zoneRedundant": p.good,
            "currentBackupStorageRedundancy": p.either("Zone", "Geo"),
            "defaultSecondaryLocation": p.either("northeurope", "eastus"),
        },
    )
    kind = p.either(
        {"serverKeyType": "AzureKeyVault", "uri": "https://proofkeys.vault.azure.net/keys/data/1"},
        {"serverKeyType": "ServiceManaged"},
    )
    azure.add(f"{server}/encryptionProtector/current", properties=kind)
    azure.add(f"{database}/transparentDataEncryption/current", properties={"state": p.either("Enabled", "Disabled")})
    azure.add(f"{database}/backupShortTermRetentionPolicies/default", properties={"retentionDays": p.either(14, 0)})
    azure.add(
        f"{server}/auditingSettings/default",
        properties=p.either(
            {
                "state": "Enabled",
                "auditActionsAndGroups": ["SUCCESSFUL_DATABASE_AUTHENTICATION_GROUP", "BATCH_COMPLETED_GROUP"],
                "storageEndpoint": "https://prooflogs.blob.core.windows.net",
            },
            {"state": "Disabled"},
        ),
    )
    other = p.add(
        "second server",
        f"{GROUP}/Microsoft.Sql/servers/proofsql2",
        p.either("northeurope", "eastus"),
        tags=p.tags(),
        properties={"publicNetworkAccess": "Disabled", "minimalTlsVersion": "1.2", "version": "12.0"},
    )
    azure.add(
        f"{server}/failoverGroups/pair",
        properties={
            "replicationRole": "Primary",
            "partnerServers": [{"id": other, "location": "North Europe"}],
            "databases": [database],
        },
    )
    p.add(
        "postgres",
        f"{GROUP}/Microsoft.DBforPostgreSQL/flexibleServers/proofpg",
        "westeurope",
        tags=p.tags(critical="yes"),
        properties={
            "backup": {"backupRetentionDays": p.either(14, 400), "geoRedundantBackup": "Disabled"},
            "network": {"publicNetworkAccess": "Disabled"},
            "dataEncryption": p.either(
                {"type": "AzureKeyVault", "primaryKeyURI": "https://proofkeys.vault.azure.net/keys/data/1"},
                {"type": "SystemManaged"},
            ),
            "highAvailability": {"mode": "ZoneRedundant"},
        },
    )
    cosmos = p.add(
        "cosmos",
        f"{GROUP}/Microsoft.DocumentDB/databaseAccounts/proofcosmos",
        "West Europe",
        kind="GlobalDocumentDB",
        tags=p.tags(),
        properties={
            "locations": [
                {"locationName": "West Europe", "isZoneRedundant": True},
                {"locationName": p.either("North Europe", "Southeast Asia"), "isZoneRedundant": True},
            ],
            "publicNetworkAccess": "Disabled",
            "disableLocalAuth": p.good,
            "minimalTlsVersion": p.either("Tls12", "Tls"),
            "privateEndpointConnections": [],
            "backupPolicy": {
                "type": "Periodic",
                "periodicModeProperties": {
                    "backupStorageRedundancy": "Zone",
                    "backupIntervalInMinutes": 240,
                    "backupRetentionIntervalInHours": 48,
                },
            },
            **p.either({"keyVaultKeyUri": "https://proofkeys.vault.azure.net/keys/data"}, {}),
        },
    )
    azure.add(f"{cosmos}/sqlDatabases/vectors", properties={"resource": {"id": "vectors"}})
    p.add(
        "table",
        f"{cosmos}/sqlDatabases/vectors/containers/patients",
        properties={"resource": {"id": "patients", **p.either({"defaultTtl": 31_536_000}, {})}},
    )
    p.add(
        "warehouse",
        f"{GROUP}/Microsoft.Kusto/clusters/proofadx",
        p.either("westeurope", "eastus"),
        tags=p.tags(reid="yes"),
        zones=["1", "2"],
        properties={
            "publicNetworkAccess": "Disabled",
            "keyVaultProperties": p.either(
                {"keyVaultUri": "https://proofkeys.vault.azure.net/", "keyName": "data"}, None
            ),
            "trustedExternalTenants": p.either([], [{"value": PARTNER_TENANT}]),
        },
    )


# -- machines -------------------------------------------------------------------------------------------------------


def _machine(
    p: Proof, name: str, size: str, location: str = "westeurope", data_class: str = "personal", **more: Any
) -> str:
    identity = f"{GROUP}/Microsoft.Compute/virtualMachines/{name}"
    interface = f"{NETWORK}/networkInterfaces/{name}"
    p.add(
        f"machine {name}",
        identity,
        location,
        tags=p.tags(data_class),
        properties={
            "hardwareProfile": {"vmSize": size},
            "storageProfile": {"osDisk": {"managedDisk": {"id": f"{GROUP}/Microsoft.Compute/disks/{name}"}}},
            "networkProfile": {"networkInterfaces": [{"id": interface}]},
            "securityProfile": {"securityType": p.either("ConfidentialVM", "TrustedLaunch")},
        },
        **more,
    )
    address = p.either({}, {"publicIPAddress": {"id": f"{NETWORK}/publicIPAddresses/{name}"}})
    p.azure.add(
        interface,
        location,
        properties={
            "virtualMachine": {"id": identity},
            "networkSecurityGroup": {"id": f"{NETWORK}/networkSecurityGroups/proof"},
            "ipConfigurations": [
                {"properties": {"subnet": {"id": f"{NETWORK}/virtualNetworks/proof/subnets/gpu"}, **address}}
            ],
        },
    )
    return identity


def _disk(
    p: Proof, what: str, name: str, kind: str = "disks", location: str = "westeurope", tags: Any = None, **more: Any
) -> str:
    encryption = p.either(
        {
            "type": "EncryptionAtRestWithCustomerKey",
            "diskEncryptionSetId": f"{GROUP}/Microsoft.Compute/diskEncryptionSets/proof",
        },
        {"type": "EncryptionAtRestWithPlatformKey"},
    )
    return p.add(
        what,
        f"{GROUP}/Microsoft.Compute/{kind}/{name}",
        location,
        tags=tags or p.tags(critical="yes"),
        properties={"encryption": encryption, **more},
    )


def _machines(p: Proof) -> None:
    azure = p.azure
    azure.add(
        f"{NETWORK}/networkSecurityGroups/proof",
        "westeurope",
        properties={
            "securityRules": [
                {
                    "name": "ssh",
                    "properties": {
                        "access": "Allow",
                        "direction": "Inbound",
                        "protocol": "Tcp",
                        "priority": 100,
                        "sourceAddressPrefix": p.either("10.0.0.0/8", "*"),
                        "sourcePortRange": "*",
                        "destinationAddressPrefix": "*",
                        "destinationPortRange": "22",
                    },
                }
            ]
        },
    )
    azure.add(
        f"{NETWORK}/virtualNetworks/proof",
        "westeurope",
        tags={},
        properties={
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "virtualNetworkPeerings": [],
            "subnets": [{"id": f"{NETWORK}/virtualNetworks/proof/subnets/gpu", "properties": {}}],
        },
    )
    azure.add(
        f"{GROUP}/Microsoft.Compute/diskEncryptionSets/proof",
        "westeurope",
        tags={},
        properties={
            "activeKey": {"keyUrl": "https://proofkeys.vault.azure.net/keys/data/1", "sourceVault": {"id": VAULT}},
            "encryptionType": "EncryptionAtRestWithCustomerKey",
            "rotationToLatestKeyVersionEnabled": True,
        },
    )
    _machine(p, "gpu", p.either("Standard_NCC40ads_H100_v5", "Standard_NC40ads_H100_v5"), data_class="health")
    _machine(
        p,
        "edge",
        "Standard_D4s_v5",
        "westus",
        extendedLocation={"name": "losangeles", "type": "EdgeZone"},
    )
    disk = _disk(p, "disk", "gpu", diskState="Attached", timeCreated="2025-06-01T00:00:00Z")
    _disk(
        p,
        "loose disk",
        "loose",
        tags=p.tags(),
        diskState="Unattached",
        LastOwnershipUpdateTime=p.either("2026-11-20T00:00:00Z", "2025-01-01T00:00:00Z"),
        timeCreated="2025-01-01T00:00:00Z",
    )
    _disk(
        p,
        "snapshot",
        "copy",
        "snapshots",
        p.either("westeurope", "eastus"),
        p.tags(),
        creationData={"createOption": "Copy", "sourceResourceId": disk},
        networkAccessPolicy="DenyAll",
        publicNetworkAccess="Disabled",
        timeCreated=p.either("2026-11-01T00:00:00Z", "2023-01-01T00:00:00Z"),
    )
    p.add(
        "gallery",
        f"{GROUP}/Microsoft.Compute/galleries/proof",
        "westeurope",
        tags=p.tags(),
        properties={
            "sharingProfile": p.either(
                {"permissions": "Private"},
                {"permissions": "Groups", "groups": [{"type": "AADTenants", "ids": [PARTNER_TENANT]}]},
            )
        },
    )
    p.add(
        "public gallery",  # public data may be read by whoever a role lets in
        f"{GROUP}/Microsoft.Compute/galleries/proofpublic",
        "westeurope",
        tags=p.tags("public"),
        properties={"sharingProfile": {"permissions": "Private"}},
    )
    p.add(
        "cluster",
        f"{GROUP}/Microsoft.ContainerService/managedClusters/proof",
        "westeurope",
        tags=p.tags(),
        properties={
            "kubernetesVersion": "1.33",
            "fqdn": "proof.hcp.westeurope.azmk8s.io",
            "apiServerAccessProfile": p.either(
                {"enablePrivateCluster": True}, {"enablePrivateCluster": False, "authorizedIPRanges": ["0.0.0.0/0"]}
            ),
            "securityProfile": {
                "azureKeyVaultKms": p.either(
                    {"enabled": True, "keyId": "https://proofkeys.vault.azure.net/keys/data/1"}, {"enabled": False}
                )
            },
            **p.either({"diskEncryptionSetID": f"{GROUP}/Microsoft.Compute/diskEncryptionSets/proof"}, {}),
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
    p.setting(p.planted["cluster"], "kube-audit")
    p.add(
        "machine of Arc",
        f"{GROUP}/Microsoft.HybridCompute/machines/hall-01",
        "westeurope",
        tags=p.tags(),
        properties={
            "status": "Connected",
            "osType": "linux",
            "locationData": {"name": "hall", "city": "Delft", "countryOrRegion": p.either("Netherlands", None)},
            "detectedProperties": {"manufacturer": "Contoso", "model": "X"},
        },
    )


# -- AI -------------------------------------------------------------------------------------------------------------


def _ai(p: Proof) -> None:
    name = f"{GROUP}/Microsoft.CognitiveServices/accounts/proofai"
    store = f"{GROUP}/Microsoft.Storage/storageAccounts/{p.either('proofdata', 'proofasia')}"
    p.add(
        "AI account",
        name,
        "swedencentral",
        kind="AIServices",
        sku={"name": "S0"},
        tags=p.tags(),
        properties={
            "allowProjectManagement": True,
            "customSubDomainName": "proofai",
            "publicNetworkAccess": p.either("Disabled", "Enabled"),
            "networkAcls": {"defaultAction": p.either("Deny", "Allow"), "ipRules": [], "virtualNetworkRules": []},
            "privateEndpointConnections": p.either([{"properties": OPENED}], []),
            "disableLocalAuth": p.good,
            "encryption": p.either(
                {
                    "keySource": "Microsoft.KeyVault",
                    "keyVaultProperties": {
                        "keyVaultUri": "https://proofkeys.vault.azure.net/",
                        "keyName": "data",
                        "keyVersion": "1",
                    },
                },
                {"keySource": "Microsoft.CognitiveServices"},
            ),
            "capabilities": [
                {"name": "VirtualNetworks"},
                p.either({"name": "ContentLogging", "value": "false"}, {"name": "CustomerManagedKey"}),
            ],
            "storedCompletionsDisabled": p.good,
            "userOwnedStorage": [{"resourceId": store}],
            "locations": {
                "routingMethod": "Priority",
                "regions": [{"name": p.either("northeurope", "eastus"), "value": 1.0}],
            },
            "provisioningState": "Succeeded",
        },
    )
    for deployed, sku, more in (
        ("zone", "DataZoneStandard", {}),
        ("here", "Standard", p.either({}, {"spilloverDeploymentName": "world"})),
        ("world", p.either("Standard", "GlobalStandard"), {}),
    ):
        p.add(
            f"deployment {deployed}",
            f"{name}/deployments/{deployed}",
            sku={"name": sku, "capacity": 10},
            properties={"model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"}, **more},
        )
    p.add(
        "own model",
        f"{name}/models/gpt-4.1.ft-1",
        properties={
            "name": "gpt-4.1.ft-1",
            "format": "OpenAI",
            "version": "1",
            "lifecycleStatus": "GenerallyAvailable",
            "baseModel": {"name": "gpt-4.1", "format": "OpenAI"},
        },
    )
    p.setting(name, "Audit", "RequestResponse", target=LOGS)
    if not p.good:
        # Contents go to a workspace abroad; the account itself says that nothing of the kind is switched on elsewhere.
        p.azure.add(
            f"{GROUP}/Microsoft.CognitiveServices/accounts/proofchat",
            "eastus",
            kind="OpenAI",
            sku={"name": "S0"},
            tags=p.tags(),
            properties={"publicNetworkAccess": "Enabled", "encryption": {"keySource": "Microsoft.CognitiveServices"}},
        )
        p.azure.add(
            f"{GROUP}/Microsoft.CognitiveServices/accounts/proofchat/deployments/zone",
            sku={"name": "DataZoneStandard", "capacity": 10},
            properties={"model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"}},
        )
        p.setting(f"{GROUP}/Microsoft.CognitiveServices/accounts/proofchat", "RequestResponse", good_only=False)


def _learning(p: Proof) -> None:
    azure = p.azure
    p.add(
        "workspace",
        LEARNING,
        "westeurope",
        kind="Default",
        tags=p.tags(),
        sku={"name": "Basic", "tier": "Basic"},
        properties={
            "storageAccount": f"{GROUP}/Microsoft.Storage/storageAccounts/{p.either('proofdata', 'proofasia')}",
            "keyVault": VAULT,
            "publicNetworkAccess": p.either("Disabled", "Enabled"),
            "hbiWorkspace": p.good,
            "managedNetwork": {"isolationMode": p.either("AllowOnlyApprovedOutbound", "Disabled")},
            "privateEndpointConnections": p.either([{"properties": OPENED}], []),
            "encryption": p.either(
                {
                    "status": "Enabled",
                    "keyVaultProperties": {
                        "keyIdentifier": "https://proofkeys.vault.azure.net/keys/data/1",
                        "keyVaultArmId": VAULT,
                    },
                },
                {"status": "Disabled"},
            ),
        },
    )
    if not p.good:
        abroad = LEARNING.replace("workspaces/proof", "workspaces/abroad")
        p.add(
            "workspace abroad",
            abroad,
            "eastus",
            kind="Default",
            tags=p.tags(),
            properties={"publicNetworkAccess": "Enabled"},
        )
        p.add(
            "fine-tuning abroad",
            f"{abroad}/jobs/tune",
            properties={
                "jobType": "FineTuning",
                "fineTuningDetails": {
                    "trainingData": {
                        "jobInputType": "uri_file",
                        "uri": "https://proofasia.blob.core.windows.net/scans/ct.jsonl",
                    }
                },
            },
        )
    azure.add(
        f"{LEARNING}/computes/gpu",
        properties={
            "computeType": "AmlCompute",
            "computeLocation": p.either("westeurope", "eastus"),
            "properties": {
                "vmSize": "Standard_ND96isr_H100_v5",
                "currentNodeCount": 2,
                "enableNodePublicIp": p.either(False, True),
                "subnet": p.either({"id": f"{NETWORK}/virtualNetworks/proof/subnets/gpu"}, None),
            },
        },
    )
    p.add(
        "notebook",
        f"{LEARNING}/computes/desk",
        **p.either({}, {"tags": p.tags()}),
        properties={
            "computeType": "ComputeInstance",
            "computeLocation": p.either("westeurope", "eastus"),
            "properties": {"vmSize": "Standard_NC6s_v3", "subnet": None, "enableNodePublicIp": p.either(False, True)},
        },
    )
    inputs = {"data": {"jobInputType": "uri_folder", "uri": "abfss://patients@proofdata.dfs.core.windows.net/ct/"}}
    outputs = {
        "model": {
            "jobOutputType": "uri_folder",
            "uri": f"https://{p.either('proofout', 'proofasia')}.blob.core.windows.net/models/7b",
        }
    }
    container(p, "atlas", account(p, "open data", "proofopen", "westeurope", tags=p.tags("public")), "atlas")
    account(
        p,
        "checkpoints",
        "proofout",
        "westeurope",
        tags=p.tags(critical="yes", **{"data-role": "checkpoint"}),
        expire=p.either(14, None),
    )
    container(p, "scans in India", f"{GROUP}/Microsoft.Storage/storageAccounts/proofasia", "scans")
    far = {"data": {"jobInputType": "uri_folder", "uri": "abfss://scans@proofasia.dfs.core.windows.net/ct/"}}
    free = {"data": {"jobInputType": "uri_folder", "uri": "abfss://atlas@proofopen.dfs.core.windows.net/ct/"}}
    for name, read in (("train", inputs), ("again", far), ("open", free)):
        p.add(
            f"job {name}",
            f"{LEARNING}/jobs/{name}",
            properties={
                "jobType": "Command",
                "status": "Completed",
                "tags": {},
                "computeId": f"{LEARNING}/computes/gpu",
                "resources": {"instanceType": "Standard_ND96isr_H100_v5", "instanceCount": 2},
                "inputs": read,
                "outputs": {} if read is free else outputs,
            },
        )
    p.add(
        "fine-tuning",
        f"{LEARNING}/jobs/tune",
        properties={
            "jobType": "FineTuning",
            "status": "Completed",
            "tags": {},
            "fineTuningDetails": {
                "trainingData": {
                    "jobInputType": "uri_file",
                    "uri": "https://proofopen.blob.core.windows.net/atlas/a.jsonl",
                },
                "model": {"uri": "azureml://registries/azureml-meta/models/Llama/versions/1"},
                "modelProvider": "Custom",
            },
        },
    )
    p.add(
        "endpoint",
        f"{LEARNING}/onlineEndpoints/score",
        "westeurope",
        kind="Managed",
        tags=p.tags(),
        properties={"authMode": "AADToken", "publicNetworkAccess": p.either("Disabled", "Enabled")},
    )
    azure.add(
        f"{LEARNING}/onlineEndpoints/score/deployments/blue",
        p.either("westeurope", "eastus"),
        tags=p.tags(),
        properties={
            "instanceType": "Standard_NC24ads_A100_v4",
            "model": "azureml:seg:3",
            "endpointComputeType": "Managed",
        },
    )
    labels = {"tags": p.tags(p.either("personal", "public"), critical="yes")}
    azure.add(f"{LEARNING}/models/seg", properties={"latestVersion": "3", "isArchived": False, **labels})
    azure.add(
        f"{LEARNING}/models/seg/versions/3",
        properties={
            "modelUri": "azureml://jobs/train/outputs/artifacts/paths/model",
            "modelType": "custom_model",
            "jobName": "train",
            **labels,
        },
    )
    p.add(
        "datastore",
        f"{LEARNING}/datastores/images",
        properties={
            "datastoreType": "AzureBlob",
            "accountName": p.either("proofdata", "vanished"),
            "containerName": "images",
            "endpoint": "core.windows.net",
            "protocol": "https",
            "isDefault": False,
        },
    )


# -- what moves -----------------------------------------------------------------------------------------------------


def _moving(p: Proof) -> None:
    azure = p.azure
    factory = f"{GROUP}/Microsoft.DataFactory/factories/proof"
    azure.add(factory, "westeurope", tags={}, properties={"publicNetworkAccess": "Enabled"})
    p.add(
        "pipeline",
        f"{factory}/pipelines/pull",
        properties={
            "activities": [
                {
                    "name": "copy",
                    "type": "Copy",
                    "inputs": [{"referenceName": "from", "type": "DatasetReference"}],
                    "outputs": [{"referenceName": "to", "type": "DatasetReference"}],
                }
            ]
        },
    )
    p.add(
        "pipeline of open data",
        f"{factory}/pipelines/open",
        properties={
            "activities": [
                {
                    "name": "copy",
                    "type": "Copy",
                    "inputs": [{"referenceName": "open", "type": "DatasetReference"}],
                    "outputs": [{"referenceName": "to", "type": "DatasetReference"}],
                }
            ]
        },
    )
    for name, store in (("from", "proofsource"), ("open", "proofopen"), ("to", p.either("proofdata", "proofasia"))):
        azure.add(
            f"{factory}/datasets/{name}",
            properties={
                "type": "Binary",
                "linkedServiceName": {"referenceName": name, "type": "LinkedServiceReference"},
            },
        )
        azure.add(
            f"{factory}/linkedservices/{name}",
            properties={"type": "AzureBlobFS", "typeProperties": {"url": f"https://{store}.dfs.core.windows.net"}},
        )
    home = base(ARCHIVE, "rg-safe") if p.good else GROUP
    vault = p.add(
        "backup vault",
        f"{home}/Microsoft.RecoveryServices/vaults/proofsafe",
        p.either("westeurope", "eastus"),
        sku={"name": "Standard"},
        tags={},
        properties={
            "redundancySettings": {"standardTierStorageRedundancy": "ZoneRedundant", "crossRegionRestore": "Disabled"},
            "securitySettings": {"immutabilitySettings": {"state": p.either("Locked", "Disabled")}},
        },
    )
    for name in ("gpu",):
        azure.add(
            f"{vault}/backupFabrics/Azure/protectionContainers/c1/protectedItems/{name}",
            properties={"sourceResourceId": f"{GROUP}/Microsoft.Compute/disks/{name}"},
        )
