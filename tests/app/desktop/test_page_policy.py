"""Policy forms: every setting has one, what is saved is judged by and noted, lines say what they catch."""

import shutil
from datetime import date

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt, QThreadPool  # noqa: E402
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QWidget  # noqa: E402

from app import sample, texts  # noqa: E402
from app.desktop.pages.policyform import editor_of  # noqa: E402
from app.desktop.pages.records import Records  # noqa: E402
from app.policyedit import save, settings_of  # noqa: E402
from app.settings import load_preferences  # noqa: E402
from rules.catalogue import Catalogue  # noqa: E402
from rules.policy.fields import OTHER, RECORDS, SETTINGS  # noqa: E402

LONG = 90_000


def settled(qtbot, desk):
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)


@pytest.fixture
def own(desk, qtbot):
    """A desk whose policy is the user's own file."""
    path = desk.folder / "policy.toml"
    shutil.copy(sample.POLICY, path)
    desk.keep(__import__("msgspec").structs.replace(desk.preferences, policy=str(path), name="Ann, DPO"))
    form = desk.window.policy.form
    qtbot.waitUntil(lambda: "allowed_countries" in form._settings, timeout=LONG)
    return desk


@pytest.mark.parametrize("name", sorted([*SETTINGS, *OTHER]))
def test_each_setting_has_a_form_that_gives_back_what_it_was_given(qtbot, name, tmp_path):
    given = settings_of(sample.POLICY).get(name)
    editor = editor_of(name, given, "label")
    widget = editor.widget()
    assert isinstance(widget, QWidget)
    qtbot.addWidget(widget)
    value = editor.value()
    if name == "tag_map":
        from app.desktop.pages.records import tag_map

        value = tag_map(value)
    if given is None:
        assert value is None
        return
    path = tmp_path / "policy.toml"
    save(path, {name: value}, Catalogue.load(), date(2026, 11, 20))
    assert settings_of(path)[name] == given


def test_severities_of_rules_are_chosen_from_lists(qtbot):
    rules = {"SIT-RET-003": "Disks that nobody uses"}
    editor = editor_of("severities", {"SIT-RET-003": "high"}, "label", rules)
    form = editor.widget()
    qtbot.addWidget(form)
    table = form.table
    assert [table.item(0, n).text() for n in (0, 1)] == ["SIT-RET-003 · Disks that nobody uses", "High"]
    assert editor.value() == {"SIT-RET-003": "high"}
    assert form.none.isHidden()  # there is nothing to decide: each rule says how grave its failures are
    table.item(0, 1).setText("To assess")
    form._add()
    assert editor.value() == {"SIT-RET-003": "info"}  # a line that is not filled in says nothing yet
    table.item(1, 0).setText("SIT-KEY-001")
    table.item(1, 1).setText("Low")
    assert editor.value() == {"SIT-RET-003": "info", "SIT-KEY-001": "low"}
    table.removeRow(0)
    table.removeRow(0)
    assert editor.value() is None


def test_a_severity_of_a_rule_that_does_not_exist_is_a_sentence_beside_the_form(qtbot, own):
    page = own.window.policy
    before = own.policy.path().read_bytes()
    own.window.show_policy("severities")
    form = page.form.editor.widget()
    form.add_entry({"rule": "SIT-RES-0001", "severity": "low"})
    qtbot.mouseClick(page.form.show_difference, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.form.wrong.text()), timeout=LONG)
    assert "SIT-RES-0001" in page.form.wrong.text()
    assert "Did you mean" in page.form.wrong.text()
    assert page.form.wrong.isVisibleTo(page.form)
    assert not page.form.save.isEnabled()
    assert own.policy.path().read_bytes() == before
    assert own.box is None


@pytest.mark.parametrize("language", ["en", "de"])
def test_cells_show_words_and_give_back_codes(qtbot, language):
    entry = {"id": "T-1", "importer": "X", "country": "US", "tool": "scc", "tia_result": "measures_needed"}
    entry |= {"data_classes": ["special_category", "personal"], "scope_confirmed": True}
    with texts.speaking(language):
        form = Records("Register", RECORDS["TransferEntry"], [entry])
        qtbot.addWidget(form)
        shown = [form.table.item(0, n).text() for n in range(form.table.columnCount())]
        assert form.value() == [entry]
    for code in ("scc", "special_category", "measures_needed", "true"):
        assert code not in " ".join(shown).split()
    assert any("Standardvertragsklauseln" in text for text in shown) is (language == "de")


def test_an_answer_is_saved_judged_by_noted_and_undone_in_the_file_by_hand(qtbot, own):
    window, page = own.window, own.window.policy
    before = window.snapshot.judgement
    window.show_policy("allowed_countries")
    editor = page.form.editor
    assert editor.groups["EEA"].isChecked()
    kept = own.policy.path().read_bytes()
    failing = {(f.rule, f.subject, f.flow): f for f in window.snapshot.findings if f.verdict == "fail"}
    qtbot.keyClicks(editor.more, ", in")
    assert not page.form.save.isEnabled()  # first what it changes, then saving
    qtbot.waitUntil(page.form.save.isEnabled, timeout=LONG)
    told = page.form.preview.toPlainText()
    assert "Nothing is stored yet" in told
    assert own.policy.path().read_bytes() == kept
    assert window.snapshot.judgement == before
    qtbot.mouseClick(page.form.save, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert own.box is None
    assert "IN" in settings_of(own.policy.path())["allowed_countries"]
    assert window.snapshot.judgement > before
    assert "India" in next(r.value for r in window.snapshot.policy if r.name == "allowed_countries")
    left = {(f.rule, f.subject, f.flow) for f in window.snapshot.findings if f.verdict == "fail"}
    solved = [f for key, f in failing.items() if key not in left]
    assert solved
    for finding in solved:  # what was told before is what came
        assert f"{finding.title} · {finding.name}" in told
    assert window.snapshot.record.lines[0].kind == "policy"
    assert any("IN" in line for line in window.snapshot.record.lines[0].detail)


def test_a_wrong_answer_is_a_sentence_beside_the_form_and_changes_nothing(qtbot, own):
    page = own.window.policy
    before = own.policy.path().read_bytes()
    own.window.show_policy("allowed_countries")
    page.form.editor.more.setText("XX")
    qtbot.waitUntil(lambda: bool(page.form.wrong.text()), timeout=LONG)
    assert not page.form.save.isEnabled()
    assert "XX" in page.form.wrong.text()
    assert page.form.wrong.isVisibleTo(page.form)
    assert own.policy.path().read_bytes() == before
    assert own.box is None


def test_lines_of_classification_say_what_they_catch(qtbot, own):
    window, form = own.window, own.window.policy.form
    bare = window.snapshot.assets[5]
    window.go(window.inventory)
    assert window.inventory.go_to(lambda r: r.uid == bare.uid)
    qtbot.mouseClick(window.inventory.classify, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.policy
    lines = form.editor.value()
    assert lines[-1]["uid"] == bare.uid
    qtbot.waitUntil(lambda: form._found is not None and len(form._found.counts) == len(lines), timeout=LONG)
    assert form._found.assets > 400
    own.window.policy.show_settings(dict(own.policy._settings), editable=True)  # read again, and the same
    assert form.editor.value() == lines
    form.editor.table.selectRow(0)
    assert "catches" in form.caught.toPlainText()


def test_the_first_policy_is_made_where_there_was_none(qtbot, empty_desk):
    window, form = empty_desk.window, empty_desk.window.policy.form
    assert window.policy.model.rowCount() > 30
    window.show_policy("zero_retention_required")
    form.editor.box.setCurrentIndex(1)
    qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
    settled(qtbot, empty_desk)
    assert settings_of(empty_desk.folder / "policy.toml") == {"zero_retention_required": True}
    assert load_preferences(empty_desk.folder).policy == str(empty_desk.folder / "policy.toml")


def test_the_policy_of_the_sample_cannot_be_changed(qtbot, empty_desk, judged):
    empty_desk.load(judged)
    settled(qtbot, empty_desk)
    form = empty_desk.window.policy.form
    qtbot.waitUntil(lambda: "allowed_countries" in form._settings, timeout=LONG)
    empty_desk.window.show_policy("allowed_countries")
    assert not form.editor.isEnabled()
    assert "cannot be changed" in form.sheet.toPlainText()


def test_leaving_a_question_undecided_is_shown_before_it_is_stored(qtbot, own):
    window, form = own.window, own.window.policy.form
    window.show_policy("allowed_countries")
    qtbot.mouseClick(form.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(form.save.isEnabled, timeout=LONG)
    assert "not checked" in form.preview.toPlainText()  # a decision that is missing is never a pass
    assert "allowed_countries" in settings_of(own.policy.path())
    form.editor.more.setText("CH")  # another answer: the difference that was shown is not its own
    assert not form.save.isEnabled()
    assert form.preview.isHidden()
    window.go(window.overview)
    own.policy.stop()


def test_a_large_estate_is_compared_when_it_is_asked_for(qtbot, own):
    from dataclasses import replace

    window, form = own.window, own.window.policy.form
    window.show_snapshot(replace(window.snapshot, all_assets=2_000_000))
    window.show_policy("allowed_countries")
    form.editor.more.setText("CH")
    assert not form._think.isActive()
    assert form.show_difference.isEnabled()
    with qtbot.waitSignal(form.supposed) as asked:
        qtbot.mouseClick(form.show_difference, Qt.MouseButton.LeftButton)
    assert asked.args[0] == "allowed_countries"
    assert "CH" in asked.args[1]
    own.policy.stop()


def test_an_answer_that_comes_after_the_end_changes_nothing(qtbot, own):
    window, form = own.window, own.window.policy.form
    window.show_policy("allowed_countries")
    form.editor.more.setText("XX")
    form._suppose()
    own.policy.stop()  # as the window does when it goes
    assert QThreadPool.globalInstance().waitForDone(LONG)
    QApplication.processEvents()
    assert form.wrong.text() == ""


def test_a_word_that_the_list_does_not_offer_stays_when_its_cell_is_left(qtbot):
    entry = {"id": "P-1", "provider": "ovhcloud"}
    form = Records("Processors", {"id": "text!", "provider": "provider"}, [entry])
    qtbot.addWidget(form)
    index, delegate = form.table.model().index(0, 1), form.table.itemDelegate()
    box = delegate.createEditor(form.table, QStyleOptionViewItem(), index)
    delegate.setEditorData(box, index)
    delegate.setModelData(box, form.table.model(), index)
    assert form.value() == [entry]
