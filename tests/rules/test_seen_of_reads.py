"""Cells of the coverage that speak of one attribute only."""

from estates import ACCOUNT, asset, read, run

from rules.rulefile import load_rules
from scanners.model import Coverage, CoverageStatus


def test_what_cannot_be_seen_of_logged_reads_is_said_once_for_each_account_and_costs_nothing_else():
    cell = Coverage("c", "aws", ACCOUNT, "*", "cloudtrail.dataevents", "log.trail", CoverageStatus.NOT_EXPORTED)
    assets = [
        asset("b", data="personal", read_logging=True),
        asset(
            "t", "log.trail", active=True, covers_all_regions=False, management_events=True, integrity_validation=False
        ),
        asset("arn:aws:iam::111122223333:root", "account", id=ACCOUNT, organisation=None),
    ]
    rules = [r for r in load_rules() if r.id.startswith("SIT-ACC")]
    without, _, _, _ = run(rules, assets, coverage=read())
    found, _, _, _ = run(rules, assets, coverage=[*read(), cell])
    more = [f for f in found if f not in without]
    assert [(f.rule, str(f.verdict), f.asset) for f in more] == [("SIT-ACC-003", "not_checked", None)]
    assert [(m.what, m.reason) for m in more[0].missing] == [("log.trail", "not_exported")]
    assert len(found) == len(without) + 1
