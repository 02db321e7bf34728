"""Flows keep their numbers when there are too many to keep their ids as texts."""

from hashlib import sha256

import pytest

from app.store import flowbook
from app.store.flowbook import FlowBook


def key(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()[:20]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flowbook, "_MOST", 10)


def test_findings_find_flows_that_were_told_long_before():
    book = FlowBook()
    assert book.number(key(3)) == 1  # named before it is told
    assert book.told([key(n) for n in range(4)]) == [2, 3, 4, 1]
    assert book.told([key(2), key(4)]) == [None, 5]
    for start in range(5, 100, 5):
        assert book.told([key(n) for n in range(start, start + 5)]) == [n + 1 for n in range(start, start + 5)]
    told = [book.number(key(n)) for n in range(100)]
    assert told == [2, 3, 4, 1, *range(5, 101)]
    assert book.untold == {}
    assert len(book._told) <= 14
    assert len(book._packed) > 5
    assert book.number("invented") == 101
    assert book.number(key(1000)) == 102
    assert book.number(key(50).upper()) == 103
    assert book.untold == {"invented": 101, key(1000): 102, key(50).upper(): 103}
    assert book.told(["invented"]) == [101]


@pytest.mark.parametrize("odd", ["flow-1", "F" * 20, "ab " * 6 + "ab", "١" * 20, ""])
def test_ids_that_are_no_digests_stay_as_they_are(odd: str):
    book = FlowBook()
    keys = [key(n) for n in range(30)]
    assert book.told([*keys[:20], odd, *keys[20:]]) == list(range(1, 32))
    assert [book.number(k) for k in (*keys[:20], odd, *keys[20:])] == list(range(1, 32))
    assert book.told([odd, "new"]) == [None, 32]
    assert not book._packed
