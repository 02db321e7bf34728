"""Operations of REST interfaces as services declare them, and the guard's rules for them.

Azure, Google Cloud and Kubernetes are called by plain HTTPS. What may be sent is a table of `RestOperation`s: method,
host and path are spelled out in it, and a request is made from nothing else. Three locks, each enough by itself: a
declaration that could return the contents of data, or change something, raises when the module is loaded; the door
sends only what its guard lists; and a link in an answer is followed only to the host and path that were declared.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote, urlencode, urlsplit

from scanners.guard import RefusedError

Values: TypeAlias = Mapping[str, str]

_SLOT: Final = re.compile(r"\{(\+?)([A-Za-z]+)\}")
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\?#%]|(?:^|/)\.{1,2}(?:/|$)|//")
_HOST_VALUE: Final = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
_CONTENTS: Final = re.compile(
    r"/list[a-z]*(?:keys?|secrets?|credentials?|connectionstrings|sas|tokens?|usersharedkeys)\b"
    r"|/(?:regenerate|generate|rotate|retrieve|getfull|getcallback|export|download)[a-z]*"
    r"|[:/](?:access|getiampolicy|setiampolicy|testiampermissions|exportdata|export|run|call|predict|rawpredict)$"
    r"|/secrets/(?:[^/]+)/versions/[^/]+[:/]access"
    r"|^/o/|/o/\{|/objects(?:/|$)|/blobs?(?:/|$)|/tabledata(?:/|$)|/tables/[^/]+/data(?:/|$)|/entries:|/rows(?:/|$)|/messages(?:/|$)|alt=media"
    r"|^/api/v1/(?:.*/)?(?:secrets|configmaps)(?:/|$)|/(?:log|exec|attach|portforward|proxy|eviction|binding|token)$",
    re.IGNORECASE,
)
_QUERIES: Final = re.compile(
    r"^/providers/Microsoft\.ResourceGraph/resources$"
    r"|^/apis/authorization\.k8s\.io/v1/selfsubject(?:access|rules)reviews$"
    r"|^/v3/\{\+resource\}:testIamPermissions$",
    re.IGNORECASE,
)
"""Requests that are sent as POST because their question is a body; each of them answers and changes nothing."""


_POLICY: Final = re.compile(r"^/v\d+/[^:?]+:getIamPolicy$")
"""Who may use a thing, as Google tells it by GET."""
_VERB: Final = re.compile(r":(.*)$")
_READING_VERBS: Final = frozenset(
    {"calculate", "compute", "getEffectivePolicy", "getIamPolicy", "search", "searchAllResources", "testIamPermissions"}
)
"""Google's verbs of its own (`:verb` at the end of a path) that answer and change nothing; no other can be declared."""


@dataclass(frozen=True, slots=True)
class Paging:
    """How an interface says that there is more.

    `link`: `member` of the answer is the whole address of the next page. `query`: `member` is a token for the parameter
    `parameter`. `body`: the same, but the token goes to a dotted member of the request's body.
    """

    style: Literal["link", "query", "body"]
    member: str
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class RestOperation:
    """One request that may be sent.

    `name` is what guard, log and report call it. `host` and `path` may have slots: `{subscription}` takes one segment,
    `{+scope}` a whole path such as an ARM id. `query` are fixed parameters (`api-version`), `free` names those that a
    call may add. `permission` is the provider's name of what must be granted. `elements` is the dotted member that
    holds the list. `none` holds error codes that mean "not configured" (an answer, not a failure), `missing` says that
    404 means so. `off` holds error codes or texts that mean that the interface is switched off. `optional` operations
    are left out of coverage where they are denied. `rate`: most calls per second in one account. `headers`: fixed.
    """

    name: str
    host: str
    path: str
    permission: str
    query: tuple[tuple[str, str], ...] = ()
    free: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    elements: str = ""
    paging: Paging | None = None
    none: tuple[str, ...] = ()
    missing: bool = False
    off: tuple[str, ...] = ()
    optional: bool = False
    rate: float | None = None
    headers: tuple[tuple[str, str], ...] = ()
    like: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a request that could change something or return the contents of data."""
        question = self.method == "POST" and _QUERIES.match(self.path)
        policy = self.method == "GET" and _POLICY.match(self.path)
        if _CONTENTS.search(self.path) and not question and not policy:
            raise ValueError(f"{self.path} could return the contents of data and cannot be declared")
        verb = _VERB.search(self.path)
        if verb and verb[1] not in _READING_VERBS:
            raise ValueError(f"{self.path}: {verb[1]} is not known to be a verb that only reads")
        if any(value.lower() == "media" for name, value in self.query if name == "alt"):
            raise ValueError(f"{self.path}: alt=media returns the contents of data and cannot be declared")
        if self.method != "GET" and not question:
            raise ValueError(f"{self.method} {self.path}: only GET, and POST to known questions, can be declared")
        pattern = _SLOT.sub("\x00", self.path)
        slots = ["[^?#]+" if plus else "[^/?#]+" for plus, _ in _SLOT.findall(self.path)]
        parts = [re.escape(part) for part in pattern.split("\x00")]
        text = parts[0] + "".join(slot + part for slot, part in zip(slots, parts[1:], strict=True))
        object.__setattr__(self, "like", re.compile(f"^{text}$", re.IGNORECASE))

    @property
    def key(self) -> str:
        """The name that the guard, the log and coverage use."""
        return self.name

    def url(self, values: Values, query: Mapping[str, Any] | None = None) -> str:
        """The address of one request. Raises RefusedError where a value would lead elsewhere than was declared."""
        given = dict(query or {})
        for name in given:
            if name not in self.free:
                raise RefusedError(f"{self.name}: the parameter {name} is not declared; nothing was sent.")
        pairs = [*self.query, *((name, value) for name, value in given.items() if value is not None)]
        address = f"https://{_fill(self.host, values, self.name, host=True)}{_fill(self.path, values, self.name)}"
        return f"{address}?{urlencode(pairs, doseq=True, safe=',$:/')}" if pairs else address

    def follows(self, link: str, values: Values) -> bool:
        """Whether a link from an answer leads to the host and path of this operation."""
        try:
            found = urlsplit(link)
            port = found.port
        except ValueError:
            return False
        host = _fill(self.host, values, self.name, host=True)
        plain = found.scheme == "https" and port in (None, 443) and not found.username and not found.fragment
        return plain and (found.hostname or "").lower() == host.lower() and bool(self.like.match(found.path))


class RestGuard:
    """Lets through only declared operations, each exactly as declared."""

    def __init__(self, allowed: Mapping[str, RestOperation]) -> None:
        self._allowed = dict(allowed)

    def permit(self, operation: RestOperation, url: str) -> None:
        """Returns where this very operation is declared and the address is its own. Raises RefusedError otherwise."""
        if self._allowed.get(operation.key) != operation:
            raise RefusedError(f"{operation.key} is not an operation that Situs declares; it was not sent.")
        found = urlsplit(url)
        if found.scheme != "https" or not operation.like.match(found.path):
            raise RefusedError(f"{operation.key}: the address is not the declared one; it was not sent.")
        if "getiampolicy" in found.path.lower() and not (operation.method == "GET" and _POLICY.match(found.path)):
            raise RefusedError(f"{operation.key}: the address asks for more than a policy; it was not sent.")
        if not _like_host(operation.host).match(found.netloc):
            raise RefusedError(f"{operation.key}: the host is not the declared one; it was not sent.")


@lru_cache(1024)
def _like_host(host: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in _SLOT.sub("\x00", host).split("\x00")]
    if parts == ["", ""]:  # the host is the connection's own (a cluster's API server)
        return re.compile(r"^[A-Za-z0-9.:\[\]-]+$")
    return re.compile(f"^{'[a-z0-9-]+'.join(parts)}$", re.IGNORECASE)


def guard_of(operations: Mapping[str, RestOperation] | list[RestOperation] | tuple[RestOperation, ...]) -> RestGuard:
    """The guard that lets through exactly these. Raises ValueError where two have the same name."""
    if isinstance(operations, Mapping):
        return RestGuard(operations)
    found: dict[str, RestOperation] = {}
    for operation in operations:
        if found.setdefault(operation.key, operation) != operation:
            raise ValueError(f"{operation.key} is declared twice, differently")
    return RestGuard(found)


def _fill(template: str, values: Values, name: str, *, host: bool = False) -> str:
    def put(slot: re.Match[str]) -> str:
        plus, key = slot[1] == "+", slot[2]
        value = values.get(key)
        if not value:
            raise RefusedError(f"{name}: {key} is empty; nothing was sent.")
        if host:
            if template == slot[0] or _HOST_VALUE.match(value):
                return value
            raise RefusedError(f"{name}: {key} is no part of a host name; nothing was sent.")
        if _UNSAFE.search(value) or (not plus and "/" in value):
            raise RefusedError(f"{name}: {key} holds characters that an address cannot have; nothing was sent.")
        return quote(value.strip("/") if plus else value, safe="/:@!$&'()*+,;=-._~" if plus else ":@-._~")

    return _SLOT.sub(put, template)


Explain: TypeAlias = Callable[[int, Any], tuple[str, str]]
"""From status and decoded body of an error answer to (the provider's code, its message); "" where there is none."""
