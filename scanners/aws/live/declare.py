"""What a service declares: its operations and its collectors. Everything else is derived from them.

The guard's list of what may be called, the printed permissions, the cells of coverage and the appendix of the report
all come from these declarations, so that none of them can differ from what is called.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from scanners.guard import check_operation
from scanners.live.collect import Waiting

if TYPE_CHECKING:
    from scanners.aws.live.reach import Reach
    from scanners.documents import DocumentType
    from scanners.model import Item

__all__ = ["Collector", "Operation", "Waiting", "op", "pages"]
_ACTION: Final = re.compile(r"^[a-z0-9-]+:[A-Za-z0-9]+$")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of boto3 that may be called.

    `client` is the name of the boto3 client and `name` the operation as AWS spells it (`DescribeVolumes`). `action` is
    the IAM permission where it is not `client:name`. `elements` names the member of the answer that holds the list
    (dotted). `token` is set where boto3 has no paginator: (parameter, member of the answer); `page` is the page size
    to ask for, under boto3's own name of the limit. `none` holds the error codes that mean "not configured": an answer,
    not a failure. `off` holds texts in error messages that mean that a service that only watches is not switched on,
    and so holds nothing. `optional` operations are left out of coverage where they are denied. `region` is the one
    region that answers, where there is only one. `rate` is the most calls per second in one account and region.
    """

    client: str
    name: str
    action: str = ""
    elements: str = ""
    paged: bool = False
    token: tuple[str, str] | None = None
    page: int | None = None
    limit: str = ""
    none: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    optional: bool = False
    region: str | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an operation that could return the contents of data."""
        check_operation(self.name)
        if not _ACTION.match(self.permission):
            raise ValueError(f"{self.permission} is not the name of a permission")

    @property
    def key(self) -> str:
        """The name that the guard and the log use: `s3.ListBuckets`."""
        return f"{self.client}.{self.name}"

    @property
    def permission(self) -> str:
        """The IAM permission that AWS checks for this operation."""
        return self.action or f"{self.client}:{self.name}"


Run: TypeAlias = "Callable[[Reach], Iterable[Item]]"


@dataclass(frozen=True, slots=True)
class Collector:
    """One thing to read: which kinds it shows, and by which operations.

    `service` is the name that coverage uses. `scope`: `region` runs once in every region; `account` once for each
    account and shows assets of the region "global"; `account_wide` once as well, but shows assets of all regions
    (buckets). `run` yields items; it may hand parts of its work to other threads with `Reach.spawn`.
    """

    service: str
    kinds: tuple[str, ...]
    operations: tuple[Operation, ...]
    run: Run
    scope: Literal["region", "account", "account_wide"] = "region"
    types: "tuple[DocumentType, ...]" = ()

    @property
    def client(self) -> str:
        """The boto3 client that most of its calls go to: the unit that concurrency is capped by."""
        return self.operations[0].client


def op(client: str, name: str, **more: Any) -> Operation:
    """An operation that answers once."""
    return Operation(client, name, **more)


def pages(client: str, name: str, elements: str, **more: Any) -> Operation:
    """An operation that answers in pages for which boto3 has a paginator."""
    return Operation(client, name, elements=elements, paged=True, **more)
