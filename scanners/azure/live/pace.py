"""Azure's quotas as token buckets, so that an audit never uses up what the organisation's own automation needs.

Resource Manager: 250 reads at once and 25 a second for each subscription and principal. Resource Graph: 15 queries in
5 seconds for each user. Both tell what is left in headers, which count before what was worked out here.
"""

import threading
import time
from typing import Final

ARM: Final = (250.0, 25.0)
GRAPH: Final = (15.0, 3.0)


class Bucket:
    """Tokens that refill with time; who finds none is told how long to wait. Safe for several threads."""

    def __init__(self, capacity: float, refill: float) -> None:
        self._capacity, self._refill = capacity, refill
        self._lock = threading.Lock()
        self._tokens = capacity
        self._at = time.monotonic()

    def take(self) -> float:
        """Takes a token, maybe one that is still to come; returns the seconds until it is there."""
        with self._lock:
            self._fill()
            self._tokens -= 1
            return max(0.0, -self._tokens / self._refill)

    def left(self, tokens: float) -> None:
        """Azure says how many are left: never more than that."""
        with self._lock:
            self._fill()
            self._tokens = min(self._tokens, tokens)

    def empty_for(self, seconds: float) -> None:
        """Azure says that there are none for so long."""
        with self._lock:
            self._fill()
            self._tokens = min(self._tokens, -seconds * self._refill)

    def _fill(self) -> None:
        now = time.monotonic()
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._refill)
        self._at = now


def clock_span(text: str) -> float | None:
    """Seconds of `hh:mm:ss`; None where it is no such text."""
    parts = text.strip().split(":")
    if len(parts) != 3 or not all(part.replace(".", "", 1).isdigit() for part in parts):
        return None
    hours, minutes, seconds = (float(part) for part in parts)
    return hours * 3600 + minutes * 60 + seconds
