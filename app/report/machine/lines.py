"""Writing large JSON piece by piece, and the identifiers that stay the same from one report to the next."""

import uuid
from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from app.report.jsonform import encoded

_SPACE: Final = uuid.UUID("5f1d9d0e-3f0a-5d55-9a0e-8c3f4f6f2f11")
"""Names below it are ours: `uuid5(_SPACE, …)` gives the same thing the same identifier in every report."""


def identifier(*parts: object) -> str:
    """A UUID (version 5) for these parts; the same for the same parts."""
    name = "\x1f".join(str(p) for p in parts).encode("utf-8", "backslashreplace").decode("utf-8")
    return str(uuid.uuid5(_SPACE, name))


class Writer:
    """JSON into a stream, one member or item at a time."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def raw(self, text: str) -> None:
        """Punctuation."""
        self._out.write(text.encode("ascii"))

    def member(self, name: str, value: Any, *, last: bool = False) -> None:
        """`"name": value`, with a comma unless it is the last."""
        self._out.write(encoded(name) + b": " + encoded(value) + (b"\n" if last else b",\n"))

    def items(self, name: str | None, values: Iterable[Any], *, last: bool = False) -> None:
        """A list, one item to a line; `name` None: the list alone."""
        self._out.write((encoded(name) + b": " if name is not None else b"") + b"[")
        start = b"\n"
        for value in values:
            self._out.write(start + encoded(value))
            start = b",\n"
        self._out.write(b"]" if last else b"],\n")
