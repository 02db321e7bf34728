"""The exact form of a condition: every term a closure that gives a value or an `Unknown`, with CEL's rule for errors.

`false && unknown` is false, `true || unknown` is true, otherwise an unknown operand makes the result unknown; `exists`
and `all` gather their items by the same rule, `exists_one` does not absorb. Used when the quick form met something
that is not there, and to explain a result.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from rules.condition import operations as op
from rules.condition import steps
from rules.condition.paths import Bindings, item_path, path_of
from rules.condition.patterns import pattern
from rules.condition.steps import Run
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
    gives_truth,
)
from rules.condition.types import BOOL, MapOf, Scope, Type

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

    def truth(self, node: Node, bindings: Bindings) -> Run:
        """The closure of a term that has to be true or false."""
        run = self.build(node, bindings)
        if gives_truth(node):
            return run
        run = steps.truth(run, self._path(node, bindings), self._types[id(node)] == BOOL)
        self.runs[id(node)] = run
        return run

    def _path(self, node: Node, bindings: Bindings) -> str:
        return path_of(node, self._source, bindings)

    def _run(self, node: Node, bindings: Bindings) -> Run:
        match node:
            case Literal(value=value):
                return steps.constant(value)
            case Name(name=name):
                return steps.variable(name, bindings.get(name, name))
            case Select():
                return self._select(node, bindings)
            case Index(operand=operand, index=index):
                parts = (self.build(operand, bindings), self.build(index, bindings))
                return steps.index(*parts, self._path(operand, bindings), self._path(index, bindings))
            case Call():
                return self._call(node, bindings)
            case Method():
                return self._method(node, bindings)
            case Macro():
                return self._macro(node, bindings)
            case Not(operand=operand):
                return steps.opposite(self.truth(operand, bindings))
            case Negate(operand=operand):
                return steps.strict(op.negate, [self.build(operand, bindings)], [self._path(operand, bindings)])
            case Binary():
                return self._binary(node, bindings)
            case Logic(operator=operator, operands=operands):
                return steps.logic([self.truth(o, bindings) for o in operands], decisive=operator == "||")
            case Choice(test=test, then=then, otherwise=otherwise):
                branches = (self.build(then, bindings), self.build(otherwise, bindings))
                return steps.choice(self.truth(test, bindings), *branches)
            case ListOfTerms(items=items):
                return steps.gather([self.build(i, bindings) for i in items], list)
            case MapOfTerms(entries=entries):
                keys = steps.gather([self.build(k, bindings) for k, _ in entries], tuple)
                values = steps.gather([self.build(v, bindings) for _, v in entries], tuple)
                return steps.mapping(keys, values, self._path(node, bindings))

    def _select(self, node: Select, bindings: Bindings) -> Run:
        operand = node.operand
        reason = "no_such_key" if isinstance(self._types[id(operand)], MapOf) else "not_read"
        # What a variable of the scope lacks is told by its name; what an item of a list lacks, by the item's uid.
        whose = not (isinstance(operand, Name) and operand.name not in bindings)
        return steps.select(self.build(operand, bindings), node.field, self._path(operand, bindings), reason, whose)

    def _call(self, node: Call, bindings: Bindings) -> Run:
        arguments = [self.build(a, bindings) for a in node.arguments]
        function = self._scope.functions.get(node.name)
        if function is not None:
            return steps.function(function.call, arguments)
        paths = [self._path(a, bindings) for a in node.arguments]
        return steps.strict(op.size if node.name == "size" else op.CONVERT[node.name], arguments, paths)

    def _method(self, node: Method, bindings: Bindings) -> Run:
        runs = [self.build(n, bindings) for n in (node.target, *node.arguments)]
        paths = [self._path(n, bindings) for n in (node.target, *node.arguments)]
        if node.name == "size":
            return steps.strict(op.size, runs, paths)
        if node.name == "matches":
            argument = node.arguments[0]
            compiled = pattern(str(argument.value) if isinstance(argument, Literal) else "")
            return steps.strict(partial(op.matches, compiled, most=op.BUDGET), runs[:1], paths[:1], _length)
        return steps.strict(_TEXT[node.name], runs, paths, _long if bindings else None)

    def _macro(self, node: Macro, bindings: Bindings) -> Run:
        over = steps.items(self.build(node.over, bindings), self._path(node.over, bindings))
        inner = {**bindings, node.variable: item_path(node.over, self._source, bindings)}
        if node.kind == "map":
            keep = self.truth(node.keep, inner) if node.keep is not None else None
            return steps.filtered(over, node.variable, keep, self.build(node.body, inner))
        body = self.truth(node.body, inner)
        if node.kind in ("exists", "all"):
            return steps.quantified(over, node.variable, body, decisive=node.kind == "exists")
        kept = steps.filtered(over, node.variable, body, None)
        return steps.only_one(kept) if node.kind == "exists_one" else kept

    def _binary(self, node: Binary, bindings: Bindings) -> Run:
        left_type, right_type = self._types[id(node.left)], self._types[id(node.right)]
        left, right = self.build(node.left, bindings), self.build(node.right, bindings)
        paths = [self._path(node.left, bindings), self._path(node.right, bindings)]
        operator = node.operator
        if operator in ("==", "!="):
            return steps.equal(left, right, paths, op.equality(left_type, right_type), operator == "==")
        if operator == "in":
            plain = op.plain_member(left_type, right_type)
            counted = bool(bindings) and not isinstance(node.right, ListOfTerms)
            return steps.contained(left, right, paths[1], plain, counted)
        if operator in op.ORDERED:
            return steps.order(left, right, paths, op.order(left_type, right_type), operator)
        cost = _added if operator == "+" and bindings else None
        return steps.strict(op.ARITHMETIC[operator], [left, right], paths, cost)


def _added(left: Any, right: Any) -> int:
    return 0 if op.is_number(left) else op.size(left) + op.size(right)


def _length(text: Any) -> int:
    return len(text) if isinstance(text, str) else 0


def _long(text: Any, _: Any) -> int:
    return len(text) // op.MAX_TEXT if isinstance(text, str) else 0
