"""From text to a condition that can be tested, in three results, and explained."""

from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from operator import itemgetter
from types import CodeType
from typing import Any, Final

from rules.condition.check import Checker
from rules.condition.errors import Where
from rules.condition.exact import Exact
from rules.condition.parser import parse
from rules.condition.paths import reads_of
from rules.condition.quick import quick
from rules.condition.steps import Exhausted, Frame, Run
from rules.condition.terms import Node, mentions
from rules.condition.trace import Explainer, Trace
from rules.condition.types import Scope, Type
from rules.condition.values import Absent, Unknown, lacking


class Condition:
    """A checked condition.

    Variables are plain dicts of what was read (lists, tuples and sets hold many, None is null); a key that is absent
    was not read. A dict subclass may raise `Absent` from `__missing__` to give a reason. An `Unknown` may come from
    functions only, never stand inside a dict. `source` is the text; `reads` are the paths it reads, `functions` the
    registered functions it calls, both in the order of the text.
    """

    def __init__(
        self,
        source: str,
        scope: Scope,
        root: Node,
        types: dict[int, Type],
        functions: tuple[str, ...],
        codes: dict[tuple[str, ...], CodeType],
    ) -> None:
        self._codes = codes
        self.source = source
        self.scope = scope
        self.root = root
        self.functions = functions
        self._types = types

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The paths it reads, in the order of the text."""
        return reads_of(self.root, self.source, self.scope)

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    @cached_property
    def fast(self) -> Callable[..., bool]:
        """The quick form for hot loops: takes every variable of the scope by position, in the scope's order.

        Gives true or false. Raises an exception (any sort: KeyError, TypeError, …) when something it needs is not
        there; `test` then tells what the result is. Give None for a variable that does not exist here, unless the
        condition compares the variable itself with null.
        """
        return quick(self.root, self.scope, self._types, tuple(self.scope.variables), self._codes)

    @cached_property
    def _quick(self) -> Callable[[Mapping[str, Any]], bool]:
        """The quick form for variables in a mapping, of which it asks for those only that the condition names."""
        names = tuple(name for name in self.scope.variables if mentions(self.root, name))
        call = quick(self.root, self.scope, self._types, names, self._codes)
        if len(names) > 1:
            pick = itemgetter(*names)
            return lambda variables: call(*pick(variables))
        return lambda variables: call(*[variables[name] for name in names])

    @cached_property
    def _exact(self) -> tuple[Run, dict[int, Run]]:
        builder = Exact(self.source, self.scope, self._types)
        run = builder.truth(self.root, {})
        return run, builder.runs

    def test(self, variables: Mapping[str, Any]) -> bool | Unknown:
        """True, False, or Unknown with what is missing. A variable that is not in the mapping is unknown.

        Raises only what a registered function raises other than `Absent`.
        """
        try:
            return self._quick(variables)
        except Exception:
            # Whatever it was, the exact form meets it again and knows what it means.
            return self.test_exactly(variables)

    def test_exactly(self, variables: Mapping[str, Any]) -> bool | Unknown:
        """The same as `test` by the exact form alone: for results already known to be unknown, and for tests."""
        try:
            return self._exact[0](self._frame(variables))
        except Exhausted:
            return lacking(" ".join(self.source.split())[:200], "limit")

    def _frame(self, variables: Mapping[str, Any]) -> Frame:
        values = dict(variables)
        if type(variables) is not dict:
            for name in self.scope.variables.keys() - values.keys():
                try:
                    values[name] = variables[name]
                except KeyError:
                    continue
                except Absent as absent:
                    values[name] = absent.unknown
        return Frame(values)

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.root, self.source, self.scope, self._exact[1])

    def explain(self, variables: Mapping[str, Any], known: bool | Unknown | None = None) -> Trace:
        """The result with the smallest terms that settle it and the values they read; as `test` for errors.

        `known`: what `test` or `test_exactly` said for these variables, where that was asked before.
        """
        return self._explainer.explain(self._frame(variables), known)


def compile_condition(source: str, scope: Scope, where: Where | None = None) -> Condition:
    """Reads and checks a condition against a scope. Raises ConditionError, and nothing else, for a faulty text.

    `where` is the place of the text in its file, for messages.
    """
    key = None if scope.key is None else (source, scope.key)
    known = _known.get(key) if key is not None else None
    if known is None:
        place = where or Where()
        root = parse(source, place)
        checker = Checker(source, scope, place)
        checker.condition(root)
        known = root, checker.types, tuple(checker.functions), dict[tuple[str, ...], CodeType]()
        if key is not None and len(_known) < _MOST_KNOWN:
            _known[key] = known
    return Condition(source, scope, *known)


_MOST_KNOWN: Final = 10_000
_known: Final[dict[Hashable, tuple[Node, dict[int, Type], tuple[str, ...], dict[tuple[str, ...], CodeType]]]] = {}
"""What was read and checked before, by text and scope: a text that has passed passes again."""
