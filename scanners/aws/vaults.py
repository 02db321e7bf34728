"""Where keys lie outside the service: custom key stores and CloudHSM."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import put, records, text
from scanners.model import Asset, Relation

_HSM_STATES: Final = {
    "ACTIVE": "enabled",
    "DELETED": "pending_destruction",
    "DELETE_IN_PROGRESS": "pending_destruction",
}


def key_store(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Where the keys of a custom key store lie: a facet of each of its keys, named in `Keys`."""
    host = urlsplit(text(document, "XksProxyConfiguration.UriEndpoint") or "").hostname
    cluster = text(document, "CloudHsmClusterId")
    for entry in records(document, "Keys") or []:
        subject = Subject(entry, origin, text(entry, "Arn"), "kms", "key/unknown")
        attributes: dict[str, Any] = {}
        put(attributes, "key_manager", host)
        yield subject.asset("key", "AWS::KMS::Key", subject.uid.rsplit("/", 1)[-1], attributes)
        hsm = subject.arn("cloudhsm", f"cluster/{cluster}") if cluster else None
        yield from subject.relation("member_of", hsm)


def hsm_cluster(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A cluster of hardware modules of one's own. Its keys never leave it, but its backups can be copied elsewhere."""
    identity = text(document, "ClusterId") or ""
    subject = Subject(document, origin, None, "cloudhsm", f"cluster/{identity}")
    attributes: dict[str, Any] = {"custody": "dedicated_hsm", "rotatable": False}
    put(attributes, "state", _HSM_STATES.get(text(document, "State") or ""))
    yield subject.asset("key", "AWS::CloudHSM::Cluster", identity, attributes, created="CreateTimestamp")
    yield from subject.in_vpc(text(document, "VpcId"))


def hsm_backup(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A backup of such a cluster that was copied here from another region, keys and all: a relation only."""
    source, cluster = text(document, "SourceRegion"), text(document, "SourceCluster")
    subject = Subject(document, origin, text(document, "BackupArn"), "cloudhsm", f"backup/{text(document, 'BackupId')}")
    if source and cluster and source != subject.region:
        origin_of_it = subject.arn("cloudhsm", f"cluster/{cluster}", region=source)
        yield Relation(origin_of_it, "replicates_to", subject.uid, {"enabled": True})


KEY_STORE: Final = DocumentType(
    "AWS::KMS::CustomKeyStore",
    "kms",
    ("key",),
    (
        "CustomKeyStoreId",
        "CustomKeyStoreType",
        "ConnectionState",
        "CloudHsmClusterId",
        "XksProxyConfiguration.Connectivity",
        "XksProxyConfiguration.UriEndpoint",
        "XksProxyConfiguration.VpcEndpointServiceOwner",
        "Keys[].Arn",
    ),
    key_store,
)
HSM_CLUSTER: Final = DocumentType(
    "AWS::CloudHSM::Cluster",
    "cloudhsmv2",
    ("key",),
    ("ClusterId", "HsmType", "State", "Mode", "CreateTimestamp", "VpcId", "Hsms[].AvailabilityZone", "Tags"),
    hsm_cluster,
)
HSM_BACKUP: Final = DocumentType(
    "AWS::CloudHSM::Backup",
    "cloudhsmv2",
    ("key",),
    ("BackupId", "BackupArn", "ClusterId", "SourceRegion", "SourceCluster", "BackupState"),
    hsm_backup,
)
