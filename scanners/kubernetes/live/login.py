"""From contexts of a kubeconfig to doors: one door for each cluster, with its certificates, its proxy and its login."""

import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct

from scanners.guard import CallLog
from scanners.kubernetes.live import plugin as plugins
from scanners.kubernetes.live.kubeconfig import Context, Kubeconfig, load, usual_files
from scanners.kubernetes.live.reach import explain
from scanners.kubernetes.live.resources import guard
from scanners.kubernetes.live.tls import context_of
from scanners.live.credentials import LoginError, Network
from scanners.live.door import RestDoor
from scanners.references import api_server_alias

_LARGEST_TOKEN: Final = 1 << 16
_TOKEN_AGE: Final = 60.0
"""Seconds for which a token from a file is used before the file is read again (client-go does the same)."""


class Login(Struct, frozen=True):
    """What to read: contexts (names or patterns) of a kubeconfig, and, by `accounts`, clusters by uid or context.

    `exec`: `ask` a person before a program of the kubeconfig runs, `allow` it, or `never`. `endpoint` replaces scheme
    and host of every cluster; the real host becomes the first segment of the path.
    """

    name: str
    kubeconfig: Path | None = None
    contexts: tuple[str, ...] = ("*",)
    accounts: tuple[str, ...] = ("*",)
    endpoint: str | None = None
    exec: str = "ask"

    def config(self) -> Kubeconfig:
        """What the kubeconfig declares. Raises LoginError."""
        return load([self.kubeconfig] if self.kubeconfig is not None else usual_files())


class Token:
    """Gives the headers of one context's login; renews what expires. Safe for several threads."""

    def __init__(
        self, context: Context, agreement: plugins.Agreement, stopped: Callable[[], bool], given: plugins.Given | None
    ) -> None:
        self._context, self._agreement, self._stopped = context, agreement, stopped
        self._given = given
        self._lock = threading.Lock()
        self._file: tuple[float, str] | None = None

    def __call__(self, *, renew: bool = False) -> Mapping[str, str]:
        """The headers. Raises LoginError where a file or a program gives no login any more."""
        user = self._context.user
        headers = dict(user.impersonated)
        token: str | None = None
        if user.token_file is not None:
            token = self._from_file(user.token_file, renew)
        elif user.token is not None:
            token = user.token.reveal()
        elif user.plugin is not None:
            given = self._from_plugin(renew)
            token = None if given.token is None else given.token.reveal()
        if token is not None:
            headers["authorization"] = f"Bearer {_checked(self._context.name, token)}"
        return headers

    def _from_file(self, path: Path, renew: bool) -> str:
        with self._lock:
            if self._file is None or renew or time.monotonic() - self._file[0] > _TOKEN_AGE:
                try:
                    with path.open("rb") as file:
                        raw = file.read(_LARGEST_TOKEN)
                    self._file = (time.monotonic(), raw.decode("ascii").strip())
                except (OSError, UnicodeDecodeError):
                    raise LoginError(f"{self._context.name}: the token file {path} cannot be read.") from None
            return self._file[1]

    def _from_plugin(self, renew: bool) -> plugins.Given:
        user = self._context.user
        assert user.plugin is not None  # noqa: S101 - asked for only then
        with self._lock:
            stale = self._given is None or not self._given.fresh
            if stale or (renew and self._given is not None and self._given.token is not None):
                self._agreement.ask(self._context.name, user.plugin)
                self._given = plugins.run(self._context, user.plugin, self._stopped)
            assert self._given is not None  # noqa: S101 - set just now
            return self._given


def door_of(
    login: Login,
    context: Context,
    agreement: plugins.Agreement,
    log: CallLog,
    network: Network,
    stopped: Callable[[], bool],
) -> RestDoor:
    """The door to the cluster of a context; nothing is called, but a program of the kubeconfig may run.

    Raises LoginError.
    """
    given: plugins.Given | None = None
    certificate, key = context.user.certificate, context.user.key
    if context.user.plugin is not None:
        agreement.ask(context.name, context.user.plugin)
        given = plugins.run(context, context.user.plugin, stopped)
        certificate, key = given.certificate, given.key
    server = _placed(login.endpoint, context.server)
    secure: ssl.SSLContext | None = None
    if server.startswith("https://"):
        secure = context_of(context.name, None if login.endpoint else context.authority, certificate, key)
    return RestDoor(
        guard(),
        log,
        Token(context, agreement, stopped, given),
        explain,
        network=network,
        server=server,
        proxy=None if login.endpoint else context.proxy,
        context=secure,
        tls_name=None if login.endpoint else context.tls_name,
        connections=16,
    )


def substitute_uid(context: Context) -> str:
    """A stable name for a cluster whose own uid may not be read: from its address and its authority."""
    told = f"{context.server.lower()}\n".encode() + (context.authority or b"").strip()
    return f"address-{hashlib.sha256(told).hexdigest()[:32]}"


def address_names(context: Context) -> tuple[str, ...]:
    """What the cloud that runs the control plane calls the same cluster."""
    alias = api_server_alias(context.server)
    return () if alias is None else (alias,)


def _placed(endpoint: str | None, server: str) -> str:
    if endpoint is None:
        return server
    found = urlsplit(server)
    return f"{endpoint.rstrip('/')}/{found.netloc}{found.path}"


def _checked(name: str, token: str) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise LoginError(f"{name}: the token of this context is empty, or holds what no token can hold.")
    return token


def options_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a connection as fields of `Login`. Raises LoginError."""
    stated = str(options.get("exec", "ask"))
    if stated not in ("ask", "allow", "never"):
        raise LoginError(f'exec = {stated!r}: it is "ask" (a person agrees before a program runs), "allow" or "never".')
    path = options.get("kubeconfig")
    return {
        "kubeconfig": None if path is None else Path(str(path)).expanduser(),
        "contexts": tuple(options.get("contexts") or ("*",)),
        "exec": stated,
    }
