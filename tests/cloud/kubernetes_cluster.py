"""A Kubernetes API server on loopback: discovery in both forms, lists by pages, RBAC, and read-only.

Answers have the shapes of `k8s.io/apimachinery`: `Status` objects for refusals, `continue` tokens that belong to one
list, 410 where such a token was forgotten. A watch, an unknown path or another verb fails the test.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loopback import Asked, Loopback, Reply, UnknownRequestError, loopback

UID = "6b8a1f60-4d1f-4c0b-9f4e-0a2b3c4d5e6f"
TOKEN = "token-that-must-not-show"  # noqa: S105 - what must not show anywhere
Key = tuple[str, str, str]
"""Group ("" for the core group), version, plural."""

BUILT_IN: dict[Key, str] = {
    ("", "v1", "namespaces"): "Namespace",
    ("", "v1", "nodes"): "Node",
    ("", "v1", "pods"): "Pod",
    ("", "v1", "services"): "Service",
    ("", "v1", "secrets"): "Secret",
    ("", "v1", "configmaps"): "ConfigMap",
    ("", "v1", "persistentvolumes"): "PersistentVolume",
    ("batch", "v1", "jobs"): "Job",
    ("batch", "v1", "cronjobs"): "CronJob",
    ("apps", "v1", "deployments"): "Deployment",
    ("apps", "v1", "statefulsets"): "StatefulSet",
    ("networking.k8s.io", "v1", "ingresses"): "Ingress",
    ("networking.k8s.io", "v1", "networkpolicies"): "NetworkPolicy",
    ("storage.k8s.io", "v1", "storageclasses"): "StorageClass",
    ("authorization.k8s.io", "v1", "selfsubjectaccessreviews"): "SelfSubjectAccessReview",
}


@dataclass
class ClusterServer:
    """One cluster. `denied` holds plurals (`nodes`, `pytorchjobs.kubeflow.org`) and paths (`/apis`) that RBAC refuses;
    `largest` is the longest page; `forgotten` counts down how often a `continue` token is answered by 410."""

    uid: str | None = UID
    aggregated: bool = True
    kinds: dict[Key, str] = field(default_factory=lambda: dict(BUILT_IN))
    objects: dict[Key, list[dict[str, Any]]] = field(default_factory=dict[Key, list[dict[str, Any]]])
    denied: set[str] = field(default_factory=set[str])
    missing: set[str] = field(default_factory=set[str])
    stale: set[str] = field(default_factory=set[str])
    largest: int = 500
    forgotten: int = 0
    reviews: bool = True
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    hosted: str | None = None
    asked: Counter[str] = field(default_factory=Counter[str])

    def add(self, *objects: dict[str, Any]) -> None:
        """Puts objects into the cluster; their group is served from then on."""
        for thing in objects:
            group, _, version = thing["apiVersion"].rpartition("/")
            kind = thing["kind"]
            known = next((k for k, name in self.kinds.items() if k[:2] == (group, version) and name == kind), None)
            key = known or (group, version, plural(kind))
            self.kinds[key] = kind
            self.objects.setdefault(key, []).append(thing)

    def serve(self, group: str, version: str, kind: str) -> None:
        """Serves a type of which there are no objects."""
        self.kinds[group, version, plural(kind)] = kind

    def __call__(self, asked: Asked) -> Reply:
        path = asked.path if self.hosted is not None else f"/{asked.host}{asked.path}".rstrip("/")
        if self.hosted is not None and asked.host != self.hosted:
            raise UnknownRequestError(f"host {asked.host}")
        self.asked[path] += 1
        if self.tokens and asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return status(401, "Unauthorized", "Unauthorized")
        for forbidden in ("watch", "fieldSelector", "resourceVersion"):
            if forbidden in asked.query:
                raise UnknownRequestError(f"parameter {forbidden}")
        if path in self.missing:
            return Reply(b"404 page not found\n", 404, {"content-type": "text/plain"})
        if asked.method == "POST":
            return self._review(path, asked.body)
        if asked.method != "GET":
            raise UnknownRequestError(f"method {asked.method}")
        if path in self.denied:
            return status(403, "Forbidden", f'forbidden: User "audit" cannot get path "{path}"')
        if path == "/api/v1/namespaces/kube-system":
            return self._namespace()
        parts = path.strip("/").split("/")
        if parts[0] == "api" and len(parts) <= 2:
            return self._discovery("", parts[1] if len(parts) == 2 else None, asked)
        if parts[0] == "apis" and len(parts) in (1, 3):
            return self._discovery(None if len(parts) == 1 else parts[1], parts[2] if len(parts) == 3 else None, asked)
        key = ("", parts[1], parts[2]) if parts[0] == "api" and len(parts) == 3 else tuple(parts[1:])
        if len(key) != 3 or parts[0] not in ("api", "apis"):
            raise UnknownRequestError(path)
        return self._list(key, asked)  # pyright: ignore[reportArgumentType]

    def _namespace(self) -> Reply:
        if "namespaces" in self.denied:
            return status(403, "Forbidden", 'namespaces "kube-system" is forbidden')
        if self.uid is None:
            return status(404, "NotFound", 'namespaces "kube-system" not found')
        return Reply({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "kube-system", "uid": self.uid}})

    def _review(self, path: str, body: Any) -> Reply:
        if path != "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews":
            raise UnknownRequestError(f"POST {path}")
        if not self.reviews:
            return status(403, "Forbidden", "selfsubjectaccessreviews is forbidden")
        asks = body["spec"]["resourceAttributes"]
        assert asks["verb"] == "list"
        return Reply({**body, "status": {"allowed": _full(asks["resource"], asks["group"]) not in self.denied}}, 201)

    def _discovery(self, group: str | None, version: str | None, asked: Asked) -> Reply:
        groups: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for (name, served, resource), kind in self.kinds.items():
            if (name == "") == (group == "") and (version is None or (name, served) == (group, version)):
                groups.setdefault(name, {}).setdefault(served, []).append((resource, kind))
        if version is not None:
            if group in self.stale:
                return status(503, "ServiceUnavailable", "the server is currently unable to handle the request")
            found = groups.get(group or "", {}).get(version)
            if found is None:
                return Reply(b"404 page not found\n", 404, {"content-type": "text/plain"})
            listed = [{"name": r, "kind": k, "namespaced": True, "verbs": ["get", "list"]} for r, k in found]
            name = f"{group}/{version}" if group else version
            return Reply({"kind": "APIResourceList", "groupVersion": name, "resources": listed})
        if self.aggregated and "APIGroupDiscoveryList" in asked.headers.get("accept", ""):
            return Reply(_aggregated(groups, self.stale), headers={"content-type": "application/json;g=apidiscovery"})
        if group == "":
            return Reply({"kind": "APIVersions", "versions": list(groups.get("", {}))})
        named = [
            {
                "name": name,
                "versions": [{"groupVersion": f"{name}/{v}", "version": v} for v in versions],
                "preferredVersion": {"groupVersion": f"{name}/{next(iter(versions))}", "version": next(iter(versions))},
            }
            for name, versions in groups.items()
        ]
        return Reply({"kind": "APIGroupList", "apiVersion": "v1", "groups": named})

    def _list(self, key: Key, asked: Asked) -> Reply:
        group, version, resource = key
        assert resource not in ("secrets", "configmaps"), "contents of secrets and config maps are never asked for"
        if _full(resource, group) in self.denied:
            message = f'{resource} is forbidden: User "audit" cannot list resource "{resource}" in API group "{group}"'
            return status(403, "Forbidden", message)
        if key not in self.kinds:
            return status(404, "NotFound", "the server could not find the requested resource")
        unknown = set(asked.query) - {"limit", "continue"}
        if unknown:
            raise UnknownRequestError(f"parameters {unknown}")
        start = 0
        if (token := asked.one("continue")) is not None:
            if self.forgotten > 0:
                self.forgotten -= 1
                return status(410, "Expired", "The provided continue parameter is too old")
            start = json.loads(base64.urlsafe_b64decode(token))["start"]
        everything = self.objects.get(key, [])
        size = min(int(asked.one("limit") or len(everything) or 1), self.largest)
        page = everything[start : start + size]
        metadata: dict[str, Any] = {"resourceVersion": "4711"}
        if start + size < len(everything):
            metadata["continue"] = base64.urlsafe_b64encode(json.dumps({"start": start + size}).encode()).decode()
            metadata["remainingItemCount"] = len(everything) - start - size
        items = [{k: v for k, v in thing.items() if group or k not in ("kind", "apiVersion")} for thing in page]
        name = f"{group}/{version}" if group else version
        return Reply({"kind": f"{self.kinds[key]}List", "apiVersion": name, "metadata": metadata, "items": items})


def plural(kind: str) -> str:
    """`pytorchjobs` of `PyTorchJob`; `networkpolicies` of `NetworkPolicy`; `ingresses` of `Ingress`."""
    word = kind.lower()
    return word[:-1] + "ies" if word.endswith("y") else word + "es" if word.endswith(("s", "ss", "ch")) else word + "s"


def status(code: int, reason: str, message: str) -> Reply:
    """A refusal as an API server words it."""
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "reason": reason,
        "message": message,
        "code": code,
    }
    return Reply(body, code)


def _full(resource: str, group: str) -> str:
    return f"{resource}.{group}" if group else resource


def _aggregated(groups: dict[str, dict[str, list[tuple[str, str]]]], stale: set[str]) -> dict[str, Any]:
    items = [
        {
            "metadata": {"name": name} if name else {"creationTimestamp": None},
            "versions": [
                {
                    "version": version,
                    "freshness": "Stale" if name in stale else "Current",
                    "resources": [
                        {"resource": r, "responseKind": {"kind": k}, "scope": "Namespaced", "verbs": ["list"]}
                        for r, k in found
                        if name not in stale
                    ],
                }
                for version, found in versions.items()
            ],
        }
        for name, versions in groups.items()
    ]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def kubeconfig(path: Path, contexts: dict[str, tuple[dict[str, Any], dict[str, Any]]], current: str = "") -> Path:
    """Writes a kubeconfig: context → (members of its cluster, members of its user)."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current or next(iter(contexts)),
        "clusters": [{"name": f"{name}-cluster", "cluster": cluster} for name, (cluster, _) in contexts.items()],
        "users": [{"name": f"{name}-user", "user": user} for name, (_, user) in contexts.items()],
        "contexts": [
            {"name": name, "context": {"cluster": f"{name}-cluster", "user": f"{name}-user"}} for name in contexts
        ],
    }
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return path


@contextmanager
def serving(cluster: ClusterServer) -> Iterator[Loopback]:
    """The cluster, running on plain http."""
    with loopback(cluster) as running:
        yield running
