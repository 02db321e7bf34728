"""The permissions that the declared operations need, in the forms in which administrators of AWS take them."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from scanners.aws.live.registry import operations

LARGEST: Final = 6144
"""Most characters of one managed policy of IAM, white space not counted."""

Form: TypeAlias = Literal["policy", "cloudformation", "terraform", "role", "text"]
FORMS: Final[tuple[str, ...]] = get_args(Form)

_ACTIONS: Final = Path(__file__).parents[3] / "resources" / "permissions" / "aws_actions.csv"
_PRINCIPAL: Final = "arn:aws:iam::ACCOUNT-WHERE-SITUS-LOGS-IN:root"
_EXTERNAL: Final = "A-RANDOM-TEXT-THAT-YOU-CHOOSE"
_ROLE: Final = "SitusReadOnly"


@cache
def known_actions() -> dict[str, str]:
    """Permission → access level (`List`, `Read`, `pending`, or `never` for those that return contents of data)."""
    lines = _ACTIONS.read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if line and not line.startswith("#")]
    return {row[0]: row[1] for row in rows[1:]}


def actions() -> list[str]:
    """Every permission that a scan uses, sorted. Raises ValueError for one that is not known to only list or read."""
    levels = known_actions()
    found = sorted({o.permission for o in operations()}, key=str.lower)
    wrong = [action for action in found if levels.get(action) not in ("List", "Read", "pending")]
    if wrong:
        raise ValueError(f"not known to be read-only: {', '.join(wrong)}")
    return found


def policies() -> list[dict[str, Any]]:
    """Policies that together allow exactly what a scan calls, each within IAM's limit."""
    return [_policy(part) for part in _parts(actions())]


def denial() -> dict[str, Any]:
    """A policy that denies what returns contents of data: to attach where a role has broader rights as well."""
    never = sorted(action for action, level in known_actions().items() if level == "never")
    return _document("NeverContents", "Deny", never)


def size(policy: dict[str, Any]) -> int:
    """Characters as IAM counts them: without white space."""
    return len(json.dumps(policy, separators=(",", ":")))


def trust(principal: str | None = None, external_id: str | None = None) -> dict[str, Any]:
    """Who may act as the role: one principal, who must show the external id."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": principal or _PRINCIPAL},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id or _EXTERNAL}},
            }
        ],
    }


def render(form: str, principal: str | None = None, external_id: str | None = None) -> str:
    """The permissions in one of the `FORMS`, ending with a line break. Raises ValueError for another form."""
    if form == "policy":
        return _json([*policies(), denial()])
    if form == "role":
        return _json(trust(principal, external_id))
    if form == "cloudformation":
        return _cloudformation(principal, external_id)
    if form == "terraform":
        return _terraform(principal, external_id)
    if form == "text":
        return _text()
    raise ValueError(f"unknown form {form!r}")


def _document(sid: str, effect: str, names: list[str]) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": effect, "Action": names, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _policy(names: list[str]) -> dict[str, Any]:
    return _document("SitusReadOnly", "Allow", names)


def _parts(names: list[str]) -> list[list[str]]:
    """The names in as few parts as fit the limit, about equally long."""
    parts = 1
    while True:
        length = -(-len(names) // parts)
        cut = [names[n : n + length] for n in range(0, len(names), length)]
        if all(size(_policy(part)) <= LARGEST for part in cut):
            return cut
        parts += 1


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


def _cloudformation(principal: str | None, external_id: str | None) -> str:
    """A template for a stack, or for a stack set over all accounts of an organisation."""
    resources: dict[str, Any] = {}
    named = [(f"SitusRead{n}", policy) for n, policy in enumerate(policies(), 1)] + [("SitusNever", denial())]
    for name, policy in named:
        resources[name] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}
    parameters: dict[str, Any] = {
        "Principal": {"Type": "String", "Description": "ARN of the user or role that Situs logs in as"},
        "ExternalId": {
            "Type": "String",
            "MinLength": 8,
            "NoEcho": True,
            "Description": "A random text that you choose",
        },
    }
    if principal:
        parameters["Principal"]["Default"] = principal
    if external_id:
        parameters["ExternalId"]["Default"] = external_id
    document = trust()
    document["Statement"][0]["Principal"] = {"AWS": {"Ref": "Principal"}}
    document["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = {"Ref": "ExternalId"}
    resources[_ROLE] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": _ROLE,
            "Description": "Lists and describes; cannot read contents or change anything",
            "MaxSessionDuration": 14400,
            "AssumeRolePolicyDocument": document,
            "ManagedPolicyArns": [{"Ref": name} for name, _ in named],
        },
    }
    return _json(
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "Read-only role for audits with Situs",
            "Parameters": parameters,
            "Resources": resources,
            "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": [_ROLE, "Arn"]}}},
        }
    )


def _terraform(principal: str | None, external_id: str | None) -> str:
    named = [(f"situs_read_{n}", policy) for n, policy in enumerate(policies(), 1)] + [("situs_never", denial())]
    lines: list[str] = []
    for name, default in (("situs_principal", principal), ("situs_external_id", external_id)):
        lines += [f'variable "{name}" {{', "  type = string"]
        lines += [f"  default = {json.dumps(default)}"] if default else []
        lines += ["}", ""]
    for name, policy in named:
        lines += [f'resource "aws_iam_policy" "{name}" {{', f'  name   = "{name}"']
        lines += ["  policy = jsonencode(" + json.dumps(policy, indent=2).replace("\n", "\n  ") + ")", "}", ""]
    lines += [
        'resource "aws_iam_role" "situs" {',
        f'  name                 = "{_ROLE}"',
        "  max_session_duration = 14400",
        "  assume_role_policy = jsonencode({",
        '    Version = "2012-10-17"',
        "    Statement = [{",
        '      Effect    = "Allow"',
        "      Principal = { AWS = var.situs_principal }",
        '      Action    = "sts:AssumeRole"',
        '      Condition = { StringEquals = { "sts:ExternalId" = var.situs_external_id } }',
        "    }]",
        "  })",
        "}",
        "",
    ]
    for name, _ in named:
        lines += [f'resource "aws_iam_role_policy_attachment" "{name}" {{', "  role       = aws_iam_role.situs.name"]
        lines += [f"  policy_arn = aws_iam_policy.{name}.arn", "}", ""]
    lines += ['output "situs_role_arn" {', "  value = aws_iam_role.situs.arn", "}", ""]
    return "\n".join(lines)


def _text() -> str:
    """A message to a cloud administrator."""
    by_service: dict[str, list[str]] = {}
    for action in actions():
        service, name = action.split(":")
        by_service.setdefault(service, []).append(name)
    rows = [f"  {service}: {', '.join(names)}" for service, names in by_service.items()]
    levels = known_actions()
    new = [action for action in actions() if levels[action] == "pending"]
    return "\n".join(
        [
            "For an audit of where our AI training data, machines and keys are, please give the auditor's login the",
            f"permissions below. All of them only list or describe ({len(actions())} permissions, access level List or",
            "Read in AWS's own reference, or newer than it and named alike). None returns the contents of data: no",
            "objects, secrets, log lines or rows.",
            "The easiest way is the role that `situs permissions aws --form cloudformation` prints; as a stack set",
            f"it gives every account of the organisation the role {_ROLE}. Accounts, service control policies and",
            "opt-out policies of the organisation are shown to its management account or a delegated administrator.",
            f"New, and not yet in every account: {', '.join(new)}." if new else "",
            "",
            *rows,
            "",
        ]
    )
