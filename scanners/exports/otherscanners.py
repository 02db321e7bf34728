"""Findings of other scanners: OCSF (Prowler, AWS Security Hub, …) and the AWS Security Finding Format.

They become evidence and nothing else: no asset, no relation, no coverage comes of them, so no rule can see them. What
is kept of each is a short record (`Told`); whoever reports shows it beside the asset that it names.
Sources: schema.ocsf.io (classes 2001 to 2007), the AWS Security Hub user guide (finding format 2018-10-08).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, cast

import msgspec
from msgspec import Struct

from scanners.exports.formats import ExportFormat, Head
from scanners.exports.source import ExportError, SourceFile
from scanners.exports.stream import Element, ExportStream
from scanners.members import text
from scanners.model import Evidence, Item, canonical, digest

OPERATION: Final = "finding of another scanner"
"""Operation of such evidence: the name of the scanner follows it."""
_FIRST_CLASS: Final = 2001
_LAST_CLASS: Final = 2007
_LONGEST: Final = 2000
_MOST_RESOURCES: Final = 50
_MOST_WARNINGS: Final = 5


class Told(Struct, frozen=True, omit_defaults=True):
    """A finding as its scanner put it. `resource` is the address it names; `account` and `name` help to find it.

    `status` and `severity` are the scanner's own words; `moment` is when it says so (ISO 8601). `rule` is its own id of
    the check, `id` that of the finding.
    """

    product: str
    title: str
    status: str
    severity: str
    resource: str
    rule: str = ""
    id: str = ""
    account: str = ""
    name: str = ""
    moment: str = ""


def told_of(body: bytes) -> Told | None:
    """The record in a document of evidence; None where it is none."""
    try:
        return msgspec.json.decode(body, type=Told)
    except msgspec.MsgspecError:
        return None


class OtherScanners:
    """Reads both shapes; a file may hold both."""

    name = "Findings of other scanners (OCSF or AWS Security Hub)"
    provider = ""
    early = False

    def recognises(self, head: Head) -> float:
        """Certain where the first entry has the members that tell either shape."""
        entry = head.first or {}
        if _is_ocsf(entry) or _is_asff(entry):
            return 1.0
        if {"Findings"} & set(head.keys) and '"ProductArn"' in head.text:
            return 0.9
        return 0.7 if '"class_uid"' in head.text and '"finding_info"' in head.text else 0.0

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """One document of evidence for each finding and resource."""
        kept = skipped = 0
        for element in stream.elements("Findings", "findings"):
            records = list(_records(element.value))
            if not records:
                skipped += 1
                if skipped <= _MOST_WARNINGS:
                    file.warn(f"{file.name}, {element.where}: no finding that names a resource; skipped.")
                continue
            for told, moment in records:
                kept += 1
                yield _evidence(told, moment, element, file)
        if not kept:
            raise ExportError(f"{file.name} holds no finding that names a resource; nothing was kept of it.")


def _evidence(told: Told, moment: datetime | None, element: Element, file: SourceFile) -> Evidence:
    body = canonical(told)
    return Evidence(digest(body), body, f"{OPERATION}: {told.product}", f"{file.name}, {element.where}", moment)


def _records(value: Any) -> Iterator[tuple[Told, datetime | None]]:
    if not isinstance(value, Mapping):
        return
    entry = cast("Mapping[str, Any]", value)
    if _is_asff(entry):
        yield from _asff(entry)
    elif _is_ocsf(entry):
        yield from _ocsf(entry)


def _is_ocsf(entry: Mapping[str, Any]) -> bool:
    number = entry.get("class_uid")
    named = "finding_info" in entry or "finding" in entry
    return isinstance(number, int) and _FIRST_CLASS <= number <= _LAST_CLASS and named


def _is_asff(entry: Mapping[str, Any]) -> bool:
    return "ProductArn" in entry and "Resources" in entry and "SchemaVersion" in entry


def _ocsf(entry: Mapping[str, Any]) -> Iterator[tuple[Told, datetime | None]]:
    moment = _moment(entry.get("time_dt")) or _moment(entry.get("time"))
    product = text(entry, "metadata.product.name") or text(entry, "metadata.product.vendor_name") or "OCSF"
    status = text(entry, "status_code") or text(entry, "compliance.status") or text(entry, "status") or ""
    for resource in _resources(entry.get("resources"), entry.get("resource")):
        address = text(resource, "uid") or text(resource, "name")
        if address:
            yield (
                Told(
                    _short(product, 100),
                    _short(text(entry, "finding_info.title") or text(entry, "finding.title") or text(entry, "message")),
                    _short(status, 60),
                    _short(text(entry, "severity"), 60),
                    _short(address),
                    _short(text(entry, "metadata.event_code") or text(entry, "compliance.control"), 200),
                    _short(text(entry, "finding_info.uid") or text(entry, "finding.uid"), 400),
                    _short(text(entry, "cloud.account.uid"), 200),
                    _short(text(resource, "name"), 400),
                    "" if moment is None else moment.isoformat(),
                ),
                moment,
            )


def _asff(entry: Mapping[str, Any]) -> Iterator[tuple[Told, datetime | None]]:
    moment = _moment(entry.get("UpdatedAt")) or _moment(entry.get("CreatedAt"))
    product = text(entry, "ProductName") or (text(entry, "ProductArn") or "").rsplit("/", 1)[-1] or "AWS Security Hub"
    states = (text(entry, "Compliance.Status"), text(entry, "Workflow.Status"), text(entry, "RecordState"))
    for resource in _resources(entry.get("Resources"), None):
        address = text(resource, "Id")
        if address:
            yield (
                Told(
                    _short(product, 100),
                    _short(text(entry, "Title")),
                    _short(", ".join(s for s in states if s), 100),
                    _short(text(entry, "Severity.Label"), 60),
                    _short(address),
                    _short(text(entry, "GeneratorId"), 300),
                    _short(text(entry, "Id"), 400),
                    _short(text(entry, "AwsAccountId"), 200),
                    "",
                    "" if moment is None else moment.isoformat(),
                ),
                moment,
            )


def _resources(many: object, one: object) -> list[Mapping[str, Any]]:
    listed = cast("Sequence[object]", many) if isinstance(many, list) else [one]
    return [cast("Mapping[str, Any]", r) for r in listed[:_MOST_RESOURCES] if isinstance(r, Mapping)]


def _short(value: str | None, most: int = _LONGEST) -> str:
    return (value or "")[:most]


def _moment(value: object) -> datetime | None:
    """ISO 8601, or seconds or milliseconds since 1970; None for anything else."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


FORMATS: Final[tuple[ExportFormat, ...]] = (OtherScanners(),)
