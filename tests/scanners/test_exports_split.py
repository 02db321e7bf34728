"""Splitting a JSON text into its elements, however it is cut into chunks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners.exports.split import Splitter, TooDeep, deeper

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=12,
)


def pieces(text: bytes, size: int) -> Iterator[bytes]:
    return iter([text[at : at + size] for at in range(0, len(text), size)])


def elements(text: bytes, size: int, **limits: int) -> list[Any]:
    splitter = Splitter(pieces(text, size), limits.get("element", 1 << 20), limits.get("depth", 64))
    assert splitter.peek() == ord("[")
    splitter.pos += 1
    found: list[Any] = []
    for offset, raw in splitter.array():
        assert offset >= 0
        found.append(raw if isinstance(raw, TooDeep) else json.loads(bytes(raw)))
    return found


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(VALUES, max_size=6), st.integers(1, 40), st.sampled_from([None, 2]))
def test_elements_are_those_that_json_finds(values: list[Any], size: int, indent: int | None) -> None:
    assert elements(json.dumps(values, indent=indent).encode(), size) == values


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_elements_that_begin_alike_are_found_in_batches(size: int, indent: int | None) -> None:
    values = [{"id": n, "inner": [{"id": f'"{n}}},{{"id"', "x": "\\\\"}], "last": None} for n in range(20_000)]
    assert elements(json.dumps(values, indent=indent).encode(), size) == values


def test_offsets_are_those_of_the_elements() -> None:
    text = json.dumps([{"id": n, "pad": "é" * (n % 7)} for n in range(5000)], ensure_ascii=False, indent=1).encode()
    splitter = Splitter(pieces(text, 1 << 18), 1 << 20, 64)
    splitter.peek()
    splitter.pos += 1
    for offset, raw in splitter.array():
        assert not isinstance(raw, TooDeep)
        assert text[offset : offset + len(bytes(raw))] == bytes(raw)


def test_what_is_too_deep_or_too_large_is_left_out_and_the_rest_is_found() -> None:
    deep = "[" * 200 + "]" * 200
    text = f'[{{"a":1}},{deep},{{"a":"{"x" * 5000}"}},{{"a":2}}]'.encode()
    first, second, third, fourth = elements(text, 100, element=1000)
    assert (first, fourth) == ({"a": 1}, {"a": 2})
    assert (str(second), str(third)) == ("deep", "large")


def test_a_deep_element_in_a_batch_is_left_out() -> None:
    deep = json.loads('{"id":' * 100 + "1" + "}" * 100)
    values = [{"id": n} for n in range(3000)] + [deep] + [{"id": n} for n in range(3000)]
    found = elements(json.dumps(values).encode(), 1 << 20)
    assert [str(v) for v in found if isinstance(v, TooDeep)] == ["deep"]
    assert len(found) == 6001


def test_a_bad_element_costs_only_itself() -> None:
    text = b'[{"a":1},{"a":tru},{"a":3}]'
    splitter = Splitter(iter([text]), 1000, 64)
    splitter.peek()
    splitter.pos += 1
    assert [bytes(raw) for _, raw in splitter.array() if not isinstance(raw, TooDeep)] == [
        b'{"a":1}',
        b'{"a":tru}',
        b'{"a":3}',
    ]


def keep(splitter: Splitter, found: list[bytes]) -> None:
    for _, raw in splitter.array():
        assert not isinstance(raw, TooDeep)
        found.append(bytes(raw))


@pytest.mark.parametrize("end", [b"", b'{"a":', b'{"a":"x', b'{"a":"x\\', b'[1,"'])
def test_the_end_of_a_text_cut_short_is_noticed(end: bytes) -> None:
    splitter = Splitter(pieces(b'[{"a":1},' + end, 3), 1000, 64)
    splitter.peek()
    splitter.pos += 1
    found: list[bytes] = []
    with pytest.raises(EOFError):
        keep(splitter, found)
    assert found == [b'{"a":1}']


@settings(max_examples=100, derandomize=True, deadline=None)
@given(VALUES, st.integers(1, 6))
def test_depth_is_counted_outside_of_strings(value: Any, depth: int) -> None:
    def height(v: Any) -> int:
        inner = v.values() if isinstance(v, dict) else v if isinstance(v, list) else None
        return 0 if inner is None else 1 + max((height(i) for i in inner), default=0)

    assert deeper(json.dumps(value).encode(), depth) == (height(value) > depth)
