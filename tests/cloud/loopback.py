"""A web server on loopback that plays a provider's REST interface; what it does not know fails the test.

A connection's `endpoint` makes the real host the first segment of the path, so one server plays all hosts of a
provider. Put a `fault_proxy` in front of it for latency, errors, silence and cut connections.
"""

import json
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came in: `host` is the real host, `path` what follows it, not quoted; `query` maps names to all
    their values."""

    method: str
    host: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    body: Any

    def one(self, name: str) -> str | None:
        """The only value of a parameter."""
        found = self.query.get(name)
        return found[0] if found else None


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or bytes as they are."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])


class UnknownRequestError(Exception):
    """The simulated interface has no such address, version or parameter: the scanner asked for what does not exist."""


class Loopback:
    """A running server. `answer` gives the reply, or raises UnknownRequestError, which ends up in `wrong`.

    `seen` counts requests by method, host and path.
    """

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.lock = threading.Lock()
        self.server = _Server(self)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, owner: Loopback) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Server

    def _answer(self) -> None:
        owner = self.server.owner
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length) if length else b""
        found = urlsplit(self.path)
        host, _, path = found.path.lstrip("/").partition("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            body: Any = {name: values[0] for name, values in parse_qs(raw.decode(), True).items()}
        else:
            body = json.loads(raw) if raw else None
        asked = Asked(self.command, host, "/" + unquote(path), parse_qs(found.query, True), headers, body)
        with owner.lock:
            owner.seen[f"{asked.method} {asked.host}{asked.path}"] += 1
        try:
            reply = owner.answer(asked)
        except UnknownRequestError as error:
            with owner.lock:
                owner.wrong.append(f"{asked.method} {self.path}: {error}")
            reply = Reply({"error": {"code": "UnknownRequest", "message": str(error)}}, 400)
        data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response_only(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 - names given by the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name given by the base class
        """Says nothing."""


@contextmanager
def loopback(answer: Callable[[Asked], Reply], secure: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """A running server, with TLS where `secure` is given; fails at the end where something was asked that it does not
    know."""
    running = Loopback(answer)
    if secure is not None:
        server = running.server
        server.socket = secure.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        running.endpoint = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=running.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        running.server.server_close()
        thread.join(5)
    assert not running.wrong, running.wrong
