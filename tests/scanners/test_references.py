"""Addresses of data and the uids that they stand for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.references import uid_of

WORKSPACE = "/subscriptions/s/resourcegroups/r/providers/microsoft.machinelearningservices/workspaces/w"

KNOWN = {
    "s3://bucket/a/b.csv": "arn:aws:s3:::bucket",
    "s3a://bucket": "arn:aws:s3:::bucket",
    "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/key": "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap",
    "arn:aws:s3:::bucket/key": "arn:aws:s3:::bucket",
    "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/object/k": "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap",
    "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/x:*": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/x",
    "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2024": "arn:aws:dynamodb:eu-west-1:1:table/t",
    "arn:aws:sts::123456789012:assumed-role/trainer/session": "arn:aws:iam::123456789012:role/trainer",
    "https://bucket.s3.eu-central-1.amazonaws.com/k": "arn:aws:s3:::bucket",
    "https://bucket.with.dots.s3.amazonaws.com/k": "arn:aws:s3:::bucket.with.dots",
    "https://s3-eu-west-1.amazonaws.com/bucket/k": "arn:aws:s3:::bucket",
    "https://bucket.s3.cn-north-1.amazonaws.com.cn/k": "arn:aws-cn:s3:::bucket",
    "https://ap-123456789012.s3-accesspoint.eu-west-1.amazonaws.com/k": (
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap"
    ),
    "gs://bucket/x": "//storage.googleapis.com/bucket",
    "https://storage.googleapis.com/bucket/object": "//storage.googleapis.com/bucket",
    "https://www.googleapis.com/storage/v1/b/bucket/o/x": "//storage.googleapis.com/bucket",
    "//storage.googleapis.com/projects/_/buckets/bucket": "//storage.googleapis.com/bucket",
    "https://www.googleapis.com/compute/v1/projects/p/zones/z/disks/d": (
        "//compute.googleapis.com/projects/p/zones/z/disks/d"
    ),
    "bq://project.dataset.table": "//bigquery.googleapis.com/projects/project/datasets/dataset",
    "abfss://files@account.dfs.core.windows.net/path": "azure-storage:account",
    "wasbs://files@account.blob.core.chinacloudapi.cn/path": "azure-storage:account",
    "https://account.blob.core.windows.net/container/blob?sv=2024&sig=SECRET": "azure-storage:account",
    "https://account-secondary.blob.core.windows.net/container": "azure-storage:account",
    "/subscriptions/S/resourceGroups/G/providers/Microsoft.Storage/storageAccounts/A/blobServices/default": (
        "/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a"
    ),
    "https://vault.vault.azure.net/keys/Key/0123": "azure-keyvault:vault/keys/key",
    "azureml://subscriptions/S/resourcegroups/R/workspaces/W/datastores/D/paths/p": f"{WORKSPACE}/datastores/d",
    "azureml://datastores/D/paths/p": "external:azureml://datastores/d",
    "hf://datasets/owner/name/file.parquet": "external:hf://datasets/owner/name",
    "nfs://filer.example.com/export": "external:nfs://filer.example.com",
    "10.0.0.1:/export": "external:nfs://10.0.0.1",
    "https://user:password@files.example.com/a?token=x": "external:https://files.example.com",
    "jdbc:postgresql://user:password@db.example.com:5432/x": "external:postgresql://db.example.com:5432",
    "oci://bucket@namespace/path": "external:oci://bucket@namespace",
}


@pytest.mark.parametrize(("address", "uid"), KNOWN.items())
def test_known_addresses(address: str, uid: str) -> None:
    assert uid_of(address) == uid


@pytest.mark.parametrize(
    "text", ["", "  ", "word", "/mnt/data", "C:\\data", "C:/data", "file:///etc/passwd", "a:b", "s3:"]
)
def test_what_is_no_address(text: str) -> None:
    assert uid_of(text) is None


def test_the_partition_comes_from_the_asset_that_names_the_bucket() -> None:
    holder = "arn:aws-eusc:sagemaker:eusc-de-east-1:123456789012:model/m"
    assert uid_of("s3://bucket/key", context=holder) == "arn:aws-eusc:s3:::bucket"


def test_the_workspace_comes_from_the_asset_that_names_the_datastore() -> None:
    assert uid_of("azureml://datastores/D/paths/p", context=f"{WORKSPACE}/jobs/j") == f"{WORKSPACE}/datastores/d"


def test_the_uid_of_a_uid_is_that_uid() -> None:
    for uid in KNOWN.values():
        assert uid_of(uid) == uid


ADDRESSES = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["s3", "gs", "abfss", "https", "azureml", "hf", "nfs", "oci", "bq", "jdbc", "weird+x", "redis"]),
    st.text(min_size=1, max_size=30).filter(lambda t: t.strip(" /\0\t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0") != ""),
    st.text(max_size=30),
)


@settings(max_examples=300, derandomize=True)
@given(ADDRESSES)
def test_an_address_is_never_lost(address: str) -> None:
    uid = uid_of(address)
    assert uid
    assert uid_of(uid) == uid


@settings(max_examples=300, derandomize=True)
@given(st.one_of(st.text(max_size=60), st.builds("arn:aws:{}:{}".format, st.text(max_size=10), st.text(max_size=30))))
def test_no_text_raises_and_uids_are_stable(text: str) -> None:
    uid = uid_of(text, context=text)
    assert uid is None or uid_of(uid) == uid
