"""Tokens to terms: a Pratt parser for the CEL syntax that rules use, bounded in size and depth."""

from dataclasses import replace
from typing import Final

from rules.condition.errors import ConditionError, Where, shown
from rules.condition.lexer import RESERVED, Token, tokens
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

MAX_DEPTH: Final = 32
"""How deep terms may nest."""
MAX_NODES: Final = 500
"""How many terms a condition may have."""
MAX_MACROS: Final = 3
"""How many macros may stand inside one another."""
MACROS: Final = ("all", "exists", "exists_one", "filter", "map")

_RELATIONS: Final = frozenset(["==", "!=", "<", "<=", ">", ">=", "in"])
_BINDING: Final = {"+": 2, "-": 2, "*": 3, "/": 3, "%": 3} | dict.fromkeys(_RELATIONS, 1)
_SIGNS: Final = {"and": "&&", "or": "||", "not": "!", "und": "&&", "oder": "||", "nicht": "!"}
"""What people write from habit, and the sign that is meant."""
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


def parse(source: str, where: Where) -> Node:
    """The term that the text stands for. Raises ConditionError at the first fault or past a limit."""
    return _Parser(source, where).whole()


class _Parser:
    def __init__(self, source: str, where: Where) -> None:
        self._source = source
        self._where = where
        self._tokens = tokens(source, where)
        self._at = 0
        self._depth = 0
        self._nodes = 0
        self._macros = 0

    def whole(self) -> Node:
        if self._peek.kind == "end":
            raise self._error(self._peek, "the condition is empty.")
        node = self._expression()
        if self._peek.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _is(self, kind: str) -> bool:
        """Whether the next token is this operator (or the word `in`)."""
        token = self._peek
        return token.kind == kind or (kind == "in" and token.kind == "name" and token.value == "in")

    def _expect(self, kind: str) -> Token:
        if self._peek.kind != kind:
            raise self._unexpected(f'"{kind}" is expected here')
        return self._take()

    def _error(self, token: Token, message: str) -> ConditionError:
        return ConditionError(self._where, self._source, token.start, message)

    def _unexpected(self, expected: str = "") -> ConditionError:
        token = self._peek
        found = (
            "the condition ends" if token.kind == "end" else f'"{shown(self._source[token.start : token.end])}" stands'
        )
        if expected:
            return self._error(token, f"{expected}, but {found} here.")
        near = (self._tokens[max(0, self._at - 1)], token)
        words = {self._source[t.start : t.end].lower() for t in near}
        hint = next((f' Write "{sign}".' for word, sign in _SIGNS.items() if word in words), "")
        return self._error(token, f"{found} where that makes no sense.{hint}")

    def _sized(self, start: int, *below: Node) -> int:
        """Height of a term over these, having counted it. Raises past the limits."""
        self._nodes += 1
        height = 1 + max((node.height for node in below), default=0)
        if self._nodes > MAX_NODES:
            raise ConditionError(self._where, self._source, start, f"the condition has more than {MAX_NODES} terms.")
        if height > MAX_DEPTH:
            raise self._too_deep(start)
        return height

    def _too_deep(self, start: int) -> ConditionError:
        message = f"the condition nests more than {MAX_DEPTH} deep."
        return ConditionError(self._where, self._source, start, message)

    def _expression(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._too_deep(self._peek.start)
        test = self._either()
        if self._is("?"):
            self._take()
            then = self._either()
            self._expect(":")
            otherwise = self._expression()
            height = self._sized(test.start, test, then, otherwise)
            test = Choice(test.start, otherwise.end, height, test, then, otherwise)
        self._depth -= 1
        return test

    def _either(self) -> Node:
        operands = [self._both()]
        while self._is("||"):
            self._take()
            operands.append(self._both())
        return self._logic("||", operands)

    def _both(self) -> Node:
        operands = [self._binary(1)]
        while self._is("&&"):
            self._take()
            operands.append(self._binary(1))
        return self._logic("&&", operands)

    def _logic(self, operator: str, operands: list[Node]) -> Node:
        if len(operands) == 1:
            return operands[0]
        height = self._sized(operands[0].start, *operands)
        return Logic(operands[0].start, operands[-1].end, height, operator, tuple(operands))

    def _binary(self, least: int) -> Node:
        left = self._unary()
        while True:
            operator = str(self._peek.value) if self._peek.kind not in ("string", "int", "float") else ""
            binding = _BINDING.get(operator, 0)
            if binding < least:
                return left
            self._take()
            right = self._binary(binding + 1)
            left = Binary(left.start, right.end, self._sized(left.start, left, right), operator, left, right)

    def _unary(self) -> Node:
        token = self._peek
        if token.kind not in ("!", "-"):
            return self._member()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._too_deep(token.start)
        self._take()
        following = self._peek
        if token.kind == "-" and following.kind in ("int", "float"):
            # The sign belongs to the number, so that the least 64-bit number can be written.
            self._take()
            value = -following.value if isinstance(following.value, int | float) else 0
            number = Literal(token.start, following.end, self._sized(token.start), value)
            node = self._suffixes(number)
        else:
            operand = self._unary()
            height = self._sized(token.start, operand)
            sort = Not if token.kind == "!" else Negate
            node = sort(token.start, operand.end, height, operand)
        self._depth -= 1
        return node

    def _member(self) -> Node:
        return self._suffixes(self._primary())

    def _suffixes(self, node: Node) -> Node:
        while True:
            if self._is("."):
                self._take()
                node = self._after_dot(node)
            elif self._is("["):
                self._take()
                index = self._expression()
                end = self._expect("]").end
                node = Index(node.start, end, self._sized(node.start, node, index), node, index)
            else:
                return node

    def _after_dot(self, node: Node) -> Node:
        token = self._peek
        if token.kind != "name" or token.value in (*_CONSTANTS, "in"):
            raise self._unexpected("a name is expected after the dot")
        self._take()
        name = str(token.value)
        if not self._is("("):
            return Select(node.start, token.end, self._sized(node.start, node), node, name, token.start)
        if name in MACROS:
            return self._macro(node, name, token)
        arguments, end = self._arguments()
        height = self._sized(node.start, node, *arguments)
        return Method(node.start, end, height, node, name, arguments, token.start)

    def _macro(self, over: Node, kind: str, token: Token) -> Node:
        self._expect("(")
        self._macros += 1
        if self._macros > MAX_MACROS:
            raise self._error(token, f"more than {MAX_MACROS} macros (all, exists, …) stand inside one another.")
        variable = self._peek
        name = str(variable.value)
        if variable.kind != "name" or name in _CONSTANTS or name in RESERVED or name == "in":
            raise self._error(variable, f'"{kind}" takes a name for the item and a condition: {kind}(x, x == 1).')
        self._take()
        self._expect(",")
        parts = [self._expression()]
        if kind == "map" and self._is(","):
            self._take()
            parts.append(self._expression())
        end = self._expect(")").end
        self._macros -= 1
        height = self._sized(over.start, over, *parts)
        keep = parts[0] if len(parts) == 2 else None
        return Macro(over.start, end, height, kind, over, name, parts[-1], keep)

    def _arguments(self) -> tuple[tuple[Node, ...], int]:
        self._expect("(")
        arguments: list[Node] = []
        while not self._is(")"):
            arguments.append(self._expression())
            if not self._is(")"):
                self._expect(",")
                if self._is(")"):
                    raise self._unexpected("an argument is expected here")
        return tuple(arguments), self._take().end

    def _primary(self) -> Node:
        token = self._take()
        match token.kind:
            case "string" | "int" | "float":
                if token.kind == "int" and isinstance(token.value, int) and token.value >= 2**63:
                    raise self._error(token, "the number does not fit into 64 bits.")
                return Literal(token.start, token.end, self._sized(token.start), token.value)
            case "name":
                return self._named(token)
            case "(":
                node = self._expression()
                # The brackets belong to what is shown of the term.
                return replace(node, start=token.start, end=self._expect(")").end)
            case "[":
                return self._list(token)
            case "{":
                return self._map(token)
            case _:
                self._at -= token.kind != "end"
                raise self._unexpected("a value is expected here")

    def _named(self, token: Token) -> Node:
        name = str(token.value)
        if name in _CONSTANTS:
            return Literal(token.start, token.end, self._sized(token.start), _CONSTANTS[name])
        if name == "in" or name in RESERVED:
            raise self._error(token, f'"{name}" is a reserved word.')
        if self._is("("):
            arguments, end = self._arguments()
            return Call(token.start, end, self._sized(token.start, *arguments), name, arguments)
        return Name(token.start, token.end, self._sized(token.start), name)

    def _list(self, opening: Token) -> Node:
        items: list[Node] = []
        while not self._is("]"):
            items.append(self._expression())
            if not self._is("]"):
                self._expect(",")
        end = self._take().end
        return ListOfTerms(opening.start, end, self._sized(opening.start, *items), tuple(items))

    def _map(self, opening: Token) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self._is("}"):
            key = self._expression()
            self._expect(":")
            entries.append((key, self._expression()))
            if not self._is("}"):
                self._expect(",")
        end = self._take().end
        height = self._sized(opening.start, *(part for entry in entries for part in entry))
        return MapOfTerms(opening.start, end, height, tuple(entries))
