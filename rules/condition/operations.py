"""What the operators do with values that were read. The quick form and the exact form of a condition share these.

Values come from files, so nothing here trusts a type that the checker could not prove: a `Fault` says why there is no
result. True and false are never numbers here, though Python would have it so.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from rules.condition import dates
from rules.condition.patterns import Pattern
from rules.condition.types import BOOL, DATE, FLOAT, INT, NULL, STR, Type, Words
from rules.condition.values import Unknown

BUDGET: Final = 100_000
"""Steps that one evaluation may take: items looked at by macros, and by `in` and `matches` inside them."""
MAX_TEXT: Final = 10_000
"""Characters or items that + may make."""
MAX_VALUE_DEPTH: Final = 64
"""How deep two values may nest that are compared as a whole."""

_LEAST, _MOST = -(2**63), 2**63 - 1
_T = TypeVar("_T")


class Fault(Exception):  # noqa: N818 - not a fault of the program
    """An operation that has no result; `reason` as in `Lack`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def equality(left: Type, right: Type) -> str:
    """How values of these types are compared with ==: `null`, `is`, `plain`, `date` or `strict`."""
    if NULL in (left, right):
        return "null"
    if BOOL in (left, right):
        return "is"
    if DATE in (left, right):
        return "date"
    numbers = left in (INT, FLOAT) and right in (INT, FLOAT)
    texts = (left == STR or isinstance(left, Words)) and (right == STR or isinstance(right, Words))
    return "plain" if numbers or texts else "strict"


def order(left: Type, right: Type) -> str:
    """How values of these types are ordered: `date`, `plain` or `strict`."""
    return "strict" if equality(left, right) in ("null", "is") else equality(left, right)


def is_number(value: object) -> bool:
    """Whether the value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def known(value: _T) -> _T:
    """The value, unless a function said that it does not know."""
    if value.__class__ is Unknown:
        raise Fault("unknown")
    return value


def truth(value: object) -> bool:
    """True or false; nothing else counts as either."""
    if value is True or value is False:
        return value
    raise Fault("wrong_type")


def same_scalar(left: object, right: object) -> bool:
    """Whether two single values are equal. Lists and maps are left to the exact form, which counts its steps."""
    if isinstance(left, list | tuple | dict | set | frozenset) or isinstance(
        right, list | tuple | dict | set | frozenset
    ):
        raise Fault("limit")
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def same(left: Any, right: Any, spend: Callable[[int], None], depth: int = 0) -> bool:
    """Whether two values are equal, lists and maps by their contents."""
    if depth > MAX_VALUE_DEPTH:
        raise Fault("limit")
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        pairs: Iterable[tuple[Any, Any]] = zip(left, right, strict=False)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        spend(1 + min(len(left), len(right)))  # pyright: ignore[reportUnknownArgumentType]
        return len(left) == len(right) and all(same(a, b, spend, depth + 1) for a, b in pairs)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(left, dict) and isinstance(right, dict):
        spend(1 + len(left))  # pyright: ignore[reportUnknownArgumentType]
        return left.keys() == right.keys() and all(same(left[k], right[k], spend, depth + 1) for k in left)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if isinstance(left, set | frozenset) and isinstance(right, set | frozenset):
        spend(1 + len(left))  # pyright: ignore[reportUnknownArgumentType]
        return left == right
    if isinstance(left, list | tuple | dict | set | frozenset) or isinstance(
        right, list | tuple | dict | set | frozenset
    ):
        return False
    return same_scalar(left, right)


def same_date(left: object, right: object) -> bool:
    """Whether two dates are the same day or instant; null equals null only."""
    if left is None or right is None:
        return left is right
    return compare_dates(left, right) == 0


def compare_dates(left: object, right: object) -> int:
    """-1, 0 or 1."""
    try:
        return dates.compare(left, right)
    except (ValueError, OverflowError):
        raise Fault("not_a_date") from None
    except TypeError:
        raise Fault("wrong_type") from None


def compare(left: Any, right: Any) -> int:
    """-1, 0, 1, or 2 where a number is not one (NaN): two numbers or two texts whose types the checker did not know."""
    if not (is_number(left) and is_number(right)) and not (isinstance(left, str) and isinstance(right, str)):
        raise Fault("wrong_type")
    if left == right:
        return 0
    return -1 if left < right else 1 if left > right else 2


def span(value: Any, most: int) -> Any:
    """The list a macro goes through, unless it is too long for the quick form."""
    if not isinstance(value, list | tuple | frozenset | set | dict):
        raise Fault("wrong_type")
    if len(value) > most:  # pyright: ignore[reportUnknownArgumentType]
        raise Fault("limit")
    return value  # pyright: ignore[reportUnknownVariableType]


def member(item: object, container: Any) -> bool:
    """`in` where the checker did not know what the container is."""
    if isinstance(container, dict):
        return isinstance(item, str) and item in container
    if isinstance(container, list | tuple | set | frozenset):
        return any(same_scalar(item, other) for other in container)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    raise Fault("wrong_type")


def member_at_most(item: object, container: Any, most: int) -> bool:
    """`in` over a list inside a macro: quick for lists up to this length."""
    return item in span(container, most)


def member_checked(item: object, container: Any, most: int) -> bool:
    """`member` inside a macro."""
    return member(item, span(container, most))


def item_at(container: Any, index: Any) -> Any:
    """`container[index]` for a list and a whole number, or a map and a text."""
    if isinstance(container, dict):
        if not isinstance(index, str):
            raise Fault("wrong_type")
        try:
            return container[index]  # pyright: ignore[reportUnknownVariableType]
        except KeyError:
            raise Fault("no_such_key") from None
    if isinstance(container, list | tuple) and isinstance(index, int) and not isinstance(index, bool):
        if 0 <= index < len(container):  # pyright: ignore[reportUnknownArgumentType]
            return container[index]  # pyright: ignore[reportUnknownVariableType]
        raise Fault("no_such_item")
    raise Fault("wrong_type")


def size(value: Any) -> int:
    """Characters of a text, items of a list or map."""
    if isinstance(value, str | list | tuple | dict | set | frozenset):
        return len(value)  # pyright: ignore[reportUnknownArgumentType]
    raise Fault("wrong_type")


def starts(text: Any, part: Any) -> bool:
    """`text.startsWith(part)`."""
    return _text(text).startswith(_text(part))


def ends(text: Any, part: Any) -> bool:
    """`text.endsWith(part)`."""
    return _text(text).endswith(_text(part))


def contains(text: Any, part: Any) -> bool:
    """`text.contains(part)`."""
    return _text(part) in _text(text)


def contains_short(text: Any, part: Any) -> bool:
    """`contains` inside a macro: quick for texts of ordinary length."""
    if len(text) >= MAX_TEXT:
        raise Fault("limit")
    return contains(text, part)


def matches(compiled: Pattern, text: Any, most: int) -> bool:
    """`text.matches(pattern)`, quick for texts up to this length."""
    if len(_text(text)) > most:
        raise Fault("limit")
    return compiled.search(text)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise Fault("wrong_type")


def _whole(value: int) -> int:
    if _LEAST <= value <= _MOST:
        return value
    raise Fault("overflow")


def add_numbers(left: Any, right: Any) -> Any:
    """+ of two whole or two fractional numbers."""
    if type(left) is int and type(right) is int:
        return _whole(left + right)
    if type(left) is float and type(right) is float:
        return left + right
    raise Fault("wrong_type")


def add(left: Any, right: Any) -> Any:
    """+ of two numbers of one sort, two texts or two lists."""
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= MAX_TEXT else _over()
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return [*left, *right] if len(left) + len(right) <= MAX_TEXT else _over()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return add_numbers(left, right)


def _over() -> Any:
    raise Fault("limit")


def subtract(left: Any, right: Any) -> Any:
    """-"""
    return add_numbers(left, -right if is_number(right) else right)


def multiply(left: Any, right: Any) -> Any:
    """*"""
    if type(left) is int and type(right) is int:
        return _whole(left * right)
    if type(left) is float and type(right) is float:
        return left * right
    raise Fault("wrong_type")


def divide(left: Any, right: Any) -> Any:
    """/: whole numbers are cut towards zero; fractional ones divide by zero into an infinity, as IEEE 754 has it."""
    if type(left) is int and type(right) is int:
        if right == 0:
            raise Fault("division_by_zero")
        quotient = abs(left) // abs(right)
        return _whole(quotient if (left < 0) is (right < 0) else -quotient)
    if type(left) is float and type(right) is float:
        if right:
            return left / right
        if left != left or not left:
            return float("nan")
        return float("inf") if (left > 0) is (str(right)[0] != "-") else float("-inf")
    raise Fault("wrong_type")


def remainder(left: Any, right: Any) -> Any:
    """%: with the sign of the left number."""
    if type(left) is not int or type(right) is not int:
        raise Fault("wrong_type")
    return left - right * divide(left, right)


def negate(value: Any) -> Any:
    """-value"""
    if type(value) is int:
        return _whole(-value)
    if type(value) is float:
        return -value
    raise Fault("wrong_type")


def to_text(value: Any) -> str:
    """string(value)"""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(_whole(value))
    return _text(value)


def to_whole(value: Any) -> int:
    """int(value)"""
    if isinstance(value, str):
        digits = value[1:] if value[:1] == "-" else value
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 30):
            raise Fault("wrong_type")
        return _whole(int(value))
    if not is_number(value) or value != value or value in (float("inf"), float("-inf")):
        raise Fault("wrong_type")
    return _whole(int(value))


def to_fraction(value: Any) -> float:
    """double(value)"""
    try:
        if (
            isinstance(value, str)
            and len(value) <= 100
            and value.isascii()
            and "_" not in value
            and value == value.strip()
        ):
            return float(value)
        if is_number(value):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise Fault("wrong_type")


ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": remainder,
}
CONVERT: Final[dict[str, Callable[[Any], Any]]] = {"string": to_text, "int": to_whole, "double": to_fraction}
ORDERED: Final[dict[str, frozenset[int]]] = {
    "<": frozenset([-1]),
    "<=": frozenset([-1, 0]),
    ">": frozenset([1]),
    ">=": frozenset([0, 1]),
}
"""Operator → the outcomes of `compare` for which it is true."""
