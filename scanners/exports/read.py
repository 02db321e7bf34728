"""Exported files and folders as items: finds what each file is, reads it as a stream, and tells what became of it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec import Struct

from scanners.exports.archive import Cut, OnRead, parts
from scanners.exports.detect import choose, stream_of
from scanners.exports.formats import ExportFormat, Sink, formats
from scanners.exports.source import ExportError, Head, Limits, SourceFile, State
from scanners.exports.stream import ExportStream
from scanners.model import (
    UNREAD,
    Asset,
    Coverage,
    CoverageStatus,
    Evidence,
    Item,
    Location,
    LocationKind,
    Relation,
    Shown,
)

BATCH: Final = 2000
"""Items handed to the sink at once."""

_MOST_SEEN: Final = 1_000_000  # beyond this, repetitions are no longer noticed: the memory is better spent

Progress = Callable[[str, int, int], None]
"""Is told the file's name, bytes read of all files so far, and bytes of all files."""


class ImportedFile(Struct):
    """What became of one file, or of one member of an archive.

    `digest` is the SHA-256 of the file on disk (of the archive, for a member), `size` its bytes. `counts` says how many
    assets of each kind, and how many `relations` and pieces of `evidence`, were taken from it. Warnings are sentences.
    """

    name: str
    path: str
    state: State
    format: str = ""
    provider: str = ""
    digest: str = ""
    size: int = 0
    counts: dict[str, int] = {}
    warnings: list[str] = []


@dataclass(slots=True)
class _Found:
    """A content that some format recognises, not read yet."""

    path: Path
    file: SourceFile
    stream: ExportStream
    format: ExportFormat
    depth: int


class _Stopped(Exception):  # noqa: N818 - the person asked to stop
    pass


def read_exports(
    paths: Sequence[Path],
    sink: Sink,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    places: Mapping[str, Location] | None = None,
    limits: Limits | None = None,
) -> list[ImportedFile]:
    """Reads files, and the files in folders, and hands their items to the sink in batches of about 2,000.

    Returns one record for each file, and for each member of a zip archive, in the order of reading: files that declare
    places first, and what others hang on before those. Nothing that a file holds raises: what cannot be read is
    `refused` or `partial`, with the reason among the warnings. What `sink` raises goes through. When `cancelled` turns
    true, the file being read becomes `partial` and those after it `refused`. `places` presets what files of this import
    may know about places (see `SourceFile`). What one file cannot show and another one does is not missing.
    """
    limits = limits or Limits()
    shared = dict(places or {})
    known = formats()
    results: list[ImportedFile] = []
    found: list[_Found] = []
    digests: dict[Path, tuple[str, int]] = {}
    files = list(_files(paths, results))
    total = sum(size for _, size in files)
    for path, size in files:
        _recognise(path, size, known, shared, limits, digests, found, results)
    reader = _Reader(sink, progress, cancelled or _never, total)
    for one in sorted(found, key=lambda f: (not f.format.early, f.depth)):
        digest, size = digests[one.path]
        results.append(reader.read(one, digest, size))
    reader.finish()
    return results


def _never() -> bool:
    return False


def _files(paths: Sequence[Path], results: list[ImportedFile]) -> Iterator[tuple[Path, int]]:
    for path in paths:
        try:
            if path.is_dir():
                for inner in sorted(path.rglob("*")):
                    hidden = any(step.startswith(".") for step in inner.relative_to(path).parts)
                    if not hidden and not inner.is_symlink() and inner.is_file():
                        yield inner, inner.stat().st_size
            elif path.exists():
                yield path, path.stat().st_size
            else:
                results.append(_refused(path.name, path, f"There is no file {path}: nothing was read; check its name."))
        except OSError as error:
            results.append(_refused(path.name, path, _os_sentence(path, error)))


def _recognise(
    path: Path,
    size: int,
    known: Sequence[ExportFormat],
    places: dict[str, Location],
    limits: Limits,
    digests: dict[Path, tuple[str, int]],
    found: list[_Found],
    results: list[ImportedFile],
) -> None:
    """Adds each content of a file to what was found, or to the results where it is refused."""
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        digests[path] = (digest, size)
        for part in parts(path, limits):
            if isinstance(part, ExportError):
                results.append(_refused(path.name, path, str(part), digest, size))
                continue
            file = SourceFile(part.name, f"import:{part.name}", places)
            try:
                head, content = stream_of(part, file, limits)
                chosen = choose(head, known)
            except (ExportError, Cut) as error:
                results.append(_refused(part.name, path, str(error), digest, size))
                continue
            file.format = chosen.name
            found.append(_Found(path, file, content, chosen, _depth(head)))
    except ExportError as error:
        results.append(_refused(path.name, path, str(error), *digests.get(path, ("", size))))
    except OSError as error:
        results.append(_refused(path.name, path, _os_sentence(path, error), *digests.get(path, ("", size))))


def _depth(head: Head) -> int:
    """How deep in others the things of a file hang: a child of Azure lies where its parent does, which goes first."""
    first = head.first or {}
    identity = first.get("id")
    if not isinstance(identity, str) or "/providers/" not in identity.lower():
        return 0
    return min(9, identity[:2048].lower().rpartition("/providers/")[2].strip("/").count("/") // 2)


def _refused(name: str, path: Path, why: str, digest: str = "", size: int = 0) -> ImportedFile:
    return ImportedFile(name, str(path), State.REFUSED, digest=digest, size=size, warnings=[why])


def _os_sentence(path: Path, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"{path.name} cannot be opened ({reason}): nothing was read from it; check that you may read it."


class _Reader:
    """Reads recognised files one after another."""

    def __init__(self, sink: Sink, progress: Progress | None, cancelled: Callable[[], bool], total: int) -> None:
        self._sink = sink
        self._progress = progress
        self._cancelled = cancelled
        self._total = total
        self._done = 0
        self._accounts: dict[str, Asset] = {}
        self._shown = Shown()
        self._missing: list[Coverage] = []

    def read(self, one: _Found, digest: str, size: int) -> ImportedFile:
        """Reads one file to its end, or to where it can be read."""
        file = one.file
        if self._cancelled():
            return _refused(file.name, one.path, f"{file.name} was not read: the import was stopped.", digest, size)
        one.stream.on_read = self._on_read(file.name)
        counts: Counter[str] = Counter()
        state = State.COMPLETE
        try:
            self._pass_on(one, counts)
        except _Stopped:
            file.incomplete(f"{file.name} was not read to its end: the import was stopped; what was read was kept.")
        except ExportError as error:
            state = State.PARTIAL if counts else State.REFUSED
            file.warn(str(error))
        except Cut as cut:
            file.incomplete(f"{file.name} could not be read on: {cut}; what was read before was kept.")
        if state is State.COMPLETE and file.ended_early is not None:
            state = State.PARTIAL
        warnings = list(file.warnings)
        if file.more_warnings:
            warnings.append(f"{file.name}: {file.more_warnings:,} further warnings are not shown.")
        return ImportedFile(
            file.name, str(one.path), state, one.format.name, one.format.provider, digest, size, dict(counts), warnings
        )

    def _missed(self, cell: Coverage) -> bool:
        """Whether a cell is about what its kind of file cannot show: it waits, as another file may show that."""
        if cell.status is CoverageStatus.NOT_EXPORTED:
            self._missing.append(cell)
            return True
        self._shown.note(cell)
        return False

    def finish(self) -> None:
        """Passes on what no file showed."""
        left: list[Item] = [cell for cell in self._missing if cell not in self._shown]
        for start in range(0, len(left), BATCH):
            self._sink(left[start : start + BATCH])

    def _on_read(self, name: str) -> OnRead:
        def on_read(read: int) -> None:
            self._done += read
            if self._progress is not None:
                self._progress(name, min(self._done, self._total), self._total)

        return on_read

    def _pass_on(self, one: _Found, counts: Counter[str]) -> None:
        batch: list[Item] = []
        seen: set[int] = set()
        try:
            for item in one.format.items(one.stream, one.file):
                if isinstance(item, Asset):
                    if not self._new(item, seen, one.file):
                        continue
                    counts[item.kind] += 1
                elif isinstance(item, Relation):
                    counts["relations"] += 1
                elif isinstance(item, Evidence):
                    counts["evidence"] += 1
                elif self._missed(item):
                    continue
                batch.append(item)
                if len(batch) >= BATCH:
                    full, batch = batch, []
                    self._sink(full)
                    if self._cancelled():
                        raise _Stopped
        finally:
            if batch:
                self._sink(batch)

    def _new(self, asset: Asset, seen: set[int], file: SourceFile) -> bool:
        """Whether to pass an asset on; accounts named by many files pass once unless more is known of them."""
        if asset.kind == "account":
            before = self._accounts.get(asset.uid)
            if before is not None and before.attributes == asset.attributes and before.tags == asset.tags:
                return False
            self._accounts[asset.uid] = asset
            return True
        # What a child says of its parent has neither place nor tags; it adds to the asset and repeats nothing.
        if asset.location.kind is LocationKind.UNKNOWN and asset.tags is UNREAD:
            return True
        key = hash(asset.uid)
        if key in seen:
            file.warn(f"{file.name}: {asset.uid} is in the file twice; the later one counts.")
        elif len(seen) < _MOST_SEEN:
            seen.add(key)
        return True
