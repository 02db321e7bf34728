"""Audit trails of AWS CloudTrail."""

from collections.abc import Iterator
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
    put(attributes, "active", flag(document, "IsLogging"))
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
    return any(
        text(f, "Field") == "eventCategory" and "Management" in (texts(f, "Equals") or [])
        for s in advanced
        for f in records(s, "FieldSelectors") or []
    )


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
