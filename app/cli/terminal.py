"""What people see on a terminal: sentences on stderr, one line of progress, results on stdout."""

import errno
import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import BinaryIO, Final, TextIO

from app.progress import Step

_BAR: Final = 28
_REDRAW_SECONDS: Final = 0.1


def say(text: str) -> None:
    """One line for people, on stderr, safe on any console encoding."""
    _write(sys.stderr, text + "\n")


def put(text: str) -> None:
    """One line of result, on stdout."""
    _write(sys.stdout, text + "\n")


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
            _nobody_reads(console, error)
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
            _write(self._stream, "\r")
            self._shown = 0

    def _draw(self, text: str) -> None:
        text = text[:110]
        _write(self._stream, "\r" + text + " " * max(0, self._shown - len(text)))
        self._shown = len(text)


def _line(step: Step) -> str:
    if step.total:
        share = min(1.0, step.done / step.total)
        filled = int(share * _BAR)
        return f"[{'#' * filled}{'.' * (_BAR - filled)}] {share:4.0%}  {step.text}"
    return f"{step.text} ({step.done:,})" if step.done else step.text


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return  # a program without a console; what is said goes to the log and the history
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError as error:
        _nobody_reads(stream, error)


def _nobody_reads(stream: TextIO, error: OSError) -> None:
    """Whoever read this has gone (`| head`): the command goes on, and its exit status counts. Raises other errors."""
    if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says the latter
        raise error
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
