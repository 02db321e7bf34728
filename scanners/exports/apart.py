"""Large files read in processes of their own, while this one stores what they found.

Each process reads whole files and lays their items down in small files of a private folder; here these are taken up in
the order in which the files would be read one after another. A process that is far ahead waits, so that neither memory
nor disk fills. Files whose places depend on other files of the same import are not read apart.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec
from msgspec import Struct

from scanners.exports.listing import Listed
from scanners.exports.source import KnownCluster, Limits, SourceFile
from scanners.model import Asset, Coverage, Evidence, Item, Location, Relation

if TYPE_CHECKING:
    from scanners.exports.read import ImportedFile

PROVIDERS: Final = frozenset({"aws", "gcp", "kubernetes"})
"""Providers whose files need nothing of one another; sites, which say where clusters stand, are read before them."""

MOST_WORKERS: Final = 4
_AHEAD: Final = 24
"""Batches of one file that may lie waiting, of one or two megabytes each."""

_PAUSE: Final = 0.005
_STOP: Final = "stop"


class Batch(Struct, array_like=True):
    """Items of one file, sorted by what they are; `read`: bytes of it read so far."""

    evidence: list[Evidence]
    assets: list[Asset]
    relations: list[Relation]
    coverage: list[Coverage]
    read: int

    def items(self) -> list[Item]:
        """All of them; an asset's evidence comes before the asset."""
        return [*self.evidence, *self.assets, *self.relations, *self.coverage]


class Task(Struct, frozen=True):
    """One file to read: the `index`-th content of `path`, into the folder `into`."""

    path: str
    name: str
    index: int
    into: str
    cluster: KnownCluster
    paged: bool
    places: dict[str, Location]
    limits: Limits
    digest: str
    size: int


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Batch).decode


def read_task(task: Task) -> "ImportedFile":
    """What a process does: reads one file and lays down its items."""
    from scanners.exports.read import read_one

    folder = Path(task.into)
    stop = folder.parent / _STOP
    count = read = 0

    def sink(items: list[Item]) -> None:
        nonlocal count
        batch = Batch([], [], [], [], read)
        lists: dict[type, list[Any]] = {
            Evidence: batch.evidence,
            Asset: batch.assets,
            Relation: batch.relations,
            Coverage: batch.coverage,
        }
        for item in items:
            lists[type(item)].append(item)
        draft = folder / "draft"
        draft.write_bytes(_encode(batch))
        while not stop.exists() and count >= _AHEAD and _name(folder, count - _AHEAD).exists():
            time.sleep(_PAUSE)
        draft.replace(_name(folder, count))
        count += 1

    def progress(name: str, done: int, total: int) -> None:
        nonlocal read
        read = done

    return read_one(task, sink, progress, stop.exists)


def _name(folder: Path, number: int) -> Path:
    return folder / f"{number:08}.batch"


class Readers:
    """The processes of one import; close them by leaving the `with` block, which also takes their folder away."""

    def __init__(self, workers: int) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="situs-"))
        # Forking copies locks that other threads hold, and Windows has none: every platform starts afresh.
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"))
        self._tasks: dict[tuple[str, int], tuple[Path, Future[ImportedFile]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self) -> None:
        """Tell the processes to end after the batch they are at."""
        (self._folder / _STOP).touch()

    def begin(
        self,
        file: Listed,
        index: int,
        like: SourceFile,
        places: Mapping[str, Location],
        limits: Limits,
        digest: str,
    ) -> None:
        """Have a file read as soon as a process is free; `like` is what the whole import tells of it."""
        into = self._folder / f"{len(self._tasks):06}"
        into.mkdir()
        task = Task(
            str(file.path),
            file.name,
            index,
            str(into),
            like.cluster,
            like.paged,
            dict(places),
            limits,
            digest,
            file.size,
        )
        self._tasks[str(file.path), index] = (into, self._pool.submit(read_task, task))

    def batches(self, key: tuple[str, int], cancelled: Callable[[], bool]) -> Iterator[Batch]:
        """The items of a file as they come. When `cancelled` turns true, its process ends and so do they."""
        folder, future = self._tasks[key]
        number = 0
        while True:
            if cancelled():
                self.stop()
            over = future.done()
            name = _name(folder, number)
            if name.exists():
                body = name.read_bytes()
                name.unlink()
                number += 1
                yield _decode(body)
            elif over:
                return
            else:
                time.sleep(_PAUSE)

    def result(self, key: tuple[str, int]) -> "ImportedFile | None":
        """What became of a file; None where its process broke down."""
        try:
            return self._tasks[key][1].result()
        except (BrokenProcessPool, OSError, MemoryError):
            return None
