"""What is shared beyond the account: findings of IAM Access Analyzer, shares of Resource Access Manager, and identity
providers whose people may act in the account."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.policies import parties_of, principal_party
from scanners.aws.subject import Subject, arn_parts
from scanners.documents import DocumentType, Origin
from scanners.members import flag, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation
from scanners.references import uid_of

_LIVE: Final = frozenset({"ACTIVE", "PENDING"})


def analyzer(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An analyzer: it reports what is shared and prevents nothing."""
    arn = text(document, "arn")
    subject = Subject(document, origin, arn, "access-analyzer", "analyzer/unknown")
    attributes: dict[str, Any] = {"type": "other", "enforced": False, "scope_path": subject.account}
    name = text(document, "name")
    yield subject.asset(
        "governance.policy", "AWS::AccessAnalyzer::Analyzer", name, attributes, created="createdAt"
    )  # fmt: skip


def finding(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Who outside may use a resource, as Access Analyzer worked out from all of its policies: relations only."""
    resource = text(document, "resource")
    parts = arn_parts(resource)
    if resource is None or parts is None or text(document, "status") != "ACTIVE":
        return
    owner = text(document, "resourceOwnerAccount") or parts[3]
    found = parties_of(document.get("principal"), document.get("condition"), owner)
    if flag(document, "isPublic") is False:
        found.discard("public")
    type_ = "trusts" if text(document, "resourceType") == "AWS::IAM::Role" else "shared_with"
    for party in sorted(found):
        yield Relation(uid_of(resource) or resource, type_, party)


def share(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A share of Resource Access Manager. `Principals` and `Resources` are what it holds; `Owner` is `SELF` or
    `OTHER-ACCOUNTS`: what others share with this account is theirs, and this account is who it is shared with."""
    arn = text(document, "resourceShareArn")
    subject = Subject(document, origin, arn, "ram", "resource-share/unknown")
    if text(document, "status") not in _LIVE:
        return
    mine = text(document, "Owner") == "SELF"
    attributes: dict[str, Any] = {"type": "other", "enforced": False}
    name = text(document, "name")
    yield subject.asset("governance.policy", "AWS::RAM::ResourceShare", name, attributes, created="creationTime")
    owner = text(document, "owningAccountId") or subject.account
    if mine:
        named = [text(p, "id") or "" for p in records(document, "Principals") or []]
        parties = {party for name in named if (party := principal_party(name, owner)) is not None}
    else:
        parties: set[str] = set()
        if origin.account and origin.account != owner:
            parties.add(f"account:{origin.account}")
    for resource in texts(document, "Resources") or []:
        for party in sorted(parties):
            yield Relation(uid_of(resource) or resource, "shared_with", party)


def identity_provider(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An identity provider of IAM: whoever it vouches for may act as the roles that trust it."""
    arn = text(document, "Arn")
    saml = ":saml-provider/" in (arn or "")
    subject = Subject(document, origin, arn, "iam", "oidc-provider/unknown")
    name = subject.uid.split("/", 1)[-1]
    native = "AWS::IAM::SAMLProvider" if saml else "AWS::IAM::OIDCProvider"
    everywhere = Location(LocationKind.GLOBAL)
    yield subject.asset("identity", native, name, {}, created="CreateDate", location=everywhere)
    yield from subject.relation("trusts", f"domain:{name.split('/', 1)[0].lower()}")


ANALYZER: Final = DocumentType(
    "AWS::AccessAnalyzer::Analyzer",
    "accessanalyzer",
    ("governance.policy",),
    ("arn", "name", "type", "status", "createdAt"),
    analyzer,
)
FINDING: Final = DocumentType(
    "AWS::AccessAnalyzer::Finding",
    "accessanalyzer",
    ("governance.policy",),
    ("id", "resource", "resourceType", "resourceOwnerAccount", "isPublic", "status", "principal", "condition"),
    finding,
)
SHARE: Final = DocumentType(
    "AWS::RAM::ResourceShare",
    "ram",
    ("governance.policy",),
    (
        "resourceShareArn",
        "name",
        "owningAccountId",
        "allowExternalPrincipals",
        "status",
        "creationTime",
        "Owner",
        "Principals[].id",
        "Principals[].external",
        "Resources",
    ),
    share,
)
PROVIDER: Final = DocumentType("AWS::IAM::Provider", "iam", ("identity",), ("Arn", "CreateDate"), identity_provider)
