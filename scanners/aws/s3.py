"""Buckets of Amazon S3, and the guards against public access of a whole account.

The document of a bucket is what `ListBuckets` says of it, with the answers of the other operations as members: the
member is null where the answer was "not configured" (`NoSuchBucketPolicy` and the like), absent where it was not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.policies import Access, access, parse, tls_only
from scanners.aws.readlogging import MEMBERS as WATCHERS
from scanners.aws.readlogging import Watched, put_reads
from scanners.aws.subject import Subject, managed_alias, named
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, number, put, record, records, text
from scanners.model import Asset, Relation

_GUARDS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_GUARDS_OF: Final = ("PublicAccessBlockConfiguration", "AccountPublicAccessBlockConfiguration")
_EVERYONE: Final = ("/global/AllUsers", "/global/AuthenticatedUsers")
_CLOUDFRONT: Final = frozenset(
    {
        "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
        "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
    }
)
"""Canonical users by which CloudFront, and CloudFront in China, deliver logs (CloudFront Developer Guide, "Configure
standard logging (legacy)"): AWS itself, and no other customer."""


def bucket(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A bucket, its keys, copies, logs and the parties that may read it."""
    name = text(document, "Name") or ""
    region = text(document, "BucketRegion") or origin.region
    where = Origin(origin.connection, origin.source, origin.operation, origin.account, region)
    subject = Subject(document, where, text(document, "BucketArn"), "s3", name)
    if not text(document, "BucketArn"):
        subject.uid = f"arn:{subject.partition}:s3:::{name}"
    policy = parse(document.get("Policy"))
    allowed = access(policy, subject.account) if policy is not None else None
    attributes: dict[str, Any] = {}
    keys = _encryption(document, subject, attributes)
    _kept(document, attributes)
    if policy is not None:
        attributes["https_only"] = tls_only(policy, "s3", subject.uid)
    elif is_null(document, "Policy"):
        attributes["https_only"] = False
    if "https_only" in attributes:
        # S3 takes no connection below TLS 1.2 from anybody (AWS Security Blog, "TLS 1.2 to become the minimum TLS
        # protocol level for all AWS API endpoints"): a fact of the service, told where the bucket's policy was read.
        attributes["tls_min_below_12"] = False
    put(attributes, "public_access", public_access(document, allowed))
    listed, all_listed = _listed(document)
    if "public_access" in attributes and not (all_listed and _told(document, allowed)):
        attributes["relations_read"] = []  # the public is judged, but who else is let in is not known
    if text(document, "LoggingEnabled.TargetBucket"):
        attributes["read_logging"] = True
    else:
        put_reads(document, attributes, Watched.bucket(subject.uid), region, "LoggingEnabled")
    yield subject.asset("storage.bucket", "AWS::S3::Bucket", name, attributes, created="CreationDate")
    for key in keys:
        yield from subject.relation("encrypted_by", key)
    yield from subject.relation("logs_to", subject.bucket(text(document, "LoggingEnabled.TargetBucket")))
    yield from _copies(document, subject)
    for party in sorted(listed | (allowed.parties if allowed is not None else set())):
        if party != "public" or attributes.get("public_access") != "none":
            yield from subject.relation("shared_with", party)


def _encryption(document: Any, subject: Subject, attributes: dict[str, Any]) -> list[str]:
    """Sets encryption; the keys. S3 encrypts every new object since January 2023, so a rule means encrypted."""
    rules = records(document, "ServerSideEncryptionConfiguration.Rules")
    if rules is None:
        return []
    keys: list[str] = []
    for rule in rules:
        algorithm = text(rule, "ApplyServerSideEncryptionByDefault.SSEAlgorithm")
        if algorithm is None:
            continue
        attributes["encrypted"] = True
        attributes["encryption"] = algorithm
        named_key = text(rule, "ApplyServerSideEncryptionByDefault.KMSMasterKeyID")
        if algorithm == "AES256" or managed_alias(named_key) or (named_key is None and _said(rule)):
            attributes["custody"] = "provider"
        if key := subject.key(named_key):
            keys.append(key)
    return keys


def _said(rule: Mapping[str, Any]) -> bool:
    """Whether a rule without a key stands for the key that AWS manages: S3 then uses `aws/s3`."""
    return (text(rule, "ApplyServerSideEncryptionByDefault.SSEAlgorithm") or "").startswith("aws:kms")


def _kept(document: Any, attributes: dict[str, Any]) -> None:
    """How long objects and their old versions are kept."""
    if has(document, "Versioning"):
        attributes["versioning"] = text(document, "Versioning.Status") == "Enabled"
        # S3 has no soft delete: versioning is all that brings a deleted object back (Amazon S3 User Guide, "Deleting
        # Amazon S3 objects"). So this is a fact of the service, told where what it rests on was read.
        attributes["soft_delete_days"] = 0
        if text(document, "Versioning.Status") == "Suspended":
            del attributes["soft_delete_days"]  # no new versions, but the old ones stay, as long as the lifecycle says
    if has(document, "LifecycleConfiguration"):
        rules = [r for r in records(document, "LifecycleConfiguration.Rules") or [] if _whole(r)]
        days = [d for r in rules if (d := number(r, "Expiration.Days")) is not None]
        # Of rules that keep some old versions for good, days tell nothing about those.
        ends = [r for r in rules if not number(r, "NoncurrentVersionExpiration.NewerNoncurrentVersions")]
        old = [d for r in ends if (d := number(r, "NoncurrentVersionExpiration.NoncurrentDays")) is not None]
        attributes["expire_days"] = min(days) if days else None
        attributes["noncurrent_expire_days"] = min(old) if old else None
        if old and text(document, "Versioning.Status") == "Suspended":
            attributes["soft_delete_days"] = min(old)
    if has(document, "ObjectLockConfiguration"):
        years = number(document, "ObjectLockConfiguration.Rule.DefaultRetention.Years")
        days_kept = number(document, "ObjectLockConfiguration.Rule.DefaultRetention.Days")
        mode = text(document, "ObjectLockConfiguration.Rule.DefaultRetention.Mode")
        attributes["lock_days"] = days_kept if days_kept is not None else years * 365 if years is not None else None
        attributes["immutable"] = mode == "COMPLIANCE" and attributes["lock_days"] is not None


def _whole(rule: Mapping[str, Any]) -> bool:
    """Whether a rule of the lifecycle is on and holds for all objects."""
    if text(rule, "Status") != "Enabled":
        return False
    filters = record(rule, "Filter") or {}
    return not named(rule, "Prefix", "Filter.Prefix") and not any(v for k, v in filters.items() if k != "Prefix")


def public_access(document: Any, allowed: Access | None) -> str | None:
    """Effective access by anyone: `none` or `public`; None where what decides was not read, or cannot be judged."""
    ignore_lists, restrict_policies = _guard(document, "IgnorePublicAcls"), _guard(document, "RestrictPublicBuckets")
    if is_null(document, "Policy"):
        by_policy: str | None = "none"
    elif flag(document, "PolicyStatus.IsPublic") is not None:
        by_policy = "public" if flag(document, "PolicyStatus.IsPublic") else "none"
    else:
        by_policy = None if allowed is None or allowed.exposure == "possible" else allowed.exposure
    ways = [_behind(by_policy, restrict_policies), _behind(_by_list(document), ignore_lists)]
    if "public" in ways:
        return "public"
    if None in ways:
        return None  # a part that was not read may close the way, or open one: neither is a fact
    return "none"


def _behind(way: str | None, guard: bool | None) -> str | None:
    """What is left of a way in behind its guard; None where that cannot be told."""
    if guard is True or way == "none":
        return "none"
    return way if guard is False else None


def _guard(document: Any, name: str) -> bool | None:
    """Whether a guard is on, for the bucket or the account; None where neither is on and one was not read."""
    states = [False if is_null(document, holder) else flag(document, f"{holder}.{name}") for holder in _GUARDS_OF]
    if True in states:
        return True
    return None if None in states else False


def _lists_off(document: Any) -> bool:
    """Whether ownership switches access control lists off."""
    rules = records(document, "OwnershipControls.Rules") or []
    return "BucketOwnerEnforced" in {text(rule, "ObjectOwnership") for rule in rules}


def _by_list(document: Any) -> str | None:
    """What access control lists open, `none` where ownership switches them off.

    Where it does not, each object may have a list of its own, which no answer about the bucket tells: None then (Amazon
    S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket").
    """
    if _lists_off(document):
        return "none"
    grants = records(document, "Grants")
    if grants is None:
        return None
    public = any((text(grant, "Grantee.URI") or "").endswith(_EVERYONE) for grant in grants)
    return "public" if public else None


def _told(document: Any, allowed: Access | None) -> bool:
    """Whether the policy names all that it lets in: there is none, or no condition decides that cannot be judged."""
    return is_null(document, "Policy") or (allowed is not None and allowed.whole)


def _listed(document: Any) -> tuple[set[str], bool]:
    """The parties outside that the access control list lets in, and whether these are known to be all.

    A list names accounts by their canonical users, which no other answer tells the numbers of: another one than the
    owner's is an account outside that cannot be named (Amazon S3 User Guide, "Access control list (ACL) overview").
    """
    if _lists_off(document):
        return set(), True
    grants, owner = records(document, "Grants") or [], text(document, "Owner.ID")
    parties = (
        {"public"} if _behind(_by_list(document), _guard(document, "IgnorePublicAcls")) == "public" else set[str]()
    )
    users = (user for grant in grants if (user := text(grant, "Grantee.ID")) is not None)
    if owner is not None:
        parties |= {f"account:{user}" for user in users if user != owner and user not in _CLOUDFRONT}
    return parties, False  # the list of each object may name others


def _copies(document: Any, subject: Subject) -> Iterator[Relation]:
    for rule in records(document, "ReplicationConfiguration.Rules") or []:
        attributes: dict[str, Any] = {"continuous": True}
        status = text(rule, "Status")
        if status is not None:
            attributes["enabled"] = status == "Enabled"
        marker = text(rule, "DeleteMarkerReplication.Status")
        if marker is not None:
            attributes["delete_propagation"] = marker == "Enabled"
        put(attributes, "account", text(rule, "Destination.Account"))
        yield from subject.relation("replicates_to", subject.bucket(text(rule, "Destination.Bucket")), attributes)


def account_guard(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The block of public access for all buckets of an account."""
    subject = Subject(document, origin, None, "s3", "account-public-access-block")
    subject.uid = subject.arn("s3", "account-public-access-block", region="")
    flags = [flag(document, guard) for guard in _GUARDS]
    attributes: dict[str, Any] = {"type": "public_access", "scope_path": subject.account}
    if None not in flags:
        attributes["enforced"] = all(flags)
    name = "S3 block public access of the account"
    yield subject.asset("governance.policy", "AWS::S3::AccountPublicAccessBlock", name, attributes)


TYPES: Final = (
    DocumentType(
        "AWS::S3::Bucket",
        "s3",
        ("storage.bucket",),
        (
            "Name",
            "BucketArn",
            "BucketRegion",
            "CreationDate",
            "ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.SSEAlgorithm",
            "ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
            "ServerSideEncryptionConfiguration.Rules[].BucketKeyEnabled",
            *(f"{holder}.{guard}" for holder in _GUARDS_OF for guard in _GUARDS),
            "Policy",
            "PolicyStatus.IsPublic",
            "Owner.ID",
            "Grants[].Permission",
            "Grants[].Grantee.Type",
            "Grants[].Grantee.URI",
            "Grants[].Grantee.ID",
            "OwnershipControls.Rules[].ObjectOwnership",
            "Versioning.Status",
            "Versioning.MFADelete",
            "LifecycleConfiguration.Rules[].ID",
            "LifecycleConfiguration.Rules[].Status",
            "LifecycleConfiguration.Rules[].Prefix",
            "LifecycleConfiguration.Rules[].Filter",
            "LifecycleConfiguration.Rules[].Expiration",
            "LifecycleConfiguration.Rules[].NoncurrentVersionExpiration",
            "LoggingEnabled.TargetBucket",
            *WATCHERS,
            "ObjectLockConfiguration.ObjectLockEnabled",
            *(f"ObjectLockConfiguration.Rule.DefaultRetention.{part}" for part in ("Mode", "Days", "Years")),
            "ReplicationConfiguration.Role",
            "ReplicationConfiguration.Rules[].ID",
            "ReplicationConfiguration.Rules[].Status",
            "ReplicationConfiguration.Rules[].Destination.Bucket",
            "ReplicationConfiguration.Rules[].Destination.Account",
            "ReplicationConfiguration.Rules[].Destination.StorageClass",
            "ReplicationConfiguration.Rules[].Destination.EncryptionConfiguration.ReplicaKmsKeyID",
            "ReplicationConfiguration.Rules[].DeleteMarkerReplication.Status",
            "Tags",
        ),
        bucket,
    ),
    DocumentType(
        "AWS::S3::AccountPublicAccessBlock",
        "s3",
        ("governance.policy",),
        _GUARDS,
        account_guard,
    ),
)
