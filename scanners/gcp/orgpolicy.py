"""Organisation policies: version 2 of the API, and the older form that Cloud Asset Inventory exports."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import flag, has, record, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation

GLOBAL: Final = Location(LocationKind.GLOBAL, region="global")
GUARDS: Final = {
    "gcp.resourceLocations": "region",
    "gcp.restrictNonCmekServices": "cmk",
    "gcp.restrictCmekCryptoKeyProjects": "cmk",
    "storage.publicAccessPrevention": "public_access",
    "iam.allowedPolicyMemberDomains": "public_access",
    "sql.restrictPublicIp": "public_access",
    "sql.restrictAuthorizedNetworks": "public_access",
    "compute.vmExternalIpAccess": "public_access",
    "gcp.restrictEndpointUsage": "ai_scope",
    "vertexai.allowedModels": "ai_scope",
    "vertexai.allowedGenAIModels": "ai_scope",
    "vertexai.allowedPartnerModelFeatures": "ai_scope",
}
"""Constraint → what it guards, in the schema's words. Constraints that are not here guard something else."""


def is_guard(constraint: str | None) -> bool:
    """Whether a constraint guards something that the schema has a word for."""
    return (constraint or "").removeprefix("constraints/") in GUARDS


def _policy(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    constraint = (text(data, "constraint") or subject.uid.rpartition("/policies/")[2]).removeprefix("constraints/")
    guards = GUARDS.get(constraint)
    if guards is None or data is None:
        return
    attached = subject.uid.removeprefix("//orgpolicy.googleapis.com/").partition("/policies/")[0]
    attributes: dict[str, Any] = {"type": guards, "scope_path": attached}
    rules = _rules(data)
    if rules is not None:
        _effect(rules, attributes, _listing(constraint), guards)
    elif has(data, "dryRunSpec") or record(data, "dry_run_spec") is not None:
        attributes["enforced"] = False  # reports only
    exceptions = [r for r in rules or [] if has(r, "condition")]
    if rules is not None:
        attributes["exceptions"] = [{"covers_data": True} for _ in exceptions]
    yield subject.asset("governance.policy", GLOBAL, attributes, name=constraint, labels_at=None)


def _rules(data: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """The rules in force, in the words of version 2; None where the document shows none."""
    if has(data, "spec"):
        if flag(data, "spec.reset") is True:
            return []
        return records(data, "spec.rules")
    listed = record(data, "listPolicy")
    if listed is not None:
        values = {name: listed[name] for name in ("allowedValues", "deniedValues") if name in listed}
        every = text(listed, "allValues")
        rule: dict[str, Any] = {"values": values} if values else {}
        return [rule | ({"allowAll": True} if every == "ALLOW" else {"denyAll": True} if every == "DENY" else {})]
    enforced = flag(data, "booleanPolicy.enforced")
    if record(data, "booleanPolicy") is not None:
        return [{"enforce": enforced is True}]  # Google leaves out what is false
    if has(data, "restoreDefault"):
        return []
    return None


def _listing(constraint: str) -> bool:
    return constraint not in (
        "storage.publicAccessPrevention",
        "sql.restrictPublicIp",
        "sql.restrictAuthorizedNetworks",
    )


def _effect(rules: list[Mapping[str, Any]], attributes: dict[str, Any], listing: bool, guards: str) -> None:
    plain = [r for r in rules if not has(r, "condition")]
    if not listing:
        attributes["enforced"] = any(flag(r, "enforce") is True for r in plain)
        return
    allowed: list[str] = []
    denies = False
    for rule in plain:
        allowed += texts(rule, "values.allowedValues") or []
        denies = denies or flag(rule, "denyAll") is True or bool(texts(rule, "values.deniedValues"))
    everything = any(flag(r, "allowAll") is True for r in plain)
    attributes["enforced"] = bool(allowed or denies) and not everything
    if guards == "region":
        # Value groups such as `in:eu-locations` stay as Google writes them; the catalogue knows their members.
        attributes["allowed_regions"] = sorted(set(allowed)) if allowed and not everything else None


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "orgpolicy.googleapis.com/Policy",
        "orgpolicy",
        ("governance.policy",),
        ("booleanPolicy", "constraint", "dryRunSpec.rules", "listPolicy", "name", "restoreDefault", "spec"),
        _policy,
    ),
)
