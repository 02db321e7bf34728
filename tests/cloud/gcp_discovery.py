"""Google's own description of its interfaces (discovery documents): which requests exist, and what answers hold."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient

_DOCUMENTS = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
_VERSIONS = {
    "accessapproval": "v1", "accesscontextmanager": "v1", "aiplatform": "v1", "alloydb": "v1",
    "artifactregistry": "v1", "assuredworkloads": "v1", "backupdr": "v1", "batch": "v1", "bigquery": "v2",
    "bigqueryconnection": "v1", "bigtableadmin": "v2", "cloudasset": "v1", "cloudkms": "v1",
    "cloudresourcemanager": "v3", "composer": "v1", "compute": "v1", "container": "v1", "dataproc": "v1",
    "essentialcontacts": "v1", "file": "v1", "firestore": "v1", "gkehub": "v1", "hypercomputecluster": "v1",
    "iam": "v1", "dlp": "v2",
    "kmsinventory": "v1", "logging": "v2", "monitoring": "v3", "netapp": "v1",
    "notebooks": "v2", "orgpolicy": "v2", "parallelstore": "v1", "redis": "v1", "secretmanager": "v1",
    "securitycenter": "v1beta2",
    "serviceusage": "v1", "spanner": "v1", "sqladmin": "v1", "storage": "v1", "storagetransfer": "v1", "tpu": "v2",
}  # fmt: skip
_EVERYWHERE = frozenset({"alt", "fields", "key", "prettyPrint", "quotaUser", "userIp", "$.xgafv", "access_token"})
LUSTRE = re.compile(r"^/v1/projects/[^/]+/locations(/[^/]+/instances)?$")
"""Managed Lustre and Valkey have no discovery document in the package; their lists are those of their siblings."""


@dataclass(frozen=True)
class Method:
    """One request that exists: what may be asked, and the schema of the answer."""

    name: str
    like: re.Pattern[str]
    query: frozenset[str]
    needed: frozenset[str]
    schema: str | None


@cache
def document(service: str) -> dict[str, Any]:
    """The description of one service."""
    return json.loads((_DOCUMENTS / f"{service}.{_VERSIONS[service]}.json").read_text(encoding="utf-8"))


@cache
def methods(service: str) -> tuple[Method, ...]:
    """Every GET of a service."""
    described = document(service)
    found: list[Method] = []
    stack = [("", described)]
    while stack:
        prefix, part = stack.pop()
        stack += [(f"{prefix}{name}.", inner) for name, inner in (part.get("resources") or {}).items()]
        for name, method in (part.get("methods") or {}).items():
            if method["httpMethod"] == "GET":
                path = f"/{described.get('servicePath', '')}{method.get('flatPath') or method['path']}"
                pattern = re.sub(r"\\\{\\?\+?[A-Za-z0-9_]+\\\}", "[^/:]+", re.escape(path))
                asked = {k: v for k, v in method["parameters"].items() if v["location"] == "query"}
                needed = frozenset(k for k, v in asked.items() if v.get("required"))
                schema = (method.get("response") or {}).get("$ref")
                found.append(Method(prefix + name, re.compile(f"^{pattern}$"), frozenset(asked), needed, schema))
    return tuple(found)


def service_of(host: str) -> str:
    """The service that answers at a host; regional hosts of Vertex AI answer for Vertex AI."""
    name = host.removesuffix(".googleapis.com")
    return "aiplatform" if name.endswith("-aiplatform") else name


def method_of(host: str, path: str, query: dict[str, list[str]]) -> Method:
    """The request that this is. Raises LookupError where Google has none of this path, or no such parameter."""
    service = service_of(host)
    if service in ("lustre", "memorystore") and LUSTRE.match(path):
        return Method("locations.instances.list", LUSTRE, frozenset({"pageSize", "pageToken"}), frozenset(), None)
    if service not in _VERSIONS:
        raise LookupError(f"no service at {host}")
    for method in methods(service):
        if method.like.match(path):
            unknown = query.keys() - method.query - _EVERYWHERE
            if unknown:
                raise LookupError(f"{service} {method.name} knows no parameter {sorted(unknown)}")
            if missing := method.needed - query.keys():
                raise LookupError(f"{service} {method.name} needs {sorted(missing)}")
            return method
    raise LookupError(f"{service} has no GET {path}")


def problems(service: str, schema: str, value: Any, at: str = "") -> list[str]:
    """What in an answer is not of the schema: unknown members, wrong types, words that are not in an enumeration."""
    schemas = document(service)["schemas"]
    return _problems(schemas, schemas[schema], value, at or schema)


def _problems(schemas: dict[str, Any], schema: dict[str, Any], value: Any, at: str) -> list[str]:
    if "$ref" in schema:
        schema = schemas[schema["$ref"]]
    kind = schema.get("type")
    if kind == "any" or value is None:
        return []
    if kind == "object":
        if not isinstance(value, dict):
            return [f"{at}: no object"]
        known, more = schema.get("properties") or {}, schema.get("additionalProperties")
        found: list[str] = []
        for name, inner in value.items():
            part = known.get(name) or more
            found += (
                [f"{at}.{name}: no such member"] if part is None else _problems(schemas, part, inner, f"{at}.{name}")
            )
        return found
    if kind == "array":
        if not isinstance(value, list):
            return [f"{at}: no list"]
        return [p for n, v in enumerate(value) for p in _problems(schemas, schema["items"], v, f"{at}[{n}]")]
    types = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}
    if not isinstance(value, types[kind]) or (kind == "integer" and isinstance(value, bool)):
        return [f"{at}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is not one of {schema['enum'][:8]}"]
    return []
