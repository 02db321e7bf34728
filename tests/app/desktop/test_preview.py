"""The preview of a report in a window of its own: pages, zoom, keyboard, search, locked and broken files, memory."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QPoint, QPointF, Qt  # noqa: E402
from PySide6.QtGui import QColor, QDesktopServices, QWheelEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton  # noqa: E402

from app.desktop import pdf, theme  # noqa: E402
from app.desktop.pages.pdfdialog import PdfDialog  # noqa: E402

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
PAGES = 40
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def written(path: Path, pages: int = PAGES) -> Path:
    """Pages that say their number; the third has a red field in its lower right corner and lies across."""
    page = Canvas(str(path), pagesize=A4)
    for n in range(1, pages + 1):
        page.setPageSize(landscape(A4) if n == 3 else A4)
        page.drawString(100, 500, f"This is page {n}." + (" A bucket in Ohio." if n in (5, 31) else ""))
        if n == 3:
            page.setFillColorRGB(1, 0, 0)
            page.rect(A4[1] - 100, 0, 100, 100, fill=1, stroke=0)
        page.showPage()
    page.save()
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("pdf") / "Bericht ä 数据.pdf")


@pytest.fixture
def asked(monkeypatch):
    """Every address that the system was asked to show; it can, as long as `asked` does not hold "nobody"."""
    found = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: found.append(url.toLocalFile()) or "nobody" not in found
    )
    return found


@pytest.fixture
def show(qtbot, qapp):
    """Shows a file, and waits until it is there or the window says why not."""
    theme.apply(qapp, theme.LIGHT)

    def shown(path: Path, **more) -> PdfDialog:
        dialog = PdfDialog(path, theme.LIGHT, None, **more)
        qtbot.addWidget(dialog)
        dialog.resize(700, 800)
        first = dialog.message.text()
        dialog.show()
        qtbot.waitUntil(lambda: not dialog.message.isVisible() or dialog.message.text() != first, timeout=20_000)
        return dialog

    return shown


def drawn(qtbot, dialog: PdfDialog, pages=None) -> None:
    wanted = set(dialog.view.in_view() if pages is None else pages)
    qtbot.waitUntil(lambda: wanted <= set(dialog.view.kept), timeout=20_000)


def test_pages_are_drawn_as_they_are_and_only_those_in_view_are_kept(qtbot, show, many):
    dialog = show(many)
    assert dialog.windowTitle() == many.name
    assert (dialog.number.value(), dialog.number.maximum(), dialog.count.text()) == (1, PAGES, "of 40")
    drawn(qtbot, dialog)
    most = 0
    for n in range(PAGES):
        dialog.view.go_to(n)
        assert dialog.number.value() == n + 1
        drawn(qtbot, dialog)
        most = max(most, len(dialog.view.kept))
        assert len(dialog.view.kept) <= len(dialog.view.in_view()) + 2
    assert 1 <= most <= 6
    dialog.view.go_to(2)
    drawn(qtbot, dialog)
    picture = dialog.view.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    box = dialog.view._box(2)
    assert box.width() > box.height()
    inside = box.bottomRight() - QPointF(20, 20)
    assert picture.pixelColor((inside * ratio).toPoint()) == QColor(255, 0, 0)
    assert picture.pixelColor((box.topLeft() * ratio + QPointF(30, 30)).toPoint()) == QColor("white")


def test_nothing_waits_for_a_page_in_the_windows_thread(qtbot, show, many, monkeypatch):
    import threading

    threads = set()
    real = pdf.Pdf.picture
    monkeypatch.setattr(
        pdf.Pdf, "picture", lambda self, *a: threads.add(threading.current_thread().name) or real(self, *a)
    )
    dialog = show(many)
    drawn(qtbot, dialog)
    assert threads
    assert all(name.startswith("situs-pdf") for name in threads)


def test_by_keyboard_alone(qtbot, show, many):
    dialog = show(many)
    view = dialog.view
    qtbot.waitUntil(view.hasFocus)
    qtbot.keyClick(view, KEY.Key_End)
    assert dialog.number.value() == PAGES
    qtbot.keyClick(view, KEY.Key_Home)
    assert dialog.number.value() == 1
    qtbot.keyClick(view, KEY.Key_PageDown)
    below = view.verticalScrollBar().value()
    assert 0 < below <= view.viewport().height()
    qtbot.keyClick(view, KEY.Key_PageUp)
    assert view.verticalScrollBar().value() == 0
    qtbot.keyClick(view, KEY.Key_Down)
    assert 0 < view.verticalScrollBar().value() < below
    wide = dialog.size_now.text()
    qtbot.keyClick(view, KEY.Key_Plus, CTRL)
    larger = dialog.size_now.text()
    qtbot.keyClick(view, KEY.Key_Minus, CTRL)
    qtbot.keyClick(view, KEY.Key_Minus, CTRL)
    smaller = dialog.size_now.text()
    assert int(smaller.split()[0]) < int(wide.split()[0]) < int(larger.split()[0])
    qtbot.keyClick(view, KEY.Key_0, CTRL)
    assert dialog.size_now.text() == wide
    dialog.number.setFocus()
    dialog.number.selectAll()
    qtbot.keyClicks(dialog.number, "17")
    qtbot.keyClick(dialog.number, KEY.Key_Return)
    assert view.page == 16
    assert dialog.isVisible()
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert not dialog.isVisible()


def test_zoom_keeps_the_page_and_bounds_the_picture(qtbot, show, many):
    dialog = show(many)
    dialog.view.go_to(9)
    for _ in range(12):
        dialog.larger.click()
    assert dialog.size_now.text() == "400 %"
    assert dialog.number.value() == 10
    drawn(qtbot, dialog)
    assert dialog.view.horizontalScrollBar().maximum() > 0
    file = pdf.Pdf(many)
    assert pdf.worker().submit(file.open).result() is None
    picture = pdf.worker().submit(file.picture, 0, 500.0).result()
    assert picture.width() * picture.height() <= pdf.MOST_PIXELS * 1.01
    pdf.worker().submit(file.close).result()
    for _ in range(12):
        dialog.smaller.click()
    assert dialog.size_now.text() == "25 %"
    assert dialog.number.value() == 10
    assert dialog.view.horizontalScrollBar().maximum() == 0
    dialog.fit.click()
    assert dialog.number.value() == 10
    before = dialog.view._scale()
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        CTRL,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(dialog.view.viewport(), turn)
    assert dialog.view._scale() > before


def test_a_screen_of_twice_the_density_gets_twice_the_pixels(tmp_path, many):
    """The factor of a screen is set when a program starts."""
    program = f"""
from pathlib import Path
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.desktop import theme
from app.desktop.pages.pdfdialog import PdfDialog
dialog = PdfDialog(Path({str(many)!r}), theme.apply(app, theme.LIGHT), None)
dialog.show()
view = dialog.view
while view._pictures.get(0, (0,))[0] != round(view._scale() * view.devicePixelRatioF(), 4):
    app.processEvents()
print(view._pictures[0][1].width() / view._box(0).width())
dialog.reject()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "QT_SCALE_FACTOR": "2", "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert 1.99 < float(done.stdout) < 2.02


def test_text_is_found_marked_and_gone_through(qtbot, show, many):
    dialog = show(many)
    dialog.view.go_to(9)
    qtbot.keyClick(dialog.view, KEY.Key_F, CTRL)
    qtbot.waitUntil(dialog.wanted.hasFocus)
    qtbot.keyClicks(dialog.wanted, "BUCKET in ohio")
    qtbot.keyClick(dialog.wanted, KEY.Key_Return)
    qtbot.waitUntil(lambda: dialog.found.text() == "2 of 2", timeout=20_000)  # the next one after where one reads
    assert dialog.number.value() == 31
    drawn(qtbot, dialog)
    box = dialog.view._box(30)
    left, top, right, bottom = dialog.view._hit.boxes[0]
    assert 0.2 < left < right < 0.6
    assert abs(top - (1 - 500 / A4[1])) < 0.03
    picture = dialog.view.viewport().grab().toImage()
    place = QPointF(box.left() + right * box.width(), box.top() + (top + bottom) / 2 * box.height())
    around = [picture.pixelColor(round(place.x()) + dx, round(place.y())) for dx in range(-3, 4)]
    assert QColor("#B3261E") in around
    qtbot.keyClick(dialog.wanted, KEY.Key_F3)
    assert (dialog.found.text(), dialog.number.value()) == ("1 of 2", 5)
    dialog.before.click()
    assert (dialog.found.text(), dialog.number.value()) == ("2 of 2", 31)
    dialog.wanted.setText("no such words")
    assert dialog.found.text() == ""
    dialog.after.click()
    qtbot.waitUntil(lambda: dialog.found.text() == "Nothing found", timeout=20_000)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_what_is_found_on_a_turned_page_is_marked_where_it_stands(tmp_path, many, degrees):
    path = tmp_path / "turned.pdf"
    with pikepdf.open(many) as file:
        del file.pages[1:]
        file.pages[0].Rotate = degrees
        file.save(path)
    one = pdf.Pdf(path)

    def work():
        assert one.open() is None
        found = next(one.find("page 1", lambda: True))[0].boxes[0]
        picture = one.picture(0, 2.0)
        one.close()
        return found, picture

    (left, top, right, bottom), picture = pdf.worker().submit(work).result()
    w, h = picture.width(), picture.height()
    dark = [
        (x, y)
        for x in range(int(left * w), int(right * w) + 1)
        for y in range(int(top * h), int(bottom * h) + 1)
        if picture.pixelColor(x, y).lightness() < 128
    ]
    assert len(dark) > 20


def test_a_locked_file_asks_for_its_password(qtbot, show, many, tmp_path):
    path = tmp_path / "locked.pdf"
    with pikepdf.open(many) as file:
        file.save(path, encryption=pikepdf.Encryption(user="Schlüssel", owner="other"))
    dialog = show(path)
    assert dialog.password.isVisible()
    assert dialog.password.accessibleName()
    assert not dialog.unlock.isEnabled()
    qtbot.keyClicks(dialog.password, "wrong")
    qtbot.keyClick(dialog.password, KEY.Key_Return)
    qtbot.waitUntil(lambda: "not the password" in dialog.question.text(), timeout=20_000)
    dialog.password.setText("Schlüssel")
    dialog.unlock.click()
    qtbot.waitUntil(dialog.view.isVisible, timeout=20_000)
    drawn(qtbot, dialog)
    assert dialog.password.text() == ""


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"GIF89a", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj"])
def test_a_broken_file_is_said_to_be_broken(show, tmp_path, content):
    path = tmp_path / "broken.pdf"
    path.write_bytes(content)
    dialog = show(path)
    assert dialog.message.isVisible()
    assert str(path) in dialog.message.text()
    assert "damaged" in dialog.message.text()
    assert not dialog.number.isEnabled()
    assert dialog.outside.isEnabled()


def test_a_file_that_ends_early_never_stops_the_window(qtbot, show, many, tmp_path):
    whole = many.read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    dialog = show(path)
    assert dialog.message.isVisible() or dialog.view.isVisible()


def test_a_file_that_is_gone_is_said_to_be_gone(show, tmp_path):
    dialog = show(tmp_path / "gone.pdf")
    assert "not there any more" in dialog.message.text()


def test_a_page_that_cannot_be_drawn_does_not_hide_the_others(qtbot, show, many, monkeypatch):
    real = pdf.Pdf.picture

    def picture(self, number, scale):
        if number == 0:
            raise RuntimeError("broken page")
        return real(self, number, scale)

    monkeypatch.setattr(pdf.Pdf, "picture", picture)
    dialog = show(many)
    drawn(qtbot, dialog, [1])
    assert 0 not in dialog.view.kept


def test_a_preview_is_gone_with_its_file_when_it_is_closed(qtbot, empty_desk, asked, tmp_path):
    folder = tmp_path / "situs-preview-x"
    folder.mkdir()
    path = written(folder / "preview.pdf", 2)
    empty_desk.reporting._show(path)
    dialog = empty_desk.window.reports.findChild(QDialog)
    qtbot.waitUntil(dialog.view.isVisible, timeout=20_000)
    assert asked == []
    dialog.leave.click()
    qtbot.waitUntil(lambda: empty_desk.window.reports.findChild(QDialog) is None, timeout=20_000)
    qtbot.waitUntil(lambda: not folder.exists(), timeout=20_000)


def test_closed_while_it_opens_it_lets_go_of_the_file(qtbot, show, many, tmp_path, qapp):
    folder = tmp_path / "situs-preview-y"
    folder.mkdir()
    path = written(folder / "preview.pdf", 2)
    dialog = PdfDialog(path, theme.LIGHT, None, passing=True)
    dialog.show()
    dialog.reject()
    qtbot.waitUntil(lambda: not folder.exists(), timeout=20_000)


def test_another_program_is_handed_the_file_which_then_stays(qtbot, show, asked, tmp_path):
    folder = tmp_path / "situs-preview-z"
    folder.mkdir()
    path = written(folder / "Vorschau ä.pdf", 1)
    dialog = show(path, passing=True)
    dialog.outside.click()
    assert asked == [path.as_posix()]
    file = dialog._pdf
    dialog.leave.click()
    qtbot.waitUntil(lambda: file._document is None, timeout=20_000)
    assert path.exists()


def test_where_nothing_shows_pdfs_the_window_says_where_the_file_is(show, many, asked):
    asked.append("nobody")
    dialog = show(many)
    dialog.outside.click()
    box = dialog.findChild(QMessageBox)
    assert str(many) in box.text()
    box.close()


def test_everything_in_it_has_a_name_and_its_pages_can_be_listened_to(qtbot, show, many, monkeypatch):
    from PySide6.QtGui import QAccessible

    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    dialog = show(many)
    assert dialog.view.accessibleName() == "Page 1 of 40"
    qtbot.waitUntil(lambda: "This is page 1." in dialog.view.accessibleDescription(), timeout=20_000)
    dialog.view.go_to(4)
    assert dialog.view.accessibleName() == "Page 5 of 40"
    qtbot.waitUntil(lambda: "bucket in Ohio" in dialog.view.accessibleDescription(), timeout=20_000)
    for button in dialog.findChildren(QPushButton):
        assert button.accessibleName() or button.text()
    assert all(w.accessibleName() for w in (dialog.number, dialog.wanted, dialog.password))


def test_a_signed_report_of_the_history_opens_here_and_other_forms_elsewhere(qtbot, empty_desk, asked, tmp_path):
    from app.desktop.written import Written

    page = empty_desk.window.reports
    file = written(tmp_path / "report.pdf", 1)
    table = tmp_path / "report.xlsx"
    table.write_bytes(b"PK")
    page.show_history([Written(str(file), 1, "0" * 64, WHEN, False, "full", 1, "")])
    page.history._open()
    dialog = page.findChild(QDialog)
    qtbot.waitUntil(dialog.view.isVisible, timeout=20_000)
    dialog.leave.click()
    page.show_history([Written(str(table), 1, "0" * 64, WHEN, False, "full", 1, "")])
    page.history._open()
    assert asked == [table.as_posix()]


def test_the_library_is_loaded_with_the_first_file_and_not_with_the_window():
    program = (
        "import sys; import app.desktop.start, app.desktop.desk, app.desktop.window, app.desktop.pages.pdfdialog;"
        "print([m for m in sys.modules if m.startswith(('pypdfium2', 'reportlab'))])"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=False)
    assert done.stdout.strip() == "[]", done.stderr
