"""Storage Transfer: jobs that copy between clouds, the direct evidence of data that leave."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.subject import Subject, gcp_type, put_any
from scanners.members import has, number, record, text
from scanners.model import Asset, Location, LocationKind, Relation

_SOURCES: Final = ("transferSpec", "replicationSpec")


def _job(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    status = text(data, "status")
    attributes: dict[str, Any] = {}
    if status in ("ENABLED", "DISABLED", "DELETED"):
        attributes["enabled"] = status == "ENABLED"
    schedule = record(data, "schedule")
    standing = record(data, "replicationSpec") is not None or record(data, "eventStream") is not None
    if standing or (schedule is not None and has(data, "status")):
        attributes["continuous"] = standing or _repeats(schedule)
    if data is not None and has(data, "transferSpec"):
        attributes["schedule"] = _words(schedule)
    put_any(attributes, started_at=_date(schedule, "scheduleStartDate"), ended_at=_date(schedule, "scheduleEndDate"))
    hop = _bucket(record(data, "transferSpec.gcsIntermediateDataLocation"))
    attributes["hops"] = [{"uid": hop}] if hop else []
    yield subject.asset(
        "transfer.job",
        Location(LocationKind.GLOBAL, region="global"),
        attributes,
        name=text(data, "description"),
        labels_at=None,
        created_at="creationTime",
    )
    for spec in _SOURCES:
        for source in _ends(record(data, spec)):
            yield from subject.data_at("reads", source, role="source")
        for at in ("gcsDataSink", "posixDataSink"):
            yield from subject.data_at("writes", _end(at, record(data, f"{spec}.{at}")), role="sink")


def _ends(spec: Any) -> Iterator[str]:
    for at in (
        *("gcsDataSource", "awsS3DataSource", "azureBlobStorageDataSource", "awsS3CompatibleDataSource"),
        *("httpDataSource", "posixDataSource", "hdfsDataSource"),
    ):
        found = _end(at, record(spec, at))
        if found:
            yield found


def _end(at: str, end: Any) -> str | None:
    """The address of one end of a job."""
    if end is None:
        return None
    bucket = text(end, "bucketName")
    if at.startswith("gcs"):
        return f"gs://{bucket}" if bucket else None
    if at == "awsS3DataSource":
        return f"s3://{bucket}" if bucket else None
    if at == "azureBlobStorageDataSource":
        account = text(end, "storageAccount")
        return f"https://{account}.blob.core.windows.net/{text(end, 'container') or ''}" if account else None
    if at == "awsS3CompatibleDataSource":
        host = (text(end, "endpoint") or "").removeprefix("https://").split("/")[0]
        return f"s3-compatible://{host}" if host else None
    if at == "httpDataSource":
        url = text(end, "listUrl") or ""
        return url.split("?")[0] or None
    if at.startswith("posix"):
        return f"posix://{(text(end, 'rootDirectory') or '').strip('/').split('/')[0] or 'agent'}"
    return f"hdfs://{(text(end, 'path') or '').strip('/').split('/')[0] or 'cluster'}"


def _bucket(end: Any) -> str | None:
    name = text(end, "bucketName")
    return f"//storage.googleapis.com/{name}" if name else None


def _repeats(schedule: Any) -> bool:
    """A schedule repeats daily unless it ends on the day it starts."""
    start, end = _date(schedule, "scheduleStartDate"), _date(schedule, "scheduleEndDate")
    return end is None or start != end


def _words(schedule: Any) -> str | None:
    if schedule is None:
        return None
    start, end = _date(schedule, "scheduleStartDate"), _date(schedule, "scheduleEndDate")
    every = text(schedule, "repeatInterval") or "86400s"
    return f"from {start or 'the first run'} to {end or 'no end'}, every {every}"


def _date(schedule: Any, at: str) -> str | None:
    year, month, day = (number(schedule, f"{at}.{part}") for part in ("year", "month", "day"))
    if not (year and month and day) or not (1900 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04}-{month:02}-{day:02}"


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "storagetransfer.googleapis.com/TransferJob",
        "storagetransfer",
        ("transfer.job",),
        (
            *("creationTime", "description", "name", "projectId", "schedule", "status", "replicationSpec"),
            *("transferSpec.gcsDataSource", "transferSpec.gcsDataSink", "transferSpec.gcsIntermediateDataLocation"),
            *("transferSpec.awsS3DataSource.bucketName", "transferSpec.awsS3DataSource.path", "eventStream.name"),
            *(
                "transferSpec.azureBlobStorageDataSource.storageAccount",
                "transferSpec.azureBlobStorageDataSource.container",
            ),
            *("transferSpec.awsS3CompatibleDataSource.bucketName", "transferSpec.awsS3CompatibleDataSource.endpoint"),
            *("transferSpec.httpDataSource", "transferSpec.posixDataSource", "transferSpec.posixDataSink"),
            *("transferSpec.hdfsDataSource", "transferSpec.sinkAgentPoolName", "transferSpec.sourceAgentPoolName"),
        ),
        _job,
    ),
)
