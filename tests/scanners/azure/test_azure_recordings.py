"""Real answers of Azure, recorded by other projects, through the normalisers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, to_builtins

from scanners.azure import document_types
from scanners.azure.arm import type_of
from scanners.documents import Origin, observe
from scanners.model import Asset, problems

S = "/subscriptions/ea42f556-5106-4743-99b0-c129bfa71a47/resourcegroups"
RECORDED_TYPES = 60


def _resources(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    found: list[tuple[str, str, dict[str, Any]]] = []
    for file in sorted(folder.glob("*/*.json")):
        recording = json.loads(file.read_text(encoding="utf-8"))
        if recording["status"] not in (200, None):
            continue
        body = recording["body"]
        inner = body.get("value") if isinstance(body, dict) else body
        for document in inner if isinstance(inner, list) else [body]:
            native_type = type_of(document) if isinstance(document, dict) else None
            if native_type in document_types():
                found.append((file.name, native_type, document))
    return found


def test_every_recorded_answer_passes(azure_recordings: Path) -> None:
    seen: set[str] = set()
    for name, native_type, document in _resources(azure_recordings):
        kind = document_types()[native_type]
        for item in observe(document, kind, Origin("import:test", name, "test")):
            if isinstance(item, Asset):
                seen.add(native_type)
                assert problems(item.kind, item.attributes) == [], (name, item.uid)
                assert item.kind in kind.kinds, (name, item.kind)
                assert item.uid == item.uid.lower()
                assert item.evidence
                assert item.location.region is None or item.location.region == item.location.region.lower()
    assert len(seen) >= RECORDED_TYPES, sorted(seen)


REGION = Callable[[str], Any]
FACTS: list[tuple[str, str, dict[str, Any]]] = [
    # recording, name of the asset, expected attributes
    (
        "microsoft.storage/storageAccounts.get.1",
        "storagecfb11success",
        {
            "encrypted": True,
            "encryption": "Microsoft.Keyvault",
            "public_access": "possible",
            "https_only": True,
            "tls_min_below_12": False,
            "shared_key_auth": True,
            "cross_tenant_copy": True,
            "cross_zone": False,
            "secondary_loc": {"kind": "region", "region": "eastus2"},
        },
    ),
    (
        "microsoft.storage/storageAccounts.list.1",
        "mlwsbad20250522211107",
        {"custody": "provider", "cross_tenant_copy": False, "secondary_loc": None},
    ),
    ("microsoft.storage/storageAccounts.list.4", "cctstoragey6akyqpagdt3o", {"public_access": "none"}),
    (
        "microsoft.storage/storageAccounts.list.2",
        "custodiancask",
        {"secondary_loc": {"kind": "region", "region": "eastus"}, "tls_min_below_12": False},
    ),
    (
        "microsoft.storage/storageAccounts-blobServices-containers.list.1",
        "containerone",
        {"public_access": "public", "immutable": False, "lock_days": None},
    ),
    ("microsoft.storage/storageAccounts-blobServices-containers.list.1", "containertwo", {"public_access": "none"}),
    ("microsoft.storage/storageAccounts-blobServices.get.1", "cctstorageyenndgetjsvtg", {"soft_delete_days": 7}),
    (
        "microsoft.storage/storageAccounts-managementPolicies.get.1",
        "sa369green",
        {"expire_days": 3, "noncurrent_expire_days": None},
    ),
    (
        "microsoft.compute/disks.get.1",
        "c7n-test-vm_OsDisk_1_ff7628b46249419c95e5151982c9cf41",
        {
            "attached": True,
            "encrypted": True,
            "encryption": "EncryptionAtRestWithPlatformKey",
            "custody": "provider",
        },
    ),
    ("microsoft.compute/virtualMachineScaleSets.get.1", "virtualmachinescalesetd7d31356", {"node_count": 2}),
    (
        "microsoft.compute/locations-virtualMachines.list.1",
        "virtualmachinexxx9a731234",
        {"instance_type": "Standard_D2_v2"},
    ),
    ("microsoft.containerservice/managedClusters.get.1", "2", {"api_public": False, "node_count": 1}),
    ("microsoft.containerservice/managedClusters.get.2", "4", {"api_public": True, "node_count": 1}),
    (
        "microsoft.containerservice/managedClusters.list.1",
        "agentpool",
        {"instance_type": "Standard_DS2_v2", "node_count": 3},
    ),
    (
        "microsoft.containerservice/managedClusters-agentPools.get.1",
        "aksagent",
        {"instance_type": "Standard_DS2_v2", "node_count": 1},
    ),
    ("microsoft.redhatopenshift/openShiftClusters.list.1", "environment-64ozd", {"api_public": True}),
    ("microsoft.containerinstance/containerGroups.list.1", "cctest-containergroup", {"gpu_count": 0}),
    (
        "microsoft.cognitiveservices/accounts-deployments.list.1",
        "cctest-gpt4o-mini",
        {"processing_scope": "region", "model": "gpt-4o-mini:2024-07-18", "model_vendor": "OpenAI"},
    ),
    ("microsoft.cognitiveservices/accounts.get.2", "cs_cli_test_000002", {"public_network": True}),
    (
        "microsoft.machinelearningservices/workspaces-computes.list.1",
        "vvmlwrkspc11",
        {"instance_type": "STANDARD_D1_V2", "node_count": 0, "public_ip": True},
    ),
    (
        "microsoft.machinelearningservices/workspaces-onlineEndpoints.list.1",
        "cctest-online-endpoint",
        {"shared_key_auth": True, "processing_scope": "region"},
    ),
    ("microsoft.keyvault/vaults.list.2", "cfb-qmbknzbm-keyvault", {"purge_protection": False, "destroy_delay_days": 7}),
    ("microsoft.sql/servers-databases-transparentDataEncryption.get.2", "cctestdb", {"encrypted": True}),
    (
        "microsoft.sql/servers-databases-backupShortTermRetentionPolicies.get.1",
        "cctestdb",
        {"backup_retention_days": 28},
    ),
    (
        "microsoft.documentdb/databaseAccounts.get.1",
        "cctestcosmosdbc129bfa71a47",
        {"shared_key_auth": True, "backup_retention_days": 1, "backup_loc": {"kind": "unknown"}},
    ),
    (
        "microsoft.dbforpostgresql/flexibleServers.list.1",
        "pgtestsvc4",
        {"public_network": False, "cross_zone": True, "backup_loc": None, "backup_retention_days": 7},
    ),
    ("microsoft.dbformysql/servers.get.1", "testserver21341", {"tls_min_below_12": True, "https_only": True}),
    ("microsoft.dbformariadb/servers.list.1", "cctestmariadbserver76cp5dtr7sta4", {"tls_min_below_12": False}),
    ("microsoft.operationalinsights/workspaces.get.1", "workspacex683f167c", {"retention_days": 30}),
    (
        "microsoft.dataprotection/backupVaults.list.1",
        "example-backup-vault",
        {"secondary_loc": None, "immutable": False},
    ),
    ("microsoft.kusto/clusters.list.1", "kusto324red", {"custody": "provider"}),
    ("microsoft.hdinsight/clusters.list.1", "cctesthdinsighthbheaulh37fm4/headnode", {"node_count": 2}),
    ("microsoft.batch/batchAccounts-pools.get.1", "test_iaas_pool", {"instance_type": "STANDARD_A1", "node_count": 0}),
    ("resources/subscriptions.get.1", "Test Subscription", {"id": "ea42f556-5106-4743-99b0-c129bfa71a47"}),
]


@pytest.mark.parametrize(("file", "name", "expected"), FACTS, ids=[f"{file}-{name}" for file, name, _ in FACTS])
def test_facts(recorded: Callable[[str], Any], file: str, name: str, expected: dict[str, Any]) -> None:
    attributes = recorded(file).asset(name).attributes
    assert {key: attributes.get(key, "absent") for key in expected} == expected


PLACES = [
    ("microsoft.cognitiveservices/accounts.get.2", "cs_cli_test_000002", {"kind": "region", "region": "japaneast"}),
    ("microsoft.cognitiveservices/accounts.list.2", "cctest-cog-serv", {"kind": "global"}),
    ("microsoft.eventhub/namespaces.list.1", "offkxd3qjwh6a-cctesteventhubns", {"kind": "region", "region": "westus2"}),
    ("microsoft.compute/galleries-images-versions.get.1", "1.0.0", {"kind": "region", "region": "eastus"}),
    (
        "microsoft.documentdb/databaseAccounts.get.1",
        "cctestcosmosdbc129bfa71a47",
        {"kind": "region", "region": "southcentralus"},
    ),
    ("microsoft.cognitiveservices/accounts-deployments.list.3", "dpy", {"kind": "unknown"}),
]


@pytest.mark.parametrize(("file", "name", "place"), PLACES)
def test_places(recorded: Callable[[str], Any], file: str, name: str, place: dict[str, Any]) -> None:
    assert to_builtins(recorded(file).asset(name).location) == place


RELATIONS = [
    (
        "microsoft.storage/storageAccounts.get.1",
        "encrypted_by",
        "azure-keyvault:keyvault-fail/keys/keyvaultkey-cfb-njlrsptg-fail",
    ),
    (
        "microsoft.sql/servers-encryptionProtector.get.2",
        "encrypted_by",
        "azure-keyvault:cfb-guhvauzm-test-vault/keys/cfb-guhvauzm-test-key",
    ),
    (
        "microsoft.sql/servers-failoverGroups.list.1",
        "replicates_to",
        f"{S}/293-rg-green/providers/microsoft.sql/servers/293-sql2-green",
    ),
    (
        "microsoft.machinelearningservices/workspaces.list.1",
        "writes",
        f"{S}/vv/providers/microsoft.storage/storageaccounts/mlvvtest7678628190",
    ),
    ("microsoft.synapse/workspaces.list.1", "writes", "azure-storage:sa358green"),
    (
        "microsoft.cognitiveservices/accounts-projects-connections.list.1",
        "writes",
        "azure-ai:cctestaifoundry690431611813",
    ),
    ("microsoft.databricks/workspaces.list.1", "writes", "azure-storage:dbstoragepe6gvbvlxqb5a"),
    ("microsoft.streamanalytics/streamingjobs.list.1", "writes", "azure-storage:218storage"),
]


@pytest.mark.parametrize(("file", "type_", "target"), RELATIONS)
def test_relations(recorded: Callable[[str], Any], file: str, type_: str, target: str) -> None:
    assert target in recorded(file).targets(type_)


def test_replication_of_volumes_runs_from_source_to_destination(recorded: Callable[[str], Any]) -> None:
    edges = set()
    for number in range(1, 6):
        for relation in recorded(f"microsoft.netapp/netAppAccounts-capacityPools-volumes.get.{number}").relations:
            if relation.type == "replicates_to":
                edges.add((relation.source.rsplit("/", 1)[-1], relation.target.rsplit("/", 1)[-1]))
    assert edges == {("sdk-py-tests-vol-1", "sdk-py-tests-vol-2")}


def test_the_activity_log_of_a_subscription_is_a_trail(recorded: Callable[[str], Any]) -> None:
    seen = recorded("microsoft.insights/diagnosticSettings.list.1")
    [trail] = [asset for asset in seen.assets if asset.kind == "log.trail"]
    assert trail.attributes["covers_all_regions"] is True
    assert trail.attributes["active"] is True
    assert seen.targets("logs_to")


def test_old_accounts_do_not_state_what_they_left_out(recorded: Callable[[str], Any]) -> None:
    old = recorded("microsoft.storage/storageAccounts.list.2").asset("custodian5ec88fdd")
    for name in ("public_access", "tls_min_below_12", "shared_key_auth", "cross_tenant_copy"):
        assert name not in old.attributes


def test_tags_left_out_are_none_only_where_that_was_seen(recorded: Callable[[str], Any]) -> None:
    assert recorded("microsoft.compute/disks.get.1").assets[0].tags == {}
    assert recorded("microsoft.containerservice/managedClusters.get.1").asset("2").tags is UNSET
    assert recorded("microsoft.keyvault/vaults.get.1").assets[0].tags == {}
