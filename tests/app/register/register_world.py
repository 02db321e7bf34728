"""A small store with flows out of the EEA, judged by a policy with a register."""

import json
from pathlib import Path

from app.cli.main import main

POLICY = """
organisation = "Example SE"
allowed_countries = ["EEA"]
[tag_map.data-class]
personal = "personal"
[[accounts]]
id = "example-us"
entity = "Example Inc."
country = "US"
[[transfer_register]]
id = "SCC-1"
importer = "Example Inc."
country = "US"
tool = "scc"
data_classes = ["personal"]
assets = ["//storage.googleapis.com/to-us"]
tia_date = 2026-03-01
expires = 2026-11-30
document = "=contract 17"
[[ropa]]
id = "VVT-1"
name = "Training"
resources = ["//storage.googleapis.com/source"]
recipients = ["Subsidiary"]
"""


def bucket(name: str, place: str, kind: str = "region", **labels: str) -> dict[str, object]:
    """One bucket of a Cloud Asset Inventory export."""
    data = {"name": name, "location": place, "locationType": kind, "storageClass": "STANDARD", "labels": labels}
    return {
        "name": f"//storage.googleapis.com/{name}",
        "assetType": "storage.googleapis.com/Bucket",
        "ancestors": ["projects/123", "organizations/9"],
        "resource": {"data": {**data, "metageneration": "1"}},
    }


def job(name: str, source: str, sink: str) -> dict[str, object]:
    """A scheduled transfer job between two buckets."""
    return {
        "name": f"//storagetransfer.googleapis.com/projects/123/transferJobs/{name}",
        "assetType": "storagetransfer.googleapis.com/TransferJob",
        "ancestors": ["projects/123", "organizations/9"],
        "resource": {
            "data": {
                "name": f"transferJobs/{name}",
                "projectId": "123",
                "status": "ENABLED",
                "transferSpec": {
                    "gcsDataSource": {"bucketName": source},
                    "gcsDataSink": {"bucketName": sink},
                },
            }
        },
    }


def judged_store(folder: Path) -> tuple[list[str], Path]:
    """Words that name the store, and the policy file: flows to the United States, the United Kingdom and India."""
    entries = [
        bucket("source", "EUROPE-WEST3", **{"data-class": "personal"}),
        *(bucket(f"to-{c}", place, **{"data-class": "personal"}) for c, place in PLACES.items()),
        *(job(f"job-{c}", "source", f"to-{c}") for c in PLACES),
    ]
    export = folder / "assets.ndjson"
    export.write_text("".join(json.dumps(e) + "\n" for e in entries), encoding="utf-8")
    policy = folder / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    store = ["--store", str(folder / "situs.db")]
    words = ["audit", "--import", str(export), "--policy", str(policy), "--as-of", "2026-11-22", *store]
    assert main(words) == 0
    return store, policy


PLACES = {"us": "US-EAST4", "gb": "EUROPE-WEST2", "in": "ASIA-SOUTH1", "de": "EUROPE-WEST3"}
