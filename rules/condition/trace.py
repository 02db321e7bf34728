"""Why a condition gave its result: the smallest terms that settle it, with the values they read.

An estate has many findings, so what does not depend on the values (texts, paths, which closures to ask) is worked out
once for every term.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps
from typing import Any, Final

from msgspec import Struct

from rules.condition.operations import BUDGET, is_list, is_map, is_set
from rules.condition.paths import Bindings, function_reads, item_path, path_of
from rules.condition.steps import Exhausted, Frame, Run
from rules.condition.terms import Call, Choice, Index, Literal, Logic, Macro, Name, Node, Not, Select, children
from rules.condition.types import Scope
from rules.condition.values import Lack, Listed, Unknown, lacking

_MOST_TERMS: Final = 12
_MOST_READS: Final = 12
_MOST_TEXT: Final = 80
_MOST_ITEMS: Final = 5
_MOST_PLANS: Final = 1000
_MOST_SOURCE: Final = 200
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


class Decided(Struct, frozen=True):
    """One term that settles the result: its text, its place in the source (offsets), what it read (path → value)."""

    text: str
    start: int
    end: int
    result: bool | Unknown
    reads: dict[str, Any]

    def __str__(self) -> str:
        notes = [f"{path} is {value_text(value)}" for path, value in self.reads.items()]
        if isinstance(self.result, Unknown):
            lacks = [lack for lack in self.result.lacks if lack.path not in self.reads]
            notes += [f"{lack.path}: {_REASONS.get(lack.reason, lack.reason)}" for lack in lacks]
        return f"{self.text}  [{', '.join(notes)}]" if notes else self.text


class Trace(Struct, frozen=True):
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
        return "; ".join([str(term) for term in self.decided])


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to show of a term: its text, the closures of what it reads, and fields that its functions read."""

    text: str
    reads: tuple[tuple[str, Run], ...]
    fields: tuple[tuple[str, str, tuple[str, ...]], ...]


class Explainer:
    """Explains the evaluations of one condition. `runs` are its exact closures by `id` of the term."""

    def __init__(self, root: Node, source: str, scope: Scope, runs: Mapping[int, Run]) -> None:
        self._root = root
        self._source = source
        self._scope = scope
        self._runs = runs
        self._plans: dict[tuple[int | str, ...], _Plan] = {}

    def explain(self, frame: Frame, known: bool | Unknown | None = None) -> Trace:
        """The result for these variables, and the terms that settle it. `known`: the result, where it was found before.

        One that takes too many steps is looked for once more: how far it came tells.
        """
        text = " ".join(self._source.split())
        asked = known is None or (isinstance(known, Unknown) and any(lack.reason == "limit" for lack in known.lacks))
        result: bool | Unknown = lacking(text[:_MOST_SOURCE], "limit") if known is None or asked else known
        found: list[Decided] = []
        try:
            if asked:
                result = self._runs[id(self._root)](frame)
            # The search for what decided may take as many steps again.
            frame.left = BUDGET
            self._settle(self._root, result, frame, {}, found)
        except Exhausted:
            found = [Decided(text, 0, len(self._source), result, {})]
        return Trace(result, tuple(found[:_MOST_TERMS]))

    def _settle(self, node: Node, value: Any, frame: Frame, bindings: Bindings, found: list[Decided]) -> None:
        """Adds the terms that give this term the value it has."""
        if len(found) >= _MOST_TERMS:
            return
        match node:
            case Not(operand=operand):
                self._settle(operand, self._runs[id(operand)](frame), frame, bindings, found)
            case Logic():
                self._settle_logic(node, value, frame, bindings, found)
            case Choice(test=test, then=then, otherwise=otherwise) if isinstance(value, bool):
                outcome = self._runs[id(test)](frame)
                self._settle(test, outcome, frame, bindings, found)
                self._settle(then if outcome is True else otherwise, value, frame, bindings, found)
            case Macro(kind="exists" | "all" as kind) if value is (kind == "exists"):
                self._settle_item(node, value, frame, bindings, found)
            case _:
                self._add(node, value, frame, bindings, found)

    def _settle_logic(self, node: Logic, value: Any, frame: Frame, bindings: Bindings, found: list[Decided]) -> None:
        """One operand decides, or all do; those that are unknown make the result unknown."""
        decisive = node.operator == "||"
        for operand in node.operands:
            outcome = self._runs[id(operand)](frame)
            if value is decisive:
                if outcome is decisive:
                    self._settle(operand, outcome, frame, bindings, found)
                    return
            elif not isinstance(value, Unknown) or isinstance(outcome, Unknown):
                self._settle(operand, outcome, frame, bindings, found)

    def _settle_item(self, node: Macro, value: bool, frame: Frame, bindings: Bindings, found: list[Decided]) -> None:
        """One item decides: the first for which the body has the deciding value."""
        several: Any = self._runs[id(node.over)](frame)
        body = self._runs[id(node.body)]
        for number, item in enumerate(sorted(several, key=repr) if is_set(several) else list(several)):
            frame.spend(1)
            frame.values[node.variable] = item
            if body(frame) is value:
                key = dumps(item, ensure_ascii=False) if is_map(several) else number
                inner = {**bindings, node.variable: item_path(node.over, self._source, bindings, key)}
                below: list[Decided] = []
                self._settle(node.body, value, frame, inner, below)
                reads: dict[str, Any] = {}
                for term in below:
                    reads.update(term.reads)
                text = self._plan(node, bindings).text
                found.append(Decided(text, node.start, node.end, value, reads or {inner[node.variable]: item}))
                return
        self._add(node, value, frame, bindings, found)

    def _add(self, node: Node, value: Any, frame: Frame, bindings: Bindings, found: list[Decided]) -> None:
        plan = self._plan(node, bindings)
        reads: dict[str, Any] = {}
        for path, run in plan.reads:
            read = run(frame)
            if read.__class__ is not Unknown:
                reads[path] = read
        for path, name, fields in plan.fields:
            read = frame.values.get(name)
            for part in fields:
                if not is_map(read) or part not in read:
                    break
                read = read[part]
            else:
                reads.setdefault(path, read)
        result = value if value.__class__ is Unknown else bool(value)
        found.append(Decided(plan.text, node.start, node.end, result, reads))

    def _plan(self, node: Node, bindings: Bindings) -> _Plan:
        key = (id(node), *bindings.values())
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            reads: dict[str, Run] = {}
            fields: dict[str, tuple[str, str, tuple[str, ...]]] = {}
            self._collect(node, bindings, reads, fields)
            text = " ".join(self._source[node.start : node.end].split())
            plan = _Plan(text, tuple(reads.items())[:_MOST_READS], tuple(fields.values())[:_MOST_READS])
            self._plans[key] = plan
        return plan

    def _collect(
        self,
        node: Node,
        bindings: Bindings,
        reads: dict[str, Run],
        fields: dict[str, tuple[str, str, tuple[str, ...]]],
    ) -> None:
        """What a deciding term reads; what hangs on the items of a macro inside it is left out."""
        if isinstance(node, Literal):
            return
        if isinstance(node, Name | Select | Index | Call):
            reads.setdefault(path_of(node, self._source, bindings), self._runs[id(node)])
        if isinstance(node, Macro):
            self._collect(node.over, bindings, reads, fields)
            return
        if isinstance(node, Select | Name | Index):
            base: Node = node
            while isinstance(base, Select | Index):
                if isinstance(base, Index):
                    self._collect(base.index, bindings, reads, fields)
                base = base.operand
            if not isinstance(base, Name):
                self._collect(base, bindings, reads, fields)
            return
        if isinstance(node, Call):
            for path in function_reads(node, self._source, self._scope, bindings):
                name, *rest = path.split(".")
                if rest:
                    fields[path] = (path, name, tuple(rest))
        for child in children(node):
            if not (isinstance(child, Name) and isinstance(node, Call)):
                self._collect(child, bindings, reads, fields)


def value_text(value: Any) -> str:
    """A value as people read it in a trace: JSON, cut short; a record by its uid or name, with no hidden characters."""
    if value is True or value is False:
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        plain = value.isprintable() and '"' not in value and "\\" not in value
        return _short(f'"{value}"' if plain else dumps(value[:_MOST_TEXT], ensure_ascii=False))
    if is_map(value):
        for key in ("uid", "name", "id"):
            if isinstance(value.get(key), str):
                return value_text(value[key])
        shown = [_short(f"{k}: {value_text(v)}") for k, v in list(value.items())[:_MOST_ITEMS]]
        return "{" + ", ".join(shown) + (", …" if len(value) > _MOST_ITEMS else "") + "}"
    if isinstance(value, Listed):
        return value.told
    if is_list(value) or is_set(value):
        items = sorted(value, key=repr) if is_set(value) else list(value)
        more = f", … {len(items)} items" if len(items) > _MOST_ITEMS else ""
        return "[" + ", ".join([value_text(v) for v in items[:_MOST_ITEMS]]) + more + "]"
    return _short(dumps(value)) if isinstance(value, (int, float)) else _short(str(value))


def _short(text: str) -> str:
    cut = text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
    return cut if cut.isprintable() else "".join([c if c.isprintable() else "\ufffd" for c in cut])
