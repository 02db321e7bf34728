"""Handing a file to the program that the system has for it, and saying so where there is none."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from app.texts import tr


def open_file(path: str | Path, parent: QWidget) -> bool:
    """Open a file or folder; where no program takes it, say which file and what to do."""
    there = Path(path).exists()
    if there and QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        return True
    text = (
        tr("No program on this computer opens {file}. Install one for such files, or copy it to another computer.")
        if there
        else tr("{file} is not there any more: it was moved or deleted.")
    )
    box = QMessageBox(QMessageBox.Icon.Warning, "Situs", "", QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(box.textFormat().PlainText)
    box.setText(text.format(file=path))
    box.finished.connect(box.deleteLater)
    box.open()
    return False
