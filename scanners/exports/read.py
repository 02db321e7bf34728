"""Exported files and folders as items: finds what each file is, reads it as a stream, and tells what became of it."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from msgspec import Struct

from scanners.exports.apart import MOST_WORKERS, PROVIDERS, Readers, Task
from scanners.exports.archive import Cut, OnRead, parts
from scanners.exports.clusters import introduce
from scanners.exports.detect import choose, stream_of
from scanners.exports.formats import ExportFormat, Sink, formats
from scanners.exports.listing import Listed, listed, sentence
from scanners.exports.pagesets import join
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

_LARGE: Final = 20 << 20
"""From so many bytes on, processes of their own earn back what it costs to start them."""

_LARGEST_DECLARATION: Final = 8 << 20
_MOST_CONTENTS: Final = 8
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
    index: int


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
    workers: int | None = None,
) -> list[ImportedFile]:
    """Reads files, and the files in folders, and hands their items to the sink in batches of about 2,000.

    Returns one record for each file, and for each member of a zip archive, in the order of reading: files that declare
    places first, and what others hang on before those. Nothing that a file holds raises: what cannot be read is
    `refused` or `partial`, with the reason among the warnings. What `sink` raises goes through. When `cancelled` turns
    true, the file being read becomes `partial` and those after it `refused`. `places` presets what files of this import
    may know about places (see `SourceFile`). What one file cannot show and another one does is not missing.

    Imports of more than 20 MB are read by up to `workers` processes (default: as many as the machine has processors, at
    most four); the result is that of one process, in which the items of a batch may stand in another order.
    """
    limits = limits or Limits()
    shared = dict(places or {})
    known = formats()
    results: list[ImportedFile] = []
    found: list[_Found] = []
    digests: dict[Path, tuple[str, int]] = {}
    files = _listed(paths, results)
    total = sum(file.size for file in files)
    by_path = {file.path: file for file in files}
    for file in files:
        _recognise(file, known, shared, limits, digests, found, results)
    below = {file.name: file.below for file in files}
    join([(one.file, one.stream, digests[one.path][1]) for one in found if one.format.provider == "azure"])
    introduce(
        [(one.file, one.stream, digests[one.path][1]) for one in found if one.format.provider == "kubernetes"],
        {one.file.name: _lies(one.file.name, below) for one in found},
    )
    ordered = sorted(found, key=lambda f: (not f.format.early, f.depth))
    reader = _Reader(sink, progress, cancelled or _never, total)
    contents = Counter(one.path for one in found)
    # An archive of many files is not read apart: each process would have to look through all of it.
    apart = {
        (str(one.path), one.index): one
        for one in ordered
        if one.format.provider in PROVIDERS and not one.format.early and contents[one.path] <= _MOST_CONTENTS
    }
    processes = min(os.cpu_count() or 1, MOST_WORKERS) if workers is None else workers
    if processes < 2 or sum(digests[path][1] for path in {one.path for one in apart.values()}) < _LARGE:
        results += [reader.read(one, *digests[one.path]) for one in ordered]
    else:
        with Readers(min(processes, len(apart))) as readers:
            begun = False
            for one in ordered:
                if (str(one.path), one.index) not in apart:
                    results.append(reader.read(one, *digests[one.path]))
                    continue
                if not begun:  # all files that declare places were read before the first of these
                    begun = True
                    for (_, index), other in apart.items():
                        listing, digest = by_path[other.path], digests[other.path][0]
                        readers.begin(listing, index, other.file, shared, limits, digest)
                results.append(reader.relay(one, *digests[one.path], readers))
    reader.finish()
    return results


def declared_places(paths: Sequence[Path]) -> dict[str, Location]:
    """Places that files among these declare (see `SourceFile.places`): for whoever needs them before all is read.

    Files larger than 8 MB declare none. Nothing raises here: what is wrong with a file is told when it is read.
    """
    places: dict[str, Location] = {}
    ignored: list[ImportedFile] = []
    found: list[_Found] = []
    for file in _listed(paths, ignored):
        if file.size <= _LARGEST_DECLARATION:
            _recognise(file, formats(), places, Limits(), {}, found, ignored)
    reader = _Reader(_nowhere, None, _never, 0)
    for one in found:
        if one.format.early:
            reader.read(one, "", 0)
    return places


def _nowhere(items: Iterable[Item]) -> None:
    del items


def read_one(task: Task, sink: Sink, progress: Progress, cancelled: Callable[[], bool]) -> ImportedFile:
    """Reads the content that a task names, with what only this file tells."""
    results: list[ImportedFile] = []
    found: list[_Found] = []
    file = Listed(Path(task.path), task.size, task.name, task.name)
    digests: dict[Path, tuple[str, int]] = {file.path: (task.digest, task.size)}
    _recognise(file, formats(), dict(task.places), task.limits, digests, found, results)
    one = next((one for one in found if one.index == task.index), None)
    if one is None:
        return _refused(file.name, file.path, f"{file.name} changed while it was read: nothing was kept of it.")
    one.file.cluster, one.file.paged = task.cluster, task.paged
    return _Alone(sink, progress, cancelled, task.size).read(one, task.digest, task.size)


def _never() -> bool:
    return False


def _listed(paths: Sequence[Path], results: list[ImportedFile]) -> list[Listed]:
    files, without = listed(paths)
    results += [_refused(one.path.name, one.path, one.why) for one in without]
    return files


def _lies(name: str, below: Mapping[str, str]) -> str:
    """Where a content lies below what was named: a file, or a member of an archive."""
    archive, between, member = name.partition(" › ")
    return f"{below.get(archive, archive)}{between}{member}"


def _recognise(
    listing: Listed,
    known: Sequence[ExportFormat],
    places: dict[str, Location],
    limits: Limits,
    digests: dict[Path, tuple[str, int]],
    found: list[_Found],
    results: list[ImportedFile],
) -> None:
    """Adds each content of a file to what was found, or to the results where it is refused."""
    path, size, name = listing.path, listing.size, listing.name
    try:
        if path not in digests:
            with path.open("rb") as stream:
                digests[path] = (hashlib.file_digest(stream, "sha256").hexdigest(), size)
        digest, size = digests[path]
        for index, part in enumerate(parts(path, limits, name)):
            if isinstance(part, ExportError):
                results.append(_refused(name, path, str(part), digest, size))
                continue
            file = SourceFile(part.name, f"import:{part.name}", places)
            try:
                head, content = stream_of(part, file, limits)
                chosen = choose(head, known)
            except (ExportError, Cut) as error:
                results.append(_refused(part.name, path, str(error), digest, size))
                continue
            file.format = chosen.name
            found.append(_Found(path, file, content, chosen, _depth(head), index))
    except ExportError as error:
        results.append(_refused(name, path, str(error), *digests.get(path, ("", size))))
    except OSError as error:
        results.append(_refused(name, path, sentence(name, error), *digests.get(path, ("", size))))


def _depth(head: Head) -> int:
    """How deep in others the things of a file hang: a child of Azure lies where its parent does, which goes first."""
    first = head.first or {}
    identity = first.get("id")
    if not isinstance(identity, str) or "/providers/" not in identity.lower():
        return 0
    return min(9, identity[:2048].lower().rpartition("/providers/")[2].strip("/").count("/") // 2)


def _refused(name: str, path: Path, why: str, digest: str = "", size: int = 0) -> ImportedFile:
    return ImportedFile(name, str(path), State.REFUSED, digest=digest, size=size, warnings=[why])


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

    def relay(self, one: _Found, digest: str, size: int, readers: Readers) -> ImportedFile:
        """Passes on what a process reads of a file. Where it broke down before the first batch, reads it here."""
        key = (str(one.path), one.index)
        file, before, taken = one.file, self._done, 0
        dropped = 0
        for batch in readers.batches(key, self._cancelled):
            taken += 1
            assets = [a for a in batch.assets if a.kind != "account" or self._new(a, set(), file)]
            dropped += len(batch.assets) - len(assets)
            batch.assets = assets
            batch.coverage = [cell for cell in batch.coverage if not self._missed(cell)]
            self._done = before + batch.read
            if self._progress is not None:
                self._progress(file.name, min(self._done, self._total), self._total)
            self._sink(batch.items())
        found = readers.result(key)
        if found is not None:
            if dropped:
                found.counts["account"] -= dropped
                found.counts = {name: count for name, count in found.counts.items() if count}
            return found
        if not taken:
            return self.read(one, digest, size)
        why = f"{file.name} could not be read to its end: the process that read it ended; what it had found was kept."
        return ImportedFile(
            file.name, str(one.path), State.PARTIAL, one.format.name, one.format.provider, digest, size, {}, [why]
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


class _Alone(_Reader):
    """Reads one file in a process of its own: what other files show is for the one to judge that takes its items."""

    def _missed(self, cell: Coverage) -> bool:
        return False
