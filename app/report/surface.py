"""What a chapter is painted on: a PDF page or an HTML page. Chapters know these methods and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reportlab.lib.colors import Color

from app.report.pdf import style

if TYPE_CHECKING:
    from app.report.content import ReportContent
    from app.report.pdf.typeset import Span


RULES = "en"
"""The language of the texts of rules and law, whatever the report's."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width in points (gap included), and whether it holds numbers."""

    title: str
    width: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; `note` is smaller text below it, `mark` a verdict drawn before it. `lang`: the language of
    the text where it is not the report's."""

    text: str
    face: str = style.SANS
    color: object = style.INK
    link: str | None = None
    note: str = ""
    mark: str | None = None
    note_face: str = style.SANS
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: what it is, how many, its colour; `open_` draws it hatched, for what is not known."""

    name: str
    number: int
    color: Color
    open_: bool = False


class Grid(Protocol):
    """A table that is being filled row by row."""

    def row(self, cells: Sequence[Cell], key: str | None = None) -> None:
        """One row; `key` makes it a place that links can go to."""
        ...

    def end(self, after: float = 10) -> None:
        """No more rows."""
        ...


class Surface(Protocol):
    """Where a chapter goes, from top to bottom."""

    def section(self, title: str, key: str, *, intro: str = "", fresh: bool = True, least: float = ...) -> None:
        """A heading of the first level with the sentence that opens it.

        It begins a page if `fresh`, or if fewer than `least` points are left on the present one.
        """
        ...

    def subsection(self, title: str, key: str | None = None, *, keep: float = 70) -> None:
        """A heading of the second level."""
        ...

    def paragraph(
        self,
        text: str,
        *,
        face: str = style.SERIF,
        size: float = 10,
        leading: float = 14.5,
        color: object = style.INK,
        x: float = ...,
        room: float = ...,
        after: float = 6,
    ) -> None:
        """Running text in one style."""
        ...

    def rich(
        self, spans: "Sequence[Span]", *, leading: float = 14.5, x: float = ..., room: float = ..., after: float = 6
    ) -> None:
        """Running text in several styles, with links."""
        ...

    def bullets(self, items: Iterable[str], *, size: float = 10, leading: float = 14, room: float = ...) -> None:
        """A list."""
        ...

    def table(
        self,
        columns: Sequence[Column],
        *,
        size: float = 8,
        indent: float = 0,
        full: bool = True,
        continued: str = "",
    ) -> Grid:
        """A table to be filled; its head is repeated on each page."""
        ...

    def bar(self, parts: Sequence[Part]) -> None:
        """A whole and its parts, each named and counted; parts of nothing are left out."""
        ...

    def anchor(self, key: str, room: float = 0) -> None:
        """A place that links can go to, with so many points below it on the same page."""
        ...

    def gap(self, height: float) -> None:
        """White space."""
        ...

    def special(self, name: str, content: "ReportContent") -> None:
        """A chapter that each kind of page paints in its own way: `summary`, `map`, `glance`, `findings`."""
        ...
