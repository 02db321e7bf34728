"""What-if, rules of one's own, the register and the way of data: asked of child processes, shown, recorded."""

import shutil

import msgspec
import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtGui import QAccessible  # noqa: E402

from app import sample  # noqa: E402
from app.desktop.lineage import chain, in_words  # noqa: E402
from app.desktop.snapshot import FlowRow, Snapshot  # noqa: E402
from app.policyedit import settings_of  # noqa: E402

LONG = 90_000


def settled(qtbot, desk):
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)


@pytest.fixture
def own(desk, qtbot):
    """A desk whose policy is the user's own file."""
    path = desk.folder / "policy.toml"
    shutil.copy(sample.POLICY, path)
    desk.keep(msgspec.structs.replace(desk.preferences, policy=str(path), name="Ann, DPO"))
    qtbot.waitUntil(lambda: bool(desk.policy.setting("transfer_register")), timeout=LONG)
    return desk


def test_what_would_be_is_shown_and_nothing_is_stored(qtbot, own):
    page, before = own.window.whatif, own.window.snapshot.judgement
    own.window.go(page)
    assert not page.ask.isEnabled()
    page.allow.setText("us, in")
    assert page.words() == ["--allow", "US", "IN"]
    qtbot.mouseClick(page.ask, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert own.box is None
    assert page.model.rowCount() > 3
    assert {c.change for c in page.model.rows} <= {"new", "gone", "changed"}
    assert "would vanish" in page.answer.text()
    page.table.selectRow(0)
    assert page.detail.toPlainText()
    own.load(own.store)
    settled(qtbot, own)
    assert own.window.snapshot.judgement == before


def test_the_process_that_answered_stays_and_lists_more_when_asked(qtbot, own):
    page = own.window.whatif
    own.window.go(page)
    page.allow.setText("us, in")
    own.supposing.ask(page.words(), 2)
    settled(qtbot, own)
    assert page.model.rowCount() == 2
    assert not page.all.isHidden()
    assert "The first 2 are listed." in page.answer.text()
    standing = own.supposing._standing
    assert standing.running
    page._question = page.words()
    qtbot.mouseClick(page.all, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert page.model.rowCount() > 3
    assert page.all.isHidden()
    assert own.supposing._standing is standing
    own.judge()
    settled(qtbot, own)
    assert own.supposing._standing is None


def test_a_question_that_is_stopped_is_answered_when_asked_again(qtbot, own):
    page = own.window.whatif
    own.window.go(page)
    page.allow.setText("us")
    qtbot.mouseClick(page.ask, Qt.MouseButton.LeftButton)
    own.cancel()
    settled(qtbot, own)
    assert own.box is None
    qtbot.mouseClick(page.ask, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert page.model.rowCount() > 1


def test_a_question_that_cannot_be_asked_is_a_sentence(qtbot, own):
    page = own.window.whatif
    page.asset.setText("no such asset")
    page.region.setText("eu-central-1")
    qtbot.mouseClick(page.ask, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert "no such asset" in own.box.text()
    own.box.close()


def test_rules_are_read_and_lead_to_their_findings(qtbot, own):
    window, page = own.window, own.window.rules
    window.go(page)
    assert page.model.rowCount() >= 100
    worst = page.model.at(0)
    page.table.selectRow(0)
    said = page.detail.toPlainText()
    assert worst.law in said
    assert all(condition in said for condition in worst.conditions)
    qtbot.mouseClick(page.findings, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.findings
    found = [window.findings.model.at(n) for n in range(window.findings.model.rowCount())]
    assert sum(f.rule == worst.id and f.verdict == "fail" for f in found) == worst.fails


def test_own_rules_are_made_checked_and_tried(qtbot, own, tmp_path):
    page, folder = own.window.rules, tmp_path / "own rules ß"
    folder.mkdir()
    own.supposing.use_rules(str(folder))
    settled(qtbot, own)
    assert "no rule file" in page.detail.toPlainText()
    own.supposing.new("ACME-RES-001", str(folder))
    settled(qtbot, own)
    assert own.box is None
    assert list(folder.glob("*.yaml"))
    assert "One rule can be used." in page.detail.toPlainText()
    before = own.window.snapshot.judgement
    qtbot.mouseClick(page.attempt, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert "ACME-RES-001:" in page.detail.toPlainText()
    own.judge()
    settled(qtbot, own)
    assert own.window.snapshot.judgement > before
    assert any(r.id == "ACME-RES-001" and r.own for r in own.window.snapshot.rules)


def test_a_basis_is_recorded_in_the_register_and_the_transfer_is_covered(qtbot, own):
    window, page = own.window, own.window.flows
    window.go(page)
    bare = next(r for r in window.snapshot.flows if r.status == "uncovered" and r.target_codes and r.importer)
    assert page.go_to(lambda r: r.id == bare.id)
    page.edit.setChecked(True)
    assert page.tool.currentData() == "scc"
    assert page.country.text() == bare.target_codes[0]
    page.number.setText("SCC-2026-99")
    qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert own.box is None
    assert page.wrong.text() == ""
    entry = settings_of(own.policy.path())["transfer_register"][-1]
    assert (entry["id"], entry["assets"]) == ("SCC-2026-99", [bare.target_uid])
    now = next(r for r in window.snapshot.flows if r.id == bare.id)
    assert now.entry == "SCC-2026-99"
    assert now.status != "uncovered"
    assert window.snapshot.record.lines[0].kind == "policy"
    page.country.setText("XX")
    qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    settled(qtbot, own)
    assert "XX" in page.wrong.text()


def test_the_register_is_saved_and_taken_over(qtbot, own, tmp_path):
    out = tmp_path / "transfers.json"
    own.policy.export_register(str(out))
    settled(qtbot, own)
    assert own.box is None
    assert out.stat().st_size > 500
    own.policy.import_register(str(out))
    settled(qtbot, own)
    assert own.box is not None  # flows without an entry were left out: that is said here too
    assert "register_entry" in own.box.text()


def test_a_table_that_leaves_nothing_out_is_taken_over_in_silence_and_a_wrong_one_is_not(qtbot, own, tmp_path):
    table = tmp_path / "r.csv"
    line = "SCC-77;Annotata Labs Pvt Ltd;IN;scc;personal;888899990000\n"
    table.write_text("id;importer;country;tool;data_classes;accounts\n" + line, encoding="utf-8")
    own.policy.import_register(str(table))
    settled(qtbot, own)
    assert own.box is None
    assert settings_of(own.policy.path())["transfer_register"][-1]["id"] == "SCC-77"
    table.write_text("id;importer;country;tool\nSCC-78;Nobody;IN;scc\n", encoding="utf-8")
    own.policy.import_register(str(table))
    settled(qtbot, own)
    assert "SCC-78" in own.box.text()
    own.box.close()
    table.write_text("id;importer;country;tool\nSCC-79;Nobody;XX;scc\n", encoding="utf-8")
    own.policy.import_register(str(table))
    settled(qtbot, own)
    assert "XX" in own.box.text()


def flow(source, target, status="", **more):
    return FlowRow("k", source, target, more.get("a", "DE"), more.get("b", "DE"), "personal", "", status,
                   f"{source}{target}", source, target)  # fmt: skip


def test_the_way_of_data_is_followed_both_ways_and_never_in_a_circle(qtbot, own):
    flows = [
        flow("a", "b"),
        flow("b", "c", "uncovered", b="US"),
        flow("c", "d"),
        flow("d", "a"),
        flow("x", "c"),
        flow("z", "b"),
    ]
    ways = Snapshot("", "", flows=tuple(flows)).ways
    assert [f.id for f in chain(ways, flows[1])] == ["da", "ab", "bc"]
    assert [f.id for f in chain(ways, flows[4])] == ["xc", "cd", "da", "ab"]
    assert "c (US)" in in_words(chain(ways, flows[1]))
    page = own.window.flows
    own.window.go(page)
    page.table.selectRow(0)
    assert page.way.accessibleDescription()
    assert QAccessible.queryAccessibleInterface(page.way).text(QAccessible.Text.Name)
    assert not page.way.grab().isNull()
