"""What the operators do with values that were read. The quick form and the exact form of a condition share these.

Values come from files, so nothing here trusts a type that the checker could not prove: a `Fault` says why there is no
result. True and false are never numbers here, though Python would have it so.
"""

from collections.abc import Callable
from typing import Any, Final, TypeGuard, TypeVar

from rules.condition import dates
from rules.condition.patterns import Pattern
from rules.condition.types import BOOL, DATE, FLOAT, INT, NULL, STR, ListOf, MapOf, Type, Words
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


def plain_member(item: Type, container: Type) -> bool:
    """Whether Python's own `in` gives what CEL gives for these types."""
    if isinstance(container, MapOf):
        return True
    return isinstance(container, ListOf) and equality(item, container.item) == "plain"


def order(left: Type, right: Type) -> str:
    """How values of these types are ordered: `date`, `plain` or `strict`."""
    return "strict" if equality(left, right) in ("null", "is") else equality(left, right)


_SEVERAL: Final = frozenset([list, tuple, set, frozenset, dict])


def is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether the value is a list that keeps its order."""
    return isinstance(value, (list, tuple))


def is_set(value: object) -> TypeGuard[set[Any] | frozenset[Any]]:
    """Whether the value is a list given as a set."""
    return isinstance(value, (set, frozenset))


def is_map(value: object) -> TypeGuard[dict[Any, Any]]:
    """Whether the value is a map or a record."""
    return isinstance(value, dict)


def is_several(
    value: object,
) -> TypeGuard[list[Any] | tuple[Any, ...] | set[Any] | frozenset[Any] | dict[Any, Any]]:
    """Whether the value holds others."""
    return value.__class__ in _SEVERAL or isinstance(value, (list, tuple, set, frozenset, dict))


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
    if is_several(left) or is_several(right):
        raise Fault("limit")
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def same(left: object, right: object, spend: Callable[[int], None], depth: int = 0) -> bool:
    """Whether two values are equal, lists and maps by their contents."""
    if depth > MAX_VALUE_DEPTH:
        raise Fault("limit")
    if is_list(left) and is_list(right):
        spend(1 + min(len(left), len(right)))
        return len(left) == len(right) and all(same(a, b, spend, depth + 1) for a, b in zip(left, right, strict=True))
    if is_map(left) and is_map(right):
        spend(1 + len(left))
        return left.keys() == right.keys() and all(same(left[k], right[k], spend, depth + 1) for k in left)
    if is_set(left) and is_set(right):
        spend(1 + len(left))
        return left == right
    if is_set(left) and is_list(right):
        return same(right, left, spend, depth)
    if is_list(left) and is_set(right):
        # A set stands for a list whose order nobody promised.
        spend(1 + len(left))
        return len(left) == len(right) and all(not is_several(item) and item in right for item in left)
    if is_several(left) or is_several(right):
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


def span(value: Any, most: int, *others: Any) -> Any:
    """The list a macro goes through, unless it, or another its body looks into, is too long for the quick form."""
    if not is_several(value):
        raise Fault("wrong_type")
    if len(value) > most:
        raise Fault("limit")
    for other in others:
        if len(other) > most:
            raise Fault("limit")
    return value


def member(item: object, container: Any) -> bool:
    """`in` where the checker did not know what the container is."""
    if is_map(container):
        return isinstance(item, str) and item in container
    if is_several(container):
        return any(same_scalar(item, other) for other in container)
    raise Fault("wrong_type")


def member_checked(item: object, container: Any, most: int) -> bool:
    """`in` inside a macro, over a list that differs from item to item."""
    return member(item, span(container, most))


def item_at(container: Any, index: Any) -> Any:
    """`container[index]` for a list and a whole number, or a map and a text."""
    if is_map(container):
        if not isinstance(index, str):
            raise Fault("wrong_type")
        try:
            return container[index]
        except KeyError:
            raise Fault("no_such_key") from None
    if is_list(container) and isinstance(index, int) and not isinstance(index, bool):
        if 0 <= index < len(container):
            return container[index]
        raise Fault("no_such_item")
    raise Fault("wrong_type")


def size(value: Any) -> int:
    """Characters of a text, items of a list or map."""
    if isinstance(value, str) or is_several(value):
        return len(value)
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
    if is_list(left) and is_list(right):
        return [*left, *right] if len(left) + len(right) <= MAX_TEXT else _over()
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
