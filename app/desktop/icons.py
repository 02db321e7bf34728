"""The program's own icons: SVG files drawn in the colour of the text around them."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources import ROOT

FOLDER = ROOT / "icons"
_SCALE = 3
"""Drawn at three times its size, so that it is sharp on screens of up to 300 %."""


@cache
def icon(name: str, colour: str, size: int = 20) -> QIcon:
    """The icon of this name; empty where there is none."""
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        return QIcon()
    text = path.read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(QByteArray(text.encode()))
    picture = QPixmap(size * _SCALE, size * _SCALE)
    picture.setDevicePixelRatio(_SCALE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    made = QIcon(picture)
    made.addPixmap(picture, QIcon.Mode.Selected)
    return made
