"""The parts of a condition after reading: a tree of small frozen objects, each with its place in the text."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Term:
    """Any part. `start` and `end` are offsets into the source; `height` is the nesting below, itself included."""

    start: int
    end: int
    height: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Term):
    """A text, a number, true, false or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name(Term):
    """A variable, of the scope or of a macro."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(Term):
    """`operand.field`; `field_start` is where the field's name begins."""

    operand: "Node"
    field: str
    field_start: int


@dataclass(frozen=True, slots=True)
class Index(Term):
    """`operand[index]`."""

    operand: "Node"
    index: "Node"


@dataclass(frozen=True, slots=True)
class Call(Term):
    """`name(arguments)`."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Method(Term):
    """`target.name(arguments)`, other than a macro; `name_start` is where the name begins."""

    target: "Node"
    name: str
    arguments: tuple["Node", ...]
    name_start: int


@dataclass(frozen=True, slots=True)
class Macro(Term):
    """`over.kind(variable, body)`: all, exists, exists_one, filter, map; `keep` filters a map with three parts."""

    kind: str
    over: "Node"
    variable: str
    body: "Node"
    keep: "Node | None"


@dataclass(frozen=True, slots=True)
class Not(Term):
    """`!operand`."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Negate(Term):
    """`-operand`."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary(Term):
    """`left operator right`, other than && and ||."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Logic(Term):
    """`a && b && …` or `a || b || …`, flat, so that long chains do not nest."""

    operator: str
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice(Term):
    """`test ? then : otherwise`."""

    test: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True, slots=True)
class ListOfTerms(Term):
    """`[a, b]`."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class MapOfTerms(Term):
    """`{"a": b}`."""

    entries: tuple[tuple["Node", "Node"], ...]


Node: TypeAlias = (
    Literal
    | Name
    | Select
    | Index
    | Call
    | Method
    | Macro
    | Not
    | Negate
    | Binary
    | Logic
    | Choice
    | ListOfTerms
    | MapOfTerms
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly below, in the order of the text."""
    match node:
        case Literal() | Name():
            return ()
        case Select(operand=operand) | Not(operand=operand) | Negate(operand=operand):
            return (operand,)
        case Index(operand=operand, index=index):
            return (operand, index)
        case Call(arguments=arguments):
            return arguments
        case Method(target=target, arguments=arguments):
            return (target, *arguments)
        case Macro(over=over, body=body, keep=keep):
            return (over, body) if keep is None else (over, keep, body)
        case Binary(left=left, right=right):
            return (left, right)
        case Logic(operands=operands):
            return operands
        case Choice(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case ListOfTerms(items=items):
            return items
        case MapOfTerms(entries=entries):
            return tuple(part for entry in entries for part in entry)


_RELATIONS: Final = frozenset(["==", "!=", "<", "<=", ">", ">=", "in"])


def gives_truth(node: Node) -> bool:
    """Whether the term, once it has a value, can only be true or false, whatever was read."""
    match node:
        case Not() | Logic():
            return True
        case Literal(value=value):
            return isinstance(value, bool)
        case Binary(operator=operator):
            return operator in _RELATIONS
        case Macro(kind=kind):
            return kind in ("exists", "all", "exists_one")
        case Method(name=name):
            return name != "size"
        case Choice(then=then, otherwise=otherwise):
            return gives_truth(then) and gives_truth(otherwise)
        case _:
            return False


def mentions(node: Node, name: str) -> bool:
    """Whether a variable of this name occurs in the term."""
    return (isinstance(node, Name) and node.name == name) or any(mentions(child, name) for child in children(node))
