"""Flows whose ends are names for stores, and connections of AI services, from documents to flows."""

from typing import Any

import pytest
from estates import asset, rel, run

from scanners import azure, gcp
from scanners.documents import DocumentType, Origin, observe
from scanners.model import Asset, Relation

RG = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers"
POLICY = 'allowed_countries = ["EEA"]\ntransfer_register = []\n[tag_map.class]\npersonal = "personal"'
BUCKET = "arn:aws:s3:::patients"
LAKE = f"{RG}/Microsoft.Storage/storageAccounts/lake".lower()


def seen(kinds: dict[str, DocumentType], *documents: tuple[str, dict[str, Any]]) -> list[Asset | Relation]:
    items: list[Asset | Relation] = []
    for native, document in documents:
        found = observe(document, kinds[native], Origin("test", "here", "test", account="a"))
        items += [i for i in found if isinstance(i, Asset | Relation)]
    return items


def flows(items: list[Asset | Relation], *more: Asset | Relation):
    everything = [*items, *more]
    assets = [i for i in everything if isinstance(i, Asset)]
    relations = [i for i in everything if isinstance(i, Relation)]
    _, found, transfers, _ = run([], assets, relations, policy=POLICY)
    return found, transfers


@pytest.mark.parametrize("home", ["Microsoft.DataFactory/factories/f", "Microsoft.Synapse/workspaces/w"])
@pytest.mark.parametrize(
    "source",
    [
        {"typeProperties": {"location": {"type": "AmazonS3Location", "bucketName": "patients"}}},
        {"type": "AmazonS3Object", "typeProperties": {"bucketName": "patients"}},
    ],
)
def test_a_pipeline_from_s3_to_a_blob_store_is_one_transfer(home: str, source: dict[str, Any]):
    base, native = f"{RG}/{home}", "/".join(home.lower().split("/")[:2])
    linked = {"linkedServiceName": {"referenceName": "Aws"}}
    activity = {"inputs": [{"referenceName": "In"}], "outputs": [{"referenceName": "Out"}]}
    trigger = {
        "type": "ScheduleTrigger",
        "runtimeState": "Started",
        "pipelines": [{"pipelineReference": {"referenceName": "P"}}],
    }
    items = seen(
        azure.document_types(),
        (f"{native}/pipelines", {"id": f"{base}/pipelines/P", "properties": {"activities": [activity]}}),
        (f"{native}/datasets", {"id": f"{base}/datasets/In", "properties": {**linked, **source}}),
        (
            f"{native}/datasets",
            {"id": f"{base}/datasets/Out", "properties": {"linkedServiceName": {"referenceName": "Blob"}}},
        ),
        (f"{native}/linkedservices", {"id": f"{base}/linkedservices/Aws", "properties": {"type": "AmazonS3"}}),
        (
            f"{native}/linkedservices",
            {
                "id": f"{base}/linkedservices/Blob",
                "properties": {"typeProperties": {"url": "https://lake.dfs.core.windows.net"}},
            },
        ),
        (f"{native}/triggers", {"id": f"{base}/triggers/T", "properties": trigger}),
    )
    lake = asset(LAKE, region="westeurope", provider="azure", aliases=("azure-storage:lake",))
    found, _ = flows(items, asset(BUCKET, data="personal", region="us-east-1"), lake)
    assert [(f.kind, f.source, f.target, f.data_class, f.continuous) for f in found] == [
        ("transfer_job", BUCKET, LAKE, "personal", True)
    ]
    assert found[0].via == (f"{base}/pipelines/p".lower(),)
    alone, _ = flows(items, lake)
    assert [(f.source, f.target) for f in alone] == [(BUCKET, LAKE)]


def test_what_a_pipeline_writes_has_the_class_of_what_it_reads():
    store, lake, job = asset("in", data="personal"), asset("lake"), asset("p", "transfer.job")
    relations = [
        rel("p", "reads", "in"),
        rel("p", "writes", "name"),
        rel("name", "member_of", "linked", use="files"),
        rel("linked", "member_of", "lake", use="files"),
    ]
    after = rel("lake", "replicates_to", "copy")
    found, _ = flows([store, lake, job, asset("copy")], *relations, after)
    assert {f.kind: f.data_class for f in found} == {"replication": "personal", "transfer_job": "personal"}


def test_storage_transfer_is_one_flow_from_bucket_to_bucket():
    native = "storagetransfer.googleapis.com/TransferJob"
    data = {
        "name": "transferJobs/1",
        "projectId": "p",
        "status": "ENABLED",
        "creationTime": "2026-01-01T00:00:00Z",
        "transferSpec": {
            "awsS3DataSource": {"bucketName": "patients"},
            "gcsDataSink": {"bucketName": "sink"},
        },
    }
    name = "//storagetransfer.googleapis.com/projects/p/transferJobs/1"
    items = seen(gcp.document_types(), (native, {"name": name, "assetType": native, "data": data}))
    sink = asset("//storage.googleapis.com/sink", region="us-central1", provider="gcp", account="p")
    found, transfers = flows(items, asset(BUCKET, data="personal"), sink)
    assert [(f.kind, f.source, f.target) for f in found] == [("transfer_job", BUCKET, sink.uid)]
    assert [t.status for t in transfers] == ["uncovered"]


def test_connections_of_ai_services_are_no_training():
    native = "microsoft.cognitiveservices/accounts/projects/connections"
    project = f"{RG}/Microsoft.CognitiveServices/accounts/a/projects/p"

    def connection(name: str, target: str) -> tuple[str, dict[str, Any]]:
        return native, {"id": f"{project}/connections/{name}", "properties": {"target": target}}

    items = seen(
        azure.document_types(),
        connection("model", "https://other.openai.azure.com/"),
        connection("far", "https://api.model.example/v1"),
        connection("blob", "https://lake.blob.core.windows.net/c"),
    )
    home = asset(project.lower(), "ai.account", "westeurope", provider="azure")
    found, _ = flows(items, home)
    assert {(f.kind, f.target) for f in found} == {
        ("inference", "azure-ai:other"),
        ("inference", "external:https://api.model.example"),
        ("share", "azure-storage:lake"),
    }
