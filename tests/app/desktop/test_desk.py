"""The main job through the window: read files, cancel, close, decide, report, compare; with real child processes."""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl  # noqa: E402
from PySide6.QtGui import QDropEvent, QGuiApplication  # noqa: E402
from PySide6.QtWidgets import QLabel  # noqa: E402

from app.desktop.pages.hindered import Hindered  # noqa: E402
from app.settings import load_preferences  # noqa: E402
from resources import ROOT  # noqa: E402

SITES = ROOT / "templates" / "sites.yaml"
LONG = 90_000


def settled(qtbot, desk):
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)


def test_files_that_are_dropped_are_read_and_shown(qtbot, empty_desk):
    window = empty_desk.window
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(SITES)), QUrl("https://example.com/a.json")])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)
    assert empty_desk.busy
    assert window.activity.cancel.isVisible()
    assert not window.overview.files.isEnabled()
    settled(qtbot, empty_desk)
    assert empty_desk.box is None
    assert window.snapshot is not None
    assert not window.snapshot.sample
    assert window.inventory.model.rowCount() > 0
    assert window.overview.files.isEnabled()


def test_progress_is_told_with_the_time_it_takes(qtbot, empty_desk):
    seen = []
    empty_desk.window.activity.step = lambda text, percent: seen.append((text, percent))
    empty_desk.read_files([SITES])
    settled(qtbot, empty_desk)
    assert any("sites.yaml" in text for text, _ in seen)
    assert any(percent >= 0 for _, percent in seen)
    assert ":" in empty_desk.window.activity.elapsed.text()


def test_cancel_answers_at_once_and_keeps_what_was_stored(qtbot, desk):
    window, before = desk.window, desk.window.snapshot
    sample = ROOT / "sample_estate"
    desk.read_files([sample])
    qtbot.waitUntil(lambda: "Reading" in window.activity.text.text(), timeout=LONG)
    qtbot.mouseClick(window.activity.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not desk.busy, timeout=3000)
    assert "Stopped" in window.activity.text.text()
    assert desk.box is None
    assert window.snapshot is before
    desk.load(desk.store)
    settled(qtbot, desk)
    assert window.snapshot.judgement == before.judgement


def test_closing_while_work_runs_asks_first(qtbot, desk):
    window = desk.window
    desk.judge()
    assert not window.close()
    assert window.isVisible()
    wait, leave = (
        next(b for b in desk.box.buttons() if b.text().startswith(word)) for word in ("Continue", "Stop and")
    )
    qtbot.mouseClick(wait, Qt.MouseButton.LeftButton)
    assert window.isVisible()
    assert desk.busy
    assert not window.close()
    leave = next(b for b in desk.box.buttons() if b.text().startswith("Stop and"))
    qtbot.mouseClick(leave, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert not desk.busy


def test_an_error_of_the_work_is_a_sentence_with_details_to_copy(qtbot, empty_desk, tmp_path):
    bad = tmp_path / "<b>evil & co.json"
    if os.name == "nt":
        bad = tmp_path / "evil & co.json"
    bad.write_text("{]", encoding="utf-8")
    empty_desk.read_files([bad])
    settled(qtbot, empty_desk)
    box = empty_desk.box
    assert "evil & co.json" in box.text()
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert "Traceback" not in box.text() + box.detailedText()
    copy = next(b for b in box.buttons() if b.text() == "Copy details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "evil & co.json" in QGuiApplication.clipboard().text()
    assert box.isVisible()
    box.close()


def test_a_wrong_policy_is_told_and_nothing_is_lost(qtbot, desk, tmp_path):
    wrong = tmp_path / "policy.toml"
    wrong.write_text('alowed_countries = ["EEA"]\n', encoding="utf-8")
    before, counted = desk.window.snapshot, load_preferences(desk.folder).policy
    desk.use_policy(str(wrong))
    settled(qtbot, desk)
    assert "allowed_countries" in desk.box.text()
    assert desk.window.snapshot is before
    assert load_preferences(desk.folder).policy == counted  # the one before still counts
    desk.box.close()


def test_findings_are_accepted_together_judged_again_and_revoked(qtbot, desk):
    window = desk.window
    page, panel = window.findings, window.findings.panel
    before = window.snapshot.counts
    page.table.selectRow(0)
    page.table.selectionModel().select(page.model.index(1, 0), _rows())
    chosen = [(r.rule, r.subject) for r in page.chosen()]
    assert len(chosen) == 2
    qtbot.mouseClick(panel.kinds["accept"], Qt.MouseButton.LeftButton)
    assert not panel.form.record.isEnabled()
    panel.form.why.setText("Contract ends <b>soon</b>")
    panel.form.owner.setText("Ann Example, DPO")
    qtbot.mouseClick(panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert desk.box is None
    after = window.snapshot.counts
    assert after["accepted"] == before.get("accepted", 0) + 2
    assert after["fail"] == before["fail"] - 2
    assert load_preferences(desk.folder).name == "Ann Example, DPO"
    page.show_all()
    page.verdicts["fail"].setChecked(False)
    page.verdicts["not_checked"].setChecked(False)
    assert page.model.rowCount() == 2
    page.table.selectAll()
    assert {(r.rule, r.subject) for r in page.chosen()} == set(chosen)
    qtbot.mouseClick(panel.kinds["revoke"], Qt.MouseButton.LeftButton)
    panel.form.why.setText("It did not end")
    qtbot.mouseClick(panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert window.snapshot.counts.get("accepted", 0) == before.get("accepted", 0)
    assert page.go_to(lambda r: (r.rule, r.subject) == chosen[0])
    assert "revoked on" in panel.text.toPlainText()
    assert "Contract ends <b>soon</b>" in panel.text.toPlainText()


def _rows():
    from PySide6.QtCore import QItemSelectionModel

    return QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


def test_what_was_not_checked_cannot_be_accepted(qtbot, desk):
    page = desk.window.findings
    desk.window.show_verdict("not_checked")
    page.table.selectRow(0)
    assert not page.panel.kinds["accept"].isEnabled()
    assert page.panel.kinds["assign"].isEnabled()
    assert "cannot be accepted" in page.panel.state.text()


def test_reports_are_written_by_a_child_and_listed_with_their_digest(qtbot, desk, tmp_path):
    page = desk.window.reports
    for ending, box in page.forms.items():
        box.setChecked(ending in (".pdf", ".json", ".csv"))
    page.folder.setText(str(tmp_path / "out"))
    assert not page.save.isEnabled()  # the scan of exported files does not show everything: that takes a tick
    page.partial.setChecked(True)
    qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert desk.box is None
    assert page.model.rowCount() == 3
    for row in page.model.rows:
        assert hashlib.sha256(row.path.read_bytes()).hexdigest() == row.digest
        assert row.sample
        assert "sample" in row.path.name
    assert load_preferences(desk.folder).reports == str(tmp_path / "out")


def choose(page, *numbers):
    page.table.clearSelection()
    for n in numbers:
        page.table.selectionModel().select(page.model.index(n, 0), _rows())


def test_work_is_assigned_commented_and_undone_without_judging_again(qtbot, desk):
    window, page = desk.window, desk.window.findings
    before = window.snapshot.judgement
    choose(page, 0, 1)
    form = page.panel.form
    page.panel.choose("assign")
    assert form.assignee.hasFocus()
    form.assignee.setText("Platform team")
    form.owner.setText("Ann, DPO")
    qtbot.mouseClick(form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert desk.box is None
    assert window.snapshot.judgement == before
    page.work.choose("assigned")
    assert page.model.rowCount() == 2
    page.table.selectRow(0)
    assert "Platform team works on it" in page.panel.state.text()
    page.panel.choose("comment")
    form.why.setText("Asked <b>them</b>")
    qtbot.mouseClick(form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert "Asked <b>them</b>" in page.panel.text.toPlainText()
    window.go(window.log)
    assert window.log.model.rowCount() == 3
    assert "the log is whole" in window.log.sentence.text()
    qtbot.mouseClick(window.log.undo, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert window.log.model.rowCount() == 4
    assert [r.undone for r in window.log.model.rows] == [False, True, False, False]


def test_a_second_person_agrees_with_a_key_of_their_own(qtbot, desk):
    window, page = desk.window, desk.window.findings
    desk.deciding.make_key("Bob Second", "correct horse battery")
    settled(qtbot, desk)
    page.panel.form.owner.setText("Ann, DPO")
    window.go(window.log)
    qtbot.mouseClick(window.log.two, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert window.snapshot.record.two_people
    fails = window.snapshot.counts["fail"]
    choose(page, 0)
    row = page.current()
    page.panel.choose("not_applicable")
    page.panel.form.why.setText("A test estate")
    qtbot.mouseClick(page.panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert window.snapshot.counts["fail"] == fails
    assert page.go_to(lambda r: (r.rule, r.subject) == (row.rule, row.subject))
    assert "waits for a second person" in page.panel.state.text()
    page.panel.choose("agree")
    page.panel.form.passphrase.setText("correct horse battery")
    qtbot.mouseClick(page.panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert "somebody else has to agree" in desk.box.text()
    desk.box.close()
    page.panel.choose("agree")
    page.panel.form.owner.setText("Bob Second")
    page.panel.form.passphrase.setText("correct horse battery")
    qtbot.mouseClick(page.panel.form.record, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert desk.box is None
    assert window.snapshot.counts["fail"] == fails - 1
    assert "Does not apply" in page.panel.state.text() or page.go_to(lambda r: r.verdict == "accepted")
    assert page.panel.form.passphrase.text() == ""


def test_two_scans_are_compared_in_a_worker(qtbot, desk):
    page = desk.window.scans
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    changes = {c.change for c in page.changes.rows}
    assert {"added", "new"} <= changes
    assert "assets" in page.told.text()


def test_from_files_to_report_with_the_keyboard_alone(qtbot, desk, tmp_path):
    window = desk.window

    def press(key, *modifiers, to=None):
        held = Qt.KeyboardModifier.NoModifier
        for one in modifiers:
            held |= one
        qtbot.keyClick(to or QGuiApplication.focusObject() or window, key, held)

    control = Qt.KeyboardModifier.ControlModifier
    window.activateWindow()
    press(Qt.Key.Key_2, control, to=window)
    press(Qt.Key.Key_F, control, to=window)
    page = window.findings
    qtbot.keyClicks(page.filter, "SIT-XFER")
    assert page.model.rowCount() > 0
    page.table.setFocus()
    press(Qt.Key.Key_Down, to=page.table)
    row = page.current()
    assert row.rule.startswith("SIT-XFER")
    press(Qt.Key.Key_Space, to=page.panel.kinds["accept"])
    assert page.panel.form.why.hasFocus()
    qtbot.keyClicks(page.panel.form.why, "Clauses signed, entry follows")
    qtbot.keyClicks(page.panel.form.owner, "Ann")
    press(Qt.Key.Key_Return, to=page.panel.form.owner)
    settled(qtbot, desk)
    assert window.snapshot.counts["accepted"] >= 1
    press(Qt.Key.Key_E, control, to=window)
    assert window.stack.currentWidget() is window.reports
    window.reports.folder.setText(str(tmp_path))
    press(Qt.Key.Key_Space, to=window.reports.partial)
    press(Qt.Key.Key_Space, to=window.reports.save)
    settled(qtbot, desk)
    assert window.reports.model.rowCount() == 1


def test_nothing_begins_while_something_runs(qtbot, desk):
    page = desk.window.findings
    desk.judge()
    page.table.selectRow(0)
    page.panel.choose("accept")
    page.panel.form.why.setText("because")
    page.panel.form.owner.setText("Ann")
    qtbot.mouseClick(page.panel.form.record, Qt.MouseButton.LeftButton)
    desk.read_files([SITES])
    assert "One thing at a time" in desk.window.activity.text.text()
    assert page.panel.form.why.text() == "because"
    settled(qtbot, desk)
    assert desk.window.snapshot.history == ()


def test_an_error_that_nobody_foresaw_is_a_sentence_too(qtbot, desk):
    def broken():
        raise KeyError(3)

    desk.work("Reading", broken, lambda found: None)
    settled(qtbot, desk)
    assert desk.box.text().startswith("Something went wrong inside the program (KeyError)")
    assert desk.window.overview.files.isEnabled()
    desk.box.close()


def test_the_window_starts_with_what_the_user_chose(qtbot, qapp, monkeypatch, tmp_path):
    from app import texts
    from app.desktop import start
    from app.desktop.window import Window
    from app.settings import Preferences, save_preferences

    save_preferences(tmp_path, Preferences(language="de", look="dark"))
    monkeypatch.setattr(start, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(start, "store_location", lambda given: tmp_path / "situs.db")
    windows = []

    def stay():
        windows.extend(w for w in qapp.topLevelWidgets() if isinstance(w, Window) and w.isVisible())
        qtbot.waitUntil(lambda: not windows[-1].activity.busy, timeout=LONG)
        assert windows[-1].findings.title == "Befunde"
        windows[-1].close()
        return 0

    monkeypatch.setattr(qapp, "exec", stay)
    monkeypatch.setattr(start, "application_of_qt", lambda: qapp)
    try:
        assert start.run(None) == 0
    finally:
        texts.use("en")
    assert len(windows) == 1


def test_why_it_failed_comes_before_what_was_done():
    from app.desktop.jobs import reasons

    said = (
        "Written: /r/a.pdf\nThe disk is full: “/r/a.json” was not written.\nException ignored in: <generator>\n  File x"
    )
    assert reasons(said).splitlines() == ["The disk is full: “/r/a.json” was not written.", "Written: /r/a.pdf"]


def test_a_file_that_nothing_opens_or_that_is_gone_is_a_sentence(qtbot, desk, tmp_path, monkeypatch):
    from PySide6.QtGui import QDesktopServices
    from PySide6.QtWidgets import QMessageBox

    from app.desktop.opening import open_file

    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    there = tmp_path / "r.pdf"
    there.write_bytes(b"%PDF")
    assert not open_file(there, desk.window)
    assert not open_file(tmp_path / "gone.pdf", desk.window)
    told = [box.text() for box in desk.window.findChildren(QMessageBox)]
    assert any("No program on this computer" in text for text in told)
    assert any("moved or deleted" in text for text in told)
    panel = desk.window.findings.panel
    desk.window.show_verdict("fail")
    desk.window.findings.table.selectRow(0)
    panel._mail()
    assert "copied instead" in panel.copied.text()


def test_a_folder_for_reports_is_named_in_full(desk):
    out = desk.window.reports
    out.partial.setChecked(True)
    out.folder.setText("reports")
    assert not out.save.isEnabled()
    out.folder.setText(str(desk.folder))
    assert out.save.isEnabled()


def test_a_policy_that_was_deleted_is_said_before_anything_starts(desk, tmp_path):
    import msgspec

    desk.keep(msgspec.structs.replace(desk.preferences, policy=str(tmp_path / "gone.toml")))
    desk.judge()
    assert not desk.busy
    assert "gone.toml is not there any more" in desk.box.text()
    assert "Policy page" in desk.box.text()
    desk.box.close()
    desk.read_files([tmp_path])
    assert not desk.busy
    assert "Nothing was judged" in desk.box.text()
    desk.box.close()


def test_a_store_of_a_newer_version_gives_a_page_that_says_what_to_do(qtbot, empty_desk, judged):
    desk, window = empty_desk, empty_desk.window
    store = desk.folder / "situs.db"
    store.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(judged, store)
    with closing(sqlite3.connect(store)) as there:
        there.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
        there.commit()
    before = store.read_bytes()
    window.go(window.places)
    desk.load(store)
    qtbot.waitUntil(lambda: window.overview.findChild(Hindered) is not None and not desk.busy, timeout=60_000)
    assert desk.box is None
    assert window.topic() == "start"
    told = window.overview.findChild(Hindered)
    said = " ".join(label.text() for label in told.findChildren(QLabel))
    assert "written by a newer Situs (schema 99" in said
    assert str(store) in said
    assert "install that version" in said
    assert not window.overview.files.isVisible()  # nothing may be read into it
    for topic in ("findings", "flows", "inventory", "unseen", "places", "reports", "whatif", "frameworks"):
        window.go_to_topic(topic)
        assert "cannot be read" in window.page(topic).sentence.text(), topic
    assert store.read_bytes() == before
    window.go_to_topic("start")
    qtbot.mouseClick(told.ask, Qt.MouseButton.LeftButton)
    assert window.topic() == "catalogue"
    window.go_to_topic("start")
    with closing(sqlite3.connect(store)) as there:
        there.execute("UPDATE meta SET value = '2' WHERE key = 'schema'")
        there.commit()
    told.retry.click()
    qtbot.waitUntil(lambda: window.snapshot is not None and not desk.busy, timeout=60_000)
    assert window.overview.findChild(Hindered) is None
    assert window.overview.files.isVisible()
