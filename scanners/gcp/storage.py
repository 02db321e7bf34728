"""Cloud Storage buckets."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, gcp_type, put_any, seconds, whole
from scanners.members import flag, has, member, number, record, records, text, texts, word
from scanners.model import Asset, Location, LocationKind, Relation

_DAY: Final = 86_400
_CONTINENTS: Final = frozenset({"EU", "US", "ASIA"})
"""What `location` says of a bucket in two regions that were chosen within it."""
_AGES: Final = ("createdBefore", "customTimeBefore", "matchesStorageClass", "matchesPrefix", "matchesSuffix")


def _bucket(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {"relations_read": []}  # its IAM policy says who may read it
    # Google serves buckets over TLS 1.0 and later and accepts plain HTTP for public objects: neither is stated here.
    key = text(data, "encryption.defaultKmsKeyName")
    full = has(data, "storageClass") or has(data, "metageneration")
    yield from subject.encryption("storage.bucket", attributes, key, shown=full)
    if full:
        _life(data, attributes)
        attributes["secondary_loc"] = None  # copies lie in the places of the location itself
    if word(data, "iamConfiguration.publicAccessPrevention") == "enforced":
        attributes["public_access"] = "none"
    log = text(data, "logging.logBucket")
    if log:
        attributes["read_logging"] = True
        yield subject.relation("logs_to", f"//storage.googleapis.com/{log}")
    asset = subject.asset("storage.bucket", _location(subject), attributes, created_at="timeCreated")
    if asset.location.kind.value == "multi_region":
        attributes["cross_zone"] = True
    yield asset


def _location(subject: Subject) -> Location:
    stated = text(subject.data, "location") or text(subject.document, "location")
    chosen = texts(subject.data, "customPlacementConfig.dataLocations") or []
    found = place(stated, "cloud-storage", chosen)
    pair = word(subject.data, "locationType") == "dual-region" and (stated or "").upper() in _CONTINENTS
    if pair and len(chosen) != 2:  # the two regions were chosen, and are not told
        return Location(LocationKind.UNKNOWN, region=found.region)
    return found


def _life(data: Any, attributes: dict[str, Any]) -> None:
    """How long things stay. What a full answer leaves out was never set: the default holds."""
    versioning = flag(data, "versioning.enabled")
    if versioning is None and member(data, "versioning.enabled") is None:
        versioning = False
    put_any(attributes, versioning=versioning)
    rules = records(data, "lifecycle.rule")
    if rules is None and member(data, "lifecycle.rule") is None:
        rules = []
    if rules is not None:
        attributes["expire_days"] = _shortest(rules, "age", current=True)
        attributes["noncurrent_expire_days"] = _shortest(rules, "daysSinceNoncurrentTime", current=False)
    keep = whole(data, "softDeletePolicy.retentionDurationSeconds")
    if keep is None:
        keep = seconds(data, "softDeletePolicy.retentionDuration")
    if keep is not None:
        attributes["soft_delete_days"] = keep // _DAY
    period = whole(data, "retentionPolicy.retentionPeriod")
    if period is not None:
        attributes["retention_days"] = period // _DAY
        locked = flag(data, "retentionPolicy.isLocked") is True
        attributes |= {"immutable": locked, "lock_days": period // _DAY if locked else None}
    elif member(data, "retentionPolicy") is None or record(data, "retentionPolicy") == {}:
        attributes |= {"lock_days": None, "immutable": False}


def _shortest(rules: list[Any], condition: str, current: bool) -> int | None:
    """Days after which some rule deletes every object (not only some of them); None where no rule does."""
    found: list[int] = []
    for rule in rules:
        condition_ = record(rule, "condition")
        if text(rule, "action.type") != "Delete" or any((condition_ or {}).get(name) for name in _AGES):
            continue
        if current and flag(rule, "condition.isLive") is False:
            continue
        age = number(rule, f"condition.{condition}")
        if age is None and not current and flag(rule, "condition.isLive") is False:
            age = number(rule, "condition.age")
        if age is not None:
            found.append(age)
    return min(found) if found else None


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "storage.googleapis.com/Bucket",
        "storage",
        ("storage.bucket",),
        (
            *(
                "autoclass.enabled",
                "customPlacementConfig.dataLocations",
                "encryption.defaultKmsKeyName",
                "iamConfiguration",
            ),
            *(
                "labels",
                "lifecycle.rule",
                "location",
                "locationType",
                "logging",
                "metageneration",
                "name",
                "owner.entity",
            ),
            *(
                "projectNumber",
                "retentionPolicy",
                "rpo",
                "softDeletePolicy",
                "storageClass",
                "timeCreated",
                "versioning",
            ),
        ),
        _bucket,
    ),
)
