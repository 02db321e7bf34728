"""What a resource policy or trust policy of AWS says: who is let in, and whether connections must be encrypted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any, Final, cast
from urllib.parse import unquote

import msgspec

_LARGEST: Final = 1 << 18
_ACCOUNT: Final = re.compile(r"^\d{12}$")
_OPEN: Final = re.compile(r"[*?]")
_ACCOUNT_OF_ARN: Final = re.compile(r"^arn:[^:*?]*:[^:*?]*:[^:]*:(?:\d{12}:|:[^*?])")
_NARROWING: Final = frozenset(
    {
        "aws:sourceaccount",
        "aws:principalaccount",
        "aws:sourceowner",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceorgid",
        "aws:sourcearn",
        "aws:principalarn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "aws:sourceip",
        "aws:userid",
        "s3:dataaccesspointarn",
        "elasticfilesystem:accesspointarn",
    }
)
_ACCOUNTS: Final = frozenset(
    {"aws:sourceaccount", "aws:principalaccount", "aws:sourceowner", "kms:calleraccount", "s3:dataaccesspointaccount"}
)
_ORGANISATIONS: Final = frozenset({"aws:principalorgid", "aws:sourceorgid", "aws:principalorgpaths"})
_ARNS: Final = frozenset({"aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"})
_BY_ACCESS_POINT: Final = frozenset({"s3:dataaccesspointaccount", "s3:dataaccesspointarn"})
_BROAD: Final = {4: 8, 6: 32}
"""Networks with shorter prefixes are open ones: S3 calls a policy public that lets them in (Amazon S3 User Guide, "The
meaning of public")."""


@dataclass(slots=True)
class Access:
    """Whom a policy lets in, apart from services of AWS.

    `exposure`: `public` where anyone is let in, `possible` where a condition that cannot be judged stands before
    that, else `none`. `parties` are the targets of `shared_with` and `trusts`: `account:ID`, `organization:ID`,
    `domain:HOST`, `public`; the owner's own account is left out. `whole`: they are all whom it lets in. Whoever comes
    from a network, or by an access point with a policy of its own, has no name here.
    """

    exposure: str = "none"
    parties: set[str] = field(default_factory=set[str])
    whole: bool = True

    def tell(self, attributes: dict[str, Any]) -> None:
        """Sets `public_access` of an asset, unless a condition that cannot be judged decides, and says where it is not
        known who else is let in."""
        if self.exposure != "possible":
            attributes["public_access"] = self.exposure
        if not self.whole:
            attributes["relations_read"] = []


def parse(value: Any) -> Mapping[str, Any] | None:
    """A policy document from an object or from its text (URL-encoded in IAM); None where it is no such thing."""
    for _ in range(3):
        if isinstance(value, Mapping):
            return cast("Mapping[str, Any]", value)
        if not isinstance(value, str) or not value.strip() or len(value) > _LARGEST:
            return None
        text = unquote(value) if value.lstrip().startswith("%7B") else value
        try:
            value = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
    return None


def access(policy: Mapping[str, Any], owner: str) -> Access:
    """Whom a resource policy lets in; `owner` is the account whose resource it is."""
    found = Access()
    for statement in _statements(policy):
        if str(statement.get("Effect", "")).lower() != "allow":
            continue
        everyone, parties = _principals(statement, owner)
        found.parties |= parties
        if everyone:
            _everyone(statement, owner, found)
    return found


def parties_of(principal: Any, condition: Any, owner: str) -> set[str]:
    """The parties outside that a principal stands for (a member of `Principal`: sort → value), under a condition that
    is a map of keys and values, as Access Analyzer reports them."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": principal,
        "Condition": {"StringEquals": {} if condition is None else condition},
    }
    return access({"Statement": statement}, owner).parties


def principal_party(value: str, owner: str) -> str | None:
    """The party that a principal of a share stands for: an account, an organisation or a unit of one; None for the
    owner itself and for services of AWS."""
    if ":organizations::" in value and value.rsplit("/", 1)[-1]:
        parts = value.rsplit(":", 1)[-1].split("/")
        return f"organization:{parts[1]}" if len(parts) > 1 else None
    return _party(value, owner)


def tls_only(policy: Mapping[str, Any], service: str, within: str | None = None) -> bool:
    """Whether the policy refuses everyone's unencrypted requests to everything: `aws:SecureTransport` is false.

    `within`: the ARN of a bucket, whose objects must be among what it names.
    """
    for statement in _statements(policy):
        if str(statement.get("Effect", "")).lower() != "deny" or not _principals(statement, "")[0]:
            continue
        actions = {str(a).lower() for a in _list(statement.get("Action"))}
        if not actions & {"*", f"{service}:*"}:
            continue
        conditions = list(_conditions(statement))
        if len(conditions) == 1 and (within is None or _names_all(statement, within)):
            operator, key, values = conditions[0]
            if operator == "bool" and key == "aws:securetransport" and {v.lower() for v in values} == {"false"}:
                return True
    return False


def _everyone(statement: Mapping[str, Any], owner: str, found: Access) -> None:
    """Notes what a statement for `*` opens, given its conditions."""
    conditions = list(_conditions(statement))
    narrowing = [(key, values) for operator, key, values in conditions if _narrows(operator, key, values)]
    for key, values in narrowing:
        if key in _ACCOUNTS:
            found.parties |= {f"account:{v}" for v in values if v != owner}
        elif key in _ORGANISATIONS:
            found.parties |= {f"organization:{v.split('/', 1)[0]}" for v in values}
        elif key in _ARNS:
            found.parties |= {p for v in values if (p := _party(v, owner)) is not None}
    if narrowing:
        named = any(key in _ACCOUNTS | _ORGANISATIONS or (key in _ARNS and _in_accounts(vs)) for key, vs in narrowing)
        found.whole = found.whole and named and not any(key in _BY_ACCESS_POINT for key, _ in narrowing)
        return
    found.whole = found.whole and not conditions
    if not conditions:
        found.exposure = "public"
        found.parties.add("public")
    elif found.exposure == "none":
        found.exposure = "possible"


def _narrows(operator: str, key: str, values: list[str]) -> bool:
    if key not in _NARROWING or "not" in operator or operator.endswith("ifexists") or operator == "null":
        return False
    if operator.startswith("forallvalues:"):
        return False  # holds also where the request says nothing of it
    if key in ("aws:sourceip", "aws:vpcsourceip"):
        return bool(values) and all(map(_narrow, values))
    if key in _ACCOUNTS:
        return bool(values) and all(map(_ACCOUNT.match, values))
    if key in _ORGANISATIONS:
        return bool(values) and not any(_OPEN.search(v.split("/", 1)[0]) or not v for v in values)
    if key in _ARNS and not all(_ACCOUNT_OF_ARN.match(v) for v in values):
        return False  # of any account
    return bool(values) and not any(v.strip()[:1] in ("", "*", "?") for v in values)


def _narrow(network: str) -> bool:
    try:
        found = ip_network(network.strip(), strict=False)
    except ValueError:
        return False
    return found.prefixlen >= _BROAD[found.version]


def _in_accounts(values: list[str]) -> bool:
    """Whether ARNs name the accounts that they are of; those of buckets do not."""
    return all(_ACCOUNT.match((v.split(":") + [""] * 5)[4]) for v in values)


def _names_all(statement: Mapping[str, Any], arn: str) -> bool:
    """Whether a statement is about all objects of a bucket."""
    objects = f"{arn}/"
    return any(r.endswith("*") and objects.startswith(r[:-1]) for r in map(str, _list(statement.get("Resource"))))


def _conditions(statement: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    block = statement.get("Condition")
    if not isinstance(block, Mapping):
        return
    for operator, tests in cast("Mapping[str, Any]", block).items():
        if isinstance(tests, Mapping):
            for key, values in cast("Mapping[str, Any]", tests).items():
                yield str(operator).lower(), str(key).lower(), [str(v) for v in _list(values)]


def _principals(statement: Mapping[str, Any], owner: str) -> tuple[bool, set[str]]:
    """(whether anyone is meant, the parties that are named)."""
    if "NotPrincipal" in statement:
        return True, set()
    principal = statement.get("Principal")
    if principal == "*":
        return True, set()
    if not isinstance(principal, Mapping):
        return False, set()
    parties: set[str] = set()
    everyone = False
    for sort, values in cast("Mapping[str, Any]", principal).items():
        for value in _list(values):
            if sort == "AWS" and value == "*":
                everyone = True
            elif sort == "AWS" and (party := _party(str(value), owner)) is not None:
                parties.add(party)
            elif sort == "CanonicalUser":
                parties.add(f"account:{value}")
            elif sort == "Federated":
                parties.add(_federation(str(value)))
    return everyone, parties


def _party(value: str, owner: str) -> str | None:
    """The account that a principal belongs to, unless it is the owner's."""
    account = value if _ACCOUNT.match(value) else (value.split(":") + [""] * 5)[4]
    if _ACCOUNT.match(account):
        return None if account == owner else f"account:{account}"
    return None  # the id of a principal that was deleted, or a session's name


def _federation(value: str) -> str:
    """`domain:HOST` of an identity provider; the name stands for the host where the ARN has none."""
    name = value.split("/", 1)[1] if ":oidc-provider/" in value else value.rsplit("/", 1)[-1]
    return f"domain:{name.split('/', 1)[0].lower()}"


def _statements(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for statement in _list(policy.get("Statement")):
        if isinstance(statement, Mapping):
            yield cast("Mapping[str, Any]", statement)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]
