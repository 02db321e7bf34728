"""The result of a transfer impact assessment is recorded where its day is."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402

from app.desktop import theme  # noqa: E402
from app.desktop.pages.flows import Flows  # noqa: E402

ENTRY = {
    "id": "E-1",
    "importer": "Example Inc.",
    "country": "US",
    "tool": "scc",
    "data_classes": ["personal"],
    "tia_date": "2026-07-01",
    "tia_result": "measures_needed",
}


def test_the_result_is_shown_changed_and_kept(qtbot, qapp, snapshot):
    page = Flows(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(page)
    page.show_snapshot(snapshot)
    page.show_register([ENTRY], editable=True)
    page.table.selectRow(0)
    page.entry.setCurrentIndex(page.entry.findText("E-1", Qt.MatchFlag.MatchStartsWith))
    assert page.result.currentData() == "measures_needed"
    told: list[dict[str, object]] = []
    page.entry_wanted.connect(lambda entry, old: told.append(entry))
    page._save()
    assert told[-1]["tia_result"] == "measures_needed"
    page.result.setCurrentIndex(page.result.findData("negative"))
    page._save()
    assert told[-1]["tia_result"] == "negative"
    page.result.setCurrentIndex(0)
    page._save()
    assert "tia_result" not in told[-1]
