"""The door of REST scanners: the only place from which a request to Azure, Google Cloud or a cluster leaves.

Redirects are never followed, the login is sent only to declared hosts, an answer is read up to a limit, and each call
is counted. A private endpoint replaces scheme and host; the real host becomes the first segment of the path.
"""

import email.utils
import random
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import msgspec
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from scanners.guard import Call, CallLog
from scanners.live.credentials import Network
from scanners.live.rest import Explain, RestGuard, RestOperation

_LARGEST: Final = 64 << 20
_SOME: Final = 1 << 16
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})
_JSON: Final = msgspec.json.Decoder()


class NoAnswerError(Exception):
    """A request was not answered as asked.

    `status` is the HTTP status (0 where there was no answer at all), `code` and `message` the provider's own words,
    `failure` one of `denied_by_http`, `timeout`, `unresolved`, `tls`, `broken`, `garbled`, `redirect`, `too_large`,
    `no_login` or "". `wait` is the time in seconds that the provider asked to wait, where it did. `headers` in lower
    case.
    """

    def __init__(
        self,
        status: int,
        code: str = "",
        message: str = "",
        failure: str = "",
        wait: float | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(f"{status} {code or failure}")
        self.status, self.code, self.message, self.failure, self.wait = status, code, message, failure, wait
        self.headers = dict(headers or {})
        self.body = body


class Answer:
    """A decoded answer: `body` (a map, usually) and `headers` with names in lower case."""

    __slots__ = ("body", "headers")

    def __init__(self, body: Any, headers: Mapping[str, str]) -> None:
        self.body, self.headers = body, headers


class Token(Protocol):
    """Gives the headers of a login (`Authorization`); `renew` after the provider refused the last one."""

    def __call__(self, *, renew: bool = False) -> Mapping[str, str]:
        """The headers. Raises LoginError where there is no login any more."""
        ...


class Pause(Protocol):
    """Waits for seconds; raises StoppedError where the scan was stopped meanwhile."""

    def __call__(self, seconds: float, /) -> None:
        """Waits."""
        ...


class RestDoor:
    """Sends requests of one login. Safe for several threads.

    `server` takes the place of scheme and host of every address: a cluster, whose operations name no host of their own.
    It may have a path (`https://rancher.example.com/k8s/clusters/c-1`). `proxy` goes before those of this computer,
    `context` and `tls_name` say which certificates count and for which name.
    """

    def __init__(
        self,
        guard: RestGuard,
        log: CallLog,
        token: Token,
        explain: Explain,
        *,
        network: Network,
        endpoint: str | None = None,
        server: str | None = None,
        proxy: str | None = None,
        context: ssl.SSLContext | None = None,
        tls_name: str | None = None,
        connections: int = 16,
    ) -> None:
        self._guard, self._log, self._token, self._explain = guard, log, token, explain
        self._network = network
        self._endpoint = None if endpoint is None else endpoint.rstrip("/")
        self._server, self._proxy = server, proxy
        options: dict[str, Any] = {
            "maxsize": connections,
            "block": False,
            "retries": False,
            "timeout": urllib3.Timeout(connect=network.connect_timeout, read=network.read_timeout),
        }
        if context is not None:
            options["ssl_context"] = context
        if tls_name is not None:
            options["server_hostname"] = tls_name
        self._direct = urllib3.PoolManager(num_pools=256, **options)
        self._proxies: dict[str, urllib3.PoolManager] = {}
        self._options = options

    def send(
        self,
        operation: RestOperation,
        url: str,
        *,
        account: str,
        region: str,
        pause: Pause,
        body: Any = None,
    ) -> Answer:
        """The answer to one request, tried again where that can help. Raises NoAnswerError, RefusedError, LoginError.

        `url` is what `operation.url` made, or a link that it follows.
        """
        self._guard.permit(operation, url)
        began = time.monotonic()
        payload = None if body is None else msgspec.json.encode(body)
        status, tries, renew = "", 0, False
        try:
            while True:
                tries += 1
                try:
                    answer = self._once(operation, url, payload, renew)
                    status = "ok"
                    return answer
                except NoAnswerError as error:
                    status = error.code or error.failure or str(error.status)
                    if error.status == 401 and not renew:
                        renew = True
                        continue
                    wait = self._wait(error, tries)
                    if wait is None:
                        raise
                pause(wait)
        finally:
            seconds = time.monotonic() - began
            self._log.add(Call(operation.key, account, region, _short(status) or "refused", tries, seconds))

    def _wait(self, error: NoAnswerError, tries: int) -> float | None:
        """Seconds to wait before the next try; None where there is none."""
        again = error.status in _AGAIN or error.failure in ("timeout", "broken", "garbled")
        if error.status == 403 and error.code in ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"):
            again = True
        if not again or tries >= self._network.attempts:
            return None
        if error.wait is not None:
            return error.wait if error.wait <= self._network.longest_wait else None
        return min(0.5 * 2 ** (tries - 1), 16.0) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries

    def _once(self, operation: RestOperation, url: str, payload: bytes | None, renew: bool) -> Answer:
        headers = {
            "accept": "application/json",
            "accept-encoding": "gzip",
            "user-agent": "situs",
            **dict(operation.headers),
            **self._token(renew=renew),
        }
        if payload is not None:
            headers["content-type"] = "application/json"
        address = self._placed(url)
        try:
            response = self._pool(address).request(
                operation.method, address, body=payload, headers=headers, redirect=False, preload_content=False
            )
            try:
                raw = _read(response)
            finally:
                response.release_conn()
        except (HTTPError, OSError, ssl.SSLError) as error:
            raise NoAnswerError(0, failure=_failure(error)) from None
        found = {name.lower(): value for name, value in response.headers.items()}
        if response.status == 204:
            return Answer({}, found)
        if 200 <= response.status < 300:
            try:
                return Answer(_JSON.decode(raw), found)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                raise NoAnswerError(response.status, failure="garbled", headers=found) from None
        if 300 <= response.status < 400:
            raise NoAnswerError(response.status, failure="redirect", headers=found)
        try:
            decoded = _JSON.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            decoded = None
        code, message = self._explain(response.status, decoded)
        raise NoAnswerError(response.status, code, message, wait=_asked(found), headers=found, body=decoded)

    def _placed(self, url: str) -> str:
        found = urlsplit(url)
        if self._server is not None:
            return f"{self._server}{found.path}" + (f"?{found.query}" if found.query else "")
        if self._endpoint is None:
            return url
        return f"{self._endpoint}/{found.netloc}{found.path}" + (f"?{found.query}" if found.query else "")

    def _pool(self, address: str) -> urllib3.PoolManager:
        """Straight, or through the proxy that this computer uses for the host."""
        found = urlsplit(address)
        host = found.hostname or ""
        if self._proxy is None and host in ("localhost", "127.0.0.1", "::1"):
            return self._direct
        proxy = self._proxy or getproxies().get(found.scheme)
        if not proxy or (self._proxy is None and proxy_bypass(host)):
            return self._direct
        if proxy not in self._proxies:
            stated = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            user = f"{unquote(stated.username)}:{unquote(stated.password or '')}" if stated.username else None
            headers = urllib3.make_headers(proxy_basic_auth=user) if user else None
            address = f"{stated.scheme}://{stated.netloc.rpartition('@')[2]}"
            self._proxies[proxy] = urllib3.ProxyManager(address, proxy_headers=headers, **self._options)
        return self._proxies[proxy]

    def link(self, link: str) -> str:
        """A link from an answer as the real host's address: a private endpoint may have put its own in front."""
        if self._endpoint is not None and link.startswith(self._endpoint + "/"):
            return "https://" + link[len(self._endpoint) + 1 :]
        return link


def clock(text: str) -> float | None:
    """Seconds to wait, from a `Retry-After` header: a number of seconds or a date; None where it is neither."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _asked(headers: Mapping[str, str]) -> float | None:
    for name, scale in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        if name in headers:
            seconds = clock(headers[name])
            if seconds is not None:
                return seconds * scale
    return None


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.stream(_SOME, decode_content=True):
        size += len(part)
        if size > _LARGEST:
            raise _TooLargeError
        parts.append(part)
    return b"".join(parts)


class _TooLargeError(HTTPError):
    pass


def _failure(error: Exception) -> str:
    if isinstance(error, MaxRetryError) and error.reason is not None:
        error = error.reason
    if isinstance(error, _TooLargeError):
        return "too_large"
    if isinstance(error, NameResolutionError):
        return "unresolved"
    if isinstance(error, NewConnectionError):  # a refusal, though urllib3 counts it among the time-outs
        return "broken"
    if isinstance(error, ConnectTimeoutError | ReadTimeoutError | TimeoutError):
        return "timeout"
    if isinstance(error, SSLError | ssl.SSLError):
        return "tls"
    if isinstance(error, IncompleteRead):
        return "garbled"
    if isinstance(error, ProtocolError) and any(isinstance(part, IncompleteRead) for part in error.args):
        return "garbled"
    return "broken"


def _short(status: str) -> str:
    return "".join(c for c in status if c.isalnum() or c in "._-")[:80]
