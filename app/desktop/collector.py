"""When Python tidies up: looking through everything there is stops every thread, and the window with them.

Measured with the sample estate: a full collection takes 30 to 45 ms of the processor, two or three frames, and used to
happen several times while a worker reads a store. Young objects are collected as ever. A full collection waits for a
moment in which nothing is going on, and passes by what was there when the first judgement was shown, since that stays.
"""

import gc
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_EVERY: Final = 5 * 60_000
"""Milliseconds between full collections."""
_NEVER: Final = 1_000_000
_settled: list[bool] = []


def calm() -> None:
    """From now on neither collections nor workers hold the thread of the window up for long."""
    sys.setswitchinterval(0.0005)  # a worker that computes lets the window draw ten times sooner than by default
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)
    gc.freeze()


def settle() -> None:
    """The first judgement is shown: what is there by now stays to the end. Later ones change nothing."""
    if not _settled:
        _settled.append(True)
        gc.freeze()


def tidy(owner: QObject, busy: Callable[[], bool]) -> QTimer:
    """Have garbage collected now and then, as long as this owner lives, while nothing is going on."""

    def at_rest() -> None:
        if not busy() and QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            gc.collect()

    timer = QTimer(owner)
    timer.setInterval(_EVERY)
    timer.timeout.connect(at_rest)
    timer.start()
    return timer
