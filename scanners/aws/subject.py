"""What all documents of AWS share: the ARN, the account, the place, tags, times, keys."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, cast

from msgspec import UnsetType

from scanners.documents import Origin
from scanners.members import member, moment, record, text
from scanners.model import UNREAD, Asset, Location, LocationKind, Relation
from scanners.references import uid_of

_REGION: Final = re.compile(r"^[a-z]{2,5}(?:-[a-z]+)+-\d+$")
_ZONE: Final = re.compile(r"^([a-z]{2,5}(?:-[a-z]+)+-\d+)([a-z]|-[a-z0-9-]+)$")
_KEY_ID: Final = re.compile(r"^(?:mrk-[0-9a-f]{32}|[0-9a-f-]{36})$")
_PARTITIONS: Final = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("eusc-", "aws-eusc"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
)
_NO_ACCOUNT: Final = "unknown"
_SECONDS: Final = 10**11  # epoch numbers above this count milliseconds


@lru_cache(maxsize=4096)
def place(
    region: str | None, zone: str | None = None, outpost: str | None = None, country: str | None = None
) -> Location:
    """The place that a region and a zone name. Zones that are no letter after the region are Local or Wavelength
    Zones, which can stand in another country than their region; an Outpost stands wherever its owner put it, in
    `country`."""
    match = _ZONE.match(zone) if zone else None
    region = region.strip().lower() if region else None
    if region is None and match is not None:
        region = match[1]
    if outpost:
        evidence = "native" if country else "metadata_only"
        return Location(
            LocationKind.ON_PREM, region=region, zone=zone, site=outpost, country=country, evidence=evidence
        )
    if match is not None and match[1] == region:  # else the region that answered is believed, not the zone
        kind = LocationKind.ZONE if len(match[2]) == 1 else LocationKind.EDGE
        return Location(kind, region=match[1], zone=zone)
    if region in ("global", "aws-global"):
        return Location(LocationKind.GLOBAL)
    return Location(LocationKind.REGION, region=region) if region else Location.unknown()


def region_place(region: str | None) -> dict[str, str] | None:
    """A region as the value of an attribute of type `place`."""
    return {"kind": "region", "region": region.strip().lower()} if region else None


@lru_cache(maxsize=1024)
def partition_of(region: str | None) -> str:
    """The partition that a region belongs to; `aws` where nothing says otherwise."""
    return next((name for prefix, name in _PARTITIONS if (region or "").startswith(prefix)), "aws")


def arn_parts(arn: str | None) -> tuple[str, str, str, str, str] | None:
    """(partition, service, region, account, resource) of an ARN, or None."""
    parts = (arn or "").split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[2] or not parts[5]:
        return None
    return parts[1], parts[2], parts[3], parts[4], parts[5]


def when(document: Any, path: str) -> datetime | None:
    """A time: ISO 8601 text, a `datetime` as boto3 gives it, or the epoch seconds or milliseconds of AWS Config."""
    value = member(document, path)
    if isinstance(value, str):
        return _iso(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        try:
            return datetime.fromtimestamp(value / 1000 if value > _SECONDS else value, UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return None


@lru_cache(maxsize=8192)
def _iso(value: str) -> datetime | None:
    return moment({"at": value}, "at")


def when_text(document: Any, path: str) -> str | None:
    """The same as ISO 8601 text: the form of attributes of type `date`."""
    found = when(document, path)
    return None if found is None else found.isoformat().replace("+00:00", "Z")


def tags_of(document: Mapping[str, Any]) -> dict[str, str] | UnsetType:
    """Tags as a map, from a list of keys and values or from a map; `UNREAD` where the document has no `Tags`."""
    value = next((document[name] for name in ("Tags", "tags") if name in document), UNREAD)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value)
        return {str(key): _tag(item) for key, item in pairs.items()}
    if not isinstance(value, list):
        return UNREAD
    found: dict[str, str] = {}
    for entry in cast("list[Any]", value):
        if type(entry) is dict and isinstance(name := cast("dict[str, Any]", entry).get("Key"), str):
            found[name] = _tag(cast("dict[str, Any]", entry).get("Value"))
        elif isinstance(entry, Mapping):
            pair = {str(k).lower().removeprefix("tag"): v for k, v in cast("Mapping[Any, Any]", entry).items()}
            if isinstance(pair.get("key"), str):
                found[pair["key"]] = _tag(pair.get("value"))
    return found


def _tag(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


class Subject:
    """One AWS resource that a document describes: its ARN and what follows from it."""

    def __init__(
        self, document: Mapping[str, Any], origin: Origin, arn: str | None, service: str, resource: str
    ) -> None:
        """`arn` as the document states it; where it does not, the ARN is made by the documented pattern."""
        self.document = document
        self.tags = tags_of(document)
        parts = arn_parts(arn)
        region = origin.region if origin.region not in ("global", None) else None
        self.region: str | None = (parts[2] if parts else "") or region
        self.account: str = (parts[3] if parts else "") or origin.account or _NO_ACCOUNT
        self.partition: str = parts[0] if parts else partition_of(self.region)
        self.uid: str = arn if parts and arn else self.arn(service, resource)

    @property
    def name_tag(self) -> str | None:
        """The tag `Name`, which the console shows as the name of things that have none of their own."""
        return (self.tags.get("Name") or None) if isinstance(self.tags, dict) else None

    def arn(self, service: str, resource: str, *, region: str | None = None, account: str | None = None) -> str:
        """The ARN of another resource, of the same region and account unless given."""
        where = (self.region or "") if region is None else region
        return f"arn:{self.partition}:{service}:{where}:{self.account if account is None else account}:{resource}"

    def asset(
        self,
        kind: str,
        native_type: str,
        name: str | None,
        attributes: dict[str, Any],
        *,
        zone: str | None = None,
        created: str | None = None,
        location: Location | None = None,
        aliases: tuple[str, ...] = (),
    ) -> Asset:
        """The asset; `created` is the path of the time of creation."""
        outpost = text(self.document, "OutpostArn")
        return Asset(
            uid=self.uid,
            provider="aws",
            account=self.account,
            kind=kind,
            native_type=native_type,
            name=name or self.uid.rsplit(":", 1)[-1].rsplit("/", 1)[-1],
            location=location or place(self.region, zone, outpost, text(self.document, "OutpostCountry")),
            attributes=attributes,
            tags=self.tags,
            partition=self.partition,
            created_at=when(self.document, created) if created else None,
            aliases=aliases,
        )

    def relation(self, type_: str, target: str | None, attributes: dict[str, Any] | None = None) -> Iterator[Relation]:
        """A relation from this resource, or nothing where there is no target."""
        if target and target != self.uid:
            yield Relation(self.uid, type_, target, attributes or {})

    def key(self, value: str | None) -> str | None:
        """The ARN of a key named by ARN, id or alias; None where none is named."""
        if not value or not value.strip():
            return None
        value = value.strip()
        if value.startswith("arn:"):
            return value
        if value.startswith("alias/"):
            return self.arn("kms", value)
        if _KEY_ID.match(value):
            return self.arn("kms", f"key/{value}")
        return f"external:kms:{value[:200]}"

    def encrypted_by(self, path: str) -> Iterator[Relation]:
        """The relation to the key that a member names."""
        yield from self.relation("encrypted_by", self.key(text(self.document, path)))

    def touches(
        self,
        type_: str,
        path: str,
        attributes: dict[str, Any] | None = None,
        *,
        document: Mapping[str, Any] | None = None,
    ) -> Iterator[Relation]:
        """`reads` or `writes` of the storage that a member (of a part of the document, if given) names by address."""
        address = text(self.document if document is None else document, path)
        if address is not None:
            yield from self.relation(type_, uid_of(address, context=self.uid), attributes)

    def bucket(self, name: str | None) -> str | None:
        """The ARN of a bucket that is given by name or ARN."""
        if not name:
            return None
        return uid_of(name) if name.startswith("arn:") else f"arn:{self.partition}:s3:::{name}"

    def in_vpc(self, vpc: str | None) -> Iterator[Relation]:
        """The relation to the private network of an id."""
        if vpc:
            yield from self.relation("member_of", self.arn("ec2", f"vpc/{vpc}"))


def managed_alias(key: str | None) -> bool:
    """Whether a key is named by the alias of a key that AWS manages: `alias/aws/s3`, bare or in an ARN."""
    return key is not None and re.search(r"(?:^|:)alias/aws/", key) is not None


def rest(encrypted: bool | None, key: str | None = None) -> dict[str, Any]:
    """`encrypted`, and `custody` where this alone proves it: none without encryption, the provider's managed alias."""
    found: dict[str, Any] = {}
    if encrypted is not None:
        found["encrypted"] = encrypted
    if encrypted is False:
        found["custody"] = "none"
    elif managed_alias(key):
        found["custody"] = "provider"
    return found


def named(document: Any, *paths: str) -> str | None:
    """The first of some members that is text."""
    return next((found for path in paths if (found := text(document, path)) is not None), None)


def first_record(document: Any, path: str, index: int = 0) -> Mapping[str, Any] | None:
    """An element of a list of records, or None."""
    value = member(document, path)
    if isinstance(value, list) and len(cast("list[Any]", value)) > index:
        return record({"x": cast("list[Any]", value)[index]}, "x")
    return None
