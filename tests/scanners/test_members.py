from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanners import members
from scanners.members import (
    date_text,
    flag,
    has,
    is_null,
    labels,
    moment,
    number,
    put,
    record,
    records,
    text,
    texts,
    word,
)

DOCUMENT: dict[str, Any] = {
    "name": " Store ",
    "empty": "  ",
    "off": False,
    "size": 3,
    "whole": 4.0,
    "half": 4.5,
    "huge": 2**70,
    "gone": None,
    "inner": {"list": [{"a": 1}, "b", 3, " "], "map": {"x": 1, "y": True, "z": None, "w": ["no"]}},
    "made": "2019-10-08T00:29:01.5950000Z",
    "local": "2019-10-08T02:29:01+02:00",
    "never": "0001-01-01T00:00:00",
}


def test_values_of_the_wanted_type_are_returned() -> None:
    assert text(DOCUMENT, "name") == "Store"
    assert word(DOCUMENT, "name") == "store"
    assert flag(DOCUMENT, "off") is False
    assert number(DOCUMENT, "size") == 3
    assert number(DOCUMENT, "whole") == 4
    assert record(DOCUMENT, "inner.map") is not None
    assert records(DOCUMENT, "inner.list") == [{"a": 1}]
    assert texts(DOCUMENT, "inner.list") == ["b"]
    assert labels(DOCUMENT, "inner.map") == {"x": "1", "y": "true", "z": ""}
    assert moment(DOCUMENT, "made") == datetime(2019, 10, 8, 0, 29, 1, 595000, tzinfo=UTC)
    assert date_text(DOCUMENT, "local") == "2019-10-08T00:29:01Z"


@pytest.mark.parametrize(
    ("read", "path"),
    [
        (text, "empty"),
        (text, "size"),
        (flag, "size"),
        (flag, "name"),
        (flag, "gone"),
        (number, "off"),
        (number, "half"),
        (number, "huge"),
        (number, "name"),
        (record, "name"),
        (records, "inner"),
        (texts, "gone"),
        (labels, "inner.list"),
        (moment, "name"),
        (moment, "never"),
        (text, "name.inner"),
    ],
)
def test_another_type_counts_as_not_read(read: Any, path: str) -> None:
    assert read(DOCUMENT, path) is None


def test_null_and_absent_can_be_told_apart() -> None:
    assert is_null(DOCUMENT, "gone")
    assert has(DOCUMENT, "gone")
    assert not is_null(DOCUMENT, "other")
    assert not has(DOCUMENT, "other")
    assert not is_null(DOCUMENT, "gone.deeper")


def test_put_leaves_out_what_was_not_read() -> None:
    attributes: dict[str, Any] = {}
    put(attributes, "a", None)
    put(attributes, "b", False)
    put(attributes, "c", [])
    assert attributes == {"b": False, "c": []}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=8,
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(JSON, st.sampled_from(["a", "a.b", "b.a", "a.a.b"]))
def test_nothing_raises_whatever_the_document(document: Any, path: str) -> None:
    for read in (
        "member",
        "has",
        "is_null",
        "text",
        "word",
        "flag",
        "number",
        "record",
        "records",
        "texts",
        "labels",
        "moment",
        "date_text",
    ):
        getattr(members, read)(document, path)
