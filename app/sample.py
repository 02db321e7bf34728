"""The sample estate that comes with the program: exports of an invented company's clouds, two scans a month apart."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from resources import ROOT

FOLDER: Final = ROOT / "sample_estate"
"""Where its files are; README.md there says what they are."""

POLICY: Final = FOLDER / "policy.toml"
"""The policy of the invented company."""

TRUTH: Final = FOLDER / "truth.yaml"
"""Every problem that was planted, and so every finding that there must be."""

SCANS: Final[tuple[tuple[datetime, Path], ...]] = tuple(
    (started, FOLDER / f"scan-{started:%Y-%m-%d}")
    for started in (datetime(2026, 10, 20, 6, tzinfo=UTC), datetime(2026, 11, 20, 6, tzinfo=UTC))
)
"""When each scan's exports were made, and the folder that holds them; earliest first."""

AS_OF: Final = date(2026, 11, 20)
"""The day by which the estate is judged."""
