"""Contracts over everything that is declared to be called, held against botocore's own models."""

import json
import re
from typing import Any

import botocore.session
import pytest

from scanners.aws import document_types
from scanners.aws.live.declare import Collector, Operation, op
from scanners.aws.live.login import OPERATIONS
from scanners.aws.live.permissions import (
    FORMS,
    LARGEST,
    actions,
    denial,
    known_actions,
    policies,
    render,
    size,
)
from scanners.aws.live.plan import PLAN
from scanners.aws.live.reach import TAGGED
from scanners.aws.live.registry import collectors, operations, waiting
from scanners.model import KINDS

SESSION = botocore.session.Session()
MODELS: dict[str, Any] = {}


def model_of(client: str) -> Any:
    if client not in MODELS:
        MODELS[client] = SESSION.get_service_model(client)
    return MODELS[client]


def shape_at(shape: Any, path: str) -> Any:
    for step in path.split("."):
        while shape.type_name == "list":
            shape = shape.member
        assert step in shape.members, f"{step} is not a member of {shape.name}"
        shape = shape.members[step]
    return shape


@pytest.mark.parametrize("operation", operations(), ids=lambda o: o.key)
def test_the_operation_exists_as_declared(operation: Operation) -> None:
    model = model_of(operation.client).operation_model(operation.name)
    if operation.elements:
        assert shape_at(model.output_shape, operation.elements).type_name == "list"
    if operation.token:
        assert operation.token[0] in model.input_shape.members
        shape_at(model.output_shape, operation.token[1])
    if operation.limit:
        assert operation.limit in model.input_shape.members


@pytest.mark.parametrize("operation", [o for o in operations() if o.elements], ids=lambda o: o.key)
def test_every_list_is_read_to_its_last_page(operation: Operation) -> None:
    paginators = SESSION.get_paginator_model(operation.client)._paginator_config
    outputs = model_of(operation.client).operation_model(operation.name).output_shape.members
    inputs = model_of(operation.client).operation_model(operation.name).input_shape
    tokens = {"NextToken", "nextToken", "Marker", "NextMarker", "PaginationToken", "ContinuationToken"} & set(outputs)
    if operation.paged:
        config = paginators[operation.name]
        results = config["result_key"]
        assert operation.elements in (results if isinstance(results, list) else [results])
        if operation.page is not None:
            limit = inputs.members[config["limit_key"]]
            low, high = limit.metadata.get("min", 1), limit.metadata.get("max", operation.page)
            assert low <= operation.page <= high
    elif operation.token is None:
        assert operation.name not in paginators
        assert not tokens, f"{operation.key} answers in pages"


def test_every_permission_is_known_to_list_or_read() -> None:
    levels = known_actions()
    assert {levels[action] for action in actions()} <= {"List", "Read", "pending"}
    assert all(levels[action] != "never" for action in actions())


def never_patterns() -> list[re.Pattern[str]]:
    never = [action for action, level in known_actions().items() if level == "never"]
    return [re.compile("^" + re.escape(a).replace(r"\*", ".*") + "$") for a in never]


def test_no_declared_permission_is_among_those_that_are_never_asked_for() -> None:
    patterns = never_patterns()
    assert len(patterns) > 50
    assert [a for a in actions() if any(p.match(a) for p in patterns)] == []


def test_printed_policies_allow_exactly_what_is_declared_and_fit() -> None:
    allowed = [a for policy in policies() for a in policy["Statement"][0]["Action"]]
    assert sorted(allowed) == sorted({o.permission for o in operations()})
    assert all(size(policy) <= LARGEST for policy in [*policies(), denial()])
    assert all("*" not in action for action in allowed)


def test_many_permissions_are_split_to_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [action for action, level in known_actions().items() if level in ("List", "Read")]
    monkeypatch.setattr("scanners.aws.live.permissions.actions", lambda: every)
    found = policies()
    assert len(found) == 2
    assert all(size(policy) <= LARGEST for policy in found)
    assert sorted(a for policy in found for a in policy["Statement"][0]["Action"]) == sorted(every)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_printed(form: str) -> None:
    text = render(form, "arn:aws:iam::111111111111:role/auditor", "a-long-random-text")
    assert text.endswith("\n")
    if form in ("policy", "cloudformation", "role"):
        json.loads(text)
    if form in ("cloudformation", "terraform", "role"):
        assert "111111111111" in text
        assert "a-long-random-text" in text
    if form != "role":
        assert "ListAllMyBuckets" in text


@pytest.mark.parametrize("collector", collectors(), ids=lambda c: f"{c.service}-{c.run.__name__}-{c.kinds[0]}")
def test_the_collector_declares_what_it_shows(collector: Collector) -> None:
    assert set(collector.kinds) <= set(KINDS)
    assert collector.operations
    for kind in collector.types:
        assert kind.service == collector.service
        assert set(kind.kinds) <= set(collector.kinds)


def test_everything_in_the_plan_is_read_or_said_to_wait() -> None:
    shown = {(c.service, kind) for c in collectors() for kind in c.kinds}
    said = {(w.service, w.kind) for w in waiting()}
    assert {(w.service, w.kind) for w in PLAN} <= shown | said
    assert {kind.service for kind in document_types().values()} <= {w.service for w in PLAN}


def test_what_waits_is_named_for_the_report() -> None:
    assert all(w.kind in KINDS and w.what.strip() for w in waiting())
    assert len({(w.service, w.kind, w.what) for w in waiting()}) == len(waiting())


@pytest.mark.parametrize(
    "name",
    [
        "GetObject",
        "GetObjectAttributes",
        "GetItem",
        "BatchGetItem",
        "Query",
        "Scan",
        "GetLogEvents",
        "FilterLogEvents",
        "GetSecretValue",
        "BatchGetSecretValue",
        "Decrypt",
        "GetParameter",
        "GetParametersByPath",
        "Invoke",
        "InvokeModel",
        "GetRecords",
        "GetQueryResults",
        "BatchGetImage",
        "GetAuthorizationToken",
        "ListObjectsV2",
        "GetPasswordData",
        "GetFunction",
        "CreateBucket",
        "PutBucketPolicy",
        "DeleteKey",
        "StartQuery",
        "SelectObjectContent",
        "AssumeRole",
        "Listen",
    ],
)
def test_an_operation_that_changes_or_returns_contents_cannot_be_declared(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        op("s3", name)


def test_no_operation_of_any_service_that_the_never_list_names_can_be_declared() -> None:
    """The name is checked besides the permission, so that a wrong permission in a declaration opens nothing."""
    levels = known_actions()
    slipped: list[str] = []
    for action, level in levels.items():
        if level != "never" or "*" in action:
            continue
        try:
            op("s3", action.split(":")[1])
        except ValueError:
            continue
        slipped.append(action)
    # ListBucket is the name of a permission; the operations behind it are ListObjects and its kin, which are refused
    assert slipped == ["s3:ListBucket", "s3:ListBucketVersions"]


def test_what_finds_out_who_we_are_is_declared_too() -> None:
    assert {o.key for o in (*OPERATIONS, TAGGED)} <= {o.key for o in operations()}
