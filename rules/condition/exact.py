"""The exact form of a condition: every term a closure that gives a value or an `Unknown`, with CEL's rule for errors.

`false && unknown` is false, `true || unknown` is true, otherwise an unknown operand makes the result unknown; `exists`
and `all` gather their items by the same rule, `exists_one` does not absorb. Used when the quick form met something
that is not there, and to explain a result.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

from rules.condition import operations as op
from rules.condition.paths import Bindings, item_path, key_text, path_of
from rules.condition.patterns import pattern
from rules.condition.terms import (
    Binary,
    Call,
    Choice,
    Index,
    ListOfTerms,
    Literal,
    Logic,
    Macro,
    MapOfTerms,
    Method,
    Name,
    Negate,
    Node,
    Not,
    Select,
)
from rules.condition.types import BOOL, ListOf, MapOf, Scope, Type
from rules.condition.values import Absent, Unknown, both, lacking

ABSENT: Final = object()
"""In place of a variable that was not given."""


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

_TEXT: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "startsWith": op.starts,
    "endsWith": op.ends,
    "contains": op.contains,
}


class Exact:
    """Builds the closures of one condition; `runs` holds that of every term by `id`, for explanations."""

    def __init__(self, source: str, scope: Scope, types: dict[int, Type]) -> None:
        self._source = source
        self._scope = scope
        self._types = types
        self.runs: dict[int, Run] = {}

    def build(self, node: Node, bindings: Bindings) -> Run:
        """The closure of a term; `bindings` are the macros around it."""
        run = self._run(node, bindings)
        self.runs[id(node)] = run
        return run

    def _run(self, node: Node, bindings: Bindings) -> Run:
        match node:
            case Literal(value=value):
                return lambda frame: value
            case Name(name=name):
                return _name(name, bindings.get(name, name))
            case Select(operand=operand, field=field):
                reason = "no_such_key" if isinstance(self._types[id(operand)], MapOf) else "not_read"
                return _select(self.build(operand, bindings), field, self._path(operand, bindings), reason)
            case Index(operand=operand, index=index):
                parts = (self.build(operand, bindings), self.build(index, bindings))
                return _index(*parts, self._path(operand, bindings), self._path(index, bindings))
            case Call():
                return self._call(node, bindings)
            case Method():
                return self._method(node, bindings)
            case Macro():
                return self._macro(node, bindings)
            case Not(operand=operand):
                return _not(self.truth(operand, bindings))
            case Negate(operand=operand):
                return _strict(op.negate, [self.build(operand, bindings)], [self._path(operand, bindings)])
            case Binary():
                return self._binary(node, bindings)
            case Logic(operator=operator, operands=operands):
                return _logic([self.truth(o, bindings) for o in operands], decisive=operator == "||")
            case Choice(test=test, then=then, otherwise=otherwise):
                return _choice(self.truth(test, bindings), self.build(then, bindings), self.build(otherwise, bindings))
            case ListOfTerms(items=items):
                return _gather([self.build(i, bindings) for i in items], list)
            case MapOfTerms(entries=entries):
                keys = _gather([self.build(k, bindings) for k, _ in entries], tuple)
                values = _gather([self.build(v, bindings) for _, v in entries], tuple)
                return _mapping(keys, values, self._path(node, bindings))

    def _path(self, node: Node, bindings: Bindings) -> str:
        return path_of(node, self._source, bindings)

    def truth(self, node: Node, bindings: Bindings) -> Run:
        """The closure of a term that has to be true or false."""
        return _truth(self.build(node, bindings), self._path(node, bindings), self._types[id(node)] == BOOL)

    def _call(self, node: Call, bindings: Bindings) -> Run:
        arguments = [self.build(a, bindings) for a in node.arguments]
        paths = [self._path(a, bindings) for a in node.arguments]
        function = self._scope.functions.get(node.name)
        if function is not None:
            return _function(function.call, arguments)
        return _strict(op.size if node.name == "size" else op.CONVERT[node.name], arguments, paths)

    def _method(self, node: Method, bindings: Bindings) -> Run:
        runs = [self.build(n, bindings) for n in (node.target, *node.arguments)]
        paths = [self._path(n, bindings) for n in (node.target, *node.arguments)]
        if node.name == "size":
            return _strict(op.size, runs, paths)
        if node.name == "matches":
            argument = node.arguments[0]
            compiled = pattern(str(argument.value) if isinstance(argument, Literal) else "")
            search = lambda text: op.matches(compiled, text, op.BUDGET)  # noqa: E731
            return _strict(search, runs[:1], paths[:1], lambda text: len(text) if isinstance(text, str) else 0)
        cost = (lambda text, _: len(text) // op.MAX_TEXT if isinstance(text, str) else 0) if bindings else None
        return _strict(_TEXT[node.name], runs, paths, cost)

    def _macro(self, node: Macro, bindings: Bindings) -> Run:
        over = _items(self.build(node.over, bindings), self._path(node.over, bindings))
        inner = {**bindings, node.variable: item_path(node.over, self._source, bindings)}
        if node.kind == "map":
            body = self.build(node.body, inner)
            keep = self.truth(node.keep, inner) if node.keep is not None else None
            return _map(over, node.variable, keep, body)
        body = self.truth(node.body, inner)
        if node.kind in ("exists", "all"):
            return _quantified(over, node.variable, body, decisive=node.kind == "exists")
        return _filter(over, node.variable, body, counted=node.kind == "exists_one")

    def _binary(self, node: Binary, bindings: Bindings) -> Run:
        left, right = self._types[id(node.left)], self._types[id(node.right)]
        runs = [self.build(node.left, bindings), self.build(node.right, bindings)]
        paths = [self._path(node.left, bindings), self._path(node.right, bindings)]
        operator = node.operator
        if operator in ("==", "!="):
            return _equal(runs, paths, op.equality(left, right), operator == "==")
        if operator == "in":
            return _in(runs, paths, left, right, inside=bool(bindings) and not isinstance(node.right, ListOfTerms))
        if operator in op.ORDERED:
            return _strict(_ordering(op.order(left, right), operator), runs, paths)
        cost = _added if operator == "+" and bindings else None
        return _strict(op.ARITHMETIC[operator], runs, paths, cost)


def _added(left: Any, right: Any) -> int:
    return 0 if op.is_number(left) else op.size(left) + op.size(right)


def _name(name: str, path: str) -> Run:
    def run(frame: Frame) -> Any:
        value = frame.values.get(name, ABSENT)
        return lacking(path, "not_read") if value is ABSENT else value

    return run


def _uid(value: Any) -> str | None:
    uid = value.get("uid") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return uid if isinstance(uid, str) else None


def _select(operand: Run, field: str, path: str, reason: str) -> Run:
    whole = f"{path}.{field}"

    def run(frame: Frame) -> Any:
        base = operand(frame)
        if base.__class__ is Unknown:
            return base
        try:
            return base[field]
        except KeyError:
            return lacking(whole, reason, _uid(base))
        except Absent as absent:
            return absent.unknown
        except (TypeError, IndexError):
            return lacking(path, "null" if base is None else "wrong_type")

    return run


def _index(operand: Run, index: Run, path: str, index_path: str) -> Run:
    def run(frame: Frame) -> Any:
        base, key = operand(frame), index(frame)
        if base.__class__ is Unknown or key.__class__ is Unknown:
            return _either(base, key)
        try:
            return op.item_at(base, key)
        except Absent as absent:
            return absent.unknown
        except op.Fault as fault:
            if fault.reason != "wrong_type":
                return lacking(f"{path}[{key_text(key)}]", fault.reason, _uid(base))
            return lacking(*_culprit((base, key), (path, index_path), fault.reason))

    return run


def _either(left: Any, right: Any) -> Unknown:
    if left.__class__ is not Unknown:
        return right
    return both(left, right) if right.__class__ is Unknown else left


def _culprit(values: Sequence[Any], paths: Sequence[str], reason: str) -> tuple[str, str]:
    """The operand that is null, if one is; else all of them for the given reason."""
    if reason == "wrong_type":
        for value, path in zip(values, paths, strict=True):
            if value is None:
                return path, "null"
    return paths[0] if len(paths) == 1 or reason == "no_such_key" else ", ".join(paths), reason


def _strict(
    call: Callable[..., Any],
    runs: Sequence[Run],
    paths: Sequence[str],
    cost: Callable[..., int] | None = None,
) -> Run:
    """An operation that needs all its operands."""

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
            return lacking(*_culprit(values, paths, fault.reason))

    return run


def _unknowns(values: Iterable[Any]) -> Unknown | None:
    found: Unknown | None = None
    for value in values:
        if value.__class__ is Unknown:
            found = value if found is None else both(found, value)
    return found


def _function(call: Callable[..., Any], runs: Sequence[Run]) -> Run:
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


def _truth(operand: Run, path: str, certain: bool) -> Run:
    def run(frame: Frame) -> Any:
        value = operand(frame)
        if value is True or value is False or value.__class__ is Unknown:
            return value
        if certain and not isinstance(value, str) and value is not None and value in (0, 1):
            return bool(value)
        return lacking(path, "null" if value is None else "wrong_type")

    return run


def _not(operand: Run) -> Run:
    def run(frame: Frame) -> Any:
        value = operand(frame)
        return value if value.__class__ is Unknown else not value

    return run


def _logic(operands: Sequence[Run], decisive: bool) -> Run:
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


def _choice(test: Run, then: Run, otherwise: Run) -> Run:
    def run(frame: Frame) -> Any:
        value = test(frame)
        if value.__class__ is Unknown:
            return value
        return then(frame) if value else otherwise(frame)

    return run


def _gather(runs: Sequence[Run], into: Callable[[list[Any]], Any]) -> Run:
    def run(frame: Frame) -> Any:
        values = [r(frame) for r in runs]
        unknown = _unknowns(values)
        return into(values) if unknown is None else unknown

    return run


def _mapping(keys: Run, values: Run, path: str) -> Run:
    def run(frame: Frame) -> Any:
        names, contents = keys(frame), values(frame)
        if names.__class__ is Unknown or contents.__class__ is Unknown:
            return _either(names, contents)
        if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            return lacking(path, "wrong_type")
        return dict(zip(names, contents, strict=True))

    return run


def _items(over: Run, path: str) -> Run:
    def run(frame: Frame) -> Any:
        value = over(frame)
        if value.__class__ is Unknown or isinstance(value, list | tuple | dict):
            return value  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, set | frozenset):
            return sorted(value, key=repr)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return lacking(path, "null" if value is None else "wrong_type")

    return run


def _quantified(over: Run, variable: str, body: Run, decisive: bool) -> Run:
    def run(frame: Frame) -> Any:
        items = over(frame)
        if items.__class__ is Unknown:
            return items
        unknown: Unknown | None = None
        for item in items:
            frame.spend(1)
            frame.values[variable] = item
            value = body(frame)
            if value is decisive:
                return value
            if value.__class__ is Unknown:
                unknown = value if unknown is None else both(unknown, value)
        return not decisive if unknown is None else unknown

    return run


def _filter(over: Run, variable: str, body: Run, counted: bool) -> Run:
    def run(frame: Frame) -> Any:
        items = over(frame)
        if items.__class__ is Unknown:
            return items
        found: list[Any] = []
        for item in items:
            frame.spend(1)
            frame.values[variable] = item
            value = body(frame)
            if value.__class__ is Unknown:
                return value
            if value:
                found.append(item)
        return len(found) == 1 if counted else found

    return run


def _map(over: Run, variable: str, keep: Run | None, body: Run) -> Run:
    def run(frame: Frame) -> Any:
        items = over(frame)
        if items.__class__ is Unknown:
            return items
        found: list[Any] = []
        for item in items:
            frame.spend(1)
            frame.values[variable] = item
            wanted = True if keep is None else keep(frame)
            if wanted.__class__ is Unknown:
                return wanted
            if wanted:
                value = body(frame)
                if value.__class__ is Unknown:
                    return value
                found.append(value)
        return found

    return run


def _equal(runs: Sequence[Run], paths: Sequence[str], how: str, wanted: bool) -> Run:
    left, right = runs

    def run(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if a.__class__ is Unknown or b.__class__ is Unknown:
            return _either(a, b)
        try:
            if how in ("null", "is"):
                equal = a is b
            elif how == "date":
                equal = op.same_date(a, b)
            elif how == "plain":
                equal = a == b
            else:
                equal = op.same(a, b, frame.spend)
        except op.Fault as fault:
            return lacking(*_culprit((a, b), paths, fault.reason))
        return equal is wanted

    return run


def _ordering(how: str, operator: str) -> Callable[[Any, Any], bool]:
    outcomes = op.ORDERED[operator]
    if how == "date":
        return lambda a, b: op.compare_dates(a, b) in outcomes
    if how == "strict":
        return lambda a, b: op.compare(a, b) in outcomes

    def plain(a: Any, b: Any) -> bool:
        try:
            return bool(
                a < b if operator == "<" else a <= b if operator == "<=" else a > b if operator == ">" else a >= b
            )
        except TypeError:
            raise op.Fault("wrong_type") from None

    return plain


def _in(runs: Sequence[Run], paths: Sequence[str], item: Type, container: Type, inside: bool) -> Run:
    strict = not plain_member(item, container)

    def call(frame: Frame, value: Any, within: Any) -> bool:
        if inside and isinstance(within, list | tuple):
            frame.spend(len(within))  # pyright: ignore[reportUnknownArgumentType]
        if not isinstance(within, list | tuple | set | frozenset | dict):
            raise op.Fault("wrong_type")
        if strict and not isinstance(within, dict):
            return any(op.same(value, other, frame.spend) for other in within)  # pyright: ignore[reportUnknownVariableType]
        try:
            return value in within
        except TypeError:
            return False

    left, right = runs

    def run(frame: Frame) -> Any:
        value, within = left(frame), right(frame)
        if value.__class__ is Unknown or within.__class__ is Unknown:
            return _either(value, within)
        try:
            return call(frame, value, within)
        except op.Fault as fault:
            return lacking(paths[1], "null" if within is None else fault.reason)

    return run


def plain_member(item: Type, container: Type) -> bool:
    """Whether Python's own `in` gives what CEL gives for these types."""
    if isinstance(container, MapOf):
        return True
    return isinstance(container, ListOf) and op.equality(item, container.item) == "plain"
