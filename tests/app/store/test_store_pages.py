"""How many pages of its file a connection keeps in memory: few while an estate is read and a judgement written."""

from datetime import date
from pathlib import Path

import pytest
from store_world import bucket, cell, scan

from app.store import Store
from app.store.driver import _LITTLE, _MUCH
from app.store.records import JudgementHeader
from rules.judgement import Summary

HEADER = JudgementHeader(date(2026, 5, 1), "test", "p", "c")


def kept(store: Store) -> int:
    return -store._db.rows("PRAGMA cache_size")[0][0]


@pytest.mark.parametrize("finished", [True, False])
def test_few_pages_are_kept_while_judging_and_as_many_as_usual_afterwards(tmp_path: Path, finished: bool):
    with Store.open(tmp_path / "situs.db") as store:
        scan(store, [bucket("a"), cell()])
        estate = store.estate(1)
        assert -estate._db.rows("PRAGMA cache_size")[0][0] == _LITTLE
        assert kept(store) == _MUCH
        with store.save_judgement(1, HEADER, estate=estate) as sink:
            assert kept(store) == _LITTLE
            if finished:
                sink.finish(Summary(HEADER.as_of, {}))
        assert kept(store) == _MUCH
        assert (store.judgement() is not None) is finished
