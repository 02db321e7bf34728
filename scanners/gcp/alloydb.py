"""AlloyDB clusters, their instances and backups."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last
from scanners.gcp.places import as_value, place
from scanners.gcp.subject import Subject, days, gcp_type, put_any, whole
from scanners.members import flag, has, text, texts
from scanners.model import Asset, Relation

_HOST = "alloydb.googleapis.com"


def _keys(data: Any) -> list[str | None]:
    versions = texts(data, "encryptionInfo.kmsKeyVersions") or []
    return [text(data, "encryptionConfig.kmsKeyName"), *versions]


def _cluster(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    google = text(data, "encryptionInfo.encryptionType") == "GOOGLE_DEFAULT_ENCRYPTION"
    yield from subject.encryption("database.instance", attributes, *_keys(data), shown=google)
    network = text(data, "networkConfig.network") or text(data, "network")
    put_any(attributes, vpc=last(network))
    kept: list[int] = []
    if flag(data, "automatedBackupPolicy.enabled") is True:
        period = days(data, "automatedBackupPolicy.timeBasedRetention.retentionPeriod")
        kept += [period] if period is not None else []
        where = text(data, "automatedBackupPolicy.location")
        if where:
            attributes["backup_loc"] = as_value(place(where))
    if flag(data, "continuousBackupConfig.enabled") is True:
        window = whole(data, "continuousBackupConfig.recoveryWindowDays")
        kept += [window] if window is not None else []
    if kept:
        attributes["backup_retention_days"] = max(kept)
    elif flag(data, "automatedBackupPolicy.enabled") is False and flag(data, "continuousBackupConfig.enabled") is False:
        attributes["backup_retention_days"] = 0
    yield subject.asset("database.instance", subject.place(), attributes, name=text(data, "displayName"))
    for other in texts(data, "primaryConfig.secondaryClusterNames") or []:
        yield from subject.links("replicates_to", other, service=_HOST, continuous=True)
    primary = full_name(text(data, "secondaryConfig.primaryClusterName"), _HOST)
    if primary:
        yield Relation(primary, "replicates_to", subject.uid, {"continuous": True})


def _instance(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    # The project's IAM policy says who may connect.
    attributes: dict[str, Any] = {"encrypted": True, "relations_read": []}
    mode = text(data, "clientConnectionConfig.sslConfig.sslMode")
    if mode in ("ENCRYPTED_ONLY", "ALLOW_UNENCRYPTED_AND_ENCRYPTED"):
        attributes["https_only"] = mode == "ENCRYPTED_ONLY"
    public = flag(data, "networkConfig.enablePublicIp")
    if public is None and has(data, "ipAddress"):
        public = text(data, "publicIpAddress") is not None
    put_any(attributes, public_network=public)
    if public is False:
        attributes["public_access"] = "none"
    kind = text(data, "availabilityType")
    if kind in ("ZONAL", "REGIONAL"):
        attributes["cross_zone"] = kind == "REGIONAL"
    yield subject.asset("database.instance", subject.place(), attributes)
    yield subject.relation("member_of", subject.uid.rsplit("/instances/", 1)[0])


def _backup(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    google = text(data, "encryptionInfo.encryptionType") == "GOOGLE_DEFAULT_ENCRYPTION"
    yield from subject.encryption("storage.snapshot", attributes, *_keys(data), shown=google)
    source = full_name(text(data, "clusterName"), _HOST)
    put_any(attributes, source_uid=source)
    yield subject.asset("storage.snapshot", subject.place(), attributes)
    if source:
        yield Relation(source, "backs_up_to", subject.uid)


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/Cluster",
        "alloydb",
        ("database.instance",),
        (
            *(
                "automatedBackupPolicy",
                "clusterType",
                "continuousBackupConfig",
                "createTime",
                "displayName",
                "labels",
                "name",
            ),
            *(
                "encryptionConfig",
                "encryptionInfo",
                "network",
                "networkConfig.network",
                "primaryConfig",
                "secondaryConfig",
            ),
        ),
        _cluster,
    ),
    gcp_type(
        f"{_HOST}/Instance",
        "alloydb",
        ("database.instance",),
        (
            *(
                "availabilityType",
                "clientConnectionConfig.sslConfig.sslMode",
                "createTime",
                "instanceType",
                "ipAddress",
            ),
            *("labels", "name", "networkConfig.enablePublicIp", "publicIpAddress"),
        ),
        _instance,
    ),
    gcp_type(
        f"{_HOST}/Backup",
        "alloydb",
        ("storage.snapshot",),
        ("clusterName", "createTime", "encryptionConfig", "encryptionInfo", "expiryTime", "labels", "name", "type"),
        _backup,
    ),
)
