"""A derogation covers occasional transfers only; the Data Privacy Framework counts from its own decision on."""

from datetime import date
from typing import Any

import pytest
from estates import AS_OF, TAGS, asset, read, rel
from test_register import OWNERS, entry

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.judgement import Transfer
from rules.policy import Policy
from rules.rulefile import load_rules
from rules.selftest import Collected

CATALOGUE = Catalogue.load()
RULES = load_rules()
THERE: dict[str, Any] = {"region": "us-east-1", "account": "999988887777"}
DEROGATION = entry(tool="derogation")


def judged(
    policy: str, assets: list[Any], relations: list[Any], day: date = AS_OF
) -> tuple[dict[tuple[str, str], str], list[Transfer]]:
    """Rule and subject (asset, or kind of the flow) → verdict, and the rows of the register's report."""
    sink = Collected()
    text = policy + OWNERS + TAGS
    judge(
        MemoryEstate(assets, relations, read(assets[0].account, "999988887777")),
        RULES,
        Policy.parse(text, CATALOGUE, day),
        CATALOGUE,
        day,
        sink,
        with_passes=True,
    )
    kinds = {flow.id: flow.kind for flow in sink.all_flows}
    return {(f.rule, f.asset or kinds[f.flow or ""]): str(f.verdict) for f in sink.all_findings}, sink.all_transfers


@pytest.mark.parametrize("kind", ["storage.bucket", "database.table", "warehouse", "ai.model", "storage.snapshot"])
def test_a_derogation_does_not_cover_what_rests_there(kind):
    verdicts, _ = judged(DEROGATION, [asset("t", kind, data="personal", **THERE)], [])
    assert verdicts["SIT-RES-001", "t"] == "fail"
    verdicts, _ = judged(entry(), [asset("t", kind, data="personal", **THERE)], [])
    assert verdicts["SIT-RES-001", "t"] == "pass"


def job(continuous: bool | None, tool: str = "derogation") -> tuple[dict[tuple[str, str], str], list[Transfer]]:
    attributes = {} if continuous is None else {"continuous": continuous}
    assets = [
        asset("s", data="personal"),
        asset("t", data="public", **THERE),
        asset("j", "transfer.job", enabled=True, **attributes),
    ]
    return judged(entry(tool=tool), assets, [rel("j", "reads", "s"), rel("j", "writes", "t")])


def test_a_single_transfer_is_covered():
    verdicts, transfers = job(False)
    assert verdicts["SIT-XFER-001", "transfer_job"] == "pass"
    assert verdicts["SIT-XFER-005", "transfer_job"] == "pass"
    assert [(t.status, t.mechanism) for t in transfers] == [("covered", "derogation")]


def test_a_standing_one_is_not():
    verdicts, transfers = job(True)
    assert verdicts["SIT-XFER-005", "transfer_job"] == "fail"
    assert ("SIT-XFER-001", "transfer_job") not in verdicts, "one flow, one finding"
    assert [(t.status, t.mechanism, t.register_entry) for t in transfers] == [("uncovered", "derogation", "E-1")]


def test_whether_it_repeats_has_to_be_known():
    verdicts, transfers = job(None)
    assert ("SIT-XFER-001", "transfer_job") not in verdicts, "the rule on derogations says so for both"
    assert verdicts["SIT-XFER-005", "transfer_job"] == "not_checked"
    assert [(t.status, t.mechanism) for t in transfers] == [("unknown", "derogation")]


def test_replication_always_lasts():
    assets = [asset("s", data="personal"), asset("t", data="public", **THERE)]
    verdicts, _ = judged(DEROGATION, assets, [rel("s", "replicates_to", "t")])
    assert verdicts["SIT-XFER-005", "replication"] == "fail"


def test_clauses_go_before_a_derogation_that_holds_longer():
    clauses = entry(id="E-2", expires=date(2027, 1, 1), tia_date=date(2026, 9, 1), tia_result="positive")
    for register in (DEROGATION + clauses, clauses + DEROGATION):
        verdicts, transfers = judged(
            register,
            [asset("s", data="personal"), asset("t", data="personal", **THERE)],
            [rel("s", "replicates_to", "t")],
        )
        assert verdicts["SIT-RES-001", "t"] == "pass"
        assert ("SIT-XFER-005", "replication") not in verdicts
        assert [(t.status, t.register_entry) for t in transfers] == [("covered", "E-2")]


def test_standing_access_of_another_party_is_no_occasional_transfer():
    bucket = asset("d", data="personal", public_access="none", public_guard="blocked")
    verdicts, _ = judged(DEROGATION, [bucket], [rel("d", "shared_with", "account:999988887777")])
    assert verdicts["SIT-XFER-013", "d"] == "fail"


def test_a_job_on_data_there_may_be_a_single_one():
    data = asset("d", data="personal", **THERE)
    gpu = asset("g", "training.job", gpu_count=8, **THERE)
    verdicts, _ = judged(DEROGATION, [data, gpu], [rel("g", "reads", "d")])
    assert verdicts["SIT-RES-008", "g"] == "not_checked"


FRAMEWORK = entry(tool="dpf", scope_confirmed=True)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2019, 6, 1), "expired"),  # Privacy Shield was in force, the framework was not there
        (date(2021, 6, 1), "expired"),
        (date(2023, 7, 9), "expired"),
        (date(2023, 7, 10), "covered"),
        (date(2026, 11, 22), "covered"),
    ],
)
def test_the_framework_counts_from_its_own_decision_on(day, status):
    assets = [asset("s", data="personal"), asset("t", data="personal", **THERE)]
    verdicts, transfers = judged(FRAMEWORK, assets, [rel("s", "replicates_to", "t")], day)
    assert [t.status for t in transfers] == [status]
    assert verdicts["SIT-RES-001", "t"] == ("pass" if status == "covered" else "fail")
    assert verdicts["SIT-XFER-002", "replication"] == ("pass" if status == "covered" else "fail")


def test_privacy_shield_was_a_decision_of_its_own():
    assets = [asset("t", data="personal", **THERE)]
    verdicts, _ = judged(entry(tool="adequacy", scope_confirmed=True), assets, [], date(2019, 6, 1))
    assert verdicts["SIT-RES-001", "t"] == "pass"


def test_a_repealed_framework_covers_nothing(tmp_path):
    from resources import ROOT

    for file in (ROOT / "catalogue").iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "adequacy.csv"
    text = path.read_text(encoding="utf-8")
    row = "US,Implementing Decision (EU) 2023/1795 (EU-US Data Privacy Framework),2023-07-10,"
    assert row in text
    again = 'US,Implementing Decision (EU) 2027/1 (another one),2026-11-01,,yes,,,"s",verified\n'
    path.write_text(text.replace(row, row + "2026-10-31") + again, encoding="utf-8")
    catalogue = Catalogue.load(tmp_path)
    for day, status in ((date(2026, 10, 31), "covered"), (date(2026, 11, 1), "expired")):
        sink = Collected()
        assets = [asset("s", data="personal"), asset("t", data="public", **THERE)]
        policy = Policy.parse(FRAMEWORK + OWNERS + TAGS, catalogue, day)
        judge(MemoryEstate(assets, [rel("s", "replicates_to", "t")], read()), RULES, policy, catalogue, day, sink)
        assert [t.status for t in sink.all_transfers] == [status]
