"""The preview of a report: in a window of its own where Qt's part for PDFs is here, else by the system's program."""

import sys

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtGui import QDesktopServices  # noqa: E402
from PySide6.QtWidgets import QDialog, QMessageBox  # noqa: E402


@pytest.fixture
def asked(monkeypatch):
    """Every address that the system was asked to show; it can, as long as `asked` does not hold "nobody"."""
    found = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: found.append(url.toLocalFile()) or "nobody" not in found
    )
    return found


def without_qtpdf(monkeypatch):
    monkeypatch.setitem(sys.modules, "PySide6.QtPdf", None)
    monkeypatch.setitem(sys.modules, "PySide6.QtPdfWidgets", None)


def test_without_qts_part_for_pdfs_the_system_shows_the_preview_and_the_window_says_so(
    empty_desk, monkeypatch, asked, tmp_path
):
    without_qtpdf(monkeypatch)
    path = tmp_path / "Vorschau ä.pdf"
    path.write_bytes(b"%PDF-1.7")
    empty_desk.reporting._show(path)
    assert asked == [path.as_posix()]
    assert "the program that shows PDFs" in empty_desk.window.activity.text.text()
    assert empty_desk.window.reports.findChild(QDialog) is None


def test_where_nothing_shows_pdfs_the_window_says_where_the_file_is(empty_desk, monkeypatch, asked, tmp_path):
    without_qtpdf(monkeypatch)
    asked.append("nobody")
    path = tmp_path / "preview.pdf"
    path.write_bytes(b"%PDF-1.7")
    empty_desk.reporting._show(path)
    box = empty_desk.window.findChild(QMessageBox)
    assert str(path) in box.text()
    assert empty_desk.window.activity.text.text() == ""
    box.close()


def test_a_preview_in_the_window_is_gone_when_it_is_closed(qtbot, empty_desk, asked, tmp_path):
    pytest.importorskip("PySide6.QtPdfWidgets", reason="Qt's part for PDFs is not installed here")
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "preview.pdf"
    page = Canvas(str(path))
    page.drawString(100, 700, "A page")
    page.save()
    empty_desk.reporting._show(path)
    dialog = empty_desk.window.reports.findChild(QDialog)
    assert dialog.testAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    assert asked == []
    dialog.close()
    qtbot.waitUntil(lambda: empty_desk.window.reports.findChild(QDialog) is None, timeout=20_000)
