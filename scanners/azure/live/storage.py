"""Below storage accounts: blob service, containers, lifecycle, object replication, and whether reads are logged."""

from collections.abc import Mapping
from typing import Any, Final

from scanners.azure.live.declare import Collector, Parent, listing, one, only
from scanners.azure.live.recipes import children, setting
from scanners.members import word

_VERSION: Final = "2026-09-01"
_ACCOUNT: Final = "Microsoft.Storage/storageAccounts/{a}"
BLOBS: Final = listing(f"{_ACCOUNT}/blobServices", _VERSION, missing=True)
BLOB_SERVICE: Final = only(f"{_ACCOUNT}/blobServices/default", _VERSION)
CONTAINERS: Final = listing(f"{_ACCOUNT}/blobServices/default/containers", _VERSION)
LIFECYCLE: Final = one(f"{_ACCOUNT}/managementPolicies/default", _VERSION, none=("ManagementPolicyNotFound",))
REPLICATION: Final = listing(f"{_ACCOUNT}/objectReplicationPolicies", _VERSION)
_T: Final = "microsoft.storage/storageaccounts"


def has_blobs(document: Mapping[str, Any]) -> bool:
    """Whether an account has a blob service: those for files alone have none."""
    return word(document, "kind") != "filestorage"


def _no_rules(account: Parent) -> dict[str, Any]:
    identity = f"{account.id}/managementPolicies/default"
    return {"id": identity, "type": f"{_T}/managementpolicies", "properties": {"policy": {"rules": []}}}


COLLECTORS: Final[tuple[Collector, ...]] = (
    children(f"{_T}/blobservices", BLOBS, wanted=has_blobs, single=BLOB_SERVICE),
    children(f"{_T}/blobservices/containers", CONTAINERS, parent=_T, wanted=has_blobs),
    setting(f"{_T}/managementpolicies", LIFECYCLE, wanted=has_blobs, nothing=_no_rules),
    children(f"{_T}/objectreplicationpolicies", REPLICATION, wanted=has_blobs),
)
