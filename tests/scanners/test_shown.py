"""What one file cannot show is no gap where another one shows it, region by region."""

import pytest

from rules.seen import Seen
from scanners.model import Coverage, CoverageStatus, Shown, missing_apart

READ, MISSING, OFF = CoverageStatus.COLLECTED, CoverageStatus.NOT_EXPORTED, CoverageStatus.DISABLED
KEY = ("aws", "1")


def cell(status: CoverageStatus, region: str = "eu-west-1", service: str = "bedrock", account: str = "1") -> Coverage:
    return Coverage(f"import:{region}", "aws", account, region, service, "ai.model", status)


@pytest.mark.parametrize(
    ("missing", "read", "gap"),
    [
        ("eu-west-1", "eu-west-1", False),
        ("eu-west-1", "us-east-1", True),
        ("eu-west-1", "*", False),
        ("eu-west-1", "global", False),
        ("*", "westeurope", False),
    ],
)
def test_regions_count(missing: str, read: str, gap: bool):
    cells = [cell(MISSING, missing), cell(READ, read)]
    assert bool(Seen(cells).gaps(KEY, "ai.model")) is gap
    assert (cells[0] in Shown(cells)) is not gap
    assert len(missing_apart(cells)) == 1 + gap


def test_other_services_and_accounts_show_nothing():
    assert Seen([cell(MISSING), cell(READ, service="sagemaker")]).gaps(KEY, "ai.model")
    assert Seen([cell(MISSING), cell(READ, account="2")]).gaps(KEY, "ai.model")
    assert Seen([cell(MISSING), cell(CoverageStatus.PARTIAL)]).gaps(KEY, "ai.model")


def test_what_is_switched_off_may_hold_something():
    seen = Seen([cell(READ), cell(OFF, "me-south-1")])
    assert seen.gaps(KEY, "ai.model")
    assert not seen.asked(KEY, ["ai.model"])
    assert not seen.read(KEY, ["ai.model"])
