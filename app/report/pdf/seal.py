"""The visible signature: who signed, when by that computer's clock, and how far the name is vouched for."""

import io
from datetime import datetime

from app.report import words
from app.report.pdf import style
from app.report.pdf.finish import plain_codes
from app.report.pdf.pen import open_pen
from app.report.pdf.typeset import prose, runs, visible, width
from app.signing.identity import Identity
from app.texts import tr


def painted(size: tuple[float, float], identity: Identity, moment: datetime, reason: str) -> bytes:
    """A page of this size in points with the seal, as a PDF."""
    out = io.BytesIO()
    pen = open_pen(out, size)
    wide, high = size
    pen.setStrokeColor(style.ACCENT)
    pen.setLineWidth(0.8)
    pen.roundRect(0.5, 0.5, wide - 1, high - 1, 2.5, stroke=1, fill=0)
    pen.setFillColor(style.ACCENT)
    pen.rect(0.5, 0.5, 3, high - 1, stroke=0, fill=1)
    vouched = (
        tr("Key made on the signer’s computer: nobody else vouches for the name")
        if identity.home_made
        else tr("Name vouched for by {issuer}").format(issuer=identity.issuer)
    )
    lines = [
        (tr("Signed by {name}").format(name=identity.name), style.BOLD, 8.5, style.INK),
        (words.moment(moment) + (f"  ·  {reason}" if reason else ""), style.SANS, 7, style.INK),
        (vouched, style.SANS, 6.6, style.MUTED),
        (tr("SHA-256 of the certificate") + f" {identity.fingerprint[:32]}…", style.SANS, 6.6, style.MUTED),
    ]
    y = high - 12.0
    for text, face, points, color in lines:
        style.widths(face)
        text = _clipped(visible(prose(text)), face, points, wide - 18)
        pen.setFillColor(color)
        line = pen.beginText(10, y)
        for chosen, part in runs(text, face):
            line.setFont(chosen, points)
            line.textOut(part)
        pen.drawText(line)
        y -= 10.6
    pen.showPage()
    pen.save()
    return plain_codes(out.getvalue())


def _clipped(text: str, face: str, size: float, room: float) -> str:
    if width(text, face, size) <= room:
        return text
    while text and width(text + "…", face, size) > room:
        text = text[:-1]
    return text + "…"
