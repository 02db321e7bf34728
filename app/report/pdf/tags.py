"""What each stroke on a page is: marked content while painting, and the elements of the structure that it belongs to.

Pages are painted from top to bottom in reading order. At any moment the pen is either inside one element of the
structure (a paragraph, a cell) or draws what is no content (rules, grounds, running heads): an artifact. So nothing is
left unmarked, whoever paints. Elements are packed into numbers as soon as they are complete: a hundred thousand rows
take some ten megabytes. ISO 32000-1, 14.6 to 14.8.
"""

from array import array
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from app.report.pdf.pen import Pen

KINDS: Final[tuple[tuple[str, str], ...]] = (
    ("Document", ""),
    ("Sect", ""),
    ("H1", ""),
    ("H2", ""),
    ("H3", ""),
    ("P", ""),
    ("L", ""),
    ("LI", ""),
    ("Lbl", ""),
    ("LBody", ""),
    ("Table", ""),
    ("THead", ""),
    ("TBody", ""),
    ("TR", ""),
    ("TH", "/A<</O/Table/Scope/Column>>"),
    ("TH", "/A<</O/Table/Scope/Row>>"),
    ("TD", ""),
    ("Figure", ""),
    ("Link", ""),
    ("TOC", ""),
    ("TOCI", ""),
    ("Reference", ""),
    ("Span", ""),
)
"""Type and attributes of an element, by the number that stands for them in a record."""
_NAMES: Final = {
    ("TH/Column" if "Column" in more else "TH/Row" if "Row" in more else name): code
    for code, (name, more) in enumerate(KINDS)
}
_NO_CONTENT: Final = frozenset(
    _NAMES[name]
    for name in ("Document", "Sect", "L", "LI", "Table", "THead", "TBody", "TR", "TOC", "TOCI", "Reference")
)
"""Elements that hold other elements only: what is painted directly in them is an artifact."""
_KEEP_EMPTY: Final = frozenset(_NAMES[name] for name in ("Document", "TH/Column", "TH/Row", "TD", "TR", "LBody"))
CONTENT: Final = 1 << 63
"""A child that is marked content: the page is in bits 20 and up, the number of the sequence below."""
ANNOTATION: Final = 1 << 62
"""A child that is an annotation: its number in the document."""
Box = tuple[float, float, float, float]
PLAIN: Final = "/Artifact BMC"
HEADER: Final = "/Artifact<</Type/Pagination/Subtype/Header>>BDC"
FOOTER: Final = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC"


class Element:
    """An element that is not complete yet."""

    __slots__ = ("code", "kids", "number", "parent")

    def __init__(self, number: int, code: int, parent: "Element | None") -> None:
        self.number = number
        self.code = code
        self.parent = parent
        self.kids = array("Q")


class Tags:
    """The structure of one document as it is being painted.

    `records` holds, one after the other: code << 56 | number, parent, how many children, children. `pages` has for
    each page the elements of its marked content in order, `annotations` the element of each annotation.
    """

    def __init__(self, canvas: Pen) -> None:
        self._canvas: Any = canvas
        self.records = array("Q")
        self.pages: list[array[int]] = []
        self.annotations = array("Q")
        self.more: dict[int, str] = {}
        """Attributes of single elements, as they are written: other words for a figure, another language."""
        self.count = 0
        self._document = self._top = self._make("Document", None)
        self._open: Element | str | None = None
        self._from = 0
        self._code: list[str] = []

    # pages

    def begin_page(self) -> None:
        """A page was begun: what is painted on it belongs to the element that is being painted."""
        self._code = self._canvas._code
        self._open = None  # what was opened before the first page was written nowhere
        self.pages.append(array("I"))
        self._switch(self._target())

    def end_page(self) -> None:
        """The page is about to be ended."""
        self._switch(None)

    def finish(self) -> None:
        """No more is painted, and the last page is about to be ended: completes every element.

        The pen is let go: its strokes are not to stay in memory for as long as the structure does.
        """
        while self._top is not self._document:
            self.end()
        self._pack(self._document)
        self.end_page()
        self._canvas = None
        self._code = []

    # elements

    def begin(self, kind: str, *, alt: str = "", actual: str = "", lang: str = "", box: Box | None = None) -> Element:
        """Opens an element in the one that is open.

        `alt`: what a figure shows; `actual`: what the strokes read as; `box`: where it is on the page.
        """
        self._settle()
        self._top = element = self._make(kind, self._top)
        if alt or actual or lang or box:
            self._describe(element, alt, actual, lang, box)
        self._switch(self._target())
        return element

    def end(self) -> None:
        """Completes the element that is open."""
        self._settle()
        element = self._top
        self._top = element.parent or self._document
        self._pack(element)
        if self.pages:
            self._switch(self._target())

    @contextmanager
    def element(
        self, kind: str, *, alt: str = "", actual: str = "", lang: str = "", box: Box | None = None
    ) -> Generator[Element]:
        """An element for as long as the block runs."""
        element = self.begin(kind, alt=alt, actual=actual, lang=lang, box=box)
        try:
            yield element
        finally:
            self.end()

    @contextmanager
    def artifact(self, opener: str = PLAIN) -> Generator[None]:
        """What is painted in the block is no content, whatever element is open."""
        self._switch(opener)
        try:
            yield
        finally:
            self._switch(self._target())

    def section(self) -> None:
        """Ends whatever is open, and opens the next section of the document."""
        while self._top is not self._document:
            self.end()
        self.begin("Sect")

    # cells, which are painted side by side and may go on on the next page

    def cell(self, kind: str, lang: str = "") -> Element:
        """An element in the one that is open, to be entered as often as there is something to paint in it."""
        element = self._make(kind, self._top)
        if lang:
            self._describe(element, "", "", lang, None)
        return element

    def enter(self, element: Element) -> None:
        """Paints into an element that was made by `cell`."""
        self._top = element
        self._switch(element)

    def leave(self) -> None:
        """Back to the element around the cell."""
        self._top = self._top.parent or self._document
        self._switch(self._target())

    def complete(self, element: Element) -> None:
        """No more is painted into a cell."""
        self._pack(element)

    # links

    def annotated(self) -> None:
        """An annotation was put on the page: it belongs to the link that is open."""
        self._settle()
        number = len(self.annotations)
        self._top.kids.append(ANNOTATION | (len(self.pages) - 1) << 32 | number)
        self.annotations.append(self._top.number)
        self._switch(self._target())

    def in_content(self) -> bool:
        """Whether what is painted now is content."""
        return isinstance(self._open, Element)

    def in_link(self) -> bool:
        """Whether a link is open."""
        return KINDS[self._top.code][0] == "Link"

    # inside

    def _make(self, kind: str, parent: Element | None) -> Element:
        element = Element(self.count, _NAMES[kind], parent)
        self.count += 1
        if parent is not None:
            parent.kids.append(element.number)
        return element

    def _describe(self, element: Element, alt: str, actual: str, lang: str, box: Box | None) -> None:
        parts = [f"/Alt<{_hex(alt)}>"] if alt else []
        if actual:
            parts.append(f"/ActualText<{_hex(actual)}>")
        if lang:
            parts.append(f"/Lang({lang})")
        if box:
            told = " ".join(f"{side:.2f}" for side in box)
            parts.append(f"/A<</O/Layout/Placement/Block/BBox[{told}]>>")
        self.more[element.number] = "".join(parts)

    def _target(self) -> Element | str:
        return PLAIN if self._top.code in _NO_CONTENT else self._top

    def _settle(self) -> None:
        """Ends the content that is open, so that what comes next stands after it among the children."""
        if isinstance(self._open, Element):
            self._switch(None)

    def _switch(self, target: Element | str | None) -> None:
        """Ends the sequence that is open and begins the next; one in which nothing was painted leaves no trace."""
        code = self._code
        now = self._open
        if target is now:
            return
        if now is not None:
            if len(code) == self._from and code:
                code.pop()
                if isinstance(now, Element):
                    now.kids.pop()
                    self.pages[-1].pop()
            else:
                code.append("EMC")
        self._open = target
        if target is None:
            return
        if isinstance(target, Element):
            page = self.pages[-1]
            number = len(page)
            page.append(target.number)
            target.kids.append(CONTENT | (len(self.pages) - 1) << 20 | number)
            code.append(f"/{KINDS[target.code][0]}<</MCID {number}>>BDC")
        else:
            code.append(target)
        self._from = len(code)

    def _pack(self, element: Element) -> None:
        parent = element.parent
        if not element.kids and parent is not None and element.code not in _KEEP_EMPTY:
            parent.kids.remove(element.number)
            return
        records = self.records
        records.append(element.code << 56 | element.number)
        records.append(0 if parent is None else parent.number)
        records.append(len(element.kids))
        records.extend(element.kids)


def _hex(text: str) -> str:
    return "FEFF" + text.encode("utf-16-be", "replace").hex().upper()
