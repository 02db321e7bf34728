"""The contents of one exported file as a stream of elements, whatever its shape, with bounds on everything."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import Struct

from scanners.exports.source import Shape


class Element(Struct):
    """One element of a file: a member of an array, a line, a row, or a whole object.

    `number` counts from 1; `line` is set for lines and rows; `offset` is the byte in the expanded content at which it
    begins; `member` names the list of the object that it stood in.
    """

    value: Any
    number: int
    offset: int
    line: int | None = None
    member: str = ""

    @property
    def where(self) -> str:
        """`line 4` or `item 17`."""
        return f"item {self.number}" if self.line is None else f"line {self.line}"


class ExportStream:
    """The contents of one file."""

    shape: Shape
    envelope: dict[str, Any]

    def elements(self, *lists: str, type: Any = Any) -> Iterator[Element]:  # noqa: A002
        """Every element that can be decoded; see the module `scanners.exports.formats`."""
        raise NotImplementedError

    def text(self) -> str:
        """The whole content as text."""
        raise NotImplementedError

    def workbook(self) -> BinaryIO:
        """The file as a seekable binary file."""
        raise NotImplementedError
