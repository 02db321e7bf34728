"""Organisations of AWS: what they forbid their accounts, and what they let AI services keep."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.controls import guards
from scanners.aws.policies import parse
from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import has, is_null, member, put, record, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation

_CONTROLS: Final = frozenset({"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"})
_NATIVE: Final = {
    "RESOURCE_CONTROL_POLICY": "ResourceControlPolicy",
    "AISERVICES_OPT_OUT_POLICY": "AiServicesOptOutPolicy",
    "BACKUP_POLICY": "BackupPolicy",
    "DECLARATIVE_POLICY_EC2": "DeclarativePolicy",
    "BEDROCK_POLICY": "BedrockPolicy",
    "S3_POLICY": "S3Policy",
}
"""Type of a policy → native type; a service control policy is `Policy`."""


def account(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The account's organisation (null where it is in none) and its effective opt-out from use by AI services."""
    subject = Subject(document, origin, None, "iam", "root")
    subject.uid = f"arn:{text(document, 'Partition') or 'aws'}:iam::{subject.account}:root"
    attributes: dict[str, Any] = {"id": subject.account}
    put(attributes, "organisation", text(document, "Organization.Id"))
    if is_null(document, "Organization"):
        attributes["organisation"] = None
    if has(document, "AiOptOut"):
        put(attributes, "ai_optout", _opt_out(document))
    where = Location(LocationKind.GLOBAL)
    yield subject.asset("account", "AWS::Organizations::Account", subject.account, attributes, location=where)
    organisation = text(document, "Organization.Id")
    yield from subject.relation("member_of", f"organization:{organisation}" if organisation else None)


def _opt_out(document: Any) -> str | None:
    if is_null(document, "AiOptOut"):
        return "none"
    services = record(parse(member(document, "AiOptOut.PolicyContent")), "services")
    if services is None:
        return None
    found = {name: text(entry, "opt_out_policy") for name, entry in services.items()}
    default = found.pop("default", None)
    if default == "optOut":
        return "all" if all(value == "optOut" for value in found.values()) else "partial"
    return "partial" if "optOut" in found.values() else "none"


def control_policy(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A policy of the organisation, as one asset for each sort of guard that it is: regions, places where AI computes,
    public access, keys. What its text may well enforce, but not surely, has no `enforced`."""
    arn = text(document, "Arn")
    subject = Subject(document, origin, arn, "organizations", f"policy/{text(document, 'Id')}")
    attributes: dict[str, Any] = {}
    targets = records(document, "Targets")
    if targets is not None:
        attributes["enforced"] = bool(targets)
    put(attributes, "scope_path", next((text(t, "TargetId") for t in targets or []), None))
    name = text(document, "Name") or str(text(document, "Id"))
    where = Location(LocationKind.GLOBAL)
    for sort, said in _sorts(document).items():
        found = {**attributes, **said}
        if said.get("enforced", ...) is None:
            found.pop("enforced")
        facet = subject if sort == "main" else _facet(subject, document, origin, sort)
        native = f"AWS::Organizations::{_NATIVE.get(text(document, 'Type') or '', 'Policy')}"
        yield facet.asset("governance.policy", native, name, found, location=where)
        for target in targets or []:
            identity = text(target, "TargetId")
            prefix = "account" if text(target, "Type") == "ACCOUNT" else "organization"
            yield from facet.relation("member_of", f"{prefix}:{identity}" if identity else None)


def _facet(subject: Subject, document: Any, origin: Origin, sort: str) -> Subject:
    return Subject(document, origin, f"{subject.uid}/{sort}", "organizations", sort)


def _sorts(document: Any) -> dict[str, dict[str, Any]]:
    """Sort of guard → its attributes; the first one is the policy itself. Empty attributes where it was not read."""
    if (text(document, "Type") or "SERVICE_CONTROL_POLICY") not in _CONTROLS:
        return {"main": {"type": "other"}}
    policy = parse(member(document, "Content"))
    if policy is None:
        return {"main": {}}
    found = guards(policy)
    if not found:
        return {"main": {"type": "other"}}
    first, *others = found
    return {"main": {"type": first, **found[first]}, **{sort: {"type": sort, **found[sort]} for sort in others}}


ACCOUNT: Final = DocumentType(
    "AWS::Organizations::Account",
    "organizations",
    ("account",),
    ("Partition", "Organization.Id", "Organization.FeatureSet", "AiOptOut.PolicyContent"),
    account,
)


def membership(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """One account with the units and the root above it (`Parents`), by which policies reach it: relations only."""
    partition, account_id = text(document, "Partition") or "aws", text(document, "Id")
    for parent in texts(document, "Parents") or []:
        yield Relation(f"arn:{partition}:iam::{account_id}:root", "member_of", f"organization:{parent}")


MEMBERSHIP: Final = DocumentType(
    "AWS::Organizations::Membership", "organizations", ("account",), ("Partition", "Id", "Parents"), membership
)
CONTROL_POLICY: Final = DocumentType(
    "AWS::Organizations::Policy",
    "organizations",
    ("governance.policy",),
    ("Id", "Arn", "Name", "Type", "AwsManaged", "Content", "Targets[].TargetId", "Targets[].Type"),
    control_policy,
)
