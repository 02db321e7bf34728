"""What was never recorded: bodies written from Microsoft's schemas (names of members as in the azure-mgmt packages)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import UNSET, to_builtins

from scanners.azure import document_types
from scanners.azure.arm import account_of, key_address, native_type_of, parent_of, tls_below_12, uid_of
from scanners.azure.mlreferences import workspace_reference
from scanners.azure.regions import as_place, region, region_id, regions
from scanners.documents import Origin
from scanners.model import KINDS, problems

RG = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/RG-1/providers"
U = RG.lower()
Look = Callable[..., Any]


def body(type_: str, path: str, properties: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"{RG}/{path}", "name": path.rsplit("/", 1)[-1], "type": type_, **rest}
    if properties is not None:
        found["properties"] = properties
    return found


def only(look: Look, document: dict[str, Any]) -> Any:
    seen = look(document)
    for asset in seen.assets:
        assert problems(asset.kind, asset.attributes) == [], asset.uid
    return seen


def test_types_are_declared_consistently() -> None:
    for native_type, kind in document_types().items():
        assert native_type == native_type.lower()
        assert set(kind.kinds) <= set(KINDS), native_type
        assert "id" in kind.members, native_type


@pytest.mark.parametrize(
    ("written", "id_"), [("West US 2", "westus2"), ("JAPANEAST", "japaneast"), ("germanywestcentral",) * 2]
)
def test_region_names_have_one_spelling(written: str, id_: str) -> None:
    assert region_id(written) == id_


def test_places() -> None:
    assert to_builtins(region("Global")) == {"kind": "global"}
    assert to_builtins(region(None)) == {"kind": "unknown"}
    assert as_place(regions(["West Europe", "North Europe"])) == {
        "kind": "multi_region",
        "members": ["northeurope", "westeurope"],
    }
    assert to_builtins(regions(["West Europe", "westeurope"])) == {"kind": "region", "region": "westeurope"}


def test_ids() -> None:
    assert uid_of("subscriptions/ABC/providers/X.Y/z/N") == "/subscriptions/abc/providers/x.y/z/n"
    assert uid_of("https://example.org/a") is None
    assert uid_of("/etc/passwd") is None
    assert native_type_of("/subscriptions/a") == "microsoft.resources/subscriptions"
    assert native_type_of(f"{U}/microsoft.sql/servers/s/databases/d") == "microsoft.sql/servers/databases"
    nested = f"{U}/microsoft.sql/servers/s/providers/microsoft.insights/diagnosticsettings/d"
    assert native_type_of(nested) == "microsoft.insights/diagnosticsettings"
    assert account_of("/providers/microsoft.management/managementgroups/root/x/y") == "managementGroups/root"
    assert parent_of("/a/b/c/d", 1) == "/a/b"


@pytest.mark.parametrize(
    ("address", "alias"),
    [
        ("https://V1.vault.azure.net/keys/K/0123", "azure-keyvault:v1/keys/k"),
        ("https://v1.vault.azure.net:443/keys/k", "azure-keyvault:v1/keys/k"),
        ("https://v1.vault.azure.cn/keys/k/", "azure-keyvault:v1/keys/k"),
        ("https://h1.managedhsm.azure.net/keys/k/1", "azure-managedhsm:h1/keys/k"),
        ("https://kms.example.org/keys/k", "external:kms.example.org/keys/k"),
        ("https://v1.vault.azure.net/secrets/k", None),
        ("https://[v1/keys/k", None),
        (None, None),
    ],
)
def test_key_addresses(address: str | None, alias: str | None) -> None:
    assert key_address(address) == alias


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("TLS1_0", True),
        ("TLS1_2", False),
        ("1.3", False),
        ("Tls12", False),
        ("TLSEnforcementDisabled", True),
        ("x", None),
    ],
)
def test_tls(word: str, expected: bool | None) -> None:
    assert tls_below_12({"v": word}, "v") is expected


@pytest.mark.parametrize(
    ("sku", "scope"),
    [
        ("Standard", "region"),
        ("ProvisionedManaged", "region"),
        ("DataZoneStandard", "zone"),
        ("DataZoneBatch", "zone"),
        ("GlobalStandard", "global"),
        ("globalbatch", "global"),
        ("DeveloperTier", "global"),
        ("SomethingNew", "absent"),
        (None, "absent"),
    ],
)
def test_sku_of_a_deployment_says_where_it_computes(look: Look, sku: str | None, scope: str) -> None:
    path = "Microsoft.CognitiveServices/accounts/ai1/deployments/gpt"
    document = body("Microsoft.CognitiveServices/accounts/deployments", path, {}, sku={"name": sku})
    assert only(look, document).asset("gpt").attributes.get("processing_scope", "absent") == scope


def test_spillover_overflows_to_the_named_deployment(look: Look) -> None:
    path = "Microsoft.CognitiveServices/accounts/AI1/deployments/Ptu"
    properties = {"spilloverDeploymentName": "PayGo", "model": {"format": "Mistral AI", "name": "m", "version": "2"}}
    seen = only(look, body("x", path, properties, sku={"name": "ProvisionedManaged"}))
    account = f"{U}/microsoft.cognitiveservices/accounts/ai1"
    assert seen.targets("overflows_to") == [f"{account}/deployments/paygo"]
    assert seen.targets("member_of") == [account]
    assert seen.asset("Ptu").attributes["model_vendor"] == "Mistral AI"


def test_ai_account_with_own_key_firewall_and_further_regions(look: Look) -> None:
    properties = {
        "customSubDomainName": "Contoso-AI",
        "encryption": {
            "keySource": "Microsoft.KeyVault",
            "keyVaultProperties": {"keyVaultUri": "https://v1.vault.azure.net/", "keyName": "K"},
        },
        "publicNetworkAccess": "Enabled",
        "networkAcls": {"defaultAction": "Deny", "ipRules": []},
        "disableLocalAuth": True,
        "privateEndpointConnections": [{"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}],
        "locations": {"routingMethod": "Priority", "regions": [{"name": "SWEDENCENTRAL"}, {"name": "East US"}]},
        "userOwnedStorage": [{"resourceId": f"{RG}/Microsoft.Storage/storageAccounts/own1"}],
        "capabilities": [{"name": "ContentLogging", "value": "false"}],
        "storedCompletionsDisabled": True,
    }
    document = body(
        "x", "Microsoft.CognitiveServices/accounts/ai1", properties, location="swedencentral", kind="OpenAI"
    )
    seen = only(look, document)
    asset = seen.asset("ai1")
    assert asset.aliases == ("azure-ai:contoso-ai",)
    assert asset.attributes == {
        "encryption": "Microsoft.KeyVault",
        "shared_key_auth": False,
        "public_network": False,
        "private_endpoint": True,
        "routing_regions": [{"kind": "region", "region": "eastus"}],
        "linked_stores": [{"uid": f"{U}/microsoft.storage/storageaccounts/own1", "saas_vendor": None}],
        "stored_completions": False,
        "content_logging": False,
    }
    assert seen.targets("encrypted_by") == ["azure-keyvault:v1/keys/k"]
    assert "custody" not in asset.attributes


def test_disk_is_encrypted_by_a_set_that_is_encrypted_by_the_key(look: Look) -> None:
    sets = "Microsoft.Compute/diskEncryptionSets/DES"
    encryption = {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": f"{RG}/{sets}"}
    disk = body("x", "Microsoft.Compute/disks/d", {"encryption": encryption, "diskState": "Unattached"})
    properties = {"activeKey": {"keyUrl": "https://h.managedhsm.azure.net/keys/K/9"}}
    seen = look(disk, body("x", sets, properties))
    assert seen.targets("encrypted_by") == [
        f"{U}/microsoft.compute/diskencryptionsets/des",
        "azure-managedhsm:h/keys/k",
    ]
    assert seen.asset("DES").kind == "key"
    assert seen.asset("d").attributes["encrypted"] is True
    assert "custody" not in seen.asset("d").attributes
    assert seen.relations[-1].attributes == {"custody_at_least": "dedicated_hsm"}


@pytest.mark.parametrize(
    ("path", "kty", "custody", "alias"),
    [
        ("Microsoft.KeyVault/vaults/V/keys/K", "RSA", "customer", "azure-keyvault:v/keys/k"),
        ("Microsoft.KeyVault/vaults/V/keys/K", "RSA-HSM", "customer_hsm", "azure-keyvault:v/keys/k"),
        ("Microsoft.KeyVault/managedHSMs/H/keys/K", "EC-HSM", "dedicated_hsm", "azure-managedhsm:h/keys/k"),
    ],
)
def test_custody_and_alias_of_keys(look: Look, path: str, kty: str, custody: str, alias: str) -> None:
    asset = only(look, body("x", path, {"kty": kty, "attributes": {"enabled": True}}, location="westeurope")).asset("K")
    assert asset.attributes["custody"] == custody
    assert asset.attributes["state"] == "enabled"
    assert asset.aliases == (alias,)
    assert "rotation_state" not in asset.attributes  # a list leaves the policy out: not read


def test_rotation_and_expiry_of_keys(look: Look) -> None:
    policy = {
        "lifetimeActions": [
            {"trigger": {"timeBeforeExpiry": "P30D"}, "action": {"type": "rotate"}},
            {"trigger": {"timeBeforeExpiry": "P10D"}, "action": {"type": "notify"}},
        ],
        "attributes": {"expiryTime": "P1Y"},
    }
    properties = {
        "rotationPolicy": policy,
        "attributes": {"enabled": True, "exp": 1_700_000_000, "created": 1_600_000_000},
    }
    document = body("x", "Microsoft.KeyVault/vaults/V/keys/K", properties)
    origin = Origin("c", "s", "o", seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    asset = look(document, origin=origin).asset("K")
    assert asset.attributes["rotation_state"] == "on"
    assert asset.attributes["rotation_days"] == 335
    assert asset.attributes["state"] == "expired"
    assert asset.created_at == datetime.fromtimestamp(1_600_000_000, UTC)
    off = body("x", "Microsoft.KeyVault/vaults/V/keys/K", {"rotationPolicy": {"lifetimeActions": []}})
    assert look(off).asset("K").attributes["rotation_state"] == "off"
    assert look(off).asset("K").attributes["rotation_days"] is None


def test_managed_hsm_in_two_regions(look: Look) -> None:
    listed = [{"name": "westeurope", "isPrimary": True}, {"name": "eastus", "isPrimary": False}]
    document = body("x", "Microsoft.KeyVault/managedHSMs/H", {"regions": listed}, location="westeurope")
    assert only(look, document).asset("H").attributes == {
        "custody": "dedicated_hsm",
        "secondary_loc": {"kind": "region", "region": "eastus"},
    }


def test_purge_protection_of_a_vault(look: Look) -> None:
    def attributes(**properties: Any) -> dict[str, Any]:
        return look(body("x", "Microsoft.KeyVault/vaults/V", properties)).asset("V").attributes

    assert attributes(enablePurgeProtection=True)["purge_protection"] is True
    assert attributes(enableSoftDelete=True, softDeleteRetentionInDays=90)["purge_protection"] is False
    assert "purge_protection" not in attributes(enableSoftDelete=True)  # an API version that may not know it
    assert attributes(enableSoftDelete=False)["destroy_delay_days"] == 0


def test_cluster_with_key_for_secrets_and_allowed_networks(look: Look) -> None:
    properties = {
        "agentPoolProfiles": [
            {"name": "GPU", "vmSize": "Standard_ND96isr_H100_v5", "count": 4, "enableNodePublicIP": False},
            {"name": "sys", "vmSize": "Standard_D4s_v5", "count": 3},
        ],
        "apiServerAccessProfile": {"enablePrivateCluster": False, "authorizedIPRanges": ["192.0.2.0/24"]},
        "securityProfile": {"azureKeyVaultKms": {"enabled": True, "keyId": "https://v1.vault.azure.net/keys/etcd/1"}},
    }
    seen = only(look, body("x", "Microsoft.ContainerService/managedClusters/c", properties, location="West Europe"))
    assert seen.asset("c").attributes == {
        "api_public": True,
        "api_allowed_cidrs": ["192.0.2.0/24"],
        "secrets_encrypted": True,
        "node_count": 7,
    }
    pool = seen.asset("GPU")
    assert pool.uid == f"{U}/microsoft.containerservice/managedclusters/c/agentpools/gpu"
    assert pool.attributes == {
        "instance_type": "Standard_ND96isr_H100_v5",
        "confidential": "none",
        "node_count": 4,
        "public_ip": False,
    }
    assert pool.location.region == "westeurope"
    assert seen.targets("encrypted_by") == ["azure-keyvault:v1/keys/etcd"]


def test_container_group_states_its_gpus(look: Look) -> None:
    gpu = {"count": 2, "sku": "V100"}
    containers = [
        {"name": "a", "properties": {"resources": {"requests": {"cpu": 4, "gpu": gpu}}}},
        {"name": "b", "properties": {"resources": {"requests": {"cpu": 1}}}},
    ]
    document = body("x", "Microsoft.ContainerInstance/containerGroups/g", {"containers": containers})
    attributes = only(look, document).asset("g").attributes
    assert attributes == {"gpu_count": 2, "gpu_model": "V100"}
    unread = body("x", "Microsoft.ContainerInstance/containerGroups/g", {"containers": [{"name": "a"}]})
    assert look(unread).asset("g").attributes == {}


WORKSPACE = f"{U}/microsoft.machinelearningservices/workspaces/w"


@pytest.mark.parametrize(
    ("address", "uid"),
    [
        ("azureml://datastores/Blob1/paths/x/y.csv", f"{WORKSPACE}/datastores/blob1"),
        (f"azureml:/{WORKSPACE.upper()}/datastores/D/paths/p", f"{WORKSPACE}/datastores/d"),
        ("azureml:faces:3", f"{WORKSPACE}/data/faces"),
        ("https://acct1.blob.core.windows.net/c/x", "azure-storage:acct1"),
        ("abfss://c@acct1.dfs.core.windows.net/x", "azure-storage:acct1"),
        ("s3://bucket/x", "arn:aws:s3:::bucket"),
        (f"{RG}/Microsoft.MachineLearningServices/workspaces/w/data/n/versions/1", f"{WORKSPACE}/data/n"),
        ("", None),
    ],
)
def test_addresses_in_a_workspace(address: str, uid: str | None) -> None:
    assert workspace_reference(address, WORKSPACE) == uid


def test_job_reads_writes_and_runs(look: Look) -> None:
    properties = {
        "jobType": "Command",
        "computeId": f"{RG}/Microsoft.MachineLearningServices/workspaces/W/computes/GPU",
        "resources": {"instanceType": "Standard_NC24ads_A100_v4", "instanceCount": 2},
        "inputs": {"data": {"jobInputType": "uri_folder", "uri": "azureml:faces:3"}, "lr": {"value": "0.1"}},
        "outputs": {"model": {"uri": "azureml://datastores/out/paths/m"}},
        "environmentVariables": {"SECRET": "must not be kept"},
    }
    seen = only(look, body("x", "Microsoft.MachineLearningServices/workspaces/W/jobs/j", properties))
    asset = seen.asset("j")
    assert asset.kind == "training.job"
    size = "Standard_NC24ads_A100_v4"
    assert asset.attributes == {"instance_type": size, "node_count": 2, "confidential": "none"}
    assert asset.location.kind == "unknown", "it lies where its compute does, which is a document of its own"
    assert seen.targets("reads") == [f"{WORKSPACE}/data/faces"]
    assert seen.targets("writes") == [f"{WORKSPACE}/datastores/out"]
    assert seen.targets("runs_on") == [f"{WORKSPACE}/computes/gpu"]
    assert b"must not be kept" not in seen.evidence[0].body


def test_fine_tuning_and_pipeline_jobs(look: Look) -> None:
    tuning = {
        "jobType": "FineTuning",
        "fineTuningDetails": {
            "model": {"uri": "azureml://registries/x/models/m"},
            "trainingData": {"uri": "azureml:t:1"},
        },
    }
    path = "Microsoft.MachineLearningServices/workspaces/W/jobs"
    seen = only(look, body("x", f"{path}/f", tuning))
    assert seen.asset("f").kind == "ai.customization"
    assert seen.targets("reads") == [f"{WORKSPACE}/data/t"]
    steps = {"prep": {"inputs": {"raw": {"uri": "https://acct1.blob.core.windows.net/raw"}}}}
    assert look(body("x", f"{path}/p", {"jobType": "Pipeline", "jobs": steps})).targets("reads") == [
        "azure-storage:acct1"
    ]


def test_model_versions_lead_from_job_to_endpoint(look: Look) -> None:
    path = "Microsoft.MachineLearningServices/workspaces/W"
    version = body("x", f"{path}/models/M/versions/2", {"jobName": "J", "modelUri": "azureml://datastores/out/paths/m"})
    seen = only(look, version)
    assert seen.asset("m:2").kind == "ai.model"
    assert seen.targets("trained_from") == [f"{WORKSPACE}/jobs/j"] * 2
    deployed = body("x", f"{path}/onlineEndpoints/E/deployments/d", {"model": "azureml:M:2", "instanceType": "S"})
    [relation] = [r for r in look(deployed).relations if r.type == "deployed_as"]
    assert (relation.source, relation.target) == (
        f"{WORKSPACE}/models/m",
        f"{WORKSPACE}/onlineendpoints/e/deployments/d",
    )


def test_compute_runs_where_it_says(look: Look) -> None:
    path = "Microsoft.MachineLearningServices/workspaces/W/computes"
    inner = {"vmSize": "Standard_NC6", "enableNodePublicIp": False, "enableRootAccess": True}
    properties = {"computeType": "ComputeInstance", "computeLocation": "East US", "properties": inner}
    asset = only(look, body("x", f"{path}/ci", properties, location="westeurope")).asset("ci")
    assert asset.kind == "training.notebook"
    assert asset.location.region == "eastus"
    assert asset.attributes == {
        "instance_type": "Standard_NC6",
        "custody": "provider",
        "public_ip": False,
        "root_access": True,
    }


def test_datastore_and_data_stand_for_the_store_behind_them(look: Look) -> None:
    path = "Microsoft.MachineLearningServices/workspaces/W"
    store = look(body("x", f"{path}/datastores/D", {"datastoreType": "AzureBlob", "accountName": "Acct1"}))
    assert store.targets("reads") == ["azure-storage:acct1"]
    assert store.asset("D").location.kind == "unknown"
    version = look(body("x", f"{path}/data/Faces/versions/3", {"dataUri": "azureml://datastores/D/paths/f"}))
    assert version.asset("Faces").uid == f"{WORKSPACE}/data/faces"
    assert version.targets("reads") == [f"{WORKSPACE}/datastores/d"]


@pytest.mark.parametrize("lost", [None, "", [], {}])
@pytest.mark.parametrize(
    ("native", "name", "member", "entries"),
    [
        ("Microsoft.DocumentDB/databaseAccounts", "c", "locations", "locationName"),
        ("Microsoft.MachineLearningServices/registries", "r", "regionDetails", "location"),
    ],
)
def test_a_region_without_a_name_may_be_any(
    look: Look, native: str, name: str, member: str, entries: str, lost: Any
) -> None:
    properties = {member: [{entries: "UK South"}, {entries: lost}]}
    seen = only(look, body("x", f"{native}/{name}", properties, location="West Europe"))
    assert as_place(seen.asset(name).location) == {"kind": "unknown"}


def test_cosmos_lies_in_all_its_regions(look: Look) -> None:
    properties = {
        "locations": [{"locationName": "West Europe"}, {"locationName": "East US"}],
        "writeLocations": [{"locationName": "West Europe"}],
        "readLocations": [{"locationName": "East US"}],
        "backupPolicy": {"type": "Continuous", "continuousModeProperties": {"tier": "Continuous7Days"}},
        "keyVaultKeyUri": "https://v1.vault.azure.net/keys/k",
    }
    seen = only(look, body("x", "Microsoft.DocumentDB/databaseAccounts/c", properties, location="West Europe"))
    assert as_place(seen.asset("c").location) == {"kind": "multi_region", "members": ["eastus", "westeurope"]}
    assert seen.asset("c").attributes["backup_retention_days"] == 7
    assert seen.targets("encrypted_by") == ["azure-keyvault:v1/keys/k"]


@pytest.mark.parametrize(
    ("path", "properties", "outsiders"),
    [
        ("Microsoft.Compute/galleries/g", {"sharingProfile": {"permissions": "Private"}}, []),
        (
            "Microsoft.Compute/galleries/g",
            {"sharingProfile": {"permissions": "Groups", "groups": [{"type": "AADTenants", "ids": ["t-1"]}]}},
            ["tenant:t-1"],
        ),
        ("Microsoft.Kusto/clusters/g", {"trustedExternalTenants": []}, []),
        ("Microsoft.Kusto/clusters/g", {"trustedExternalTenants": [{"value": "t-1"}]}, ["tenant:t-1"]),
    ],
)
def test_readers_by_roles_may_be_more_than_those_that_are_told(
    look: Look, path: str, properties: dict[str, Any], outsiders: list[str]
) -> None:
    """Role assignments are not read: whoever is told may read, and the list is never known to be whole."""
    seen = only(look, body("x", path, properties, location="westeurope"))
    assert seen.asset("g").attributes["relations_read"] == []
    assert seen.targets("shared_with") == outsiders


def test_image_version_lies_in_every_target_region(look: Look) -> None:
    regions_ = [
        {"name": "East US"},
        {"name": "West Europe", "encryption": {"osDiskImage": {"diskEncryptionSetId": f"{RG}/D/s/1"}}},
    ]
    path = "Microsoft.Compute/galleries/g/images/i/versions/1.0.0"
    seen = only(look, body("x", path, {"publishingProfile": {"targetRegions": regions_}}, location="westeurope"))
    assert seen.asset("1.0.0").location.members == ("eastus", "westeurope")
    assert seen.asset("1.0.0").attributes["source_region"] == "westeurope"
    assert seen.targets("encrypted_by") == [f"{U}/d/s/1"]


def test_allowed_locations(look: Look) -> None:
    definition = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
    properties = {
        "displayName": "Only Europe",
        "policyDefinitionId": definition,
        "parameters": {"listOfAllowedLocations": {"value": ["West Europe", "northeurope"]}},
        "enforcementMode": "DoNotEnforce",
        "scope": "/providers/Microsoft.Management/managementGroups/Root",
    }
    uid = "/providers/Microsoft.Management/managementGroups/Root/providers/Microsoft.Authorization/policyAssignments/a"
    seen = look({"id": uid, "name": "a", "type": "x", "properties": properties})
    asset = seen.asset("Only Europe")
    assert asset.account == "managementGroups/root"
    assert asset.attributes == {
        "type": "region",
        "allowed_regions": ["northeurope", "westeurope"],
        "enforced": False,
        "scope_path": "/providers/microsoft.management/managementgroups/root",
    }


def test_arc_machines_are_not_where_their_record_is(look: Look) -> None:
    path = "Microsoft.HybridCompute/machines/m"
    plain = only(look, body("x", path, {}, location="westeurope")).asset("m")
    assert plain.provider == "on_prem"
    assert plain.attributes == {"managed_by": "azure-arc"}
    assert to_builtins(plain.location) == {"kind": "region", "region": "westeurope", "evidence": "metadata_only"}
    stated = {"locationData": {"name": "Hall 3", "countryOrRegion": "de"}, "cloudMetadata": {"provider": "AWS"}}
    told = only(look, body("x", path, stated, location="westeurope")).asset("m")
    assert told.provider == "aws"
    assert told.attributes["physical_country"] == "DE"
    assert (told.location.kind, told.location.country, told.location.evidence) == ("on_prem", "DE", "declared")
    for words, code in (("Germany", "DE"), ("the Netherlands", "NL"), ("U.S.A.", "US"), ("Hall 3, left", None)):
        where = {"locationData": {"countryOrRegion": words}}
        stated_so = only(look, body("x", path, where, location="westeurope")).asset("m")
        assert stated_so.location.evidence == ("metadata_only" if code is None else "declared")
        assert stated_so.attributes.get("physical_country") == code
    path = "Microsoft.Kubernetes/connectedClusters/k"
    cluster = only(look, body("x", path, {"infrastructure": "gcp", "totalNodeCount": 4}, location="westeurope")).asset(
        "k"
    )
    assert (cluster.provider, cluster.location.evidence) == ("gcp", "metadata_only")
    assert cluster.attributes == {"managed_by": "azure-arc", "node_count": 4}


def test_geo_redundancy_without_a_named_region_is_somewhere(look: Look) -> None:
    redundancy = {"redundancySettings": {"standardTierStorageRedundancy": "GeoRedundant"}}
    document = body("x", "Microsoft.RecoveryServices/vaults/v", redundancy)
    assert only(look, document).asset("v").attributes == {"secondary_loc": {"kind": "unknown"}}
    store = body("x", "Microsoft.Storage/storageAccounts/s", {}, sku={"name": "Standard_RAGZRS"})
    assert only(look, store).asset("s").attributes == {
        "encrypted": True,
        "cross_zone": True,
        "secondary_loc": {"kind": "unknown"},
        "relations_read": [],
    }


def test_edge_zones_and_custom_locations(look: Look) -> None:
    path = "Microsoft.Compute/disks/d"
    edge = body("x", path, location="westus", extendedLocation={"name": "microsoftlosangeles1", "type": "EdgeZone"})
    assert to_builtins(look(edge).asset("d").location) == {
        "kind": "edge",
        "region": "westus",
        "zone": "microsoftlosangeles1",
    }
    custom = body(
        "x", path, location="westeurope", extendedLocation={"name": "/subscriptions/x", "type": "CustomLocation"}
    )
    assert look(custom).asset("d").location.evidence == "metadata_only"


def test_tags_null_is_none_and_absent_is_not_read(look: Look) -> None:
    path = "Microsoft.ContainerService/managedClusters/c"
    assert look(body("x", path, {"fqdn": "x"}, tags=None)).asset("c").tags == {}
    assert look(body("x", path, {"fqdn": "x"})).asset("c").tags is UNSET
    assert look(body("x", "Microsoft.Compute/disks/d", {"diskState": "Attached"})).asset("d").tags == {}
    assert look(body("x", "Microsoft.Compute/disks/d")).asset("d").tags is UNSET  # a projection, not the document


def test_data_factory_leads_from_store_to_store(look: Look) -> None:
    path = "Microsoft.DataFactory/factories/f"
    activity = {"inputs": [{"referenceName": "In"}], "outputs": [{"referenceName": "Out"}]}
    factory = f"{U}/microsoft.datafactory/factories/f"
    seen = look(
        body("x", f"{path}/pipelines/p", {"activities": [activity]}),
        body("x", f"{path}/datasets/In", {"linkedServiceName": {"referenceName": "Blob"}}),
        body(
            "x",
            f"{path}/linkedservices/Blob",
            {"typeProperties": {"serviceEndpoint": "https://acct1.blob.core.windows.net"}},
        ),
        body("x", f"{path}/linkedservices/Sql", {"typeProperties": {"server": "srv.example.org,1433"}}),
    )
    assert seen.targets("reads") == [f"{factory}/datasets/in"]
    assert seen.targets("writes") == [f"{factory}/datasets/out"]
    assert f"{factory}/linkedservices/blob" in seen.targets("member_of")
    assert "azure-storage:acct1" in seen.targets("member_of")
    assert any("srv.example.org" in target for target in seen.targets("member_of"))


def test_account_of_lifecycle_facet_is_the_parent(look: Look) -> None:
    rules = [
        {
            "enabled": True,
            "definition": {
                "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 9}}},
                "filters": {"prefixMatch": ["tmp/"]},
            },
        }
    ]
    path = "Microsoft.Storage/storageAccounts/S/managementPolicies/default"
    [asset] = look(body("x", path, {"policy": {"rules": rules}})).assets
    assert asset.uid == f"{U}/microsoft.storage/storageaccounts/s"
    assert asset.attributes == {"noncurrent_expire_days": None}  # only a prefix is deleted: not a rule for the account
    for types, days in ((["appendBlob"], None), (["blockBlob", "appendBlob"], 9)):
        rules[0]["definition"]["filters"] = {"blobTypes": types}
        [asset] = look(body("x", path, {"policy": {"rules": rules}})).assets
        assert asset.attributes.get("expire_days") == days


_ANY = [{"value": "203.0.113.0/24"}, {"value": "0.0.0.0/0"}]


@pytest.mark.parametrize(
    ("network", "reachable"),
    [
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Allow", "ipRules": []}}, True),
        ({"publicNetworkAccess": "Enabled"}, True),
        ({"publicNetworkAccess": "Enabled", "networkAcls": None}, True),
        ({"publicNetworkAccess": "Disabled", "networkAcls": {"defaultAction": "Allow"}}, False),
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Deny", "ipRules": []}}, False),
        (
            {
                "publicNetworkAccess": "Enabled",
                "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.7"}]},
            },
            False,
        ),
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Deny", "ipRules": _ANY}}, True),
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Deny", "ipRules": [{}]}}, None),
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Deny"}}, None),
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"defaultAction": "Audit"}}, None),
        ({"publicNetworkAccess": "Enabled", "networkAcls": {"ipRules": []}}, None),
        ({"publicNetworkAccess": "SecuredByPerimeter", "networkAcls": {"defaultAction": "Allow"}}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize(
    "type_", ["Microsoft.CognitiveServices/accounts", "Microsoft.MachineLearningServices/workspaces"]
)
def test_whether_any_address_reaches_a_service(look: Look, type_: str, network: dict[str, object], reachable) -> None:
    approved = [{"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}]
    seen = only(look, body("x", f"{type_}/ai1", {**network, "privateEndpointConnections": approved}))
    assert seen.asset("ai1").attributes.get("public_network") is reachable
    assert seen.asset("ai1").attributes["private_endpoint"] is True
