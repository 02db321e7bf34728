"""Audit trails of AWS CloudTrail."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.aws.subject import Subject, named
from scanners.documents import DocumentType, Origin
from scanners.members import flag, number, put, records, text, texts
from scanners.model import Asset, Relation
from scanners.references import uid_of


def trail(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A trail; `IsLogging` is of `GetTrailStatus`, the selectors of `GetEventSelectors`."""
    name = text(document, "Name") or ""
    subject = Subject(document, origin, named(document, "TrailARN", "Arn"), "cloudtrail", f"trail/{name}")
    attributes: dict[str, Any] = {}
    logging = flag(document, "IsLogging")
    # A trail that is on and cannot deliver (its bucket is gone, or refuses it) keeps nothing.
    put(attributes, "active", logging and not text(document, "LatestDeliveryError"))
    put(attributes, "covers_all_regions", flag(document, "IsMultiRegionTrail"))
    put(attributes, "integrity_validation", flag(document, "LogFileValidationEnabled"))
    put(attributes, "management_events", _management(document))
    yield subject.asset("log.trail", "AWS::CloudTrail::Trail", name, attributes)
    yield from subject.relation("logs_to", subject.bucket(text(document, "S3BucketName")))
    group = text(document, "CloudWatchLogsLogGroupArn")
    yield from subject.relation("logs_to", uid_of(group) if group else None)
    yield from subject.encrypted_by("KmsKeyId")


def _management(document: Any) -> bool | None:
    simple = records(document, "EventSelectors")
    if simple:
        kinds = {text(s, "ReadWriteType") for s in simple if flag(s, "IncludeManagementEvents") is True}
        return "All" in kinds or {"ReadOnly", "WriteOnly"} <= kinds
    advanced = records(document, "AdvancedEventSelectors")
    if not advanced:
        return None
    kinds = {kind for s in advanced if (kind := _of_management(records(s, "FieldSelectors") or [])) is not None}
    return "all" in kinds or {"true", "false"} <= kinds


def _of_management(fields: list[Mapping[str, Any]]) -> str | None:
    """Which management events a selector takes: `all`, or those that only read (`true`) or change (`false`) something;
    None where it takes none, or is narrowed further. That it leaves out sources of many calls (KMS, the data interface
    of RDS) narrows nothing (CloudTrail User Guide, "Logging management events")."""
    stated = {text(field, "Field"): texts(field, "Equals") for field in fields}
    if "Management" not in (stated.pop("eventCategory", None) or []):
        return None
    reads = stated.pop("readOnly", None)
    if stated.pop("eventSource", None) or stated:
        return None
    return "all" if reads is None else reads[0] if len(reads) == 1 else None


def event_store(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A store of events that CloudTrail itself keeps."""
    name = text(document, "Name") or ""
    arn = named(document, "EventDataStoreArn")
    subject = Subject(document, origin, arn, "cloudtrail", f"eventdatastore/{name}")
    attributes: dict[str, Any] = {"immutable": True, "unlimited": False}
    put(attributes, "covers_all_regions", flag(document, "MultiRegionEnabled"))
    put(attributes, "retention_days", number(document, "RetentionPeriod"))
    put(attributes, "management_events", _management(document))
    status = text(document, "Status")
    if status is not None:
        attributes["active"] = status == "ENABLED"
    yield subject.asset("log.trail", "AWS::CloudTrail::EventDataStore", name, attributes, created="CreatedTimestamp")
    yield from subject.encrypted_by("KmsKeyId")


_SELECTORS: Final = (
    "EventSelectors[].ReadWriteType",
    "EventSelectors[].IncludeManagementEvents",
    "EventSelectors[].DataResources[].Type",
    "AdvancedEventSelectors[].FieldSelectors[].Field",
    "AdvancedEventSelectors[].FieldSelectors[].Equals",
)

TYPES: Final = (
    DocumentType(
        "AWS::CloudTrail::Trail",
        "cloudtrail",
        ("log.trail",),
        (
            "Name",
            "TrailARN",
            "Arn",
            "HomeRegion",
            "S3BucketName",
            "IsLogging",
            "LatestDeliveryError",
            "IsMultiRegionTrail",
            "IsOrganizationTrail",
            "LogFileValidationEnabled",
            "CloudWatchLogsLogGroupArn",
            "KmsKeyId",
            *_SELECTORS,
            "Tags",
        ),
        trail,
    ),
    DocumentType(
        "AWS::CloudTrail::EventDataStore",
        "cloudtrail",
        ("log.trail",),
        (
            "Name",
            "EventDataStoreArn",
            "Status",
            "MultiRegionEnabled",
            "RetentionPeriod",
            "KmsKeyId",
            "CreatedTimestamp",
            *_SELECTORS,
            "Tags",
        ),
        event_store,
    ),
)
