"""Which operation of AWS an HTTP request is, and what its errors look like, from botocore's own models."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.session
from fault_proxy import Request

from scanners.aws.live.registry import operations

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")


@cache
def _models() -> dict[str, Any]:
    session = botocore.session.Session()
    return {client: session.get_service_model(client) for client in sorted({o.client for o in operations()})}


@cache
def _rest() -> list[tuple[str, str, str, re.Pattern[str], frozenset[str]]]:
    """(signing name, key, method, path, query words) of every declared operation that is told by its path."""
    found: list[tuple[str, str, str, re.Pattern[str], frozenset[str]]] = []
    for operation in operations():
        model = _models()[operation.client]
        if not model.metadata["protocol"].startswith("rest"):
            continue
        http = model.operation_model(operation.name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\\{([^}]*)\\\}", _label, re.escape(path.rstrip("/") or "/"))
        words = frozenset(word.split("=")[0] for word in query.split("&") if word)
        found.append((model.signing_name, operation.key, http["method"], re.compile(f"^{pattern}/?$"), words))
    return sorted(found, key=lambda row: -len(row[4]))


def _label(found: re.Match[str]) -> str:
    name = found[1].replace("\\", "").replace("-", "_")
    return f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"


def labels_of(key: str, path: str) -> dict[str, str]:
    """The parts of a path that are members of the input of a REST operation, as they are quoted."""
    pattern = next((row[3] for row in _rest() if row[1] == key), None)
    found = pattern.match(path) if pattern is not None else None
    return found.groupdict() if found is not None else {}


def region_of(request: Request) -> str:
    """The region that a request is signed for."""
    scope = _SCOPE.search(request.headers.get("authorization", ""))
    return scope[1] if scope else "-"


def operation_of(request: Request) -> str:
    """The declared operation as `client.Operation`, or `signing-name.?` for others."""
    scope = _SCOPE.search(request.headers.get("authorization", ""))
    signing = scope[2].replace("s3express", "s3") if scope else "-"
    clients = [client for client, model in _models().items() if model.signing_name == signing]
    target = request.headers.get("x-amz-target")
    name = target.rsplit(".", 1)[-1] if target else None
    if name is None and b"Action=" in request.body:
        name = parse_qs(request.body.decode())["Action"][0]
    if name is not None:
        keys = {o.key for o in operations()}
        return next((f"{c}.{name}" for c in clients if f"{c}.{name}" in keys), f"{signing}.{name}")
    url = urlsplit(request.path)
    given = set(parse_qs(url.query, keep_blank_values=True))
    for service, key, method, pattern, words in _rest():
        if service == signing and method == request.method and pattern.match(url.path) and words <= given:
            return key
    return f"{signing}.?"


def error_body(code: str, message: str) -> Any:
    """A maker of error answers in the protocol of the request's service, for `Fault.body`."""

    def make(request: Request) -> tuple[str, bytes]:
        client = operation_of(request).split(".")[0]
        model = _models().get(client)
        protocol = model.metadata["protocol"] if model is not None else "rest-xml"
        if "json" in protocol or "cbor" in protocol:
            return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message}).encode()
        if protocol == "ec2":
            text = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            )
        elif protocol == "query" or client == "s3control":
            text = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        else:
            text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return "text/xml", text.encode()

    return make


def denied(operation: str, message: str | None = None) -> dict[str, Any]:
    """The fault that denies an operation, for `FaultProxy.strike`."""
    words = message or f"User: arn:aws:iam::123456789012:user/a is not authorized to perform: {operation}"
    return {
        "match": lambda request: operation_of(request) == operation,
        "status": 403,
        "body": error_body("AccessDenied", words),
    }
