"""Service accounts, and the pools through which identities of other clouds act: who may use whose name."""

from collections.abc import Iterator
from typing import Final

from scanners.documents import DocumentType
from scanners.gcp.iam import grantee
from scanners.gcp.names import project_in
from scanners.gcp.orgpolicy import GLOBAL
from scanners.gcp.subject import Subject, gcp_type
from scanners.members import flag, records, text, texts
from scanners.model import Asset, Relation

_HOST: Final = "iam.googleapis.com"
_ACTING: Final = frozenset(
    {
        *("roles/iam.serviceAccountTokenCreator", "roles/iam.workloadIdentityUser", "roles/iam.serviceAccountUser"),
        *("roles/iam.serviceAccountKeyAdmin", "roles/iam.serviceAccountOpenIdTokenCreator", "roles/owner"),
    }
)
"""Roles on a service account with which its name can be used."""


def _account(subject: Subject) -> Iterator[Asset | Relation]:
    """A service account, and who outside its project may act as it, where its policy was read."""
    name = text(subject.data, "email") or text(subject.data, "displayName")
    yield subject.asset("identity", GLOBAL, {}, name=name, labels_at=None)
    own = {f"account:{project_in(n)}" for n in (subject.uid, *subject.aliases)} | {f"account:{subject.account}"}
    for binding in records(subject.document, "iamPolicy.bindings") or []:
        role = text(binding, "role") or ""
        for member in texts(binding, "members") or [] if role in _ACTING else ():
            target = grantee(member)
            if target and target not in own:
                yield subject.relation("trusts", target, role=role)


def _provider(subject: Subject) -> Iterator[Asset | Relation]:
    """A provider of identities: an account of AWS, or an issuer elsewhere, that the project lets in."""
    data = subject.data
    state = text(data, "state")
    if flag(data, "disabled") is True or state == "DELETED":
        return
    yield subject.asset("identity", GLOBAL, {}, name=text(data, "displayName"), labels_at=None)
    aws = text(data, "aws.accountId")
    issuer = text(data, "oidc.issuerUri")
    if aws:
        yield subject.relation("trusts", f"account:{aws}")
    elif issuer:
        host = issuer.removeprefix("https://").split("/")[0].lower()
        if host:
            yield subject.relation("trusts", f"domain:{host}")


def _silent(subject: Subject) -> Iterator[Asset | Relation]:
    """A pool says nothing by itself: its providers do."""
    del subject
    return iter(())


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/ServiceAccount",
        "iam",
        ("identity",),
        ("disabled", "displayName", "email", "name", "projectId", "uniqueId"),
        _account,
    ),
    gcp_type(f"{_HOST}/WorkloadIdentityPool", "iam", (), ("disabled", "mode", "name", "state"), _silent),
    gcp_type(
        f"{_HOST}/WorkloadIdentityPoolProvider",
        "iam",
        ("identity",),
        ("attributeCondition", "aws.accountId", "disabled", "displayName", "name", "oidc.issuerUri", "state"),
        _provider,
    ),
)
