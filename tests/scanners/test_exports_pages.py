"""A page that is followed by another one is not the whole list, whichever provider wrote it."""

import json
from pathlib import Path
from typing import Any

import pytest

from scanners.exports import ImportedFile, State, read_exports
from scanners.model import Coverage, CoverageStatus, Item

VOLUME = {
    "resourceType": "AWS::EC2::Volume",
    "resourceId": "vol-1",
    "arn": "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1",
    "accountId": "123456789012",
    "awsRegion": "eu-west-1",
    "configuration": {"volumeId": "vol-1", "encrypted": True},
}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": {}}, "status": {"capacity": {}}}
BUCKET = {
    "name": "//storage.googleapis.com/b",
    "assetType": "storage.googleapis.com/Bucket",
    "ancestors": ["projects/1"],
    "resource": {"version": "v1", "data": {"name": "b", "location": "EU"}},
}
QUERY = {"Results": [json.dumps(VOLUME)], "QueryInfo": {"SelectFields": []}}
HISTORY = {"configurationItems": [VOLUME]}
BATCH = {"baseConfigurationItems": [VOLUME]}
LIST = {"apiVersion": "v1", "kind": "NodeList", "items": [NODE]}
ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"
GRAPH = {
    "data": [{"id": ACCOUNT, "name": "a", "type": "microsoft.storage/storageaccounts", "location": "westeurope"}],
    "facets": [],
}
INVENTORY = {"readTime": "2026-11-01T00:00:00Z", "assets": [BUCKET]}


def read(path: Path, *pages: dict[str, Any]) -> tuple[ImportedFile, set[CoverageStatus]]:
    path.write_text("\n".join(json.dumps(page) for page in pages), "utf-8")
    items: list[Item] = []
    [file] = read_exports([path], items.extend)
    cells = [i for i in items if isinstance(i, Coverage) and i.count]
    return file, {c.status for c in cells if c.kind in ("storage.volume", "storage.bucket", "compute.instance")}


@pytest.mark.parametrize(
    ("whole", "more"),
    [
        (QUERY, {"NextToken": "x"}),
        (HISTORY, {"nextToken": "x"}),
        (BATCH, {"unprocessedResourceKeys": [{"resourceType": "AWS::EC2::Volume", "resourceId": "vol-2"}]}),
        ({"BaseConfigurationItems": [VOLUME]}, {"UnprocessedResourceIdentifiers": [{"ResourceId": "vol-2"}]}),
        (LIST, {"metadata": {"continue": "x"}}),
        (LIST, {"metadata": {"remainingItemCount": 3}}),
        (INVENTORY, {"nextPageToken": "x"}),
    ],
)
def test_a_page_that_is_followed_by_another_is_not_complete(tmp_path, whole, more):
    file, statuses = read(tmp_path / "page.json", {**whole, **more})
    assert file.state is State.PARTIAL
    assert any("page.json" in warning for warning in file.warnings)
    assert statuses == {CoverageStatus.PARTIAL}
    before, _ = read(tmp_path / "token-first.json", {**more, **whole})
    assert before.state is State.PARTIAL
    empty = {name: type(value)() for name, value in more.items()}
    file, statuses = read(tmp_path / "whole.json", {**whole, **empty})
    assert (file.state, statuses) == (State.COMPLETE, {CoverageStatus.COLLECTED})


def test_pages_that_follow_one_another_in_one_file_are_complete(tmp_path):
    file, statuses = read(tmp_path / "pages.json", {**QUERY, "NextToken": "x"}, QUERY)
    assert (file.state, statuses) == (State.COMPLETE, {CoverageStatus.COLLECTED})


@pytest.mark.parametrize(
    "lost", [None, 7, {}, {"metadata": {"name": ""}, "kind": "Node", "apiVersion": "v1"}, {"name": None}]
)
@pytest.mark.parametrize("form", [LIST, INVENTORY, GRAPH])
def test_an_entry_that_cannot_be_told_may_be_anything(tmp_path, form, lost):
    [(name, entries)] = [(k, v) for k, v in form.items() if isinstance(v, list) and v]
    file, statuses = read(tmp_path / "list.json", {**form, name: [*entries, lost]})
    assert (file.state, statuses) == (State.PARTIAL, {CoverageStatus.PARTIAL})
    assert any("list.json" in warning for warning in file.warnings)
