"""What an estate remembers of names: the numbers of those asked for last are known, however many came before."""

import pytest
from store_world import bucket, cell, scan

from app.store import Store


@pytest.mark.parametrize("most", [0, 3, 100])
def test_names_asked_for_last_have_numbers_that_need_no_question(
    store: Store, most: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.store.estate._RECENT", most)
    scan(store, [*(bucket(f"n{n}") for n in range(20)), cell()])
    estate = store.estate(1)
    rows = {uid: number for number, uid in store._db.rows("SELECT id, uid FROM node")}
    for asked in (range(5), range(3, 9), [0, 8, 19], range(20), [4, 4, 5]):
        names = estate.uids(set(asked))
        known = estate.numbers()
        assert {uid: known[uid] for uid in names.values()} == {uid: rows[uid] for uid in names.values()}
