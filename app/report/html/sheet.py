"""The page that chapters are written on, as HTML."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, TextIO

from app.report import words
from app.report.html.marked import classes, outside, plain
from app.report.html.svg import hexadecimal
from app.report.pdf import style
from app.report.pdf.typeset import Span
from app.report.surface import Cell, Column, Part

if TYPE_CHECKING:
    from app.report.content import ReportContent

_SIGNS: Final = {"fail": "⬢", "not_checked": "?", "accepted": "▭", "pass": "✓", "not_applicable": "–"}


def mark(name: str) -> str:
    """The sign of a verdict, with its word for those who do not see it."""
    word = plain(words.verdict(name))
    return f'<span class="mark {plain(name)}" role="img" aria-label="{word}">{_SIGNS.get(name, "")}</span>&nbsp;'


class HtmlSheet:
    """Writes as it goes. `plan` holds the keys that links may lead to."""

    def __init__(self, out: TextIO, plan: set[str]) -> None:
        self._out = out
        self.plan = plan
        self._keys: set[str] = set()
        self._section = False
        self._caption = ""

    def put(self, text: str) -> None:
        """Writes markup of our own."""
        self._out.write(text)

    def identity(self, key: str | None) -> str:
        """An id attribute the first time that a key is met."""
        if not key or key in self._keys:
            return ""
        self._keys.add(key)
        return f' id="{plain(key)}"'

    def linked(self, text: str, link: str | None) -> str:
        """Markup led to a place of this page, or to an https address."""
        if link is None:
            return text
        if link.startswith("https://"):
            return f'<a href="{plain(link)}" rel="noreferrer noopener">{text}</a>'
        return f'<a href="#{plain(link)}">{text}</a>' if link in self.plan else text

    def section(self, title: str, key: str, *, intro: str = "", fresh: bool = True, least: float = 0) -> None:
        """A heading of the first level."""
        self.close()
        self._section = True
        self._caption = title
        self.put(f'<section aria-labelledby="h-{plain(key)}"{self.identity(key)}>\n')
        self.put(f'<h2 id="h-{plain(key)}">{plain(title)}</h2>\n')
        if intro:
            self.put(f'<p class="lead">{outside(intro)}</p>\n')

    def close(self) -> None:
        """Ends the section."""
        if self._section:
            self.put("</section>\n")
            self._section = False

    def subsection(self, title: str, key: str | None = None, *, keep: float = 70) -> None:
        """A heading of the second level."""
        self._caption = title
        self.put(f"<h3{self.identity(key)}>{outside(title)}</h3>\n")

    def paragraph(
        self,
        text: str,
        *,
        face: str = style.SERIF,
        size: float = 10,
        leading: float = 14.5,
        color: object = style.INK,
        x: float = 0,
        room: float = 0,
        after: float = 6,
    ) -> None:
        """Running text; small print where the page prints it small."""
        small = ' class="small"' if size < 9 else ""
        self.put(f"<p{small}>{outside(text)}</p>\n")

    def rich(
        self, spans: Sequence[Span], *, leading: float = 14.5, x: float = 0, room: float = 0, after: float = 6
    ) -> None:
        """Running text in several styles."""
        parts = [
            self.linked(f"<span{classes(s.face, s.color)}>{outside(s.text)}</span>", s.link) for s in spans if s.text
        ]
        self.put(f"<p>{''.join(parts)}</p>\n")

    def bullets(self, items: Iterable[str], *, size: float = 10, leading: float = 14, room: float = 0) -> None:
        """A list."""
        self.put("<ul>\n" + "".join(f"<li>{outside(item)}</li>\n" for item in items) + "</ul>\n")

    def table(
        self, columns: Sequence[Column], *, size: float = 8, indent: float = 0, full: bool = True, continued: str = ""
    ) -> "HtmlGrid":
        """A table with a caption for screen readers."""
        return HtmlGrid(self, columns, self._caption)

    def bar(self, parts: Sequence[Part]) -> None:
        """A whole and its parts: a list with numbers, and a drawn bar that says nothing else."""
        shown = [p for p in parts if p.number]
        whole = sum(p.number for p in shown)
        if not whole:
            return
        drawn = "".join(
            f'<span style="flex:{p.number};background:{"#fff" if p.open_ else hexadecimal(p.color)};'
            f'border-color:{hexadecimal(p.color)}"></span>'
            for p in shown
        )
        items = "".join(
            f'<li><span class="key" style="background:{"#fff" if p.open_ else hexadecimal(p.color)};'
            f'border-color:{hexadecimal(p.color)}"></span>{words.number(p.number)} {plain(p.name)}</li>'
            for p in shown
        )
        self.put(f'<div class="bar" aria-hidden="true">{drawn}</div>\n<ul class="keys">{items}</ul>\n')

    def anchor(self, key: str, room: float = 0) -> None:
        """A place that links can go to."""
        if told := self.identity(key):
            self.put(f"<span{told}></span>")

    def gap(self, height: float) -> None:
        """White space is the style sheet's."""

    def special(self, name: str, content: "ReportContent") -> None:
        """Chapters that this page has in a form of its own."""
        from app.report.html import special

        painters = {"summary": special.summary, "findings": special.findings}
        painters.get(name, special.places)(self, content)


class HtmlGrid:
    """A table being written."""

    def __init__(self, sheet: HtmlSheet, columns: Sequence[Column], caption: str) -> None:
        self._sheet = sheet
        self._columns = columns
        heads = "".join(f'<th scope="col"{_right(c)}>{plain(c.title)}</th>' for c in columns)
        whole = sum(c.width for c in columns) or 1
        cols = "".join(f'<col style="width:{c.width / whole:.1%}">' for c in columns)
        sheet.put(
            f'<div class="scroll" tabindex="0" role="group" aria-label="{plain(caption)}"><table>'
            f'<caption class="unseen">{plain(caption)}</caption><colgroup>{cols}</colgroup>'
            f"<thead><tr>{heads}</tr></thead><tbody>\n"
        )

    def row(self, cells: Sequence[Cell], key: str | None = None) -> None:
        """One row; its first cell names it."""
        parts: list[str] = []
        for place, (cell, column) in enumerate(zip(cells, self._columns, strict=True)):
            sign = mark(cell.mark) if cell.mark else ""
            lang = f' lang="{plain(cell.lang)}"' if cell.lang else ""
            text = f"<span{classes(cell.face, cell.color)}{lang}>{outside(cell.text)}</span>"
            note = f'<br><small class="note">{outside(cell.note)}</small>' if cell.note else ""
            tag = 'th scope="row"' if place == 0 else "td"
            end = "th" if place == 0 else "td"
            parts.append(f"<{tag}{_right(column)}>{sign}{self._sheet.linked(text, cell.link)}{note}</{end}>")
        self._sheet.put(f"<tr{self._sheet.identity(key)}>{''.join(parts)}</tr>\n")

    def end(self, after: float = 10) -> None:
        """No more rows."""
        self._sheet.put("</tbody></table></div>\n")


def _right(column: Column) -> str:
    return ' class="right"' if column.right else ""
