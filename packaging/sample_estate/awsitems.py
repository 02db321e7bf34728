"""Items of AWS Config as its snapshots hold them: envelope, configuration, supplementary configuration."""

import json
from typing import Any, Final

from identity import DATA, Document, hexadecimal, identifier, moment, stamp

REGION: Final = "eu-central-1"


def item(
    sort: str,
    account: str,
    region: str,
    identity: str,
    configuration: Document,
    *,
    name: str | None = None,
    arn: str | None = None,
    tags: dict[str, str] | None = None,
    supplement: Document | None = None,
    zone: str = "Not Applicable",
) -> Document:
    """One configuration item."""
    captured = moment(f"capture/{account}/{region}/{sort}/{identity}")
    return {
        "relatedEvents": [],
        "relationships": [],
        "configuration": configuration,
        "supplementaryConfiguration": supplement or {},
        "tags": tags or {},
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": stamp(captured),
        "configurationStateId": int(captured.timestamp() * 1000),
        "awsAccountId": account,
        "configurationItemStatus": "OK",
        "resourceType": sort,
        "resourceId": identity,
        **({"resourceName": name} if name is not None else {}),
        **({"ARN": arn} if arn is not None else {}),
        "awsRegion": region,
        "availabilityZone": zone,
        "configurationStateMd5Hash": "",
        "resourceCreationTime": stamp(moment(f"created/{identity}")),
    }


def arn(service: str, region: str, account: str, resource: str) -> str:
    """An ARN of the commercial partition."""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def key_id(name: str, multi_region: bool = False) -> str:
    """The id of the key of a name."""
    return f"mrk-{hexadecimal(f'key/{name}', 32)}" if multi_region else identifier(f"key/{name}")


def key_arn(name: str, account: str = DATA, region: str = REGION, *, multi_region: bool = False) -> str:
    """The ARN of the key of a name."""
    return arn("kms", region, account, f"key/{key_id(name, multi_region)}")


def _statement(principal: Any, action: Any, resource: Any, effect: str = "Allow", **more: Any) -> Document:
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource, **more}


def policy(*statements: Document) -> str:
    """A policy as the text that AWS keeps."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def key(
    name: str,
    account: str = DATA,
    region: str = REGION,
    *,
    origin: str = "AWS_KMS",
    rotated: bool = True,
    state: str = "Enabled",
    replicas: tuple[str, ...] = (),
    shared_with: tuple[str, ...] = (),
    purpose: str = "",
) -> Document:
    """A key of KMS with its policy and rotation."""
    multi = bool(replicas)
    own = key_arn(name, account, region, multi_region=multi)
    users = [f"arn:aws:iam::{party}:root" for party in (account, *shared_with)]
    configuration: Document = {
        "aWSAccountId": account,
        "keyId": key_id(name, multi),
        "arn": own,
        "creationDate": stamp(moment(f"key/{name}")),
        "enabled": state == "Enabled",
        "description": purpose or name,
        "keyUsage": "ENCRYPT_DECRYPT",
        "keyState": state,
        "origin": origin,
        "keyManager": "CUSTOMER",
        "keySpec": "SYMMETRIC_DEFAULT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "encryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
        "multiRegion": multi,
    }
    if multi:
        configuration["multiRegionConfiguration"] = {
            "multiRegionKeyType": "PRIMARY",
            "primaryKey": {"arn": own, "region": region},
            "replicaKeys": [
                {"arn": key_arn(name, account, other, multi_region=True), "region": other} for other in replicas
            ],
        }
    if origin == "EXTERNAL_KEY_STORE":
        configuration["customKeyStoreId"] = f"cks-{hexadecimal('xks', 17)}"
        configuration["xksKeyConfiguration"] = {"id": name}
    if state == "PendingDeletion":
        configuration["deletionDate"] = "2026-12-05T09:00:00.000Z"
        configuration["pendingDeletionWindowInDays"] = 30
    document = policy(_statement({"AWS": users if len(users) > 1 else users[0]}, "kms:*", "*", Sid="Use"))
    supplement: Document = {"Policy": document, "Tags": []}
    if origin == "AWS_KMS":
        supplement["KeyRotationStatus"] = rotated
    return item("AWS::KMS::Key", account, region, key_id(name, multi), configuration, arn=own, supplement=supplement)


_BLOCKED: Final = {
    "blockPublicAcls": True,
    "ignorePublicAcls": True,
    "blockPublicPolicy": True,
    "restrictPublicBuckets": True,
}


def bucket(
    name: str,
    account: str = DATA,
    region: str = REGION,
    *,
    key: str | None = None,
    tags: dict[str, str] | None = None,
    expire: int | None = 1095,
    old_versions: int | None = 30,
    versioned: bool = True,
    logs: str | None = "",
    blocked: bool = True,
    tls: bool = True,
    shared_with: tuple[str, ...] = (),
    public: bool = False,
    copies_to: tuple[tuple[str, str, str | None], ...] = (),
    lock_days: int | None = None,
    lock_mode: str = "COMPLIANCE",
) -> Document:
    """A bucket. `logs`: the bucket for access logs, "" for that of its account and region, None for none.

    `copies_to`: (bucket, account, ARN of the key of the copies) of each replication rule.
    """
    own = f"arn:aws:s3:::{name}"
    both = [own, f"{own}/*"]
    statements: list[Document] = []
    if tls:
        condition = {"Bool": {"aws:SecureTransport": "false"}}
        statements.append(_statement("*", "s3:*", both, "Deny", Sid="TransportSecurity", Condition=condition))
    if shared_with:
        parties = [f"arn:aws:iam::{party}:root" for party in shared_with]
        principal = {"AWS": parties if len(parties) > 1 else parties[0]}
        statements.append(_statement(principal, ["s3:GetObject", "s3:ListBucket"], both, Sid="Recipients"))
    if public:
        statements.append(_statement("*", "s3:GetObject", f"{own}/*", Sid="PublicRead"))
    target = f"lumenar-access-logs-{account[:4]}-{region}" if logs == "" else logs
    rule: Document = {"sseAlgorithm": "AES256"} if key is None else {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": key}
    owner = hexadecimal(f"owner/{account}", 64)
    supplement: Document = {
        "AccessControlList": json.dumps(
            {
                "grantSet": None,
                "grantList": [{"grantee": {"id": owner, "displayName": None}, "permission": "FullControl"}],
                "owner": {"displayName": None, "id": owner},
                "isRequesterCharged": False,
            },
            separators=(",", ":"),
        ),
        "BucketLoggingConfiguration": {
            "destinationBucketName": target,
            "logFilePrefix": f"{name}/" if target else None,
        },
        "BucketPolicy": {"policyText": policy(*statements) if statements else None},
        "BucketVersioningConfiguration": {
            "status": "Enabled" if versioned else "Off",
            "isMfaDeleteEnabled": None,
        },
        "IsRequesterPaysEnabled": False,
        "PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKED, blocked),
        "ServerSideEncryptionConfiguration": {
            "rules": [{"applyServerSideEncryptionByDefault": rule, "bucketKeyEnabled": key is not None}]
        },
        "BucketLifecycleConfiguration": {"rules": _lifecycle(expire, old_versions)},
    }
    if copies_to:
        rules = {f"copy-to-{other}": _copy(other, holder, its_key) for other, holder, its_key in copies_to}
        role = f"arn:aws:iam::{account}:role/s3-replication"
        supplement["BucketReplicationConfiguration"] = {"roleARN": role, "rules": rules}
    if lock_days is not None:
        retention = {"mode": lock_mode, "days": lock_days, "years": None}
        supplement["ObjectLockConfiguration"] = {
            "objectLockEnabled": "Enabled",
            "rule": {"defaultRetention": retention},
        }
    configuration = {
        "name": name,
        "owner": {"displayName": None, "id": owner},
        "creationDate": stamp(moment(f"bucket/{name}")),
    }
    return item(
        "AWS::S3::Bucket",
        account,
        region,
        name,
        configuration,
        name=name,
        arn=own,
        tags=tags,
        supplement=supplement,
        zone="Regional",
    )


def _lifecycle(expire: int | None, old_versions: int | None) -> list[Document]:
    rule: Document = {
        "id": "retention",
        "prefix": None,
        "status": "Enabled",
        "filter": {"predicate": None},
        "expirationInDays": -1 if expire is None else expire,
        "expirationDate": None,
        "noncurrentVersionExpirationInDays": -1 if old_versions is None else old_versions,
        "expiredObjectDeleteMarker": False,
        "transitions": None,
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }
    return [rule]


def _copy(other: str, holder: str, its_key: str | None) -> Document:
    target: Document = {"bucketARN": f"arn:aws:s3:::{other}", "account": holder, "storageClass": "STANDARD_IA"}
    if its_key is not None:
        target["encryptionConfiguration"] = {"replicaKmsKeyID": its_key}
    return {
        "prefix": None,
        "status": "Enabled",
        "priority": 1,
        "filter": {"predicate": None},
        "destinationConfig": target,
        "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
        "deleteMarkerReplication": {"status": "Enabled"},
    }
