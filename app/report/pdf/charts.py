"""A whole and its parts as one bar, each part named and counted beside it: nothing is told by colour alone."""

from collections.abc import Sequence

from reportlab.lib.colors import Color

from app.report import words
from app.report.pdf import style
from app.report.pdf.document import LEFT, RIGHT, WIDE, Sheet
from app.report.pdf.typeset import width
from app.report.surface import Part
from app.texts import tr

_HIGH = 11.0


def bar(sheet: Sheet, parts: Sequence[Part]) -> None:
    """The parts side by side in one bar, with a key below; parts of nothing are left out."""
    parts = [p for p in parts if p.number]
    whole = sum(p.number for p in parts)
    if not whole:
        return
    sheet.need(_HIGH + 34)
    sheet.y -= _HIGH
    shown = ", ".join(f"{words.number(part.number)} {part.name}" for part in parts)
    alt = tr("A bar in parts: {parts}").format(parts=shown)
    with sheet.tags.element("Figure", alt=alt, box=(LEFT, sheet.y, LEFT + WIDE, sheet.y + _HIGH)):
        _bar(sheet, parts, whole)
    sheet.y -= 13
    _key(sheet, parts)
    sheet.y -= 12


def _bar(sheet: Sheet, parts: Sequence[Part], whole: int) -> None:
    canvas = sheet.canvas
    least = 3.0
    spare = WIDE - least * len(parts)
    x = LEFT
    for part in parts:
        wide = least + spare * part.number / whole
        canvas.setStrokeColor(style.WHITE)
        canvas.setLineWidth(1)
        canvas.setFillColor(style.WHITE if part.open_ else part.color)
        canvas.rect(x, sheet.y, wide, _HIGH, stroke=1, fill=1)
        if part.open_:
            _hatch(sheet, x, wide, part.color)
        x += wide


def _key(sheet: Sheet, parts: Sequence[Part]) -> None:
    """What each part is, beside its colour."""
    canvas = sheet.canvas
    x = LEFT
    for part in parts:
        text = f"{words.number(part.number)}  {part.name}"
        wide = width(text, style.SANS, 8.5) + 26
        if x + wide > RIGHT and x > LEFT:
            x = LEFT
            sheet.y -= 12
        canvas.setFillColor(style.WHITE if part.open_ else part.color)
        canvas.setStrokeColor(part.color)
        canvas.setLineWidth(0.7)
        canvas.rect(x, sheet.y, 7, 7, stroke=1, fill=1)
        with sheet.tags.element("P"):
            sheet.put(x + 11, sheet.y, text, style.SANS, 8.5)
        x += wide


def _hatch(sheet: Sheet, x: float, wide: float, color: Color) -> None:
    canvas = sheet.canvas
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(x + 0.5, sheet.y + 0.5, wide - 1, _HIGH - 1)
    canvas.setStrokeColor(color)
    canvas.setLineWidth(0.7)
    canvas.clipPath(path, stroke=1, fill=0)
    at = x - _HIGH
    while at < x + wide:
        canvas.line(at, sheet.y, at + _HIGH, sheet.y + _HIGH)
        at += 3.5
    canvas.restoreState()
