"""The addresses of data across clouds, and the uid of the asset that each names.

The uid is the one that the asset itself has, or an alias that it carries: `arn:…` in AWS, `//service/…` in Google
Cloud, `/subscriptions/…` in lower case, `azure-storage:ACCOUNT` and `azure-keyvault:VAULT/keys/KEY` in Azure. An
address of something that no connected account can hold, or whose owner the address does not tell, becomes
`external:ADDRESS` without path, query or credentials: an end with an unknown place, never a lost one.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_LONGEST: Final = 4096
_SCHEME: Final = re.compile(r"^([a-z][a-z0-9+.-]*):(?://+)?(.*)$", re.IGNORECASE | re.DOTALL)
_ARN: Final = re.compile(r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9-]*:.+$", re.IGNORECASE | re.DOTALL)
_UIDS: Final = (
    "external:",
    "azure-storage:",
    "azure-keyvault:",
    "azure-managedhsm:",
    "k8s:",
    "site:",
    "account:",
    "organization:",
    "tenant:",
    "domain:",
)
_S3_HOST: Final = re.compile(
    r"^(?:(?P<bucket>.+?)\.)?s3(?:-website|-fips|-accelerate)?(?:[.-](?:dualstack|fips))?(?:[.-](?P<region>[a-z0-9-]+))?"
    r"\.(?P<suffix>amazonaws\.com\.cn|amazonaws\.com|amazonaws\.eu)$"
)
_S3_ACCESS_POINT: Final = re.compile(
    r"^(?P<name>[a-z0-9-]+)-(?P<account>\d{12})\.s3-accesspoint(?:-fips)?(?:\.dualstack)?\.(?P<region>[a-z0-9-]+)"
    r"\.(?P<suffix>amazonaws\.com\.cn|amazonaws\.com|amazonaws\.eu)$"
)
_AZURE_STORAGE: Final = re.compile(
    r"^([a-z0-9]{3,24}?)(?:-secondary)?\.(?:z\d+\.)?(?:blob|dfs|file|queue|table|web)\.(?:core\.[a-z0-9.]+|storage\.azure\.net)$"
)
_AZURE_KEY: Final = re.compile(r"^([a-z0-9-]+)\.(vault|managedhsm)\.(?:azure|usgovcloudapi|microsoftazure)\.[a-z]+$")
_MACHINE_LEARNING: Final = re.compile(
    r"^subscriptions/([^/]+)/resourcegroups/([^/]+)/(?:providers/microsoft\.machinelearningservices/)?"
    r"workspaces/([^/]+)/((?:datastores|data|models|jobs)/[^/]+)",
    re.IGNORECASE,
)
_IN_WORKSPACE: Final = re.compile(r"^(?:locations/[^/]+/)?((?:datastores|data|models|jobs)/[^/]+)", re.IGNORECASE)
_WORKSPACE: Final = re.compile(r"^(/subscriptions/[^/]+/resourcegroups/[^/]+/providers/[^/]+/workspaces/[^/]+)(?:/|$)")
_STORAGE_CHILD: Final = re.compile(r"^(.*/providers/microsoft\.storage/storageaccounts/[^/]+)/.*$")
_NFS: Final = re.compile(r"^([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+):/(?!/)", re.IGNORECASE)
_HOST: Final = re.compile(r"[^/?#\\]*")
_PARTITIONS: Final = {"amazonaws.com": "aws", "amazonaws.com.cn": "aws-cn", "amazonaws.eu": "aws-eusc"}


def uid_of(address: str, *, context: str | None = None) -> str | None:
    """The uid, or alias, of the asset that holds what an address names; None only where the text is no address.

    No address are: empty text, paths within a machine, `file:` addresses, plain words. `context` is the uid of the
    asset in whose configuration the address stands: it tells the AWS partition and the Azure workspace of addresses
    that leave them out. Never raises; the uid of a uid is that uid.
    """
    text = address.strip().strip("\0")[:_LONGEST]
    if not text:
        return None
    if text == "public" or text.startswith(_UIDS):
        return text
    if _ARN.match(text):
        return _arn(text)
    if text.startswith("//"):
        return _google(text)
    if text.lower().startswith("/subscriptions/"):
        return _arm(text)
    nfs = _NFS.match(text)
    if nfs is not None:
        return f"external:nfs://{nfs[1].lower()}"
    match = _SCHEME.match(text)
    if match is None:
        return None
    scheme, rest = match[1].lower(), match[2]
    if scheme == "file" or not rest.strip("/"):
        return None
    reader = _READERS.get(scheme)
    if reader is not None:
        return reader(rest, context) or _external(scheme, rest)
    if "://" not in text[: len(scheme) + 3]:
        return None
    return _external(scheme, rest)


def _external(scheme: str, rest: str) -> str | None:
    """Scheme and host: no path, no query, no credentials."""
    host = _HOST.match(rest)
    name = (host[0] if host is not None else "").rsplit("@", 1)[-1].strip().lower()
    return f"external:{scheme}://{name}" if name else f"external:{scheme}:"


def _arn(text: str) -> str:
    parts = text.split("?", 1)[0].split("#", 1)[0].split(":", 5)
    head, resource = parts[:5], parts[5] if len(parts) == 6 else ""
    partition, service, region, account = head[1].lower(), head[2].lower(), head[3].lower(), head[4]
    if not resource:
        return text
    if service == "s3":
        if not region and not account:
            resource = resource.split("/", 1)[0]
        else:
            resource = "/".join(re.split(r"[/:]", resource)[:2])
    elif service == "s3express":
        resource = "/".join(resource.split("/")[:2])
    elif service == "logs":
        resource = re.sub(r":(?:\*|log-stream:.*)$", "", resource)
    elif service == "dynamodb":
        resource = "/".join(resource.split("/")[:2])
    elif service == "sts" and resource.startswith("assumed-role/"):
        service, resource = "iam", "role/" + resource.split("/")[1]
    return ":".join(("arn", partition, service, region, account, resource))


def _arm(text: str) -> str:
    uid = text.split("?", 1)[0].split("#", 1)[0].rstrip("/").lower()
    child = _STORAGE_CHILD.match(uid)
    return child[1] if child else uid


def _google(text: str) -> str:
    """A full resource name; objects are named by their bucket."""
    name = text.split("?", 1)[0].split("#", 1)[0].rstrip("/")
    bucket = re.match(r"^//storage\.googleapis\.com/(?:projects/[^/]+/buckets/|b/)?([^/]+)", name)
    if bucket is not None and bucket[1] not in ("projects", "b"):
        return f"//storage.googleapis.com/{bucket[1]}"
    return name if name.strip("/") else "external:" + text[:_LONGEST]


def _partition(context: str | None) -> str:
    parts = (context or "").split(":")
    return parts[1].lower() if len(parts) > 2 and parts[0] == "arn" else "aws"


def _s3(rest: str, context: str | None) -> str | None:
    if _ARN.match(rest):
        return _arn(rest)
    bucket = _host(rest)
    return f"arn:{_partition(context)}:s3:::{bucket}" if bucket else None


def _gs(rest: str, context: str | None) -> str | None:
    bucket = _host(rest)
    return f"//storage.googleapis.com/{bucket}" if bucket else None


def _bigquery(rest: str, context: str | None) -> str | None:
    parts = re.split(r"[.:/]", rest.split("?", 1)[0])
    if len(parts) < 2 or not parts[0] or not parts[1]:
        return None
    return f"//bigquery.googleapis.com/projects/{parts[0]}/datasets/{parts[1]}"


def _azure_file_system(rest: str, context: str | None) -> str | None:
    match = _AZURE_STORAGE.match(_host(rest).lower())
    return f"azure-storage:{match[1]}" if match else None


def _azure_machine_learning(rest: str, context: str | None) -> str | None:
    path = rest.split("?", 1)[0].strip("/")
    full = _MACHINE_LEARNING.match(path)
    if full is not None:
        subscription, group, name, item = (part.lower() for part in full.groups())
        provider = "providers/microsoft.machinelearningservices"
        return f"/subscriptions/{subscription}/resourcegroups/{group}/{provider}/workspaces/{name}/{item}"
    local = _IN_WORKSPACE.match(path)
    if local is not None:
        workspace = _WORKSPACE.match((context or "").lower())
        return f"{workspace[1]}/{local[1].lower()}" if workspace else f"external:azureml://{local[1].lower()}"
    steps = path.lower().split("/")
    if steps[0] == "registries" and len(steps) > 1:
        return f"external:azureml://registries/{steps[1]}"
    named = re.match(r"^([^/:@]+)(?:[:@][^/]*)?$", path)
    if named is not None:
        workspace = _WORKSPACE.match((context or "").lower())
        name = named[1].lower()
        return f"{workspace[1]}/data/{name}" if workspace else f"external:azureml://data/{name}"
    return None


def _hub(rest: str, context: str | None) -> str | None:
    """Hugging Face: the repository, `[datasets/|spaces/]owner/name`, is what stands in for a host."""
    steps = [step for step in rest.split("?", 1)[0].split("@", 1)[0].split("/") if step]
    long = 3 if steps and steps[0] in ("datasets", "spaces", "models") else 2
    return f"external:hf://{'/'.join(steps[:long])}" if steps else None


def _web(rest: str, context: str | None) -> str | None:
    host = _host(rest).lower().split(":", 1)[0].rstrip(".")
    path = [step for step in re.split(r"[?#]", rest, maxsplit=1)[0].split("/")[1:] if step]
    access_point = _S3_ACCESS_POINT.match(host)
    if access_point is not None:
        found = access_point.groupdict()
        partition = _PARTITIONS[found["suffix"]]
        return f"arn:{partition}:s3:{found['region']}:{found['account']}:accesspoint/{found['name']}"
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu")):
        return _s3_web(host, path)
    storage = _AZURE_STORAGE.match(host)
    if storage is not None:
        return f"azure-storage:{storage[1]}"
    key = _AZURE_KEY.match(host)
    if key is not None:
        name = f"/keys/{path[1].lower()}" if len(path) > 1 and path[0].lower() == "keys" else ""
        return f"azure-{'keyvault' if key[2] == 'vault' else 'managedhsm'}:{key[1]}{name}"
    return _google_web(host, path)


def _s3_web(host: str, path: list[str]) -> str | None:
    match = _S3_HOST.match(host)
    if match is None:
        return None
    bucket = match["bucket"] or (path[0] if path else None)
    return f"arn:{_PARTITIONS[match['suffix']]}:s3:::{bucket}" if bucket else None


def _google_web(host: str, path: list[str]) -> str | None:
    if host in ("storage.googleapis.com", "storage.cloud.google.com", "commondatastorage.googleapis.com") and path:
        steps = path[3:] if path[:1] == ["storage"] and path[2:3] == ["b"] else path
        return f"//storage.googleapis.com/{steps[0]}" if steps else None
    if host.endswith(".storage.googleapis.com"):
        return f"//storage.googleapis.com/{host.removesuffix('.storage.googleapis.com')}"
    if host in ("www.googleapis.com", "compute.googleapis.com", "bigquery.googleapis.com") and len(path) > 2:
        service = path[0] if host == "www.googleapis.com" else host.split(".", 1)[0]
        steps = path[2:] if path[0] == service else path[1:]
        if service == "storage" and steps[:1] == ["b"] and len(steps) > 1:
            return f"//storage.googleapis.com/{steps[1]}"
        return f"//{service}.googleapis.com/{'/'.join(steps)}" if steps[:1] == ["projects"] else None
    return None


def _oracle(rest: str, context: str | None) -> str | None:
    """`oci://bucket@namespace`: what stands before the `@` is no credential."""
    host = _HOST.match(rest)
    return f"external:oci://{host[0]}" if host is not None and host[0] else None


def _jdbc(rest: str, context: str | None) -> str | None:
    inner = _SCHEME.match(rest)
    return _external(inner[1].lower(), inner[2]) if inner else None


def _host(rest: str) -> str:
    match = _HOST.match(rest)
    return (match[0] if match is not None else "").rsplit("@", 1)[-1].strip()


_READERS: Final[dict[str, Callable[[str, str | None], str | None]]] = {
    "s3": _s3,
    "s3a": _s3,
    "s3n": _s3,
    "gs": _gs,
    "bq": _bigquery,
    "abfs": _azure_file_system,
    "abfss": _azure_file_system,
    "wasb": _azure_file_system,
    "wasbs": _azure_file_system,
    "azure": _web,  # BigQuery Omni: azure://ACCOUNT.blob.core.windows.net/CONTAINER/…
    "azureml": _azure_machine_learning,
    "hf": _hub,
    "http": _web,
    "https": _web,
    "jdbc": _jdbc,
    "oci": _oracle,
}


_UUID: Final = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_SAME_ON_ALL: Final = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "03000200-0400-0500-0006-000700080009",  # boards whose maker never set one
        "12345678-1234-5678-90ab-cddeefaabbcc",
    }
)


def machine_alias(system_uuid: str | None) -> str | None:
    """The alias of a machine by the UUID of its firmware, which Azure Arc and Kubernetes both report; None for none."""
    found = (system_uuid or "").strip().lower()
    return f"machine-uuid:{found}" if _UUID.match(found) and found not in _SAME_ON_ALL else None


def api_server_alias(address: str | None) -> str | None:
    """The alias of a Kubernetes cluster by the address of its API server, which its cloud and a kubeconfig both name.

    None for an address that many clusters can have: one of a private network, or of this computer.
    """
    stated = (address or "").strip().lower()
    try:
        found = urlsplit(stated if "://" in stated else f"https://{stated}")
        host, port = found.hostname or "", found.port
    except ValueError:
        return None
    if not host or found.scheme != "https" or found.path.strip("/") or found.query or found.username:
        return None
    try:
        if not ip_address(host).is_global:
            return None
    except ValueError:
        if "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan", ".test")):
            return None
    return f"external:https://{host}" + (f":{port}" if port not in (None, 443) else "")
