"""What a service or resource control policy guards: regions, places where AI computes, public access, customer keys.

A policy is text of great freedom. What is recognised for sure is stated as enforced; what only touches a subject is
returned with `enforced` null, which means that nobody knows; everything else is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from scanners.members import record, records, texts

_NOT_THESE: Final = ("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike")
_REGION: Final = "aws:requestedregion"
_DATA: Final = ("s3:", "sagemaker:", "bedrock:", "ec2:", "rds:", "dynamodb:", "fsx:", "elasticfilesystem:", "*")
_OTHERS: Final = ("stringnotequals", "stringnotequalsifexists", "stringnotequalsignorecase")
_EQUALS: Final = ("stringequals", "stringequalsignorecase", "stringlike", "arnlike", "arnequals")
_ORGANISATIONS: Final = ("aws:principalorgid", "aws:resourceorgid", "aws:principalorgpaths")
_KEYS: Final = ("kms", "encrypt")
_CALLS: Final = ("bedrock:invokemodel", "bedrock:invokemodelwithresponsestream")


def guards(policy: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Sort of guard → attributes (`enforced` null: not known whether). Empty where the policy denies nothing of them.

    A policy that denies all but some regions also keeps AI from computing anywhere, unless Bedrock is exempt: calls
    through a global profile are made for a region named `unspecified`.
    """
    found: dict[str, dict[str, Any]] = {}
    denials = [s for s in statements(policy) if str(s.get("Effect", "")).lower() == "deny"]
    region = _regions(denials)
    if region is not None:
        found["region"] = region
    computing = _computing(denials, region)
    if computing is not None:
        found["ai_scope"] = computing
    public = _public(denials)
    if public is not None:
        found["public_access"] = public
    if any(word in key for s in denials for _, key, _ in conditions(s) for word in _KEYS):
        found["cmk"] = {"enforced": None}
    return found


def statements(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statements of a policy, also where it has only one."""
    value = policy.get("Statement")
    if isinstance(value, Mapping):
        return [cast("Mapping[str, Any]", value)]
    return records(policy, "Statement") or []


def conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """(operator, key, values) of every condition, operator and key in lower case."""
    for operator, tests in (record(statement, "Condition") or {}).items():
        if isinstance(tests, Mapping):
            for key, values in cast("Mapping[str, Any]", tests).items():
                yield operator.lower(), key.lower(), listed(values)


def listed(value: Any) -> list[str]:
    """One text or a list of texts as a list."""
    return [value] if isinstance(value, str) else texts({"x": value}, "x") or []


def _regions(denials: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What a deny of all but some regions says; several such statements allow what all of them allow."""
    allowed: set[str] | None = None
    exempt: list[str] = []
    for statement in denials:
        regions = _allowed(statement)
        if regions is None:
            continue
        allowed = regions if allowed is None else allowed & regions
        exempt += listed(statement.get("NotAction"))
        if "NotAction" not in statement and "*" not in listed(statement.get("Action")):
            exempt.append("*")  # denies some actions only: everything else is exempt
    if allowed is None:
        return None
    exceptions = [{"covers_data": True}] if any(e.startswith(_DATA) for e in exempt) else []
    return {"allowed_regions": sorted(allowed), "exceptions": exceptions}


def _allowed(statement: Mapping[str, Any]) -> set[str] | None:
    for operator in _NOT_THESE:
        condition = record(statement, f"Condition.{operator}") or {}
        for key, value in condition.items():
            if key.lower() == _REGION:
                return {region.lower() for region in listed(value)}
    return None


def _computing(denials: list[Mapping[str, Any]], region: dict[str, Any] | None) -> dict[str, Any] | None:
    """Whether calls through global profiles are refused to everybody."""
    touched = False
    for statement in denials:
        if not _covers(statement, _CALLS):
            touched = touched or any("bedrock" in a for a in _actions(statement))
            continue
        found = list(conditions(statement))
        names_global = any("inference-profile/global." in r.lower() for r in listed(statement.get("Resource")))
        told = [f for f in found if _is_global(*f)]
        elsewhere = [f for f in found if f[1] == _REGION and f[0] in ("stringnotequals", "stringnotlike")]
        if (told and len(found) == 1) or (names_global and not found):
            return {"exceptions": []}
        if elsewhere and len(found) == 1 and not any("unspecified" in f[2] for f in elsewhere):
            return {"exceptions": []}
        touched = touched or bool(told or names_global or (elsewhere and region is not None))
    return {"enforced": None} if touched else None


def _is_global(operator: str, key: str, values: list[str]) -> bool:
    if operator not in _EQUALS:
        return False
    if key == _REGION:
        return "unspecified" in [v.lower() for v in values]
    return key == "bedrock:inferenceprofilearn" and any(
        "inference-profile/global." in v.lower() or v == "*" or v.endswith("inference-profile/*") for v in values
    )


def _public(denials: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Whether everyone outside the organisation is refused access to buckets (a resource control policy)."""
    touched = False
    for statement in denials:
        found = list(conditions(statement))
        if _covers(statement, ("s3:getobject",)) and statement.get("Principal") in ("*", {"AWS": "*"}):
            rest = [f for f in found if not (f[0].startswith("bool") and f[1] == "aws:principalisawsservice")]
            if len(rest) == 1 and rest[0][0] in _OTHERS and rest[0][1] in _ORGANISATIONS:
                return {"exceptions": []}
            touched = True
        touched = touched or any("publicaccess" in a or a.endswith("acl") for a in _actions(statement))
        touched = touched or any("acl" in key for _, key, _ in found)
    return {"enforced": None} if touched else None


def _covers(statement: Mapping[str, Any], calls: tuple[str, ...]) -> bool:
    """Whether a statement means all of these actions."""
    if "NotAction" in statement:
        spared = [a.lower() for a in listed(statement.get("NotAction"))]
        return not any(_matches(pattern, call) for pattern in spared for call in calls)
    named = _actions(statement)
    return all(any(_matches(pattern, call) for pattern in named) for call in calls)


def _actions(statement: Mapping[str, Any]) -> list[str]:
    return [a.lower() for a in listed(statement.get("Action"))]


def _matches(pattern: str, call: str) -> bool:
    stem, star, rest = pattern.partition("*")
    return call.startswith(stem) and call.endswith(rest) if star else pattern == call
