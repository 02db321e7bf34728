"""AWS Config: snapshot and history files, answers of its API, and results of its queries.

Three dialects of one item. Delivered files hold `configuration` as an object and say `ARN`, `awsAccountId`; answers of
the API hold it as JSON text and say `arn`, `accountId`; results of `select-resource-config` are JSON texts with the
columns that were asked for.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, cast

import msgspec
from msgspec import Raw, Struct

from scanners.aws import document_types
from scanners.aws.subject import arn_parts, when
from scanners.documents import Document, DocumentType, observe
from scanners.exports.awsblind import CANNOT_SEE
from scanners.exports.awscasing import Casing
from scanners.exports.awsitems import ConfigItem, complete, own_arn, text, type_of
from scanners.exports.awsshapes import reshaped, unwrapped
from scanners.exports.cover import Collected
from scanners.exports.source import ExportError, Head, SourceFile
from scanners.exports.stream import Element, ExportStream
from scanners.model import KINDS, Asset, Item, Location, LocationKind

_LISTS: Final = ("configurationItems", "baseConfigurationItems", "BaseConfigurationItems", "Results")
_GONE: Final = ("ResourceDeleted", "ResourceDeletedNotRecorded")
_MOST_HELD: Final = 64 << 20
_BUCKET: Final = "AWS::S3::Bucket"
_GUARD: Final = "AWS::S3::AccountPublicAccessBlock"
_TASK: Final = "AWS::DataSync::Task"
_LOCATION: Final = "AWS::DataSync::Location"


class _Header(Struct):
    resourceType: Any = None  # noqa: N815
    resourceId: Any = None  # noqa: N815
    awsRegion: Any = None  # noqa: N815
    awsAccountId: Any = None  # noqa: N815
    accountId: Any = None  # noqa: N815
    configurationItemCaptureTime: Any = None  # noqa: N815

    def identity(self) -> tuple[str, ...]:
        """What two captures of one resource have in common."""
        account = self.awsAccountId or self.accountId
        return str(self.resourceType), str(self.resourceId), str(account), str(self.awsRegion)


_ITEM: Final = msgspec.json.Decoder(ConfigItem)
_ANY: Final = msgspec.json.Decoder()


class AwsConfig:
    """Files of AWS Config, whatever the way in which they were got."""

    name = "AWS Config snapshot, history or query result"
    provider = "aws"
    early = False

    def recognises(self, head: Head) -> float:
        """By the names of the lists, or by the members of an item."""
        keys = set(head.keys)
        if keys & {"configurationItems", "baseConfigurationItems", "BaseConfigurationItems"}:
            return 1.0
        if "Results" in keys and ("QueryInfo" in keys or "awsRegion" in head.text):
            return 1.0
        first = head.first or {}
        if "configurationItemStatus" in first or keys & {"configurationItem", "ConfigurationItem"}:
            return 1.0
        sort = first.get("resourceType")
        return 0.9 if isinstance(sort, str) and sort.startswith("AWS::") else 0.0

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """Evidence, assets and relations of every item that is the newest of its resource, then coverage."""
        return _Import(stream, file).items()


class _Import:
    """The reading of one file."""

    def __init__(self, stream: ExportStream, file: SourceFile) -> None:
        self._stream = stream
        self._file = file
        self._book = Collected(file, "aws")
        self._accounts: set[str] = set()
        self._guards: dict[str, Document] = {}
        self._ends: dict[str, str] = {}
        self._held: list[tuple[DocumentType, bytes, Element, datetime | None, str | None, str | None]] = []
        self._held_bytes = 0
        self._items = self._gone = self._unrecorded = self._unplaced = self._unnamed = 0

    def items(self) -> Iterator[Item]:
        """Everything in the file."""
        newest = self._newest()
        for element in self._stream.elements(*_LISTS, type=ConfigItem | str):
            if newest is not None and newest.get(element.number) is False:
                continue
            item = self._item(element)
            if item is not None:
                yield from self._one(item, element)
            if self._held_bytes > _MOST_HELD:
                yield from self._release()
        yield from self._release()
        self._tell()
        if not self._items:
            raise ExportError(
                f"{self._file.name} is a file of AWS Config without any configuration item: nothing was read from it; "
                "check that the recorder is on, and export it again."
            )
        yield from self._end()

    def _newest(self) -> dict[int, bool] | None:
        """Which elements are older captures of a resource (False); None where the file is a snapshot, without any."""
        if {"configSnapshotId", "requestId"} & set(self._stream.keys) or "Results" in self._stream.keys:
            return None
        best: dict[int, tuple[float, int]] = {}  # by the hash of the identity: a large history has many
        older: dict[int, bool] = {}
        for element in self._stream.elements(*_LISTS, type=_Header | str):
            if isinstance(element.value, str) or element.value.resourceId is None:
                continue
            header = cast(_Header, element.value)
            at = when({"at": header.configurationItemCaptureTime}, "at")
            time = at.timestamp() if at is not None else 0.0
            key = hash(header.identity())
            before = best.get(key)
            if before is None:
                best[key] = (time, element.number)
            elif time > before[0]:
                older[before[1]] = False
                best[key] = (time, element.number)
            else:
                older[element.number] = False
        return older

    def _item(self, element: Element) -> ConfigItem | None:
        value = element.value
        for _ in range(3):
            try:
                if isinstance(value, str):
                    value = _ITEM.decode(value)
                    continue
                inner = bytes(value.configurationItem) or bytes(value.ConfigurationItem)
                if not inner:
                    return cast(ConfigItem, value)
                value = _ITEM.decode(inner)
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                break
        self._file.incomplete(f"{self._file.name}: {element.where} is no configuration item and was left out.")
        return None

    def _one(self, item: ConfigItem, element: Element) -> Iterator[Item]:
        self._items += 1
        status = item.configurationItemStatus
        if status in _GONE:
            self._gone += 1
            return
        sort = item.resourceType if isinstance(item.resourceType, str) else None
        if sort is not None and sort not in _TYPES and not sort.startswith(_LOCATION):
            return
        configuration = self._object(item.configuration, element)
        supplement = self._object(item.supplementaryConfiguration, element)
        if configuration is None or supplement is None:
            return
        arn = text(item.ARN) or text(item.arn) or own_arn(configuration)
        sort = sort or type_of(arn)
        if sort is None:
            self._unnamed += 1
            return
        kind = _TYPES.get(sort)
        account, region = self._place(item, arn)
        if status == "ResourceNotRecorded" or not configuration:
            self._unrecorded += 1
            for name in kind.kinds if kind is not None else ():
                detail = f"AWS Config knows resources of type {sort} but does not record them."
                self._book.cannot(account or "unknown", region or "unknown", _SERVICES[sort], name, detail)
            return
        if sort.startswith(_LOCATION):
            address = text(configuration.get("LocationUri"))
            if arn and address:
                self._ends[arn] = address
            return
        if kind is None:
            return
        document = _CASINGS[sort].conform(reshaped(sort, configuration, supplement))
        complete(document, kind, item, arn)
        seen = when({"at": item.configurationItemCaptureTime}, "at")
        if sort == _GUARD and account is not None:
            self._guards[account] = document
        if sort in (_BUCKET, _TASK):
            body = msgspec.json.encode(document)  # small, and without a hold on the part of the file it came from
            place = Element(None, element.number, element.offset, element.line)
            self._held.append((kind, body, place, seen, account, region))
            self._held_bytes += len(body) + 500
            return
        yield from self._observed(kind, document, element, seen, account, region)

    def _object(self, raw: Raw, element: Element) -> dict[str, Any] | None:
        """The object that a member holds, be it encoded as text; empty where it is null or missing."""
        if len(raw) <= 2:  # missing, or {}
            return {}
        try:
            value = _ANY.decode(raw)
            if type(value) is not dict:
                value = unwrapped(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            value = 0
        if value is None:
            return {}
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        self._file.incomplete(
            f"{self._file.name}: the configuration of {element.where} (byte {element.offset:,}) cannot be read; "
            "the item was left out."
        )
        return None

    def _place(self, item: ConfigItem, arn: str | None) -> tuple[str | None, str | None]:
        parts = arn_parts(arn)
        account = text(item.awsAccountId) or text(item.accountId) or ((parts[3] or None) if parts else None)
        region = text(item.awsRegion) or ((parts[2] or None) if parts else None)
        return account, region

    def _release(self) -> Iterator[Item]:
        """What waited for facts that stand elsewhere in the file: guards of the account, ends of transfers."""
        held, self._held, self._held_bytes = self._held, [], 0
        for kind, body, element, seen, account, region in held:
            document = cast("dict[str, Any]", _ANY.decode(body))
            if kind.native_type == _BUCKET:
                guard = self._guards.get(account or "")
                if guard is not None:
                    document["AccountPublicAccessBlockConfiguration"] = guard
            else:
                for end in ("Source", "Destination"):
                    address = self._ends.get(str(document.get(f"{end}LocationArn")))
                    if address is not None:
                        document[f"{end}LocationUri"] = address
            yield from self._observed(kind, document, element, seen, account, region)

    def _observed(
        self,
        kind: DocumentType,
        document: dict[str, Any],
        element: Element,
        seen: datetime | None,
        account: str | None,
        region: str | None,
    ) -> Iterator[Item]:
        origin = self._file.origin(element.where, account=account, region=region, seen_at=seen)
        for item in observe(document, kind, origin, projected=_CASINGS[kind.native_type].whole):
            if isinstance(item, Asset):
                self._accounts.add(item.account)
                where = item.location.region or region or "unknown"
                self._book.saw(item.account, where, kind.service, item.kind)
                if item.location.kind is LocationKind.UNKNOWN:
                    self._unplaced += 1
            yield item

    def _tell(self) -> None:
        name, warn = self._file.name, self._file.warn
        if self._unnamed:
            self._file.incomplete(
                f"{name}: {self._unnamed:,} items say neither their resourceType nor an ARN and were left out; select "
                "resourceType, arn, accountId, awsRegion, tags, configuration and supplementaryConfiguration."
            )
        if self._gone:
            warn(f"{name}: {self._gone:,} resources had been deleted when AWS Config last saw them and were left out.")
        if self._unrecorded:
            warn(
                f"{name}: {self._unrecorded:,} resources are not recorded, or came without their configuration: switch "
                "their types on in the recorder, or select the column configuration in the query."
            )
        if self._unplaced:
            warn(f"{name}: {self._unplaced:,} items name no region; where they are stays unknown.")

    def _end(self) -> Iterator[Item]:
        for account in sorted(self._accounts - {"unknown"}):
            uid = f"arn:aws:iam::{account}:root"
            yield Asset(
                uid=uid,
                provider="aws",
                account=account,
                kind="account",
                native_type="AWS::Organizations::Account",
                name=account,
                location=Location(LocationKind.GLOBAL),
                attributes={"id": account},
            )
        for account, region in sorted(self._book.scopes()):
            if region not in ("global", "unknown"):
                for service, kind, detail in CANNOT_SEE:
                    self._book.cannot(account, region, service, kind, detail)
        for account in sorted(self._accounts - {"unknown"}):
            for kind in sorted(_KINDS - self._book.kinds(account)):
                self._book.cannot(account, "*", "config.types", kind, _LEFT_OUT.format(kind=KINDS[kind]))
        yield from self._book.cells()


_LEFT_OUT: Final = (
    "The file holds none of these: {kind}. AWS Config shows the types that its recorder is set to, so that there may be"
    " some all the same."
)
_TYPES: Final = document_types()
_KINDS: Final = frozenset(kind for type_ in _TYPES.values() for kind in type_.kinds) - {"account"}
_SERVICES: Final = {native: kind.service for native, kind in _TYPES.items()}
_CASINGS: Final = {native: Casing(kind.members) for native, kind in _TYPES.items()}

FORMATS: Final = (AwsConfig(),)
