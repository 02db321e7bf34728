"""Judging goes on where the second process is lost: with no memory, by a virus scanner, or before it has begun."""

import os
from functools import partial

import pytest
from estates import AS_OF
from test_engine import EMPTY_REGISTER, GENERAL, PUBLIC, STORED, many

from rules import engine, parallel
from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
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
