"""The collector of garbage keeps out of the window's way, and still does its work."""

import gc
import sys
import weakref

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QObject  # noqa: E402

from app.desktop import collector  # noqa: E402


class Knot:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def usual():
    kept, interval = gc.get_threshold(), sys.getswitchinterval()
    yield
    gc.set_threshold(*kept)
    sys.setswitchinterval(interval)
    gc.unfreeze()
    collector._settled.clear()


def test_no_full_collection_comes_by_itself_and_young_garbage_still_goes(usual):
    collector.calm()
    full = []
    gc.callbacks.append(lambda phase, info: full.append(info["generation"]) if phase == "start" else None)
    try:
        ends = [weakref.ref(Knot()) for _ in range(50_000)]
        kept = [[n] for n in range(200_000)]
    finally:
        gc.callbacks.pop()
    assert len(kept) == 200_000
    assert 1 in full
    assert 2 not in full
    assert sum(end() is not None for end in ends) < 10_000


def test_garbage_is_collected_when_nothing_is_going_on(usual, qtbot, qapp, monkeypatch):
    monkeypatch.setattr(collector, "_EVERY", 1)
    gc.collect()
    knot, owner, busy = Knot(), QObject(), [True]
    end = weakref.ref(knot)
    timer = collector.tidy(owner, lambda: busy[0])
    gc.collect()
    gc.set_threshold(0)
    del knot
    ticks = []
    timer.timeout.connect(lambda: ticks.append(1))
    qtbot.waitUntil(lambda: len(ticks) > 2, timeout=20_000)
    assert end() is not None
    busy[0] = False
    qtbot.waitUntil(lambda: end() is None, timeout=20_000)
    timer.stop()


def test_what_is_there_once_is_passed_by(usual):
    gc.unfreeze()
    collector.settle()
    first = gc.get_freeze_count()
    assert first > 10_000
    kept = [Knot() for _ in range(100)]
    collector.settle()
    assert gc.get_freeze_count() <= first
    assert len(kept) == 100
