"""The way that data take: the chosen flow with what leads to it and what follows, drawn from left to right.

The same way stands in words beside the drawing, for keyboard and screen reader.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.desktop.snapshot import FlowRow, Ways
from app.desktop.theme import Colours, scaled, sized
from app.texts import tr

_BOX, _GAP, _HIGH, _LINE, _ABOVE, _MOST = 150, 92, 54, 16, 18, 6
"""Sizes at the usual size of text; each is scaled with it."""
BARE = ("uncovered", "expired")


def chain(ways: Ways, chosen: FlowRow) -> list[FlowRow]:
    """The chosen flow with one flow before and after each end, as far as `_MOST` in each direction.

    Where several lead to the same thing, the one without a basis is told first, then the one that leaves its country.
    """
    into, out = ways.into, ways.out

    def gravest(found: list[FlowRow]) -> FlowRow:
        return min(found, key=lambda f: (f.status not in BARE, f.source_place == f.target_place, f.id))

    way, seen = [chosen], {chosen.source_uid, chosen.target_uid}
    while len(way) < _MOST and (before := [f for f in into.get(way[0].source_uid, []) if f.source_uid not in seen]):
        way.insert(0, gravest(before))
        seen.add(way[0].source_uid)
    while len(way) < 2 * _MOST and (after := [f for f in out.get(way[-1].target_uid, []) if f.target_uid not in seen]):
        way.append(gravest(after))
        seen.add(way[-1].target_uid)
    return way


def in_words(way: Sequence[FlowRow]) -> str:
    """The way as a sentence."""
    if not way:
        return ""
    told = [f"{way[0].source} ({way[0].source_place})"]
    told += [f"{flow.kind} → {flow.target} ({flow.target_place})" for flow in way]
    return "; ".join(told)


class Lineage(QWidget):
    """Boxes with name and place, arrows with what happens; dashed and red where no basis is on record."""

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self._theme = theme
        self._way: list[FlowRow] = []
        self._chosen = ""
        self.setAccessibleName(tr("The way of the data"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_way(self, way: Sequence[FlowRow], chosen: str) -> None:
        """Draw this way; `chosen`: id of the flow that it was asked for."""
        self._way, self._chosen = list(way), chosen
        self.setAccessibleDescription(in_words(way))
        self.setMinimumWidth(scaled(len(self._way) * (_BOX + _GAP) + _BOX + 16) if self._way else 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One row of boxes."""
        return QSize(self.minimumWidth(), scaled(_HIGH + 36))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        del event
        if not self._way:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = 8.0
        self._box(painter, x, self._way[0].source, self._way[0].source_place, self._way[0].data_class)
        for flow in self._way:
            self._arrow(painter, x + scaled(_BOX), flow)
            x += scaled(_BOX) + scaled(_GAP)
            self._box(painter, x, flow.target, flow.target_place, flow.data_class)
        painter.end()

    def _box(self, painter: QPainter, x: float, name: str, place: str, data: str) -> None:
        c = self._theme
        wide, high = scaled(_BOX), scaled(_LINE)
        rect = QRectF(x, scaled(_ABOVE), wide, scaled(_HIGH))
        painter.setPen(QPen(QColor(c.line), 1))
        painter.setBrush(QColor(c.field))
        painter.drawRoundedRect(rect, 4, 4)
        for n, (text, colour) in enumerate(((name, c.ink), (place, c.quiet), (data, c.quiet))):
            painter.setFont(sized(9, bold=n == 0))
            painter.setPen(QColor(colour))
            line = QRectF(x + 8, scaled(_ABOVE) + 3 + n * high, wide - 16, high)
            cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, wide - 16)
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)

    def _arrow(self, painter: QPainter, x: float, flow: FlowRow) -> None:
        c = self._theme
        bare = flow.status in BARE
        colour = QColor(c.fail if bare else c.accent)
        pen = QPen(colour, 2.4 if flow.id == self._chosen else 1.4)
        if bare:
            pen.setStyle(Qt.PenStyle.DashLine)
        gap, y = scaled(_GAP), scaled(_ABOVE) + scaled(_HIGH) / 2
        painter.setPen(pen)
        painter.drawLine(QPointF(x + 4, y), QPointF(x + gap - 10, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = x + gap - 4
        painter.drawPolygon(QPolygonF([QPointF(tip, y), QPointF(tip - 9, y - 5), QPointF(tip - 9, y + 5)]))
        painter.setFont(sized(8))
        painter.setPen(QColor(c.quiet))
        text = painter.fontMetrics().elidedText(flow.kind, Qt.TextElideMode.ElideRight, gap - 4)
        painter.drawText(
            QRectF(x + 2, y - scaled(_LINE) - 6, gap - 4, scaled(_LINE)), int(Qt.AlignmentFlag.AlignCenter), text
        )
