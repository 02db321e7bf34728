"""Answers that are made from AWS's own models: every member filled in."""

import re
from datetime import UTC, datetime
from typing import Any

import botocore.session
from simulated_aws import ACCOUNT, REGION

from scanners.aws.live.declare import Collector, Operation
from scanners.aws.live.reach import TAGGED

SESSION = botocore.session.Session()
MODELS: dict[str, Any] = {}
DEEPEST = 9
_NOUN = re.compile("Summary|Summaries|ListItem|ListEntry|Details?|Info|Output|Response|Result|Metadata")
_JOB = re.compile("custom|import|copy|invocation|evaluation")
"""Sorts of jobs of a service: by the name of a member alone they would be one thing, of the sort that is met first."""
NOW = datetime.now(UTC)
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


def filled(shape: Any, name: str = "", depth: int = 0, some: int = 1, of: str = "service.x") -> Any:
    """A value of a shape with everything in it that AWS may put there; `some` elements in every list. `of` names the
    operation, so that two of them do not tell of one thing by accident."""
    sort = shape.type_name
    if sort == "structure":
        if depth > DEEPEST or getattr(shape, "is_document_type", False):
            return {}
        service, *_ = of.split(".")
        inside = f"{service}.{_NOUN.sub('', shape.name).lower()}"
        return {n: filled(s, n, depth + 1, some, inside) for n, s in shape.members.items() if n not in TOKENS}
    if sort == "list":
        return [] if depth > DEEPEST else [filled(shape.member, name.removesuffix("s"), depth + 1, some, of)] * some
    if sort == "map":
        return {"a-key": filled(shape.value, name, depth + 1, some, of)} if depth <= DEEPEST else {}
    if sort == "timestamp":
        return NOW
    if sort == "boolean":
        return not name.startswith(("HasMore", "hasMore", "Truncated", "IsTruncated"))
    if sort in ("integer", "long"):
        return 7
    if sort in ("float", "double"):
        return 7.0
    if sort == "blob":
        return b""
    return word(shape, name, of)


def word(shape: Any, name: str, of: str) -> str:
    enum = getattr(shape, "enum", None)
    if enum:
        return str(enum[0])
    low = name.lower()
    if "policy" in low and "arn" not in low and "name" not in low and "id" not in low:
        return POLICY
    if low.endswith("arn"):
        service, holder = of.split(".")
        if low == "jobarn" and (sort := _JOB.search(holder)):
            low = f"{sort[0]}-{low}"
        return f"arn:aws:{service}:{REGION}:{ACCOUNT}:thing/{holder if low in ('arn', 'resourcearn') else low}"
    text = next((text for end, text in WORDS.items() if low.endswith(end)), f"a-{low or 'word'}")
    text = text.replace("host.example", f"{of.split('.')[0]}.example")
    return text.ljust(shape.metadata.get("min") or 0, "x")[: shape.metadata.get("max")]


def answers_of(collector: Collector) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for operation in (TAGGED, *collector.operations):
        shape = operation_model(operation).output_shape
        found[operation.key] = {} if shape is None else filled(shape, of=operation.key)
    return found
