"""What the addresses inside an Azure Machine Learning workspace name.

Forms (Azure ML, "URI formats for data"): in a workspace `azureml://datastores/D/paths/P` and `azureml:NAME:VERSION`,
`azureml://subscriptions/S/resourcegroups/R/workspaces/W/datastores/D/…` and the same with
`providers/Microsoft.MachineLearningServices` in full; ARM ids; and addresses of storage of any cloud.
"""

import re
from typing import Final

from scanners.azure.arm import uid_of

_WORKSPACE: Final = re.compile(r"^(/subscriptions/[^/]+/resourcegroups/[^/]+/providers/[^/]+/workspaces/[^/]+)(/|$)")
_FULL: Final = re.compile(
    r"^azureml:/*subscriptions/([^/]+)/resourcegroups/([^/]+)/(?:providers/microsoft\.machinelearningservices/)?"
    r"workspaces/([^/]+)/((?:datastores|data|models|jobs)/[^/?#]+)",
    re.IGNORECASE,
)
_LOCAL: Final = re.compile(r"^azureml://(?:locations/[^/]+/)?((?:datastores|data|models|jobs)/[^/?#]+)", re.IGNORECASE)
_SHORT: Final = re.compile(r"^azureml:([^:/@?#]+)(?:[:@][^:/?#]+)?$", re.IGNORECASE)
_STORAGE: Final = re.compile(
    r"^(?:https|abfss?|wasbs?)://(?:[^@/]*@)?([a-z0-9]{3,24})\.(?:blob|dfs|file)\.core\.[a-z.]+(?:/|$)", re.IGNORECASE
)
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*://([^/?#]+)", re.IGNORECASE)


def workspace_of(uid: str) -> str | None:
    """The uid of the workspace that something in it belongs to."""
    match = _WORKSPACE.match(uid)
    return match.group(1) if match else None


def workspace_reference(address: str, workspace: str | None, short: str = "data") -> str | None:
    """The uid of what an address in a workspace names, or None where it names nothing.

    `short` says what `azureml:NAME:VERSION` stands for: `data` or `models`. The uid of data and models is that of the
    named thing, whatever the version. Addresses that nothing else resolves give `external:…`, without path or query.
    """
    address = address.strip()
    full = _FULL.match(address)
    if full is not None:
        subscription, group, name, rest = (part.lower() for part in full.groups())
        provider = "providers/microsoft.machinelearningservices"
        return f"/subscriptions/{subscription}/resourcegroups/{group}/{provider}/workspaces/{name}/{rest}"
    local = _LOCAL.match(address)
    if local is not None:
        return None if workspace is None else f"{workspace}/{local.group(1).lower()}"
    named = _SHORT.match(address)
    if named is not None:
        return None if workspace is None else f"{workspace}/{short}/{named.group(1).lower()}"
    storage = _STORAGE.match(address)
    if storage is not None:
        return f"azure-storage:{storage.group(1).lower()}"
    if address.lower().startswith("/subscriptions/"):
        uid = uid_of(address)
        return None if uid is None else re.sub(r"/versions/[^/]+$", "", uid)
    other = _SCHEME.match(address)
    return None if other is None else f"external:{address[: other.end()].lower()}"
