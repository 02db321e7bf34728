"""Which types go together: in comparisons, as results of one term, as arguments."""

from collections.abc import Sequence
from dataclasses import dataclass

from rules.condition.dates import is_date
from rules.condition.errors import closest, shown
from rules.condition.terms import Literal, Node
from rules.condition.types import (
    DATE,
    DYN,
    FLOAT,
    INT,
    NULL,
    STR,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Subject,
    Type,
    Words,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why two things do not go together; the word at fault and what was probably meant, where there is one."""

    message: str
    word: str | None = None
    suggestion: str | None = None


def is_number(found: Type) -> bool:
    """Whether the type is int or float."""
    return found in (INT, FLOAT)


def _text_of(node: Node | None) -> str | None:
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def comparable(left_node: Node | None, left: Type, right_node: Node | None, right: Type) -> bool:
    """Whether == makes sense between the two; the nodes tell which texts stand in the rule itself."""
    if NULL in (left, right) or DYN in (left, right):
        return True
    if is_number(left) and is_number(right):
        return True
    match left, right:
        case Words(words=words), Words(words=others):
            return bool(set(words) & set(others))
        case Words(words=words), _ if right == STR:
            text = _text_of(right_node)
            return text is None or text in words
        case _, Words():
            return left == STR and comparable(right_node, right, left_node, left)
        case ListOf(item=item), ListOf(item=other):
            return comparable(None, item, None, other)
        case MapOf(value=value), MapOf(value=other):
            return comparable(None, value, None, other)
        case (Record(), _) | (_, Record()) | (Subject(), _) | (_, Subject()):
            return False
        case _:
            return left == right or _date_and_text(left, right_node, right) or _date_and_text(right, left_node, left)


def _date_and_text(left: Type, node: Node | None, right: Type) -> bool:
    text = _text_of(node)
    return left == DATE and right == STR and text is not None and is_date(text)


def why_not_comparable(left_node: Node | None, left: Type, right_node: Node | None, right: Type) -> Problem:
    """What to say when `comparable` is false."""
    for words, node in ((left, right_node), (right, left_node)):
        text = _text_of(node)
        if isinstance(words, Words) and text is not None:
            message = f'"{shown(text)}" is not one of the words {_listed(words)}.'
            return Problem(message, text, closest(text, words.words))
    if isinstance(left, Words) and isinstance(right, Words):
        return Problem(f"the two sides have no word in common: {_listed(left)} and {_listed(right)}.")
    if isinstance(left, Subject | Record) or isinstance(right, Subject | Record):
        return Problem("a whole asset or record can be compared with null only; compare one of its fields.")
    if DATE in (left, right) and STR in (left, right):
        return Problem("a date is compared with a date: write it as YYYY-MM-DD.")
    return Problem(f"{left.name} is compared with {right.name}, which can never be equal.")


def _listed(words: Words) -> str:
    return ", ".join(words.words[:8]) + (" …" if len(words.words) > 8 else "")


def ordered(left_node: Node, left: Type, right_node: Node, right: Type) -> str | None:
    """Why < makes no sense between the two; None where it does."""
    if isinstance(left, Words) or isinstance(right, Words):
        return "words have no order; compare their rank."
    if NULL in (left, right):
        return "nothing is less or greater than null; compare with == null."
    sortable = (INT, FLOAT, STR, DATE, DYN)
    for found in (left, right):
        if found not in sortable:
            return f"{found.name} has no order."
    if DYN in (left, right) or (is_number(left) and is_number(right)) or left == right:
        return None
    if _date_and_text(left, right_node, right) or _date_and_text(right, left_node, left):
        return None
    if DATE in (left, right) and STR in (left, right):
        return "a date is compared with a date: write it as YYYY-MM-DD."
    return f"{left.name} cannot be compared with {right.name}."


def joined(types: Sequence[Type]) -> Type | None:
    """The one type that all of these are; dyn where one is dyn; None where they differ or there are none."""
    found: Type | None = None
    for current in types:
        if found is None or found == NULL or current == found:
            found = current
        elif current == NULL:
            continue
        elif DYN in (found, current):
            return DYN
        elif isinstance(found, Words) and isinstance(current, Words):
            found = Words(tuple(dict.fromkeys((*found.words, *current.words))))
        elif _texts(found, current):
            found = STR
        else:
            return None
    return found


def _texts(left: Type, right: Type) -> bool:
    return (left == STR or isinstance(left, Words)) and (right == STR or isinstance(right, Words))


def assignable(node: Node | None, given: Type, wanted: Type) -> Problem | None:
    """Why a value of the given type cannot be an argument of the wanted one; None where it can."""
    if wanted == DYN or given in (DYN, NULL) or given == wanted:
        return None
    match given, wanted:
        case _, OneOf(types=types):
            problems = [assignable(node, given, t) for t in types]
            if None in problems:
                return None
        case _, Words(words=words) if given == STR:
            text = _text_of(node)
            if text is None or text in words:
                return None
            return Problem(
                f'"{shown(text)}", which is not one of the words {_listed(wanted)}.', text, closest(text, words)
            )
        case Words(words=words), Words(words=others):
            if set(words) & set(others):
                return None
        case Words(), _ if wanted == STR:
            return None
        case ListOf(item=item), ListOf(item=other):
            if assignable(None, item, other) is None:
                return None
        case MapOf(value=value), MapOf(value=other):
            if assignable(None, value, other) is None:
                return None
        case Record(name=name, fields=fields), Record(name=other_name, fields=other_fields):
            if name == other_name and (name != "record" or set(fields) >= set(other_fields)):
                return None
        case Subject(kinds=kinds), Subject(kinds=others):
            if set(kinds) & set(others):
                return None
        case _:
            if (given == INT and wanted == FLOAT) or _date_and_text(wanted, node, given):
                return None
    return Problem(f"{given.name}; it must be {wanted.name}.")
