"""The memory of a judgement is neither searched on leaving nor kept for ever."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from rules.heap import seldom_searched


class Node:
    def __init__(self) -> None:
        self.other: Node | None = None


@pytest.fixture
def searches() -> Iterator[list[int]]:
    """The number of objects that each search looked at, by what is young then."""
    found: list[int] = []

    def seen(phase: str, _: dict[str, Any]) -> None:
        if phase == "start":
            found.append(sum(gc.get_count()))

    aside = gc.get_freeze_count() > 1_000  # by a window of another test; Python 3.12 has some hundreds there itself
    gc.unfreeze()
    gc.collect()
    gc.callbacks.append(seen)
    yield found
    gc.callbacks.remove(seen)
    if aside:
        gc.freeze()


def circle() -> Node:
    one, two = Node(), Node()
    one.other, two.other = two, one
    return one


def test_leaving_searches_nothing_that_was_made_inside(searches: list[int]) -> None:
    with seldom_searched():
        kept = [[] for _ in range(50_000)]
    more: list[Any] = [[] for _ in range(2_000)]  # at the usual pace some searches of what is new
    assert len(kept) + len(more) == 52_000
    assert searches
    assert max(searches) < 10_000


def test_circles_made_inside_are_given_back_by_the_next_full_search() -> None:
    with seldom_searched():
        gone = weakref.ref(circle())
    gc.collect()
    assert gone() is None


def test_what_was_set_aside_stays_so() -> None:
    before = gc.get_freeze_count()
    kept = [[] for _ in range(2_000)]
    gc.freeze()
    try:
        with seldom_searched():
            more = [[] for _ in range(50_000)]
        assert gc.get_freeze_count() > len(kept)
        assert len(more) == 50_000
    finally:
        if before < 1_000:
            gc.unfreeze()


def test_the_pace_is_as_before() -> None:
    before = gc.get_threshold()
    with seldom_searched():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before


def test_two_threads_inside_leave_the_usual_pace_behind():
    usual = gc.get_threshold()
    first, second = seldom_searched(), seldom_searched()
    with first:
        second.__enter__()
    assert gc.get_threshold()[0] > usual[0]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual
