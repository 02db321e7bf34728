"""The quick form of a condition: one Python function, made through the `ast` module (never from formatted text).

It uses Python's own `and` and `or`, and fails with an exception as soon as anything is not there; the
exact form then says what the result is. Where it gives a result, the exact form gives the same.
"""

import ast
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType
from typing import Any, Final

from rules.condition import operations as op
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
    children,
    gives_truth,
    mentions,
)
from rules.condition.types import BOOL, STR, ListOf, MapOf, Scope, Type, Words

_HELPERS: Final[dict[str, Any]] = {
    "known": op.known,
    "truth": op.truth,
    "same": op.same_scalar,
    "same_date": op.same_date,
    "compare_dates": op.compare_dates,
    "compare": op.compare,
    "span": op.span,
    "member": op.member,
    "member_checked": op.member_checked,
    "item_at": op.item_at,
    "size": op.size,
    "starts": op.starts,
    "ends": op.ends,
    "contains": op.contains,
    "contains_short": op.contains_short,
    "matches": op.matches,
    "negate": op.negate,
    "add_numbers": op.add_numbers,
    "len": len,
    "boolean": {True: True, False: False},
}
_COMPARE: Final[dict[str, type[ast.cmpop]]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}


def quick(
    root: Node, scope: Scope, types: dict[int, Type], names: tuple[str, ...], codes: dict[tuple[str, ...], CodeType]
) -> Callable[..., bool]:
    """A function of these variables of the scope, by position, that gives true or false or raises.

    `codes` keeps what was made for the same term before: only what its functions call can be another thing.
    """
    maker = _Quick(root, scope, types)
    whole = maker.truth(root)
    body = codes.get(names)
    if body is None:
        body = codes[names] = _code(whole, [maker.variables[name] for name in names])
    return FunctionType(body, maker.namespace, "condition")


def _code(whole: ast.expr, names: Iterable[str]) -> CodeType:
    arguments = ast.arguments(
        posonlyargs=[ast.arg(arg=name) for name in names],
        args=[],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    made = ast.Expression(body=ast.Lambda(args=arguments, body=whole))
    code = compile(ast.fix_missing_locations(made), "<condition>", "eval")
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType))


def longest_list(root: Node) -> int:
    """How long each list may be so that the quick form surely stays within the budget of steps."""
    depths = _loops(root, 0)
    low, high = 1, op.BUDGET
    while low < high:
        middle = (low + high + 1) // 2
        if sum(middle**depth for depth in depths) <= op.BUDGET:
            low = middle
        else:
            high = middle - 1
    return low


def _loops(node: Node, depth: int) -> list[int]:
    """For everything that goes through a list or a text: how deep in loops it stands, itself included."""
    match node:
        case Macro(over=over, body=body, keep=keep):
            found = [depth + 1, *_loops(over, depth), *_loops(body, depth + 1)]
            return found + (_loops(keep, depth + 1) if keep is not None else [])
        case Method(name="matches"):
            own = [depth + 1]
        case Binary(operator="in") if depth:
            own = [depth + 1]
        case _:
            own = []
    return own + [d for child in children(node) for d in _loops(child, depth)]


class _Quick:
    def __init__(self, root: Node, scope: Scope, types: dict[int, Type]) -> None:
        self._scope = scope
        self._types = types
        self._most = longest_list(root)
        self._macros: list[tuple[str, list[ast.expr]]] = []
        self.variables = {name: f"v{number}" for number, name in enumerate(scope.variables)}
        self.namespace: dict[str, Any] = dict(_HELPERS, __builtins__={})
        self._constants = 0

    def _constant(self, value: object) -> ast.expr:
        """A name for an object that cannot stand in code as it is."""
        name = f"c{self._constants}"
        self._constants += 1
        self.namespace[name] = value
        return _load(name)

    def truth(self, node: Node) -> ast.expr:
        """A term whose value is true or false for certain when it does not raise."""
        if gives_truth(node):
            return self._emit(node)
        if self._types[id(node)] == BOOL:
            return ast.Subscript(value=_load("boolean"), slice=self._emit(node), ctx=ast.Load())
        return _call("truth", self._emit(node))

    def _known(self, node: Node) -> ast.expr:
        """A term that Python would compare without noticing that a function did not know it."""
        found = self._emit(node)
        return _call("known", found) if self._may_be_unknown(node) else found

    def _may_be_unknown(self, node: Node) -> bool:
        match node:
            case Call(name=name):
                return name in self._scope.functions
            case Choice(then=then, otherwise=otherwise):
                return self._may_be_unknown(then) or self._may_be_unknown(otherwise)
            case _:
                return False

    def _emit(self, node: Node) -> ast.expr:
        match node:
            case Literal(value=value):
                return ast.Constant(value=value)
            case Name(name=name):
                return _load(self.variables[name])
            case Select(operand=operand, field=field):
                return ast.Subscript(value=self._emit(operand), slice=ast.Constant(value=field), ctx=ast.Load())
            case Index():
                return self._index(node)
            case Call():
                return self._call(node)
            case Method():
                return self._method(node)
            case Macro():
                return self._macro(node)
            case Not(operand=operand):
                return ast.UnaryOp(op=ast.Not(), operand=self.truth(operand))
            case Negate(operand=operand):
                return _call("negate", self._emit(operand))
            case Binary():
                return self._binary(node)
            case Logic(operator=operator, operands=operands):
                joint = ast.And() if operator == "&&" else ast.Or()
                return ast.BoolOp(op=joint, values=[self.truth(o) for o in operands])
            case Choice(test=test, then=then, otherwise=otherwise):
                return ast.IfExp(test=self.truth(test), body=self._emit(then), orelse=self._emit(otherwise))
            case ListOfTerms(items=items):
                return ast.List(elts=[self._known(i) for i in items], ctx=ast.Load())
            case MapOfTerms():
                # Rules hardly write maps, and their keys have to be checked: left to the exact form.
                return _call("truth", ast.Constant(value=None))

    def _index(self, node: Index) -> ast.expr:
        operand, index = self._emit(node.operand), self._known(node.index)
        if isinstance(self._types[id(node.operand)], MapOf) and _is_text(self._types[id(node.index)]):
            return ast.Subscript(value=operand, slice=index, ctx=ast.Load())
        return _call("item_at", operand, index)

    def _call(self, node: Call) -> ast.expr:
        arguments = [self._known(a) for a in node.arguments]
        function = self._scope.functions.get(node.name)
        if function is not None:
            return ast.Call(func=self._constant(function.call), args=arguments, keywords=[])
        if node.name == "size":
            return self._size(node.arguments[0], arguments[0])
        return ast.Call(func=self._constant(op.CONVERT[node.name]), args=arguments, keywords=[])

    def _size(self, node: Node, value: ast.expr) -> ast.expr:
        plain = isinstance(self._types[id(node)], ListOf | MapOf) or _is_text(self._types[id(node)])
        return _call("len" if plain else "size", value)

    def _method(self, node: Method) -> ast.expr:
        target = self._known(node.target)
        if node.name == "size":
            return self._size(node.target, target)
        argument = node.arguments[0]
        if node.name == "matches":
            compiled = pattern(str(argument.value) if isinstance(argument, Literal) else "")
            return _call("matches", self._constant(compiled), target, ast.Constant(value=self._most))
        names = {"startsWith": "starts", "endsWith": "ends", "contains": "contains"}
        name = "contains_short" if node.name == "contains" and self._macros else names[node.name]
        return _call(name, target, self._known(argument))

    def _macro(self, node: Macro) -> ast.expr:
        over = self._emit(node.over)
        looked_into: list[ast.expr] = []
        self._macros.append((node.variable, looked_into))
        self.variables[node.variable] = f"m{len(self._macros)}"
        target = ast.Name(id=self.variables[node.variable], ctx=ast.Store())
        if node.kind == "map":
            element = self._known(node.body)
            tests = [self.truth(node.keep)] if node.keep is not None else []
        elif node.kind in ("exists", "all"):
            element, tests = self.truth(node.body), []
        else:
            element, tests = _load(target.id), [self.truth(node.body)]
        self._macros.pop()
        del self.variables[node.variable]
        spanned = _call("span", over, ast.Constant(value=self._most), *looked_into)
        # A list of all outcomes is quicker than `any` for the short lists there are, and gives the same.
        found = ast.ListComp(
            elt=element, generators=[ast.comprehension(target=target, iter=spanned, ifs=tests, is_async=0)]
        )
        match node.kind:
            case "exists":
                return _compare(ast.Constant(value=True), ast.In(), found)
            case "all":
                return _compare(ast.Constant(value=False), ast.NotIn(), found)
            case "exists_one":
                return _compare(_call("len", found), ast.Eq(), ast.Constant(value=1))
            case _:
                return found

    def _binary(self, node: Binary) -> ast.expr:
        if node.operator in ("==", "!="):
            return self._equal(node)
        if node.operator == "in":
            return self._in(node)
        left, right = self._emit(node.left), self._emit(node.right)
        if node.operator not in op.ORDERED:
            if node.operator == "+" and self._macros:
                return _call("add_numbers", left, right)
            return ast.Call(func=self._constant(op.ARITHMETIC[node.operator]), args=[left, right], keywords=[])
        how = op.order(self._types[id(node.left)], self._types[id(node.right)])
        if how == "plain":
            return _compare(left, _COMPARE[node.operator](), right)
        if how == "date":
            return _compare(_call("compare_dates", left, right), _COMPARE[node.operator](), ast.Constant(value=0))
        return _compare(_call("compare", left, right), ast.In(), self._constant(op.ORDERED[node.operator]))

    def _equal(self, node: Binary) -> ast.expr:
        wanted = node.operator == "=="
        left, right = self._known(node.left), self._known(node.right)
        how = op.equality(self._types[id(node.left)], self._types[id(node.right)])
        if how in ("null", "is"):
            return _compare(left, ast.Is() if wanted else ast.IsNot(), right)
        if how == "plain":
            return _compare(left, ast.Eq() if wanted else ast.NotEq(), right)
        found = _call("same_date" if how == "date" else "same", left, right)
        return found if wanted else ast.UnaryOp(op=ast.Not(), operand=found)

    def _in(self, node: Binary) -> ast.expr:
        left_type, container = self._types[id(node.left)], self._types[id(node.right)]
        left = self._known(node.left)
        plain = op.plain_member(left_type, container)
        if isinstance(node.right, ListOfTerms):
            values = [i.value for i in node.right.items if isinstance(i, Literal)]
            if plain and len(values) == len(node.right.items):
                constant = ast.Tuple(elts=[ast.Constant(value=v) for v in values], ctx=ast.Load())
                return _compare(left, ast.In(), constant if len(values) < 4 else self._constant(frozenset(values)))
        right = self._known(node.right)
        if plain and isinstance(container, MapOf):
            return _compare(left, ast.In(), right)
        if not self._macros or isinstance(node.right, ListOfTerms):
            return _compare(left, ast.In(), right) if plain else _call("member", left, right)
        innermost, looked_into = self._macros[-1]
        if plain and not mentions(node.right, innermost):
            # The same list for every item: its length is looked at once, when the macro starts.
            looked_into.append(right)
            return _compare(left, ast.In(), right)
        return _call("member_checked", left, right, ast.Constant(value=self._most))


def _is_text(found: Type) -> bool:
    return found == STR or isinstance(found, Words)


def _load(name: str) -> ast.Name:
    return ast.Name(id=name, ctx=ast.Load())


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(func=_load(name), args=list(arguments), keywords=[])


def _compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.Compare(left=left, ops=[operator], comparators=[right])
