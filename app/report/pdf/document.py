"""The sheet: pages, margins, running heads, headings, links, and text painted line by line from a cursor."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reportlab.lib.pagesizes import A4

from app.report.pdf import rtl, style
from app.report.pdf.pen import open_pen, told
from app.report.pdf.tags import FOOTER, HEADER, Tags
from app.report.pdf.typeset import Piece, Span, layout, prose, runs, visible, width, wrap
from app.texts import tr

if TYPE_CHECKING:
    from app.report.content import ReportContent
    from app.report.surface import Column, Grid, Part

PAGE_WIDTH: Final = float(A4[0])
PAGE_HEIGHT: Final = float(A4[1])
LEFT: Final = 60.0
RIGHT: Final = PAGE_WIDTH - 46.0
TOP: Final = PAGE_HEIGHT - 74.0
BOTTOM: Final = 62.0
WIDE: Final = RIGHT - LEFT
ENOUGH: Final = 300.0
"""A short section runs on where so many points are left; otherwise it begins a page."""
COLUMN: Final = 412.0
"""Width of running text: about 75 characters."""


class Sheet:
    """A PDF being painted from top to bottom. `y` is where the next thing begins; `plan` holds the keys that exist."""

    def __init__(self, path: Path, *, title: str, author: str, running: str, foot: str) -> None:
        style.widths(style.SANS)
        self.canvas = open_pen(path, (PAGE_WIDTH, PAGE_HEIGHT))
        self.tags = Tags(self.canvas)
        self.canvas.setTitle(visible(title))
        self.canvas.setAuthor(visible(author))
        self.canvas.setSubject(visible(running))
        self.canvas.setCreator("Situs")
        self.canvas.setProducer("Situs")
        self.canvas.setViewerPreference("DisplayDocTitle", "true")
        self.canvas.showOutline()
        self.page = 0
        self.y = TOP
        self.plan: set[str] = set()
        self._keys: set[str] = set()
        self._running = running
        self._foot = foot
        self._section = ""
        self._open = self._full = False
        self._pages_of: dict[str, int] = {}
        self._on_new_page: Callable[[], None] | None = None

    # pages

    def new_page(self, *, plain: bool = False) -> None:
        """Ends the page and begins one; a plain page has no running head and foot."""
        if self._open:
            self.tags.end_page()
            self.canvas.showPage()
        self._open, self._full = True, False
        self.page += 1
        self.y = TOP
        self.tags.begin_page()
        if not plain:
            self._decorate()
        if self._on_new_page is not None:
            with self.tags.artifact(HEADER):
                self._on_new_page()

    def fill(self) -> None:
        """No chapter begins on this page any more."""
        self._full = True

    def repeat(self, painter: Callable[[], None] | None) -> None:
        """Paints this at the top of each page that follows, until told otherwise."""
        self._on_new_page = painter

    def room(self) -> float:
        """Points left above the bottom margin."""
        return self.y - BOTTOM

    def need(self, height: float) -> bool:
        """Makes sure that so many points are left; True if that took a new page."""
        if self.room() >= height:
            return False
        self.new_page()
        return True

    def space(self, height: float) -> None:
        """Moves down; at the top of a page that is not needed."""
        if self.y < TOP:
            self.y -= height

    def finish(self) -> None:
        """Writes what had to wait for the end (page count, page numbers of the contents), then the file."""
        for key in sorted(self.plan - self._keys):  # a link to a place that was not painted leads to the last page
            self.canvas.bookmarkPage(key)
        self.tags.finish()
        self.canvas.showPage()
        self._form("pages", visible(str(self.page)), right=False)
        for key, page in self._pages_of.items():
            self._form(f"page-{key}", str(page), right=True)
        self.canvas.save()

    def _form(self, name: str, text: str, *, right: bool) -> None:
        size = 8 if name == "pages" else 9.5
        self.canvas.beginForm(name, -60, -4, 60, 14)
        self.canvas.setFont(style.SANS, size)
        self.canvas.setFillColor(style.MUTED if name == "pages" else style.INK)
        self.canvas.drawString(-width(text, style.SANS, size) if right else 0, 0, text)
        self.canvas.endForm()

    def _decorate(self) -> None:
        base = PAGE_HEIGHT - 44
        with self.tags.artifact(HEADER):
            self.put(LEFT, base, self._section, style.SANS, 8, style.MUTED)
            room = WIDE - width(visible(self._section), style.SANS, 8) - 24
            right = clip(self._running, style.SANS, 8, room)
            self.put_right(RIGHT, base, right, style.SANS, 8, style.MUTED)
            self.rule(base - 7)
        with self.tags.artifact(FOOTER):
            self.put(LEFT, 34, clip(self._foot, style.SANS, 8, WIDE - 90), style.SANS, 8, style.MUTED)
            text = tr("Page {n} of").format(n=self.page) + " "
            at = RIGHT - 14
            self.put(at - width(visible(text), style.SANS, 8), 34, text, style.SANS, 8, style.MUTED)
            self.use_form("pages", at, 34)

    def use_form(self, name: str, x: float, y: float) -> None:
        """Paints something that is written at the end of the document."""
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm(name)
        self.canvas.restoreState()

    # headings and links

    def section(self, title: str, key: str, *, intro: str = "", fresh: bool = True, least: float = ENOUGH) -> None:
        """A first-level heading on a new page, in the outline and the contents, with the sentence that opens it."""
        self.repeat(None)
        self.tags.section()
        self._section = title
        if fresh or not self._open or self._full or self.room() < least:
            self.new_page()
        else:
            self.space(22)
        self.mark(key, title, 0)
        self.y -= 18
        with self.tags.element("H1"):
            for place, line in enumerate(wrap(prose(title), style.SERIF_BOLD, 20, WIDE)):
                self.y -= 25 if place else 0
                self.put(LEFT, self.y, line, style.SERIF_BOLD, 20, style.INK)
        self.y -= 16
        if intro:
            self.y -= 6
            self.paragraph(intro, face=style.SERIF, size=11.5, leading=16.5)
        self.y -= 10

    def subsection(self, title: str, key: str | None = None, *, keep: float = 70) -> None:
        """A second-level heading that stays with at least `keep` points of what follows."""
        self.space(8)
        lines = wrap(title, style.BOLD, 11.5, WIDE)[:4]
        self.need(keep + 24 + 15 * (len(lines) - 1))
        if key:
            self.mark(key, title, 1)
        with self.tags.element("H2"):
            for number, line in enumerate(lines):
                self.y -= 15 if number else 14
                self.put(LEFT, self.y, line, style.BOLD, 11.5, style.ACCENT)
        self.y -= 9

    def mark(self, key: str, title: str | None = None, level: int = 0) -> None:
        """Makes the cursor a place that links can go to, and an entry of the outline where it has a title."""
        if key in self._keys:
            return
        self._keys.add(key)
        self.plan.add(key)
        self.canvas.bookmarkHorizontalAbsolute(key, self.y + 14)
        if title is not None:
            self.canvas.addOutlineEntry(visible(title), key, level, closed=level > 0)
            self._pages_of[key] = self.page

    @contextmanager
    def leading(self, key: str | None) -> Generator[None]:
        """What is painted in the block is a link, if the place that the key names will exist; `link` says where."""
        if key is None or not (key in self.plan or key.startswith("https://")):
            yield
            return
        with self.tags.element("Link"):
            yield

    def link(self, key: str | None, x: float, y: float, wide: float, high: float, about: str) -> None:
        """Makes a rectangle lead to a place of the document (if it will exist) or to an https address.

        `about` is what reading programs say of it. Belongs inside `leading`.
        """
        if key is None or not self.tags.in_link():
            return
        box = (x, y, x + wide, y + high)
        about = visible(about).strip()[:120] or key
        if key.startswith("https://"):
            self.canvas.linkURL(key, box, relative=0, thickness=0, Contents=told(about))
        else:
            self.canvas.linkRect(about, key, box, relative=0, thickness=0)
        self.tags.annotated()

    # painting

    def put(self, x: float, y: float, text: str, face: str, size: float, color: object = style.INK) -> float:
        """Paints one line from x on; returns its width."""
        self.canvas.setFillColor(color)
        parts = runs(visible(text), face)
        if len(parts) == 1 and text.isascii():
            self.canvas.setFont(parts[0][0], size)
            self.canvas.drawString(x, y, parts[0][1])
            return width(parts[0][1], parts[0][0], size)
        spoken = rtl.spoken(text)
        if spoken is not None and self.tags.in_content():
            self.tags.begin("Span", actual=spoken)
        else:
            spoken = None
        line = self.canvas.beginText(x, y)
        wide = 0.0
        for chosen, part in parts:
            line.setFont(chosen, size)
            line.textOut(part)
            wide += width(part, chosen, size)
        self.canvas.drawText(line)
        if spoken is not None:
            self.tags.end()
        return wide

    def put_right(self, x: float, y: float, text: str, face: str, size: float, color: object = style.INK) -> None:
        """Paints one line that ends at x."""
        text = text.rstrip(" ")
        self.put(x - width(visible(text), face, size), y, text, face, size, color)

    def rule(self, y: float, x1: float = LEFT, x2: float = RIGHT, *, thick: float = 0.5) -> None:
        """A hairline; belongs outside of what has content."""
        self.canvas.setStrokeColor(style.HAIRLINE)
        self.canvas.setLineWidth(thick)
        self.canvas.line(x1, y, x2, y)

    def paragraph(
        self,
        text: str,
        *,
        face: str = style.SERIF,
        size: float = 10,
        leading: float = 14.5,
        color: object = style.INK,
        x: float = LEFT,
        room: float = COLUMN,
        after: float = 6,
        lang: str = "",
    ) -> None:
        """Running text in one style; white space is folded. Neither its first nor its last line stands alone."""
        lines = wrap(prose(text), face, size, room)
        self.need(min(2, len(lines)) * leading)
        with self.tags.element("P", lang=lang):
            for i, line in enumerate(lines):
                self.need(2 * leading if i == len(lines) - 2 and i else leading)
                self.y -= leading
                self.put(x, self.y + leading - size, line, face, size, color)
        self.y -= after

    def rich(
        self,
        spans: Sequence[Span],
        *,
        leading: float = 14.5,
        x: float = LEFT,
        room: float = COLUMN,
        after: float = 6,
        lang: str = "",
    ) -> None:
        """Running text in several styles, with links."""
        lines = layout(tuple(spans), room)
        self.need(min(2, len(lines)) * leading)
        with self.tags.element("P", lang=lang):
            for i, line in enumerate(lines):
                self.need(2 * leading if i == len(lines) - 2 and i else leading)
                self.y -= leading
                self.pieces(line, x, self.y + leading - 10)
        self.y -= after

    def pieces(self, line: Iterable[Piece], x: float, base: float) -> None:
        """Paints one laid-out line with its links."""
        for piece in line:
            span = piece.span
            with self.leading(span.link):
                self.put(x + piece.x, base, piece.text, span.face, span.size, span.color)
                self.link(span.link, x + piece.x, base - 2, piece.width, span.size + 2, piece.text)

    def bullets(self, items: Iterable[str], *, size: float = 10, leading: float = 14, room: float = COLUMN) -> None:
        """A list with dashes."""
        with self.tags.element("L"):
            for item in items:
                lines = wrap(prose(item), style.SERIF, size, room - 14)
                self.need(min(2, len(lines)) * leading)
                with self.tags.element("LI"):
                    with self.tags.element("Lbl"):
                        self.put(LEFT, self.y - size, "–", style.SERIF, size, style.MUTED)
                    with self.tags.element("LBody"):
                        for line in lines:
                            self.need(leading)
                            self.y -= leading
                            self.put(LEFT + 14, self.y + leading - size, line, style.SERIF, size)
                self.y -= 3
        self.y -= 3

    # what chapters ask for, beside headings and text

    def table(
        self, columns: "Sequence[Column]", *, size: float = 8, indent: float = 0, full: bool = True, continued: str = ""
    ) -> "Grid":
        """A table from the cursor on."""
        from app.report.pdf.tables import Table

        return Table(self, columns, size=size, indent=indent, full=full, continued=continued)

    def bar(self, parts: "Sequence[Part]") -> None:
        """A whole and its parts as one bar."""
        from app.report.pdf import charts

        charts.bar(self, parts)

    def anchor(self, key: str, room: float = 0) -> None:
        """A place that links can go to, with so much room below."""
        self.need(room)
        self.mark(key)

    def gap(self, height: float) -> None:
        """Moves down."""
        self.y -= height

    def special(self, name: str, content: "ReportContent") -> None:
        """Chapters that PDF pages have in a form of their own."""
        from app.report.pdf import cover, findings
        from app.report.pdf import map as places

        if name == "glance":
            places.page(self, content, figures=False)
            return
        {"summary": cover.summary, "map": places.page, "findings": findings.findings}[name](self, content)


def clip(text: str, face: str, size: float, room: float) -> str:
    text = visible(text)
    if width(text, face, size) <= room:
        return text
    while text and width(text + "…", face, size) > room:
        text = text[:-1]
    return text + "…"
