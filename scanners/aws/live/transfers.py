"""DataSync, Glue, Database Migration Service, Storage Gateway, Transfer Family, AppFlow and streams, live
(rows F4 to F7, H10 and K1 to K4 of the collection plan)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.gateways import TYPES as GATEWAYS
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, listed, tag
from scanners.coverage import MissedError
from scanners.members import member, records, text, texts
from scanners.model import Item

TASKS: Final = pages("datasync", "ListTasks", "Tasks", page=100)
TASK: Final = op("datasync", "DescribeTask")
LOCATIONS: Final = pages("datasync", "ListLocations", "Locations", page=100)
GLUE_JOBS: Final = pages("glue", "GetJobs", "Jobs", page=100)
MIGRATIONS: Final = pages("dms", "DescribeReplicationTasks", "ReplicationTasks", page=100)
SERVERLESS: Final = Operation(
    "dms", "DescribeReplicationConfigs", elements="ReplicationConfigs", token=("Marker", "Marker")
)
ENDPOINTS: Final = pages("dms", "DescribeEndpoints", "Endpoints", page=100)
SHARES: Final = pages("storagegateway", "ListFileShares", "FileShareInfoList", page=100)
NFS: Final = op("storagegateway", "DescribeNFSFileShares")
SMB: Final = op("storagegateway", "DescribeSMBFileShares")
GATEWAY: Final = op("storagegateway", "DescribeGatewayInformation")
SERVERS: Final = pages("transfer", "ListServers", "Servers", page=100)
SERVER: Final = op("transfer", "DescribeServer", none=("ResourceNotFoundException",))
USERS: Final = pages("transfer", "ListUsers", "Users", page=100)
FLOWS: Final = Operation("appflow", "ListFlows", elements="flows", token=("nextToken", "nextToken"))
FLOW: Final = op("appflow", "DescribeFlow", none=("ResourceNotFoundException",))
STREAMS: Final = pages("kinesis", "ListStreams", "StreamNames", page=100)
STREAM: Final = op("kinesis", "DescribeStreamSummary", none=("ResourceNotFoundException",))
DELIVERIES: Final = op("firehose", "ListDeliveryStreams")
DELIVERY: Final = op("firehose", "DescribeDeliveryStream", none=("ResourceNotFoundException",))
KAFKA: Final = pages("kafka", "ListClustersV2", "ClusterInfoList", page=100)

_TYPES: Final = document_types()
_DELIVERY: Final = _TYPES["AWS::KinesisFirehose::DeliveryStream"]
_MIGRATION, _SHARE = GATEWAYS


def _ends(reach: Reach, document: dict[str, Any]) -> None:
    """The addresses of both ends of a task; one paged call shows those of a region."""

    def read() -> dict[str, str]:
        return {str(entry["LocationArn"]): str(entry.get("LocationUri", "")) for entry in reach.each(LOCATIONS)}

    try:
        known = reach.once(f"datasync:{reach.region}", LOCATIONS, read)
    except MissedError:
        return
    for end in ("Source", "Destination"):
        address = known.get(text(document, f"{end}LocationArn") or "")
        if address:
            document[f"{end}LocationUri"] = address


def _migrated(reach: Reach, document: dict[str, Any]) -> None:
    def read() -> dict[str, Any]:
        kept = ("EngineName", "EndpointType", "ServerName", "SslMode")
        return {
            str(e["EndpointArn"]): {
                **{name: e[name] for name in kept if name in e},
                "S3Settings": {"BucketName": member(e, "S3Settings.BucketName")},
            }
            for e in reach.each(ENDPOINTS)
        }

    try:
        known = reach.once(f"dms:{reach.region}", ENDPOINTS, read)
    except MissedError:
        return
    for end in ("Source", "Target"):
        found = known.get(text(document, f"{end}EndpointArn") or "")
        if found is not None:
            document[end] = found


def shares(reach: Reach) -> Iterator[Item]:
    """Shares of gateways, described ten at a time, with where their gateway stands."""
    sorts: dict[str, list[str]] = {"NFS": [], "SMB": []}
    for entry in reach.each(SHARES):
        sorts.setdefault(str(entry.get("FileShareType")), []).append(str(entry["FileShareARN"]))
    for sort, operation in (("NFS", NFS), ("SMB", SMB)):
        rest = iter(sorts[sort])
        while some := list(islice(rest, 10)):
            answer = reach.call(operation, FileShareARNList=some)
            for document in records(answer, f"{sort}FileShareInfoList") or []:
                known: dict[str, Any] = {**document}
                arn = text(document, "GatewayARN")
                if arn is not None:
                    _gateway(reach, known, arn)
                yield from reach.see(_SHARE, known, by=operation)


def _gateway(reach: Reach, document: dict[str, Any], arn: str) -> None:
    try:
        document["Gateway"] = reach.once(f"gateway:{arn}", GATEWAY, lambda: reach.call(GATEWAY, GatewayARN=arn))
    except MissedError:
        return


def _homes(reach: Reach, document: dict[str, Any]) -> None:
    """The buckets or file systems that users of a server reach; neither users nor the folders in them are kept."""
    found: set[str] = set()
    try:
        for user in reach.each(USERS, ServerId=document["ServerId"]):
            parts = [part for part in (text(user, "HomeDirectory") or "").split("/") if part]
            if parts and "$" not in parts[0]:
                found.add(parts[0])
    except MissedError:
        return
    document["Homes"] = sorted(found)


def deliveries(reach: Reach) -> Iterator[Item]:
    """Delivery streams; the list goes on after its own last name."""
    last: dict[str, Any] = {}
    while True:
        answer = reach.call(DELIVERIES, Limit=1000, **last)
        names = texts(answer, "DeliveryStreamNames") or []
        for name in names:
            reach.spawn(lambda r, n=name: _delivery(r, n))
        if not names or not answer.get("HasMoreDeliveryStreams"):
            return
        last = {"ExclusiveStartDeliveryStreamName": names[-1]}
        yield from ()


def _delivery(reach: Reach, name: str) -> Iterator[Item]:
    answer = reach.answer(DELIVERY, DeliveryStreamName=name)
    document = None if answer is None else answer.get("DeliveryStreamDescription")
    if isinstance(document, dict):
        known: dict[str, Any] = {**document}
        tag(reach, known, _DELIVERY, text(known, "DeliveryStreamARN"))
        yield from reach.see(_DELIVERY, known, by=DELIVERY)


COLLECTORS: Final = (
    described(
        _TYPES["AWS::DataSync::Task"], TASKS, TASK, "TaskArn", "TaskArn", nulls=("Schedule",), tags="TaskArn",
        more=_ends, operations=(LOCATIONS,),
    ),
    listed(_TYPES["AWS::Glue::Job"], GLUE_JOBS),
    listed(_MIGRATION, MIGRATIONS, more=_migrated, operations=(ENDPOINTS,), WithoutSettings=True),
    listed(_MIGRATION, SERVERLESS, more=_migrated, operations=(ENDPOINTS,)),
    Collector("storagegateway", _SHARE.kinds, (SHARES, NFS, SMB, GATEWAY), shares, types=(_SHARE,)),
    described(
        _TYPES["AWS::Transfer::Server"], SERVERS, SERVER, "ServerId", "ServerId", take="Server", more=_homes,
        operations=(USERS,),
    ),
    described(_TYPES["AWS::AppFlow::Flow"], FLOWS, FLOW, "flowName", "flowName"),
    described(
        _TYPES["AWS::Kinesis::Stream"], STREAMS, STREAM, "StreamName", take="StreamDescriptionSummary",
        tags="StreamARN",
    ),
    Collector("firehose", _DELIVERY.kinds, (DELIVERIES, DELIVERY), deliveries, types=(_DELIVERY,)),
    listed(_TYPES["AWS::MSK::Cluster"], KAFKA),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
