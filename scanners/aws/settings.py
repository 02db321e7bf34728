"""Settings of regions and accounts that guard or watch what is made later: Control Tower, default encryption of disks,
blocks of the internet, AWS Config, Security Hub, and whom AWS may write to."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import flag, put, records, text, texts
from scanners.model import Asset, Location, LocationKind, Relation

_REGION_DENY: Final = "AWS-GR_REGION_DENY"
_ALLOWED: Final = "allowedregions"
_CONTACTS: Final = {"SECURITY": "security", "BILLING": "billing", "OPERATIONS": "operations"}


def control(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A control of Control Tower that names regions. `Governed` are the regions of the landing zone, which the control
    for the whole landing zone allows."""
    arn = text(document, "arn")
    subject = Subject(document, origin, arn, "controltower", "enabledcontrol/unknown")
    identifier = (text(document, "controlIdentifier") or "").rsplit("/", 1)[-1]
    regions = _named_regions(document)
    if regions is None and identifier == _REGION_DENY:
        regions = texts(document, "Governed")
    attributes: dict[str, Any] = {"type": "region"}
    if regions is not None:
        attributes["allowed_regions"] = sorted(region.lower() for region in regions)
    status = text(document, "statusSummary.status")
    if status is not None:
        attributes["enforced"] = status == "SUCCEEDED"
    target = (text(document, "targetIdentifier") or "").rsplit("/", 1)[-1]
    put(attributes, "scope_path", target or None)
    where = Location(LocationKind.GLOBAL)
    native = "AWS::ControlTower::EnabledControl"
    yield subject.asset("governance.policy", native, f"Control {identifier}", attributes, location=where)
    yield from subject.relation("member_of", f"organization:{target}" if target else None)


def _named_regions(document: Any) -> list[str] | None:
    for parameter in records(document, "parameters") or []:
        if (text(parameter, "key") or "").lower() == _ALLOWED:
            return texts(parameter, "value")
    return None


def landing_zone(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """The landing zone of an organisation: what it enforces are its controls, each of them read for itself."""
    subject = Subject(document, origin, text(document, "arn"), "controltower", "landingzone/unknown")
    attributes: dict[str, Any] = {"type": "other"}
    drift = text(document, "driftStatus.status")
    if drift is not None:
        attributes["enforced"] = drift == "IN_SYNC"
    name = f"Landing zone {text(document, 'version') or ''}".strip()
    yield subject.asset("governance.policy", "AWS::ControlTower::LandingZone", name, attributes)


def disk_encryption(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Whether new disks of a region are encrypted whoever makes them. A customer's key as default forces nobody."""
    subject = Subject(document, origin, None, "ec2", "ebs-encryption-by-default")
    attributes: dict[str, Any] = {"type": "other", "scope_path": subject.account}
    put(attributes, "enforced", flag(document, "EbsEncryptionByDefault"))
    name = f"Encryption of new disks in {subject.region}"
    yield subject.asset("governance.policy", "AWS::EC2::EbsEncryptionByDefault", name, attributes)
    yield from subject.encrypted_by("KmsKeyId")


def internet_block(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Whether private networks of a region are kept from the internet by a setting of the account."""
    subject = Subject(document, origin, None, "ec2", "vpc-block-public-access")
    attributes: dict[str, Any] = {"type": "other", "scope_path": subject.account}
    mode = text(document, "InternetGatewayBlockMode")
    if mode is not None:
        attributes["enforced"] = mode in ("block-bidirectional", "block-ingress")
    name = f"Block of the internet for networks in {subject.region}"
    yield subject.asset("governance.policy", "AWS::EC2::VPCBlockPublicAccessOptions", name, attributes)


def recorder(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A recorder of AWS Config. `Status` and `Channel` are what its own calls say of it. It keeps what was set, not
    who called: it takes no administrative calls, and its own region only."""
    name = text(document, "name") or "default"
    subject = Subject(document, origin, text(document, "arn"), "config", f"configuration-recorder/{name}")
    attributes: dict[str, Any] = {"management_events": False, "covers_all_regions": False}
    put(attributes, "active", flag(document, "Status.recording"))
    yield subject.asset("log.trail", "AWS::Config::ConfigurationRecorder", f"AWS Config {name}", attributes)
    bucket = subject.bucket(text(document, "Channel.s3BucketName"))
    key = subject.key(text(document, "Channel.s3KmsKeyArn"))
    noted: dict[str, Any] = {"continuous": True, "role": "configuration", **({"key": key} if key else {})}
    yield from subject.relation("logs_to", bucket, noted)


def aggregator(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An aggregator: copies of what AWS Config knows of other regions and accounts, kept in this region."""
    arn = text(document, "ConfigurationAggregatorArn")
    name = text(document, "ConfigurationAggregatorName")
    subject = Subject(document, origin, arn, "config", "config-aggregator/unknown")
    attributes: dict[str, Any] = {"active": True, "management_events": False, "covers_all_regions": False}
    yield subject.asset("log.trail", "AWS::Config::ConfigurationAggregator", name, attributes, created="CreationTime")


def hub(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """Security Hub in one region with the standards that it checks: it reports and prevents nothing."""
    subject = Subject(document, origin, text(document, "HubArn"), "securityhub", "hub/default")
    standards = sorted({
        (text(entry, "StandardsArn") or "").split("standards/")[-1].split("/v/")[0].split(":")[-1]
        for entry in records(document, "Standards") or []
    })  # fmt: skip
    shown = ", ".join(name for name in standards if name) or "no standards"
    attributes: dict[str, Any] = {"type": "other", "enforced": False, "scope_path": subject.account}
    name = f"Security Hub ({shown})"[:200]
    yield subject.asset("governance.policy", "AWS::SecurityHub::Hub", name, attributes, created="SubscribedAt")


def contacts(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """For which matters the account names somebody whom AWS may write to. Who that is stays out of the evidence."""
    subject = Subject(document, origin, None, "iam", "root")
    subject.uid = f"arn:{text(document, 'Partition') or 'aws'}:iam::{subject.account}:root"
    attributes: dict[str, Any] = {"id": subject.account}
    found = document.get("Contacts")
    if isinstance(found, Mapping):
        named = cast("Mapping[str, Any]", found)
        attributes["contacts"] = [{"type": _CONTACTS[sort]} for sort, there in sorted(named.items()) if there]
    where = Location(LocationKind.GLOBAL)
    yield subject.asset("account", "AWS::Organizations::Account", subject.account, attributes, location=where)


_POLICY: Final = ("governance.policy",)

CONTROL: Final = DocumentType(
    "AWS::ControlTower::EnabledControl",
    "controltower",
    _POLICY,
    (
        "arn",
        "controlIdentifier",
        "targetIdentifier",
        "statusSummary.status",
        "driftStatusSummary.driftStatus",
        "targetRegions[].name",
        "parameters[].key",
        "parameters[].value",
        "Governed",
    ),
    control,
)
LANDING_ZONE: Final = DocumentType(
    "AWS::ControlTower::LandingZone",
    "controltower",
    _POLICY,
    ("arn", "version", "status", "driftStatus.status", "manifest.governedRegions"),
    landing_zone,
)
DISK_ENCRYPTION: Final = DocumentType(
    "AWS::EC2::EbsEncryptionByDefault",
    "ec2",
    _POLICY,
    ("EbsEncryptionByDefault", "SseType", "KmsKeyId"),
    disk_encryption,
)
INTERNET_BLOCK: Final = DocumentType(
    "AWS::EC2::VPCBlockPublicAccessOptions",
    "ec2",
    _POLICY,
    ("InternetGatewayBlockMode", "ManagedBy", "ExclusionsAllowed", "State"),
    internet_block,
)
RECORDER: Final = DocumentType(
    "AWS::Config::ConfigurationRecorder",
    "config",
    ("log.trail",),
    (
        "arn",
        "name",
        "roleARN",
        "recordingGroup.allSupported",
        "recordingGroup.includeGlobalResourceTypes",
        "recordingGroup.resourceTypes",
        "recordingGroup.exclusionByResourceTypes.resourceTypes",
        "recordingMode.recordingFrequency",
        "recordingScope",
        "Status.recording",
        "Status.lastStatus",
        "Channel.s3BucketName",
        "Channel.s3KmsKeyArn",
    ),
    recorder,
)
AGGREGATOR: Final = DocumentType(
    "AWS::Config::ConfigurationAggregator",
    "config",
    ("log.trail",),
    (
        "ConfigurationAggregatorArn",
        "ConfigurationAggregatorName",
        "CreationTime",
        "AccountAggregationSources[].AccountIds",
        "AccountAggregationSources[].AwsRegions",
        "AccountAggregationSources[].AllAwsRegions",
        "OrganizationAggregationSource.AwsRegions",
        "OrganizationAggregationSource.AllAwsRegions",
    ),
    aggregator,
)
HUB: Final = DocumentType(
    "AWS::SecurityHub::Hub",
    "securityhub",
    _POLICY,
    ("HubArn", "SubscribedAt", "Standards[].StandardsArn", "Standards[].StandardsStatus"),
    hub,
)
CONTACTS: Final = DocumentType(
    "AWS::Account::AlternateContacts", "account", ("account",), ("Partition", "Contacts"), contacts
)
