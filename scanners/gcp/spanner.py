"""Spanner. Regions appear in the name of the instance's configuration only."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.places import place
from scanners.gcp.subject import Subject, days, gcp_type, put_any, tls_only
from scanners.members import member, records, text, texts
from scanners.model import Asset, Location, Relation

_HOST = "spanner.googleapis.com"


def configuration(name: str | None, members: list[str] | None = None) -> Location:
    """The place of an instance configuration: `regional-europe-west3`, `eur6`; a custom one has only its members."""
    word = last(name) or ""
    if word.startswith("regional-"):
        return place(word.removeprefix("regional-"))
    found = place(word, "spanner", members or ())
    return found if word or members else Location.unknown()


def _instance(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    replicas = records(data, "replicaComputeCapacity") or []
    regions = sorted({r for c in replicas if (r := text(c, "replicaSelection.location"))})
    location = configuration(text(data, "config"), regions if len(regions) > 1 else None)
    attributes = put_any({"encrypted": True}, https_only=tls_only(subject))
    if location.kind.value == "region":
        attributes["cross_zone"] = True  # every regional configuration has three zones
    yield subject.asset("database.instance", location, attributes, name=text(data, "displayName"))


def _encryption(subject: Subject, kind: str, attributes: dict[str, Any]) -> Iterator[Relation]:
    data = subject.data
    keys = [text(data, "encryptionConfig.kmsKeyName"), *(texts(data, "encryptionConfig.kmsKeyNames") or [])]
    infos = [*(records(data, "encryptionInfo") or []), *(records(data, "encryptionInformation") or [])]
    single = member(data, "encryptionInfo")
    infos += [single] if isinstance(single, dict) else []
    keys += [text(info, "kmsKeyVersion") for info in infos]
    stated = {text(info, "encryptionType") for info in infos}
    shown = "GOOGLE_DEFAULT_ENCRYPTION" in stated and "CUSTOMER_MANAGED_ENCRYPTION" not in stated
    yield from subject.encryption(kind, attributes, *keys, shown=shown)


def _database(subject: Subject) -> Iterator[Asset | Relation]:
    attributes = put_any({}, https_only=tls_only(subject))
    yield from _encryption(subject, "database.instance", attributes)
    # Which regions hold it, the instance says; the default leader is only one of them.
    yield subject.asset("database.instance", Location.unknown(), attributes, labels_at=None)
    yield subject.relation("member_of", subject.uid.rsplit("/databases/", 1)[0])


def _backup(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    yield from _encryption(subject, "storage.snapshot", attributes)
    source = text(data, "database")
    uid = f"//{_HOST}/{source}" if source and source.startswith("projects/") else None
    put_any(attributes, source_uid=uid)
    yield subject.asset("storage.snapshot", Location.unknown(), attributes, labels_at=None)
    if uid:
        yield Relation(uid, "backs_up_to", subject.uid)
    yield subject.relation("member_of", subject.uid.rsplit("/backups/", 1)[0])


def _schedule(subject: Subject) -> Iterator[Asset | Relation]:
    """A backup schedule tells how long its database's backups are kept."""
    kept = days(subject.data, "retentionDuration")
    database = subject.uid.rsplit("/backupSchedules/", 1)[0]
    if kept is None or database == subject.uid:
        return
    facet = subject.asset(
        "database.instance", Location.unknown(), {"backup_retention_days": kept}, name=last(database), labels_at=None
    )
    facet.uid, facet.native_type, facet.aliases, facet.created_at = database, f"{_HOST}/Database", (), None
    yield facet


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/Instance",
        "spanner",
        ("database.instance",),
        ("config", "createTime", "displayName", "labels", "name", "replicaComputeCapacity[].replicaSelection", "state"),
        _instance,
    ),
    gcp_type(
        f"{_HOST}/Database",
        "spanner",
        ("database.instance",),
        (
            *("createTime", "defaultLeader", "enableDropProtection", "encryptionConfig", "encryptionInfo", "name"),
            *("restoreInfo.backupInfo.backup", "state", "versionRetentionPeriod"),
        ),
        _database,
    ),
    gcp_type(
        f"{_HOST}/Backup",
        "spanner",
        ("storage.snapshot",),
        ("createTime", "database", "encryptionInfo", "encryptionInformation", "expireTime", "name", "state"),
        _backup,
    ),
    gcp_type(f"{_HOST}/BackupSchedule", "spanner", ("database.instance",), ("name", "retentionDuration"), _schedule),
)
