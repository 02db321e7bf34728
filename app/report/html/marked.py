"""Text into HTML: nothing that came from outside can be markup, hide itself, or turn the direction of what follows."""

import html
import unicodedata
from typing import Final

from app.report.pdf import style

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_COLOURS: Final = {
    id(style.FAIL): "fail",
    id(style.NOT_CHECKED): "open",
    id(style.MUTED): "muted",
    id(style.ACCENT): "accent",
    id(style.PASS): "pass",
}
_FACES: Final = {style.MONO: "mono", style.BOLD: "bold", style.ITALIC: "italic", style.SERIF_BOLD: "bold"}


def plain(text: str) -> str:
    """Text safe between tags and in attributes; signs that cannot be seen are shown as their code points."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            " " if c in "\n\t" else f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _HIDDEN and c != "\u00ad" else c
            for c in text
        )
    return html.escape(text, quote=True)


def outside(text: str) -> str:
    """Text from outside, kept from turning the direction of what stands beside it."""
    return plain(text) if text.isascii() else f"<bdi>{plain(text)}</bdi>"


def classes(face: str, color: object) -> str:
    """A class attribute for a face and a colour; empty for the usual ones."""
    names = [n for n in (_FACES.get(face), _COLOURS.get(id(color))) if n]
    return f' class="{" ".join(names)}"' if names else ""
