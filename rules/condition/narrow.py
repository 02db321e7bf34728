"""Guards: what `asset.kind == "key" && …` tells the checker about the terms that come after it."""

from collections.abc import Mapping
from typing import TypeAlias

from rules.condition.terms import Binary, ListOfTerms, Literal, Logic, Name, Node, Not, Select
from rules.condition.types import Scope, Subject

Kinds: TypeAlias = Mapping[str, tuple[str, ...]]
"""Variable → kinds it can still be of."""


def narrowed(node: Node, outcome: bool, kinds: Kinds, scope: Scope) -> dict[str, tuple[str, ...]]:
    """The kinds that variables can still be of once the term had this outcome; only those the term tells about."""
    match node:
        case Not(operand=operand):
            return narrowed(operand, not outcome, kinds, scope)
        case Logic(operator=operator, operands=operands) if (operator == "&&") is outcome:
            found: dict[str, tuple[str, ...]] = {}
            for operand in operands:
                found.update(narrowed(operand, outcome, {**kinds, **found}, scope))
            return found
        case Binary(operator="==" | "!=" | "in", left=Select(operand=Name(name=name), field="kind")):
            subject = scope.variables.get(name)
            words = _words(node.right)
            if not isinstance(subject, Subject) or words is None:
                return {}
            inside = outcome is (node.operator != "!=")
            return {name: tuple(kind for kind in kinds.get(name, subject.kinds) if (kind in words) is inside)}
        case _:
            return {}


def _words(node: Node) -> frozenset[str] | None:
    """The texts of a literal or of a list of literals; None for anything else."""
    items = node.items if isinstance(node, ListOfTerms) else (node,)
    words = frozenset(i.value for i in items if isinstance(i, Literal) and isinstance(i.value, str))
    return words if len(words) == len(items) else None
