"""Runs of bytes, one for each node, are compared and joined as whole numbers."""

from hypothesis import given
from hypothesis import strategies as st

from rules.graph import differing, either

RUNS = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=40)


@given(RUNS)
def test_where_two_runs_differ_and_what_has_the_bits_of_both(pairs: list[tuple[int, int]]):
    one, other = bytes(a for a, _ in pairs), bytearray(b for _, b in pairs)
    assert list(differing(one, other)) == [at for at, (a, b) in enumerate(pairs) if a != b]
    assert either(one, other) == bytes(a | b for a, b in pairs)
