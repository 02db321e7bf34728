"""The whole path of a new user by the keyboard alone: only keys are sent, and only to what has the focus."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from app.schedule import Book  # noqa: E402

LONG = 60_000
WORDS = "correct horse battery"
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def focus() -> QWidget:
    """What the next key goes to."""
    if (
        QApplication.activeWindow() is None
    ):  # the system gives the focus back when a dialog closes; offscreen nobody does
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow()]
        (QApplication.activeModalWidget() or shown[0]).activateWindow()
        QApplication.processEvents()
    there = QApplication.focusWidget()
    assert there is not None, "the focus is lost: a key would go nowhere"
    return there


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focus(), key, modifier)


def write(text: str) -> None:
    QTest.keyClicks(focus(), text)


def name() -> str:
    there = focus()
    text = getattr(there, "text", None)
    return there.accessibleName() or (text() if callable(text) else "")


def tab_to(wanted: str, *, most: int = 40) -> None:
    """Tab, as a person does who reads what the focus is on, until it is on this."""
    for _ in range(most):
        if name() == wanted:
            return
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not come to {wanted!r}")


def settled(qtbot, desk):
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)
    assert desk.box is None, desk.box.text()


class Clock:
    """An operating system that only remembers; installing a real task is tested elsewhere."""

    name = "clock of the test"

    def __init__(self) -> None:
        self.known = set()

    def install(self, schedule, program):
        self.known.add(schedule.name)

    def remove(self, name):
        self.known.discard(name)

    def installed(self, name):
        return name in self.known

    def note(self):
        return ""


def test_the_whole_path_by_keys_alone(qtbot, empty_desk, tmp_path):
    desk, window = empty_desk, empty_desk.window
    clock = Clock()
    desk.scheduling.book = lambda: Book(desk.folder / "schedules", clock)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    # First run: the sample is on the first page.
    press(Qt.Key.Key_F6)
    tab_to("Explore the sample estate")
    press(Qt.Key.Key_Space)
    settled(qtbot, desk)
    assert window.snapshot.sample
    # Which training job takes patient data out of the EEA?
    press(Qt.Key.Key_3, CTRL)
    press(Qt.Key.Key_F, CTRL)
    write("special category")
    tab_to("Data flows")
    flows = window.flows
    seen = {}
    for _ in range(flows.model.rowCount()):
        row = flows.model.row(flows.table.currentIndex())
        seen[row.target] = flows.sheet.toPlainText()
        if row.target == "oncology-retrain":
            break
        press(Qt.Key.Key_Down)
    assert "United States" in seen["oncology-retrain"]
    assert "no basis recorded" in seen["oncology-retrain"]
    press(Qt.Key.Key_Return)
    tab_to("Show its findings")
    press(Qt.Key.Key_Space)
    assert window.stack.currentWidget() is window.findings
    assert "oncology-retrain" in window.findings.panel.text.toPlainText()
    # The decision.
    subject = window.findings.current()
    press(Qt.Key.Key_Return)
    tab_to("Accept")
    press(Qt.Key.Key_Space)
    assert name() == "Reason"
    write("Clauses are signed; the entry follows in December")
    tab_to("Who")
    write("Ann Example, DPO")
    press(Qt.Key.Key_Return)
    settled(qtbot, desk)
    assert focus() is window.findings.table  # and not the list of pages: the next key is for the next finding
    assert "second person" not in window.findings.panel.state.text()  # nobody asked for one
    assert window.snapshot.counts["accepted"] == 1
    assert window.snapshot.record.lines[0].kind == "accept"
    made = next(f for f in window.snapshot.findings if f.verdict == "accepted")
    assert (made.rule, made.flow) == (subject.rule, subject.flow)
    # The key, then the signed report.
    press(Qt.Key.Key_E, CTRL)
    assert window.stack.currentWidget() is window.reports
    tab_to("Make a signing key…")
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: name() == "Passphrase, at least 8 characters")  # the name is known from the decision
    write(WORDS)
    press(Qt.Key.Key_Tab)
    write(WORDS)
    press(Qt.Key.Key_Return)
    settled(qtbot, desk)
    qtbot.waitUntil(lambda: window.reports.key.findData("own") >= 0, timeout=LONG)
    assert window.reports.sign.isChecked()  # who makes a key wants to sign
    assert name() == "Sign it: Passphrase"
    press(Qt.Key.Key_E, CTRL)
    press(Qt.Key.Key_Down)
    assert window.reports.kind.currentData() == "summary"
    tab_to("Folder for reports")
    press(Qt.Key.Key_A, CTRL)
    write(str(tmp_path / "reports"))
    tab_to("Save it although the scan does not show everything; the cover says so")
    press(Qt.Key.Key_Space)
    tab_to("Sign it: Passphrase")
    write(WORDS)
    press(Qt.Key.Key_Return)
    settled(qtbot, desk)
    written = window.reports.current()
    assert written.signed_by == "Ann Example"
    assert written.path.read_bytes().startswith(b"%PDF")
    # The schedule.
    exports = tmp_path / "exports"
    exports.mkdir()
    press(Qt.Key.Key_K, CTRL)
    qtbot.waitUntil(lambda: name() == "Go to, do, or find")
    write("schedule")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.scheduling.dialog is not None)
    qtbot.waitUntil(lambda: name() == "Name")
    tab_to("Folder of exported files")
    write(str(exports))
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: clock.known == {"weekly"}, timeout=LONG)
    qtbot.waitUntil(lambda: desk.scheduling.dialog is None, timeout=LONG)
    assert window.stack.currentWidget() is window.scans
    qtbot.waitUntil(lambda: window.scans.schedules.chosen() == "weekly", timeout=LONG)


def expected_stops(page) -> set:
    """What a person sees on a page and can use; of switches of which one is always on, Tab stops at one."""
    found = set()
    for widget in page.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or "Header" in type(widget).__name__ or widget.focusProxy()
        usable = widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if usable and not inner and not getattr(widget, "autoExclusive", bool)():
            found.add(widget)
    return found


def test_tab_comes_to_everything_on_every_page_and_the_focus_is_seen(qtbot, qapp, snapshot):
    from PySide6.QtCore import QPoint, QRect

    from app.desktop import theme
    from app.desktop.window import Window

    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    window.show_snapshot(snapshot)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    unseen, missed, checked = [], [], 0
    for page in window.pages:
        window.enter(page)
        first, seen = focus(), []
        for _ in range(80):
            seen.append(focus())
            press(Qt.Key.Key_Tab)
            if focus() is first:
                break
        else:
            missed.append((page.title, "Tab does not come back"))
        missed += [(page.title, w) for w in expected_stops(page) - set(seen)]
        assert window.navigation in seen
        for widget in (w for w in seen if page.isAncestorOf(w)):
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-3, -3, 3, 3)
            with_focus = window.grab(place).toImage()
            window.navigation.setFocus(Qt.FocusReason.TabFocusReason)
            checked += 1
            if window.grab(place).toImage() == with_focus:
                unseen.append((page.title, widget, widget.accessibleName()))
    assert missed == []
    assert unseen == []
    assert checked > 100


def test_f6_goes_through_the_regions_and_back(qtbot, qapp, snapshot):
    from app.desktop import theme
    from app.desktop.window import Window

    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    window.show_snapshot(snapshot)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    page = window.findings
    window.enter(page)
    assert focus() is page.table
    assert page.chosen()
    press(Qt.Key.Key_F6)
    assert page.panel.isAncestorOf(focus())
    press(Qt.Key.Key_Escape)
    assert focus() is page.table
    press(Qt.Key.Key_F6, SHIFT)
    assert focus() is page.filter
    press(Qt.Key.Key_F6, SHIFT)
    assert focus() is window.navigation
    press(Qt.Key.Key_Down)
    assert window.stack.currentWidget() is window.flows
    press(Qt.Key.Key_F6)
    assert focus() is window.flows.filter
