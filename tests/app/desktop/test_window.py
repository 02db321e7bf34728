"""The window: every page in its empty and full state, by keyboard, with nothing of the clouds becoming markup."""

from datetime import date

import msgspec
import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtGui import QAccessible, QColor  # noqa: E402
from PySide6.QtWidgets import QLabel  # noqa: E402

from app.desktop import theme  # noqa: E402
from app.desktop.pages.listing import Listing  # noqa: E402
from app.desktop.snapshot import (  # noqa: E402
    Arc,
    AssetRow,
    CoverageRow,
    DecisionMade,
    FindingRow,
    FlowRow,
    PlaceRow,
    PolicyRow,
    ScanRow,
    Snapshot,
)
from app.desktop.window import Window  # noqa: E402

EVIL = '<img src="file:///etc/passwd"><b>bold</b> =1+1 \u202egnp'
FINDING = FindingRow(
    "SIT-RES-001", "Personal data is stored abroad", "critical", "fail", "arn:aws:s3:::b", EVIL, "storage bucket",
    "aws", "111122223333", "Oregon, United States", "GDPR Art. 44", EVIL, "", "It matters.", "Move it.",
)  # fmt: skip
FULL = Snapshot(
    scope="Scan of 20 November 2026",
    sentence="One flow leaves the EEA.",
    facts=("Two assets.",),
    decisions=("In which countries may data be kept?",),
    findings=(
        FINDING,
        msgspec.structs.replace(FINDING, verdict="not_checked", severity="low", rule="SIT-KEY-001", name="other"),
    ),
    assets=(AssetRow("uid", "scans", "storage bucket", "aws", "1", "Frankfurt", "personal", "customer"),),
    flows=(FlowRow("replication", "a", "b", "Germany", "India", "personal", "none", "uncovered"),),
    coverage=(CoverageRow("import:x", "aws", "1", "eu-west-1", "sagemaker", "training job", "not_exported", "export"),),
    counts={"fail": 1, "not_checked": 1, "pass": 5},
    scan=2,
    judgement=2,
    as_of="2026-11-20",
    all_findings=2,
    all_assets=1,
    history=(DecisionMade("ACC-0001", "SIT-RES-001", "arn:aws:s3:::b", EVIL, "Ann", date(2027, 1, 1), "1 May 2026"),),
    places=(
        PlaceRow(EVIL, "Germany", "eea", 3, 1, 8, 0, 2, 1, ("DE",), 8.7, 50.1),
        PlaceRow("any", "", "unknown", 1, 0, 0, 1, 0, 0),
    ),
    arcs=(Arc("DE", "IN", 2, True),),
    allowed=frozenset({"DE"}),
    policy=(
        PolicyRow("accounts", "Who?", "", True, 3, ("SIT-RES-001",)),
        PolicyRow("key_rotation_days", "Days", "365", False),
    ),
    scans=(
        ScanRow(2, "20 November 2026", "complete", 5, 1, 1, 0, 0, "import:a", 2),
        ScanRow(1, "20 October 2026", "partial", 5, 5, 0, 0, 0, "import:a", 1),
    ),
)


@pytest.fixture(params=["light", "dark"])
def window(request, qtbot, qapp):
    chosen = theme.apply(qapp, theme.LIGHT if request.param == "light" else theme.DARK)
    made = Window(chosen)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_page_says_something_when_empty(window):
    for number, page in enumerate(window.pages):
        window.navigation.setCurrentRow(number)
        assert window.stack.currentWidget() is page
        assert page.sentence.text()


def test_every_page_shows_the_snapshot(window):
    window.show_snapshot(FULL)
    assert window.scope.text() == FULL.scope
    assert "One flow leaves" in window.overview.sentence.text()
    counts = {page.title: page.model.rowCount() for page in window.pages if isinstance(page, Listing)}
    shown = {"Findings": 1, "Data flows": 1, "Inventory": 1, "Not seen": 1, "Policy": 2}
    assert counts == {**shown, "Decisions": 0, "Connections": 0, "Rules": 0}
    assert window.findings.verdicts["not_checked"].text().strip() == "Not checked 1"


def test_pages_are_shown_one_after_the_other_and_the_one_that_is_turned_to_first(window, qtbot):
    shown, ends = [], []
    for page in window.pages:
        page.show_snapshot = lambda snapshot, page=page: shown.append(page)
    window.show_soon(FULL, lambda: ends.append(len(shown)))
    assert shown == []  # nothing is done before the window goes on
    window.go(window.rules)
    assert shown == [window.rules]
    qtbot.waitUntil(lambda: bool(ends), timeout=20_000)
    assert shown[1] is window.overview
    assert len(shown) == len(set(shown)) == len(window.pages)
    assert ends == [len(window.pages)]


def test_what_is_shown_later_replaces_what_was_begun(window, qtbot):
    ends = []
    window.show_soon(FULL, lambda: ends.append("first"))
    window.show_soon(None, lambda: ends.append("second"))
    qtbot.waitUntil(lambda: bool(ends), timeout=20_000)
    assert ends == ["second"]
    assert window.inventory.model.rowCount() == 0


def test_showing_nothing_again_empties_the_tables(window):
    window.show_snapshot(FULL)
    window.show_snapshot(None)
    full = {page.title for page in window.pages if isinstance(page, Listing) and page.model.rowCount()}
    assert full == {"Policy"}  # its questions can be answered before anything was read


def test_what_comes_from_a_cloud_is_never_markup(window):
    window.show_snapshot(FULL)
    page = window.pages[1]
    page.table.selectRow(0)
    assert EVIL in page.panel.text.toPlainText()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in window.findChildren(QLabel) if label.text())
    tip = page.model.data(page.model.index(0, 3), Qt.ItemDataRole.ToolTipRole)
    assert "<" not in tip


def test_filter_keeps_matching_rows_only(window, qtbot):
    window.show_snapshot(FULL)
    window.navigation.setCurrentRow(1)
    page = window.findings
    page.show_all()
    qtbot.keyClicks(page.filter, "other")
    assert [page.model.row(page.model.index(n, 0)).name for n in range(page.model.rowCount())] == ["other"]


def test_severity_sorts_by_gravity_not_by_alphabet(window):
    window.show_snapshot(FULL)
    page = window.findings
    page.show_all()
    page.model.sort(1, Qt.SortOrder.AscendingOrder)
    assert [page.model.row(page.model.index(n, 0)).severity for n in range(2)] == ["critical", "low"]


def test_pages_change_by_keyboard(window, qtbot):
    for number in range(9):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.stack.currentIndex() == number


def test_rows_are_sentences_for_screen_readers(window):
    window.show_snapshot(FULL)
    model = window.pages[1].model
    sentence = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert "Verdict: Violation" in sentence
    assert "Rule: SIT-RES-001" in sentence


def test_everything_that_takes_the_focus_has_a_name(window):
    window.show_snapshot(FULL)
    for widget in window.findChildren(object):
        policy = getattr(widget, "focusPolicy", None)
        if policy is None or policy() == Qt.FocusPolicy.NoFocus or not widget.isVisibleTo(window):
            continue
        if (
            widget.objectName().startswith("qt_")
            or "Header" in type(widget).__name__
            or "Splitter" in type(widget).__name__
        ):
            continue
        face = QAccessible.queryAccessibleInterface(widget)
        assert face is None or face.text(QAccessible.Text.Name) or not widget.isEnabled(), widget


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK, theme.CONTRAST])
@pytest.mark.parametrize(
    "name", ["ink", "quiet", "accent", "fail", "not_checked", "accepted", "passed", "not_applicable"]
)
def test_text_stands_out_from_its_ground(colours, name):
    for ground in (colours.paper, colours.panel, colours.field, colours.selected):
        assert contrast(getattr(colours, name), ground) >= 4.5, (name, ground)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2.1."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(name: str) -> float:
    """Relative luminance by WCAG 2.1."""
    colour = QColor(name)
    parts = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_signs_of_verdicts_differ_in_shape(qapp):
    pictures = {
        v: theme.mark(v, theme.LIGHT).pixmap(16, 16).toImage().convertToFormat(_grey())
        for v in ("fail", "not_checked", "accepted", "pass", "none")
    }
    assert len({bytes(p.constBits()) for p in pictures.values()}) == 5


def _grey():
    from PySide6.QtGui import QImage

    return QImage.Format.Format_Alpha8
