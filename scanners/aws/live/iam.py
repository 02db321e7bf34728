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

WAITING: Final[tuple[Waiting, ...]] = ()
