"""Trails and event data stores of AWS CloudTrail, live (row J1). A trail is shown in its home region only."""

from collections.abc import Iterator
from typing import Any, Final, cast

from scanners.aws.cloudtrail import TYPES
from scanners.aws.live.declare import Collector, Operation, Waiting, op
from scanners.aws.live.reach import Reach
from scanners.model import Item

TRAILS: Final = op("cloudtrail", "DescribeTrails", elements="trailList")
STATUS: Final = op("cloudtrail", "GetTrailStatus")
SELECTORS: Final = op("cloudtrail", "GetEventSelectors")
STORES: Final = Operation(
    "cloudtrail", "ListEventDataStores", elements="EventDataStores", token=("NextToken", "NextToken")
)
STORE: Final = op("cloudtrail", "GetEventDataStore")
_TRAIL, _STORE = TYPES


def trails(reach: Reach) -> Iterator[Item]:
    """Trails of this region. A trail of the organisation can be seen but not looked into by member accounts."""
    for entry in reach.each(TRAILS, includeShadowTrails=False):
        document: dict[str, Any] = dict(entry)
        _merge(
            document,
            reach.detail({}, "status", STATUS, Name=document["TrailARN"]),
            ("IsLogging", "LatestDeliveryError"),
        )
        selectors = reach.detail({}, "selectors", SELECTORS, TrailName=document["TrailARN"])
        _merge(document, selectors, ("EventSelectors", "AdvancedEventSelectors"))
        yield from reach.see(_TRAIL, document, by=TRAILS)


def stores(reach: Reach) -> Iterator[Item]:
    """Stores of events that CloudTrail Lake keeps."""
    for entry in reach.each(STORES):
        arn = str(entry["EventDataStoreArn"])
        document = reach.call(STORE, EventDataStore=arn)
        yield from reach.see(_STORE, document, by=STORE)


def _merge(document: dict[str, Any], answer: Any, names: tuple[str, ...]) -> None:
    if isinstance(answer, dict):
        found = cast("dict[str, Any]", answer)
        document.update({name: found[name] for name in names if name in found})


COLLECTORS: Final = (
    Collector("cloudtrail", ("log.trail",), (TRAILS, STATUS, SELECTORS), trails, types=(_TRAIL,)),
    Collector("cloudtrail", ("log.trail",), (STORES, STORE), stores, types=(_STORE,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
