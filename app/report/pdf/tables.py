"""A table painted row by row: fixed columns, wrapped cells, hairlines, heads repeated on each page, any row length."""

from collections.abc import Iterable, Sequence

from app.report.pdf import marks, style
from app.report.pdf.document import BOTTOM, LEFT, TOP, WIDE, Sheet, clip
from app.report.pdf.tags import Element
from app.report.pdf.typeset import width, wrap
from app.report.surface import Cell, Column

PAD = 3.0
GAP = 8.0
_TOGETHER = 2
"""Rows that stay together at the end of a table."""


def roomy(columns: Sequence[Column], size: float) -> list[Column]:
    """The columns, each wide enough for the longest word of its head; the widest ones give the room."""
    least = [max((width(w, style.BOLD, size) for w in c.title.split()), default=0) + GAP + 0.5 for c in columns]
    wide = [c.width for c in columns]
    for place, needed in enumerate(least):
        lacking = needed - wide[place]
        if lacking <= 0:
            continue
        spare = max(range(len(columns)), key=lambda other: wide[other] - least[other])
        if wide[spare] - least[spare] < lacking:
            continue  # no column has room to give: the head is broken as it was
        wide[place] += lacking
        wide[spare] -= lacking
    return [Column(c.title, w, c.right) for c, w in zip(columns, wide, strict=True)]


class Table:
    """Paints rows onto a sheet as they come; keeps none."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Sequence[Column],
        *,
        size: float = 8,
        indent: float = 0,
        full: bool = True,
        continued: str = "",
    ) -> None:
        self._sheet = sheet
        scale = (WIDE - indent + GAP) / sum(c.width for c in columns) if full else 1.0
        columns = roomy([Column(c.title, c.width * scale, c.right) for c in columns], size - 0.5)
        self._columns = columns
        self._size = size
        self._note = size - 1
        self._leading = size * 1.32
        self._left = LEFT + indent
        self._right = self._left + sum(c.width for c in columns) - GAP
        self._count = 0
        self._heads = [wrap(c.title, style.BOLD, size - 0.5, c.width - GAP) for c in columns]
        self._continued = continued
        self._begun = False
        self._waiting: list[tuple[Sequence[Cell], str | None]] = []

    def _head_height(self) -> float:
        return max(len(h) for h in self._heads) * self._leading + 6

    def _head(self, *, first: bool = False) -> None:
        """The heads of the columns: content the first time, repeated for the eye only."""
        sheet, size = self._sheet, self._size - 0.5
        tags = sheet.tags
        high = max(len(h) for h in self._heads)
        x = self._left
        for column, lines in zip(self._columns, self._heads, strict=True):
            if first:
                tags.begin("TH/Column")
            for i, line in enumerate(lines):
                base = sheet.y - (high - len(lines) + i + 1) * self._leading + 2
                if column.right:
                    sheet.put_right(x + column.width - GAP, base, line, style.BOLD, size, style.MUTED)
                else:
                    sheet.put(x, base, line, style.BOLD, size, style.MUTED)
            if first:
                tags.end()
            x += column.width
        sheet.y -= self._head_height()
        sheet.canvas.setStrokeColor(style.INK)
        sheet.canvas.setLineWidth(0.6)
        sheet.canvas.line(self._left, sheet.y + 2, self._right, sheet.y + 2)

    def _again(self) -> None:
        """The head at the top of a further page, below what the table goes on about."""
        self._goes_on()
        self._head()

    def _goes_on(self) -> None:
        sheet = self._sheet
        if self._continued:
            text = clip(self._continued, style.ITALIC, 8, self._right - self._left)
            sheet.put(self._left, sheet.y - 4, text, style.ITALIC, 8, style.MUTED)
            sheet.y -= 12

    def row(self, cells: Sequence[Cell], key: str | None = None) -> None:
        """One row; `key` makes it a place that links can go to. A row longer than a page goes on on the next.

        The last rows wait for the end of the table, so that none of them stands alone on a further page.
        """
        self._waiting.append((cells, key))
        if len(self._waiting) > _TOGETHER:
            self._row(*self._waiting.pop(0))

    def _row(self, cells: Sequence[Cell], key: str | None) -> None:
        laid = [self._lay(cell, column) for cell, column in zip(cells, self._columns, strict=True)]
        high = max(len(lines) for lines in laid)
        sheet = self._sheet
        whole = high * self._leading + 2 * PAD
        if not self._begun:  # the head never stands at the foot of a page without its first row
            self._begun = True
            if sheet.need(self._head_height() + 12 + min(whole, (TOP - BOTTOM) * 0.4)):
                self._goes_on()
            self._begin()
        if whole > sheet.room() and (whole < (TOP - BOTTOM) * 0.4 or sheet.room() < 5 * self._leading):
            sheet.new_page()
        self._count += 1
        if key:
            sheet.mark(key)
        tags = sheet.tags
        tags.begin("TR")
        elements = [tags.cell("TD" if place else "TH/Row", cell.lang) for place, cell in enumerate(cells)]
        done = 0
        while True:
            fit = min(high - done, max(1, int((sheet.room() - 2 * PAD) // self._leading)))
            self._paint(cells, laid, elements, done, fit)
            done += fit
            if done >= high:
                break
            sheet.new_page()
        for element in elements:
            tags.complete(element)
        tags.end()

    def _begin(self) -> None:
        tags = self._sheet.tags
        tags.begin("Table")
        with tags.element("THead"), tags.element("TR"):
            self._head(first=True)
        tags.begin("TBody")
        self._sheet.repeat(self._again)

    def height(self, rows: Iterable[Sequence[Cell]]) -> float:
        """Points that the table takes with these rows, were it on one page."""
        return self._head_height() + sum(self._high(cells) for cells in rows)

    def _high(self, cells: Sequence[Cell]) -> float:
        lines = max(len(self._lay(cell, column)) for cell, column in zip(cells, self._columns, strict=True))
        return lines * self._leading + 2 * PAD

    def end(self, after: float = 10) -> None:
        """No more rows: paints those that wait, on one page if a new one is needed for the last of them."""
        sheet = self._sheet
        if self._begun and self._waiting:
            high = sum(self._high(cells) for cells, _ in self._waiting)
            if sheet.room() < high < (TOP - BOTTOM) * 0.3:
                sheet.new_page()
        for cells, key in self._waiting:
            self._row(cells, key)
        self._waiting.clear()
        if self._begun:
            self._sheet.tags.end()
            self._sheet.tags.end()
        self._sheet.repeat(None)
        self._sheet.y -= after

    def _lay(self, cell: Cell, column: Column) -> list[tuple[str, str, float, object]]:
        room = column.width - GAP - (10 if cell.mark else 0)
        size = self._size - 0.6 if cell.face == style.MONO else self._size
        lines: list[tuple[str, str, float, object]] = [
            (line, cell.face, size, cell.color) for line in wrap(cell.text, cell.face, size, room)
        ]
        if cell.note:
            note = self._note - 0.4 if cell.note_face == style.MONO else self._note
            lines += [(line, cell.note_face, note, style.MUTED) for line in wrap(cell.note, cell.note_face, note, room)]
        return lines

    def _paint(
        self,
        cells: Sequence[Cell],
        laid: Sequence[Sequence[tuple[str, str, float, object]]],
        elements: Sequence[Element],
        start: int,
        count: int,
    ) -> None:
        sheet = self._sheet
        tags = sheet.tags
        high = count * self._leading + 2 * PAD
        if self._count % 2 == 0:
            sheet.canvas.setFillColor(style.ZEBRA)
            sheet.canvas.rect(self._left - 3, sheet.y - high, self._right - self._left + 6, high, stroke=0, fill=1)
        x = self._left
        for cell, lines, column, element in zip(cells, laid, self._columns, elements, strict=True):
            inset = 10 if cell.mark else 0
            if cell.mark and start == 0:
                marks.verdict(sheet.canvas, cell.mark, x + 3.5, sheet.y - PAD - self._leading * 0.5, 7)
            tags.enter(element)
            for i, (line, face, size, color) in enumerate(lines[start : start + count]):
                base = sheet.y - PAD - (i + 1) * self._leading + self._leading * 0.28
                if cell.link and start == 0 and i == 0:
                    wide = width(line, face, size)
                    left = x + column.width - GAP - wide if column.right else x + inset
                    with sheet.leading(cell.link):
                        sheet.put(left, base, line, face, size, color)
                        sheet.link(cell.link, left, base - 2, wide, size + 2, line)
                elif column.right:
                    sheet.put_right(x + column.width - GAP, base, line, face, size, color)
                elif line:
                    sheet.put(x + inset, base, line, face, size, color)
            tags.leave()
            x += column.width
        sheet.y -= high
        sheet.rule(sheet.y, self._left, self._right, thick=0.3)
