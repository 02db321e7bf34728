"""The pages of a PDF below each other. Only those that can be seen are drawn, in a thread of their own, and kept."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.desktop.jobs import Reading
from app.desktop.pdf import Hit, Pdf, worker
from app.desktop.theme import Colours
from app.texts import tr

_GAP: Final = 12
_ZOOMS: Final = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)


class PdfView(QAbstractScrollArea):
    """Shows a document that is open. `page_changed` carries the page that is in view, counted from 0; `zoom_changed`
    how large it is shown, in percent."""

    page_changed = Signal(int)
    zoom_changed = Signal(int)

    def __init__(self, theme: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pdf: Pdf | None = None
        self._tops: list[float] = []
        self._zoom = 0.0  # 0: as wide as there is room
        self._page = 0
        self._pictures: dict[int, tuple[float, QImage]] = {}
        self._drawing = False
        self._refused: set[int] = set()
        self._hits: dict[int, list[Hit]] = {}
        self._hit: Hit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else its coming would change the width
        self.setObjectName("pages")
        self.verticalScrollBar().setSingleStep(48)
        self.horizontalScrollBar().setSingleStep(48)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._name()

    def show_pages(self, pdf: Pdf) -> None:
        """Show this document from its first page."""
        self._pdf, self._page = pdf, 0
        self._pictures.clear()
        self._refused.clear()
        self._lay_out()
        self._changed()

    def forget(self) -> None:
        """Show nothing, and hold nothing of the document."""
        self._pdf = None
        self._pictures.clear()
        self._hits.clear()

    @property
    def kept(self) -> list[int]:
        """Pages whose pictures are in memory."""
        return sorted(self._pictures)

    @property
    def page(self) -> int:
        """The page in view, counted from 0."""
        return self._page

    # Where pages stand

    def _scale(self) -> float:
        """Pixels of the window per point of the page."""
        if self._zoom:
            return self._zoom * self.logicalDpiX() / 72
        widest = max((w for w, _ in self._pdf.sizes), default=595.0) if self._pdf else 595.0
        return max(40, self.viewport().width() - 2 * _GAP) / widest

    def _lay_out(self) -> None:
        if self._pdf is None:
            return
        scale, top = self._scale(), float(_GAP)
        self._tops = []
        for _, height in self._pdf.sizes:
            self._tops.append(top)
            top += height * scale + _GAP
        self._tops.append(top)
        widest = max(w for w, _ in self._pdf.sizes) * scale + 2 * _GAP
        room = self.viewport().size()
        self.verticalScrollBar().setPageStep(max(1, room.height() - 48))
        self.verticalScrollBar().setRange(0, max(0, ceil(top) - room.height()))
        self.horizontalScrollBar().setPageStep(room.width())
        self.horizontalScrollBar().setRange(0, max(0, ceil(widest - 0.5) - room.width()))
        self.zoom_changed.emit(round(scale * 7200 / self.logicalDpiX()))

    def _box(self, number: int) -> QRectF:
        """Where a page stands in the viewport."""
        if self._pdf is None:
            return QRectF()
        width, height = self._pdf.sizes[number]
        scale, room = self._scale(), self.viewport().width()
        left = max(float(_GAP), (room - width * scale) / 2) - self.horizontalScrollBar().value()
        return QRectF(left, self._tops[number] - self.verticalScrollBar().value(), width * scale, height * scale)

    def in_view(self) -> range:
        """The pages that can be seen now."""
        if self._pdf is None:
            return range(0)
        top = self.verticalScrollBar().value()
        first = max(0, bisect_right(self._tops, top) - 1)
        last = max(first, bisect_right(self._tops, top + self.viewport().height()) - 1)
        return range(first, min(last + 1, len(self._pdf.sizes)))

    # Moving

    def go_to(self, number: int) -> None:
        """Bring this page to the top."""
        if self._pdf is None:
            return
        number = max(0, min(number, len(self._pdf.sizes) - 1))
        self.verticalScrollBar().setValue(round(self._tops[number]) - _GAP)
        self._set_page(number)

    def fit_width(self) -> None:
        """As wide as there is room."""
        self._resize_to(0.0)

    def zoom(self, steps: int) -> None:
        """Larger (1) or smaller (-1)."""
        now = self._scale() * 72 / self.logicalDpiX()
        if steps > 0:
            self._resize_to(next((z for z in _ZOOMS if z > now * 1.01), _ZOOMS[-1]))
        else:
            self._resize_to(next((z for z in reversed(_ZOOMS) if z < now * 0.99), _ZOOMS[0]))

    def _resize_to(self, zoom: float) -> None:
        if self._pdf is None:
            return
        page = self._page
        height = self._tops[page + 1] - self._tops[page]
        part = (self.verticalScrollBar().value() - self._tops[page]) / height
        self._zoom = zoom
        self._lay_out()
        height = self._tops[page + 1] - self._tops[page]
        self.verticalScrollBar().setValue(round(self._tops[page] + part * height))
        if page in self.in_view():
            self._set_page(page)
        self._changed()

    def show_hits(self, hits: Sequence[Hit], current: Hit | None) -> None:
        """Mark what a search found, and bring the current one into view."""
        self._hits = {}
        for hit in hits:
            self._hits.setdefault(hit.page, []).append(hit)
        self._hit = current
        if current is not None and current.boxes and self._pdf is not None:
            box = self._box(current.page)
            left, top, _, bottom = current.boxes[0]
            place = QPointF(box.left() + left * box.width(), box.top() + top * box.height())
            if place.y() < 0 or box.top() + bottom * box.height() > self.viewport().height():
                bar = self.verticalScrollBar()
                bar.setValue(round(bar.value() + place.y() - self.viewport().height() / 3))
            if not 0 <= place.x() < self.viewport().width():
                across = self.horizontalScrollBar()
                across.setValue(round(across.value() + place.x() - self.viewport().width() / 3))
            self._set_page(current.page)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Page Up and Down, Home and End, arrows."""
        bar = self.verticalScrollBar()
        key = Qt.Key(event.key())
        moves: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Home: partial(self.go_to, 0),
            Qt.Key.Key_End: lambda: bar.setValue(bar.maximum()),
            Qt.Key.Key_PageDown: partial(bar.triggerAction, bar.SliderAction.SliderPageStepAdd),
            Qt.Key.Key_Space: partial(bar.triggerAction, bar.SliderAction.SliderPageStepAdd),
            Qt.Key.Key_PageUp: partial(bar.triggerAction, bar.SliderAction.SliderPageStepSub),
        }
        if key in moves:
            moves[key]()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """With Ctrl: larger and smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The page that is in view stays there."""
        super().resizeEvent(event)
        self._resize_to(self._zoom)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        """Where pages stand follows the scroll bars."""
        del dx, dy
        self._changed()

    def _scrolled(self) -> None:
        seen = self.in_view()
        if not seen:
            return
        middle = self.viewport().height() / 2
        bar = self.verticalScrollBar()
        if bar.maximum() and bar.value() == bar.maximum():
            self._set_page(seen[-1])
            return
        self._set_page(next((n for n in seen if self._box(n).bottom() > middle), seen[-1]))

    def _set_page(self, number: int) -> None:
        if number != self._page:
            self._page = number
            self._name()
            self.page_changed.emit(number)

    def _name(self) -> None:
        count = len(self._pdf.sizes) if self._pdf else 0
        name = tr("Page {n} of {count}").format(n=self._page + 1, count=count) if count else tr("Pages")
        self.setAccessibleName(name)
        self.viewport().setAccessibleName(name)

    # Drawing

    def _changed(self) -> None:
        self._name()
        self.viewport().update()
        self._draw_next()

    def _draw_next(self) -> None:
        """Have the next page drawn that is in view, or beside what is in view, and is not there in this size."""
        pdf = self._pdf
        if pdf is None or self._drawing or not self.isVisible():
            return
        seen = self.in_view()
        near = [n for n in (seen.stop, seen.start - 1) if 0 <= n < len(pdf.sizes)]
        for number in [n for n in self._pictures if n not in seen and n not in near]:
            del self._pictures[number]
        scale = round(self._scale() * self.devicePixelRatioF(), 4)
        for number in (*seen, *near):
            known = self._pictures.get(number)
            if number not in self._refused and (known is None or known[0] != scale):
                self._drawing = True
                then = partial(self._drawn, pdf, number, scale)
                Reading(partial(pdf.picture, number, scale), then, self).start(worker())
                return

    def _drawn(self, pdf: Pdf, number: int, scale: float, picture: object, wrong: str) -> None:
        self._drawing = False
        if pdf is not self._pdf:
            self._draw_next()
            return
        if isinstance(picture, QImage) and not wrong:
            self._pictures[number] = (scale, picture)
        else:
            self._refused.add(number)
        self.viewport().update()
        self._draw_next()

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Nothing is drawn for a view that nobody sees."""
        del event
        self._changed()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Pages as far as they are drawn; blank paper for the others."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        for number in self.in_view():
            box = self._box(number)
            known = self._pictures.get(number)
            painter.fillRect(box, QColor("white"))
            if known is not None:
                painter.drawImage(box.toAlignedRect(), known[1])
            elif number in self._refused:
                painter.setPen(QColor("black"))
                text = tr("This page cannot be shown. Another program may still show it.")
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(box.adjusted(_GAP, _GAP, -_GAP, -_GAP), int(flags), text)
            painter.setPen(QPen(QColor(self._theme.line), 1))
            painter.drawRect(box)
            self._mark(painter, box, number)
        painter.end()

    def _mark(self, painter: QPainter, box: QRectF, number: int) -> None:
        """What a search found: tinted; the current one with a frame."""
        for hit in self._hits.get(number, ()):
            for left, top, right, bottom in hit.boxes:
                place = QRectF(
                    box.left() + left * box.width(),
                    box.top() + top * box.height(),
                    (right - left) * box.width(),
                    (bottom - top) * box.height(),
                ).adjusted(-2, -2, 2, 2)
                painter.fillRect(place, QColor(255, 200, 0, 90))
                if hit == self._hit:
                    painter.setPen(QPen(QColor("#B3261E"), 2))
                    painter.drawRect(place)
