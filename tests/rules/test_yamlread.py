import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.yamlread import Mapping, Sequence, Text, YamlError, parse, read


def test_everything_is_text_with_its_line():
    part = parse('a: NO\nb: [1, {c: 2026-01-01}]\nc: |\n  x\n  y\nd: "null"\ne:\n')
    assert part == {"a": "NO", "b": ["1", {"c": "2026-01-01"}], "c": "x\ny\n", "d": "null", "e": ""}
    assert isinstance(part, Mapping)
    assert part.key_lines == {"a": 1, "b": 2, "c": 3, "d": 6, "e": 7}
    assert (part["a"].quoted, part["d"].quoted, part["c"].block) == (False, True, True)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x 1", 1, "anchors"),
        ("a: 1\nb: *x", 2, "aliases"),
        ("a: 1\n\na: 2", 3, "given twice (first in line 1)"),
        ("a: !!python/object:os.system x", 1, "tags"),
        ("[" * 40 + "]" * 40, 1, "nested more than"),
        ("a: [1,\n", 2, "not YAML"),
        ("---\na: 1\n---\nb: 2", 3, "second document"),
        ("? [a]\n: b", 1, "a key must be text"),
        ("a: \x07", 1, "not YAML"),
    ],
)
def test_what_is_not_allowed_names_its_line(text, line, words):
    with pytest.raises(YamlError) as caught:
        parse(text, "pack.yaml")
    assert caught.value.line == line
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"pack.yaml, line {line}: ")


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(YamlError, match="cannot be read"):
        read(tmp_path / "none.yaml")
    big = tmp_path / "big.yaml"
    big.write_bytes(b"a" * 2_000_001)
    with pytest.raises(YamlError, match="larger than 2 MB"):
        read(big)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")
    with pytest.raises(YamlError, match=r"line 2: byte 11 is not UTF-8"):
        read(latin)
    marked = tmp_path / "bom.yaml"
    marked.write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    assert read(marked) == {"a": "1"}
    assert parse("") is None


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        part = parse(text)
    except YamlError:
        return
    assert part is None or isinstance(part, Text | Sequence | Mapping)
