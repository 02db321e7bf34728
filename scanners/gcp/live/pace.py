"""How fast Google may be asked: its quotas count calls in a minute, for the login and not for each project."""

import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic

from scanners.live.limits import Limited, Limits


class Pace(Limits):
    """Caps of one project. A declared rate (calls per second over a minute, as Google counts) holds for the login."""

    def __init__(self, width: int, shared: "Minutes") -> None:
        super().__init__(width)
        self._plain, self._shared = Limits(width), shared

    def slot(self, operation: Limited, region: str) -> threading.BoundedSemaphore:
        """The slots of an operation: a rate does not make calls wait for each other."""
        return self._plain.slot(_Unpaced(operation.key), region)

    def pause(self, operation: Limited, region: str) -> float:
        """Seconds to wait before the next call."""
        del region
        key = operation.key.partition(" ")[0]  # the content types of the inventory have one quota
        return 0.0 if operation.rate is None else self._shared.turn(key, round(operation.rate * 60))


@dataclass(frozen=True, slots=True)
class _Unpaced:
    key: str
    rate: float | None = None


class Minutes:
    """Turns of which no more than so many fall into any minute: Google's quotas count so."""

    def __init__(self, window: float = 60.5) -> None:
        self._window = window
        self._lock = threading.Lock()
        self._turns: dict[str, deque[float]] = {}

    def turn(self, key: str, most: int) -> float:
        """Seconds to wait until it is this caller's turn."""
        with self._lock:
            now = monotonic()
            turns = self._turns.setdefault(key, deque(maxlen=most))
            at = now if len(turns) < most else max(now, turns[0] + self._window)
            turns.append(at)
            return at - now
