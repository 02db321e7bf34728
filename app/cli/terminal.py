"""What people see on a terminal: sentences on stderr, one line of progress, results on stdout."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO, Final, TextIO

from app.cli.console import nobody_reads, write
from app.progress import Step
from app.texts import grouped

_BAR: Final = 28
_REDRAW_SECONDS: Final = 0.1


def say(text: str) -> None:
    """One line for people, on stderr, safe on any console encoding."""
    write(sys.stderr, text + "\n")


def put(text: str) -> None:
    """One line of result, on stdout."""
    write(sys.stdout, text + "\n")


@contextmanager
def output() -> Generator[BinaryIO]:
    """Standard output for a machine-readable result: bytes, UTF-8 whatever the console's encoding."""
    console: TextIO | None = sys.stdout
    if console is None:
        yield BytesIO()
        return
    buffer: BinaryIO | None = getattr(console, "buffer", None)
    if buffer is not None:
        try:
            console.flush()
            yield buffer
            buffer.flush()
        except OSError as error:
            nobody_reads(console, error)
        return
    console.flush()
    kept = BytesIO()  # standard output was replaced by something that takes text only
    yield kept
    console.write(kept.getvalue().decode("utf-8"))


def put_bytes(body: bytes) -> None:
    """A machine-readable result on stdout, in UTF-8 whatever the console's encoding."""
    with output() as out:
        out.write(body)


class ProgressLine:
    """One line that is drawn over while a job runs; nothing where stderr is not a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream: TextIO | None = stream or sys.stderr
        self._live = self._stream is not None and self._stream.isatty()
        self._last = 0.0
        self._shown = 0

    def __call__(self, step: Step) -> None:
        """Draw this step, at most ten times a second."""
        if not self._live:
            return
        now = time.monotonic()
        if now - self._last < _REDRAW_SECONDS and step.done != step.total:
            return
        self._last = now
        self._draw(_line(step))

    def clear(self) -> None:
        """Take the line away."""
        if self._live and self._shown:
            self._draw("")
            write(self._stream, "\r")
            self._shown = 0

    def _draw(self, text: str) -> None:
        text = text[:110]
        write(self._stream, "\r" + text + " " * max(0, self._shown - len(text)))
        self._shown = len(text)


def _line(step: Step) -> str:
    if step.total:
        share = min(1.0, step.done / step.total)
        filled = int(share * _BAR)
        return f"[{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%}  {step.text}"
    return f"{step.text} ({grouped(step.done)})" if step.done else step.text
