"""Where logs go: the activity log of a subscription, and the diagnostic settings of what holds or serves data."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.live.declare import Collector, Parent, extension, listing, of_subscription
from scanners.azure.live.governance import SUBSCRIPTION
from scanners.azure.live.reach import Reach
from scanners.azure.live.recipes import children
from scanners.azure.live.storage import has_blobs
from scanners.model import Item

_VERSION: Final = "2021-05-01-preview"
ACTIVITY: Final = of_subscription("Microsoft.Insights/diagnosticSettings", _VERSION)
SETTINGS: Final = extension(
    "{+resource}/providers/Microsoft.Insights/diagnosticSettings",
    _VERSION,
    "Microsoft.Insights/diagnosticSettings/of",
    permission="Microsoft.Insights/diagnosticSettings/read",
)
EXPORTS: Final = listing("Microsoft.OperationalInsights/workspaces/{a}/dataExports", "2025-07-01")


def activity(reach: Reach, subscription: Parent) -> Iterator[Item]:
    """Exports of the activity log."""
    found = list(reach.documents(ACTIVITY, **subscription.slots))
    yield from _seen(reach, subscription.id, found, subscription)


def _of(below: str = "") -> Callable[[Reach, Parent], Iterator[Item]]:
    def run(reach: Reach, parent: Parent) -> Iterator[Item]:
        resource = f"{parent.id}{below}"
        found = list(reach.documents(SETTINGS, resource=resource))
        yield from _seen(reach, resource, found, parent)

    return run


def _seen(reach: Reach, resource: str, found: list[dict[str, Any]], parent: Parent) -> Iterator[Item]:
    by = ACTIVITY if parent.native_type == SUBSCRIPTION else SETTINGS
    kind = document_types()["microsoft.insights/diagnosticsettings"]
    for entry in found:
        yield from reach.see(kind, entry, by=by)
    all_of_it = {"id": f"{resource}/providers/situs/settings", "settings": found}
    yield from reach.see(document_types()["situs/settings"], all_of_it, by=by)


def _collector(service: str, parent: str, below: str = "", wanted: Any = None) -> Collector:
    return Collector(service, ("log.trail",), parent, (SETTINGS,), _of(below), wanted=wanted)


COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector("monitor", ("log.trail",), SUBSCRIPTION, (ACTIVITY,), activity),
    _collector("monitor/ai", "microsoft.cognitiveservices/accounts"),
    _collector("monitor/storage", "microsoft.storage/storageaccounts", "/blobServices/default", has_blobs),
    _collector("monitor/kubernetes", "microsoft.containerservice/managedclusters"),
    children("microsoft.operationalinsights/workspaces/dataexports", EXPORTS),
)
