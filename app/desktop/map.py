"""The map of places, drawn with QPainter: quiet land, permitted countries tinted, discs for data, squares for GPUs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from app.desktop.jobs import Reading
from app.desktop.land import EUROPE, WORLD, Ground, Shape, View, drawn, shapes
from app.desktop.snapshot import Arc, PlaceRow
from app.desktop.theme import Colours, sized
from app.report import words
from app.report.pdf.mapdata import centres
from app.texts import tr, trn

__all__ = ["EUROPE", "WORLD", "PlaceMap", "View", "told_apart"]
_BAD = ("third_country", "adequate_partial", "unknown")


@dataclass
class _Spot:
    at: QPointF
    rows: list[PlaceRow] = field(default_factory=list[PlaceRow])
    box: QRectF = field(default_factory=QRectF)

    def total(self, name: str) -> int:
        return sum(getattr(row, name) for row in self.rows)


class PlaceMap(QWidget):
    """The map. It stands beside a table that says the same; screen readers are led there."""

    picked = Signal(object)
    chosen = Signal(object)
    """Every place under the sign that was clicked; none where it was the sea."""
    ready = Signal()

    def __init__(self, theme: Colours) -> None:
        super().__init__()
        self.theme = theme
        self.view = WORLD
        self.show_data, self.show_gpus, self.show_flows = True, True, True
        self.setAccessibleName(tr("Map of places; the table beside it says the same"))
        self.setMinimumHeight(220)
        self._places: tuple[PlaceRow, ...] = ()
        self._arcs: tuple[Arc, ...] = ()
        self._allowed: frozenset[str] | None = None
        self._shapes: tuple[Shape, ...] | None = None
        self._asked = False
        self._land: tuple[Ground, QPixmap] | None = None
        self._drawing = False
        self._spots: list[_Spot] = []
        self.left_out = 0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide as a map is."""
        return QSize(760, 340)

    def show_places(
        self, places: Sequence[PlaceRow], arcs: Sequence[Arc], allowed: frozenset[str] | None, view: View | None = None
    ) -> None:
        """What to draw."""
        self._places, self._arcs, self._allowed = tuple(places), tuple(arcs), allowed
        if view is not None:
            self.view = view
        self._land = None  # never, not for a moment, what was permitted before
        self.update()

    def look_at(self, view: View) -> None:
        """Another part of the world."""
        self.view = view
        self.update()

    def warm(self) -> None:
        """Have the outlines made by a worker, once."""
        if not self._asked:
            self._asked = True
            Reading(shapes, self._have, self).start()

    def _have(self, found: object, wrong: str) -> None:
        if not wrong:
            self._shapes, self._land = shapes(), None
        del found
        self.update()
        self.ready.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Land from the kept picture, then what lies on it."""
        del event
        self.warm()
        painter = QPainter(self)
        self._draw_ground(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        turn = self.view.onto(QRectF(self.rect()))
        if self.show_flows:
            self._draw_arcs(painter, turn)
        self._draw_spots(painter, turn)
        self._legend(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click on a place tells which."""
        for spot in self._spots:
            if spot.box.contains(event.position()):
                self.picked.emit(spot.rows[0])
                self.chosen.emit(tuple(spot.rows))
                return
        self.chosen.emit(())

    def _draw_ground(self, painter: QPainter) -> None:
        """The kept picture; at another size or view moved, until a worker has drawn it anew."""
        held = frozenset(code for row in self._places for code in row.codes)
        wanted = Ground(self.size(), self.devicePixelRatioF(), self.view, self._allowed, held, self.theme)
        if self._land is None:
            self._land = wanted, QPixmap.fromImage(drawn(wanted, self._shapes or ()))
        kept, picture = self._land
        if kept == wanted:
            painter.drawPixmap(0, 0, picture)
            return
        painter.fillRect(self.rect(), QColor(self.theme.sea))
        painter.setTransform(kept.turn().inverted()[0] * wanted.turn())
        painter.drawPixmap(0, 0, picture)
        painter.resetTransform()
        if not self._drawing:
            self._drawing = True
            Reading(partial(drawn, wanted, self._shapes or ()), partial(self._have_ground, wanted), self).start()

    def _have_ground(self, of: Ground, found: object, wrong: str) -> None:
        del wrong
        self._drawing = False
        kept = self._land[0] if self._land is not None else None
        if isinstance(found, QImage) and kept is not None and (of.allowed, of.held) == (kept.allowed, kept.held):
            self._land = of, QPixmap.fromImage(found)
        self.update()

    def _anchor(self, code: str) -> tuple[float, float] | None:
        best = max(
            (r for r in self._places if r.codes == (code,) and r.longitude is not None),
            key=lambda r: r.data + r.gpus,
            default=None,
        )
        if best is not None and best.longitude is not None and best.latitude is not None:
            return best.longitude, best.latitude
        return centres().get(code)

    def _draw_arcs(self, painter: QPainter, turn: QTransform) -> None:
        for arc in self._arcs:
            ends = self._anchor(arc.source), self._anchor(arc.target)
            if ends[0] is None or ends[1] is None:
                continue
            a, b = turn.map(QPointF(*ends[0])), turn.map(QPointF(*ends[1]))
            reach = math.hypot(b.x() - a.x(), b.y() - a.y())
            if reach < 10:
                continue
            top = QPointF((a.x() + b.x()) / 2, (a.y() + b.y()) / 2 - min(80.0, reach * 0.25))
            colour = QColor(self.theme.fail if arc.bare else self.theme.accent)
            pen = QPen(colour, min(3.0, 1.1 + 0.25 * arc.count))
            if arc.bare:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            path = QPainterPath(a)
            path.quadTo(top, b)
            painter.drawPath(path)
            angle = math.atan2(b.y() - top.y(), b.x() - top.x())
            tip = QPolygonF(
                [b, *(b - QPointF(8 * math.cos(angle + s), 8 * math.sin(angle + s)) for s in (0.45, -0.45))]
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(tip)

    def _merged(self, turn: QTransform) -> list[_Spot]:
        """Places so close that one disc stands for all of them are drawn as one."""
        frame = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        spots: list[_Spot] = []
        for row in self._places:
            shown = (self.show_data and row.data) or (self.show_gpus and (row.gpus or row.gpus_unknown))
            if row.longitude is None or row.latitude is None or not shown:
                continue
            at = turn.map(QPointF(row.longitude, row.latitude))
            if not frame.contains(at):
                continue
            near = next((s for s in spots if (s.at - at).manhattanLength() < 14), None)
            if near is None:
                near = _Spot(at)
                spots.append(near)
            near.rows.append(row)
        return sorted(spots, key=lambda s: -(s.total("data") + s.total("gpus")))

    def _draw_spots(self, painter: QPainter, turn: QTransform) -> None:
        self._spots = []
        taken: list[QRectF] = [self._legend_box()]
        spots = self._merged(turn)
        for spot in spots:
            if self._sign(painter, spot, taken):
                self._spots.append(spot)
        for spot in self._spots:
            self._label(painter, spot, taken)
        self.left_out = len(spots) - len(self._spots)

    def _sign(self, painter: QPainter, spot: _Spot, taken: list[QRectF]) -> bool:
        data = spot.total("data") if self.show_data else 0
        gpus = spot.total("gpus") if self.show_gpus else 0
        unsure = bool(spot.total("gpus_unknown")) and self.show_gpus
        font = sized(8, bold=True)
        measure = QFontMetricsF(font)
        number = words.number(data) if data else ""
        count = (words.number(gpus) if gpus else "?") + ("+" if gpus and unsure else "") if gpus or unsure else ""
        radius = (
            max(9.0, min(20.0, 7 + 2 * math.sqrt(data)), measure.horizontalAdvance(number) / 2 + 4) if data else 0.0
        )
        side = max(16.0, measure.horizontalAdvance(count) + 8) if count else 0.0
        box = QRectF(0, 0, 2 * radius + side, max(2 * radius, 16.0 if count else 0.0))
        for turn in range(160):
            away = 0.0 if not turn else 5 + turn * 0.6
            box.moveCenter(spot.at + QPointF(away * math.cos(turn * 2.4), away * math.sin(turn * 2.4)))
            if QRectF(self.rect()).contains(box) and not any(box.intersects(t) for t in taken):
                break
        else:
            return False
        spot.box = QRectF(box)
        taken.append(box.adjusted(-1, -1, 1, 1))
        bad = any(r.status in _BAD for r in spot.rows)
        colour, paper = QColor(self.theme.fail if bad else self.theme.accent), QColor(self.theme.paper)
        painter.setFont(font)
        if (box.center() - spot.at).manhattanLength() > 6:
            painter.setPen(QPen(colour, 1))
            painter.drawLine(spot.at, box.center())
        if data:
            disc = QRectF(box.left(), box.center().y() - radius, 2 * radius, 2 * radius)
            painter.setPen(QPen(paper, 1.2))
            painter.setBrush(colour)
            painter.drawEllipse(disc)
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, number)
        if count:
            square = QRectF(box.left() + 2 * radius, box.center().y() - 8, side, 16)
            painter.setPen(QPen(colour, 1.4))
            painter.setBrush(paper)
            painter.drawRect(square)
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, count)
        return True

    def _label(self, painter: QPainter, spot: _Spot, taken: list[QRectF]) -> None:
        """The name, where it is free of everything else; the table has it in any case."""
        name = spot.rows[0].name.split(" (")[0].split(",")[0][:28]
        if len(spot.rows) > 1:
            name += " +"
        painter.setFont(sized(8))
        measure = QFontMetricsF(painter.font())
        wide, high = measure.horizontalAdvance(name) + 6, measure.height()
        b = spot.box
        for x, y in (
            (b.right() + 1, b.center().y() - high / 2),
            (b.left() - wide - 1, b.center().y() - high / 2),
            (b.center().x() - wide / 2, b.bottom() + 1),
            (b.center().x() - wide / 2, b.top() - high - 1),
        ):
            box = QRectF(x, y, wide, high)
            if QRectF(self.rect()).contains(box) and not any(box.intersects(t) for t in taken):
                ground = QColor(self.theme.paper)
                ground.setAlphaF(0.8)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ground)
                painter.drawRect(box)
                painter.setPen(QColor(self.theme.ink))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
                taken.append(box)
                return

    def _legend_items(self) -> list[tuple[str, str]]:
        first = ("permitted", tr("permitted")) if self._allowed is not None else ("unknown", tr("not decided"))
        items = [first, ("data", tr("data stores")), ("gpu", tr("GPUs"))]
        if self._allowed is not None:
            items.insert(1, ("held", tr("used, not permitted")))
        if any(a.bare for a in self._arcs):
            items.append(("bare", tr("flow without a basis")))
        return items

    def _legend_box(self) -> QRectF:
        measure = QFontMetricsF(sized(8))
        wide = max(measure.horizontalAdvance(text) for _, text in self._legend_items()) + 40
        high = (measure.height() + 4) * len(self._legend_items()) + 10
        return QRectF(8, self.height() - high - 8, wide, high)

    def _legend(self, painter: QPainter) -> None:
        c, box = self.theme, self._legend_box()
        painter.setFont(sized(8))
        step = QFontMetricsF(painter.font()).height() + 4
        ground = QColor(c.paper)
        ground.setAlphaF(0.9)
        painter.setPen(QPen(QColor(c.line), 1))
        painter.setBrush(ground)
        painter.drawRect(box)
        for n, (sort, text) in enumerate(self._legend_items()):
            mark = QRectF(box.left() + 8, box.top() + 6 + n * step, 18, step - 5)
            painter.setPen(QPen(QColor(c.quiet), 0.8))
            if sort == "permitted":
                painter.setBrush(QColor(c.permitted))
                painter.drawRect(mark)
            elif sort in ("unknown", "held"):
                pattern = Qt.BrushStyle.BDiagPattern if sort == "unknown" else Qt.BrushStyle.Dense6Pattern
                painter.setBrush(QBrush(QColor(c.not_checked if sort == "unknown" else c.quiet), pattern))
                painter.drawRect(mark)
            elif sort == "bare":
                painter.setPen(QPen(QColor(c.fail), 1.6, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(mark.left(), mark.center().y()), QPointF(mark.right(), mark.center().y()))
            else:
                painter.setPen(QPen(QColor(c.accent), 1.4))
                painter.setBrush(QColor(c.accent if sort == "data" else c.paper))
                small = QRectF(mark.center().x() - 5, mark.center().y() - 5, 10, 10)
                (painter.drawEllipse if sort == "data" else painter.drawRect)(small)
            painter.setPen(QColor(c.ink))
            painter.drawText(QPointF(mark.right() + 6, mark.bottom()), text)


def told_apart(left_out: int, pointless: int) -> str:
    """What the map cannot show, as a sentence for below it."""
    parts: list[str] = []
    if left_out:
        parts.append(
            trn(
                "{n} place is too close to others to be drawn.",
                "{n} places are too close to others to be drawn.",
                left_out,
            ).format(n=left_out)
        )
    if pointless:
        parts.append(
            trn(
                "{n} place lies in no single country or is not known, and has no point on the map.",
                "{n} places lie in no single country or are not known, and have no point on the map.",
                pointless,
            ).format(n=pointless)
        )
    return " ".join([*parts, tr("The table has them all.")] if parts else [tr("Borders as drawn by Natural Earth.")])
