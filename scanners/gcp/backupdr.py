"""Backup and DR Service: vaults, plans, and what they protect."""

from collections.abc import Iterator
from typing import Any

from scanners.documents import DocumentType
from scanners.gcp.names import full_name
from scanners.gcp.subject import Subject, days, gcp_type, put_any
from scanners.members import date_text, has, number, records, text
from scanners.model import Asset, Relation

_HOST = "backupdr.googleapis.com"


def _vault(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "encryptionConfig.kmsKeyName")
    yield from subject.encryption("backup.vault", attributes, key, shown=has(data, "createTime"))
    least = days(data, "backupMinimumEnforcedRetentionDuration")
    put_any(attributes, lock_days=least)
    if date_text(data, "effectiveTime"):
        attributes["immutable"] = bool(least)  # from that time on, the period can no longer be shortened
    yield subject.asset("backup.vault", subject.place(), attributes)


def _plan(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    kept = [k for r in records(data, "backupRules") or [] if (k := number(r, "backupRetentionDays")) is not None]
    if kept:
        attributes["backup_retention_days"] = max(kept)
    yield subject.asset("backup.vault", subject.place(), attributes)
    vault = full_name(text(data, "backupVault"), _HOST)
    if vault:
        yield subject.relation("member_of", vault)


def _association(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    host = (text(data, "resourceType") or "compute.googleapis.com/").partition("/")[0]
    resource = full_name(text(data, "resource"), host)
    # The source of data that Google made for it lies in the vault; a plan alone only says for how long.
    source = full_name(text(data, "dataSource"), _HOST)
    vault = source.partition("/dataSources/")[0] if source and "/dataSources/" in source else None
    target = vault or full_name(text(data, "backupPlan"), _HOST)
    if resource and target:
        yield Relation(resource, "backs_up_to", target)


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/BackupVault",
        "backupdr",
        ("backup.vault",),
        (
            *("accessRestriction", "backupMinimumEnforcedRetentionDuration", "createTime", "effectiveTime", "labels"),
            *("encryptionConfig", "name"),
        ),
        _vault,
    ),
    gcp_type(
        f"{_HOST}/BackupPlan",
        "backupdr",
        ("backup.vault",),
        ("backupRules[].backupRetentionDays", "backupVault", "createTime", "labels", "name", "resourceType"),
        _plan,
    ),
    gcp_type(
        f"{_HOST}/BackupPlanAssociation",
        "backupdr",
        (),
        ("backupPlan", "dataSource", "name", "resource", "resourceType"),
        _association,
    ),
)
