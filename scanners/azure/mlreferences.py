"""What the addresses inside an Azure Machine Learning workspace name.

Beside the addresses that `scanners.references` reads everywhere there is `azureml:NAME:VERSION` (Azure ML, "URI formats
for data"): it stands for data in the inputs of a job and for a model in a deployment.
"""

import re
from typing import Final

from scanners.references import uid_of

_WORKSPACE: Final = re.compile(r"^(/subscriptions/[^/]+/resourcegroups/[^/]+/providers/[^/]+/workspaces/[^/]+)(?:/|$)")
_SHORT: Final = re.compile(r"^azureml:([^:/@?#]+)(?:[:@][^:/?#]+)?$", re.IGNORECASE)
_VERSION: Final = re.compile(r"/versions/[^/]+$")


def workspace_of(uid: str) -> str | None:
    """The uid of the workspace that something in it belongs to."""
    match = _WORKSPACE.match(uid)
    return match.group(1) if match else None


def workspace_reference(address: str, workspace: str | None, short: str = "data") -> str | None:
    """The uid of what an address in a workspace names, or None where it is no address.

    `short` says what `azureml:NAME:VERSION` stands for: `data` or `models`. The uid of data and models is that of the
    named thing, whatever the version.
    """
    address = address.strip()
    named = _SHORT.match(address)
    if named is not None and workspace is not None:
        return f"{workspace}/{short}/{named.group(1).lower()}"
    uid = uid_of(address, context=workspace)
    return _VERSION.sub("", uid) if uid is not None and uid.startswith("/subscriptions/") else uid
