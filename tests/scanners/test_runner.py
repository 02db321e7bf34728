"""The runner: caps, spawned work, cancelling, errors, and one thread for the sink."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from scanners.coverage import Book, MissedError, Part
from scanners.model import CoverageStatus, Evidence, Item
from scanners.runner import GENTLE, NORMAL, Manners, Task, Work, run_tasks

KEY = Part("1", "eu-west-1", "kms", "key")


def thing(name: str) -> Evidence:
    return Evidence(name, b"{}", "op", "source")


def test_no_lane_is_wider_than_its_cap() -> None:
    busy: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = threading.Lock()

    def work(lane: str) -> Any:
        def run(_: Work) -> None:
            with lock:
                busy[lane] += 1
                most[lane] = max(most[lane], busy[lane])
            time.sleep(0.005)
            with lock:
                busy[lane] -= 1

        return run

    tasks = [Task(f"{lane}{n}", lane, "g", work(lane)) for n in range(20) for lane in "abc"]
    assert run_tasks(tasks, lambda _: None, manners=Manners(workers=10, lane_width=3))
    assert dict(most) == {"a": 3, "b": 3, "c": 3}


def test_a_full_lane_does_not_hold_up_the_others() -> None:
    gate = threading.Event()
    order: list[str] = []

    def slow(_: Work) -> None:
        gate.wait(5)

    def quick(_: Work) -> None:
        order.append("quick")
        gate.set()

    tasks = [*(Task(f"s{n}", "slow", "g", slow) for n in range(6)), Task("q", "quick", "g", quick)]
    begun = time.monotonic()
    assert run_tasks(tasks, lambda _: None, manners=Manners(workers=4, lane_width=2))
    assert order == ["quick"]
    assert time.monotonic() - begun < 4


def test_spawned_tasks_run_and_items_reach_the_sink_in_the_calling_thread() -> None:
    seen: list[str] = []
    threads: set[int] = set()
    totals: list[tuple[int, int]] = []

    def leaf(work: Work) -> None:
        for n in range(250):
            work.emit(thing(str(n)))

    def root(work: Work) -> None:
        for n in range(5):
            work.spawn(Task(f"leaf {n}", "l", "g", leaf))

    def sink(items: Iterable[Item]) -> None:
        threads.add(threading.get_ident())
        seen.extend(i.digest for i in items if isinstance(i, Evidence))

    done: list[Any] = []
    finished = run_tasks(
        [Task("root", "r", "g", root)],
        sink,
        progress=lambda _, d, t: totals.append((d, t)),
        group_done=done.append,
    )
    assert finished
    assert len(seen) == 1250
    assert threads == {threading.get_ident()}
    assert done[-1] == "g"
    assert all(d <= t for d, t in totals)


def test_cancelling_does_not_wait_for_a_call_that_hangs() -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    begun = time.monotonic()
    tasks = [Task("hang", "l", "g", lambda _: time.sleep(20))]
    assert not run_tasks(tasks, lambda _: None, cancelled=stop.is_set)
    assert time.monotonic() - begun < 1


def test_an_error_of_a_task_or_of_the_sink_is_raised_here() -> None:
    def bad(_: Work) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_tasks([Task("bad", "l", "g", bad)], lambda _: None)

    def full(_: Iterable[Item]) -> None:
        raise OSError("disk full")

    def endless(work: Work) -> None:
        while True:
            work.emit(thing("x"))

    with pytest.raises(OSError, match="disk full"):
        run_tasks([Task("e", "l", "g", endless)], full)


def test_a_slow_sink_holds_back_the_workers() -> None:
    made: list[int] = []

    def work(task: Work) -> None:
        for n in range(40_000):
            made.append(n)
            task.emit(thing("x"))

    taken = 0
    worst = 0

    def sink(items: Iterable[Item]) -> None:
        nonlocal taken, worst
        taken += len(list(items))
        worst = max(worst, len(made) - taken)
        time.sleep(0.0005)

    assert run_tasks([Task("w", "l", "g", work)], sink)
    assert taken == 40_000
    assert worst <= 200 * 68


def test_any_executor_will_do() -> None:
    with ThreadPoolExecutor(3) as pool:
        ran: list[str] = []
        tasks = [Task(name, name, "g", lambda _, n=name: ran.append(n)) for name in "abcd"]
        assert run_tasks(tasks, lambda _: None, executor=pool)
    assert sorted(ran) == list("abcd")


def test_gentle_is_gentler() -> None:
    assert GENTLE.workers < NORMAL.workers
    assert GENTLE.lane_width < NORMAL.lane_width
    assert GENTLE.operation_width == 1


def state(book: Book) -> tuple[CoverageStatus, int]:
    [cell] = book.cells()
    return cell.status, cell.count


@pytest.mark.parametrize(
    ("answers", "count", "missed", "ended", "expected"),
    [
        (1, 0, False, True, "empty"),
        (1, 3, False, True, "collected"),
        (0, 0, True, True, "denied"),
        (1, 3, True, True, "partial"),
        (1, 0, True, True, "partial"),
        (0, 0, False, False, "not_asked"),
        (1, 2, False, False, "partial"),
    ],
)
def test_what_a_part_becomes(answers: int, count: int, missed: bool, ended: bool, expected: str) -> None:
    book = Book("c", "aws")
    book.plan([KEY])
    for _ in range(answers):
        book.answered([KEY])
    for _ in range(count):
        book.saw(KEY)
    if missed:
        book.missed([KEY], MissedError(CoverageStatus.DENIED, "No.", permission="kms:ListKeys"), "kms.ListKeys")
    if ended:
        book.ended([KEY])
    assert state(book) == (expected, count)


def test_a_part_that_two_runs_read_is_whole_only_when_both_are() -> None:
    book = Book("c", "aws")
    book.plan([KEY])
    book.plan([KEY])
    book.answered([KEY])
    book.ended([KEY])
    assert state(book)[0] is CoverageStatus.PARTIAL
    book.ended([KEY])
    assert state(book)[0] is CoverageStatus.EMPTY


def test_an_unknown_name_is_no_missing_service_where_nothing_else_answers() -> None:
    book = Book("c", "aws")
    other = Part("1", "eu-west-1", "ec2", "storage.volume")
    for part in (KEY, other):
        book.plan([part])
        book.missed([part], MissedError(CoverageStatus.UNSUPPORTED, "Unknown.", unresolved=True), "x")
        book.ended([part])
    assert {cell.status for cell in book.cells()} == {CoverageStatus.ERROR}
    book.answered([other])
    assert {cell.service: cell.status for cell in book.cells()} == {"kms": "unsupported", "ec2": "partial"}
