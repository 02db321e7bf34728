"""Why a condition gave its result: the smallest terms that settle it, with the values they read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any, Final

from rules.condition.operations import is_list, is_map, is_set
from rules.condition.paths import function_reads, item_path, path_of
from rules.condition.steps import Exhausted, Frame, Run
from rules.condition.terms import Call, Choice, Index, Literal, Logic, Macro, Name, Node, Not, Select, children
from rules.condition.types import Scope
from rules.condition.values import Lack, Unknown

_MOST_TERMS: Final = 12
_MOST_READS: Final = 12
_MOST_TEXT: Final = 80
_MOST_ITEMS: Final = 5


@dataclass(frozen=True, slots=True)
class Decided:
    """One term that settles the result: its text, its place in the source (offsets), what it read (path → value)."""

    text: str
    start: int
    end: int
    result: bool | Unknown
    reads: dict[str, Any] = field(default_factory=dict[str, Any])

    def __str__(self) -> str:
        notes = [f"{path} is {value_text(value)}" for path, value in self.reads.items()]
        if isinstance(self.result, Unknown):
            known = set(self.reads)
            notes += [
                f"{lack.path}: {_REASONS.get(lack.reason, lack.reason)}"
                for lack in self.result.lacks
                if lack.path not in known
            ]
        return f"{self.text}  [{', '.join(notes)}]" if notes else self.text


_REASONS: Final[Mapping[str, str]] = {
    "not_read": "not read",
    "null": "there is none",
    "no_such_key": "has no entry",
    "no_such_item": "has no such item",
    "wrong_type": "is of another sort than the rule expects",
    "not_a_date": "is not a date",
    "overflow": "is too large a number",
    "division_by_zero": "divides by zero",
    "limit": "takes too many steps",
    "decision_needed": "decision needed",
}


@dataclass(frozen=True, slots=True)
class Trace:
    """The result of an evaluation and the terms that settle it, in the order of the text."""

    result: bool | Unknown
    decided: tuple[Decided, ...]

    @property
    def reads(self) -> dict[str, Any]:
        """Path → value of everything the deciding terms read."""
        return {path: value for term in self.decided for path, value in term.reads.items()}

    @property
    def missing(self) -> tuple[Lack, ...]:
        """What was missing, when the result is unknown."""
        return self.result.lacks if isinstance(self.result, Unknown) else ()

    @property
    def text(self) -> str:
        """The deciding terms as plain text: `asset.encrypted == false  [asset.encrypted is false]`."""
        return "; ".join(str(term) for term in self.decided)


def explain(
    root: Node, source: str, scope: Scope, runs: Mapping[int, Run], frame: Frame, result: bool | Unknown
) -> Trace:
    """The trace of one evaluation that gave `result`."""
    tracer = _Tracer(source, scope, runs, frame)
    try:
        tracer.settle(root, {})
    except Exhausted:
        tracer.found = []
    if not tracer.found:
        tracer.found = [Decided(" ".join(source.split()), 0, len(source), result)]
    return Trace(result, tuple(tracer.found[:_MOST_TERMS]))


class _Tracer:
    def __init__(self, source: str, scope: Scope, runs: Mapping[int, Run], frame: Frame) -> None:
        self._source = source
        self._scope = scope
        self._runs = runs
        self._frame = frame
        self.found: list[Decided] = []

    def _value(self, node: Node) -> Any:
        return self._runs[id(node)](self._frame)

    def settle(self, node: Node, bindings: dict[str, str]) -> None:
        """Finds the terms that give this term the value it has."""
        if len(self.found) >= _MOST_TERMS:
            return
        value = self._value(node)
        match node:
            case Not(operand=operand):
                self.settle(operand, bindings)
            case Logic(operator=operator, operands=operands):
                self._settle_logic(operands, value, operator == "||", bindings)
            case Choice(test=test, then=then, otherwise=otherwise) if isinstance(value, bool):
                self.settle(test, bindings)
                self.settle(then if self._value(test) is True else otherwise, bindings)
            case Macro(kind="exists" | "all" as kind) if value is (kind == "exists"):
                self._settle_item(node, value, bindings)
            case _:
                self._add(node, value, bindings)

    def _settle_logic(self, operands: tuple[Node, ...], value: Any, decisive: bool, bindings: dict[str, str]) -> None:
        if value is decisive:
            first = next(o for o in operands if self._value(o) is decisive)
            self.settle(first, bindings)
            return
        for operand in operands:
            if not isinstance(value, Unknown) or not isinstance(self._value(operand), bool):
                self.settle(operand, bindings)

    def _settle_item(self, node: Macro, value: bool, bindings: dict[str, str]) -> None:
        """One item decides: the first for which the body has the deciding value."""
        several: Any = self._value(node.over)
        items = sorted(several, key=repr) if is_set(several) else list(several)
        for number, item in enumerate(items):
            self._frame.values[node.variable] = item
            if self._value(node.body) is value:
                key = dumps(item, ensure_ascii=False) if is_map(several) else number
                inner = {**bindings, node.variable: item_path(node.over, self._source, bindings, key)}
                before = len(self.found)
                self.settle(node.body, inner)
                reads: dict[str, Any] = {}
                for term in self.found[before:]:
                    reads.update(term.reads)
                self.found[before:] = [self._decided(node, value, reads or {inner[node.variable]: item})]
                return
        self._add(node, value, bindings)

    def _add(self, node: Node, value: Any, bindings: dict[str, str]) -> None:
        reads: dict[str, Any] = {}
        self._collect(node, bindings, reads)
        self.found.append(self._decided(node, value, reads))

    def _decided(self, node: Node, value: Any, reads: dict[str, Any]) -> Decided:
        text = " ".join(self._source[node.start : node.end].split())
        result = value if isinstance(value, Unknown) else bool(value)
        return Decided(text, node.start, node.end, result, reads)

    def _collect(self, node: Node, bindings: dict[str, str], reads: dict[str, Any]) -> None:
        """Values of what a deciding term read; what hangs on the items of a macro inside it is left out."""
        if len(reads) >= _MOST_READS or isinstance(node, Literal):
            return
        if isinstance(node, Name | Select | Index | Call):
            self._read(node, bindings, reads)
        if isinstance(node, Macro):
            self._collect(node.over, bindings, reads)
            return
        if isinstance(node, Select | Name | Index):
            base: Node = node
            while isinstance(base, Select | Index):
                if isinstance(base, Index):
                    self._collect(base.index, bindings, reads)
                base = base.operand
            if not isinstance(base, Name):
                self._collect(base, bindings, reads)
            return
        for child in children(node):
            if not (isinstance(child, Name) and isinstance(node, Call)):
                self._collect(child, bindings, reads)

    def _read(self, node: Node, bindings: dict[str, str], reads: dict[str, Any]) -> None:
        value = self._value(node)
        if not isinstance(value, Unknown):
            reads[path_of(node, self._source, bindings)] = value
        if isinstance(node, Call):
            for path in function_reads(node, self._source, self._scope, bindings):
                self._look_up(path, reads)

    def _look_up(self, path: str, reads: dict[str, Any]) -> None:
        """The value of a path that a function says it reads, where the path is a plain chain of fields."""
        name, *fields = path.split(".")
        value: Any = self._frame.values.get(name)
        for part in fields:
            if not is_map(value) or part not in value:
                return
            value = value[part]
        if fields and len(reads) < _MOST_READS:
            reads.setdefault(path, value)


def value_text(value: Any) -> str:
    """A value as people read it in a trace: JSON, cut short; a record by its uid or name, with no hidden characters."""
    if is_map(value):
        for key in ("uid", "name", "id"):
            if isinstance(value.get(key), str):
                return value_text(value[key])
        shown = [_short(f"{k}: {value_text(v)}") for k, v in list(value.items())[:_MOST_ITEMS]]
        return "{" + ", ".join(shown) + (", …" if len(value) > _MOST_ITEMS else "") + "}"
    if is_list(value) or is_set(value):
        items = sorted(value, key=repr) if is_set(value) else list(value)
        more = f", … {len(items)} items" if len(items) > _MOST_ITEMS else ""
        return "[" + ", ".join(value_text(v) for v in items[:_MOST_ITEMS]) + more + "]"
    if isinstance(value, (str, int, float)) or value is None:
        return _short(dumps(value, ensure_ascii=False))
    return _short(str(value))


def _short(text: str) -> str:
    cut = text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
    return "".join(c if c.isprintable() else "\ufffd" for c in cut)
