"""Amazon RDS, DynamoDB, Redshift, OpenSearch and Athena, live (rows H1 to H9 and H12 of the collection plan)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.exports_of_data import TYPES as EXPORTS
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.readlogging import OPERATIONS as WATCHING
from scanners.aws.live.readlogging import watchers
from scanners.aws.live.recipes import described, listed, tag
from scanners.coverage import MissedError
from scanners.documents import DocumentType
from scanners.members import flag, member, record, records, text
from scanners.model import Item

_FAULTS: Final = ("DBSnapshotNotFound", "DBClusterSnapshotNotFoundFault", "DBSnapshotNotFoundFault")
INSTANCES: Final = pages("rds", "DescribeDBInstances", "DBInstances", page=100)
CLUSTERS: Final = pages("rds", "DescribeDBClusters", "DBClusters", page=100)
GLOBALS: Final = pages("rds", "DescribeGlobalClusters", "GlobalClusters", page=100)
SNAPSHOTS: Final = pages("rds", "DescribeDBSnapshots", "DBSnapshots", page=100)
SNAPSHOT_SHARES: Final = op("rds", "DescribeDBSnapshotAttributes", none=_FAULTS)
CLUSTER_SNAPSHOTS: Final = pages("rds", "DescribeDBClusterSnapshots", "DBClusterSnapshots", page=100)
CLUSTER_SHARES: Final = op("rds", "DescribeDBClusterSnapshotAttributes", none=_FAULTS)
AUTOMATIC: Final = pages("rds", "DescribeDBInstanceAutomatedBackups", "DBInstanceAutomatedBackups", page=100)
EXPORT_TASKS: Final = pages("rds", "DescribeExportTasks", "ExportTasks", page=100)

TABLES: Final = pages("dynamodb", "ListTables", "TableNames", page=100)
TABLE: Final = op("dynamodb", "DescribeTable", none=("ResourceNotFoundException",))
RECOVERY: Final = op("dynamodb", "DescribeContinuousBackups", none=("TableNotFoundException",))
TABLE_POLICY: Final = op("dynamodb", "GetResourcePolicy", none=("PolicyNotFoundException",))
EXPIRY: Final = op("dynamodb", "DescribeTimeToLive")
TABLE_EXPORTS: Final = Operation(
    "dynamodb", "ListExports", elements="ExportSummaries", token=("NextToken", "NextToken")
)
TABLE_EXPORT: Final = op("dynamodb", "DescribeExport", none=("ExportNotFoundException",))

WAREHOUSES: Final = pages("redshift", "DescribeClusters", "Clusters", page=100)
WAREHOUSE_LOG: Final = op("redshift", "DescribeLoggingStatus", none=("ClusterNotFound",))
WAREHOUSE_SNAPSHOTS: Final = pages("redshift", "DescribeClusterSnapshots", "Snapshots", page=100)
NAMESPACES: Final = pages("redshift-serverless", "ListNamespaces", "namespaces", page=100)
WORKGROUPS: Final = pages("redshift-serverless", "ListWorkgroups", "workgroups", page=100)
SERVERLESS_COPIES: Final = pages(
    "redshift-serverless", "ListSnapshotCopyConfigurations", "snapshotCopyConfigurations", page=100
)
DOMAIN_NAMES: Final = op("opensearch", "ListDomainNames", action="es:ListDomainNames")
DOMAINS: Final = op("opensearch", "DescribeDomains", action="es:DescribeDomains")
COLLECTIONS: Final = Operation(
    "opensearchserverless", "ListCollections", action="aoss:ListCollections", elements="collectionSummaries",
    token=("nextToken", "nextToken"),
)  # fmt: skip
COLLECTION: Final = op("opensearchserverless", "BatchGetCollection", action="aoss:BatchGetCollection")
NETWORKS: Final = Operation(
    "opensearchserverless", "ListSecurityPolicies", action="aoss:ListSecurityPolicies",
    elements="securityPolicySummaries", token=("nextToken", "nextToken"),
)  # fmt: skip
NETWORK: Final = op(
    "opensearchserverless", "GetSecurityPolicy", action="aoss:GetSecurityPolicy", none=("ResourceNotFoundException",)
)
QUERY_GROUPS: Final = Operation("athena", "ListWorkGroups", elements="WorkGroups", token=("NextToken", "NextToken"))
QUERY_GROUP: Final = op("athena", "GetWorkGroup")

_TYPES: Final = document_types()
_GROUP: Final = _TYPES["AWS::Athena::WorkGroup"]
_TABLE: Final = _TYPES["AWS::DynamoDB::Table"]
_DOMAIN: Final = _TYPES["AWS::OpenSearch::Domain"]
_COLLECTION: Final = _TYPES["AWS::OpenSearchServerless::Collection"]
_EXPORT, _AUTOMATIC, _TABLE_EXPORT, _NAMESPACE = EXPORTS


def _rds_tags(reach: Reach, document: dict[str, Any]) -> None:
    if "TagList" in document:
        document["Tags"] = document["TagList"]


def _rds(native: str, operation: Operation, **nulls: Any) -> Collector:
    """A list of RDS, whose tags stand in the list; `nulls` are members that RDS leaves out where there is none."""
    kind = _TYPES[f"AWS::RDS::{native}"]

    def run(reach: Reach) -> Iterator[Item]:
        for document in reach.each(operation):
            _rds_tags(reach, document)
            yield from reach.see(kind, {**nulls, **document}, by=operation)

    return Collector("rds", kind.kinds, (operation,), run, types=(kind,))


def _snapshots(noun: str, operation: Operation, shares: Operation) -> Collector:
    """Snapshots, and who may restore those that can be shared: the automatic ones cannot."""
    kind: DocumentType = _TYPES[f"AWS::RDS::{noun}"]

    def run(reach: Reach) -> Iterator[Item]:
        for document in reach.each(operation):
            _rds_tags(reach, document)
            if document.get("SnapshotType") == "automated":
                document["RestoreAttributes"] = []
                yield from reach.see(kind, document, by=operation)
            else:
                reach.spawn(lambda r, d=document: one(r, d))

    def one(reach: Reach, document: dict[str, Any]) -> Iterator[Item]:
        identity = {f"{noun}Identifier": document[f"{noun}Identifier"]}
        take = f"{noun}AttributesResult.{noun}Attributes"
        reach.detail(document, "RestoreAttributes", shares, take, **identity)
        yield from reach.see(kind, document, by=operation)

    return Collector("rds", kind.kinds, (operation, shares), run, types=(kind,))


def automatic(reach: Reach) -> Iterator[Item]:
    """Automatic backups that were brought here from other regions; those of this region are the database's own."""
    for document in reach.each(AUTOMATIC):
        if text(document, "Region") not in (None, reach.region):
            yield from reach.see(_AUTOMATIC, document, by=AUTOMATIC)


def _table(reach: Reach, document: dict[str, Any]) -> None:
    name, arn = document["TableName"], document["TableArn"]
    path = "ContinuousBackupsDescription"
    reach.detail(document, path, RECOVERY, path, TableName=name)
    reach.detail(document, "TimeToLiveDescription", EXPIRY, "TimeToLiveDescription", TableName=name)
    reach.detail(document, "ResourcePolicy", TABLE_POLICY, "Policy", ResourceArn=arn)
    watchers(reach, document, reach.region)


def _warehouse(reach: Reach, document: dict[str, Any]) -> None:
    reach.detail(document, "LoggingStatus", WAREHOUSE_LOG, ClusterIdentifier=document["ClusterIdentifier"])


def groups(reach: Reach) -> Iterator[Item]:
    """Work groups; the list alone does not tell which of them keep anything."""
    for entry in reach.each(QUERY_GROUPS):
        reach.spawn(lambda r, n=str(entry["Name"]): _group(r, n))
    yield from ()


def _group(reach: Reach, name: str) -> Iterator[Item]:
    document: dict[str, Any] = dict(record(reach.call(QUERY_GROUP, WorkGroup=name), "WorkGroup") or {})
    configuration = record(document, "Configuration")
    if configuration is not None:  # Athena leaves out results that it does not keep itself
        document["Configuration"] = {"ManagedQueryResultsConfiguration": {"Enabled": False}, **configuration}
    tag(reach, document, _GROUP, f"arn:{reach.partition}:athena:{reach.region}:{reach.account}:workgroup/{name}")
    yield from reach.see(_GROUP, document, by=QUERY_GROUP)


def namespaces(reach: Reach) -> Iterator[Item]:
    """Serverless warehouses: whether they can be reached from outside, and where their snapshots go."""
    public: dict[str, list[bool | None]] | None = {}
    copies: dict[str, Any] | None = {}
    try:
        for group in reach.each(WORKGROUPS):
            public.setdefault(str(group.get("namespaceName")), []).append(flag(group, "publiclyAccessible"))
    except MissedError:
        public = None
    try:
        copies = {str(entry["namespaceName"]): entry for entry in reach.each(SERVERLESS_COPIES)}
    except MissedError:
        copies = None
    for document in reach.each(NAMESPACES):
        name = str(document["namespaceName"])
        ways = None if public is None else public.get(name, [])
        if ways is not None and None not in ways:
            document["publiclyAccessible"] = any(ways)
        if copies is not None:
            document["SnapshotCopy"] = copies.get(name)
        yield from reach.see(_NAMESPACE, document, by=NAMESPACES)


def domains(reach: Reach) -> Iterator[Item]:
    """Domains, described five at a time."""
    names = [str(entry["DomainName"]) for entry in records(reach.call(DOMAIN_NAMES), "DomainNames") or []]
    rest = iter(names)
    while some := list(islice(rest, 5)):
        for document in records(reach.call(DOMAINS, DomainNames=some), "DomainStatusList") or []:
            known: dict[str, Any] = {"VPCOptions": None, **document}
            tag(reach, known, _DOMAIN, text(document, "ARN"))
            yield from reach.see(_DOMAIN, known, by=DOMAINS)


def collections(reach: Reach) -> Iterator[Item]:
    """Serverless collections, described a hundred at a time, with the rules that say how they are reached."""
    identities = [str(entry["id"]) for entry in reach.each(COLLECTIONS)]
    ways = _ways(reach) if identities else None
    rest = iter(identities)
    while some := list(islice(rest, 100)):
        for document in records(reach.call(COLLECTION, ids=some), "collectionDetails") or []:
            known: dict[str, Any] = {**document, **({} if ways is None else {"Networks": ways})}
            yield from reach.see(_COLLECTION, known, by=COLLECTION)


def _ways(reach: Reach) -> list[Any] | None:
    """All rules of all network policies of the region; None where they cannot be read."""
    found: list[Any] = []
    try:
        for entry in reach.each(NETWORKS, type="network"):
            answer = reach.answer(NETWORK, type="network", name=entry["name"])
            found += member(answer, "securityPolicyDetail.policy") or []
    except MissedError:
        return None
    return found


COLLECTORS: Final = (
    _rds("DBInstance", INSTANCES, DBInstanceAutomatedBackupsReplications=[]),
    _rds("DBCluster", CLUSTERS),
    _rds("GlobalCluster", GLOBALS),
    _snapshots("DBSnapshot", SNAPSHOTS, SNAPSHOT_SHARES),
    _snapshots("DBClusterSnapshot", CLUSTER_SNAPSHOTS, CLUSTER_SHARES),
    Collector("rds", _AUTOMATIC.kinds, (AUTOMATIC,), automatic, types=(_AUTOMATIC,)),
    listed(_EXPORT, EXPORT_TASKS),
    described(
        _TABLE, TABLES, TABLE, "TableName", take="Table", nulls=("SSEDescription", "Replicas"), tags="TableArn",
        more=_table, operations=(RECOVERY, TABLE_POLICY, EXPIRY, *WATCHING),
    ),
    described(_TABLE_EXPORT, TABLE_EXPORTS, TABLE_EXPORT, "ExportArn", "ExportArn", take="ExportDescription"),
    listed(
        _TYPES["AWS::Redshift::Cluster"], WAREHOUSES, nulls=("ClusterSnapshotCopyStatus",), more=_warehouse,
        operations=(WAREHOUSE_LOG,),
    ),
    listed(_TYPES["AWS::Redshift::ClusterSnapshot"], WAREHOUSE_SNAPSHOTS),
    Collector(
        "redshift-serverless", _NAMESPACE.kinds, (NAMESPACES, WORKGROUPS, SERVERLESS_COPIES), namespaces,
        types=(_NAMESPACE,),
    ),
    Collector("opensearch", _DOMAIN.kinds, (DOMAIN_NAMES, DOMAINS), domains, types=(_DOMAIN,)),
    Collector(
        "opensearchserverless", _COLLECTION.kinds, (COLLECTIONS, COLLECTION, NETWORKS, NETWORK), collections,
        types=(_COLLECTION,),
    ),
    Collector("athena", _GROUP.kinds, (QUERY_GROUPS, QUERY_GROUP), groups, types=(_GROUP,)),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
