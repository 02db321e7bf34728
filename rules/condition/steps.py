"""The closures that the exact form is made of: each takes a frame and gives a value or an `Unknown`."""

import operator as python
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from rules.condition import operations as op
from rules.condition.paths import key_text
from rules.condition.values import Absent, Unknown, both, lacking


class Exhausted(Exception):  # noqa: N818 - an answer: the evaluation takes too many steps
    """The budget of steps is used up."""


class Frame:
    """The variables of one evaluation, and the steps it may still take."""

    __slots__ = ("left", "values")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.left = op.BUDGET

    def spend(self, steps: int) -> None:
        """Takes steps off the budget. Raises Exhausted when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted


Run: TypeAlias = Callable[[Frame], Any]

_PLAIN: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


def _either(left: Any, right: Any) -> Unknown:
    """The lacks of two values of which one at least is unknown."""
    if left.__class__ is not Unknown:
        return right
    return both(left, right) if right.__class__ is Unknown else left


def _unknowns(values: Iterable[Any]) -> Unknown | None:
    found: Unknown | None = None
    for value in values:
        if value.__class__ is Unknown:
            found = value if found is None else both(found, value)
    return found


def _culprit(values: Sequence[Any], paths: Sequence[str], reason: str) -> Unknown:
    """What to blame: the operand that is null, if one is; else the operation, for the given reason."""
    if reason == "wrong_type":
        for value, path in zip(values, paths, strict=True):
            if value is None:
                return lacking(path, "null")
    return lacking(", ".join(dict.fromkeys(paths)), reason)


def _uid(value: Any) -> str | None:
    uid = value.get("uid") if op.is_map(value) else None
    return uid if isinstance(uid, str) else None


def constant(value: Any) -> Run:
    """The same value always."""
    return lambda frame: value


def variable(name: str, path: str) -> Run:
    """A variable of the scope or of a macro."""
    absent = lacking(path, "not_read")
    return lambda frame: frame.values.get(name, absent)


def select(operand: Run, field: str, path: str, reason: str, whose: bool) -> Run:
    """A field of a record; `whose`: an absent one names the asset that lacks it."""
    whole = f"{path}.{field}"
    absent = lacking(whole, reason)

    def run(frame: Frame) -> Any:
        base = operand(frame)
        if base.__class__ is Unknown:
            return base
        try:
            return base[field]
        except KeyError:
            return lacking(whole, reason, _uid(base)) if whose else absent
        except Absent as missing:
            return missing.unknown
        except (TypeError, IndexError):
            return lacking(path, "null" if base is None else "wrong_type")

    return run


def index(operand: Run, key: Run, path: str, key_path: str) -> Run:
    """An item of a list or map."""

    def run(frame: Frame) -> Any:
        base, wanted = operand(frame), key(frame)
        if base.__class__ is Unknown or wanted.__class__ is Unknown:
            return _either(base, wanted)
        try:
            return op.item_at(base, wanted)
        except Absent as missing:
            return missing.unknown
        except op.Fault as fault:
            if fault.reason != "wrong_type":
                return lacking(f"{path}[{key_text(wanted)}]", fault.reason, _uid(base))
            return _culprit((base, wanted), (path, key_path), fault.reason)

    return run


def strict(
    call: Callable[..., Any], runs: Sequence[Run], paths: Sequence[str], cost: Callable[..., int] | None = None
) -> Run:
    """An operation that needs all its operands; `cost` gives the steps it takes."""

    def run(frame: Frame) -> Any:
        values = [r(frame) for r in runs]
        unknown = _unknowns(values)
        if unknown is not None:
            return unknown
        try:
            if cost is not None:
                frame.spend(cost(*values))
            return call(*values)
        except op.Fault as fault:
            return _culprit(values, paths, fault.reason)

    return run


def function(call: Callable[..., Any], runs: Sequence[Run]) -> Run:
    """A call of a registered function."""

    def run(frame: Frame) -> Any:
        values = [r(frame) for r in runs]
        unknown = _unknowns(values)
        if unknown is not None:
            return unknown
        try:
            return call(*values)
        except Absent as absent:
            return absent.unknown

    return run


def truth(operand: Run, path: str, certain: bool) -> Run:
    """True or false, nothing else; `certain`: the checker says so, and 1 and 0 may pass for them."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        if value is True or value is False or value.__class__ is Unknown:
            return value
        if certain and isinstance(value, (int, float)) and value in (0, 1):
            return bool(value)
        return lacking(path, "null" if value is None else "wrong_type")

    return run


def opposite(operand: Run) -> Run:
    """`!operand`."""

    def run(frame: Frame) -> Any:
        value = operand(frame)
        return value if value.__class__ is Unknown else not value

    return run


def logic(operands: Sequence[Run], decisive: bool) -> Run:
    """`&&` (false decides) or `||` (true decides): what decides wins over what is unknown."""

    def run(frame: Frame) -> Any:
        unknown: Unknown | None = None
        for operand in operands:
            value = operand(frame)
            if value is decisive:
                return value
            if value.__class__ is Unknown:
                unknown = value if unknown is None else both(unknown, value)
        return not decisive if unknown is None else unknown

    return run


def choice(test: Run, then: Run, otherwise: Run) -> Run:
    """`test ? then : otherwise`."""

    def run(frame: Frame) -> Any:
        value = test(frame)
        if value.__class__ is Unknown:
            return value
        return then(frame) if value else otherwise(frame)

    return run


def gather(runs: Sequence[Run], into: Callable[[list[Any]], Any]) -> Run:
    """A list made of terms."""

    def run(frame: Frame) -> Any:
        values = [r(frame) for r in runs]
        unknown = _unknowns(values)
        return into(values) if unknown is None else unknown

    return run


def mapping(keys: Run, values: Run, path: str) -> Run:
    """A map made of terms."""

    def run(frame: Frame) -> Any:
        names, contents = keys(frame), values(frame)
        if names.__class__ is Unknown or contents.__class__ is Unknown:
            return _either(names, contents)
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            return lacking(path, "wrong_type")
        return dict(zip(names, contents, strict=True))

    return run


def equal(left: Run, right: Run, paths: Sequence[str], how: str, wanted: bool) -> Run:
    """`==` or `!=`, compared as `operations.equality` says."""

    def compare(frame: Frame, a: Any, b: Any) -> bool:
        if how == "date":
            return op.same_date(a, b)
        return a == b if how == "plain" else op.same(a, b, frame.spend)

    identical = how in ("null", "is")

    def run(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if a.__class__ is Unknown or b.__class__ is Unknown:
            return _either(a, b)
        if identical:
            return (a is b) is wanted
        try:
            return compare(frame, a, b) is wanted
        except op.Fault as fault:
            return _culprit((a, b), paths, fault.reason)

    return run


def order(left: Run, right: Run, paths: Sequence[str], how: str, operator: str) -> Run:
    """`<` and its like, compared as `operations.order` says."""
    outcomes = op.ORDERED[operator]
    plain = _PLAIN[operator]

    def run(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if a.__class__ is Unknown or b.__class__ is Unknown:
            return _either(a, b)
        try:
            if how == "plain":
                return plain(a, b)
            return (op.compare_dates(a, b) if how == "date" else op.compare(a, b)) in outcomes
        except op.Fault as fault:
            return _culprit((a, b), paths, fault.reason)
        except TypeError:
            return _culprit((a, b), paths, "wrong_type")

    return run


def contained(left: Run, right: Run, path: str, plain: bool, counted: bool) -> Run:
    """`in`; `plain`: Python's own gives the same; `counted`: it takes steps."""

    def contains(frame: Frame, value: Any, within: Any) -> bool:
        if not op.is_several(within):
            raise op.Fault("null" if within is None else "wrong_type")
        if counted and op.is_list(within):
            frame.spend(len(within))
        if op.is_map(within):
            return isinstance(value, str) and value in within
        if not plain:
            return any(op.same(value, other, frame.spend) for other in within)
        try:
            return value in within
        except TypeError:
            return False

    def run(frame: Frame) -> Any:
        value, within = left(frame), right(frame)
        if value.__class__ is Unknown or within.__class__ is Unknown:
            return _either(value, within)
        try:
            return contains(frame, value, within)
        except op.Fault as fault:
            return lacking(path, fault.reason)

    return run


def items(over: Run, path: str) -> Run:
    """What a macro goes through: the items of a list, the keys of a map; a set in an order that is always the same."""

    def run(frame: Frame) -> Any:
        value = over(frame)
        if value.__class__ is Unknown or op.is_list(value) or op.is_map(value):
            return value
        if op.is_set(value):
            return sorted(value, key=repr)
        return lacking(path, "null" if value is None else "wrong_type")

    return run


def quantified(over: Run, name: str, body: Run, decisive: bool) -> Run:
    """`exists` (true decides) and `all` (false decides)."""

    def run(frame: Frame) -> Any:
        found = over(frame)
        if found.__class__ is Unknown:
            return found
        unknown: Unknown | None = None
        for item in found:
            frame.spend(1)
            frame.values[name] = item
            value = body(frame)
            if value is decisive:
                return value
            if value.__class__ is Unknown:
                unknown = value if unknown is None else both(unknown, value)
        return not decisive if unknown is None else unknown

    return run


def filtered(over: Run, name: str, test: Run | None, body: Run | None) -> Run:
    """`filter` and `map`: the items for which `test` is true, or what `body` makes of them."""

    def run(frame: Frame) -> Any:
        found = over(frame)
        if found.__class__ is Unknown:
            return found
        kept: list[Any] = []
        for item in found:
            frame.spend(1)
            frame.values[name] = item
            wanted = True if test is None else test(frame)
            if wanted.__class__ is Unknown:
                return wanted
            if wanted:
                value = item if body is None else body(frame)
                if value.__class__ is Unknown:
                    return value
                kept.append(value)
        return kept

    return run


def only_one(kept: Run) -> Run:
    """`exists_one`: whether a filter keeps exactly one item."""

    def run(frame: Frame) -> Any:
        found = kept(frame)
        return found if found.__class__ is Unknown else len(found) == 1

    return run
