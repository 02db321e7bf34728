"""Findings on assets as columns are the findings that objects would be, here and after they were sent."""

import pickle
from collections.abc import Sequence

from estates import asset
from hypothesis import given
from hypothesis import strategies as st

from rules.estate import MemoryEstate
from rules.judgement import Finding, Missing, Severity, Verdict
from rules.sheets import Sheet, received, sent, told

ASSETS = [asset(f"x{number}") for number in range(4)]
for _number, _asset in enumerate(ASSETS):
    _asset.evidence = ("00ff", "aa11")[:_number]
ESTATE = MemoryEstate(ASSETS)
SORTS = [
    Finding("SIT-A-001", Verdict.FAIL, Severity.HIGH, "first", why="why", reads=("asset.a",), evidence=("ff",)),
    Finding("SIT-A-001", Verdict.ACCEPTED, Severity.HIGH, "first", why="why", acceptance="ACC-1", potential=True),
    Finding("SIT-B-002", Verdict.NOT_CHECKED, Severity.LOW, missing=(Missing("asset.tags", "denied", "p:x"),)),
    Finding("SIT-C-003", Verdict.FAIL, Severity.LOW, related=("SIT-A-001",), why="wider \u202e text"),
]
SAID = st.lists(
    st.tuples(
        st.integers(0, len(ASSETS) - 1),
        st.lists(st.tuples(st.sampled_from(SORTS), st.booleans()), max_size=3),
    ),
    max_size=8,
)
Said = list[tuple[int, list[tuple[Finding, bool]]]]


def sheet_of(said: Said) -> Sheet:
    sheet = Sheet(ESTATE)
    for node, several in said:
        sheet.add(node, ASSETS[node], [sort for sort, _ in several], bytes([shown for _, shown in several]))
    return sheet


def objects(said: Said) -> list[Finding]:
    return [told(sort, ASSETS[node], shown) for node, several in said for sort, shown in several]


@given(SAID)
def test_a_sheet_says_what_was_added(said: Said) -> None:
    assert sheet_of(said).findings() == objects(said)


@given(SAID, SAID)
def test_a_sheet_that_was_sent_or_joined_says_the_same(said: Said, more: Said) -> None:
    sheet = sheet_of(said)
    sheet.join(sheet_of(more))
    assert sheet.findings() == objects([*said, *more])
    again = received(pickle.loads(pickle.dumps(sent(sheet))), ESTATE)  # noqa: S301
    assert again.findings() == objects([*said, *more])
    assert (again.nodes, again.shown) == (sheet.nodes, sheet.shown)


@given(SAID, st.sets(st.integers(0, len(ASSETS) - 1)), st.sampled_from(["SIT-A-001", "SIT-C-003"]))
def test_what_is_taken_out_is_no_longer_there(said: Said, nodes: set[int], rule: str) -> None:
    sheet, about = sheet_of(said), {ASSETS[node].uid for node in nodes}

    def gone(finding: Finding) -> bool:
        return finding.rule == rule and finding.asset in about

    def split(which: bool, several: Sequence[Finding]) -> list[Finding]:
        return [finding for finding in several if gone(finding) is which]

    left, taken = sheet.without(frozenset(nodes), gone)
    assert left.findings() == split(False, objects(said))
    assert taken == split(True, objects(said))
    assert sheet.findings() == objects(said)


def test_evidence_is_nothing_of_its_own_where_the_asset_has_none() -> None:
    bare, documented = ASSETS[0], ASSETS[2]
    sheet = Sheet(ESTATE)
    for node, one in ((0, bare), (2, documented)):
        sheet.add(node, one, SORTS[:2], b"\1\0")
    assert list(sheet.shown) == [1, 1, 1, 0]
    assert [finding.evidence for finding in sheet.findings()] == [(), (), documented.evidence, ()]


def test_what_many_findings_say_is_sent_once() -> None:
    sheet = Sheet(ESTATE)
    for _ in range(500):
        sheet.add(1, ASSETS[1], SORTS[:1], b"\1")
    assert pickle.dumps(sent(sheet)).count(b"asset.a") == 1
