"""From Google's answers to the one envelope that the normalisers take.

Cloud Asset Inventory writes camelCase over REST and snake_case in exports to Cloud Storage; a service's own answer is
the body alone. All become `{"name", "assetType", "ancestors", "location", "data", …}`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from scanners.gcp.names import full_name
from scanners.members import flag, member, record, text

_HUMP: Final = re.compile(r"_([a-z0-9])")
_MEMBERS: Final = {
    "name": "name",
    "assetType": "assetType",
    "asset_type": "assetType",
    "ancestors": "ancestors",
    "project": "project",
    "displayName": "displayName",
    "display_name": "displayName",
    "labels": "labels",
    "location": "location",
    "folders": "folders",
    "organization": "organization",
    "iamPolicy": "iamPolicy",
    "iam_policy": "iamPolicy",
    "orgPolicy": "orgPolicy",
    "org_policy": "orgPolicy",
    "accessPolicy": "accessPolicy",
    "access_policy": "accessPolicy",
    "accessLevel": "accessLevel",
    "access_level": "accessLevel",
    "servicePerimeter": "servicePerimeter",
    "service_perimeter": "servicePerimeter",
    "kmsKeys": "kmsKeys",
    "kms_keys": "kmsKeys",
}
_DEEPEST: Final = 12


def from_inventory(raw: Any) -> dict[str, Any] | None:
    """The envelope of one entry of Cloud Asset Inventory; None where it is not one, or where the asset was deleted.

    Takes assets of exports and of `assets.list`, results of `searchAllResources`, and windows of
    `batchGetAssetsHistory` (only a window that is still open, or says nothing of its end, describes what is there).
    """
    entry = record(raw, "asset") or (cast("Mapping[str, Any]", raw) if isinstance(raw, Mapping) else None)
    if entry is None or is_deleted(raw):
        return None
    envelope: dict[str, Any] = {}
    for name, value in entry.items():
        known = _MEMBERS.get(name)
        if known:
            envelope[known] = value if known in ("labels", "name") else _camel(value, 0)
    if "name" not in envelope or "assetType" not in envelope:
        return None
    resource = record(entry, "resource")
    if resource is not None:
        for name in ("data", "location", "parent"):
            if name in resource:
                envelope[name] = resource[name]
    elif isinstance(key := entry.get("kmsKey"), str) and key:
        envelope.setdefault("kmsKeys", [key])
    return envelope


def parts(envelope: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The documents that one entry holds: the thing itself, each policy set on it, the perimeter that it carries.

    An entry that was asked for policies says nothing of the thing they are set on.
    """
    name = text(envelope, "name") or ""
    policies = envelope.pop("orgPolicy", None)
    perimeter = envelope.pop("servicePerimeter", None)
    other = [envelope.pop(m, None) for m in ("accessPolicy", "accessLevel")]
    if "data" in envelope or "iamPolicy" in envelope or not (policies or perimeter or any(other)):
        yield envelope
    attached = name.rpartition("//cloudresourcemanager.googleapis.com/")[2]
    for policy in cast("list[Any]", policies) if isinstance(policies, list) else ():
        constraint = (text(policy, "constraint") or "").removeprefix("constraints/")
        if constraint and attached:
            yield {
                "name": f"//orgpolicy.googleapis.com/{attached}/policies/{constraint}",
                "assetType": "orgpolicy.googleapis.com/Policy",
                "ancestors": envelope.get("ancestors"),
                "data": policy,
            }
    own = text(perimeter, "name")
    if own:
        yield {
            "name": f"//accesscontextmanager.googleapis.com/{own}",
            "assetType": "accesscontextmanager.googleapis.com/ServicePerimeter",
            "ancestors": envelope.get("ancestors"),
            "data": perimeter,
        }


def is_deleted(raw: Any) -> bool:
    """Whether an entry of the inventory's history describes something that no longer exists in this form."""
    if flag(raw, "deleted") or flag(raw, "priorAsset.deleted"):
        return True
    end = text(raw, "window.endTime") or text(raw, "window.end_time")
    return end is not None and not end.startswith("2262-")  # the end of time, in nanoseconds


def from_service(body: Any, asset_type: str, name: str | None = None) -> dict[str, Any] | None:
    """The envelope of a service's own answer about one thing; None where neither `name` nor the body names it."""
    if not isinstance(body, Mapping):
        return None
    data = cast("Mapping[str, Any]", body)
    uid = full_name(name) or _own_name(data, asset_type)
    return None if uid is None else {"name": uid, "assetType": asset_type, "data": data}


_HOSTS: Final = {
    "sqladmin.googleapis.com": "cloudsql.googleapis.com",
    "bigtableadmin.googleapis.com": "bigtable.googleapis.com",
}


def _own_name(data: Mapping[str, Any], asset_type: str) -> str | None:
    service, _, kind = asset_type.partition("/")
    host = _HOSTS.get(service, service)
    project = text(data, "projectId") or text(data, "project")
    match kind:
        case "Bucket":
            bucket = text(data, "name")
            return full_name(f"//{host}/{bucket}") if bucket else None
        case "Dataset" | "Table" if service == "bigquery.googleapis.com":
            at = "datasetReference" if kind == "Dataset" else "tableReference"
            parts = [text(data, f"{at}.{part}") for part in ("projectId", "datasetId", "tableId")]
            name = f"//{host}/projects/{parts[0]}/datasets/{parts[1]}"
            if kind == "Table":
                return f"{name}/tables/{parts[2]}" if all(parts) else None
            return name if parts[0] and parts[1] else None
        case "Project":
            number = text(data, "projectNumber") or member(data, "projectNumber") or project
            own = text(data, "name") or ""
            return (
                f"//{host}/{own}" if own.startswith("projects/") else f"//{host}/projects/{number}" if number else None
            )
        case "TransferJob":
            own = text(data, "name")
            return full_name(f"projects/{project}/{own}", host) if project and own else None
        case "Cluster" if service == "dataproc.googleapis.com":
            region = text(data, "labels.goog-dataproc-location") or (record(data, "labels") or {}).get(
                "goog-dataproc-location"
            )
            cluster = text(data, "clusterName")
            return (
                f"//{host}/projects/{project}/regions/{region}/clusters/{cluster}"
                if project and region and cluster
                else None
            )
        case "Instance" if service == "sqladmin.googleapis.com":
            own = text(data, "name")
            return f"//{host}/projects/{project}/instances/{own}" if project and own else None
        case _:
            within = text(data, "zone") or text(data, "region")
            found = full_name(text(data, "selfLink"), host) or full_name(text(data, "name"), host)
            if found is None and within and (own := text(data, "name")) and service == "compute.googleapis.com":
                found = full_name(f"{within}/{kind[0].lower()}{kind[1:]}s/{own}", host)
            return found


def items(body: Any) -> Iterator[Mapping[str, Any]]:
    """The things in a service's answer: the elements of its list or of its map of zones, else the answer itself."""
    if not isinstance(body, Mapping):
        return
    answer = cast("Mapping[str, Any]", body)
    scoped = answer.get("items")
    if isinstance(scoped, Mapping):  # compute: zone → {instances: […]} or a warning
        for part in cast("Mapping[str, Any]", scoped).values():
            for value in cast("Mapping[str, Any]", part).values() if isinstance(part, Mapping) else ():
                yield from _objects(value)
        return
    lists = [name for name, value in answer.items() if isinstance(value, list) and name not in _NOT_ITEMS]
    if lists and not _ITSELF & answer.keys():
        for name in lists:
            yield from _objects(answer[name])
        return
    yield answer


_ITSELF: Final = frozenset(
    {"name", "datasetReference", "tableReference", "clusterName", "projectId", "access", "bindings"}
)
_NOT_ITEMS: Final = frozenset({"unreachable", "unreachables", "missingZones", "warnings"})


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for element in cast("list[Any]", value):
            if isinstance(element, Mapping):
                yield cast("Mapping[str, Any]", element)


def _camel(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {
            _HUMP.sub(lambda m: m[1].upper(), str(name)): _camel(item, depth + 1)
            for name, item in cast("Mapping[str, Any]", value).items()
        }
    if isinstance(value, list):
        return [_camel(item, depth + 1) for item in cast("list[Any]", value)]
    return value
