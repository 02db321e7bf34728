"""Clients of boto3 behind the guard: every one is made here, and every call of each passes the same three hooks."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final, Literal, TypeAlias, cast
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies

import botocore.session
from botocore.config import Config
from botocore.exceptions import UnknownRegionError
from botocore.parsers import ResponseParserError

from scanners.aws.live.declare import Operation
from scanners.aws.live.models import Models
from scanners.guard import Call, CallLog, Guard, RefusedError

IDENTITY: Final = frozenset(
    {
        "sts.AssumeRole",
        "sts.AssumeRoleWithWebIdentity",
        "sso.GetRoleCredentials",
        "sso-oidc.CreateToken",
        "signin.CreateOAuth2Token",
    }
)
"""Calls that prove who we are: they give temporary credentials for the role that the person named, change nothing."""

Standing: TypeAlias = Literal["there", "unresolved", "absent"]
_STARTED: Final = "situs_started"


class Door:
    """Makes clients for one login, lazily; one for each (client, region), for all threads.

    `endpoint` replaces the provider's endpoints, as boto3's `endpoint_url`. Nothing that is not in `guard` leaves the
    machine; each call is put into `log`.
    """

    def __init__(
        self,
        session: botocore.session.Session,
        guard: Guard,
        log: CallLog,
        *,
        endpoint: str | None = None,
        attempts: int = 5,
        connect_timeout: float = 4,
        read_timeout: float = 20,
    ) -> None:
        self.account = "-"
        self._session = session
        self._guard = guard
        self._log = log
        self._endpoint = endpoint
        self._config = Config(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"mode": "adaptive", "total_max_attempts": attempts},
            max_pool_connections=16,
            user_agent_extra="situs",
            parameter_validation=True,
        )
        self._names: dict[str, str] = {}  # service id in names of events → name of the client
        self._clients: dict[tuple[str, str], Any] = {}
        self._standing: dict[tuple[str, str], Standing] = {}
        self._lock = threading.Lock()
        events = cast(Any, session)
        events.register_component("data_loader", _models(guard.allowed | IDENTITY))
        for event, handler in (
            ("before-call", self._before_call),
            ("before-sign", self._before_sign),
            ("before-send", self._before_send),
            ("after-call", self._after_call),
            ("after-call-error", self._after_call_error),
        ):
            events.register(event, handler)

    def client(self, name: str, region: str) -> Any:
        """The client. Raises an exception of botocore where there is no such service or no credentials."""
        key = (name, region)
        client = self._clients.get(key)
        if client is None:
            with self._lock:  # a session is not safe for several threads
                client = self._clients.get(key)
                if client is None:
                    make = cast("Callable[..., Any]", self._session.create_client)
                    client = make(name, region_name=region, endpoint_url=self._endpoint, config=self._config)
                    self._names[client.meta.service_model.service_id.hyphenize()] = name
                    self._clients[key] = client
        return client

    def standing(self, name: str, region: str) -> Standing:
        """Whether a service is in a region, as far as that can be told without calling it.

        `absent` only where both say so: the SDK's table of endpoints, and the names of the network, which does not know
        the endpoint. `unresolved` where the table knows nothing of the service and the name is unknown. Behind a proxy
        names are not ours to ask, and a private endpoint stands for all: then it is `there`.
        """
        key = (name, region)
        known = self._standing.get(key)
        if known is None:
            apart = self._endpoint is not None or bool(getproxies())
            known = self._standing[key] = "there" if apart else self._named(name, region)
        return known

    def _named(self, name: str, region: str) -> Standing:
        table = cast(Any, self._session)
        try:
            with self._lock:
                regions: list[str] = table.get_available_regions(name, table.get_partition_for_region(region))
        except UnknownRegionError:
            return "there"  # newer than the table: the call will show
        if region in regions:
            return "there"
        host = urlsplit(str(self.client(name, region).meta.endpoint_url)).hostname
        try:
            socket.getaddrinfo(host, 443)
        except socket.gaierror:
            return "absent" if regions else "unresolved"
        return "there"

    def drop(self, region: str) -> None:
        """Lets go of the clients of a region."""
        with self._lock:
            for key in [k for k in self._clients if k[1] == region]:
                del self._clients[key]

    def method(self, operation: Operation, region: str) -> Callable[..., dict[str, Any]]:
        """The function of a client that calls an operation."""
        client = self.client(operation.client, region)
        return getattr(client, _python_name(client, operation.name))

    def _before_call(self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        key = f"{model.service_model.service_name}.{model.name}"
        if key not in IDENTITY:
            self._guard.permit(key)
        context[_STARTED] = time.monotonic()

    def _before_sign(self, request: Any, operation_name: str, event_name: str, **_: Any) -> None:
        self._permit_event(event_name)
        if self._endpoint is not None:
            request.url = _at_endpoint(request.url, self._endpoint)

    def _before_send(self, request: Any, event_name: str, **_: Any) -> None:
        self._permit_event(event_name)
        url = urlsplit(str(request.url))
        if url.scheme != "https" and not (self._endpoint or "").startswith("http://"):
            raise RefusedError(f"A call would have gone out unencrypted to {url.hostname}; it was not sent.")

    def _permit_event(self, event_name: str) -> None:
        _, service, operation = event_name.split(".", 2)
        key = f"{self._names.get(service, service)}.{operation}"
        if key not in IDENTITY:
            self._guard.permit(key)

    def _after_call(self, http_response: Any, parsed: dict[str, Any], model: Any, context: Any, **_: Any) -> None:
        error = parsed.get("Error", {}).get("Code") if http_response.status_code >= 300 else None
        if error is None and len(parsed) <= 1 and not _genuine(http_response.content, model):
            self._note(model, context, "garbled", 1)
            raise ResponseParserError("The answer was cut off, or is no answer of AWS.")
        retries = parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        self._note(model, context, str(error)[:80] if error else "ok", int(retries) + 1)

    def _after_call_error(self, exception: Exception, event_name: str, context: Any = None, **_: Any) -> None:
        service, operation = event_name.split(".", 2)[1:]
        name = f"{self._names.get(service, service)}.{operation}"
        self._add(name, context or {}, type(exception).__name__, 1)

    def _note(self, model: Any, context: dict[str, Any], status: str, attempts: int) -> None:
        self._add(f"{model.service_model.service_name}.{model.name}", context, status, attempts)

    def _add(self, name: str, context: dict[str, Any], status: str, attempts: int) -> None:
        begun = context.get(_STARTED)
        seconds = 0.0 if begun is None else time.monotonic() - begun
        region = str(context.get("client_region") or "-")
        self._log.add(Call(name, self.account, region, status, attempts, seconds))


@cache
def _models(keys: frozenset[str]) -> Models:
    """Shared: models of services are read, cut down and decoded once for all accounts."""
    return Models(keys)


def _genuine(body: bytes, model: Any) -> bool:
    """Whether an answer without any member really is one: botocore takes JSON that it cannot read for an empty answer,
    and the page of a proxy that asks people to log in for XML."""
    if not body.strip() or model.has_streaming_output:
        return True
    if "xml" in model.service_model.protocol or model.service_model.protocol in ("query", "ec2"):
        return b"<html" not in body[:2000].lower()
    if "json" not in model.service_model.protocol or model.service_model.protocol == "smithy-rpc-v2-cbor":
        return True
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _python_name(client: Any, operation: str) -> str:
    names: dict[str, str] | None = getattr(client, "_situs_names", None)
    if names is None:
        names = {api: python for python, api in client.meta.method_to_api_mapping.items()}
        client._situs_names = names
    return names[operation]


def _at_endpoint(url: str, endpoint: str) -> str:
    """Host prefixes (the account in front of `s3-control`) do not exist at a private endpoint."""
    found, wanted = urlsplit(url), urlsplit(endpoint)
    if found.netloc != wanted.netloc and found.netloc.endswith(f".{wanted.netloc}"):
        return urlunsplit(found._replace(netloc=wanted.netloc))
    return url


def new_session(profile: str | None = None) -> botocore.session.Session:
    """A session of botocore. Raises botocore.exceptions.ProfileNotFound."""
    return botocore.session.Session(profile=profile)


def guard_of(operations: Iterable[Operation]) -> Guard:
    """The guard that lets through exactly these."""
    return Guard(o.key for o in operations)
