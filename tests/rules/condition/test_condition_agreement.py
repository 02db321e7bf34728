"""The quick and the exact form agree on generated conditions, whatever is absent, null or of another type."""

from typing import Any

from condition_samples import MIXED, RECORDS, TYPED, UNTYPED, agreed, conditions
from hypothesis import given, settings

from rules.condition import Scope, Unknown, compile_condition


def agree(source: str, scope: Scope, variables: dict[str, Any]) -> None:
    condition = compile_condition(source, scope)
    exact = agreed(condition, variables)
    trace = condition.explain(variables)
    assert str(trace.result) == str(exact)
    assert trace.decided
    told = condition.explain(variables, condition.test(variables))  # whoever knows the result is told the same
    assert (str(told.result), told.text, list(told.reads)) == (str(exact), trace.text, list(trace.reads))
    if isinstance(exact, Unknown):
        assert exact.missing


@settings(max_examples=250, derandomize=True, deadline=None)
@given(conditions(), RECORDS, RECORDS)
def test_forms_agree_on_values_of_the_declared_types(source: str, a: dict[str, Any], p: dict[str, Any]) -> None:
    agree(source, TYPED, {"a": a, "p": p})


@settings(max_examples=250, derandomize=True, deadline=None)
@given(conditions(), MIXED, MIXED)
def test_forms_agree_on_values_of_any_type(source: str, a: dict[str, Any], p: dict[str, Any]) -> None:
    agree(source, UNTYPED, {"a": a, "p": p})


@settings(max_examples=100, derandomize=True, deadline=None)
@given(conditions(), RECORDS)
def test_a_variable_that_is_not_there_is_unknown_unless_it_does_not_matter(source: str, a: dict[str, Any]) -> None:
    agree(source, TYPED, {"a": a})
    agree(source, TYPED, {})
