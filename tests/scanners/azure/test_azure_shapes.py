"""The simulated Azure beside recorded answers of the real one: what both have is of the same form."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2] / "cloud"))

from azure_cloud import Azure, error
from azure_estate import RESEARCH, plant
from loopback import Asked

from scanners.azure.arm import type_of

LEAST = 18
"""Types of the simulated tenant of which real answers were recorded."""


def _forms(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, JSON type) of everything below a value; elements of lists share a path."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name != "tags":
                yield from _forms(inner, f"{path}.{name}")
        yield path, "object"
    elif isinstance(value, list):
        for inner in value:
            yield from _forms(inner, f"{path}[]")
        yield path, "list"
    elif value is not None:
        kind = "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
        yield path, kind


def _bodies(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(folder.glob("*/*.json")):
        recording = json.loads(file.read_text(encoding="utf-8"))
        if recording["status"] in (200, None) and "docsample" not in file.name:
            yield file.name, recording


def _recorded(folder: Path) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for _, recording in _bodies(folder):
        body = recording["body"]
        inner = body.get("value") if isinstance(body, dict) else body
        for document in inner if isinstance(inner, list) else [body]:
            native_type = type_of(document) if isinstance(document, dict) else None
            if native_type:
                forms = found.setdefault(native_type, {})
                for path, form in _forms(document):
                    forms.setdefault(path, set()).add(form)
    return found


@pytest.fixture
def azure() -> Azure:
    filled = Azure()
    plant(filled)
    return filled


def test_documents_have_the_form_of_recorded_ones(azure: Azure, azure_recordings: Path) -> None:
    known = _recorded(azure_recordings)
    compared: set[str] = set()
    wrong: list[str] = []
    for document in azure.documents.values():
        native_type = document["type"].lower()
        for path, form in _forms(document):
            recorded = known.get(native_type, {}).get(path)
            if recorded is not None:
                compared.add(native_type)
                if form not in recorded:
                    wrong.append(f"{native_type}{path}: {form}, recorded as {sorted(recorded)}")
    assert wrong == []
    assert len(compared) >= LEAST, sorted(compared)


def test_answers_have_the_envelopes_of_recorded_ones(azure: Azure, azure_recordings: Path) -> None:
    lists = [r["body"] for _, r in _bodies(azure_recordings) if isinstance(r["body"], dict) and "value" in r["body"]]
    assert all(isinstance(body["value"], list | str) for body in lists)
    linked = next(body for body in lists if isinstance(body.get("nextLink"), str))
    azure.page = 1
    path = f"/subscriptions/{RESEARCH}/providers/Microsoft.Storage/storageAccounts"
    asked = Asked("GET", "management.azure.com", path, {"api-version": ["2026-09-01"]}, _headers(), None)
    body = azure(asked).body
    assert set(body) <= {"value", "nextLink"}
    assert body["nextLink"].startswith("https://management.azure.com/")
    assert linked["nextLink"].startswith("https://management.azure.com")


def test_rows_of_resource_graph_have_the_columns_of_recorded_ones(azure: Azure, azure_recordings: Path) -> None:
    folder = azure_recordings / "microsoft.resourcegraph"
    table = json.loads((folder / "resources.query.1.json").read_text(encoding="utf-8"))
    columns = {column["name"] for column in table["body"]["data"]["columns"]}
    paged = json.loads((folder / "resources.query.4.json").read_text(encoding="utf-8"))
    body = {
        "subscriptions": [RESEARCH],
        "query": "resources | order by id asc",
        "options": {"resultFormat": "objectArray", "$top": 3},
    }
    path = "/providers/Microsoft.ResourceGraph/resources"
    reply = azure(Asked("POST", "management.azure.com", path, {"api-version": ["2021-03-01"]}, _headers(), body))
    assert set(reply.body) == set(paged["body"])
    assert {type(reply.body[name]) for name in ("resultTruncated", "$skipToken")} == {str}
    for row in reply.body["data"]:
        assert set(row) - {"extendedLocation"} == columns
        assert row["type"] == row["type"].lower()
    quota = {name for name in paged["headers"] if name.startswith("x-ms-user-quota")}
    assert quota <= set(reply.headers)


def test_errors_have_the_form_of_recorded_ones(azure_recordings: Path) -> None:
    recorded: list[Any] = []
    for file in sorted(azure_recordings.glob("*/*.json")):
        recording = json.loads(file.read_text(encoding="utf-8"))
        if recording["status"] not in (200, 201, 202, 204, None):
            recorded.append(recording["body"])
    wrapped = [body["error"] for body in recorded if "error" in body]
    assert wrapped
    made = error(404, "ResourceNotFound", "The Resource was not found.").body["error"]
    assert all(set(made) <= set(body) for body in wrapped)


def _headers() -> dict[str, str]:
    from azure_cloud import TOKEN

    return {"authorization": f"Bearer {TOKEN}"}
