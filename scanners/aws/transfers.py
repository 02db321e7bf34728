"""Jobs that move data: DataSync tasks, Transfer Family servers, AppFlow flows, Glue jobs."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.arguments import addressed
from scanners.aws.subject import Subject, named
from scanners.documents import DocumentType, Origin
from scanners.members import is_null, records, text, texts
from scanners.model import Asset, Relation
from scanners.references import uid_of

_FILE_SYSTEM: Final = re.compile(r"^(efs|fsx[a-z]?)(?:-[a-z]+)?://([a-z0-9-]+)\.(fs-[0-9a-f]+)", re.ASCII)


def task(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A DataSync task. `SourceLocationUri` and `DestinationLocationUri` are what `ListLocations` says of its ends."""
    arn = named(document, "TaskArn", "Arn")
    subject = Subject(document, origin, arn, "datasync", "task/unknown")
    attributes: dict[str, Any] = {}
    schedule = text(document, "Schedule.ScheduleExpression")
    if is_null(document, "Schedule"):
        attributes.update({"schedule": None, "continuous": False})
    if schedule is not None:
        attributes["schedule"] = schedule
        attributes["continuous"] = True
    status = text(document, "Status")
    if status is not None:
        attributes["enabled"] = status != "UNAVAILABLE"
    if all(_agentless(text(document, f"{end}LocationUri")) for end in ("Source", "Destination")):
        attributes["hops"] = []  # between stores of AWS DataSync copies by itself, elsewhere an agent does
    name = text(document, "Name")
    yield subject.asset("transfer.job", "AWS::DataSync::Task", name, attributes, created="CreationTime")
    for type_, end in (("reads", "Source"), ("writes", "Destination")):
        address = text(document, f"{end}LocationUri")
        known = _end(subject, address) if address is not None else None
        yield from subject.relation(type_, known or text(document, f"{end}LocationArn"))


def _agentless(address: str | None) -> bool:
    """Whether a place is a store of AWS in a region: agents read everything else (NFS, SMB, HDFS, object stores)."""
    return address is not None and (address.startswith("s3://") or _FILE_SYSTEM.match(address) is not None)


def _end(subject: Subject, address: str) -> str | None:
    """The asset that DataSync's own kind of address names: `efs://eu-west-1.fs-1/`, `azure-blob://host/container`."""
    match = _FILE_SYSTEM.match(address)
    if match is not None:
        service = "elasticfilesystem" if match[1] == "efs" else "fsx"
        return subject.arn(service, f"file-system/{match[3]}", region=match[2])
    return uid_of(address.replace("azure-blob://", "https://", 1), context=subject.uid)


def server(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A server through which parties outside bring and fetch files."""
    identity = text(document, "ServerId") or ""
    subject = Subject(document, origin, text(document, "Arn"), "transfer", f"server/{identity}")
    yield subject.asset("transfer.job", "AWS::Transfer::Server", identity, {"continuous": True})
    for home in texts(document, "Homes") or []:  # what its users reach: a bucket, or a file system of EFS
        files = text(document, "Domain") == "EFS"
        held = subject.arn("elasticfilesystem", f"file-system/{home}") if files else subject.bucket(home)
        yield from subject.relation("reads", held, {"continuous": True})
        yield from subject.relation("writes", held, {"continuous": True})


def flow(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A flow between a service outside and a store."""
    name = text(document, "flowName") or ""
    subject = Subject(document, origin, text(document, "flowArn"), "appflow", f"flow/{name}")
    attributes: dict[str, Any] = {}
    status = text(document, "flowStatus")
    if status is not None:
        attributes["enabled"] = status == "Active"
    trigger = text(document, "triggerConfig.triggerType")
    if trigger is not None:
        attributes["continuous"] = trigger != "OnDemand"
    yield subject.asset("transfer.job", "AWS::AppFlow::Flow", name, attributes, created="createdAt")
    source = text(document, "sourceFlowConfig.connectorType")
    held = text(document, "sourceFlowConfig.sourceConnectorProperties.S3.bucketName")
    yield from subject.relation(
        "reads", subject.bucket(held) or (f"external:appflow:{source.lower()}" if source else None)
    )
    for target in records(document, "destinationFlowConfigList") or []:
        kept = text(target, "destinationConnectorProperties.S3.bucketName")
        sort = text(target, "connectorType")
        yield from subject.relation(
            "writes", subject.bucket(kept) or (f"external:appflow:{sort.lower()}" if sort else None)
        )
    yield from subject.encrypted_by("kmsArn")


def glue_job(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A job that moves and reshapes data; only addresses of storage are kept of its arguments."""
    name = text(document, "Name") or ""
    subject = Subject(document, origin, None, "glue", f"job/{name}")
    yield subject.asset("transfer.job", "AWS::Glue::Job", name, {}, created="CreatedOn")
    yield from subject.touches("reads", "Command.ScriptLocation", {"role": "code"})
    yield from addressed(subject, document, "DefaultArguments")


TYPES: Final = (
    DocumentType(
        "AWS::DataSync::Task",
        "datasync",
        ("transfer.job",),
        (
            "TaskArn",
            "Arn",
            "Name",
            "Status",
            "CreationTime",
            "SourceLocationArn",
            "DestinationLocationArn",
            "SourceLocationUri",
            "DestinationLocationUri",
            "Schedule.ScheduleExpression",
            "Tags",
        ),
        task,
    ),
    DocumentType(
        "AWS::Transfer::Server",
        "transfer",
        ("transfer.job",),
        ("ServerId", "Arn", "EndpointType", "Protocols", "Domain", "Homes", "Tags"),
        server,
    ),
    DocumentType(
        "AWS::AppFlow::Flow",
        "appflow",
        ("transfer.job",),
        (
            "flowName",
            "flowArn",
            "flowStatus",
            "createdAt",
            "kmsArn",
            "triggerConfig.triggerType",
            "sourceFlowConfig.connectorType",
            "sourceFlowConfig.sourceConnectorProperties.S3.bucketName",
            "destinationFlowConfigList[].connectorType",
            "destinationFlowConfigList[].destinationConnectorProperties.S3.bucketName",
            "tags",
        ),
        flow,
    ),
    DocumentType(
        "AWS::Glue::Job",
        "glue",
        ("transfer.job",),
        ("Name", "Role", "CreatedOn", "Command.Name", "Command.ScriptLocation", "arguments:DefaultArguments", "Tags"),
        glue_job,
    ),
)
