"""The memory of a judgement: millions of short-lived objects, none of them in circles."""

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_THRESHOLDS: Final = (10_000_000, 20, 100)
_MANY: Final = 20_000
_OF_PYTHON: Final = 1_000
"""Python 3.12 sets some hundred objects aside before anybody asks it to."""

_lock: Final = threading.Lock()
_inside: Final[list[tuple[int, int, int]]] = []


@contextmanager
def seldom_searched() -> Generator[None]:
    """Inside, Python looks for unreachable circles of objects seldom: at its usual pace that takes a fifth of the time.

    What is not part of a circle is given back at once, as ever.
    """
    with (
        _lock
    ):  # threads may be inside side by side: the first one in notes the usual pace, the last one out restores it
        if not _inside:
            before = gc.get_threshold()
            if before[0] and before[0] < _THRESHOLDS[0]:
                gc.set_threshold(*_THRESHOLDS)
        else:
            before = _inside[0]
        _inside.append(before)
    try:
        yield
    finally:
        # What somebody else has set aside stays there. To count that takes long, and is not worth it for a few objects.
        if gc.get_count()[0] > _MANY and gc.get_freeze_count() < _OF_PYTHON:
            # All that is left counts as old, without a look at it: otherwise the usual pace would begin with a search
            # of what the judgement made. The next full search, some 80,000 new objects later, gives it back.
            gc.freeze()
            gc.unfreeze()
        with _lock:
            _inside.pop()
            if not _inside:
                gc.set_threshold(*before)
