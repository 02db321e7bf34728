"""The door to Azure: one host, quotas kept, and an older version of an interface where the newest is not offered."""

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from scanners.azure.live.clouds import Cloud
from scanners.azure.live.failures import explain
from scanners.azure.live.pace import ARM, GRAPH, Bucket, clock_span
from scanners.guard import CallLog, RefusedError
from scanners.live.credentials import Network
from scanners.live.door import Answer, NoAnswerError, Pause, RestDoor, Token
from scanners.live.rest import RestGuard, RestOperation
from scanners.members import member

_VERSION: Final = re.compile(r"(?<=[?&]api-version=)\d{4}-\d\d-\d\d(?:-[a-z]+)?")
_OFFERED: Final = re.compile(r"supported (?:api-)?versions are:? '?([0-9a-zA-Z, '-]+)")
_WORDS: Final = frozenset(
    {"InvalidApiVersionParameter", "NoRegisteredProviderFound", "InvalidResourceType", "UnsupportedApiVersion"}
)
_LEFT: Final = ("x-ms-ratelimit-remaining-subscription-reads", "x-ms-ratelimit-remaining-tenant-reads")


class AzureDoor(RestDoor):
    """Sends the requests of one login to Resource Manager and Resource Graph."""

    def __init__(
        self,
        cloud: Cloud,
        guard: RestGuard,
        log: CallLog,
        token: Token,
        *,
        network: Network,
        endpoint: str | None,
        connections: int = 32,
        gentle: bool = False,
    ) -> None:
        super().__init__(guard, log, token, explain, network=network, endpoint=endpoint, connections=connections)
        self._host = cloud.manager
        self._gentle = gentle
        self._buckets: dict[str, Bucket] = {}
        self._older: dict[str, str] = {}
        self._own = threading.Lock()

    def send(
        self, operation: RestOperation, url: str, *, account: str, region: str, pause: Pause, body: Any = None
    ) -> Answer:
        """The answer to one request, within the quota."""
        if urlsplit(url).netloc != self._host:
            raise RefusedError(f"{operation.key}: only {self._host} is asked; it was not sent.")
        graph = operation.method == "POST"
        bucket = self._bucket("graph" if graph else account, graph)
        wait = bucket.take()
        if wait:
            pause(wait)
        older = self._older.get(operation.key)
        answer = self._negotiated(
            operation,
            url if older is None else _VERSION.sub(older, url),
            lambda address: super(AzureDoor, self).send(
                operation, address, account=account, region=region, pause=pause, body=body
            ),
        )
        _heed(bucket, answer.headers, graph)
        if operation.elements and not isinstance(member(answer.body, operation.elements), list):
            raise NoAnswerError(200, failure="garbled")  # without its list it must not pass for an empty one
        return answer

    def _negotiated(self, operation: RestOperation, url: str, send: Callable[[str], Answer]) -> Answer:
        try:
            return send(url)
        except NoAnswerError as error:
            version = _offered(error, url)
            if version is None:
                raise
            self._older[operation.key] = version
            return send(_VERSION.sub(version, url))

    def _bucket(self, name: str, graph: bool) -> Bucket:
        with self._own:
            if name not in self._buckets:
                capacity, refill = GRAPH if graph else ARM
                self._buckets[name] = Bucket(capacity / 5, refill / 2) if self._gentle else Bucket(capacity, refill)
            return self._buckets[name]


def _heed(bucket: Bucket, headers: Mapping[str, str], graph: bool) -> None:
    """What Azure says is left. Other programs of the same principal use the same quota."""
    if graph:
        left, reset = headers.get("x-ms-user-quota-remaining", ""), headers.get("x-ms-user-quota-resets-after", "")
        if left.isdigit():
            span = clock_span(reset)
            if int(left) == 0 and span:
                bucket.empty_for(span)
            else:
                bucket.left(int(left))
        return
    for name in _LEFT:
        if headers.get(name, "").isdigit():
            bucket.left(float(headers[name]))


def _offered(error: NoAnswerError, url: str) -> str | None:
    """The newest version that Azure says it offers and that is older than the one asked for, without previews."""
    asked = _VERSION.search(url)
    if error.status not in (400, 404) or error.code not in _WORDS or asked is None:
        return None
    listed = _OFFERED.search(error.message)
    if listed is None:
        return None
    found = [word.strip(" '.") for word in listed[1].split(",")]
    stable = [word for word in found if re.fullmatch(r"\d{4}-\d\d-\d\d", word) and word < asked[0]]
    return max(stable, default=None)
