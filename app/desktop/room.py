"""The room for pages: a page that does not fit a small screen, or large letters, is moved there and never cut."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QWidget


class Room(QScrollArea):
    """Holds the stack of pages as large as the room is, and no smaller than the page that is shown can be.

    Not `widgetResizable`: that asks for the height that a page would like to have, and so scrolls too soon.
    """

    def __init__(self, stack: QStackedWidget) -> None:
        super().__init__()
        self._stack = stack
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(stack)
        stack.installEventFilter(self)
        stack.currentChanged.connect(self._turned)
        self._turned()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The room has changed."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A page needs more or less than before."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _turned(self) -> None:
        """Only the page that is shown counts, not the largest of all."""
        for number in range(self._stack.count()):
            how = QSizePolicy.Policy.Preferred if number == self._stack.currentIndex() else QSizePolicy.Policy.Ignored
            if (page := self._stack.widget(number)) is not None:
                page.setSizePolicy(how, how)
        self._fit()

    def _fit(self) -> None:
        page = self._stack.currentWidget()
        least = page.minimumSizeHint() if page is not None else QSize()
        room = self.maximumViewportSize()
        if least.width() > room.width():  # one bar takes room from the other
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        width = max(least.width(), room.width())
        if page is not None and _needed(page, width) > room.height():
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            width = max(least.width(), room.width())
        self._stack.resize(width, max(room.height(), _needed(page, width) if page is not None else 0))


def _needed(page: QWidget, width: int) -> int:
    """The least height of a page of this width: its texts wrap, and its buttons go on in a further line.

    The items of its layout are not asked one by one: what Python takes for an item of a layout within a layout lets go
    of that layout's own items when it is forgotten.
    """
    layout = page.layout()
    if layout is None or not layout.hasHeightForWidth():
        return page.minimumSizeHint().height()
    return layout.minimumHeightForWidth(width)
