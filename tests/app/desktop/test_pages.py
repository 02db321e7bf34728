"""Pages one by one: names for screen readers, German, the map, the palette, help, policy, settings."""

import ast
import dataclasses
import gettext
import re
import tomllib
from pathlib import Path

import msgspec
import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QPoint, QSize, Qt  # noqa: E402
from PySide6.QtGui import QAccessible, QColor  # noqa: E402
from PySide6.QtWidgets import QAbstractButton, QLabel, QTextBrowser, QWidget  # noqa: E402

from app import texts  # noqa: E402
from app.desktop import theme  # noqa: E402
from app.desktop.load import load_snapshot  # noqa: E402
from app.desktop.pages import (  # noqa: E402
    connections,
    decision,
    decisionform,
    findings,
    log,
    overview,
    policyform,
    records,
    reports,
    scans,
    scheduledialog,
    schedules,
    settings,
    whatif,
)
from app.desktop.window import Window  # noqa: E402
from app.settings import Preferences, SettingsError, load_preferences, save_preferences  # noqa: E402
from resources import ROOT  # noqa: E402

SOURCES = sorted((Path(findings.__file__).parents[1]).rglob("*.py"))
GERMAN = ROOT / "translations" / "de" / "LC_MESSAGES"


@pytest.fixture
def full(qtbot, qapp, snapshot):
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    window.show_snapshot(snapshot)
    window.show()
    return window


@pytest.fixture
def german(qtbot, qapp, judged):
    texts.use("de")
    try:
        window = Window(theme.apply(qapp, theme.DARK))
        qtbot.addWidget(window)
        window.show_snapshot(load_snapshot(judged))
        window.show()
        yield window
    finally:
        texts.use("en")


def on_each_page(window):
    for number, page in enumerate(window.pages):
        window.navigation.setCurrentRow(number)
        for widget in page.findChildren(QWidget):
            if widget.isVisible():
                yield page, widget


def test_everything_on_every_page_that_takes_the_focus_has_a_name(full):
    seen = 0
    for page, widget in on_each_page(full):
        inner = widget.objectName().startswith("qt_") or "Header" in type(widget).__name__
        if inner or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        seen += 1
        assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name), (page.title, widget)
    assert seen > 50


def test_every_page_is_filled_by_the_sample_estate(full):
    for page in (full.findings, full.flows, full.places, full.inventory, full.unseen, full.scans, full.policy):
        assert page.model.rowCount() > 0, page.title
    assert full.sample.isVisible()


_CONNECTIONS = (
    connections._STATES,
    connections._WORDS,
    connections._WAYS,
    connections._KEYS,
    records._HEADINGS,
    dict(enumerate(policyform._LEVELS)),
    dict(reports._KINDS),
    schedules._STATES,
    dict(scheduledialog._DAYS),
    dict(scheduledialog._EVERY),
    whatif._CHANGES,
    whatif._VERDICTS,
)


def test_german_is_complete_for_the_window():
    known = set()
    for name in ("situs", "report", "unattended", "operations"):
        with (GERMAN / f"{name}.mo").open("rb") as file:
            known |= {k[0] if isinstance(k, tuple) else k for k in gettext.GNUTranslations(file)._catalog}
    wanted = set()
    for path in SOURCES:
        if path.name == "selftest.py":
            continue  # speaks on a terminal, in English
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("tr", "trn"):
                wanted |= {a.value for a in call.args[:1] if isinstance(a, ast.Constant)}
    for table in (
        findings._WORDS,
        findings._FAMILIES,
        scans._STATES,
        scans._CHANGES,
        scans._BECAUSE,
        log._KINDS,
        decisionform._HINTS,
    ):
        wanted |= set(table.values())
    for pairs in (
        findings._VERDICTS,
        settings._LANGUAGES,
        settings._LOOKS,
        settings._SIZES,
        overview._VERDICTS,
        decision._KINDS,
        findings._WORK,
    ):
        wanted |= {text for _, text in pairs}
    assert len(wanted) > 250
    assert sorted(wanted - known - {""}) == []


def test_the_compiled_german_is_that_of_its_source():
    with (GERMAN / "situs.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    flat = {(k if isinstance(k, tuple) else (k, None)): v for k, v in compiled.items() if k}
    assert {text for text in flat.values() if text} == set(_translations(GERMAN / "situs.po"))


def _translations(path):
    found = re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\n)+)', path.read_text(encoding="utf-8"), re.MULTILINE)
    said = ["".join(ast.literal_eval(line) for line in text.splitlines()) for text in found]
    return [text for text in said if text and not text.startswith("Content-Type")]


def test_no_german_text_is_cut(german):
    assert german.findings.title == "Befunde"
    checked = 0
    for page, widget in on_each_page(german):
        if not isinstance(widget, QAbstractButton | QLabel) or not widget.text():
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            continue
        checked += 1
        assert widget.width() >= widget.sizeHint().width(), (page.title, widget.text())
    assert checked > 60
    metrics = german.navigation.fontMetrics()
    for page in german.pages:
        assert metrics.horizontalAdvance(page.title) + 40 <= german.navigation.width()


def test_the_map_draws_land_discs_and_arcs_and_layers_switch(qtbot, full):
    full.go(full.places)
    drawn = full.places.map
    qtbot.waitUntil(lambda: drawn._shapes is not None, timeout=30_000)
    whole = drawn.grab().toImage()
    colours = {
        whole.pixelColor(QPoint(x, y)).name() for x in range(0, whole.width(), 5) for y in range(0, whole.height(), 5)
    }
    assert {QColor(theme.LIGHT.sea).name(), QColor(theme.LIGHT.land).name()} <= colours
    assert len(drawn._spots) > 2
    boxes = [s.box for s in drawn._spots]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    for button in full.places.layers.values():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert drawn.grab().toImage() != whole
    assert drawn._spots == []
    assert full.places.model.rowCount() > 0


def test_a_click_on_the_map_chooses_the_row_and_leads_to_the_findings(qtbot, full):
    full.go(full.places)
    drawn = full.places.map
    qtbot.waitUntil(lambda: drawn._shapes is not None, timeout=30_000)
    drawn.grab()
    spot = next(s for s in drawn._spots if s.total("failing"))
    qtbot.mouseClick(drawn, Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())
    assert full.places.table.currentIndex().row() == list(full.places.model.rows).index(spot.rows[0])
    row = max(full.places.model.rows, key=lambda r: r.failing)
    full.places.table.selectRow(full.places.model.find(lambda r: r is row))
    qtbot.mouseClick(full.places.findings, Qt.MouseButton.LeftButton)
    assert full.stack.currentWidget() is full.findings
    assert full.findings.model.rowCount() > 0


def test_a_place_narrows_the_other_pages_until_it_is_given_up(qtbot, full):
    full.go(full.places)
    drawn = full.places.map
    qtbot.waitUntil(lambda: drawn._shapes is not None, timeout=30_000)
    drawn.grab()
    pages = (full.findings, full.flows, full.inventory)
    full.findings.show_all()
    full.flows.only.setChecked(False)
    whole = [page.model.rowCount() for page in pages]
    spot = next(s for s in drawn._spots if "Dublin" in s.rows[0].name)
    qtbot.mouseClick(drawn, Qt.MouseButton.LeftButton, pos=spot.box.center().toPoint())
    names = {row.name for row in spot.rows}
    there = {a.uid for a in full.snapshot.assets if a.place in names}
    assert {r.uid for r in map(full.inventory.model.at, range(full.inventory.model.rowCount()))} == there
    flows = [full.flows.model.at(n) for n in range(full.flows.model.rowCount())]
    assert flows
    assert all({f.source_uid, f.target_uid} & there for f in flows)
    shown = [full.findings.model.at(n) for n in range(full.findings.model.rowCount())]
    assert shown
    ends = {f.id: {f.source_uid, f.target_uid} for f in full.snapshot.flows}
    assert all(r.subject in there or ends.get(r.flow, set()) & there for r in shown)
    assert "Dublin" in full.everywhere.text()
    full.show_snapshot(full.snapshot)  # judged again: the place stays chosen
    assert full.findings.model.rowCount() == len(shown)
    hidden = next(f for f in full.snapshot.findings if f not in shown)
    full._to_finding(hidden)  # whoever looks for one finding finds it
    assert full.findings.current() is hidden
    assert full.everywhere.isHidden()
    assert [page.model.rowCount() for page in pages] == whole
    full.go(full.places)
    full.places.table.selectRow(0)
    qtbot.keyClick(full.places.only, Qt.Key.Key_Space)
    assert full.inventory.model.rowCount() < whole[2]
    qtbot.mouseClick(full.everywhere, Qt.MouseButton.LeftButton)
    assert [page.model.rowCount() for page in pages] == whole


def test_the_map_does_not_invent_permission_where_nothing_was_decided(qtbot, full):
    from dataclasses import replace

    full.go(full.places)
    drawn = full.places.map
    qtbot.waitUntil(lambda: drawn._shapes is not None, timeout=30_000)
    full.show_snapshot(replace(full.snapshot, allowed=None))
    assert ("unknown", "not decided") in drawn._legend_items()
    picture = drawn.grab().toImage()
    tints = {
        picture.pixelColor(QPoint(x, y)).name()
        for x in range(0, picture.width(), 3)
        for y in range(0, picture.height(), 3)
    }
    assert QColor(theme.LIGHT.permitted).name() not in tints


def test_the_map_at_another_size_is_moved_at_once_and_drawn_anew_by_a_worker(qtbot, full, monkeypatch):
    import threading

    from app.desktop import map as places_map

    full.go(full.places)
    drawn = full.places.map
    qtbot.waitUntil(lambda: drawn._shapes is not None, timeout=30_000)
    drawn.grab()
    made, threads = places_map.drawn, []

    def by(ground, land):
        threads.append(threading.current_thread())
        return made(ground, land)

    monkeypatch.setattr(places_map, "drawn", by)
    before = drawn._land[0].size
    full.resize(full.size() + QSize(90, 40))
    qtbot.waitUntil(lambda: drawn._land[0].size == drawn.size() != before, timeout=30_000)
    assert threads
    assert threading.main_thread() not in threads
    told = drawn._land
    drawn._have_ground(dataclasses.replace(told[0], allowed=frozenset({"US"})), told[1].toImage(), "")
    assert drawn._land is told  # drawn for another policy, and late
    same = drawn.grab().toImage()
    drawn._land = None
    assert drawn.grab().toImage() == same


def test_the_palette_goes_does_and_finds(qtbot, full):
    done = []
    from app.desktop.palette import Entry

    full.entries = [Entry("Judge again", lambda: done.append(1)), Entry("Never", lambda: None, lambda: False)]
    qtbot.keyClick(full, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = next(w for w in full.children() if w.objectName() == "palette")
    qtbot.keyClicks(palette.line, "never")
    assert "Never" not in [palette.list.item(n).text() for n in range(palette.list.count())]
    palette.line.setText("judge ag")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert done == [1]
    asset = full.snapshot.assets[7]
    palette = full.open_palette()
    palette.line.setText(asset.uid)
    wanted = f"Asset: {asset.name}"
    row = next(n for n in range(palette.list.count()) if palette.list.item(n).text().startswith(wanted))
    for _ in range(row):
        qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert full.stack.currentWidget() is full.inventory
    assert full.inventory.model.row(full.inventory.table.currentIndex()) is asset


def test_the_palette_finds_what_a_filter_hides(full):
    hidden = next(f for f in full.snapshot.findings if f.verdict == "not_checked")
    palette = full.open_palette()
    palette._to_finding(hidden)
    palette.reject()
    assert full.findings.current() is hidden


@pytest.mark.parametrize("number", range(15))
def test_f1_opens_the_topic_of_the_page(qtbot, full, number):
    page = full.pages[number]
    full.go(page)
    qtbot.keyClick(full, Qt.Key.Key_F1)
    assert full.stack.currentWidget() is full.help
    chosen = full.help.topics.currentItem().data(Qt.ItemDataRole.UserRole)
    assert chosen == full.topic_of(page)
    assert len(full.help.text.toPlainText()) > 100


def test_the_handbook_is_searched_and_shows_no_markup_of_others(qtbot, full):
    full.go(full.help)
    qtbot.keyClicks(full.help.search, "kubectl")
    assert full.help.topics.count() == 1
    assert "kubectl" in full.help.text.toPlainText()
    full.help.search.setText("no such words anywhere")
    assert full.help.topics.count() == 0
    browsers = list(full.findChildren(QTextBrowser))
    assert browsers == [full.help.text]
    assert not full.help.text.openLinks()


def test_an_example_of_a_policy_can_be_read(full):
    dialog = full.policy.show_example()
    from PySide6.QtWidgets import QPlainTextEdit

    text = dialog.findChild(QPlainTextEdit).toPlainText()
    assert "allowed_countries" in tomllib.loads(text)
    dialog.reject()


def test_policy_tells_decisions_and_defaults_apart(full):
    states = {r.name: r for r in full.policy.model.rows}
    assert states["allowed_countries"].value
    assert states["allowed_countries"].decision
    assert not states["key_rotation_days"].decision
    needed = [r for r in full.policy.model.rows if r.decision and not r.value]
    assert full.policy.model.row(full.policy.model.index(0, 0)) in needed


def test_a_cut_inventory_says_so(full):
    from dataclasses import replace

    full.show_snapshot(replace(full.snapshot, all_assets=2_000_000, all_findings=500_000))
    assert "first" in full.inventory.sentence.text()
    assert "2\u202f000\u202f000" in full.inventory.sentence.text()
    assert "gravest" in full.findings.sentence.text()


def test_settings_come_back_as_they_were_saved(qtbot, tmp_path):
    kept = Preferences('C:\\Users\\Ann "A"\\policy.toml', "2026-11-20", "Ann\u007f Example\nDPO", "de", "dark", "D:\\r")
    save_preferences(tmp_path, kept)
    assert load_preferences(tmp_path) == kept
    assert load_preferences(tmp_path / "none") == Preferences()


@pytest.mark.parametrize(
    "body", [b"policy = 3\n", b"policy = \xff\n", b"policy = [", b'policy = "' + b"x" * 70_000 + b'"']
)
def test_wrong_settings_are_a_sentence(tmp_path, body):
    (tmp_path / "settings.toml").write_bytes(body)
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load_preferences(tmp_path)


def test_settings_page_gives_what_was_chosen(qtbot, full):
    page = full.settings
    full.go(page)
    page.policy.setText("/p.toml")
    page.today.setChecked(False)
    page.person.setText("Ann")
    page.language.setCurrentIndex(page.language.findData("de"))
    with qtbot.waitSignal(page.saved) as told:
        qtbot.mouseClick(page.save, Qt.MouseButton.LeftButton)
    chosen = told.args[0]
    assert (chosen.policy, chosen.name, chosen.language) == ("/p.toml", "Ann", "de")
    assert len(chosen.as_of) == 10


def test_saving_settings_keeps_what_the_form_does_not_show(qtbot):
    page = settings.SettingsPage(theme.LIGHT)
    qtbot.addWidget(page)
    kept = Preferences(updates="https://example.org/situs.json", keep_days=730, packs="/rules", logo="/logo.png")
    page.show_preferences(kept, "")
    assert page.chosen() == msgspec.structs.replace(kept, text_size=100)
