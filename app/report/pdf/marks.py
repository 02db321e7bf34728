"""The five verdicts as drawn shapes: octagon, hexagon with a question mark, stamp, tick, dash. Always beside words."""

import math

from app.report.pdf import style
from app.report.pdf.pen import Pen


def _polygon(canvas: Pen, x: float, y: float, radius: float, corners: int, turn: float, *, fill: bool) -> None:
    path = canvas.beginPath()
    for i in range(corners):
        angle = turn + 2 * math.pi * i / corners
        point = (x + radius * math.cos(angle), y + radius * math.sin(angle))
        if i == 0:
            path.moveTo(*point)
        else:
            path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0 if fill else 1, fill=1 if fill else 0)


def verdict(canvas: Pen, name: str, x: float, y: float, size: float = 8) -> None:
    """Paints the mark of a verdict, centred on (x, y); `size` is its height in points."""
    color = style.VERDICTS.get(name, style.MUTED)
    radius = size / 2
    canvas.saveState()
    canvas.setFillColor(color)
    canvas.setStrokeColor(color)
    canvas.setLineWidth(max(0.7, size / 10))
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    if name == "fail":
        _polygon(canvas, x, y, radius, 8, math.pi / 8, fill=True)
    elif name == "not_checked":
        _polygon(canvas, x, y, radius, 6, math.pi / 6, fill=False)
        style.widths(style.BOLD)  # the mark may be the first thing in this face
        canvas.setFont(style.BOLD, size * 0.68)
        canvas.drawCentredString(x, y - size * 0.245, "?")
    elif name == "accepted":
        canvas.roundRect(x - radius, y - radius * 0.72, size, size * 0.72, size * 0.14, stroke=1, fill=0)
        canvas.line(x - radius * 0.5, y, x + radius * 0.5, y)
    elif name == "pass":
        path = canvas.beginPath()
        path.moveTo(x - radius * 0.8, y + radius * 0.05)
        path.lineTo(x - radius * 0.2, y - radius * 0.6)
        path.lineTo(x + radius * 0.85, y + radius * 0.7)
        canvas.setLineWidth(max(1, size / 6))
        canvas.drawPath(path, stroke=1, fill=0)
    else:
        canvas.setLineWidth(max(1, size / 7))
        canvas.line(x - radius * 0.7, y, x + radius * 0.7, y)
    canvas.restoreState()


def severity(canvas: Pen, name: str, x: float, y: float) -> None:
    """Four small steps, filled from the left as the severity grows; (x, y) is the lower left corner, 13 by 6 points."""
    filled = {"critical": 4, "high": 3, "medium": 2, "low": 1, "info": 0}.get(name, 0)
    canvas.saveState()
    canvas.setLineWidth(0.4)
    canvas.setStrokeColor(style.FAIL)
    canvas.setFillColor(style.FAIL)
    for step in range(4):
        canvas.rect(x + step * 3.4, y, 2.4, 2.4 + step * 1.2, stroke=1, fill=1 if step < filled else 0)
    canvas.restoreState()
