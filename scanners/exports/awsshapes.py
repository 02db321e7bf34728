"""Documents of AWS Config in the shape in which boto3 answers, where the two differ by more than casing."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import msgspec

Document = dict[str, Any]
_LAYERS: Final = 4
_GRANTEES: Final = {
    "AllUsers": "http://acs.amazonaws.com/groups/global/AllUsers",
    "AuthenticatedUsers": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
    "LogDelivery": "http://acs.amazonaws.com/groups/s3/LogDelivery",
}


def unwrapped(value: Any) -> Any:
    """A value that was encoded as JSON text, once or several times over; text that is no JSON stays text.

    Raises nothing; text deeper or longer than msgspec takes stays text too.
    """
    for _ in range(_LAYERS):
        if not isinstance(value, str) or not value.lstrip().startswith(("{", "[", '"', "null")):
            return value
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return value
    return value


def reshaped(native_type: str, configuration: Document, supplement: Mapping[str, Any]) -> Document:
    """Configuration and supplementary configuration as one document."""
    shape = _SHAPES.get(native_type)
    if shape is not None:
        return shape(configuration, supplement)
    return {**{name: unwrapped(value) for name, value in supplement.items()}, **configuration}


def _bucket(configuration: Document, supplement: Mapping[str, Any]) -> Document:
    """S3: the supplement holds the answers of the other operations, in the form of the Java SDK.

    Config writes an empty form where the answer was "not configured" (`policyText` null, status `Off`); where it leaves
    a form out altogether the answer stays unknown.
    """
    found = {name: value for name, value in configuration.items() if name.lower() in ("name", "creationdate")}
    for name, member in (
        ("ServerSideEncryptionConfiguration", "ServerSideEncryptionConfiguration"),
        ("PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration"),
        ("OwnershipControls", "OwnershipControls"),
    ):
        if name in supplement:
            found[member] = unwrapped(supplement[name])
    if owner := _mapping(_mapping(unwrapped(supplement.get("AccessControlList"))).get("owner")).get("id"):
        found["Owner"] = {"ID": owner}
    for name, (member, convert) in _BUCKET_PARTS.items():
        if name in supplement:
            value = unwrapped(supplement[name])
            told = convert(_mapping(value)) if value is None or isinstance(value, Mapping) else _UNREAD
            if told is not _UNREAD:
                found[member] = told
    return found


_UNREAD: Final = object()
"""In place of a part whose form says neither what there is nor that there is none."""


def _policy(form: Document) -> Any:
    return form.get("policyText", _UNREAD)


def _versioning(form: Document) -> Any:
    status = form.get("status")
    if status == "Off":
        return {}
    return {"Status": status} if status in ("Enabled", "Suspended") else _UNREAD


def _logging(form: Document) -> Any:
    target = form.get("destinationBucketName", _UNREAD)
    return target if target is _UNREAD else {"TargetBucket": target} if target else None


def _lists(form: Document) -> Any:
    grants = form.get("grantList")
    if grants is None:
        grants = form.get("grantSet")
    if not isinstance(grants, list):
        return [] if form and grants is None else None
    found: list[Document] = []
    for grant in cast("list[Any]", grants):
        entry = _mapping(grant)
        grantee = entry.get("grantee")
        if isinstance(grantee, str):
            who: Document = {"Type": "Group", "URI": _GRANTEES.get(grantee, grantee)}
        else:
            who = {"Type": "CanonicalUser", "ID": _mapping(grantee).get("id")}
        found.append({"Permission": entry.get("permission"), "Grantee": who})
    return found


def _lifecycle(form: Document) -> Any:
    rules: list[Document] = []
    for one in _elements(form.get("rules")):
        rule: Document = {"ID": one.get("id"), "Status": one.get("status")}
        days, old = one.get("expirationInDays"), one.get("noncurrentVersionExpirationInDays")
        if isinstance(days, int) and days > 0:
            rule["Expiration"] = {"Days": days}
        if isinstance(old, int) and old > 0:
            rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": old}
        if one.get("prefix"):
            rule["Prefix"] = one["prefix"]
        predicate = _mapping(_mapping(one.get("filter")).get("predicate"))
        if predicate.get("type") == "LifecyclePrefixPredicate":
            rule["Filter"] = {"Prefix": predicate.get("prefix") or ""}
        elif predicate:
            rule["Filter"] = {"And": {"Predicate": str(predicate.get("type"))}}
        rules.append(rule)
    return {"Rules": rules}


def _replication(form: Document) -> Any:
    rules: list[Document] = []
    for identity, value in _mapping(form.get("rules")).items():
        one = _mapping(value)
        target = {k.lower(): v for k, v in _mapping(one.get("destinationConfig")).items()}
        destination: Document = {"Bucket": target.get("bucketarn"), "StorageClass": target.get("storageclass")}
        if target.get("account"):
            destination["Account"] = target["account"]
        key = {k.lower(): v for k, v in _mapping(target.get("encryptionconfiguration")).items()}
        if key.get("replicakmskeyid"):
            destination["EncryptionConfiguration"] = {"ReplicaKmsKeyID": key["replicakmskeyid"]}
        rule: Document = {"ID": identity, "Status": one.get("status"), "Destination": destination}
        marker = _mapping(one.get("deleteMarkerReplication")).get("status")
        if marker is not None:
            rule["DeleteMarkerReplication"] = {"Status": str(marker).capitalize()}
        rules.append(rule)
    return {"Role": form.get("roleARN"), "Rules": rules}


_BUCKET_PARTS: Final[dict[str, tuple[str, Callable[[Document], Any]]]] = {
    "AccessControlList": ("Grants", _lists),
    "BucketPolicy": ("Policy", _policy),
    "BucketVersioningConfiguration": ("Versioning", _versioning),
    "BucketLoggingConfiguration": ("LoggingEnabled", _logging),
    "BucketLifecycleConfiguration": ("LifecycleConfiguration", _lifecycle),
    "BucketReplicationConfiguration": ("ReplicationConfiguration", _replication),
    "ObjectLockConfiguration": ("ObjectLockConfiguration", lambda form: form),
}


def _key(configuration: Document, supplement: Mapping[str, Any]) -> Document:
    found = {**configuration}
    if "Policy" in supplement:
        found["Policy"] = supplement["Policy"]
    state = unwrapped(supplement.get("KeyRotationStatus"))
    if isinstance(state, str):
        state = {"true": True, "false": False}.get(state.strip().lower())
    if isinstance(state, bool):
        found["KeyRotationEnabled"] = state
    if "Tags" in supplement:
        found["Tags"] = unwrapped(supplement["Tags"])
    return found


def _table(configuration: Document, supplement: Mapping[str, Any]) -> Document:
    """`DescribeTable` leaves `SSEDescription` out where the table's key is one that AWS owns."""
    found = {**configuration, **{name: unwrapped(value) for name, value in supplement.items()}}
    if not any(name.lower() == "ssedescription" for name in found):
        found["SSEDescription"] = None
    return found


def _secret(configuration: Document, supplement: Mapping[str, Any]) -> Document:
    """Without a key of the customer, Secrets Manager uses the one that AWS manages (`aws/secretsmanager`)."""
    found = {**configuration, **{name: unwrapped(value) for name, value in supplement.items()}}
    if not any(name.lower() == "kmskeyid" for name in found):
        found["KmsKeyId"] = None
    return found


def _snapshot(configuration: Document, supplement: Mapping[str, Any]) -> Document:
    found = {**configuration}
    for name in ("DBSnapshotAttributes", "DBClusterSnapshotAttributes"):
        if name in supplement:
            found["RestoreAttributes"] = unwrapped(supplement[name])
    if "Tags" in supplement:
        found["Tags"] = unwrapped(supplement["Tags"])
    return found


_SHAPES: Final[dict[str, Callable[[Document, Mapping[str, Any]], Document]]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::KMS::Key": _key,
    "AWS::RDS::DBClusterSnapshot": _snapshot,
    "AWS::RDS::DBSnapshot": _snapshot,
    "AWS::S3::Bucket": _bucket,
    "AWS::SecretsManager::Secret": _secret,
}


def _mapping(value: Any) -> Document:
    return cast(Document, value) if isinstance(value, dict) else {}


def _elements(value: Any) -> list[Document]:
    return [_mapping(one) for one in cast("list[Any]", value)] if isinstance(value, list) else []
