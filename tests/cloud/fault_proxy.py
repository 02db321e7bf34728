"""A proxy on loopback that spoils what it passes on: latency, errors, silence, cut connections. For any cloud's API."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass
class Fault:
    """What happens to requests that match: wait `latency` seconds, then answer `status` with `body`, or say nothing for
    `silence` seconds, or cut the connection; pass on if nothing of that is set. Only the first `times` times."""

    match: Callable[[Request], bool]
    latency: float = 0.0
    status: int | None = None
    body: Callable[[Request], tuple[str, bytes]] | None = None
    silence: float = 0.0
    cut: bool = False
    times: int | None = None
    hits: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def take(self, request: Request) -> bool:
        """Whether this fault strikes now."""
        if not self.match(request):
            return False
        with self.lock:
            if self.times is not None and self.hits >= self.times:
                return False
            self.hits += 1
            return True


class FaultProxy:
    """Stands in front of one server. `seen` counts requests by what `name` calls them."""

    def __init__(self, upstream: str, name: Callable[[Request], str] = lambda r: f"{r.method} {r.path}") -> None:
        self.upstream = urlsplit(upstream)
        self.faults: list[Fault] = []
        self.seen: Counter[str] = Counter()
        self.name = name
        self.latency = 0.0
        self.lock = threading.Lock()
        self.server = _Server(self)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    def strike(self, **what: Any) -> Fault:
        """Adds a fault; see `Fault`."""
        fault = Fault(**what)
        self.faults.append(fault)
        return fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, proxy: FaultProxy) -> None:
        self.proxy = proxy
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that went away are part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: _Server

    def _pass(self) -> None:
        proxy = self.server.proxy
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length) if length else b"")
        with proxy.lock:
            proxy.seen[proxy.name(request)] += 1
        if proxy.latency:
            time.sleep(proxy.latency)
        for fault in list(proxy.faults):
            if fault.take(request):
                time.sleep(fault.latency + fault.silence)
                if fault.cut or fault.silence:
                    self.close_connection = True
                    self.connection.close()
                    return
                if fault.status is not None:
                    kind, body = fault.body(request) if fault.body else ("text/plain", b"")
                    self._answer(fault.status, [("content-type", kind)], body)
                    return
        upstream = http.client.HTTPConnection(proxy.upstream.hostname or "", proxy.upstream.port, timeout=60)
        try:
            upstream.request(request.method, request.path, request.body or None, headers)
            answer = upstream.getresponse()
            self._answer(answer.status, answer.getheaders(), answer.read())
        finally:
            upstream.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _pass  # noqa: N815 - names given by the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name given by the base class
        """Says nothing."""


@contextmanager
def fault_proxy(upstream: str, name: Callable[[Request], str] | None = None) -> Iterator[FaultProxy]:
    """A running proxy in front of `upstream`."""
    proxy = FaultProxy(upstream, name) if name is not None else FaultProxy(upstream)
    thread = threading.Thread(target=proxy.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join(5)
