"""The contents of one exported file as a stream of elements, whatever its shape, with bounds on everything."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final, cast

import msgspec
from msgspec import Raw, Struct

from scanners.exports.archive import Cut, OnRead, Part
from scanners.exports.source import ExportError, Limits, Shape, SourceFile
from scanners.exports.split import Splitter, TooDeep, deeper

_ENVELOPE: Final = 1 << 18  # largest member of an object that is kept beside its lists
_PROBLEMS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_CANNOT_DECODE: Final = "is not valid JSON"


class Element(Struct):
    """One element of a file: a member of an array, a line, a row, or a whole object.

    `number` counts from 1; `line` is set for lines and rows; `offset` is the byte in the expanded content at which it
    begins (of rows: 0); `member` names the list of the object that it stood in.
    """

    value: Any
    number: int
    offset: int
    line: int | None = None
    member: str = ""

    @property
    def where(self) -> str:
        """`line 4` or `item 17`."""
        return f"item {self.number}" if self.line is None else f"line {self.line}"


def _nothing(read: int) -> None:
    del read


class ExportStream:
    """The contents of one file. Each reading method opens the file anew, so it can be gone through twice.

    `envelope` holds the members that stand beside the streamed lists of the current object, as far as they were passed
    and are small. Detection sets `keys`, the members of the first top-level object, and, for tables, `delimiter` and
    `skipped_lines`. `western`: the encoding of lines that are no UTF-8, where people write the tables of a format
    themselves; None: such lines end the table.
    """

    def __init__(self, part: Part, shape: Shape, file: SourceFile, limits: Limits, on_read: OnRead = _nothing) -> None:
        self.shape = shape
        self.envelope: dict[str, Any] = {}
        self.keys: tuple[str, ...] = ()
        self.delimiter = ","
        self.skipped_lines = 0
        self.western: str | None = None
        self._told = False
        self._part = part
        self._file = file
        self._limits = limits
        self.on_read = on_read
        self._number = self._kept = 0
        self._listed = False  # whether the current object holds a list that is streamed

    def elements(self, *lists: str, type: Any = Any) -> Iterator[Element]:  # noqa: A002
        """Every element that can be decoded, in the order of the file.

        Members of top-level objects that `lists` names are streamed element by element; an object without any of them
        is an element itself. `type` is the msgspec type to decode into. What cannot be decoded, is nested too deeply or
        is too large is left out with a warning, and a file that ends early just ends: both make the file incomplete.
        """
        self._number = self._kept = 0
        self.envelope, self._listed = {}, False
        if self.shape is Shape.TABLE:
            yield from self._rows()
            return
        decoder = msgspec.json.Decoder(type)
        chunks = self._part.chunks(self.on_read)
        if self.shape is Shape.LINES and not set(lists) & set(self.keys):
            yield from self._lines(_Lines(chunks, self._limits.element), decoder)
            return
        splitter = Splitter(chunks, self._limits.element, self._limits.depth)
        try:
            yield from self._values(splitter, lists, decoder)
        except EOFError:
            self._end(splitter.cut, splitter.offset)
        else:
            if splitter.cut is not None:
                self._end(splitter.cut, splitter.offset)
            elif self._listed and (reason := what_is_missing(self.envelope)) is not None:
                self._file.incomplete(f"{self._file.name} {reason}; what it holds was kept.")

    def text(self) -> str:
        """The whole content as text; `ExportError` where it is too large, cut short or not UTF-8."""
        name, limit = self._file.name, self._limits.text
        found = bytearray()
        try:
            for chunk in self._part.chunks(self.on_read):
                found += chunk
                if len(found) > limit:
                    raise ExportError(
                        f"{name} holds more than {limit:,} bytes of text, the limit for a file of its kind."
                    )
            return found.decode()
        except Cut as cut:
            raise ExportError(f"{name} cannot be read: {cut}; nothing was kept of it, fetch it again.") from cut
        except UnicodeDecodeError as error:
            raise ExportError(
                f"{name} is not UTF-8 text: byte {error.start:,} is invalid; nothing was kept of it, save it as UTF-8."
            ) from error

    def workbook(self) -> BinaryIO:
        """The file as a seekable binary file, for workbooks."""
        if self._part.book is None:
            raise ExportError(f"{self._file.name} is not a workbook.")
        return self._part.book()

    def _values(
        self, splitter: Splitter, lists: tuple[str, ...], decoder: msgspec.json.Decoder[Any]
    ) -> Iterator[Element]:
        while (byte := splitter.peek()) is not None:
            if byte == 91:  # [
                splitter.pos += 1
                yield from self._decoded(splitter.array(), decoder, "")
            elif byte == 123:  # {
                yield from self._object(splitter, lists, decoder)
            else:
                self._file.cut_short(
                    f"{self._file.name} holds something that is not JSON at byte {splitter.offset:,}; "
                    f"the {self._kept:,} items before it were kept. Export it again."
                )
                return

    def _object(
        self, splitter: Splitter, lists: tuple[str, ...], decoder: msgspec.json.Decoder[Any]
    ) -> Iterator[Element]:
        start = splitter.offset
        streamed = False
        problem: TooDeep | None = None
        splitter.pin()
        splitter.pos += 1
        self.envelope, self._listed = {}, False
        while True:
            byte = splitter.peek()
            if byte is None:
                raise EOFError
            if byte == 125:  # }
                splitter.pos += 1
                break
            key = splitter.key()
            if key is None:
                raise EOFError
            if splitter.peek() == 91 and key in lists:
                streamed = self._listed = True
                splitter.unpin()
                splitter.pos += 1
                yield from self._decoded(splitter.array(), decoder, key)
                continue
            if splitter.kept > self._limits.element:
                splitter.unpin()
                problem = TooDeep("large")
            try:
                raw = splitter.one()
            except TooDeep as error:
                problem = error
                continue
            if not streamed or len(raw) <= _ENVELOPE:
                self._keep(key, raw)
        if streamed:
            splitter.unpin()
            return
        whole = splitter.pinned()
        yield from self._decoded(iter([(start, problem or whole or TooDeep("large"))]), decoder, "")

    def _keep(self, key: str, raw: bytes) -> None:
        if len(raw) <= _ENVELOPE and len(self.envelope) < 1000:
            try:
                self.envelope[key] = msgspec.json.decode(raw)
            except _PROBLEMS:
                self._file.incomplete(f"{self._file.name}: the member {key[:80]!r} is not valid JSON and was left out.")

    def _decoded(
        self, raws: Iterator[tuple[int, Raw | bytes | TooDeep]], decoder: msgspec.json.Decoder[Any], member: str
    ) -> Iterator[Element]:
        decode = decoder.decode
        for offset, raw in raws:
            self._number = number = self._number + 1
            if isinstance(raw, TooDeep):
                self._left_out(f"item {number:,} (byte {offset:,})", raw)
                continue
            try:
                value = decode(raw)
            except _PROBLEMS as error:
                self._left_out(f"item {number:,} (byte {offset:,})", error)
                continue
            self._kept += 1
            yield Element(value, number, offset, None, member)

    def _lines(self, lines: "_Lines", decoder: msgspec.json.Decoder[Any]) -> Iterator[Element]:
        limit = self._limits
        for number, (offset, line) in enumerate(lines, 1):
            if line is not None and not line.strip(b" \t\r\n\x1e,"):
                continue
            self._number += 1
            where = f"line {number:,} (byte {offset:,})"
            if line is None:
                self._left_out(where, TooDeep("large"))
                continue
            try:
                value = decoder.decode(line.strip(b" \t\r\n\x1e"))
            except _PROBLEMS as error:
                if lines.ended and lines.cut is None and not line.endswith(b"\n"):
                    lines.cut = Cut("it ends in the middle of a line")
                elif lines.cut is None:
                    self._left_out(where, error)
                continue
            if deeper(line, limit.depth):
                self._left_out(where, TooDeep("deep"))
                continue
            self._kept += 1
            yield Element(value, self._number, offset, number)
        if lines.cut is not None:
            self._end(lines.cut, lines.offset)

    def _rows(self) -> Iterator[Element]:
        lines = _Lines(self._part.chunks(self.on_read), self._limits.element)
        name = self._file.name
        csv.field_size_limit(self._limits.element)
        reader = csv.reader(self._table_text(lines), delimiter=self.delimiter, strict=True)
        header: list[str] | None = None
        while True:
            line = reader.line_num + 1 + self.skipped_lines
            try:
                row = next(reader, None)
            except (csv.Error, UnicodeDecodeError, Cut) as error:
                self._file.cut_short(
                    f"{name} cannot be read on from line {line:,}: {_why(error)}; the {self._kept:,} rows before it "
                    "were kept. Save it as CSV in UTF-8 and import it again."
                )
                return
            if row is None:
                break
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = [cell.strip() for cell in row]
                continue
            self._number += 1
            if len(row) > len(header):
                self._file.incomplete(f"{name}: line {line:,} has more cells than the header and was left out.")
                continue
            self._kept += 1
            yield Element(dict(zip(header, row, strict=False)), self._number, 0, line)
        if lines.cut is not None:
            self._end(lines.cut, lines.offset)

    def _table_text(self, lines: "_Lines") -> Iterator[str]:
        for number, (_, line) in enumerate(lines):
            if number >= self.skipped_lines:
                if line is None:
                    raise Cut(f"a line is longer than {self._limits.element:,} bytes")
                yield self._line(line, number + 1)

    def _line(self, line: bytes, number: int) -> str:
        try:
            return line.decode()
        except UnicodeDecodeError:
            if self.western is None:
                raise
            text = line.decode(self.western)
        if not self._told:
            self._told = True
            cell = next((c for c in text.split(self.delimiter) if not c.isascii()), "").strip(' "\r\n')
            self._file.warn(
                f"{self._file.name} is not UTF-8; it was read as Windows-1252, as Excel in western Europe writes it. "
                f"Check line {number:,}: {cell[:60]!r}. If letters are wrong there, save it as CSV UTF-8."
            )
        return text

    def _left_out(self, where: str, error: Exception) -> None:
        self._file.incomplete(f"{self._file.name}: {where} {self._reason(error)} and was left out.")

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TooDeep):
            if str(error) == "deep":
                return f"is nested more than {self._limits.depth} levels deep"
            return f"is larger than the limit of {self._limits.element:,} bytes"
        if isinstance(error, msgspec.ValidationError):
            return f"does not have the expected form ({error})"
        if isinstance(error, UnicodeDecodeError) or "utf-8" in str(error).lower():
            return "is not valid UTF-8 text"
        reason = str(error).removeprefix("JSON is malformed: ").split(" (byte ", 1)[0]
        return f"is not valid JSON ({reason})"

    def _end(self, cut: Cut | None, offset: int) -> None:
        remedy = (cut or Cut()).remedy
        what = str(cut) if cut is not None else "its JSON stops in the middle or is damaged"
        kept = {0: "Nothing before that could be kept", 1: "The one item before that was kept"}
        self._file.cut_short(
            f"{self._file.name} is not complete: {what} (byte {offset:,} of the content). "
            f"{kept.get(self._kept, f'The {self._kept:,} items before that were kept')}; {remedy}."
        )


def _why(error: Exception) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


def what_is_missing(envelope: Mapping[str, Any]) -> str | None:
    """What the members beside a list say is not in it, as the end of a sentence; None where they say nothing.

    The words of AWS, Google Cloud and Kubernetes. Azure's listings state totals as well: see `scanners.exports.pages`.
    """
    about: Any = envelope.get("metadata")
    marks = [envelope.get(name) for name in ("NextToken", "nextToken", "nextPageToken")]
    if isinstance(about, dict):
        marks += [cast("dict[str, Any]", about).get(name) for name in ("continue", "remainingItemCount")]
    if any(marks):
        return "ends with a page that is followed by another one, which is not in the file: export all pages"
    if envelope.get("unprocessedResourceKeys") or envelope.get("UnprocessedResourceIdentifiers"):
        return "does not hold all items that AWS Config was asked for (unprocessed keys): ask for the others again"
    return None


class _Lines:
    """(byte offset, line with its end) of each line; None in place of a line that is too long."""

    def __init__(self, chunks: Iterator[bytes], longest: int) -> None:
        self._chunks = chunks
        self._longest = longest
        self.offset = 0
        self.cut: Cut | None = None
        self.ended = False

    def __iter__(self) -> Iterator[tuple[int, bytes | None]]:
        rest = b""
        dropping = False
        while True:
            try:
                chunk = next(self._chunks, None)
            except Cut as cut:
                self.cut = cut
                chunk = None
            if chunk is None:
                break
            lines = (rest + chunk).splitlines(keepends=True) if b"\r" not in chunk else _split(rest + chunk)
            rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
            for line in lines:
                start = self.offset
                self.offset += len(line)
                yield start, None if dropping else line
                dropping = False
            if len(rest) > self._longest:
                self.offset += len(rest)
                rest, dropping = b"", True
        self.ended = True
        if rest or dropping:
            start = self.offset
            yield start, None if dropping else rest


def _split(text: bytes) -> list[bytes]:
    pieces = text.split(b"\n")
    lines = [piece + b"\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines
