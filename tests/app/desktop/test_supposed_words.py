"""What if tells what was seen in words, as findings do: no condition of a rule."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app.desktop.pages.whatif import supposed  # noqa: E402


def test_why_is_told_in_words():
    change = {"change": "new", "rule": "SIT-KEY-001", "title": "Not encrypted", "asset": "a", "after": ["fail", "high"]}
    why = "asset.encrypted == false  [asset.encrypted is false]"
    (row,) = supposed({"changes": [{**change, "why": why}]})
    assert row.why == "encrypted at rest: no"
    (row,) = supposed({"changes": [change]})
    assert row.why == ""
