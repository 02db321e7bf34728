"""Firestore databases."""

from collections.abc import Iterator

from scanners.documents import DocumentType
from scanners.gcp.names import last
from scanners.gcp.subject import Subject, days, gcp_type, put_any, tls_only
from scanners.members import has, text
from scanners.model import Asset, Location, Relation

_TYPE = "firestore.googleapis.com"


def _database(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes = put_any({}, https_only=tls_only(subject))
    key = text(data, "cmekConfig.kmsKeyName")
    yield from subject.encryption("database.instance", attributes, key, shown=has(data, "locationId"))
    recovery = text(data, "pointInTimeRecoveryEnablement")
    if recovery in ("POINT_IN_TIME_RECOVERY_ENABLED", "POINT_IN_TIME_RECOVERY_DISABLED"):
        attributes["versioning"] = recovery.endswith("ENABLED")
        put_any(attributes, soft_delete_days=days(data, "versionRetentionPeriod"))
    location = subject.place("locationId", service="firestore")
    yield subject.asset("database.instance", location, attributes, labels_at=None)


def _schedule(subject: Subject) -> Iterator[Asset | Relation]:
    """A backup schedule tells how long its database's backups are kept."""
    kept = days(subject.data, "retention")
    database = subject.uid.rsplit("/backupSchedules/", 1)[0]
    if kept is None or database == subject.uid:
        return
    facet = subject.asset(
        "database.instance", Location.unknown(), {"backup_retention_days": kept}, name=last(database), labels_at=None
    )
    facet.uid, facet.native_type, facet.aliases, facet.created_at = database, f"{_TYPE}/Database", (), None
    yield facet


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_TYPE}/Database",
        "firestore",
        ("database.instance",),
        (
            *(
                "cmekConfig",
                "createTime",
                "deleteProtectionState",
                "locationId",
                "name",
                "pointInTimeRecoveryEnablement",
            ),
            *("type", "versionRetentionPeriod"),
        ),
        _database,
    ),
    gcp_type(f"{_TYPE}/BackupSchedule", "firestore", ("database.instance",), ("name", "retention"), _schedule),
)
