"""Roles of IAM and who may act as them, live (row A6). The trust document is inside the list: no call for each role."""

from collections.abc import Iterator
from typing import Final

from scanners.aws.iam import TYPES
from scanners.aws.live.declare import Collector, Waiting, pages
from scanners.aws.live.reach import Reach
from scanners.model import Item

ROLES: Final = pages("iam", "ListRoles", "Roles", page=1000)


def roles(reach: Reach) -> Iterator[Item]:
    """Every role of the account, those that AWS makes for its own services left out: nobody else can act as them."""
    for document in reach.each(ROLES):
        if not str(document.get("Path", "")).startswith("/aws-service-role/"):
            yield from reach.see(TYPES[0], document, by=ROLES)


COLLECTORS: Final = (Collector("iam", ("identity",), (ROLES,), roles, "account", TYPES),)

WAITING: Final = (
    Waiting("iam", "identity", "identity providers of IAM"),
    Waiting("accessanalyzer", "governance.policy", "findings of IAM Access Analyzer"),
    Waiting("ram", "governance.policy", "shares of Resource Access Manager"),
    Waiting("controltower", "governance.policy", "controls of Control Tower"),
    Waiting("config", "log.trail", "recorders of AWS Config"),
    Waiting("outposts", "compute.cluster", "Outposts and their addresses"),
)
