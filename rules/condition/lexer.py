"""Text of a condition to tokens, as CEL spells them. Unsigned numbers and bytes are refused: no rule needs them."""

import re
from dataclasses import dataclass
from typing import Final

from rules.condition.errors import ConditionError, Where, shown

MAX_SOURCE: Final = 4096
"""Characters a condition may have."""
RESERVED: Final = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
"""Words that CEL keeps for later; they cannot name variables, functions or macro variables."""

_INT_MAX: Final = 2**63
_OPERATOR = re.compile(r"&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}]")
_NUMBER = re.compile(
    r"0[xX][0-9a-fA-F]+|[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPACE = re.compile(r"(?:[ \t\n\r\f]|//[^\n]*)*")
_SIMPLE_ESCAPES: Final = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "?": "?",
    '"': '"',
    "'": "'",
    "`": "`",
}
_CODE_ESCAPE = re.compile(r"x([0-9a-fA-F]{2})|X([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})")
_HIDDEN: Final = frozenset(chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))
"""Characters that turn the direction of text: with them a condition could read otherwise than it works."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `kind`: `name`, `int`, `float`, `string`, `end`, or the operator itself; positions are offsets."""

    kind: str
    value: str | int | float
    start: int
    end: int


def tokens(source: str, where: Where) -> list[Token]:
    """The tokens of a condition, closed by one of kind `end`. Raises ConditionError at the first that is none."""
    if len(source) > MAX_SOURCE:
        raise ConditionError(
            where, source, 0, f"the condition has {len(source):,} characters; at most {MAX_SOURCE:,} are allowed."
        )
    for offset, character in enumerate(source):
        if character in _HIDDEN or (character < " " and character not in "\t\n\r\f"):
            raise ConditionError(where, source, offset, f"the hidden character U+{ord(character):04X} is not allowed.")
    found: list[Token] = []
    position = _skip(source, 0)
    while position < len(source):
        token = _next(source, position, where)
        found.append(token)
        position = _skip(source, token.end)
    found.append(Token("end", "", len(source), len(source)))
    return found


def _skip(source: str, position: int) -> int:
    space = _SPACE.match(source, position)
    return space.end() if space else position


def _next(source: str, start: int, where: Where) -> Token:
    prefix = source[start : start + 2].lower()
    if source[start] in "\"'" or (prefix[:1] == "r" and prefix[1:] in ("'", '"')):
        return _string(source, start, where)
    if prefix in ("b'", 'b"', "br", "rb") and source[start + 1 : start + 3].lstrip("rRbB")[:1] in ("'", '"'):
        raise ConditionError(where, source, start, "bytes are not part of this language; write a text.")
    number = _NUMBER.match(source, start)
    if number:
        return _number(source, number, where)
    name = _NAME.match(source, start)
    if name:
        return Token("name", name.group(), start, name.end())
    operator = _OPERATOR.match(source, start)
    if operator:
        return Token(operator.group(), operator.group(), start, operator.end())
    hint = {"&": ' Write "&&".', "|": ' Write "||".', "=": ' Write "==".'}.get(source[start], "")
    raise ConditionError(where, source, start, f'"{shown(source[start])}" cannot stand here.{hint}')


def _number(source: str, match: re.Match[str], where: Where) -> Token:
    text, start, end = match.group(), match.start(), match.end()
    following = source[end : end + 1]
    if following in ("u", "U"):
        raise ConditionError(where, source, start, "unsigned numbers are not part of this language; leave out the u.")
    if following and (following.isalnum() or following == "_"):
        raise ConditionError(where, source, start, f'"{shown(text + following)}" is neither a number nor a name.')
    if text[:2] in ("0x", "0X"):
        value: int | float = int(text, 16)
    elif text.isdigit():
        value = int(text) if len(text) < 40 else _INT_MAX + 1
    else:
        value = float(text)
    if isinstance(value, int) and value > _INT_MAX:
        raise ConditionError(where, source, start, "the number does not fit into 64 bits.")
    if isinstance(value, float) and value == float("inf"):
        raise ConditionError(where, source, start, "the number is too large.")
    return Token("int" if isinstance(value, int) else "float", value, start, end)


def _string(source: str, start: int, where: Where) -> Token:
    raw = source[start] in "rR"
    opening = start + raw
    quote = source[opening]
    if source.startswith(quote * 3, opening):
        quote *= 3
    position = opening + len(quote)
    pieces: list[str] = []
    while not source.startswith(quote, position):
        character = source[position : position + 1]
        if not character or (character in "\r\n" and len(quote) == 1):
            raise ConditionError(where, source, start, "the text has no closing quotation mark.")
        if character == "\\" and not raw:
            piece, position = _escape(source, position, where)
        else:
            piece, position = character, position + 1
        pieces.append(piece)
    return Token("string", "".join(pieces), start, position + len(quote))


def _escape(source: str, position: int, where: Where) -> tuple[str, int]:
    letter = source[position + 1 : position + 2]
    if letter in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[letter], position + 2
    code = _CODE_ESCAPE.match(source, position + 1)
    if code:
        octal = code.group(5)
        number = int(octal, 8) if octal else int(next(g for g in code.groups() if g), 16)
        if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
            return chr(number), code.end()
    raise ConditionError(where, source, position, f'the text has an unknown escape "\\{shown(letter)}".')
