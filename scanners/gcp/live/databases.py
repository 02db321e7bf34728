"""Databases and warehouses by their own interfaces: BigQuery, SQL, Spanner, AlloyDB, Bigtable, Firestore, caches."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.gcp import document_types
from scanners.gcp.live.declare import Collector, get, listing
from scanners.gcp.live.reach import GcpReach
from scanners.gcp.live.recipes import listed, placed, places_of
from scanners.gcp.places import place
from scanners.live.reach import UNREAD
from scanners.members import text
from scanners.model import Item

_BIGQUERY: Final = "bigquery.googleapis.com"
DATASETS: Final = listing(
    "bigquery.datasets.list",
    _BIGQUERY,
    "/bigquery/v2/projects/{project}/datasets",
    "datasets",
    "bigquery.datasets.get",
    size=("maxResults", 1000),
    query=(("all", "true"),),
)
DATASET: Final = get(
    "bigquery.datasets.get", _BIGQUERY, "/bigquery/v2/projects/{project}/datasets/{dataset}", missing=True
)
TABLES: Final = listing(
    "bigquery.tables.list",
    _BIGQUERY,
    "/bigquery/v2/projects/{project}/datasets/{dataset}/tables",
    "tables",
    size=("maxResults", 1000),
)
TABLE: Final = get(
    "bigquery.tables.get",
    _BIGQUERY,
    "/bigquery/v2/projects/{project}/datasets/{dataset}/tables/{table}",
    missing=True,
)
CONNECTIONS: Final = listing(
    "bigquery.connections.list",
    "bigqueryconnection.googleapis.com",
    "/v1/projects/{project}/locations/{location}/connections",
    "connections",
    size=("pageSize", 100),
)
SQL: Final = listing(
    "cloudsql.instances.list",
    "sqladmin.googleapis.com",
    "/v1/projects/{project}/instances",
    "items",
    size=("maxResults", 500),
)
SPANNER: Final = listing(
    "spanner.instances.list", "spanner.googleapis.com", "/v1/projects/{project}/instances", "instances"
)
SPANNER_DATABASES: Final = listing(
    "spanner.databases.list", "spanner.googleapis.com", "/v1/{+instance}/databases", "databases"
)
SPANNER_BACKUPS: Final = listing("spanner.backups.list", "spanner.googleapis.com", "/v1/{+instance}/backups", "backups")
ALLOY: Final = listing(
    "alloydb.clusters.list",
    "alloydb.googleapis.com",
    "/v1/projects/{project}/locations/{location}/clusters",
    "clusters",
)
ALLOY_INSTANCES: Final = listing(
    "alloydb.instances.list", "alloydb.googleapis.com", "/v1/{+cluster}/instances", "instances"
)
ALLOY_BACKUPS: Final = listing(
    "alloydb.backups.list",
    "alloydb.googleapis.com",
    "/v1/projects/{project}/locations/{location}/backups",
    "backups",
)
BIGTABLE: Final = listing(
    "bigtable.instances.list",
    "bigtableadmin.googleapis.com",
    "/v2/projects/{project}/instances",
    "instances",
    size=None,
)
BIGTABLE_CLUSTERS: Final = listing(
    "bigtable.clusters.list", "bigtableadmin.googleapis.com", "/v2/{+instance}/clusters", "clusters", size=None
)
BIGTABLE_TABLES: Final = listing(
    "bigtable.tables.list",
    "bigtableadmin.googleapis.com",
    "/v2/{+instance}/tables",
    "tables",
    query=(("view", "NAME_ONLY"),),
)
FIRESTORE: Final = listing(
    "firestore.databases.list",
    "firestore.googleapis.com",
    "/v1/projects/{project}/databases",
    "databases",
    "datastore.databases.list",
    paged=False,
)
SCHEDULES: Final = listing(
    "firestore.backupSchedules.list",
    "firestore.googleapis.com",
    "/v1/{+database}/backupSchedules",
    "backupSchedules",
    "datastore.backupSchedules.list",
    paged=False,
)
REDIS: Final = listing(
    "redis.instances.list",
    "redis.googleapis.com",
    "/v1/projects/{project}/locations/{location}/instances",
    "instances",
)
REDIS_CLUSTERS: Final = listing(
    "redis.clusters.list",
    "redis.googleapis.com",
    "/v1/projects/{project}/locations/{location}/clusters",
    "clusters",
)
VALKEY: Final = listing(
    "memorystore.instances.list",
    "memorystore.googleapis.com",
    "/v1/projects/{project}/locations/{location}/instances",
    "instances",
)


def _dataset(reach: GcpReach) -> Iterator[Item]:
    """Datasets with their settings, and the tables in them."""
    for row in reach.each(DATASETS):
        name = text(row, "datasetReference.datasetId")
        if name is None:
            yield from reach.see(f"{_BIGQUERY}/Dataset", row, DATASETS)
            continue
        reach.spawn(lambda r, n=name, d=row: _in_dataset(r, n, d))


def _in_dataset(reach: GcpReach, name: str, row: Mapping[str, Any]) -> Iterator[Item]:
    whole = reach.maybe(DATASET, dataset=name)
    if whole is not None:
        body = row if whole is UNREAD else whole
        yield from reach.see(f"{_BIGQUERY}/Dataset", body, DATASETS if body is row else DATASET)
        where = text(body, "location")
        for table in reach.each(TABLES, dataset=name):
            yield from _table(reach, name, {**table, **({"location": where} if where else {})})


def _table(reach: GcpReach, dataset: str, row: dict[str, Any]) -> Iterator[Item]:
    """A table; only one that reads from outside is asked for by itself, for where it reads."""
    own = text(row, "tableReference.tableId")
    if own and text(row, "type") == "EXTERNAL":
        found = reach.maybe(TABLE, dataset=dataset, table=own)
        row = row if found is UNREAD or found is None else found
    yield from reach.see(f"{_BIGQUERY}/Table", row, TABLES)


def _spanner(reach: GcpReach, instance: dict[str, Any]) -> Iterator[Item]:
    name = text(instance, "name")
    if name:
        for body in reach.each(SPANNER_DATABASES, instance=name):
            yield from reach.see("spanner.googleapis.com/Database", body, SPANNER_DATABASES)
        for body in reach.each(SPANNER_BACKUPS, instance=name):
            yield from reach.see("spanner.googleapis.com/Backup", body, SPANNER_BACKUPS)


def _alloy(reach: GcpReach, cluster: dict[str, Any]) -> Iterator[Item]:
    name = text(cluster, "name")
    if name:
        for body in reach.each(ALLOY_INSTANCES, cluster=name):
            yield from reach.see("alloydb.googleapis.com/Instance", body, ALLOY_INSTANCES)


def _bigtable(reach: GcpReach, instance: dict[str, Any]) -> Iterator[Item]:
    name = text(instance, "name")
    if name:
        for body in reach.each(BIGTABLE_CLUSTERS, instance=name):
            yield from reach.see("bigtableadmin.googleapis.com/Cluster", body, BIGTABLE_CLUSTERS)
        for body in reach.each(BIGTABLE_TABLES, instance=name):
            yield from reach.see("bigtableadmin.googleapis.com/Table", body, BIGTABLE_TABLES)


def _firestore(reach: GcpReach, database: dict[str, Any]) -> Iterator[Item]:
    name = text(database, "name")
    if name:
        for body in reach.each(SCHEDULES, database=name):
            yield from reach.see("firestore.googleapis.com/BackupSchedule", body, SCHEDULES)


def _connection_places(reach: GcpReach) -> Iterator[Item]:
    """Connections of BigQuery to other databases and clouds, place by place: the list takes no `-`.

    A connection serves datasets of its own place only, so places without a dataset need not be asked; those in other
    clouds are, whatever was seen.
    """
    kind = "bigqueryconnection.googleapis.com/Connection"
    for location in sorted({*_MULTI, *_OMNI, *reach.known.warehouses.get(reach.account, ())}):
        shown = place(location, "bigquery").region or location
        reach.in_place(location, lambda r, at=location: _connections(r, at, kind), shown)
    yield from ()


def _connections(reach: GcpReach, location: str, kind: str) -> Iterator[Item]:
    for body in reach.each(CONNECTIONS, location=location):
        yield from reach.see(kind, body, CONNECTIONS)


_MULTI: Final = ("us", "eu")
_OMNI: Final = (
    *(
        "aws-us-east-1",
        "aws-us-west-2",
        "aws-eu-west-1",
        "aws-eu-central-1",
        "aws-ap-northeast-2",
        "aws-ap-southeast-2",
    ),
    "azure-eastus2",
)
"""Places of BigQuery Omni, which lie in other clouds."""

COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "bigquery",
        ("warehouse", "database.table"),
        (DATASETS, DATASET, TABLES, TABLE),
        _dataset,
        _BIGQUERY,
        types=(document_types()[f"{_BIGQUERY}/Dataset"], document_types()[f"{_BIGQUERY}/Table"]),
    ),
    Collector(
        "bigqueryconnection",
        ("identity",),
        (CONNECTIONS,),
        _connection_places,
        "bigqueryconnection.googleapis.com",
        silent=True,
        late=True,
        regional=True,
        types=(document_types()["bigqueryconnection.googleapis.com/Connection"],),
    ),
    listed("sqladmin.googleapis.com/Instance", SQL),
    listed(
        "spanner.googleapis.com/Instance",
        SPANNER,
        more=_spanner,
        below=(SPANNER_DATABASES, SPANNER_BACKUPS),
        kinds=("storage.snapshot",),
    ),
    placed(
        "alloydb.googleapis.com/Cluster",
        ALLOY,
        places=places_of("alloydb.googleapis.com", "v1"),
        more=_alloy,
        below=(ALLOY_INSTANCES,),
    ),
    placed("alloydb.googleapis.com/Backup", ALLOY_BACKUPS, places=places_of("alloydb.googleapis.com", "v1")),
    listed(
        "bigtableadmin.googleapis.com/Instance",
        BIGTABLE,
        more=_bigtable,
        below=(BIGTABLE_CLUSTERS, BIGTABLE_TABLES),
        kinds=("database.table",),
    ),
    listed("firestore.googleapis.com/Database", FIRESTORE, more=_firestore, below=(SCHEDULES,)),
    placed("redis.googleapis.com/Instance", REDIS, places=places_of("redis.googleapis.com", "v1")),
    placed("redis.googleapis.com/Cluster", REDIS_CLUSTERS, places=places_of("redis.googleapis.com", "v1")),
    placed("memorystore.googleapis.com/Instance", VALKEY, places=places_of("memorystore.googleapis.com", "v1")),
)

WAITING: Final = ()
