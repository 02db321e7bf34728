"""Below SQL servers, managed instances and Cosmos DB accounts: databases, keys, copies, auditing, retention."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.live.declare import Collector, Parent, listing, only
from scanners.azure.live.reach import Reach
from scanners.azure.live.recipes import children, parent_from
from scanners.azure.sql import LONG_TERM_BACKUP
from scanners.members import records, text, word
from scanners.model import CoverageStatus, Item

_VERSION: Final = "2025-01-01"
_SERVER: Final = "Microsoft.Sql/servers/{a}"
_DATABASE: Final = f"{_SERVER}/databases/{{b}}"
_T: Final = "microsoft.sql/servers"
DATABASES: Final = listing(f"{_SERVER}/databases", _VERSION)
PROTECTOR: Final = listing(f"{_SERVER}/encryptionProtector", _VERSION, missing=True)
PROTECTOR_ONLY: Final = only(f"{_SERVER}/encryptionProtector/current", _VERSION)
FAILOVER: Final = listing(f"{_SERVER}/failoverGroups", _VERSION)
LINKS: Final = listing(f"{_SERVER}/replicationLinks", _VERSION)
AUDITING: Final = listing(f"{_SERVER}/auditingSettings", _VERSION, missing=True)
AUDITING_ONLY: Final = only(f"{_SERVER}/auditingSettings/default", _VERSION)
ENCRYPTION: Final = listing(f"{_DATABASE}/transparentDataEncryption", _VERSION, missing=True)
ENCRYPTION_ONLY: Final = only(f"{_DATABASE}/transparentDataEncryption/current", _VERSION)
RETENTION: Final = listing(f"{_DATABASE}/backupShortTermRetentionPolicies", _VERSION, missing=True)
RETENTION_ONLY: Final = only(f"{_DATABASE}/backupShortTermRetentionPolicies/default", _VERSION)
LONG_TERM: Final = listing(
    "Microsoft.Sql/locations/{location}/longTermRetentionServers/{a}/longTermRetentionBackups", _VERSION
)
POSTGRES: Final = listing("Microsoft.DBforPostgreSQL/flexibleServers/{a}/databases", "2026-10-01")
MYSQL: Final = listing("Microsoft.DBforMySQL/flexibleServers/{a}/databases", "2023-12-30")
INSTANCE_PROTECTOR: Final = listing("Microsoft.Sql/managedInstances/{a}/encryptionProtector", _VERSION)


def holds_data(document: Mapping[str, Any]) -> bool:
    """Whether a database is one of the organisation's own: `master` belongs to the server."""
    name = text(document, "name") or ""
    return name.rsplit("/", 1)[-1].lower() != "master"


_COSMOS: Final = "Microsoft.DocumentDB/databaseAccounts/{a}/sqlDatabases"
COSMOS: Final = listing(_COSMOS, "2026-03-15")
CONTAINERS: Final = listing(f"{_COSMOS}/{{b}}/containers", "2026-03-15")
_CONTAINERS: Final = children("microsoft.documentdb/databaseaccounts/sqldatabases/containers", CONTAINERS)


def speaks_sql(document: Mapping[str, Any]) -> bool:
    """Whether an account has the SQL interface; those for MongoDB, Cassandra, Gremlin and tables name another one."""
    named = {word(item, "name") for item in records(document, "properties.capabilities") or []}
    return word(document, "kind") != "mongodb" and not named & {"enablecassandra", "enablegremlin", "enabletable"}


def containers(reach: Reach, account: Parent) -> Iterator[Item]:
    """Containers by the databases of an account; a database by itself says nothing."""
    for entry in reach.documents(COSMOS, **account.slots):
        database = parent_from(entry, "microsoft.documentdb/databaseaccounts/sqldatabases", account)
        if database is not None:
            reach.spawn(lambda r, d=database: _CONTAINERS.run(r, d))
    yield from ()


def long_term(reach: Reach, server: Parent) -> Iterator[Item]:
    """Backups of the databases of a server that are kept for years, those of deleted databases among them."""
    kind = document_types()[LONG_TERM_BACKUP]
    if server.region is None:
        reach.gap(CoverageStatus.ERROR, f"{server.name}: its region is not known, so its long-term backups are not.")
        return
    for document in reach.documents(LONG_TERM, location=server.region, **server.slots):
        yield from reach.see(kind, document, server, by=LONG_TERM)


_BELOW: Final = (
    children(f"{_T}/databases/transparentdataencryption", ENCRYPTION, wanted=holds_data, single=ENCRYPTION_ONLY),
    children(f"{_T}/databases/backupshorttermretentionpolicies", RETENTION, wanted=holds_data, single=RETENTION_ONLY),
)

COLLECTORS: Final[tuple[Collector, ...]] = (
    children(f"{_T}/databases", DATABASES, *_BELOW, shown_by=f"{_T}/databases"),
    *_BELOW,
    children(f"{_T}/encryptionprotector", PROTECTOR, single=PROTECTOR_ONLY),
    children(f"{_T}/failovergroups", FAILOVER),
    children(f"{_T}/databases/replicationlinks", LINKS, parent=_T),
    children(f"{_T}/auditingsettings", AUDITING, single=AUDITING_ONLY),
    children("microsoft.sql/managedinstances/encryptionprotector", INSTANCE_PROTECTOR),
    Collector(
        "sql/longterm",
        ("storage.snapshot",),
        _T,
        (LONG_TERM,),
        long_term,
        types=(document_types()[LONG_TERM_BACKUP],),
    ),
    Collector(
        "cosmosdb",
        ("database.table",),
        "microsoft.documentdb/databaseaccounts",
        (COSMOS, CONTAINERS),
        containers,
        types=_CONTAINERS.types,
        wanted=speaks_sql,
    ),
    children("microsoft.dbforpostgresql/flexibleservers/databases", POSTGRES),
    children("microsoft.dbformysql/flexibleservers/databases", MYSQL),
)
