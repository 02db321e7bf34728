"""What a scan of a cluster must be granted, printed from the lists that it can ask for."""

import json
from typing import Any, Final

from scanners.kubernetes.live.resources import LISTINGS
from scanners.live.credentials import LoginError

ROLE: Final = "situs-readonly"
_NAMESPACE: Final = "situs"
_API: Final = "rbac.authorization.k8s.io"


def rules() -> list[dict[str, Any]]:
    """Rules of a ClusterRole: `get` and `list` of exactly what is asked for. Never `watch`, secrets or config maps."""
    groups: dict[str, list[str]] = {"": ["namespaces"]}
    for listing in LISTINGS:
        names = groups.setdefault(listing.group, [])
        if listing.plural not in names:
            names.append(listing.plural)
    return [{"apiGroups": [g], "resources": sorted(r), "verbs": ["get", "list"]} for g, r in sorted(groups.items())]


def subject(principal: str | None) -> dict[str, str]:
    """Who gets the role, from `user:NAME`, `group:NAME` or `serviceaccount:NAMESPACE:NAME`; by default the service
    account `situs` in the namespace `situs`. Raises LoginError for anything else."""
    if principal is None:
        return {"kind": "ServiceAccount", "name": "situs", "namespace": _NAMESPACE}
    word, _, name = principal.partition(":")
    if name and word.lower() in ("user", "group"):
        return {"kind": word.capitalize(), "name": name, "apiGroup": _API}
    space, _, account = name.partition(":")
    if word.lower() == "serviceaccount" and space and account:
        return {"kind": "ServiceAccount", "name": account, "namespace": space}
    raise LoginError(
        f"{principal!r} is no principal of a cluster; write user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME."
    )


def render(form: str, principal: str | None = None) -> str:
    """The permissions in one of the forms, ending with a line break. Raises ValueError for another form."""
    if form == "role":
        return _yaml(principal)
    if form == "terraform":
        return _terraform(principal)
    if form == "text":
        return _text(principal)
    raise ValueError(f"unknown form {form!r}")


def _yaml(principal: str | None) -> str:
    whom = subject(principal)
    lines: list[str] = []
    if principal is None:
        lines += ["apiVersion: v1", "kind: Namespace", f"metadata: {{name: {_NAMESPACE}}}", "---"]
        lines += [
            "apiVersion: v1",
            "kind: ServiceAccount",
            f"metadata: {{name: situs, namespace: {_NAMESPACE}}}",
            "---",
        ]
    lines += [f"apiVersion: {_API}/v1", "kind: ClusterRole", f"metadata: {{name: {ROLE}}}"]
    lines += ["rules:  # get and list only: no watch, no secrets, no config maps, no logs, no exec"]
    for rule in rules():
        lines.append(
            f"- {{apiGroups: [{json.dumps(rule['apiGroups'][0])}], resources: [{', '.join(rule['resources'])}], "
            f"verbs: [get, list]}}"
        )
    lines += ["---", f"apiVersion: {_API}/v1", "kind: ClusterRoleBinding", f"metadata: {{name: {ROLE}}}"]
    lines += [f"roleRef: {{apiGroup: {_API}, kind: ClusterRole, name: {ROLE}}}"]
    lines += ["subjects:", "- " + json.dumps(whom), ""]
    return "\n".join(lines)


def _terraform(principal: str | None) -> str:
    whom = subject(principal)
    lines = ['resource "kubernetes_cluster_role_v1" "situs" {', "  metadata {", f'    name = "{ROLE}"', "  }"]
    for rule in rules():
        lines += ["  rule {"]
        lines += [f"    {name} = {json.dumps(rule[at])}" for name, at in _ATTRIBUTES]
        lines += ["  }"]
    lines += [
        "}",
        "",
        'resource "kubernetes_cluster_role_binding_v1" "situs" {',
        "  metadata {",
        f'    name = "{ROLE}"',
    ]
    lines += ["  }", "  role_ref {", f'    api_group = "{_API}"', '    kind      = "ClusterRole"']
    lines += ["    name      = kubernetes_cluster_role_v1.situs.metadata[0].name", "  }", "  subject {"]
    names = {"kind": "kind", "name": "name", "namespace": "namespace", "apiGroup": "api_group"}
    lines += [f"    {names[name]} = {_hcl(value)}" for name, value in whom.items()]
    return "\n".join([*lines, "  }", "}", ""])


_ATTRIBUTES: Final = (("api_groups", "apiGroups"), ("resources", "resources"), ("verbs", "verbs"))


def _hcl(value: str) -> str:
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _text(principal: str | None) -> str:
    """A message to the administrator of a cluster."""
    whom = subject(principal)
    named = f"{whom['kind']} {whom['name']}" + (f" in the namespace {whom['namespace']}" if "namespace" in whom else "")
    rows = [f"  {rule['apiGroups'][0] or 'core'}: {', '.join(rule['resources'])}" for rule in rules()]
    login = [
        "A login that ends by itself, for the kubeconfig of the audit:",
        f"  kubectl create token situs --namespace {_NAMESPACE} --duration 8h",
        "",
    ]
    return "\n".join(
        [
            "For an audit of where our AI training data, machines and keys are, please let the auditor's login read",
            "the lists below in every cluster that trains or serves models. Only get and list are needed, never",
            "watch. Secrets and config maps are not among them, nor are logs, exec or port forwarding: nothing that",
            "returns the contents of data. The variables of pods are looked through for addresses of storage; nothing",
            "else of them is kept. Groups that a cluster does not have can stay in the list; they do no harm.",
            "",
            f"  situs permissions kubernetes > {ROLE}.yaml",
            f"  kubectl apply -f {ROLE}.yaml",
            "",
            f"gives it to: {named}. Another one: --principal user:NAME, group:NAME or serviceaccount:NAMESPACE:NAME.",
            "",
            *(login if principal is None else []),
            *rows,
            "",
        ]
    )
