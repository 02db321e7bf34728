"""Settings of regions and accounts, live: Control Tower, default encryption of disks, AWS Config, Security Hub,
contacts (rows A2, A10, A13, B7, I5 and J6 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import UNREAD, Reach
from scanners.aws.live.recipes import listed
from scanners.aws.settings import (
    AGGREGATOR,
    CONTACTS,
    CONTROL,
    DISK_ENCRYPTION,
    HUB,
    INTERNET_BLOCK,
    LANDING_ZONE,
    RECORDER,
)
from scanners.coverage import MissedError
from scanners.members import record, records, text, texts
from scanners.model import Item

_HUB_OFF: Final = ("is not subscribed to AWS Security Hub",)
ZONES: Final = pages("controltower", "ListLandingZones", "landingZones")
ZONE: Final = op("controltower", "GetLandingZone", none=("ResourceNotFoundException",))
CONTROLS: Final = pages("controltower", "ListEnabledControls", "enabledControls", page=200)
CONTROL_OF: Final = op("controltower", "GetEnabledControl", none=("ResourceNotFoundException",), rate=5.0)
BY_DEFAULT: Final = op("ec2", "GetEbsEncryptionByDefault")
DEFAULT_KEY: Final = op("ec2", "GetEbsDefaultKmsKeyId")
NO_INTERNET: Final = op("ec2", "DescribeVpcBlockPublicAccessOptions")
RECORDERS: Final = op("config", "DescribeConfigurationRecorders")
RECORDING: Final = op("config", "DescribeConfigurationRecorderStatus")
CHANNELS: Final = op("config", "DescribeDeliveryChannels")
AGGREGATORS: Final = pages("config", "DescribeConfigurationAggregators", "ConfigurationAggregators", page=100)
HUBS: Final = op("securityhub", "DescribeHub", off=_HUB_OFF)
STANDARDS: Final = pages("securityhub", "GetEnabledStandards", "StandardsSubscriptions", page=100, off=_HUB_OFF)
CONTACT: Final = op("account", "GetAlternateContact", none=("ResourceNotFoundException",))

_SORTS: Final = ("SECURITY", "OPERATIONS", "BILLING")


def landing_zones(reach: Reach) -> Iterator[Item]:
    """The landing zone, which lies in one region of the management account, and those controls that name regions."""
    for entry in reach.each(ZONES):
        answer = reach.answer(ZONE, landingZoneIdentifier=entry["arn"])
        document = record(answer, "landingZone")
        if document is None:
            continue
        yield from reach.see(LANDING_ZONE, document, by=ZONE)
        governed = texts(document, "manifest.governedRegions") or []
        for control in reach.each(CONTROLS):
            reach.spawn(lambda r, c=control, g=governed: _control(r, c, g))


def _control(reach: Reach, control: dict[str, Any], governed: list[str]) -> Iterator[Item]:
    answer = reach.answer(CONTROL_OF, enabledControlIdentifier=control["arn"])
    details = record(answer, "enabledControlDetails") or {}
    document: dict[str, Any] = {**control, **details, "Governed": governed}
    keys = {(text(p, "key") or "").lower() for p in records(document, "parameters") or []}
    if "allowedregions" in keys or "REGION_DENY" in (text(document, "controlIdentifier") or ""):
        yield from reach.see(CONTROL, document, by=CONTROLS)


def disks(reach: Reach) -> Iterator[Item]:
    """Whether new disks of the region are encrypted, and by which key."""
    document: dict[str, Any] = dict(reach.call(BY_DEFAULT))
    reach.detail(document, "KmsKeyId", DEFAULT_KEY, "KmsKeyId")
    yield from reach.see(DISK_ENCRYPTION, document, by=BY_DEFAULT)


def internet(reach: Reach) -> Iterator[Item]:
    """Whether the region's private networks are kept from the internet."""
    document = record(reach.call(NO_INTERNET), "VpcBlockPublicAccessOptions")
    if document is not None:
        yield from reach.see(INTERNET_BLOCK, document, by=NO_INTERNET)


def recorders(reach: Reach) -> Iterator[Item]:
    """Recorders of AWS Config with what they do now and where they deliver."""
    found = records(reach.call(RECORDERS), "ConfigurationRecorders") or []
    if not found:
        return
    states: dict[str, Any] = {}
    channels: dict[str, Any] = {}
    with suppress(MissedError):
        states = {str(s.get("name")): s for s in records(reach.call(RECORDING), "ConfigurationRecordersStatus") or []}
    with suppress(MissedError):
        channels = {str(c.get("name")): c for c in records(reach.call(CHANNELS), "DeliveryChannels") or []}
    for document in found:
        name = str(document.get("name"))
        extra: dict[str, Any] = {}
        if name in states:
            extra["Status"] = states[name]
        if channels:
            extra["Channel"] = channels.get(name) or next(iter(channels.values()))
        yield from reach.see(RECORDER, {**document, **extra}, by=RECORDERS)


def hubs(reach: Reach) -> Iterator[Item]:
    """Security Hub and its standards; its findings are opinions of another auditor and can be imported as files."""
    document: dict[str, Any] = dict(reach.call(HUBS))
    document["Standards"] = list(reach.each(STANDARDS))
    yield from reach.see(HUB, document, by=HUBS)


def contacts(reach: Reach) -> Iterator[Item]:
    """Which sorts of contacts the account has; their names and addresses are dropped at once."""
    found: dict[str, bool] = {}
    for sort in _SORTS:
        answer = reach.detail({}, "x", CONTACT, "AlternateContact.AlternateContactType", AlternateContactType=sort)
        if answer is UNREAD:
            return
        found[sort] = answer is not None
    yield from reach.see(CONTACTS, {"Partition": reach.partition, "Contacts": found}, by=CONTACT)


COLLECTORS: Final = (
    Collector(
        "controltower", CONTROL.kinds, (ZONES, ZONE, CONTROLS, CONTROL_OF), landing_zones, types=(LANDING_ZONE, CONTROL)
    ),
    Collector("ec2", DISK_ENCRYPTION.kinds, (BY_DEFAULT, DEFAULT_KEY), disks, types=(DISK_ENCRYPTION,)),
    Collector("ec2", INTERNET_BLOCK.kinds, (NO_INTERNET,), internet, types=(INTERNET_BLOCK,)),
    Collector("config", RECORDER.kinds, (RECORDERS, RECORDING, CHANNELS), recorders, types=(RECORDER,)),
    listed(AGGREGATOR, AGGREGATORS),
    Collector("securityhub", HUB.kinds, (HUBS, STANDARDS), hubs, types=(HUB,)),
    Collector("account", CONTACTS.kinds, (CONTACT,), contacts, "account", (CONTACTS,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
