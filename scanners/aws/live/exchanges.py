"""Standing links by which data leave their store, live (rows F2, F5, F8, F11, H2, H6, H8, H10 to H12, K3 and K5 of the
collection plan)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scanners.aws.exchanges import (
    BACKUP_COPY,
    CATALOGUE,
    CONNECTOR,
    DATA_SHARE,
    DEVICE,
    DOMAIN_CONNECTION,
    FEDERATED,
    INTEGRATION,
    REGISTRY_CACHE,
    REPLICATOR,
    VOLUME_ACCESS,
)
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import UNREAD, Reach
from scanners.aws.live.recipes import described, listed
from scanners.aws.policies import access, parse, principal_party
from scanners.coverage import MissedError
from scanners.members import record, text
from scanners.model import CoverageStatus, Item

_DAYS: Final = 35
MOST_TABLES: Final = 5000
"""Tables of a region's catalogue whose stores are looked at; a large one has hundreds of thousands."""

INTEGRATIONS: Final = pages("rds", "DescribeIntegrations", "Integrations", page=100)
SHARES: Final = pages("redshift", "DescribeDataShares", "DataShares", page=100)
CONNECTIONS: Final = Operation(
    "opensearch", "DescribeOutboundConnections", action="es:DescribeOutboundConnections", elements="Connections",
    token=("NextToken", "NextToken"),
)  # fmt: skip
COPIES: Final = pages("backup", "ListCopyJobs", "CopyJobs", page=1000)
CACHES: Final = pages("ecr", "DescribePullThroughCacheRules", "pullThroughCacheRules", page=1000)
CONNECTORS: Final = pages("transfer", "ListConnectors", "Connectors", page=1000)
CONNECTOR_OF: Final = op("transfer", "DescribeConnector", none=("ResourceNotFoundException",))
REPLICATORS: Final = pages("kafka", "ListReplicators", "Replicators", page=100)
REPLICATOR_OF: Final = op("kafka", "DescribeReplicator", none=("NotFoundException",))
DEVICES: Final = pages("snowball", "ListJobs", "JobListEntries", page=100)
DEVICE_OF: Final = op("snowball", "DescribeJob", none=("InvalidResourceException",))
WAYS: Final = pages("fsx", "DescribeS3AccessPointAttachments", "S3AccessPointAttachments", page=100)
FEDERATIONS: Final = pages("athena", "ListDataCatalogs", "DataCatalogsSummary", page=50)
DATABASES: Final = pages("glue", "GetDatabases", "DatabaseList", page=100)
TABLES: Final = pages("glue", "GetTables", "TableList", page=100)
CATALOGUE_KEYS: Final = op("glue", "GetDataCatalogEncryptionSettings")
CATALOGUE_POLICIES: Final = pages("glue", "GetResourcePolicies", "GetResourcePoliciesResponseList", page=100)
GRANTS: Final = Operation(
    "lakeformation", "ListPermissions", elements="PrincipalResourcePermissions", token=("NextToken", "NextToken")
)  # fmt: skip


def copies(reach: Reach) -> Iterator[Item]:
    """Into which vaults backups were copied lately: each pair of thing and vault once."""
    since = datetime.now(UTC) - timedelta(days=_DAYS)
    seen: set[tuple[str | None, str | None]] = set()
    for document in reach.each(COPIES, ByState="COMPLETED", ByCreatedAfter=since):
        pair = (text(document, "ResourceArn"), text(document, "DestinationBackupVaultArn"))
        if pair not in seen:
            seen.add(pair)
            yield from reach.see(BACKUP_COPY, document, by=COPIES)


def devices(reach: Reach) -> Iterator[Item]:
    """Devices under way, in or out; people and addresses in their descriptions are dropped."""
    for entry in reach.each(DEVICES):
        answer = reach.answer(DEVICE_OF, JobId=entry["JobId"])
        yield from reach.see(DEVICE, record(answer, "JobMetadata") or entry, by=DEVICE_OF)


def federations(reach: Reach) -> Iterator[Item]:
    """Catalogues beside the account's own one, which is read with Glue."""
    for document in reach.each(FEDERATIONS):
        if text(document, "Type") != "GLUE":
            yield from reach.see(FEDERATED, document, by=FEDERATIONS)


def catalogue(reach: Reach) -> Iterator[Item]:
    """The region's catalogue, where it holds anything: how it is encrypted, who may use it, which stores it names."""
    databases = [str(entry["Name"]) for entry in reach.each(DATABASES)]
    if not databases:
        return
    document: dict[str, Any] = {}
    found = reach.detail({}, "x", CATALOGUE_KEYS, "DataCatalogEncryptionSettings.EncryptionAtRest")
    if found is not UNREAD:
        document["EncryptionAtRest"] = found
    document["Locations"] = _locations(reach, databases)
    document["SharedWith"] = sorted(_parties(reach))
    yield from reach.see(CATALOGUE, document, by=DATABASES)


def _locations(reach: Reach, databases: list[str]) -> list[str]:
    """The buckets and databases that tables stand for, without the folders in them."""
    found: set[str] = set()
    left = MOST_TABLES
    try:
        for database in databases:
            for table in reach.each(TABLES, DatabaseName=database):
                place = text(table, "StorageDescriptor.Location")
                if place and "://" in place:
                    scheme, _, path = place.partition("://")
                    found.add(f"{scheme}://{path.split('/', 1)[0]}")
                left -= 1
                if not left:
                    sentence = f"Only {MOST_TABLES:,} tables of the catalogue of {reach.region} were looked at."
                    reach.gap(CoverageStatus.NOT_ASKED, sentence)
                    return sorted(found)
    except MissedError:
        pass  # noted; what was seen so far is kept
    return sorted(found)


def _parties(reach: Reach) -> set[str]:
    """Accounts that policies of the catalogue or grants of Lake Formation let in."""
    found: set[str] = set()
    try:
        for entry in reach.each(CATALOGUE_POLICIES):
            policy = parse(entry.get("PolicyInJson"))
            if policy is not None:
                found |= access(policy, reach.account).parties
        for entry in reach.each(GRANTS):
            named = text(entry, "Principal.DataLakePrincipalIdentifier") or ""
            party = principal_party(named, reach.account)
            if party is not None:
                found.add(party)
    except MissedError:
        pass
    return found


COLLECTORS: Final = (
    listed(INTEGRATION, INTEGRATIONS),
    listed(DATA_SHARE, SHARES),
    listed(DOMAIN_CONNECTION, CONNECTIONS),
    Collector("backup", BACKUP_COPY.kinds, (COPIES,), copies, types=(BACKUP_COPY,)),
    listed(REGISTRY_CACHE, CACHES),
    described(CONNECTOR, CONNECTORS, CONNECTOR_OF, "ConnectorId", "ConnectorId", take="Connector"),
    described(REPLICATOR, REPLICATORS, REPLICATOR_OF, "ReplicatorArn", "ReplicatorArn"),
    Collector("snowball", DEVICE.kinds, (DEVICES, DEVICE_OF), devices, types=(DEVICE,)),
    listed(VOLUME_ACCESS, WAYS),
    Collector("athena", FEDERATED.kinds, (FEDERATIONS,), federations, types=(FEDERATED,)),
    Collector(
        "glue", CATALOGUE.kinds, (DATABASES, TABLES, CATALOGUE_KEYS, CATALOGUE_POLICIES, GRANTS), catalogue,
        types=(CATALOGUE,),
    ),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
