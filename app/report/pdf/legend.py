"""What the signs on the map mean."""

from app.report import words
from app.report.content import ReportContent
from app.report.pdf import style
from app.report.pdf.document import RIGHT, Sheet
from app.report.pdf.pen import Brush
from app.report.pdf.typeset import wrap
from app.texts import tr

_NAMED = {
    "disc": "Disc",
    "square": "Square",
    "red": "Red sign",
    "flow": "Line",
    "bare": "Red dashed line",
    "allowed": "Tinted area",
    "hatched": "Hatched area",
}
"""The signs in words, for those who do not see them."""


def entries(content: ReportContent) -> list[tuple[str, str]]:
    """Sign → what it means, for what a report shows."""
    found: list[tuple[str, str]] = [
        ("disc", tr("place, with the number of assets that hold data")),
        ("square", tr("number of GPUs; “?” where it is not known")),
        ("red", tr("the same in a third country, or in a place not known")),
        ("flow", tr("flow of data to another country")),
        ("bare", tr("flow without a valid basis on record")),
    ]
    if content.head.allowed_countries is not None:
        found.append(("allowed", tr("country that your policy allows")))
    lost = sum(p.data for p in content.places if len(p.place.countries) != 1)
    if lost:
        text = tr("{n} spread over countries or at a place not known; the table names them")
        found.append(
            ("hatched", text.format(n=words.count(lost, "asset that holds data is", "assets that hold data are")))
        )
    return found


def legend(sheet: Sheet, content: ReportContent, x: float) -> None:
    """What the signs mean, one below the other."""
    room = RIGHT - x - 20
    tags = sheet.tags
    with tags.element("L"):
        for sign, text in entries(content):
            lines = wrap(text, style.SANS, 7.5, room)
            sheet.y -= 10
            with tags.element("LI"):
                box = (x, sheet.y - 3, x + 16, sheet.y + 9)
                with tags.element("Lbl"), tags.element("Figure", alt=tr(_NAMED[sign]), box=box):
                    paint_sign(sheet.canvas, sign, x, sheet.y)
                with tags.element("LBody"):
                    for line in lines:
                        sheet.put(x + 20, sheet.y, line, style.SANS, 7.5, style.MUTED)
                        sheet.y -= 9.5
            sheet.y += 3


def paint_sign(canvas: Brush, sign: str, x: float, y: float) -> None:
    """Paints one sign into a box of 16 by 12 points, three of them below `y`."""
    canvas.setFillColor(style.FAIL if sign == "red" else style.ACCENT)
    canvas.setStrokeColor(style.FAIL if sign == "bare" else style.ACCENT)
    canvas.setLineWidth(1)
    if sign in ("disc", "red"):
        canvas.circle(x + 7, y + 2.5, 4, stroke=0, fill=1)
    elif sign == "square":
        canvas.setFillColor(style.WHITE)
        canvas.rect(x + 2.5, y - 1.5, 9, 8, stroke=1, fill=1)
    elif sign in ("flow", "bare"):
        if sign == "bare":
            canvas.setDash(3, 2)
        canvas.line(x, y + 2.5, x + 15, y + 2.5)
        canvas.setDash()
    elif sign == "allowed":
        canvas.setFillColor(style.ACCENT_TINT)
        canvas.rect(x + 2, y - 1, 10, 8, stroke=0, fill=1)
    else:
        _hatched(canvas, x + 2, y - 1)


def _hatched(canvas: Brush, x: float, y: float) -> None:
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(x, y, 10, 8)
    canvas.clipPath(path, stroke=1, fill=0)
    canvas.setStrokeColor(style.NOT_CHECKED)
    canvas.setLineWidth(0.5)
    for offset in range(-8, 12, 3):
        canvas.line(x + offset, y, x + offset + 8, y + 8)
    canvas.restoreState()
