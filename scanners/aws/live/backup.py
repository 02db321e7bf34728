"""AWS Backup, Data Lifecycle Manager and Amazon ECR, live (rows F8 to F11 of the collection plan)."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.dlm import TYPES as DLM
from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, listed, tag
from scanners.members import member, records
from scanners.model import Item

_GONE: Final = ("ResourceNotFoundException",)
VAULTS: Final = pages("backup", "ListBackupVaults", "BackupVaultList", page=100)
VAULT_POLICY: Final = op("backup", "GetBackupVaultAccessPolicy", none=_GONE)
PLANS: Final = pages("backup", "ListBackupPlans", "BackupPlansList", page=100)
PLAN: Final = op("backup", "GetBackupPlan", none=_GONE)
POINTS: Final = pages("backup", "ListRecoveryPointsByBackupVault", "RecoveryPoints", page=1000)
POLICIES: Final = op("dlm", "GetLifecyclePolicies")
POLICY: Final = op("dlm", "GetLifecyclePolicy", none=_GONE)
REPOSITORIES: Final = pages("ecr", "DescribeRepositories", "repositories", page=1000)
REPOSITORY_POLICY: Final = op("ecr", "GetRepositoryPolicy", none=("RepositoryPolicyNotFoundException",))
REGISTRY: Final = op("ecr", "DescribeRegistry")

_TYPES: Final = document_types()
_POINT: Final = _TYPES["AWS::Backup::RecoveryPoint"]
_COPIES: Final = _TYPES["AWS::ECR::ReplicationConfiguration"]
(_POLICY,) = DLM


def _vault(reach: Reach, document: dict[str, Any]) -> None:
    reach.detail(document, "AccessPolicy", VAULT_POLICY, "Policy", BackupVaultName=document["BackupVaultName"])


def points(reach: Reach) -> Iterator[Item]:
    """What every vault holds."""
    for vault in reach.listed(VAULTS):
        if vault.get("NumberOfRecoveryPoints") != 0:
            reach.spawn(lambda r, v=vault: _held(r, v))
    yield from ()


def _held(reach: Reach, vault: dict[str, Any]) -> Iterator[Item]:
    """The recovery points of a vault: how its lock guards them, the vault says."""
    lock = {"Locked": vault.get("Locked"), "LockDate": vault.get("LockDate")}
    for document in reach.each(POINTS, BackupVaultName=str(vault["BackupVaultName"])):
        yield from reach.see(_POINT, {**document, "Vault": lock}, by=POINTS)


def policies(reach: Reach) -> Iterator[Item]:
    """Policies for snapshots; the list is not paged."""
    for entry in records(reach.call(POLICIES), "Policies") or []:
        answer = reach.answer(POLICY, PolicyId=entry["PolicyId"])
        document = None if answer is None else member(answer, "Policy")
        if isinstance(document, dict):
            yield from reach.see(_POLICY, {"Tags": {}, **document}, by=POLICY)


def _repository(reach: Reach, document: dict[str, Any]) -> None:
    name = document["repositoryName"]
    reach.detail(document, "repositoryPolicyText", REPOSITORY_POLICY, "policyText", repositoryName=name)
    tag(reach, document, _TYPES["AWS::ECR::Repository"], document["repositoryArn"])


def registry(reach: Reach) -> Iterator[Item]:
    """Where the registry of a region copies its images to, if anywhere."""
    document = reach.call(REGISTRY)
    if member(document, "replicationConfiguration.rules"):
        yield from reach.see(_COPIES, document, by=REGISTRY)


COLLECTORS: Final = (
    listed(
        _TYPES["AWS::Backup::BackupVault"],
        VAULTS,
        nulls=("LockDate",),
        tags="BackupVaultArn",
        more=_vault,
        operations=(VAULT_POLICY,),
        shared=True,
    ),
    described(_TYPES["AWS::Backup::BackupPlan"], PLANS, PLAN, "BackupPlanId", "BackupPlanId", tags="BackupPlanArn"),
    Collector("backup", _POINT.kinds, (VAULTS, POINTS), points, types=(_POINT,)),
    Collector("dlm", _POLICY.kinds, (POLICIES, POLICY), policies, types=(_POLICY,)),
    listed(_TYPES["AWS::ECR::Repository"], REPOSITORIES, more=_repository, operations=(REPOSITORY_POLICY,)),
    Collector("ecr", _COPIES.kinds, (REGISTRY,), registry, types=(_COPIES,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
