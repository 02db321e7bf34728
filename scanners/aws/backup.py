"""AWS Backup: vaults, plans and recovery points."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject, named, rest
from scanners.documents import DocumentType, Origin
from scanners.members import flag, has, is_null, member, number, put, record, records, text
from scanners.model import Asset, Relation


def vault(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A vault; `AccessPolicy` is the answer of `GetBackupVaultAccessPolicy`."""
    name = text(document, "BackupVaultName") or ""
    subject = Subject(document, origin, text(document, "BackupVaultArn"), "backup", f"backup-vault:{name}")
    key = text(document, "EncryptionKeyArn")
    attributes = rest(True if key else None, key)
    locked = flag(document, "Locked")
    put(attributes, "immutable", _fixed(document))
    shortest = number(document, "MinRetentionDays")
    if shortest is None:
        shortest = number(document, "LockConfiguration.MinRetentionDays")
    if shortest is not None:
        attributes["lock_days"] = shortest
    elif locked is False:
        attributes["lock_days"] = None
    longest = number(document, "MaxRetentionDays")
    put(
        attributes,
        "retention_days",
        longest if longest is not None else number(document, "LockConfiguration.MaxRetentionDays"),
    )
    yield subject.asset("backup.vault", "AWS::Backup::BackupVault", name, attributes, created="CreationDate")
    yield from subject.encrypted_by("EncryptionKeyArn")
    policy = parse(member(document, "AccessPolicy"))
    if policy is not None:
        for party in sorted(access(policy, subject.account).parties):
            yield from subject.relation("shared_with", party)


def _fixed(document: Any) -> bool | None:
    """Whether nobody can take the lock of a vault away: a lock without a date (in governance mode) can be lifted by
    whoever has the permission (AWS Backup Developer Guide, "Vault lock modes")."""
    locked = flag(document, "Locked")
    if locked is False:
        return False
    if member(document, "LockDate") is not None or number(document, "LockConfiguration.ChangeableForDays") is not None:
        return True
    return False if locked and is_null(document, "LockDate") else None


def plan(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A plan: the vaults that it fills and the vaults that it copies to, with how long copies are kept."""
    identity = text(document, "BackupPlanId") or ""
    subject = Subject(document, origin, text(document, "BackupPlanArn"), "backup", f"backup-plan:{identity}")
    name = named(document, "BackupPlan.BackupPlanName") or identity
    rules = [r for m in ("Rules", "BackupPlanRule") for r in records(document, f"BackupPlan.{m}") or []]
    attributes: dict[str, Any] = {"continuous": True}
    schedules = [s for r in rules if (s := text(r, "ScheduleExpression")) is not None]
    if schedules:
        attributes["schedule"] = "; ".join(dict.fromkeys(schedules))[:500]
    if has(document, "BackupPlan"):
        attributes["enabled"] = bool(rules)
    yield subject.asset("replication", "AWS::Backup::BackupPlan", name, attributes, created="CreationDate")
    for rule in rules:
        vault_name = named(rule, "TargetBackupVaultName", "TargetBackupVault")
        source = subject.arn("backup", f"backup-vault:{vault_name}") if vault_name else None
        kept = number(rule, "Lifecycle.DeleteAfterDays")
        yield from subject.relation("backs_up_to", source, {"retention_days": kept} if kept is not None else None)
        for copy in records(rule, "CopyActions") or []:
            target = text(copy, "DestinationBackupVaultArn")
            if source and target and source != target:
                yield Relation(source, "replicates_to", target, {"continuous": True})


def recovery_point(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """One backup of one thing."""
    arn = text(document, "RecoveryPointArn")
    subject = Subject(document, origin, arn, "backup", "recovery-point:unknown")
    attributes = rest(flag(document, "IsEncrypted"), text(document, "EncryptionKeyArn"))
    attributes["managed_by_backup"] = True
    put(attributes, "immutable", _fixed(record(document, "Vault") or {}))
    source = text(document, "ResourceArn")
    put(attributes, "source_uid", source)
    put(attributes, "source_region", source.split(":")[3] if source and source.count(":") > 4 else None)
    name = (arn or "").rsplit(":", 1)[-1]
    yield subject.asset("storage.snapshot", "AWS::Backup::RecoveryPoint", name, attributes, created="CreationDate")
    yield from subject.encrypted_by("EncryptionKeyArn")
    if source:
        yield Relation(source, "backs_up_to", subject.uid)
    yield from subject.relation("member_of", text(document, "BackupVaultArn"))


TYPES: Final = (
    DocumentType(
        "AWS::Backup::BackupVault",
        "backup",
        ("backup.vault",),
        (
            "BackupVaultName",
            "BackupVaultArn",
            "CreationDate",
            "EncryptionKeyArn",
            "Locked",
            "LockDate",
            "MinRetentionDays",
            "MaxRetentionDays",
            "LockConfiguration.MinRetentionDays",
            "LockConfiguration.MaxRetentionDays",
            "LockConfiguration.ChangeableForDays",
            "AccessPolicy",
            "Tags",
        ),
        vault,
    ),
    DocumentType(
        "AWS::Backup::BackupPlan",
        "backup",
        ("replication",),
        (
            "BackupPlanId",
            "BackupPlanArn",
            "CreationDate",
            "BackupPlan.BackupPlanName",
            *(
                f"BackupPlan.{rules}[].{part}"
                for rules in ("Rules", "BackupPlanRule")
                for part in (
                    "RuleName",
                    "TargetBackupVaultName",
                    "TargetBackupVault",
                    "ScheduleExpression",
                    "Lifecycle.DeleteAfterDays",
                    "CopyActions[].DestinationBackupVaultArn",
                    "CopyActions[].Lifecycle.DeleteAfterDays",
                )
            ),
            "Tags",
        ),
        plan,
    ),
    DocumentType(
        "AWS::Backup::RecoveryPoint",
        "backup",
        ("storage.snapshot",),
        (
            "RecoveryPointArn",
            "BackupVaultArn",
            "ResourceArn",
            "ResourceType",
            "CreationDate",
            "IsEncrypted",
            "EncryptionKeyArn",
            "Lifecycle.DeleteAfterDays",
            "Vault.Locked",
            "Vault.LockDate",
            "Tags",
        ),
        recovery_point,
    ),
)
