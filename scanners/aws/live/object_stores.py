"""What stands beside ordinary buckets of Amazon S3, live (rows E8 to E15 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, listed
from scanners.aws.object_stores import (
    ACCESS_POINT,
    BATCH,
    DIRECTORY_BUCKET,
    FILE_SYSTEM,
    GRANT,
    MULTI_REGION,
    TABLE_BUCKET,
    VECTOR_BUCKET,
    zone_id,
)
from scanners.coverage import MissedError
from scanners.members import record, text
from scanners.model import Item

_NONE: Final = ("NoSuchAccessPointPolicy",)
_COPY: Final = frozenset({"S3PutObjectCopy", "S3ReplicateObject"})
_ROUTED: Final = "us-west-2"
"""The one region that answers for access points of several regions."""


def _control(name: str, elements: str = "", action: str = "", **more: Any) -> Operation:
    paging: dict[str, Any] = {"elements": elements, "token": ("NextToken", "NextToken")} if elements else {}
    return Operation("s3control", name, action=f"s3:{action or name}", **paging, **more)


POINTS: Final = _control("ListAccessPoints", "AccessPointList")
POINT_POLICY: Final = _control("GetAccessPointPolicy", none=_NONE)
POINT_STATUS: Final = _control("GetAccessPointPolicyStatus", none=_NONE)
REGIONAL: Final = _control("ListMultiRegionAccessPoints", "AccessPoints", region=_ROUTED)
JOBS: Final = _control("ListJobs", "Jobs")
JOB: Final = _control("DescribeJob")
INSTANCES: Final = _control("ListAccessGrantsInstances", "AccessGrantsInstancesList")
GRANTS: Final = _control("ListAccessGrants", "AccessGrantsList")
DIRECTORIES: Final = pages(
    "s3", "ListDirectoryBuckets", "Buckets", action="s3express:ListAllMyDirectoryBuckets", page=1000
)
ZONES: Final = op("ec2", "DescribeAvailabilityZones", optional=True)
TABLES: Final = pages("s3tables", "ListTableBuckets", "tableBuckets", page=1000)
TABLE_KEYS: Final = op("s3tables", "GetTableBucketEncryption", none=("NotFoundException",))
TABLE_COPIES: Final = op("s3tables", "GetTableBucketReplication", none=("NotFoundException",))
VECTORS: Final = pages("s3vectors", "ListVectorBuckets", "vectorBuckets", page=500)
VECTOR: Final = op("s3vectors", "GetVectorBucket", none=("NotFoundException",))
VECTOR_POLICY: Final = op("s3vectors", "GetVectorBucketPolicy", none=("NotFoundException",))
SYSTEMS: Final = pages("s3files", "ListFileSystems", "fileSystems", page=100)
SYSTEM: Final = op("s3files", "GetFileSystem", none=("ResourceNotFoundException",))


def points(reach: Reach) -> Iterator[Item]:
    """Access points of this region, also those for buckets of other accounts."""
    for document in reach.each(POINTS, AccountId=reach.account):
        reach.spawn(lambda r, d=dict(document): _point(r, d))
    yield from ()


def _point(reach: Reach, document: dict[str, Any]) -> Iterator[Item]:
    asked = {"AccountId": reach.account, "Name": document["Name"]}
    if reach.detail(document, "Policy", POINT_POLICY, "Policy", **asked) is not None:
        reach.detail(document, "PolicyStatus", POINT_STATUS, "PolicyStatus", **asked)
    yield from reach.see(ACCESS_POINT, document, by=POINTS)


def across_regions(reach: Reach) -> Iterator[Item]:
    """Access points for several regions. Only the commercial partition has them."""
    if reach.partition != "aws":
        return
    for document in reach.each(REGIONAL, AccountId=reach.account):
        yield from reach.see(MULTI_REGION, document, by=REGIONAL)


def batches(reach: Reach) -> Iterator[Item]:
    """Batch operations of the last ninety days that copy objects; the others change nothing about their place."""
    for entry in reach.each(JOBS, AccountId=reach.account):
        if text(entry, "Operation") in _COPY:
            answer = reach.answer(JOB, AccountId=reach.account, JobId=entry["JobId"])
            document = record(answer, "Job")
            if document is not None:
                yield from reach.see(BATCH, document, by=JOB)


def grants(reach: Reach) -> Iterator[Item]:
    """Grants on parts of buckets; without an instance of S3 Access Grants in the region there are none."""
    if list(reach.each(INSTANCES, AccountId=reach.account)):
        for document in reach.each(GRANTS, AccountId=reach.account):
            yield from reach.see(GRANT, document, by=GRANTS)


def directories(reach: Reach) -> Iterator[Item]:
    """Buckets in one zone, with the name of that zone where its id can be looked up."""
    for document in reach.each(DIRECTORIES):
        name = text(document, "Name") or ""
        zone = zone_id(name)
        if zone is None:
            continue  # no bucket of this sort: all their names end with the zone
        with suppress(MissedError):
            document["Zone"] = _zones(reach).get(zone)
        yield from reach.see(DIRECTORY_BUCKET, document, by=DIRECTORIES)


def _zones(reach: Reach) -> dict[str, str]:
    def read() -> dict[str, str]:
        answer = reach.call(ZONES, AllAvailabilityZones=True)
        return {str(z.get("ZoneId")): str(z.get("ZoneName")) for z in answer.get("AvailabilityZones", ())}

    return reach.once(f"zones:{reach.region}", ZONES, read)


def _table(reach: Reach, document: dict[str, Any]) -> None:
    arn = document["arn"]
    reach.detail(document, "Encryption", TABLE_KEYS, "encryptionConfiguration", tableBucketARN=arn)
    reach.detail(document, "Replication", TABLE_COPIES, "configuration", tableBucketARN=arn)


def _vector(reach: Reach, document: dict[str, Any]) -> None:
    reach.detail(
        document, "Policy", VECTOR_POLICY, "policy", vectorBucketArn=document["vectorBucketArn"]
    )  # fmt: skip


def _file_system(reach: Reach, document: dict[str, Any]) -> None:
    document.setdefault("kmsKeyId", None)


COLLECTORS: Final = (
    Collector("s3", ACCESS_POINT.kinds, (POINTS, POINT_POLICY, POINT_STATUS), points, types=(ACCESS_POINT,)),
    Collector("s3", MULTI_REGION.kinds, (REGIONAL,), across_regions, "account", (MULTI_REGION,)),
    Collector("s3", BATCH.kinds, (JOBS, JOB), batches, types=(BATCH,)),
    Collector("s3", GRANT.kinds, (INSTANCES, GRANTS), grants, types=(GRANT,)),
    Collector("s3express", DIRECTORY_BUCKET.kinds, (DIRECTORIES, ZONES), directories, types=(DIRECTORY_BUCKET,)),
    listed(TABLE_BUCKET, TABLES, more=_table, operations=(TABLE_KEYS, TABLE_COPIES)),
    described(
        VECTOR_BUCKET, VECTORS, VECTOR, "vectorBucketArn", "vectorBucketArn", take="vectorBucket", more=_vector,
        operations=(VECTOR_POLICY,),
    ),
    described(FILE_SYSTEM, SYSTEMS, SYSTEM, "fileSystemId", "fileSystemId", more=_file_system),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
