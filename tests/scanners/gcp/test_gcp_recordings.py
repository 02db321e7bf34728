"""Every recorded answer of a Google service, through the same normalisers as Cloud Asset Inventory."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scanners.documents import Origin, observe
from scanners.gcp import document_types
from scanners.gcp.envelope import from_service, items
from scanners.gcp.names import full_name
from scanners.model import Asset, Evidence, LocationKind, Relation, problems

ROOT = Path(os.environ.get("SITUS_RECORDINGS", "")) / "gcp"
pytestmark = pytest.mark.skipif(
    not os.environ.get("SITUS_RECORDINGS"), reason="SITUS_RECORDINGS names no folder of recordings"
)

# (service, last collection of the URL) → asset type; the rest of the recordings is of types that are not read
TYPES = {
    ("aiplatform", "batchPredictionJobs"): "aiplatform.googleapis.com/BatchPredictionJob",
    ("aiplatform", "customJobs"): "aiplatform.googleapis.com/CustomJob",
    ("aiplatform", "datasets"): "aiplatform.googleapis.com/Dataset",
    ("aiplatform", "deploymentResourcePools"): "aiplatform.googleapis.com/DeploymentResourcePool",
    ("aiplatform", "endpoints"): "aiplatform.googleapis.com/Endpoint",
    ("aiplatform", "hyperparameterTuningJobs"): "aiplatform.googleapis.com/HyperparameterTuningJob",
    ("aiplatform", "metadataStores"): "aiplatform.googleapis.com/MetadataStore",
    ("aiplatform", "models"): "aiplatform.googleapis.com/Model",
    ("aiplatform", "notebookRuntimes"): "aiplatform.googleapis.com/NotebookRuntime",
    ("aiplatform", "tensorboards"): "aiplatform.googleapis.com/Tensorboard",
    ("alloydb", "backups"): "alloydb.googleapis.com/Backup",
    ("alloydb", "clusters"): "alloydb.googleapis.com/Cluster",
    ("alloydb", "instances"): "alloydb.googleapis.com/Instance",
    ("artifactregistry", "repositories"): "artifactregistry.googleapis.com/Repository",
    ("backupdr", "backupPlanAssociations"): "backupdr.googleapis.com/BackupPlanAssociation",
    ("backupdr", "backupPlans"): "backupdr.googleapis.com/BackupPlan",
    ("backupdr", "backupVaults"): "backupdr.googleapis.com/BackupVault",
    ("batch", "jobs"): "batch.googleapis.com/Job",
    ("bigquery", "datasets"): "bigquery.googleapis.com/Dataset",
    ("bigquery", "tables"): "bigquery.googleapis.com/Table",
    ("cloudkms", "cryptoKeyVersions"): "cloudkms.googleapis.com/CryptoKeyVersion",
    ("cloudkms", "cryptoKeys"): "cloudkms.googleapis.com/CryptoKey",
    ("cloudkms", "keyRings"): "cloudkms.googleapis.com/KeyRing",
    ("cloudresourcemanager", "folders"): "cloudresourcemanager.googleapis.com/Folder",
    ("cloudresourcemanager", "organizations"): "cloudresourcemanager.googleapis.com/Organization",
    ("cloudresourcemanager", "projects"): "cloudresourcemanager.googleapis.com/Project",
    ("compute", "disks"): "compute.googleapis.com/Disk",
    ("compute", "futureReservations"): "compute.googleapis.com/FutureReservation",
    ("compute", "images"): "compute.googleapis.com/Image",
    ("compute", "instanceGroupManagers"): "compute.googleapis.com/InstanceGroupManager",
    ("compute", "instances"): "compute.googleapis.com/Instance",
    ("compute", "reservations"): "compute.googleapis.com/Reservation",
    ("compute", "snapshots"): "compute.googleapis.com/Snapshot",
    ("container", "clusters"): "container.googleapis.com/Cluster",
    ("container", "nodePools"): "container.googleapis.com/NodePool",
    ("dataproc", "batches"): "dataproc.googleapis.com/Batch",
    ("dataproc", "clusters"): "dataproc.googleapis.com/Cluster",
    ("file", "instances"): "file.googleapis.com/Instance",
    ("firestore", "backupSchedules"): "firestore.googleapis.com/BackupSchedule",
    ("firestore", "databases"): "firestore.googleapis.com/Database",
    ("gkehub", "memberships"): "gkehub.googleapis.com/Membership",
    ("hypercomputecluster", "clusters"): "hypercomputecluster.googleapis.com/Cluster",
    ("iam", "serviceAccounts"): "iam.googleapis.com/ServiceAccount",
    ("logging", "buckets"): "logging.googleapis.com/LogBucket",
    ("logging", "sinks"): "logging.googleapis.com/LogSink",
    ("memorystore", "instances"): "memorystore.googleapis.com/Instance",
    ("notebooks", "instances"): "notebooks.googleapis.com/Instance",
    ("orgpolicy", "policies"): "orgpolicy.googleapis.com/Policy",
    ("redis", "clusters"): "redis.googleapis.com/Cluster",
    ("redis", "instances"): "redis.googleapis.com/Instance",
    ("secretmanager", "secrets"): "secretmanager.googleapis.com/Secret",
    ("spanner", "backupSchedules"): "spanner.googleapis.com/BackupSchedule",
    ("spanner", "backups"): "spanner.googleapis.com/Backup",
    ("spanner", "databases"): "spanner.googleapis.com/Database",
    ("spanner", "instances"): "spanner.googleapis.com/Instance",
    ("sqladmin", "instances"): "sqladmin.googleapis.com/Instance",
    ("storage", "b"): "storage.googleapis.com/Bucket",
}
ORIGIN = Origin("test", "recording", "recorded answer")


def asset_type(folder: str, url: str) -> str | None:
    """The type that an answer of this URL holds; None for types that are not read and for IAM policies."""
    path = re.sub(r":\d+/", "/", url.split("?")[0])
    segments = path.split("/")
    if segments[-1] in ("iam", "getIamPolicy") or ":" in segments[-1] or "operations" in segments:
        return None
    if "publishers" in segments or "getEffectiveFirewalls" in segments:
        return None
    for segment in (segments[-1], segments[-2]):
        found = TYPES.get((folder, segment))
        if found:
            return found
    return None


def recorded() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(file, asset type, envelope) of every recorded thing of a type that is read."""
    for file in sorted(ROOT.glob("*/*.json")):
        recording = json.loads(file.read_text(encoding="utf-8"))
        url = recording["request"].get("url")
        if recording["status"] not in (200, None) or not url or file.parent.name == "cloudasset":
            continue
        type_ = asset_type(file.parent.name, url)
        if type_ is None:
            continue
        single = url.split("?")[0].rstrip("/").split("/")[-2] in {c for _, c in TYPES}
        for body in items(recording["body"]):
            name = full_name(url.split("?")[0]) if single else None
            if single and file.parent.name in ("bigquery", "storage", "cloudresourcemanager"):
                name = None  # the body has the better name
            elif file.parent.name == "logging" and not single:
                name = full_name(f"{url.split('?')[0]}/{body.get('name')}")
            yield f"{file.parent.name}/{file.name}", type_, from_service(body, type_, name) or {}


def normalised(wanted: str) -> list[Asset | Relation]:
    """What one recording yields, evidence left out."""
    found: list[Asset | Relation] = []
    for file, type_, envelope in recorded():
        if file == wanted:
            found += [i for i in observe(envelope, document_types()[type_], ORIGIN) if isinstance(i, Asset | Relation)]
    return found


def test_every_recording_of_a_known_type_passes() -> None:
    seen: dict[str, int] = {}
    for file, type_, envelope in recorded():
        assert envelope, f"{file}: no name"
        produced = list(observe(envelope, document_types()[type_], ORIGIN))
        assert isinstance(produced[0], Evidence)
        for item in produced:
            if isinstance(item, Asset):
                assert problems(item.kind, item.attributes) == [], file
                assert item.uid.startswith("//"), file
                assert item.provider in ("gcp", "kubernetes")
                assert item.kind in document_types()[type_].kinds
                assert item.account not in ("unknown", ""), file
            elif isinstance(item, Relation):
                assert item.source, file
                assert item.target, file
        seen[type_] = seen.get(type_, 0) + 1
    assert set(seen) == set(TYPES.values())
    assert sum(seen.values()) >= 190


def test_secrets_of_disks_and_machines_are_not_kept() -> None:
    for _, type_, envelope in recorded():
        for item in observe(envelope, document_types()[type_], ORIGIN):
            if isinstance(item, Evidence):
                assert b"rawKey" not in item.body
                assert b"startup-script" not in item.body
                assert b"runtimeUser" not in item.body
                assert b"notificationEmails" not in item.body


KEY = (
    "//cloudkms.googleapis.com/projects/${projectId}/locations/us-central1/keyRings/kmskeyring-${uniqueId}/cryptoKeys/"
)


@pytest.mark.parametrize(
    ("file", "kind", "region", "facts"),
    [
        ("compute/instances.get.3.json", "compute.instance", "us-central1", {"instance_type": "n1-standard-1"}),
        ("compute/instances.get.4.json", "compute.instance", "us-west1", {"public_ip": True}),
        ("compute/disks.get.4.json", "storage.volume", "us-west1", {"encrypted": True, "attached": False}),
        ("compute/snapshots.get.1.json", "storage.snapshot", "US", {"custody": "provider"}),
        ("compute/images.get.1.json", "storage.image", "US", {"encrypted": True}),
        (
            "compute/reservations.get.2.json",
            "compute.nodegroup",
            "us-central1",
            {"gpu_count": 2, "node_count": 2, "gpu_model": "nvidia-tesla-v100", "instance_type": "n1-highmem-8"},
        ),
        (
            "compute/futureReservations.get.3.json",
            "compute.nodegroup",
            "us-central1",
            {"node_count": 2, "reservation_end": "2026-11-11T00:00:01Z"},
        ),
        (
            "container/clusters.get.8.json",
            "compute.cluster",
            "us-central1",
            {"secrets_encrypted": False, "api_public": True, "api_allowed_cidrs": ["0.0.0.0/0"], "node_count": 1},
        ),
        ("storage/buckets.get.3.json", "storage.bucket", "US", {"soft_delete_days": 7, "cross_zone": True}),
        ("storage/buckets.get.4.json", "storage.bucket", "us-central1", {"expire_days": 7, "custody": "provider"}),
        ("sqladmin/instances.get.7.json", "database.instance", "us-central1", {"https_only": True, "cross_zone": True}),
        (
            "sqladmin/instances.get.7.json",
            "database.instance",
            "us-central1",
            {"backup_retention_days": 5, "public_network": False, "public_access": "none", "private_endpoint": True},
        ),
        ("bigquery/datasets.get.3.json", "warehouse", "US", {"expire_days": 0, "public_access": "absent"}),
        ("bigquery/datasets.get.1.json", "warehouse", "US", {"custody": "provider"}),
        ("spanner/instances.get.2.json", "database.instance", "us-west1", {"cross_zone": True}),
        ("firestore/databases.get.1.json", "database.instance", "us-east1", {"versioning": False}),
        (
            "alloydb/clusters.get.1.json",
            "database.instance",
            "europe-west4",
            {"custody": "provider", "backup_retention_days": 14},
        ),
        (
            "cloudkms/cryptoKeys.get.3.json",
            "key",
            "us-central1",
            {"custody": "customer", "state": "enabled", "rotatable": False, "destroy_delay_days": 30},
        ),
        ("cloudkms/cryptoKeyVersions.get.1.json", "key", None, {"custody": "customer"}),
        ("secretmanager/secrets.get.1.json", "secret", "global", {"custody": "provider"}),
        ("secretmanager/secrets.get.2.json", "secret", "us-central1", {"encryption": "customer-managed key"}),
        ("artifactregistry/repositories.get.1.json", "storage.registry", "us-central1", {"custody": "provider"}),
        (
            "aiplatform/customJobs.get.1.json",
            "training.job",
            "us-central1",
            {"node_count": 1, "instance_type": "n1-standard-4", "vpc": None, "ended_at": "2026-07-08T18:43:57.753618Z"},
        ),
        (
            "aiplatform/hyperparameterTuningJobs.get.1.json",
            "training.job",
            "us-central1",
            {"processing_scope": "region"},
        ),
        ("aiplatform/models.get.1.json", "ai.model", "us-central1", {"vendor_base": False, "exportable": True}),
        (
            "aiplatform/endpoints.get.1.json",
            "ai.endpoint",
            "us-central1",
            {"public_network": False, "private_endpoint": True},
        ),
        ("aiplatform/datasets.get.2.json", "warehouse", "us-central1", {"encryption": "customer-managed key"}),
        ("aiplatform/notebookRuntimes.get.1.json", "training.notebook", "us-central1", {}),
        (
            "notebooks/instances.get.1.json",
            "training.notebook",
            "us-east1",
            {"public_ip": True, "root_access": True, "custody": "provider", "attached": True},
        ),
        ("file/instances.get.1.json", "storage.filesystem", "us-central1", {"custody": "provider"}),
        ("redis/instances.get.1.json", "database.instance", "us-central1", {"public_network": False}),
        ("logging/buckets.get.1.json", "log.group", "global", {"retention_days": 30, "immutable": False}),
        ("logging/sinks.get.1.json", "log.trail", "global", {"active": True}),
        ("dataproc/clusters.get.2.json", "compute.cluster", "us-east1", {"node_count": 3, "vpc": "default"}),
        ("backupdr/backupVaults.get.1.json", "backup.vault", "us-central1", {"lock_days": 1, "immutable": True}),
    ],
)
def test_facts_of_recordings(file: str, kind: str, region: str | None, facts: dict[str, Any]) -> None:
    assets = [i for i in normalised(file) if isinstance(i, Asset)]
    assert assets, file
    asset = next(a for a in assets if a.kind == kind)
    assert asset.location.region == region
    for name, value in facts.items():
        assert asset.attributes.get(name, "absent") == value, name


def test_relations_of_recordings() -> None:
    job = [i for i in normalised("aiplatform/batchPredictionJobs.list.1.json") if isinstance(i, Relation)]
    assert ("reads", "//storage.googleapis.com/c7n-vertex-batch-test-9cca1082") in {(r.type, r.target) for r in job}
    assert ("writes", "//storage.googleapis.com/c7n-vertex-batch-test-9cca1082") in {(r.type, r.target) for r in job}
    sql = [i for i in normalised("sqladmin/instances.get.7.json") if isinstance(i, Relation)]
    assert [r.type for r in sql] == ["encrypted_by"]
    assert sql[0].target.startswith(KEY)
    endpoint = [i for i in normalised("aiplatform/endpoints.list.1.json") if isinstance(i, Relation)]
    assert any(r.type == "deployed_as" and "/models/" in r.source for r in endpoint)
    dataset = [i for i in normalised("bigquery/datasets.get.3.json") if isinstance(i, Relation)]
    assert ("shared_with", "domain:google.com") in {(r.type, r.target) for r in dataset}


def test_absent_is_not_none() -> None:
    runtime = next(i for i in normalised("aiplatform/notebookRuntimes.get.1.json") if isinstance(i, Asset))
    assert "custody" not in runtime.attributes  # its answer shows neither machine nor key
    assert "internet_access" not in runtime.attributes
    row = next(i for i in normalised("bigquery/datasets.list.1.json") if isinstance(i, Asset))
    assert "custody" not in row.attributes
    assert "expire_days" not in row.attributes
    version = next(i for i in normalised("cloudkms/cryptoKeyVersions.get.1.json") if isinstance(i, Asset))
    assert version.location.kind is LocationKind.UNKNOWN
    assert "state" not in version.attributes
