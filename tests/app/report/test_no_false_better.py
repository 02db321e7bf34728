"""What can no longer be checked, was only accepted or is still a violation is not told as better than it is."""

import pytest

from app.report.changed import became
from app.report.chapters.comparison import sign
from app.report.content import Changed


@pytest.mark.parametrize(
    ("change", "after", "told"),
    [
        ("better", ("not_checked", "high"), "unseen"),
        ("better", ("accepted", "high"), "accepted"),
        ("better", ("fail", "low"), "better"),
        ("worse", ("fail", "high"), "worse"),
        ("new", ("fail", "high"), "new"),
        ("gone", None, "gone"),
    ],
)
def test_what_became_of_a_finding(change, after, told) -> None:
    assert became(change, after) == told


@pytest.mark.parametrize(
    ("change", "because", "mark"),
    [
        ("unseen", "", "not_checked"),
        ("accepted", "", "accepted"),
        ("better", "", "fail"),
        ("worse", "", "fail"),
        ("gone", "resolved", "pass"),
        ("gone", "asset_gone", "not_applicable"),
        ("gone", "flow_gone", "not_applicable"),
        ("gone", "not_asked", "not_checked"),
    ],
)
def test_its_sign(change, because, mark) -> None:
    assert sign(Changed(change, "Title", "bucket", because=because)) == mark
