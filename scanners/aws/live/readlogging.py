"""What may log the data events of stores: trails and event data stores, read once for all stores of a region, live.

A trail that holds for a region is shown there, whatever its home region, and so is one of the organisation that another
account keeps (CloudTrail API Reference, DescribeTrails, `includeShadowTrails`). What cannot be read of it leaves open
whether reads are logged; the coverage of CloudTrail itself tells of it, and that of the stores does not.
"""

from typing import Any, Final

from scanners.aws.live.declare import Operation, op
from scanners.aws.live.reach import Reach
from scanners.coverage import MissedError
from scanners.members import text

TRAILS: Final = op("cloudtrail", "DescribeTrails", elements="trailList", optional=True)
STATUS: Final = op("cloudtrail", "GetTrailStatus", optional=True)
SELECTORS: Final = op("cloudtrail", "GetEventSelectors", optional=True)
STORES: Final = Operation(
    "cloudtrail", "ListEventDataStores", elements="EventDataStores", token=("NextToken", "NextToken"), optional=True
)
STORE: Final = op("cloudtrail", "GetEventDataStore", optional=True)
OPERATIONS: Final = (TRAILS, STATUS, SELECTORS, STORES, STORE)
_STATE: Final = ("IsLogging", "LatestDeliveryError")
_SELECTORS: Final = ("EventSelectors", "AdvancedEventSelectors")
_OF_STORE: Final = ("Status", "MultiRegionEnabled", "AdvancedEventSelectors")

Found = tuple[list[dict[str, Any]], bool]


def watchers(reach: Reach, document: dict[str, Any], region: str) -> None:
    """Puts what may log reads of a store of this region into its document as `Watchers`, and as `WatchersRead` whether
    that is all there is: stores of events that hold for every region may be kept in any."""
    trails, all_trails = _once(reach, f"trails:{region}", lambda: _trails(reach, region))
    found, whole = list(trails), all_trails and reach.site.everywhere
    for where in reach.site.regions:
        kept, all_kept = _once(reach, f"event stores:{where}", lambda where=where: _stores(reach, where))
        found += kept
        whole = whole and all_kept
    document["Watchers"], document["WatchersRead"] = found, whole


def _once(reach: Reach, name: str, read: Any) -> Found:
    return reach.site.once.of(f"data events:{name}", read)


def _trails(reach: Reach, region: str) -> Found:
    found: list[dict[str, Any]] = []
    whole = True
    try:
        for entry in reach.each(TRAILS, region=region, includeShadowTrails=True):
            arn, home = text(entry, "TrailARN"), text(entry, "HomeRegion") or region
            if arn is None:
                whole = False
                continue
            state, told = _part(reach, STATUS, home, _STATE, Name=arn)
            selectors, chosen = _part(reach, SELECTORS, home, _SELECTORS, TrailName=arn)
            found.append({"TrailARN": arn, **state, **selectors})
            whole = whole and told and chosen
    except MissedError:
        whole = False
    return sorted(found, key=lambda trail: str(trail["TrailARN"])), whole


def _stores(reach: Reach, region: str) -> Found:
    found: list[dict[str, Any]] = []
    whole = True
    try:
        for entry in reach.each(STORES, region=region):
            arn = text(entry, "EventDataStoreArn")
            if arn is None:
                whole = False
                continue
            told, read = _part(reach, STORE, region, _OF_STORE, EventDataStore=arn)
            found.append({"EventDataStoreArn": arn, **told})
            whole = whole and read
    except MissedError:
        whole = False
    return sorted(found, key=lambda store: str(store["EventDataStoreArn"])), whole


def _part(
    reach: Reach, operation: Operation, region: str, names: tuple[str, ...], **parameters: Any
) -> tuple[dict[str, Any], bool]:
    """These members of an answer, and whether there was one."""
    try:
        answer = reach.call(operation, region=region, **parameters)
    except MissedError:
        return {}, False
    return {name: answer[name] for name in names if name in answer}, True
