"""The organisation an account belongs to, what it forbids, and its opt-out of AI services (rows A7 to A9)."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.organizations import ACCOUNT, CONTROL_POLICY
from scanners.model import Item

_NONE: Final = ("AWSOrganizationsNotInUseException",)
ORGANIZATION: Final = op("organizations", "DescribeOrganization", none=_NONE)
EFFECTIVE: Final = op("organizations", "DescribeEffectivePolicy", none=(*_NONE, "EffectivePolicyNotFoundException"))
POLICIES: Final = pages("organizations", "ListPolicies", "Policies", none=_NONE)
POLICY: Final = op("organizations", "DescribePolicy")
TARGETS: Final = pages("organizations", "ListTargetsForPolicy", "Targets")


def account(reach: Reach) -> Iterator[Item]:
    """Which organisation the account is in, and the opt-out that holds for it; every account may ask for itself."""
    document: dict[str, Any] = {"Partition": reach.partition}
    reach.detail(document, "Organization", ORGANIZATION, "Organization")
    reach.detail(document, "AiOptOut", EFFECTIVE, "EffectivePolicy", PolicyType="AISERVICES_OPT_OUT_POLICY")
    yield from reach.see(ACCOUNT, document, by=EFFECTIVE)


def control_policies(reach: Reach) -> Iterator[Item]:
    """Service control policies; AWS shows them to the management account and delegated administrators only."""
    for entry in reach.each(POLICIES, Filter="SERVICE_CONTROL_POLICY"):
        document: dict[str, Any] = dict(entry)
        reach.detail(document, "Content", POLICY, "Policy.Content", PolicyId=document["Id"])
        document["Targets"] = list(reach.each(TARGETS, PolicyId=document["Id"]))
        yield from reach.see(CONTROL_POLICY, document, by=POLICIES)


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
)

WAITING: Final = (
    Waiting("organizations", "governance.policy", "resource control, declarative, backup and Bedrock policies"),
)
