"""Assets judged in several processes: each opens the estate for itself and takes ranges of nodes.

What the whole estate says (classes, places, relations) is worked out once and sent along. Findings come back in the
order of the nodes, so the result is that of a single process.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import Any, Final, NamedTuple

import msgspec

from rules.catalogue import Catalogue
from rules.estate import Estate
from rules.judgement import Acceptance, Finding
from rules.policy import Policy
from rules.rule import Rule
from rules.world import Tables, World

_RANGE: Final = 10_000
_AHEAD: Final = 3
"""Ranges for each worker that may be under way: bounds what waits in memory."""


class Job(NamedTuple):
    """Everything a process needs to judge ranges of nodes."""

    opener: Callable[[], Estate]
    rules: Sequence[Rule]
    policy: Policy
    catalogue: Catalogue | None  # None: the one that comes with the program
    as_of: date
    tables: Tables
    acceptances: tuple[Acceptance, ...]
    suppressed: set[tuple[str, str]]
    with_passes: bool


class Part(NamedTuple):
    """What one range gave: findings as bytes, and what was counted."""

    findings: bytes
    held: bytes
    met: list[tuple[str, str]]
    counts: list[list[int]]
    severities: list[dict[str, int]]
    waiting: dict[str, int]
    waiting_rules: dict[str, set[str]]


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[Finding]).decode
_state: dict[str, Any] = {}  # of a worker process: its part of the judgement and the job


def _start(job: Job) -> None:
    from rules.engine import Judging

    estate = job.opener()
    catalogue = job.catalogue or Catalogue.load()
    world = World(estate, job.policy, catalogue, job.as_of, job.tables)
    _state["judging"] = Judging(world, job.rules, job.acceptances, job.with_passes)
    _state["suppressed"] = job.suppressed


def _run(start: int, stop: int) -> Part:
    judging = _state["judging"]
    verdicts = judging.verdicts
    verdicts.reset()
    met: set[tuple[str, str]] = set()
    held: list[Finding] = []
    findings = [f for b in judging.subjects.assets(start, stop, _state["suppressed"], met, held) for f in b]
    return Part(
        _encode(findings),
        _encode(held),
        sorted(met),
        verdicts.counts,
        verdicts.severities,
        verdicts.waiting,
        verdicts.waiting_rules,
    )


def judged_apart(
    main: Any,
    rules: Sequence[Rule],
    acceptances: tuple[Acceptance, ...],
    suppressed: set[tuple[str, str]],
    met: set[tuple[str, str]],
    held: list[Finding],
    opener: Callable[[], Estate],
    workers: int,
    with_passes: bool,
    progress: Callable[[int, int], None] | None,
) -> Iterator[list[Finding]]:
    """Findings of all assets, in order of node; counts are added to those of `main`."""
    world: World = main.world
    catalogue = None if world.catalogue is Catalogue.load() else world.catalogue
    job = Job(opener, rules, world.policy, catalogue, world.as_of, world.tables, acceptances, suppressed, with_passes)
    size = world.estate.size
    # Forking copies locks that other threads hold, and Windows has none: every platform starts afresh.
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (job,)) as pool:
        waiting: deque[tuple[int, Future[Part]]] = deque()
        start = 0
        try:
            while start < size or waiting:
                while start < size and len(waiting) < workers * _AHEAD:
                    waiting.append((start, pool.submit(_run, start, min(start + _RANGE, size))))
                    start += _RANGE
                at, future = waiting.popleft()
                part = future.result()
                world.stop_if_cancelled()
                main.verdicts.add(part.counts, part.severities, part.waiting, part.waiting_rules)
                met.update(part.met)
                held += _decode(part.held)
                if progress is not None:
                    progress(min(at + _RANGE, size), size)
                yield _decode(part.findings)
        finally:
            for _, future in waiting:
                future.cancel()
