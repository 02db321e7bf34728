"""Every page in both languages at 100, 150 and 200 % text: nothing cut, nothing over something else, no page wider than
the window, and signs that grow with the words beside them."""

from itertools import combinations

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QRect, Qt  # noqa: E402
from PySide6.QtGui import QColor, QImage  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QSplitterHandle,
    QStackedWidget,
    QTabBar,
    QTableView,
    QTabWidget,
    QWidget,
)

from app import texts  # noqa: E402
from app.desktop import theme  # noqa: E402
from app.desktop.pages.counts import Count  # noqa: E402
from app.desktop.pages.page import plain_label  # noqa: E402
from app.desktop.pages.sheet import Sheet  # noqa: E402
from app.desktop.pages.tick import Tick  # noqa: E402
from app.desktop.pages.wrapped import WrappedButton  # noqa: E402
from app.desktop.room import Room  # noqa: E402
from app.desktop.scope import Scope  # noqa: E402
from app.desktop.window import Window  # noqa: E402

OWN = (QAbstractScrollArea, QComboBox, QAbstractSpinBox, QLineEdit, QTabBar, QMenu)
"""Their insides are Qt's."""


def parts(widget: QWidget):
    """What is shown in a widget, but the insides of Qt's own."""
    for one in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not one.isVisible() or isinstance(one, QMenu) or one.isWindow():
            continue
        yield one
        if not isinstance(one, OWN):
            yield from parts(one)
        elif isinstance(one, QAbstractScrollArea) and getattr(one, "widget", lambda: None)():
            yield one.widget()
            yield from parts(one.widget())


def cut(widget: QWidget):
    """What of this widget's own words is cut, or None."""
    if isinstance(widget, Scope) or (isinstance(widget, QLabel | QAbstractButton) and not widget.text()):
        return None
    if isinstance(widget, Tick | QLabel) and (widget.hasHeightForWidth() or getattr(widget, "wordWrap", bool)()):
        needed, there = widget.heightForWidth(widget.width()), widget.height()
        return f"{there} px high, needs {needed}" if there < needed - 1 else None
    if isinstance(widget, WrappedButton):
        needed = widget.heightForWidth(widget.width())
        return f"{widget.height()} px high, needs {needed}" if widget.height() < needed else None
    if isinstance(widget, QLabel | QAbstractButton):
        hint = widget.sizeHint() if isinstance(widget, QLabel | Count) else widget.minimumSizeHint()
        if widget.width() < hint.width() and not widget.toolTip():
            return f"{widget.width()} px wide, needs {hint.width()}"
        if widget.height() < min(hint.height(), widget.fontMetrics().height()):
            return f"{widget.height()} px high, needs {hint.height()}"
    if isinstance(widget, QLineEdit | QComboBox) and widget.height() < widget.fontMetrics().height():
        return f"{widget.height()} px high"
    return None


def short_headings(table: QTableView):
    """Headings of columns that are narrower than their words."""
    header = table.horizontalHeader()
    model, metrics = table.model(), header.fontMetrics()
    for n in range(model.columnCount()):
        text = str(model.headerData(n, Qt.Orientation.Horizontal))
        if not header.isSectionHidden(n) and header.sectionSize(n) < metrics.horizontalAdvance(text) + 8:
            yield text


def over_each_other(widget: QWidget):
    """Pairs of widgets of one parent that lie over each other."""
    if isinstance(widget, (*OWN, QStackedWidget, QTabWidget)):
        return
    shown = [
        one
        for one in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if one.isVisible() and not one.isWindow() and not isinstance(one, QSplitterHandle | QHeaderView)
    ]
    for one, other in combinations(shown, 2):
        common: QRect = one.geometry() & other.geometry()
        if common.width() > 1 and common.height() > 1:
            yield one, other


def told(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return f"{type(widget).__name__} {text() if callable(text) else widget.accessibleName()!r}"[:80]


def faults(window: Window):
    """Everything that is wrong on the page that is shown."""
    page, room = window.stack.currentWidget(), window.findChild(Room)
    if window.stack.width() > room.maximumViewportSize().width():
        yield f"the page is {window.stack.width()} wide, its room {room.maximumViewportSize().width()}"
    for one in (page, *parts(page)):
        if (why := cut(one)) is not None:
            yield f"{told(one)}: {why}"
        if isinstance(one, QTableView):
            yield from (f"heading {text!r} of {one.accessibleName()} is cut" for text in short_headings(one))
        yield from (f"{told(a)} lies over {told(b)}" for a, b in over_each_other(one))


_loaded: dict[str, object] = {}


@pytest.fixture
def opened(qtbot, qapp, judged):
    """Opens the window in a language and size of text; all is as before afterwards."""
    from app.desktop.load import load_snapshot

    def opened(language: str, percent: int, width: int, height: int) -> Window:
        texts.use(language)
        if language not in _loaded:
            _loaded[language] = load_snapshot(judged)
        window = Window(theme.apply(qapp, theme.LIGHT, percent))
        qtbot.addWidget(window)
        window.resize(width, height)
        window.show_snapshot(_loaded[language])
        window.show()
        assert (window.width(), window.height()) == (width, height)
        return window

    yield opened
    texts.use("en")
    theme.apply(qapp, theme.LIGHT)


@pytest.mark.parametrize(
    ("language", "percent", "width", "height"),
    [
        ("de", 100, 960, 520),
        ("en", 100, 1280, 800),
        ("de", 150, 1280, 800),
        ("en", 150, 960, 520),
        ("de", 200, 960, 520),
        ("en", 200, 1280, 800),
    ],
)
def test_nothing_is_cut_or_over_something_else(opened, language, percent, width, height):
    window = opened(language, percent, width, height)
    found = []
    for page in window.pages:
        window.go(page)
        table = getattr(page, "table", None)
        if table is not None and table.model().rowCount():
            table.selectRow(0)
        tabs = page.findChild(QTabWidget)
        for number in range(tabs.count() if tabs is not None else 1):
            if tabs is not None:
                tabs.setCurrentIndex(number)
            QApplication.processEvents()
            found += [f"{page.title}: {fault}" for fault in faults(window)]
    assert found == []


def test_this_would_find_what_is_cut_and_what_is_covered(qtbot, qapp):
    """The checks above can fail."""
    theme.apply(qapp, theme.LIGHT)
    ground = QWidget()
    qtbot.addWidget(ground)
    first, second, wrapping = (
        plain_label("a long text that needs room"),
        plain_label("b"),
        plain_label("many words " * 9),
    )
    wrapping.setWordWrap(True)
    for number, one in enumerate((first, second, wrapping)):
        one.setParent(ground)
        one.setGeometry(number * 30, 0, 40, 20)
    ground.show()
    assert cut(first)
    assert not cut(second)
    assert cut(wrapping)
    assert len(list(over_each_other(ground))) == 2


def test_a_hint_beside_a_table_wraps_and_is_whole(qtbot, qapp):
    theme.apply(qapp, theme.LIGHT)
    sheet = Sheet(theme.LIGHT, "Details", "Wählen Sie eine Zeile, um sie ganz zu sehen.")
    qtbot.addWidget(sheet)
    sheet.resize(170, 200)
    sheet.show()
    picture = sheet.viewport().grab().toImage()
    line = sheet.fontMetrics().height()
    ground = picture.pixel(2, 2)

    def dark(top: int, bottom: int) -> bool:
        return any(picture.pixel(x, y) != ground for x in range(8, 160) for y in range(top, bottom))

    assert dark(8, 8 + line)
    assert dark(8 + line, 8 + 2 * line)
    sheet.say("There is something now.")
    sheet.clear()
    assert dark(8, 8 + line)


def extent(picture: QImage, colour: QColor) -> tuple[int, int]:
    """Width and height of what is drawn in this colour."""
    there = [
        (x, y) for x in range(picture.width()) for y in range(picture.height()) if picture.pixelColor(x, y) == colour
    ]
    across, down = [x for x, _ in there], [y for _, y in there]
    return max(across) - min(across) + 1, max(down) - min(down) + 1


def signs(window: Window) -> dict[str, tuple[int, int]]:
    """How large signs are drawn: beside a verdict in a table, on a chip, in the list of pages."""
    window.go(window.findings)
    table = window.findings.table
    QApplication.processEvents()
    fail, ratio = QColor(theme.LIGHT.fail), window.devicePixelRatioF()
    cell = table.viewport().grab(table.visualRect(table.model().index(0, 0))).toImage()
    chip = window.findings.verdicts["fail"]
    line = window.navigation.visualItemRect(window.navigation.item(3))
    return {
        "table": extent(cell, fail),
        "chip": extent(chip.grab().toImage(), fail),
        "pages": extent(
            window.navigation.viewport().grab(QRect(0, line.top(), 16 + line.height(), line.height())).toImage(),
            QColor(theme.LIGHT.quiet),
        ),
        "lens": (round(window.search.iconSize().width() * ratio), round(window.search.iconSize().height() * ratio)),
    }


def test_signs_are_twice_as_large_at_twice_the_text(opened):
    small, large = signs(opened("en", 100, 1280, 800)), signs(opened("en", 200, 1280, 800))
    for where, (wide, high) in small.items():
        assert large[where][0] >= 1.7 * wide, where
        assert large[where][1] >= 1.7 * high, where


def test_buttons_in_lines_outlive_other_buttons_in_lines(qtbot, qapp):
    """A part of a page that goes, as the first page's does with every judgement, takes nothing of the others along."""
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QPushButton, QVBoxLayout

    from app.desktop.pages.flowing import Columns, Flowing

    def some(count: int) -> QWidget:
        part, line, columns = QWidget(), Flowing(), Columns()
        for number in range(count):
            line.addWidget(QPushButton(f"button {number}"))
        for number in range(2):
            column = QVBoxLayout()
            column.addWidget(QPushButton(f"side {number}"))
            columns.add(column)
        lines = QVBoxLayout(part)
        lines.addLayout(line)
        lines.addLayout(columns)
        return part

    theme.apply(qapp, theme.LIGHT)
    ground = QWidget()
    qtbot.addWidget(ground)
    lines = QVBoxLayout(ground)
    lines.addWidget(some(6))
    ground.resize(600, 300)
    ground.show()
    for width in range(600, 200, -40):
        other = some(3)
        lines.addWidget(other)
        QApplication.processEvents()
        lines.removeWidget(other)
        other.deleteLater()
        del other
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        ground.resize(width, 300)
        QApplication.processEvents()
    buttons = [b for b in ground.findChildren(QPushButton) if b.text().startswith("button")]
    assert len(buttons) == 6
    assert len({b.y() for b in buttons}) > 1  # they went on in further lines
    assert not [pair for part in (ground, *parts(ground)) for pair in over_each_other(part)]
