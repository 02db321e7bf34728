"""Text into lines: cleaning, faces that have the characters, widths, breaking. Nothing here knows of pages."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from reportlab.lib.colors import Color

from app.report.pdf import rtl, style

_BREAK_AFTER = frozenset("/.-_:,=?&@|;)→")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES = frozenset("\u00a0\u202f\u2009")
_KEPT = 600
"""Texts longer than this are not remembered: names of ten thousand signs would fill the memory."""
_STRETCH = 120
"""So many signs are measured at first where the end of a line is looked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style. `link` is the key of a place in the document, or an address that begins with `https:`."""

    text: str
    face: str = style.SANS
    size: float = 9
    color: Color = style.INK
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: where it starts, what it says and the span whose style it has."""

    x: float
    text: str
    width: float
    span: Span


def visible(text: str) -> str:
    """The text with everything that has no sign of its own (controls, direction marks) as its code point: ⟨U+202E⟩.

    A character that no face has is written the same way, so that a page never shows a box.
    """
    if text.isascii() and text.isprintable():
        return text
    return _visible(text) if len(text) <= _KEPT else _visible.__wrapped__(text)


@lru_cache(maxsize=65536)
def _visible(text: str) -> str:
    text = rtl.present(unicodedata.normalize("NFC", text))
    signs: list[str] = []
    for sign in text:
        hidden = unicodedata.category(sign) in _HIDDEN and sign != "\u00ad"
        if hidden or style.face_for(sign) is None:
            signs.append(f"⟨U+{ord(sign):04X}⟩")
        elif sign != "\u00ad":
            signs.append(sign)
    return "".join(signs)


def prose(text: str) -> str:
    """Running text with its white space folded."""
    return " ".join(text.split())


def runs(text: str, face: str) -> tuple[tuple[str, str], ...]:
    """The text cut into (face, part): the wished face where it has the characters, else one that has."""
    return _runs(text, face) if len(text) <= _KEPT else _runs.__wrapped__(text, face)


@lru_cache(maxsize=65536)
def _runs(text: str, face: str) -> tuple[tuple[str, str], ...]:
    table = style.widths(face)
    if all(sign in table for sign in text):
        return ((face, text),)
    parts: list[tuple[str, str]] = []
    for sign in text:
        chosen = face if sign in table else style.face_for(sign) or style.FALLBACK
        if parts and parts[-1][0] == chosen:
            parts[-1] = (chosen, parts[-1][1] + sign)
        else:
            parts.append((chosen, sign))
    return tuple(parts)


def width(text: str, face: str, size: float) -> float:
    """Width in points. Characters come from `visible`, so each is in one of the faces."""
    return _width(text, face, size) if len(text) <= _KEPT else _width.__wrapped__(text, face, size)


@lru_cache(maxsize=131072)
def _width(text: str, face: str, size: float) -> float:
    table = style.widths(face)
    try:
        return sum([table[sign] for sign in text]) * size / 1000
    except KeyError:
        return (
            sum(sum(style.widths(f)[sign] for sign in part) for f, part in _runs.__wrapped__(text, face)) * size / 1000
        )


def _reach(text: str, face: str, size: float, room: float) -> float:
    """Width in points of the text, or of a beginning of it that is wider than `room`.

    A word of many thousand signs is cut into lines without measuring all that is left of it for each.
    """
    if len(text) <= _STRETCH:
        return width(text, face, size)
    end = _STRETCH
    while (reach := _width.__wrapped__(text[:end], face, size)) <= room and end < len(text):
        end *= 2
    return reach


def wrap(text: str, face: str, size: float, room: float) -> tuple[str, ...]:
    """The lines of a text in one style, none wider than `room`; at least one line."""
    if len(text) <= _KEPT:
        return _wrap(text, face, size, room)
    return _wrap.__wrapped__(text, face, size, room)


@lru_cache(maxsize=65536)
def _wrap(text: str, face: str, size: float, room: float) -> tuple[str, ...]:
    text = visible(text)
    if _reach(text, face, size, room) <= room:
        return (rtl.in_order(text),)
    return tuple(rtl.in_order("".join(p.text for p in line)) for line in layout((Span(text, face, size),), room))


def layout(spans: tuple[Span, ...], room: float) -> list[list[Piece]]:
    """Lines of pieces, broken at spaces, else after signs that part an identifier, else anywhere.

    A line that ends at a space keeps it, without a width."""
    lines: list[list[Piece]] = [[]]
    x = 0.0
    space_due: Span | None = None
    for span in spans:
        for word in _tokens(visible(span.text), span, room):
            if word == " ":
                space_due = span
                continue
            gap = width(" ", space_due.face, space_due.size) if space_due is not None and lines[-1] else 0.0
            wide = _reach(word, span.face, span.size, room)
            if x + gap + wide > room and lines[-1] and space_due is not None:
                # What reads a page aloud needs the space between the words; on paper it takes no room.
                _add(lines[-1], Piece(x, " ", 0.0, lines[-1][-1].span))
                lines.append([])
                x, gap = 0.0, 0.0
            elif x + gap + wide > room and lines[-1] and wide <= room:
                lines.append([])  # an identifier that goes on: its next part starts a line
                x, gap = 0.0, 0.0
            if gap:
                _add(lines[-1], Piece(x, " ", gap, span))
                x += gap
            space_due = None
            while wide > room - x:
                head = _fitting(word, span, room - x)
                if not head and lines[-1]:
                    lines.append([])
                    x = 0.0
                    continue
                head = head or word[:1]
                _add(lines[-1], Piece(x, head, width(head, span.face, span.size), span))
                word = word[len(head) :]
                wide = _reach(word, span.face, span.size, room)
                if not word:
                    break
                lines.append([])
                x = 0.0
            if word:
                _add(lines[-1], Piece(x, word, wide, span))
                x += wide
            else:
                x = lines[-1][-1].x + lines[-1][-1].width
    return lines


def _tokens(text: str, span: Span, room: float) -> list[str]:
    """Words and single spaces; a word that no line can hold is cut after the signs that part identifiers."""
    found: list[str] = []
    for i, word in enumerate(text.split(" ")):
        if i and (not found or found[-1] != " "):
            found.append(" ")
        if _reach(word, span.face, span.size, room) <= room:
            if word:
                found.append(word)
        else:
            found.extend(_parts(word))
    return found


def _parts(word: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for i, sign in enumerate(word):
        if sign in _BREAK_AFTER and i + 1 < len(word) and i - start >= 3:
            parts.append(word[start : i + 1])
            start = i + 1
    parts.append(word[start:])
    return parts


def _fitting(token: str, span: Span, room: float) -> str:
    """The longest beginning that fits, by halving."""
    measured = _width.__wrapped__  # beginnings of one token are not worth remembering
    low, high = 0, min(len(token), _STRETCH)
    while high < len(token) and measured(token[:high], span.face, span.size) <= room:
        low, high = high, min(2 * high, len(token))
    while low < high:
        middle = (low + high + 1) // 2
        if measured(token[:middle], span.face, span.size) <= room:
            low = middle
        else:
            high = middle - 1
    return token[:low]


def _add(line: list[Piece], piece: Piece) -> None:
    if line and line[-1].span is piece.span:
        last = line[-1]
        line[-1] = Piece(last.x, last.text + piece.text, last.width + piece.width, piece.span)
    else:
        line.append(piece)
