"""The checker: every name, attribute, word and type in a condition against the scope, before anything is judged."""

from collections.abc import Iterable, Mapping
from typing import Final

from rules.condition.errors import ConditionError, Where, closest, shown
from rules.condition.lexer import RESERVED
from rules.condition.narrow import Kinds, narrowed
from rules.condition.patterns import PatternError, pattern
from rules.condition.relate import assignable, comparable, joined, ordered, why_not_comparable
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
from rules.condition.types import (
    BOOL,
    DATE,
    DYN,
    FLOAT,
    INT,
    NULL,
    STR,
    ListOf,
    MapOf,
    Record,
    Scope,
    Subject,
    Type,
    Words,
    attribute_names,
    attribute_types,
)
from scanners.model import ATTRIBUTES

TEXT_METHODS: Final = ("startsWith", "endsWith", "contains", "matches")
CONVERSIONS: Final[Mapping[str, Type]] = {"string": STR, "int": INT, "double": FLOAT}
BUILT_IN: Final = ("size", *CONVERSIONS)


class Checker:
    """Checks one condition; afterwards `types` holds the type of every term by `id`."""

    def __init__(self, source: str, scope: Scope, where: Where) -> None:
        self._source = source
        self._scope = scope
        self._where = where
        self._macro_types: dict[str, Type] = {}
        self.types: dict[int, Type] = {}
        self.functions: dict[str, None] = {}

    def condition(self, root: Node) -> None:
        """Checks a whole condition, which must be true or false. Raises ConditionError."""
        found = self._check(root, {})
        if found not in (BOOL, DYN):
            raise self._error(root, f"the condition gives {found.name}; it must give true or false.")

    def _error(self, node: Node, message: str, name: str | None = None, known: Iterable[str] = ()) -> ConditionError:
        suggestion = closest(name, known) if name else None
        return ConditionError(self._where, self._source, node.start, message, name, suggestion)

    def _check(self, node: Node, kinds: Kinds) -> Type:
        found = self._type(node, kinds)
        self.types[id(node)] = found
        return found

    def _type(self, node: Node, kinds: Kinds) -> Type:
        match node:
            case Literal():
                return _literal_type(node)
            case Name():
                return self._name(node)
            case Select():
                return self._select(node, kinds)
            case Index():
                return self._index(node, kinds)
            case Call():
                return self._call(node, kinds)
            case Method():
                return self._method(node, kinds)
            case Macro():
                return self._macro(node, kinds)
            case Not():
                self._bool(node.operand, kinds, "!")
                return BOOL
            case Negate():
                return self._negate(node, kinds)
            case Binary():
                return self._binary(node, kinds)
            case Logic():
                return self._logic(node, kinds)
            case Choice():
                return self._choice(node, kinds)
            case ListOfTerms():
                return ListOf(joined([self._check(item, kinds) for item in node.items]) or DYN)
            case MapOfTerms():
                return self._map(node, kinds)

    def _name(self, node: Name) -> Type:
        found = self._macro_types.get(node.name) or self._scope.variables.get(node.name)
        if found is None:
            known = {**self._scope.variables, **self._macro_types}
            raise self._error(node, f'there is no variable "{shown(node.name)}".', node.name, known)
        return found

    def _select(self, node: Select, kinds: Kinds) -> Type:
        operand = self._check(node.operand, kinds)
        name = node.field
        at = Literal(node.field_start, node.end, 1, name)
        shown_operand = shown(self._source[node.operand.start : node.operand.end])
        match operand:
            case Subject():
                now = kinds.get(node.operand.name) if isinstance(node.operand, Name) else None
                return self._attribute(at, operand, now or operand.kinds, name, shown_operand)
            case Record(fields=fields):
                if name not in fields:
                    raise self._error(at, f'{shown_operand} has no field "{shown(name)}".', name, dict(fields))
                return fields[name]
            case MapOf(value=value):
                return value
            case _ if operand == DYN:
                return DYN
            case _:
                raise self._error(at, f'{shown_operand} is {operand.name}; it has no field "{shown(name)}".', name)

    def _attribute(self, at: Node, subject: Subject, kinds: tuple[str, ...], name: str, shown_operand: str) -> Type:
        found = attribute_types(subject, name, kinds)
        lacking = [kind for kind in kinds if kind not in found]
        if found and (not lacking or not subject.every):
            types = list(found.values())
            return types[0] if all(t == types[0] for t in types) else joined(types) or DYN
        shown_name = shown(name)
        if found:
            message = (
                f'{shown_operand} has no attribute "{shown_name}" on {_some(lacking)} (it exists on '
                f'{_some(list(found))}); guard it: {shown_operand}.kind == "{next(iter(found))}" && …'
            )
            raise ConditionError(self._where, self._source, at.start, message, name)
        owner = _some(list(kinds))
        if name in ATTRIBUTES:
            others = _some(sorted(ATTRIBUTES[name].kinds))
            message = f'{shown_operand} has no attribute "{shown_name}" on {owner}; it exists on {others}.'
            raise ConditionError(self._where, self._source, at.start, message, name)
        known = attribute_names(subject, kinds)
        raise self._error(at, f'{shown_operand} has no attribute "{shown_name}" on {owner}.', name, known)

    def _index(self, node: Index, kinds: Kinds) -> Type:
        operand = self._check(node.operand, kinds)
        index = self._check(node.index, kinds)
        match operand:
            case ListOf(item=item) if index in (INT, DYN):
                return item
            case MapOf(value=value) if index in (STR, DYN) or isinstance(index, Words):
                return value
            case _ if operand == DYN:
                return DYN
            case Record() | Subject():
                raise self._error(node, "a field is read with a dot and its name, not with brackets.")
            case _:
                raise self._error(node, f"{operand.name} cannot be asked for an item by {index.name}.")

    def _call(self, node: Call, kinds: Kinds) -> Type:
        types = [self._check(a, kinds) for a in node.arguments]
        if node.name == "has":
            raise self._error(
                node,
                "has() is not part of this language: absent means not read. Compare with null, or use in for a map.",
            )
        if node.name in BUILT_IN and node.name not in self._scope.functions:
            self._count(node, node.name, 1)
            if node.name == "size":
                return self._size(node.arguments[0], types[0])
            return self._conversion(node, types[0])
        function = self._scope.functions.get(node.name)
        if function is None:
            known = (*self._scope.functions, *BUILT_IN)
            raise self._error(node, f'there is no function "{shown(node.name)}".', node.name, known)
        self._count(node, node.name, len(function.parameters))
        for number, (argument, given, wanted) in enumerate(
            zip(node.arguments, types, function.parameters, strict=True), start=1
        ):
            problem = assignable(argument, given, wanted)
            if problem is not None:
                message = f"argument {number} of {node.name} is {problem.message}"
                raise ConditionError(
                    self._where, self._source, argument.start, message, problem.word, problem.suggestion
                )
        self.functions[node.name] = None
        return function.result

    def _count(self, node: Call | Method, name: str, wanted: int) -> None:
        if len(node.arguments) != wanted:
            plural = "argument" if wanted == 1 else "arguments"
            raise self._error(node, f"{name} takes {wanted} {plural}, not {len(node.arguments)}.", name)

    def _size(self, node: Node, of: Type) -> Type:
        if of not in (STR, DYN) and not isinstance(of, ListOf | MapOf | Words):
            raise self._error(node, f"{of.name} has no size.")
        return INT

    def _conversion(self, node: Call, given: Type) -> Type:
        allowed = {
            "string": (INT, BOOL, STR, DATE, DYN),
            "int": (INT, FLOAT, STR, DYN),
            "double": (INT, FLOAT, STR, DYN),
        }
        if given not in allowed[node.name] and not (node.name == "string" and isinstance(given, Words)):
            raise self._error(node, f"{node.name} cannot convert {given.name}.", node.name)
        return CONVERSIONS[node.name]

    def _method(self, node: Method, kinds: Kinds) -> Type:
        target = self._check(node.target, kinds)
        types = [self._check(a, kinds) for a in node.arguments]
        at = Name(node.name_start, node.end, 1, node.name)
        if node.name == "size":
            self._count(node, "size", 0)
            return self._size(node.target, target)
        if node.name not in TEXT_METHODS:
            if node.name in self._scope.functions:
                raise self._error(at, f"{node.name} is called as {node.name}(…), not after a dot.", node.name)
            known = (*TEXT_METHODS, "size", "all", "exists", "exists_one", "filter", "map")
            raise self._error(at, f'there is no method "{shown(node.name)}".', node.name, known)
        self._count(node, node.name, 1)
        if target not in (STR, DYN) and not isinstance(target, Words):
            raise self._error(at, f"{node.name} works on a text, not on {target.name}.", node.name)
        if types[0] not in (STR, DYN) and not isinstance(types[0], Words):
            raise self._error(node.arguments[0], f"{node.name} takes a text, not {types[0].name}.", node.name)
        if node.name == "matches":
            self._pattern(node.arguments[0])
        return BOOL

    def _pattern(self, node: Node) -> None:
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            raise self._error(node, "the pattern of matches must stand in the rule as a text.")
        try:
            pattern(node.value)
        except PatternError as error:
            raise self._error(node, str(error)) from None

    def _macro(self, node: Macro, kinds: Kinds) -> Type:
        over = self._check(node.over, kinds)
        match over:
            case ListOf(item=found):
                item = found
            case MapOf():
                item: Type = STR
            case _ if over == DYN:
                item = DYN
            case _:
                raise self._error(node, f"{node.kind} works on a list, not on {over.name}.")
        if node.variable in self._scope.variables or node.variable in self._macro_types or node.variable in RESERVED:
            raise self._error(
                node, f'the name "{shown(node.variable)}" is taken; give the item of {node.kind} another.'
            )
        self._macro_types[node.variable] = item
        try:
            if node.keep is not None:
                self._bool(node.keep, kinds, node.kind)
            if node.kind == "map":
                return ListOf(self._check(node.body, kinds))
            self._bool(node.body, kinds, node.kind)
        finally:
            del self._macro_types[node.variable]
        return ListOf(item) if node.kind == "filter" else BOOL

    def _negate(self, node: Negate, kinds: Kinds) -> Type:
        found = self._check(node.operand, kinds)
        if found not in (INT, FLOAT, DYN):
            raise self._error(node, f"- works on numbers, not on {found.name}.")
        return found

    def _bool(self, node: Node, kinds: Kinds, what: str) -> None:
        found = self._check(node, kinds)
        if found not in (BOOL, DYN):
            raise self._error(node, f"{what} takes true or false, not {found.name}.")

    def _logic(self, node: Logic, kinds: Kinds) -> Type:
        known = dict(kinds)
        for operand in node.operands:
            self._bool(operand, known, node.operator)
            known.update(narrowed(operand, node.operator == "&&", known, self._scope))
        return BOOL

    def _choice(self, node: Choice, kinds: Kinds) -> Type:
        self._bool(node.test, kinds, "?")
        then = self._check(node.then, {**kinds, **narrowed(node.test, True, kinds, self._scope)})
        otherwise = self._check(node.otherwise, {**kinds, **narrowed(node.test, False, kinds, self._scope)})
        found = joined([then, otherwise])
        if found is None:
            raise self._error(node, f"the two results of ? : differ: {then.name} and {otherwise.name}.")
        return found

    def _map(self, node: MapOfTerms, kinds: Kinds) -> Type:
        for key, _ in node.entries:
            if self._check(key, kinds) not in (STR, DYN):
                raise self._error(key, "the keys of a map must be texts.")
        return MapOf(joined([self._check(value, kinds) for _, value in node.entries]) or DYN)

    def _binary(self, node: Binary, kinds: Kinds) -> Type:
        left, right = self._check(node.left, kinds), self._check(node.right, kinds)
        operator = node.operator
        if operator in ("==", "!="):
            self._comparable(node, node.left, left, node.right, right)
            return BOOL
        if operator == "in":
            self._contained(node, left, right)
            return BOOL
        if operator in ("<", "<=", ">", ">="):
            problem = ordered(node.left, left, node.right, right)
            if problem is not None:
                raise self._error(node, problem)
            return BOOL
        return self._arithmetic(node, left, right)

    def _comparable(self, node: Node, left_node: Node | None, left: Type, right_node: Node | None, right: Type) -> None:
        if not comparable(left_node, left, right_node, right):
            problem = why_not_comparable(left_node, left, right_node, right)
            raise ConditionError(
                self._where, self._source, node.start, problem.message, problem.word, problem.suggestion
            )

    def _contained(self, node: Binary, left: Type, right: Type) -> None:
        match right:
            case ListOf() if isinstance(node.right, ListOfTerms):
                for item in node.right.items:
                    self._comparable(item, node.left, left, item, self.types[id(item)])
            case ListOf(item=item):
                self._comparable(node, node.left, left, None, item)
            case MapOf():
                if left not in (STR, DYN) and not isinstance(left, Words):
                    raise self._error(node, f"the keys of a map are texts, not {left.name}.")
            case _ if right == DYN:
                pass
            case _ if right == STR:
                raise self._error(node, "in looks into lists and maps; for a part of a text write text.contains(part).")
            case _:
                raise self._error(node, f"in looks into lists and maps, not into {right.name}.")

    def _arithmetic(self, node: Binary, left: Type, right: Type) -> Type:
        if DATE in (left, right):
            raise self._error(node, "dates cannot be reckoned with; days(date) gives the days since then.")
        if left == DYN or right == DYN:
            other = right if left == DYN else left
            if other in (INT, FLOAT, DYN) or (node.operator == "+" and (other == STR or isinstance(other, ListOf))):
                return other
        if left == right and left in (INT, FLOAT):
            if node.operator == "%" and left == FLOAT:
                raise self._error(node, "% works on whole numbers only.")
            return left
        if {left, right} == {INT, FLOAT} if left in (INT, FLOAT) and right in (INT, FLOAT) else False:
            raise self._error(node, "whole and fractional numbers do not mix; convert one with double() or int().")
        if node.operator == "+" and _is_text(left) and _is_text(right):
            return STR
        if node.operator == "+" and isinstance(left, ListOf) and isinstance(right, ListOf):
            return ListOf(joined([left.item, right.item]) or DYN)
        raise self._error(node, f"{node.operator} cannot be applied to {left.name} and {right.name}.")


def _literal_type(node: Literal) -> Type:
    match node.value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return FLOAT
        case str():
            return STR


def _is_text(found: Type) -> bool:
    return found == STR or isinstance(found, Words)


def _some(kinds: list[str]) -> str:
    return ", ".join(kinds[:3]) + (f" and {len(kinds) - 3} more" if len(kinds) > 3 else "")
