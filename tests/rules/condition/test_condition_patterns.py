"""The linear-time patterns of `matches`: same answers as RE2, no pattern that takes long."""

import re
import time

import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.condition.patterns import Pattern, PatternError

_ATOMS = st.sampled_from(
    ["a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\S", r"\.", "1", "-", "(a|b)", "(?:ab)"]
)


@st.composite
def sources(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0:
        return draw(_ATOMS)
    parts = draw(st.lists(sources(depth - 1), min_size=1, max_size=3))
    joined = draw(st.sampled_from(["", "|"])).join(parts)
    quantifier = draw(st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,2}", "{0,}", "*?", "{0}"]))
    return f"(?:{joined}){quantifier}"


@settings(max_examples=300, derandomize=True, deadline=None)
@given(sources(), st.sampled_from(["", "^"]), st.sampled_from(["", "$"]), st.text("abc1.-\n", max_size=8))
def test_same_answer_as_pythons_re(source: str, begin: str, end: str, text: str) -> None:
    expected = re.search(begin + source + end.replace("$", r"\Z"), text, re.ASCII) is not None
    assert Pattern(begin + source + end).search(text) is expected


ENVIRONMENT = cel.NewEnv(variables={"p": cel.Type.STRING, "t": cel.Type.STRING})


@settings(max_examples=200, derandomize=True, deadline=None)
@given(sources(), st.text("abc1.-\n", max_size=8))
def test_same_answer_as_googles(source: str, text: str) -> None:
    value = ENVIRONMENT.compile("t.matches(p)").eval(data={"p": source, "t": text})
    assert Pattern(source).search(text) is value.value()


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("", "", True),
        ("^$", "", True),
        ("^$", "x", False),
        ("a$", "ba\n", False),
        ("^a|b$", "cb", True),
        ("[]a]", "]", True),
        ("[^]a]", "]", False),
        ("[a-]", "-", True),
        (r"[\d.]+", "1.2", True),
        (r"^\S+@\S+\.de$", "x@y.de", True),
        (r"\t", "\t", True),
        ("^(eu|us)-(west|east)-[0-9]{1,2}$", "eu-west-1", True),
        ("^(eu|us)-(west|east)-[0-9]{1,2}$", "eu-west-100", False),
        ("é+", "caféé", True),
        (r"\w", "é", False),
        ("x*", "", True),
    ],
)
def test_cases(source: str, text: str, expected: bool) -> None:
    assert Pattern(source).search(text) is expected


@pytest.mark.parametrize(
    "source",
    [
        "(", ")", "a)",
        "[", "[a", "*", "a**", "a{", "a{x}", "a{2,1}", "a{101}", "(?=a)", "(?<n>a)", "(?i)a", r"\1", r"\b",
        r"\p{L}", "[[:alpha:]]", "[b-a]", "\\", "((a{90}){90})", "x" * 300, "(" * 100 + ")" * 100, "+", "a|*", r"[\b]",
        "a{2}{3}",
    ],
)  # fmt: skip
def test_other_patterns_are_refused_in_one_sentence(source: str) -> None:
    with pytest.raises(PatternError, match=r"\.$"):
        Pattern(source)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text("ab()[]{}*+?|^$\\.-,0123:", max_size=30))
def test_any_text_is_a_pattern_or_refused(source: str) -> None:
    try:
        found = Pattern(source)
    except PatternError:
        return
    found.search("ab01")


@pytest.mark.parametrize(
    "source", ["(a*)*b", "(a|a)*b", "(a+)+$", ".*.*.*.*.*x", "(.*)(.*)(.*)(.*)[^y]z", "a{50}{0}b"[:5] + "b"]
)
def test_no_pattern_makes_a_long_text_hang(source: str) -> None:
    started = time.process_time()
    assert Pattern(source).search("a" * 100_000) is (source == "(a+)+$")
    assert time.process_time() - started < 5  # a hang, not a figure
    assert Pattern("^[^x]*(x[0-9a-f]{20,40}|y)").search("".join(chr(256 + n % 5000) for n in range(50_000))) is False
