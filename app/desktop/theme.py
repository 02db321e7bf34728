"""The look: paper and ink, one accent, marks for verdicts that differ in shape and word as well as colour."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication

from app.desktop.stylesheet import sheet
from resources import ROOT


@dataclass(frozen=True)
class Colours:
    """One theme. All text colours stand at 4.5 : 1 or better on `paper` and on `panel`."""

    paper: str
    panel: str
    ink: str
    quiet: str
    line: str
    accent: str
    selected: str
    fail: str
    not_checked: str
    accepted: str
    passed: str
    not_applicable: str
    sea: str
    land: str
    permitted: str
    field: str = "#FFFFFF"
    name: str = "light"

    def verdict(self, verdict: str) -> str:
        """The colour of a verdict by its word."""
        return {
            "fail": self.fail,
            "not_checked": self.not_checked,
            "accepted": self.accepted,
            "pass": self.passed,
        }.get(verdict, self.not_applicable)


LIGHT: Final = Colours(
    paper="#FAFAF7",
    panel="#F1F1EC",
    ink="#1B1F24",
    quiet="#555B63",
    line="#D9D9D2",
    accent="#0E5A6B",
    selected="#D6E6EA",
    fail="#B3261E",
    not_checked="#8A5A00",
    accepted="#4A5A78",
    passed="#2C6B3F",
    not_applicable="#5F6368",
    sea="#F1F4F5",
    land="#FFFFFF",
    permitted="#CFE3E8",
)
DARK: Final = Colours(
    paper="#15181C",
    panel="#1D2126",
    ink="#E7E9EC",
    quiet="#A9AFB7",
    line="#343A41",
    accent="#5FB3C4",
    selected="#1E3A42",
    fail="#F2867E",
    not_checked="#E0B25C",
    accepted="#A9B8D6",
    passed="#7FC796",
    not_applicable="#A3A8AE",
    sea="#1A1E23",
    land="#2A3037",
    permitted="#1F4C57",
    field="#101317",
    name="dark",
)
CONTRAST: Final = Colours(
    paper="#000000",
    panel="#000000",
    ink="#FFFFFF",
    quiet="#FFFFFF",
    line="#FFFFFF",
    accent="#6FE3FF",
    selected="#00405A",
    fail="#FF9A90",
    not_checked="#FFD65C",
    accepted="#B9CCFF",
    passed="#8CF2A8",
    not_applicable="#E4E4E4",
    sea="#000000",
    land="#262626",
    permitted="#00566B",
    field="#000000",
    name="contrast",
)
"""For eyes that need it: black, white, and outlines everywhere."""


def colours() -> Colours:
    """The theme that fits the system's colour scheme, or its wish for high contrast."""
    if _high_contrast():
        return CONTRAST
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def _high_contrast() -> bool:
    hints = QGuiApplication.styleHints()
    asked = getattr(hints, "accessibility", None)
    if asked is None:
        return False
    return asked().contrastPreference() == Qt.ContrastPreference.HighContrast


def chosen(look: str) -> Colours | None:
    """The theme of this name; None: the one that fits the system."""
    return {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}.get(look)


def apply(application: QApplication, theme: Colours | None = None, percent: int = 100) -> Colours:
    """Give the application this theme, or the one that fits the system; returns it. `percent`: size of text."""
    taken = theme or colours()
    key = f"{taken.name} {percent}"
    if application.property("situs-theme") == key:
        return taken  # every widget there is would be polished anew
    application.setProperty("situs-theme", key)
    application.setStyle("Fusion")
    application.setFont(_face(application, percent))
    palette = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, taken.paper),
        (role.Base, taken.field),
        (role.AlternateBase, taken.panel),
        (role.Button, taken.panel),
        (role.ToolTipBase, taken.panel),
        (role.WindowText, taken.ink),
        (role.Text, taken.ink),
        (role.ButtonText, taken.ink),
        (role.ToolTipText, taken.ink),
        (role.PlaceholderText, taken.quiet),
        (role.Highlight, taken.selected),
        (role.HighlightedText, taken.ink),
        (role.Link, taken.accent),
        (role.Mid, taken.line),
        (role.Accent, taken.accent),
    ):
        palette.setColor(which, QColor(value))
    application.setPalette(palette)
    application.setStyleSheet(sheet(taken))
    return taken


def _face(application: QApplication, percent: int) -> QFont:
    """The system's own face at 10 points; where a Linux desktop names none, the one that the reports use."""
    font = QFont(application.font())
    if font.family() in ("DejaVu Sans", "Sans Serif", "Sans", "") or not QFontDatabase.families():
        for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSans-Italic.ttf"):
            QFontDatabase.addApplicationFont(str(ROOT / "fonts" / name))
        font.setFamily("Noto Sans")
    _size[0] = max(50, min(percent, 300))
    font.setPointSizeF(10 * _size[0] / 100)
    return font


_size = [100]


def sized(points: int, bold: bool = False) -> QFont:
    """The system's own face at this size; figures of equal width where the face has them."""
    font = QFont(QApplication.font())
    font.setPointSizeF(points * _size[0] / 100)
    font.setBold(bold)
    return font


def scaled(pixels: int) -> int:
    """This many pixels at the size of text that was chosen: signs grow with the words beside them."""
    return round(pixels * _size[0] / 100)


def mark(verdict: str, theme: Colours, size: int = 16) -> QIcon:
    """The sign of a verdict: octagon, hexagon with a question mark, stamp, tick or dash. `size`: at 100 % text.

    One icon for the same sign, since Qt keeps a copy of what an icon has drawn for every icon that there ever was.
    """
    return _mark(verdict, theme, size, _size[0])


@cache
def _mark(verdict: str, theme: Colours, size: int, percent: int) -> QIcon:
    side = round(size * percent / 100)
    picture = QPixmap(side * 2, side * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.scale(side / size, side / size)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(theme.verdict(verdict))
    box = QRectF(1.5, 1.5, size - 3, size - 3)
    painter.setPen(QPen(colour, 1.6))
    if verdict == "fail":
        painter.setBrush(colour)
        painter.drawPolygon(_polygon(box, 8, 22.5))
    elif verdict == "not_checked":
        painter.drawPolygon(_polygon(box, 6, 0))
        font = sized(7, bold=True)
        font.setPointSizeF(7)  # the whole picture is scaled
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
    elif verdict == "accepted":
        painter.drawRect(box)
        painter.drawLine(box.bottomLeft() + QPointF(3, -3), box.bottomRight() + QPointF(-3, -3))
    elif verdict == "pass":
        painter.drawPolyline(
            QPolygonF([QPointF(2, size * 0.55), QPointF(size * 0.4, size - 3), QPointF(size - 2, size * 0.2)])
        )
    else:
        painter.drawLine(QPointF(3, size / 2), QPointF(size - 3, size / 2))
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # Qt would tint it, and so change what the colour says
    return icon


def _polygon(box: QRectF, corners: int, turn: float) -> QPolygonF:
    from math import cos, pi, sin

    radius = box.width() / 2
    return QPolygonF(
        [
            QPointF(
                box.center().x() + radius * cos(2 * pi * n / corners + turn * pi / 180),
                box.center().y() + radius * sin(2 * pi * n / corners + turn * pi / 180),
            )
            for n in range(corners)
        ]
    )
