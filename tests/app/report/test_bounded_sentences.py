"""No sentence about an estate suggests that all is well with what was not seen, not checked or only accepted."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from report_estate import FRANKFURT, SINGAPORE, InventedSource, head

from app.frameworks import View
from app.report import sentences
from app.report.build import build_content
from app.report.content import ReportContent
from app.report.html.writer import write_html
from app.report.kinds import KINDS, document_title
from rules.judgement import Verdict


def whole() -> InventedSource:
    """An estate of which everything was read."""
    told = head()
    return InventedSource(replace(told, scan=replace(told.scan, complete=True)))


def content(source: InventedSource) -> ReportContent:
    return build_content(source)


@pytest.mark.parametrize("complete", [True, False])
def test_covered_flows_are_every_flow_only_where_everything_was_read(complete: bool) -> None:
    source = whole() if complete else InventedSource(head())
    a = source.add("a", "storage.bucket", FRANKFURT, data_class="personal")
    b = source.add("b", "storage.bucket", SINGAPORE, data_class="personal")
    source.flow(a, b, "replication", "covered", mechanism="scc")
    text = sentences.opening(content(source))
    assert ("Every flow of data that leaves the EEA" in text) is complete
    assert ("that was seen to leave the EEA" in text) is not complete


@pytest.mark.parametrize("complete", [True, False])
def test_no_personal_data_abroad_is_said_of_what_could_be_read(complete: bool) -> None:
    source = whole() if complete else InventedSource(head())
    source.add("a", "storage.bucket", FRANKFURT, data_class="personal")
    text = sentences.opening(content(source))
    assert "none lies in a third country" in text
    assert ("could be read" in text.split(". ")[1]) is not complete


def test_none_failed_counts_only_the_checks_that_were_run() -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    source.passes = 3
    for _ in range(7):
        source._finding("SIT-RET-001", Verdict.NOT_CHECKED, item)
    assert sentences.findings(content(source)) == "None of the 3 checks that could be run failed."
    source.passes = 0
    assert sentences.findings(content(source)) == "No check could be run."


def test_accepted_failures_are_not_passed_over() -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    source.passes = 3
    source._finding("SIT-RET-001", Verdict.ACCEPTED, item)
    text = sentences.findings(content(source))
    assert "None of" not in text
    assert "accepted" in text


def test_every_check_is_said_of_what_was_read() -> None:
    source = InventedSource(head())
    source.passes = 3
    for text in (sentences.not_checked(content(source)), sentences.scope(content(source))):
        assert "check of what was read could be run" in text


def test_a_recorded_basis_that_does_not_cover_is_told_apart() -> None:
    source = InventedSource(head())
    a = source.add("a", "storage.bucket", FRANKFURT, data_class="personal")
    b = source.add("b", "storage.bucket", SINGAPORE, data_class="personal")
    source.flow(a, b, "replication", "uncovered", mechanism="derogation")
    source.flow(b, a, "replication", "uncovered")
    text = sentences.transfers(content(source))
    assert "1 has no recorded basis" in text
    assert "the basis of 1 does not cover it" in text


def test_the_summary_says_how_much_was_read_and_that_the_rest_is_no_pass() -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    source._finding("SIT-RET-001", Verdict.NOT_CHECKED, item)
    text = sentences.limits(content(source))
    assert text.startswith("3 of 4 connections are complete.")
    assert "not a pass" in text
    assert "that was read" in sentences.data(content(source))


def test_the_summary_of_a_page_for_browsers_says_it_too(tmp_path: Path) -> None:
    source = InventedSource(head())
    item = source.add("a", "storage.bucket", FRANKFURT)
    source._finding("SIT-RET-001", Verdict.NOT_CHECKED, item)
    made = content(source)
    write_html(made, tmp_path / "report.html", KINDS["full"])
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert sentences.not_checked(made) in text.replace("&#x27;", "'")


def test_a_report_by_requirement_names_its_law() -> None:
    made = content(whole())
    made.view = View("aiact", "EU AI Act", "", "", "", "", "verified", [], [])
    assert document_title(KINDS["framework"], made).startswith("Report by requirement (EU AI Act): ")
