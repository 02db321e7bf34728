"""A simulated Google Cloud on loopback: real addresses, paging, wildcards, error bodies, partial answers.

Requests are checked against Google's discovery documents: an unknown path or parameter fails the test, and so does an
answer of this simulation that is not of the schema. Bodies are put in by `estate` scripts; nothing is made up here.
"""

import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gcp_discovery import method_of, problems, service_of
from loopback import Asked, Loopback, Reply, UnknownRequestError, loopback

TOKEN = "ya29.simulated-token-that-must-not-show"  # noqa: S105 - what must not show anywhere


def error(status: int, word: str, message: str, reason: str = "", **metadata: str) -> Reply:
    """An error of Google's newer interfaces; `reason` with an ErrorInfo."""
    body: dict[str, Any] = {"code": status, "message": message, "status": word}
    if reason:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        body["details"] = [info | ({"metadata": metadata} if metadata else {})]
    return Reply({"error": body}, status)


def old_error(status: int, reason: str, message: str) -> Reply:
    """An error of Google's older interfaces (Compute, Storage, SQL)."""
    first = {"domain": "global", "reason": reason, "message": message}
    return Reply({"error": {"code": status, "message": message, "errors": [first]}}, status)


def denied(permission: str) -> Reply:
    """A refusal for want of a permission."""
    return error(403, "PERMISSION_DENIED", f"Permission '{permission}' denied on resource.", "IAM_PERMISSION_DENIED")


def disabled(host: str, project: str = "1000000001") -> Reply:
    """A service that is switched off: a 403 as well."""
    message = f"{host} has not been used in project {project} before or it is disabled."
    return error(403, "PERMISSION_DENIED", message, "SERVICE_DISABLED", service=host, consumer=f"projects/{project}")


@dataclass
class GcpCloud:
    """What there is. `lists` maps host and path of a list to (name of the member, bodies); `single` maps host and path
    of one thing to its body or reply; `assets` is what the inventory holds."""

    lists: dict[str, tuple[str, list[dict[str, Any]]]] = field(default_factory=dict)
    single: dict[str, Any] = field(default_factory=dict)
    assets: list[dict[str, Any]] = field(default_factory=list)
    searched: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[Callable[[Asked], bool], Callable[[Asked], Reply | None]]] = field(default_factory=list)
    wilds: set[str] = field(default_factory=lambda: {"artifactregistry", "bigqueryconnection"})
    """Services that refuse `-` for all places."""
    page: int | None = None
    """Most elements of a page, whatever was asked."""
    quota: int | None = 100
    """Calls of ListAssets in a minute."""
    latency: float = 0.0
    checked: bool = True
    calls: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _minute: deque[float] = field(default_factory=deque)

    def put(self, address: str, member: str, *bodies: dict[str, Any]) -> None:
        """Adds bodies to a list, which exists from then on: `put("tpu.googleapis.com/v2/…/nodes", "nodes", body)`."""
        self.lists.setdefault(address, (member, []))[1].extend(bodies)

    def strike(self, pattern: str, reply: Reply | Callable[[Asked], Reply | None], times: int | None = None) -> None:
        """Answers requests whose host and path match with this reply; `times` most times."""
        like, left = re.compile(pattern), [times]

        def match(asked: Asked) -> bool:
            if not like.search(asked.host + asked.path) or left[0] == 0:
                return False
            left[0] = None if left[0] is None else left[0] - 1
            return True

        self.faults.append((match, reply if callable(reply) else lambda _: reply))

    def __call__(self, asked: Asked) -> Reply:
        """The answer to a request."""
        if self.latency:
            time.sleep(self.latency)
        if asked.method != "GET":
            raise UnknownRequestError("only GET is simulated")
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        try:
            method = method_of(asked.host, asked.path, asked.query)
        except LookupError as unknown:
            raise UnknownRequestError(str(unknown)) from None
        with self.lock:
            self.calls[f"{service_of(asked.host)}.{method.name}"] += 1
        for match, fault in self.faults:
            if match(asked) and (reply := fault(asked)) is not None:
                return reply
        reply = self._answer(asked)
        if self.checked and reply.status == 200 and method.schema:
            wrong = problems(service_of(asked.host), method.schema, reply.body)
            if wrong:
                raise UnknownRequestError(f"the simulated answer is wrong: {wrong[:3]}")
        return reply

    def _answer(self, asked: Asked) -> Reply:
        address = asked.host + asked.path
        if asked.host == "cloudasset.googleapis.com":
            return self._inventory(asked)
        if address in self.single:
            body = self.single[address]
            return body if isinstance(body, Reply) else Reply(body)
        if asked.path == "/v1/transferJobs":
            address += f"?{asked.one('filter')}"
        if asked.path == "/storage/v1/b":
            address += f"?project={asked.one('project')}"
        if asked.path == "/v1/accessPolicies":
            address += f"?parent={asked.one('parent')}"
        if "/locations/-/" in address:
            return self._everywhere(asked, address)
        if address in self.lists:
            member, bodies = self.lists[address]
            return self._paged(asked, member, bodies)
        if asked.path.endswith((":getEffectivePolicy",)):
            constraint = asked.path.rpartition("/")[2].partition(":")[0]
            return Reply({"name": f"{asked.path[4:].partition('/policies/')[0]}/policies/{constraint}", "spec": {}})
        if asked.path.endswith("/accessApprovalSettings"):
            return error(404, "NOT_FOUND", "Requested entity was not found.")
        if asked.path.endswith(":getIamPolicy"):
            return Reply({"etag": "ACAB"})  # an empty policy
        return Reply({})  # an empty list: Google leaves empty members out

    def _everywhere(self, asked: Asked, address: str) -> Reply:
        if service_of(asked.host) in self.wilds:
            return error(400, "INVALID_ARGUMENT", "location '-' is not supported")
        like = re.compile("^" + re.escape(address).replace("/locations/\\-/", "/locations/[^/]+/") + "$")
        found = [(m, b) for at, (m, b) in self.lists.items() if like.match(at)]
        return self._paged(asked, found[0][0], [b for _, bodies in found for b in bodies]) if found else Reply({})

    def _inventory(self, asked: Asked) -> Reply:
        scope = asked.path.removeprefix("/v1/").removesuffix("/assets").partition(":")[0]
        if asked.path.endswith(":searchAllResources"):
            rows = [row for row in self.searched if self._in_scope(scope, row)]
            return self._paged(asked, "results", rows, most=500)
        with self.lock:
            now = time.monotonic()
            while self._minute and now - self._minute[0] > 60:
                self._minute.popleft()
            if self.quota is not None and len(self._minute) >= self.quota:
                return error(
                    429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'ListAssets'", "RATE_LIMIT_EXCEEDED"
                )
            self._minute.append(now)
            self.calls[f"cloudasset {asked.one('contentType')}"] += 1
        types = asked.query.get("assetTypes")
        member = {"RESOURCE": "resource", "IAM_POLICY": "iamPolicy", "ORG_POLICY": "orgPolicy"}.get(
            asked.one("contentType") or "", "servicePerimeter"
        )
        rows = [
            {k: v for k, v in a.items() if k in ("name", "assetType", "ancestors", "updateTime", member)}
            for a in self.assets
            if member in a and (not types or a["assetType"] in types) and self._in_scope(scope, a)
        ]
        return self._paged(asked, "assets", rows, most=1000, more={"readTime": "2026-11-22T10:00:00Z"})

    def _in_scope(self, scope: str, row: dict[str, Any]) -> bool:
        if scope.startswith("projects/") and not scope.removeprefix("projects/").isdigit():
            found = self.single.get(f"cloudresourcemanager.googleapis.com/v3/{scope}")
            scope = found["name"] if found else scope
        return scope in row.get("ancestors", ()) or scope == row.get("project") or scope == row.get("organization")

    def _paged(
        self, asked: Asked, member: str, rows: list[Any], most: int = 1000, more: dict[str, Any] | None = None
    ) -> Reply:
        size = int(asked.one("pageSize") or asked.one("maxResults") or 100)
        size = min(size, most, self.page or size)
        start = int((asked.one("pageToken") or "page-0").removeprefix("page-"))
        body: dict[str, Any] = dict(more or {})
        if rows[start : start + size]:
            body[member] = rows[start : start + size]
        if start + size < len(rows):
            body["nextPageToken"] = f"page-{start + size}"
        return Reply(body)


@contextmanager
def gcp_cloud(cloud: GcpCloud) -> Iterator[Loopback]:
    """A running Google Cloud; fails at the end where something was asked that Google does not have."""
    with loopback(cloud) as running:
        yield running
