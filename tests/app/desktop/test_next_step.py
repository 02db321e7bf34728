"""What a new user is told to do next: no button is off without a reason, and no page is a dead end."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QPoint, QRect, Qt  # noqa: E402
from PySide6.QtWidgets import QApplication, QLabel  # noqa: E402

from app.desktop import theme  # noqa: E402
from app.desktop.pages.scheduledialog import ScheduleDialog  # noqa: E402
from app.desktop.room import Room  # noqa: E402
from app.desktop.window import Window  # noqa: E402


@pytest.fixture
def window(qtbot, qapp, snapshot):
    shown = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(shown)
    shown.resize(1280, 800)
    shown.show_snapshot(snapshot)
    shown.show()
    return shown


def test_a_report_that_cannot_be_saved_says_what_is_missing(window, tmp_path):
    page = window.reports
    window.go(page)
    said = []

    def told() -> str:
        said.append(page.lacks.text())
        assert page.save.isEnabled() != bool(page.lacks.text())
        assert page.lacks.isVisible() == bool(page.lacks.text())
        return page.lacks.text()

    assert "folder" in told()
    page.folder.setText("reports")  # beside wherever Situs was started
    assert "folder" in told()
    page.folder.setText(str(tmp_path))
    assert page.partial.text() in told()
    page.partial.setChecked(True)
    assert told() == ""
    page.forms[".pdf"].setChecked(False)
    assert "PDF" in told()
    page.forms[".pdf"].setChecked(True)
    page.sign.setChecked(True)
    assert "make a signing key" in told()
    page.show_keys([("own", "Ann Example")])
    assert "passphrase" in told()
    page.passphrase.setText("correct horse battery")
    assert told() == ""
    page.show_keys([("windows:AB", "Ann Example (Example CA)")])
    page.passphrase.clear()
    assert told() == ""  # Windows asks for it
    page.show_snapshot(None)
    assert not page.save.isEnabled()
    assert page.lacks.text() == ""  # the opening sentence says what to do
    assert len(set(said)) == 6


@pytest.mark.parametrize(("width", "height"), [(960, 520), (1280, 800)])
def test_the_button_that_saves_a_report_is_seen_without_scrolling(window, width, height):
    window.resize(width, height)
    window.enter(window.reports)
    QApplication.processEvents()
    assert window.reports.kind.hasFocus() or not window.isActiveWindow()
    room = window.findChild(Room).viewport()
    button = window.reports.save
    assert QRect(QPoint(0, 0), room.size()).contains(QRect(button.mapTo(room, QPoint(0, 0)), button.size()))


def test_a_long_word_in_the_activity_bar_leaves_the_window_as_wide_as_it_is(window):
    before = window.width()
    window.rest("Saved as " + "/a/long/path" * 40)
    QApplication.processEvents()
    assert window.minimumSizeHint().width() <= before
    window.rest("Many words that have to go on in a second line. " * 8)
    QApplication.processEvents()
    label = window.activity.text
    assert window.width() == before
    assert label.height() >= label.heightForWidth(label.width())


def test_nothing_is_told_of_a_flow_that_the_filter_hides(window):
    page = window.flows
    window.enter(page)
    page.table.selectRow(0)
    first = page.model.at(0)
    assert first.target in page.sheet.toPlainText()
    page.model.sort(1, Qt.SortOrder.DescendingOrder)
    assert page.model.row(page.table.currentIndex()) is first  # it has moved, and is still chosen
    assert first.target in page.sheet.toPlainText()
    page.filter.setText("no flow has these words")
    assert page.sheet.toPlainText() == ""
    assert not page.findings.isEnabled()
    page.filter.clear()
    assert page.model.rowCount() > 1


def test_a_decision_that_takes_its_finding_out_of_sight_leads_to_the_next_one(window, snapshot):
    from dataclasses import replace

    from msgspec import structs

    page = window.findings
    window.enter(page)
    page.table.selectRow(3)
    decided, following = page.model.at(3), page.model.at(4)
    left = [structs.replace(f, verdict="accepted") if f is decided else f for f in snapshot.findings]
    window.show_snapshot(replace(snapshot, findings=tuple(left)))
    assert page.current() == following
    assert following.title in page.panel.text.toPlainText()
    window.show_snapshot(snapshot)
    assert page.current() == following


def test_there_is_a_way_out_of_the_sample_estate(desk, qtbot):
    page = desk.window.overview
    assert page.sample.text() == "Leave the sample estate"
    desk.own_store = desk.folder / "own.db"  # nothing was read into it yet
    desk.window.go(page)
    qtbot.mouseClick(page.sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not desk.busy)
    assert desk.window.snapshot is None
    assert not desk.window.sample.isVisible()
    assert page.sample.text() == "Explore the sample estate"
    assert not desk.own_store.exists()


def test_fields_of_a_schedule_are_as_high_as_they_need_to_be(qtbot, window):
    dialog = ScheduleDialog(window, {"folder": "", "connections": ""})
    qtbot.addWidget(dialog)
    dialog.show()
    QApplication.processEvents()
    for field in (dialog.files, dialog.folder):
        assert field.height() >= field.line.height() >= field.line.sizeHint().height()


def test_every_page_leads_to_the_first_one_while_there_is_nothing_to_show(window, qtbot, snapshot):
    button = window.top.beginning
    for page in window.pages:
        window.go(page)
        assert not button.isVisible()
    window.show_snapshot(None)
    for page in window.pages:
        window.go(page)
        assert button.isVisible() == (page is not window.overview)
        if button.isVisible():
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
            assert window.stack.currentWidget() is window.overview
    window.go(window.findings)
    window.show_snapshot(snapshot)
    assert not button.isVisible()


def test_what_is_said_of_a_new_key_is_whole(qtbot, window):
    window.reports.person = lambda: "Ann Example"
    dialog = window.reports.ask_key()
    QApplication.processEvents()
    (note,) = (one for one in dialog.findChildren(QLabel) if one.wordWrap())
    assert note.height() >= note.heightForWidth(note.width())
    assert dialog.name.text() == "Ann Example"
    dialog.close()
