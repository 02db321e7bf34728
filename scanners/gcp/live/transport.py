"""The way of google-auth to the network: hosts that give tokens, and no other.

Every request is counted in the call log as `login.token`. A private endpoint is in front of these hosts too. Redirects
are not followed.
"""

import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from scanners.guard import Call, CallLog
from scanners.live.credentials import LoginError, Network

DEFAULT_UNIVERSE: Final = "googleapis.com"
_METADATA: Final = frozenset({"169.254.169.254", "metadata.google.internal", "metadata"})
_GIVERS: Final = ("oauth2", "sts", "iamcredentials", "www", "sts.mtls", "oauth2.mtls")
_LONGEST: Final = 1 << 20


class Answered:
    """An answer, as google-auth reads it."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


class TokenTransport:
    """What google-auth calls a request: `transport(url, method, body, headers, timeout)`."""

    def __init__(self, log: CallLog, network: Network, endpoint: str | None, universe: str) -> None:
        self._log, self._network = log, network
        self._endpoint = None if endpoint is None else endpoint.rstrip("/")
        self._hosts = {f"{name}.{domain}" for name in _GIVERS for domain in {universe, DEFAULT_UNIVERSE}}
        self._hosts.add("accounts.google.com")
        self._own: set[str] = set()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def admit(self, *urls: Any) -> None:
        """Lets through the hosts that a configuration names for its own tokens: https, or this computer's network."""
        for url in urls:
            found = urlsplit(url) if isinstance(url, str) else None
            if found is not None and found.hostname:
                local = found.hostname in _METADATA or found.hostname.startswith(("127.", "169.254."))
                if found.scheme != "https" and not (local or found.hostname == "localhost"):
                    raise LoginError(
                        f"{found.hostname} would be asked for a token without encryption; nothing was sent."
                    )
                self._own.add(found.hostname.lower())

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: Any,
    ) -> Answered:
        """The answer. Raises google-auth's TransportError where there is none."""
        from google.auth.exceptions import TransportError

        found = urlsplit(url)
        host = (found.hostname or "").lower()
        giver = host in self._hosts and found.scheme == "https"
        if not giver and host not in self._own and host not in _METADATA:
            raise TransportError(f"{host} is no host that gives tokens; nothing was sent")
        address = url
        if giver and self._endpoint is not None:
            query = f"?{found.query}" if found.query else ""
            address = f"{self._endpoint}/{found.netloc}{found.path}{query}"
        began, status = time.monotonic(), "failed"
        try:
            answer = self._pool(address).request(
                method,
                address,
                body=body,
                headers=dict(headers or {}),
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=urllib3.Timeout(
                    connect=min(timeout or 60, self._network.connect_timeout),
                    read=min(timeout or 60, self._network.read_timeout),
                ),
            )
            try:
                data = answer.read(_LONGEST, decode_content=True)
            finally:
                answer.release_conn()
            status = "ok" if answer.status < 400 else str(answer.status)
            return Answered(answer.status, dict(answer.headers), data)
        except (urllib3.exceptions.HTTPError, OSError):
            raise TransportError(f"{host} does not answer; check network and proxy") from None
        finally:
            self._log.add(Call("login.token", "*", host, status, 1, time.monotonic() - began))

    def _pool(self, address: str) -> urllib3.PoolManager:
        """Straight, or through the proxy that this computer uses for the host."""
        found = urlsplit(address)
        host = found.hostname or ""
        proxy = getproxies().get(found.scheme) or ""
        if proxy_bypass(host) or host in _METADATA or host in ("localhost", "127.0.0.1", "::1"):
            proxy = ""
        if proxy not in self._pools:
            through = proxy if "://" in proxy else f"http://{proxy}"
            self._pools[proxy] = urllib3.ProxyManager(through) if proxy else urllib3.PoolManager()
        return self._pools[proxy]
