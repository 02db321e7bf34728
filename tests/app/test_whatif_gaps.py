"""What is told of an account that could not be seen is told alike before and after a change."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "rules"))

from estates import ACCOUNT, AS_OF, TAGS, asset, read, rule

from app.rejudged import Told, gaps
from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.world import World
from scanners.model import Coverage, CoverageStatus


@pytest.mark.parametrize("case", ["all was read", "one kind was denied", "no document of the account"])
def test_gaps_are_those_of_judging(case: str):
    cells = [cell for cell in read() if cell.kind != "account" or case != "no document of the account"]
    if case == "one kind was denied":
        cells.append(Coverage("c", "aws", ACCOUNT, "*", "account", "account", CoverageStatus.DENIED))
    estate, catalogue = MemoryEstate([asset("bucket")], [], cells), Catalogue.load()
    policy = Policy.parse(TAGS, catalogue, AS_OF)
    rules = [rule("SIT-T-1", "asset.invocation_logging == false", names=["account"])]
    sink = Told()
    judge(estate, rules, policy, catalogue, AS_OF, sink)
    assert gaps(World(estate, policy, catalogue, AS_OF), rules) == sink.found
    assert bool(sink.found) is (case != "all was read")
