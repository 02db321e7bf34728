"""What a service declares: its requests and its collectors. Guard, permissions and coverage are derived from them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from scanners.live.collect import Waiting
from scanners.live.rest import Paging, RestOperation

if TYPE_CHECKING:
    from scanners.documents import DocumentType
    from scanners.gcp.live.reach import GcpReach
    from scanners.model import Item

__all__ = ["Collector", "Run", "Waiting", "get", "listing"]

Run: TypeAlias = "Callable[[GcpReach], Iterable[Item]]"
NEXT: Final = Paging("query", "nextPageToken", "pageToken")


@dataclass(frozen=True, slots=True)
class Collector:
    """One thing to read: which kinds it shows, and by which requests.

    `service` is the name that coverage uses, `api` the service that must be enabled for it (`tpu.googleapis.com`; "" is
    never asked about). `scope`: `project` runs once in each project, `organization` once in each organisation that is
    known. `silent` collectors read what Cloud Asset Inventory does not show, and always run; the others run where the
    inventory could not be read. `late` ones run after everything that the inventory shows was seen; those with a `turn`
    after all of these, the first before the second. `facets`: what it shows are things that others show and count.
    `needless`: where the service is off, there is nothing that it could show. `regional`: it asks place by place, and
    so has a part of the coverage for each place. `grants`: it tells who may use what, and so stands in for the
    inventory where that did not.
    """

    service: str
    kinds: tuple[str, ...]
    operations: tuple[RestOperation, ...]
    run: Run
    api: str = ""
    scope: Literal["project", "organization"] = "project"
    silent: bool = False
    late: bool = False
    turn: int = 0
    facets: bool = False
    needless: bool = False
    regional: bool = False
    grants: bool = False
    types: "tuple[DocumentType, ...]" = ()


def get(name: str, host: str, path: str, permission: str = "", **more: Any) -> RestOperation:
    """A request that answers once; the permission has the operation's name where no other is given."""
    return RestOperation(name, host, path, permission or name, **more)


def listing(
    name: str,
    host: str,
    path: str,
    elements: str,
    permission: str = "",
    *,
    size: tuple[str, int] | None = ("pageSize", 500),
    query: tuple[tuple[str, str], ...] = (),
    free: tuple[str, ...] = (),
    paged: bool = True,
    **more: Any,
) -> RestOperation:
    """A request that answers in pages. `size` is the parameter of the page size and the most that Google allows."""
    fixed = ((size[0], str(size[1])),) if size and paged else ()
    return RestOperation(
        name,
        host,
        path,
        permission or name,
        query=(*query, *fixed),
        free=(*free, "pageToken") if paged else free,
        elements=elements,
        paging=NEXT if paged else None,
        **more,
    )
