"""Getting around by keyboard: the regions of the window, and where a page begins."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from app.desktop.pages.page import Page

_TAB = Qt.FocusReason.TabFocusReason


def reachable(widget: QWidget) -> bool:
    """Whether Tab can stop here now."""
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _inside(region: QWidget) -> Iterator[QWidget]:
    """What lies in it, in the order of Tab: a walk past everything in the window, milliseconds where all pages are."""
    one = region.nextInFocusChain() if region.children() else None
    while one is not None and one is not region:
        if region.isAncestorOf(one):
            yield one
        one = one.nextInFocusChain()


def first_of(region: QWidget) -> QWidget | None:
    """The first stop in a region, in the order of Tab; the region itself where it is one."""
    return region if reachable(region) else next((one for one in _inside(region) if reachable(one)), None)


def enter(page: Page) -> None:
    """Put the focus where work on a page begins; a table without a chosen row gets its first."""
    start = page.start()
    stop = first_of(start) if start is not None else None
    stop = stop or first_of(page)
    if stop is not None:
        choose_first(stop)
        stop.setFocus(_TAB)


def choose_first(stop: QWidget) -> None:
    """A list in which nothing is chosen shows no focus: choose its first row."""
    if not isinstance(stop, QAbstractItemView):
        return
    model = stop.model()
    if not stop.selectionModel().hasSelection() and model.rowCount():
        stop.setCurrentIndex(model.index(0, 0))


def step(regions: Iterable[QWidget], *, back: bool = False) -> None:
    """From the region with the focus to the next one that can take it, or the one before."""
    there: Sequence[QWidget] = [r for r in regions if r.isVisible() and first_of(r) is not None]
    if not there:
        return
    focus = QApplication.focusWidget()
    now = next((n for n, r in enumerate(there) if focus is not None and (r is focus or r.isAncestorOf(focus))), None)
    number = 0 if now is None else (now + (-1 if back else 1)) % len(there)
    stop = first_of(there[number])
    if stop is not None:
        choose_first(stop)
        stop.setFocus(_TAB)


def stops_of(part: QWidget) -> list[QWidget]:
    """Everything in it that Tab stops at when it is shown, in the order of Tab."""
    return [one for one in (part, *_inside(part)) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def in_order(*parts: QWidget) -> None:
    """Let Tab go through these parts one after the other, as the eye does; inside a part as before."""
    stops = [stop for part in parts for stop in stops_of(part)]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
