"""Keys of the AWS Key Management Service."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse, principal_party
from scanners.aws.subject import Subject, named, region_place
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, number, put, records, text
from scanners.model import Asset, Relation

_STATES: Final = {
    "Enabled": "enabled",
    "Disabled": "disabled",
    "PendingDeletion": "pending_destruction",
    "PendingReplicaDeletion": "pending_destruction",
    "PendingImport": "unavailable",
    "Unavailable": "unavailable",
    "Creating": "unavailable",
    "Updating": "enabled",
}
_CUSTODY: Final = {
    "AWS_KMS": "customer",
    "EXTERNAL": "customer",
    "AWS_CLOUDHSM": "dedicated_hsm",
    "EXTERNAL_KEY_STORE": "external",
}


def key(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A key. `Policy` is the text of `GetKeyPolicy`, `KeyRotationEnabled` of `GetKeyRotationStatus`, `Grants` what
    `ListGrants` says."""
    identity = text(document, "KeyId") or ""
    subject = Subject(document, origin, text(document, "Arn"), "kms", f"key/{identity}")
    attributes: dict[str, Any] = {"purge_protection": True}  # KMS waits 7 to 30 days, always
    manager, origin_of_key = text(document, "KeyManager"), text(document, "Origin")
    if manager == "AWS":
        attributes["custody"] = "provider"
    elif manager == "CUSTOMER":
        put(attributes, "custody", _CUSTODY.get(origin_of_key or ""))
    put(attributes, "state", _STATES.get(text(document, "KeyState") or ""))
    _rotation(document, origin_of_key, attributes)
    put(attributes, "destroy_delay_days", number(document, "PendingDeletionWindowInDays"))
    replicas = records(document, "MultiRegionConfiguration.ReplicaKeys")
    if replicas is not None:
        regions = [region_place(text(replica, "Region")) for replica in replicas]
        attributes["replica_locs"] = [region for region in regions if region is not None]
    elif flag(document, "MultiRegion") is False or (identity and not identity.startswith("mrk-")):
        attributes["replica_locs"] = []  # the id of a key of several regions begins so, always
    grants = records(document, "Grants")
    policy = parse(document.get("Policy"))
    allowed = access(policy, subject.account) if policy is not None else None
    if allowed is not None and allowed.whole and grants is not None:
        attributes["relations_read"] = ["shared_with"]
    yield subject.asset("key", "AWS::KMS::Key", identity, attributes, created="CreationDate")
    if text(document, "MultiRegionConfiguration.MultiRegionKeyType") == "PRIMARY":
        for replica in replicas or []:
            yield from subject.relation("replicates_to", text(replica, "Arn"))
    parties = set(allowed.parties) if allowed is not None else set[str]()
    for grant in grants or []:
        party = principal_party(text(grant, "GranteePrincipal") or "", subject.account)
        parties |= {party} if party else set()
    for party in sorted(parties):
        yield from subject.relation("shared_with", party)


def _rotation(document: Any, origin_of_key: str | None, attributes: dict[str, Any]) -> None:
    specification = named(document, "KeySpec", "CustomerMasterKeySpec")
    if specification is not None and origin_of_key is not None:
        attributes["rotatable"] = specification == "SYMMETRIC_DEFAULT" and origin_of_key == "AWS_KMS"
    on = flag(document, "KeyRotationEnabled")
    if on is None:
        return
    attributes["rotation_state"] = "on" if on else "off"
    if not on:
        attributes["rotation_days"] = None
    elif has(document, "RotationPeriodInDays") and not is_null(document, "RotationPeriodInDays"):
        put(attributes, "rotation_days", number(document, "RotationPeriodInDays"))


TYPES: Final = (
    DocumentType(
        "AWS::KMS::Key",
        "kms",
        ("key",),
        (
            "KeyId",
            "Arn",
            "CreationDate",
            "KeyState",
            "KeyManager",
            "Origin",
            "KeySpec",
            "CustomerMasterKeySpec",
            "MultiRegion",
            "MultiRegionConfiguration.MultiRegionKeyType",
            "MultiRegionConfiguration.ReplicaKeys[].Arn",
            "MultiRegionConfiguration.ReplicaKeys[].Region",
            "PendingDeletionWindowInDays",
            "KeyRotationEnabled",
            "RotationPeriodInDays",
            "Policy",
            "Grants[].GranteePrincipal",
            "Grants[].GranteeServicePrincipal",
            "Grants[].Operations",
            "Tags",
        ),
        key,
    ),
)
