"""Reading of conditions: places in messages, limits, and texts that are no conditions at all."""

import pytest
from condition_samples import rule_scope
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.condition import DYN, ConditionError, Scope, Unknown, Where, compile_condition

SCOPE = Scope({"a": DYN})


def error(source: str, scope: Scope = SCOPE, where: Where | None = None) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, scope, where)
    return caught.value


def test_a_message_names_file_line_and_column() -> None:
    found = error("a.x == 1 &&\n  a.y = 2", where=Where("rules/pack/KEY.yaml", 12, 14))
    assert (found.file, found.line, found.column) == ("rules/pack/KEY.yaml", 13, 7)
    assert str(found) == 'rules/pack/KEY.yaml, line 13, column 7: "=" cannot stand here. Write "==".'
    first = error("b == 1", where=Where("F", 12, 14))
    assert (first.line, first.column, first.name) == (12, 14, "b")


@pytest.mark.parametrize(
    ("source", "column", "part"),
    [
        ("", 1, "empty"),
        ("a.x ==", 7, "the condition ends"),
        ("(a.x == 1", 10, '")" is expected'),
        ("a.x == 1)", 9, '")" stands where that makes no sense'),
        ("a.x == 1u", 8, "unsigned"),
        ("a.x == b'q'", 8, "bytes"),
        ("a.x == 'q", 8, "closing quotation mark"),
        ("a.x == 'q\n'", 8, "closing quotation mark"),
        (r"a.x == '\q'", 9, "unknown escape"),
        (r"a.x == '\ud800'", 9, "unknown escape"),
        ("a.x == 12ab", 8, "neither a number nor a name"),
        ("a.x == 99999999999999999999", 8, "64 bits"),
        ("a.x == 1e999", 8, "too large"),
        ("a.x == 'a\u202eb'", 10, "hidden character U+202E"),
        ("a.x == \x00", 8, "hidden character U+0000"),
        ("a.x.exists(1, true)", 12, "takes a name"),
        ("a.x.exists(x)", 13, '"," is expected'),
        ("while == 1", 1, "reserved word"),
        ("a.x | a.y", 5, 'Write "||"'),
        ("a.x == é", 8, "cannot stand here"),
    ],
)
def test_faults_are_told_with_their_place(source: str, column: int, part: str) -> None:
    found = error(source)
    assert found.column == column
    assert part in found.message


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("a.x == '" + "x" * 4096 + "'", "at most 4,096"),
        (" || ".join(["a.b"] * 260), "more than 500 terms"),
        ("(" * 40 + "a.x" + ")" * 40, "more than 32 deep"),
        ("(" * 4000, "more than 32 deep"),
        ("[" * 4000, "more than 32 deep"),
        ("!" * 4000 + "a.x", "more than 32 deep"),
        ("-" * 4000 + "1", "more than 32 deep"),
        ("a" + ".x" * 40, "more than 32 deep"),
        ("1" + " + 1" * 40 + " == 2", "more than 32 deep"),
        ("true ? true : " * 200 + "a.x", "more than 32 deep"),
        ("a.x" + "[0]" * 40, "more than 32 deep"),
        ("a.f(" * 900, "more than 32 deep"),
        ("a.x.all(b, b.all(c, c.all(d, d.all(e, e))))", "more than 3 macros"),
    ],
)
def test_limits_are_kept_without_falling_over(source: str, part: str) -> None:
    assert part in error(source).message


def test_what_is_within_the_limits_works() -> None:
    long_chain = " || ".join(["a.b"] * 200)
    assert compile_condition(long_chain, SCOPE).test({"a": {"b": True}}) is True
    deep = "!" * 26 + "a.b"
    assert compile_condition(deep, SCOPE).test({"a": {"b": True}}) is True
    assert compile_condition("(" * 30 + "a.b" + ")" * 30, SCOPE).test({"a": {"b": True}}) is True
    three = "a.x.all(b, b.all(c, c.all(d, d)))"
    assert compile_condition(three, SCOPE).test({"a": {"x": [[[True]]]}}) is True


_ANYTHING = st.text(max_size=60)
_WORDS = (
    "a asset policy now . x encrypted kind == != < <= in && || ! - + * / % ? : ( ) [ ] { } , 1 0 2.5 'q' \"q\" true "
    "false null exists all filter map size matches startsWith has rank pd days o o.x r'\\' \\ // 0x 1e9 '(a*)*'"
)
_PIECES = st.lists(st.sampled_from(_WORDS.split()), max_size=25).map(" ".join)


@settings(max_examples=500, derandomize=True, deadline=None)
@given(_ANYTHING | _PIECES)
def test_any_text_is_a_condition_or_an_error_in_one_sentence(source: str) -> None:
    for scope in (SCOPE, rule_scope("storage.bucket", "key")):
        fault: ConditionError | None = None
        try:
            condition = compile_condition(source, scope)
        except ConditionError as caught:
            fault = caught
        else:
            assert isinstance(condition.test({}), bool | Unknown)
            assert condition.explain({}).decided
        if fault is not None:
            assert "\n" not in str(fault)
            assert fault.line >= 1
            assert fault.column >= 1


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=20))
def test_a_text_keeps_its_characters(text: str) -> None:
    printable = "".join(c for c in text if c.isprintable())
    quoted = printable.replace("\\", "\\\\").replace('"', '\\"')
    assert compile_condition(f'a.x == "{quoted}"', SCOPE).test({"a": {"x": printable}}) is True
