"""What every collector promises, tried on answers that are made from AWS's own models: every member filled in.

The answers are no more than possible in form. They show that a collector survives whatever AWS may say, pages on, and
tells every call that is refused; what it makes of real answers is tested beside each service.
"""

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from simulated_aws import ACCOUNT, DENIED, REGION, Played, play

from scanners.aws.live.declare import Collector, Operation
from scanners.aws.live.reach import TAGGED
from scanners.aws.live.registry import collectors
from scanners.live.limits import Limits

SESSION = botocore.session.Session()
MODELS: dict[str, Any] = {}
DEEPEST = 9
POLICY = (
    '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "*"}, '
    '{"Effect": "Deny", "Action": "*", "Resource": "*", '
    '"Condition": {"StringNotEquals": {"aws:RequestedRegion": "x"}}}]}'
)
TOKENS = {
    "NextToken",
    "LastEvaluatedTableName",
    "nextToken",
    "Marker",
    "NextMarker",
    "PaginationToken",
    "ContinuationToken",
    "continuationToken",
}
WORDS = {
    "region": REGION,
    "zone": f"{REGION}a",
    "accountid": ACCOUNT,
    "ownerid": ACCOUNT,
    "uri": "s3://a-bucket/folder",
    "url": "https://host.example/x",
    "s3outputpath": "s3://a-bucket/out",
    "locationuri": "s3://a-bucket/x",
    "endpoint": "host.example",
    "jobid": "j" * 39,
    "kmskeyid": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
}


def operation_model(operation: Operation) -> Any:
    if operation.client not in MODELS:
        MODELS[operation.client] = SESSION.get_service_model(operation.client)
    return MODELS[operation.client].operation_model(operation.name)


def filled(shape: Any, name: str = "", depth: int = 0, some: int = 1) -> Any:
    """A value of a shape with everything in it that AWS may put there; `some` elements in every list."""
    sort = shape.type_name
    if sort == "structure":
        if depth > DEEPEST or getattr(shape, "is_document_type", False):
            return {}
        return {n: filled(s, n, depth + 1, some) for n, s in shape.members.items() if n not in TOKENS}
    if sort == "list":
        return [] if depth > DEEPEST else [filled(shape.member, name.removesuffix("s"), depth + 1, some)] * some
    if sort == "map":
        return {"a-key": filled(shape.value, name, depth + 1, some)} if depth <= DEEPEST else {}
    if sort == "timestamp":
        return datetime.now(UTC)
    if sort == "boolean":
        return not name.startswith(("HasMore", "hasMore", "Truncated", "IsTruncated"))
    if sort in ("integer", "long"):
        return 7
    if sort in ("float", "double"):
        return 7.0
    if sort == "blob":
        return b""
    return word(shape, name)


def word(shape: Any, name: str) -> str:
    enum = getattr(shape, "enum", None)
    if enum:
        return str(enum[0])
    low = name.lower()
    if "policy" in low and "arn" not in low and "name" not in low and "id" not in low:
        return POLICY
    if low.endswith("arn"):
        return f"arn:aws:service:{REGION}:{ACCOUNT}:thing/{low}"
    text = next((text for end, text in WORDS.items() if low.endswith(end)), f"a-{low or 'word'}")
    return text.ljust(shape.metadata.get("min") or 0, "x")[: shape.metadata.get("max")]


def answers_of(collector: Collector) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for operation in (TAGGED, *collector.operations):
        shape = operation_model(operation).output_shape
        found[operation.key] = {} if shape is None else filled(shape)
    return found


def name_of(collector: Collector) -> str:
    return f"{collector.service}-{collector.run.__name__}-{collector.operations[0].name}"


def ran(collector: Collector, answers: dict[str, Any]) -> Played:
    """A run in one region; no answer may be one that the collector cannot use."""
    run = play((collector,), answers)
    assert [c.detail for c in run.cells if c.detail and "could not be used" in c.detail] == []
    return run


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared rates are kept elsewhere; here they would only make the tests slow."""
    monkeypatch.setattr(Limits, "pause", lambda *_: 0.0)


EVERY = pytest.mark.parametrize("collector", collectors(), ids=name_of)


@EVERY
def test_everything_that_aws_may_say_is_understood(collector: Collector) -> None:
    run = ran(collector, answers_of(collector))
    assert {cell.kind for cell in run.cells} == set(collector.kinds)
    shown = {asset.kind for asset in run.assets.values() if asset.native_type not in FACETS}
    assert shown <= set(collector.kinds)


FACETS = {"AWS::S3::Bucket"}
"""What a collector may add to beside its own kinds: Macie tells of buckets, which are read with S3."""


@EVERY
def test_an_account_without_anything_is_empty(collector: Collector) -> None:
    answers = {o.key: filled(s, some=0) for o in collector.operations if (s := operation_model(o).output_shape)}
    run = ran(collector, answers)
    assert all(cell.status.read or cell.count for cell in run.cells)


@EVERY
def test_where_everything_is_refused_nothing_is_there_and_nothing_is_empty(collector: Collector) -> None:
    run = ran(collector, dict.fromkeys(answers_of(collector), DENIED))
    assert not run.items or not run.assets
    if not all(operation.optional for operation in collector.operations):
        assert {cell.status.value for cell in run.cells} <= {"denied", "partial"}


@EVERY
def test_each_single_refusal_is_told(collector: Collector) -> None:
    """A third of the permissions missing is many single ones: none of them may look like an empty answer."""
    answers = answers_of(collector)
    called = ran(collector, answers).calls
    for operation in collector.operations:
        if not called[operation.key] or operation.optional:
            continue
        run = ran(collector, {**answers, operation.key: DENIED})
        told = {cell.status.value for cell in run.cells}
        assert told <= {"denied", "partial"}, f"{operation.key} was refused and the coverage says {told}"
        assert all(operation.permission in (cell.missing_permission or "") for cell in run.cells)


@EVERY
def test_lists_are_read_page_by_page(collector: Collector) -> None:
    answers = answers_of(collector)
    called = ran(collector, answers).calls
    for operation in collector.operations:
        paged = operation.paged or operation.token is not None
        if paged and called[operation.key]:
            page = answers[operation.key]
            run = ran(collector, {**answers, operation.key: [page, page]})
            assert run.calls[operation.key] >= 2 * called[operation.key], operation.key
