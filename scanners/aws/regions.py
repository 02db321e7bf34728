"""What holds for one region of an account as a whole: settings and services that have no resource of their own.

Several documents speak of one region; each yields the same asset with what it shows, and the assets are merged.
"""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, put, record, records, text
from scanners.model import Asset, Relation

_DELIVERIES: Final = ("text", "image", "audio", "video", "embedding")


def subject_of(document: Any, origin: Origin) -> Subject:
    """The region that the document was read in."""
    return Subject(document, origin, None, "account", "region")


def region(subject: Subject, attributes: dict[str, Any]) -> Asset:
    """The asset of the region."""
    return subject.asset("account.region", "AWS::Account::Region", subject.region or "unknown", attributes)


def invocation_logging(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Whether Bedrock keeps what its models are asked in this region; `loggingConfig` is null where it does not."""
    subject = subject_of(document, origin)
    attributes: dict[str, Any] = {}
    kept = [flag(document, f"loggingConfig.{sort}DataDeliveryEnabled") for sort in _DELIVERIES]
    group = text(document, "loggingConfig.cloudWatchConfig.logGroupName")
    bucket = text(document, "loggingConfig.s3Config.bucketName")
    large = text(document, "loggingConfig.cloudWatchConfig.largeDataDeliveryS3Config.bucketName")
    if is_null(document, "loggingConfig"):
        attributes["invocation_logging"] = False
    elif group or bucket:
        attributes["invocation_logging"] = True  # the call itself is logged even where no content is
    yield region(subject, attributes)
    noted = {"content_logged": True in kept, "continuous": True, "enabled": True}
    yield from subject.relation("logs_to", subject.arn("logs", f"log-group:{group}") if group else None, noted)
    for name in dict.fromkeys((bucket, large)):
        yield from subject.relation("logs_to", subject.bucket(name), noted)


def data_retention(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """How long, and for whom, Bedrock keeps prompts and answers of this region, in the provider's own word."""
    subject = subject_of(document, origin)
    attributes: dict[str, Any] = {}
    put(attributes, "ai_retention_mode", text(document, "mode"))
    yield region(subject, attributes)


def detectors(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Threat detection of GuardDuty; an empty list of `Detectors` says that there is none."""
    subject = subject_of(document, origin)
    found = records(document, "Detectors")
    attributes: dict[str, Any] = {}
    if found is not None:
        attributes["detectors"] = [_detector(one) for one in found if text(one, "Status")]
    yield region(subject, attributes)


_COVERS: Final = {
    "S3_DATA_EVENTS": "storage",
    "EBS_MALWARE_PROTECTION": "disks",
    "RDS_LOGIN_EVENTS": "database",
    "EKS_AUDIT_LOGS": "containers",
    "EKS_RUNTIME_MONITORING": "containers",
    "RUNTIME_MONITORING": "machines",
}
"""GuardDuty's name of a feature → what it watches, in the words that all clouds share; others keep their name."""

_SOURCES: Final = (("S3Logs.Status", "storage"), ("Kubernetes.AuditLogs.Status", "containers"))
"""What detectors said before there were features."""


def _detector(document: Any) -> dict[str, Any]:
    """A detector; what it covers stays out where the answer has neither features nor sources of data."""
    found: dict[str, Any] = {"enabled": text(document, "Status") == "ENABLED"}
    features = records(document, "Features")
    if features is not None:
        on = [n for f in features if text(f, "Status") == "ENABLED" and (n := text(f, "Name")) is not None]
        found["covers"] = sorted({_COVERS.get(name, name) for name in on})
    elif record(document, "DataSources") is not None:
        found["covers"] = sorted(w for path, w in _SOURCES if text(document, f"DataSources.{path}") == "ENABLED")
    return found


LOGGING: Final = DocumentType(
    "AWS::Bedrock::InvocationLogging",
    "bedrock",
    ("account.region",),
    (
        *(f"loggingConfig.{sort}DataDeliveryEnabled" for sort in _DELIVERIES),
        "loggingConfig.s3Config.bucketName",
        "loggingConfig.cloudWatchConfig.logGroupName",
        "loggingConfig.cloudWatchConfig.largeDataDeliveryS3Config.bucketName",
    ),
    invocation_logging,
)
RETENTION: Final = DocumentType(
    "AWS::Bedrock::DataRetention", "bedrock", ("account.region",), ("mode", "updatedAt"), data_retention
)
DETECTORS: Final = DocumentType(
    "AWS::GuardDuty::Detectors",
    "guardduty",
    ("account.region",),
    (
        "Detectors[].DetectorId",
        "Detectors[].Status",
        "Detectors[].Features[].Name",
        "Detectors[].Features[].Status",
        *(f"Detectors[].DataSources.{path}" for path, _ in _SOURCES),
    ),
    detectors,
)
