"""A transfer impact assessment looks at the law of one day: what changed since makes it out of date."""

from datetime import date
from pathlib import Path

import pytest
from estates import TAGS, asset, read, rel
from test_register import OWNERS, entry

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.judgement import Finding
from rules.policy import Policy
from rules.rulefile import load_rules
from rules.selftest import Collected

CATALOGUE = Catalogue.load()
PACK = [rule for rule in load_rules() if rule.id in ("SIT-XFER-004", "SIT-XFER-015")]
LONG = "tia_max_age_days = 4000\n"


def found(day: date, policy: str, region: str = "us-east-1", rule: str = "SIT-XFER-004") -> Finding | None:
    """What the rule says of one replication on a day."""
    assets = [asset("s", data="personal"), asset("t", region=region, account="999988887777", custody="external")]
    sink = Collected()
    estate = MemoryEstate(assets, [rel("s", "replicates_to", "t")], read())
    judge(estate, PACK, Policy.parse(policy + OWNERS + TAGS, CATALOGUE, day), CATALOGUE, day, sink)
    return next((f for f in sink.all_findings if f.rule == rule), None)


def assessed(day: date, **members: object) -> str:
    return entry(**{"tia_date": day, "tia_result": "positive", **members})


def test_a_law_of_access_that_lapsed_since_makes_the_assessment_old():
    finding = found(date(2026, 11, 22), assessed(date(2026, 3, 1)))
    assert finding is not None
    assert str(finding.verdict) == "fail"
    assert "2026-06-12" in finding.why
    assert "FISA" in finding.why
    assert "verified" in finding.why


@pytest.mark.parametrize("day", [date(2026, 6, 12), date(2026, 9, 1)])
def test_an_assessment_made_since_the_change_stands(day):
    assert found(date(2026, 11, 22), assessed(day)) is None


def test_a_change_that_is_still_to_come_says_nothing_yet():
    assert found(date(2026, 6, 11), assessed(date(2026, 3, 1))) is None
    assert found(date(2026, 6, 12), assessed(date(2026, 3, 1))) is not None


@pytest.mark.parametrize(
    ("assessment", "day", "word"),
    [
        (date(2020, 1, 10), date(2020, 7, 20), "C-311/18"),
        (date(2023, 1, 10), date(2023, 7, 10), "2023/1795"),
        (date(2022, 1, 10), date(2022, 12, 1), "14086"),
        (date(2023, 12, 1), date(2024, 5, 1), "118-49"),
    ],
)
def test_decisions_on_adequacy_and_acts_of_the_destination_are_looked_at(assessment, day, word):
    finding = found(day, LONG + assessed(assessment))
    assert finding is not None
    assert word in finding.why
    assert found(day, LONG + assessed(day)) is None


def test_of_several_changes_the_latest_is_told_and_the_others_are_counted():
    finding = found(date(2026, 11, 22), LONG + assessed(date(2022, 1, 10)))
    assert finding is not None
    assert "FISA" in finding.why
    assert "3 earlier" in finding.why


def test_the_law_of_another_country_does_not_matter():
    policy = assessed(date(2026, 3, 1), country="IN")
    assert found(date(2026, 11, 22), policy, region="ap-south-1") is None


def test_no_assessment_is_needed_where_an_adequacy_decision_stands():
    assert found(date(2026, 11, 22), entry(country="JP"), region="ap-northeast-1") is None


def test_a_renewed_decision_is_no_change_and_a_lapsed_one_is():
    renewed = [c.day for c in CATALOGUE.law_changes("GB", date(2025, 1, 1), date(2031, 12, 27))]
    assert renewed == []
    assert [c.day for c in CATALOGUE.law_changes("GB", date(2025, 1, 1), date(2031, 12, 28))] == [date(2031, 12, 28)]


def test_every_change_has_a_source_and_says_how_sure_it_is():
    for country in CATALOGUE.country_codes:
        for change in CATALOGUE.law_changes(country, date(2000, 1, 1), date(2040, 1, 1)):
            assert change.what
            assert change.source
            assert change.confidence in ("verified", "recalled")
    for country in CATALOGUE.law.changes:
        assert country in CATALOGUE.country_codes


def test_facts_of_another_time_cannot_say_that_nothing_changed():
    finding = found(date(2028, 1, 10), assessed(date(2027, 12, 1)))
    assert finding is not None
    assert str(finding.verdict) == "not_checked"
    assert [m.reason for m in finding.missing] == ["facts_too_old"]


@pytest.mark.parametrize("rule", ["SIT-XFER-004", "SIT-XFER-015"])
def test_a_result_that_is_not_recorded_is_not_a_good_one(rule):
    finding = found(date(2026, 11, 22), entry(tia_date=date(2026, 9, 1)), rule=rule)
    assert finding is not None
    assert str(finding.verdict) == "not_checked"
    assert [(m.what, m.reason) for m in finding.missing] == [("entry.tia_result", "not_recorded")]


def test_an_old_assessment_fails_whatever_its_result():
    finding = found(date(2026, 11, 22), entry(tia_date=date(2021, 9, 1)))
    assert finding is not None
    assert str(finding.verdict) == "fail"


@pytest.mark.parametrize("line", ["source: ''", "confidence: perhaps", "date: soon"])
def test_a_change_without_source_confidence_or_date_is_refused(line, tmp_path: Path):
    from resources import ROOT
    from rules.catalogue import CatalogueError
    from rules.catalogue.law import Law

    text = (ROOT / "catalogue" / "law.yaml").read_text(encoding="utf-8")
    name = line.split(":")[0]
    whole = {"date": "date: '2026-01-01'", "source": "source: s", "confidence": "confidence: verified"} | {name: line}
    row = "dates:\n- {" + ", ".join((*whole.values(), "what: w", "country: US")) + "}\n"
    with pytest.raises(CatalogueError):
        Law(text.replace("dates:\n", row, 1).encode())
