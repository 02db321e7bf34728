"""Exports of Cloud Asset Inventory, recorded and made."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.source import State
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Item, LocationKind, Relation, problems

RECORDINGS = os.environ.get("SITUS_RECORDINGS")
recorded = pytest.mark.skipif(not RECORDINGS, reason="SITUS_RECORDINGS names no folder of recordings")


def lines(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(e) + "\n" for e in entries), encoding="utf-8")
    return path


def read(*paths: Path) -> tuple[list[Item], list[ImportedFile]]:
    items: list[Item] = []
    files = read_exports(list(paths), items.extend)
    return items, files


def assets(items: list[Item]) -> dict[str, Asset]:
    return {i.uid: i for i in items if isinstance(i, Asset)}


def cells(items: list[Item]) -> dict[tuple[str, str, str, str], Coverage]:
    return {(c.account, c.region, c.service, c.kind): c for c in items if isinstance(c, Coverage)}


def relations(items: list[Item]) -> set[tuple[str, str, str]]:
    return {(r.source, r.type, r.target) for r in items if isinstance(r, Relation)}


BUCKET = {
    "name": "//storage.googleapis.com/patients",
    "assetType": "storage.googleapis.com/Bucket",
    "resource": {
        "version": "v1",
        "parent": "//cloudresourcemanager.googleapis.com/projects/123456789012",
        "data": {
            "name": "patients",
            "projectNumber": "123456789012",
            "location": "EU",
            "locationType": "dual-region",
            "storageClass": "STANDARD",
            "metageneration": "3",
            "timeCreated": "2026-01-02T03:04:05.678Z",
            "customPlacementConfig": {"dataLocations": ["EUROPE-WEST4", "EUROPE-NORTH1"]},
            "encryption": {
                "defaultKmsKeyName": "projects/keys/locations/eur4/keyRings/r/cryptoKeys/k/cryptoKeyVersions/2"
            },
            "iamConfiguration": {"publicAccessPrevention": "enforced"},
            "versioning": {"enabled": True},
            "labels": {"data-classification": "health"},
            "retentionPolicy": {"retentionPeriod": "864000", "isLocked": True},
            "lifecycle": {
                "rule": [
                    {"action": {"type": "Delete"}, "condition": {"age": 400}},
                    {"action": {"type": "Delete"}, "condition": {"age": 3, "matchesPrefix": ["tmp/"]}},
                    {"action": {"type": "SetStorageClass"}, "condition": {"age": 1}},
                ]
            },
        },
    },
    "ancestors": ["projects/123456789012", "folders/9", "organizations/5"],
    "updateTime": "2026-11-01T00:00:00Z",
}
INSTANCE = {
    "name": "//compute.googleapis.com/projects/imaging-prod/zones/europe-west4-a/instances/trainer-1",
    "asset_type": "compute.googleapis.com/Instance",
    "resource": {
        "version": "v1",
        "data": {
            "name": "trainer-1",
            "zone": "https://www.googleapis.com/compute/v1/projects/imaging-prod/zones/europe-west4-a",
            "machineType": "https://www.googleapis.com/compute/v1/projects/imaging-prod/zones/europe-west4-a/machineTypes/a2-highgpu-4g",
            "guestAccelerators": [{"acceleratorType": "https://x/nvidia-tesla-a100", "acceleratorCount": 4}],
            "confidentialInstanceConfig": {"enableConfidentialCompute": False},
            "networkInterfaces": [
                {"network": "https://www.googleapis.com/compute/v1/projects/imaging-prod/global/networks/vpc1"}
            ],
            "disks": [
                {"source": "https://www.googleapis.com/compute/v1/projects/imaging-prod/zones/europe-west4-a/disks/d1"}
            ],
            "metadata": {"items": [{"key": "ssh-keys", "value": "secret stuff"}]},
        },
    },
    "ancestors": ["projects/123456789012", "folders/9", "organizations/5"],
}


def test_the_number_of_a_project_becomes_its_id_even_when_the_id_comes_later(tmp_path: Path) -> None:
    items, files = read(lines(tmp_path / "export.ndjson", BUCKET, INSTANCE))
    assert [f.state for f in files] == [State.COMPLETE]
    bucket = assets(items)["//storage.googleapis.com/patients"]
    assert bucket.account == "imaging-prod"
    assert bucket.location.kind is LocationKind.MULTI_REGION
    assert (bucket.location.region, bucket.location.service) == ("EU", "cloud-storage")
    assert bucket.location.members == ("europe-north1", "europe-west4")
    assert bucket.tags == {"data-classification": "health"}
    assert bucket.attributes == {
        "relations_read": [],
        "encrypted": True,
        "encryption": "customer-managed key",
        "versioning": True,
        "expire_days": 400,
        "noncurrent_expire_days": None,
        "retention_days": 10,
        "lock_days": 10,
        "secondary_loc": None,
        "immutable": True,
        "public_access": "none",
        "cross_zone": True,
    }
    key = "//cloudkms.googleapis.com/projects/keys/locations/eur4/keyRings/r/cryptoKeys/k"
    assert (bucket.uid, "encrypted_by", key) in relations(items)
    machine = assets(items)[INSTANCE["name"]]
    assert machine.attributes["gpu_count"] == 4
    assert machine.attributes["gpu_model"] == "nvidia-tesla-a100"
    assert machine.attributes["public_ip"] is False
    assert machine.attributes["confidential"] == "none"
    assert "//compute.googleapis.com/projects/123456789012/zones/europe-west4-a/instances/trainer-1" in machine.aliases
    assert not any(b"secret stuff" in e.body for e in items if isinstance(e, Evidence))


@pytest.mark.parametrize("chosen", [None, {}, {"dataLocations": None}, {"dataLocations": ["EUROPE-WEST4", None]}])
def test_two_regions_that_were_chosen_and_are_not_told_are_no_place(tmp_path: Path, chosen: Any) -> None:
    data = {**BUCKET["resource"]["data"], "customPlacementConfig": chosen}
    bucket = {**BUCKET, "resource": {**BUCKET["resource"], "data": data}}
    found = assets(read(lines(tmp_path / "a.json", bucket))[0])["//storage.googleapis.com/patients"]
    assert found.location.kind is LocationKind.UNKNOWN


def test_policies_of_iam_and_of_the_organisation(tmp_path: Path) -> None:
    iam = {
        "name": "//storage.googleapis.com/patients",
        "asset_type": "storage.googleapis.com/Bucket",
        "iam_policy": {
            "bindings": [
                {"role": "roles/storage.legacyBucketOwner", "members": ["projectOwner:imaging-prod"]},
                {
                    "role": "roles/storage.objectViewer",
                    "members": ["allUsers", "user:a@partner.example", "domain:x.org"],
                },
                {
                    "role": "roles/storage.objectAdmin",
                    "members": ["serviceAccount:s@imaging-prod.iam.gserviceaccount.com"],
                },
                {
                    "role": "roles/viewer",
                    "members": ["serviceAccount:s@other-project.iam.gserviceaccount.com", "deleted:x"],
                },
            ]
        },
        "ancestors": ["projects/123456789012"],
    }
    places = {
        "name": "//cloudresourcemanager.googleapis.com/organizations/5",
        "asset_type": "cloudresourcemanager.googleapis.com/Organization",
        "org_policy": [
            {"constraint": "constraints/gcp.resourceLocations", "list_policy": {"allowed_values": ["in:eu-locations"]}},
            {"constraint": "constraints/storage.publicAccessPrevention", "boolean_policy": {}},
            {"constraint": "constraints/compute.disableSerialPortAccess", "boolean_policy": {"enforced": True}},
        ],
        "ancestors": ["organizations/5"],
    }
    items, files = read(lines(tmp_path / "policies.ndjson", iam, places, INSTANCE))
    assert files[0].warnings == []
    found = assets(items)
    assert found["//storage.googleapis.com/patients"].attributes["public_access"] == "public"
    shared = {t for s, k, t in relations(items) if k == "shared_with"}
    assert shared == {"public", "domain:partner.example", "domain:x.org", "account:other-project"}
    policy = found["//orgpolicy.googleapis.com/organizations/5/policies/gcp.resourceLocations"]
    assert policy.kind == "governance.policy"
    assert policy.attributes == {
        "type": "region",
        "scope_path": "organizations/5",
        "enforced": True,
        "allowed_regions": ["in:eu-locations"],
        "exceptions": [],
    }
    prevention = found["//orgpolicy.googleapis.com/organizations/5/policies/storage.publicAccessPrevention"]
    assert prevention.attributes["enforced"] is False
    assert len([a for a in found.values() if a.kind == "governance.policy"]) == 2


def test_coverage_says_what_was_seen_and_what_no_export_shows(tmp_path: Path) -> None:
    unknown = INSTANCE | {
        "asset_type": "compute.googleapis.com/UrlMap",
        "name": "//compute.googleapis.com/projects/imaging-prod/global/urlMaps/u",
    }
    items, _ = read(lines(tmp_path / "export.ndjson", BUCKET, INSTANCE, unknown, unknown))
    found = cells(items)
    assert found["imaging-prod", "EU", "storage", "storage.bucket"].status is CoverageStatus.COLLECTED
    assert found["imaging-prod", "europe-west4", "compute", "compute.instance"].count == 1
    missing = found["imaging-prod", "*", "compute.googleapis.com", "*"]
    assert (missing.status, missing.count) == (CoverageStatus.NOT_ASKED, 2)
    assert "2 × compute.googleapis.com/UrlMap" in (missing.detail or "")
    for service, kind in (("storagetransfer", "transfer.job"), ("orgpolicy", "governance.policy"), ("iam", "identity")):
        assert found["imaging-prod", "*", service, kind].status is CoverageStatus.NOT_EXPORTED
    left_out = found["imaging-prod", "*", "cloudasset.types", "warehouse"]
    assert (left_out.status, "chosen asset types" in (left_out.detail or "")) == (CoverageStatus.NOT_EXPORTED, True)
    assert ("imaging-prod", "*", "cloudasset.types", "compute.instance") not in found


def test_lists_of_the_api_search_results_and_history(tmp_path: Path) -> None:
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps({"readTime": "2026-11-01T00:00:00Z", "assets": [INSTANCE]}), encoding="utf-8")
    found = tmp_path / "search.json"
    result = {
        "name": "//storage.googleapis.com/found",
        "assetType": "storage.googleapis.com/Bucket",
        "project": "projects/123456789012",
        "location": "eu",
        "kmsKeys": ["projects/p/locations/europe/keyRings/r/cryptoKeys/k"],
    }
    found.write_text(json.dumps({"results": [result]}), encoding="utf-8")
    gone = {"window": {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-02-01T00:00:00Z"}, "asset": BUCKET}
    deleted = {"window": {"startTime": "2026-02-01T00:00:00Z"}, "deleted": True, "asset": BUCKET}
    history = tmp_path / "history.json"
    history.write_text(json.dumps({"assets": [gone, deleted, {"asset": INSTANCE}]}), encoding="utf-8")
    for path in (listed, history):
        items, files = read(path)
        assert set(assets(items)) == {INSTANCE["name"]}, path
        assert files[0].state is State.COMPLETE
    items, _ = read(found)
    bucket = assets(items)["//storage.googleapis.com/found"]
    assert bucket.location.region == "EU"
    assert "custody" not in bucket.attributes
    assert "versioning" not in bucket.attributes
    assert ("//storage.googleapis.com/found", "encrypted_by") in {(s, t) for s, t, _ in relations(items)}
    assert cells(items)["123456789012", "*", "*", "*"].status is CoverageStatus.NOT_EXPORTED


def test_places_come_from_parents_and_parts(tmp_path: Path) -> None:
    def entry(name: str, type_: str, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": name,
            "assetType": type_,
            "resource": {"data": data},
            "ancestors": ["projects/1", "organizations/5"],
        }

    spanner = "//spanner.googleapis.com/projects/p1/instances/i"
    bigtable = "//bigtable.googleapis.com/projects/p1/instances/b"
    items, files = read(
        lines(
            tmp_path / "e.ndjson",
            entry(f"{spanner}/databases/d", "spanner.googleapis.com/Database", {"name": "d"}),
            entry(spanner, "spanner.googleapis.com/Instance", {"config": "projects/p1/instanceConfigs/eur6"}),
            entry(bigtable, "bigtableadmin.googleapis.com/Instance", {"labels": {"a": "b"}}),
            entry(
                f"{bigtable}/clusters/c1",
                "bigtableadmin.googleapis.com/Cluster",
                {"location": "projects/p1/locations/europe-west4-a"},
            ),
            entry(
                f"{bigtable}/clusters/c2",
                "bigtableadmin.googleapis.com/Cluster",
                {"location": "projects/p1/locations/us-east1-b"},
            ),
        )
    )
    found = assets(items)
    assert found[f"{spanner}/databases/d"].location.region == "eur6"
    assert found[f"{spanner}/databases/d"].location.service == "spanner"
    assert found[bigtable].location.members == ("europe-west4", "us-east1")
    assert found[bigtable].tags == {"a": "b"}
    assert files[0].warnings == []


@pytest.mark.parametrize(
    "entry",
    [
        {"name": 5, "assetType": "storage.googleapis.com/Bucket"},
        {"name": "not a name", "assetType": "storage.googleapis.com/Bucket", "resource": {"data": []}},
        {"name": "//storage.googleapis.com/b", "assetType": ["x"]},
        {"name": "//storage.googleapis.com/b", "assetType": "storage.googleapis.com/Bucket", "resource": 3},
        {
            "name": "//storage.googleapis.com/b",
            "assetType": "storage.googleapis.com/Bucket",
            "resource": {"data": None},
        },
        {
            "name": "//storage.googleapis.com/b",
            "assetType": "storage.googleapis.com/Bucket",
            "iamPolicy": {"bindings": "x"},
        },
    ],
)
def test_mangled_entries_do_no_harm(tmp_path: Path, entry: dict[str, Any]) -> None:
    items, files = read(lines(tmp_path / "e.ndjson", INSTANCE, entry))
    assert INSTANCE["name"] in assets(items)
    assert files[0].state is not State.REFUSED
    for asset in assets(items).values():
        assert problems(asset.kind, asset.attributes) == []
        assert "public_access" not in asset.attributes


@recorded
def test_every_recorded_export_is_read(tmp_path: Path) -> None:
    total = 0
    for recording in sorted((Path(RECORDINGS or "") / "gcp" / "cloudasset").glob("*.json")):
        whole = json.loads(recording.read_text(encoding="utf-8"))
        if whole["status"] != 200 or recording.name.startswith(("feeds", "savedQueries")):
            continue
        path = tmp_path / recording.name
        if "ndjson" in recording.name:
            lines(path, *whole["body"])
        else:
            path.write_text(json.dumps(whole["body"]), encoding="utf-8")
        items, files = read(path)
        assert files[0].state is State.COMPLETE, recording.name
        for asset in (i for i in items if isinstance(i, Asset)):
            assert problems(asset.kind, asset.attributes) == []
            assert asset.provider in ("gcp", "kubernetes")
            total += 1
    assert total >= 170


@recorded
def test_the_large_recorded_export(tmp_path: Path) -> None:
    recording = Path(RECORDINGS or "") / "gcp" / "cloudasset" / "exportAssets.ndjson.1.json"
    items, _ = read(lines(tmp_path / "all.ndjson", *json.loads(recording.read_text(encoding="utf-8"))["body"]))
    found = assets(items)
    assert found["//storage.googleapis.com/bucket1"].account == "project3"  # 1043 in the bucket, named by its project
    table = found["//bigtable.googleapis.com/projects/project2/instances/test-bigtable/clusters/test-bigtable-c1"]
    assert table.location.zone == "us-west1-a"
    snapshot = found["//compute.googleapis.com/projects/project1/global/snapshots/snap-2"]
    assert (snapshot.location.region, snapshot.attributes["source_region"]) == ("US", "europe-west4")
    project = found["//cloudresourcemanager.googleapis.com/projects/1043"]
    assert (project.kind, project.account, project.attributes["id"]) == ("account", "project3", "project3")
    assert (project.uid, "member_of", "//cloudresourcemanager.googleapis.com/folders/1031") in relations(items)


def test_objects_of_gke_clusters_belong_to_the_project_and_name_its_machines(tmp_path: Path) -> None:
    prefix = "//container.googleapis.com/projects/imaging-prod/locations/europe-west4/clusters/train"

    def entry(path: str, type_: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"name": f"{prefix}{path}", "assetType": type_, "resource": {"data": data}, "ancestors": ["projects/1"]}

    machine = {
        "metadata": {"name": "trainer-1", "labels": {"cloud.google.com/gke-accelerator": "nvidia-h100-80gb"}},
        "spec": {"providerID": "gce://imaging-prod/europe-west4-a/trainer-1"},
        "status": {"capacity": {"nvidia.com/gpu": "8"}},
    }
    container = {"resources": {"limits": {"nvidia.com/gpu": "8"}}, "args": ["--data=gs://scans/a", "--token=abc123"]}
    job = {"metadata": {"name": "j", "namespace": "ml"}, "spec": {"template": {"spec": {"containers": [container]}}}}
    items, files = read(
        lines(
            tmp_path / "gke.ndjson",
            entry(
                "", "container.googleapis.com/Cluster", {"name": "train", "location": "europe-west4", "nodePools": []}
            ),
            entry("/k8s/nodes/trainer-1", "k8s.io/Node", machine),
            entry("/k8s/namespaces/ml/batch/jobs/j", "batch.k8s.io/Job", job),
            entry("/k8s/namespaces/ml/secrets/s", "k8s.io/Secret", {"data": {"password": "abc123"}}),
            INSTANCE,
        )
    )
    found = assets(items)
    uid = "//compute.googleapis.com/projects/imaging-prod/zones/europe-west4-a/instances/trainer-1"
    nodes = [i for i in items if isinstance(i, Asset) and i.uid == uid]
    assert [n.attributes.get("gpu_count") for n in nodes] == [8, 4]  # the node's count, then the machine's own
    assert nodes[0].aliases == ("k8s://gke:imaging-prod/europe-west4/train/node//trainer-1",)
    training = found["k8s://gke:imaging-prod/europe-west4/train/job/ml/j"]
    assert (training.account, training.kind, training.location.region) == (
        "imaging-prod",
        "training.job",
        "europe-west4",
    )
    assert (training.uid, "reads", "//storage.googleapis.com/scans") in relations(items)
    assert "k8s://gke:imaging-prod/europe-west4/train" in found[prefix].aliases
    assert not any(b"abc123" in e.body for e in items if isinstance(e, Evidence))
    assert (files[0].state, files[0].warnings) == (State.COMPLETE, [])
