"""What is closed is gone: a window, its pages, models and desk, and what workers ran for it, are let go of."""

import gc
import shutil
import sys
import weakref

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QEvent  # noqa: E402
from PySide6.QtGui import QPixmap  # noqa: E402

from app.desktop import jobs, theme  # noqa: E402
from app.desktop.desk import Desk  # noqa: E402
from app.desktop.window import Window  # noqa: E402

LONG = 90_000


def living(refs: "list[weakref.ref[object]]") -> list[str]:
    return [type(one).__name__ for ref in refs if (one := ref()) is not None]


def of_a_window(window: Window) -> "list[weakref.ref[object]]":
    models = [page.model for page in window.pages if hasattr(page, "model")]
    return [weakref.ref(one) for one in (window, *window.pages, *models, window.activity, window.navigation)]


def worked_with(qtbot, qapp, judged, folder) -> "list[weakref.ref[object]]":
    """A window with its desk: opened, filled, every page seen, filtered, searched, and closed."""
    window = Window(theme.apply(qapp, theme.LIGHT))
    desk = Desk(window, judged, folder)
    window.show()
    desk.load(judged)
    qtbot.waitUntil(lambda: window.snapshot is not None and not desk.busy and not jobs.reading(), timeout=LONG)
    for page in window.pages:
        window.go(page)
        qapp.processEvents()
    window.findings.filter.setText("data")
    window.findings.table.selectRow(0)
    window.open_palette().reject()
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=LONG)
    refs = [*of_a_window(window), weakref.ref(desk), weakref.ref(window.snapshot), weakref.ref(desk.policy)]
    desk.stop()
    window.close()
    window.deleteLater()
    return refs


def test_a_window_that_was_worked_with_is_gone_when_it_is_closed(qtbot, qapp, judged, folder):
    store = folder / "situs.db"
    shutil.copy(judged, store)
    refs = worked_with(qtbot, qapp, store, folder)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert living(refs) == []


def test_whatever_workers_ran_is_let_go_of(qtbot, qapp):
    """Threads take turns so often that a worker may be done before the window's thread has handed its work over."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert [living(handed_over(qtbot)) for _ in range(3)] == [[], [], []]
    finally:
        sys.setswitchinterval(usual)


def handed_over(qtbot) -> "list[weakref.ref[object]]":
    class Held:
        def work(self) -> int:
            return 1

        def told(self, found: object, wrong: str) -> None:
            assert (found, wrong) == (1, "")

    refs = []
    for _ in range(300):
        held = Held()
        refs.append(weakref.ref(held))
        jobs.Reading(held.work, held.told).start()
    del held
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=LONG)
    gc.collect()
    return refs


def test_signs_are_drawn_once_and_not_for_each_showing(qtbot, qapp, snapshot, monkeypatch):
    """Qt keeps a copy of what every icon has drawn, megabytes of it, for icons that are long gone."""
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)

    def shown() -> None:
        window.show_snapshot(snapshot)
        window.go(window.overview)
        window.grab()

    shown()
    made = []
    monkeypatch.setattr(theme, "QPixmap", lambda *size: made.append(size) or QPixmap(*size))
    for _ in range(3):
        shown()
    assert made == []


def test_showing_the_overview_again_makes_no_items_of_layouts_that_stay(qtbot, qapp, snapshot):
    """What a layout written in Python was told to hold is held by PySide as long as the program runs."""
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    window.show()

    def items() -> int:
        window.show_snapshot(snapshot)
        window.go(window.overview)
        window.grab()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        return sum(type(one).__name__ in ("QWidgetItem", "QSpacerItem") for one in gc.get_objects())

    items()
    first = items()
    assert [items() for _ in range(3)] == [first] * 3
