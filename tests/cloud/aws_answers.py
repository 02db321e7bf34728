"""A simulated AWS that answers what was written down, on the wire as botocore's own models define it.

moto plays many services, but not all, and not every state of them. Here an estate is a list of answers: what an
operation says in a region, or about one thing. Each answer is held against the output shape of its operation when it is
given (unknown members, wrong types and words that the service does not know are errors) and goes out in the protocol of
its service: query and EC2 XML, REST XML, JSON, REST JSON. Operations of which nothing was said answer that
there is nothing: an empty list, or the error code that means "not configured".
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
from aws_wire import labels_of, operation_of, region_of
from botocore.validate import ParamValidator
from fault_proxy import Request
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

from scanners.aws.live.declare import Operation
from scanners.aws.live.registry import operations


@dataclass(frozen=True)
class Answer:
    """One answer: in which region (None: any), about what, and what it says."""

    region: str | None
    about: dict[str, str]
    says: dict[str, Any]


@dataclass
class Answers:
    """What a simulated account says. `refused` holds operations that are denied, `broken` those that fail.

    `unplanned` names operations that were asked, of which nothing was said and which have no word for nothing.
    """

    given: dict[str, list[Answer]] = field(default_factory=dict[str, list[Answer]])
    refused: set[str] = field(default_factory=set[str])
    unplanned: set[str] = field(default_factory=set[str])
    seen: Counter[str] = field(default_factory=Counter[str])
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def say(self, key: str, says: dict[str, Any], region: str | None = None, **about: str) -> None:
        """An operation answers this, in this region, about this (members of its input)."""
        _hold(key, says)
        self.given.setdefault(key, []).append(Answer(region, about, says))

    def add(self, key: str, *elements: Any, region: str | None = None, **about: str) -> None:
        """Further elements of a list that an operation answers, in this region, about this."""
        answers = self.given.setdefault(key, [])
        known = next((a for a in answers if (a.region, a.about) == (region, about)), None)
        if known is None:
            known = Answer(region, about, {})
            answers.append(known)
        holder: dict[str, Any] = known.says
        *path, last = declared()[key].elements.split(".")
        for name in path:
            holder = holder.setdefault(name, {})
        holder.setdefault(last, []).extend(elements)
        _hold(key, known.says)

    def of(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a request."""
        key = operation_of(request)
        with self.lock:
            self.seen[key] += 1
        operation = declared().get(key)
        if operation is None:
            return _error(key, request, "UnknownOperationException", "There is no such operation.", 400)
        if key in self.refused:
            words = f"User: arn:aws:iam::123456789012:user/audit is not authorized to perform: {operation.permission}"
            return _error(key, request, "AccessDeniedException", words, 403)
        says = self.told(operation, region_of(request), parameters_of(key, request))
        if isinstance(says, dict):
            return _wire(key, says)
        if says:
            return _error(key, request, says, "There is none.", 404)
        return _error(key, request, "InternalFailure", "Nothing was said of this.", 500)

    def told(self, operation: Operation, region: str, parameters: dict[str, str]) -> dict[str, Any] | str:
        """What an operation says in a region, or the code by which it says that there is none; "" for nothing said.

        Of several answers the one about most counts, then the last one.
        """
        key = operation.key
        fitting = [
            a
            for a in self.given.get(key, ())
            if a.region in (None, region) and all(parameters.get(n) == v for n, v in a.about.items())
        ]
        if fitting:
            return max(reversed(fitting), key=lambda a: (len(a.about), a.region is not None)).says
        if operation.elements:
            return {}
        if operation.none:
            return operation.none[0]
        with self.lock:
            self.unplanned.add(key)
        return ""


@cache
def declared() -> dict[str, Operation]:
    """Operations that a scanner may call, by key."""
    return {operation.key: operation for operation in operations()}


@cache
def model(client: str) -> Any:
    """What botocore knows of a service."""
    return botocore.session.get_session().get_service_model(client)


def plain(key: str, parameters: dict[str, Any]) -> dict[str, str]:
    """The input of a call as `parameters_of` gives it, from what is given to boto3."""
    client, name = key.split(".")
    shape = model(client).operation_model(name).input_shape
    found: dict[str, str] = {}
    for member, value in parameters.items():
        if isinstance(value, str | int | bool):
            found[member] = found[shape.members[member].serialization.get("name", member)] = str(value)
        elif isinstance(value, list):
            wire = shape.members[member].serialization.get("name", member)
            found |= {f"{wire}.{n}": str(part) for n, part in enumerate(value, 1)}
    return found


def parameters_of(key: str, request: Request) -> dict[str, str]:
    """The input of a request, as far as its members are plain values."""
    client, name = key.split(".")
    url = urlsplit(request.path)
    found: dict[str, Any] = {n: v[0] for n, v in parse_qs(url.query, keep_blank_values=True).items()}
    found |= {n: unquote(v) for n, v in labels_of(key, url.path).items()}
    if b"Action=" in request.body:
        found |= {n: v[0] for n, v in parse_qs(request.body.decode()).items()}
    elif request.body.startswith(b"{"):
        found |= json.loads(request.body)
    shape = model(client).operation_model(name).input_shape
    for member, held in shape.members.items() if shape is not None else ():
        wire = held.serialization.get("name")
        if wire in found and member not in found:
            found[member] = found[wire]
    return {n: str(v) for n, v in found.items() if isinstance(v, str | int | bool)}


def _hold(key: str, says: dict[str, Any]) -> None:
    """Raises ValueError where an answer is not one that the operation can give."""
    if key not in declared():
        raise ValueError(f"{key} is not declared by a scanner")
    client, name = key.split(".")
    shape = model(client).operation_model(name).output_shape
    report = ParamValidator().validate(says, shape)
    problems = [str(report.generate_report())] if report.has_errors() else []
    problems += _words(says, shape, name)
    if problems:
        raise ValueError(f"{key}: {'; '.join(problems)}")


def _words(value: Any, shape: Any, path: str) -> Iterator[str]:
    """What botocore does not check: members that a shape does not have, and words that it does not list."""
    if shape.type_name == "structure":
        if getattr(shape, "is_document_type", False):
            return
        for name, part in value.items():
            if name not in shape.members:
                yield f"{path} has no {name}"
            else:
                yield from _words(part, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for part in value:
            yield from _words(part, shape.member, f"{path}[]")
    elif shape.type_name == "map":
        for part in value.values():
            yield from _words(part, shape.value, f"{path}{{}}")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{path} is none of {', '.join(shape.enum[:8])}: {value}"


def _wire(key: str, says: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    client, name = key.split(".")
    served = get_service_model(client).operation_model(name)
    answer = get_serializer_class(client, model(client).resolved_protocol)(served).serialize(says)
    text = answer["body"]
    if key == "s3.GetBucketPolicy":  # the answer is the policy itself
        return 200, {"content-type": "application/json"}, says["Policy"].encode()
    headers = {name.lower(): str(value) for name, value in answer["headers"].items()}
    return answer["status_code"], headers, text if isinstance(text, bytes) else text.encode()


def _error(key: str, request: Request, code: str, message: str, status: int) -> tuple[int, dict[str, str], bytes]:
    client = key.split(".")[0]
    protocol = model(client).resolved_protocol if key in declared() else "json"
    if "json" in protocol:
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
        return status, headers, json.dumps({"__type": code, "message": message}).encode()
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors></Response>"
    elif protocol == "query" or client == "s3control":
        text = f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>"
    else:
        text = f"<Error>{inner}</Error>"
    return status, {"content-type": "text/xml"}, text.encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Server

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length) if length else b"")
        status, given, body = self.server.answers.of(request)
        self.send_response_only(status)
        for name, value in given.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _answer  # noqa: N815 - names given by the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name given by the base class
        """Says nothing."""


@contextmanager
def answering(answers: Answers) -> Iterator[str]:
    """The address of a running server that says this."""
    server = _Server(answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
