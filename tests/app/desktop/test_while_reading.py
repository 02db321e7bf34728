"""While a store is being read the window says so: it never says that there is nothing, and never counts to nought."""

import threading

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app.desktop import desk as desks  # noqa: E402
from app.desktop import theme  # noqa: E402
from app.desktop.desk import Desk  # noqa: E402
from app.desktop.load import load_glance, load_snapshot  # noqa: E402
from app.desktop.window import Window  # noqa: E402

LONG = 90_000
NOTHING = ("Nothing has been audited", "There is no scan", "No decision is taken", "A report needs a scan")


def test_no_page_says_that_there_is_nothing(qtbot, qapp, judged, folder, monkeypatch):
    go_on = threading.Event()

    def slowly(where, folder):
        go_on.wait(60)
        return load_snapshot(where, folder)

    monkeypatch.setattr(desks, "load_snapshot", slowly)
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    desk = Desk(window, judged, folder)
    window.show()
    early = window.findings
    try:
        desk.load(judged)
        qtbot.waitUntil(lambda: window.scope.text().startswith("Scan of "), timeout=LONG)
        counts = load_glance(judged).counts
        assert window.snapshot is None
        assert "is being read" in window.overview.sentence.text()
        assert window.overview._counts._counts["fail"].text() == f"{counts['fail']} violations"
        assert window.overview._counts.isVisible()
        for page in window.pages:
            window.go(page)
            assert not page.sentence.text().startswith(NOTHING), (page.title, page.sentence.text())
            assert not window.top.beginning.isVisible(), page.title
        assert early.sentence.text().startswith("The store is being read")
        assert [chip.text().strip() for chip in early.verdicts.values()] == ["Violations", "Not checked", "Accepted"]
    finally:
        go_on.set()
    qtbot.waitUntil(lambda: window.snapshot is not None and not desk.busy, timeout=LONG)
    assert early.verdicts["fail"].text().strip() == f"Violations {counts['fail']}"
    assert "being read" not in window.overview.sentence.text() + early.sentence.text()
    desk.stop()


def test_where_nothing_was_kept_the_first_steps_are_shown(qtbot, qapp, folder):
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    desk = Desk(window, folder / "none.db", folder)
    desk.load(desk.store)
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)
    assert window.overview.sentence.text() == "Nothing has been audited yet."
    assert load_glance(folder / "none.db") is None
    desk.stop()
