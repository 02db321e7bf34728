"""Whatever members are dropped or replaced, a normaliser neither raises nor yields values of the wrong type."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanners.azure import document_types
from scanners.azure.arm import type_of
from scanners.documents import Origin, observe
from scanners.model import Asset, problems

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.just(2**60),
    st.just(1.5),
    st.text(max_size=4),
    st.sampled_from(["Enabled", "/subscriptions/x", "https://[", "azureml:", "P1D", "0001-01-01", "\ud7ff\x00"]),
    st.lists(st.none() | st.integers() | st.dictionaries(st.sampled_from(["name", "id"]), st.none()), max_size=3),
    st.dictionaries(
        st.sampled_from(["name", "id", "value", "status", "uri"]), st.none() | st.text(max_size=3), max_size=2
    ),
)
ORIGIN = Origin("c", "s", "o")


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _paths(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value[:3]):
            found += _paths(inner, (*at, number))
    return found


def _change(document: dict[str, Any], path: tuple[Any, ...], value: Any, drop: bool) -> None:
    at: Any = document
    for step in path[:-1]:
        if not isinstance(at, dict | list) or (isinstance(at, dict) and step not in at):
            return
        if isinstance(at, list) and (not isinstance(step, int) or step >= len(at)):
            return
        at = at[step]
    last = path[-1]
    if isinstance(at, dict) and last in at:
        if drop:
            del at[last]
        else:
            at[last] = value
    elif isinstance(at, list) and isinstance(last, int) and last < len(at):
        at[last] = value


def _check(document: dict[str, Any]) -> None:
    kind = document_types().get(type_of(document) or "")
    if kind is None:
        return
    for item in observe(document, kind, ORIGIN):
        if isinstance(item, Asset):
            assert problems(item.kind, item.attributes) == []
            assert item.kind in kind.kinds
            assert isinstance(item.name, str)


def _filled(native_type: str, members: tuple[str, ...], junk: list[Any]) -> dict[str, Any]:
    """A document of the type that has every declared member, filled with junk."""
    steps = native_type.split("/")
    path = "/".join(f"{step}/n{number}" for number, step in enumerate(steps[1:]))
    document: dict[str, Any] = {"id": f"/subscriptions/s/resourceGroups/r/providers/{steps[0]}/{path}"}
    if native_type == "microsoft.resources/subscriptions":
        document["id"] = "/subscriptions/s"
    for number, member in enumerate(members):
        if member == "id":
            continue
        at: Any = document
        *inner, last = member.removeprefix("uris:").replace("[]", ".[]").replace("{}", ".{}").strip(".").split(".")
        for step in inner:
            if step in ("[]", "{}"):
                continue
            nested = at.get(step)
            if not isinstance(nested, dict):
                nested = at[step] = {}
            at = nested
        at.setdefault(last.strip("[]{}") or "x", junk[number % len(junk)])
    return document


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(JUNK, min_size=1, max_size=12), st.data())
def test_documents_full_of_junk(junk: list[Any], data: Any) -> None:
    for native_type, kind in document_types().items():
        _check(_filled(native_type, kind.members, junk[::-1] if len(native_type) % 2 else junk))
    del data


@pytest.fixture(scope="module")
def recorded_documents(azure_recordings: Path) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(azure_recordings.glob("*/*.json")):
        recording = json.loads(file.read_text(encoding="utf-8"))
        body = recording["body"]
        inner = body.get("value") if isinstance(body, dict) else body
        for document in inner if isinstance(inner, list) else [body]:
            if isinstance(document, dict) and (native_type := type_of(document)) in document_types():
                before = found.get(native_type)
                if before is None or len(str(document)) > len(str(before)):
                    found[native_type] = document
    return list(found.values())


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 10_000), JUNK, st.booleans()), min_size=1, max_size=5))
def test_recorded_documents_with_members_changed(
    recorded_documents: list[dict[str, Any]], changes: list[tuple[int, Any, bool]]
) -> None:
    for document in recorded_documents:
        mangled = copy.deepcopy(document)
        paths = _paths(document)
        for number, value, drop in changes:
            _change(mangled, paths[number % len(paths)], value, drop)
        _check(mangled)
