"""Roles of AWS Identity and Access Management, and who may act as them."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import member, text
from scanners.model import Asset, Location, LocationKind, Relation


def role(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A role; `trusts` leads to accounts, identity providers or everybody outside that may act as it."""
    name = text(document, "RoleName") or ""
    subject = Subject(document, origin, text(document, "Arn"), "iam", f"role/{name}")
    everywhere = Location(LocationKind.GLOBAL)
    yield subject.asset("identity", "AWS::IAM::Role", name, {}, created="CreateDate", location=everywhere)
    policy = parse(member(document, "AssumeRolePolicyDocument"))
    if policy is not None:
        for party in sorted(access(policy, subject.account).parties):
            yield from subject.relation("trusts", party)


TYPES: Final = (
    DocumentType(
        "AWS::IAM::Role",
        "iam",
        ("identity",),
        (
            "RoleName",
            "RoleId",
            "Arn",
            "Path",
            "CreateDate",
            "AssumeRolePolicyDocument",
            "PermissionsBoundary.PermissionsBoundaryArn",
            "Tags",
        ),
        role,
    ),
)
