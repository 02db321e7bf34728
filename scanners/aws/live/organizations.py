"""The organisation an account belongs to, where in it, what it forbids, and its opt-out of AI services (rows A7 to
A9)."""

from collections.abc import Iterator
from typing import Any, Final, cast

from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.organizations import ACCOUNT, CONTROL_POLICY, MEMBERSHIP
from scanners.coverage import MissedError, Part
from scanners.model import CoverageStatus, Item

_NONE: Final = ("AWSOrganizationsNotInUseException",)
ORGANIZATION: Final = op("organizations", "DescribeOrganization", none=_NONE)
EFFECTIVE: Final = op("organizations", "DescribeEffectivePolicy", none=(*_NONE, "EffectivePolicyNotFoundException"))
POLICIES: Final = pages("organizations", "ListPolicies", "Policies", none=_NONE)
POLICY: Final = op("organizations", "DescribePolicy")
OTHERS: Final = pages("organizations", "ListPolicies", "Policies", none=(*_NONE, "InvalidInputException"))
"""Sorts of policies that not every partition knows: where one is not known, there are none of it."""

TARGETS: Final = pages("organizations", "ListTargetsForPolicy", "Targets")
ROOTS: Final = pages("organizations", "ListRoots", "Roots", none=_NONE, optional=True)
UNITS: Final = pages("organizations", "ListOrganizationalUnitsForParent", "OrganizationalUnits", optional=True)
MEMBERS: Final = pages("organizations", "ListAccountsForParent", "Accounts", optional=True)

_READ: Final = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_SORTS: Final = (
    *_READ,
    "AISERVICES_OPT_OUT_POLICY",
    "BACKUP_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "BEDROCK_POLICY",
    "S3_POLICY",
)
_DEEPEST: Final = 8  # AWS allows five levels of units


def account(reach: Reach) -> Iterator[Item]:
    """Which organisation the account is in, and the opt-out that holds for it; every account may ask for itself."""
    document: dict[str, Any] = {"Partition": reach.partition}
    organization = reach.detail(document, "Organization", ORGANIZATION, "Organization")
    if isinstance(organization, dict):
        _note_stores(reach, cast("dict[str, Any]", organization))
    reach.detail(document, "AiOptOut", EFFECTIVE, "EffectivePolicy", PolicyType="AISERVICES_OPT_OUT_POLICY")
    if len(document) > 1:
        yield from reach.see(ACCOUNT, document, by=EFFECTIVE)


def _note_stores(reach: Reach, organization: dict[str, Any]) -> None:
    """What a member account cannot see: which reads the event data stores of its management account log."""
    above = organization.get("MasterAccountId")
    if above == reach.account:
        return
    sentence = (
        "Event data stores that the management account of the organisation keeps are not shown to a member account;"
        " they may log reads of its data."
    )
    parts = [Part(reach.account, "*", "cloudtrail.dataevents", "log.trail")]
    reach.site.book.plan(parts)
    reach.site.book.missed(parts, MissedError(CoverageStatus.UNSUPPORTED, sentence), "ListEventDataStores")
    reach.site.book.ended(parts)


def control_policies(reach: Reach) -> Iterator[Item]:
    """Policies of every sort; AWS shows them to the management account and delegated administrators only.

    What they say is looked at for the sorts that keep others from doing something; the rest is named with its targets.
    """
    for sort in _SORTS:
        for entry in reach.each(POLICIES if sort == _SORTS[0] else OTHERS, Filter=sort):
            document: dict[str, Any] = dict(entry)
            if sort in _READ:
                reach.detail(document, "Content", POLICY, "Policy.Content", PolicyId=document["Id"])
            document["Targets"] = list(reach.each(TARGETS, PolicyId=document["Id"]))
            yield from reach.see(CONTROL_POLICY, document, by=POLICIES)


def tree(reach: Reach) -> Iterator[Item]:
    """Which units of the organisation each account lies in: two calls for each unit, none for each account."""
    for root in reach.each(ROOTS):
        yield from _below(reach, str(root["Id"]), ())


def _below(reach: Reach, parent: str, above: tuple[str, ...]) -> Iterator[Item]:
    path = (*above, parent)
    for account in reach.each(MEMBERS, ParentId=parent):
        document = {"Partition": reach.partition, "Id": account["Id"], "Parents": list(path)}
        yield from reach.see(MEMBERSHIP, document, by=MEMBERS)
    if len(path) < _DEEPEST:
        for unit in reach.each(UNITS, ParentId=parent):
            yield from _below(reach, str(unit["Id"]), path)


COLLECTORS: Final = (
    Collector("organizations", ("account",), (ORGANIZATION, EFFECTIVE), account, "account", (ACCOUNT,)),
    Collector(
        "organizations",
        ("governance.policy",),
        (POLICIES, POLICY, TARGETS),
        control_policies,
        "account",
        (CONTROL_POLICY,),
    ),
    Collector("organizations", ("account",), (ROOTS, UNITS, MEMBERS), tree, "account", (MEMBERSHIP,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
