"""Files that are imported together complete one another, in whatever order they are named."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from scanners.exports.read import read_exports
from scanners.model import Asset, Coverage, CoverageStatus, Item

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/w"
WORKSPACE: dict[str, Any] = {
    "id": HOME,
    "name": "w",
    "type": "microsoft.machinelearningservices/workspaces",
    "location": "westeurope",
    "subscriptionId": SUBSCRIPTION,
    "tags": None,
    "properties": {},
}
JOB: dict[str, Any] = {"id": f"{HOME}/jobs/j", "name": "j", "type": "x", "properties": {"jobType": "Command"}}
ENDPOINT: dict[str, Any] = {"id": f"{HOME}/onlineEndpoints/e", "name": "e", "type": "x", "properties": {}}
DEPLOYMENT: dict[str, Any] = {
    "id": f"{HOME}/onlineEndpoints/e/deployments/d",
    "name": "d",
    "type": "x",
    "properties": {},
}
GRAPH = {"count": 1, "data": [WORKSPACE], "skip_token": None, "total_records": 1}
FILES: tuple[dict[str, Any], ...] = (GRAPH, {"value": [JOB]}, {"value": [ENDPOINT]}, {"value": [DEPLOYMENT]})


def read(folder: Path, files: tuple[dict[str, Any], ...]) -> list[Item]:
    for number, content in enumerate(files):
        (folder / f"{number}.json").write_text(json.dumps(content), encoding="utf-8")
    items: list[Item] = []
    read_exports([folder], items.extend)
    return items


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_children_lie_where_their_parent_does_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    items = read(tmp_path, tuple(FILES[n] for n in order))
    places = {i.name: i.location.region for i in items if isinstance(i, Asset) and i.kind != "account"}
    assert places == dict.fromkeys(("w", "j", "e", "d"), "westeurope")


def missing(items: list[Item]) -> set[tuple[str, str]]:
    return {(i.service, i.kind) for i in items if isinstance(i, Coverage) and i.status is CoverageStatus.NOT_EXPORTED}


def test_what_another_file_shows_is_not_missing(tmp_path: Path) -> None:
    jobs, endpoints, models = (("machinelearning", kind) for kind in ("training.job", "ai.endpoint", "ai.model"))
    alone = missing(read(tmp_path, FILES[:1]))
    assert {jobs, endpoints, models} <= alone
    together = missing(read(tmp_path, FILES))
    assert models in together
    assert not together & {jobs, endpoints}


def test_what_is_shown_of_another_account_does_not_count(tmp_path: Path) -> None:
    other = {**JOB, "id": JOB["id"].replace("11111111", "99999999")}
    assert ("machinelearning", "training.job") in missing(read(tmp_path, (GRAPH, {"value": [other]})))
