"""What kind of file a content is: told from how it begins, never from its name."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, cast

import msgspec

from scanners.exports.archive import Cut, Part
from scanners.exports.formats import ExportFormat
from scanners.exports.source import ExportError, Head, Limits, Shape, SourceFile
from scanners.exports.split import Splitter, TooDeep
from scanners.exports.stream import ExportStream

_HEAD: Final = 1 << 20
_TEXT: Final = 1 << 16
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1d\x7f]")
_SEPARATOR: Final = re.compile(r"sep=(.)\s*$", re.IGNORECASE)


def stream_of(part: Part, file: SourceFile, limits: Limits) -> tuple[Head, ExportStream]:
    """The head of a content, and the stream to read it. Raises `ExportError` for what is neither JSON nor text."""
    if part.sheets is not None:
        return Head(part.name, Shape.WORKBOOK, "", sheets=part.sheets), ExportStream(part, Shape.WORKBOOK, file, limits)
    start = _start(part)
    text = start[: _TEXT * 4].decode("utf-8", "ignore")[:_TEXT]
    stripped = start.lstrip(b" \t\r\n\x1e")
    if not stripped:
        raise ExportError(f"{part.name} is empty: nothing was read from it; export it again.")
    if stripped[:1] in (b"{", b"["):
        shape = _json_shape(stripped)
        stream = ExportStream(part, shape, file, limits)
        head = _json_head(part.name, shape, text, stripped, limits)
        stream.keys = head.keys
        return head, stream
    if len(_CONTROLS.findall(start[:_TEXT])) > min(len(start), _TEXT) // 200:
        raise ExportError(f"{part.name} is a binary file, which cannot be read; export it as JSON, CSV, gzip or zip.")
    return _plain(part, file, limits, text)


def choose(head: Head, formats: Sequence[ExportFormat]) -> ExportFormat:
    """The format that is surest that the file is its own. Raises `ExportError` where none is."""
    best = max(formats, key=lambda f: f.recognises(head), default=None)
    if best is not None and best.recognises(head) >= 0.5:
        return best
    raise ExportError(
        f"{head.name} is {_WHAT[head.shape]}, but none of the exports that Situs knows{_guess(head)}: nothing was read "
        f"from it. Known are: {', '.join(f.name for f in formats)}."
    )


_WHAT: Final = {
    Shape.OBJECT: "JSON",
    Shape.ARRAY: "JSON",
    Shape.LINES: "JSON lines",
    Shape.TABLE: "a table",
    Shape.TEXT: "text",
    Shape.WORKBOOK: "a workbook",
}


_ERRORS: Final = frozenset({"error", "Error", "code", "message", "requestId", "innererror"})
_COMMAND: Final = frozenset(
    {
        *("Reservations", "Buckets", "Volumes", "Vpcs", "Subnets", "Snapshots", "Images", "DBInstances", "DBClusters"),
        *(
            "Keys",
            "Functions",
            "FileSystems",
            "Clusters",
            "clusters",
            "TableNames",
            "TrainingJobSummaries",
            "Resources",
        ),
        *(
            "SecretList",
            "repositories",
            "AggregateResourceIdentifiers",
            "resourceIdentifiers",
            "ResourceTagMappingList",
        ),
    }
)


def _guess(head: Head) -> str:
    keys = set(head.keys)
    first = head.first or {}
    if keys and keys <= _ERRORS:
        return " (it looks like the error that a provider answered, so what asked for it may not be allowed to)"
    if keys & _COMMAND and keys <= _COMMAND | {"NextToken", "nextToken", "Owner", "ViewArn", "ResponseMetadata"}:
        return " (it looks like a list of the AWS command line; export a snapshot or a query result of AWS Config)"
    if isinstance(first.get("selfLink"), str) and "googleapis.com/" in str(first.get("selfLink")):
        return " (it looks like a list of one Google service; export with gcloud asset export)"
    if {c.lower() for c in head.columns} >= {"resourcetype", "resourceid"}:
        return " (it looks like a query result of AWS Config as a table; export it as JSON)"
    if {"terraform_version", "resources"} <= keys or {"terraform_version", "lineage"} <= keys:
        return " (it looks like a Terraform state)"
    if {"AWSTemplateFormatVersion"} & keys or {"$schema", "contentVersion", "resources"} <= keys:
        return " (it looks like a deployment template)"
    if "Records" in keys:
        return " (it looks like an AWS CloudTrail log)"
    lines = head.text.splitlines()[:200]
    if head.shape is not Shape.TABLE and all(any(x.startswith(key) for x in lines) for key in ("apiVersion:", "kind:")):
        return (
            " (it looks like a Kubernetes manifest, which says what should run; kubectl get … -o json says what does)"
        )
    return ""


def _start(part: Part) -> bytes:
    found = bytearray()
    chunks = part.chunks(lambda _: None)
    try:
        for chunk in chunks:
            found += chunk
            if len(found) >= _HEAD:
                break
    except Cut as cut:
        if not found:
            raise ExportError(f"{part.name} cannot be read: {cut}; nothing was kept of it, fetch it again.") from cut
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return bytes(found)


def _json_shape(start: bytes) -> Shape:
    line, newline, rest = start.partition(b"\n")
    if newline and rest.lstrip()[:1] in (b"{", b"["):
        try:
            msgspec.json.decode(line.strip(b" \t\r,"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        else:
            return Shape.LINES
    return Shape.ARRAY if start[:1] == b"[" else Shape.OBJECT


def _json_head(name: str, shape: Shape, text: str, start: bytes, limits: Limits) -> Head:
    splitter = Splitter(iter((start,)), limits.element, limits.depth)
    keys: list[str] = []
    first: Mapping[str, Any] | None = None
    with suppress(EOFError, TooDeep):
        first = _walk(splitter, keys)
    return Head(name, shape, text, tuple(keys), first)


def _walk(splitter: Splitter, keys: list[str]) -> Mapping[str, Any] | None:
    """The first element, noting the keys of the first top-level object on the way."""
    byte = splitter.peek()
    if byte == 91:
        splitter.pos += 1
        if splitter.peek() != 123:
            return None
        found = _object(splitter.one())
        keys.extend(found or ())
        return found
    if byte != 123:
        return None
    first: Mapping[str, Any] | None = None
    splitter.pin()
    splitter.pos += 1
    while (byte := splitter.peek()) not in (None, 125):
        key = splitter.key()
        if key is None:
            return first
        keys.append(key)
        if splitter.peek() == 91 and first is None:
            splitter.pos += 1
            first = _first_of(splitter)
        else:
            splitter.one()
    if byte == 125 and first is None:
        splitter.pos += 1
        return _object(splitter.pinned() or b"")
    return first


def _first_of(splitter: Splitter) -> Mapping[str, Any] | None:
    first: Mapping[str, Any] | None = None
    for number, (_, raw) in enumerate(_tolerant(splitter)):
        if number == 0 and not isinstance(raw, TooDeep):
            first = _object(bytes(raw))
    return first


def _tolerant(splitter: Splitter) -> Iterator[tuple[int, Any]]:
    try:
        yield from splitter.array()
    except EOFError:
        splitter.pos = len(splitter.data)


def _object(raw: bytes) -> Mapping[str, Any] | None:
    """The object, to be recognised: characters that are no UTF-8 and numbers that are no JSON hide nothing."""
    try:
        value = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else None


def _plain(part: Part, file: SourceFile, limits: Limits, text: str) -> tuple[Head, ExportStream]:
    lines = text.splitlines()[:5]
    skipped, delimiter = 0, None
    if lines and (match := _SEPARATOR.match(lines[0])):
        skipped, delimiter = 1, match.group(1)
    elif lines and lines[0].startswith("#TYPE "):  # PowerShell's Export-Csv
        skipped = 1
    header = lines[skipped] if len(lines) > skipped else ""
    columns = _columns(header, delimiter)
    if columns is None:
        return Head(part.name, Shape.TEXT, text), ExportStream(part, Shape.TEXT, file, limits)
    stream = ExportStream(part, Shape.TABLE, file, limits)
    stream.delimiter, stream.skipped_lines = columns[0], skipped
    return Head(part.name, Shape.TABLE, text, columns=columns[1]), stream


def _columns(header: str, delimiter: str | None) -> tuple[str, tuple[str, ...]] | None:
    """The delimiter and the columns, if a line can be the header of a table."""
    if header.startswith(("#", "---", "-", "<")) or header.rstrip().endswith((":", "{")):
        return None
    for candidate in [delimiter] if delimiter else [",", ";", "\t"]:
        try:
            cells = next(csv.reader([header], delimiter=candidate, strict=True))
        except (csv.Error, StopIteration):
            continue
        names = tuple(cell.strip() for cell in cells)
        if len(names) > 1 and all(0 < len(n) <= 200 for n in names) and len(set(names)) == len(names):
            return candidate, names
    return None
