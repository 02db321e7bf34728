"""Caps on what one account is asked at a time, and answers that several tasks share."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Protocol


class Limited(Protocol):
    """An operation as caps know it: its name, and the most calls per second where that is declared."""

    @property
    def key(self) -> str:
        """The name that the guard and the log use."""
        ...

    @property
    def rate(self) -> float | None:
        """Most calls per second in one account and region."""
        ...


class Limits:
    """Caps of one account: calls of one operation in flight in one region, and calls per second where declared."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._slots: dict[tuple[str, str], threading.BoundedSemaphore] = {}
        self._next: dict[Hashable, float] = {}

    def slot(self, operation: Limited, region: str) -> threading.BoundedSemaphore:
        """The slots of an operation in a region: one where a rate is declared."""
        key = (operation.key, region)
        with self._lock:
            if key not in self._slots:
                self._slots[key] = threading.BoundedSemaphore(1 if operation.rate else self._width)
            return self._slots[key]

    def pause(self, operation: Limited, region: str) -> float:
        """Seconds to wait before the next call, so that the declared rate is kept."""
        if operation.rate is None:
            return 0.0
        return self.turn((operation.key, region), 1 / operation.rate)

    def turn(self, key: Hashable, seconds: float) -> float:
        """Seconds to wait until it is this caller's turn, where turns of `key` are `seconds` apart."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next.get(key, 0.0))
            self._next[key] = at + seconds
            return at - now


class Once:
    """Answers that several tasks of an account need, each read once; who comes meanwhile waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[str, Any] = {}

    def of(self, name: str, read: Callable[[], Any]) -> Any:
        """The answer, or the MissedError that took its place."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._found:
                self._found[name] = read()
            return self._found[name]
