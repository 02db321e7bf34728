"""Organisations of AWS: what they forbid their accounts, and what they let AI services keep."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from scanners.aws.policies import parse
from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import has, is_null, member, put, record, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation

_NOT_THESE: Final = ("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike")
_REGION: Final = "aws:requestedregion"
_DATA: Final = ("s3:", "sagemaker:", "bedrock:", "ec2:", "rds:", "dynamodb:", "fsx:", "elasticfilesystem:", "*")


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
    """A service control policy; one that denies all regions but some is a guardrail for regions."""
    arn = text(document, "Arn")
    subject = Subject(document, origin, arn, "organizations", f"policy/{text(document, 'Id')}")
    attributes: dict[str, Any] = {}
    targets = records(document, "Targets")
    if targets is not None:
        attributes["enforced"] = bool(targets)
    policy = parse(member(document, "Content"))
    if policy is not None:
        _regions(policy, attributes)
    put(attributes, "scope_path", next((text(t, "TargetId") for t in targets or []), None))
    name = text(document, "Name") or str(text(document, "Id"))
    where = Location(LocationKind.GLOBAL)
    yield subject.asset("governance.policy", "AWS::Organizations::Policy", name, attributes, location=where)
    for target in targets or []:
        identity = text(target, "TargetId")
        prefix = "account" if text(target, "Type") == "ACCOUNT" else "organization"
        yield from subject.relation("member_of", f"{prefix}:{identity}" if identity else None)


def _regions(policy: Mapping[str, Any], attributes: dict[str, Any]) -> None:
    """Sets what a deny of all but some regions says; several such statements allow what all of them allow."""
    allowed: set[str] | None = None
    exempt: list[str] = []
    for statement in _statements(policy):
        regions = _allowed(statement)
        if statement.get("Effect") != "Deny" or regions is None:
            continue
        allowed = regions if allowed is None else allowed & regions
        exempt += _list(statement.get("NotAction"))
        if "NotAction" not in statement and "*" not in _list(statement.get("Action")):
            exempt.append("*")  # denies some actions only: everything else is exempt
    if allowed is None:
        return
    attributes["type"] = "region"
    attributes["allowed_regions"] = sorted(allowed)
    attributes["exceptions"] = [{"covers_data": True}] if any(e.startswith(_DATA) for e in exempt) else []


def _allowed(statement: Mapping[str, Any]) -> set[str] | None:
    for operator in _NOT_THESE:
        condition = record(statement, f"Condition.{operator}") or {}
        for key, value in condition.items():
            if key.lower() == _REGION:
                return {region.lower() for region in _list(value)}
    return None


def _statements(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    value = policy.get("Statement")
    if isinstance(value, Mapping):
        return [cast("Mapping[str, Any]", value)]
    return records(policy, "Statement") or []


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else texts({"x": value}, "x") or []


ACCOUNT: Final = DocumentType(
    "AWS::Organizations::Account",
    "organizations",
    ("account",),
    ("Partition", "Organization.Id", "Organization.FeatureSet", "AiOptOut.PolicyContent"),
    account,
)
CONTROL_POLICY: Final = DocumentType(
    "AWS::Organizations::Policy",
    "organizations",
    ("governance.policy",),
    ("Id", "Arn", "Name", "Type", "AwsManaged", "Content", "Targets[].TargetId", "Targets[].Type"),
    control_policy,
)
