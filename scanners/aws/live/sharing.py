"""What is shared beyond the account, live: IAM Access Analyzer, Resource Access Manager, identity providers (rows A6,
A11 and A12 of the collection plan)."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.sharing import ANALYZER, FINDING, PROVIDER, SHARE
from scanners.members import records, text
from scanners.model import Item


def _analyzer(name: str, elements: str) -> Any:
    return pages("accessanalyzer", name, elements, action=f"access-analyzer:{name}", page=100)


ANALYZERS: Final = _analyzer("ListAnalyzers", "analyzers")
FINDINGS: Final = _analyzer("ListFindings", "findings")
SHARES: Final = pages("ram", "GetResourceShares", "resourceShares", page=500)
HELD: Final = pages("ram", "ListResources", "resources", page=500)
PRINCIPALS: Final = pages("ram", "ListPrincipals", "principals", page=500)
SAML: Final = op("iam", "ListSAMLProviders")
OIDC: Final = op("iam", "ListOpenIDConnectProviders")

_EXTERNAL: Final = frozenset({"ACCOUNT", "ORGANIZATION"})


def analyzers(reach: Reach) -> Iterator[Item]:
    """Analyzers of access from outside, and what the active ones found; others look for unused access."""
    for document in reach.each(ANALYZERS):
        yield from reach.see(ANALYZER, document, by=ANALYZERS)
        if text(document, "type") in _EXTERNAL and text(document, "status") == "ACTIVE":
            wanted = {"status": {"eq": ["ACTIVE"]}}
            for found in reach.each(FINDINGS, analyzerArn=document["arn"], filter=wanted):
                yield from reach.see(FINDING, found, by=FINDINGS)


def shares(reach: Reach) -> Iterator[Item]:
    """Shares that this account gives and those that it was given; what they hold is asked only where there are any."""
    for owner in ("SELF", "OTHER-ACCOUNTS"):
        found = [dict(entry) for entry in reach.each(SHARES, resourceOwner=owner)]
        if not found:
            continue
        held = _by_share(reach.each(HELD, resourceOwner=owner))
        principals = _by_share(reach.each(PRINCIPALS, resourceOwner=owner)) if owner == "SELF" else {}
        for document in found:
            arn = str(document["resourceShareArn"])
            document["Owner"] = owner
            document["Resources"] = [str(entry["arn"]) for entry in held.get(arn, ())]
            document["Principals"] = principals.get(arn, [])
            yield from reach.see(SHARE, document, by=SHARES)


def _by_share(entries: Iterator[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for entry in entries:
        found.setdefault(str(entry.get("resourceShareArn")), []).append(entry)
    return found


def providers(reach: Reach) -> Iterator[Item]:
    """Identity providers of both sorts; neither list is paged."""
    for operation, elements in ((SAML, "SAMLProviderList"), (OIDC, "OpenIDConnectProviderList")):
        for document in records(reach.call(operation), elements) or []:
            yield from reach.see(PROVIDER, document, by=operation)


COLLECTORS: Final = (
    Collector("accessanalyzer", ANALYZER.kinds, (ANALYZERS, FINDINGS), analyzers, types=(ANALYZER, FINDING)),
    Collector("ram", SHARE.kinds, (SHARES, HELD, PRINCIPALS), shares, types=(SHARE,)),
    Collector("iam", PROVIDER.kinds, (SAML, OIDC), providers, "account", (PROVIDER,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
