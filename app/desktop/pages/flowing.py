"""Layouts for little room and large letters: what does not fit beside each other goes below, and nothing is cut."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLayout, QLayoutItem, QSpacerItem, QSplitter, QWidget, QWidgetItem

_COMFORTABLE: Final = 84
"""Characters that two parts beside each other need to be read well."""
_LEAST_LINES: Final = 8
_BESIDE: Final = 32
_BELOW: Final = 12


class Remembering(QLayout):
    """A layout that works sizes out once, until Qt says that something in it has changed.

    For each change of a window Qt asks a layout for the same sizes dozens of times, and it asks what lies in it.
    """

    def __init__(self, *parent: QWidget) -> None:
        self._known: dict[object, int | QSize] = {}  # before Qt's part is made, which may ask already
        super().__init__(*parent)

    def invalidate(self) -> None:
        """Something in it has changed."""
        self._known.clear()
        super().invalidate()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """More height where there is less width."""
        return True

    def heightForWidth(self, arg__1: int) -> int:  # noqa: N802 - Qt's names
        """Of all that lies in it."""
        known = self._known.get(arg__1)
        if not isinstance(known, int):
            known = self._known[arg__1] = self._set(QRect(0, 0, arg__1, 0), move=False)
        return known

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as everything beside each other."""
        return self._size("hint", self._wanted)

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as the widest item alone."""
        return self._size("least", self._least)

    def _size(self, name: str, work: Callable[[], QSize]) -> QSize:
        known = self._known.get(name)
        if not isinstance(known, QSize):
            known = self._known[name] = work()
        return QSize(known)

    def setGeometry(self, arg__1: QRect) -> None:  # noqa: N802 - Qt's names
        """Place everything."""
        super().setGeometry(arg__1)
        self._set(arg__1, move=True)

    def _set(self, room: QRect, *, move: bool) -> int:
        raise NotImplementedError

    def _wanted(self) -> QSize:
        raise NotImplementedError

    def _least(self) -> QSize:
        raise NotImplementedError


class Flowing(Remembering):
    """Items beside each other, in as many lines as they need; those with a stretch share what is left of their line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(*(() if parent is None else (parent,)))
        self._items: list[tuple[QLayoutItem, int]] = []
        self._stretch = 0
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(8)

    def addWidget(self, w: QWidget, stretch: int = 0) -> None:  # noqa: N802 - Qt's name
        """A further item; `stretch`: its share of what is left of its line.

        The item is made here and not by Qt: PySide takes one of Qt's for an older one that lay at its address, and
        holds it for deleted when that one's layout goes. An error in a layout ends the program.
        """
        self.addChildWidget(w)
        self._stretch = stretch
        self.addItem(QWidgetItem(w))
        self.invalidate()

    def addStretch(self, stretch: int = 1) -> None:  # noqa: N802 - as QBoxLayout has it
        """What comes after it stands at the end of its line."""
        self._stretch = stretch
        self.addItem(QSpacerItem(0, 0))

    def addSpacing(self, size: int) -> None:  # noqa: N802 - as QBoxLayout has it
        """Room before the next item."""
        self.addItem(QSpacerItem(size, 0))

    def addItem(self, arg__1: QLayoutItem) -> None:  # noqa: N802 - Qt's names
        """Called by Qt for each item."""
        self._items.append((arg__1, self._stretch))
        self._stretch = 0

    def count(self) -> int:
        """How many items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """One of them."""
        return self._items[index][0] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """Take one out."""
        return self._items.pop(index)[0] if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's name
        """As wide as there is room, and no higher than needed."""
        return Qt.Orientation.Horizontal

    def _wanted(self) -> QSize:
        shown = [item for item, _ in self._items if not _gone(item)]
        width = sum(item.sizeHint().width() for item in shown) + self.spacing() * max(0, len(shown) - 1)
        return QSize(width, max((item.sizeHint().height() for item in shown), default=0))

    def _least(self) -> QSize:
        shown = [item for item, _ in self._items if not _gone(item)]
        return QSize(
            max((item.minimumSize().width() for item in shown), default=0),
            max((item.minimumSize().height() for item in shown), default=0),
        )

    def _set(self, room: QRect, *, move: bool) -> int:
        top, line, used = room.top(), list[tuple[QLayoutItem, int, int]](), 0
        for item, stretch in self._items:
            if _gone(item):
                if move:
                    item.setGeometry(QRect(room.topLeft(), QSize(0, 0)))
                continue
            wanted = min(max(item.sizeHint().width(), item.minimumSize().width()), max(0, room.width()))
            gap = self.spacing() if line else 0
            if line and used + gap + wanted > room.width():
                top += self._place(line, room, top, used, move=move) + self.spacing()
                line, used, gap = [], 0, 0
                if isinstance(item, QSpacerItem):
                    continue
            line.append((item, wanted, stretch))
            used += gap + wanted
        if line:
            top += self._place(line, room, top, used, move=move)
        return top - room.top()

    def _place(
        self, line: Sequence[tuple[QLayoutItem, int, int]], room: QRect, top: int, used: int, *, move: bool
    ) -> int:
        """Set the items of one line; gives its height."""
        free, shares = max(0, room.width() - used), sum(stretch for _, _, stretch in line)
        wide = [w + (free * stretch // shares if shares else 0) for _, w, stretch in line]
        high = [
            item.heightForWidth(w) if item.hasHeightForWidth() else item.sizeHint().height()
            for (item, _, _), w in zip(line, wide, strict=True)
        ]
        height = max(high, default=0)
        if move:
            left = room.left()
            for (item, _, _), w, h in zip(line, wide, high, strict=True):
                item.setGeometry(QRect(left, top + (height - h) // 2, w, h))
                left += w + self.spacing()
        return height


def _gone(item: QLayoutItem) -> bool:
    """Hidden, or a label that says nothing now: it takes no line of its own."""
    widget = item.widget()
    silent = isinstance(widget, QLabel) and not widget.text()
    return not isinstance(item, QSpacerItem) and (silent or item.isEmpty())


class Columns(Remembering):
    """Layouts beside each other where there is room for all, else below each other."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[tuple[QLayoutItem, int]] = []
        self._stretch = 1
        self.setContentsMargins(0, 0, 0, 0)

    def add(self, part: QLayout, stretch: int = 1) -> None:
        """A further part, and its share of the room."""
        self._stretch = stretch
        self.addChildLayout(part)
        self.addItem(part)

    def addItem(self, arg__1: QLayoutItem) -> None:  # noqa: N802 - Qt's names
        """Called for each part."""
        self._items.append((arg__1, self._stretch))

    def count(self) -> int:
        """How many parts."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """One of them."""
        return self._items[index][0] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        """Take one out."""
        return self._items.pop(index)[0] if 0 <= index < len(self._items) else None

    def minimumHeightForWidth(self, arg__1: int) -> int:  # noqa: N802 - Qt's names
        """They are never squeezed."""
        return self.heightForWidth(arg__1)

    def _wanted(self) -> QSize:
        hints = [item.sizeHint() for item, _ in self._items]
        return QSize(
            sum(h.width() for h in hints) + _BESIDE * max(0, len(hints) - 1),
            max((h.height() for h in hints), default=0),
        )

    def _least(self) -> QSize:
        least = [item.minimumSize() for item, _ in self._items]
        return QSize(max((one.width() for one in least), default=0), max((one.height() for one in least), default=0))

    def _set(self, room: QRect, *, move: bool) -> int:
        gaps, least = max(0, len(self._items) - 1), [item.minimumSize().width() for item, _ in self._items]
        parent = self.parentWidget()
        comfortable = _comfortable(parent) if parent is not None else 0
        beside = room.width() >= max(sum(least) + _BESIDE * gaps, comfortable)
        free, shares = room.width() - _BESIDE * gaps, sum(stretch for _, stretch in self._items)
        wide = [free * stretch // shares for _, stretch in self._items] if beside else [room.width()] * (gaps + 1)
        if beside and any(w < m for w, m in zip(wide, least, strict=True)):
            over = max(0, free - sum(least))
            wide = [m + over * stretch // shares for m, (_, stretch) in zip(least, self._items, strict=True)]
        left, top, height = room.left(), room.top(), 0
        for (item, _), w in zip(self._items, wide, strict=True):
            high = item.heightForWidth(w) if item.hasHeightForWidth() else item.sizeHint().height()
            if move:
                item.setGeometry(QRect(left, top, w, max(high, room.height()) if beside else high))
            if beside:
                left, height = left + w + _BESIDE, max(height, high)
            else:
                top, height = top + high + _BELOW, height + high + _BELOW
        return height if beside else max(0, height - _BELOW)


class Split(QSplitter):
    """Two parts beside each other with a handle between them; below each other where there is no room for that."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self._shares: list[int] = []

    def setSizes(self, list: Sequence[int]) -> None:  # noqa: A002, N802 - Qt's names
        """How the parts share the room."""
        self._shares = [*list]
        super().setSizes(self._shares)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as its widest part."""
        least = [one.minimumSizeHint() for one in self._parts()]
        width = max((one.width() for one in least), default=0)
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(width, max((_needed(one, one.width()) for one in self._parts()), default=0))
        lines = self.fontMetrics().height() * _LEAST_LINES
        heights = [max(_needed(one, self.width()), lines) for one in self._parts()]
        return QSize(width, sum(heights) + self.handleWidth() * max(0, len(heights) - 1))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Beside or below."""
        self._turn()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """A part needs more room than before."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._turn()
        return done

    def _parts(self) -> list[QWidget]:
        found = [self.widget(n) for n in range(self.count())]
        return [one for one in found if one is not None and not one.isHidden()]

    def _turn(self) -> None:
        least = sum(one.minimumSizeHint().width() for one in self._parts()) + self.handleWidth()
        beside = self.width() >= max(least, _comfortable(self))
        wanted = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if wanted != self.orientation():
            self.setOrientation(wanted)
            if beside and self._shares:
                super().setSizes(self._shares)
            self.updateGeometry()
        if not beside:
            self._give()

    def _give(self) -> None:
        """Below each other, each part is at least as high as it needs: Qt knows only what it needs at its widest."""
        lines = self.fontMetrics().height() * _LEAST_LINES
        needed = [max(_needed(one, self.width()), lines) for one in self._parts()]
        sizes = self.sizes()
        if len(sizes) != len(needed) or all(size >= least for size, least in zip(sizes, needed, strict=True)):
            return
        free = sum(sizes) - sum(needed)
        if free >= 0:
            super().setSizes([needed[0] + free, *needed[1:]])


def _needed(part: QWidget, width: int) -> int:
    """The height that a part of this width needs for all of its buttons."""
    layout, least = part.layout(), part.minimumSizeHint()
    if layout is None or not layout.hasHeightForWidth():
        return least.height()
    return max(least.height(), layout.minimumHeightForWidth(max(width, least.width())))


def _comfortable(widget: QWidget) -> int:
    return widget.fontMetrics().averageCharWidth() * _COMFORTABLE


def modest(*boxes: QComboBox) -> None:
    """Let lists be as narrow as half of their longest line; the open list still shows lines whole."""
    for box in boxes:
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(14)
        box.view().setTextElideMode(Qt.TextElideMode.ElideNone)
