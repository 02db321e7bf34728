"""Very many assets: whatever is asked, however much is known by then, the answer is that of a plain sort and search."""

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desktop import assetcache, assetorder
from app.desktop.assetcache import COLUMNS, AssetCache
from app.desktop.snapshot import AssetRow

CHANCE = random.Random(11)  # noqa: S311
WORDS = ("Frankfurt", "frankfurt", "Oregon", "Ürümqi", "Zürich", "", "oregon\0x", "ß")
NEEDLES = ("", "oregon", "OREGON", "e", "ü", "a7", "zzz", "frankfurt", "ss", "s3:::1")


def made(count: int, names: int = 10**6) -> list[AssetRow]:
    pick = CHANCE.choice
    return [
        AssetRow(f"arn:aws:s3:::{n:06}", f"{pick('abAB')}{CHANCE.randrange(names)}", pick(("bucket", "key")), "AWS",
                 str(CHANCE.randrange(300)), pick(WORDS[:5]), pick(("personal", "")), "provider")
        for n in range(count)
    ]  # fmt: skip


def lowered(text: str) -> bytes:
    return text.encode().lower()


def expected(rows: list[AssetRow], needle: str, order: str, descending: bool) -> list[int]:
    held = [n for n, r in enumerate(rows, 1) if needle.casefold() in "\n".join(_texts(r)).casefold()]
    if order:
        held.sort(key=lambda n: (lowered(getattr(rows[n - 1], order)), n), reverse=descending)
    return held


def _texts(row: AssetRow) -> list[str]:
    return [getattr(row, column) for column in COLUMNS]


@pytest.fixture(scope="module")
def rows() -> list[AssetRow]:
    return made(9_000)


@pytest.fixture(scope="module", params=["at once", "prepared", "few values at most", "nothing tried"])
def cache(request, rows):
    patch = pytest.MonkeyPatch()
    if request.param == "few values at most":  # so that most columns are known by their ends only
        patch.setattr(assetorder, "_MOST_VALUES", 4)
    if request.param == "nothing tried":
        patch.setattr(assetcache, "_TRIED", 0)
        patch.setattr(assetcache, "_SORTED", 0)
    one = AssetCache()
    for begin in range(0, len(rows), 2_345):
        one.add(rows[begin : begin + 2_345])
    if request.param == "prepared":
        one.prepare()
    yield one
    one.close()
    patch.undo()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", ["", "name", "place", "account", "uid"])
def test_every_answer_is_that_of_a_plain_search_and_sort(cache, rows, order, descending):
    for needle in NEEDLES:
        answers = [list(found) for found in cache.find(needle, order, descending)]
        wanted = expected(rows, needle, order, descending and bool(order))
        assert answers[-1] == wanted, needle
        for early in answers[:-1]:  # what is told early never turns out to be wrong
            assert early == wanted[: len(early)], needle
            assert 0 < len(early) <= assetorder.FIRST


def test_the_first_rows_of_an_order_are_told_before_anything_is_sorted(rows):
    one = AssetCache()
    one.add(rows)
    for order, descending in product(("name", "place"), (False, True)):
        first = next(one.find("", order, descending))
        assert list(first[: assetorder.FIRST]) == expected(rows, "", order, descending)[: assetorder.FIRST]
    assert one._orders == {}
    one.close()


@given(st.lists(st.lists(st.text("aB\0é", max_size=2), max_size=8), max_size=6))
def test_ends_are_the_first_and_last_of_all(batches):
    number, every, ends, few = 1, [], assetorder.Ends(), assetorder.Values()
    for batch in batches:
        found = assetorder.keys(batch) if batch else []
        assert found == [lowered(text.replace("\0", " ")) for text in batch]
        pairs = list(zip(found, range(number, number + len(found)), strict=True))
        ends.add(pairs)
        few.add(found, number)
        every += pairs
        number += len(found)
    every.sort()
    for descending in (False, True):
        wanted = [n for _, n in (reversed(every) if descending else every)]
        assert list(ends.ids(descending=descending)) == wanted[: assetorder.FIRST]
        assert list(few.ids(descending=descending)) == wanted
        assert [n for _, rows in few.groups(descending=descending) for n in rows] == wanted


def test_a_cache_of_nothing_finds_nothing():
    one = AssetCache()
    assert [list(found) for found in one.find("x", "name")] == [[]]
    assert [list(found) for found in one.find("x")] == [[]]
    assert list(one.ids()) == []
    one.close()


def test_rows_that_are_read_apart_are_never_those_of_an_earlier_array(rows):
    """Arrays come and go at the same place in memory: what is kept by that place would be another's."""
    one = AssetCache()
    one.add(rows[:50])
    for number in range(1, 40):
        assert one.rows(one.ids()[number - 1 : number]) == [rows[number - 1]]
    one.close()


def test_files_stay_while_somebody_reads_in_them_and_then_go(rows):
    one = AssetCache()
    one.add(rows)
    looking = one.find("bucket", "name")
    next(looking)
    one.close()
    assert one._path.exists()
    looking.close()
    assert not one._path.parent.exists()


def test_a_search_that_nobody_waits_for_ends_without_an_answer(rows):
    one = AssetCache()
    one.add(rows)
    assert list(one.find("a", going=lambda: False)) == []
    assert all(len(found) <= assetorder.FIRST for found in one.find("a", "place", going=lambda: False))
    one.close()
