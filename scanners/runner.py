"""Runs tasks of a scan on threads and hands what they yield to one sink, in the calling thread.

Tasks of one `lane` (an account's region's service) run at most `lane_width` at a time, so that the organisation's own
automation is never throttled by an audit; waiting tasks hold no thread. A task may spawn further ones, and the total
of the progress grows with them.
"""

import gc
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

from scanners.model import Item

_P = ParamSpec("_P")
_T = TypeVar("_T")
_BATCH: Final = 200
_MOST_WAITING: Final = 64
_TICK: Final = 0.1
_MANY_OBJECTS: Final = 50_000
"""Answers are large trees without cycles: looking for cycles after every 700 objects took a third of the time."""

Sink: TypeAlias = Callable[[Iterable[Item]], None]


class StoppedError(Exception):
    """The scan was stopped while this task was at work."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How hard a scan may press. `workers`: threads in all; `lane_width`: tasks at work in one account, region and
    service; `operation_width`: calls of one operation in flight in one account and region."""

    workers: int = 32
    lane_width: int = 8
    operation_width: int = 6


NORMAL: Final = Manners()
GENTLE: Final = Manners(workers=6, lane_width=2, operation_width=1)


@dataclass(eq=False, slots=True)
class Task:
    """One piece of work. `group` is what `group_done` is told when all its tasks are over (clients can then go)."""

    name: str
    lane: Hashable
    group: Hashable
    run: "Callable[[Work], None]"


@dataclass(slots=True)
class Work:
    """What a running task may do: emit items, spawn tasks, ask whether to stop."""

    _events: "queue.Queue[tuple[Any, ...]]"
    _stop: threading.Event
    _held: list[Item] = field(default_factory=list[Item])

    def emit(self, item: Item) -> None:
        """Hands an item to the sink. Raises StoppedError where the scan was stopped."""
        self._held.append(item)
        if len(self._held) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Hands over what is still held; waits while the sink is busy."""
        if self._held:
            batch, self._held = self._held, []
            self._put(("items", batch))

    def spawn(self, task: Task) -> None:
        """Adds a task."""
        self._put(("task", task))

    def check(self) -> None:
        """Raises StoppedError where the scan was stopped."""
        if self._stop.is_set():
            raise StoppedError

    def sleep(self, seconds: float) -> None:
        """Waits, but not longer than until the scan is stopped."""
        if self._stop.wait(seconds):
            raise StoppedError

    def _put(self, event: tuple[Any, ...]) -> None:
        while True:
            self.check()
            try:
                self._events.put(event, timeout=_TICK)
                return
            except queue.Full:
                continue


class DaemonThreads(Executor):
    """Threads that do not keep the program alive: a call that hangs in the network must not delay a person who stops.

    Starts threads as they are needed, up to `workers`.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._idle = threading.Semaphore(0)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Runs a function on a thread."""
        future: Future[_T] = Future()

        def job() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:  # the future carries it to whoever asks
                    future.set_exception(error)

        self._jobs.put(job)
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._workers:
            thread = threading.Thread(target=self._serve, name=f"situs-scan-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the threads; with `wait` after their work is done."""
        for _ in self._threads:
            self._jobs.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            job()
            self._idle.release()


def run_tasks(
    tasks: Iterable[Task],
    sink: Sink,
    *,
    manners: Manners = NORMAL,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    group_done: Callable[[Hashable], None] | None = None,
    executor: Executor | None = None,
    fair: bool = False,
    expected: int = 0,
) -> bool:
    """Runs all tasks, in order as far as lanes allow; spawned tasks go before what has not begun.

    `fair`: lanes take turns, so that all are done at about the same time; else a lane that has begun goes on first, so
    that groups are done one after another and what they hold can go.

    `expected`: how many tasks there will be at least, where most are spawned later; progress counts towards it.

    `sink` is called in this thread only. Returns False where `cancelled` became true: within 0.2 s, with calls that
    hang left behind. An error that a task raises, or the sink, ends everything and is raised here.
    """
    run = _Run(sink, manners, progress, group_done, executor, fair, expected)
    return run.run(tasks, cancelled or (lambda: False))


class _Run:
    def __init__(
        self,
        sink: Sink,
        manners: Manners,
        progress: Callable[[str, int, int], None] | None,
        group_done: Callable[[Hashable], None] | None,
        executor: Executor | None,
        fair: bool,
        expected: int,
    ) -> None:
        self._fair, self._expected = fair, expected
        self._sink, self._manners, self._progress, self._group_done = sink, manners, progress, group_done
        self._executor = executor or DaemonThreads(manners.workers)
        self._events: queue.Queue[tuple[Any, ...]] = queue.Queue(_MOST_WAITING)
        self._stop = threading.Event()
        self._ready: deque[Task] = deque()
        self._waiting: dict[Hashable, deque[Task]] = {}  # lane → tasks that wait for it
        self._busy: dict[Hashable, int] = {}
        self._groups: dict[Hashable, int] = {}
        self._running = self._done = self._total = 0

    def run(self, tasks: Iterable[Task], cancelled: Callable[[], bool]) -> bool:
        for task in tasks:
            self._admit(task)
        shown = 0.0
        often = gc.get_threshold()
        gc.set_threshold(max(often[0], _MANY_OBJECTS), *often[1:])
        try:
            while self._running or self._ready or any(self._waiting.values()):
                self._start()
                if cancelled():
                    return False
                try:
                    event = self._events.get(timeout=_TICK)
                except queue.Empty:
                    continue
                name = self._take(event)
                if self._progress is not None and name and time.monotonic() - shown > _TICK:
                    shown = time.monotonic()
                    self._progress(name, self._done, max(self._total, self._expected))
            return True
        finally:
            gc.set_threshold(*often)
            self._stop.set()
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _admit(self, task: Task, first: bool = False) -> None:
        self._total += 1
        self._groups[task.group] = self._groups.get(task.group, 0) + 1
        if first:
            self._ready.appendleft(task)
        else:
            self._ready.append(task)

    def _start(self) -> None:
        while self._ready and self._running < self._manners.workers:
            task = self._ready.popleft()
            if self._busy.get(task.lane, 0) >= self._manners.lane_width:
                self._waiting.setdefault(task.lane, deque()).append(task)
                continue
            self._busy[task.lane] = self._busy.get(task.lane, 0) + 1
            self._running += 1
            self._executor.submit(self._work, task)

    def _work(self, task: Task) -> None:
        work = Work(self._events, self._stop)
        error: BaseException | None = None
        try:
            work.check()
            task.run(work)
            work.flush()
        except StoppedError:
            return
        except BaseException as problem:
            error = problem
        while not self._stop.is_set():
            try:
                self._events.put(("done", task, error), timeout=_TICK)
                return
            except queue.Full:
                continue

    def _take(self, event: tuple[Any, ...]) -> str | None:
        if event[0] == "items":
            self._sink(event[1])
            return None
        task: Task = event[1]
        if event[0] == "task":
            self._admit(task, first=True)
            return None
        if event[2] is not None:
            raise event[2]
        self._running -= 1
        self._done += 1
        self._busy[task.lane] -= 1
        waiting = self._waiting.get(task.lane)
        if waiting and self._fair:
            self._ready.append(waiting.popleft())
        elif waiting:
            self._ready.appendleft(waiting.popleft())
        self._groups[task.group] -= 1
        if not self._groups[task.group] and self._group_done is not None:
            self._group_done(task.group)
        return task.name
