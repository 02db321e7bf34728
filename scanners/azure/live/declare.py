"""What a service declares: its requests and its collectors. Everything else is derived from them.

The guard's list of what may be sent, the printed role, the cells of coverage and the appendix of the report all come
from these declarations.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from scanners.azure.live.clouds import HOST
from scanners.live.collect import Waiting
from scanners.live.rest import Paging, RestOperation

if TYPE_CHECKING:
    from scanners.azure.live.reach import Reach
    from scanners.documents import DocumentType
    from scanners.model import Item, Location

__all__ = [
    "Collector",
    "Parent",
    "Waiting",
    "beneath",
    "extension",
    "listing",
    "of_subscription",
    "one",
    "only",
    "tenant",
]

PAGES: Final = Paging("link", "nextLink")
_SLOT: Final = re.compile(r"/\{\+?[A-Za-z]+\}")
_DEFAULT: Final = re.compile(r"/default$", re.IGNORECASE)
GROUP: Final = "/subscriptions/{subscription}/resourceGroups/{group}/providers/"
SLOTS: Final = ("a", "b", "c", "d")
"""Slots of the names in a path, the outermost first."""


@dataclass(frozen=True, slots=True)
class Parent:
    """Something that has children to be asked for: its id as Azure wrote it, and what collectors need of its document.

    A subscription is a parent too: its `native_type` is `microsoft.resources/subscriptions`.
    """

    id: str
    uid: str
    name: str
    native_type: str
    location: "Location"
    document: Mapping[str, Any]

    @property
    def region(self) -> str | None:
        """The region that its children lie in."""
        return self.location.region

    @property
    def slots(self) -> dict[str, str]:
        """Values for the slots of the paths of its children."""
        steps = self.id.strip("/").split("/")
        found = {"subscription": steps[1]}
        if len(steps) > 4:
            found["group"] = steps[3]
            found.update(zip(SLOTS, steps[7::2], strict=False))
        return found


Run: TypeAlias = "Callable[[Reach, Parent], Iterable[Item]]"


@dataclass(frozen=True, slots=True)
class Collector:
    """One thing to read of every parent of a type: which kinds it shows, and by which requests.

    `service` is the name that coverage uses. `run` yields items. `wanted` tells parents that have no such children.
    `shown_by` names the native type that Resource Graph shows in some clouds: a parent of which it showed one is not
    asked again. `late` collectors begin when Resource Graph was read to the end. What an `instead` collector says of a
    parent takes the place of the parent's row.
    """

    service: str
    kinds: tuple[str, ...]
    parent: str
    operations: tuple[RestOperation, ...]
    run: Run
    types: "tuple[DocumentType, ...]" = ()
    wanted: Callable[[Mapping[str, Any]], bool] | None = None
    shown_by: str = ""
    late: bool = False
    instead: bool = False


def _name(path: str) -> str:
    return _DEFAULT.sub("", _SLOT.sub("", path))


def _operation(path: str, name: str, version: str, **more: Any) -> RestOperation:
    permission = more.pop("permission", "") or f"{_name(name)}/read"
    return RestOperation(_name(name), HOST, path, permission, (("api-version", version),), **more)


def listing(path: str, version: str, **more: Any) -> RestOperation:
    """A list below one resource: `Microsoft.CognitiveServices/accounts/{a}/deployments`."""
    return _operation(GROUP + path, path, version, elements="value", paging=PAGES, **more)


def one(path: str, version: str, *, name: str = "", **more: Any) -> RestOperation:
    """One thing below a resource: `Microsoft.Storage/storageAccounts/{a}/blobServices/default`."""
    return _operation(GROUP + path, name or path, version, permission=f"{_name(path)}/read", **more)


def only(path: str, version: str, **more: Any) -> RestOperation:
    """The only thing of its type below a resource, by its fixed name: `…/encryptionProtector/current`."""
    name = path.rsplit("/", 1)[0]
    return _operation(GROUP + path, f"{name}/only", version, permission=f"{_name(name)}/read", **more)


def of_subscription(path: str, version: str, **more: Any) -> RestOperation:
    """A list of a whole subscription: `Microsoft.Storage/storageAccounts`."""
    full = f"/subscriptions/{{subscription}}/providers/{path}"
    return _operation(full, path, version, elements="value", paging=PAGES, **more)


def tenant(path: str, version: str, **more: Any) -> RestOperation:
    """A request above subscriptions."""
    return _operation(f"/{path}", path.removeprefix("providers/"), version, **more)


def beneath(path: str, version: str, name: str, **more: Any) -> RestOperation:
    """One thing of a subscription or management group: `{+scope}/providers/…/policyDefinitions/{name}`."""
    permission = f"Microsoft.Authorization/{name}/read"
    return _operation(f"/{path}", f"Microsoft.Authorization/{name}/own", version, permission=permission, **more)


def extension(path: str, version: str, name: str, **more: Any) -> RestOperation:
    """A list that hangs on anything: `{+resource}/providers/Microsoft.Insights/diagnosticSettings`."""
    return _operation(f"/{path}", name, version, elements="value", paging=PAGES, **more)
