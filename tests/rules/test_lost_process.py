"""Judging goes on where the second process is lost: with no memory, by a virus scanner, or before it has begun."""

import os
from concurrent.futures import Future
from functools import partial

import pytest
from estates import AS_OF
from test_engine import EMPTY_REGISTER, GENERAL, PUBLIC, STORED, many

from rules import engine, parallel
from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.parallel import Hands
from rules.policy import Policy
from rules.selftest import Collected


def lost_at_once(parent: int) -> MemoryEstate:
    if os.getpid() != parent:
        os._exit(3)
    return many()


class Fragile(MemoryEstate):
    """Ends its process when the third range of assets is asked for."""

    parent = 0
    asked = 0

    def chosen(self, nodes):
        Fragile.asked += 1
        if os.getpid() != self.parent and Fragile.asked > 2:
            os._exit(3)
        return super().chosen(nodes)


def lost_on_the_way(parent: int) -> MemoryEstate:
    estate = many()
    estate.__class__ = Fragile
    estate.parent = parent
    return estate


# Python before 3.12 ends the thread that watches the processes with an error where work is taken back as they die.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("opener", [many, partial(lost_at_once, os.getpid()), partial(lost_on_the_way, os.getpid())])
def test_the_result_is_that_of_one_process(monkeypatch, opener):
    monkeypatch.setattr(engine, "_LARGE", 100)
    monkeypatch.setattr(parallel, "_RANGE", 60)
    rules, catalogue = [GENERAL, STORED, PUBLIC], Catalogue.load()
    policy = Policy.parse(EMPTY_REGISTER, catalogue, AS_OF)
    results = []
    for workers in (1, 2):
        sink = Collected()
        summary = judge(many(), rules, policy, catalogue, AS_OF, sink, workers=workers, opener=opener)
        results.append((sink.all_findings, sink.all_flows, sink.all_transfers, summary))
    assert results[0] == results[1]
    assert len(results[0][0]) > 100


def test_no_process_can_be_started(monkeypatch):
    monkeypatch.setattr(engine, "_LARGE", 100)

    def refused(*_):
        raise OSError("no more processes")

    monkeypatch.setattr(parallel.ProcessPoolExecutor, "submit", refused)
    rules, catalogue = [GENERAL, STORED, PUBLIC], Catalogue.load()
    policy = Policy.parse(EMPTY_REGISTER, catalogue, AS_OF)
    sink = Collected()
    summary = judge(many(), rules, policy, catalogue, AS_OF, sink, workers=2, opener=many)
    alone = Collected()
    assert judge(many(), rules, policy, catalogue, AS_OF, alone) == summary
    assert alone.all_findings == sink.all_findings


def both_ways(monkeypatch, opener, hands):
    monkeypatch.setattr(engine, "_LARGE", 100)
    monkeypatch.setattr(parallel, "_RANGE", 60)
    rules, catalogue = [GENERAL, STORED, PUBLIC], Catalogue.load()
    policy = Policy.parse(EMPTY_REGISTER, catalogue, AS_OF)
    alone, sink = Collected(), Collected()
    summary = judge(many(), rules, policy, catalogue, AS_OF, alone)
    assert judge(many(), rules, policy, catalogue, AS_OF, sink, opener=opener, hands=hands) == summary
    assert sink.all_findings == alone.all_findings
    return len(sink.all_findings)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("opener", [many, partial(lost_at_once, os.getpid()), partial(lost_on_the_way, os.getpid())])
def test_processes_that_were_started_before(monkeypatch, opener):
    with Hands(2) as hands:
        assert both_ways(monkeypatch, opener, hands) > 100


def test_processes_started_before_that_are_gone_when_there_is_work(monkeypatch):
    with Hands(2) as hands:
        hands.pool.submit(os._exit, 3).exception()
        assert both_ways(monkeypatch, many, hands) > 100


def test_more_ranges_than_there_are_marks_for(monkeypatch):
    monkeypatch.setattr(parallel, "_MOST_RANGES", 3)
    with Hands(2) as hands:
        assert both_ways(monkeypatch, many, hands) > 100


def test_hands_for_which_there_is_no_work_are_let_go(monkeypatch):
    with Hands(2) as hands:
        pass
    with pytest.raises(RuntimeError):
        hands.pool.submit(int)


def test_what_another_process_has_begun_is_not_taken_and_what_is_taken_is_not_done_there(monkeypatch, tmp_path):
    marks = [parallel._FREE, parallel._FREE]
    mine, theirs = (parallel._Range(at, at + 1, Future(), marks, at) for at in range(2))
    monkeypatch.setitem(parallel._state, "marks", marks)
    monkeypatch.setitem(parallel._state, "job", None)
    assert mine.taken(lambda start, stop: (start, stop))
    assert mine.result(None, None) == (0, 1)
    assert not parallel._begun(tmp_path / "none", 0)
    assert parallel._begun(tmp_path / "none", 1)
    assert not theirs.taken(lambda start, stop: (start, stop))
    assert not theirs.done()
