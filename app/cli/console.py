"""Text on the streams of a console, whatever its encoding, and whoever reads it or no longer does."""

import errno
import os
from contextlib import suppress
from typing import TextIO


def write(stream: TextIO | None, text: str) -> None:
    """A text on a stream, safe on any console encoding; nowhere, where there is none. Raises OSError."""
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
        nobody_reads(stream, error)


def nobody_reads(stream: TextIO, error: OSError) -> None:
    """Whoever read this has gone (`| head`): the command goes on, and its exit status counts. Raises other errors."""
    if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says the latter
        raise error
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
