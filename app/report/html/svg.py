# ruff: noqa: N802 - the names are those of the PDF writer
"""Drawings as part of the HTML page: the strokes of the PDF, as shapes that scale and load nothing."""

from collections.abc import Sequence
from typing import Final

from app.report.html.marked import plain
from app.report.pdf import style
from app.report.pdf.pen import Outline, Rings
from app.report.pdf.typeset import visible, width

_BOLD: Final = frozenset({style.BOLD, style.SERIF_BOLD})


class Drawing:
    """A drawing of so many points. Takes the strokes of the PDF's canvas, whose y grows upward; the page's grows down.

    `key` makes the ids inside it different from those of every other drawing of the page.
    """

    def __init__(self, key: str, wide: float, high: float) -> None:
        self._key = key
        self._wide = wide
        self._high = high
        self._parts: list[str] = []
        self._clips = 0
        self._groups = [0]
        self._fill = self._stroke = "#000000"
        self._alpha = 1.0
        self._line = 1.0
        self._dash = ""

    @property
    def canvas(self) -> "Drawing":
        """Takes the strokes itself."""
        return self

    def markup(self, title: str, told: str) -> str:
        """The whole drawing; `told` says what it shows to those who do not see it. Both empty: it is an ornament."""
        box = f'viewBox="0 0 {_n(self._wide)} {_n(self._high)}"'
        body = "".join(self._parts)
        if not title:
            return f'<svg class="sign" {box} aria-hidden="true">{body}</svg>'
        key = plain(self._key)
        return (
            f'<svg class="drawn" {box} role="img" aria-labelledby="{key}-title {key}-desc">'
            f'<title id="{key}-title">{plain(title)}</title><desc id="{key}-desc">{plain(told)}</desc>{body}</svg>\n'
        )

    def put(self, x: float, y: float, text: str, face: str, size: float, color: object = style.INK) -> float:
        """One line of text from x on, held to the width that it has in the PDF whatever face the reader has."""
        wide = width(visible(text), face, size)
        weight = ' font-weight="700"' if face in _BOLD else ""
        self._parts.append(
            f'<text x="{_n(x)}" y="{self._y(y)}" font-size="{_n(size)}"{weight} fill="{hexadecimal(color)}"'
            f' textLength="{_n(wide)}" lengthAdjust="spacingAndGlyphs">{plain(text)}</text>'
        )
        return wide

    def saveState(self) -> None:
        """Begins strokes that may be clipped."""
        self._groups.append(0)

    def restoreState(self) -> None:
        """Ends them."""
        self._parts.append("</g>" * self._groups.pop())

    def setFillColor(self, color: object) -> None:
        """What areas are filled with."""
        self._fill = hexadecimal(color)

    def setStrokeColor(self, color: object) -> None:
        """What lines are drawn with."""
        self._stroke = hexadecimal(color)

    def setFillAlpha(self, alpha: float) -> None:
        """How much areas hide, from 0 to 1."""
        self._alpha = alpha

    def setLineWidth(self, width: float) -> None:
        """How thick lines are."""
        self._line = width

    def setLineJoin(self, join: int) -> None:
        """The style sheet joins lines."""

    def setDash(self, *pattern: float) -> None:
        """Dashes; none: a whole line."""
        self._dash = " ".join(map(_n, pattern))

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A straight line."""
        self._shape(f'<path d="M{_n(x1)} {self._y(y1)}L{_n(x2)} {self._y(y2)}"', 1, 0)

    def bezier(self, x1: float, y1: float, x2: float, y2: float, x3: float, y3: float, x4: float, y4: float) -> None:
        """A bent line."""
        bend = f"{_n(x2)} {self._y(y2)} {_n(x3)} {self._y(y3)} {_n(x4)} {self._y(y4)}"
        self._shape(f'<path d="M{_n(x1)} {self._y(y1)}C{bend}"', 1, 0)

    def rect(self, x: float, y: float, width: float, height: float, stroke: int = 1, fill: int = 0) -> None:
        """A rectangle by its lower left corner."""
        at = f'x="{_n(x)}" y="{self._y(y + height)}"'
        self._shape(f'<rect {at} width="{_n(width)}" height="{_n(height)}"', stroke, fill)

    def circle(self, x_cen: float, y_cen: float, r: float, stroke: int = 1, fill: int = 0) -> None:
        """A circle."""
        self._shape(f'<circle cx="{_n(x_cen)}" cy="{self._y(y_cen)}" r="{_n(r)}"', stroke, fill)

    def beginPath(self) -> Outline:
        """A path to be drawn or clipped by."""
        return Track(self._high)

    def drawPath(self, path: Outline | Rings, stroke: int = 1, fill: int = 0) -> None:
        """Draws a path."""
        self._shape(f'<path d="{self._code(path)}"', stroke, fill)

    def clipPath(self, path: Outline, stroke: int = 1, fill: int = 0) -> None:
        """Nothing outside the path is seen from here to the next `restoreState`."""
        self._clips += 1
        name = f"{plain(self._key)}-clip{self._clips}"
        code = self._code(path)
        if stroke or fill:
            self._shape(f'<path d="{code}"', stroke, fill)
        self._parts.append(f'<clipPath id="{name}"><path d="{code}"/></clipPath><g clip-path="url(#{name})">')
        self._groups[-1] += 1

    def _y(self, y: float) -> str:
        return _n(self._high - y)

    def _code(self, path: Outline | Rings) -> str:
        if isinstance(path, Rings):
            return "".join(self._ring(ring) for ring in path.rings)
        if isinstance(path, Track):
            return path.code()
        raise TypeError(path)

    def _ring(self, ring: Sequence[tuple[float, float]]) -> str:
        """A ring in steps of a tenth of a point, each from the last: half the size of places on the page."""
        (x, y), *others = [(round(x * 10), round((self._high - y) * 10)) for x, y in ring]
        parts = [f"M{_n(x / 10)} {_n(y / 10)}l"]
        for to_x, to_y in others:
            if (to_x, to_y) != (x, y):
                step = f"{_n((to_x - x) / 10)} {_n((to_y - y) / 10)}"
                parts.append(step if parts[-1][-1] == "l" or step[0] == "-" else f" {step}")
                x, y = to_x, to_y
        return "".join(parts) + "z" if len(parts) > 1 else ""

    def _shape(self, begun: str, stroke: int, fill: int) -> None:
        if fill:
            begun += f' fill="{self._fill}"' + (f' fill-opacity="{_n(self._alpha)}"' if self._alpha < 1 else "")
        else:
            begun += ' fill="none"'
        if stroke:
            begun += f' stroke="{self._stroke}" stroke-width="{_n(self._line)}"'
            begun += f' stroke-dasharray="{self._dash}"' if self._dash else ""
        self._parts.append(f"{begun}/>")


class Track:
    """A path of straight lines."""

    def __init__(self, high: float) -> None:
        self._high = high
        self._code: list[str] = []

    def moveTo(self, x: float, y: float) -> None:
        """Begins at a point."""
        self._code.append(f"M{_n(x)} {_n(self._high - y)}")

    def lineTo(self, x: float, y: float) -> None:
        """A line to a point."""
        self._code.append(f"L{_n(x)} {_n(self._high - y)}")

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle by its lower left corner."""
        self._code.append(f"M{_n(x)} {_n(self._high - y)}h{_n(width)}v{_n(-height)}h{_n(-width)}z")

    def close(self) -> None:
        """Back to where it began."""
        self._code.append("z")

    def code(self) -> str:
        """The path as the page writes it."""
        return "".join(self._code)


def hexadecimal(color: object) -> str:
    """A colour of the palette as `#rrggbb`."""
    told = str(getattr(color, "hexval", lambda: "0x000000")())
    return "#" + told[2:8]


def _n(value: float) -> str:
    """A number to a tenth, in as few signs as there are."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
