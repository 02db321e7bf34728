"""The ground of the map: sea, land, and what the policy permits. A picture, so that a worker can draw it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from app.desktop.theme import Colours
from app.report.pdf.mapdata import world

Shape = tuple[str, QPainterPath]


@dataclass(frozen=True)
class View:
    """A window on the world in degrees, in a projection that is true at `parallel`."""

    west: float
    east: float
    south: float
    north: float
    parallel: float

    def onto(self, box: QRectF) -> QTransform:
        """From (longitude, latitude) to the box, whole and in proportion."""
        squash = 1 / math.cos(math.radians(self.parallel))
        scale = min(box.width() / (self.east - self.west), box.height() / ((self.north - self.south) * squash))
        made = QTransform()
        made.translate(box.center().x(), box.center().y())
        made.scale(scale, -scale * squash)
        made.translate(-(self.west + self.east) / 2, -(self.south + self.north) / 2)
        return made


WORLD = View(-168, 180, -56, 76, 38)
EUROPE = View(-14, 36, 35, 63, 49)


@cache
def shapes() -> tuple[Shape, ...]:
    """The outlines of countries in degrees; about 0.3 s the first time, so a worker makes them."""
    made: list[Shape] = []
    for country in world():
        path = QPainterPath()
        for ring in country.rings:
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ring]))
            path.closeSubpath()
        made.append((country.code, path))
    return tuple(made)


@dataclass(frozen=True)
class Ground:
    """What a picture shows. `size`: in the window's pixels; `allowed`: None where nobody has decided."""

    size: QSize
    ratio: float
    view: View
    allowed: frozenset[str] | None
    held: frozenset[str]
    """Codes of countries in which something lies."""
    theme: Colours

    def turn(self) -> QTransform:
        """From degrees to its pixels."""
        return self.view.onto(QRectF(QPointF(0, 0), QSizeF(self.size)))


def drawn(ground: Ground, land: Sequence[Shape]) -> QImage:
    """The picture; about 25 ms of the processor, in any thread."""
    picture = QImage(ground.size * ground.ratio, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ground.ratio)
    c = ground.theme
    picture.fill(QColor(c.sea))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    turn, frame = ground.turn(), QRectF(QPointF(0, 0), QSizeF(ground.size))
    painter.setPen(QPen(QColor(c.line), 0.6))
    for code, path in land:
        shape = turn.map(path)
        if not shape.boundingRect().intersects(frame):
            continue
        permitted = ground.allowed is not None and code in ground.allowed
        painter.setBrush(QColor(c.permitted if permitted else c.land))
        painter.drawPath(shape)
        if code in ground.held and not permitted:
            unknown = ground.allowed is None
            pattern = Qt.BrushStyle.BDiagPattern if unknown else Qt.BrushStyle.Dense6Pattern
            painter.setBrush(QBrush(QColor(c.not_checked if unknown else c.quiet), pattern))
            painter.drawPath(shape)
    painter.end()
    return picture
