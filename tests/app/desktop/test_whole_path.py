"""Decide, sign, check, schedule, by mouse; then what a user would do next."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402

from app.desktop.pages import reports  # noqa: E402
from app.report.kinds import KINDS  # noqa: E402
from app.schedule import Book  # noqa: E402

LONG = 60_000
WORDS = "correct horse battery"


def settled(qtbot, desk):
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)


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


def test_the_kinds_offered_are_those_there_are():
    offered = dict(reports._KINDS)
    assert offered == {k.id: k.title for k in KINDS.values() if k.id != "cloud"}


def test_from_a_finding_to_a_signed_report_and_a_schedule(qtbot, desk, tmp_path):
    """By mouse, and with what can go wrong; `test_keyboard` goes the whole path from the first run on."""
    window = desk.window
    assert window.sample.isVisible()
    # Which training job takes patient data out of the EEA?
    window.show_verdict("fail")
    page = window.findings
    page.filter.setText("oncology-retrain")
    rows = [page.model.at(n) for n in range(page.model.rowCount())]
    leaving = next(r for r in rows if r.rule.startswith("SIT-XFER") or "United States" in r.place)
    page.go_to(lambda r: r is leaving)
    assert "special category" in page.panel.text.toPlainText() or leaving.title in page.panel.text.toPlainText()
    # The decision.
    page.panel.choose("accept")
    page.panel.form.why.setText("Clauses are signed; the entry follows in December")
    page.panel.form.owner.setText("Ann Example, DPO")
    qtbot.mouseClick(page.panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert window.snapshot.counts["accepted"] == 1
    # The key, then the signed report.
    desk.reporting.make_key("Ann Example", WORDS)
    settled(qtbot, desk)
    qtbot.waitUntil(lambda: window.reports.key.findData("own") >= 0, timeout=LONG)
    window.go(window.reports)
    out = window.reports
    out.kind.setCurrentIndex(out.kind.findData("summary"))
    out.folder.setText(str(tmp_path / "Berichte ß"))
    out.partial.setChecked(True)
    out.sign.setChecked(True)
    assert not out.save.isEnabled()  # the passphrase is missing
    out.passphrase.setText(WORDS)
    qtbot.mouseClick(out.save, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert desk.box is None, desk.box.text()
    written = out.current()
    assert written.signed_by == "Ann Example"
    assert out.passphrase.text() == ""
    assert [line.kind for line in window.snapshot.record.lines[:2]] == ["report", "accept"]
    qtbot.mouseClick(out.verify, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert "as it was signed" in out.sheet.toPlainText()
    body = bytearray(written.path.read_bytes())
    body[len(body) // 2] ^= 1
    written.path.write_bytes(body)
    qtbot.mouseClick(out.verify, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert "Do not rely on this file" in out.sheet.toPlainText()
    # The schedule.
    clock = Clock()
    desk.scheduling.book = lambda: Book(desk.folder / "schedules", clock)
    exports = tmp_path / "exports"
    exports.mkdir()
    window.go(window.scans)
    window.scans.tabs.setCurrentIndex(1)
    qtbot.mouseClick(window.scans.schedules.add, Qt.MouseButton.LeftButton)
    dialog = desk.scheduling.dialog
    assert "Next:" in dialog.preview.text()
    dialog.name.setText("Weekly!")
    dialog.files.line.setText(str(exports))
    qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.wrong.text()), timeout=LONG)
    assert "cannot name a schedule" in dialog.wrong.text()
    dialog.name.setText("weekly")
    qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    part = window.scans.schedules
    qtbot.waitUntil(lambda: part.model.rowCount() == 1, timeout=LONG)
    assert clock.known == {"weekly"}
    assert part.chosen() == "weekly"
    qtbot.mouseClick(part.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part.model.rowCount() == 0, timeout=LONG)
    assert clock.known == set()


def test_a_wrong_passphrase_is_a_sentence_and_writes_nothing(qtbot, desk, tmp_path):
    desk.reporting.make_key("Ann Example", WORDS)
    settled(qtbot, desk)
    out = desk.window.reports
    qtbot.waitUntil(lambda: out.key.findData("own") >= 0, timeout=LONG)
    out.folder.setText(str(tmp_path / "out"))
    out.partial.setChecked(True)
    out.sign.setChecked(True)
    out.passphrase.setText("wrong words here")
    qtbot.mouseClick(out.save, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert "passphrase does not open" in desk.box.text()
    assert "wrong words" not in desk.box.text()
    desk.box.close()
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True
    assert out.model.rowCount() == 0


def test_history_of_reports_outlives_the_window(qtbot, desk, tmp_path):
    from app.desktop import written

    kept = written.note(
        desk.folder, [written.Written(str(tmp_path / "r.pdf"), 3, "ab" * 32, written.now(), True, signed_by="Ann")]
    )
    assert written.history(desk.folder) == kept
    (desk.folder / "reports.json").write_text("{")
    assert written.history(desk.folder) == []


def test_a_dialog_for_a_key_wants_the_passphrase_twice(qtbot, desk):
    dialog = desk.window.reports.ask_key()
    qtbot.keyClicks(dialog.name, "Ann")
    qtbot.keyClicks(dialog.first, WORDS)
    assert not dialog.make.isEnabled()
    qtbot.keyClicks(dialog.second, WORDS)
    with qtbot.waitSignal(dialog.given) as told:
        qtbot.mouseClick(dialog.make, Qt.MouseButton.LeftButton)
    assert told.args == ["Ann", WORDS]
