"""Buckets of Amazon S3, live (rows E1 to E7 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import UNREAD, Reach
from scanners.aws.live.readlogging import OPERATIONS as WATCHING
from scanners.aws.live.readlogging import watchers
from scanners.aws.s3 import TYPES
from scanners.coverage import MissedError
from scanners.members import member, text
from scanners.model import CoverageStatus, Item

BUCKETS: Final = pages("s3", "ListBuckets", "Buckets", action="s3:ListAllMyBuckets", page=1000)
LOCATION: Final = op("s3", "GetBucketLocation")
ENCRYPTION: Final = op(
    "s3",
    "GetBucketEncryption",
    action="s3:GetEncryptionConfiguration",
    none=("ServerSideEncryptionConfigurationNotFoundError",),
)
GUARD: Final = op(
    "s3",
    "GetPublicAccessBlock",
    action="s3:GetBucketPublicAccessBlock",
    none=("NoSuchPublicAccessBlockConfiguration",),
)
POLICY: Final = op("s3", "GetBucketPolicy", none=("NoSuchBucketPolicy",))
POLICY_STATUS: Final = op("s3", "GetBucketPolicyStatus", none=("NoSuchBucketPolicy",))
OWNERSHIP: Final = op("s3", "GetBucketOwnershipControls", none=("OwnershipControlsNotFoundError",))
ACL: Final = op("s3", "GetBucketAcl")
REPLICATION: Final = op(
    "s3",
    "GetBucketReplication",
    action="s3:GetReplicationConfiguration",
    none=("ReplicationConfigurationNotFoundError",),
)
VERSIONING: Final = op("s3", "GetBucketVersioning")
LIFECYCLE: Final = op(
    "s3",
    "GetBucketLifecycleConfiguration",
    action="s3:GetLifecycleConfiguration",
    none=("NoSuchLifecycleConfiguration",),
)
LOCK: Final = op(
    "s3",
    "GetObjectLockConfiguration",
    action="s3:GetBucketObjectLockConfiguration",
    none=("ObjectLockConfigurationNotFoundError",),
)
LOGGING: Final = op("s3", "GetBucketLogging")
ACCOUNT_GUARD: Final = op(
    "s3control",
    "GetPublicAccessBlock",
    action="s3:GetAccountPublicAccessBlock",
    none=("NoSuchPublicAccessBlockConfiguration",),
)
_BUCKET, _GUARD_TYPE = TYPES
_OPERATIONS: Final = (
    BUCKETS,
    LOCATION,
    ENCRYPTION,
    GUARD,
    POLICY,
    POLICY_STATUS,
    OWNERSHIP,
    ACL,
    REPLICATION,
    VERSIONING,
    LIFECYCLE,
    LOCK,
    LOGGING,
    ACCOUNT_GUARD,
    *WATCHING,
)


def buckets(reach: Reach) -> Iterator[Item]:
    """Every bucket of the account, whatever its region."""
    guard: dict[str, Any] = {}
    with suppress(MissedError):
        guard["AccountPublicAccessBlockConfiguration"] = _guard_of_account(reach)
    elsewhere = 0
    for entry in reach.each(BUCKETS):
        document: dict[str, Any] = dict(entry)
        region = text(document, "BucketRegion") or _located(reach, document)
        document.update(guard)
        if region is None or region not in reach.site.regions:
            elsewhere += 1
            yield from reach.see(_BUCKET, document, region=region, by=BUCKETS)
        else:
            reach.spawn(lambda r, d=document, where=region: one(r, d, where), region=region)
    if elsewhere:
        detail = (
            f"{elsewhere} buckets lie in regions that this connection does not ask; only name and region are known."
        )
        reach.gap(CoverageStatus.NOT_ASKED, detail)


def _located(reach: Reach, document: dict[str, Any]) -> str | None:
    try:
        answer = reach.call(LOCATION, Bucket=document["Name"])
    except MissedError:
        return None
    region = str(answer.get("LocationConstraint") or "us-east-1")
    document["BucketRegion"] = "eu-west-1" if region == "EU" else region
    return document["BucketRegion"]


def one(reach: Reach, document: dict[str, Any], region: str) -> Iterator[Item]:
    """One bucket with all of its settings, asked in its own region."""

    def detail(into: str, operation: Any, take: str = "") -> Any:
        return reach.detail(document, into, operation, take, region=region, Bucket=document["Name"])

    detail("ServerSideEncryptionConfiguration", ENCRYPTION, "ServerSideEncryptionConfiguration")
    detail("PublicAccessBlockConfiguration", GUARD, "PublicAccessBlockConfiguration")
    if detail("Policy", POLICY, "Policy") not in (None, UNREAD):
        detail("PolicyStatus", POLICY_STATUS, "PolicyStatus")
    owners = detail("OwnershipControls", OWNERSHIP, "OwnershipControls")
    rules = member(owners, "Rules") if isinstance(owners, dict) else None
    if not rules or rules[0].get("ObjectOwnership") != "BucketOwnerEnforced":
        held = detail("Grants", ACL)
        if held not in (None, UNREAD):
            document.update({"Grants": member(held, "Grants"), "Owner": held.get("Owner")})
    detail("ReplicationConfiguration", REPLICATION, "ReplicationConfiguration")
    detail("Versioning", VERSIONING)
    detail("LifecycleConfiguration", LIFECYCLE)
    detail("ObjectLockConfiguration", LOCK, "ObjectLockConfiguration")
    detail("LoggingEnabled", LOGGING, "LoggingEnabled")
    watchers(reach, document, region)
    reach.tag(document, f"arn:{reach.partition}:s3:::{document['Name']}", region=region)
    yield from reach.see(_BUCKET, document, region=region, by=BUCKETS)


def account_guard(reach: Reach) -> Iterator[Item]:
    """The block of public access for the whole account, where there is one."""
    found = _guard_of_account(reach)
    if found is not None:
        yield from reach.see(_GUARD_TYPE, found, by=ACCOUNT_GUARD)


def _guard_of_account(reach: Reach) -> dict[str, Any] | None:
    def read() -> dict[str, Any] | None:
        answer = reach.answer(ACCOUNT_GUARD, AccountId=reach.account)
        return None if answer is None else dict(answer["PublicAccessBlockConfiguration"])

    return reach.once("s3-account-guard", ACCOUNT_GUARD, read)


COLLECTORS: Final = (
    Collector("s3", ("storage.bucket",), _OPERATIONS, buckets, "account_wide", (_BUCKET,)),
    Collector("s3", ("governance.policy",), (ACCOUNT_GUARD,), account_guard, "account", (_GUARD_TYPE,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
