"""Standing links by which data leave a database, vault, cluster or registry: integrations, shares, replicators, copies,
caches of registries outside, connectors to hosts outside, and devices that are sent by post."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, rest
from scanners.documents import DocumentType, Origin
from scanners.members import records, text, texts
from scanners.model import Asset, Relation
from scanners.references import uid_of

_MOVING: Final = frozenset({"active", "syncing", "modifying", "creating", "needs_attention"})
_ENDED: Final = frozenset({"Complete", "Cancelled"})


def integration(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A standing copy of a database into a warehouse."""
    arn = text(document, "IntegrationArn")
    subject = Subject(document, origin, arn, "rds", "integration:unknown")
    status = text(document, "Status")
    attributes: dict[str, Any] = {"continuous": True}
    if status is not None:
        attributes["enabled"] = status in _MOVING
    name = text(document, "IntegrationName")
    yield subject.asset("replication", "AWS::RDS::Integration", name, attributes, created="CreateTime")
    yield from subject.encrypted_by("KMSKeyId")
    source, target = text(document, "SourceArn"), text(document, "TargetArn")
    if source and target:
        yield Relation(
            source, "replicates_to", target, {"continuous": True, "enabled": attributes.get("enabled", True)}
        )


def data_share(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A share of a warehouse: which accounts, in which regions, read its tables where they lie."""
    arn = text(document, "DataShareArn")
    subject = Subject(document, origin, arn, "redshift", "datashare:unknown")
    attributes: dict[str, Any] = {"type": "other", "enforced": False}
    name = (arn or "").rsplit("/", 1)[-1]
    yield subject.asset("governance.policy", "AWS::Redshift::DataShare", name, attributes)
    producer = text(document, "ProducerArn")
    for entry in records(document, "DataShareAssociations") or []:
        consumer = text(entry, "ConsumerIdentifier") or ""
        account = consumer if consumer.isdigit() else (consumer.split(":") + [""] * 5)[4]
        live = text(entry, "Status") in ("ACTIVE", "AUTHORIZED", "AVAILABLE")
        if producer and live and account.isdigit() and account != subject.account:
            region = text(entry, "ConsumerRegion")
            yield Relation(producer, "shared_with", f"account:{account}", {"region": region} if region else {})


def domain_connection(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A link by which a domain takes over, or searches, what another one holds: the other one's data come here."""
    identity = text(document, "ConnectionId") or ""
    subject = Subject(document, origin, None, "es", f"outbound-connection/{identity}")
    active = text(document, "ConnectionStatus.StatusCode") == "ACTIVE"
    name = text(document, "ConnectionAlias") or identity
    attributes: dict[str, Any] = {"continuous": True, "enabled": active}
    yield subject.asset("replication", "AWS::OpenSearchService::Connection", name, attributes)
    ends: list[str] = []
    for end in ("RemoteDomainInfo", "LocalDomainInfo"):
        at = f"{end}.AWSDomainInformation"
        name, owner, region = (text(document, f"{at}.{m}") for m in ("DomainName", "OwnerId", "Region"))
        if name:
            ends.append(subject.arn("es", f"domain/{name}", region=region, account=owner))
    if len(ends) == 2:
        yield Relation(ends[0], "replicates_to", ends[1], {"continuous": True, "enabled": active})


def backup_copy(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """That a backup of something was copied into a vault, perhaps of another region or account: a relation only."""
    resource, vault = text(document, "ResourceArn"), text(document, "DestinationBackupVaultArn")
    source = text(document, "SourceBackupVaultArn")
    if resource and vault and vault != source:
        yield Relation(uid_of(resource) or resource, "replicates_to", vault, {"continuous": False, "enabled": True})


def registry_cache(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A rule by which images of a registry outside come into one's own, unasked, when somebody pulls them."""
    prefix = text(document, "ecrRepositoryPrefix") or ""
    subject = Subject(document, origin, None, "ecr", f"pull-through-cache-rule/{prefix}")
    attributes: dict[str, Any] = {"continuous": True, "enabled": True}
    yield subject.asset(
        "transfer.job", "AWS::ECR::PullThroughCacheRule", prefix, attributes, created="createdAt"
    )  # fmt: skip
    upstream = text(document, "upstreamRegistryUrl")
    address = f"https://{upstream}" if upstream and "://" not in upstream else upstream
    yield from subject.relation("reads", uid_of(address) if address else None, {"role": "image"})


def connector(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A connection of Transfer Family to a server of somebody else."""
    identity = text(document, "ConnectorId") or ""
    subject = Subject(document, origin, text(document, "Arn"), "transfer", f"connector/{identity}")
    attributes: dict[str, Any] = {"continuous": True}
    status = text(document, "Status")
    if status is not None:
        attributes["enabled"] = status == "ACTIVE"
    yield subject.asset("transfer.job", "AWS::Transfer::Connector", identity, attributes)
    address = text(document, "Url")
    yield from subject.relation("writes", uid_of(address) if address else None)


def replicator(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A standing copy from one Kafka cluster to another."""
    arn = text(document, "ReplicatorArn")
    subject = Subject(document, origin, arn, "kafka", "replicator/unknown")
    state = text(document, "ReplicatorState")
    attributes: dict[str, Any] = {"continuous": True}
    if state is not None:
        attributes["enabled"] = state == "RUNNING"
    name = text(document, "ReplicatorName")
    yield subject.asset("replication", "AWS::MSK::Replicator", name, attributes, created="CreationTime")
    known: dict[str, str] = {}
    for cluster in records(document, "KafkaClusters") or []:
        alias = text(cluster, "KafkaClusterAlias")
        here = text(cluster, "AmazonMskCluster.MskClusterArn")
        hosts = text(cluster, "ApacheKafkaCluster.BootstrapBrokerString") or ""
        host = hosts.split(",", 1)[0].split(":", 1)[0].strip().lower()
        end = here or (f"external:kafka://{host}" if host else None)
        if alias and end:
            known[alias] = end
    for pair in records(document, "ReplicationInfoList") or []:
        source = known.get(text(pair, "SourceKafkaClusterAlias") or "")
        target = known.get(text(pair, "TargetKafkaClusterAlias") or "")
        if source and target:
            yield Relation(source, "replicates_to", target, {"continuous": True})


def device(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Data on a device that travels by post, in or out; where it is now, AWS does not say."""
    identity = text(document, "JobId") or ""
    subject = Subject(document, origin, None, "snowball", f"job/{identity}")
    state, sort = text(document, "JobState"), text(document, "JobType")
    attributes: dict[str, Any] = {"continuous": False, "schedule": None}
    if state is not None:
        attributes["enabled"] = state not in _ENDED
    yield subject.asset("transfer.job", "AWS::Snowball::Job", identity, attributes, created="CreationDate")
    key = subject.key(text(document, "KmsKeyARN"))
    noted = {"key": key} if key else {}
    outside = "external:snow-device"
    for bucket in records(document, "Resources.S3Resources") or []:
        held = subject.bucket(text(bucket, "BucketArn"))
        yield from subject.relation("reads" if sort == "EXPORT" else "writes", held, noted)
    yield from subject.relation("writes" if sort == "EXPORT" else "reads", outside)


def volume_access(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A way of S3 into a volume of FSx."""
    name = text(document, "Name") or ""
    arn = text(document, "S3AccessPoint.ResourceARN")
    subject = Subject(document, origin, arn, "fsx", f"access-point/{name}")
    attributes: dict[str, Any] = {"services": ["s3"]}
    yield subject.asset(
        "network.endpoint", "AWS::FSx::S3AccessPointAttachment", name, attributes, created="CreationTime"
    )
    volume = text(document, "OpenZFSConfiguration.VolumeId") or text(document, "OntapConfiguration.VolumeId")
    yield from subject.relation("reads", subject.arn("fsx", f"volume/{volume}") if volume else None)
    yield from subject.in_vpc(text(document, "S3AccessPoint.VpcConfiguration.VpcId"))


def federated_catalogue(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A way of Athena into stores outside its own catalogue; its results land in the work group's bucket."""
    name = text(document, "CatalogName") or ""
    subject = Subject(document, origin, None, "athena", f"datacatalog/{name}")
    sort = text(document, "ConnectionType") or text(document, "Type")
    attributes: dict[str, Any] = {"continuous": True, "enabled": True}
    yield subject.asset("transfer.job", "AWS::Athena::DataCatalog", name, attributes)
    yield from subject.relation("reads", f"external:{sort.lower()}:" if sort else None)


def catalogue(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The catalogue of a region: names of databases, tables and columns over data that lie elsewhere. `Locations` are
    the stores that its tables name, `Policies` who may use it."""
    subject = Subject(document, origin, None, "glue", "catalog")
    mode = text(document, "EncryptionAtRest.CatalogEncryptionMode")
    key = text(document, "EncryptionAtRest.SseAwsKmsKeyId")
    attributes = rest(None if mode is None else mode != "DISABLED", key if mode != "DISABLED" else None)
    yield subject.asset("warehouse", "AWS::Glue::Catalog", f"Glue catalogue of {subject.region}", attributes)
    if mode not in (None, "DISABLED"):
        yield from subject.relation("encrypted_by", subject.key(key))
    for place in texts(document, "Locations") or []:
        yield from subject.relation("reads", uid_of(place, context=subject.uid))
    for party in texts(document, "SharedWith") or []:
        yield from subject.relation("shared_with", party)


def _type(native: str, service: str, kind: str, normalise: Any, *members: str) -> DocumentType:
    return DocumentType(native, service, (kind,), members, normalise)


_DOMAINS: Final = tuple(
    f"{end}.AWSDomainInformation.{m}"
    for end in ("LocalDomainInfo", "RemoteDomainInfo")
    for m in ("OwnerId", "DomainName", "Region")
)

INTEGRATION: Final = _type(
    "AWS::RDS::Integration", "rds", "replication", integration,
    "IntegrationArn", "IntegrationName", "SourceArn", "TargetArn", "KMSKeyId", "Status", "CreateTime", "Tags",
)  # fmt: skip
DATA_SHARE: Final = _type(
    "AWS::Redshift::DataShare", "redshift", "governance.policy", data_share,
    "DataShareArn", "ProducerArn", "AllowPubliclyAccessibleConsumers", "DataShareAssociations[].ConsumerIdentifier",
    "DataShareAssociations[].ConsumerRegion", "DataShareAssociations[].Status",
)  # fmt: skip
DOMAIN_CONNECTION: Final = _type(
    "AWS::OpenSearchService::Connection", "opensearch", "replication", domain_connection,
    "ConnectionId", "ConnectionAlias", "ConnectionStatus.StatusCode", "ConnectionMode", *_DOMAINS,
)  # fmt: skip
BACKUP_COPY: Final = _type(
    "AWS::Backup::CopyJob", "backup", "transfer.job", backup_copy,
    "ResourceArn", "ResourceType", "SourceBackupVaultArn", "DestinationBackupVaultArn", "State",
)  # fmt: skip
REGISTRY_CACHE: Final = _type(
    "AWS::ECR::PullThroughCacheRule", "ecr", "transfer.job", registry_cache,
    "ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRegistry", "createdAt",
)  # fmt: skip
CONNECTOR: Final = _type(
    "AWS::Transfer::Connector", "transfer", "transfer.job", connector,
    "Arn", "ConnectorId", "Url", "EgressType", "Status", "Tags",
)  # fmt: skip
REPLICATOR: Final = _type(
    "AWS::MSK::Replicator", "kafka", "replication", replicator,
    "ReplicatorArn", "ReplicatorName", "ReplicatorState", "CreationTime",
    *(f"KafkaClusters[].{m}" for m in ("KafkaClusterAlias", "AmazonMskCluster.MskClusterArn")),
    "KafkaClusters[].ApacheKafkaCluster.BootstrapBrokerString", "ReplicationInfoList[].SourceKafkaClusterAlias",
    "ReplicationInfoList[].TargetKafkaClusterAlias",
)  # fmt: skip
DEVICE: Final = _type(
    "AWS::Snowball::Job", "snowball", "transfer.job", device,
    "JobId", "JobState", "JobType", "SnowballType", "CreationDate", "KmsKeyARN", "Resources.S3Resources[].BucketArn",
)  # fmt: skip
VOLUME_ACCESS: Final = _type(
    "AWS::FSx::S3AccessPointAttachment", "fsx", "network.endpoint", volume_access,
    "Name", "Type", "Lifecycle", "CreationTime", "OpenZFSConfiguration.VolumeId", "OntapConfiguration.VolumeId",
    "S3AccessPoint.ResourceARN", "S3AccessPoint.VpcConfiguration.VpcId",
)  # fmt: skip
FEDERATED: Final = _type(
    "AWS::Athena::DataCatalog", "athena", "transfer.job", federated_catalogue,
    "CatalogName", "Type", "ConnectionType", "Status",
)  # fmt: skip
CATALOGUE: Final = _type(
    "AWS::Glue::Catalog", "glue", "warehouse", catalogue,
    "EncryptionAtRest.CatalogEncryptionMode", "EncryptionAtRest.SseAwsKmsKeyId", "Locations", "SharedWith",
)  # fmt: skip
