"""What is told of an account that could not be seen is told alike before and after a change."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "rules"))

from estates import ACCOUNT, AS_OF, TAGS, asset, read, rule

from app.audit import judge_scan, yardstick
from app.rejudged import Told, gaps
from app.store import Store
from app.whatif import Question, WhatIf
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


def test_gaps_have_the_severity_that_the_policy_sets():
    cells = [*read(), Coverage("c", "aws", ACCOUNT, "*", "account", "account", CoverageStatus.DENIED)]
    estate, catalogue = MemoryEstate([asset("bucket")], [], cells), Catalogue.load()
    policy = Policy.parse(f'{TAGS}\n[severities]\n"SIT-T-1" = "info"\n', catalogue, AS_OF)
    rules = [rule("SIT-T-1", "asset.invocation_logging == false", names=["account"])]
    sink = Told()
    judge(estate, rules, policy, catalogue, AS_OF, sink)
    assert gaps(World(estate, policy, catalogue, AS_OF), rules) == sink.found
    assert {told[0][0][1] for told in sink.found.values()} == {"info"}


def test_an_asset_that_moves_to_another_operator_alters_what_is_told_of_accounts_not_seen(tmp_path: Path):
    text = 'criticality_metric = "endpoints"\nmax_provider_share = 0.9\nmax_foreign_share = 0.5\n'
    (tmp_path / "policy.toml").write_text(text, encoding="utf-8")
    by = yardstick(tmp_path / "policy.toml", AS_OF)
    ends = [asset("e1", "ai.endpoint"), asset("e2", "ai.endpoint", "europe-west4", provider="gcp", account="p1")]
    with Store.open(tmp_path / "situs.db") as store:
        writer = store.begin_scan(["c"], started=datetime(2026, 11, 20, tzinfo=UTC), program="test")
        denied = Coverage("c", "aws", ACCOUNT, "*", "account", "account", CoverageStatus.DENIED)
        writer.write([*ends, *read("p1", provider="gcp"), denied])
        scan = writer.finish("complete", datetime(2026, 11, 20, tzinfo=UTC))
        ask = WhatIf(store, judge_scan(store, scan.id, by), by)
        changes = ask.ask(Question(move=(("e1", "cn-north-1"),))).changes
    assert [(c.change, c.asset) for c in changes if c.rule == "SIT-RSL-005"] == [("gone", None)]
