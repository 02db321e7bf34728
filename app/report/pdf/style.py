"""Colours, sizes and faces of the page: the same palette as the window, on white paper."""

import struct
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from resources import ROOT

INK: Final[Color] = HexColor("#1B1F24")
MUTED: Final[Color] = HexColor("#5A6068")
HAIRLINE: Final[Color] = HexColor("#C9CCC8")
ZEBRA: Final[Color] = HexColor("#F6F6F2")
PAPER: Final[Color] = HexColor("#FAFAF7")
WHITE: Final[Color] = HexColor("#FFFFFF")
ACCENT: Final[Color] = HexColor("#0E5A6B")
ACCENT_TINT: Final[Color] = HexColor("#D3E4E7")
LAND: Final[Color] = HexColor("#E9E9E3")
BORDER: Final[Color] = HexColor("#FFFFFF")
ADEQUATE: Final[Color] = HexColor("#7FB0BB")
PARTIAL: Final[Color] = HexColor("#D98A84")
SEA: Final[Color] = HexColor("#FBFCFC")
FAIL: Final[Color] = HexColor("#B3261E")
NOT_CHECKED: Final[Color] = HexColor("#8A5A00")
ACCEPTED: Final[Color] = HexColor("#4A5A78")
PASS: Final[Color] = HexColor("#2C6B3F")
NOT_APPLICABLE: Final[Color] = HexColor("#6A6F76")
VERDICTS: Final[dict[str, Color]] = {
    "fail": FAIL,
    "not_checked": NOT_CHECKED,
    "accepted": ACCEPTED,
    "pass": PASS,
    "not_applicable": NOT_APPLICABLE,
}

SANS: Final = "NotoSans"
BOLD: Final = "NotoSans-Bold"
ITALIC: Final = "NotoSans-Italic"
SERIF: Final = "NotoSerif"
SERIF_BOLD: Final = "NotoSerif-Bold"
MONO: Final = "DejaVuSansMono"
FALLBACK: Final = "DejaVuSans"
EAST: Final = "DroidSansFallback"
"""Chinese, Japanese and Korean; read only where a text needs it."""
_FILES: Final = {
    SANS: "NotoSans-Regular.ttf",
    BOLD: "NotoSans-Bold.ttf",
    ITALIC: "NotoSans-Italic.ttf",
    SERIF: "NotoSerif-Regular.ttf",
    SERIF_BOLD: "NotoSerif-Bold.ttf",
    MONO: "DejaVuSansMono.ttf",
    FALLBACK: "DejaVuSans.ttf",
    EAST: "DroidSansFallback.ttf",
}


MACHINE: Final[tuple[str, ...]] = (
    r"C:\Windows\Fonts\msyh.ttc",
    r"C:\Windows\Fonts\YuGothM.ttc",
    r"C:\Windows\Fonts\msgothic.ttc",
    r"C:\Windows\Fonts\malgun.ttf",
    r"C:\Windows\Fonts\simsun.ttc",
    r"C:\Windows\Fonts\Nirmala.ttf",
    r"C:\Windows\Fonts\Nirmala.ttc",
    r"C:\Windows\Fonts\LeelawUI.ttf",
    r"C:\Windows\Fonts\segoeui.ttf",
    r"C:\Windows\Fonts\seguisym.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)
"""Faces that may be on the machine, for scripts that the faces shipped with the program lack."""

_machine: dict[str, str] = {}
_FIRST_EASTERN: Final = 0x2E80


@cache
def widths(face: str) -> dict[str, float]:
    """Character → width in thousandths of the size, of the characters that the face has; registers the face."""
    path = _machine.get(face)
    return _register(face, str(ROOT / "fonts" / _FILES[face]) if path is None else path)


def only_own_faces() -> bool:
    """Whether no face of the machine was opened: only for faces shipped with the program is it known what they hold."""
    return not _machine


def _register(face: str, path: str) -> dict[str, float]:
    font: Any = TTFont(face, path)
    register: Any = pdfmetrics.registerFont  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    register(font)
    table = cast("dict[int, float]", font.face.charWidths)
    return {chr(code): width for code, width in table.items()}


@cache
def face_for(sign: str) -> str | None:
    """A face that has the character: one shipped with the program, else one of the machine; None where none has it.

    Faces of the machine are opened only when a name needs them, and one that cannot be opened or may not be embedded
    is passed over: the report is then made with one face fewer.
    """
    for face in (SANS, FALLBACK):
        if sign in widths(face):
            return face
    if ord(sign) >= _FIRST_EASTERN and sign in widths(EAST):
        return EAST
    for path in MACHINE:
        face = f"Machine-{Path(path).stem}"
        if face not in _machine:
            if not Path(path).is_file():
                continue
            _machine[face] = path
        try:
            if sign in widths(face):
                return face
        except (OSError, TTFError, ValueError, KeyError, IndexError, struct.error):
            continue
    return None
