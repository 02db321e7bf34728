"""The look: paper and ink, one accent, marks for verdicts that differ in shape and word as well as colour."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QApplication


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
    selected="#23424A",
    fail="#F2867E",
    not_checked="#E0B25C",
    accepted="#A9B8D6",
    passed="#7FC796",
    not_applicable="#A3A8AE",
    sea="#1A1E23",
    land="#2A3037",
    permitted="#1F4C57",
)


def colours() -> Colours:
    """The theme that fits the system's colour scheme."""
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def chosen(look: str) -> Colours | None:
    """The theme of this name; None: the one that fits the system."""
    return {"light": LIGHT, "dark": DARK}.get(look)


def apply(application: QApplication, theme: Colours | None = None) -> Colours:
    """Give the application this theme, or the one that fits the system; returns it."""
    taken = theme or colours()
    application.setStyle("Fusion")
    palette = QPalette()
    role = QPalette.ColorRole
    for which, value in (
        (role.Window, taken.paper),
        (role.Base, taken.paper),
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
    application.setStyleSheet(_sheet(taken))
    return taken


def sized(points: int, bold: bool = False) -> QFont:
    """The system's own face at this size; figures of equal width where the face has them."""
    font = QFont(QApplication.font())
    font.setPointSize(points)
    font.setBold(bold)
    return font


def mark(verdict: str, theme: Colours, size: int = 16) -> QIcon:
    """The sign of a verdict: octagon, hexagon with a question mark, stamp, tick or dash."""
    picture = QPixmap(size * 2, size * 2)
    picture.setDevicePixelRatio(2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(theme.verdict(verdict))
    box = QRectF(1.5, 1.5, size - 3, size - 3)
    painter.setPen(QPen(colour, 1.6))
    if verdict == "fail":
        painter.setBrush(colour)
        painter.drawPolygon(_polygon(box, 8, 22.5))
    elif verdict == "not_checked":
        painter.drawPolygon(_polygon(box, 6, 0))
        painter.setFont(sized(7, bold=True))
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


def _sheet(c: Colours) -> str:
    return f"""
    QWidget {{ color: {c.ink}; }}
    QMainWindow, QDialog {{ background: {c.paper}; }}
    QListWidget#navigation {{ background: {c.panel}; border: none; border-right: 1px solid {c.line};
        padding-top: 12px; }}
    QListWidget#navigation::item {{ padding-left: 16px; border-left: 3px solid transparent; }}
    QListWidget#navigation::item:selected {{ background: {c.selected}; color: {c.ink};
        border-left-color: {c.accent}; }}
    QListWidget#navigation:focus::item:selected {{ outline: 2px solid {c.accent}; }}
    QLabel#scope {{ color: {c.quiet}; padding: 6px 24px; border-bottom: 1px solid {c.line}; }}
    QLabel#quiet {{ color: {c.quiet}; }}
    QTableView {{ border: none; gridline-color: {c.line}; selection-background-color: {c.selected};
        selection-color: {c.ink}; alternate-background-color: {c.panel}; }}
    QTableView:focus {{ border: 1px solid {c.accent}; }}
    QHeaderView::section {{ background: {c.paper}; color: {c.quiet}; border: none;
        border-bottom: 1px solid {c.ink}; padding: 6px 8px; text-align: left; }}
    QLineEdit, QComboBox, QTextBrowser {{ background: {c.paper}; border: 1px solid {c.line}; padding: 5px 8px; }}
    QLineEdit:focus, QComboBox:focus, QTextBrowser:focus {{ border: 1px solid {c.accent}; }}
    QPushButton {{ background: {c.panel}; border: 1px solid {c.line}; padding: 7px 16px; }}
    QPushButton:hover {{ border-color: {c.accent}; }}
    QPushButton:focus {{ border: 2px solid {c.accent}; padding: 6px 15px; }}
    QPushButton#first {{ background: {c.accent}; color: {c.paper}; border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.quiet}; }}
    QPushButton#first:focus {{ border: 2px solid {c.ink}; }}
    QPushButton#first:disabled {{ background: {c.panel}; color: {c.quiet}; border-color: {c.line}; }}
    QPushButton#link {{ background: transparent; border: none; color: {c.accent}; padding: 4px 6px; }}
    QPushButton#link:focus {{ border: 1px solid {c.accent}; }}
    QToolButton#chip {{ background: {c.paper}; border: 1px solid {c.line}; padding: 4px 10px; }}
    QToolButton#chip:hover {{ border-color: {c.accent}; }}
    QToolButton#chip:checked {{ background: {c.selected}; border-color: {c.accent}; }}
    QToolButton#chip:focus {{ border: 2px solid {c.accent}; padding: 3px 9px; }}
    QToolButton#chip::menu-indicator {{ image: none; width: 0; }}
    QWidget#activity {{ border-top: 1px solid {c.line}; }}
    QProgressBar {{ background: {c.panel}; border: 1px solid {c.line}; max-height: 8px; }}
    QProgressBar::chunk {{ background: {c.accent}; }}
    QCheckBox:focus {{ border: 1px solid {c.accent}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: {c.paper}; }}
    QTextEdit, QPlainTextEdit, QTextBrowser, QListWidget {{ background: {c.paper}; }}
    QTextEdit:focus, QPlainTextEdit:focus, QListWidget:focus {{ border: 1px solid {c.accent}; }}
    QDateEdit, QMenu {{ background: {c.paper}; border: 1px solid {c.line}; padding: 4px 6px; }}
    QDateEdit:focus {{ border: 1px solid {c.accent}; }}
    QMenu::item {{ padding: 5px 18px; }}
    QMenu::item:selected {{ background: {c.selected}; color: {c.ink}; }}
    QToolTip {{ background: {c.panel}; color: {c.ink}; border: 1px solid {c.line}; }}
    QSplitter::handle {{ background: {c.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QSplitter::handle:vertical {{ height: 1px; }}
    QWidget#palette {{ background: {c.panel}; border: 1px solid {c.accent}; }}
    """
