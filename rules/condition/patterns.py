"""Regular expressions for `matches`, searched in time proportional to the text whatever the pattern.

The syntax is a part of RE2's: characters, `.`, classes, `\\d \\w \\s` and their opposites, groups, alternatives, `^`,
`$`, and the quantifiers `? * + {m,n}`. There are no back references and no look-around. The pattern becomes a finite
automaton whose states are worked out as the text calls for them, so nothing can backtrack.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

MAX_PATTERN: Final = 256
"""Characters a pattern may have."""
MAX_STATES: Final = 1500
"""States of the automaton before its texts are known; a repeated group counts as often as it is repeated."""
_MAX_REPEAT: Final = 100
_MAX_KEPT: Final = 2000
_MAX_GROUPS: Final = 20

_DIGIT = "0123456789"
_WORD = _DIGIT + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
_SETS: Final = {"d": frozenset(_DIGIT), "w": frozenset(_WORD), "s": frozenset("\t\n\f\r ")}
_LETTER_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}


class PatternError(ValueError):
    """A pattern that cannot be used, in one sentence."""


Test = Callable[[str], bool]


@dataclass(slots=True)
class _State:
    """A character to consume (`test`), an edge to take at the start or the end of the text, or neither."""

    test: Test | None = None
    at: str = ""
    out: list[int] = field(default_factory=list[int])


class Pattern:
    """A compiled pattern."""

    def __init__(self, source: str) -> None:
        builder = _Builder(source)
        self._states, self._start, self._final = builder.whole()
        self._first = self._closure([self._start], begin=True)
        self._again = self._closure([self._start], begin=False)
        self._numbers: dict[frozenset[int], int] = {}
        self._sets: list[frozenset[int]] = []
        self._steps: list[dict[str, int]] = []
        self._accepts: list[bool] = []

    def search(self, text: str) -> bool:
        """Whether the pattern fits anywhere in the text. Raises TypeError for a value that is no text."""
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - values come from files
            raise TypeError("matches needs a text")
        number = self._number(self._first)
        for character in text:
            if self._accepts[number]:
                return True
            following = self._steps[number].get(character)
            number = self._step(number, character) if following is None else following
        return self._accepts[number] or self._final in self._closure(self._sets[number], begin=not text, end=True)

    def _number(self, states: frozenset[int]) -> int:
        number = self._numbers.get(states)
        if number is None:
            number = self._numbers[states] = len(self._sets)
            self._sets.append(states)
            self._steps.append({})
            self._accepts.append(self._final in states)
        return number

    def _step(self, number: int, character: str) -> int:
        states = self._sets[number]
        reached = [
            o for s in states for t in (self._states[s],) if t.test is not None and t.test(character) for o in t.out
        ]
        following = self._closure(reached, begin=False) | self._again
        if len(self._sets) >= _MAX_KEPT:
            self._numbers.clear()
            self._sets.clear()
            self._steps.clear()
            self._accepts.clear()
            return self._number(following)
        target = self._number(following)
        if len(self._steps[number]) < _MAX_KEPT:
            self._steps[number][character] = target
        return target

    def _closure(self, states: Iterable[int], begin: bool, end: bool = False) -> frozenset[int]:
        seen = set(states)
        waiting = list(seen)
        while waiting:
            state = self._states[waiting.pop()]
            if state.test is not None or (state.at == "^" and not begin) or (state.at == "$" and not end):
                continue
            for target in state.out:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(seen)


_Piece = tuple[int, int]
"""First and last state of a part; the last one has no way out yet."""


class _Builder:
    def __init__(self, source: str) -> None:
        if len(source) > MAX_PATTERN:
            raise PatternError(f"the pattern has more than {MAX_PATTERN} characters.")
        self._source = source
        self._at = 0
        self._groups = 0
        self._states: list[_State] = []

    def whole(self) -> tuple[list[_State], int, int]:
        start, final = self._alternatives()
        if self._at < len(self._source):
            raise PatternError('the pattern has a ")" too many.')
        return self._states, start, final

    def _state(self, test: Test | None = None, at: str = "") -> int:
        if len(self._states) >= MAX_STATES:
            raise PatternError("the pattern is too large: its repetitions multiply.")
        self._states.append(_State(test, at))
        return len(self._states) - 1

    def _link(self, source: int, target: int) -> None:
        self._states[source].out.append(target)

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _alternatives(self) -> _Piece:
        pieces = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            pieces.append(self._sequence())
        if len(pieces) == 1:
            return pieces[0]
        start, end = self._state(), self._state()
        for first, last in pieces:
            self._link(start, first)
            self._link(last, end)
        return start, end

    def _sequence(self) -> _Piece:
        start = end = self._state()
        while self._peek() not in ("", "|", ")"):
            first, last = self._repeated()
            self._link(end, first)
            end = last
        return start, end

    def _repeated(self) -> _Piece:
        begin = self._at
        piece = self._single()
        stop = self._at
        least, most = self._quantifier()
        if (least, most) == (1, 1):
            return piece
        if self._peek() == "?":
            self._at += 1  # "as little as possible" finds the same texts
        after = self._at
        if self._quantifier() != (1, 1):
            raise PatternError("the pattern repeats a repetition; put the inner one into brackets.")
        start = end = self._state()
        copies = 0
        while copies < (least if most is None else most):
            self._at = begin
            first, last = self._single() if copies else piece
            self._link(end, first)
            joint = self._state()
            if copies >= least:
                self._link(end, joint)
            self._link(last, joint)
            end, copies = joint, copies + 1
        if most is None:
            if copies:
                self._at = begin
                piece = self._single()
            joint = self._state()
            self._link(end, joint)
            self._link(joint, piece[0])
            self._link(piece[1], joint)
            end = self._state()
            self._link(joint, end)
        self._at = max(after, stop)
        return start, end

    def _quantifier(self) -> tuple[int, int | None]:
        mark = self._peek()
        simple: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        if mark in simple and mark:
            self._at += 1
            return simple[mark]
        if mark != "{":
            return 1, 1
        close = self._source.find("}", self._at)
        low, comma, high = self._source[self._at + 1 : close].partition(",")
        if (
            close < 0
            or not (low.isascii() and low.isdigit())
            or not (high == "" or (high.isascii() and high.isdigit()))
        ):
            raise PatternError('"{" must be followed by one or two numbers and "}"; write "\\{" for the character.')
        least = int(low[:6])
        most = least if not comma else (int(high[:6]) if high else None)
        if max(least, most or 0) > _MAX_REPEAT or (most is not None and most < least):
            raise PatternError(f"a repetition must count upwards and at most to {_MAX_REPEAT}.")
        self._at = close + 1
        return (least, most) if (least, most) != (1, 1) else (1, 1)

    def _single(self) -> _Piece:
        character = self._peek()
        self._at += 1
        if character == "(":
            return self._group()
        if character in ("^", "$"):
            start, end = self._state(at=character), self._state()
            self._link(start, end)
            return start, end
        if character in ("*", "+", "?", "{"):
            raise PatternError(f'"{character}" has nothing before it to repeat.')
        if character == "[":
            return self._consume(self._class())
        if character == ".":
            return self._consume(lambda c: c != "\n")
        if character == "\\":
            return self._consume(self._escape())
        return self._consume(character.__eq__)

    def _consume(self, test: Test) -> _Piece:
        start, end = self._state(test), self._state()
        self._link(start, end)
        return start, end

    def _group(self) -> _Piece:
        self._groups += 1
        if self._groups > _MAX_GROUPS:
            self._deep()
        if self._peek() == "?":
            if self._source[self._at : self._at + 2] != "?:":
                raise PatternError('only plain groups and "(?:" are allowed: no look-around, names or flags.')
            self._at += 2
        piece = self._alternatives()
        if self._peek() != ")":
            raise PatternError('the pattern lacks a ")".')
        self._at += 1
        self._groups -= 1
        return piece

    def _deep(self) -> None:
        raise PatternError(f"the pattern nests more than {_MAX_GROUPS} groups.")

    def _escape(self) -> Test:
        letter = self._peek()
        self._at += 1
        if letter.lower() in _SETS and letter:
            members = _SETS[letter.lower()]
            return members.__contains__ if letter.islower() else (lambda c: c not in members)
        if letter in _LETTER_ESCAPES and letter:
            return _LETTER_ESCAPES[letter].__eq__
        if not letter or (letter.isalnum() and letter.isascii()):
            raise PatternError(f'the pattern has an unknown escape "\\{letter}".')
        return letter.__eq__

    def _class(self) -> Test:
        opposite = self._peek() == "^"
        self._at += opposite
        tests: list[Test] = []
        ranges: list[tuple[str, str]] = []
        first = True
        while first or self._peek() != "]":
            first = False
            low = self._class_part(tests)
            if low is None:
                continue
            high = low
            if self._peek() == "-" and self._source[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                bound = self._class_part(tests)
                if bound is None or bound < low:
                    raise PatternError("a range in the pattern runs backwards or ends in a class.")
                high = bound
            ranges.append((low, high))
        self._at += 1

        def test(character: str) -> bool:
            inside = any(low <= character <= high for low, high in ranges) or any(t(character) for t in tests)
            return inside is not opposite

        return test

    def _class_part(self, tests: list[Test]) -> str | None:
        character = self._peek()
        self._at += 1
        if not character or self._source[self._at - 1 : self._at + 1] == "[:":
            raise PatternError('the pattern has a "[" that is not closed, or a named class, which is not allowed.')
        if character != "\\":
            return character
        letter = self._peek()
        if letter and letter.lower() in _SETS:
            tests.append(self._escape())
            return None
        self._escape_check(letter)
        self._at += 1
        return _LETTER_ESCAPES.get(letter, letter)

    def _escape_check(self, letter: str) -> None:
        if not letter or (letter.isalnum() and letter.isascii() and letter not in _LETTER_ESCAPES):
            raise PatternError(f'the pattern has an unknown escape "\\{letter}".')


@lru_cache(maxsize=256)
def pattern(source: str) -> Pattern:
    """The compiled pattern. Raises PatternError."""
    return Pattern(source)
