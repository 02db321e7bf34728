"""The window on a store that lies on a database server: read, filter, decide, history, and all of it again later."""

from datetime import date

import pytest
from msgspec.structs import replace

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402

from app.desktop import theme  # noqa: E402
from app.desktop.desk import Desk  # noqa: E402
from app.desktop.window import Window  # noqa: E402
from resources import ROOT  # noqa: E402

LONG = 120_000


@pytest.fixture
def opened(qtbot, qapp, postgresql, folder):
    made = []

    def open_window() -> Desk:
        window = Window(theme.apply(qapp, theme.LIGHT))
        qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "may_close", lambda: True))
        desk = Desk(window, postgresql, folder)
        made.append(desk)
        window.show()
        return desk

    yield open_window
    for desk in made:
        desk.stop()
        qtbot.waitUntil(lambda desk=desk: not desk.busy, timeout=LONG)


def settled(qtbot, desk):
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)
    assert desk.box is None, desk.box.text()


def test_a_store_on_a_server_is_read_into_decided_on_and_opened_again(qtbot, opened):
    desk = opened()
    window = desk.window
    desk.keep(replace(desk.preferences, as_of=""))  # today: a decision counts from the day on which it is taken
    desk.load(desk.store)
    settled(qtbot, desk)
    assert window.snapshot is None  # nothing was judged there yet
    desk.read_files([ROOT / "sample_estate" / "scan-2026-11-20"])
    settled(qtbot, desk)
    assert window.snapshot.all_assets > 300
    page = window.findings
    assert page.model.rowCount() > 50
    page.filter.setText("SIT-RES")
    assert 0 < page.model.rowCount() < 50
    page.table.selectRow(0)
    chosen, before = page.current(), window.snapshot.counts["fail"]
    qtbot.mouseClick(page.panel.kinds["accept"], Qt.MouseButton.LeftButton)
    page.panel.form.why.setText("The contract ends soon")
    page.panel.form.owner.setText("Ann Example, DPO")
    qtbot.mouseClick(page.panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert window.snapshot.counts["fail"] == before - 1
    for one in window.pages:
        window.go(one)
        assert one.sentence.text()
    settled(qtbot, desk)

    again = opened()
    again.load(again.store)
    settled(qtbot, again)
    shown = again.window.snapshot
    assert shown.counts == window.snapshot.counts
    assert shown.record.lines[0].rule == chosen.rule
    assert not shown.record.problems
    assert [(d.rule, d.subject) for d in shown.history] == [(chosen.rule, chosen.subject)]
    assert shown.history[0].until > date(2026, 11, 1)
    assert again.window.log.model.rowCount() == 1
    assert len(shown.scans) == 1
    again.window.findings.show_all()
    assert again.window.findings.go_to(lambda r: (r.rule, r.subject) == (chosen.rule, chosen.subject))
    assert "The contract ends soon" in again.window.findings.panel.text.toPlainText()
