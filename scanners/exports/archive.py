"""Files on disk as expanded UTF-8 bytes: gzip, zip and UTF-16 undone, with bounds against bombs."""

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import BinaryIO, Final

from scanners.exports.source import ExportError, Limits

CHUNK: Final = 1 << 20
_UNMEASURED: Final = 64 << 20  # a ratio means nothing on small contents
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_UNREADABLE: Final = (
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)
_SHEET: Final = re.compile(r'<(?:\w+:)?sheet\s[^>]*?\bname="([^"]*)"')

OnRead = Callable[[int], None]
"""Is told how many further bytes of the file on disk were read."""


class Cut(Exception):  # noqa: N818 - an event inside this package; people see it as a sentence
    """The content cannot be read on; the text says what happened and where, as the rest of a sentence.

    `remedy` is what to do, as the rest of a sentence too.
    """

    remedy = "export or download it again"


class Bomb(Cut):
    """The content expands beyond the limits."""

    remedy = "unpack it by hand if you trust it, and import what it holds"


@dataclass(frozen=True, slots=True)
class Part:
    """One readable content: a file, or a member of a zip archive.

    `sheets` is not None where it is a workbook. `chunks` opens it anew each time.
    """

    name: str
    chunks: Callable[[OnRead], Iterator[bytes]]
    sheets: tuple[str, ...] | None = None
    book: Callable[[], BinaryIO] | None = None


def parts(path: Path, limits: Limits, called: str = "") -> Iterator[Part | ExportError]:
    """The contents of one file: one part, or a part for each member of a zip archive. `called`: its name for people.

    A member that cannot be read is an `ExportError` in its place; the other members follow. Raises `ExportError` where
    the file as a whole cannot be read, `OSError` where the operating system refuses.
    """
    name = called or path.name
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise ExportError(f"{name} is empty: nothing was read from it; export it again.")
    if start.startswith(_ZIP):
        yield from _archive(path, name, limits)
        return
    _refuse_unreadable(name, start)
    compressed = start.startswith(_GZIP)

    def chunks(on_read: OnRead) -> Iterator[bytes]:
        raw = _read(path, on_read)
        return _text(_inflate(raw, limits) if compressed else raw)

    yield Part(name, chunks)


def _refuse_unreadable(name: str, start: bytes) -> None:
    for magic, what in _UNREADABLE:
        if start.startswith(magic):
            raise ExportError(f"{name} is {what}, which cannot be read: unpack or export it as JSON, CSV, gzip or zip.")
    if start[257:262] == b"ustar":
        raise ExportError(f"{name} is a tar archive, which cannot be read: unpack it and import the files in it.")


def _read(path: Path, on_read: OnRead) -> Iterator[bytes]:
    done = 0
    try:
        file = path.open("rb")
    except OSError as error:
        raise Cut(f"it cannot be opened again ({error.strerror})") from error
    with file:
        while True:
            try:
                chunk = file.read(CHUNK)
            except OSError as error:
                raise Cut(f"it cannot be read on from byte {done:,} ({error.strerror})") from error
            if not chunk:
                return
            done += len(chunk)
            on_read(len(chunk))
            yield chunk


def _inflate(raw: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    expander = zlib.decompressobj(31)
    begun = False
    taken = given = 0
    for chunk in raw:
        taken += len(chunk)
        data = chunk
        while True:
            begun = True
            try:
                piece = expander.decompress(data, CHUNK)
            except zlib.error as error:
                raise Cut(f"its compressed data are damaged near byte {taken - len(data):,}") from error
            given += len(piece)
            _measure(taken, given, limits)
            if piece:
                yield piece
            if expander.eof:
                begun = False
                data = expander.unused_data.lstrip(b"\0")
                if not data:
                    expander = zlib.decompressobj(31)
                    break
                if not _GZIP.startswith(data[:2]):
                    return  # signatures and padding that some tools append
                expander = zlib.decompressobj(31)
                continue
            data = expander.unconsumed_tail
            if not data and len(piece) < CHUNK:
                break
    if begun:
        raise Cut(f"its compressed data stop at byte {taken:,}, before their end")


def _measure(taken: int, given: int, limits: Limits) -> None:
    if given > limits.expanded:
        raise Bomb(
            f"it expands to more than the limit of {limits.expanded:,} bytes, as an archive made to do harm would"
        )
    if given > _UNMEASURED and given > taken * limits.ratio:
        raise Bomb(f"it expands more than {limits.ratio} times, as an archive made to do harm would")


_NOTICES: Final = re.compile(
    rb"\A(?:[ \t]*\r?\n|(?:warning|[WI]\d{4} )[^\n]{0,4000}\n){1,100}(?=\s*[{\[])", re.IGNORECASE
)


def _text(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The text without notices that command lines wrote before it, where both went into one file."""
    text = _decoded(chunks)
    yield _NOTICES.sub(b"", next(text, b""), count=1)
    yield from text


def _decoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 without a mark: PowerShell's `>` writes UTF-16, many Windows programs put a mark before UTF-8."""
    first = next(chunks, b"")
    encoding = None
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif first[1:2] == b"\0" and first[:1] in b"{[\r\n \t":
        encoding = "utf-16-le"
    elif first[:1] == b"\0" and first[1:2] in (b"{", b"["):
        encoding = "utf-16-be"
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    chunk = first
    while True:
        try:
            text = decoder.decode(chunk, final=not chunk)
            yield text.encode()
        except UnicodeError as error:
            raise Cut(f"its UTF-16 text is damaged near byte {done:,}") from error
        if not chunk:
            return
        done += len(chunk)
        chunk = next(chunks, b"")


def _archive(path: Path, name: str, limits: Limits) -> Iterator[Part | ExportError]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sheets := _sheets(archive):
                yield _workbook(name, path.read_bytes, path.stat().st_size, sheets, limits)
                return
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise ExportError(
            f"{name} is a zip archive that cannot be opened, damaged or not fully downloaded; fetch it again."
        ) from error
    if len(members) > limits.members:
        raise ExportError(f"{name} holds {len(members):,} files, more than the limit of {limits.members:,}; split it.")
    total = sum(m.file_size for m in members)
    if total > limits.expanded:
        raise ExportError(
            f"{name} says that it expands to {total:,} bytes, more than the limit of {limits.expanded:,}: "
            "nothing was read from it; unpack it by hand if you trust it, and import the files."
        )
    for member in members:
        inner = member.filename.replace("\\", "/")
        if member.is_dir() or inner.startswith("__MACOSX/") or inner.rsplit("/", 1)[-1].startswith("."):
            continue
        try:
            yield _member(path, f"{name} › {inner}", member, limits)
        except ExportError as error:
            yield error


def _member(path: Path, name: str, member: zipfile.ZipInfo, limits: Limits) -> Part:
    if member.flag_bits & 1:
        raise ExportError(f"{name} is protected by a password: unpack it and import the file.")
    if member.file_size > _UNMEASURED and member.file_size > max(member.compress_size, 1) * limits.ratio:
        raise ExportError(
            f"{name} expands more than {limits.ratio} times, as an archive made to do harm would: "
            "nothing was read from it; unpack it by hand if you trust it."
        )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            start = file.read(512)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ExportError(
            f"{name} is damaged inside its archive and cannot be read; fetch the archive again."
        ) from error
    if not start:
        raise ExportError(f"{name} is empty: nothing was read from it; export it again.")
    if start.startswith(_ZIP):
        return _nested(path, name, member, limits)
    _refuse_unreadable(name, start)
    compressed = start.startswith(_GZIP)

    def chunks(on_read: OnRead) -> Iterator[bytes]:
        raw = _read_member(path, member, on_read, limits)
        return _text(_inflate(raw, limits) if compressed else raw)

    return Part(name, chunks)


def _read_member(path: Path, member: zipfile.ZipInfo, on_read: OnRead, limits: Limits) -> Iterator[bytes]:
    share = member.compress_size / max(member.file_size, 1)
    given = 0
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        while True:
            try:
                chunk = file.read(CHUNK)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise Cut(f"its compressed data are damaged near byte {given:,} of the expanded content") from error
            if not chunk:
                return
            given += len(chunk)
            _measure(max(member.compress_size, 1), given, limits)
            on_read(int(len(chunk) * share))
            yield chunk


def _nested(path: Path, name: str, member: zipfile.ZipInfo, limits: Limits) -> Part:
    if member.file_size <= limits.workbook:
        try:
            with zipfile.ZipFile(path) as archive:
                content = archive.read(member)
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                sheets = _sheets(book)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
            sheets = ()
            content = b""
        if sheets:
            return _workbook(name, lambda: content, len(content), sheets, limits)
    raise ExportError(f"{name} is an archive inside an archive, which is not read: unpack the outer one first.")


def _workbook(name: str, content: Callable[[], bytes], size: int, sheets: tuple[str, ...], limits: Limits) -> Part:
    if size > limits.workbook:
        raise ExportError(f"{name} is a workbook of {size:,} bytes, more than the limit of {limits.workbook:,}.")
    return Part(name, lambda _: iter(()), sheets, lambda: io.BytesIO(content()))


def _sheets(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """The names of the sheets if the archive is a workbook, else nothing."""
    names = {m.filename for m in archive.infolist()}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        return ()
    with archive.open("xl/workbook.xml") as file:
        text = file.read(CHUNK).decode("utf-8", "replace")
    return tuple(unescape(found) for found in _SHEET.findall(text)) or ("",)
